"""The pictures of chapter 2 draw what they are handed and describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from logreg_docs.datasets import load_challenger, make_students
from logreg_docs.figures import sigmoid as figures
from logreg_docs.sigmoid import logit, odds, predict_probabilities, sigmoid, sigmoid_derivative

if TYPE_CHECKING:
    from collections.abc import Callable

    from logreg_docs.figures.style import DescribedFigure

STUDENTS, LAUNCHES = make_students(), load_challenger()
GRID = np.linspace(-1.0, 12.0, 66)
LINE, CURVE = 0.12 * GRID - 0.16, sigmoid(0.8 * GRID - 4.3)
CHANCES = np.array([0.2, 1 / 3, 0.5, 2 / 3, 0.8])
LOGITS = np.linspace(-8.0, 8.0, 81)
BY_WEIGHT = {f"w = {w:g}": sigmoid(w * LOGITS) for w in (0.5, 1.0, -1.0)}
BY_INTERCEPT = {f"b = {b:g}": sigmoid(LOGITS + b) for b in (-3.0, 0.0)}
X = np.random.default_rng(0).normal(size=(30, 2))
WEIGHTS, INTERCEPT = np.array([1.5, -0.5]), 0.2
LABELS = (predict_probabilities(X, WEIGHTS, INTERCEPT) > 0.4).astype(float)
TEMPERATURES = np.linspace(30.0, 85.0, 111)
DISTRESS = sigmoid(15.0 - 0.23 * TEMPERATURES)

DRAW: dict[str, Callable[[], DescribedFigure]] = {
    "plot_line_and_curve": lambda: figures.plot_line_and_curve(STUDENTS.hours, STUDENTS.passed, GRID, LINE, CURVE),
    "plot_scales": lambda: figures.plot_scales(CHANCES, odds(CHANCES), logit(CHANCES)),
    "plot_derivative": lambda: figures.plot_derivative(LOGITS, sigmoid(LOGITS), sigmoid_derivative(LOGITS)),
    "plot_sigmoid_family": lambda: figures.plot_sigmoid_family(LOGITS, BY_WEIGHT, BY_INTERCEPT),
    "plot_boundary": lambda: figures.plot_boundary(
        X, LABELS, WEIGHTS, INTERCEPT, feature_names=("first", "second"), target_names=("no", "yes")
    ),
    "plot_curve": lambda: figures.plot_curve(
        LAUNCHES.X[:, 0],
        LAUNCHES.y,
        TEMPERATURES,
        DISTRESS,
        x_label="joint temperature (°F)",
        target_names=LAUNCHES.target_names,
        question=(31.0, 0.9996),
    ),
}


def drawn(figure: DescribedFigure, axes: int = 0) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata()) for line in figure.axes[axes].lines]


def assert_draws(curves: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> None:
    wanted = np.column_stack([x, y])
    assert any(curve.shape == wanted.shape and np.array_equal(curve, wanted) for curve in curves)


@pytest.mark.parametrize("name", ["plot_line_and_curve", "plot_boundary", "plot_curve"])
def test_classes_differ_by_shape_as_well_as_colour(name: str) -> None:
    points = [line for line in DRAW[name]().axes[0].lines if line.get_linestyle() == "None"][:2]
    assert [line.get_marker() for line in points] == ["s", "o"]
    assert points[0].get_color() != points[1].get_color()


def test_line_and_curve_are_drawn_over_the_labels_as_handed_in() -> None:
    curves = drawn(DRAW["plot_line_and_curve"]())
    assert_draws(curves, GRID, LINE)
    assert_draws(curves, GRID, CURVE)
    for label in (0.0, 1.0):
        rows = STUDENTS.passed == label
        assert_draws(curves, STUDENTS.hours[rows], STUDENTS.passed[rows])


def test_the_part_of_the_line_that_is_no_probability_is_marked_and_nothing_else() -> None:
    marked = next(line for line in DRAW["plot_line_and_curve"]().axes[0].lines if line.get_label() == "no probability")
    heights = np.asarray(marked.get_ydata(), dtype=float)
    np.testing.assert_array_equal(np.isfinite(heights), (LINE < 0) | (LINE > 1))


def test_scales_write_every_chance_on_every_ruler() -> None:
    texts = [text.get_text() for text in DRAW["plot_scales"]().axes[0].texts]
    for written in (
        "0.20",
        "0.33",
        "0.50",
        "0.67",
        "0.80",
        "0.25",
        "0.5",
        "1",
        "2",
        "4",
        "−1.39",
        "−0.69",
        "0",
        "+1.39",
    ):
        assert written in texts


def test_scales_that_go_on_without_end_have_arrowheads() -> None:
    heads = [line for line in DRAW["plot_scales"]().axes[0].lines if line.get_marker() in ("<", ">")]
    ends = [(line.get_marker(), *np.asarray(line.get_xydata())[0]) for line in heads]
    assert sorted(ends) == [("<", 0, 0), (">", 1, 0), (">", 1, 1)]


def test_scales_join_the_same_chance_on_all_three_rulers() -> None:
    joins = [curve for curve in drawn(DRAW["plot_scales"]()) if curve.shape == (3, 2)]
    assert len(joins) == CHANCES.size
    for join, p in zip(joins, CHANCES, strict=True):
        assert join[0].tolist() == [p, 2.0]
    middle = joins[2]
    assert middle[2].tolist() == [0.5, 0.0]


def test_derivative_panels_draw_the_curve_its_tangent_and_the_slopes() -> None:
    figure = DRAW["plot_derivative"]()
    assert_draws(drawn(figure, 0), LOGITS, sigmoid(LOGITS))
    near = LOGITS[np.abs(LOGITS) <= 2]
    assert_draws(drawn(figure, 0), near, 0.5 + near / 4)
    assert_draws(drawn(figure, 1), LOGITS, sigmoid_derivative(LOGITS))


def test_family_draws_every_curve_under_its_name() -> None:
    figure = DRAW["plot_sigmoid_family"]()
    for panel, curves in enumerate((BY_WEIGHT, BY_INTERCEPT)):
        lines = {line.get_label(): line for line in figure.axes[panel].lines}
        for name, curve in curves.items():
            np.testing.assert_array_equal(lines[name.replace("-", "−")].get_ydata(), curve)


def test_boundary_lines_lie_where_the_logit_has_its_value() -> None:
    lines = [np.asarray(line.get_xydata()) for line in DRAW["plot_boundary"]().axes[0].lines]
    levels = [curve @ WEIGHTS + INTERCEPT for curve in lines if curve.shape == (2, 2)]
    np.testing.assert_allclose(levels, [[-2.0, -2.0], [0.0, 0.0], [2.0, 2.0]], atol=1e-12)


def test_boundary_draws_every_point_in_its_class_and_counts_the_right_ones() -> None:
    figure = DRAW["plot_boundary"]()
    for label in (0.0, 1.0):
        assert_draws(drawn(figure), *X[label == LABELS].T)
    right = int(((X @ WEIGHTS + INTERCEPT > 0) == (LABELS == 1)).sum())
    assert f"has {right} of the points" in figure.alt


def test_curve_is_solid_inside_the_data_and_marks_the_question() -> None:
    curves = drawn(DRAW["plot_curve"]())
    inside = (TEMPERATURES >= 53) & (TEMPERATURES <= 81)
    assert_draws(curves, TEMPERATURES, DISTRESS)
    assert_draws(curves, TEMPERATURES[inside], DISTRESS[inside])
    assert_draws(curves, np.array([31.0]), np.array([0.9996]))


def test_curve_without_a_question_has_no_diamond() -> None:
    figure = figures.plot_curve(
        LAUNCHES.X[:, 0], LAUNCHES.y, TEMPERATURES, DISTRESS, x_label="°F", target_names=LAUNCHES.target_names
    )
    assert "diamond" not in figure.alt
    assert all(line.get_marker() != "D" for line in figure.axes[0].lines)
