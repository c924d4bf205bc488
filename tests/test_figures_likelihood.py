from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from logreg_docs.figures import likelihood as figures
from logreg_docs.figures.style import DescribedFigure
from logreg_docs.likelihood import binomial_likelihood

Z = np.linspace(-2.0, 2.0, 5)
THETA = np.linspace(0.1, 0.9, 9)
FINE = np.linspace(0.0, 1.0, 21)
SURFACE = binomial_likelihood(THETA, np.arange(11), n_tosses=10)
CURVES = {0.0: Z, 1e-5: Z**2}


def two_slices() -> DescribedFigure:
    return figures.plot_two_slices(THETA, SURFACE, FINE, FINE**2, row=4, heads=7)


def log_likelihood() -> DescribedFigure:
    return figures.plot_log_likelihood(THETA, THETA**2, np.log(THETA), maximum=0.9)


def surprise() -> DescribedFigure:
    x, y, losses = [1.0, 2.0, 3.0], [0, 1, 1], [0.2, 1.5, 0.1]
    return figures.plot_surprise(x, y, losses, Z, Z**2, x_label="hours of study", y_label="pass")


def losses() -> DescribedFigure:
    return figures.plot_losses(Z, Z + 1, Z + 2, Z + 3, Z + 4)


def epsilon() -> DescribedFigure:
    return figures.plot_epsilon(Z, CURVES, {key: -value for key, value in CURVES.items()})


def convexity() -> DescribedFigure:
    return figures.plot_convexity(Z, Z**2, -(Z**2), ends=(0, 4))


DRAW: dict[str, Callable[[], DescribedFigure]] = {
    f"plot_{draw.__name__}": draw for draw in (two_slices, log_likelihood, surprise, losses, epsilon, convexity)
}


def lines(figure: DescribedFigure, axes: int) -> list[NDArray[np.float64]]:
    return [np.asarray(line.get_ydata()) for line in figure.axes[axes].lines]


def sticks(figure: DescribedFigure, axes: int) -> list[float]:
    collections: Any = figure.axes[axes].collections
    return [float(segment[1][1]) for collection in collections for segment in collection.get_segments()]


def test_slices_are_the_framed_row_and_column_of_the_surface() -> None:
    figure = two_slices()
    cells: Any = figure.axes[0].collections[0]
    assert_array_equal(cells.get_array(), SURFACE)
    assert_array_equal(figure.axes[1].lines[0].get_xdata(), FINE**2)
    assert_array_equal(lines(figure, 1)[0], FINE)
    assert_array_equal(sticks(figure, 2), SURFACE[4])
    row, column = (patch.get_bbox() for patch in figure.axes[0].patches if isinstance(patch, Rectangle))
    assert row.y0 < 0.5 < row.y1
    assert column.x0 < 7 < column.x1
    assert "theta = 0.5 and one column at 7 heads" in figure.alt


def test_slices_share_their_axis_with_the_table() -> None:
    table, column, row = two_slices().axes
    assert column.get_ylim() == table.get_ylim()
    assert row.get_xlim() == table.get_xlim()


def test_both_panels_of_the_coin_mark_the_maximum() -> None:
    figure = log_likelihood()
    assert_array_equal(lines(figure, 0)[0], THETA**2)
    assert_array_equal(lines(figure, 1)[0], np.log(THETA))
    assert [ax.lines[1].get_xdata() for ax in figure.axes] == [[0.9, 0.9]] * 2


def test_surprise_draws_every_row_with_its_loss() -> None:
    figure = surprise()
    assert sticks(figure, 1) == [1.5, 0.1, 0.2]
    assert_array_equal(lines(figure, 0)[0], Z**2)
    assert "1.50 nats at 2, is a row of class 1" in figure.alt
    assert [line.get_marker() for line in figure.axes[1].lines] == ["o", "s"]


def test_losses_and_slopes_go_to_their_panels() -> None:
    figure = losses()
    for axes, shifts in ((0, (1, 2)), (1, (3, 4))):
        for drawn, shift in zip(lines(figure, axes), shifts, strict=True):
            assert_array_equal(drawn, Z + shift)


def test_epsilon_draws_one_curve_a_value_and_names_its_end() -> None:
    figure = epsilon()
    for drawn, value in zip(lines(figure, 0), CURVES.values(), strict=True):
        assert_array_equal(drawn, value)
    for drawn, value in zip(lines(figure, 1), CURVES.values(), strict=True):
        assert_array_equal(drawn, -value)
    assert "4 with epsilon = 1e-05" in figure.alt


def test_chords_join_two_points_of_their_curve() -> None:
    figure = convexity()
    for axes, sign in ((0, 1), (1, -1)):
        curve, chord = lines(figure, axes)
        assert_array_equal(curve, sign * Z**2)
        assert_array_equal(chord, sign * Z[[0, 4]] ** 2)
