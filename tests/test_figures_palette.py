"""Every colour can be read on every ground, style sheets name roles that exist, and a role can leave its hue."""

from __future__ import annotations

import re

import pytest
from sites import ROOT

from logreg_docs.explorables.base import drawing_style
from logreg_docs.figures import palette
from logreg_docs.figures.palette import HUES, PALETTE, Colour, css_variables
from logreg_docs.figures.svg import themed

INKS = {"fg": PALETTE["fg"], "muted": PALETTE["muted"], **HUES}


def rgb(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def mix(ink: list[float], ground: list[float], share: float) -> list[float]:
    return [share * a + (1 - share) * b for a, b in zip(ink, ground, strict=True)]


def luminance(colour: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: list[float], b: list[float]) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_web_guidelines() -> None:
    assert contrast(rgb("#000000"), rgb("#ffffff")) == pytest.approx(21)
    assert contrast(rgb("#767676"), rgb("#ffffff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", INKS)
def test_text_can_be_read_on_the_page_and_on_code(ink: str, scheme: int) -> None:
    ground, pale = rgb(PALETTE["bg"][scheme]), rgb(PALETTE["pale"][scheme])
    for under in (ground, mix(pale, ground, 0.24)):
        assert contrast(rgb(INKS[ink][scheme]), under) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", [*HUES, "muted"])
def test_lines_stand_out_from_the_areas_behind_them(ink: str, scheme: int) -> None:
    assert contrast(rgb(INKS[ink][scheme]), rgb(PALETTE["pale"][scheme])) >= 3


def test_every_role_has_a_colour_whose_contrast_is_checked() -> None:
    assert {*INKS.values(), *(PALETTE[role] for role in ("bg", "grid", "pale"))} == set(PALETTE.values())


def test_style_sheets_name_roles_that_exist() -> None:
    sheet = (ROOT / "docs/assets/style.css").read_text()
    explorables = drawing_style() + (ROOT / "docs/assets/explorables/explorables.css").read_text()
    defined = set(re.findall(r"(--lr-[\w-]+):", css_variables("light") + sheet))
    named = set(re.findall(r"(?:var\(|[{;])(--lr-[\w-]+)", sheet + explorables))
    assert len(named) > 15
    assert named - defined == set()


def test_text_takes_colours_that_can_be_read() -> None:
    """Other roles are for grounds and grids; white on an ink reads as well as the ink on white."""
    readable = {f"var(--lr-{role.replace('_', '-')})" for role, ink in PALETTE.items() if ink in INKS.values()}
    names = ("assets/style.css", "assets/explorables/explorables.css")
    sheets = drawing_style() + "".join((ROOT / "docs" / name).read_text() for name in names)
    found = set(re.findall(r"[;{]color:([^;}!]+)", sheets))
    assert found - readable == {"inherit", "var(--c)", "var(--lr-bg)"}
    assert set(re.findall(r"[;{]--c:([^;}!]+)", sheets)) <= readable


def test_a_role_may_have_a_colour_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(palette.PALETTE, "class_0", Colour("#123456", "#abcdef"))
    figure = themed('<svg><path fill="#123456"/><path fill="#b3470c"/></svg>')
    assert '<path fill="var(--class_0)"/><path fill="var(--orange)"/>' in figure
    assert "--class_0:#123456" in figure
    assert "--class_0:#abcdef" in figure
    assert "--lr-class-0:#abcdef" in css_variables("dark")
    assert "--lr-class-1:#74b9f5" in css_variables("dark")
