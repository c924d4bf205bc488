"""Figures of separation, priors, collinear columns and units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import CLASSES, DescribedFigure, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "plot_collinearity",
    "plot_one_point_moved",
    "plot_prior",
    "plot_regularisation_path",
    "plot_runaway",
    "plot_units",
]

_MODEL, _RIVAL, _MARK, _FG, _MUTED = (PALETTE[role].light for role in ("model", "rival", "mark", "fg", "muted"))
_FIRST, _SECOND, _THIRD = (PALETTE[role].light for role in ("series_1", "series_4", "series_3"))


@styled
def plot_one_point_moved(
    before: ArrayLike,
    after: ArrayLike,
    y: ArrayLike,
    grid: ArrayLike,
    *,
    fitted: ArrayLike,
    walk: Mapping[int, ArrayLike],
) -> DescribedFigure:
    r"""Plot the fitted curve, and gradient descent after one row is moved and the data are separable.

    $$p = \sigma(w x + b)$$

    Args:
        before: Feature of every row at first, shape (n_samples,).
        after: The same with one row moved, shape (n_samples,).
        y: Labels in {0, 1}, shape (n_samples,).
        grid: Where the curves are drawn, shape (n_points,).
        fitted: Probabilities of the maximum likelihood fit to `before`, shape (n_points,).
        walk: For up to four numbers of steps, the probabilities that gradient descent on `after` has reached.

    Returns:
        The figure.

    Examples:
        >>> walk = {10: [0.1, 0.9]}
        >>> figure = plot_one_point_moved([1, 4, 3], [1, 2, 3], [0, 0, 1], [1, 4], fitted=[0.3, 0.6], walk=walk)
        >>> figure.axes[1].get_title(loc="left")
        'moved: no best curve'
    """
    first, second, labels, x = (np.asarray(a, dtype=float) for a in (before, after, y, grid))
    moved = int(np.argmax(first != second))
    figure, (left, right) = new_figure(
        f"Two panels over hours of study, with {labels.size} students as squares at 0 (fail) and circles at 1 (pass). "
        f"First: a student of class {labels[moved]:g} at {first[moved]:g} hours, ringed in both, sits among the "
        f"other class, and the best curve rises gently. Second: that student has moved to {second[moved]:g} hours, a "
        f"gap parts the classes, and the curves after {', '.join(f'{n:,}' for n in walk)} steps become ever steeper "
        f"at the gap.",
        columns=2, height=3.2, sharey=True,
    )  # fmt: skip
    left.plot(x, np.asarray(fitted, dtype=float), color=_FG)
    _draw_labels(left, first, labels)
    left.plot(first[moved], labels[moved], "o", color=_MARK, mfc="none", markersize=12, mew=1.6)
    left.set(xlabel="hours of study", ylabel="P(pass)", title="overlap: one best curve", yticks=(0, 0.5, 1))
    for (n_steps, curve), line in zip(walk.items(), (":", "-.", "--", "-"), strict=False):
        right.plot(x, np.asarray(curve, dtype=float), line, color=_FG, linewidth=1.5, label=f"{n_steps:,} steps")
    _draw_labels(right, second, labels)
    right.plot(second[moved], labels[moved], "o", color=_MARK, mfc="none", markersize=12, mew=1.6)
    right.set(xlabel="hours of study", title="moved: no best curve")
    right.legend(loc="upper left", fontsize=9)
    return figure


@styled
def plot_runaway(
    steps: ArrayLike,
    norms: Mapping[str, ArrayLike],
    losses: Mapping[str, ArrayLike],
    marked: ArrayLike,
    *,
    slope: float,
    floors: Mapping[str, float],
) -> DescribedFigure:
    r"""Plot the norm of the weights and the loss against the steps of gradient descent.

    $$\lVert w_t \rVert \approx \frac{\log t}{\gamma} + \text{const}$$

    Args:
        steps: Numbers of steps from 1 on, shape (n_points,).
        norms: For up to three kinds of data, separable ones first, the norm of the weights, shape (n_points,).
        losses: For the same kinds, the log loss in nats, shape (n_points,).
        marked: Numbers of steps at which the first norm is marked, some of `steps`.
        slope: Growth per unit of the natural logarithm that theory gives for the first kind.
        floors: For some of the kinds, the value that their loss approaches, in nats.

    Returns:
        The figure.

    Examples:
        >>> values = {"separable": [1.0, 2.0]}
        >>> figure = plot_runaway([1, 10], values, values, [10], slope=1.0, floors={})
        >>> figure.axes[0].get_xscale()
        'log'
    """
    t, chosen = np.asarray(steps, dtype=float), np.asarray(marked, dtype=float)
    sizes = {name: np.asarray(values, dtype=float) for name, values in norms.items()}
    first = next(iter(sizes.values()))
    ends = "; ".join(f"{name}: {values[-1]:.2f}" for name, values in sizes.items())
    at_marks = first[np.searchsorted(t, chosen)]
    figure, (left, right) = new_figure(
        f"Two panels over the number of steps on a logarithmic axis, from {t[0]:g} to {t[-1]:g}. First: size of the "
        f"weights. For separable data it bends into a straight line, parallel to a dashed line that rises by "
        f"{slope * np.log(10):.2f} each time the steps grow tenfold, for quasi-separated data less steep; for "
        f"overlapping data it becomes level. At the end ({ends}). Second: log loss on a logarithmic axis. For "
        f"complete separation it falls along a straight line towards 0. Otherwise it becomes level, for "
        f"quasi-separated data at a dotted line while its weight still grows.",
        columns=2, height=3.4,
    )  # fmt: skip
    looks = zip(sizes, (_FIRST, _SECOND, _THIRD), ("-", "--", "-."), strict=False)
    for name, colour, line in looks:
        left.plot(t, sizes[name], line, color=colour, label=name)
        right.plot(t, np.asarray(losses[name], dtype=float), line, color=colour, label=name)
        if name in floors:
            right.axhline(floors[name], color=colour, linewidth=1, linestyle=":")
    left.plot(chosen, at_marks, "o", color=_FIRST, mew=0)
    line = at_marks[-1] + slope * np.log(t / chosen[-1]) + 0.6
    shown = line >= 0
    left.plot(t[shown], line[shown], "--", color=_FG, linewidth=1.1, label="slope of theory")
    left.set(xlabel="step t", ylabel="size of w, nats per hour", title="weights", xscale="log")
    left.legend(loc="upper left", fontsize=9)
    right.set(xlabel="step t", ylabel="nats per row", title="log loss", xscale="log", yscale="log")
    return figure


@styled
def plot_prior(weights: ArrayLike, log_likelihood: ArrayLike, log_prior: ArrayLike, *, mode: float) -> DescribedFigure:
    r"""Plot how a prior gives the posterior a maximum where the likelihood has none.

    $$\log P(w \mid y) = \log L(w) + \log P(w) + \text{const}$$

    Args:
        weights: Values of the weight, shape (n_points,).
        log_likelihood: Log-likelihood there, in nats, shape (n_points,).
        log_prior: Logarithm of the prior there, 0 at its peak, in nats, shape (n_points,).
        mode: Weight at which the sum is largest.

    Returns:
        The figure.

    Examples:
        >>> w = np.array([0.0, 1.0, 2.0])
        >>> len(plot_prior(w, w - 2, -(w**2), mode=0.5).axes[0].lines)
        4
    """
    w, likelihood, prior = (np.asarray(a, dtype=float) for a in (weights, log_likelihood, log_prior))
    figure, (ax,) = new_figure(
        f"Three curves over the weight from {w[0]:g} to {w[-1]:g}. The log-likelihood of separable data rises towards "
        "0 and never comes down. The log prior is a parabola that falls from 0 at weight 0. Their sum, the log "
        f"posterior, rises and falls again; a dotted line marks its peak at {mode:.2f}.",
        width=5.4, height=3.4,
    )  # fmt: skip
    ax.plot(w, likelihood, "--", color=_MODEL, label="log-likelihood")
    ax.plot(w, prior, "-.", color=_RIVAL, label="log prior")
    ax.plot(w, likelihood + prior, color=_FG, label="sum: log posterior")
    ax.axvline(mode, color=_MARK, linestyle=":", linewidth=1.5)
    ax.annotate(f"peak {mode:.2f}", (mode, 0), (5, 4), textcoords="offset points", color=_MARK)
    ax.set(xlabel="weight w, nats per hour", ylabel="nats, up to a constant")
    ax.legend(loc="lower right")
    return figure


@styled
def plot_regularisation_path(
    strengths: ArrayLike, weights: ArrayLike, train: ArrayLike, held_out: ArrayLike
) -> DescribedFigure:
    r"""Plot every weight, and the loss on training and held-out rows, against the strength of the penalty.

    $$\hat w(\lambda) = \operatorname*{arg\,min}_{w,\,b} J(w, b) + \tfrac\lambda2 \lVert w \rVert^2$$

    Args:
        strengths: Strengths $\lambda$ in increasing order, shape (n_strengths,).
        weights: Fitted weights, shape (n_strengths, n_features).
        train: Log loss on the rows fitted to, in nats, shape (n_strengths,).
        held_out: Log loss on rows kept back, in nats, shape (n_strengths,).

    Returns:
        The figure.

    Examples:
        >>> plot_regularisation_path([0.1, 1], [[1], [0.5]], [0.1, 0.2], [0.3, 0.2]).axes[1].get_xscale()
        'log'
    """
    l2, w, inside, outside = (np.asarray(a, dtype=float) for a in (strengths, weights, train, held_out))
    best = int(np.argmin(outside))
    figure, (left, right) = new_figure(
        f"Two panels over the penalty lambda from {l2[0]:.0e} to {l2[-1]:g} on a logarithmic axis. First: "
        f"{w.shape[1]} weights fan out between {w.min():.1f} and {w.max():.1f} where the penalty is weak and shrink "
        "towards 0 where it is strong; some cross 0 on the way. Second: the loss on the training rows rises "
        f"throughout; the loss on rows kept back is lowest, {outside[best]:.3f} nats, near lambda = {l2[best]:.2g} "
        "and higher on both sides. A dotted line marks that place in both panels.",
        columns=2, height=3.4,
    )  # fmt: skip
    left.plot(l2, w, color=_MODEL, linewidth=0.9, alpha=0.8)
    left.axhline(0, color=_MUTED, linewidth=0.8)
    left.set(ylabel="weight, nats per sd", title=f"{w.shape[1]} weights")
    right.plot(l2, inside, "--", color=_MODEL, label="training rows")
    right.plot(l2, outside, color=_RIVAL, label="rows kept back")
    right.plot(l2[best], outside[best], "o", color=_MARK, mew=0)
    right.set(ylabel="nats per row", title="log loss", yscale="log")
    right.legend(loc="lower right")
    for ax in (left, right):
        ax.axvline(l2[best], color=_MARK, linestyle=":", linewidth=1.3)
        ax.set(xlabel="penalty λ", xscale="log")
    return figure


@styled
def plot_collinearity(
    regions: Mapping[str, tuple[ArrayLike, ArrayLike]], distances: ArrayLike, errors: ArrayLike, sum_errors: ArrayLike
) -> DescribedFigure:
    r"""Plot the uncertainty of two weights as their columns become collinear.

    $$\operatorname{SE}(\hat w_2) = \frac{\operatorname{SE}(\hat v)}{\delta}$$

    Args:
        regions: For up to three names, the estimate (2,) and its covariance (2, 2).
        distances: Distances $\delta$ of the two columns, shape (n_points,).
        errors: Standard errors of the two weights, shape (n_points, 2).
        sum_errors: Standard errors of their sum, shape (n_points,).

    Returns:
        The figure.

    Examples:
        >>> regions = {"δ = 1": ([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]])}
        >>> len(plot_collinearity(regions, [0.1, 1], [[9, 9], [1, 1]], [1, 1]).axes[0].lines)
        2
    """
    delta, both, of_sum = (np.asarray(a, dtype=float) for a in (distances, errors, sum_errors))
    figure, (left, right) = new_figure(
        f"Two panels. First: regions of one standard error around two weights, one for each of {', '.join(regions)}. "
        "The nearer the columns, the longer the ellipse for its width, and the nearer its axis comes to the falling "
        "diagonal on which the sum of the weights is constant. Second: standard errors against the distance of the "
        f"columns, both axes logarithmic. That of the second weight rises along a straight line as the distance "
        f"falls, that of the first soon joins it, up to {both.max():.3g}; that of their sum stays near "
        f"{np.median(of_sum):.2g}.",
        columns=2, height=3.4,
    )  # fmt: skip
    for (name, (centre, covariance)), colour, line in zip(
        regions.items(), (_FIRST, _SECOND, _THIRD), ("-", "--", "-."), strict=False
    ):
        outline = _ellipse(np.asarray(centre, dtype=float), np.asarray(covariance, dtype=float))
        left.plot(*outline, line, color=colour, label=name)
        left.plot(*np.asarray(centre, dtype=float), "o", color=colour, mew=0)
    left.set(xlabel="first weight, nats per sd", ylabel="second weight, nats per sd", title="one standard error")
    left.legend(loc="upper right", fontsize=9)
    right.plot(delta, both[:, 0], "o-", color=_FIRST, mew=0, label="first weight")
    right.plot(delta, both[:, 1], "s--", color=_SECOND, mew=0, label="second weight")
    right.plot(delta, of_sum, "^-", color=_FG, mew=0, label="their sum")
    right.set(xlabel="distance δ of the columns", ylabel="nats per sd", title="standard errors")
    right.set(xscale="log", yscale="log")
    right.legend(loc="upper right", fontsize=9)
    return figure


@styled
def plot_units(factors: ArrayLike, effects: Mapping[float, ArrayLike], units: Mapping[str, float]) -> DescribedFigure:
    r"""Plot how the effect of a column under a penalty depends on its unit.

    $$x' = k x, \qquad w' = w / k, \qquad \tfrac\lambda2 w'^2 = \tfrac{\lambda}{2 k^2} w^2$$

    Args:
        factors: How many of the new units make one hour, $k$, shape (n_points,).
        effects: For up to three strengths $\lambda$, the fitted effect of one hour in nats, shape (n_points,).
        units: Factors to mark, by name.

    Returns:
        The figure.

    Examples:
        >>> len(plot_units([1.0, 60.0], {0.0: [1, 1], 0.1: [0.5, 1]}, {"minutes": 60.0}).axes[0].lines)
        3
    """
    k = np.asarray(factors, dtype=float)
    ends = "; ".join(
        f"with lambda = {strength:g} from {np.asarray(v)[0]:.2f} to {np.asarray(v)[-1]:.2f}"
        for strength, v in effects.items()
    )
    figure, (ax,) = new_figure(
        "Effect of one hour, in nats, against the number of units that make an hour, on a logarithmic axis. Without a "
        "penalty the line is level. With a penalty the effect is near 0 for large units, rises in an S and reaches "
        f"the level line for small units: {ends}. Dotted lines mark {', '.join(units)}.",
        width=5.4, height=3.4,
    )  # fmt: skip
    for (strength, values), colour, line in zip(
        effects.items(), (_FG, _FIRST, _SECOND), ("-", "--", "-."), strict=False
    ):
        ax.plot(k, np.asarray(values, dtype=float), line, color=colour, label=f"λ = {strength:g}")
    level = max(float(np.max(np.asarray(values))) for values in effects.values())
    for name, factor in units.items():
        ax.axvline(factor, color=_MUTED, linestyle=":", linewidth=1.2)
        ax.annotate(name, (factor, 0.62 * level), (-3, 0), textcoords="offset points", color=_MUTED, ha="right")
    ax.set(xlabel="units that make one hour, k", ylabel="effect of one hour, nats", xscale="log", ylim=(0, None))
    ax.legend(loc="lower right", bbox_to_anchor=(0.89, 0.1))
    return figure


def _draw_labels(ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    for label, marker, colour in reversed(CLASSES):
        ax.plot(x[y == label], y[y == label], marker, color=colour, mew=0, markersize=7)


def _ellipse(centre: NDArray[np.float64], covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 81 points of the ellipse of one standard error, shape (2, 81)."""
    angle = np.linspace(0, 2 * np.pi, 81)
    root = np.linalg.cholesky(covariance)
    return np.asarray(centre[:, np.newaxis] + root @ np.stack([np.cos(angle), np.sin(angle)]))
