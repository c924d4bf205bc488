"""Outputs stand right after their block, at its indent, and values stand in the prose."""

from __future__ import annotations

import re
import textwrap
from html import unescape
from typing import Any

import mistune
import nbformat
import pytest
from markdown import Markdown
from site_markdown import CONFIGS, EXTENSIONS, FINDER, notebook

from logreg_docs.figures.style import NARROW
from logreg_docs.publish.markup.mathml import MathMLExtension
from logreg_docs.publish.pages.cells import PageError, read_cells
from logreg_docs.publish.pages.outputs import Page, render_page, with_figures

SVG = '<svg width="300pt" height="150pt" viewBox="0 0 300 150"></svg>'


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def result(**data: str) -> dict[str, Any]:
    kinds = {"plain": "text/plain", "markdown": "text/markdown", "svg": "image/svg+xml", "png": "image/png"}
    return {"output_type": "execute_result", "data": {kinds[k]: v for k, v in data.items()}, "metadata": {}}


def figure(alt: str | None = "A line that rises.") -> dict[str, Any]:
    output = result(svg=SVG, plain="Figure")
    output["metadata"] = {"image/svg+xml": {"alt": alt}} if alt else {}
    return output


def rendered(text: str, *outputs: list[dict[str, Any]]) -> Page:
    return render_page("chapters/a.md", text, read_cells("chapters/a.md", text, FINDER), outputs)


def test_text_output_follows_its_block() -> None:
    page = rendered('```python title="T" exec="show"\n1\n```\nend', [stream("one\n")])
    assert page.text == (
        '```python title="T"\n1\n```\n\n\n``` { .text .output .no-copy data-search-exclude="" }\none\n```\n\nend'
    )


def test_output_is_indented_like_its_block() -> None:
    page = rendered("!!! note\n\n    ```python\n    1\n    ```\n", [stream("one\ntwo\n")])
    assert "\n    one\n    two\n    ```" in page.text


@pytest.mark.parametrize(
    ("output", "title"),
    [
        (figure(), "Code of this figure"),
        (result(markdown="| a |\n|---|\n| 1 |"), "Code of this table"),
        (stream("one\n"), "Code"),
    ],
)
@pytest.mark.parametrize("pad", ["", "    "])
def test_folded_code_stands_closed_above_its_output_with_its_annotations(
    output: dict[str, Any], title: str, pad: str
) -> None:
    block = '```python title="T" exec="fold"\n1  # (1)!\n```\n\n1.  Why.\n\nProse.\n'
    text = textwrap.indent(block, pad)
    page = rendered(f"!!! note\n\n{text}" if pad else text, [output])
    inside = '```python title="T"\n1  # (1)!\n```\n\n1.  Why.\n'
    fold = f'{pad}??? listing "{title}"\n\n{textwrap.indent(inside, pad + "    ")}\n'
    assert fold in page.text
    shown = page.text.partition(fold)[2]
    assert re.match(rf"\s*^{pad}(!\[figure|\| a|``` \{{ \.text)", shown, re.MULTILINE)
    assert shown.rstrip().endswith(f"{pad}Prose.")


def test_output_comes_after_the_annotations_of_its_block() -> None:
    page = rendered("```python\n1  # (1)!\n```\n\n1.  Why.\n\n    More.\n\nProse.\n", [stream("one\n")])
    order = [page.text.index(word) for word in ("Why.", "More.", "one", "Prose.")]
    assert order == sorted(order)


def test_list_after_a_block_without_annotations_stays_behind_the_output() -> None:
    page = rendered("```python\n1\n```\n\n1.  First.\n", [stream("one\n")])
    assert page.text.index("one") < page.text.index("First.")


def test_place_for_an_answer_is_shown_without_its_output() -> None:
    page = rendered('a\n\n```python exec="answer"\nanswer = ...\n```\n\nb', [stream("one\n")])
    assert page.text == "a\n\n```python\nanswer = ...\n```\n\nb"


def test_hidden_block_leaves_only_its_output() -> None:
    page = rendered('a\n\n```python exec="hide"\nsecret\n```\n\nb', [stream("one\n")])
    assert "secret" not in page.text
    assert "one" in page.text


def test_output_with_fences_in_it_gets_a_longer_fence() -> None:
    assert "```` { .text" in rendered("```python\n1\n```", [stream("```\nx\n```\n")]).text


