"""A table shows the same cells in a terminal, in a notebook and on a page."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreg_docs.tables import Table

words = st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters="|"), min_size=1, max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 4))
    row = st.lists(words, min_size=width, max_size=width)
    return Table(columns=draw(row), rows=draw(st.lists(row, max_size=4)))


def html_cells(table: Table) -> list[str]:
    html = markdown.markdown(table._repr_markdown_(), extensions=["tables"])
    return [unescape(cell).replace("\N{MINUS SIGN}", "-") for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", html)]


@given(tables())
def test_markdown_keeps_every_cell_even_with_bars_in_it(table: Table) -> None:
    cells = html_cells(table)
    assert cells[: len(table.columns)] == list(table.columns)
    if table.rows:
        assert cells == [cell for row in (table.columns, *table.rows) for cell in row]


@given(tables())
def test_text_has_a_line_for_the_names_a_rule_and_one_for_every_row(table: Table) -> None:
    lines = str(table).split("\n")
    assert len(lines) == 2 + len(table.rows)
    assert set(lines[1]) <= set("-+")
    assert all(len(line) <= len(lines[1]) for line in lines)
    for line, row in zip([lines[0], *lines[2:]], (table.columns, *table.rows), strict=True):
        assert re.sub(r" +", " ", line) == " | ".join(row)


def test_repr_is_the_text_so_that_a_terminal_shows_the_table() -> None:
    table = Table(columns=("z", "p"), rows=[("0", "0.5")])
    assert repr(table) == str(table) == "z | p\n--+----\n0 | 0.5"


def test_bars_in_code_and_formulas_do_not_end_a_cell() -> None:
    table = Table(columns=("code `a|b<c`", "formula $|z|$", r"norm $\|w\|$", "text a|b"), rows=[("1", "2", "3", "4")])
    shown = ["code <code>a|b<c</code>", r"formula $\vert z\vert $", r"norm $\Vert w\Vert $", "text a|b"]
    assert html_cells(table) == [*shown, "1", "2", "3", "4"]


def test_caption_follows_the_table_on_a_page() -> None:
    table = Table(columns=("a",), rows=[("1",)], caption="One number.")
    assert table._repr_markdown_().endswith("| 1 |\n\n*One number.*")
    assert Table(columns=("a",), rows=[("1",)])._repr_markdown_().endswith("| 1 |")


def test_a_table_keeps_its_cells_when_the_caller_changes_the_lists() -> None:
    row = ["1", "2"]
    table = Table(columns=["a", "b"], rows=[row])
    row[0] = "9"
    assert table.rows == (("1", "2"),)
    assert hash(table) == hash(Table(columns=("a", "b"), rows=[("1", "2")]))


@pytest.mark.parametrize(
    ("columns", "rows", "error", "message"),
    [
        (("a", "b"), [("1",)], ValueError, r"every row must have 2 cells, got 1: \['1'\]\."),
        (("a",), [("1", "2")], ValueError, "every row must have 1 cells, got 2"),
        ((), [], ValueError, "at least one column, got none"),
        (("a",), [(0.5,)], TypeError, r"every cell must be text, got 0\.5\. Format it first"),
        (("a",), [("1\n2",)], ValueError, "must stay on one line"),
        (("a\nb",), [], ValueError, "must stay on one line"),
    ],
)
def test_a_table_refuses_cells_it_cannot_show(columns: Any, rows: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Table(columns=columns, rows=rows)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"columns": "zp", "rows": []}, "columns"),
        ({"columns": ["z"], "rows": "1"}, "rows"),
        ({"columns": ["z"], "rows": ["1"]}, "a row of rows"),
        ({"columns": ["z"], "rows": (row for row in [["1"]])}, "rows"),
        ({"columns": ["z"], "rows": [], "caption": 1}, "caption"),
    ],
)
def test_text_and_generators_are_not_taken_for_lists_of_cells(arguments: dict[str, Any], name: str) -> None:
    with pytest.raises(TypeError, match=f"^{name} must be"):
        Table(**arguments)


def test_a_carriage_return_is_a_line_break_too() -> None:
    with pytest.raises(ValueError, match="must stay on one line"):
        Table(columns=["z"], rows=[["1\r2"]])


def test_a_column_of_numbers_is_set_flush_right_with_real_minus_signs() -> None:
    shown = Table(columns=("name", "value"), rows=[("a-b", "-1.5"), ("c", "2e-10")])._repr_markdown_()
    assert shown.split("\n")[1:] == ["| --- | ---: |", "| a-b | \N{MINUS SIGN}1.5 |", "| c | 2e\N{MINUS SIGN}10 |"]


def test_a_column_with_words_stays_flush_left() -> None:
    assert "---:" not in Table(columns=("value",), rows=[("1",), ("never",)])._repr_markdown_()


@pytest.mark.parametrize("bad", [{"a": 1}, {"a"}, frozenset("a"), {"a": 1}.keys(), b"a"])
def test_what_has_a_length_but_is_no_list_is_refused(bad: Any) -> None:
    with pytest.raises(TypeError, match=r"^columns must be a list or tuple, got"):
        Table(columns=bad, rows=[["1"]])
    with pytest.raises(TypeError, match=r"^a row of rows must be a list or tuple, got"):
        Table(columns=["a"], rows=[bad])
    with pytest.raises(TypeError, match=r"^rows must be a list or tuple, got"):
        Table(columns=["a"], rows=bad)
