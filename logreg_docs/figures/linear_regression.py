"""Figures of least squares: squared residuals, their sum as a function of the line, the projection, rounding errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Polygon, Rectangle

from logreg_docs.datasets import SUBJECT
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import CLASSES, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from logreg_docs.figures.style import DescribedFigure

__all__ = ["plot_digits_lost", "plot_lines", "plot_projection", "plot_residual_squares", "plot_rss_valley"]

_LINES = (("series_1", "-"), ("series_4", "--"), ("series_3", "-."), ("series_2", ":"))
_MARKERS = ("o", "s", "^", "D")


@styled
def plot_residual_squares(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lines: Mapping[str, tuple[float, float]],
    *,
    x_label: str = SUBJECT.feature,
    y_label: str = SUBJECT.score_axis,
) -> DescribedFigure:
    """Draw each residual of some lines as a square, the area of which least squares counts.

    Args:
        x: Feature, shape (n_samples,).
        y: Target, shape (n_samples,).
        lines: Title of a panel to (intercept, slope) of its line.
        x_label: Name and unit of the feature.
        y_label: Name and unit of the target.

    Returns:
        One panel per line. Neither the panels nor the text give the sum of the areas, so that a reader can guess it.
    """
    residuals = [y - intercept - slope * x for intercept, slope in lines.values()]
    summary = "; ".join(f"{title}: {np.abs(r).max():.0f}" for title, r in zip(lines, residuals, strict=True))
    alt = (
        f"{len(x)} dots, {y_label} against {x_label}, in one panel per line. Between each dot and the line stands an "
        f"orange square whose side is the residual; many overlap. The longest side is, per line, {summary}."
    )
    figure, panels = new_figure(alt, height=3.75, columns=len(lines), sharey=True)
    left, right = _limits(x)
    low, high = _limits(np.concatenate([y, *[a + b * np.array([left, right]) for a, b in lines.values()]]))
    ratio = (right - left) / (high - low)
    for axes, (title, (a, b)), residual in zip(panels, lines.items(), residuals, strict=True):
        axes.set(xlim=(left, right), ylim=(low, high), aspect=ratio, xlabel=x_label)
        axes.set_title(title)
        for xi, yi, r in zip(x, y, residual, strict=True):
            side = abs(r) * ratio * (1 if xi + abs(r) * ratio <= right else -1)
            axes.add_patch(Rectangle((xi, yi - r), side, r, color=PALETTE["error"].light, alpha=0.16, lw=1.2))
        axes.plot([left, right], [a + b * left, a + b * right], color=PALETTE["model"].light)
        axes.plot(x, y, "o", mew=0, color=PALETTE["fg"].light, ms=4)
    panels[0].set_ylabel(y_label)
    return figure


@styled
def plot_rss_valley(
    intercepts: NDArray[np.float64], slopes: NDArray[np.float64], rss: NDArray[np.float64], best: tuple[float, float]
) -> DescribedFigure:
    """Draw contours of the residual sum of squares over both parameters, with its minimum.

    Args:
        intercepts: Values on the horizontal axis, shape (n,).
        slopes: Values on the vertical axis, shape (k,).
        rss: Residual sum of squares, shape (k, n), in squared points.
        best: Intercept and slope of the least-squares line.

    Returns:
        The figure. Its levels grow quadratically, so that the ellipses are evenly spaced.
    """
    alt = (
        f"Contours of the residual sum of squares over intercept and slope: nested ellipses around a single lowest "
        f"point at intercept {best[0]:.1f} and slope {best[1]:.2f}. They are long and narrow, and lean from a low "
        f"intercept with a steep slope to a high intercept with a flat one."
    )
    figure, (axes,) = new_figure(alt, width=5.4, height=3.6)
    steps = rss.min() + np.ptp(rss) * np.linspace(0.0, 1.0, 13)[1:-1] ** 2
    levels = np.unique([float(f"{level:.2g}") for level in steps])
    levels = levels[levels > rss.min()]
    drawn = axes.contour(intercepts, slopes, rss, levels=levels, colors=PALETTE["model"].light, linewidths=1.0)
    axes.clabel(drawn, levels=levels[2::2], fmt="%.0f", fontsize=9)
    axes.plot(*best, "o", ms=8, mew=0, color=PALETTE["optimum"].light)
    box = {"fc": PALETTE["bg"].light, "ec": "none", "pad": 1.0}
    ink = PALETTE["optimum"].light
    axes.annotate("lowest point", best, (9, -4), textcoords="offset points", color=ink, bbox=box)
    axes.set(
        xlabel=rf"intercept $\beta_0$ ({SUBJECT.score_unit})",
        ylabel=rf"slope $\beta_1$ ({SUBJECT.score_unit} per {SUBJECT.unit})",
    )
    return figure


@styled
def plot_projection(x: NDArray[np.float64], y: NDArray[np.float64], fitted: NDArray[np.float64]) -> DescribedFigure:
    """Draw three observations as one vector in space, and its projection on the plane of all lines.

    Args:
        x: Feature of three observations, shape (3,).
        y: Their target, shape (3,).
        fitted: The fitted values of the least-squares line, shape (3,).

    Returns:
        The plane spanned by the column of ones and x, with y, its projection and the residual.
    """
    alt = (
        "A tilted plane that holds every combination of the column of ones and the column x. The arrow y leaves the "
        "plane. Two grey arrows give the directions of the columns. From the tip of y a dashed line, the residual, "
        "drops onto the plane at a right angle and meets it at the tip of the fitted arrow, the point of the plane "
        "nearest to y."
    )
    figure, (axes,) = new_figure(alt, width=5.4, height=2.9)
    view, plane = _view(x, y - fitted, fitted)
    axes.add_patch(Polygon(plane @ view.T, closed=True, fc=PALETTE["pale"].light, alpha=0.6))
    length = 0.5 * float(np.linalg.norm(fitted))
    ones, column = (length * v / np.linalg.norm(v) for v in (np.ones(3), x))
    target, shadow = view @ y, view @ fitted
    _arrow(axes, view @ ones, "muted", "column of ones")
    _arrow(axes, view @ column, "muted", "column $x$")
    _arrow(axes, target, "fg", "$y$")
    _arrow(axes, shadow, "model", r"$\hat{y}$, the projection")
    axes.plot(*np.transpose([shadow, target]), "--", color=PALETTE["error"].light)
    middle = 0.5 * (shadow + target)
    axes.annotate(
        r"residual $y - \hat{y}$", _pair(middle), (7, 0), textcoords="offset points", color=PALETTE["error"].light
    )
    back, up = -0.06 * shadow, 0.12 * (target - shadow)
    axes.plot(*np.transpose([shadow + back, shadow + back + up, shadow + up]), color=PALETTE["fg"].light, lw=1)
    axes.set_aspect("equal")
    axes.margins(0.04)
    axes.axis("off")
    return figure


@styled
def plot_digits_lost(
    condition_numbers: NDArray[np.float64], errors: Mapping[str, NDArray[np.float64]]
) -> DescribedFigure:
    """Plot the relative error of some solvers against the condition number.

    Args:
        condition_numbers: One per problem, shape (n_problems,).
        errors: Name of a solver to its relative errors, shape (n_problems,).

    Returns:
        Both axes logarithmic, with the guides κ eps and κ² eps, where eps is the spacing of float64 at 1.
    """
    last = ", ".join(
        f"{name} {error[-1]:.0e}, having climbed {_rise(condition_numbers, error):.1f} digits for each digit of the "
        f"condition number"
        for name, error in errors.items()
    )
    alt = (
        f"Relative error against condition number on logarithmic axes, with two dotted guides: the condition number "
        f"times the spacing of float64, and its square times that spacing, which climbs twice as steeply. "
        f"At condition number {condition_numbers[-1]:.0e} the errors are: {last}."
    )
    figure, (axes,) = new_figure(alt, width=5.4, height=3.9)
    epsilon = np.finfo(np.float64).eps
    guides = (
        (condition_numbers * epsilon, r"$\kappa$ eps"),
        (condition_numbers**2 * epsilon, r"$\kappa^2$ eps"),
    )
    for guide, name in guides:
        axes.loglog(condition_numbers, guide, color=PALETTE["muted"].light, lw=1, ls=":")
        axes.annotate(
            name, (condition_numbers[-1], guide[-1]), (5, -4), textcoords="offset points", annotation_clip=False
        )
    for (name, error), (colour, style), marker in zip(errors.items(), _LINES, _MARKERS, strict=False):
        axes.loglog(condition_numbers, error, ls=style, marker=marker, mew=0, color=PALETTE[colour].light, label=name)
    axes.set(xlabel=r"condition number $\kappa$ of the design matrix", ylabel="relative error of the coefficients")
    axes.legend(loc="upper left")
    return figure


def _rise(condition_numbers: NDArray[np.float64], error: NDArray[np.float64]) -> float:
    """Return the slope of the error against the condition number on logarithmic axes."""
    return float(np.polyfit(np.log10(condition_numbers), np.log10(error), 1)[0])


@styled
def plot_lines(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    lines: Mapping[str, tuple[float, float]],
    *,
    x_label: str = SUBJECT.feature,
    y_label: str = SUBJECT.score_axis,
    band: tuple[float, float] | None = None,
    marked: tuple[float, float] | None = None,
) -> DescribedFigure:
    """Plot points and some lines through them.

    Args:
        x: Feature, shape (n_samples,).
        y: Target, shape (n_samples,).
        lines: Name to (intercept, slope), at most four.
        x_label: Name and unit of the feature.
        y_label: Name and unit of the target.
        band: Lowest and highest value that make sense for the target, shaded where given.
        marked: A point that gets a ring.

    Returns:
        One scatter with the lines over the range of x and a little more. Labels 0 are squares, labels 1 circles.
    """
    ends = np.array(_limits(x))
    summary = "; ".join(
        f"{name}: intercept {a:.2f}, slope {b:.2f}, from {a + b * ends[0]:.2f} to {a + b * ends[1]:.2f}"
        for name, (a, b) in lines.items()
    )
    beyond = f" The band from {band[0]:g} to {band[1]:g} is shaded." if band else ""
    ringed = f" A ring marks the point at {marked[0]:g} and {marked[1]:g}." if marked else ""
    alt = (
        f"{len(x)} points, {y_label} against {x_label} from {ends[0]:.1f} to {ends[1]:.1f}, with straight lines. "
        f"{summary}.{beyond}{ringed}"
    )
    figure, (axes,) = new_figure(alt, width=5.4)
    if band:
        axes.axhspan(*band, color=PALETTE["pale"].light, alpha=0.5, lw=0)
    _points(axes, x, y)
    if marked:
        axes.plot(*marked, "o", ms=13, mfc="none", mew=1.4, mec=PALETTE["mark"].light)
    for (name, (a, b)), (colour, style) in zip(lines.items(), _LINES, strict=False):
        axes.plot(ends, a + b * ends, ls=style, color=PALETTE[colour].light, label=name)
    axes.set(xlabel=x_label, ylabel=y_label, xlim=ends)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(lines), frameon=False)
    return figure


def _points(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    if not np.isin(y, (0.0, 1.0)).all():
        axes.plot(x, y, "o", mew=0, color=PALETTE["fg"].light, alpha=0.7)
        return
    for label, marker, colour in CLASSES:
        axes.plot(x[y == label], y[y == label], marker, mew=0, color=colour, alpha=0.7)


def _limits(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the range of the values with a margin, for axes with fixed limits."""
    margin = 0.05 * float(np.ptp(values)) or 1.0
    return float(values.min()) - margin, float(values.max()) + margin


