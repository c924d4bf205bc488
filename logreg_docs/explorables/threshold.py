r"""Interactive threshold: held-out scores, the confusion matrix, ROC and precision-recall, and the costs."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import train_test_split

from logreg_docs.datasets import load_breast_cancer
from logreg_docs.evaluation import (
    Confusion,
    confusion,
    expected_cost,
    optimal_threshold,
    precision_recall_curve,
    roc_curve,
)
from logreg_docs.explorables.base import Explorable, button, radios, slider
from logreg_docs.explorables.draw import Panel, Scale, clip, fixed, handle, line, points, tenth, x_axis, y_axis
from logreg_docs.newton import fit_newton
from logreg_docs.scaling import standardise
from logreg_docs.sigmoid import linear_logits, sigmoid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "HALF",
    "PRICES",
    "Scored",
    "caption",
    "cheapest",
    "costs",
    "count_at",
    "describe_chance",
    "explore_threshold",
    "make_scores",
]

HALF = 90
"""Number of slider steps on either side of the logit 0."""

_RATIOS = (1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30)
PRICES = (*((float(r), 1.0) for r in reversed(_RATIOS)), (1.0, 1.0), *((1.0, float(r)) for r in _RATIOS))
"""Costs of a false alarm and of a miss in units of the cheaper one, by the value of the slider."""

_PRICE = PRICES.index((1.0, 1.0))

_LABELS = {
    "question": "Raise the threshold: which of recall and precision can only fall?",
    "help": "Rows with a rim are errors. With all 30 features, the pile at 9+ holds all scores beyond. On the axis of "
    "the cost, 1 is the cheaper of calling every row 1 and calling every row 0. A hollow dot at the top marks a cost "
    "beyond the axis.",
    "ab": "table",
    "ac": "curves",
    "probability": "probability p",
    "logit": "threshold on the logit z",
    "cost": "cost",
    "is 1": "is 1",
    "is 0": "is 0",
    "called 1": "called 1",
    "called 0": "called 0",
    "class 1": "malignant",
    "class 0": "benign",
    "cheapest": "cheapest",
    "recall": "recall",
    "precision": "precision",
    "false positive rate": "false positive rate",
    "model": "model",
    "all": "30 features",
    "texture": "texture alone",
    "threshold": "threshold τ",
    "price": "alarm : miss",
    "toRule": "To the rule",
    "toLeast": "To the cheapest",
    "reset": "Reset",
    "score panel": "Every test row at its score, ones above and zeros below, with the threshold; below it the cost.",
    "matrix panel": "Confusion matrix; the area of each square is its count.",
    "curve panel": "ROC and precision-recall curve, a dot at the threshold.",
}
_WORDS = {
    "caption": "Threshold {p}: {recall}, {precision}. {price}: these errors cost {cost}, those at the rule, {rule}, "
    "cost {ruleCost}, those at the cheapest threshold {least}.",
    "even": "A miss costs as much as a false alarm",
    "miss": "A miss costs {n} false alarms",
    "alarm": "A false alarm costs {n} misses",
    "ratio": "{alarm} : {miss}",
    "spoken": "probability {p}, logit {z}",
    "flag": "p {p}, z {z}",
    "rule": "rule {rule}",
    "recallShare": f"{_LABELS['recall']} {{share}}",
    "precisionShare": f"{_LABELS['precision']} {{share}}",
    "undefined": "0/0, undefined",
    "cut": "Threshold on the scores",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Held-out rows with the scores of one model, in hundredths of a logit.

    Args:
        key: Short name.
        name: Name of the model.
        ones: Scores of the rows of class 1, increasing.
        zeros: Scores of the rows of class 0, increasing.
        step: One step of the slider, in hundredths of a logit.
    """

    key: str
    name: str
    ones: tuple[int, ...]
    zeros: tuple[int, ...]
    step: int

    @property
    def z(self) -> NDArray[np.float64]:
        """Logits of all rows, ones first."""
        return np.array(self.ones + self.zeros) / 100

    @property
    def y(self) -> NDArray[np.float64]:
        """Labels of all rows."""
        return np.repeat([1.0, 0.0], [len(self.ones), len(self.zeros)])

    def cut(self, place: int) -> float:
        """Return the threshold on the logit for a value of the slider."""
        return (place - HALF) * self.step / 100


