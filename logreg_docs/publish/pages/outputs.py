"""Insert the outputs of a page's cells into its Markdown: outputs below their block, values into the prose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from logreg_docs.exercises.forms import MIME as FORM
from logreg_docs.explorables.base import MIME
from logreg_docs.figures.style import NARROW
from logreg_docs.publish.pages.cells import Outputs, PageError, inline_text, plain_opening
from logreg_docs.publish.pages.fences import Fence, Inline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from logreg_docs.publish.pages.cells import Cell

__all__ = ["Page", "explorable_anchor", "fill", "output_lines", "render_page", "shown_lines", "with_figures"]

_MARKER = re.compile(r"#\s*\(\d+\)!?")
_MARKUP = re.compile(r'[!"#$&(*:<>\[\\\]^_`{|}~]|(?<=\s)\s|^\s|\s$')
_BEGINNING = re.compile(r"(?:[ >\d.)*+:-]|\[\^[^\]]+\]:)*")  # of a line, item, quote, definition or footnote
_NO_TEXT = re.compile(r"<[\w.]+ (?:object|(?:object )?at 0x\w+)>|")  # the repr of an object without text of its own
_LIST_ITEM = re.compile(r"^ *\d+\. ")
_SIZE = re.compile(r'<svg[^>]*? width="(?P<width>[\d.]+)pt" height="(?P<height>[\d.]+)pt"')
_POINT = 4 / 3  # CSS pixels
_SMALLEST = 5 / 6  # a figure that would be scaled below this share of its size is replaced by its narrow form
_FILE = "text/csv"  # the kind of an output that offers a data set as a file
_EM = 16  # CSS pixels in a media query
_IMAGE = re.compile(
    r'<img alt="(?P<token>figure-alt-[\w-]+)"[^>]*? src="(?P<path>[^"]+)\.svg(?P<scheme>#only-\w+)"[^>]*>'
)


@dataclass(slots=True, kw_only=True)
class Page:
    """A page for the Markdown renderer.

    Args:
        text: Markdown with outputs and values in place.
        figures: SVG by file name.
        alts: Text alternatives by their placeholder in `text`.
        narrow: Attributes of a figure's narrow form (media query and size) by the same placeholder.
        explorables: HTML of interactive figures, by the line that its placeholder, a paragraph of `text`, names.
        answers: What an answer to an exercise is judged by, by the line that its placeholder, such a paragraph, names.
        data: Text of the data files that the page offers, by their name beside it, and what is to be known about each.
    """

    text: str
    figures: dict[str, str] = field(default_factory=dict)
    alts: dict[str, str] = field(default_factory=dict)
    narrow: dict[str, str] = field(default_factory=dict)
    explorables: dict[int, str] = field(default_factory=dict)
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    data: dict[str, tuple[str, str]] = field(default_factory=dict)


def render_page(
    path: str, text: str, cells: Sequence[Cell], outputs: Sequence[Outputs], error: PageError | None = None
) -> Page:
    """Return a page with the outputs of its cells.

    Args:
        path: The page's path below the docs folder.
        text: The page as written.
        cells: Its cells.
        outputs: The outputs of the cells that ran, which are fewer than `cells` after an error.
        error: The error that stopped them, to be shown in its place.

    Returns:
        The Markdown, the figures and their text alternatives.

    Raises:
        PageError: If a figure has no text alternative, or an output cannot be shown.
    """
    page = Page(text="")
    lines = text.split("\n")
    stem = PurePosixPath(path).stem
    # From the end, so that the line numbers of earlier cells remain valid.
    for number, cell in reversed(list(enumerate(cells, 1))):
        stopped = error if number == len(outputs) else None
        given = outputs[number - 1] if number <= len(outputs) else []
        if isinstance(cell.place, Fence):
            blocks = _failure(stopped) if stopped else output_lines(path, cell, given, page, f"{stem}-{number}")
            _insert(lines, cell, cell.place, blocks)
        elif number <= len(outputs):
            fill(lines, cell.place, "(failed)" if stopped else inline_text(given))
            lines[cell.place.line : cell.place.line] = [*_failure(stopped), ""] if stopped else []
    page.text = "\n".join(lines)
    offered = [output for given in outputs for output in given if _FILE in output.get("data", {})]
    page.data = {one["metadata"][_FILE]["path"]: (one["data"][_FILE], one["data"]["text/markdown"]) for one in offered}
    return page


def with_figures(html: str, page: Page) -> str:
    """Return the HTML of a page with text alternatives and narrow forms in the placeholders of its figures.

    Both forms of a figure are one image element, so that a browser loads one and a screen reader reads it once. The
    page's first figure is loaded at once, since it is mostly seen at once; the others when the reader comes near.
    """
    found = _IMAGE.search(html)
    first = found["token"] if found else ""

    def figure(match: re.Match[str]) -> str:
        image = match[0].replace(' loading="lazy"', "") if match["token"] == first else match[0]
        image = image.replace(match["token"], escape(page.alts[match["token"]]))
        attributes = page.narrow.get(match["token"])
        if not attributes:
            return image
        return f'<picture><source srcset="{match["path"]}-narrow.svg{match["scheme"]}" {attributes}>{image}</picture>'

    return _IMAGE.sub(figure, html)


def fill(lines: list[str], place: Inline, value: str) -> None:
    """Replace an inline expression by its value, escaped so that Markdown shows it literally."""
    row, text = lines[place.line], _MARKUP.sub(_character, value)
    if _BEGINNING.fullmatch(row[: place.start]) and value and text[0] == value[0]:
        text = f"&#{ord(value[0])};{text[1:]}"
    lines[place.line] = row[: place.start] + text + row[place.stop :]


def _character(match: re.Match[str]) -> str:
    return f"&#{160 if match[0].isspace() else ord(match[0])};"


def _insert(lines: list[str], cell: Cell, place: Fence, blocks: list[str]) -> None:
    end = place.stop if cell.hidden else _after_annotations(lines, cell, place)
    lines[place.start : end] = shown_lines(cell, lines[place.start : end], blocks, pad=" " * place.indent)


def shown_lines(cell: Cell, code: Sequence[str], blocks: list[str], *, pad: str = "") -> list[str]:
    """Return the lines that a page shows of a block.

    Args:
        cell: The block.
        code: Its lines on the page: the fence, and what annotates it.
        blocks: The lines of its outputs, from `output_lines`.
        pad: The indent of the fence.

    Returns:
        Code and outputs, folded or left out as the options of the block say.
    """
    below = _indented(pad, ["", *blocks, ""]) if blocks else []
    if cell.hidden:
        return below
    shown = [plain_opening(code[0], cell), *code[1:]]
    if not (cell.folded or cell.solves):
        return [*shown, *below]
    title = '??? success "Solution"' if cell.solves else f'??? listing "{_fold_title(blocks)}"'
    inside = [line.expandtabs(4) for line in shown] + (below if cell.solves else [])
    return [pad + title, "", *_indented("    ", inside), "", *([] if cell.solves else below)]


def _fold_title(blocks: list[str]) -> str:
    if any(row.startswith(("![figure-alt-", "explorable-at-line-")) for row in blocks):
        return "Code of this figure"
    return "Code of this table" if any(row.startswith("|") for row in blocks) else "Code"


def _indented(pad: str, lines: list[str]) -> list[str]:
    return [pad + line if line else "" for line in lines]


def _after_annotations(lines: list[str], cell: Cell, place: Fence) -> int:
    """Return the line after a block's list of annotations, which must directly follow the block."""
    if not _MARKER.search(cell.source):
        return place.stop
    at = place.stop
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at == len(lines) or not _LIST_ITEM.match(lines[at]):
        return place.stop
    end = at
    while at < len(lines):
        row = lines[at]
        deeper = len(row) - len(row.lstrip()) > place.indent
        if row.strip() and not deeper and not _LIST_ITEM.match(row):
            break
        at += 1
        end = at if row.strip() else end
    return end


