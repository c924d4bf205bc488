r"""Interactive log loss: one row under log loss and squared error, then the losses of all students and their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs.datasets import SUBJECT, Students, load_students
from logreg_docs.explorables.base import Explorable, button, radios, slider
from logreg_docs.explorables.draw import Panel, Scale, clip, fixed, handle, line, points, tenth, x_axis, y_axis
from logreg_docs.log_loss import (
    log_loss,
    log_loss_logit_gradient,
    pointwise_log_loss,
    squared_error,
    squared_error_gradient,
)
from logreg_docs.newton import fit_newton
from logreg_docs.sigmoid import logit, sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BOUNDARIES",
    "LOGITS",
    "WEIGHTS",
    "PointCosts",
    "State",
    "caption",
    "cost_point",
    "cost_students",
    "draw_panels",
    "explore_log_loss",
    "stack",
]

# By slider: the first value in steps, steps per unit, number of values.
_LISTS = {"z": (-60, 10, 121), "c": (0, 10, 101), "w": (-20, 20, 81)}


def _slider_values(name: str) -> tuple[float, ...]:
    first, parts, places = _LISTS[name]
    return tuple((first + place) / parts for place in range(places))


LOGITS = _slider_values("z")
"""The logits of the slider of the one row."""

BOUNDARIES = _slider_values("c")
"""The boundaries of the slider, in hours."""

WEIGHTS = _slider_values("w")
"""The weights of the slider, in nats per hour."""

_LABELS = {
    "question": "The row at the ring is undecided. Drag the ring to the left, until the model is sure and wrong: which "
    "of the two losses pulls harder there?",
    "help": "Ticks: the students with this label, at their logits. Bars with an arrowhead go on.",
    "probability": "probability p",
    "logit": "logit z",
    "cost": "cost",
    "slope": "size of slope",
    "lossName": "log loss",
    "errorName": "squared error",
    "hours": SUBJECT.feature,
    "pass": f"P({SUBJECT.outcomes[1]})",
    "bars": "cost, nats",
    "mean": "nats per row",
    "best": "best fit",
    "base": "base rate",
    "boundary": f"boundary, {SUBJECT.symbol}",
    "weight": "weight w",
    "label": "label of the row",
    "label 1": "y = 1",
    "label 0": "y = 0",
    "reset": "Reset",
    "a": "one row",
    "bc": "all students",
    "point panel": "Above, log loss and squared error of one row over its logit, with tangents at the point. Below, "
    "the sizes of both slopes.",
    "model panel": "Above, the students by hours of study with their sigmoid curve; its two rings set the boundary and "
    "the weight. Below, a bar for each: minus the logarithm of the probability that the curve gave to what happened. A "
    "dashed line marks the mean.",
    "stack panel": "The bars of all students end to end, divided by their number: the stack is as long as the log "
    "loss.",
}
_WORDS = {
    "caption": "Label {y}, p = {p}: {verdict}. Slope of the log loss {slope}, of the squared error {bend}: log loss "
    "pulls {times} times as hard. The students’ log loss is {mean}, {above} above the best fit.",
    "wrong": "sure and wrong",
    "unsure": "not sure",
    "right": "sure and right",
    "sum": f"{SUBJECT.outcomes[0]} {{failed}} + {SUBJECT.outcomes[1]} {{passed}} = log loss {{mean}}",
    "knob": "Logit of the one row",
    "cut": "Boundary of the students' model",
    "tilt": "Weight of the students' model",
    "logit": "logit {z}, p {p}, log loss {loss}",
    "hours": f"{{c}} {SUBJECT.units}",
    "weight": "w {w}",
}
_CONFIDENT = 0.1  # a row with a smaller probability of its label is confidently wrong

_Z = Scale(-6, 6, 44, 312)
_COST = Scale(0, 6, 156, 8)
_PULL = Scale(0, 1, 282, 196)
_HOURS = Scale(0, 10, 44, 312)
_PASS = Scale(-0.06, 1.06, 88, 8)
_BAR = Scale(0, 4, 176, 100)
_MEAN = Scale(0, 1.2, 12, 312)
_TOP, _BOTTOM = 18, 42  # of the stacked bar
_PIECES = 48  # of each curve
_TANGENT = 2  # half its length, in nats
_BAR_DISTANCE = 2.9  # smallest distance of two bars
_REACH = 1.5  # hours from the boundary to the weight's handle
_TICK = 7
_NAMES = {"lossName": -2.3, "errorName": -4.4}  # logits where the curves of label 1 have room for their labels
_FAR = 1000  # coordinates beyond this are outside every clip path


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state that the controls set.

    Args:
        y: Label of the one row.
        z: Its logit.
        c: Boundary of the students' model, in hours.
        w: Its weight, in nats per hour.
    """

    y: int = 1
    z: float = 0.0
    c: float = 5.4
    w: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCosts:
    """Both losses of one row and their derivatives.

    Args:
        p: Probability of label 1.
        loss: Log loss in nats.
        error: Squared error.
        slope: Derivative of the log loss by the logit.
        bend: Derivative of the squared error by the logit.
    """

    p: float
    loss: float
    error: float
    slope: float
    bend: float


