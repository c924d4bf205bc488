"""The hidden layer in a real browser: the package's losses, slopes and steps, and the lines that Python predicts."""

from __future__ import annotations

import itertools
import math
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
    snapshot,
    swipe,
    walk,
)

from logreg_docs.datasets import make_xor
from logreg_docs.explorables.network import (
    CHOICES,
    RATE,
    SOLUTION,
    START,
    STEPS,
    WEIGHTS,
    as_network,
    boundary,
    caption,
    explore_network,
    hidden_node,
    line_ends,
    losses_along,
    node_names,
    parameters,
    take_walk,
)
from logreg_docs.network import Network, backpropagate, draw_network, network_log_loss

if TYPE_CHECKING:
    from browser.visits import Watched
    from explorable_checks import Open
    from numpy.typing import NDArray
    from playwright.sync_api import Locator

ROWS = make_xor()
DISC = (0.5, 0.5, 1.0)
WALKS = """async ([module, x, y, starts, rate, steps]) => {
  const { networkLoss, descend } = await import(module);
  return starts.map(start => {
    const walk = [start];
    for (let k = 0; k < steps; k++) walk.push(descend(walk[k], x, y, rate));
    return { walk, losses: walk.map(p => networkLoss(p, x, y)) };
  });
}"""
LINES = """async ([module, pairs, disc]) => {
  const { hiddenNode, lineEnds } = await import(module);
  const nodes = pairs.map(([first, last]) => hiddenNode(first, last, 3, disc));
  return { nodes, ends: nodes.map(node => lineEnds(node, disc)) };
}"""
NAMES = """async ([module, networks, data]) => {
  const { lineEnds, nodeNames } = await import(module);
  const ends = p => [0, 1].map(k => lineEnds([p[2 * k], p[2 * k + 1], p[4 + k]], data.disc));
  return networks.map(p => nodeNames(p, ends(p), data));
}"""
# At once, so that a slow machine does not play to the end first.
PAUSE = "node => node.snapshot().step > 3 && (node.parts.play.click(), !node.playing)"


def loss(values: NDArray[np.float64]) -> float:
    return network_log_loss(as_network(values), ROWS.X, ROWS.y)