def _failure(error: PageError) -> list[str]:
    where, _, trace = str(error).partition("\n")
    return [
        f'!!! failure "{where.replace(chr(34), chr(39))}"',
        "",
        *(f"    {row}" for row in _fenced(trace or where, "output")),
    ]


def explorable_anchor(line: int) -> str:
    """Return the anchor on the page of the explorable that the cell at a line shows, which its own ids begin with."""
    return f"x{line}"


def output_lines(path: str, cell: Cell, outputs: Outputs, page: Page, name: str) -> list[str]:
    """Return the outputs of a block as lines of Markdown, and add its figures to `page` under `name`."""
    rows: list[str] = []
    if cell.for_answer:
        return _form(cell, outputs, page)
    pictures = 0
    for output in outputs:
        data = output.get("data", {})
        if MIME in data:
            page.explorables[cell.line] = data[MIME]
            rows += ["", f"explorable-at-line-{cell.line}", ""]
        elif "image/svg+xml" in data:
            pictures += 1
            rows += _figure(path, cell, output, page, name if pictures == 1 else f"{name}-{pictures}")
        elif "image/png" in data:
            raise PageError(path, cell.line, "the block shows a bitmap; return a figure of logreg_docs.figures")
        elif "text/markdown" in data:
            rows += ["", *data["text/markdown"].split("\n"), ""]
        elif output["output_type"] == "error":
            rows += _fenced(f"{output['ename']}: {output['evalue']}", "output output-error")
        elif (kinds := sorted(data.keys() - {"text/plain"})) and _NO_TEXT.fullmatch(data.get("text/plain", "")):
            problem = f"the block shows {', '.join(kinds)}, which the page does not; give text, a table or a figure"
            raise PageError(path, cell.line, problem)
        elif text := (output.get("text") or data.get("text/plain", "")).rstrip():
            rows += _fenced(text, "output output-warning" if output.get("name") == "stderr" else "output")
    return rows