def test_values_replace_their_expressions_on_one_line() -> None:
    page = rendered("a `{python} x` b `{python} y` c", [result(plain="'1'")], [result(plain="'-2.5'")])
    assert page.text == "a 1 b \N{MINUS SIGN}2.5 c"


VALUES = (
    *("12", "2.", "3) x", "- x", "+ x", "# h", "> q", ": d", "a|b", "*x* _y_ a_b_c", "[z](b.md)", "![a](b)", "[^1]"),
    *("<b>&amp;</b>", "<!-- x", r"a\*b \\ \n\\", "$5 and $6", "$x$", r"\(x\)", "`code`", "{ #x }", 'say "x"', "~~k~~"),
    *("http://x.org", "(0.3, 0.5)", "---", "===", "!!! note", "  a  b ", "*[x]: y"),
)
PLACES = (
    *(
        "`{python} v`. Of them many.",
        "Of `{python} v`, many.",
        "a\n`{python} v` b",
        "- `{python} v`. b",
        "1. `{python} v`. b",
    ),
    *(
        "| a | b |\n| - | - |\n| `{python} v` | two |",
        "## Head `{python} v` { #a }",
        "## `{python} v`",
        "**`{python} v`** b",
    ),
    *("[a `{python} v` b](https://x.org)", "> `{python} v`. b", '!!! note "A `{python} v`"\n\n    `{python} v`. b'),
    *('??? note "A `{python} v`"\n\n    b `{python} v`', '=== "A `{python} v`"\n\n    b', "$x$ `{python} v` $y$"),
)
WORD = "word"


def site_html(text: str) -> str:
    return Markdown(extensions=[*EXTENSIONS, MathMLExtension()], extension_configs=CONFIGS).convert(text)


def prose(text: str, outputs: list[list[dict[str, Any]]]) -> str:
    cells = read_cells("a.md", text, FINDER)
    source = "".join(nbformat.reads(notebook("a.md", text, cells, outputs), 4).cells[2].source)
    return str(mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "math", "url"])(source))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shown", ["page", "notebook"])
def test_value_is_text_whatever_it_is_and_wherever_it_stands(shown: str, place: str) -> None:
    def html(value: str) -> str:
        outputs = [[result(plain=repr(value))]] * place.count("{python}")
        return site_html(rendered(place, *outputs).text) if shown == "page" else prose(place, outputs)

    tags = re.compile(r"<annotation.*?</annotation>|<[^>]*>")
    plain = html(WORD)
    for value in VALUES:
        made = html(value)
        assert unescape(tags.sub("", made)).replace("\xa0", " ") == unescape(tags.sub("", plain)).replace(WORD, value)
        kinds = [re.findall(r"<(?!span|/span)(/?\w+)", each) for each in (made, plain)]
        assert kinds[0] == kinds[1], value


def test_table_is_put_in_as_markdown_and_preferred_to_text() -> None:
    page = rendered("```python\nt\n```", [result(markdown="| a |\n| --- |\n| 1 |", plain="text form")])
    assert "\n| a |\n| --- |\n| 1 |\n" in page.text
    assert "text form" not in page.text


def test_figure_is_a_file_shown_once_a_scheme_with_its_size() -> None:
    page = rendered("```python\nf\n```", [figure()])
    assert page.figures == {"a-1.svg": SVG}
    assert page.alts == {"figure-alt-a-1": "A line that rises."}
    for scheme in ("light", "dark"):
        assert (
            f'![figure-alt-a-1](a-1.svg#only-{scheme}){{ .lr-figure width="400" height="200" loading="lazy" }}'
            in page.text
        )


def image(name: str, scheme: str) -> str:
    return f'<img alt="figure-alt-{name}" class="lr-figure" loading="lazy" src="../{name}.svg#only-{scheme}" />'


def at_once(image: str) -> str:
    return image.replace(' loading="lazy"', "")


def test_text_alternative_takes_the_place_of_its_token() -> None:
    page = Page(text="", alts={"figure-alt-a-1": 'A "line" < 2.', "figure-alt-a-11": "Another."})
    html = with_figures(image("a-1", "light") + image("a-11", "light"), page)
    assert re.findall(r'alt="([^"]*)"', html) == ["A &quot;line&quot; &lt; 2.", "Another."]
    assert "<picture>" not in html


