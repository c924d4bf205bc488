"""Turn labs, which are scripts of cells, into pages and into the notebooks that mkdocs-jupyter renders."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from logreg_docs.publish.pages.cells import PageError, find_code
from logreg_docs.publish.pages.notebook import below_title, code_cell, prose_cell, write_notebook
from logreg_docs.publish.pages.outputs import Page, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logreg_docs.publish.pages.cells import Cell, Outputs
    from logreg_docs.publish.pages.fences import CodeFinder, Fence

__all__ = ["TEMPLATES", "as_markdown", "lab_page", "page_notebook"]

TEMPLATES = Path(__file__).parent / "templates"
"""The template by which mkdocs-jupyter renders them."""
_CELL = re.compile(r'# %%(?:(?P<prose> \[markdown\])|(?P<options>(?: (?:reads|varies)="[^"]*")*))')
_EXPRESSION = re.compile(r"`\s*\{python\}(?:\s|$)|^#\s*\{python\}\s")  # its backtick may end the line above
_SIBLING = re.compile(r"\]\((\w+)\.py\b")  # a link to another script is one to its page
_FENCE = "`" * 6  # longer than any fence that a lab writes about


def as_markdown(path: str, text: str, finder: CodeFinder) -> str:
    """Return a script of cells as a Markdown page with the same lines, so that messages name the script's own.

    Args:
        path: The script's path below the docs folder, for messages.
        text: Cells that begin with `# %%`, which may say as a block of a page does why their numbers vary and what
            their processes read, or with `# %% [markdown]` and hold comments.
        finder: What finds code under the site's configuration.

    Returns:
        The comments as prose and the code in fences.

    Raises:
        PageError: If text stands before the first cell, a cell opens in another way, no blank line stands
            between code and the next cell, or a cell of prose holds code or an expression to evaluate, or does not
            close a fence or a comment.
    """
    made: list[str] = []
    opened: list[int] = []  # the lines where cells of code open, counted from 0
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
    """Return a page whose Python runs in its cells of code alone, since a notebook runs nothing in prose."""
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
    """Return the path of the notebook that stands for a lab among the site's pages.

    Args:
        path: The script's path below the docs folder.

    Returns:
        A path below the docs folder, of a file that exists only while the site is built.

    Examples:
        >>> lab_page("labs/a.py")
        'labs/a.ipynb'
    """
    return str(PurePosixPath(path).with_suffix(".ipynb"))


def page_notebook(path: str, text: str, cells: Sequence[Cell], outputs: Sequence[Outputs], *, links: str) -> str:
    """Return the notebook of which mkdocs-jupyter makes the page, its outputs written as the site's Markdown.

    Args:
        path: The lab's path below the docs folder.
        text: The lab as Markdown.
        cells: Its cells, none of them an inline expression.
        outputs: The outputs of all of them.
        links: Markdown to put below the title.

    Returns:
        The JSON text of the notebook.

    Raises:
        PageError: If an output cannot be shown.
    """
    lines = text.split("\n")
    made: list[dict[str, Any]] = []
    at = 0
    for number, (cell, given) in enumerate(zip(cells, outputs, strict=True), 1):
        place = cast("Fence", cell.place)
        made.append(prose_cell("\n".join(lines[at : place.start])))
        rows = shown(path, cell, given, Page(text=""), f"{PurePosixPath(path).stem}-{number}")
        data = {"text/markdown": "\n".join(rows)}
        made.append(
            code_cell(cell.source, [{"output_type": "display_data", "data": data, "metadata": {}}] if rows else [])
        )
        at = place.stop
    made.append(prose_cell("\n".join(lines[at:])))
    made[0]["source"] = below_title(made[0]["source"], links)
    return write_notebook(made)
