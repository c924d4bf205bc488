"""The sigmoid in a real browser computes what the package computes, and says and draws what Python predicts."""

from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser.visits import PHONE
from explorable_checks import ExplorableChecks, drag, middle, set_slider, snapshot, swipe, walk

from logreg_docs.explorables.sigmoid import START, WEIGHTS, State, caption, drawing, read
from logreg_docs.sigmoid import linear_logits, sigmoid, sigmoid_derivative

if TYPE_CHECKING:
    from explorable_checks import Open

# Every place of the two sliders of hours under one weight: intercepts, then four numbers a reading.
GRID = """async ([module, w]) => {
  const { read } = await import(module), out = [];
  for (let cut = 0; cut <= 100; cut++) {
    const b = 0 - w * (cut / 10);
    for (let x = 0; x <= 110; x++) {
      const { p, odds, z, slope } = read(w, b, x / 10);
      out.push(p, odds, z, slope);
    }
  }
  let text = "";
  for (const byte of new Uint8Array(new Float64Array(out).buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}"""


def predicted(state: dict[str, Any]) -> State:
    return State(cut=state["cut"], w=state["w"], x=state["x"])


def expected_grid(w: float) -> np.ndarray:
    """Return the same numbers by the package, shape (101 boundaries, 111 hours, 4)."""
    hours = (np.arange(111) / 10).reshape(-1, 1)
    z = np.array([linear_logits(hours, [w], State(cut=cut / 10, w=w, x=0).b) for cut in range(101)])
    return np.stack((sigmoid(z), sigmoid(z) / sigmoid(-z), z, sigmoid_derivative(z) * w), axis=-1)


def step(cut: int, w: int, x: int) -> dict[str, int | str | bool]:
    return {"cut": cut, "w": w, "x": x}


def state_at(cut: int, w: int, x: int) -> State:
    return State(cut=cut / 10, w=WEIGHTS[w], x=x / 10)


