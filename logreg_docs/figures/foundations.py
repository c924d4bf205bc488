"""Figures of what the chapters take for granted: spread, the normal curve, logarithms, slopes, vectors and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from logreg_docs.figures.style import DescribedFigure

__all__ = [
    "plot_dot_product",
    "plot_independence",
    "plot_logarithm",
    "plot_normal_curve",
    "plot_secants",
    "plot_spread",
    "plot_sums_along_axes",
]

_MODEL, _RIVAL, _GUIDE, _MUTED, _FG, _PALE = (
    PALETTE[role].light for role in ("model", "rival", "guide", "muted", "fg", "pale")
)
_SINGLE = 5.4  # inches; the text of one panel of this width is readable on a phone


@styled
def plot_spread(values: NDArray[np.float64], *, x_label: str) -> DescribedFigure:
    """Draw numbers on a line with their mean and one standard deviation to each side.

    Args:
        values: The numbers, shape (n_samples,).
        x_label: What they are, with their unit.

    Returns:
        The figure. The standard deviation divides by the number of values.
    """
    mean, spread = float(values.mean()), float(values.std())
    inside = int((np.abs(values - mean) <= spread).sum())
    alt = (
        f"{values.size} dots on a line of {x_label}. A vertical line stands at their mean, {mean:.1f}. A shaded band "
        f"reaches one standard deviation, {spread:.1f}, to each side of it, and {inside} of the dots lie inside it."
    )
    figure, (axes,) = new_figure(alt, width=_SINGLE, height=1.9)
    axes.axvspan(mean - spread, mean + spread, color=_PALE, lw=0, label="one standard deviation to each side")
    axes.axvline(mean, color=_RIVAL, label="mean")
    order = np.argsort(values)
    heights = np.empty(values.size)
    heights[order] = np.arange(values.size) % 4  # so that near numbers do not hide one another
    axes.plot(values, heights, "o", mew=0, alpha=0.8, color=_MODEL)
    axes.set(xlabel=x_label, ylim=(-1, 4), yticks=[], ylabel=" ")
    figure.legend(loc="outside upper left", ncols=2, fontsize=9)
    return figure


@styled
def plot_normal_curve(
    z: NDArray[np.float64], density: NDArray[np.float64], draws: NDArray[np.float64], shares: Sequence[float]
) -> DescribedFigure:
    """Plot the normal density over a histogram of draws, with the shares within one and two standard deviations.

    Args:
        z: Distances from the mean in standard deviations, shape (n_points,).
        density: The density there.
        draws: Numbers drawn from it.
        shares: Shares of the area within one and within two standard deviations.

    Returns:
        The figure.
    """
    one, two = shares
    alt = (
        f"A bell curve over a histogram of {draws.size} draws, which follows it. The curve is highest at the mean and "
        f"falls off alike on both sides. Of its area {one:.0%} lie within one standard deviation of the mean and "
        f"{two:.0%} within two."
    )
    figure, (axes,) = new_figure(alt, width=_SINGLE, height=3.2)
    axes.hist(draws, bins=np.linspace(-4, 4, 33).tolist(), density=True, color=_PALE)
    axes.plot(z, density, color=_MODEL)
    for reach, share, height in ((1, one, 0.12), (2, two, 0.03)):
        axes.annotate("", (-reach, height), (reach, height), arrowprops={"arrowstyle": "<->", "color": _FG})
        axes.text(0, height + 0.005, f"{share:.0%}", ha="center", va="bottom")
    axes.set(xlabel="standard deviations from the mean", ylabel="density", xlim=(-4, 4))
    return figure


@styled
def plot_independence(first: float, second: float, names: tuple[str, str]) -> DescribedFigure:
    """Draw two independent events as parts of a square whose area is 1.

    Args:
        first: Probability of the first event: a share of the width.
        second: Probability of the second event: a share of the height.
        names: What the events are.

    Returns:
        The figure: four rectangles, each as large as its probability.
    """
    alt = (
        f"A square of area 1, cut across at {first:g} of its width and at {second:g} of its height. The rectangle "
        f"where both {names[0]} and {names[1]} has the area {first:g} times {second:g}, which is {first * second:g}."
    )
    figure, (axes,) = new_figure(alt, width=3.6, height=3.4)
    axes.add_patch(Rectangle((0, 0), first, second, color=_MODEL, alpha=0.35, lw=0))
    axes.plot([first, first], [0, 1], color=_FG, lw=1)
    axes.plot([0, 1], [second, second], color=_FG, lw=1)
    for x, width in ((0.0, first), (first, 1 - first)):
        for y, height in ((0.0, second), (second, 1 - second)):
            axes.text(x + width / 2, y + height / 2, f"{width * height:g}", ha="center", va="center")
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[0, first, 1], yticks=[0, second, 1])
    axes.set(xlabel=names[0], ylabel=names[1])
    axes.grid(visible=False)
    return figure


@styled
def plot_logarithm(x: NDArray[np.float64], factors: tuple[float, float]) -> DescribedFigure:
    """Plot the natural logarithm with the heights of two numbers and of their product.

    Args:
        x: Where to draw it, greater than 0, shape (n_points,).
        factors: Two numbers whose product lies in the range of `x`.

    Returns:
        The figure.
    """
    a, b = factors
    alt = (
        f"The natural logarithm: it crosses 0 at 1 and rises ever more slowly. Its height at {a:g} is {np.log(a):.2f} "
        f"and at {b:g} is {np.log(b):.2f}. At the product {a * b:g} it is the sum of the two, {np.log(a * b):.2f}."
    )
    figure, (axes,) = new_figure(alt, width=_SINGLE, height=3.0)
    axes.plot(x, np.log(x), color=_MODEL)
    axes.axhline(0, color=_MUTED, lw=0.8)
    low, high = float(np.log(a)), float(np.log(b))
    for number, bottom, top, colour in (
        (a, 0, low, _RIVAL),
        (b, 0, high, _GUIDE),
        (a * b, 0, low, _RIVAL),
        (a * b, low, low + high, _GUIDE),
    ):
        axes.plot([number, number], [bottom, top], color=colour, lw=3)
    for number in (a, b, a * b):
        axes.text(number + 0.12, np.log(number) - 0.18, f"log {number:g}", va="top")
    axes.set(xlabel="x", ylabel="log x")
    return figure


@styled
def plot_secants(
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    x: NDArray[np.float64],
    point: float,
    steps: Sequence[float],
) -> DescribedFigure:
    """Draw a curve with lines through a point and a second one that comes nearer.

    Args:
        function: The curve.
        x: Where to draw it, shape (n_points,).
        point: Where the lines begin.
        steps: How far away the second point is, one line each.

    Returns:
        The figure. The legend names the slope of each line.
    """
    start = float(function(np.array(point)))
    slopes = [(float(function(np.array(point + h))) - start) / h for h in steps]
    told = ", ".join(f"{slope:g} for h = {h:g}" for h, slope in zip(steps, slopes, strict=True))
    alt = (
        f"A curve and {len(steps)} straight lines that meet it at {point:g} and at a distance h further right. "
        f"Their slopes are {told}. The nearer the second point, the more the line hugs the curve."
    )
    figure, (axes,) = new_figure(alt, width=_SINGLE, height=3.4)
    axes.plot(x, function(x), color=_FG)
    for h, slope, colour, dash in zip(
        steps, slopes, (_MUTED, _GUIDE, _RIVAL, _MODEL), ("-.", ":", "--", "-"), strict=False
    ):
        axes.plot(x, start + slope * (x - point), dash, color=colour, label=f"h = {h:g}: slope {slope:g}")
        axes.plot([point, point + h], [start, start + slope * h], "o", color=colour, mew=0)
    axes.set(xlabel="x", ylabel="f(x)", ylim=(float(function(x).min()) - 1, float(function(x).max())))
    axes.legend(fontsize=9)
    return figure


@styled
def plot_dot_product(a: NDArray[np.float64], b: NDArray[np.float64]) -> DescribedFigure:
    """Draw two arrows from the origin, and the shadow of the first on the line of the second.

    Args:
        a: First vector, shape (2,).
        b: Second vector, shape (2,), not zero.

    Returns:
        The figure.
    """
    shadow = (a @ b) / (b @ b) * b
    alt = (
        f"Two arrows from the origin: a to ({a[0]:g}, {a[1]:g}) and b to ({b[0]:g}, {b[1]:g}). A dashed line drops "
        f"from the tip of a onto the line of b at a right angle and cuts off the shadow of a, which is "
        f"{np.linalg.norm(shadow):.2f} long. Their dot product is {a @ b:g}."
    )
    figure, (axes,) = new_figure(alt, width=4.4, height=3.2)
    for vector, name, colour in ((a, "a", _MODEL), (b, "b", _RIVAL)):
        axes.annotate("", tuple(vector), (0, 0), arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2})
        axes.text(1.06 * vector[0], 1.06 * vector[1], name, color=colour, ha="center", va="center", fontweight="bold")
    axes.plot([0, shadow[0]], [0, shadow[1]], color=_GUIDE, lw=5, alpha=0.6, solid_capstyle="butt")
    axes.plot([a[0], shadow[0]], [a[1], shadow[1]], "--", color=_MUTED)
    reach = 1.15 * float(np.max([a, b]))
    axes.set(xlim=(-0.2, reach), ylim=(-0.2, reach), aspect="equal", xlabel="first entry", ylabel="second entry")
    return figure


@styled
def plot_sums_along_axes(matrix: NDArray[np.float64]) -> DescribedFigure:
    """Draw a matrix as a grid of numbers with its sums along axis 0 below it and along axis 1 beside it.

    Args:
        matrix: The numbers, shape (n_rows, n_columns).

    Returns:
        The figure.
    """
    rows, columns = matrix.shape
    down, across = matrix.sum(axis=0), matrix.sum(axis=1)
    alt = (
        f"A grid of {rows} rows and {columns} columns. An arrow down leads to the sums along axis 0, one for each "
        f"column: {', '.join(f'{v:g}' for v in down)}. An arrow to the right leads to the sums along axis 1, one for "
        f"each row: {', '.join(f'{v:g}' for v in across)}."
    )
    figure, (axes,) = new_figure(alt, width=4.6, height=2.9)
    for i in range(rows):
        for j in range(columns):
            axes.add_patch(Rectangle((j, rows - 1 - i), 1, 1, facecolor=_PALE, edgecolor=_MUTED, lw=1))
            axes.text(j + 0.5, rows - 0.5 - i, f"{matrix[i, j]:g}", ha="center", va="center")
    for j, value in enumerate(down):
        axes.text(j + 0.5, -0.85, f"{value:g}", ha="center", va="center", color=_RIVAL, fontweight="bold")
    for i, value in enumerate(across):
        axes.text(
            columns + 0.85, rows - 0.5 - i, f"{value:g}", ha="center", va="center", color=_MODEL, fontweight="bold"
        )
    axes.annotate("", (-0.3, -0.9), (-0.3, rows), arrowprops={"arrowstyle": "->", "color": _RIVAL})
    axes.text(-0.45, rows / 2, "axis 0", color=_RIVAL, ha="right", va="center")
    axes.annotate("", (columns + 0.7, rows + 0.3), (0, rows + 0.3), arrowprops={"arrowstyle": "->", "color": _MODEL})
    axes.text(columns / 2, rows + 0.4, "axis 1", color=_MODEL, ha="center", va="bottom")
    axes.set(xlim=(-1.6, columns + 1.4), ylim=(-1.3, rows + 1.0), aspect="equal")
    axes.set_axis_off()
    return figure
