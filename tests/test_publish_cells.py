"""A page is read as cells, and every slip in its options is named with its line."""

from __future__ import annotations

import pytest
from site_markdown import FINDER

from logreg_docs.publish.pages.cells import PageError, read_cells, split_format, without_switches


def test_cells_come_in_document_order_whatever_their_kind() -> None:
    text = "`{python} a` and `{python} b`\n\n```python\nc\n```\n\n`{python} d`\n"
    assert [cell.source for cell in read_cells("x.md", text, FINDER)] == ["a", "b", "c", "d"]


def test_block_starts_at_its_first_line_of_code() -> None:
    assert read_cells("x.md", "---\ntitle: t\n---\n\n```python\nc\n```", FINDER)[0].line == 6


def test_switched_off_block_is_no_cell() -> None:
    assert read_cells("x.md", '```python exec="off"\n1\n```', FINDER) == []


def test_own_options_are_kept_and_the_renderer_gets_the_rest() -> None:
    (cell,) = read_cells("x.md", '```python title="A b" raises="ValueError" hl_lines="1 2"\n1\n```', FINDER)
    assert cell.options["raises"] == "ValueError"
    assert cell.passed_options() == ' title="A b" hl_lines="1 2"'


@pytest.mark.parametrize(
    ("info", "problem"),
    [
        ('python colour="red"', "unknown block option 'colour'"),
        ("python hide", "malformed block option 'hide'"),
        ('python exec="maybe"', "exec must be one of show, fold, hide, off, answer"),
        ('python hl_lines="x"', "hl_lines takes line numbers"),
        ('python varies=" "', "varies says why the numbers differ"),
        ('text exec="off"', "exec is an option of python blocks"),
        ("two words", "malformed block option 'words'"),
        ("what?", "not the name of a language"),
    ],
)
def test_option_that_means_nothing_is_refused_with_its_line(info: str, problem: str) -> None:
    with pytest.raises(PageError, match=r"^docs/x\.md:3: ") as caught:
        read_cells("x.md", f"a\n\n```{info}\n1\n```", FINDER)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x", ("x", "")),
        ("x:.2f", ("x", ".2f")),
        ("x[1:2]", ("x[1:2]", "")),
        ("x[1:2]:d", ("x[1:2]", "d")),
        ("start:%H:%M", ("start", "%H:%M")),
        ("times[1:2][0]:%d.%m. %H:%M:%S", ("times[1:2][0]", "%d.%m. %H:%M:%S")),
        ("x:,.2f:", ("x", ",.2f:")),
        ("{'a': 1}['a']:>4", ("{'a': 1}['a']", ">4")),
        ("f(a, b=1):,.0f", ("f(a, b=1)", ",.0f")),
    ],
)
def test_format_is_what_follows_a_whole_expression(source: str, expected: tuple[str, str]) -> None:
    assert split_format(source) == expected


def test_inline_that_is_no_expression_is_refused() -> None:
    with pytest.raises(SyntaxError, match="not a Python expression"):
        split_format("x =")


def test_control_character_is_refused_with_its_line() -> None:
    with pytest.raises(PageError, match=r"^docs/x\.md:2: .*U\+0003"):
        read_cells("x.md", "a\nb\x03\n", FINDER)


def test_title_may_hold_backticks() -> None:
    (cell,) = read_cells("x.md", '```python title="`f`"\n1\n```', FINDER)
    assert cell.passed_options() == ' title="`f`"'


def test_switched_off_block_is_opened_as_the_renderer_understands() -> None:
    text = 'a\n\n```python exec="off" title="T"\n1\n```\n\n```python\n2\n```'
    assert without_switches("x.md", text, FINDER) == text.replace(' exec="off"', "")
