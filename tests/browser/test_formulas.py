"""Formulas as the browsers draw them: each has the measures that TeX gives them with the same font, by their ink."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from browser.other_browsers import firefox, read_png, wait_for, webkit
from fontTools.ttLib import TTFont
from needed import need
from sites import ROOT, served

from logreg_docs.publish.markup.math_font import formula_characters, math_font, stretchy_characters
from logreg_docs.publish.markup.mathml import to_mathml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),  # selenium warns of itself
]

EM = 36  # pixels
AXIS, X_HEIGHT = 0.258, 0.474  # of the font, in ems
SCRIPT, AFTER_SCRIPT = 0.7, 0.04
THIN, MEDIUM, THICK = 3 / 18, 4 / 18, 5 / 18
COLUMNS, WIDTH, HEIGHT = 7, 180, 136
TEXT = "where exactly one of"


class Formula(NamedTuple):
    """TeX, and up to three of its characters to measure: a fraction stands for its bar, a root for its sign."""

    tex: str
    parts: str | list[str]
    display: bool = False


LETTERS = {"x": r"\bar x", "y": r"\hat y", "w": r"\hat w", "β": r"\hat\beta", "b": r"\hat b", "X": r"\tilde X"}
ACCENTS = dict(zip(LETTERS, "¯ˆˆˆˆ˜", strict=True))
FORMULAS = {
    **{letter: Formula(tex, letter + ACCENTS[letter]) for letter, tex in LETTERS.items()},
    "fraction in a line": Formula(r"\frac12", "—12"),
    "fraction of its own": Formula(r"\frac12", "—12", display=True),
    "small fraction": Formula(r"\tfrac12", "—12", display=True),
    "fraction in a fraction": Formula(r"\frac{3}{\frac12}", "123", display=True),
    "fraction in a script": Formula(r"3^{\frac12}", "123", display=True),
    "fraction in a matrix": Formula(r"\begin{pmatrix}\frac12&3\end{pmatrix}", "123", display=True),
    "sum in a fraction": Formula(r"\frac{\sum_1 2}{3}", "∑12", display=True),
    "scripts": Formula("1_2^3", "123"),
    "script of a script": Formula("1^{2^3}", "123"),
    "plus": Formula("1+2", "1+2"),
    "equals": Formula("1=2", "1=2"),
    "times": Formula(r"1\cdot2", "1⋅2"),
    "slash": Formula("1/2", "1/2"),
    "comma": Formula("1,2", "1,2"),
    "minus before": Formula("-2", "−2"),
    "plus in a script": Formula("3^{1+2}", "1+2"),
    "plus in a small fraction": Formula(r"\frac{1+2}3", "1+2"),
    "logarithm": Formula(r"\log 2", ["log", "2"]),
    "star": Formula("1^*2", "1∗2"),
    "prime": Formula("1'2", "1′2"),
    "sum in a line": Formula(r"\sum_1 2", "∑12"),
    "sum of its own": Formula(r"3\sum_1^4 2", "∑12", display=True),
    "parts of a sum": Formula(r"3\sum_1^4 2", "∑43", display=True),
    "big": Formula(r"\bigl(1\bigr)", "(1)"),
    "Big": Formula(r"\Bigl[1\Bigr]", "[1]"),
    "stroke": Formula(r"1\big/2", "1/2"),
    "matrix": Formula(r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "124", display=True),
    "parentheses": Formula(r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "(12", display=True),
    "root": Formula(r"\sqrt 1", "√1"),
    "brace": Formula(r"\underbrace{1+2}_3", "⏟13", display=True),
    "text": Formula(rf"\text{{{TEXT}}}", ""),
}


@dataclass(frozen=True)
class Ink:
    """Where a part is drawn, in ems from the left edge and up from the line."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def across(self) -> float:
        return (self.left + self.right) / 2

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


def about(value: float, tolerance: float = 0.045) -> Any:
    """Allow for not quite two pixels: ink ends within pixels, and WebKit sets each glyph on a whole one."""
    return pytest.approx(value, abs=tolerance)


