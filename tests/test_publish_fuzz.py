"""Whatever a page holds: the renderer and the executor agree on its code, nothing is lost, nothing fails unnamed."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from examples import examples
from hypothesis import given, reject
from hypothesis import strategies as st
from markdown_pages import EXPRESSIONS, PROSE, TRAPS, fences, pages, plain, rendered, rendered_blocks, shown_otherwise
from site_markdown import FINDER, notebook
from sites import ROOT

from logreg_docs.publish.pages.cells import Cell, PageError, read_cells, without_switches
from logreg_docs.publish.pages.fences import Inline
from logreg_docs.publish.pages.labs import as_markdown
from logreg_docs.publish.pages.outputs import render_page

if TYPE_CHECKING:
    from pathlib import Path

CHAPTERS = sorted((ROOT / "docs").rglob("*.md"))
FAULT = re.compile(r"docs/a\.md:\d+: ")


def read(text: str) -> list[Cell] | str:
    """The cells of a page, or why it is refused."""
    try:
        return read_cells("a.md", text, FINDER)
    except PageError as error:
        return str(error)


def cells_of(text: str) -> list[Cell]:
    """The cells of a page; one that is refused with its file and line is of no interest."""
    found = read(text)
    if isinstance(found, str):
        assert FAULT.match(found)
        reject()
    return found


def codes(text: str) -> list[str]:
    return [plain(cell.source) for cell in cells_of(text) if cell.kind == "block"]


@given(pages())
def test_what_runs_is_what_the_renderer_shows_as_python(text: str) -> None:
    assert sorted(codes(text)) == sorted(rendered_blocks(text))


@given(pages([*PROSE, *TRAPS, *TRAPS]))
def test_whatever_is_shown_as_python_runs_and_other_code_shows_its_marks(text: str) -> None:
    ran = codes(text)
    assert sorted(ran) == sorted(rendered_blocks(text))
    prose, code = shown_otherwise(text)
    assert not re.search(r"[CDI]\d", prose)
    for shown in code:
        for word in re.findall(r"[CDI]\d", shown):
            assert re.search(rf"(?:```|~~~).*{word}", shown)


_SPAN = re.compile(r"<code>\{python\}\s+([^<]*)</code>")


@given(pages([*PROSE, *EXPRESSIONS, *EXPRESSIONS]))
def test_what_is_evaluated_is_what_the_renderer_shows_as_an_expression(text: str) -> None:
    inlines = [(cell, cell.place) for cell in cells_of(text) if isinstance(cell.place, Inline)]
    shown = without_outputs(text)
    assert sorted(cell.source for cell, _ in inlines) == sorted(_SPAN.findall(shown))
    raw = re.sub(r"<code.*?</code>", "", shown, flags=re.DOTALL).count("`{python}")
    assert raw <= text.count(r"\`{python}")
    lines = text.split("\n")
    for cell, place in reversed(inlines):
        row = lines[place.line]
        lines[place.line] = f"{row[: place.start]}`V {cell.source}`{row[place.stop :]}"
        assert cell.source in text.split("\n")[cell.line - 1]
    assert without_outputs("\n".join(lines)) == _SPAN.sub(r"<code>V \1</code>", shown)


def without_outputs(text: str) -> str:
    """The HTML of a page without addresses, which are made of headings."""
    return re.sub(r' (?:id|href)="[^"]*"', "", rendered(text))


@given(st.lists(fences(1), max_size=3), st.sampled_from(["", "    "]), st.sampled_from(["", "- item", "text"]))
def test_lab_runs_its_cells_alone_whatever_its_prose_shows(made: list[list[str]], indent: str, before: str) -> None:
    prose = [before, "", *(indent + line for block in made for line in [*block, ""])]
    script = "\n".join(["# %% [markdown]", *(f"# {line}" for line in prose), "", "# %%", "x = 1", ""])
    try:
        cells = read_cells("a.py", as_markdown("a.py", script, FINDER), FINDER)
    except PageError as error:
        assert re.match(r"docs/a\.py:\d+: ", str(error))  # noqa: PT017
        reject()
    assert [cell.source for cell in cells] == ["x = 1"]


@given(pages())
def test_line_ends_of_another_system_change_nothing(text: str) -> None:
    assert codes(text.replace("\n", "\r\n")) == codes(text)


@examples(250)  # a fence whose output leaves its container is rare among what is not refused
@given(pages([*PROSE, *TRAPS, *TRAPS]), st.data())
def test_switches_and_outputs_leave_every_shown_block_in_its_place(text: str, data: st.DataObject) -> None:
    cells = [cell for cell in cells_of(text) if not cell.options]
    lines = text.split("\n")
    shown, ran = [], []
    for cell in cells:
        switch = data.draw(st.sampled_from(["", ' exec="off"', ' exec="hide"', ' caption="`c`"']))
        lines[cell.place.start] += switch
        shown += [] if "hide" in switch else [plain(cell.source)]
        ran += [] if "off" in switch else [plain(cell.source)]
    switched = "\n".join(lines)
    assert [c for c in codes(switched) if c in ran] == [c for c in codes(text) if c in ran]
    page = render_page(
        "a.md", without_switches("a.md", switched, FINDER), read_cells("a.md", switched, FINDER), outputs(switched)
    )
    found = rendered_blocks(page.text)
    assert [code for code in found if code in shown] == [c for c in rendered_blocks(text) if c in shown]
    assert page.text.count("OUTPUT") == len(codes(switched))


def outputs(text: str) -> list[list[dict[str, Any]]]:
    return [[{"output_type": "stream", "name": "stdout", "text": "OUTPUT"}] for _ in codes(text)]


@given(pages())
def test_notebook_keeps_every_line_and_runs_every_block_once_and_in_order(text: str) -> None:
    cells = cells_of(text)
    made = nbformat.reads(notebook("a.md", text, cells, outputs(text)), 4).cells[2:]
    assert [cell.source for cell in made if cell.cell_type == "code"] == [cell.source for cell in cells]
    source = "\n".join(cell.source for cell in made)
    for word in re.findall(r"\b[CD]\d\b", text):
        assert source.count(word) == text.count(word)
    for word in ("text", "two", "lines", "Heading", "quoted", "inline", "漢字", "aside", "item"):
        assert len(re.findall(rf"\b{word}\b", source)) >= len(re.findall(rf"^[^\"{{`~]*\b{word}\b", text, re.MULTILINE))


@given(
    st.lists(st.sampled_from([*"`~ \t\n>#-*:|<!?=[]{}()\"'.1aé\r\x00\u2028", "`{python} "]), max_size=80).map("".join)
)
def test_any_text_is_read_or_refused_with_file_and_line(text: str) -> None:
    codes(text)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_damaged_page_is_read_or_refused_with_file_and_line(path: Path) -> None:
    raw = path.read_bytes()
    chance = random.Random(len(raw))
    for _ in range(8):
        damaged = bytearray(raw)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randrange(3)] = chance.choice(
                [b"`", b"```", b"~~~\n", b"\n", b"    ", b"<!--", b"\xff", b""]
            )
        found = read(damaged.decode("utf-8", "replace"))
        assert not isinstance(found, str) or FAULT.match(found), found