def cost_point(z: float, y: int) -> PointCosts:
    """Compute both losses of one row and their derivatives.

    Args:
        z: Logit.
        y: Label, 0 or 1.

    Returns:
        The costs.

    Examples:
        >>> cost_point(0.0, 1).slope, cost_point(0.0, 1).bend
        (-0.5, -0.25)
    """
    return PointCosts(
        p=float(sigmoid(z)),
        loss=log_loss([z], [y]),
        error=squared_error([z], [y]),
        slope=float(log_loss_logit_gradient([z], [y])[0]),
        bend=float(squared_error_gradient([z], [y])[0]),
    )


def cost_students(students: Students, c: float, w: float) -> NDArray[np.float64]:
    """Return the log loss of every student.

    Args:
        students: The data.
        c: Boundary in hours.
        w: Weight in nats per hour.

    Returns:
        Losses in nats, shape (n_samples,).
    """
    return pointwise_log_loss(w * (students.hours - c), students.passed)


def stack(students: Students, losses: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return where the segments of the stacked bar begin, those of label 0 first.

    Args:
        students: The data.
        losses: Log loss of every student.

    Returns:
        Start of every student's segment in nats of the mean, shape (n_samples,), and the total of label 0.
    """
    starts = np.zeros(losses.size)
    at = 0.0
    parts = []
    for label in (0, 1):
        for i in np.flatnonzero(students.passed == label):
            starts[i] = at
            at += float(losses[i]) / losses.size
        parts.append(at)
    return starts, parts[0]


def caption(students: Students, state: State) -> str:
    """Describe the state.

    Args:
        students: The data.
        state: State of the controls.

    Returns:
        The caption.
    """
    row = cost_point(state.z, state.y)
    observed = row.p if state.y else float(sigmoid(-state.z))
    verdict = "wrong" if observed < _CONFIDENT else "right" if observed > 1 - _CONFIDENT else "unsure"
    mean = float(cost_students(students, state.c, state.w).mean())
    return _WORDS["caption"].format(
        y=state.y,
        p=fixed(row.p, 3),
        verdict=_WORDS[verdict],
        slope=fixed(row.slope, 3),
        bend=fixed(row.bend, 3),
        times=fixed(row.slope / row.bend, 1),
        mean=fixed(mean, 4),
        above=fixed(mean - _references(students)[0], 4),
    )


def explore_log_loss(students: Students | None = None) -> Explorable:
    """Return the figure: one row under two losses, the students' model, and their losses as a stacked bar.

    Args:
        students: The data; those of the chapters where it is None.

    Returns:
        The explorable in its default state: an undecided row of label 1, boundary 5.4 hours, weight 1.

    Examples:
        >>> explore_log_loss().name
        'log_loss'
    """
    data = load_students() if students is None else students
    state = State()
    return Explorable(
        name="log_loss",
        question=_LABELS["question"],
        panels=draw_panels(data, state),
        layout=("ab", "ac"),
        views=tuple((letters, _LABELS[letters]) for letters in ("a", "bc")),
        help=_LABELS["help"],
        controls=_controls(state),
        caption=caption(data, state),
        data=_data(data),
    )


def draw_panels(students: Students, state: State) -> dict[str, Panel]:
    """Draw a state.

    Args:
        students: The data.
        state: State of the controls.

    Returns:
        The one row, the students' model and the stacked bar of their losses, by grid area.
    """
    return {"a": _point_panel(students, state), "b": _model_panel(students, state), "c": _stack_panel(students, state)}


def _references(students: Students) -> tuple[float, float]:
    """Return the log loss of the fitted model and of the base rate."""
    fit = fit_newton(students.hours.reshape(-1, 1), students.passed)
    constant = np.full(students.passed.size, logit(float(students.passed.mean())))
    return float(fit.log_loss[-1]), log_loss(constant, students.passed)


def _bar_places(students: Students) -> list[float]:
    """Return the horizontal place of each bar: its hours, or further right if it would cover the bar before."""
    places: list[float] = []
    for hours in students.hours.tolist():
        place = _HOURS(hours)
        places.append(max(place, places[-1] + _BAR_DISTANCE) if places else place)
    return [round(place, 1) for place in places]


def _data(students: Students) -> dict[str, Any]:
    return {
        "lists": _LISTS,
        "hours": students.hours.tolist(),
        "y": students.passed.astype(int).tolist(),
        "bars": _bar_places(students),
        "best": _references(students)[0],
        "sure": _CONFIDENT,
        "pieces": _PIECES,
        "tangent": _TANGENT,
        "reach": _REACH,
        "tick": _TICK,
        "far": _FAR,
        "names": _NAMES,
        "stack": [_TOP, _BOTTOM],
        "axes": {
            "z": _Z.json(),
            "cost": _COST.json(),
            "pull": _PULL.json(),
            "hours": _HOURS.json(),
            "pass": _PASS.json(),
            "bar": _BAR.json(),
            "mean": _MEAN.json(),
        },
        "words": _WORDS,
    }


def _tangent(z: float, height: float, slope: float) -> str:
    xs = [_Z(z - _TANGENT), _Z(z + _TANGENT)]
    return points(xs, [_COST(height - slope * _TANGENT), _COST(height + slope * _TANGENT)])


def _dot(name: str, x: float, y: float, *, radius: float = 5, off: bool = False) -> str:
    return (
        f'<circle class="x-{"off" if off else "now"}" data-x="{name}" cx="{tenth(x)}" cy="{tenth(y)}" r="{radius:g}"/>'
    )


def _ticks(students: Students, state: State) -> str:
    logits = state.w * (students.hours[students.passed == state.y] - state.c)
    inside = logits[(logits >= _Z.low) & (logits <= _Z.high)]
    return "".join(f"M{tenth(_Z(z))},{tenth(_COST.start)}v{-_TICK}" for z in inside.tolist())


def _point_panel(students: Students, state: State) -> Panel:
    grid = np.linspace(_Z.low, _Z.high, _PIECES + 1)
    rows = [cost_point(z, state.y) for z in grid.tolist()]
    row, xs = cost_point(state.z, state.y), [_Z(z) for z in grid.tolist()]

    def curve(classes: str, name: str, axis: Scale, what: str) -> str:
        return line(classes, name, points(xs, [axis(abs(getattr(row, what))) for row in rows]))

    zs = (-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0)
    chances = {z: fixed(float(sigmoid(z)), 3 if z in zs[::6] else 2) for z in zs}
    at = _Z(state.z)
    body = (
        f"<defs>{clip('cost', _Z, _COST)}</defs>"
        + x_axis(_Z, _COST, zs, _LABELS["probability"], chances)
        + y_axis(_Z, _COST, (0, 2, 4, 6), _LABELS["cost"])
        + x_axis(_Z, _PULL, zs, _LABELS["logit"])
        + y_axis(_Z, _PULL, (0, 0.5, 1), _LABELS["slope"])
        + f'<path class="x-path" data-x="ticks" d="{_ticks(students, state)}"/>'
        + '<g clip-path="url(#@id@-cost)">'
        + curve("x-model", "loss", _COST, "loss")
        + curve("x-rival", "error", _COST, "error")
        + line("x-cut", "lossTangent", _tangent(state.z, row.loss, row.slope))
        + line("x-cut", "errorTangent", _tangent(state.z, row.error, row.bend))
        + "</g>"
        + curve("x-model", "lossPull", _PULL, "slope")
        + curve("x-rival", "errorPull", _PULL, "bend")
        + f'<path class="x-floor" data-x="at" d="M{tenth(at)},{_COST.stop}V{_PULL.start}"/>'
        + "".join(
            f'<text class="x-halo x-mid" data-x="{name}" x="{tenth(_Z(z if state.y else -z))}" y="{y}">{_LABELS[name]}'
            "</text>"
            for (name, z), y in zip(_NAMES.items(), (60, 124), strict=True)
        )
        + _dot("errorNow", at, _COST(row.error))
        + _dot("slopeNow", at, _PULL(abs(row.slope)))
        + _dot("bendNow", at, _PULL(abs(row.bend)))
        + handle("knob", at, _COST(row.loss), '<circle class="x-knob" r="8"/>')
    )
    return Panel(width=320, height=316, body=body, label=_LABELS["point panel"], handles=True)


def _bars(students: Students, losses: NDArray[np.float64], label: int) -> str:
    return "".join(
        f"M{tenth(place)},{tenth(_BAR.start)}V{tenth(_BAR(min(loss, _BAR.high)))}"
        for place, loss, y in zip(_bar_places(students), losses.tolist(), students.passed.tolist(), strict=True)
        if y == label
    )


def _arrowheads(students: Students, losses: NDArray[np.float64]) -> str:
    """Return an arrowhead for every bar that is longer than its axis."""
    return "".join(
        f"M{tenth(place - 4)},{tenth(_BAR.stop + 7)}l4-7l4,7z"
        for place, loss in zip(_bar_places(students), losses.tolist(), strict=True)
        if loss > _BAR.high
    )


def _weight_handle(state: State) -> tuple[float, float]:
    """Return the place of the weight's handle: on the curve, right of the boundary if there is room."""
    away = _REACH if state.c + _REACH <= _HOURS.high else -_REACH
    return _HOURS(state.c + away), _PASS(float(sigmoid(state.w * away)))


def _model_panel(students: Students, state: State) -> Panel:
    losses = cost_students(students, state.c, state.w)
    grid = np.linspace(_HOURS.low, _HOURS.high, _PIECES + 1).tolist()
    curve = points([_HOURS(h) for h in grid], [_PASS(float(sigmoid(state.w * (h - state.c)))) for h in grid])
    dots = "".join(
        f'<path class="x-{name}" d="'
        + "".join(f"M{tenth(_HOURS(h))},{tenth(_PASS(y))}h0" for h in students.hours[students.passed == y].tolist())
        + '"/>'
        for name, y in (("one", 1), ("zero", 0))
    )
    mean, worst = float(losses.mean()), int(np.argmax(losses))
    top = _BAR(min(float(losses[worst]), _BAR.high))
    body = (
        x_axis(_HOURS, Scale(0, 1, _BAR.start, _PASS.stop), range(0, 11, 2), _LABELS["hours"])
        + y_axis(_HOURS, _PASS, (0, 0.5, 1), _LABELS["pass"])
        + y_axis(_HOURS, _BAR, (0, 2, 4), _LABELS["bars"])
        + dots
        + line("x-model", "curve", curve)
        + f'<path class="x-fail" data-x="bars0" d="{_bars(students, losses, 0)}"/>'
        f'<path class="x-pass" data-x="bars1" d="{_bars(students, losses, 1)}"/>'
        f'<path class="x-dot" data-x="beyond" d="{_arrowheads(students, losses)}"/>'
        f'<path class="x-cut" data-x="mean" d="M{_HOURS.start},{tenth(_BAR(min(mean, _BAR.high)))}H{_HOURS.stop}"/>'
        f'<text class="x-halo x-mid" data-x="worst" x="{tenth(_bar_places(students)[worst])}" y="{tenth(top - 4)}">'
        f"{fixed(float(losses[worst]), 2)}</text>"
        + handle("cut", _HOURS(state.c), _PASS(0.5), '<circle class="x-knob" r="8"/>')
        + handle("tilt", *_weight_handle(state), '<circle class="x-knob" r="8"/>')
    )
    return Panel(width=320, height=208, body=body, label=_LABELS["model panel"], handles=True)


def _segments(students: Students, losses: NDArray[np.float64], label: int) -> str:
    starts, _ = stack(students, losses)
    edges = [
        (_MEAN(a), _MEAN(a + loss / losses.size))
        for a, loss, y in zip(starts.tolist(), losses.tolist(), students.passed.tolist(), strict=True)
        if y == label
    ]
    return "".join(
        f"M{tenth(min(a, _FAR))},{_TOP}H{tenth(min(b, _FAR))}V{_BOTTOM}H{tenth(min(a, _FAR))}z" for a, b in edges
    )


def _stack_panel(students: Students, state: State) -> Panel:
    losses = cost_students(students, state.c, state.w)
    (_, failed), mean = stack(students, losses), float(losses.mean())
    references = _references(students)
    best, base = (tenth(_MEAN(loss)) for loss in references)
    names = [f"{_LABELS[name]} {fixed(loss, 3)}" for name, loss in zip(("best", "base"), references, strict=True)]
    text = _WORDS["sum"].format(failed=fixed(failed, 3), passed=fixed(mean - failed, 3), mean=fixed(mean, 4))
    rules = f"M{best},{_TOP - 4}V{_BOTTOM + 2}M{base},{_TOP - 4}V{_BOTTOM + 2}"
    body = (
        f"<defs>{clip('stack', _MEAN, Scale(0, 1, 100, 0))}</defs>"
        + x_axis(_MEAN, Scale(0, 1, _BOTTOM, _TOP), (0, 0.2, 0.4, 0.6, 0.8, 1, 1.2), _LABELS["mean"])
        + '<g clip-path="url(#@id@-stack)">'
        f'<path class="x-part0" data-x="part0" d="{_segments(students, losses, 0)}"/>'
        f'<path class="x-part1" data-x="part1" d="{_segments(students, losses, 1)}"/></g>'
        f'<path class="x-rule" d="{rules}"/>'
        f'<text class="x-end" x="{best}" y="11">{names[0]}</text><text x="{base}" y="11">{names[1]}</text>'
        + _dot("total", _MEAN(min(mean, _MEAN.high)), (_TOP + _BOTTOM) / 2, radius=5.5, off=mean > _MEAN.high)
        + f'<text class="x-name" data-x="sum" x="12" y="90">{text}</text>'
    )
    return Panel(width=320, height=96, body=body, label=_LABELS["stack panel"])


def _controls(state: State) -> str:
    row = cost_point(state.z, state.y)
    spoken = _WORDS["logit"].format(z=fixed(state.z, 1), p=fixed(row.p, 3), loss=fixed(row.loss, 3))
    z = slider(
        "z",
        _LABELS["logit"],
        highest=len(LOGITS) - 1,
        value=LOGITS.index(state.z),
        shown=fixed(state.z, 1),
        spoken=spoken,
    )
    c = slider(
        "c",
        _LABELS["boundary"],
        highest=len(BOUNDARIES) - 1,
        value=BOUNDARIES.index(state.c),
        shown=fixed(state.c, 1),
        spoken=_WORDS["hours"].format(c=fixed(state.c, 1)),
    )
    w = slider("w", _LABELS["weight"], highest=len(WEIGHTS) - 1, value=WEIGHTS.index(state.w), shown=fixed(state.w, 2))
    choice = radios("label", _LABELS["label"], [(y, _LABELS[f"label {y}"]) for y in ("1", "0")])
    return f'{choice}{z}{c}{w}<div class="x-buttons">{button("reset", _LABELS["reset"])}</div>'