def make_scores() -> tuple[Scored, Scored]:
    """Score the test rows of the evaluation chapter by two models: all 30 features, and mean texture alone.

    Returns:
        The two models, on the same rows.
    """
    data = load_breast_cancer()
    malignant = 1 - data.y
    X_train, X_test, y_train, y_test = train_test_split(
        data.X, malignant, test_size=0.4, random_state=0, stratify=malignant
    )

    def scored(key: str, name: str, columns: slice, l2: float, step: int) -> Scored:
        scale = standardise(X_train[:, columns])
        fit = fit_newton(scale.X, y_train, l2=l2)
        z = np.rint(100 * linear_logits(scale.transform(X_test[:, columns]), fit.w, fit.b)).astype(int)
        ones, zeros = (tuple(np.sort(z[y_test == k]).tolist()) for k in (1, 0))
        return Scored(key=key, name=name, ones=ones, zeros=zeros, step=step)

    return (
        scored("all", _LABELS["all"], slice(None), 0.03, 10),
        scored("texture", _LABELS["texture"], slice(1, 2), 0.0, 4),
    )


def count_at(model: Scored, cut: float) -> Confusion:
    """Compute the confusion matrix at a threshold on the logit.

    Args:
        model: The scored rows.
        cut: Threshold on the logit.

    Returns:
        The four counts.
    """
    return confusion(sigmoid(model.z), model.y, threshold=float(sigmoid(cut)))


def costs(model: Scored, price: tuple[float, float]) -> list[float]:
    """Compute the cost of the errors at every threshold of the slider.

    Args:
        model: The scored rows.
        price: Cost of a false alarm and of a miss.

    Returns:
        One cost for each of the `2 * HALF + 1` thresholds.
    """
    p, m = sigmoid(model.z), len(model.z)
    return [
        m
        * expected_cost(
            p,
            model.y,
            threshold=float(sigmoid(model.cut(place))),
            cost_false_positive=price[0],
            cost_false_negative=price[1],
        )
        for place in range(2 * HALF + 1)
    ]


def cheapest(bills: Sequence[float]) -> tuple[int, int]:
    """Return the longest interval of thresholds with the lowest cost, the first one of equal length.

    Args:
        bills: Cost at every threshold of the slider.

    Returns:
        Indices of its first and its last threshold.

    Examples:
        >>> cheapest([3.0, 1.0, 2.0, 1.0, 1.0])
        (3, 4)
    """
    least = min(bills) + _ROUNDING
    found, start = (0, -1), 0
    for place, bill in enumerate(bills):
        if bill > least:
            start = place + 1
        elif place - start > found[1] - found[0]:
            found = start, place
    return found


def describe_chance(p: float) -> str:
    """Format a probability with three decimals, or four near 0 and 1.

    Args:
        p: Probability.

    Returns:
        The text.

    Examples:
        >>> describe_chance(0.5), describe_chance(0.0049)
        ('0.500', '0.0049')
    """
    return fixed(p, 3 if _NEAR <= p <= 1 - _NEAR else 4)


_ROUNDING = 1e-9
_NEAR = 0.01

_LEFT, _RIGHT = 44, 312
_ONES, _ZEROS = 118, 128  # where the beeswarms of the two classes start, in opposite directions
_STRIP = Scale(0, 1, 200, 46)  # the strip has no vertical unit
_COST = Scale(-0.3, 1.2, 312, 236)
_MARK_WIDTH = 9  # width of a mark, in half units
_UNIT = Scale(0, 1, 44, 154)
_UP = Scale(0, 1, 128, 18)
_SIDE = 4.3  # pixels along the side of a square with the area of one row
_AXES = {  # ticks on the logit and on the probability, by model
    "all": ((-6, -3, 0, 3, 6, 9), (0.01, 0.1, 0.5, 0.9, 0.99)),
    "texture": ((-3, -2, -1, 0, 1, 2, 3), (0.05, 0.2, 0.5, 0.8, 0.95)),
}


def _constant_cost(model: Scored, price: tuple[float, float]) -> float:
    """Return the cost of the better constant decision: every row 1 or every row 0."""
    return min(price[0] * len(model.zeros), price[1] * len(model.ones))


def caption(model: Scored, *, place: int, price: int) -> str:
    """Describe the state.

    Args:
        model: The scored rows.
        place: Value of the slider of the threshold.
        price: Value of the slider of the costs.

    Returns:
        The caption.
    """
    cut, (alarm, miss) = model.cut(place), PRICES[price]
    table, bills = count_at(model, cut), costs(model, PRICES[price])
    rule = optimal_threshold(cost_false_positive=alarm, cost_false_negative=miss)
    at_rule = confusion(sigmoid(model.z), model.y, threshold=rule)
    kind = "even" if alarm == miss else "miss" if miss > alarm else "alarm"
    return _WORDS["caption"].format(
        **_shares(table),
        p=describe_chance(float(sigmoid(cut))),
        price=_WORDS[kind].format(n=f"{max(alarm, miss):g}"),
        cost=f"{bills[place]:g}",
        rule=describe_chance(rule),
        ruleCost=f"{alarm * at_rule.false_positives + miss * at_rule.false_negatives:g}",
        least=f"{min(bills):g}",
    )


