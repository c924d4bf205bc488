r"""Interactive hidden layer: lay the lines of two hidden nodes by hand, look along one weight, and train from there.

A line is held by its two ends on the rim of a disc: different places of the rim make a line, and a line that cuts the
disc has two ends, so the network alone says where they are, during training as well.
"""

from __future__ import annotations

import itertools
import math
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs.datasets import make_xor
from logreg_docs.explorables.base import Explorable, button, radios, slider
from logreg_docs.explorables.draw import Panel, Scale, clip, fixed, handle, line, points, tenth, x_axis, y_axis
from logreg_docs.gradient_descent import descend
from logreg_docs.network import Network, backpropagate, forward, network_log_loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "CHOICES",
    "RATE",
    "SOLUTION",
    "START",
    "STEPS",
    "WEIGHTS",
    "as_network",
    "boundary",
    "caption",
    "contour",
    "explore_network",
    "hidden_node",
    "line_ends",
    "losses_along",
    "node_names",
    "parameters",
    "take_walk",
]

RATE = 2.0
"""Learning rate of the training, that of the chapter."""

STEPS = 200
"""Number of steps of the training."""

WEIGHTS = tuple(place / 4 for place in range(-40, 41))
"""The values of one weight on the slider and on its curve."""

CHOICES = {5: "c₂", 2: "V₂₁", 3: "V₂₂", 7: "w₂", 8: "b"}
"""The weights to look along: their place among the parameters, and their name."""

_PLACE = next(iter(CHOICES))
_CENTRE = 0.5  # of the four rows, in both inputs
_RADIUS = 1.0  # of the disc of the plane that is drawn
_STEEP, _OUT = 4.0, 3.0  # length of the weights of a hidden node, and weights of the output node, at the start

_LABELS = {
    "question": "Press Train: will gradient descent move the two dashed lines until all four rows are right?",
    "help": "On a dashed line a hidden node is undecided, and its name says on which side of 0 it is there. Circles "
    "are rows of class 1, squares of class 0, and in the shaded region the network says class 1. A thick rim marks a "
    "row that is wrong. Training takes steps of learning rate {rate:g}.",
    "ab": "one weight",
    "ac": "training",
    "x1": "x₁",
    "x2": "x₂",
    "loss": "log loss",
    "step": "step",
    "weight": "weight",
    "value": "its value",
    "train": "Train",
    "equal": "Equal lines",
    "solve": "Solution",
    "reset": "Reset",
    "log 2": "log 2",
    "half": "½ log 2",
    "plane panel": "The plane of the two inputs with the four rows of XOR, the lines of the two hidden nodes, and the "
    "region in which the network says class 1.",
    "weight panel": "Log loss in nats over one weight, all others held.",
    "training panel": "Log loss in nats at every step of the training so far.",
}
_WORDS = {
    "caption": "{when}: log loss {loss}, right on {right} of {rows} rows. {alone}{equal}",
    "gain": "Moving {weight} alone could bring it to {least}.",
    "noGain": "Moving {weight} alone gains next to nothing.",
    "start": "Before the first step",
    "trained": "After {step} steps of training",
    "equal": " Both hidden nodes compute the same and count as one.",
    "end": "Line {node}, end {end}",
    "at": "{angle} degrees, counterclockwise from the right",
    "along": "Weight {weight}",
    "is": "{value}, log loss {loss}",
    "name": "h{node} {sign} 0",
}

_ROWS = make_xor()
_LEFT, _RIGHT = 44, 300
_X1 = Scale(_CENTRE - _RADIUS, _CENTRE + _RADIUS, _LEFT, _RIGHT)
_X2 = Scale(_CENTRE - _RADIUS, _CENTRE + _RADIUS, 268, 12)
_WEIGHT = Scale(WEIGHTS[0], WEIGHTS[-1], _LEFT, _RIGHT)
_HEIGHT = Scale(0, 2, 116, 12)
_STEP = Scale(0, STEPS, _LEFT, _RIGHT)
_CELLS = 40  # along each side of the plane, for the boundary
_NAME_AT = (0.92, 20, 18.5)
"""Where the name of a node stands: distance from the middle, and degrees from an end of its line and from all else.

Ends lie at whole degrees while they are laid, so none is just as far away as asked.
"""


