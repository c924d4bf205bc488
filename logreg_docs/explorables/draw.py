"""Geometry of an explorable: coordinates and numbers, formatted exactly as the page's JavaScript formats them.

`Scale`, `tenth` and `fixed` have counterparts in `docs/assets/explorables/explorable.js`, which do the same operations
in the same order. So nothing changes by a digit when the JavaScript takes over.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Panel",
    "Scale",
    "clip",
    "fixed",
    "handle",
    "line",
    "outlines",
    "points",
    "tenth",
    "x_axis",
    "y_axis",
]

_MINUS = "\N{MINUS SIGN}"
_RAYS = 40
REACH = 44 / 2 + 2
"""Radius of the invisible disc that a finger can hit: 44 CSS pixels wide even where a panel is scaled down a little."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear axis: `low` is drawn at `start`, `high` at `stop`.

    Args:
        low: Value at one end.
        high: Value at the other end.
        start: Coordinate of `low` in the panel's units.
        stop: Coordinate of `high`.

    Examples:
        >>> Scale(0, 10, 40, 240)(2.5)
        90.0
    """

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Return where `value` is drawn."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)

    def json(self) -> list[float]:
        """Return the four numbers for the page."""
        return [self.low, self.high, self.start, self.stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One drawing of an explorable.

    Args:
        width: Width of its coordinate system; 320 is half a text column.
        height: Height of its coordinate system.
        body: SVG elements. `@id@` stands for a prefix that no other figure of the page has.
        label: Text alternative.
        handles: Whether it contains something to drag.
    """

    width: int
    height: int
    body: str
    label: str
    handles: bool = False

    def svg(self, area: str = "", more: str = "") -> str:
        """Return the drawing as an SVG element, placed in the grid area `area`."""
        role = "group" if self.handles else "img"
        place = f' style="grid-area:{area}"' if area else ""
        return (
            f'<svg viewBox="0 0 {self.width} {self.height}"{place}{more} role="{role}"'
            f' aria-label="{escape(self.label)}">{self.body}</svg>'
        )


def tenth(value: float) -> str:
    """Format a coordinate with at most one decimal, halves rounded up.

    Args:
        value: Coordinate in the panel's units.

    Returns:
        The shortest decimal.

    Examples:
        >>> tenth(12.25), tenth(-0.04), tenth(7.0)
        ('12.3', '0', '7')
    """
    return repr(math.floor(value * 10 + 0.5) / 10).removesuffix(".0")


def fixed(value: float, digits: int) -> str:
    """Format a number with a minus sign instead of a hyphen, halves rounded away from zero.

    Args:
        value: Any finite number.
        digits: Number of decimals.

    Returns:
        The text; a negative number that rounds to zero loses its sign.

    Examples:
        >>> fixed(0.125, 2), fixed(-2.5, 0), fixed(-0.001, 2)
        ('0.13', '−3', '0.00')
    """
    text = f"{Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", _MINUS)


def points(xs: ArrayLike, ys: ArrayLike) -> str:
    """Format coordinates as the `points` of a polyline.

    Args:
        xs: Horizontal coordinates.
        ys: Vertical coordinates, as many.

    Returns:
        Pairs such as `0,2`, separated by spaces.

    Examples:
        >>> points([0.0, 1.5], [2.0, 3.0])
        '0,2 1.5,3'
    """
    pairs = zip(np.asarray(xs, float).tolist(), np.asarray(ys, float).tolist(), strict=True)
    return " ".join(f"{tenth(x)},{tenth(y)}" for x, y in pairs)


def line(classes: str, name: str, drawn: str) -> str:
    """Return a polyline that the JavaScript can move.

    Args:
        classes: Classes of `drawing.css`.
        name: Name of the node in the JavaScript.
        drawn: Its `points`.

    Returns:
        The element.
    """
    return f'<polyline class="{classes}" data-x="{name}" points="{drawn}"/>'


def clip(name: str, x: Scale, y: Scale) -> str:
    """Return a clip path over the rectangle of two axes; use it as `clip-path="url(#@id@-name)"`.

    Args:
        name: Name of the clip path within the figure.
        x: Horizontal axis.
        y: Vertical axis.

    Returns:
        The element.
    """
    left, top = min(x.start, x.stop), min(y.start, y.stop)
    size = f'width="{tenth(abs(x.stop - x.start))}" height="{tenth(abs(y.stop - y.start))}"'
    return f'<clipPath id="@id@-{name}"><rect x="{tenth(left)}" y="{tenth(top)}" {size}/></clipPath>'


