from collections.abc import Callable

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from logreg_docs.figures import separation as figures
from logreg_docs.figures.style import DescribedFigure

BEFORE = np.array([2.0, 3.0, 6.5, 6.0, 7.0])
AFTER = np.array([2.0, 3.0, 4.0, 6.0, 7.0])
Y = np.array([0.0, 0.0, 0.0, 1.0, 1.0])
GRID = np.linspace(1.0, 8.0, 5)
RISING = np.linspace(0.1, 0.9, 5)
STEPS = np.array([1, 10, 100])
NORMS = {"separated": np.array([1.0, 2.0, 4.0]), "overlap": np.array([0.5, 1.0, 1.25])}
LOSSES = {"separated": np.array([0.5, 0.1, 0.01]), "overlap": np.array([0.6, 0.5, 0.5])}
STRENGTHS = np.array([0.01, 0.1, 1.0])
WEIGHTS = np.array([[3.0, -2.0], [1.0, -0.5], [0.5, 0.25]])
COVARIANCE = np.array([[4.0, -3.0], [-3.0, 9.0]])
ERRORS = np.array([[1.0, 2.0], [10.0, 20.0]])
EFFECTS = {0.0: np.array([0.8, 0.8, 0.8]), 0.1: np.array([0.1, 0.4, 0.8])}


def one_point_moved() -> DescribedFigure:
    walk = {10: RISING, 1000: RISING**2}
    return figures.plot_one_point_moved(BEFORE, AFTER, Y, GRID, fitted=RISING / 2, walk=walk)


def runaway() -> DescribedFigure:
    return figures.plot_runaway(STEPS, NORMS, LOSSES, [10, 100], slope=1.5, floors={"overlap": 0.4})


def prior() -> DescribedFigure:
    return figures.plot_prior(GRID, -RISING, -(RISING**2), mode=2.25)


def regularisation_path() -> DescribedFigure:
    return figures.plot_regularisation_path(STRENGTHS, WEIGHTS, [0.1, 0.2, 0.4], [0.5, 0.3, 0.45])


def collinearity() -> DescribedFigure:
    return figures.plot_collinearity({"δ = 1": ([1.0, 2.0], COVARIANCE)}, [1.0, 0.1], ERRORS, [0.5, 0.5])


def units() -> DescribedFigure:
    return figures.plot_units([0.1, 1.0, 60.0], EFFECTS, {"minutes": 60.0})


DRAW: dict[str, Callable[[], DescribedFigure]] = {
    f"plot_{draw.__name__}": draw
    for draw in (one_point_moved, runaway, prior, regularisation_path, collinearity, units)
}


def line(figure: DescribedFigure, axes: int, index: int) -> NDArray[np.float64]:
    return np.asarray(figure.axes[axes].lines[index].get_xydata())


def test_the_moved_student_is_ringed_in_both_panels_and_named() -> None:
    figure = one_point_moved()
    assert_array_equal(line(figure, 0, -1), [[6.5, 0.0]])
    assert_array_equal(line(figure, 1, -1), [[4.0, 0.0]])
    assert "class 0 at 6.5 hours" in figure.alt
    assert "moved to 4 hours" in figure.alt
    assert "after 10, 1,000 steps" in figure.alt


def test_the_curves_before_and_after_are_those_handed_in() -> None:
    figure = one_point_moved()
    assert_array_equal(line(figure, 0, 0), np.column_stack([GRID, RISING / 2]))
    assert_array_equal(line(figure, 1, 0), np.column_stack([GRID, RISING]))
    assert_array_equal(line(figure, 1, 1), np.column_stack([GRID, RISING**2]))
    assert_array_equal(line(figure, 0, 1), np.column_stack([BEFORE, Y])[Y == 1])
    assert_array_equal(line(figure, 0, 2), np.column_stack([BEFORE, Y])[Y == 0])


def test_the_dashed_line_of_theory_rises_by_the_slope_and_ends_beside_the_last_mark() -> None:
    figure = runaway()
    theory = line(figure, 0, -1)
    assert_allclose(np.diff(theory[:, 1]) / np.diff(np.log(theory[:, 0])), 1.5)
    assert 4 < theory[-1, 1] < 5
    assert_array_equal(line(figure, 0, 2), [[10, 2.0], [100, 4.0]])


def test_sizes_and_losses_go_to_their_panels_with_the_floor() -> None:
    figure = runaway()
    for index, name in enumerate(NORMS):
        assert_array_equal(line(figure, 0, index), np.column_stack([STEPS, NORMS[name]]))
        assert_array_equal(line(figure, 1, index), np.column_stack([STEPS, LOSSES[name]]))
    assert_array_equal(line(figure, 1, 2)[:, 1], [0.4, 0.4])
    assert "separated: 4.00; overlap: 1.25" in figure.alt


def test_the_log_posterior_is_the_sum_of_the_other_two_curves() -> None:
    figure = prior()
    curves = [line(figure, 0, index)[:, 1] for index in range(3)]
    assert_array_equal(curves[0], -RISING)
    assert_array_equal(curves[1], -(RISING**2))
    assert_array_equal(curves[2], curves[0] + curves[1])
    assert_array_equal(line(figure, 0, 3)[:, 0], [2.25, 2.25])
    assert "its peak at 2.25" in figure.alt


def test_every_weight_has_its_path_and_the_best_strength_is_marked_in_both_panels() -> None:
    figure = regularisation_path()
    for index in range(2):
        assert_array_equal(line(figure, 0, index), np.column_stack([STRENGTHS, WEIGHTS[:, index]]))
    assert_array_equal(line(figure, 1, 1)[:, 1], [0.5, 0.3, 0.45])
    assert_array_equal(line(figure, 1, 2), [[0.1, 0.3]])
    assert [line(figure, axes, -1)[0, 0] for axes in (0, 1)] == [0.1, 0.1]
    assert "0.300 nats, near lambda = 0.1 " in figure.alt


def test_the_ellipse_reaches_one_standard_error_along_each_axis_and_every_point_lies_on_it() -> None:
    outline = line(collinearity(), 0, 0) - [1.0, 2.0]
    assert_allclose(np.einsum("ni,ij,nj->n", outline, np.linalg.inv(COVARIANCE), outline), 1)
    assert_allclose(np.abs(outline).max(axis=0), [2, 3], rtol=1e-2)


def test_standard_errors_of_both_weights_and_of_their_sum_are_drawn() -> None:
    figure = collinearity()
    assert_array_equal(line(figure, 1, 0), [[1.0, 1.0], [0.1, 10.0]])
    assert_array_equal(line(figure, 1, 1), [[1.0, 2.0], [0.1, 20.0]])
    assert_array_equal(line(figure, 1, 2)[:, 1], [0.5, 0.5])
    assert "up to 20; that of their sum stays near 0.5" in figure.alt


def test_effects_and_marked_units_are_those_handed_in() -> None:
    figure = units()
    for index, values in enumerate(EFFECTS.values()):
        assert_array_equal(line(figure, 0, index)[:, 1], values)
    assert_array_equal(line(figure, 0, 2)[:, 0], [60.0, 60.0])
    assert "with lambda = 0.1 from 0.10 to 0.80" in figure.alt
