r"""Probability and likelihood: one formula as a function of the data or of the coin, and a product that underflows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.explorables.base import Explorable, button, radios, slider
from logreg_docs.explorables.draw import Panel, Scale, clip, fixed, handle, line, points, tenth, x_axis, y_axis
from logreg_docs.likelihood import bernoulli_likelihood, bernoulli_log_likelihood, binomial_likelihood

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["THETAS", "TOSSES", "Tosses", "caption", "draw_bars", "draw_curve", "explore_likelihood", "number"]

_FEW = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 400, 500, 700)
TOSSES = (*_FEW, 1000, 1100, 1200, 1250, 1300, 1400, 1500, 1700, 2000)
"""The numbers of tosses on the slider."""

THETAS = tuple(place / 100 for place in range(101))
"""The coins on the slider."""

# Upper ends of the vertical axis, of which the smallest possible is used.
_AXIS_ENDS = (0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
_PIECES = 200  # of the curve; every value of the slider is one of its corners
_MAX_GAPS = 50  # up to this number of tosses, there are gaps between the bars
_MIN_HEIGHT = 0.05  # units; lower bars are not drawn
_MIN_DECIMAL = 1e-3  # smaller numbers have an exponent
_MAX_DIGITS = 12  # longer numbers are written as a power of ten
_LEFT_LABEL = 0.8  # peaks at a larger θ have their label on the left
_FAR = 3000

_LEFT, _RIGHT, _LOW, _HIGH = 44, 312, 186, 44
_COIN = Scale(0, 1, _LEFT, _RIGHT)
_N = Scale(0, TOSSES[-1], 62, 302)
_LOG = Scale(-1600, 0, 130, 8)
_UNDERFLOW = -1075 * math.log(2)  # a smaller product, under half of the smallest float64, is rounded to 0
_UP = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

_LABELS = {
    "question": "The bars sum to 1. Toss more often: will the area under the curve grow, shrink or stay?",
    "help": "On the bars it moves the data, on the curve the coin. With more tosses the share of heads stays.",
    "k": "heads k",
    "theta": "coin θ",
    "n": "tosses n",
    "log": "log-likelihood, nats",
    "zero": "here the product is 0",
    "peak": "peak",
    "product": "One order: multiply",
    "logs": "One order: add logarithms",
    "orders": "Any order: the bars and the curve",
    "hold": "Hold",
    "coin": "the coin",
    "data": "the data",
    "ab": "bars and curve",
    "cd": "one order",
    "to peak": "To the peak",
    "reset": "Reset",
    "data panel": "Bars: the probability of each number of heads.",
    "coin panel": "Curve: the likelihood of each coin, with its peak.",
    "number panel": "The same number computed as a product and as a sum.",
    "log panel": "The log-likelihood in nats for one order falls evenly with the tosses; below −745 a product becomes "
    "0.",
}
_WORDS = {
    "sum": "Bars for θ = {theta}: they sum to {sum}",
    "area": "Curve for {k} of {n}: its area is {area}",
    "product": "{theta}{k} · {rest}{tails} = {product}{note}",
    "logs": "{k} log {theta} + {tails} log {rest} = {log}",
    "orders": "orders: {orders}, {value} in all",
    "note": " (underflow)",
    "caption": "The bars sum to {sum}, the area under the curve is {area}. {held} One order: product {product}, "
    "logarithms {log}.",
    "coin": "With the coin θ = {theta}, {k} heads in {n} tosses have the probability {value}.",
    "data": "With {k} heads in {n} tosses, θ = {theta} has the likelihood {value}, {ratio} of the peak at {best}.",
    "peak": "With {k} heads in {n} tosses, θ = {theta} is the peak, with the likelihood {value}.",
    "heads": "heads in {k} of {n}: {value}",
    "tiny": "≈ 0",
    "at": "θ = {theta}: {value}",
    "kHandle": "Heads k, with the coin held",
    "tHandle": "Coin θ, with the data held",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tosses:
    """A number of heads and a coin, with every number that the figure shows about them.

    Args:
        n: Number of tosses.
        k: Number of heads.
        theta: Probability of heads.
    """

    n: int
    k: int
    theta: float

    @property
    def best(self) -> float:
        """Maximum-likelihood estimate of the coin."""
        return self.k / self.n

    @property
    def bars(self) -> NDArray[np.float64]:
        """Probabilities of 0 ... n heads, shape (n + 1,)."""
        return binomial_likelihood(self.theta, np.arange(self.n + 1), n_tosses=self.n)

    @property
    def value(self) -> float:
        """Probability of k heads in any order, which is the likelihood of the coin."""
        return self.likelihood(self.theta)

    @property
    def product(self) -> float:
        """Likelihood for one order as a product, 0 where it underflows."""
        return float(bernoulli_likelihood(self.theta, self._row()))

    @property
    def log(self) -> float:
        """Log-likelihood for one order, in nats."""
        return float(bernoulli_log_likelihood(self.theta, self._row()))

    @property
    def top(self) -> float:
        """Upper end of the vertical axis."""
        highest = max(float(self.bars.max()), self.likelihood(self.best))
        return next(top for top in _AXIS_ENDS if top >= min(highest, 1.0))

    def likelihood(self, theta: float) -> float:
        """Return the likelihood of a coin for k heads in any order."""
        return float(binomial_likelihood(theta, self.k, n_tosses=self.n))

    def words(self) -> dict[str, str]:
        """Return every number of the figure as text."""
        orders = str(math.comb(self.n, self.k))
        shift = self.log - float(bernoulli_log_likelihood(self.best, self._row()))
        return {
            "n": str(self.n),
            "k": str(self.k),
            "tails": str(self.n - self.k),
            "theta": fixed(self.theta, 3),
            "rest": fixed(1 - self.theta, 3),
            "best": fixed(self.best, 3),
            "sum": fixed(float(self.bars.sum()), 3),
            "area": number(1 / (self.n + 1)),
            "value": self._format(self.value),
            "ratio": self._format(math.exp(shift)),
            "product": number(self.product),
            "note": "" if self.product or math.isinf(self.log) else _WORDS["note"],
            "log": fixed(self.log, 2) if math.isfinite(self.log) else "−∞",
            "orders": orders if len(orders) <= _MAX_DIGITS else _power_of_ten(orders),
        }

    def _format(self, value: float) -> str:
        """Format a number that may be too small for a float64 without being 0."""
        return number(value) if value or math.isinf(self.log) else _WORDS["tiny"]

    def _row(self) -> NDArray[np.bool_]:
        return np.arange(self.n) < self.k


def _power_of_ten(digits: str) -> str:
    """Format a large whole number as a digit times a power of ten."""
    first, power = (int(digits[:2]) + 5) // 10, len(digits) - 1
    lead, power = (1, power + 1) if first == 10 else (first, power)  # noqa: PLR2004 - ten
    return f"about {lead}·10{str(power).translate(_UP)}"


def number(value: float) -> str:
    """Format a number from 0 to 1 with four decimals, or with an exponent if it is small.

    Args:
        value: The number.

    Returns:
        The text; exactly 0 has no decimals, unlike what is rounded to 0.

    Examples:
        >>> number(0.03125), number(2.0**-1073), number(0.0)
        ('0.0313', '9.88e−324', '0')
    """
    if value == 0:
        return "0"
    if value >= _MIN_DECIMAL:
        return fixed(value, 4)
    digits = Decimal(f"{Decimal(value):.30e}")
    power = digits.adjusted()
    rounded = digits.scaleb(-power).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded}e−{-power}" if rounded < 10 else f"1.00e−{-power - 1}"  # noqa: PLR2004 - ten


def caption(tosses: Tosses, hold: str) -> str:
    """Describe the state.

    Args:
        tosses: Heads and coin.
        hold: What stays fixed, `coin` or `data`.

    Returns:
        The caption.
    """
    words = tosses.words()
    held = "peak" if hold == "data" and tosses.theta == tosses.best else hold
    return _WORDS["caption"].format(held=_WORDS[held].format(**words), **words)


def draw_bars(tosses: Tosses) -> str:
    """Return the bars as the `d` of one path, without those lower than a twentieth of a unit.

    Args:
        tosses: Heads and coin.

    Returns:
        Steps up, across and down.
    """
    across, up = _axes(tosses)
    apart = tosses.n <= _MAX_GAPS
    half = 0.4 if apart else 0.5
    drawn = ""
    for k, value in enumerate(tosses.bars.tolist()):
        y = up(value)
        if _LOW - y < _MIN_HEIGHT:
            continue
        if apart or not drawn:
            drawn += f"M{tenth(across(k - half))},{_LOW}"
        drawn += f"V{tenth(y)}H{tenth(across(k + half))}" + (f"V{_LOW}" if apart else "")
    return drawn + ("" if apart else f"V{_LOW}")


def draw_curve(tosses: Tosses) -> str:
    """Return the likelihood curve as the `points` of a polyline.

    Args:
        tosses: Number of heads; the coin matters only for the scale of the axis.

    Returns:
        The points.
    """
    up = _axes(tosses)[1]
    thetas = [place / _PIECES for place in range(_PIECES + 1)]
    values = binomial_likelihood(thetas, tosses.k, n_tosses=tosses.n).tolist()
    return points([_COIN(theta) for theta in thetas], [up(value) for value in values])


def explore_likelihood() -> Explorable:
    """Return the figure: bars over the data, a curve over the coin, the same number in both, and how it is computed.

    Returns:
        The explorable in its default state: a fair coin that stays fixed, 7 heads in 10 tosses.

    Examples:
        >>> explore_likelihood().name
        'likelihood'
    """
    tosses = Tosses(n=10, k=7, theta=0.5)
    return Explorable(
        name="likelihood",
        question=_LABELS["question"],
        panels={
            "a": _data_panel(tosses),
            "b": _coin_panel(tosses),
            "c": _number_panel(tosses),
            "d": _log_panel(tosses),
        },
        layout=("ab", "cd"),
        views=tuple((letters, _LABELS[letters]) for letters in ("ab", "cd")),
        help=_LABELS["help"],
        controls=_controls(tosses),
        caption=caption(tosses, "coin"),
        data={
            "tosses": TOSSES,
            "thetas": THETAS,
            "n": tosses.n,
            "share": tosses.best,
            "theta": tosses.theta,
            "tops": _AXIS_ENDS,
            "pieces": _PIECES,
            "gaps": _MAX_GAPS,
            "seen": _MIN_HEIGHT,
            "plain": _MIN_DECIMAL,
            "exact": _MAX_DIGITS,
            "flip": _LEFT_LABEL,
            "far": _FAR,
            "axes": {"coin": _COIN.json(), "n": _N.json(), "log": _LOG.json(), "up": [_LOW, _HIGH]},
            "words": _WORDS,
        },
    )


def _axes(tosses: Tosses) -> tuple[Scale, Scale]:
    """Return the axis of the number of heads and the axis of the probability."""
    return Scale(-0.5, tosses.n + 0.5, _LEFT, _RIGHT), Scale(0, tosses.top, _LOW, _HIGH)


def _frame(tosses: Tosses, name: str, label: str) -> str:
    """Return the vertical axis, whose tick labels change, and the title."""
    rules = "".join(f"M{_LEFT},{y}H{_RIGHT}" for y in (_HIGH, (_HIGH + _LOW) // 2, _LOW))
    return (
        f'<path class="x-grid" d="{rules}"/><g class="x-end"><text x="39" y="{_LOW + 4}">0</text>'
        f'<text x="39" y="{(_HIGH + _LOW) // 2 + 4}" data-x="{name}Half">{tosses.top / 2:g}</text>'
        f'<text x="39" y="{_HIGH + 4}" data-x="{name}Top">{tosses.top:g}</text></g>'
        f'<text class="x-name" x="8" y="14" data-x="{name}Title">{label}</text>'
    )


def _label(name: str, x: float, y: float, text: str) -> str:
    """Return a number above a dot, inside the panel."""
    place = tenth(min(max(x, _LEFT + 20), _RIGHT - 22))
    return f'<text class="x-halo x-mid" data-x="{name}" x="{place}" y="{tenth(y - 13)}">{text}</text>'


_KNOB = '<circle class="x-knob" r="8"/><circle class="x-now" r="5.5"/>'


def _data_panel(tosses: Tosses) -> Panel:
    across, up = _axes(tosses)
    words = tosses.words()
    x, y = across(tosses.k), up(tosses.value)
    body = (
        _frame(tosses, "data", _WORDS["sum"].format(**words))
        + f'<g class="x-mid"><text x="{_LEFT}" y="{_LOW + 14}">0</text>'
        f'<text class="x-end" x="{_RIGHT}" y="{_LOW + 14}" data-x="last">{tosses.n}</text></g>'
        f'<text class="x-name x-mid" x="178" y="{_LOW + 20}">{_LABELS["k"]}</text>'
        f'<path class="x-bars" data-x="bars" d="{draw_bars(tosses)}"/>'
        f'<path class="x-cut" data-x="kCut" d="M{tenth(x)},{tenth(y)}H{_RIGHT}"/>'
        + handle("kHandle", x, y, _KNOB)
        + _label("kLabel", x, y, words["value"])
    )
    return Panel(width=320, height=212, body=body, label=_LABELS["data panel"], handles=True)


def _coin_panel(tosses: Tosses) -> Panel:
    up = _axes(tosses)[1]
    words = tosses.words()
    x, y = _COIN(tosses.theta), up(tosses.value)
    curve = draw_curve(tosses)
    best = tenth(_COIN(tosses.best)), tenth(up(tosses.likelihood(tosses.best)))
    ticks = "".join(f'<text x="{tenth(_COIN(v))}" y="{_LOW + 14}">{v:g}</text>' for v in (0, 1))
    body = (
        _frame(tosses, "coin", _WORDS["area"].format(**words))
        + f'<g class="x-mid">{ticks}</g><text class="x-name x-mid" x="178" y="{_LOW + 20}">{_LABELS["theta"]}</text>'
        + line("x-bars x-quiet", "fill", f"{_LEFT},{_LOW} {curve} {_RIGHT},{_LOW}")
        + line("x-model", "curve", curve)
        + f'<path class="x-cut" data-x="tCut" d="M{_LEFT},{tenth(y)}H{tenth(x)}"/>'
        f'<circle class="x-best" data-x="best" cx="{best[0]}" cy="{best[1]}" r="11"/>'
        f'<text class="x-halo" data-x="bestLabel" x="{tenth(float(best[0]) + 16)}" y="{tenth(float(best[1]) + 4)}">'
        f"{_LABELS['peak']}</text>" + handle("tHandle", x, y, _KNOB) + _label("tLabel", x, y, words["value"])
    )
    return Panel(width=320, height=212, body=body, label=_LABELS["coin panel"], handles=True)


def _number_panel(tosses: Tosses) -> Panel:
    words = tosses.words()
    raised = words | {"k": words["k"].translate(_UP), "tails": words["tails"].translate(_UP)}
    rows = (
        ("product", _WORDS["product"].format(**raised)),
        ("logs", _WORDS["logs"].format(**words)),
        ("orders", _WORDS["orders"].format(**words)),
    )
    body = "".join(
        f'<text x="8" y="{18 + 52 * i}">{_LABELS[key]}</text><text class="x-name" x="8" y="{38 + 52 * i}" '
        f'data-x="{key}">{text}</text>'
        for i, (key, text) in enumerate(rows)
    )
    return Panel(width=320, height=160, body=body, label=_LABELS["number panel"])


def _log_panel(tosses: Tosses) -> Panel:
    x, y = tenth(_N(tosses.n)), _LOG(tosses.log)
    end = _LOG(tosses.log / tosses.n * TOSSES[-1])
    zero = _LOG(_UNDERFLOW)
    body = (
        f"<defs>{clip('log', _N, _LOG)}</defs>"
        + x_axis(_N, _LOG, range(0, 2001, 500), _LABELS["n"])
        + y_axis(_N, _LOG, (0, -500, -1000, -1500), _LABELS["log"])
        + f'<path class="x-zone" d="M62,{tenth(zero)}H302V130H62z"/>'
        f'<text class="x-halo" x="68" y="124">{_LABELS["zero"]}</text>'
        f'<g clip-path="url(#@id@-log)"><path class="x-floor" data-x="more" d="M62,8L302,{tenth(end)}"/>'
        f'<path class="x-model" data-x="sum" d="M62,8L{x},{tenth(y)}"/></g>'
        f'<circle class="x-now" data-x="logNow" cx="{x}" cy="{tenth(y)}" r="5.5"/>'
    )
    return Panel(width=320, height=160, body=body, label=_LABELS["log panel"])


def _controls(tosses: Tosses) -> str:
    words = tosses.words()
    return (
        radios("hold", _LABELS["hold"], [(held, _LABELS[held]) for held in ("coin", "data")])
        + slider(
            "k",
            _LABELS["k"],
            highest=tosses.n,
            value=tosses.k,
            shown=words["k"],
            spoken=_WORDS["heads"].format(**words),
        )
        + slider(
            "theta",
            _LABELS["theta"],
            highest=len(THETAS) - 1,
            value=THETAS.index(tosses.theta),
            shown=fixed(tosses.theta, 2),
            spoken=_WORDS["at"].format(**words),
        )
        + slider("n", _LABELS["n"], highest=len(TOSSES) - 1, value=TOSSES.index(tosses.n), shown=words["n"])
        + f'<div class="x-buttons">{button("peak", _LABELS["to peak"])}{button("reset", _LABELS["reset"])}</div>'
    )