def x_axis(x: Scale, y: Scale, ticks: Iterable[float], label: str, names: Mapping[float, str] | None = None) -> str:
    """Return grid lines, tick labels and the label of a horizontal axis.

    Args:
        x: The axis.
        y: The vertical axis.
        ticks: Values to mark.
        label: Quantity and unit.
        names: Labels of some ticks, where the number is not wanted.

    Returns:
        SVG elements.
    """
    values = list(ticks)
    low, high = max(y.start, y.stop), min(y.start, y.stop)
    rules = "".join(f"M{tenth(x(v))},{tenth(high)}V{tenth(low)}" for v in values)
    numbers = "".join(f'<text x="{tenth(x(v))}" y="{tenth(low + 15)}">{_tick(v, names)}</text>' for v in values)
    end = max(x.start, x.stop)
    return (
        f'<path class="x-grid" d="{rules}"/><g class="x-mid">{numbers}</g>'
        f'<text class="x-name x-end" x="{tenth(end)}" y="{tenth(low + 30)}">{escape(label)}</text>'
    )


def y_axis(x: Scale, y: Scale, ticks: Iterable[float], label: str, names: Mapping[float, str] | None = None) -> str:
    """Return grid lines, tick labels and the label of a vertical axis.

    Args:
        x: The horizontal axis.
        y: The axis.
        ticks: Values to mark.
        label: Quantity and unit, written along the axis.
        names: Labels of some ticks, where the number is not wanted.

    Returns:
        SVG elements.
    """
    values = list(ticks)
    left, right = min(x.start, x.stop), max(x.start, x.stop)
    rules = "".join(f"M{tenth(left)},{tenth(y(v))}H{tenth(right)}" for v in values)
    numbers = "".join(f'<text x="{tenth(left - 5)}" y="{tenth(y(v) + 4)}">{_tick(v, names)}</text>' for v in values)
    return (
        f'<path class="x-grid" d="{rules}"/><g class="x-end">{numbers}</g>'
        f'<text class="x-name x-end" transform="translate(11,{tenth(min(y.start, y.stop))})rotate(-90)">'
        f"{escape(label)}</text>"
    )


def outlines(
    height: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
    lowest: tuple[float, float],
    directions: NDArray[np.float64],
    levels: Iterable[float],
    *,
    axes: tuple[Scale, Scale],
) -> str:
    """Return the sublevel sets of a convex function of two parameters.

    Each ray from the minimum crosses the outline of such a set once; bisection finds where. Corners are rounded to half
    a unit and written as relative steps, which are short.

    Args:
        height: The function, of two arrays of equal length.
        lowest: The two parameters at its minimum.
        directions: Columns in which the level lines are about circles, so that rays at equal angles are spread well,
            shape (2, 2).
        levels: Levels of the sets.
        axes: Axes of the two parameters, horizontal first.

    Returns:
        SVG elements; nested sets look darker where they overlap.
    """
    angles = np.linspace(0, 2 * np.pi, _RAYS, endpoint=False)
    rays = directions @ np.array([np.cos(angles), np.sin(angles)])
    x, y = axes
    drawn = ""
    for level in levels:
        low, high = np.zeros(_RAYS), np.full(_RAYS, 1000.0)
        for _ in range(48):
            middle = (low + high) / 2
            below = height(*(np.array(lowest)[:, None] + rays * middle)) < level
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        corners = (np.array(lowest)[:, None] + rays * low).T.tolist()
        half = [(round(2 * x(u)), round(2 * y(v))) for u, v in corners]
        steps = "".join(f" {c - a} {d - b}" for (a, b), (c, d) in itertools.pairwise(half))
        drawn += f'<path d="M{half[0][0]} {half[0][1]}l{steps.replace(" -", "-").strip()}z"/>'
    return f'<g class="x-area" transform="scale(.5)">{drawn}</g>'


def handle(name: str, x: float, y: float, body: str) -> str:
    """Return a handle to drag: its drawing, and an invisible disc that is large enough for a finger.

    Args:
        name: Name of the node in the JavaScript.
        x: Horizontal coordinate in the panel.
        y: Vertical coordinate in the panel.
        body: SVG elements of the handle, drawn around (0, 0).

    Returns:
        The element.
    """
    disc = f'<circle class="x-reach" r="{REACH:g}"/>'
    return f'<g class="x-handle" data-x="{name}" transform="translate({tenth(x)},{tenth(y)})">{disc}{body}</g>'


def _tick(value: float, names: Mapping[float, str] | None) -> str:
    return escape((names or {}).get(value) or f"{value:g}".replace("-", _MINUS))
