r"""Interactive sigmoid: its boundary, its weight, and the probability, odds and log-odds of one student."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from logreg_docs.datasets import SUBJECT, Students, load_students
from logreg_docs.explorables.base import Explorable, button, slider
from logreg_docs.explorables.draw import Panel, Scale, clip, fixed, handle, line, points, tenth, x_axis, y_axis
from logreg_docs.sigmoid import linear_logits, sigmoid, sigmoid_derivative

__all__ = ["START", "WEIGHTS", "Reading", "State", "caption", "drawing", "explore_sigmoid", "read", "words"]

_DIGITS = (10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 26, 28, 30, 33, 36, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90)
_RISING = tuple(w for power in (-2, -1, 0) for digits in _DIGITS if (w := float(f"{digits}e{power}")) <= 50)  # noqa: PLR2004 - steeper looks the same
WEIGHTS = (*(-w for w in reversed(_RISING)), 0.0, *_RISING)
"""The weights of the slider, from falling steeply through flat to rising steeply."""

_TENTHS = 10  # steps of the sliders in an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state that the controls set.

    Args:
        cut: Decision boundary in hours.
        w: Weight, in nats per hour.
        x: Hours of one student.
    """

    cut: float
    w: float
    x: float

    @property
    def b(self) -> float:
        """Intercept in nats: the logit is 0 at the boundary."""
        return 0 - self.w * self.cut


START = State(cut=5.4, w=0.8, x=3.0)
"""The state at the start: the fit of the students, rounded to the sliders, and a student well below the boundary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The probability of one student on every scale.

    Args:
        p: Probability.
        odds: Odds.
        z: Log-odds in nats.
        slope: Derivative of the curve, in probability per hour.
    """

    p: float
    odds: float
    z: float
    slope: float


def read(state: State, x: float) -> Reading:
    r"""Evaluate a curve at some hours.

    $$z = wx + b, \quad p = \sigma(z), \quad \frac{p}{1 - p} = \frac{\sigma(z)}{\sigma(-z)}, \quad p' = p(1 - p)w$$

    Args:
        state: The curve.
        x: Hours of study.

    Returns:
        The four numbers.

    Examples:
        >>> round(read(START, 5.4).slope, 6)
        0.2
    """
    z = float(linear_logits([[x]], [state.w], state.b)[0])
    p = float(sigmoid(z))
    return Reading(p=p, odds=p / float(sigmoid(-z)), z=z, slope=float(sigmoid_derivative(z)) * state.w)


_LABELS = {
    "question": "One hour more adds the same amount to one of the three scales, wherever you start. Which one: "
    "probability, odds or log-odds?",
    "help": "Each thin line joins the three scores of one whole hour. The thick bars show what the next hour adds.",
    "hours": f"{SUBJECT.feature} x",
    "pass": f"P({SUBJECT.outcomes[1]})",
    "p": "probability",
    "odds": "odds",
    "z": "log-odds",
    "boundary": "boundary",
    "steepness": "steepness",
    "boundary slider": "boundary −b/w",
    "weight slider": "weight w",
    "hours slider": f"{SUBJECT.units} x",
    "reset": "Reset",
    "curve panel": "Students by hours of study, passed above and failed below, with a sigmoid, its tangent at the "
    "boundary and its tangent at the hours x.",
    "rulers panel": "Three rulers: probability, odds and log-odds. A line across them for every whole hour, one for "
    "the hours x, and a dashed one for an hour more.",
}
_WORDS = {
    "caption": "At {at}. Change over the next hour: probability {moreP}, odds {moreOdds}, log-odds {moreZ}.",
    "over": "above {top}",
    "under": "below {top}",
    "above": "↑ off",
    "below": "↓ off",
    "hours": f"{{x}} {SUBJECT.symbol}",
    "cut": _LABELS["boundary"].capitalize(),
    "w": _LABELS["steepness"].capitalize(),
    "x": "Hours of one student",
    "at": f"{{x}} {SUBJECT.symbol}: probability {{p}}, odds {{odds}}, log-odds {{z}}",
}
_MINUS = "\N{MINUS SIGN}"
_MAX_ODDS = 1000  # larger odds are written as `above 1000`


def words(state: State) -> dict[str, str]:
    """Format every number of a state.

    Args:
        state: State of the controls.

    Returns:
        Text by the name of its slot in the caption.

    Examples:
        >>> words(START)["odds"], words(State(cut=0.0, w=50.0, x=10.0))["odds"]
        ('0.15', 'above 1000')
    """
    now, more = read(state, state.x), read(state, state.x + 1)
    return {
        "w": f"{state.w:g}".replace("-", _MINUS),
        "cut": fixed(state.cut, 1),
        "x": fixed(state.x, 1),
        "p": _format_probability(now.p),
        "odds": _format_amount(now.odds, low=0.005),
        "z": fixed(now.z, 2),
        "moreP": fixed(more.p - now.p, 3),
        "moreOdds": _format_amount(more.odds - now.odds),
        "moreZ": fixed(more.z - now.z, 2),
    }


