"""Every colour of the palette can be read on every ground that the style sheet makes of it, in both schemes."""

from __future__ import annotations

import pytest

from logreg_docs.figures.style import PALETTE

INKS = ("fg", "muted", "blue", "orange", "green", "magenta")


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
        assert contrast(rgb(PALETTE[ink][scheme]), under) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["blue", "orange", "green", "magenta", "muted"])
def test_lines_stand_out_from_the_areas_behind_them(ink: str, scheme: int) -> None:
    assert contrast(rgb(PALETTE[ink][scheme]), rgb(PALETTE["pale"][scheme])) >= 3
