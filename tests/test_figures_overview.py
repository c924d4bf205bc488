from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from logreg_docs.datasets import Students, make_students
from logreg_docs.figures.overview import plot_overview
from logreg_docs.gradient_descent import GradientDescentFit, fit_gradient_descent
from logreg_docs.linear_regression import SimpleFit, fit_simple
from logreg_docs.newton import NewtonFit, fit_newton
from logreg_docs.scaling import Standardised, standardise
from logreg_docs.sigmoid import predict_probabilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from logreg_docs.figures.style import DescribedFigure


class Way(NamedTuple):
    students: Students
    line: SimpleFit
    logistic: NewtonFit
    descent: GradientDescentFit
    scaled: Standardised


@cache
def whole_way() -> Way:
    students = make_students()
    X = students.hours.reshape(-1, 1)
    scaled = standardise(X)
    descent = fit_gradient_descent(
        scaled.X, students.passed, learning_rate=1.0, n_steps=12, w_start=[-1.2], b_start=1.6
    )
    return Way(students, fit_simple(students.hours, students.scores), fit_newton(X, students.passed), descent, scaled)


DRAW: dict[str, Callable[[], DescribedFigure]] = {
    "plot_overview": lambda: plot_overview(*whole_way()),
}


@pytest.fixture(scope="module")
def way() -> Way:
    return whole_way()


def panel(figure: DescribedFigure, title: str) -> Axes:
    return next(ax for ax in figure.axes if ax.get_title(loc="left").endswith(title))


def texts(ax: Axes) -> str:
    return " ".join(text.get_text() for text in ax.texts)


def plot_overview_narrow(*way: Any, hours: float = 6.0) -> DescribedFigure:
    narrow = plot_overview(*way, hours=hours).narrow
    assert narrow is not None
    return narrow


both = pytest.mark.parametrize("plot", [plot_overview, plot_overview_narrow])


@both
def test_overview_says_the_numbers_it_shows(plot: Callable[..., DescribedFigure], way: Way) -> None:
    alt = plot(*way).alt
    assert f"{way.line.slope:.1f} points per hour" in alt
    assert f"w = {way.logistic.w[0]:.2f}" in alt
    assert f"down to {way.descent.history.log_loss[-1]:.2f}" in alt


@both
def test_overview_draws_the_students_and_the_line_it_is_handed(plot: Callable[..., DescribedFigure], way: Way) -> None:
    failed, passed, line = panel(plot(*way), "A line").lines[:3]
    students = way.students
    for drawn, label in ((failed, 0), (passed, 1)):
        np.testing.assert_array_equal(drawn.get_xdata(), students.hours[students.passed == label])
        np.testing.assert_array_equal(drawn.get_ydata(), students.scores[students.passed == label])
    x = np.asarray(line.get_xdata())
    np.testing.assert_allclose(np.asarray(line.get_ydata()), way.line.intercept + way.line.slope * x, rtol=1e-14)


@both
def test_overview_sigmoid_is_the_fitted_probability(plot: Callable[..., DescribedFigure], way: Way) -> None:
    curve = panel(plot(*way), "A probability").lines[2]
    x, drawn = np.asarray(curve.get_xdata()).reshape(-1, 1), np.asarray(curve.get_ydata())
    np.testing.assert_allclose(drawn, predict_probabilities(x, way.logistic.w, way.logistic.b), rtol=1e-12)


@both
def test_overview_path_is_the_history_of_the_descent(plot: Callable[..., DescribedFigure], way: Way) -> None:
    path = panel(plot(*way), "A loss to descend").lines[0]
    np.testing.assert_array_equal(path.get_xdata(), way.descent.history.w[:, 0])
    np.testing.assert_array_equal(path.get_ydata(), way.descent.history.b)


@both
@pytest.mark.parametrize("hours", [2.0, 6.0])
def test_overview_follows_one_student_from_panel_to_panel(
    plot: Callable[..., DescribedFigure], way: Way, hours: float
) -> None:
    figure = plot(*way, hours=hours)
    p = float(predict_probabilities([[hours]], way.logistic.w, way.logistic.b)[0])
    z = float(way.logistic.w[0] * hours + way.logistic.b)
    assert f"p = {p:.2f}" in texts(panel(figure, "A probability"))
    neuron = texts(panel(figure, "One neuron"))
    assert f"p = {p:.2f}" in neuron
    assert f"z = {z:.2f}".replace("-", "−") in neuron
    assert f"b = {way.logistic.b:.2f}".replace("-", "−") in neuron