class TestSigmoid(ExplorableChecks):
    name = "sigmoid"
    swipe = (60, -30)  # across the tangent at the boundary, not along it

    def test_every_number_at_every_place_of_the_sliders_is_the_package_s(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = self.figure(watched().page, explorables_address).page
        module = page.url.replace("sigmoid/", "assets/explorables/sigmoid.js")
        compared, worst = 0, 0.0
        for w in WEIGHTS:
            got = np.frombuffer(base64.b64decode(page.evaluate(GRID, [module, w]))).reshape(101, 111, 4)
            mine = expected_grid(w)
            assert np.isfinite(got).all()
            assert (got[..., :2] > 0).all()
            # Relative everywhere, tiny probabilities and huge odds too; the numbers that are 0 must be 0.
            off = np.abs(got - mine) / np.where(mine == 0, np.finfo(float).tiny, np.abs(mine))
            compared, worst = compared + off.size // 4, max(worst, float(off.max()))
        assert compared == len(WEIGHTS) * 101 * 111
        assert worst <= 1e-12

    def test_logits_beyond_every_slider_neither_overflow_nor_vanish_into_nan(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = self.figure(watched().page, explorables_address).page
        logits = [-1e308, -1000.0, -745.0, -709.9, -36.8, -1e-300, 0.0, 1e-300, 36.8, 709.9, 1000.0, 1e308]
        module = page.url.replace("sigmoid/", "assets/explorables/core.js")
        got = page.evaluate(
            """async ([module, zs]) => {
              const { sigmoid, sigmoidDerivative } = await import(module);
              return zs.map(z => [sigmoid(z), sigmoidDerivative(z)]);
            }""",
            [module, logits],
        )
        mine = np.column_stack((sigmoid(logits), sigmoid_derivative(logits)))
        np.testing.assert_allclose(got, mine, rtol=1e-12, atol=1e-320)

    def test_what_is_said_and_drawn_is_what_python_would_say_and_draw(
        self, watched: Open, explorables_address: str
    ) -> None:
        opened = watched()
        figure = self.figure(opened.page, explorables_address)
        middle_place = len(WEIGHTS) // 2
        steep = (0, 60, middle_place, middle_place + 1, 95, 130, len(WEIGHTS) - 1)
        places = [*itertools.product((0, 75, 76, 100), steep, (0, 54))]
        names = ["xOut", *drawing(START)]
        for place, (got, parts) in zip(places, walk(figure, [step(*place) for place in places], *names), strict=True):
            state = state_at(*place)
            assert predicted(got) == state
            assert got["b"] == state.b
            assert got["caption"] == caption(state)
            expected = drawing(state)
            assert {name: {key: parts[name][key] for key in expected[name]} for name in expected} == expected
            assert parts["xOut"]["text"] == f"{place[-1] / 10} h"
        assert opened.complaints == []

    def test_mouse_and_finger_put_boundary_and_hours_where_they_point(
        self, watched: Open, explorables_address: str
    ) -> None:
        for settings in ({}, PHONE):
            page = watched(**settings).page
            figure = self.figure(page, explorables_address)
            for node, name in (("atCut", "cut"), ("atX", "x")):
                handle = figure.locator(f"[data-x={node}]")
                handle.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
                size = figure.locator("svg").first.evaluate("node => node.getBoundingClientRect().width / 320")
                before = snapshot(figure)
                (swipe(page, middle(handle), 50, 25) if settings else drag(page, handle, 50, 25))
                after = snapshot(figure)
                assert abs(after[name] - before[name] - 50 / size / (268 / 11)) <= 0.051
                assert {key for key in ("cut", "w", "x") if after[key] != before[key]} == {name}
                assert figure.locator("figcaption").inner_text() == caption(predicted(after))

    @pytest.mark.parametrize("settings", [{}, PHONE], ids=["mouse", "finger"])
    @pytest.mark.parametrize("cut", [54, 90])
    def test_the_ring_on_the_tangent_follows_the_hand_through_flat_to_falling(
        self, cut: int, settings: dict[str, Any], watched: Open, explorables_address: str
    ) -> None:
        page = watched(**settings).page
        figure = self.figure(page, explorables_address)
        ring, centre = figure.locator("[data-x=atW]"), figure.locator("[data-x=atCut]")
        ring.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
        set_slider(figure, "cut", cut)
        side = 1 if cut == 54 else -1
        for angle in (75, 30, 0, -40, -80):
            x, y = middle(centre)
            size = figure.locator("svg").first.evaluate("node => node.getBoundingClientRect().width / 320")
            turn = np.radians(angle)
            target = x + side * 64 * size * np.cos(turn), y - side * 64 * size * np.sin(turn)
            start = middle(ring)
            if settings:
                swipe(page, start, target[0] - start[0], target[1] - start[1])
            else:
                drag(page, ring, target[0] - start[0], target[1] - start[1])
            got = middle(ring)
            assert np.hypot(got[0] - target[0], got[1] - target[1]) < 5
            assert snapshot(figure)["cut"] == cut / 10
            assert np.sign(snapshot(figure)["w"]) == np.sign(angle)

    def test_dragging_past_upright_stops_at_the_steepest(self, watched: Open, explorables_address: str) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        ring = figure.locator("[data-x=atW]")
        drag(page, ring, -90, -40)
        assert snapshot(figure)["w"] == WEIGHTS[-1]
        drag(page, ring, -10, 200)
        assert snapshot(figure)["w"] == WEIGHTS[0]

    def test_a_click_beside_the_rings_asks_about_that_hour(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        size = figure.locator("svg").first.evaluate("node => node.getBoundingClientRect().width / 320")
        figure.locator("svg").first.click(position={"x": (44 + 9 * 268 / 11) * size, "y": 60 * size})
        assert abs(snapshot(figure)["x"] - 9) <= 0.1
        assert predicted(snapshot(figure)) == State(cut=START.cut, w=START.w, x=snapshot(figure)["x"])

    def test_keys_step_each_ring_and_a_screen_reader_hears_the_three_scales(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        place = WEIGHTS.index(START.w)
        for node, name, small, large in (
            ("atCut", "cut", 5.5, 6.5),
            ("atW", "w", WEIGHTS[place + 1], WEIGHTS[place + 11]),
            ("atX", "x", 3.1, 4.1),
        ):
            figure.locator(f"[data-x={node}]").focus()
            page.keyboard.press("ArrowRight")
            assert snapshot(figure)[name] == small
            page.keyboard.press("PageUp")
            assert snapshot(figure)[name] == large
            page.keyboard.press("Home")
        assert predicted(snapshot(figure)) == START
        said = figure.locator("[data-x=atX]").get_attribute("aria-valuetext")
        now = read(START, START.x)
        assert said == f"3.0 h: probability {now.p:.3f}, odds {now.odds:.2f}, log-odds −{-now.z:.2f}"

    def test_only_the_bar_of_the_log_odds_keeps_its_length(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        lengths = []
        for x in (10, 30, 50, 70):
            set_slider(figure, "x", x)
            bars = figure.locator("[data-x=steps]").get_attribute("d") or ""
            ends = [bar.split(",")[1].split("V") for bar in bars.split("M")[1:]]
            lengths.append([float(a) - float(b) for a, b in ends])
        spread = np.ptp(lengths, axis=0)
        assert spread[2] <= 0.21
        assert spread[:2].min() > 15

    def test_reset_brings_the_start_back(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        before = snapshot(figure)
        walk(figure, [step(10, 3, 99)])
        figure.get_by_role("button", name="Reset").click()
        assert snapshot(figure) == before