def step(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the parameters one step of gradient descent further."""
    slopes = backpropagate(as_network(values), ROWS.X, ROWS.y)
    return values - RATE * np.concatenate([slopes.V.ravel(), slopes.c, slopes.w, [slopes.b]])


def predicted_caption(state: dict[str, Any]) -> str:
    network = as_network(np.array(state["network"], float))
    return caption(network, step=state["step"], place=state["weight"])


class TestNetwork(ExplorableChecks):
    name = "network"

    def module(self, figure: Locator) -> str:
        return figure.page.url.replace("network/", "assets/explorables/network.js")

    def test_every_step_is_the_step_of_the_package(
        self, at_rest: tuple[Watched, Locator], pytestconfig: pytest.Config
    ) -> None:
        figure = at_rest[1]
        draws = [draw_network(2, 2, rng=np.random.default_rng(seed), scale=2.0) for seed in range(4)]
        starts = [parameters(network) for network in (START, SOLUTION, *draws)]
        sent = [self.module(figure), ROWS.X.tolist(), ROWS.y.tolist(), np.array(starts).tolist(), RATE, STEPS]
        stride = 1 if pytestconfig.getoption("deep") else 5
        for start, got in zip(starts, compute(figure.page, WALKS, sent), strict=True):
            networks = np.array(got["walk"])
            np.testing.assert_array_equal(networks[0], start)
            assert networks.shape == (STEPS + 1, 9)
            expected = [step(values) for values in networks[:-1:stride]]
            assert largest_difference(networks[1::stride], expected) <= 1e-12
            assert largest_difference(got["losses"], [loss(values) for values in networks]) <= 1e-12

    def test_whole_walks_from_both_networks_of_the_figure_agree(self, at_rest: tuple[Watched, Locator]) -> None:
        figure = at_rest[1]
        starts = [parameters(network) for network in (START, SOLUTION)]
        sent = [self.module(figure), ROWS.X.tolist(), ROWS.y.tolist(), np.array(starts).tolist(), RATE, STEPS]
        for network, got in zip((START, SOLUTION), compute(figure.page, WALKS, sent), strict=True):
            assert largest_difference(got["walk"], take_walk(network)) <= 1e-12

    def test_lines_and_nodes_are_those_of_python_all_around_the_rim(self, at_rest: tuple[Watched, Locator]) -> None:
        figure = at_rest[1]
        pairs = [(a, b) for a, b in itertools.product(range(0, 360, 9), range(4, 360, 9)) if a != b]
        got = compute(figure.page, LINES, [self.module(figure), pairs, DISC])
        nodes = [hidden_node(a, b, 3.0) for a, b in pairs]
        assert largest_difference(got["nodes"], nodes) <= 1e-12
        expected = np.radians([line_ends(*node) for node in nodes])
        ends = np.radians(got["ends"])
        assert largest_difference(np.cos(ends), np.cos(expected)) <= 1e-12
        assert largest_difference(np.sin(ends), np.sin(expected)) <= 1e-12

    def test_names_stand_where_python_puts_them(self, at_rest: tuple[Watched, Locator]) -> None:
        pairs = itertools.product(range(0, 360, 10), (4, 30, 100, 220, 351), (0, 47, 166))
        made = []
        for first, width, other in pairs:
            nodes = np.array([hidden_node(first, first + width, 4.0), hidden_node(other, other + 150, 3.0)])
            made.append(Network(V=nodes[:, :2], c=nodes[:, 2], w=np.full(2, 3.0), b=-3.0))
        for value in WEIGHTS:
            values = parameters(START)
            values[5] = value
            made.append(as_network(values))
        sent = [self.module(at_rest[1]), [parameters(network).tolist() for network in made], explore_network().data]
        for network, got in zip(made, compute(at_rest[1].page, NAMES, sent), strict=True):
            expected = node_names(network)
            assert [name for *_, name in got] == [name for *_, name in expected]
            assert largest_difference([at[:2] for at in got], [at[:2] for at in expected]) <= 1e-12

    def test_the_loss_along_every_weight_is_that_of_the_package(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        steps = [{"weight": str(place), "step": at} for at in (0, STEPS) for place in CHOICES]
        for state, _ in walk(figure, steps):
            expected = losses_along(as_network(np.array(state["network"], float)), state["weight"])
            assert largest_difference(state["losses"], expected) <= 1e-12

    def test_the_slider_sets_the_weight_and_starts_anew(
        self, watched: Open, explorables_address: str, pytestconfig: pytest.Config
    ) -> None:
        figure = self.figure(watched().page, explorables_address)
        places = range(0, len(WEIGHTS), 1 if pytestconfig.getoption("deep") else 16)
        for place in CHOICES:
            figure.locator(f"[value='{place}']").check()
            for k, (state, _) in zip(places, walk(figure, [{"step": 7, "value": k} for k in places]), strict=True):
                assert (state["network"][place], state["step"], state["weight"]) == (WEIGHTS[k], 0, place)
                assert state["start"] == state["network"]

    def test_the_caption_and_the_boundary_are_what_python_predicts(
        self, watched: Open, explorables_address: str
    ) -> None:
        figure = self.figure(watched().page, explorables_address)
        seen = set()
        steps: list[dict[str, object]] = [
            {button: True, "weight": str(place), "step": at}
            for button, at in itertools.product(("reset", "solve", "equal"), (0, 3, 150))
            for place in (5, 8)
        ]
        for state, parts in walk(figure, steps, "region", "border", "side0", "side1"):
            assert state["caption"] == predicted_caption(state)
            network = as_network(np.array(state["network"], float))
            region, border = boundary(network)
            for node, (x1, x2, name) in enumerate(node_names(network)):
                side = parts[f"side{node}"]
                assert side["text"] == name
                place = [44 + 128 * (x1 + 0.5), 272 - 128 * (x2 + 0.5)]
                np.testing.assert_allclose([float(side["x"]), float(side["y"])], place, atol=0.051)
            assert (parts["region"]["d"], parts["border"]["d"]) == (region, border)
            seen.add((state["caption"].split(" ")[0], state["caption"].split(" ")[-1]))
        assert len(seen) >= 5

    def test_equal_lines_lie_on_one_another_and_stay_there(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        for at in (0, 20, STEPS):
            ((state, parts),) = walk(figure, [{"reset": True, "equal": True, "step": at}], "line0", "line1")
            v11, v12, v21, v22, c1, c2, w1, w2, _ = state["network"]
            assert (v11, v12, c1, w1) == (v21, v22, c2, w2)
            assert parts["line0"]["points"] == parts["line1"]["points"]
            assert "count as one" in state["caption"]

    def test_mouse_and_finger_put_the_end_of_a_line_where_they_point(
        self, watched: Open, explorables_address: str
    ) -> None:
        for settings in ({}, PHONE):
            page = watched(**settings).page
            figure = self.figure(page, explorables_address)
            ring = figure.locator("[data-x=ring3]")  # at 347 degrees
            ring.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
            size = figure.locator("svg").first.evaluate("node => node.getBoundingClientRect().width / 320")
            (swipe(page, middle(ring), -30, -40) if settings else drag(page, ring, -30, -40))
            x, y = (f(math.radians(347)) * 128 for f in (math.cos, math.sin))
            expected = math.degrees(math.atan2(y + 40 / size, x - 30 / size))
            values = snapshot(figure)["network"]
            first, last = line_ends(values[2], values[3], values[5])
            assert last == pytest.approx(expected, abs=0.6)
            assert first == pytest.approx(195, abs=1e-9)
            assert math.hypot(values[2], values[3]) == pytest.approx(4, abs=1e-12)
            assert values[:2] == pytest.approx(parameters(START)[:2].tolist(), abs=0)
            assert figure.locator("figcaption").inner_text() == predicted_caption(snapshot(figure))

    def test_a_click_and_a_drag_along_the_curve_set_the_weight(self, watched: Open, explorables_address: str) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        panel = figure.locator("svg").nth(1)
        size = panel.evaluate("node => node.getBoundingClientRect().width / 320")
        panel.click(position={"x": (172 + 4 * 12.8) * size, "y": 60 * size})
        assert snapshot(figure)["network"][5] == 4
        drag(page, figure.locator("[data-x=point]"), -12.8 * 6 * size, 0)
        assert snapshot(figure)["network"][5] == -2

    def test_a_second_end_on_the_first_is_no_line_and_is_refused(self, watched: Open, explorables_address: str) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        figure.locator("[data-x=ring2]").focus()  # at 195 degrees; the other end is at 347
        for _ in range(15):
            page.keyboard.press("PageUp")
        page.keyboard.press("ArrowRight")
        before = snapshot(figure)
        assert before["network"][2:4] != START.V[1].tolist()
        page.keyboard.press("ArrowRight")
        assert snapshot(figure) == before

    def test_keys_take_a_ring_all_around_the_disc(self, watched: Open, explorables_address: str) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        ring = figure.locator("[data-x=ring3]")  # at 347 degrees
        ring.focus()
        for key, angle in (
            ("Shift+ArrowRight", 357),
            ("Shift+ArrowRight", 359),
            ("ArrowRight", 0),
            ("Shift+ArrowLeft", 350),
            ("End", 359),
            ("End", 359),
        ):
            page.keyboard.press(key)
            assert ring.get_attribute("aria-valuenow") == str(angle)

    def test_what_lies_beyond_an_axis_is_marked_at_its_end(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        steps: list[dict[str, object]] = [{}, {"weight": "7", "value": 0}]
        (_, inside), (state, beyond) = walk(figure, steps, "pointNow", "fallNow", "point")
        assert state["loss"] > 2
        assert [inside[name]["class"] for name in ("pointNow", "fallNow")] == ["x-now"] * 2
        assert [beyond[name]["class"] for name in ("pointNow", "fallNow")] == ["x-off"] * 2
        assert beyond["fallNow"]["cy"] == "12"
        assert beyond["point"]["transform"] == "translate(44,12)"

    def test_train_plays_and_reset_goes_back(self, watched: Open, explorables_address: str) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        before = snapshot(figure)
        figure.get_by_role("button", name="Train").click()
        page.wait_for_function(PAUSE, arg=figure.element_handle())
        assert 3 < snapshot(figure)["step"] < STEPS
        figure.locator("[value='8']").check()
        figure.get_by_role("button", name="Solution").click()
        assert snapshot(figure)["network"] == parameters(SOLUTION).tolist()
        figure.get_by_role("button", name="Reset").click()
        assert figure.locator("[value='5']").is_checked()
        assert snapshot(figure) == before
