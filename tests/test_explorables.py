"""What explorables share: Python's rounding, one figure that is whole, and its way onto a page and into a notebook."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import TYPE_CHECKING

import nbformat
import pytest
from site_markdown import FINDER, notebook
from sites import ROOT, SmallSite

from logreg_docs.explorables.base import MIME, Explorable, radios, slider
from logreg_docs.explorables.draw import Panel, Scale, fixed, handle, tenth
from logreg_docs.publish.markup.explorables import Embed, insert_explorables, page_script, read_embeds, strip_comments
from logreg_docs.publish.markup.headings import Heading
from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.pages.outputs import render_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PANEL = Panel(width=320, height=100, body='<path id="@id@-p" d="M0,0h9"/>', label="A line & no more.")
SHOWN = Explorable(
    name="a_line",
    question="Will it move?",
    panels={"a": PANEL, "b": PANEL},
    layout=("ab",),
    controls=slider("size", "size", highest=4, value=2, shown="2"),
    caption="It lies <still>.",
    data={"words": "a < b & c", "at": [0.1, 3]},
)
PAGE = '!!! note\n\n    ```python exec="hide"\n    x\n    ```\n'


def output() -> dict[str, object]:
    data, metadata = SHOWN._repr_mimebundle_()
    return {"output_type": "execute_result", "data": data, "metadata": metadata, "execution_count": 1}


@pytest.mark.parametrize(
    ("value", "expected"), [(0.05, "0.1"), (0.25, "0.3"), (-0.25, "-0.2"), (-0.05, "0"), (3000.0, "3000")]
)
def test_coordinates_round_a_half_up(value: float, expected: str) -> None:
    assert tenth(value) == expected


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(2.5, 0, "3"), (0.125, 2, "0.13"), (-0.125, 2, "−0.13"), (-0.0, 1, "0.0"), (1e21, 0, "1" + "0" * 21)],
)
def test_numbers_round_a_half_away_from_zero(value: float, digits: int, expected: str) -> None:
    assert fixed(value, digits) == expected


def test_scale_runs_either_way() -> None:
    assert [Scale(0, 4, 100, 20)(v) for v in (0, 1, 4)] == [100, 80, 20]


def test_html_has_question_picture_dead_fieldset_caption_and_data() -> None:
    html = SHOWN.to_html()
    for piece in (
        "Will it move?",
        "<fieldset disabled>",
        "It lies &lt;still&gt;.",
        "a &lt; b &amp; c",
        "data-search-exclude",
    ):
        assert piece in html
    assert "tabindex" not in html + handle("h", 1, 2, "")


def test_picture_for_notebooks_places_panels_side_by_side_in_light_colours() -> None:
    svg = SHOWN.to_svg()
    assert 'viewBox="0 0 652 100"' in svg
    assert svg.count("<svg") == 3
    assert "--lr-bg:#fefefe" in svg
    assert "@id@" not in svg
    assert "/*" not in svg
    assert ".x-grid{" in svg


def test_style_of_the_picture_is_installed_with_the_package() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    found = {path.name for path in (ROOT / "logreg_docs/explorables").iterdir() if path.suffix not in (".py", "")}
    assert set(data["logreg_docs.explorables"]) == found


def test_a_layout_without_its_panels_and_a_question_that_does_not_ask_are_refused() -> None:
    with pytest.raises(ValueError, match=r"layout must name the panels \['a'\]"):
        Explorable(name="x", question="?", panels={"a": PANEL}, layout=("ab",), controls="", caption="")
    for question in ("No.", "Will it move? Where to?"):
        with pytest.raises(ValueError, match="question must be one"):
            Explorable(name="x", question=question, panels={"a": PANEL}, layout=("a",), controls="", caption="")


@pytest.mark.parametrize("views", [(), (("ab", "two"),), (("a", "one"), ("abc", "all"))])
def test_views_that_leave_a_panel_out_or_crowd_a_phone_are_refused(views: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(ValueError, match="at most 2 at a time"):
        Explorable(
            name="x",
            question="?",
            panels=dict.fromkeys("abc", PANEL),
            layout=("abc",),
            views=views,
            controls="",
            caption="",
        )


def test_choice_has_one_name_and_its_first_option_chosen() -> None:
    html = radios("unit", "unit", [("a", "A"), ("b", "B")])
    assert html.count('name="@id@-unit"') == 2
    assert html.index("checked") < html.index('value="b"')
    assert html.count('autocomplete="off"') == 2  # a browser that brings a choice back tells no script of it


def test_page_shows_it_where_its_block_stood_with_ids_of_its_own() -> None:
    cells = read_cells("chapters/a.md", PAGE, FINDER)
    page = render_page("chapters/a.md", PAGE, cells, [[output()]])
    assert page.explorables == {4: SHOWN.to_html()}
    assert "\n    explorable-at-line-4\n" in page.text
    assert page.figures == {}
    html = '<h2 id="a">A &amp; <em>b</em></h2><div><p>explorable-at-line-4</p></div><h2 id="c">C</h2>'
    embeds = read_embeds("chapters/a.md", html, page.explorables)
    assert embeds == {
        4: Embed(name="a_line", html=SHOWN.to_html(), path="chapters/a.md", section=Heading(0, "a", "A &amp; b"))
    }
    made = insert_explorables(html, embeds, "../../embed/")
    figure, _, offer = made.partition("<div>")[2].partition("</lr-a-line>")
    assert f"{figure}</lr-a-line>" == SHOWN.to_html().replace("@id@", "x4")
    assert '<a href="../../embed/a_line/">' in offer
    assert 'data-title="A &amp; b: figure to move" hidden>' in offer


def test_figure_above_every_heading_stands_in_no_section() -> None:
    (embed,) = read_embeds("a.md", '<p>explorable-at-line-4</p><h1 id="a">A</h1>', {4: SHOWN.to_html()}).values()
    assert embed.section == Heading(0, "", "")


def test_two_figures_of_one_name_that_differ_end_the_build_with_file_and_line(small_site: SmallSite) -> None:
    imports = ("logreg_docs.datasets import make_students", "logreg_docs.explorables.sigmoid import explore_sigmoid")
    code = "\n".join(f"from {name}" for name in imports)
    for name, call in (("a", "explore_sigmoid()"), ("b", "explore_sigmoid(make_students(seed=1))")):
        small_site.write(f"{name}.md", f'# Page\n\n```python exec="hide"\n{code}\n{call}\n```\n')
    (small_site.folder / "docs/assets").symlink_to(ROOT / "docs/assets")
    built = small_site.build()
    assert built.code != 0
    assert "docs/b.md:4: the explorable sigmoid shows something else here than on docs/a.md" in built.log


def test_notebook_shows_the_picture_and_not_the_html() -> None:
    cells = read_cells("chapters/a.md", PAGE, FINDER)
    outputs = [[output()]]
    written = notebook("chapters/a.md", PAGE, cells, outputs)
    assert MIME not in written
    assert "image/svg+xml" in written


def test_notebook_asks_what_the_figure_asks_and_leads_to_where_it_moves() -> None:
    cells = read_cells("chapters/a.md", PAGE, FINDER)
    asked, _, told = nbformat.reads(notebook("chapters/a.md", PAGE, cells, [[output()]]), 4).cells[-3:]
    assert asked.source == "**Predict.** Will it move?"
    anchor = SHOWN.to_html().partition('id="')[2].partition('"')[0].replace("@id@", "x4")
    assert (
        told.source == f"*It lies &lt;still&gt;.* [Move this figure on the site](https://x.org/p/chapters/a/#{anchor})"
    )


def test_slim_code_keeps_every_statement() -> None:
    code = "// Why.\n/**\n * @param {X} z\n */\nlet a = 1; // short\n\n  /** @type {X} */ (b).c(); /* end */\nlet d;\n"
    assert strip_comments(code) == "let a = 1; // short\n/** @type {X} */ (b).c(); /* end */\nlet d;\n"


def test_script_of_a_page_knows_where_the_modules_lie() -> None:
    assert page_script('// Why.\nlet base = "@base@";\n', "../../m/") == '<script>let base = "../../m/";</script>'


MODULES = sorted(
    path for path in (ROOT / "logreg_docs/explorables").glob("*.py") if path.stem not in {"__init__", "base", "draw"}
)
LABEL_AT = {"x_axis": 3, "y_axis": 3, "slider": 1, "button": 1, "radios": 1}
LABEL_NAMES = {"label", "question", "help"}


def literals(node: ast.AST) -> Iterator[str]:
    """Find the words that an expression spells out, other than the keys by which it looks them up."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search("[A-Za-z]{2}", node.value):
        yield node.value
    for child in () if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node):
        yield from literals(child)


