"""Convert an executed page to a notebook that displays and runs anywhere, since it installs what it needs."""

from __future__ import annotations

import re
import textwrap
from html import escape
from itertools import groupby
from operator import itemgetter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

import nbformat

from logreg_docs.exercises.forms import MIME as FORM
from logreg_docs.explorables.base import MIME
from logreg_docs.figures.style import NARROW
from logreg_docs.publish.pages.cells import Outputs, inline_text
from logreg_docs.publish.pages.fences import Fence, Inline
from logreg_docs.publish.pages.install_cell import install_source
from logreg_docs.publish.pages.outputs import explorable_anchor, fill
from logreg_docs.publish.pages.without_answers import (
    answer_lines,
    check_without_answers,
    lines_below,
    without_checks,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from logreg_docs.publish.pages.cells import Cell
    from logreg_docs.publish.pages.fences import CodeFinder
    from logreg_docs.publish.pages.install_cell import Package

__all__ = [
    "ARCHIVE",
    "STUDENT_ARCHIVE",
    "below_title",
    "code_cell",
    "make_notebook",
    "notebook_links",
    "notebook_path",
    "portable",
    "prose_cell",
    "write_notebook",
]

ARCHIVE = "downloads/logreg-docs.zip"
"""The archive of all notebooks on the site, with the data and the package."""
STUDENT_ARCHIVE = "downloads/logreg-docs-students.zip"
"""The same for students: its notebooks leave out the answers and solutions."""
_TORCH = "https://pytorch.org/get-started/locally/"
_GITHUB = "https://github.com/"
_COLAB = "https://colab.research.google.com/github/"

_ADMONITION = re.compile(r'^(?P<pad> *)(?P<mark>!!!|\?\?\?\+?) ?(?P<kind>\w+)[^"\n]*(?:"(?P<title>[^"]*)")?\s*$')
_TAB = re.compile(r'^(?P<pad> *)===[!+]* "(?P<title>[^"]*)"\s*$')
_ATTRIBUTES = re.compile(r"\s*\{:? ?[.#][^{}\n]*\}\s*$")
_REFERENCE = re.compile(r"\[(?P<text>[^\]]+)\]\[(?P<name>logreg_docs[\w.]*)\]")
_LINK = re.compile(r"\]\((?P<path>[^)\s:#]*?)\.(?:md|ipynb)(?P<anchor>#[^)\s]*)?\)")
_FOOTNOTE = re.compile(r"\[\^(?P<name>[\w-]+)\]:?")  # its mark in the text, and where it begins
# Code spans and formulas, which end at a blank line at the latest and are copied unchanged.
_VERBATIM = re.compile(
    r"(?<![`\\])(?P<mark>`+)(?!`)(?P<code>(?:(?!\n[ >]*\n).)+?)(?<!`)(?P=mark)(?!`)|"
    r"(?<!\\)(?P<dollar>\$\$?)(?:(?!\n[ >]*\n)(?:\\.|[^\\$]))+(?P=dollar)|"
    r"\\begin\{(?P<name>[^}]+)\}(?:(?!\n[ >]*\n).)+?\\end\{(?P=name)\}",
    re.DOTALL,
)
_PLACEHOLDER = re.compile("\x1a(\\d+)\x1a")  # a control character, which pages must not contain


def make_notebook(
    path: str,
    text: str,
    cells: Sequence[Cell],
    outputs: Sequence[Outputs],
    finder: CodeFinder,
    *,
    site_url: str,
    package: Package,
    needs: Collection[str],
    answers: bool = True,
) -> str:
    """Return a page with its outputs as a notebook.

    Args:
        path: The page's path below the docs folder.
        text: The page as written.
        cells: Its cells.
        outputs: The outputs of all cells.
        finder: Finds code under the site's configuration.
        site_url: Address of the site, for links back.
        package: The package of the site, which the notebook installs.
        needs: The extras of the package that the notebook needs.
        answers: Whether it holds the answers and solutions; without them it is one for students.

    Returns:
        A notebook of format 4.5 as JSON.

    Raises:
        PageError: If answers are left out, and the code of another block needs a name that only they define.
    """
    page_url = urljoin(site_url, f"{PurePosixPath(path).with_suffix('')}/")
    lines, code = text.split("\n"), finder.find(text)
    for cell, shown in reversed(list(zip(cells, outputs, strict=True))):
        if isinstance(cell.place, Inline):
            fill(lines, cell.place, inline_text(shown))
    verbatim = {n for fence in code.fences for n in range(fence.start, fence.stop)}
    left_out: set[int] = set()
    below: set[int] = set()
    if not answers:
        left_out = answer_lines(lines, cells, verbatim)
        below = lines_below(left_out, lines, verbatim)
        cells = [without_checks(path, cell) for cell in cells]
        emptied = [cell.place for cell in cells if isinstance(cell.place, Fence) and not cell.source.strip()]
        left_out |= {at for place in emptied for at in range(place.start, place.stop)}
        check_without_answers(path, cells, left_out)
    flat = _Flattener(page_url, site_url, verbatim, left_out)
    made = _opening(page_url, package, needs, answers=answers)
    at = code.body
    for cell, shown in zip(cells, outputs, strict=True):
        if isinstance(cell.place, Fence) and cell.place.start not in left_out:
            prose = flat.read(lines, at, cell.place.start)
            made += [prose_cell(prose)] if prose else []
            made += [prose_cell("**Solution**")] if cell.solves else []
            repeats = cell.place.start in below and not _explorables(shown)
            shown = [] if repeats and not cell.for_answer else shown  # noqa: PLW2901 - to be found by running it
            before, after = _around(cell, shown, page_url)
            made += [prose_cell(text) for text in before]
            made.append(_code_cell(cell, shown, folded=flat.folds(cell.place.indent)))
            made += [prose_cell(text) for text in after]
            at = cell.place.stop
    if prose := flat.read(lines, at, len(lines)):
        made.append(prose_cell(prose))
    return write_notebook(made, {"name": "python3", "language": "python", "display_name": "Python 3"})


def write_notebook(cells: Sequence[dict[str, Any]], kernel: dict[str, str] | None = None) -> str:
    """Return cells as a notebook of format 4.5 in JSON; their ids are their positions.

    Args:
        cells: Cells from `prose_cell` and `code_cell`.
        kernel: The kernel specification, if it is to be named.

    Returns:
        The notebook, after validation.

    Raises:
        nbformat.ValidationError: If a cell is invalid.
    """
    made = {
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel} if kernel else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    notebook = nbformat.from_dict(made)
    nbformat.validate(notebook)
    return str(nbformat.v4.writes(notebook))


def prose_cell(source: str) -> dict[str, Any]:
    """Return a cell of Markdown, without the validation in nbformat, which would repeat that of the notebook."""
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def code_cell(source: str, outputs: Outputs) -> dict[str, Any]:
    """Return a cell of code with its outputs."""
    return {"cell_type": "code", "source": source, "outputs": outputs, "execution_count": None, "metadata": {}}


def notebook_path(path: str) -> str:
    """Return the path of a page's notebook below the site's folder: beside a chapter, in the folder of a lab.

    Examples:
        >>> notebook_path("chapters/02-sigmoid.md"), notebook_path("labs/a.py")
        ('chapters/02-sigmoid.ipynb', 'labs/a/a.ipynb')
    """
    page = PurePosixPath(path)
    return str(page.with_suffix(".ipynb") if page.suffix == ".md" else page.with_suffix("") / f"{page.stem}.ipynb")


def notebook_links(path: str, repo_url: str | None) -> str:
    """Return a line of Markdown that leads to a page's notebook, and to Colab if the repository is on GitHub.

    Args:
        path: The page's path below the docs folder.
        repo_url: Address of the repository, if known; its branch `notebooks` holds the notebooks of the site.

    Returns:
        Markdown; without Colab, it says what opens a notebook, and where all of them are.

    Examples:
        >>> print(notebook_links("chapters/a.md", "https://github.com/x/p"))
        [Download notebook](a.ipynb){ download } ·
        [Open in Colab](https://colab.research.google.com/github/x/p/blob/notebooks/chapters/a.ipynb)
        { .lr-notebook }
    """
    notebook = PurePosixPath(notebook_path(path))
    download = f"[Download notebook]({notebook.relative_to(PurePosixPath(path).parent)}){{ download }}"
    if repo_url and repo_url.startswith(_GITHUB):
        name = repo_url.removeprefix(_GITHUB).rstrip("/")
        further = f"[Open in Colab]({_COLAB}{name}/blob/notebooks/{notebook})"
    else:
        archive = "../" * path.count("/") + ARCHIVE
        further = (
            "opens in [JupyterLab](https://jupyter.org/install) and VS Code ·\n"
            f"[All notebooks, the data and the package]({archive}){{ download }}"
        )
    return f"{download} ·\n{further}\n{{ .lr-notebook }}"


def below_title(text: str, links: str) -> str:
    r"""Insert a paragraph of links, which may be empty, below the title of a page.

    Examples:
        >>> below_title("# A\nText", "[b](b)")
        '# A\n\n[b](b)\n\nText'
    """
    if not links:
        return text
    return re.sub(r"^(# [^\n]+)$", lambda match: f"{match[1]}\n\n{links}\n", text, count=1, flags=re.MULTILINE)


def portable(prose: str, page_url: str, site_url: str) -> str:
    r"""Convert Markdown of the site, without admonitions and tabs, to Markdown that any notebook displays.

    Args:
        prose: The Markdown.
        page_url: Address of the page, to resolve its links.
        site_url: Address of the site.

    Returns:
        Markdown with absolute links and without attribute lists; a footnote keeps its name as its mark.

    Examples:
        >>> portable("## A { #a }\nsee [b](b.md#c)", "https://x.org/chapters/a/", "https://x.org/")
        '## A\nsee [b](https://x.org/chapters/b/#c)'
    """

    def reference(match: re.Match[str]) -> str:
        module = [*match["name"].split("."), ""][1]
        return f"[{match['text']}]({site_url}reference/{module}/#{match['name']})"

    def link(match: re.Match[str]) -> str:
        target = urljoin(urljoin(page_url, ".."), match["path"])
        return f"]({target.removesuffix('index')}{'' if target.endswith('index') else '/'}{match['anchor'] or ''})"

    def stash(match: re.Match[str]) -> str:
        stashed.append(match[0])
        return f"\x1a{len(stashed) - 1}\x1a"

    stashed: list[str] = []
    prose = _VERBATIM.sub(stash, prose)
    # A line of attributes alone leaves no line, which would mark the right choice of a prediction.
    rows = [(line, _ATTRIBUTES.sub("", line)) for line in prose.split("\n")]
    prose = "\n".join(kept for line, kept in rows if kept == line or kept.strip("> "))
    prose = _LINK.sub(link, _REFERENCE.sub(reference, _FOOTNOTE.sub(r"<sup>\g<name></sup>", prose)))
    # MathJax searches the rendered HTML for formulas; an element around an escaped sign hides it.
    prose = re.sub(r"&#(?:36|92);", r"<span>\g<0></span>", prose)
    return _PLACEHOLDER.sub(lambda match: stashed[int(match[1])], prose)


def _opening(page_url: str, package: Package, needs: Collection[str], *, answers: bool) -> list[dict[str, Any]]:
    """Return cells that name the notebook's page and install what it needs."""
    how = "The next cell installs what it needs" + (", PyTorch included." if "torch" in needs else ".")
    if "torch" in needs:
        how += f" On Linux that is some 3 GB, unless [you install the build for the CPU]({_TORCH}) before."
    if not package.address:
        how += f" The site has no address: put `{package.wheel}` beside this notebook, from its `logreg-docs.zip`."
    page = f"the page <{page_url}>" if package.address else "a page"
    without = "" if answers else ", without its answers, its solutions and the outputs below them"
    made = [prose_cell(f"*This notebook is {page} as the site built it{without}. {how}*")]
    return [*made, code_cell(install_source(package, needs), [])]


class _Container(NamedTuple):
    """An open admonition or tab: the indent of its content, and its title if it is collapsed."""

    indent: int
    quoted: bool
    title: str


class _Flattener:
    """Removes admonitions and tabs from Markdown, fragment by fragment, so that cells of code can come between.

    The prose of collapsed admonitions goes into `<details>`, one for each fragment.
    """

    def __init__(self, page_url: str, site_url: str, verbatim: set[int], left_out: set[int]) -> None:
        self._addresses = page_url, site_url
        self._verbatim = verbatim  # lines of code blocks, which are copied unchanged
        self._left_out = left_out
        self._open: list[_Container] = []
        self._continued: list[_Container] = []  # collapsed ones that an earlier fragment began

    def folds(self, indent: int) -> bool:
        """Return whether a block of this indent is inside something collapsed."""
        self._leave(indent)
        return self._fold() is not None

    def read(self, lines: list[str], start: int, stop: int) -> str:
        rows: list[tuple[bool, str]] = []
        inside: _Container | None = None
        for at in [at for at in range(start, stop) if at not in self._left_out]:
            line, verbatim = lines[at].expandtabs(4), at in self._verbatim
            made = self._line(line, verbatim=verbatim)
            if not rows and not line.strip():
                continue
            fold = self._fold()
            if fold is not inside:
                turn = [*(["", "</details>", ""] if inside else []), *(self._opened(fold) if fold else [])]
                rows += [(False, row) for row in turn]
                inside = fold
            rows += [(verbatim, row) for row in made]
        shown = self._stripped(self._portable(rows))
        return textwrap.dedent("\n".join([*shown, "", "</details>"] if inside else shown))

    def _portable(self, rows: list[tuple[bool, str]]) -> list[str]:
        made: list[str] = []
        for verbatim, group in groupby(rows, itemgetter(0)):
            found = [row for _, row in group]
            if verbatim:
                made += [_ATTRIBUTES.sub("", found[0]), *found[1:]]
            else:
                made += portable("\n".join(found), *self._addresses).split("\n")
        return made

    def _opened(self, fold: _Container) -> list[str]:
        again = any(fold is begun for begun in self._continued)
        self._continued.append(fold)
        title = escape(fold.title).replace("&amp;#", "&#")  # escaped signs of inserted values
        return ["", f"<details><summary>{title}{', continued' if again else ''}</summary>", ""]

    def _fold(self) -> _Container | None:
        return next((container for container in self._open if container.title), None)

    def _leave(self, indent: int) -> None:
        while self._open and indent < self._open[-1].indent:
            self._open.pop()

    @staticmethod
    def _stripped(rows: list[str]) -> list[str]:
        while rows and not rows[0].strip("> "):
            del rows[0]
        while rows and not rows[-1].strip("> "):
            del rows[-1]
        return rows

    def _line(self, line: str, *, verbatim: bool) -> list[str]:
        indent = len(line) - len(line.lstrip())
        if line.strip():
            self._leave(indent)
        base, quoted, _ = self._open[-1] if self._open else (0, False, "")
        mark = "> " if quoted else ""
        if verbatim:
            return [(mark + line[base:]).rstrip()]
        if head := _ADMONITION.match(line):
            title = head["title"] if head["title"] is not None else head["kind"].capitalize()
            if head["mark"] == "???":
                self._open.append(_Container(len(head["pad"]) + 4, quoted=False, title=title))
                return []
            self._open.append(_Container(len(head["pad"]) + 4, quoted=True, title=""))
            return ["", f"> **{title}**", ">"]
        if head := _TAB.match(line):
            self._open.append(_Container(len(head["pad"]) + 4, quoted=quoted, title=""))
            return ["", f"{mark}**{head['title']}**", mark.rstrip()]
        if quoted and not line.strip():
            return [">"]
        return [mark + line[base:]]


def _explorables(outputs: Outputs) -> list[dict[str, Any]]:
    return [output["metadata"][MIME] for output in outputs if MIME in output.get("data", {})]


def _around(cell: Cell, outputs: Outputs, page_url: str) -> tuple[list[str], list[str]]:
    """Return the prose that the page shows above and below an output: an explorable's question, and captions."""
    told = _explorables(outputs)
    where = f"[Move this figure on the site]({page_url}#{explorable_anchor(cell.line)})"
    before = [f"**Predict.** {explorable['question']}" for explorable in told]
    after = [f"*{escape(explorable['caption'], quote=False)}* {where}" for explorable in told]
    return before, [*after, *([f"*{cell.options['caption']}*"] if "caption" in cell.options else [])]


def _code_cell(cell: Cell, outputs: Outputs, *, folded: bool) -> dict[str, Any]:
    made = code_cell(
        cell.source, [_portable_output(output) for output in outputs if FORM not in output.get("data", {})]
    )
    if "raises" in cell.options:
        made["metadata"]["tags"] = ["raises-exception"]
    folded = folded or cell.solves
    if cell.hidden or cell.folded or folded:
        made["metadata"]["jupyter"] = {"source_hidden": True, **({"outputs_hidden": True} if folded else {})}
    return made


def _portable_output(output: dict[str, Any]) -> dict[str, Any]:
    """Remove what depends on the machine that built the site: counters and the paths in a traceback."""
    if output["output_type"] == "error":
        return {**output, "traceback": [f"{output['ename']}: {output['evalue']}"]}
    if "data" in output:  # a notebook shows the wide, static form of a figure
        kept = {part: _without_ours(output[part]) for part in ("data", "metadata")}
        output = {**output, **kept}
    return {**output, "execution_count": None} if "execution_count" in output else output


def _without_ours(kinds: dict[str, Any]) -> dict[str, Any]:
    return {kind: data for kind, data in kinds.items() if kind not in (MIME, NARROW)}