def parameters(network: Network) -> NDArray[np.float64]:
    """Return the nine parameters of a network of two inputs and two hidden nodes in a row.

    Args:
        network: The network.

    Returns:
        V11, V12, V21, V22, c1, c2, w1, w2, b.

    Examples:
        >>> parameters(Network(V=[[1, 2], [3, 4]], c=[5, 6], w=[7, 8], b=9))
        array([1., 2., 3., 4., 5., 6., 7., 8., 9.])
    """
    return np.concatenate([network.V.ravel(), network.c, network.w, [network.b]])


def as_network(values: NDArray[np.float64]) -> Network:
    """Return the network that has nine parameters.

    Args:
        values: V11, V12, V21, V22, c1, c2, w1, w2, b.

    Returns:
        The network.

    Examples:
        >>> as_network(np.arange(9.0)).w
        array([6., 7.])
    """
    return Network(V=values[:4].reshape(2, 2), c=values[4:6], w=values[6:8], b=float(values[8]))


def hidden_node(first: float, last: float, steepness: float) -> tuple[float, float, float]:
    """Return the weights and the bias of a hidden node from the ends of its line on the rim of the disc.

    The node is above 0 beside the rim from the first end counterclockwise to the last.

    Args:
        first: First end in degrees, counterclockwise from the right.
        last: Last end, likewise.
        steepness: Length of the weights.

    Returns:
        The weights of both inputs, and the bias.

    Examples:
        >>> [round(value, 3) for value in hidden_node(0, 90, 4.0)]
        [2.828, 2.828, -5.657]
    """
    half = math.radians((last - first) % 360 / 2)
    towards = math.radians(first) + half
    v1, v2 = steepness * math.cos(towards), steepness * math.sin(towards)
    return v1, v2, -(v1 + v2) * _CENTRE - steepness * _RADIUS * math.cos(half)


def line_ends(v1: float, v2: float, c: float) -> tuple[float, float]:
    """Return the ends of the line of a hidden node on the rim of the disc: the inverse of `hidden_node`.

    Args:
        v1: Weight of the first input.
        v2: Weight of the second input.
        c: Bias.

    Returns:
        First and last end in degrees from 0 to 360. A line beyond the disc has both at the place of the rim next to it.

    Examples:
        >>> line_ends(4.0, 0.0, -2.0)
        (270.0, 90.0)
    """
    away = -((v1 + v2) * _CENTRE + c) / ((math.hypot(v1, v2) or 1.0) * _RADIUS)
    towards, half = math.atan2(v2, v1), math.acos(min(max(away, -1.0), 1.0))
    return math.degrees(towards - half) % 360, math.degrees(towards + half) % 360


def node_names(network: Network) -> list[tuple[float, float, str]]:
    """Return where the name of each hidden node stands, beside an end of its line, and what it says.

    It says of which sign the node is there, which is true beside a short arc and where the line lies beyond the disc.

    Args:
        network: The network.

    Returns:
        Both inputs, and the name.

    Examples:
        >>> [name for *_, name in node_names(START)]
        ['h₁ > 0', 'h₂ > 0']
    """
    distance, beside, clear = _NAME_AT
    ends = [line_ends(*node) for node in np.column_stack((network.V, network.c)).tolist()]
    taken = [angle for pair in ends for angle in pair]
    names = []
    for node, (first, last) in enumerate(ends):
        places = (first + beside, last - beside, last + beside, first - beside)
        free = (at for at in places if all(abs((at - other + 180) % 360 - 180) > clear for other in taken))
        at = next(free, places[0])
        taken.append(at)
        x1, x2 = (_CENTRE + distance * f(math.radians(at)) for f in (math.cos, math.sin))
        total = float(network.V[node] @ (x1, x2) + network.c[node])
        names.append((x1, x2, _WORDS["name"].format(node="₁₂"[node], sign=">" if total > 0 else "<" if total else "=")))
    return names


def _two_lines(first: tuple[float, float], second: tuple[float, float]) -> Network:
    nodes = np.array([hidden_node(*ends, _STEEP) for ends in (first, second)])
    return Network(V=nodes[:, :2], c=nodes[:, 2], w=np.full(2, _OUT), b=-_OUT)


START = _two_lines((294, 156), (195, 347))
"""The network at the start: its lines leave one row wrong, and training from them stops short."""