def caption(state: State) -> str:
    """Describe a state.

    Args:
        state: State of the controls.

    Returns:
        The caption.
    """
    texts = words(state)
    return _WORDS["caption"].format(at=_WORDS["at"].format(**texts), **texts)


def _format_probability(p: float) -> str:
    if p < 0.0005:  # noqa: PLR2004 - rounds to 0
        return _WORDS["under"].format(top="0.001")
    return _WORDS["over"].format(top="0.999") if p >= 0.9995 else fixed(p, 3)  # noqa: PLR2004 - rounds to 1


def _format_amount(value: float, low: float = 0.0) -> str:
    if abs(value) >= _MAX_ODDS:
        return _WORDS["over" if value > 0 else "under"].format(top=fixed(math.copysign(_MAX_ODDS, value), 0))
    return _WORDS["under"].format(top="0.01") if 0 <= value < low else fixed(value, 2)


_HOURS = Scale(0, 11, 44, 312)
_PASS = Scale(-0.06, 1.06, 240, 8)
_RULERS = (44, 164, 284)
_SCALES = (_PASS, *(Scale(*ends, _PASS(0), _PASS(1)) for ends in ((0, 10), (-5, 5))))
_TICKS: tuple[tuple[float, ...], ...] = ((0, 0.25, 0.5, 0.75, 1), (0, 2, 4, 6, 8, 10), (-4, -2, 0, 2, 4))
_NAMES = ("p", "odds", "z")
_LEVER = 64  # half the length of the tangent at the boundary, which keeps its handle clear of the others
_LEFT_ARM = 7.5  # hours; with a larger boundary, the handle is on the left arm
_REACH, _PIECES = 8.0, 40  # the curve has corners at evenly spaced logits up to ±8, and at both ends
_MARGIN = 8  # visible length of a ruler beyond its ends
_FAR = 3000  # coordinates beyond this are outside every clip path


def drawing(state: State) -> dict[str, dict[str, str]]:
    """Return the attributes of every node that moves.

    Args:
        state: State of the controls.

    Returns:
        Attributes by the name of the node; `text` stands for its content.
    """
    return _curve(state) | _rulers(state)


def _curve(state: State) -> dict[str, dict[str, str]]:
    now, more = read(state, state.x), read(state, state.x + 1)
    if state.w:
        logits = [i / _PIECES * 2 * _REACH - _REACH for i in range(_PIECES + 1)]
        ends = (_HOURS.low, _HOURS.high) if state.w > 0 else (_HOURS.high, _HOURS.low)
        inner = [min(max(state.cut + z / state.w, _HOURS.low), _HOURS.high) for z in logits]
        hours = [ends[0], *inner, ends[1]]
    else:
        hours = [_HOURS.low, _HOURS.high]
    chances = sigmoid(linear_logits(np.reshape(hours, (-1, 1)), [state.w], state.b)).tolist()
    x, y = _HOURS(state.cut), _PASS(0.5)
    right, down = _HOURS(1) - _HOURS(0), (_PASS(1) - _PASS(0)) * state.w / 4
    arm = _LEVER / math.hypot(right, down)
    dx, dy = right * arm, down * arm
    side = -1 if state.cut > _LEFT_ARM else 1
    at, top = _HOURS(state.x), _PASS(now.p)
    return {
        "curve": {"points": points([_HOURS(h) for h in hours], [_PASS(p) for p in chances])},
        "middle": {"d": f"M{tenth(x)},{tenth(_PASS(0))}V{tenth(_PASS(1))}" if state.w else ""},
        "lever": {"points": points([x - dx, x + dx], [y - dy, y + dy])},
        "tangent": {
            "points": points(
                [_HOURS(state.x - 1), _HOURS(state.x + 1)], [_PASS(now.p - now.slope), _PASS(now.p + now.slope)]
            )
        },
        "drop": {"d": f"M{tenth(at)},{tenth(_PASS.start)}V{tenth(top)}"},
        "now": {"cx": tenth(at), "cy": tenth(top)},
        "more": {"cx": tenth(_HOURS(state.x + 1)), "cy": tenth(_PASS(more.p))},
        "atCut": {"transform": f"translate({tenth(x)},{tenth(y)})"},
        "atW": {"transform": f"translate({tenth(x + side * dx)},{tenth(y + side * dy)})"},
        "atX": {"transform": f"translate({tenth(at)},{tenth(_PASS.start)})"},
    }


