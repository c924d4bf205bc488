"""The explorable of least squares: areas are squared errors, ellipses are exact, words follow the derivatives."""

from __future__ import annotations

import re

import numpy as np
import pytest

from logreg_docs.datasets import make_students
from logreg_docs.explorables.linear_regression import (
    LEVELS,
    START,
    bar,
    caption,
    explore_linear_regression,
    level_axes,
    map_axes,
    squares,
)
from logreg_docs.linear_regression import fit_simple, residual_sum_of_squares, residual_sum_of_squares_gradient

STUDENTS = make_students()
X = STUDENTS.hours.reshape(-1, 1)
FIT = fit_simple(STUDENTS.hours, STUDENTS.scores)
UNIT = (188 - 8) / 100  # the panel's units in a point
LINES = [START, (FIT.intercept, FIT.slope), (0.0, 0.0), (60.0, 10.0), (30.0, 2.5)]


def rss(line: tuple[float, float]) -> float:
    return residual_sum_of_squares(X, STUDENTS.scores, line)


def said(line: tuple[float, float]) -> str:
    in_b0, in_b1 = residual_sum_of_squares_gradient(X, STUDENTS.scores, line)
    return caption(line, rss=rss(line), gradient=(float(in_b0), float(in_b1)), students=STUDENTS)


def test_data_are_those_of_the_package() -> None:
    data = explore_linear_regression().data
    assert data["x"] == STUDENTS.hours.tolist()
    assert data["y"] == STUDENTS.scores.tolist()
    assert data["best"] == [FIT.intercept, FIT.slope]
    assert data["least"] == FIT.rss
    base = np.array(START)
    for k, curvature in enumerate(data["curvatures"]):
        step = np.eye(2)[k]
        bend = rss(tuple(base + step)) - 2 * rss(START) + rss(tuple(base - step))
        assert bend == pytest.approx(2 * curvature, rel=1e-9, abs=0)


@pytest.mark.parametrize("line", LINES)
def test_areas_drawn_add_up_to_the_sum_of_squares(line: tuple[float, float]) -> None:
    corners = np.array([[float(v) for v in re.findall(r"-?[\d.]+", d)] for d in squares(line, STUDENTS)])
    wide, high = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    np.testing.assert_allclose(np.abs(wide), np.abs(high), atol=0.101)
    assert np.sum(high**2) / UNIT**2 == pytest.approx(rss(line), rel=0.005, abs=0)


def test_no_square_of_a_line_among_the_students_leaves_the_panel() -> None:
    for line in LINES[:3]:
        corners = np.array([[float(v) for v in re.findall(r"-?[\d.]+", d)] for d in squares(line, STUDENTS)])
        assert corners[:, [0, 2]].min() >= 44
        assert corners[:, [0, 2]].max() <= 304
        assert corners[:, [1, 3]].min() >= 8
        assert corners[:, [1, 3]].max() <= 188


def test_bar_ends_at_the_sum_and_has_a_rule_for_each_student() -> None:
    drawn = bar(START, STUDENTS)
    assert drawn.count("M") == 1 + len(STUDENTS.hours)
    assert float(drawn.split("H")[1].split("V")[0]) == pytest.approx(44 + 260 * rss(START) / 12_000, abs=0.051)


def test_ellipses_lie_at_their_level() -> None:
    across, up = map_axes()
    long, short, turn = level_axes(STUDENTS)
    angles = np.linspace(0, 2 * np.pi, 50)
    for level in LEVELS:
        root = np.sqrt(level - FIT.rss)
        u, v = long * root * np.cos(angles), short * root * np.sin(angles)
        cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        intercepts = FIT.intercept + (u * cos - v * sin) * 80 / (across.stop - across.start)
        slopes = FIT.slope + (u * sin + v * cos) * 10 / (up.stop - up.start)
        np.testing.assert_allclose([rss(at) for at in zip(intercepts, slopes, strict=True)], level, rtol=1e-9)
    drawn = explore_linear_regression().panels["b"].body
    root = np.sqrt(LEVELS[0] - FIT.rss)
    assert f'<ellipse rx="{long * root:.1f}" ry="{short * root:.1f}"/>' in drawn


def test_words_at_the_start_do_not_answer_the_question() -> None:
    words = said((40.0, 4.0))
    assert "Move the line" in words
    assert not re.search("lower|higher|flatter|steeper", words)


@pytest.mark.parametrize(
    ("line", "height", "slope"),
    [
        ((40.0, 4.1), "lower", "flatter"),
        ((20.0, 4.0), "higher", "steeper"),
        ((40.0, 2.0), "lower", "steeper"),
        ((10.0, 8.0), "lower", "flatter"),
        ((40.0, 2.4), "lower", "another slope"),
        ((28.0, 4.0), "another height", "steeper"),
        ((FIT.intercept, FIT.slope), "another height", "another slope"),
    ],
)
def test_words_say_which_way_the_sum_falls(line: tuple[float, float], height: str, slope: str) -> None:
    words = said(line)
    first, second = words.split(" times the least. ")[1].split(". ")
    assert height in first.lower()
    assert slope in second.lower()
    small = 1e-3
    for word, step in (
        ("lower", (-small, 0.0)),
        ("higher", (small, 0.0)),
        ("flatter", (0.0, -small)),
        ("steeper", (0.0, small)),
    ):
        if word in words:
            assert rss((line[0] + step[0], line[1] + step[1])) < rss(line)


def test_a_level_line_is_not_told_to_be_flatter() -> None:
    assert said((70.0, 0.0)).endswith("Only a falling line from this left end would leave less.")
    assert rss((70.0, -1e-3)) < rss((70.0, 0.0))


def test_best_line_is_said_to_be_the_least() -> None:
    assert "2469 squared points, 1.00 times the least. Another height gains" in said((FIT.intercept, FIT.slope))


def test_it_has_words_for_those_who_do_not_see() -> None:
    assert "8539 squared points" in explore_linear_regression().alt