def _shares(table: Confusion) -> dict[str, str]:
    """Return recall and precision as text."""
    tp, fp = table.true_positives, table.false_positives
    recall = f"{tp}/{tp + table.false_negatives} = {fixed(table.recall, 3)}"
    precision = f"{tp}/{tp + fp} = {fixed(table.precision, 3)}" if tp + fp else _WORDS["undefined"]
    return {
        "recall": _WORDS["recallShare"].format(share=recall),
        "precision": _WORDS["precisionShare"].format(share=precision),
    }


def explore_threshold(models: tuple[Scored, Scored] | None = None) -> Explorable:
    """Return the figure: scores with a threshold and its cost, the confusion matrix, ROC and precision-recall.

    Args:
        models: Two models' scores of the same rows; those of the chapter where it is None.

    Returns:
        The explorable in its default state: the first model, threshold one half, equal costs.

    Examples:
        >>> explore_threshold().name
        'threshold'
    """
    scored = make_scores() if models is None else models
    return Explorable(
        name="threshold",
        question=_LABELS["question"],
        panels={"a": _score_panel(scored), "b": _matrix_panel(scored[0]), "c": _curve_panel(scored)},
        layout=("ab", "ac"),
        views=tuple((letters, _LABELS[letters]) for letters in ("ab", "ac")),
        help=_LABELS["help"],
        controls=_controls(scored),
        caption=caption(scored[0], place=HALF, price=_PRICE),
        data=_data(scored),
    )


def _data(models: Iterable[Scored]) -> dict[str, Any]:
    return {
        "half": HALF,
        "prices": PRICES,
        "rounding": _ROUNDING,
        "near": _NEAR,
        "side": _SIDE,
        "cells": {name: place[:2] for name, place in _CELLS.items()},
        "axes": {"strip": _STRIP.json(), "cost": _COST.json(), "unit": _UNIT.json(), "up": _UP.json()},
        "models": [
            {
                "key": model.key,
                "ones": _differences(model.ones),
                "zeros": _differences(model.zeros),
                "step": model.step,
                "z": _logits(model).json(),
            }
            for model in models
        ],
        "words": _WORDS,
    }


def _differences(scores: tuple[int, ...]) -> list[int]:
    """Return the first score and the differences of consecutive scores, which have few digits."""
    return np.diff(scores, prepend=0).tolist()


def _logits(model: Scored) -> Scale:
    return Scale(model.cut(0), model.cut(2 * HALF), _LEFT, _RIGHT)


def _beeswarm(model: Scored, scores: Iterable[int], up: int) -> str:
    """Return a beeswarm: a mark at every score, stacked where marks would overlap; scores beyond the axis at its end.

    Coordinates are half units, relative to the mark before, so that they have few digits.
    """
    x, base = _logits(model), _ONES if up < 0 else _ZEROS
    placed: list[tuple[int, int]] = []
    for score in scores:
        at = math.floor(2 * min(max(x(score / 100), _LEFT), _RIGHT) + 0.5)
        taken = {level for other, level in placed if abs(at - other) < _MARK_WIDTH}
        placed.append((at, next(level for level in itertools.count() if level not in taken)))
    places = [(at, 2 * base + up * level * _MARK_WIDTH) for at, level in placed]
    steps = "".join(f"m{c - a} {d - b}h0" for (a, b), (c, d) in itertools.pairwise(places))
    return f"M{places[0][0]} {places[0][1]}h0{steps}".replace(" -", "-")


def _first_marks(marks: str, number: int) -> str:
    """Return the first marks of a beeswarm, which are the wrong decisions."""
    return "m".join(marks.split("m")[:number])


