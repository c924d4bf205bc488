"""Gradient descent in a real browser walks as the package walks, and says and draws what Python predicts."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser.visits import PHONE
from explorable_checks import (
    ExplorableChecks,
    compute,
    drag,
    largest_difference,
    middle,
    set_slider,
    snapshot,
    swipe,
    walk,
)

from logreg_docs.datasets import make_students
from logreg_docs.explorables.draw import points
from logreg_docs.explorables.gradient_descent import RATES, STEPS, World, caption, make_worlds, map_axes, take_walk
from logreg_docs.log_loss import log_loss, log_loss_gradient
from logreg_docs.sigmoid import linear_logits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorable_checks import Open
    from playwright.sync_api import Locator

WORLDS = {world.key: world for world in make_worlds(make_students())}
WALKS = """async ([module, x, y, starts, rates, steps]) => {
  const { descend } = await import(module);
  return starts.map(([w, b]) => rates.map(rate => descend(x, y, w, b, rate, steps)));
}"""
# At once, so that a slow machine does not play to the end first.
PAUSE = "node => node.snapshot().step > 3 && (node.parts.play.click(), !node.playing)"


def starts(world: World) -> list[tuple[float, float]]:
    return [world.start, (0.0, 0.0), *itertools.product(world.w_range, world.b_range)]


def step_errors(world: World, walk: dict[str, list[float]], rate: float) -> tuple[float, float]:
    """Return how far each step of the browser is from one of the package from the same point, and each loss."""
    X = world.x.reshape(-1, 1)
    w, b = np.array(walk["w"]), np.array(walk["b"])
    slopes = [log_loss_gradient(X, world.y, [w[k]], b[k]) for k in range(STEPS)]
    expected = np.array([[w[k] - rate * g.w[0], b[k] - rate * g.b] for k, g in enumerate(slopes)])
    losses = [log_loss(linear_logits(X, [w[k]], b[k]), world.y) for k in range(STEPS + 1)]
    steps = largest_difference(np.column_stack((w, b))[1:], expected)
    return steps, largest_difference(walk["loss"], losses)


def predicted_caption(state: dict[str, Any]) -> str:
    walk = {name: np.array(values) for name, values in state["walk"].items()}
    return caption(WORLDS[state["world"]], eta=state["eta"], step=state["step"], walk=walk)


class TestGradientDescent(ExplorableChecks):
    name = "gradient_descent"

    def walks(self, figure: Locator, world: World, rates: Sequence[float]) -> list[list[dict[str, list[float]]]]:
        base = figure.page.url.replace("gradient_descent/", "assets/explorables/core.js")
        arguments = [base, world.x.tolist(), world.y.tolist(), starts(world), rates, STEPS]
        walks: list[list[dict[str, list[float]]]] = compute(figure.page, WALKS, arguments)
        return walks

    @pytest.mark.parametrize("key", WORLDS)
    def test_every_step_at_every_rate_is_the_step_of_the_package(
        self, key: str, watched: Open, explorables_address: str, pytestconfig: pytest.Config
    ) -> None:
        world = WORLDS[key]
        rates = RATES if pytestconfig.getoption("deep") else RATES[::5]
        figure = self.figure(watched().page, explorables_address)
        rows = self.walks(figure, world, rates)
        errors = [step_errors(world, walk, rate) for row in rows for walk, rate in zip(row, rates, strict=True)]
        assert len(errors) == 6 * len(rates)
        assert max(step for step, _ in errors) <= 1e-12
        assert max(loss for _, loss in errors) <= 1e-12

    @pytest.mark.parametrize("key", WORLDS)
    def test_whole_walks_agree_where_a_step_shrinks_every_error(
        self, key: str, watched: Open, explorables_address: str
    ) -> None:
        # Beyond half of the limit a walk from afar may be chaotic, and rounding grows from step to step.
        world = WORLDS[key]
        figure = self.figure(watched().page, explorables_address)
        calm = [k for k, rate in enumerate(RATES) if rate < world.limit / 4]
        for start, row in zip(starts(world), self.walks(figure, world, RATES), strict=True):
            for k in calm:
                mine = take_walk(world, start, RATES[k])
                assert max(largest_difference(row[k][name], mine[name]) for name in ("w", "b", "loss")) <= 1e-12

    def test_the_caption_is_the_one_that_python_predicts(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        seen = set()
        places = [*itertools.product(WORLDS, range(0, len(RATES), 7))]
        steps = [{"world": key, "eta": place, "step": place % (STEPS + 1)} for key, place in places]
        for (key, place), (state, _) in zip(places, walk(figure, steps), strict=True):
            assert (state["world"], state["eta"], state["step"]) == (key, RATES[place], place % (STEPS + 1))
            assert state["caption"] == predicted_caption(state)
            seen.add(state["caption"].split(": ")[1].split(" ")[0])
        assert {"downhill", "jumps", "straight", "turns"} <= seen

    def test_what_is_drawn_is_what_python_would_draw(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        figure.locator("[value=raw]").check()
        set_slider(figure, "eta", RATES.index(0.2))
        world = WORLDS["raw"]
        walk = take_walk(world, world.start, 0.2)
        across, up = map_axes(world)
        expected = points([across(w) for w in walk["w"]], [up(b) for b in walk["b"]])
        assert figure.locator("[data-x=path]").get_attribute("points") == expected
        assert figure.locator("[data-x=raw]").is_visible()
        assert not figure.locator("[data-x=standardised]").is_visible()

    def test_mouse_finger_and_click_put_the_start_where_they_point(
        self, watched: Open, explorables_address: str
    ) -> None:
        across, up = map_axes(WORLDS["standardised"])
        for settings in ({}, PHONE):
            page = watched(**settings).page
            figure = self.figure(page, explorables_address)
            start = figure.locator("[data-x=start]")
            start.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
            size = figure.locator("svg").first.evaluate("node => node.getBoundingClientRect().width / 320")
            (swipe(page, middle(start), 66, 40) if settings else drag(page, start, 66, 40))
            w, b = snapshot(figure)["start"]
            assert abs(across(w) - across(-1.5) - 66 / size) < 1
            assert abs(up(b) - up(3.0) - 40 / size) < 1
            figure.locator("svg").first.click(position={"x": across(4.0) * size, "y": up(2.0) * size})
            w, b = snapshot(figure)["start"]
            assert abs(w - 4) < 0.05
            assert abs(b - 2) < 0.05
            assert figure.locator("figcaption").inner_text() == predicted_caption(snapshot(figure))

    def test_step_play_and_reset_do_what_they_say(self, watched: Open, explorables_address: str) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        before = snapshot(figure)
        figure.get_by_role("button", name="To step 0").click()
        assert snapshot(figure)["step"] == 0
        figure.get_by_role("button", name="Step", exact=True).click()
        assert snapshot(figure)["step"] == 1
        figure.get_by_role("button", name="Play").click()
        page.wait_for_function(PAUSE, arg=figure.element_handle())
        assert 3 < snapshot(figure)["step"] < STEPS
        set_slider(figure, "eta", 3)
        figure.locator("[value=raw]").check()
        figure.get_by_role("button", name="Reset").click()
        assert snapshot(figure) == before
        assert figure.locator("[value=standardised]").is_checked()

    def test_the_mark_of_the_limit_stands_where_the_thumb_would(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        for key, world in WORLDS.items():
            figure.locator(f"[value={key}]").check()
            track, mark = figure.locator("[data-x=eta]").bounding_box(), middle(figure.locator("[data-x=limit]"))
            assert track is not None
            share = (mark[0] - track["x"] - 8) / (track["width"] - 16)
            below, above = RATES[int(share * 91)], RATES[int(share * 91) + 1]
            assert below < world.limit < above
