"""The pictures of least squares draw what they are handed and say it in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.contour import QuadContourSet
from matplotlib.patches import Rectangle

from logreg_docs.datasets import make_students
from logreg_docs.figures.linear_regression import (
    plot_digits_lost,
    plot_lines,
    plot_projection,
    plot_residual_squares,
    plot_rss_valley,
)
from logreg_docs.linear_regression import fit_simple, predict, residual_sum_of_squares

if TYPE_CHECKING:
    from collections.abc import Callable

    from logreg_docs.figures.style import DescribedFigure

STUDENTS = make_students()
FIT = fit_simple(STUDENTS.hours, STUDENTS.scores)
LINES = {"mean": (float(STUDENTS.scores.mean()), 0.0), "least squares": (FIT.intercept, FIT.slope)}
X3, Y3 = np.array([1.0, 2.0, 6.0]), np.array([2.0, 6.0, 5.0])
KAPPA = np.array([1e1, 1e4, 1e8])
ERRORS = {"normal equation": np.array([1e-14, 1e-8, 1.0]), "QR": np.array([1e-15, 1e-12, 1e-8])}


def squares() -> DescribedFigure:
    return plot_residual_squares(STUDENTS.hours, STUDENTS.scores, LINES)


def valley() -> DescribedFigure:
    intercepts, slopes = np.linspace(10.0, 36.0, 21), np.linspace(3.0, 7.0, 17)
    X = STUDENTS.hours.reshape(-1, 1)
    rss = np.array([[residual_sum_of_squares(X, STUDENTS.scores, [a, b]) for a in intercepts] for b in slopes])
    return plot_rss_valley(intercepts, slopes, rss, (FIT.intercept, FIT.slope))


def projection() -> DescribedFigure:
    return plot_projection(X3, Y3, predict(fit_simple(X3, Y3), X3))


def lost_digits() -> DescribedFigure:
    return plot_digits_lost(KAPPA, ERRORS)


def lines() -> DescribedFigure:
    return plot_lines(STUDENTS.hours, STUDENTS.scores, LINES)


DRAW: dict[str, Callable[[], DescribedFigure]] = {
    "plot_residual_squares": squares,
    "plot_rss_valley": valley,
    "plot_projection": projection,
    "plot_digits_lost": lost_digits,
    "plot_lines": lines,
}


def test_residual_squares_stand_between_points_and_line_and_are_square_on_paper() -> None:
    figure = squares()
    for axes, (intercept, slope) in zip(figure.axes, LINES.values(), strict=True):
        residuals = STUDENTS.scores - intercept - slope * STUDENTS.hours
        boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        np.testing.assert_allclose([box.get_height() for box in boxes], residuals)
        np.testing.assert_allclose([box.get_y() + box.get_height() for box in boxes], STUDENTS.scores)
        np.testing.assert_allclose([box.get_x() for box in boxes], STUDENTS.hours)
        # aspect: one point of score on paper per hour
        widths = np.array([abs(box.get_width()) for box in boxes])
        np.testing.assert_allclose(widths, np.abs(residuals) * axes.get_aspect())
        assert f"{np.abs(residuals).max():.0f}" in figure.alt
        np.testing.assert_array_equal(axes.lines[-1].get_xydata(), np.column_stack([STUDENTS.hours, STUDENTS.scores]))


def test_the_valley_marks_the_point_it_was_given() -> None:
    np.testing.assert_array_equal(valley().axes[0].lines[0].get_xydata(), [[FIT.intercept, FIT.slope]])


def test_the_valley_has_round_contours_above_its_lowest_point() -> None:
    (contours,) = valley().axes[0].collections
    assert isinstance(contours, QuadContourSet)
    levels = np.asarray(contours.levels)
    assert FIT.rss < levels.min()
    assert len(levels) == 11
    np.testing.assert_array_equal(levels, [float(f"{level:.2g}") for level in levels])
    labels = [text.get_text() for text in contours.axes.texts if text.get_text() != "lowest point"]
    assert len(labels) >= 3
    assert {float(label) for label in labels} <= set(levels)


def test_the_projection_draws_the_residual_at_a_right_angle_to_the_plane_in_every_view() -> None:
    figure = projection()
    shadow, target = np.asarray(figure.axes[0].lines[0].get_xydata())
    assert shadow[0] == pytest.approx(target[0])
    assert target[1] > shadow[1]
    perfect = plot_projection(X3, 1.0 + 2.0 * X3, 1.0 + 2.0 * X3)
    np.testing.assert_array_equal(*np.asarray(perfect.axes[0].lines[0].get_xydata()))


def test_lost_digits_draws_the_errors_and_both_guides() -> None:
    drawn = [line.get_xydata() for line in lost_digits().axes[0].lines]
    epsilon = np.finfo(float).eps
    for data, expected in zip(drawn, [KAPPA * epsilon, KAPPA**2 * epsilon, *ERRORS.values()], strict=True):
        np.testing.assert_array_equal(data, np.column_stack([KAPPA, expected]))


def test_lost_digits_says_how_steeply_an_error_climbs() -> None:
    alt = plot_digits_lost(KAPPA, {"steep": 1e-16 * KAPPA**2, "flat": 1e-16 * KAPPA}).alt
    assert re.search(r"steep \S+, having climbed 2.0 digits .*flat \S+, having climbed 1.0 digits", alt)


def test_lines_draws_points_and_lines_and_tells_the_classes_of_labels_apart() -> None:
    points, *drawn = lines().axes[0].lines
    np.testing.assert_array_equal(points.get_xydata(), np.column_stack([STUDENTS.hours, STUDENTS.scores]))
    for line, (intercept, slope) in zip(drawn, LINES.values(), strict=True):
        x, y = np.asarray(line.get_xydata()).T
        np.testing.assert_allclose(y, intercept + slope * x)
    labels = plot_lines(STUDENTS.hours, STUDENTS.passed, {"line": (0.0, 0.1)}, band=(0.0, 1.0))
    assert [line.get_marker() for line in labels.axes[0].lines[:2]] == ["s", "o"]
    assert "band from 0 to 1" in labels.alt


def test_lines_says_where_they_end_and_rings_the_point_that_is_marked() -> None:
    figure = plot_lines(np.array([0.0, 10.0]), np.array([1.0, 2.0]), {"line": (0.0, 2.0)}, marked=(10.0, 2.0))
    assert "line: intercept 0.00, slope 2.00, from -1.00 to 21.00" in figure.alt
    assert "ring marks the point at 10 and 2" in figure.alt
    (ring,) = (line for line in figure.axes[0].lines if line.get_markerfacecolor() == "none")
    assert np.asarray(ring.get_xydata()).tolist() == [[10.0, 2.0]]
    assert "ring" not in lines().alt