def _score_panel(models: tuple[Scored, Scored]) -> Panel:
    model, body = models[0], ""
    for shown in models:
        x, (ticks, chances) = _logits(shown), _AXES[shown.key]
        ones, zeros = _beeswarm(shown, shown.ones, -1), _beeswarm(shown, reversed(shown.zeros), 1)
        table = count_at(shown, 0.0)
        wrong = _first_marks(ones, table.false_negatives) + _first_marks(zeros, table.false_positives)
        places = [tenth(x(math.log(p / (1 - p)))) for p in chances]
        top = "".join(f'<text x="{at}" y="30">{p:g}</text>' for at, p in zip(places, chances, strict=True))
        body += (
            f'<g data-x="{shown.key}"{"" if shown is model else " hidden"}>'
            f'<path class="x-grid" d="{"".join(f"M{at},{tenth(_STRIP.stop - 10)}v6" for at in places)}"/>'
            f'<g class="x-mid">{top}</g>'
            + x_axis(x, _STRIP, ticks, "", {9: "9+"})
            + x_axis(x, _COST, ticks, _LABELS["logit"])
            + '<g class="x-fine" transform="scale(.5)">'
            f'<path class="x-wrong" data-x="{shown.key}Wrong" d="{wrong}"/>'
            f'<path class="x-one" data-x="{shown.key}Ones" d="{ones}"/>'
            f'<path class="x-zero" data-x="{shown.key}Zeros" d="{zeros}"/></g></g>'
        )
    body += (
        f'<text class="x-name x-end" x="{_RIGHT}" y="13">{_LABELS["probability"]}</text>'
        f'<text class="x-name" x="4" y="{_ONES}">{_LABELS["is 1"]}</text>'
        f'<text class="x-name" x="4" y="{_ZEROS + 10}">{_LABELS["is 0"]}</text>'
        + y_axis(_logits(model), _COST, (0, 0.5, 1), _LABELS["cost"])
        + _cost_marks(model)
    )
    return Panel(width=320, height=344, body=body, label=_LABELS["score panel"], handles=True)


def _cost_marks(model: Scored) -> str:
    x, (alarm, miss) = _logits(model), PRICES[_PRICE]
    bills = costs(model, PRICES[_PRICE])
    ys = [_COST(min(bill / _constant_cost(model, PRICES[_PRICE]), 2)) for bill in bills]
    xs = [x(model.cut(place)) for place in range(2 * HALF + 1)]
    rule = optimal_threshold(cost_false_positive=alarm, cost_false_negative=miss)
    first, last = cheapest(bills)
    at, middle = x(math.log(alarm / miss)), (xs[first] + xs[last]) / 2
    flag = _WORDS["flag"].format(p=describe_chance(0.5), z=fixed(0.0, 2))
    knob = handle("cut", xs[HALF], _STRIP.stop, f'<circle class="x-knob" r="8"/>{_text("flag", -13, 4, "x-end", flag)}')
    upright = "".join(f"M{tenth(at)},{y.start}V{y.stop}" for y in (_STRIP, _COST))
    return (
        f"<defs>{clip('cost', x, _COST)}</defs>"
        f'<path class="x-floor" data-x="rule" d="{upright}"/>'
        f'<path class="x-cut" data-x="line" d="M{tenth(xs[HALF])},{_STRIP.stop}V{_COST.start}"/>'
        f'<g clip-path="url(#@id@-cost)">{line("x-model", "cost", points(xs, ys))}</g>'
        f'<path class="x-least" data-x="least" d="M{tenth(xs[first])},{tenth(ys[first])}H{tenth(xs[last])}"/>'
        + _text("leastName", middle, ys[first] + 16, "x-mid", _LABELS["cheapest"])
        + _text("ruleName", at + 5, _COST.stop - 6, "", _WORDS["rule"].format(rule=describe_chance(rule)))
        + f'<circle class="x-now" data-x="costNow" cx="{tenth(xs[HALF])}" cy="{tenth(ys[HALF])}" r="5.5"/>{knob}'
    )


def _text(name: str, x: float, y: float, classes: str, text: str) -> str:
    return f'<text class="{f"x-halo {classes}".strip()}" data-x="{name}" x="{tenth(x)}" y="{tenth(y)}">{text}</text>'


_CELLS = {"tp": (88, 82, "hit"), "fn": (196, 82, "miss"), "fp": (88, 148, "miss"), "tn": (196, 148, "hit")}
"""Left and lower end of each square of the confusion matrix, and whether its decisions are right."""


