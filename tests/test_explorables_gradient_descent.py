"""The explorable of gradient descent: its data are the package's, its words follow from the walk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from logreg_docs.datasets import make_students
from logreg_docs.explorables.gradient_descent import (
    RATES,
    SETTLED,
    STEPS,
    caption,
    describe_walk,
    explore_gradient_descent,
    make_worlds,
    map_axes,
    take_walk,
)
from logreg_docs.gradient_descent import descend, fit_gradient_descent
from logreg_docs.log_loss import log_loss, log_loss_gradient, log_loss_hessian

if TYPE_CHECKING:
    from numpy.typing import NDArray

STUDENTS = make_students()
WORLDS = {world.key: world for world in make_worlds(STUDENTS)}


def test_data_are_those_of_the_package() -> None:
    data = explore_gradient_descent().data
    assert data["hours"] == STUDENTS.hours.tolist()
    assert data["y"] == STUDENTS.passed.tolist()
    for sent in data["worlds"]:
        world = WORLDS[sent["key"]]
        x = (STUDENTS.hours - sent["mean"]) / sent["scale"]
        np.testing.assert_allclose(x, world.x, rtol=0, atol=1e-14)
        w, b, lowest = sent["best"]
        slopes = log_loss_gradient(x.reshape(-1, 1), STUDENTS.passed, [w], b)
        np.testing.assert_allclose([slopes.w[0], slopes.b], 0, atol=1e-9)
        assert lowest == pytest.approx(log_loss(x * w + b, STUDENTS.passed), rel=1e-12, abs=0)


def slope_at(X: NDArray[np.float64], y: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.append(*log_loss_gradient(X, y, point[:1], point[1]))


def test_limit_parts_walks_that_stay_from_walks_that_leave() -> None:
    for world in WORLDS.values():
        slope = partial(slope_at, world.x.reshape(-1, 1), world.y)
        best = np.array(world.best[:2])
        for share, stays in ((0.99, True), (1.01, False)):
            path = descend(slope, best + 1e-4, learning_rate=share * world.limit, n_steps=600)
            assert bool(np.linalg.norm(path[-1] - best) < 1e-4) is stays


def test_mark_lies_between_the_rates_around_the_limit() -> None:
    for sent in explore_gradient_descent().data["worlds"]:
        place = sent["mark"] * (len(RATES) - 1)
        assert RATES[int(place)] < sent["limit"] < RATES[int(place) + 1]


def test_rates_rise_evenly() -> None:
    steps = np.diff(np.log(RATES))
    assert steps.min() > 0.06
    assert steps.max() < 0.15


@pytest.mark.parametrize(
    ("key", "eta", "words"),
    [
        ("standardised", 0.1, "downhill at every step"),
        ("standardised", 1.0, "straight downhill, settled"),
        ("standardised", 13.0, "turns back at"),
        ("standardised", 24.0, "jumps from wall to wall"),
        ("raw", 0.2, "straight downhill, settled"),
        ("raw", 0.3, "turns back at"),
        ("raw", 1.0, "jumps from wall to wall"),
    ],
)
def test_words_follow_the_walk(key: str, eta: float, words: str) -> None:
    world = WORLDS[key]
    walk = take_walk(world, world.start, eta)
    assert describe_walk(walk["w"], walk["b"], walk["loss"], world.best[2]).startswith(words)


def test_from_its_own_start_a_walk_settles_below_the_limit_and_not_above_it() -> None:
    for world, slowest in ((WORLDS["standardised"], 1.0), (WORLDS["raw"], 0.1)):
        for eta in (r for r in RATES if slowest <= r < 2 * world.limit):
            walk, below = take_walk(world, world.start, eta), eta < world.limit
            words = describe_walk(walk["w"], walk["b"], walk["loss"], world.best[2], below_limit=below)
            assert ("settle" in words) is (eta < world.limit), (world.key, eta)


def test_a_rise_below_the_limit_is_told_from_one_above_it() -> None:
    world = WORLDS["raw"]
    walk = take_walk(world, (-0.5, 3.0), 0.43)
    words = caption(world, eta=0.43, step=STEPS, walk=walk)
    assert "the loss rises at 31 of 60 steps, for the walls out there bend more sharply" in words
    # Only ground of more curvature than the bottom lets a step below the limit rise.
    bends = [
        np.linalg.eigvalsh(log_loss_hessian(world.x.reshape(-1, 1), [w], b))[-1]
        for w, b in zip(walk["w"], walk["b"], strict=True)
    ]
    assert max(bends) > 2 / world.limit
    assert "wall to wall" in caption(world, eta=0.51, step=STEPS, walk=take_walk(world, world.start, 0.51))


def test_turns_are_counted_from_the_path() -> None:
    w = np.array([0.0, 2.0, 1.0, 1.5, 1.75])
    loss = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    assert describe_walk(w, np.zeros(5), loss, 1.0, below_limit=True) == (
        "turns back at 2 of 4 steps, and still settles from step 4 on"
    )


def test_a_walk_above_the_limit_that_is_near_the_lowest_does_not_stay_there() -> None:
    world = WORLDS["standardised"]
    eta = next(rate for rate in RATES if rate > world.limit)
    assert "above the limit no walk stays there" in caption(
        world, eta=eta, step=STEPS, walk=take_walk(world, world.start, eta)
    )
    further = fit_gradient_descent(
        world.x.reshape(-1, 1),
        world.y,
        learning_rate=eta,
        n_steps=2000,
        w_start=[world.start[0]],
        b_start=world.start[1],
    )
    assert (further.history.log_loss[1000:] - world.best[2]).max() > SETTLED


def test_default_picture_holds_the_whole_walk() -> None:
    shown = explore_gradient_descent()
    across, up = map_axes(WORLDS["standardised"])
    walk = take_walk(WORLDS["standardised"], (-1.5, 3.0), 1.0)
    drawn = shown.panels["a"].body.split('data-x="path" points="')[1].split('"')[0]
    places = np.array([[float(v) for v in pair.split(",")] for pair in drawn.split()])
    assert len(places) == STEPS + 1
    np.testing.assert_allclose(places[:, 0], [across(w) for w in walk["w"]], atol=0.0501)
    np.testing.assert_allclose(places[:, 1], [up(b) for b in walk["b"]], atol=0.0501)


def test_outlines_lie_at_their_level() -> None:
    world = WORLDS["standardised"]
    across, up = map_axes(world)
    outline = explore_gradient_descent().panels["a"].body.split('<path d="M')[1].split("z")[0]
    start, steps = outline.split("l")
    numbers = np.array([float(v) for v in steps.replace("-", " -").split()]).reshape(-1, 2)
    corners = (np.array([float(v) for v in start.split()]) + np.vstack(([0, 0], np.cumsum(numbers, axis=0)))) / 2
    w = world.w_range[0] + (corners[:, 0] - across.start) / (across.stop - across.start) * np.ptp(world.w_range)
    b = world.b_range[0] + (corners[:, 1] - up.start) / (up.stop - up.start) * np.ptp(world.b_range)
    heights = [log_loss(world.x * u + v, world.y) - world.best[2] for u, v in zip(w, b, strict=True)]
    np.testing.assert_allclose(heights, 0.01, atol=0.002)


def test_it_has_words_for_those_who_do_not_see() -> None:
    assert "step 60" in explore_gradient_descent().alt
