"""The explorable of the sigmoid: its numbers are the package's, its drawing and its words follow from the state."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from logreg_docs.datasets import make_students
from logreg_docs.explorables.draw import Scale
from logreg_docs.explorables.sigmoid import START, WEIGHTS, State, caption, drawing, explore_sigmoid, read, words
from logreg_docs.newton import fit_newton
from logreg_docs.sigmoid import logit, odds

STATES = [State(cut=c, w=w, x=x) for c, w, x in itertools.product((0.0, 3.3, 10.0), WEIGHTS[::14], (0.0, 5.1, 10.0))]


def places(state: State, name: str) -> np.ndarray:
    """Return the corners of something that is drawn."""
    return np.array([[float(v) for v in pair.split(",")] for pair in drawing(state)[name]["points"].split()])


def test_the_start_is_the_fit_rounded_to_the_sliders() -> None:
    students = make_students()
    fit = fit_newton(students.hours.reshape(-1, 1), students.passed)
    assert min(WEIGHTS, key=lambda w: abs(w - fit.w[0])) == START.w
    assert round(float(-fit.b / fit.w[0]), 1) == START.cut


def test_weights_mirror_each_other_and_rise_evenly() -> None:
    rising = np.array(WEIGHTS[len(WEIGHTS) // 2 + 1 :])
    assert [-w for w in reversed(WEIGHTS)] == list(WEIGHTS)
    assert (rising[0], rising[-1]) == (0.1, 50.0)
    assert np.diff(np.log(rising)).min() > 0.05
    assert np.diff(np.log(rising)).max() < 0.15


def test_three_scales_are_the_package_s_wherever_a_probability_keeps_its_digits() -> None:
    for state in STATES:
        now = read(state, state.x)
        if abs(now.z) < 3:
            assert now.odds == pytest.approx(float(odds(now.p)), rel=1e-13, abs=0)
            assert now.z == pytest.approx(float(logit(now.p)), rel=1e-13, abs=1e-15)


def test_slope_is_the_difference_quotient() -> None:
    for state in STATES:
        step = 1e-5 / max(1, abs(state.w))
        quotient = (read(state, state.x + step).p - read(state, state.x - step).p) / (2 * step)
        assert read(state, state.x).slope == pytest.approx(quotient, rel=1e-6, abs=1e-9)


def test_one_hour_adds_the_weight_to_the_log_odds_everywhere_and_nowhere_more_than_a_quarter_to_the_probability() -> (
    None
):
    for state in STATES:
        now, more = read(state, state.x), read(state, state.x + 1)
        assert more.z - now.z == pytest.approx(state.w, abs=1e-12)
        assert abs(more.p - now.p) <= abs(state.w) / 4 + 1e-15


@pytest.mark.parametrize("w", [-50.0, -0.8, 0.1, 2.0, 50.0])
def test_curve_is_drawn_from_end_to_end_where_it_is(w: float) -> None:
    state = State(cut=4.0, w=w, x=3.0)
    across, up = Scale(0, 11, 44, 312), Scale(-0.06, 1.06, 240, 8)
    drawn = places(state, "curve")
    assert sorted((drawn[0, 0], drawn[-1, 0])) == [44, 312]
    for fine in np.linspace(0, 11, 400):
        at = np.interp(across(fine), *(drawn if w > 0 else drawn[::-1]).T)
        # Beside the reach of the corners the curve is flat; a tenth of a unit sideways is much on a steep one.
        room = 0.8 + abs(read(state, fine).slope) * 0.2 / (across(1) - across(0)) * abs(up(1) - up(0))
        assert abs(at - up(read(state, fine).p)) < room


def test_lever_has_the_slope_of_the_curve_at_the_boundary_and_the_tangent_that_at_the_hours() -> None:
    across, up = Scale(0, 11, 44, 312), Scale(-0.06, 1.06, 240, 8)
    unit = (up(1) - up(0)) / (across(1) - across(0))
    state = State(cut=4.0, w=-1.2, x=5.0)
    for name, slope in (("lever", -1.2 / 4), ("tangent", read(state, 5.0).slope)):
        (x, y), (u, v) = places(state, name)
        assert (v - y) / (u - x) / unit == pytest.approx(slope, abs=0.002)
    lengths = [np.linalg.norm(np.diff(places(some, "lever"), axis=0)) for some in STATES]
    np.testing.assert_allclose(lengths, 128, atol=0.2)


def test_handles_never_come_too_near_to_each_other_and_stay_in_the_panel() -> None:
    for cut, w in itertools.product((0, 2, 5, 7.4, 7.5, 7.6, 8, 10), WEIGHTS[::7]):
        drawn = drawing(State(cut=float(cut), w=w, x=5.0))
        at = {
            name: np.array([float(v) for v in drawn[name]["transform"][10:-1].split(",")])
            for name in ("atCut", "atW", "atX")
        }
        assert np.linalg.norm(at["atW"] - at["atCut"]) > 48
        assert at["atX"][1] - max(at["atCut"][1], at["atW"][1]) > 48
        assert 44 <= at["atW"][0] <= 312


def test_words_name_what_is_too_large_or_too_small_to_write() -> None:
    steep = words(State(cut=5.0, w=50.0, x=10.0))
    assert (steep["p"], steep["odds"], steep["z"]) == ("above 0.999", "above 1000", "250.00")
    falling = words(State(cut=5.0, w=-50.0, x=10.0))
    assert (falling["p"], falling["odds"]) == ("below 0.001", "below 0.01")
    assert words(State(cut=2.0, w=-2.0, x=-4.0))["moreOdds"] == "below −1000"


def test_a_bar_beyond_its_ruler_leaves_a_sign() -> None:
    far = drawing(State(cut=5.4, w=0.8, x=9.0))
    assert (far["oddsMore"]["text"], far["zMore"]["text"], far["pMore"]["text"][0]) == ("↑ off", "+0.80", "+")
    assert drawing(State(cut=5.4, w=50.0, x=2.0))["zMore"]["text"] == "↓ off"
    assert drawing(State(cut=2.0, w=-0.8, x=10.0))["oddsMore"]["text"] == "0.00"  # it falls, too little to be written


def test_flat_curve_has_no_boundary() -> None:
    flat = State(cut=3.0, w=0.0, x=2.0)
    assert drawing(flat)["middle"]["d"] == ""
    assert caption(flat) == (
        "At 2.0 h: probability 0.500, odds 1.00, log-odds 0.00. Change over the next hour: probability 0.000, "
        "odds 0.00, log-odds 0.00."
    )


def test_every_student_is_marked_and_there_are_words_for_those_who_do_not_see() -> None:
    shown = explore_sigmoid()
    assert shown.panels["a"].body.count("h0") == len(make_students().hours)
    assert "probability 0.128" in shown.alt