def _heights(reading: Reading) -> list[float]:
    """Return the height of a student on each ruler."""
    values = (reading.p, reading.odds, reading.z)
    return [min(max(axis(value), -_FAR), _FAR) for axis, value in zip(_SCALES, values, strict=True)]


def _rulers(state: State) -> dict[str, dict[str, str]]:
    texts = words(state)
    low, high = _heights(read(state, state.x)), _heights(read(state, state.x + 1))
    hours = [_heights(read(state, h)) for h in range(int(_HOURS.high) + 1)]
    drawn = {
        "hours": {"d": "".join("M" + points(_RULERS, heights).replace(" ", "L") for heights in hours)},
        "mine": {"points": points(_RULERS, low)},
        "next": {"points": points(_RULERS, high)},
        "steps": {"d": "".join(f"M{x},{tenth(a)}V{tenth(b)}" for x, a, b in zip(_RULERS, low, high, strict=True))},
    }
    for name, a, b in zip(_NAMES, low, high, strict=True):
        more = texts["more" + name[0].upper() + name[1:]]
        middle = (_clamped(a) + _clamped(b)) / 2
        rises = more[0].isdigit() and float(more) > 0  # a value rounded to 0 may be negative
        text = _off_ruler(a, b) or ("+" if rises else "") + more
        drawn[name] = {"text": texts[name]}
        drawn[name + "More"] = {"y": tenth(middle + 4), "text": text}
    return drawn


def _clamped(height: float) -> float:
    return min(max(height, _PASS(1)), _PASS(0))


def _off_ruler(a: float, b: float) -> str:
    """Return the label of a bar that lies beyond one end of its ruler."""
    if max(a, b) < _PASS(1) - _MARGIN:
        return _WORDS["above"]
    return _WORDS["below"] if min(a, b) > _PASS(0) + _MARGIN else ""


def explore_sigmoid(students: Students | None = None) -> Explorable:
    """Return the figure: a sigmoid over hours with three handles, and three rulers beside it.

    Args:
        students: The data; those of the chapters where it is None.

    Returns:
        The explorable in its default state.

    Examples:
        >>> explore_sigmoid().name
        'sigmoid'
    """
    data = load_students() if students is None else students
    drawn = drawing(START)
    return Explorable(
        name="sigmoid",
        question=_LABELS["question"],
        panels={"a": _curve_panel(data, drawn), "b": _rulers_panel(drawn)},
        layout=("ab",),
        help=_LABELS["help"],
        controls=_controls(),
        caption=caption(START),
        data=_data(),
    )


def _data() -> dict[str, Any]:
    return {
        "weights": _RISING,
        "tenths": _TENTHS,
        "axes": {"hours": _HOURS.json(), "pass": _PASS.json(), "scales": [axis.json() for axis in _SCALES]},
        "rulers": _RULERS,
        "names": _NAMES,
        "lever": _LEVER,
        "turn": _LEFT_ARM,
        "reach": _REACH,
        "pieces": _PIECES,
        "far": _FAR,
        "margin": _MARGIN,
        "most": _MAX_ODDS,
        "words": _WORDS,
    }


def _attributes(drawn: dict[str, dict[str, str]], name: str) -> str:
    """Format the attributes of a node."""
    values = "".join(f' {key}="{value}"' for key, value in drawn[name].items() if key != "text")
    return f'data-x="{name}"{values}'


def _handle(name: str, drawn: dict[str, dict[str, str]], body: str) -> str:
    """Return a handle at its place in the drawing."""
    x, y = drawn[name]["transform"].removeprefix("translate(").removesuffix(")").split(",")
    return handle(name, float(x), float(y), body)


def _ring(y: float, name: str) -> str:
    """Return the ring of a handle with its label."""
    return f'<circle class="x-knob" r="8"/><text class="x-halo x-mid" y="{y:g}">{_LABELS[name]}</text>'


