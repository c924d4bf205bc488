"""Formulas become MathML at build, or the build stops."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import markdown
import pytest
from fontTools.ttLib import TTFont
from site_markdown import CONFIGS, EXTENSIONS

from logreg_docs.publish.atomic_files import write_atomically
from logreg_docs.publish.markup.math_font import formula_characters, math_font, stretchy_characters
from logreg_docs.publish.markup.mathml import FormulaError, MathMLExtension, dollar_line, formula_line, to_mathml

if TYPE_CHECKING:
    from pathlib import Path


def converted(text: str) -> str:
    return markdown.markdown(
        text,
        extensions=["pymdownx.arithmatex", "tables", "admonition", MathMLExtension()],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )


def test_inline_and_display_formulas_differ() -> None:
    assert '<math display="block">' in converted("$$\nx^2\n$$")
    assert "<math><semantics><msup>" in converted("a $x^2$ b")


def test_tex_stays_for_copying() -> None:
    assert r'<annotation encoding="application/x-tex">\frac{a}{b}</annotation>' in converted(r"$\frac{a}{b}$")


@pytest.mark.parametrize(
    ("tex", "mathml"),
    [
        ("x'", '<mo lspace="0" rspace="0">′</mo>'),
        (r"\tau^*", '<mo lspace="0" rspace="0">∗</mo>'),
        (r"\sum_i", '<munder><mo lspace="0" rspace="0">∑</mo><mi>i</mi></munder>'),
        (r"\sum_i x", '</munder><mspace width="0.1667em"/></mrow><mi>x</mi>'),
        (r"a \int_0 x", '<mrow><mspace width="0.1667em"/><msub><mo lspace="0" rspace="0">∫</mo>'),
        (r"=\sum_i=", '<mo lspace="0" rspace="0">∑</mo><mi>i</mi></munder><mo rspace="0">=</mo>'),
        (r"\bigl(", '<mo class="big1" stretchy="false">(</mo>'),
        (r"\Bigl[", '<mo class="big2" stretchy="false">[</mo>'),
        (r"\big/", '<mo stretchy="false" lspace="0" rspace="0" class="big1">/</mo>'),
        (r"\biggl(", '<mo minsize="2.047em" maxsize="2.047em">(</mo>'),
        (r"\sqrt x", '<msqrt><mi>x</mi><mspace height=".8em" depth=".2em"/></msqrt>'),
        (r"\sqrt[3] x", '<mroot><mrow><mi>x</mi><mspace height=".8em" depth=".2em"/></mrow><mn>3</mn></mroot>'),
        (r"\begin{pmatrix}a\\b\end{pmatrix}", '<mtd><mi>b</mi><mspace height=".84em" depth=".36em"/></mtd>'),
    ],
)
def test_what_browsers_set_in_different_ways_is_written_out(tex: str, mathml: str) -> None:
    assert mathml in to_mathml(tex, display=True)


def test_tex_of_many_signs_stays_as_it_is() -> None:
    tex = r"a < b \& c \text{ “d” é} > \max e"
    annotation = ET.fromstring(to_mathml(tex, display=False)).findtext(".//annotation")
    assert annotation == tex


def test_punctuation_stays_with_its_formula() -> None:
    html = converted("a $x$, b ($y$). $z$ c")
    assert html.count("</math>,</span> b") == 1
    assert html.count("</math>).</span> ") == 1
    assert html.count("</math></span> c") == 1


def test_formula_works_in_a_table_cell_and_an_admonition() -> None:
    html = converted("| a |\n| - |\n| $x$ |\n\n!!! note\n\n    $$\n    y < z\n    $$\n")
    assert html.count("<math") == 2
    assert "&lt;" in html


def test_dollars_in_code_are_left_alone() -> None:
    assert "<math" not in converted("`$x$`")


def test_formulas_stay_out_of_the_search_index() -> None:
    assert converted("$x$").count('data-search-exclude=""') == 1


@pytest.mark.parametrize("tex", [r"\frac{a}", r"\unknowncommand", r"\left( x", "x^2^3"])
def test_formula_that_does_not_parse_raises_and_is_named(tex: str) -> None:
    with pytest.raises(FormulaError) as caught:
        to_mathml(tex, display=False)
    assert tex in str(caught.value)


NO_FORMULAS = {
    "bars in a table": ("$x$\n\n| a | b |\n| - | - |\n| one | $|x|$ |", 5, "not part of a formula"),
    "bars in a table, between brackets": (
        "$x$\n\n| a | b |\n| - | - |\n| $x$ one | \\(|x|\\) |",
        5,
        "not part of a formula",
    ),
    "display in a sentence": ("$x$\n\nSay $$x$$ here.", 3, "not part of a formula"),
    "display right below text": ("Some text $x$\n$$\nx\n$$", 2, "not part of a formula"),
    "display right below a quote": ("$x$\n\n> Some text\n> $$\n> x\n> $$", 4, "not part of a formula"),
    "environment in a sentence": ("Say \\begin{align}x\\end{align}", 1, "not part of a formula"),
    "one dollar": ("$x$ `$`\n\nIt costs $5.", 3, "not part of a formula"),
    "dollar in the title of a note": ('$x$\n\n!!! note "For $5"\n\n    b', 3, "not part of a formula"),
    "amounts": ("$x$\n\n- between $5-$6", 3, "touches a word or a number"),
    "amounts of a kind": ("US$5 and CA$6", 1, "touches a word or a number"),
    "variables of a shell": ("$HOME/$PATH", 1, "touches a word or a number"),
    "text alternative": ("$x$\n\n![A $y$](b.png)", 3, "text alternative or a title"),
    "title of a link": ("$x$\n\n[a](b.md 'A $y$')", 3, "text alternative or a title"),
    "heading without an anchor": ("# A\n\n## The *$z$* heading", 3, "stands in a heading"),
    "heading with a power": ("# A\n\n## The $x^2$ heading { #a }", 3, "stands in a heading"),
}


def refused(text: str) -> list[tuple[str, int | None]]:
    """What is complained of, and the line."""
    found: list[tuple[str, int | None]] = []
    extension = MathMLExtension(
        refuse=lambda p, near: found.append((p, formula_line(text, near) or dollar_line(text, near)))
    )
    markdown.markdown(text, extensions=[*EXTENSIONS, extension], extension_configs=CONFIGS)
    return found


@pytest.mark.parametrize("name", NO_FORMULAS)
def test_dollar_that_is_no_formula_is_refused_with_its_line(name: str) -> None:
    text, line, problem = NO_FORMULAS[name]
    assert problem in refused(text)[0][0]
    assert refused(text)[0][1] == line


def test_dollars_that_are_meant_are_left_alone() -> None:
    assert not refused(
        "\\$5-\\$6, &#36;7, `$8` <!-- $9 -->, the $n$th of $k$-many ($x$), $y$s and 2 $z$\n\n    $indented\n"
    )


def test_formula_in_a_heading_reads_as_its_characters_in_the_contents() -> None:
    md = markdown.Markdown(extensions=[*EXTENSIONS, MathMLExtension()], extension_configs=CONFIGS)
    html = md.convert("## The $\\sigma(z) \\le 1$ heading { #a }")
    (entry,) = md.toc_tokens  # type: ignore[attr-defined]  # what the toc extension adds
    assert (entry["name"], entry["id"]) == ("The σ(z)≤1 heading", "a")
    assert "annotation" not in html
    assert "search-exclude" not in html, "the search takes the title from here"


BAD = r"\frac{a}"
PLACES = {
    "after a longer formula that begins like it": (f"${BAD}{{b}}$\n\n${BAD}$", BAD, 3),
    "after a longer formula that ends like it": (f"$x + {BAD}$\n\n${BAD}$", BAD, 3),
    "between other delimiters": (f"\n\\({BAD}\\)", BAD, 2),
    "in an admonition": (f"!!! note\n\n    $$\n    {BAD}\n    + b\n    $$\n", f"{BAD}\n+ b", 4),
    "in a block quote": (f"> a ${BAD} >\n> b$\n", f"{BAD} >\nb", 1),
    "as an environment": ("\n\\begin{align}\nx &\n\\end{align}\n", "\\begin{align}\nx &\n\\end{align}", 2),
    "after a fence, a code span and a comment": (
        f"```tex\n`\n${BAD}$\n```\n``${BAD}$ ` ``\n<!-- ${BAD}$\n-->\n${BAD}$",
        BAD,
        8,
    ),
    "after a backtick that opens no code": (f"a ` b\n\n${BAD}$", BAD, 3),
    "nowhere": (f"${BAD}{{b}}$ {BAD}", BAD, None),
    "in code alone": (f"`${BAD}$`", BAD, None),
}


@pytest.mark.parametrize("place", PLACES)
def test_line_of_a_formula_is_that_of_the_whole_formula(place: str) -> None:
    text, tex, line = PLACES[place]
    assert formula_line(text, tex) == line


def test_font_holds_what_is_drawn_and_little_more(tmp_path: Path) -> None:
    characters = formula_characters([converted(r"$\sigma(x) \le \sqrt{y}$")])
    assert {"𝜎", "𝑥", "𝑦", "≤", "√", "("} <= characters
    font = math_font(characters, tmp_path)
    names = TTFont(BytesIO(font)).getBestCmap()
    assert {ord(c) for c in ("𝜎", "𝑥", "≤", "√")} <= set(names)
    assert ord("∫") not in names
    assert len(font) < 20_000


@pytest.mark.parametrize(
    ("tex", "grows"),
    [
        (r"\sqrt\mu", False),
        (r"\sqrt{w_1^2 + w_2^2} + \frac12", False),
        (r"\frac{1}{\sqrt2}", False),
        (r"\sqrt{\frac12}", True),
        (r"\sqrt{1 + \sqrt2}", True),
        (r"\sqrt[3]{\sum_{i} x_i}", True),
    ],
)
def test_root_grows_over_what_is_tall_alone(tex: str, *, grows: bool) -> None:
    assert ("√" in stretchy_characters([converted(f"$${tex}$$")])) is grows


def test_font_is_the_same_for_the_same_characters_and_made_once(tmp_path: Path) -> None:
    characters = formula_characters(["<math><mi>x</mi></math>"])
    first = math_font(characters, tmp_path / "a")
    assert math_font(characters, tmp_path / "b") == first
    (path,) = (tmp_path / "a").iterdir()
    write_atomically(path, b"kept")
    assert math_font(characters, tmp_path / "a") == b"kept"


def test_tex_of_the_annotation_is_not_counted_as_drawn() -> None:
    assert "q" not in formula_characters([r'<math><mi>x</mi><annotation encoding="t">q</annotation></math>'])


def test_font_keeps_its_proportions_on_a_coarser_grid(tmp_path: Path) -> None:
    font = TTFont(BytesIO(math_font(frozenset("x√"), tmp_path)))
    assert font["head"].unitsPerEm == 500
    assert font["MATH"].table.MathConstants.AxisHeight.Value == pytest.approx(0.258 * 500, abs=1)
    assert font["hmtx"][font.getBestCmap()[ord("x")]][0] == pytest.approx(0.5 * 500, rel=0.1, abs=0)


def test_accents_stand_a_little_above_the_line(tmp_path: Path) -> None:
    font = TTFont(BytesIO(math_font(frozenset("xˆ¯˜√"), tmp_path)))
    assert font["MATH"].table.MathConstants.AccentBaseHeight.Value == 0
    names = font.getBestCmap()
    assert {font["glyf"][names[ord(accent)]].yMin for accent in "ˆ¯˜"} == {15}


def test_primes_are_large_and_low(tmp_path: Path) -> None:
    font = TTFont(BytesIO(math_font(frozenset("′″√"), tmp_path)))
    for prime in "′″":
        glyph = font["glyf"][font.getBestCmap()[ord(prime)]]
        assert (glyph.yMin / 500, glyph.yMax / 500) == pytest.approx((0.085, 0.527), abs=0.002)


def test_features_of_the_font_make_delimiters_big(tmp_path: Path) -> None:
    font = TTFont(BytesIO(math_font(frozenset("x(/√"), tmp_path, stretchy=frozenset())))
    lookups = font["GSUB"].table.LookupList.Lookup
    for record in font["GSUB"].table.FeatureList.FeatureRecord:
        forms = lookups[record.Feature.LookupListIndex[0]].SubTable[0].mapping
        assert forms.keys() == {"parenleft", "slash"}
        tall = {"big1": 1.18, "big2": 1.6}[record.FeatureTag]
        for form in forms.values():
            glyph = font["glyf"][form]
            assert tall < (glyph.yMax - glyph.yMin) / 500 < 1.6 * tall
            assert (glyph.yMax + glyph.yMin) / 1000 == pytest.approx(0.258, abs=0.005)