def _form(cell: Cell, outputs: Outputs, page: Page) -> list[str]:
    """Return the placeholder of the form in which the page takes an answer, if it does, and add the form to `page`."""
    forms = [output["data"][FORM] for output in outputs if FORM in output.get("data", {})]
    for form in forms:
        page.answers[cell.line] = form
    return [f"answer-at-line-{cell.line}"] if forms else []


def _fenced(text: str, classes: str) -> list[str]:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    marks = " ".join(f".{name}" for name in ("text", *classes.split(), "no-copy"))
    return ["", f'{fence} {{ {marks} data-search-exclude="" }}', *text.split("\n"), fence]


def _figure(path: str, cell: Cell, output: dict[str, Any], page: Page, name: str) -> list[str]:
    alt = cell.options.get("alt") or output["metadata"].get("image/svg+xml", {}).get("alt")
    if not alt:
        raise PageError(
            path, cell.line, 'the figure has no text alternative; add alt="what one should see" to the block'
        )
    svg, narrow = output["data"]["image/svg+xml"], output["data"].get(NARROW)
    width, height = _size(path, cell, svg)
    page.figures[f"{name}.svg"] = svg
    token = f"figure-alt-{name}"
    page.alts[token] = alt
    if narrow:
        page.figures[f"{name}-narrow.svg"] = narrow
        across, down = _size(path, cell, narrow)
        window = round(width * _SMALLEST / _EM)
        page.narrow[token] = f'media="(max-width:{window}em)" width="{across}" height="{down}"'
    marks = f'{{ .lr-figure width="{width}" height="{height}" loading="lazy" }}'
    rows = ["", f"![{token}]({name}.svg#only-light){marks}", f"![{token}]({name}.svg#only-dark){marks}"]
    return [*rows, "", cell.options["caption"], "{ .lr-caption }"] if "caption" in cell.options else rows


def _size(path: str, cell: Cell, svg: str) -> tuple[int, int]:
    """Return the width and the height of a figure in CSS pixels."""
    size = _SIZE.search(svg)
    if size is None:
        raise PageError(path, cell.line, "the figure has no width and height in points")
    return round(float(size["width"]) * _POINT), round(float(size["height"]) * _POINT)
