"""The explorable of the hidden layer: its networks are the package's, its lines and its words follow from them."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.figure import Figure

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
    contour,
    explore_network,
    hidden_node,
    line_ends,
    losses_along,
    node_names,
    parameters,
    take_walk,
)
from logreg_docs.network import Network, draw_network, fit_network, forward, network_log_loss

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = make_xor()
SHOWN = explore_network()
ANGLES = range(0, 360, 30)
END = as_network(take_walk(START)[-1])


def loss(network: Network) -> float:
    return network_log_loss(network, ROWS.X, ROWS.y)


def laid_equal(network: Network) -> Network:
    """Return the network with its second hidden node made like its first."""
    V, c, w = (np.repeat(part[:1], 2, axis=0) for part in (network.V, network.c, network.w))
    return Network(V=V, c=c, w=w, b=network.b)


def on_rim(degrees: float) -> list[float]:
    return [0.5 + math.cos(math.radians(degrees)), 0.5 + math.sin(math.radians(degrees))]


def test_data_are_those_of_the_package() -> None:
    data = SHOWN.data
    assert data["x"] == ROWS.X.tolist()
    assert data["y"] == ROWS.y.tolist()
    assert data["start"] == [*START.V.ravel(), *START.c, *START.w, START.b]
    assert data["solution"] == parameters(SOLUTION).tolist()
    assert list(data["names"]) == list(CHOICES)
    assert data["place"] == next(iter(CHOICES))


def test_parameters_go_into_a_row_and_back() -> None:
    network = draw_network(2, 2, rng=np.random.default_rng(3))
    again = as_network(parameters(network))
    for name in ("V", "c", "w", "b"):
        np.testing.assert_array_equal(getattr(again, name), getattr(network, name))


def test_a_node_is_0_at_the_ends_of_its_line_and_above_0_between_them() -> None:
    for first, last in itertools.product(ANGLES, [angle + 7 for angle in ANGLES]):
        v1, v2, c = hidden_node(first, last, 3.0)
        middle = first + (last - first) % 360 / 2
        network = Network(V=np.array([[v1, v2]]), c=np.array([c]), w=np.ones(1), b=0.0)
        sums = forward(network, [on_rim(angle) for angle in (first, last, middle, middle + 180)]).hidden_logits[:, 0]
        np.testing.assert_allclose(sums[:2], 0, atol=1e-14)
        assert sums[2] > 0 > sums[3]
        assert math.hypot(v1, v2) == pytest.approx(3.0, rel=1e-14, abs=0)
        ends = [on_rim(angle) for angle in line_ends(v1, v2, c)]
        np.testing.assert_allclose(ends, [on_rim(first), on_rim(last)], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("node", "place"), [((3.0, 0.0, 9.0), 180.0), ((0.0, 3.0, -9.0), 90.0), ((0.0, 0.0, 1.0), 180.0)]
)
def test_a_line_beyond_the_disc_has_both_ends_at_the_place_next_to_it(
    node: tuple[float, float, float], place: float
) -> None:
    assert line_ends(*node) == (place, place)


@pytest.mark.parametrize("place", CHOICES)
def test_losses_along_a_weight_are_those_of_networks_with_that_weight_changed(place: int) -> None:
    losses = losses_along(START, place)
    for k in (0, 33, 80):
        changed = parameters(START)
        changed[place] = WEIGHTS[k]
        assert losses[k] == loss(as_network(changed))
    nearest = int(np.abs(np.array(WEIGHTS) - parameters(START)[place]).argmin())
    assert losses[nearest] == pytest.approx(loss(START), abs=0.1)


def test_along_an_output_weight_the_curve_is_a_bowl_and_along_a_hidden_one_it_need_not_be() -> None:
    bends = {place: np.diff(losses_along(START, place), 2) for place in CHOICES}
    for place, name in CHOICES.items():
        assert bool(bends[place].min() > -1e-12) is (name in ("w₂", "b")), name


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_walk_is_that_of_the_fit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    fit = fit_network(ROWS.X, ROWS.y, n_hidden=2, rng=rng, learning_rate=RATE, n_steps=STEPS)
    walk = take_walk(fit.start)
    assert walk.shape == (STEPS + 1, 9)
    np.testing.assert_allclose(walk[-1], parameters(fit.network), rtol=1e-9)
    np.testing.assert_allclose([loss(as_network(values)) for values in walk], fit.log_loss, rtol=1e-9)


def test_training_stops_short_from_the_start_and_solves_from_where_one_weight_alone_is_best() -> None:
    assert loss(END) == pytest.approx(math.log(2) / 2, abs=0.005)
    assert "right on 3 of 4 rows" in caption(END, step=STEPS, place=5)
    values = parameters(START)
    values[5] = WEIGHTS[losses_along(START, 5).argmin()]
    lifted = as_network(values)
    assert loss(END) < loss(lifted) < loss(START)
    solved = as_network(take_walk(lifted)[-1])
    assert loss(solved) < 0.01
    assert "right on 4 of 4 rows" in caption(solved, step=STEPS, place=5)


def test_solution_solves_and_training_goes_on_from_it() -> None:
    assert loss(SOLUTION) < 0.1
    assert loss(as_network(take_walk(SOLUTION)[-1])) < 0.01
    assert caption(SOLUTION, step=0, place=5).startswith(
        "Before the first step: log loss 0.0794, right on 4 of 4 rows. "
    )


def states() -> Iterator[Network]:
    """Yield networks with lines all around the rim, one line, short arcs, and lines beyond the disc."""
    for first, width, other in itertools.product(range(0, 360, 15), (3, 15, 32, 90, 180, 300, 345), (0, 40, 160)):
        nodes = np.array([hidden_node(a, b, 4.0) for a, b in ((first, first + width), (other, other + 120))])
        yield Network(V=nodes[:, :2], c=nodes[:, 2], w=np.full(2, 3.0), b=-3.0)
    for value in WEIGHTS:
        values = parameters(START)
        values[5] = value
        yield as_network(values)
    yield laid_equal(START)
    yield Network(V=np.zeros((2, 2)), c=np.array([0.0, 1.0]), w=np.ones(2), b=0.0)


def test_a_name_says_what_the_node_is_where_it_stands() -> None:
    seen = set()
    for network in states():
        names = node_names(network)
        sums = forward(network, [place[:2] for place in names]).hidden_logits
        for node, (_, _, name) in enumerate(names):
            sign = float(np.sign(sums[node, node]))
            assert name == f"h{'₁₂'[node]} {'<=>'[int(sign) + 1]} 0"
            seen.add(sign)
    assert seen == {-1.0, 0.0, 1.0}


def test_a_name_stands_clear_of_the_rings_and_of_the_other_name() -> None:
    for network in states():
        rings = [
            on_rim(angle) for v1, v2, c in zip(*network.V.T, network.c, strict=True) for angle in line_ends(v1, v2, c)
        ]
        names = [place[:2] for place in node_names(network)]
        assert min(math.dist(name, ring) for name, ring in itertools.product(names, rings)) >= 0.3
        assert math.dist(*names) >= 0.29


def test_equal_nodes_stay_equal_and_the_caption_says_so() -> None:
    walk = take_walk(laid_equal(START))
    np.testing.assert_allclose(walk[:, [2, 3, 5, 7]], walk[:, [0, 1, 4, 6]], rtol=0, atol=1e-12)
    # One line has at least one row of a class beyond it, and the best it can say to the other three is 2/3.
    least = (math.log(3) + 2 * math.log(3 / 2)) / 4
    assert least < loss(as_network(walk[-1])) < least + 0.01
    assert caption(laid_equal(START), step=0, place=5).endswith(" count as one.")
    assert "count as one" not in caption(START, step=0, place=5)


@pytest.mark.parametrize(
    ("network", "step", "place", "words"),
    [
        (START, 0, 5, "Before the first step: log loss 0.8873, right on 3 of 4 rows."),
        (START, 0, 5, "Moving c₂ alone could bring it to 0.4511."),
        (END, 200, 8, "After 200 steps of training: log loss 0.3504, right on 3 of 4"),
        (END, 200, 8, "Moving b alone gains next to nothing."),
    ],
)
def test_caption_follows_the_state(network: Network, step: int, place: int, words: str) -> None:
    assert words in caption(network, step=step, place=place)


def corners(path: str) -> list[np.ndarray]:
    """Return the corners of each piece of a path."""
    pieces = []
    for piece in path.split("M")[1:]:
        x, y, places = 0.0, 0.0, []
        for letter, text in re.findall(r"(^|[LHV])([-\d.,]+)", piece):
            if letter == "H":
                x = float(text)
            elif letter == "V":
                y = float(text)
            else:
                x, y = (float(v) for v in text.split(","))
            places.append((x, y))
        pieces.append(np.array(places))
    return pieces


def area(piece: np.ndarray) -> float:
    x, y = piece.T
    return float(abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2)


NETWORKS = [START, SOLUTION, END, as_network(take_walk(SOLUTION)[10])]


@pytest.mark.parametrize("network", NETWORKS)
def test_border_is_that_of_another_implementation_and_encloses_the_region(network: Network) -> None:
    region, border = boundary(network)
    xs = np.linspace(-0.5, 1.5, 41)
    logits = forward(network, [[x1, x2] for x2 in xs for x1 in xs]).logits.reshape(41, 41)
    across, up, axes = 44 + (xs + 0.5) * 128, 268 - (xs + 0.5) * 128, Figure().subplots()
    (lines,) = axes.contour(across, up, logits, levels=[0]).allsegs
    (filled,) = axes.contourf(across, up, logits, levels=[0, 100]).allsegs
    expected = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines)
    pieces = corners(border)
    drawn = sum(math.dist(*piece) for piece in pieces)
    assert drawn == pytest.approx(expected, rel=0.01)
    ends = np.concatenate(pieces)
    nearest = np.abs(ends[:, None] - np.concatenate(lines)[None, :]).max(axis=2).min(axis=1)
    assert nearest.max() <= 0.051
    assert sum(map(area, corners(region))) == pytest.approx(sum(map(area, filled)), rel=0.003)


def test_a_saddle_has_two_pieces_of_border_and_an_even_ground_none() -> None:
    region, border = contour(np.array([[1.0, -1.0], [-1.0, 1.0]]), [0.0, 4.0], [8.0, 0.0])
    assert (region.count("z"), border.count("M")) == (1, 2)
    assert contour(np.full((2, 3), -1.0), [0, 1, 2], [1, 0]) == ("", "")
    assert contour(np.full((2, 3), 1.0), [0, 1, 2], [1, 0]) == ("M0,1H2V0H0z", "")


def test_default_picture_has_the_lines_and_the_wrong_row_of_the_start() -> None:
    body = SHOWN.panels["a"].body
    region, border = boundary(START)
    assert f'd="{region}"' in body
    assert f'd="{border}"' in body
    for ring, angle in enumerate((294, 156, 195, 347)):
        x, y = (128 * v for v in on_rim(angle))
        drawn = re.search(rf'data-x="ring{ring}" transform="translate\(([-\d.]+),([-\d.]+)\)"', body)
        assert drawn is not None
        np.testing.assert_allclose([float(v) for v in drawn.groups()], [108 + x, 204 - y], atol=0.051)
    assert 'data-x="wrong" d="M108,76h0"' in body  # the row (0, 1)


def test_no_caption_is_long() -> None:
    networks = [laid_equal(START), END]
    texts = [caption(n, step=s, place=p) for n, s, p in itertools.product(networks, (0, STEPS), CHOICES)]
    assert max(len(text.split()) for text in texts) <= 40


def test_it_has_words_for_those_who_do_not_see() -> None:
    assert "right on 3 of 4 rows" in SHOWN.alt
