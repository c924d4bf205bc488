"""The explorable of the penalty: its walks and best fits are the package's, its words follow from the state."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from logreg_docs.explorables.draw import points
from logreg_docs.explorables.penalty import (
    MARKS,
    PENALTIES,
    PLACES,
    TIMES,
    best_fit,
    caption,
    data_kind,
    explore_penalty,
    make_six,
    take_walk,
)
from logreg_docs.learning_rate import safe_learning_rate
from logreg_docs.log_loss import log_loss_gradient

shown = cache(explore_penalty)


def test_penalties_rise_evenly_from_none() -> None:
    assert PENALTIES[0] == 0
    steps = np.diff(np.log(PENALTIES[1:]))
    assert steps.min() > 0.28
    assert steps.max() < 0.52


def test_times_hold_the_marks_and_end_with_the_last() -> None:
    assert set(MARKS) < set(TIMES)
    assert (TIMES[0], TIMES[-1]) == (1, MARKS[-1])
    assert [TIMES[k] for k in shown().data["marks"]] == list(MARKS)
    assert f"After {MARKS[-1]:,} steps" in shown().caption


def test_page_is_told_the_six_students() -> None:
    data = shown().data
    for hours in PLACES:
        X, y = make_six(hours)
        sent = np.array([*data["failed"], hours, *data["passed"]])
        np.testing.assert_array_equal(X[:, 0], sent - data["centre"])
        np.testing.assert_array_equal(y, np.arange(6) > len(data["failed"]))


def test_kind_is_the_sign_of_the_gap() -> None:
    for hours in PLACES:
        X, y = make_six(hours)
        gap = X[y == 1].min() - X[y == 0].max()
        assert data_kind(hours) == {1: "gap", 0: "tie", -1: "overlap"}[int(np.sign(gap))]
    assert {data_kind(hours) for hours in PLACES} == {"gap", "tie", "overlap"}


def test_learning_rate_is_safe_in_every_state() -> None:
    # A penalty adds at most λ to the curvature 2/L that the bound is made of.
    assert all(2 / safe_learning_rate(make_six(hours)[0]) + PENALTIES[-1] < 2 for hours in PLACES)


def test_walk_is_that_of_a_loop_over_another_sigmoid() -> None:
    hours, l2 = 5.5, PENALTIES[1]
    X, y = make_six(hours)
    x, w, b, path = X[:, 0], 0.0, 0.0, [(0.0, 0.0)]
    for _ in range(TIMES[-1]):
        errors = expit(w * x + b) - y
        w, b = w - float(np.mean(errors * x)) - l2 * w, b - float(np.mean(errors))
        path.append((w, b))
    walk = take_walk(hours, l2)
    expected = np.array(path)[list(TIMES)]
    np.testing.assert_allclose(np.column_stack((walk.w, walk.b)), expected, rtol=1e-11, atol=1e-11)
    losses = [np.mean(np.logaddexp(0, (1 - 2 * y) * (w * x + b))) for w, b in expected]
    np.testing.assert_allclose(walk.loss, losses, rtol=1e-9)


def test_best_fit_has_no_slope_and_is_that_of_another_implementation() -> None:
    for hours in PLACES:
        X, y = make_six(hours)
        for l2 in PENALTIES[::7]:
            best = best_fit(hours, l2)
            if best is None:
                assert (l2, data_kind(hours) == "overlap") == (0, False)
                continue
            slope = log_loss_gradient(X, y, [best[0]], best[1], l2=l2)
            np.testing.assert_allclose([*slope.w, slope.b], 0, atol=1e-14)
            if hours in (4.0, 6.5):
                C = 1 / (6 * l2) if l2 else np.inf
                theirs = LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(X, y)
                assert best[0] == pytest.approx(theirs.coef_[0, 0], rel=1e-4)


def test_a_tenfold_of_steps_adds_about_the_same_until_a_penalty_ends_it() -> None:
    at = [TIMES.index(mark) for mark in MARKS]
    free, held = (np.diff(np.array(take_walk(4.0, l2).w)[at]) for l2 in (0.0, PENALTIES[1]))
    assert free.max() < 1.4 * free.min()
    assert free[-1] == pytest.approx(np.log(10), rel=0.02)
    assert held[-1] < free[-1] / 3
    assert held[0] == pytest.approx(free[0], rel=0.01)


@pytest.mark.parametrize(
    ("hours", "l2", "begins", "ends"),
    [
        (4.0, 0.0, "A gap parts the classes, λ = 0. ", "added 2.28 to the weight. No weight is best."),
        (6.0, 0.0, "Two students are tied, λ = 0. ", "No weight is best."),
        (6.5, 0.0, "The classes overlap, λ = 0. ", "added 0.00 to the weight. The best weight is 1.42."),
        (4.0, 0.00015, "A gap parts the classes, λ = 0.00015. ", "The best weight is 5.93."),
    ],
)
def test_caption_follows_the_state(hours: float, l2: float, begins: str, ends: str) -> None:
    text = caption(hours, l2, take_walk(hours, l2))
    assert text.startswith(begins)
    assert text.endswith(ends)


def test_default_picture_holds_the_walk() -> None:
    walk, axes = take_walk(4.0, 0.0), shown().data["axes"]
    for panel, name, heights in (("b", "weight", walk.w), ("c", "loss", np.log10(walk.loss))):
        across = np.interp(np.log10(TIMES), axes["steps"][:2], axes["steps"][2:])
        low, high, start, stop = axes[name]
        expected = points(across, start + (np.array(heights) - low) / (high - low) * (stop - start))
        assert f'data-x="{name}" points="{expected}"' in shown().panels[panel].body
        assert f'data-x="{name}Best" d=""' in shown().panels[panel].body


def test_it_has_words_for_those_who_do_not_see() -> None:
    assert "No weight is best." in shown().alt