MARK = f"""formulas => Promise.all([document.fonts.load('{EM}px "LR Math"'), document.fonts.ready]).then(() =>
  formulas.map((parts, k) => {{
    const cell = document.querySelectorAll("main>p")[k], {{x, y}} = cell.getBoundingClientRect();
    parts.forEach((part, n) => {{
      const tag = {{"—": "mfrac", "√": "msqrt"}}[part];
      const nodes = [...cell.querySelectorAll(tag ?? "mi,mn,mo")].filter(node => tag || node.textContent === part);
      if (nodes.length !== 1) throw Error(`${{part}}: ${{nodes.length}}`);
      nodes[0].style.color = ["#f00", "#0f0", "#00f"][n];
    }});
    [...cell.querySelectorAll("mn")].at(-1).style.color = "#000";
    return [x, y];
  }}))"""
TEXTS = "[...document.querySelectorAll('mtext, main span')].map(node => node.getBoundingClientRect().width)"


class Sheet:
    """All formulas as one browser has drawn them."""

    def __init__(self, evaluate: Callable[..., Any], picture: Callable[[], NDArray[Any]]) -> None:
        parts = [list(formula.parts) for formula in FORMULAS.values()]
        places = evaluate(MARK, parts)
        self.text, self.same_text = evaluate(TEXTS)
        self._drawn: dict[str, list[Ink | None]] = {}

        def drawn() -> bool:
            pixels = picture()
            for name, wanted, (x, y) in zip(FORMULAS, parts, places, strict=True):
                cell = pixels[y : y + HEIGHT, x : x + WIDTH]
                self._drawn[name] = [ink(cell, colour) for colour in range(len(wanted))]
            return all(all(found) for found in self._drawn.values())

        wait_for(drawn, "every part is drawn")

    def __getitem__(self, name: str) -> Any:
        return self._drawn[name]


def ink(cell: NDArray[Any], colour: int) -> Ink | None:
    """Find what has one of the colours red, green and blue, above the line on which there is a black zero."""
    others = [k for k in range(3) if k != colour]
    ys, xs = np.nonzero((cell[..., colour] > 0.7) & (cell[..., others].max(axis=-1) < 0.6))
    zero, _ = np.nonzero(cell.max(axis=-1) < 0.5)
    if not len(ys) or not len(zero):
        return None
    line = zero.max() + 1
    return Ink(xs.min() / EM, (xs.max() + 1) / EM, (line - ys.max() - 1) / EM, (line - ys.min()) / EM)


