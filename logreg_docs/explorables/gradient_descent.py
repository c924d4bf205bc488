r"""Interactive gradient descent: choose the start on the map of the log loss, the learning rate and the unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs.datasets import SUBJECT, Students, load_students
from logreg_docs.explorables.base import Explorable, button, radios, slider
from logreg_docs.explorables.draw import (
    Panel,
    Scale,
    clip,
    fixed,
    handle,
    line,
    outlines,
    points,
    tenth,
    x_axis,
    y_axis,
)
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.learning_rate import learning_rate_limit
from logreg_docs.log_loss import log_loss_hessian, pointwise_log_loss
from logreg_docs.newton import fit_newton
from logreg_docs.scaling import standardise
from logreg_docs.sigmoid import predict_probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "RATES",
    "SETTLED",
    "STEPS",
    "World",
    "caption",
    "describe_walk",
    "explore_gradient_descent",
    "make_worlds",
    "map_axes",
    "take_walk",
]

STEPS = 60
"""Number of steps of gradient descent."""

_SERIES = (10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30, 33, 36, 39, 43, 47, 51, 56, 62, 68, 75, 82, 91)
RATES = tuple(float(f"{digits}e{power}") for power in (-3, -2, -1, 0) for digits in _SERIES)[:-4]
"""The learning rates of the slider, evenly spaced on a logarithmic scale."""

SETTLED = 0.001
"""Gradient descent has settled once its log loss stays within this many nats of the minimum."""

_LABELS = {
    "question": "The walk below starts at the ring and settles. Raise the learning rate past the marked limit: what "
    "will the walk do, fly off or something else?",
    "help": "An orange bar is a student’s error p\N{NO-BREAK SPACE}−\N{NO-BREAK SPACE}y, "
    "and the dashed line is the boundary.",
    "w": "weight w",
    "b": "intercept b",
    "lowest": "lowest loss",
    "start": "start",
    "hours": SUBJECT.feature,
    "pass": f"P({SUBJECT.outcomes[1]})",
    "step": "step",
    "loss": "log loss",
    "eta": "learning rate η",
    "unit": SUBJECT.units,
    "standardised": "standardised",
    "raw": "as they are",
    "play": "Play",
    "reset": "Reset",
    "ac": "map and loss",
    "ab": "map and curve",
    "map panel": "Map of the log loss over weight and intercept, with the path of gradient descent.",
    "model panel": "Students by hours of study, passed above and failed below, with the fitted sigmoid and its errors.",
    "loss panel": "Log loss in nats at every step, on a logarithmic scale.",
}
_WORDS = {
    "straight": "straight downhill, settled from step {from} on",
    "slow": "downhill at every step, but {gap} nats above the lowest after {n} steps",
    "zigzag": "turns back at {turns} of {n} steps, and still settles from step {from} on",
    "passing": "turns back at {turns} of {n} steps and is near the lowest from step {from} on, but above the limit no "
    "walk stays there",
    "wander": "turns back at {turns} of {n} steps, and is {gap} nats above the lowest at the end",
    "far": "the loss rises at {rises} of {n} steps, for the walls out there bend more sharply than the bottom, where "
    "the limit holds",
    "bounce": "jumps from wall to wall: the loss rises at {rises} of {n} steps, yet never above {top} nats",
    "caption": "Learning rate {eta}: {verdict}. After step {step}: log loss {loss}, lowest {best}.{off}",
    "off": " The walk is off the map.",
    "limit": "limit {limit}",
    "rate": "{eta}, {share} of the limit {limit}",
    "one": "Step",
    "again": "To step 0",
    "start": "Start of the walk",
    "at": "w {w}, b {b}",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """The students' data in one unit of hours, with the minimum of its log loss.

    Args:
        key: Short name.
        mean: Subtracted from the hours.
        scale: By which the hours are divided.
        x: The feature, shape (n_samples,).
        y: Whether they passed, shape (n_samples,).
        best: Weight, intercept and log loss of the minimum.
        limit: Learning rate up to which gradient descent converges near the minimum.
        start: Default weight and intercept of the start.
        w_range: Weights on the map.
        b_range: Intercepts on the map.
    """

    key: str
    mean: float
    scale: float
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    best: tuple[float, float, float]
    limit: float
    start: tuple[float, float]
    w_range: tuple[float, float]
    b_range: tuple[float, float]


def make_worlds(students: Students) -> tuple[World, World]:
    """Return the data with standardised hours and with raw hours.

    Args:
        students: The data.

    Returns:
        Standardised first.
    """
    hours = students.hours.reshape(-1, 1)
    scaled = standardise(hours)

    def world(X: NDArray[np.float64], **rest: Any) -> World:
        fit = fit_newton(X, students.passed)
        best = float(fit.w[0]), float(fit.b), float(fit.log_loss[-1])
        return World(x=X[:, 0], y=students.passed, best=best, limit=learning_rate_limit(X, fit.w, fit.b), **rest)

    return (
        world(
            scaled.X,
            key="standardised",
            mean=float(scaled.mean[0]),
            scale=float(scaled.scale[0]),
            start=(-1.5, 3.0),
            w_range=(-3.0, 8.0),
            b_range=(-5.0, 5.0),
        ),
        world(
            hours,
            key="raw",
            mean=0.0,
            scale=1.0,
            start=(2.0, -4.0),
            w_range=(-1.5, 3.0),
            b_range=(-10.0, 6.0),
        ),
    )


def describe_walk(
    w: NDArray[np.float64],
    b: NDArray[np.float64],
    loss: NDArray[np.float64],
    lowest: float,
    *,
    below_limit: bool = False,
) -> str:
    """Describe a run of gradient descent by its steps.

    The limit holds near the minimum. A step below the limit that raises the loss has crossed a region of more
    curvature.

    Args:
        w: Weights visited, shape (n + 1,).
        b: Intercepts visited, shape (n + 1,).
        loss: Log loss at each point in nats, shape (n + 1,).
        lowest: Log loss of the minimum.
        below_limit: Whether the learning rate is below the limit.

    Returns:
        A part of a sentence. A step *turns back* where it points against the step before it.

    Examples:
        >>> describe_walk(np.array([4.0, 2.0, 1.0]), np.zeros(3), np.array([4.0, 2.0, 1.0]), 0.5)
        'downhill at every step, but 0.5000 nats above the lowest after 2 steps'
    """
    n = len(loss) - 1
    steps = np.column_stack((np.diff(w), np.diff(b)))
    turns = int(np.sum(np.sum(steps[1:] * steps[:-1], axis=1) < 0))
    rises = int(np.sum(np.diff(loss) > _ROUNDING))
    far = np.flatnonzero(loss - lowest > SETTLED)
    since = int(far[-1]) + 1 if far.size else 0
    if since <= n:
        kind = "straight" if not turns else "zigzag" if below_limit else "passing"
    elif rises > n / _ONE_RISE_IN:
        kind = "far" if below_limit else "bounce"
    else:
        kind = "wander" if turns else "slow"
    gap, top = fixed(float(loss[-1]) - lowest, 4), fixed(float(loss.max()), 2)
    return _WORDS[kind].format(**{"from": since, "n": n, "turns": turns, "rises": rises, "gap": gap, "top": top})


_ROUNDING = 1e-9  # nats; smaller rises are rounding errors
_ONE_RISE_IN = 6  # a run whose loss rises at more than a sixth of its steps does not descend

_LEFT, _RIGHT = 44, 312
_LOW_W, _HIGH_B = 236, 8
_HOURS = Scale(0, 10, _LEFT, _RIGHT)
_PASS = Scale(-0.06, 1.06, 110, 8)
_STEP = Scale(0, STEPS, _LEFT, _RIGHT)
_LOSS = Scale(math.log10(0.3), math.log10(30), 72, 8)
_LOSS_TICKS = (0.3, 1, 3, 10, 30)
_PIECES = 40  # pieces of the sigmoid curve
_FAR = 3000  # coordinates beyond this are outside every clip path


def caption(world: World, *, eta: float, step: int, walk: dict[str, NDArray[np.float64]]) -> str:
    """Describe the state.

    Args:
        world: The data in one unit.
        eta: Learning rate.
        step: The step shown.
        walk: `w`, `b` and `loss` of every step.

    Returns:
        The caption.
    """
    w, b, loss = (float(walk[name][step]) for name in ("w", "b", "loss"))
    inside = world.w_range[0] <= w <= world.w_range[1] and world.b_range[0] <= b <= world.b_range[1]
    return _WORDS["caption"].format(
        eta=f"{eta:g}",
        verdict=describe_walk(walk["w"], walk["b"], walk["loss"], world.best[2], below_limit=eta < world.limit),
        step=step,
        loss=fixed(loss, 4),
        best=fixed(world.best[2], 4),
        off="" if inside else _WORDS["off"],
    )


def map_axes(world: World) -> tuple[Scale, Scale]:
    """Return the axes of the map.

    Args:
        world: The data in one unit.

    Returns:
        The axis of the weight and that of the intercept.
    """
    return Scale(*world.w_range, _LEFT, _RIGHT), Scale(*world.b_range, _LOW_W, _HIGH_B)


def take_walk(world: World, start: tuple[float, float], eta: float) -> dict[str, NDArray[np.float64]]:
    """Run gradient descent for `STEPS` steps.

    Args:
        world: The data in one unit.
        start: Weight and intercept to start from.
        eta: Learning rate.

    Returns:
        `w`, `b` and `loss` of every step, shape (STEPS + 1,).
    """
    history = fit_gradient_descent(
        world.x.reshape(-1, 1), world.y, learning_rate=eta, n_steps=STEPS, w_start=[start[0]], b_start=start[1]
    ).history
    return {"w": history.w[:, 0], "b": history.b, "loss": history.log_loss}


def explore_gradient_descent(students: Students | None = None) -> Explorable:
    """Return the figure: the path on a map of the log loss, the model at one step, and the loss at every step.

    Args:
        students: The data; those of the chapters where it is None.

    Returns:
        The explorable in its default state: standardised hours, learning rate 1, the last step.

    Examples:
        >>> explore_gradient_descent().name
        'gradient_descent'
    """
    data = load_students() if students is None else students
    worlds = make_worlds(data)
    world, rate = worlds[0], RATES.index(1.0)
    walk = take_walk(world, world.start, RATES[rate])
    return Explorable(
        name="gradient_descent",
        question=_LABELS["question"],
        panels={"a": _map_panel(worlds, walk), "b": _model_panel(data, world, walk), "c": _loss_panel(world, walk)},
        layout=("ab", "ac"),
        views=tuple((letters, _LABELS[letters]) for letters in ("ac", "ab")),
        help=_LABELS["help"],
        controls=_controls(worlds, rate),
        caption=caption(world, eta=RATES[rate], step=STEPS, walk=walk),
        data=_data(data, worlds),
    )


def _data(students: Students, worlds: tuple[World, World]) -> dict[str, Any]:
    return {
        "steps": STEPS,
        "rates": RATES,
        "settled": SETTLED,
        "rounding": _ROUNDING,
        "many": _ONE_RISE_IN,
        "far": _FAR,
        "pieces": _PIECES,
        "hours": students.hours.tolist(),
        "y": students.passed.astype(int).tolist(),
        "axes": {"hours": _HOURS.json(), "pass": _PASS.json(), "step": _STEP.json(), "loss": _LOSS.json()},
        "worlds": [
            {
                "key": world.key,
                "mean": world.mean,
                "scale": world.scale,
                "best": world.best,
                "limit": world.limit,
                "mark": _slider_position(world.limit),
                "start": world.start,
                "w": map_axes(world)[0].json(),
                "b": map_axes(world)[1].json(),
            }
            for world in worlds
        ],
        "words": _WORDS,
    }


def _slider_position(limit: float) -> float:
    """Return the position of a learning rate on the slider, from 0 to 1."""
    places = np.interp(math.log(limit), np.log(RATES), np.arange(len(RATES)))
    return round(float(places) / (len(RATES) - 1), 4)


def _boundary(world: World, w: float, b: float) -> float:
    """Return the decision boundary in hours, or nan if it is not on the axis."""
    hours = world.mean - b / w * world.scale if w else math.nan
    return hours if _HOURS.low <= hours <= _HOURS.high else math.nan


def _areas(world: World) -> str:
    """Return the regions below nine levels of the log loss."""
    w, b, lowest = world.best
    values, vectors = np.linalg.eigh(log_loss_hessian(world.x.reshape(-1, 1), [w], b))

    def heights(ws: NDArray[np.float64], bs: NDArray[np.float64]) -> NDArray[np.float64]:
        logits = np.outer(world.x, ws) + bs
        losses = pointwise_log_loss(logits.ravel(), np.repeat(world.y, ws.size))
        return np.asarray(losses.reshape(logits.shape).mean(axis=0))

    levels = [lowest + rise for rise in (0.01, 0.04, 0.1, 0.2, 0.4, 0.75, 1.3, 2.1, 3.2)]
    return outlines(heights, (w, b), vectors / np.sqrt(values), levels, axes=map_axes(world))


def _map_panel(worlds: tuple[World, World], walk: dict[str, NDArray[np.float64]]) -> Panel:
    across, up = map_axes(worlds[0])
    maps = ""
    for world, w_ticks, b_ticks in zip(
        worlds, (range(-2, 9, 2), range(-1, 4)), (range(-4, 5, 2), range(-9, 7, 3)), strict=True
    ):
        w, b = map_axes(world)
        x, y = w(world.best[0]), b(world.best[1])
        maps += (
            f'<g data-x="{world.key}"{" hidden" if world is not worlds[0] else ""}>'
            f'<g clip-path="url(#@id@-map)">{_areas(world)}</g>'
            + x_axis(w, b, w_ticks, _LABELS["w"])
            + y_axis(w, b, b_ticks, _LABELS["b"])
            + f'<circle class="x-best" cx="{tenth(x)}" cy="{tenth(y)}" r="8"/>'
            f'<text class="x-halo x-mid" x="{tenth(x)}" y="{tenth(y + 26)}">{_LABELS["lowest"]}</text></g>'
        )
    xs, ys = _clamped(walk["w"], across), _clamped(walk["b"], up)
    ring = f'<circle class="x-knob" r="8"/><text class="x-halo" x="13" y="-9">{_LABELS["start"]}</text>'
    start = handle("start", xs[0], ys[0], ring)
    dot = '<marker id="@id@-dot" viewBox="-3 -3 6 6" markerWidth="5" markerHeight="5" markerUnits="userSpaceOnUse">'
    body = (
        f'<defs>{clip("map", across, up)}{dot}<circle class="x-dot" r="2.6"/></marker></defs>{maps}'
        f'<g clip-path="url(#@id@-map)"><polyline class="x-path" data-x="path" points="{points(xs, ys)}" '
        'marker-start="url(#@id@-dot)" marker-mid="url(#@id@-dot)" marker-end="url(#@id@-dot)"/></g>'
        f'<circle class="x-now" data-x="now" cx="{tenth(xs[-1])}" cy="{tenth(ys[-1])}" r="5.5"/>{start}'
    )
    return Panel(width=320, height=274, body=body, label=_LABELS["map panel"], handles=True)


def _clamped(values: NDArray[np.float64], axis: Scale) -> list[float]:
    return [min(max(axis(value), -_FAR), _FAR) for value in values.tolist()]


def _model_panel(students: Students, world: World, walk: dict[str, NDArray[np.float64]]) -> Panel:
    w, b = float(walk["w"][-1]), float(walk["b"][-1])

    def chances(hours: NDArray[np.float64]) -> NDArray[np.float64]:
        return predict_probabilities(((hours - world.mean) / world.scale).reshape(-1, 1), [w], b)

    grid = np.linspace(_HOURS.low, _HOURS.high, _PIECES + 1)
    curve = points([_HOURS(h) for h in grid.tolist()], [_PASS(p) for p in chances(grid).tolist()])
    errors = "".join(
        f"M{tenth(_HOURS(h))},{tenth(_PASS(y))}V{tenth(_PASS(p))}"
        for h, y, p in zip(
            students.hours.tolist(), students.passed.tolist(), chances(students.hours).tolist(), strict=True
        )
    )
    dots = "".join(
        f'<path class="x-{name}" d="{"".join(f"M{tenth(_HOURS(h))},{tenth(_PASS(y))}h0" for h in hours.tolist())}"/>'
        for name, y, hours in (
            ("one", 1, students.hours[students.passed == 1]),
            ("zero", 0, students.hours[students.passed == 0]),
        )
    )
    cut = _boundary(world, w, b)
    body = (
        x_axis(_HOURS, _PASS, range(0, 11, 2), _LABELS["hours"])
        + y_axis(_HOURS, _PASS, (0, 0.5, 1), _LABELS["pass"])
        + f'<path class="x-error" data-x="errors" d="{errors}"/>'
        f'<path class="x-cut" data-x="cut" d="{"" if math.isnan(cut) else _boundary_line(cut)}"/>'
        + line("x-model", "curve", curve)
        + dots
    )
    return Panel(width=320, height=150, body=body, label=_LABELS["model panel"])


def _boundary_line(hours: float) -> str:
    return f"M{tenth(_HOURS(hours))},{tenth(_PASS.start)}V{tenth(_PASS.stop)}"


def _loss_panel(world: World, walk: dict[str, NDArray[np.float64]]) -> Panel:
    xs = [_STEP(k) for k in range(STEPS + 1)]
    ys = [_LOSS(min(math.log10(v), 4)) for v in walk["loss"].tolist()]
    lowest = tenth(_LOSS(math.log10(world.best[2])))
    logs = {math.log10(tick): f"{tick:g}" for tick in _LOSS_TICKS}
    body = (
        f"<defs>{clip('loss', _STEP, _LOSS)}</defs>"
        + x_axis(_STEP, _LOSS, range(0, STEPS + 1, 10), _LABELS["step"])
        + y_axis(_STEP, _LOSS, logs, _LABELS["loss"], logs)
        + f'<path class="x-floor" d="M{_LEFT},{lowest}H{_RIGHT}"/>'
        f'<g clip-path="url(#@id@-loss)">{line("x-model", "loss", points(xs, ys))}</g>'
        f'<circle class="x-now" data-x="lossNow" cx="{tenth(xs[-1])}" cy="{tenth(ys[-1])}" r="5.5"/>'
    )
    return Panel(width=320, height=112, body=body, label=_LABELS["loss panel"])


def _controls(worlds: tuple[World, World], rate: int) -> str:
    limit = worlds[0].limit
    mark = (
        f'<span class="x-mark" aria-hidden="true" data-x="limit" style="--at: {_slider_position(limit)};">'
        f"{_WORDS['limit'].format(limit=fixed(limit, 2))}</span>"
    )
    share = _WORDS["rate"].format(eta=f"{RATES[rate]:g}", share=fixed(RATES[rate] / limit, 2), limit=fixed(limit, 2))
    eta = slider(
        "eta", _LABELS["eta"], highest=len(RATES) - 1, value=rate, shown=f"{RATES[rate]:g}", spoken=share, more=mark
    )
    step = slider("step", _LABELS["step"], highest=STEPS, value=STEPS, shown=str(STEPS))
    buttons = button("play", _LABELS["play"]) + button("one", _WORDS["again"]) + button("reset", _LABELS["reset"])
    choice = radios("world", _LABELS["unit"], [(world.key, _LABELS[world.key]) for world in worlds])
    return f'{choice}{eta}{step}<div class="x-buttons">{buttons}</div>'