SOLUTION = _two_lines((294, 156), (114, 336))
"""A network that solves XOR: a line between each row of class 0 and the two of class 1."""


def losses_along(network: Network, place: int) -> NDArray[np.float64]:
    """Return the log loss at every value of one weight, all others held.

    Args:
        network: The network.
        place: Place of the weight among the `parameters`.

    Returns:
        The losses in nats at `WEIGHTS`.
    """
    around = np.tile(parameters(network), (len(WEIGHTS), 1))
    around[:, place] = WEIGHTS
    return np.array([network_log_loss(as_network(values), _ROWS.X, _ROWS.y) for values in around])


def take_walk(network: Network) -> NDArray[np.float64]:
    """Train a network by `STEPS` steps of gradient descent.

    Args:
        network: The network to start from.

    Returns:
        The parameters at every step, shape (STEPS + 1, 9).
    """

    def slope(values: NDArray[np.float64]) -> NDArray[np.float64]:
        found = backpropagate(as_network(values), _ROWS.X, _ROWS.y)
        return np.concatenate([found.V.ravel(), found.c, found.w, [found.b]])

    return descend(slope, parameters(network), learning_rate=RATE, n_steps=STEPS)


def _wrong(network: Network) -> NDArray[np.bool_]:
    return np.asarray((forward(network, _ROWS.X).logits > 0) != (_ROWS.y == 1))


def caption(network: Network, *, step: int, place: int) -> str:
    """Describe the state.

    Args:
        network: The network shown.
        step: The step of the training; 0 before it.
        place: Place of the chosen weight among the `parameters`.

    Returns:
        The caption.
    """
    loss = network_log_loss(network, _ROWS.X, _ROWS.y)
    now, least = fixed(loss, 4), fixed(min(loss, float(losses_along(network, place).min())), 4)
    equal = np.array_equal(network.V[0], network.V[1]) and network.c[0] == network.c[1]
    return _WORDS["caption"].format(
        when=_WORDS["trained"].format(step=step) if step else _WORDS["start"],
        loss=now,
        right=len(_ROWS.y) - int(_wrong(network).sum()),
        rows=len(_ROWS.y),
        alone=_WORDS["noGain" if least == now else "gain"].format(weight=CHOICES[place], least=least),
        equal=_WORDS["equal"] if equal else "",
    )


def contour(heights: NDArray[np.float64], xs: Sequence[float], ys: Sequence[float]) -> tuple[str, str]:
    """Return where a function on a grid is above 0, and the border of this region.

    Args:
        heights: The function, one row for each of `ys`, one column for each of `xs`.
        xs: Horizontal coordinates of the grid.
        ys: Vertical coordinates of the grid.

    Returns:
        Two SVG paths: the region, and its border in pieces, one for each cell that it crosses.

    Examples:
        >>> contour(np.array([[1.0, -1.0], [1.0, -1.0]]), [0.0, 4.0], [8.0, 0.0])
        ('M0,8L2,8L2,0L0,0z', 'M2,8L2,0')
    """
    region, border = "", ""
    for low, (bottom, top) in enumerate(itertools.pairwise(ys)):
        whole = -1  # first cell of a run that lies inside
        for left, x in enumerate(xs):
            corners = _corners(heights[low : low + 2, left : left + 2], xs[left : left + 2], (bottom, top))
            if corners and all(height > 0 for *_, height in corners):
                whole = left if whole < 0 else whole
                continue
            if whole >= 0:
                start = tenth(xs[whole])
                region += f"M{start},{tenth(bottom)}H{tenth(x)}V{tenth(top)}H{start}z"
            whole = -1
            shape = _cut(corners)
            region += f"M{'L'.join(at for at, _ in shape)}z" if shape else ""
            for (at, crosses), (other, other_crosses) in zip(shape, shape[1:] + shape[:1], strict=True):
                border += f"M{at}L{other}" if crosses and other_crosses else ""
    return region, border


_Corner = tuple[float, float, float]  # across, up, height


def _corners(heights: NDArray[np.float64], xs: Sequence[float], ys: tuple[float, float]) -> list[_Corner]:
    """Return the corners of a cell in a circle, or none to the right of the last cell."""
    if len(xs) == 1:
        return []
    return [(xs[right], ys[up], float(heights[up, right])) for right, up in ((0, 0), (1, 0), (1, 1), (0, 1))]


