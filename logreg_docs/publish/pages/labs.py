"""Convert labs, which are scripts of cells, to Markdown pages and to the notebooks that mkdocs-jupyter renders."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from logreg_docs.publish.pages.cells import PageError, find_code
from logreg_docs.publish.pages.notebook import below_title, code_cell, prose_cell, write_notebook
from logreg_docs.publish.pages.outputs import Page, output_lines, shown_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logreg_docs.publish.pages.cells import Cell, Outputs
    from logreg_docs.publish.pages.fences import CodeFinder, Fence

__all__ = ["TEMPLATES", "as_markdown", "lab_page", "page_notebook"]

TEMPLATES = Path(__file__).parent / "templates"
"""The templates of mkdocs-jupyter for these notebooks."""
_CELL = re.compile(
    r'# %%(?:(?P<prose> \[markdown\])|(?P<options>(?: (?:(?:reads|varies)="[^"]*"|exec="(?:answer|solution|fold)"))*))'
)
_EXPRESSION = re.compile(r"`\s*\{python\}(?:\s|$)|^#\s*\{python\}\s")  # its backtick may end the line above
_SIBLING = re.compile(r"\]\((\w+)\.py\b")  # links to scripts become links to their pages
_FENCE = "`" * 6  # longer than any fence in the prose of a lab


def as_markdown(path: str, text: str, finder: CodeFinder) -> str:
    """Return a script of cells as a Markdown page with the same line numbers, so that messages fit the script.

    Args:
        path: The script's path below the docs folder, for messages.
        text: Cells of code that start with `# %%`, perhaps with the options `reads`, `varies` and `exec`, and cells of
            prose that start with `# %% [markdown]` and consist of comments.
        finder: Finds code under the site's configuration.

    Returns:
        The comments as prose and the code in fences.

    Raises:
        PageError: If text precedes the first cell, a cell starts in another way, no blank line separates code from the
            next cell, or prose contains an expression to evaluate or leaves a fence or comment open.
    """
    made: list[str] = []
    opened: list[int] = []  # lines where cells of code start, counted from 0
    kind = ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("# %%"):
            opening = _CELL.fullmatch(line.rstrip())
            if opening is None:
                raise PageError(path, number, "a cell opens with '# %%' or '# %% [markdown]'")
            if kind == "code":
                _close(path, number - 1, made)
            kind = "prose" if opening["prose"] else "code"
            opened += [len(made)] if kind == "code" else []
            made.append("" if kind == "prose" else f"{_FENCE}python{opening['options']}")
        elif kind == "code":
            made.append(line)
        elif not line.strip():
            made.append("")
        elif _EXPRESSION.search(line):
            raise PageError(path, number, "a lab runs as a script, too: print the number in a cell of code")
        elif kind and re.match(r"#( |$)", line):
            made.append(_SIBLING.sub(r"](\1.ipynb", line[2:].rstrip()))
        else:
            raise PageError(path, number, "prose of a lab stands in comments below '# %% [markdown]'")
    if kind == "code":
        _close(path, len(made), made)
    return "\n".join(_switched_off(path, made, opened, finder))


def _switched_off(path: str, made: list[str], opened: list[int], finder: CodeFinder) -> list[str]:
    """Switch off Python blocks in the prose of a page, since a notebook does not run them."""
    fences = find_code(path, "\n".join(made), finder).fences
    if swallowed := set(opened) - {fence.start for fence in fences}:
        raise PageError(path, min(swallowed) + 1, "close the fence or the comment of the prose above this cell")
    shown = {fence.start for fence in fences if fence.start not in opened and fence.info.partition(" ")[0] == "python"}
    return [f'{line} exec="off"' if at in shown else line for at, line in enumerate(made)]


def _close(path: str, number: int, made: list[str]) -> None:
    if made[-1].strip():
        raise PageError(path, number, "leave a blank line after the code of a cell")
    made[-1] = _FENCE


def lab_page(path: str) -> str:
    """Return the path below the docs folder of the notebook that represents a lab during the build.

    Examples:
        >>> lab_page("labs/a.py")
        'labs/a.ipynb'
    """
    return str(PurePosixPath(path).with_suffix(".ipynb"))


def page_notebook(path: str, text: str, cells: Sequence[Cell], outputs: Sequence[Outputs], *, links: str) -> str:
    """Return the notebook that mkdocs-jupyter renders as the page; the output of a cell is what the page shows of it.

    Args:
        path: The lab's path below the docs folder.
        text: The lab as Markdown.
        cells: Its cells, which include no inline expressions.
        outputs: The outputs of all cells.
        links: Markdown to insert below the title.

    Returns:
        The notebook as JSON.

    Raises:
        PageError: If an output cannot be shown.
    """
    lines = text.split("\n")
    made: list[dict[str, Any]] = []
    at = 0
    for number, (cell, given) in enumerate(zip(cells, outputs, strict=True), 1):
        place = cast("Fence", cell.place)
        made.append(prose_cell("\n".join(lines[at : place.start])))
        rows = output_lines(path, cell, given, Page(text=""), f"{PurePosixPath(path).stem}-{number}")
        data = {"text/markdown": "\n".join(shown_lines(cell, lines[place.start : place.stop], rows))}
        made.append(code_cell(cell.source, [{"output_type": "display_data", "data": data, "metadata": {}}]))
        at = place.stop
    made.append(prose_cell("\n".join(lines[at:])))
    made[0]["source"] = below_title(made[0]["source"], links)
    return write_notebook(made)