def _curve_panel(students: Students, drawn: dict[str, dict[str, str]]) -> Panel:
    dots = "".join(
        f'<path class="x-{name}" d="{"".join(f"M{tenth(_HOURS(h))},{tenth(_PASS(y))}h0" for h in hours.tolist())}"/>'
        for name, y, hours in (
            ("one", 1, students.hours[students.passed == 1]),
            ("zero", 0, students.hours[students.passed == 0]),
        )
    )
    body = (
        f"<defs>{clip('box', _HOURS, _PASS)}</defs>"
        + x_axis(_HOURS, _PASS, range(0, 11, 2), _LABELS["hours"])
        + y_axis(_HOURS, _PASS, (0, 0.25, 0.5, 0.75, 1), _LABELS["pass"])
        + dots
        + f'<path class="x-floor" {_attributes(drawn, "middle")}/>'
        f'<g clip-path="url(#@id@-box)">{line("x-model", "curve", drawn["curve"]["points"])}'
        + line("x-path", "lever", drawn["lever"]["points"])
        + line("x-mine", "tangent", drawn["tangent"]["points"])
        + "</g>"
        f'<path class="x-cut" {_attributes(drawn, "drop")}/>'
        + _handle("atCut", drawn, _ring(24, "boundary"))
        + _handle("atW", drawn, _ring(-14, "steepness"))
        + _handle("atX", drawn, '<circle class="x-knob" r="9"/><text class="x-name x-mid" y="3.5">x</text>')
        + f'<g pointer-events="none"><circle class="x-off" r="4.5" {_attributes(drawn, "more")}/>'
        f'<circle class="x-now" r="5.5" {_attributes(drawn, "now")}/></g>'
    )
    return Panel(width=320, height=274, body=body, label=_LABELS["curve panel"], handles=True)


def _marker(name: str, body: str) -> str:
    return (
        f'<marker id="@id@-{name}" viewBox="-7 -7 14 14" markerWidth="14" markerHeight="14" '
        f'markerUnits="userSpaceOnUse">{body}</marker>'
    )


def _markers(name: str) -> str:
    return "".join(f' marker-{place}="url(#@id@-{name})"' for place in ("start", "mid", "end"))


def _rulers_panel(drawn: dict[str, dict[str, str]]) -> Panel:
    top, bottom = _PASS(1), _PASS(0)
    defs = (
        clip("rulers", Scale(0, 1, 0, 320), Scale(0, 1, bottom + _MARGIN, top - _MARGIN))
        + _marker("hour", '<circle class="x-dot" r="2.4"/>')
        + _marker("now", '<circle class="x-now" r="5.5"/>')
        + _marker("more", '<circle class="x-off" r="4.5"/>')
    )
    ticks = numbers = names = ""
    for k, (x, axis, name) in enumerate(zip(_RULERS, _SCALES, _NAMES, strict=True)):
        out, side = (1, "") if k == len(_RULERS) - 1 else (-1, " x-end")
        for value in _TICKS[k]:
            y = tenth(axis(value))
            ticks += f"M{x},{y}h{5 * out}"
            shown = f"{value:g}".replace("-", _MINUS)
            numbers += f'<text class="x-halo{side}" x="{x + 8 * out}" y="{tenth(axis(value) + 4)}">{shown}</text>'
        more = f'<text class="x-halo{"" if k < len(_RULERS) - 1 else " x-end"}" x="{x - 11 * out}"'
        names += (
            f'<text class="x-halo x-mid" x="{x}" y="252">{_LABELS[name]}</text>'
            f'<text class="x-halo x-mid" x="{x}" y="269" data-x="{name}">{drawn[name]["text"]}</text>'
            f"{more} {_attributes(drawn, name + 'More')}>{drawn[name + 'More']['text']}</text>"
        )
        ticks += f"M{x},{tenth(bottom)}V{tenth(top)}"
    body = (
        f'<defs>{defs}</defs><path class="x-path" d="{ticks}"/>'
        f'<g clip-path="url(#@id@-rulers)"><path class="x-thin" {_attributes(drawn, "hours")}{_markers("hour")}/></g>'
        + numbers
        + f'<g clip-path="url(#@id@-rulers)"><path class="x-step" {_attributes(drawn, "steps")}/>'
        f'<polyline class="x-cut" {_attributes(drawn, "next")}{_markers("more")}/>'
        f'<polyline class="x-mine" {_attributes(drawn, "mine")}{_markers("now")}/></g>{names}'
    )
    return Panel(width=320, height=274, body=body, label=_LABELS["rulers panel"])


def _controls() -> str:
    texts = words(START)
    cut, x = (_WORDS["hours"].format(x=texts[name]) for name in ("cut", "x"))
    spoken = _WORDS["at"].format(**texts)
    sliders = (
        slider("cut", _LABELS["boundary slider"], highest=100, value=round(START.cut * _TENTHS), shown=cut)
        + slider(
            "w", _LABELS["weight slider"], highest=len(WEIGHTS) - 1, value=WEIGHTS.index(START.w), shown=texts["w"]
        )
        + slider("x", _LABELS["hours slider"], highest=100, value=round(START.x * _TENTHS), shown=x, spoken=spoken)
    )
    return f'{sliders}<div class="x-buttons">{button("reset", _LABELS["reset"])}</div>'
