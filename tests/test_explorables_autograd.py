"""The explorable of autograd: its values, its slopes and what it holds in `.grad` are those of PyTorch."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - PyTorch's own name for it
from torch import Tensor

from logreg_docs.explorables import autograd
from logreg_docs.explorables.autograd import SLIDERS, State, caption, draw_panels, explore_autograd, press, run_pass
from logreg_docs.explorables.draw import fixed, tenth
from logreg_docs.log_loss import log_loss
from logreg_docs.pytorch import autograd_graph

CORNERS = [State(x=x, w=w, b=b, y=y) for x, w, b, y in itertools.product((-3.0, 3.0), (-5.0, 5.0), (-3.0, 3.0), (0, 1))]
OPERATIONS = {
    "BinaryCrossEntropyWithLogitsBackward0": "bce",
    "AddBackward0": "add",
    "MulBackward0": "mul",
    "w": "w",
    "b": "b",
}


def states() -> list[State]:
    random = np.random.default_rng(0)
    drawn = [[float(random.choice(values)) for values in SLIDERS.values()] for _ in range(150)]
    return [State(), *CORNERS, *(State(x=x, w=w, b=b, y=k % 2) for k, (x, w, b) in enumerate(drawn))]


def number(value: float, *, recorded: bool = False) -> Tensor:
    return torch.tensor(value, dtype=torch.float64, requires_grad=recorded)


def held(tensor: Tensor) -> float:
    assert tensor.grad is not None
    return tensor.grad.item()


def close(value: object, expected: object) -> None:
    """PyTorch takes a loss and a slope near 0 as a difference, right to the last digits of z and of p alone."""
    np.testing.assert_allclose(np.array(value, float), np.array(expected, float), rtol=1e-12, atol=4e-15)


def test_values_and_slopes_are_those_of_pytorch() -> None:
    for state in states():
        w, b = number(state.w, recorded=True), number(state.b, recorded=True)
        product = number(state.x) * w
        z = product + b
        loss = F.binary_cross_entropy_with_logits(z, number(state.y))
        for between in (product, z):
            between.retain_grad()
        loss.backward()
        now = run_pass(state)
        close([now.product, now.z, now.p, now.loss], [v.item() for v in (product, z, torch.sigmoid(z), loss)])
        close([now.slope, now.slope, now.in_w, now.in_b], [held(tensor) for tensor in (z, product, w, b)])


def test_graph_is_the_one_that_autograd_records() -> None:
    w, b = number(-1.0, recorded=True), number(1.0, recorded=True)
    loss = F.binary_cross_entropy_with_logits(number(2.0) * w + b, number(1.0))
    nodes = autograd_graph(loss, names={"w": w, "b": b})
    names = [OPERATIONS[node.name] for node in nodes]
    recorded = {(names[child], name) for name, node in zip(names, nodes, strict=True) for child in node.inputs}
    drawn = {edge for edge in autograd._EDGES if edge[0] not in autograd._DATA}
    assert drawn == recorded | {(names[0], "loss")}
    assert {edge[0] for edge in autograd._EDGES} - {edge[0] for edge in drawn} == {"x", "y"}


@pytest.mark.parametrize("zero", [False, True])
def test_presses_leave_in_grad_what_backward_leaves_there(*, zero: bool) -> None:
    w, b = (torch.nn.Parameter(number(0.0)) for _ in range(2))
    model = torch.nn.ParameterList([w, b])
    state = State(zero=zero)
    for k, at in enumerate([State(), State(), *states()[20:30], State(), State()]):
        state = press(replace(state, x=at.x, y=at.y, w=at.w, b=at.b))
        with torch.no_grad():
            w.fill_(at.w)
            b.fill_(at.b)
        if zero:
            model.zero_grad()
        F.binary_cross_entropy_with_logits(number(at.x) * w + b, number(at.y)).backward()
        close([state.w_grad, state.b_grad], [held(w), held(b)])
        assert state.passes == (1 if zero else k + 1)


def test_second_pass_doubles_what_the_first_one_left() -> None:
    once = press(State())
    assert press(once).w_grad == 2 * once.w_grad
    assert press(replace(once, zero=True)).w_grad == once.w_grad


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (press(State()), "adds −0.731 to b.grad and x times that, −1.462, to w.grad"),
        (press(State()), "They hold the last pass alone: w.grad −1.462, b.grad −0.731."),
        (press(press(State())), "They hold the last 2 passes added: w.grad −2.924, b.grad −1.462."),
        (press(State(zero=True)), "The next pass clears .grad and adds −0.731"),
    ],
)
def test_caption_follows_the_state(state: State, words: str) -> None:
    assert words in caption(state)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State(x=3.0, w=5.0, b=3.0), "Loss 2e−8. The next pass adds −2e−8 to b.grad and x times that, −5e−8, to"),
        (State(x=3.0, w=-5.0, b=-3.0, y=0), "Loss 2e−8. The next pass adds 2e−8 to b.grad"),
        (State(x=0.0), "−0.269 to b.grad and x times that, 0.000, to w.grad"),
        (State(w_grad=1e-16, b_grad=4e-4, passes=3), "w.grad 0.000, b.grad 4e−4."),
    ],
)
def test_what_is_small_and_not_0_does_not_read_as_0(state: State, words: str) -> None:
    assert words in caption(state)


def test_legend_says_where_an_arrow_leaves_the_map_before_it_is_seen() -> None:
    beyond = set()
    for state in [press(press(state)) for state in states()]:
        body, now = draw_panels(state)["b"].body, run_pass(state)
        x, y = 178 + 26.8 * state.w, 88.4 - 26.8 * state.b
        for name, w, b in (("held", state.w_grad, state.b_grad), ("next", now.in_w, now.in_b)):
            steps = np.arange(0, 1, 1e-3)[:, np.newaxis] * 26.8 * np.array([w, -b]) + (x, y)
            inside = (steps >= (43.99, 7.99)).all(axis=1) & (steps <= (312.01, 168.81)).all(axis=1)
            seen, whole = inside.mean() * 26.8 * np.hypot(w, b), 26.8 * np.hypot(w, b)
            if abs(seen - 12) > 0.2:
                told = re.search(rf'data-x="{name}Name"[^>]*>([^<]*)<', body)
                assert told
                assert ("off the map" in told[1]) == (whole > 12 > seen), (state, name)
                beyond.add((name, whole > 12 > seen))
    assert len(beyond) == 4


def test_question_tells_what_the_figure_holds_after_one_pass() -> None:
    shown = explore_autograd()
    assert shown.caption == caption(press(State()))
    assert f"<code>w.grad</code> holds {fixed(press(State()).w_grad, 3)}." in shown.question


def path(state: State, name: str) -> list[list[float]]:
    """Return the places of a path of the map, as it was drawn."""
    drawn = re.search(rf'data-x="{name}" d="([^"]*)"', draw_panels(state)["b"].body)
    assert drawn is not None
    return [[float(number) for number in pair.split(",")] for pair in re.findall(r"-?[\d.]+,-?[\d.]+", drawn[1])]


@pytest.mark.parametrize("y", [0, 1])
def test_lines_of_the_map_are_two_nats_apart(y: int) -> None:
    state = State(x=-1.5, y=y)
    places = np.array(path(state, "levels"))
    w, b = (places[:, 0] - 178) / 26.8, (88.4 - places[:, 1]) / 26.8
    losses = [log_loss([z], [y]) for z in (state.x * w + b).tolist()]
    np.testing.assert_allclose(losses, np.repeat(np.arange(2, 20, 2), 2), atol=0.005)


def test_dashed_line_is_where_the_row_is_undecided_and_the_shade_is_where_it_is_wrong() -> None:
    for y, below in ((1, True), (0, False)):
        state = State(x=2.0, y=y)
        for w, b in ((-1.0, 2.0), (1.0, -2.0)):
            assert run_pass(replace(state, w=w, b=b)).p == 0.5
        assert path(state, "half") == [[44, tenth_of(88.4 - 26.8 * 10)], [312, tenth_of(88.4 + 26.8 * 10)]]
        (edge,) = re.findall(r'data-x="wrong" d="[^"]*V(-?[\d.]+)H44z"', draw_panels(state)["b"].body)
        assert (float(edge) > 0) is below
        assert run_pass(replace(state, w=0.0, b=-1.0 if below else 1.0)).loss > log_loss([0.0], [y])


def tenth_of(value: float) -> float:
    return float(tenth(value))


def test_arrow_is_as_long_as_the_gradient_on_axes_of_one_unit() -> None:
    state = press(press(State()))
    (ring, tip), (also, next_tip) = path(state, "held"), path(state, "next")
    assert ring == also == [tenth_of(178 - 26.8), tenth_of(88.4 - 26.8)]
    np.testing.assert_allclose(tip, [26.8 * state.w_grad, -26.8 * state.b_grad], atol=0.05)
    np.testing.assert_allclose(np.array(tip) / next_tip, 2, atol=0.02)


def test_it_has_words_for_those_who_do_not_see() -> None:
    assert "Neither x nor y has one." in explore_autograd().alt
