"""The explorable of the log loss: its data are the package's, its words follow from the state."""

from __future__ import annotations

import re
from functools import partial

import numpy as np
import pytest

from logreg_docs.datasets import make_students
from logreg_docs.explorables.log_loss import (
    BOUNDARIES,
    LOGITS,
    WEIGHTS,
    State,
    caption,
    cost_point,
    cost_students,
    explore_log_loss,
    stack,
)
from logreg_docs.finite_differences import finite_difference_gradient
from logreg_docs.log_loss import log_loss, log_loss_from_probabilities, log_loss_gradient, squared_error
from logreg_docs.newton import fit_newton

STUDENTS = make_students()


def test_data_are_those_of_the_package() -> None:
    data = explore_log_loss().data
    assert data["hours"] == STUDENTS.hours.tolist()
    assert data["y"] == STUDENTS.passed.tolist()
    share = np.full(len(data["y"]), STUDENTS.passed.mean())
    base = log_loss_from_probabilities(share, STUDENTS.passed)
    assert f"base rate {base:.3f}" in explore_log_loss().panels["c"].body


def test_floor_is_the_lowest_log_loss_there_is() -> None:
    X = STUDENTS.hours.reshape(-1, 1)
    fit = fit_newton(X, STUDENTS.passed)
    slopes = log_loss_gradient(X, STUDENTS.passed, fit.w, fit.b)
    np.testing.assert_allclose([slopes.w[0], slopes.b], 0, atol=1e-9)
    floor = explore_log_loss().data["best"]
    lowest = min(float(cost_students(STUDENTS, c, w).mean()) for c in BOUNDARIES for w in WEIGHTS[20::2])
    assert floor <= lowest <= floor + 1e-4


def test_slopes_are_those_of_the_curves() -> None:
    for y in (0, 1):
        for z in LOGITS[::15]:
            row = cost_point(z, y)
            slopes = [finite_difference_gradient(partial(loss, y=[y]), [z])[0] for loss in (log_loss, squared_error)]
            np.testing.assert_allclose([row.slope, row.bend], slopes, atol=1e-8)


def test_sliders_run_over_whole_tenths_and_twentieths() -> None:
    assert (LOGITS[0], LOGITS[60], LOGITS[-1]) == (-6, 0, 6)
    assert (BOUNDARIES[0], BOUNDARIES[54], BOUNDARIES[-1]) == (0, 5.4, 10)
    assert (WEIGHTS[0], WEIGHTS[20], WEIGHTS[40], WEIGHTS[-1]) == (-1, 0, 1, 3)


def test_stack_is_as_long_as_the_log_loss_and_leaves_no_gap() -> None:
    losses = cost_students(STUDENTS, 4.0, 2.0)
    starts, failed = stack(STUDENTS, losses)
    order = np.argsort(starts)
    ends = (starts + losses / len(losses))[order]
    np.testing.assert_allclose(starts[order][1:], ends[:-1], atol=1e-15)
    assert ends[-1] == pytest.approx(log_loss(2.0 * (STUDENTS.hours - 4.0), STUDENTS.passed), rel=1e-12, abs=0)
    assert failed == pytest.approx(losses[STUDENTS.passed == 0].sum() / len(losses), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State(z=-6.0), "sure and wrong. Slope of the log loss −0.998, of the squared error −0.005"),
        (State(z=-6.0), "pulls 202.7 times as hard"),
        (State(y=0, z=-6.0), "sure and right"),
        (State(z=-1.0), "not sure"),
        (State(), "log loss is 0.4020, 0.0080 above the best fit."),
        (State(w=0.0), "log loss is 0.6931"),
    ],
)
def test_words_follow_the_state(state: State, words: str) -> None:
    assert words in caption(STUDENTS, state)


def test_no_bar_covers_another() -> None:
    places = np.array(explore_log_loss().data["bars"])
    assert np.diff(places).min() >= 2.8
    wanted = 44 + STUDENTS.hours * 26.8
    assert np.abs(places - wanted).max() < 10
    assert places.max() < 316


def test_default_picture_holds_every_bar_and_segment() -> None:
    shown = explore_log_loss()
    losses = cost_students(STUDENTS, 5.4, 1.0)
    for label in (0, 1):
        expected = losses[STUDENTS.passed == label]
        bars = shown.panels["b"].body.split(f'data-x="bars{label}" d="')[1].split('"')[0]
        tops = [float(top) for top in re.findall(r"V([\d.]+)", bars)]
        np.testing.assert_allclose(tops, 176 - expected * 19, atol=0.0501)
        parts = shown.panels["c"].body.split(f'data-x="part{label}" d="')[1].split('"')[0]
        edges = np.array(re.findall(r"M([\d.]+),18H([\d.]+)V", parts), float)
        np.testing.assert_allclose(edges[:, 1] - edges[:, 0], expected / len(losses) * 250, atol=0.101)


def test_it_has_words_for_those_who_do_not_see() -> None:
    assert "log loss is 0.4020" in explore_log_loss().alt
