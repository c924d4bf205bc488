"""Less on the wire, and nothing missing: what may leave a page and a style sheet, and what must stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreg_docs.figures.svg import minify_svg
from logreg_docs.publish.postprocess import slim
from logreg_docs.publish.postprocess.slim import cached_minified_svg, slim_html, slim_site
from logreg_docs.publish.postprocess.unused_css import UsedNames, remove_unused_rules

if TYPE_CHECKING:
    from pathlib import Path

PAGE = '<html dir="ltr"><body><p class="lr-a" id="top" data-tabs="1:2"><a href="b">c</a></p></body></html>'


def names(script: str = "") -> UsedNames:
    found = UsedNames([script])
    found.read_page(PAGE)
    return found


@pytest.mark.parametrize(
    "selector",
    [
        "p", "*", ".lr-a", "#top", "[href]", "[dir=ltr] p", "p:hover", "p::before", "p:not(.lr-b)", ":is(.lr-b,.lr-a)",
        "p:has(>a)", "p>:nth-child(9)", "[data-md-state=open]", ".tabbed-labels>:nth-child(2)", ".md-made",
        ".md-end--3",
    ],
)  # fmt: skip
def test_rule_that_may_match_stays(selector: str) -> None:
    made = names('e.className="md-made tabbed-labels md-end--"+n')
    assert remove_unused_rules(f"{selector}{{top:0}}", made) == f"{selector}{{top:0}}"


@pytest.mark.parametrize(
    "selector",
    [
        "video", ".lr-b", "#bottom", "[lang]", "[dir=rtl] p", "p.lr-b:hover", ":is(.lr-b,.lr-c)", "p:has(>video)",
        ".lr-a .lr-b", ".tabbed-labels>:nth-child(3)", ".md-version", ".bug",
    ],
)  # fmt: skip
def test_rule_that_can_match_nothing_goes(selector: str) -> None:
    made = names('e.className="tabbed-labels md-version "+bug+(e.dir=="rtl")')
    assert remove_unused_rules(f"{selector}{{top:0}}@media print{{{selector}{{top:1px}}}}", made) == ""


def test_list_keeps_the_selectors_that_match_unless_a_browser_may_not_know_one() -> None:
    assert remove_unused_rules(".lr-b,p{top:0}", names()) == "p{top:0}"
    assert remove_unused_rules(".lr-b::-moz-x,p{top:0}", names()) == ".lr-b::-moz-x,p{top:0}"


def test_variables_and_animations_stay_only_as_long_as_something_uses_them() -> None:
    used = ":root{--a:var(--b);--b:1px}@keyframes turn{to{top:0}}p{top:var(--a);animation:turn 1s}"
    assert remove_unused_rules(used, names()) == used
    assert remove_unused_rules(":root{--a:var(--b);--b:1px}@keyframes turn{to{top:0}}p{top:0}", names()) == "p{top:0}"
    assert remove_unused_rules(":root{--c:1}", names('get("--c")')) == ":root{--c:1}"
    assert remove_unused_rules(":root{--a:1}p{top:var(--a)}:root{--a:2}", names()) == "p{top:var(--a)}:root{--a:2}"


def test_values_come_through_whole() -> None:
    rule = 'p{content:"a  b;}";background:url("data:image/svg+xml,<svg/>");top:0!important}'
    assert remove_unused_rules(rule, names()) == rule


def test_code_keeps_its_text_and_its_colours() -> None:
    code = '<pre><span></span><span class="k">if</span><span class="w">  </span><span class="n">x</span>\n\n</pre>'
    assert slim_html(code) == '<pre><span class="k">if</span>  x\n\n</pre>'


def test_nothing_is_left_that_a_browser_would_fetch_unasked() -> None:
    links = '<link rel="prev" href="../a/">\n<link rel="next" href="../c/">'
    assert slim_html(f'<link rel="canonical" href="b">{links}') == '<link rel="canonical" href="b">\n'


def test_type_without_a_page_is_its_name_alone_and_other_titles_stay() -> None:
    signature = 'f(x: <span title="numpy.float64">float64</span>) &lt;span title="a"&gt;'
    assert slim_html(f"<pre>{signature}</pre>") == '<pre>f(x: float64) &lt;span title="a"&gt;</pre>'
    kept = '<a title="numpy.float64" href="x">a</a><span class="lr-term" title="odds">b</span>'
    assert slim_html(kept) == kept


def test_formula_keeps_its_tex() -> None:
    assert slim_html('<annotation encoding="application/x-tex">x\n </annotation>') == "<annotation>x\n </annotation>"


def test_figure_is_made_slim_once_for_all_builds_and_anew_where_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def count(svg: str) -> str:
        made.append(svg)
        return minify_svg(svg)

    monkeypatch.setattr(slim, "minify_svg", count)
    first, second = '<svg><path id="m1" d="M0 0"/></svg>', '<svg><path id="m1" d="M0 1"/></svg>'
    for svg in (first, first, second, first):
        assert cached_minified_svg(svg, tmp_path) == minify_svg(svg)
    assert made == [first, second]
    (kept,) = (path for path in tmp_path.iterdir() if minify_svg(first).encode() in path.read_bytes())
    kept.write_bytes(b"half of a fig")
    assert cached_minified_svg(first, tmp_path) == minify_svg(first)
    assert made == [first, second, first]
    monkeypatch.setattr(slim, "_CODE", "another")
    assert cached_minified_svg(second, tmp_path) == minify_svg(second)
    assert made == [first, second, first, second]


PARTS = (
    '<p class="a b" title="x > y">', "<p class='c'>", '<p data-tabs="1:3"/>', "</p>", "text", "<br>",
    "<script>let d = '<i class=\"lr-e\">' > 1</script>", "<style>.f { --g: 1 }</style>", '<!-- <b class="h"> -->',
    '<a\nhref="j"\nstyle="color: var(--k)">',
)  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(PARTS)).map("".join)))
def test_tags_that_are_read_once_say_all_that_they_say_where_they_stand(pages: list[str]) -> None:
    once, everywhere = UsedNames(), UsedNames()
    for page in pages:
        once.read_page(page)
        everywhere.feed(page)
    assert once.tags >= everywhere.tags
    assert once.words >= everywhere.words
    assert once.variables >= everywhere.variables
    assert all(once.attributes[name] >= values for name, values in everywhere.attributes.items())
    extra = {"h"} if any("<!--" in page for page in pages) else set()
    assert once.attributes["class"] <= everywhere.attributes["class"] | extra


def test_sheets_become_one_whose_name_changes_with_its_content(tmp_path: Path) -> None:
    written = []
    for colour in ("red", "red", "blue"):
        (tmp_path / "assets/stylesheets").mkdir(parents=True, exist_ok=True)
        (tmp_path / "assets/stylesheets/main.12ab.min.css").write_text("p{top:0}.lr-b{top:0}")
        (tmp_path / "assets/style.css").write_text(f"/* text */ p {{ color: {colour} }}")
        (tmp_path / "assets/_mkdocstrings.css").write_text("a{top:1px}")
        links = "".join(
            f'<link rel="stylesheet" href="../assets/{name}.css">'
            for name in ("stylesheets/main.12ab.min", "style", "_mkdocstrings")
        )
        (tmp_path / "index.html").write_text(links + PAGE)
        slim_site(tmp_path)
        written.append((tmp_path / "index.html").read_text())
    assert written[0] == written[1] != written[2]
    assert written[0].count("<link") == 1
    sheet = tmp_path / written[2].partition('href="../')[2].partition('"')[0]
    assert sheet.read_text() == "p{top:0}p{color:blue}a{top:1px}"


def test_marks_of_one_colour_become_one() -> None:
    code = '<span class="sa">f</span><span class="s2">"a</span><span class="si">{</span>b<span class="si">}</span>'
    assert slim_html(f"<pre>{code}</pre>") == '<pre>f<span class="s2">"a{</span>b<span class="s2">}</span></pre>'


def test_table_stands_in_its_box_before_any_script_runs_and_one_with_a_class_stays() -> None:
    table = '<table id="t"><tr><td>1</td></tr></table>'
    boxed = f'<div class="md-typeset__scrollwrap lr-table"><div class="md-typeset__table">{table}</div><i></i></div>'
    assert slim_html(f"<p>a</p>{table}<p>b</p>") == f"<p>a</p>{boxed}<p>b</p>"
    own = '<table class="own"><tr><td>1</td></tr></table>'
    assert slim_html(own) == own
