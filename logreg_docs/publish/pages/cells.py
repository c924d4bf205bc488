"""Read a Markdown page as a list of cells: blocks to run and expressions to evaluate, in document order."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any, Literal

from logreg_docs.publish.pages.fences import Code, CodeError, CodeFinder, Fence, Inline, is_python

__all__ = [
    "OWN_OPTIONS",
    "PASSED_OPTIONS",
    "Cell",
    "Outputs",
    "PageError",
    "find_code",
    "inline_text",
    "plain_opening",
    "read_cells",
    "split_format",
    "without_switches",
]

_PAIR = re.compile(r'(?P<key>[A-Za-z_][\w-]*)="(?P<value>[^"]*)"(?:\s+|$)')
_EXEC = ("show", "fold", "hide", "off", "answer", "solution")
_LANGUAGE = re.compile(r"[\w#+][\w#.+-]*")
_ATTRIBUTES = re.compile(r"(?:[\w#.+-]+ +)?\{[^\n]*\}")
_LINES = {
    "hl_lines": re.compile(r"\d+(?:-\d+)?(?: +\d+(?:-\d+)?)*"),
    "linenums": re.compile(r"\d+(?: +\d+){0,2}"),
}
_CHECK = re.compile(r"""^check\((?P<quote>['"])(?P<name>[^'"]+)(?P=quote), .*\)\s*\Z""", re.MULTILINE)
_NEGATIVE_ZERO = re.compile(r"(?<![\w.])-(?=0+(?:\.0+)?(?!\.?\w))")
OWN_OPTIONS = ("exec", "raises", "warns", "reads", "varies", "alt", "caption")
"""Block options that the build handles."""
PASSED_OPTIONS = ("title", "hl_lines", "linenums")
"""Block options that are passed on to the highlighter."""
Outputs = list[dict[str, Any]]
"""The outputs of one cell, as the notebook format stores them."""


class PageError(Exception):
    """An error in a page; the message starts with file and line."""

    def __init__(self, path: str, line: int, problem: str) -> None:
        message = f"docs/{path}:{line}: {problem}"
        super().__init__(message.encode(errors="backslashreplace").decode())  # unpaired surrogates


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Code to run in a page's kernel.

    Args:
        kind: A block of statements or an inline expression.
        source: The code.
        line: Line of the page where the code starts, counted from 1.
        place: The part of the page that the output replaces or follows.
        options: The options of the block.
    """

    kind: Literal["block", "inline"]
    source: str
    line: int
    place: Fence | Inline
    options: dict[str, str]

    @property
    def hidden(self) -> bool:
        """Whether the page shows only the output."""
        return self.options.get("exec") == "hide"

    @property
    def folded(self) -> bool:
        """Whether the page shows the code in a closed fold, and the output below it."""
        return self.options.get("exec") == "fold"

    @property
    def for_answer(self) -> bool:
        """Whether the reader fills it in: the page shows only the code, the notebook the output, too."""
        return self.options.get("exec") == "answer"

    @property
    def exercise(self) -> str | None:
        """The name of the exercise that its last line checks an answer to, if that is what it does."""
        found = _CHECK.search(self.source)
        return found["name"] if found and self.for_answer else None

    @property
    def solves(self) -> bool:
        """Whether the page shows the code and the output in a closed fold named Solution."""
        return self.options.get("exec") == "solution"

    def passed_options(self) -> str:
        """Return the options for the highlighter as written in the opening line."""
        return "".join(f' {key}="{value}"' for key, value in self.options.items() if key in PASSED_OPTIONS)


def find_code(path: str, text: str, finder: CodeFinder) -> Code:
    """Return the code of a page, turning a `CodeError` into a `PageError` that names the page."""
    try:
        return finder.find(text)
    except CodeError as error:
        raise PageError(path, error.line, error.problem) from None


def read_cells(path: str, text: str, finder: CodeFinder) -> list[Cell]:
    """Return the cells of a page in the order in which they run.

    Args:
        path: The page's path below the docs folder, for messages.
        text: The page, with its front matter.
        finder: Finds code under the site's configuration.

    Returns:
        Every ```` ```python ```` block that is not switched off, and every inline expression.

    Raises:
        PageError: If Markdown shows code in an unexpected way, or a block option is unknown or malformed.
    """
    code = find_code(path, text, finder)
    cells = [cell for fence in code.fences if (cell := _block(path, fence))]
    cells += [
        Cell(kind="inline", source=inline.source, line=inline.line + 1, place=inline, options={})
        for inline in code.inlines
    ]
    return sorted(cells, key=lambda cell: (cell.line, getattr(cell.place, "start", 0)))


def split_format(source: str) -> tuple[str, str]:
    """Split `expression:spec` at the last colon that ends a valid expression.

    Args:
        source: The text after `{python}`.

    Returns:
        The expression and its format specification, which may be empty.

    Raises:
        SyntaxError: If no split gives a valid expression.

    Examples:
        >>> [split_format(source) for source in ("fit.slope:.2f", "names[1:2]", "start:%H:%M")]
        [('fit.slope', '.2f'), ('names[1:2]', ''), ('start', '%H:%M')]
    """
    if _is_expression(source):
        return source, ""
    for colon in reversed([at for at, character in enumerate(source) if character == ":"]):
        if _is_expression(source[:colon]):
            return source[:colon].strip(), source[colon + 1 :].strip()
    raise SyntaxError(f"not a Python expression: {source}")


def inline_text(outputs: Outputs) -> str:
    """Return the value of an inline expression as text, with a true minus sign and without negative zeros."""
    text = _NEGATIVE_ZERO.sub("", str(ast.literal_eval(outputs[0]["data"]["text/plain"])))
    return re.sub(r"^-(?=\d)", "\N{MINUS SIGN}", text)


def _is_expression(source: str) -> bool:
    try:
        compile(source.strip(), "<page>", "eval")
    except SyntaxError:
        return False
    return bool(source.strip())


def without_switches(path: str, text: str, finder: CodeFinder) -> str:
    """Return a page in which the openings of blocks with `exec="off"` hold only options for the highlighter."""
    lines = text.split("\n")
    for fence in find_code(path, text, finder).fences:
        language, _, rest = fence.info.partition(" ")
        if language == "python" and (options := _options(path, fence.start + 1, rest)).get("exec") == "off":
            cell = Cell(kind="block", source=fence.code, line=fence.start + 2, place=fence, options=options)
            lines[fence.start] = plain_opening(lines[fence.start], cell)
    return "\n".join(lines)


def plain_opening(line: str, cell: Cell) -> str:
    """Return the opening line of a block with only the options for the highlighter."""
    opening = line.expandtabs(4)
    mark = re.match(r" *(`+|~+)", opening)
    assert mark is not None, "a fence opens with backticks or tildes"  # noqa: S101 - the finder found it
    return f"{mark[0]}python{cell.passed_options()}"


def _block(path: str, fence: Fence) -> Cell | None:
    language, _, rest = fence.info.partition(" ")
    if language != "python":
        _check_other_language(path, fence, language, rest)
        return None
    options = _options(path, fence.start + 1, rest)
    if options.get("exec") == "off":
        return None
    return Cell(kind="block", source=fence.code, line=fence.start + 2, place=fence, options=options)


def _check_other_language(path: str, fence: Fence, language: str, rest: str) -> None:
    """Reject unknown options of a block in another language, and Python under another name."""
    line = fence.start + 1
    if is_python(fence.info):
        raise PageError(path, line, f'write ```python with key="value" options instead of {fence.info}')
    if _ATTRIBUTES.fullmatch(fence.info) or not fence.info:
        return
    if not _LANGUAGE.fullmatch(language):
        raise PageError(path, line, f"{fence.info!r} is not the name of a language")
    for key in _options(path, line, rest):
        if key in OWN_OPTIONS:
            raise PageError(path, line, f"{key} is an option of python blocks, not of {language}")


def _options(path: str, line: int, rest: str) -> dict[str, str]:
    rest = rest.strip()
    options = {match["key"]: match["value"] for match in _PAIR.finditer(rest)}
    leftover = _PAIR.sub("", rest).strip()
    if leftover:
        raise PageError(path, line, f'malformed block option {leftover!r}; write options as key="value"')
    for key in options:
        if key not in (*OWN_OPTIONS, *PASSED_OPTIONS):
            known = ", ".join((*OWN_OPTIONS, *PASSED_OPTIONS))
            raise PageError(path, line, f"unknown block option {key!r}; known are {known}")
    for key, numbers in _LINES.items():
        if not numbers.fullmatch(options.get(key, "1")):
            raise PageError(path, line, f'{key} takes line numbers such as "2 3", got {options[key]!r}')
    if not options.get("varies", "why").strip():
        raise PageError(path, line, 'varies says why the numbers differ between machines: varies="why"')
    if options.get("exec", "show") not in _EXEC:
        raise PageError(path, line, f"exec must be one of {', '.join(_EXEC)}, got {options['exec']!r}")
    return options
