"""Figures of the way from a line to a probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs.datasets import SUBJECT
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import CLASSES, DescribedFigure, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = [
    "plot_boundary",
    "plot_curve",
    "plot_derivative",
    "plot_line_and_curve",
    "plot_scales",
    "plot_sigmoid_family",
]

_MODEL, _RIVAL, _MUTED, _FG, _PALE = (PALETTE[role].light for role in ("model", "rival", "muted", "fg", "pale"))
_SINGLE = 5.4  # inches; the text of one panel of this width is readable on a phone
_COLOURS = tuple(PALETTE[f"series_{k}"].light for k in (2, 1, 3, 4))
_DASHES = ("-", "--", "-.", ":")


def _plot_labels(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64], names: tuple[str, str]) -> None:
    """Plot labels at the heights 0 and 1, with a marker and a colour for each class."""
    for label, marker, colour in CLASSES:
        rows = y == label
        axes.plot(x[rows], y[rows], marker, mew=0, alpha=0.6, color=colour, label=names[label])


def _probability_axis(axes: Axes, label: str) -> None:
    axes.set_ylabel(label)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])


@styled
def plot_line_and_curve(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    grid: NDArray[np.float64],
    line: NDArray[np.float64],
    probabilities: NDArray[np.float64],
    *,
    x_label: str = SUBJECT.feature,
    target_names: tuple[str, str] = SUBJECT.outcomes,
) -> DescribedFigure:
    """Plot labels, a straight line through them and a curve that stays between 0 and 1.

    Args:
        x: The feature, shape (n_samples,).
        y: Labels in {0, 1}, shape (n_samples,).
        grid: Where line and curve were evaluated, shape (n_points,).
        line: Heights of the line, shape (n_points,).
        probabilities: Heights of the curve, shape (n_points,).
        x_label: What `x` is, with its unit.
        target_names: What labels 0 and 1 mean.

    Returns:
        The figure. It marks the parts of the line that are not probabilities.
    """
    alt = (
        f"{x.size} points at the heights 0 ({target_names[0]}) and 1 ({target_names[1]}) over {x_label}. A straight "
        f"line runs from {line.min():.2f} to {line.max():.2f} and so leaves the band from 0 to 1 at both ends. An "
        f"S-shaped curve rises from {probabilities.min():.2f} to {probabilities.max():.2f} and stays inside the band."
    )
    figure, (axes,) = new_figure(alt, width=_SINGLE, height=3.7)
    axes.axhspan(0, 1, color=_PALE, alpha=0.35, lw=0)
    _plot_labels(axes, x, y, target_names)
    axes.plot(grid, probabilities, color=_MODEL, label="curve")
    axes.plot(grid, line, "--", color=_RIVAL, label="straight line")
    outside = np.where((line < 0) | (line > 1), line, np.nan)
    axes.plot(grid, outside, color=_RIVAL, lw=4, label="no probability")
    axes.set_xlabel(x_label)
    _probability_axis(axes, f"probability of “{target_names[1]}”")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=3, fontsize=9, columnspacing=1.2)
    return figure


@styled
def plot_scales(
    probabilities: NDArray[np.float64], odds: NDArray[np.float64], logits: NDArray[np.float64]
) -> DescribedFigure:
    """Draw the same probabilities on three scales: probability, odds and log-odds.

    Args:
        probabilities: Probabilities in (0, 1), increasing, shape (n_points,).
        odds: Their odds, shape (n_points,).
        logits: Their log-odds, shape (n_points,).

    Returns:
        The figure, with a line from scale to scale for each probability.
    """
    alt = (
        f"Three rulers, one above the other, with the same {probabilities.size} chances joined by lines. Probability "
        f"ends at 0 and at 1. Odds begin at 0 and have no end: the chances stand at {odds.min():g} to {odds.max():g}, "
        f"drift apart, and all below one half share the piece from 0 to 1. Log-odds have no end on either side: the "
        f"chances stand at {logits.min():.2f} to {logits.max():.2f}, one half at 0, opposite ones at opposite places."
    )
    figure, (axes,) = new_figure(alt, width=_SINGLE, height=3.1)
    reach = 1.15 * float(np.abs(logits).max())
    rulers = (
        ("probability $p$\n0 to 1", probabilities, 0.0, 1.0, "{:.2f}", ""),
        ("odds $p/(1-p)$\n0 to ∞", odds, 0.0, 1.03 * float(odds.max()), "{:.3g}", ">"),
        ("log-odds\n−∞ to ∞", logits, -reach, reach, "{:+.2f}", "<>"),
    )
    places = [(values - low) / (high - low) for _, values, low, high, *_ in rulers]
    axes.plot(places, [[2.0], [1.0], [0.0]], color=_MUTED, lw=0.9, alpha=0.6)
    for height, (name, values, _, _, form, heads), place in zip((2, 1, 0), rulers, places, strict=True):
        axes.plot([0, 1], [height, height], color=_FG, lw=1.2)
        for head in heads:  # on the side where the scale is unbounded
            axes.plot([head == ">"], [height], head, color=_FG, mew=0, clip_on=False)
        axes.plot(place, np.full(place.size, height), "o", mew=0, color=_MODEL)
        axes.text(-0.03, height, name, ha="right", va="center")
        crowded = np.diff(place, append=np.inf) < 0.08  # noqa: PLR2004 - the width of a label of four characters
        for at, value, side in zip(place, values, np.where(crowded, "right", "center"), strict=True):
            text = form.format(value + 0.0).replace("-", "−").replace("+0.00", "0")
            axes.text(at, height + 0.13, text, ha=side, va="bottom", fontsize=9, bbox=_halo())
    axes.set_xlim(-0.3, 1.03)
    axes.set_ylim(-0.25, 2.5)
    axes.set_axis_off()
    return figure


def _halo() -> dict[str, Any]:
    return {"facecolor": PALETTE["bg"].light, "pad": 1, "lw": 0}


@styled
def plot_derivative(
    z: NDArray[np.float64], probabilities: NDArray[np.float64], slopes: NDArray[np.float64]
) -> DescribedFigure:
    """Plot the sigmoid with its tangent at 0, and its derivative at the same logits.

    Args:
        z: Logits around 0, shape (n_points,).
        probabilities: The sigmoid there.
        slopes: Its derivative there.

    Returns:
        The figure with two panels.
    """
    steepest = float(slopes.max())
    alt = (
        f"First panel: the sigmoid for logits from {z.min():g} to {z.max():g}, an S through one half at 0, with a "
        f"straight tangent there that the curve follows closely between −1 and 1 and leaves soon after. Second "
        f"panel: its derivative, a symmetric bump that peaks at {steepest:.2f} over logit 0 and has fallen to "
        f"{float(slopes[-1]):.4f} at the ends."
    )
    figure, (left, right) = new_figure(alt, columns=2, height=3.1)
    near = np.abs(z) <= 2  # noqa: PLR2004 - where the tangent is between 0 and 1
    left.plot(z, probabilities, color=_MODEL, label="σ(z)")
    left.plot(z[near], 0.5 + z[near] / 4, "--", color=_RIVAL, label="½ + z/4")
    left.set_xlabel("logit z")
    _probability_axis(left, "probability")
    left.legend(loc="upper left", fontsize=9)
    right.fill_between(z, slopes, color=_PALE, alpha=0.5, lw=0)
    right.plot(z, slopes, color=_MODEL)
    right.axhline(0.25, color=_RIVAL, ls="--", lw=1.2)
    right.annotate("¼", (float(z.min()), 0.25), xytext=(0, -3), textcoords="offset points", va="top", color=_RIVAL)
    right.set_xlabel("logit z")
    right.set_ylabel("slope σ′(z), per unit of z")
    right.set_ylim(0, 0.28)
    return figure


@styled
def plot_sigmoid_family(
    x: NDArray[np.float64],
    by_weight: Mapping[str, NDArray[np.float64]],
    by_intercept: Mapping[str, NDArray[np.float64]],
) -> DescribedFigure:
    """Plot sigmoid curves of different weights and of different intercepts.

    Args:
        x: The feature, shape (n_points,).
        by_weight: At most four curves of different weight, by their legend text.
        by_intercept: At most four curves of different intercept, by their legend text.

    Returns:
        The figure with two panels.
    """
    alt = (
        f"First panel: sigmoid curves for {', '.join(by_weight)}. All pass through one half at 0; a larger weight is "
        f"steeper, a negative one falls. Second panel: sigmoid curves for {', '.join(by_intercept)}, all of one "
        f"shape, moved sideways: a larger intercept moves the curve to the left."
    )
    figure, panels = new_figure(alt, columns=2, height=3.6, sharey=True)
    for axes, curves, title in zip(
        panels, (by_weight, by_intercept), ("weight: how steep", "intercept: where"), strict=True
    ):
        for (name, curve), colour, dash in zip(curves.items(), _COLOURS, _DASHES, strict=False):
            axes.plot(x, curve, dash, color=colour, label=name.replace("-", "−"))
        axes.axhline(0.5, color=_MUTED, lw=0.8)
        axes.set_title(title)
        axes.set_xlabel("feature x")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2, fontsize=9)
    _probability_axis(panels[0], "probability σ(wx + b)")
    return figure


@styled
def plot_boundary(
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    w: NDArray[np.float64],
    b: float,
    *,
    feature_names: tuple[str, str],
    target_names: tuple[str, str],
    logits: tuple[float, float, float] = (-2.0, 0.0, 2.0),
) -> DescribedFigure:
    """Plot two classes with the parallel lines of given logits.

    Args:
        X: Two features, shape (n_samples, 2).
        y: Labels in {0, 1}, shape (n_samples,).
        w: Weights, shape (2,), neither of them 0.
        b: Intercept.
        feature_names: Names of the two features, with units.
        target_names: What labels 0 and 1 mean.
        logits: Three logits whose lines are drawn; 0 is the decision boundary.

    Returns:
        The figure, with an arrow along the weights.
    """
    right = int(((X @ w + b > 0) == (y == 1)).sum())
    alt = (
        f"{y.size} points of two classes, {target_names[0]} and {target_names[1]}, over {feature_names[0]} and "
        f"{feature_names[1]}. A straight line, the decision boundary, has {right} of the points on the side of their "
        f"own class. Parallel lines beside it mark other probabilities of {target_names[1]}, and an arrow at right "
        f"angles to them points to the side of {target_names[1]}."
    )
    figure, (axes,) = new_figure(alt, width=_SINGLE, height=5.0)
    for label, marker, colour in CLASSES:
        axes.plot(*X[y == label].T, marker, mew=0, ms=4.5, alpha=0.55, color=colour, label=target_names[label])
    limits = axes.axis()
    _draw_levels(axes, w, b, logits, target_names[1])
    axes.axis(limits)
    _draw_arrow(axes, w, b)
    axes.set(xlabel=feature_names[0], ylabel=feature_names[1], aspect="equal")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2, fontsize=9)
    return figure


def _draw_levels(axes: Axes, w: NDArray[np.float64], b: float, logits: Sequence[float], target_name: str) -> None:
    """Plot the line of each logit."""
    left, right = axes.get_xlim()
    for level, dash in zip(sorted(logits), ("--", "-", ":"), strict=True):
        ends = [(level - b - w[0] * x) / w[1] for x in (left, right)]
        name = f"P({target_name}) = {1 / (1 + np.exp(-level)):.2f} (logit {level:g})".replace("-", "−")
        axes.plot([left, right], ends, dash, color=_FG, lw=2.0 if dash == "-" else 1.4, label=name)


def _draw_arrow(axes: Axes, w: NDArray[np.float64], b: float) -> None:
    """Draw the weight vector as an arrow from the boundary."""
    low, high = axes.get_ylim()
    y = low + 0.72 * (high - low)
    x = (-b - w[1] * y) / w[0]
    across, up = w / np.linalg.norm(w) * 0.18 * (high - low)
    colour = PALETTE["guide"].light
    arrow = {"arrowstyle": "-|>", "color": colour, "lw": 2.2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (x + across, y + up), (x, y), arrowprops=arrow)
    place = (x + 1.12 * across, y + 1.12 * up)
    axes.text(*place, "w", color=colour, ha="center", va="center", weight="bold", bbox=_halo())


@styled
def plot_curve(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    grid: NDArray[np.float64],
    probabilities: NDArray[np.float64],
    *,
    x_label: str,
    target_names: tuple[str, str],
    question: tuple[float, float] | None = None,
) -> DescribedFigure:
    """Plot labels and a fitted curve, dashed outside the range of the data.

    Args:
        x: The feature, shape (n_samples,).
        y: Labels in {0, 1}, shape (n_samples,).
        grid: Where the curve was evaluated, shape (n_points,).
        probabilities: Heights of the curve, shape (n_points,).
        x_label: What `x` is, with its unit.
        target_names: What labels 0 and 1 mean.
        question: A place and its probability to mark, such as a day that is not in the data.

    Returns:
        The figure.
    """
    inside = (grid >= x.min()) & (grid <= x.max())
    asked = f" A diamond marks {question[0]:g} with probability {question[1]:.4f}." if question else ""
    alt = (
        f"{x.size} points at the heights 0 ({target_names[0]}) and 1 ({target_names[1]}) over {x_label}, from "
        f"{x.min():g} to {x.max():g}. A sigmoid curve goes from {probabilities[0]:.2f} at {grid[0]:g} to "
        f"{probabilities[-1]:.2f} at {grid[-1]:g}; it is dashed where there are no data.{asked}"
    )
    figure, (axes,) = new_figure(alt, width=_SINGLE, height=3.6)
    _plot_labels(axes, x, y, target_names)
    axes.plot(grid[inside], probabilities[inside], color=_MODEL, label="fitted curve")
    axes.plot(grid, probabilities, "--", color=_MODEL, lw=1.2, label="outside the data")
    if question:
        axes.plot(*question, "D", color=PALETTE["mark"].light, mew=0, ms=8, label=f"at {question[0]:g}")
    axes.set_xlabel(x_label)
    _probability_axis(axes, f"probability of “{target_names[1]}”")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=3, fontsize=9, columnspacing=1.2)
    return figure
