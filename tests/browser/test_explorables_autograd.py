"""Autograd in a real browser: every slope is the package's, and `.grad` holds what a program in PyTorch would hold."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser.visits import PHONE
from explorable_checks import (
    WALK,
    ExplorableChecks,
    compute,
    differently_drawn,
    drag,
    middle,
    set_slider,
    snapshot,
    swipe,
    walk,
)

from logreg_docs.explorables.autograd import SLIDERS, State, caption, draw_panels, explore_autograd, press
from logreg_docs.explorables.draw import Scale
from logreg_docs.log_loss import log_loss_logit_gradient, pointwise_log_loss
from logreg_docs.sigmoid import sigmoid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explorable_checks import Open

AXES = {name: Scale(*axis) for name, axis in explore_autograd().data["axes"].items()}
PASSES = """async ([module, xs, ws, bs]) => {
  const { runPass } = await import(module);
  return [0, 1].map(y => xs.flatMap(x => ws.flatMap(w => bs.map(b => {
    const { product, z, p, loss, slope, inW, inB } = runPass(x, w, b, y);
    return [product, z, p, loss, slope, inW, inB];
  }))));
}"""
# The widths of strokes half-way through each pulse, by the turn of its arrows.
PULSES = """(figure, way) => [0, 1, 2, 3].map(turn => figure.parts[way + turn].getAnimations().flatMap(({ effect }) =>
  [effect.getTiming().delay, effect.getKeyframes().find(frame => frame.offset === 0.5).strokeWidth]))"""

# Texts of the graph beyond its edges, and those of a leaf beyond its box.
OUTSIDE = """figure => [...figure.querySelector("svg").querySelectorAll("text")].filter(text => {
  const box = text.getBBox(), panel = text.ownerSVGElement.viewBox.baseVal;
  const leaf = [...text.ownerSVGElement.querySelectorAll("rect")].map(rect => rect.getBBox())
    .find(({ y, height, x, width }) => box.y > y - 2 && box.y + box.height < y + height + 2
      && box.x + box.width / 2 > x && box.x + box.width / 2 < x + width);
  const { x, width } = leaf ?? panel;
  return box.x < x || box.x + box.width > x + width;
}).map(text => text.textContent)"""


def step(state: State) -> dict[str, int | str | bool]:
    """Return where all that a reader can set is for a state."""
    places = {name: values.index(getattr(state, name)) for name, values in SLIDERS.items()}
    return {**places, "label": str(state.y), "zero": "clear" if state.zero else "keep"}


def shown(seen: dict[str, Any]) -> State:
    names = {
        "passes": "passes",
        "wGrad": "w_grad",
        "bGrad": "b_grad",
        "zero": "zero",
        "y": "y",
        **{n: n for n in SLIDERS},
    }
    return State(**{name: seen[key] for key, name in names.items()})


def journey() -> Iterator[tuple[State, bool]]:
    """Go to places, some of them with zeroing, and press at most of them."""
    random = np.random.default_rng(1)
    yield State(), True
    for k in range(40):
        x, w, b = (float(random.choice(values)) for values in SLIDERS.values())
        yield State(x=x, w=w, b=b, y=k // 2 % 2, zero=k % 10 > 6), k % 3 > 0
    for x, w, b, y in itertools.product((-3.0, 0.0, 3.0), (-5.0, 5.0), (-3.0, 3.0), (0, 1)):
        yield State(x=x, w=w, b=b, y=y), True


class TestAutograd(ExplorableChecks):
    name = "autograd"

    def test_every_pass_at_every_place_of_the_sliders_is_that_of_the_package(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = self.figure(watched().page, explorables_address).page
        module = page.url.replace("autograd/", "assets/explorables/autograd.js")
        x, w, b = (grid.ravel() for grid in np.meshgrid(*SLIDERS.values(), indexing="ij"))
        assert x.shape == (13 * 51 * 31,)
        z = x * w + b
        for y, got in enumerate(compute(page, PASSES, [module, *SLIDERS.values()])):
            label = np.full(z.size, y)
            slope = log_loss_logit_gradient(z, label) * z.size
            expected = [x * w, z, sigmoid(z), pointwise_log_loss(z, label), slope, slope * x, slope]
            np.testing.assert_allclose(np.transpose(got), expected, rtol=1e-12, atol=0)

    def test_sums_and_captions_are_those_that_python_predicts(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        state, steps, expected = press(State()), [], []
        for at, presses in journey():
            state = replace(state, x=at.x, y=at.y, w=at.w, b=at.b, zero=at.zero)
            state = press(state) if presses else state
            steps.append({**step(at), **({"press": True} if presses else {})})
            expected.append(state)
        for wanted, (seen, _) in zip(expected, walk(figure, steps), strict=True):
            found = shown(seen)
            np.testing.assert_allclose([found.w_grad, found.b_grad], [wanted.w_grad, wanted.b_grad], rtol=1e-12)
            assert replace(found, w_grad=wanted.w_grad, b_grad=wanted.b_grad) == wanted
            assert seen["caption"] == caption(wanted)
        assert {state.passes for state in expected} >= {1, 2, 3, 24}

    def test_what_is_drawn_is_what_python_would_draw(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        state = press(State())
        for at in (
            State(x=-2.5, w=4.4, b=-3.0, y=0),
            State(x=0.0, w=-5.0, b=2.6),
            State(x=3.0, w=5.0, b=3.0, y=1, zero=True),
            State(x=2.0, w=-5.0, b=-3.0, zero=True),
            State(x=3.0, w=0.4, b=0.0, zero=True),
        ):
            state = press(replace(state, x=at.x, y=at.y, w=at.w, b=at.b, zero=at.zero))
            walk(figure, [{**step(at), "press": True}])
            assert differently_drawn(figure, draw_panels(state)) == {}

    def test_mouse_finger_and_click_put_the_ring_where_they_point(
        self, watched: Open, explorables_address: str
    ) -> None:
        for settings in ({}, PHONE):
            page = watched(**settings).page
            figure = self.figure(page, explorables_address)
            ring, before = figure.locator("[data-x=ring]"), snapshot(figure)
            ring.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
            size = ring.evaluate("node => node.ownerSVGElement.getBoundingClientRect().width / 320")
            (swipe(page, middle(ring), 70, 40) if settings else drag(page, ring, 70, 40))
            seen = snapshot(figure)
            assert abs(AXES["w"](seen["w"]) - AXES["w"](before["w"]) - 70 / size) <= 2.7
            assert abs(AXES["b"](seen["b"]) - AXES["b"](before["b"]) - 40 / size) <= 2.7
            figure.locator("svg").last.click(position={"x": AXES["w"](3.0) * size, "y": AXES["b"](2.0) * size})
            seen = snapshot(figure)
            assert (seen["w"], seen["b"]) == (3.0, 2.0)
            assert (seen["wGrad"], seen["bGrad"]) == (before["wGrad"], before["bGrad"])
            assert figure.locator("figcaption").inner_text() == caption(shown(seen))

    def test_backward_adds_and_reset_brings_the_start_back(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        before = snapshot(figure)
        backward = figure.get_by_role("button", name="Backward")
        backward.click()
        assert snapshot(figure)["wGrad"] == 2 * before["wGrad"]
        figure.get_by_label("yes").check()
        assert snapshot(figure)["wGrad"] == 2 * before["wGrad"]
        backward.click()
        assert snapshot(figure)["wGrad"] == before["wGrad"]
        figure.get_by_label("y = 0").check()
        set_slider(figure, "x", 3)
        backward.click()
        figure.get_by_role("button", name="Reset").click()
        assert snapshot(figure) == before
        assert figure.get_by_label("no", exact=True).is_checked()
        assert figure.get_by_label("y = 1").is_checked()

    @pytest.mark.parametrize("motion", ["no-preference", "reduce"])
    def test_a_pulse_runs_up_with_the_values_and_down_with_the_slopes(
        self, motion: str, watched: Open, explorables_address: str
    ) -> None:
        for way, move in (("up", {"x": 3}), ("down", {"press": True})):
            figure = self.figure(watched(reduced_motion=motion).page, explorables_address)
            assert figure.evaluate(PULSES, way) == [[]] * 4
            # In one go, so that on a slow machine no pulse ends before it is seen.
            pulses = figure.evaluate(
                f"(figure, [way, move]) => {{ ({WALK})(figure, [[move], []]); return ({PULSES})(figure, way); }}",
                [way, move],
            )
            if motion == "reduce":
                assert pulses == [[]] * 4
            else:
                delays = [delay for delay, _ in pulses]
                assert delays == sorted(set(delays), reverse=way == "down")
                assert [width for _, width in pulses] == ["5px"] * 4

    def test_no_text_leaves_its_panel_or_its_box(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        for x, w, b, y in itertools.product((-3.0, 3.0), (-5.0, 5.0), (-3.0, 3.0), (0, 1)):
            walk(figure, [{**step(State(x=x, w=w, b=b, y=y)), "press": True}])
            assert figure.evaluate(OUTSIDE) == []
