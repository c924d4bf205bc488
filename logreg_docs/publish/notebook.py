"""Turn an executed page into a notebook that shows and runs anywhere the package is installed."""

from __future__ import annotations

import re
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import nbformat

from logreg_docs.publish.execute import Outputs, inline_text
from logreg_docs.publish.fences import Fence, Inline, find_fences, front_matter_lines
from logreg_docs.publish.render import fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logreg_docs.publish.chapter import Cell

__all__ = ["make_notebook", "portable"]

_ADMONITION = re.compile(r'^(?P<pad> *)(?:!!!|\?\?\?\+?) ?(?P<kind>\w+)[^"\n]*(?:"(?P<title>[^"]*)")?\s*$')
_TAB = re.compile(r'^(?P<pad> *)===[!+]* "(?P<title>[^"]*)"\s*$')
_ATTRIBUTES = re.compile(r"\s*\{:? ?[.#][^{}\n]*\}\s*$")
_REFERENCE = re.compile(r"\[(?P<text>[^\]]+)\]\[(?P<name>logreg_docs[\w.]*)\]")
_LINK = re.compile(r"\]\((?P<path>[^)\s:#]*?)\.md(?P<anchor>#[^)\s]*)?\)")


def make_notebook(
    path: str, text: str, cells: Sequence[Cell], outputs: Sequence[Outputs], *, site_url: str, install: str
) -> str:
    """Return the page as the JSON text of a notebook, with its outputs.

    Args:
        path: The page's path below the docs folder.
        text: The page as written.
        cells: Its cells.
        outputs: The outputs of all of them.
        site_url: Address of the site, for links back.
        install: The command that installs the package.

    Returns:
        A valid notebook of format 4.5.
    """
    page_url = urljoin(site_url, path.removesuffix(".md") + "/")
    intro = (
        f"*This notebook is the page <{page_url}> as the site built it. To run it, install the package: `{install}`.*"
    )
    lines = text.split("\n")
    for cell, shown in reversed(list(zip(cells, outputs, strict=True))):
        if isinstance(cell.place, Inline):
            fill(lines, cell.place, inline_text(shown))
    flat = _Flattener(page_url, site_url, {n for fence in find_fences(text) for n in range(fence.start, fence.stop)})
    made = [nbformat.v4.new_markdown_cell(intro)]
    at = front_matter_lines(text)
    for cell, shown in zip(cells, outputs, strict=True):
        if isinstance(cell.place, Fence):
            prose = flat.read(lines, at, cell.place.start)
            made += [nbformat.v4.new_markdown_cell(prose)] if prose else []
            made.append(_code_cell(cell, shown))
            at = cell.place.stop
    if prose := flat.read(lines, at, len(lines)):
        made.append(nbformat.v4.new_markdown_cell(prose))
    for number, cell in enumerate(made):
        cell.id = f"cell-{number}"
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})
    nbformat.validate(notebook)
    written: str = nbformat.writes(notebook)
    return written


def portable(prose: str, page_url: str, site_url: str) -> str:
    r"""Rewrite Markdown of the site into what any notebook shows.

    Args:
        prose: Markdown without admonitions and tabs.
        page_url: Address of the page, to resolve its links.
        site_url: Address of the site.

    Returns:
        Markdown with absolute links and without attribute lists.

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

    prose = "\n".join(_ATTRIBUTES.sub("", line) for line in prose.split("\n"))
    return _LINK.sub(link, _REFERENCE.sub(reference, prose))


class _Flattener:
    """Take admonitions and tabs out of Markdown, fragment by fragment, so that code can stand between."""

    def __init__(self, page_url: str, site_url: str, verbatim: set[int]) -> None:
        self._addresses = page_url, site_url
        self._verbatim = verbatim  # the lines of blocks of code, which stay as they are
        self._open: list[tuple[int, bool]] = []  # content indent, whether quoted

    def read(self, lines: list[str], start: int, stop: int) -> str:
        rows: list[str] = []
        for verbatim, numbers in groupby(range(start, stop), self._verbatim.__contains__):
            found = [row for at in numbers for row in self._line(lines[at].expandtabs(4), verbatim=verbatim)]
            if verbatim:
                found[0] = _ATTRIBUTES.sub("", found[0])
            rows += found if verbatim else portable("\n".join(found), *self._addresses).split("\n")
        while rows and not rows[0].strip("> "):
            del rows[0]
        while rows and not rows[-1].strip("> "):
            del rows[-1]
        return textwrap.dedent("\n".join(rows))

    def _line(self, line: str, *, verbatim: bool) -> list[str]:
        indent = len(line) - len(line.lstrip())
        while line.strip() and self._open and indent < self._open[-1][0]:
            self._open.pop()
        base, quoted = self._open[-1] if self._open else (0, False)
        mark = "> " if quoted else ""
        if verbatim:
            return [(mark + line[base:]).rstrip()]
        if head := _ADMONITION.match(line):
            self._open.append((len(head["pad"]) + 4, True))
            title = head["title"] if head["title"] is not None else head["kind"].capitalize()
            return ["", f"> **{title}**", ">"]
        if head := _TAB.match(line):
            self._open.append((len(head["pad"]) + 4, quoted))
            return ["", f"{mark}**{head['title']}**", mark.rstrip()]
        if quoted and not line.strip():
            return [">"]
        return [mark + line[base:]]


def _code_cell(cell: Cell, outputs: Outputs) -> nbformat.NotebookNode:
    made: nbformat.NotebookNode = nbformat.v4.new_code_cell(cell.source)
    made.outputs = [nbformat.from_dict(_portable_output(output)) for output in outputs]
    if "raises" in cell.options:
        made.metadata["tags"] = ["raises-exception"]
    if cell.hidden:
        made.metadata["jupyter"] = {"source_hidden": True}
    return made


def _portable_output(output: dict[str, Any]) -> dict[str, Any]:
    """Leave out what belongs to the machine that built the site: counters and the files of a traceback."""
    if output["output_type"] == "error":
        return {**output, "traceback": [f"{output['ename']}: {output['evalue']}"]}
    return {**output, "execution_count": None} if "execution_count" in output else output
