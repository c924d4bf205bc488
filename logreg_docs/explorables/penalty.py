r"""Interactive penalty: move one student and λ, and see where the weight of gradient descent goes, step by step."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from logreg_docs.explorables.base import Explorable, button, slider
from logreg_docs.explorables.draw import Panel, Scale, clip, fixed, handle, line, points, tenth, x_axis, y_axis
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.log_loss import log_loss
from logreg_docs.newton import fit_newton
from logreg_docs.separation import find_separation
from logreg_docs.sigmoid import linear_logits, predict_probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CENTRE",
    "MARKS",
    "PENALTIES",
    "PLACES",
    "RATE",
    "TIMES",
    "Walk",
    "best_fit",
    "caption",
    "data_kind",
    "explore_penalty",
    "make_six",
    "take_walk",
]

PLACES = tuple(k / 2 for k in range(4, 17))
"""Hours at which the ringed student can be put, by the value of the slider."""

_SERIES = (1, 1.5, 2, 3, 5, 7)
PENALTIES = (0.0, *(float(f"{digits}e{power}") for power in (-4, -3, -2, -1) for digits in _SERIES))[:-3]
"""Strengths λ of the penalty, by the value of the slider: none, then about evenly spaced on a logarithmic scale."""

MARKS = (10, 100, 1000, 10_000)
"""Steps after which the curve is drawn."""

TIMES = tuple(sorted({round(10 ** (k / 8)) for k in range(33)}))
"""Steps of gradient descent that are drawn, from the first to the last, the marks among them."""

CENTRE = 5.0
"""Hours from which the feature is measured."""

RATE = 1.0
"""Learning rate of gradient descent."""

_FAILED, _PASSED = (2.0, 3.0), (6.0, 7.0, 8.0)
_Y = np.array([0, 0, 0, 1, 1, 1])
_PLACE = PLACES.index(4.0)

_LABELS = {
    "question": "Without a penalty every tenfold of steps adds about the same to the weight. How large must λ be to "
    "end that?",
    "help": "From faint to strong: the curve after 10, 100, 1000 and 10,000 steps, where the walk has dots. The thin "
    "line is the walk without a penalty, the dotted level the best fit, if there is one. The learning rate is "
    "{rate:g}.",
    "ab": "weight",
    "ac": "log loss",
    "hours": "hours of study",
    "pass": "probability of passing",
    "steps": "steps t",
    "weight": "weight w",
    "loss": "log loss",
    "place": "ringed, hours",
    "l2": "penalty λ",
    "reset": "Reset",
    "model panel": "Six students over hours of study, one of them ringed, the curve after four numbers of steps, and "
    "the last boundary.",
    "weight panel": "The weight over the steps of gradient descent, on a logarithmic axis.",
    "loss panel": "The log loss over the same steps, both axes logarithmic.",
}
_WORDS = {
    "caption": "{kind}, λ = {l2}. After 10,000 steps: weight {w} nats per hour, boundary at {cut} hours, log loss "
    "{loss}. The last tenfold of steps added {added} to the weight. {best}",
    "gap": "A gap parts the classes",
    "tie": "Two students are tied",
    "overlap": "The classes overlap",
    "best": "The best weight is {w}.",
    "none": "No weight is best.",
    "level": "best {w}",
    "nowhere": "no best weight",
    "cut": "boundary {cut}",
    "moved": "Ringed student, who failed",
    "at": "{hours} hours",
}


class Walk(NamedTuple):
    """Gradient descent at the steps of `TIMES`.

    Attributes:
        w: Weights in nats per hour.
        b: Intercepts in nats.
        loss: Log losses in nats, without the penalty.
    """

    w: tuple[float, ...]
    b: tuple[float, ...]
    loss: tuple[float, ...]


def make_six(hours: float) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """Return the six students of the chapter, with the ringed one, who failed, after some hours of study.

    Args:
        hours: Hours of the ringed student.

    Returns:
        The feature, hours from `CENTRE` in one column, shape (6, 1), and the labels, shape (6,).

    Examples:
        >>> X, y = make_six(4.0)
        >>> X[:, 0], y
        (array([-3., -2., -1.,  1.,  2.,  3.]), array([0, 0, 0, 1, 1, 1]))
    """
    return np.array([*_FAILED, hours, *_PASSED]).reshape(-1, 1) - CENTRE, _Y


@functools.cache
def data_kind(hours: float) -> Literal["gap", "tie", "overlap"]:
    """Return what parts the classes, by the name that the page has for it.

    Args:
        hours: Hours of the ringed student.

    Returns:
        `"gap"` for complete separation, `"tie"` for quasi-complete separation, else `"overlap"`.

    Examples:
        >>> data_kind(4.0), data_kind(6.0), data_kind(6.5)
        ('gap', 'tie', 'overlap')
    """
    names: dict[str, Literal["gap", "tie", "overlap"]] = {"complete": "gap", "quasi-complete": "tie", "none": "overlap"}
    return names[find_separation(*make_six(hours)).kind]


@functools.cache
def take_walk(hours: float, l2: float) -> Walk:
    """Run gradient descent from 0 with learning rate `RATE` to the last of `TIMES`.

    Args:
        hours: Hours of the ringed student.
        l2: Strength of the penalty.

    Returns:
        The walk at `TIMES`.

    Examples:
        >>> round(take_walk(4.0, 0.0).w[-1], 2)
        8.12
    """
    X, y = make_six(hours)
    history = fit_gradient_descent(X, y, learning_rate=RATE, n_steps=TIMES[-1], l2=l2).history
    times = list(TIMES)
    return Walk(*(tuple(values[times].tolist()) for values in (history.w[:, 0], history.b, history.log_loss)))


def best_fit(hours: float, l2: float) -> tuple[float, float, float] | None:
    """Return the best fit, where there is one.

    Args:
        hours: Hours of the ringed student.
        l2: Strength of the penalty.

    Returns:
        Weight, intercept and log loss without the penalty, or None for separated classes without a penalty.

    Examples:
        >>> best_fit(4.0, 0.0) is None, round(best_fit(4.0, 0.01)[0], 2)
        (True, 2.63)
    """
    if l2 == 0 and data_kind(hours) != "overlap":
        return None
    X, y = make_six(hours)
    fit = fit_newton(X, y, l2=l2, tolerance=0)
    return float(fit.w[0]), fit.b, log_loss(linear_logits(X, fit.w, fit.b), y)


def caption(hours: float, l2: float, walk: Walk) -> str:
    """Describe the state.

    Args:
        hours: Hours of the ringed student.
        l2: Strength of the penalty.
        walk: Gradient descent in this state.

    Returns:
        The caption.

    Examples:
        >>> caption(6.5, 0.0, take_walk(6.5, 0.0)).partition(". ")[0]
        'The classes overlap, λ = 0'
    """
    best, w = best_fit(hours, l2), walk.w[-1]
    return _WORDS["caption"].format(
        kind=_WORDS[data_kind(hours)],
        l2=f"{l2:g}",
        w=fixed(w, 2),
        cut=fixed(_boundary(walk), 2),
        loss=fixed(walk.loss[-1], 4),
        added=fixed(w - walk.w[TIMES.index(MARKS[-2])], 2),
        best=_WORDS["best"].format(w=fixed(best[0], 2)) if best else _WORDS["none"],
    )


def _boundary(walk: Walk) -> float:
    """Return the hours at which the last curve is one half; in no state of the sliders is its weight 0."""
    return CENTRE - walk.b[-1] / walk.w[-1]


_HOURS = Scale(1, 9, 44, 312)
_PASS = Scale(-0.06, 1.06, 236, 8)
_STEPS = Scale(0, math.log10(TIMES[-1]), 68, 294)  # room for the longest numbers beside it
_WEIGHT = Scale(0, 20, 110, 8)
_LOSS = Scale(-4.5, 0, 72, 8)
_AXES = {"hours": _HOURS, "pass": _PASS, "steps": _STEPS, "weight": _WEIGHT, "loss": _LOSS}
_PIECES = 60  # pieces of a curve, at whose ends no coordinate lies halfway between two tenths
_HIGH = 0.9  # probability beside which the boundary is named, where the curve is out of the way
_POWERS: dict[float, str] = {0: "1", 1: "10", 2: "100", 3: "1000", 4: "10,000"}
_LOSSES: dict[float, str] = {0: "1", -2: "0.01", -4: "0.0001"}


def explore_penalty() -> Explorable:
    """Return the figure: six students and their curves, and weight and log loss over the steps of gradient descent.

    Returns:
        The explorable in its default state: classes with a gap between them, and no penalty.

    Examples:
        >>> explore_penalty().name
        'penalty'
    """
    hours, l2 = PLACES[_PLACE], PENALTIES[0]
    walk = take_walk(hours, l2)
    return Explorable(
        name="penalty",
        question=_LABELS["question"],
        panels={"a": _model_panel(hours, walk), "b": _weight_panel(walk), "c": _loss_panel(walk)},
        layout=("ab", "ac"),
        views=tuple((letters, _LABELS[letters]) for letters in ("ab", "ac")),
        help=_LABELS["help"].format(rate=RATE),
        controls=_controls(hours, l2),
        caption=caption(hours, l2, walk),
        data={
            "failed": _FAILED,
            "passed": _PASSED,
            "centre": CENTRE,
            "places": PLACES,
            "penalties": PENALTIES,
            "times": TIMES,
            "marks": [TIMES.index(mark) for mark in MARKS],
            "rate": RATE,
            "pieces": _PIECES,
            "axes": {name: axis.json() for name, axis in _AXES.items()},
            "words": _WORDS,
        },
    )


def _dots(xs: list[float], ys: list[float]) -> str:
    return "".join(f"M{tenth(x)},{tenth(y)}h0" for x, y in zip(xs, ys, strict=True))


def _model_panel(hours: float, walk: Walk) -> Panel:
    grid = np.linspace(_HOURS.low, _HOURS.high, _PIECES + 1)
    curves = ""
    for k, mark in enumerate(MARKS):
        at = TIMES.index(mark)
        chances = predict_probabilities((grid - CENTRE).reshape(-1, 1), [walk.w[at]], walk.b[at])
        drawn = points([_HOURS(h) for h in grid.tolist()], [_PASS(p) for p in chances.tolist()])
        curves += f'<g opacity="{(k + 1) / len(MARKS):g}">{line("x-model", f"curve{k}", drawn)}</g>'
    cut = _boundary(walk)
    ring = '<circle class="x-knob" r="9"/><path class="x-zero" d="M0,0h0"/>'
    body = (
        x_axis(_HOURS, _PASS, range(1, 10, 2), _LABELS["hours"])
        + y_axis(_HOURS, _PASS, (0, 0.5, 1), _LABELS["pass"])
        + f'<path class="x-cut" data-x="cut" d="M{tenth(_HOURS(cut))},{_PASS.start}V{_PASS.stop}"/>{curves}'
        f'<text class="x-halo x-end" data-x="cutName" x="{tenth(_HOURS(cut) - 6)}" y="{tenth(_PASS(_HIGH))}">'
        f"{_WORDS['cut'].format(cut=fixed(cut, 2))}</text>"
        + "".join(
            f'<path class="x-{name}" d="{_dots([_HOURS(h) for h in group], [_PASS(label)] * len(group))}"/>'
            for name, label, group in (("one", 1, _PASSED), ("zero", 0, _FAILED))
        )
        + handle("moved", _HOURS(hours), _PASS(0), ring)
    )
    return Panel(width=320, height=274, body=body, label=_LABELS["model panel"], handles=True)


def _path(name: str, up: Scale, heights: list[float]) -> str:
    """Return a walk with its dots, over the same one as that without a penalty, and the level of no best fit."""
    xs, ys = [_STEPS(math.log10(time)) for time in TIMES], [up(height) for height in heights]
    at = [TIMES.index(mark) for mark in MARKS]
    return (
        f"<defs>{clip(name, _STEPS, up)}</defs>"
        f'<g clip-path="url(#@id@-{name})"><path class="x-floor" data-x="{name}Best" d=""/>'
        + line("x-path", f"{name}Free", points(xs, ys))
        + line("x-model", name, points(xs, ys))
        + f'</g><path class="x-dots" data-x="{name}Dots" d="{_dots([xs[k] for k in at], [ys[k] for k in at])}"/>'
    )


def _weight_panel(walk: Walk) -> Panel:
    body = (
        x_axis(_STEPS, _WEIGHT, _POWERS, _LABELS["steps"], _POWERS)
        + y_axis(_STEPS, _WEIGHT, range(0, 21, 5), _LABELS["weight"])
        + _path("weight", _WEIGHT, list(walk.w))
        + f'<text class="x-halo" data-x="level" x="{_STEPS.start + 6}" y="{_WEIGHT.stop + 15}">'
        f"{_WORDS['nowhere']}</text>"
    )
    return Panel(width=320, height=150, body=body, label=_LABELS["weight panel"])


def _loss_panel(walk: Walk) -> Panel:
    body = (
        x_axis(_STEPS, _LOSS, _POWERS, _LABELS["steps"], _POWERS)
        + y_axis(_STEPS, _LOSS, _LOSSES, _LABELS["loss"], _LOSSES)
        + _path("loss", _LOSS, [math.log10(loss) for loss in walk.loss])
    )
    return Panel(width=320, height=112, body=body, label=_LABELS["loss panel"])


def _controls(hours: float, l2: float) -> str:
    at = _WORDS["at"].format(hours=fixed(hours, 1))
    place = slider("place", _LABELS["place"], highest=len(PLACES) - 1, value=_PLACE, shown=fixed(hours, 1), spoken=at)
    strength = slider("l2", _LABELS["l2"], highest=len(PENALTIES) - 1, value=PENALTIES.index(l2), shown=f"{l2:g}")
    return f'{place}{strength}<div class="x-buttons">{button("reset", _LABELS["reset"])}</div>'