@pytest.fixture(scope="module")
def sheet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The formulas on a page, with the site's style and a font cut for them."""
    folder = tmp_path_factory.mktemp("formulas") / "site"
    (folder / "fonts").mkdir(parents=True)
    drawn = {name: to_mathml(rf"{tex}\quad0", display=display) for name, (tex, _, display) in FORMULAS.items()}
    font = math_font(formula_characters(drawn.values()), folder, stretchy=stretchy_characters(drawn.values()))
    (folder / "fonts" / "math.woff2").write_bytes(font)
    shutil.copy(ROOT / "docs" / "assets" / "style.css", folder)
    cells = "".join(f"<p>{mathml}</p>" for mathml in drawn.values())
    style = f"""body{{margin:0;overflow:hidden}}
      main{{width:{COLUMNS * WIDTH}px;display:flex;flex-wrap:wrap;font:{EM}px/1 serif;background:#fff}}
      p{{box-sizing:border-box;width:{WIDTH}px;height:{HEIGHT}px;margin:0;padding:6px 0 0 4px;overflow:hidden}}
      p,span{{white-space:nowrap}}
      math,math *{{color:#0000}}math,math[display]{{margin:0;font-size:1em}}
      span{{font-family:LR Math;color:#0000}}"""
    (folder / "index.html").write_text(
        f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Formulas</title><link rel="icon" href="data:,">
        <link rel="stylesheet" href="style.css"><style>{style}</style><main>{cells}<p><span>{TEXT}</span></p></main>"""
    )
    return folder


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def sheet(request: pytest.FixtureRequest, sheet_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    name = request.param
    if name != "chromium":
        need(name)
    with served(sheet_folder, tmp_path_factory.mktemp("www")) as address:
        if name == "chromium":
            browser: Browser = request.getfixturevalue("browser")
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(address)
            return Sheet(page.evaluate, lambda: read_png(page.screenshot()))
        with {"firefox": firefox, "webkit": webkit}[name](address) as other:
            other.go("")
            return Sheet(other.evaluate, lambda: other.picture("main"))


@pytest.fixture(scope="module")
def bearings(sheet_folder: Path) -> Callable[[str], tuple[float, float]]:
    """Tell how much a character leaves free on its left and on its right, in ems."""
    font = TTFont(sheet_folder / "fonts" / "math.woff2")
    names, glyphs, em = font.getBestCmap(), font["glyf"], font["head"].unitsPerEm

    def sides(character: str) -> tuple[float, float]:
        name = names[ord(character)]
        width, left = font["hmtx"][name]
        return left / em, (width - glyphs[name].xMax) / em

    return sides


@pytest.mark.parametrize("letter", LETTERS)
def test_accent_is_close_above_the_middle_of_its_letter(letter: str, sheet: Sheet) -> None:
    base, accent = sheet[letter]
    assert 0.1 < (accent.bottom - base.top) / X_HEIGHT < 0.4
    assert -0.03 < accent.across - base.across < 0.16  # letters lean
    assert base.bottom > -0.25


@pytest.mark.parametrize(
    ("name", "size"),
    [("fraction in a line", SCRIPT), ("fraction of its own", 1), ("small fraction", SCRIPT)],
)
def test_fraction_is_of_its_size_around_the_axis(name: str, size: float, sheet: Sheet) -> None:
    bar, over, under = sheet[name]
    (digit, _, _) = sheet["plus"]
    assert bar.middle == about(AXIS)
    assert [over.height, under.height] == [about(size * digit.height)] * 2
    assert [over.across, under.across] == [about(bar.across, 0.06)] * 2
    assert 0.04 < over.bottom - bar.top < 0.4
    assert 0.04 < bar.bottom - under.top < 0.4


@pytest.mark.parametrize("where", ["fraction", "script", "matrix"])
def test_fraction_in_something_else_is_small(where: str, sheet: Sheet) -> None:
    one, two, _ = sheet[f"fraction in a {where}"]
    (digit, _, _) = sheet["plus"]
    size = SCRIPT * (0.79 if where == "script" else 1)
    assert [one.height, two.height] == [about(size * digit.height)] * 2


def test_sum_in_a_fraction_is_that_of_a_line(sheet: Sheet) -> None:
    inside, below, term = sheet["sum in a fraction"]
    assert inside.height == about(sheet["sum in a line"][0].height)
    assert inside.right - 0.03 < below.left < term.left


def test_scripts_have_their_size_and_height(sheet: Sheet) -> None:
    base, below, above = sheet["scripts"]
    assert [below.height, above.height] == [about(SCRIPT * base.height)] * 2
    assert above.bottom == about(0.38, 0.06)
    assert below.bottom == about(-0.25, 0.08)
    base, above, higher = sheet["script of a script"]
    assert above.height == about(SCRIPT * base.height)
    assert higher.height == about(0.55 * base.height)
    assert above.bottom < higher.bottom < above.top


@pytest.mark.parametrize(
    ("name", "spaces", "size"),
    [
        ("plus", (MEDIUM, MEDIUM), 1),
        ("equals", (THICK, THICK), 1),
        ("times", (MEDIUM, MEDIUM), 1),
        ("slash", (0, 0), 1),
        ("comma", (0, THIN), 1),
        ("minus before", (0, 0), 1),
        ("plus in a script", (0, 0), SCRIPT),
        ("plus in a small fraction", (0, 0), SCRIPT),
    ],
)
def test_operator_has_its_space(
    name: str, spaces: tuple[float, float], size: float, sheet: Sheet, bearings: Callable[[str], Any]
) -> None:
    before, after = spaces
    *left, sign, right = list(FORMULAS[name].parts)
    *left_ink, sign_ink, right_ink = sheet[name]
    if left:
        free = size * (bearings(left[0])[1] + bearings(sign)[0])
        assert sign_ink.left - left_ink[0].right == about(before + free, 0.06)
    free = size * (bearings(sign)[1] + bearings(right)[0])
    assert right_ink.left - sign_ink.right == about(after + free, 0.06)


def test_function_has_a_thin_space(sheet: Sheet, bearings: Callable[[str], Any]) -> None:
    name, argument = sheet["logarithm"]
    assert argument.left - name.right == about(THIN + bearings("g")[1] + bearings("2")[0], 0.06)


@pytest.mark.parametrize("name", ["star", "prime"])
def test_sign_in_a_script_has_no_space(name: str, sheet: Sheet, bearings: Callable[[str], Any]) -> None:
    one, sign, two = sheet[name]
    left, right = bearings(FORMULAS[name].parts[1])
    assert sign.left - one.right == about(bearings("1")[1] + SCRIPT * left, 0.06)
    assert two.left - sign.right == about(SCRIPT * right + AFTER_SCRIPT + bearings("2")[0], 0.06)


def test_prime_is_as_large_as_in_print(sheet: Sheet) -> None:
    digit, prime, _ = sheet["prime"]
    assert prime.height / digit.height == about(0.47, 0.06)
    assert prime.top == about(digit.top + 0.08, 0.09)


def test_index_of_a_sum_is_close_to_it(sheet: Sheet, bearings: Callable[[str], Any]) -> None:
    total, below, term = sheet["sum in a line"]
    free = bearings("∑")[1] + SCRIPT * bearings("1")[0]
    assert below.left - total.right == about(free, 0.07)
    assert term.left - below.right == about(SCRIPT * bearings("1")[1] + AFTER_SCRIPT + THIN + bearings("2")[0], 0.07)
    assert total.middle == about(AXIS, 0.07)


def test_limits_of_a_sum_are_above_and_below_it(sheet: Sheet) -> None:
    total, below, term = sheet["sum of its own"]
    _, above, factor = sheet["parts of a sum"]
    assert total.height > 1.25 * sheet["sum in a line"][0].height
    assert [below.across, above.across] == [about(total.across, 0.12)] * 2
    assert 0.1 < total.bottom - below.top < 0.35
    assert 0.1 < above.bottom - total.top < 0.35
    assert [below.height, above.height] == [about(SCRIPT * factor.height)] * 2
    assert term.left - total.right == about(total.left - factor.right, 0.08)
    assert THIN < term.left - total.right < THIN + 0.2


@pytest.mark.parametrize(("name", "height"), [("big", 1.19), ("Big", 1.67)])
def test_big_delimiters_are_around_the_axis_and_close(name: str, height: float, sheet: Sheet) -> None:
    opening, inner, closing = sheet[name]
    assert [opening.height, closing.height] == [about(height, 0.06)] * 2
    assert [opening.middle, closing.middle] == [about(AXIS)] * 2
    assert inner.left - opening.right < 0.2
    assert closing.left - inner.right < 0.2


def test_big_stroke_is_around_the_axis(sheet: Sheet) -> None:
    assert sheet["stroke"][1].height == about(1.26, 0.06)
    assert sheet["stroke"][1].middle == about(AXIS)


def test_matrix_has_lines_and_columns_as_in_print(sheet: Sheet, bearings: Callable[[str], Any]) -> None:
    one, two, four = sheet["matrix"]
    assert two.bottom - four.bottom == about(1.2, 0.07)
    assert two.left - one.right == about(1 + bearings("1")[1] + bearings("2")[0], 0.12)
    opening, one, _ = sheet["parentheses"]
    assert opening.middle == about(AXIS, 0.1)
    assert one.left - opening.right < 0.4


def test_root_is_around_what_is_under_it(sheet: Sheet) -> None:
    sign, inner = sheet["root"]
    assert 0.1 < sign.top - inner.top < 0.35
    assert -0.4 < sign.bottom - inner.bottom < -0.1


def test_brace_is_under_what_it_holds(sheet: Sheet) -> None:
    brace, first, below = sheet["brace"]
    assert 0 < first.bottom - brace.top < 0.3
    assert 0 < brace.bottom - below.top < 0.3
    assert brace.left - 0.05 < first.left < brace.left + 0.4
    assert below.across == about(brace.across, 0.08)


def test_text_is_as_wide_as_outside(sheet: Sheet) -> None:
    assert sheet.text == pytest.approx(sheet.same_text, rel=0.04)