def test_figures_are_fetched_when_the_reader_comes_near_but_for_the_first_which_is_seen_at_once() -> None:
    page = Page(text="", alts={"figure-alt-a-1": "A line.", "figure-alt-a-11": "Another."})
    images = [image(name, scheme) for name in ("a-1", "a-11") for scheme in ("light", "dark")]
    html = with_figures("".join(images), page)
    assert ['loading="lazy"' in shown for shown in re.findall(r"<img[^>]*>", html)] == [False, False, True, True]


def test_narrow_form_is_a_file_of_its_own_that_a_narrow_window_shows_in_both_schemes() -> None:
    output = figure()
    output["data"][NARROW] = '<svg width="60pt" height="120pt" viewBox="0 0 60 120"></svg>'
    page = rendered("```python\nf\n```", [output])
    assert page.figures == {"a-1.svg": SVG, "a-1-narrow.svg": output["data"][NARROW]}
    for scheme in ("light", "dark"):
        assert with_figures(image("a-1", scheme), page) == (
            f'<picture><source srcset="../a-1-narrow.svg#only-{scheme}" media="(max-width:21em)" width="80" '
            f'height="160">{at_once(image("a-1", scheme)).replace("figure-alt-a-1", "A line that rises.")}</picture>'
        )


def test_window_gets_the_narrow_form_before_text_shrinks_by_more_than_a_sixth() -> None:
    output = figure()
    output["data"][NARROW] = SVG
    (attributes,) = rendered("```python\nf\n```", [output]).narrow.values()
    window = int(attributes.partition("max-width:")[2].partition("em")[0]) * 16
    assert 400 * 5 / 6 - 8 <= window <= 400 * 5 / 6 + 8


def test_alt_of_the_block_wins_and_caption_stands_under_the_figure() -> None:
    page = rendered('```python alt="Mine, in words." caption="Seen"\nf\n```', [figure()])
    assert list(page.alts.values()) == ["Mine, in words."]
    assert "\nSeen\n{ .lr-caption }" in page.text


def test_figure_without_text_alternative_is_refused() -> None:
    with pytest.raises(PageError, match=r"docs/chapters/a\.md:2: the figure has no text alternative"):
        rendered("```python\nf\n```", [figure(None)])


def test_bitmap_is_refused() -> None:
    with pytest.raises(PageError, match="bitmap"):
        rendered("```python\nf\n```", [result(png="iVBOR", plain="<Figure>")])


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": "<b>x</b>", "text/plain": "<IPython.core.display.HTML object>"},
        {"text/latex": "$x$", "text/plain": "<IPython.core.display.Latex object>"},
        {"text/html": "x", "text/plain": "<IPython.lib.display.IFrame at 0x7f1>"},
        {"text/html": "x"},
    ],
)
def test_output_that_is_more_than_its_text_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(PageError, match=rf"docs/chapters/a\.md:2: the block shows {min(data)}"):
        rendered("```python\nf\n```", [{"output_type": "display_data", "data": data, "metadata": {}}])


def test_table_of_pandas_is_shown_as_text() -> None:
    data = {"text/html": "<table>", "text/plain": "   a\n0  1"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    assert "\n   a\n0  1\n" in rendered("```python\nf\n```", [output]).text


def test_expected_exception_shows_its_name_and_message() -> None:
    raised = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["..."]}
    page = rendered('```python raises="ValueError"\nf()\n```', [raised])
    assert ".output-error" in page.text
    assert "\nValueError: no\n" in page.text


def test_expected_warning_is_shown_as_one() -> None:
    page = rendered('```python warns="UserWarning"\nf()\n```', [stream("UserWarning: hm\n", "stderr")])
    assert ".output-warning" in page.text
    assert "UserWarning: hm" in page.text


def test_page_that_stopped_shows_where_and_keeps_the_rest() -> None:
    text = '```python\n1 / 0\n```\n\n```python exec="hide"\nlater\n```\n\n```python alt="x"\nlast\n```\n'
    error = PageError("chapters/a.md", 2, "the code raised ZeroDivisionError\ntrace")
    page = render_page("chapters/a.md", text, read_cells("chapters/a.md", text, FINDER), [[stream("half\n")]], error)
    assert '!!! failure "docs/chapters/a.md:2: the code raised ZeroDivisionError"' in page.text
    assert "    trace" in page.text
    assert "later" not in page.text
    assert "```python\nlast" in page.text
