"""Figures of gradient descent: on a curve, on contours, as losses per step, and of a grid search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.datasets import SUBJECT
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import DescribedFigure, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = [
    "ContourPanel",
    "CurveWalk",
    "plot_contour_paths",
    "plot_curve_walks",
    "plot_downhill_walk",
    "plot_grid_search",
    "plot_per_step",
]

_ROLES = ("series_1", "series_2", "series_3", "series_4", "fg")
_ONE_ROW = 4  # labels in one row of a legend; more take two rows
_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (9, 3)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurveWalk:
    """A path of gradient descent on a curve.

    Args:
        title: What is special about this path.
        path: Places visited, shape (n + 1,).
        heights: The loss at each of them, shape (n + 1,).
    """

    title: str
    path: NDArray[np.float64]
    heights: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContourPanel:
    """A log loss over two parameters, and a path of gradient descent on it.

    Args:
        title: What is special about this path.
        w: Weights of the grid, shape (n_w,).
        b: Intercepts of the grid, shape (n_b,).
        log_loss: Log loss on the grid, shape (n_b, n_w).
        path_w: Weights visited, shape (n + 1,).
        path_b: Intercepts visited, shape (n + 1,).
        optimum: Weight and intercept of the minimum.
        w_label: Name of the horizontal axis with its unit.
    """

    title: str
    w: NDArray[np.float64]
    b: NDArray[np.float64]
    log_loss: NDArray[np.float64]
    path_w: NDArray[np.float64]
    path_b: NDArray[np.float64]
    optimum: tuple[float, float]
    w_label: str


@styled
def plot_downhill_walk(
    w: NDArray[np.float64], log_loss: NDArray[np.float64], *, walk: CurveWalk, slopes: NDArray[np.float64]
) -> DescribedFigure:
    """Plot a loss over one weight with a path of gradient descent, its tangents, and the first gradient and step.

    Args:
        w: Weights along the horizontal axis, shape (n_grid,).
        log_loss: Loss at each of them in nats, shape (n_grid,).
        walk: The path; its first step should be long enough to see.
        slopes: Derivative of the loss at each point of the path, shape (n + 1,).

    Returns:
        The figure.
    """
    alt = (
        f"A valley-shaped curve of the log loss over one weight. A walk of {walk.path.size - 1} steps starts at "
        f"w = {walk.path[0]:.2f} with log loss {walk.heights[0]:.2f} and ends near the bottom at "
        f"w = {walk.path[-1]:.2f} with {walk.heights[-1]:.2f}. Tangents flatten and steps shorten on the way. At the "
        f"start one arrow, the gradient, points uphill, and another, the step, points the opposite way."
    )
    figure, (ax,) = new_figure(alt, width=5.4, height=3.3)
    ax.plot(w, log_loss, color=PALETTE["muted"].light, label="log loss J(w)")
    half = 0.1 * float(np.ptp(w))
    for k, (place, height, slope) in enumerate(zip(walk.path, walk.heights, slopes, strict=True)):
        ends = np.array([-half, half])
        name = "_" if k else "slope at each step"
        ax.plot(place + ends, height + slope * ends, color=PALETTE["guide"].light, lw=1.1, label=name)
    ax.plot(walk.path, walk.heights, "o-", color=PALETTE["model"].light, lw=0.8, mew=0, label="the walk", gid="walk")
    start, top = float(walk.path[0]), float(walk.heights[0])
    reach = 0.16 * float(np.ptp(w)) * float(np.sign(slopes[0]))
    for direction, colour, text in ((1.0, "rival", "gradient:\nuphill"), (-1.0, "model", "step:\ndownhill")):
        colour_hex = PALETTE[colour].light
        ax.annotate(
            "",
            (start + direction * reach, top),
            (start, top),
            arrowprops={"arrowstyle": "-|>", "color": colour_hex, "lw": 2},
        )
        ax.text(start + direction * reach * 1.08, top, text, color=colour_hex, va="center",
                ha="left" if direction * reach > 0 else "right")  # fmt: skip
    ax.set(xlabel=f"weight w (nats per standard deviation of {SUBJECT.units})", ylabel="log loss J (nats)")
    ax.set_xlim(min(float(w[0]), start - 2.35 * abs(reach)), float(w[-1]))
    ax.legend(loc="upper right")
    return figure


@styled
def plot_curve_walks(
    x: NDArray[np.float64], heights: NDArray[np.float64], *, walks: Sequence[CurveWalk], xlabel: str, ylabel: str
) -> DescribedFigure:
    """Plot several paths of gradient descent on the same curve, one panel each.

    Args:
        x: Places along the horizontal axis, shape (n_grid,).
        heights: The loss at each of them, shape (n_grid,).
        walks: An even number of paths that start at the same place.
        xlabel: Name of the horizontal axis with its unit.
        ylabel: Name of the vertical axis with its unit.

    Returns:
        The figure.
    """
    ends = "; ".join(
        f"{walk.title}: from {walk.heights[0]:.3g} to {walk.heights[-1]:.3g}, {_describe_crossings(walk, x, heights)}"
        for walk in walks
    )
    alt = (
        f"{len(walks)} panels show the same bowl-shaped loss and walks of {walks[0].path.size - 1} steps from the same "
        f"place. Loss at the first and the last point: {ends}."
    )
    figure, axes = new_figure(
        alt, height=2.3 * (len(walks) // 2), rows=len(walks) // 2, columns=2, sharex=True, sharey=True
    )
    for ax, walk in zip(axes, walks, strict=True):
        ax.plot(x, heights, color=PALETTE["muted"].light, lw=1.2)
        ax.plot(walk.path, walk.heights, "o-", color=PALETTE["model"].light, lw=1, mew=0, ms=4.5)
        ax.plot(walk.path[:1], walk.heights[:1], "s", color=PALETTE["fg"].light, mew=0, ms=7, label="start")
        ax.set_title(walk.title)
        ax.set_xlim(x[0], x[-1])
    axes[0].legend(loc="upper center")
    for ax in axes[-2:]:
        ax.set_xlabel(xlabel)
    for ax in axes[::2]:
        ax.set_ylabel(ylabel)
    return figure


def _describe_crossings(walk: CurveWalk, x: NDArray[np.float64], heights: NDArray[np.float64]) -> str:
    """Describe how often a path steps over the lowest point of its curve."""
    right = walk.path > x[np.argmin(heights)]
    return f"stepping over the lowest point {int((right[1:] != right[:-1]).sum())} times"


def _draw_contours(ax: Axes, panel: ContourPanel) -> None:
    low, high = float(panel.log_loss.min()), float(panel.log_loss.max())
    # The levels are denser near the minimum, where they show the shape of the valley.
    levels = low + (high - low) * np.linspace(0.08, 0.95, 9) ** 2
    ax.contour(panel.w, panel.b, panel.log_loss, levels=levels, colors=PALETTE["muted"].light, linewidths=0.8)
    ax.plot(panel.path_w, panel.path_b, "o-", color=PALETTE["model"].light, lw=1, ms=3.5, mew=0)
    ax.plot(panel.path_w[:1], panel.path_b[:1], "s", color=PALETTE["fg"].light, mew=0, ms=7, label="start")
    ax.plot(*[[value] for value in panel.optimum], "*", color=PALETTE["optimum"].light, mew=0, ms=13, label="minimum")
    ax.set(title=panel.title, xlabel=panel.w_label, ylabel="intercept b (nats)")
    ax.set_xlim(panel.w[0], panel.w[-1])
    ax.set_ylim(panel.b[0], panel.b[-1])


@styled
def plot_contour_paths(panels: Sequence[ContourPanel]) -> DescribedFigure:
    """Plot paths of gradient descent on contours of the log loss, side by side.

    Args:
        panels: One panel per path.

    Returns:
        The figure.
    """
    summary = " ".join(
        f"{panel.title}: {panel.path_w.size - 1} steps from ({panel.path_w[0]:.2f}, {panel.path_b[0]:.2f}) to "
        f"({panel.path_w[-1]:.2f}, {panel.path_b[-1]:.2f}); the minimum lies at ({panel.optimum[0]:.2f}, "
        f"{panel.optimum[1]:.2f})."
        for panel in panels
    )
    figure, axes = new_figure(
        f"Contours of the log loss over weight and intercept with the points of gradient descent. {summary}",
        height=3.6,
        columns=len(panels),
    )
    for ax, panel in zip(axes, panels, strict=True):
        _draw_contours(ax, panel)
    axes[-1].legend(loc="best")
    return figure


@styled
def plot_per_step(
    curves: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
    *,
    xlabel: str = "step",
    ylabel: str = "log loss J (nats)",
    log_y: bool = False,
) -> DescribedFigure:
    """Plot one line per setting against the step: losses, differences or learning rates.

    Args:
        curves: Name of a setting, and its steps and values; at most five. Pass some 200 points at most.
        xlabel: Name of the horizontal axis.
        ylabel: Name of the vertical axis with its unit.
        log_y: Whether the vertical axis is logarithmic; values must then be positive.

    Returns:
        The figure.
    """
    summary = "; ".join(
        f"{name}: from {y[0]:.3g} to {y[-1]:.3g}, lowest {y.min():.3g} at {x[y.argmin()]:g}, highest {y.max():.3g} at "
        f"{x[y.argmax()]:g}"
        for name, (x, y) in curves.items()
    )
    scale = " on a logarithmic scale" if log_y else ""
    figure, (ax,) = new_figure(
        f"Lines of {ylabel}{scale} over {xlabel}. First, last, lowest and highest values: {summary}.",
        width=5.4,
        height=3.4,
    )
    for (name, (x, y)), colour, dash in zip(curves.items(), _ROLES, _DASHES, strict=False):
        ax.plot(x, y, color=PALETTE[colour].light, ls=dash, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if log_y:
        ax.set_yscale("log")
    figure.legend(loc="outside upper left", ncols=len(curves) if len(curves) <= _ONE_ROW else 3, fontsize=9)
    return figure


@styled
def plot_grid_search(
    row_values: Sequence[float],
    column_values: Sequence[float],
    scores: NDArray[np.float64],
    *,
    row_label: str,
    column_label: str,
    score_label: str,
) -> DescribedFigure:
    """Draw the scores of a grid search over two settings as a heat map, with a frame around the lowest.

    Args:
        row_values: Values of the first setting.
        column_values: Values of the second setting.
        scores: The score of each pair, lower is better, shape (n_rows, n_columns).
        row_label: Name of the first setting.
        column_label: Name of the second setting.
        score_label: What the numbers are, with their unit.

    Returns:
        The figure.
    """
    i, j = (int(k) for k in np.unravel_index(int(np.argmin(scores)), scores.shape))
    equal = int((scores.round(3) == scores[i, j].round(3)).sum()) - 1
    alt = (
        f"A heat map of {score_label} for {len(row_values)} values of {row_label} and {len(column_values)} of "
        f"{column_label}. The lowest, {scores[i, j]:.3f}, is framed at {row_label} {row_values[i]:g} and "
        f"{column_label} {column_values[j]:g}; {equal} others are equal to three digits; the highest is "
        f"{scores.max():.3f}."
    )
    figure, (ax,) = new_figure(alt, width=5.4, height=0.9 + 0.45 * len(row_values))
    tints = (scores - scores.min()) / (float(np.ptp(scores)) or 1.0)
    for (row, column), score in np.ndenumerate(scores):
        best = (row, column) == (i, j)
        ax.bar(
            column,
            0.96,
            width=0.96,
            bottom=row - 0.48,
            color=PALETTE["error"].light,
            alpha=0.03 + 0.5 * tints[row, column],
        )
        ax.text(column, row, f"{score:.3f}", ha="center", va="center", fontweight="bold" if best else "normal")
    ax.bar(j, 0.96, width=0.96, bottom=i - 0.48, fill=False, edgecolor=PALETTE["model"].light, lw=2.2)
    ax.set_xticks(range(len(column_values)), [f"{value:g}" for value in column_values])
    ax.set_yticks(range(len(row_values)), [f"{value:g}" for value in row_values])
    ax.set(xlabel=column_label, ylabel=row_label, title=score_label)
    ax.set(xlim=(-0.52, len(column_values) - 0.48), ylim=(len(row_values) - 0.48, -0.52))
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    ax.tick_params(length=0)
    return figure