def _cut(corners: list[_Corner]) -> list[tuple[str, bool]]:
    """Return the corners of the part of a cell that is above 0, each with whether the border crosses the rim there."""
    shape = []
    for (x, y, height), (x2, y2, height2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if height > 0:
            shape.append((f"{tenth(x)},{tenth(y)}", False))
        if (height > 0) != (height2 > 0):
            share = height / (height - height2)
            shape.append((f"{tenth(x + share * (x2 - x))},{tenth(y + share * (y2 - y))}", True))
    return shape


def boundary(network: Network) -> tuple[str, str]:
    """Return where a network says class 1, and the border of this region, as the figure draws them.

    Args:
        network: The network.

    Returns:
        Two SVG paths.
    """
    grid = [_X1.low + k / _CELLS * (_X1.high - _X1.low) for k in range(_CELLS + 1)]
    plane = np.array([(x1, x2) for x2 in grid for x1 in grid])
    logits = forward(network, plane).logits.reshape(_CELLS + 1, _CELLS + 1)
    return contour(logits, [_X1(v) for v in grid], [_X2(v) for v in grid])


def explore_network() -> Explorable:
    """Return the figure: the plane with two lines and the boundary, the loss along one weight, and that of training.

    Returns:
        The explorable in its default state: the network `START` before the first step, along the first of `CHOICES`.

    Examples:
        >>> explore_network().element
        'lr-network'
    """
    loss = network_log_loss(START, _ROWS.X, _ROWS.y)
    return Explorable(
        name="network",
        question=_LABELS["question"],
        panels={"a": _plane_panel(START), "b": _weight_panel(START, loss), "c": _training_panel(loss)},
        layout=("ab", "ac"),
        views=tuple((letters, _LABELS[letters]) for letters in ("ab", "ac")),
        help=_LABELS["help"].format(rate=RATE),
        controls=_controls(START, loss),
        caption=caption(START, step=0, place=_PLACE),
        data=_data(),
    )


def _data() -> dict[str, Any]:
    return {
        "x": _ROWS.X.tolist(),
        "y": _ROWS.y.astype(int).tolist(),
        "start": parameters(START).tolist(),
        "solution": parameters(SOLUTION).tolist(),
        "weights": WEIGHTS,
        "place": _PLACE,
        "names": CHOICES,
        "rate": RATE,
        "steps": STEPS,
        "cells": _CELLS,
        "disc": [_CENTRE, _CENTRE, _RADIUS],
        "nameAt": _NAME_AT,
        "axes": {
            "x1": _X1.json(),
            "x2": _X2.json(),
            "weight": _WEIGHT.json(),
            "height": _HEIGHT.json(),
            "step": _STEP.json(),
        },
        "words": _WORDS,
    }


def _on_rim(degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return _X1(_CENTRE + _RADIUS * math.cos(angle)), _X2(_CENTRE + _RADIUS * math.sin(angle))


def _plane_panel(network: Network) -> Panel:
    region, border = boundary(network)
    middle = f'cx="{tenth(_X1(_CENTRE))}" cy="{tenth(_X2(_CENTRE))}" r="{tenth(_X1(_CENTRE + _RADIUS) - _X1(_CENTRE))}"'
    drawn, rings = "", ""
    for node, (v1, v2, c) in enumerate(np.column_stack((network.V, network.c)).tolist()):
        first, last = line_ends(v1, v2, c)
        (x, y), (x2, y2) = _on_rim(first), _on_rim(last)
        knob = f'<circle class="x-knob" r="9"/><text class="x-name x-mid" y="4.6">{node + 1}</text>'
        drawn += line("x-cut", f"line{node}", points([x, x2], [y, y2]))
        rings += handle(f"ring{2 * node}", x, y, knob) + handle(f"ring{2 * node + 1}", x2, y2, knob)
    names = "".join(
        f'<text class="x-halo x-mid" data-x="side{node}" x="{tenth(_X1(x1))}" y="{tenth(_X2(x2) + 4)}">'
        f"{escape(name)}</text>"
        for node, (x1, x2, name) in enumerate(node_names(network))
    )
    body = (
        f'<defs><clipPath id="@id@-disc"><circle {middle}/></clipPath></defs>'
        + x_axis(_X1, _X2, (0, 1), _LABELS["x1"])
        + y_axis(_X1, _X2, (0, 1), _LABELS["x2"])
        + f'<g clip-path="url(#@id@-disc)"><path class="x-says" data-x="region" d="{region}"/>'
        f'<path class="x-model" data-x="border" d="{border}"/></g><circle class="x-grid" {middle}/>{drawn}'
        f'<path class="x-wrong" data-x="wrong" d="{_marks(_wrong(network))}"/>'
        f'<path class="x-one" d="{_marks(_ROWS.y == 1)}"/>'
        f'<path class="x-zero" d="{_marks(_ROWS.y == 0)}"/>{names}{rings}'
    )
    return Panel(width=320, height=302, body=body, label=_LABELS["plane panel"], handles=True)


def _marks(rows: NDArray[np.bool_]) -> str:
    return "".join(f"M{tenth(_X1(a))},{tenth(_X2(b))}h0" for a, b in _ROWS.X[rows].tolist())


def _weight_panel(network: Network, loss: float) -> Panel:
    value = float(parameters(network)[_PLACE])
    curve = points([_WEIGHT(v) for v in WEIGHTS], [_HEIGHT(v) for v in losses_along(network, _PLACE).tolist()])
    knob = '<circle class="x-knob" r="8"/><circle class="x-now" data-x="pointNow" r="4.5"/>'
    body = (
        f"<defs>{clip('weight', _WEIGHT, _HEIGHT)}</defs>"
        + x_axis(_WEIGHT, _HEIGHT, range(-10, 11, 5), "")
        + f'<text class="x-name x-end" data-x="along" x="{_RIGHT}" y="{_HEIGHT.start + 30:g}">{CHOICES[_PLACE]}</text>'
        + y_axis(_WEIGHT, _HEIGHT, (0, 1, 2), _LABELS["loss"])
        + f'<g clip-path="url(#@id@-weight)">{line("x-model", "curve", curve)}</g>'
        + handle("point", _WEIGHT(value), _HEIGHT(loss), knob)
    )
    return Panel(width=320, height=150, body=body, label=_LABELS["weight panel"], handles=True)


def _training_panel(loss: float) -> Panel:
    at = tenth(_STEP(0)), tenth(_HEIGHT(loss))
    levels = ""
    for level, name, below in ((math.log(2), _LABELS["log 2"], -4), (math.log(2) / 2, _LABELS["half"], 12)):
        y = tenth(_HEIGHT(level))
        levels += (
            f'<path class="x-floor" d="M{_LEFT},{y}H{_RIGHT}"/>'
            f'<text class="x-halo x-end" x="{_RIGHT}" y="{tenth(_HEIGHT(level) + below)}">{name}</text>'
        )
    body = (
        f"<defs>{clip('training', _STEP, _HEIGHT)}</defs>"
        + x_axis(_STEP, _HEIGHT, range(0, STEPS + 1, 50), _LABELS["step"])
        + y_axis(_STEP, _HEIGHT, (0, 1, 2), _LABELS["loss"])
        + levels
        + f'<g clip-path="url(#@id@-training)">{line("x-model", "fall", ",".join(at))}</g>'
        f'<circle class="x-now" data-x="fallNow" cx="{at[0]}" cy="{at[1]}" r="5.5"/>'
    )
    return Panel(width=320, height=150, body=body, label=_LABELS["training panel"])


def _controls(network: Network, loss: float) -> str:
    value = fixed(float(parameters(network)[_PLACE]), 2)
    nearest = int(np.abs(np.array(WEIGHTS) - parameters(network)[_PLACE]).argmin())
    weight = slider(
        "value",
        _LABELS["value"],
        highest=len(WEIGHTS) - 1,
        value=nearest,
        shown=value,
        spoken=_WORDS["is"].format(value=value, loss=fixed(loss, 4)),
    )
    step = slider("step", _LABELS["step"], highest=STEPS, value=0, shown="0")
    choice = radios("weight", _LABELS["weight"], [(str(key), name) for key, name in CHOICES.items()])
    buttons = "".join(
        button(name, _LABELS[label])
        for name, label in (("play", "train"), ("equal", "equal"), ("solve", "solve"), ("reset", "reset"))
    )
    return f'{choice}{weight}{step}<div class="x-buttons">{buttons}</div>'
