"""Read a Markdown page as a list of cells: blocks to run and expressions to evaluate, in document order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from logreg_docs.publish.fences import Fence, Inline, find_fences, find_inlines

__all__ = ["OWN_OPTIONS", "PASSED_OPTIONS", "Cell", "ChapterError", "read_cells", "split_format"]

_PAIR = re.compile(r'(?P<key>[A-Za-z_][\w-]*)="(?P<value>[^"]*)"(?:\s+|$)')
_EXEC = ("show", "hide", "off", "answer")
OWN_OPTIONS = ("exec", "raises", "warns", "alt", "caption")
"""Options of a block that the build reads."""
PASSED_OPTIONS = ("title", "hl_lines", "linenums")
"""Options of a block that the highlighter reads."""


class ChapterError(Exception):
    """A page that cannot be published; the message starts with its file and line."""

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"docs/{path}:{line}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Code to run in a page's kernel.

    Args:
        kind: A block of statements, or one inline expression.
        source: The code.
        line: Line of the page where the code starts, counted from 1.
        place: Where the text to replace stands.
        options: The options of a block, ours and those that are passed on.
    """

    kind: Literal["block", "inline"]
    source: str
    line: int
    place: Fence | Inline
    options: dict[str, str]

    @property
    def hidden(self) -> bool:
        """Whether only the output is shown."""
        return self.options.get("exec") == "hide"

    @property
    def for_answer(self) -> bool:
        """Whether the reader is to write here: the page shows the code alone, the notebook its output too."""
        return self.options.get("exec") == "answer"

    def passed_options(self) -> str:
        """Return the options that the page's highlighter understands, as written."""
        return "".join(f' {key}="{value}"' for key, value in self.options.items() if key in PASSED_OPTIONS)


def read_cells(path: str, text: str) -> list[Cell]:
    r"""Return the cells of a page in the order in which they run.

    Args:
        path: The page's path below the docs folder, for messages.
        text: The page, with its front matter.

    Returns:
        Every ```` ```python ```` block that is not switched off, and every inline expression.

    Raises:
        ChapterError: If a fence is never closed or an option is unknown or malformed.

    Examples:
        >>> [cell.kind for cell in read_cells("a.md", "```python\nx = 2\n```\n`{python} x:d`")]
        ['block', 'inline']
    """
    try:
        fences, inlines = find_fences(text), find_inlines(text)
    except ValueError as error:
        line = int(str(error).rsplit(" ", 1)[1])
        raise ChapterError(path, line, str(error)) from None
    cells = [cell for fence in fences if (cell := _block(path, fence))]
    cells += [
        Cell(kind="inline", source=inline.source, line=inline.line + 1, place=inline, options={}) for inline in inlines
    ]
    return sorted(cells, key=lambda cell: (cell.line, getattr(cell.place, "start", 0)))


def split_format(source: str) -> tuple[str, str]:
    """Split `expression:spec` at the colon that ends a valid expression.

    Args:
        source: What an inline expression holds after `{python}`.

    Returns:
        The expression and its format specification, which may be empty.

    Raises:
        SyntaxError: If no split gives a valid expression.

    Examples:
        >>> split_format("fit.slope:.2f")
        ('fit.slope', '.2f')
        >>> split_format("names[1:2]")
        ('names[1:2]', '')
    """
    if _is_expression(source):
        return source, ""
    expression, _, spec = source.rpartition(":")
    if _is_expression(expression):
        return expression.strip(), spec.strip()
    raise SyntaxError(f"not a Python expression: {source}")


def _is_expression(source: str) -> bool:
    try:
        compile(source.strip(), "<page>", "eval")
    except SyntaxError:
        return False
    return bool(source.strip())


def _block(path: str, fence: Fence) -> Cell | None:
    language, _, rest = fence.info.partition(" ")
    if language != "python":
        if re.match(r"\{[^}]*\.python\b", fence.info):
            raise ChapterError(path, fence.start + 1, 'write ```python with key="value" options instead of {.python}')
        return None
    options = _options(path, fence.start + 1, rest.strip())
    if options.get("exec") == "off":
        return None
    return Cell(kind="block", source=fence.code, line=fence.start + 2, place=fence, options=options)


def _options(path: str, line: int, rest: str) -> dict[str, str]:
    options = {match["key"]: match["value"] for match in _PAIR.finditer(rest)}
    leftover = _PAIR.sub("", rest).strip()
    if leftover:
        raise ChapterError(path, line, f'malformed block option {leftover!r}; write options as key="value"')
    for key in options:
        if key not in (*OWN_OPTIONS, *PASSED_OPTIONS):
            known = ", ".join((*OWN_OPTIONS, *PASSED_OPTIONS))
            raise ChapterError(path, line, f"unknown block option {key!r}; known are {known}")
    if options.get("exec", "show") not in _EXEC:
        raise ChapterError(path, line, f"exec must be one of {', '.join(_EXEC)}, got {options['exec']!r}")
    return options
