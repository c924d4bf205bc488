"""Figures of how good a classifier is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import PercentFormatter

from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import DescribedFigure, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from logreg_docs.evaluation import CalibrationBins, Confusion, PrecisionRecallCurve, RocCurve

__all__ = ["plot_costs", "plot_decisions", "plot_ranking", "plot_reliability"]

_CLASS_0, _CLASS_1, _MARK, _MUTED = (PALETTE[role].light for role in ("class_0", "class_1", "mark", "muted"))
_LINES = tuple(
    (PALETTE[role].light, line, marker)
    for role, line, marker in (("series_1", "-", "o"), ("series_2", "--", "s"), ("series_3", "-.", "^"))
)  # lines differ in more than their colour
_MAX_POINTS = 400


@styled
def plot_decisions(
    edges: ArrayLike, ones: ArrayLike, zeros: ArrayLike, table: Confusion, *, threshold: float
) -> DescribedFigure:
    r"""Plot histograms of both classes' logits back to back, split by a threshold into the four kinds of decision.

    $$\sigma(z) \ge \tau \iff z \ge \log\frac{\tau}{1 - \tau}$$

    Args:
        edges: Edges of the bins of logits, in nats, shape (n_bins + 1,).
        ones: Rows of class 1 in each bin, shape (n_bins,).
        zeros: Rows of class 0 in each bin, shape (n_bins,).
        table: The four counts at the threshold.
        threshold: The threshold on the logit, in nats.

    Returns:
        The figure.

    Examples:
        >>> from logreg_docs.evaluation import confusion
        >>> table = confusion([0.1, 0.9], [0, 1])
        >>> plot_decisions([-3, 0, 3], [0, 1], [1, 0], table, threshold=0.0).axes[0].get_xlabel()
        'logit z (nats)'
    """
    cuts, up, down = (np.asarray(a, dtype=float) for a in (edges, ones, zeros))
    figure, (ax,) = new_figure(
        f"Bars over the logit from {cuts[0]:g} to {cuts[-1]:g}: rows of class 1 upwards, rows of class 0 downwards. "
        f"Most of class 1 lies right of the dashed line at the logit {threshold:.3g}, most of class 0 left of it. The "
        f"line parts them, with the rows beyond these edges, into {table.true_positives} true positives (top right), "
        f"{table.false_negatives} false negatives (top left), {table.false_positives} false positives (bottom right) "
        f"and {table.true_negatives} true negatives (bottom left).",
        width=5.4, height=3.6,
    )  # fmt: skip
    ax.bar(cuts[:-1], up, np.diff(cuts), align="edge", color=_CLASS_1)
    ax.bar(cuts[:-1], -down, np.diff(cuts), align="edge", color=_CLASS_0, hatch="////", edgecolor=PALETTE["bg"].light)
    ax.axhline(0, color=_MUTED, linewidth=1)
    ax.axvline(threshold, color=_MARK, linestyle="--")
    top = 1.25 * max(up.max(), down.max())
    for count, name, place, side, colour in (
        (table.false_negatives, "FN", 0.97, "left", _CLASS_1), (table.true_positives, "TP", 0.97, "right", _CLASS_1),
        (table.true_negatives, "TN", 0.03, "left", _CLASS_0), (table.false_positives, "FP", 0.03, "right", _CLASS_0),
    ):  # fmt: skip
        place_x = 0.02 if side == "left" else 0.98
        ax.text(
            place_x, place, f"{name} {count}", transform=ax.transAxes, color=colour, fontsize=12,
            ha=side, va="top" if place > 0.5 else "bottom", fontweight="bold",  # noqa: PLR2004 - the upper half
        )  # fmt: skip
    ax.set(xlabel="logit z (nats)", ylabel="rows: class 0 down, class 1 up", ylim=(-top, top), xlim=(cuts[0], cuts[-1]))
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    chances = np.array([0.01, 0.1, 0.5, 0.9, 0.99])
    shown = chances[(np.log(chances / (1 - chances)) >= cuts[0]) & (np.log(chances / (1 - chances)) <= cuts[-1])]
    above = ax.secondary_xaxis("top", color=_MUTED)
    above.set_xticks(np.log(shown / (1 - shown)), [f"{p:g}" for p in shown])
    above.set_xlabel("probability p")
    return figure


@styled
def plot_ranking(
    roc: Mapping[str, RocCurve], precision_recall: Mapping[str, PrecisionRecallCurve], *, base_rate: float
) -> DescribedFigure:
    r"""Plot ROC and precision-recall curves side by side, with those of scores without information.

    $$(\mathrm{FPR}, \mathrm{TPR}) \quad\text{and}\quad (\mathrm{recall}, \mathrm{precision})$$

    Args:
        roc: Up to three ROC curves by the name of their model. Long ones are drawn by some of their points.
        precision_recall: Precision-recall curves of the same models.
        base_rate: Share of ones in the data.

    Returns:
        The figure.

    Examples:
        >>> from logreg_docs.evaluation import precision_recall_curve, roc_curve
        >>> s, y = [0.9, 0.2, 0.4], [1, 0, 0]
        >>> figure = plot_ranking({"a": roc_curve(s, y)}, {"a": precision_recall_curve(s, y)}, base_rate=1 / 3)
        >>> len(figure.axes)
        2
    """
    found = ", ".join(
        f"{name}: {np.interp(0.1, c.false_positive_rate, c.true_positive_rate):.0%}" for name, c in roc.items()
    )
    figure, (left, right) = new_figure(
        f"Two panels. First: ROC curves from the lower left to the upper right corner, with the diagonal of scores "
        f"that know nothing. The share of ones found at a false positive rate of 10%: {found}. Second: precision over "
        f"recall for the same scores; at full recall precision has come down towards the share of ones, "
        f"{base_rate:.3g}, a dotted line.",
        columns=2, height=3.3,
    )  # fmt: skip
    for (name, curve), (colour, line, _) in zip(roc.items(), _LINES, strict=False):
        left.plot(*_thinned(curve.false_positive_rate, curve.true_positive_rate), line, color=colour, label=name)
        other = precision_recall[name]
        right.plot(*_thinned(other.recall, other.precision), line, color=colour, drawstyle="steps-pre", label=name)
    left.plot([0, 1], [0, 1], ":", color=_MUTED, linewidth=1.4)
    right.axhline(base_rate, color=_MUTED, linestyle=":", linewidth=1.4)
    left.set(xlabel="false positive rate", ylabel="true positive rate (recall)", title="ROC")
    right.set(xlabel="recall", ylabel="precision", title="precision-recall", ylim=(-0.03, 1.03))
    if len(roc) > 1:
        left.legend(loc="lower right")
    return figure


@styled
def plot_reliability(bins: Mapping[str, CalibrationBins]) -> DescribedFigure:
    r"""Plot observed shares against predicted probabilities, and the number of rows in each bin.

    $$\bar y_k \text{ over } \bar p_k$$

    Args:
        bins: Calibration bins by the name of their model, up to three.

    Returns:
        The figure.

    Examples:
        >>> from logreg_docs.evaluation import calibration_bins
        >>> plot_reliability({"a": calibration_bins([0.2, 0.8], [0, 1])}).axes[0].get_xlabel()
        'mean probability in the bin'
    """
    gaps = "; ".join(
        f"{name} announces {np.average(b.mean_probability, weights=b.counts):.3g} on average where "
        f"{np.average(b.observed_share, weights=b.counts):.3g} is observed; {_describe_bins(b)}"
        for name, b in bins.items()
    )
    figure, (left, right) = new_figure(
        f"Two panels over the mean probability of a bin. First: the share of ones observed in each bin, with the "
        f"diagonal on which both agree: {gaps}. Second: how many rows each bin holds, on a logarithmic scale.",
        columns=2, height=3.3,
    )  # fmt: skip
    left.plot([0, 1], [0, 1], ":", color=_MUTED, linewidth=1.4)
    for (name, b), (colour, line, marker) in zip(bins.items(), _LINES, strict=False):
        left.plot(b.mean_probability, b.observed_share, marker + line, color=colour, mew=0, label=name)
        right.plot(b.mean_probability, b.counts, marker + line, color=colour, mew=0, label=name)
    for ax in (left, right):
        ax.set(xlabel="mean probability in the bin", xlim=(-0.03, 1.03))
    left.set(ylabel="share of ones", ylim=(-0.03, 1.03), title="announced and observed")
    right.set(yscale="log", ylabel="rows", title="rows in the bin")
    left.legend(loc="upper left")
    return figure


def _describe_bins(bins: CalibrationBins) -> str:
    """Describe on which side of the diagonal the bins of either half lie."""
    low = bins.mean_probability < 0.5  # noqa: PLR2004 - one half
    below = bins.observed_share < bins.mean_probability
    return (
        f"of its {low.sum()} bins under one half {(low & below).sum()} lie below the diagonal, "
        f"of the {(~low).sum()} others {(~low & below).sum()}"
    )


@styled
def plot_costs(
    thresholds: ArrayLike, costs: Mapping[str, ArrayLike], optima: Mapping[str, tuple[float, float]]
) -> DescribedFigure:
    r"""Plot the cost per row against the threshold, for several costs of a miss.

    $$C(\tau), \qquad \tau^* = \frac{c_{\mathrm{FP}}}{c_{\mathrm{FP}} + c_{\mathrm{FN}}}$$

    Args:
        thresholds: $\tau$, probabilities, shape (n_points,).
        costs: Cost per row at each threshold by the name of the price, up to three, shape (n_points,) each.
        optima: For each name, the threshold that theory gives and the cost there.

    Returns:
        The figure.

    Examples:
        >>> plot_costs([0.1, 0.5], {"1 : 9": [0.2, 0.4]}, {"1 : 9": (0.1, 0.2)}).axes[0].get_xlabel()
        'threshold on the probability'
    """
    x = np.asarray(thresholds, dtype=float)
    places = "; ".join(f"{name}: mark at {at:.3g}, cost {cost:.3g}" for name, (at, cost) in optima.items())
    figure, (ax,) = new_figure(
        f"Curves of the mean cost per row over the threshold, from {x[0]:.3g} to {x[-1]:.3g} on a logarithmic "
        f"scale. The curves level off on the right, where hardly any row is predicted 1. A mark on each shows the "
        f"threshold that theory gives; the more a miss costs, the further left it is: {places}.",
        width=5.4, height=3.4,
    )  # fmt: skip
    for (name, values), (colour, line, marker) in zip(costs.items(), _LINES, strict=False):
        ax.plot(x, np.asarray(values, dtype=float), line, color=colour, label=name)
        ax.plot(*optima[name], marker, color=colour, markersize=9, mew=0)
    ax.set(xlabel="threshold on the probability", ylabel="cost per row (in false alarms)", xscale="log", ylim=(0, None))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.legend(title="false alarm : miss", loc="upper left")
    return figure


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keep the corners of a curve, and only some of many: more at its start, where single rows make large steps."""
    straight = [(np.diff(v[:-1]) == 0) & (np.diff(v[1:]) == 0) for v in (x, y)]
    corners = np.concatenate(([True], ~(straight[0] | straight[1]), [True]))[: x.size]
    x, y = x[corners], y[corners]
    if x.size <= _MAX_POINTS:
        return x, y
    kept = np.unique(np.geomspace(1, x.size, _MAX_POINTS).round().astype(int)) - 1
    return x[kept], y[kept]