def words_outside_the_tables(source: str) -> list[str]:
    """Find the labels and texts of a module that its drawing code spells out."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    labels = [
        argument
        for call in calls
        for name in [ast.unparse(call.func)]
        for argument in (
            *([call.args[LABEL_AT[name]]] if name in LABEL_AT else []),
            *(word.value for word in call.keywords if word.arg in LABEL_NAMES),
        )
    ]
    texts = re.findall(r">([^<>{}]*[A-Za-z]{2}[^<>{}]*)</text>", source)
    return [*texts, *(word for label in labels for word in literals(label))]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_words_of_an_explorable_stand_in_its_tables(path: Path) -> None:
    assert words_outside_the_tables(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('x_axis(_HOURS, _PASS, (0, 1), "hours of study")', ["hours of study"]),
        ('x_axis(_HOURS, _PASS, (0, 1), _LABELS["hours"])', []),
        ("y_axis(_X, _Y, (0, 1), f\"{_LABELS['slope']} ({_UNITS['slope']})\")", []),
        ("y_axis(_X, _Y, (0, 1), f\"{_LABELS['slope']} (points)\")", [" (points)"]),
        ('slider("w", "weight w", highest=9, value=0, shown=fixed(w, 2))', ["weight w"]),
        ('Panel(width=320, height=9, body=body, label="A map.")', ["A map."]),
        ("""f'<text class="x-mid" y="{y}">least</text>'""", ["least"]),
        ("""f'<text class="x-mid" y="{y}">{_LABELS["least"]}</text>'""", []),
    ],
)
def test_words_outside_the_tables_are_found(source: str, found: list[str]) -> None:
    assert words_outside_the_tables(source) == found