def _matrix_panel(model: Scored) -> Panel:
    table = count_at(model, 0.0)
    counts = {
        "tp": table.true_positives,
        "fn": table.false_negatives,
        "fp": table.false_positives,
        "tn": table.true_negatives,
    }
    cells = ""
    for name, (x, y, kind) in _CELLS.items():
        side = _SIDE * math.sqrt(counts[name])
        square = f'x="{x}" y="{tenth(y - side)}" width="{tenth(side)}" height="{tenth(side)}"'
        cells += f'<rect class="x-{kind}" data-x="{name}" {square}/>' + _text(
            f"{name}N", x + side + 6, y - 2, "", str(counts[name])
        )
    shares = _shares(table)
    body = (
        '<path class="x-grid" d="M80,22V156H308V22ZM80,89H308M188,22V156"/>'
        f'<text class="x-name" x="84" y="14">{_LABELS["called 1"]}</text>'
        f'<text class="x-name" x="192" y="14">{_LABELS["called 0"]}</text>'
        f'<text class="x-name" x="4" y="60">{_LABELS["is 1"]}</text>'
        f'<text class="x-name" x="4" y="126">{_LABELS["is 0"]}</text>'
        f'<text x="4" y="76">{_LABELS["class 1"]}</text><text x="4" y="142">{_LABELS["class 0"]}</text>'
        + cells
        + _text("recallShare", 308, 175, "x-end", shares["recall"])
        + _text("precisionShare", 4, 175, "", shares["precision"])
    )
    return Panel(width=320, height=182, body=body, label=_LABELS["matrix panel"])


def _curve_panel(models: tuple[Scored, Scored]) -> Panel:
    roc, precision_recall = "", ""
    for model in models:
        curve, other = roc_curve(model.z, model.y), precision_recall_curve(model.z, model.y)
        corners = np.column_stack((curve.false_positive_rate, curve.true_positive_rate))
        stairs = np.column_stack((np.repeat(np.append(0, other.recall), 2)[1:-1], np.repeat(other.precision, 2)))
        hidden = "" if model is models[0] else " hidden"
        roc += f'<g data-x="{model.key}Roc"{hidden}>{_curve(corners)}</g>'
        precision_recall += f'<g data-x="{model.key}Pr"{hidden}>{_curve(stairs)}</g>'
    table = count_at(models[0], 0.0)
    fpr, recall, precision = table.false_positives / len(models[0].zeros), table.recall, table.precision
    base = tenth(_UP(len(models[0].ones) / len(models[0].z)))
    ticks = (0, 0.5, 1)
    body = (
        x_axis(_UNIT, _UP, ticks, _LABELS["false positive rate"])
        + y_axis(_UNIT, _UP, ticks, _LABELS["recall"])
        + f'<path class="x-floor" d="M{_UNIT.start},{_UP.start}L{_UNIT.stop},{_UP.stop}"/>{roc}'
        + _dot("roc", fpr, recall)
        + '<g transform="translate(158)">'
        + x_axis(_UNIT, _UP, ticks, _LABELS["recall"])
        + y_axis(_UNIT, _UP, ticks, _LABELS["precision"])
        + f'<path class="x-floor" d="M{_UNIT.start},{base}H{_UNIT.stop}"/>{precision_recall}'
        + _dot("pr", recall, precision)
        + "</g>"
    )
    return Panel(width=320, height=162, body=body, label=_LABELS["curve panel"])


def _curve(corners: NDArray[np.float64]) -> str:
    """Return a curve without points in the middle of a straight piece."""
    before, after = np.diff(corners[:-1], axis=0), np.diff(corners[1:], axis=0)
    bends = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) > _ROUNDING
    turns = np.sum(before * after, axis=1) < 0
    kept = corners[np.concatenate(([True], bends | turns, [True]))].tolist()
    return f'<polyline class="x-model" points="{points([_UNIT(x) for x, _ in kept], [_UP(y) for _, y in kept])}"/>'


def _dot(name: str, x: float, y: float) -> str:
    return f'<circle class="x-now" data-x="{name}" cx="{tenth(_UNIT(x))}" cy="{tenth(_UP(y))}" r="5.5"/>'


def _controls(models: tuple[Scored, Scored]) -> str:
    even = _WORDS["spoken"].format(p=describe_chance(0.5), z=fixed(0.0, 2))
    cut = slider("tau", _LABELS["threshold"], highest=2 * HALF, value=HALF, shown=describe_chance(0.5), spoken=even)
    alarm, miss = (f"{cost:g}" for cost in PRICES[_PRICE])
    ratio = slider(
        "price",
        _LABELS["price"],
        highest=len(PRICES) - 1,
        value=_PRICE,
        shown=_WORDS["ratio"].format(miss=miss, alarm=alarm),
        spoken=_WORDS["even"],
    )
    buttons = "".join(button(name, _LABELS[name]) for name in ("toRule", "toLeast", "reset"))
    choice = radios("model", _LABELS["model"], [(model.key, model.name) for model in models])
    return f'{choice}{cut}{ratio}<div class="x-buttons">{buttons}</div>'
