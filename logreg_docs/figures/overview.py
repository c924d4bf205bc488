"""The course in one figure: a line, a probability, a loss to minimise, a neuron."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logreg_docs.datasets import SUBJECT
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import CLASSES, DescribedFigure, new_figure, styled
from logreg_docs.log_loss import objective
from logreg_docs.sigmoid import sigmoid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from logreg_docs.datasets import Students
    from logreg_docs.gradient_descent import GradientDescentFit
    from logreg_docs.linear_regression import SimpleFit
    from logreg_docs.newton import NewtonFit
    from logreg_docs.scaling import Standardised

__all__ = ["plot_overview"]

_MODEL, _GUIDE, _MARK, _FG, _MUTED, _PALE = (
    PALETTE[role].light for role in ("model", "guide", "mark", "fg", "muted", "pale")
)
_TITLES = ("1  A line", "2  A probability", "3  A loss to descend", "4  One neuron")
_SMALL = 9.0


class _Way(NamedTuple):
    students: Students
    line: SimpleFit
    logistic: NewtonFit
    descent: GradientDescentFit
    scaled: Standardised
    hours: float


@styled
def plot_overview(
    students: Students,
    line: SimpleFit,
    logistic: NewtonFit,
    descent: GradientDescentFit,
    scaled: Standardised,
    *,
    hours: float = 6.0,
) -> DescribedFigure:
    """Draw the way from a line to a neuron in four panels: in a row, or two by two on a narrow screen.

    Args:
        students: The data of the first two panels.
        line: Least-squares line of scores on hours.
        logistic: Fit of passed on hours, in nats per hour.
        descent: Gradient descent on the standardised hours, from its start to its end.
        scaled: The standardised hours that the descent saw.
        hours: Hours of the student who is followed through the panels.

    Returns:
        The figure.
    """
    way = _Way(students, line, logistic, descent, scaled, hours)
    ratios = (1, 0.1, 1, 0.1, 1, 0.1, 1.12)
    figure, axes = new_figure(_alt(way), width=12.08, height=2.95, columns=7, width_ratios=ratios)
    for gap in axes[1::2]:
        _draw_link(gap, 1.7)
    _draw_panels(axes[::2], way)
    figure.narrow = _two_by_two(way)
    return figure


def _two_by_two(way: _Way) -> DescribedFigure:
    figure, axes = new_figure(_alt(way), width=4.1, height=4.9, rows=2, columns=3, width_ratios=(1, 0.06, 1))
    figure.set_layout_engine("constrained", h_pad=0.12)
    for gap in axes[1::3]:
        _draw_link(gap, 3.2)
    _draw_panels([ax for k, ax in enumerate(axes) if k % 3 != 1], way)
    return figure


def _alt(way: _Way) -> str:
    students, line, logistic, descent, _, hours = way
    w, b = float(logistic.w[0]), float(logistic.b)
    low, middle, high = (float(sigmoid(w * place + b)) for place in (0.0, hours, 10.0))
    zero, one = SUBJECT.outcomes
    first, last = float(descent.history.log_loss[0]), float(descent.history.log_loss[-1])
    return (
        f"Four numbered panels. One: {SUBJECT.score_axis} over {SUBJECT.feature}, {students.hours.size} rows, with the "
        f"least-squares line, which rises {line.slope:.1f} {SUBJECT.score_unit} per {SUBJECT.unit}. Two: the same rows "
        f"as {zero}, 0, or {one}, 1, with a sigmoid that rises from {low:.2f} to {high:.2f} and gives {middle:.2f} at "
        f"{hours:g} {SUBJECT.symbol}. Three: contours of the mean log loss over weight and intercept, for the "
        f"standardised feature: a bowl, and the path of gradient descent from a loss of {first:.2f} at the start down "
        f"to {last:.2f} at the bottom. Four: a neuron that multiplies the feature by w = {w:.2f}, adds b = {b:.2f}, "
        f"and turns the sum into a probability with the sigmoid."
    )


def _draw_panels(panels: list[Axes], way: _Way) -> None:
    for ax, title in zip(panels, _TITLES, strict=True):
        ax.set_title(title)
    w, b = float(way.logistic.w[0]), float(way.logistic.b)
    _draw_line(panels[0], way)
    _draw_sigmoid(panels[1], way)
    _draw_bowl(panels[2], way)
    _draw_neuron(panels[3], w, b, way.hours)


def _draw_link(ax: Axes, reach: float) -> None:
    ax.set(xlim=(-1, 1), ylim=(-1, 1))
    ax.set_axis_off()
    ax.annotate("", (reach, 0), (-reach, 0), annotation_clip=False, arrowprops={"arrowstyle": "-|>", "color": _MUTED})


def _scatter(ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], passed: NDArray[np.float64]) -> None:
    for label, marker, colour in CLASSES:
        ax.plot(x[passed == label], y[passed == label], marker, color=colour, ms=4, mew=0, alpha=0.85)


def _follow(ax: Axes, hours: float, height: float) -> None:
    ax.plot([hours, hours, 0], [-10, height, height], color=_GUIDE, lw=1.2, ls=(0, (2, 2)))
    ax.plot(hours, height, "D", color=_GUIDE, ms=6, mew=0)


def _draw_line(ax: Axes, way: _Way) -> None:
    students, line, hours = way.students, way.line, way.hours
    ends = np.array([0.0, 10.0])
    _scatter(ax, students.hours, students.scores, students.passed)
    ax.plot(ends, line.intercept + line.slope * ends, color=_FG)
    _follow(ax, hours, line.intercept + line.slope * hours)
    ax.set(xlabel=SUBJECT.feature, ylabel=SUBJECT.score_axis, xlim=(0, 10.3), ylim=(0, 100))
    ax.set_xticks([0, hours, 10])
    ax.set_yticks([0, students.pass_mark, 100])


def _draw_sigmoid(ax: Axes, way: _Way) -> None:
    students, hours, w, b = way.students, way.hours, float(way.logistic.w[0]), float(way.logistic.b)
    grid = np.linspace(0, 10, 61)
    p = float(sigmoid(w * hours + b))
    _scatter(ax, students.hours, students.passed, students.passed)
    ax.plot(grid, sigmoid(w * grid + b), color=_FG)
    _follow(ax, hours, p)
    ax.text(0.3, p + 0.03, f"p = {p:.2f}", color=_GUIDE, size=_SMALL, va="bottom")
    ax.set(xlabel=SUBJECT.feature, ylabel=f"{SUBJECT.outcomes[1]} (0 or 1)", xlim=(0, 10.3), ylim=(-0.06, 1.06))
    ax.set_xticks([0, hours, 10])
    ax.set_yticks([0, 0.5, 1])


def _draw_bowl(ax: Axes, way: _Way) -> None:
    w, b, passed = way.descent.history.w[:, 0], way.descent.history.b, way.students.passed
    reach = 1.25 * max(float(np.abs(w - w[-1]).max()), float(np.abs(b - b[-1]).max()))
    across, up = (np.linspace(end - reach, end + reach, 31) for end in (float(w[-1]), float(b[-1])))
    bowl = np.array([[objective(way.scaled.X, passed, np.array([v]), float(u)) for v in across] for u in up])
    low, high = float(bowl.min()), float(bowl.max())
    levels = low + (high - low) * np.linspace(0.15, 1, 8) ** 2
    ax.contour(across, up, bowl, levels=levels, colors=[_MODEL], linewidths=0.9, alpha=0.55)
    ax.plot(w, b, "o-", color=_MARK, lw=1.4, ms=3.5, mew=0)
    ax.plot(w[0], b[0], "s", color=_MARK, ms=7, mew=0)
    ax.plot(w[-1], b[-1], "*", color=_MARK, ms=12, mew=0)
    ax.set(xlabel="weight w", ylabel="intercept b")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)


def _draw_neuron(ax: Axes, w: float, b: float, hours: float) -> None:
    z = w * hours + b
    nodes = {"x": (0.2, 0.86), "1": (0.8, 0.86), "Σ": (0.5, 0.46), "σ": (0.5, 0.06)}
    for start, end in (("x", "Σ"), ("1", "Σ"), ("Σ", "σ")):
        _draw_edge(ax, nodes[start], nodes[end])
    for name, (x, y) in nodes.items():
        ax.plot(x, y, "o", ms=24, mew=1.4, mfc=_PALE, mec=_MODEL if name in "Σσ" else _MUTED, zorder=3)
        ax.text(x, y, name, size=11, weight="bold", ha="center", va="center_baseline", zorder=4)
    for at, offset, text, colour in (
        (nodes["x"], -16, f"{hours:g} {SUBJECT.symbol}", _GUIDE),
        (nodes["σ"], 16, f"p = {float(sigmoid(z)):.2f}", _GUIDE),
        ((0.5, 0.26), 5, f"z = {z:.2f}", _FG),
        ((0.35, 0.64), -9, f"w = {w:.2f}", _FG),
        ((0.65, 0.64), 9, f"b = {b:.2f}", _FG),
    ):
        _label(ax, at, offset, text.replace("-", "−"), colour)
    ax.set(xlim=(-0.05, 1.05), ylim=(-0.08, 1))
    ax.set_axis_off()


def _draw_edge(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = {"arrowstyle": "-|>", "color": _MUTED, "shrinkA": 12, "shrinkB": 13}
    ax.annotate("", end, start, arrowprops=arrow)


def _label(ax: Axes, at: tuple[float, float], offset: int, text: str, colour: str) -> None:
    side = "right" if offset < 0 else "left"
    ax.annotate(text, at, (offset, 0), textcoords="offset points", color=colour, size=_SMALL, ha=side, va="center")