def _view(
    x: NDArray[np.float64], residual: NDArray[np.float64], fitted: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a (2, 3) projection from a little above the plane, and four corners of the plane."""
    across = np.cross(np.ones(3), x) * (1.0 if np.cross(np.ones(3), x) @ residual >= 0 else -1.0)
    normal, along = (v / np.linalg.norm(v) for v in (across, fitted))
    depth = np.cross(normal, along)
    turn, tilt = np.radians(20.0), np.radians(30.0)
    right = np.cos(turn) * along + np.sin(turn) * depth
    away = np.cos(turn) * depth - np.sin(turn) * along
    size = float(np.linalg.norm(fitted))
    plane = size * np.array([i * along + j * depth for i, j in ((-0.1, -0.5), (1.35, -0.5), (1.35, 0.5), (-0.1, 0.5))])
    return np.array([right, np.cos(tilt) * normal + np.sin(tilt) * away]), plane


def _pair(point: NDArray[np.float64]) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _arrow(axes: Axes, tip: NDArray[np.float64], colour: str, name: str) -> None:
    ink = PALETTE[colour].light
    arrow = {"arrowstyle": "-|>", "color": ink, "lw": 1.8, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", _pair(tip), (0, 0), arrowprops=arrow)
    axes.annotate(name, _pair(tip), (6, 3), textcoords="offset points", color=ink)
    axes.update_datalim(np.array([tip, (0.0, 0.0)]))
