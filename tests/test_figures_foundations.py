from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from logreg_docs.figures.foundations import (
    plot_dot_product,
    plot_independence,
    plot_logarithm,
    plot_normal_curve,
    plot_secants,
    plot_spread,
    plot_sums_along_axes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from logreg_docs.figures.style import DescribedFigure

VALUES = np.array([1.0, 2.0, 6.0])
Z = np.linspace(-4, 4, 41)
A, B = np.array([2.0, 3.0]), np.array([4.0, 1.0])
MATRIX = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]])


def spread() -> DescribedFigure:
    return plot_spread(VALUES, x_label="points")


def normal_curve() -> DescribedFigure:
    return plot_normal_curve(Z, norm.pdf(Z), np.random.default_rng(0).normal(size=500), (0.68, 0.95))


def independence() -> DescribedFigure:
    return plot_independence(0.5, 0.25, ("heads", "a spade"))


def logarithm() -> DescribedFigure:
    return plot_logarithm(np.linspace(0.3, 7, 50), (2.0, 3.0))


def secants() -> DescribedFigure:
    return plot_secants(np.square, np.linspace(0, 3, 30), 1.0, (1.0, 0.5))


def dot_product() -> DescribedFigure:
    return plot_dot_product(A, B)


def sums_along_axes() -> DescribedFigure:
    return plot_sums_along_axes(MATRIX)


DRAW: dict[str, Callable[[], DescribedFigure]] = {
    f"plot_{draw.__name__}": draw
    for draw in (spread, normal_curve, independence, logarithm, secants, dot_product, sums_along_axes)
}


def texts(figure: DescribedFigure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def test_spread_shows_every_number_with_mean_and_standard_deviation() -> None:
    axes = spread().axes[0]
    np.testing.assert_array_equal(np.sort(axes.lines[1].get_xdata()), VALUES)
    assert np.array(axes.lines[0].get_xdata())[0] == VALUES.mean()
    band = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    np.testing.assert_allclose([band.x0, band.x1], [3 - np.std(VALUES), 3 + np.std(VALUES)])
    assert "3.0" in spread().alt
    assert "2.2, to each side" in spread().alt
    assert "2 of the dots" in spread().alt


def test_rectangles_of_independent_events_are_labelled_with_the_products() -> None:
    assert sorted(texts(independence())) == ["0.125", "0.125", "0.375", "0.375"]
    assert "0.5 times 0.25, which is 0.125" in independence().alt


def test_the_bars_of_two_logarithms_add_up_to_that_of_the_product() -> None:
    bars = [np.array(line.get_ydata(), float) for line in logarithm().axes[0].lines[2:]]
    lengths = [bar[1] - bar[0] for bar in bars]
    np.testing.assert_allclose(lengths, np.log([2, 3, 2, 3]))
    np.testing.assert_allclose(bars[-1][1], np.log(6))


def test_secants_name_their_slopes() -> None:
    names = secants().axes[0].get_legend_handles_labels()[1]
    assert names == ["h = 1: slope 3", "h = 0.5: slope 2.5"]


def test_the_shadow_of_an_arrow_ends_at_a_right_angle() -> None:
    shadow = np.array(dot_product().axes[0].lines[0].get_xydata())[-1]
    np.testing.assert_allclose((A - shadow) @ B, 0, atol=1e-12)
    assert "dot product is 11" in dot_product().alt


def test_sums_stand_at_their_axes() -> None:
    shown = texts(sums_along_axes())
    assert shown[6:] == ["9", "18", "36", "7", "56", "axis 0", "axis 1"]
    assert "9, 18, 36" in sums_along_axes().alt


def test_the_curve_is_highest_at_the_mean_and_the_draws_are_counted() -> None:
    (line,) = normal_curve().axes[0].lines
    assert np.array(line.get_xdata())[np.argmax(line.get_ydata())] == 0
    assert "500 draws" in normal_curve().alt
    assert "68% lie within one" in normal_curve().alt
