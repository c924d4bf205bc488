"""Figures of likelihood and log loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.patches import Rectangle

from logreg_docs.datasets import SUBJECT
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import CLASSES, DescribedFigure, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "plot_convexity",
    "plot_epsilon",
    "plot_log_likelihood",
    "plot_losses",
    "plot_surprise",
    "plot_two_slices",
]

_MODEL, _RIVAL, _MARK, _FG = (PALETTE[role].light for role in ("model", "rival", "mark", "fg"))


@styled
def plot_two_slices(
    theta: ArrayLike, surface: ArrayLike, curve_theta: ArrayLike, curve: ArrayLike, *, row: int, heads: int
) -> DescribedFigure:
    r"""Draw the binomial probabilities as a table of cells, with one of its rows below and one of its columns beside.

    $$P(k \mid \theta) \text{ along } k, \qquad L(\theta) = P(k \mid \theta) \text{ along } \theta$$

    Args:
        theta: Probabilities of heads, one a row of `surface`, shape (n_theta,), evenly spaced.
        surface: Probability of each number of heads, shape (n_theta, n_tosses + 1).
        curve_theta: Finer probabilities of heads for the likelihood, shape (n_points,).
        curve: Likelihood of `heads` heads at `curve_theta`, shape (n_points,).
        row: Index of the row to cut out.
        heads: Column to cut out.

    Returns:
        The figure.

    Examples:
        >>> theta = np.array([0.25, 0.5, 0.75])
        >>> surface = np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]])
        >>> plot_two_slices(theta, surface, theta, theta, row=1, heads=1).alt[:13]
        'Three panels.'
    """
    thetas, values, fine, likelihood = (np.asarray(a, dtype=float) for a in (theta, surface, curve_theta, curve))
    counts, cut = np.arange(values.shape[1]), thetas[row]
    peak = float(fine[np.argmax(likelihood)])
    figure, (table, along_column, along_row, empty) = new_figure(
        f"Three panels. Top left: a table of cells, number of heads from 0 to {counts[-1]} across and theta from "
        f"{thetas[0]:g} to {thetas[-1]:g} upwards; stronger cells are more probable and run along the diagonal. "
        f"One row at theta = {cut:g} and one column at {heads} heads are framed. Below: the row, separate bars over "
        f"the number of heads that sum to {values[row].sum():.3g}. Right: the column, a smooth curve that shares the "
        f"theta axis of the table and is farthest out near {peak:.2g}.",
        width=5.4, height=4.6, rows=2, columns=2, width_ratios=(1.5, 1), height_ratios=(1.5, 1),
    )  # fmt: skip
    empty.remove()
    _draw_cells(table, thetas, values)
    half = (thetas[1] - thetas[0]) / 2
    table.add_patch(_frame(-0.5, cut - half, counts.size, 2 * half, _RIVAL))
    table.add_patch(_frame(heads - 0.5, thetas[0] - half, 1, 2 * half * thetas.size, _MARK))
    table.set(xlabel="heads k", ylabel="θ", title="P(k | θ)", xticks=counts[::2], yticks=thetas[::2], ylim=(0, 1))
    along_row.vlines(counts, 0, values[row], color=_RIVAL, linewidth=4)
    along_row.set(
        xlabel="heads k", ylabel="P(k | θ)", title=f"row θ = {cut:g}: probability", xticks=counts[::2], ylim=(0, None)
    )
    along_row.set_xlim(table.get_xlim())
    along_column.plot(likelihood, fine, color=_MARK)
    along_column.fill_betweenx(fine, likelihood, color=_MARK, alpha=0.15)
    along_column.set(xlabel="L(θ)", ylabel="θ", title=f"column k = {heads}:\nlikelihood", xlim=(0, None), ylim=(0, 1))
    along_column.set_yticks(thetas[::2])
    return figure


@styled
def plot_log_likelihood(
    theta: ArrayLike, likelihood: ArrayLike, log_likelihood: ArrayLike, *, maximum: float
) -> DescribedFigure:
    r"""Plot the likelihood and the log-likelihood of a coin side by side, with their common maximum.

    $$\operatorname*{arg\,max}_\theta L(\theta) = \operatorname*{arg\,max}_\theta \log L(\theta)$$

    Args:
        theta: Probabilities of heads, strictly between 0 and 1, shape (n_points,).
        likelihood: $L$ at `theta`, shape (n_points,).
        log_likelihood: $\log L$ at `theta` in nats, shape (n_points,).
        maximum: Where the maximum is.

    Returns:
        The figure.

    Examples:
        >>> theta = np.array([0.25, 0.5, 0.75])
        >>> plot_log_likelihood(theta, theta, np.log(theta), maximum=0.75).alt[:10]
        'Two panels'
    """
    x = np.asarray(theta, dtype=float)
    figure, axes = new_figure(
        "Two panels over the same theta from 0 to 1. First: the likelihood, a hump that is almost 0 at both ends. "
        "Second: the log-likelihood, a rounded hill that falls without limit towards both ends. A dashed line marks "
        f"the maximum of both at theta = {maximum:.3g}.",
        columns=2, height=2.9,
    )  # fmt: skip
    panels = ((likelihood, "likelihood L(θ)", ""), (log_likelihood, "log-likelihood log L(θ)", "nats"))
    for ax, (values, title, unit) in zip(axes, panels, strict=True):
        ax.plot(x, np.asarray(values, dtype=float), color=_MODEL)
        ax.axvline(maximum, color=_MARK, linestyle="--", linewidth=1.4)
        ax.set(xlabel="θ, probability of heads", ylabel=unit, title=title, xlim=(0, 1))
    axes[0].annotate(f"{maximum:.3g}", (maximum, 0), (6, 6), textcoords="offset points", color=_MARK)
    return figure


@styled
def plot_surprise(
    x: ArrayLike, y: ArrayLike, losses: ArrayLike, curve_x: ArrayLike, curve: ArrayLike, *, x_label: str, y_label: str
) -> DescribedFigure:
    r"""Plot a model, and below it the log loss of each row.

    $$\ell_i = -\log P(y_i \mid x_i)$$

    Args:
        x: Feature of every row, shape (n_samples,).
        y: Labels in {0, 1}, shape (n_samples,).
        losses: Log loss of every row in nats, shape (n_samples,).
        curve_x: Feature values of the model's curve, shape (n_points,).
        curve: The model's probabilities there, shape (n_points,).
        x_label: Name and unit of the feature.
        y_label: What label 1 means.

    Returns:
        The figure.

    Examples:
        >>> figure = plot_surprise([1, 2], [0, 1], [0.3, 0.2], [1, 2], [0.3, 0.8], x_label="hours", y_label="passed")
        >>> len(figure.axes)
        2
    """
    feature, labels, cost = (np.asarray(a, dtype=float) for a in (x, y, losses))
    worst = int(np.argmax(cost))
    figure, (model, bars) = new_figure(
        f"Two panels over {x_label}. Top: an S-shaped curve, the model's P({y_label}), with "
        f"{int(labels.sum())} circles at 1 and {int((1 - labels).sum())} squares at 0. Bottom: one stick per row, as "
        f"high as its log loss. Rows on the side the model expects cost little; the highest stick, "
        f"{cost[worst]:.2f} nats at {feature[worst]:g}, is a row of class {labels[worst]:g} where the model expects "
        f"the other class.",
        rows=2, width=5.4, height=3.9, sharex=True,
    )  # fmt: skip
    model.plot(np.asarray(curve_x), np.asarray(curve), color=_FG)
    for label, marker, colour in reversed(CLASSES):
        chosen = labels == label
        model.plot(feature[chosen], labels[chosen], marker, color=colour, mew=0, label=f"class {label}")
        bars.vlines(feature[chosen], 0, cost[chosen], color=colour, linewidth=1.4)
        bars.plot(feature[chosen], cost[chosen], marker, color=colour, mew=0)
    model.set(ylabel=f"P({y_label})", yticks=(0, 0.5, 1))
    model.legend(loc="center right")
    bars.set(xlabel=x_label, ylabel="log loss, nats", ylim=(0, None))
    return figure


@styled
def plot_losses(
    logits: ArrayLike, log_losses: ArrayLike, errors: ArrayLike, slopes: ArrayLike, error_slopes: ArrayLike
) -> DescribedFigure:
    r"""Plot log loss and squared error of one row of class 1 with their derivatives.

    $$-\log\sigma(z), \qquad (1 - \sigma(z))^2$$

    Args:
        logits: $z$, shape (n_points,).
        log_losses: Log loss at each logit, in nats, shape (n_points,).
        errors: Squared error at each logit, shape (n_points,).
        slopes: Derivative of the log loss, shape (n_points,).
        error_slopes: Derivative of the squared error, shape (n_points,).

    Returns:
        The figure.

    Examples:
        >>> z = np.array([-1.0, 0.0, 1.0])
        >>> len(plot_losses(z, z, z, z, z).axes)
        2
    """
    z = np.asarray(logits, dtype=float)
    figure, axes = new_figure(
        f"Two panels over the logit from {z[0]:g} to {z[-1]:g}, for one row of class 1. First: log loss rises "
        "like a straight line as the logit becomes negative, squared error levels off at 1. Second: the slope of log "
        "loss goes to -1 there, the slope of squared error has a small dip and returns to 0.",
        columns=2, height=3.1,
    )  # fmt: skip
    for ax, upper, lower in ((axes[0], log_losses, errors), (axes[1], slopes, error_slopes)):
        ax.plot(z, np.asarray(upper, dtype=float), color=_MODEL, label="log loss")
        ax.plot(z, np.asarray(lower, dtype=float), color=_RIVAL, linestyle="--", label="squared error")
        ax.set_xlabel("logit z, nats")
    axes[0].set_title("cost of a row with y = 1")
    axes[1].set_title("slope in z")
    axes[0].legend(loc="upper right")
    return figure


@styled
def plot_epsilon(
    logits: ArrayLike, losses: Mapping[float, ArrayLike], slopes: Mapping[float, ArrayLike]
) -> DescribedFigure:
    r"""Plot the log loss of one row of class 0, and its derivative, with an $\varepsilon$ inside the logarithm.

    $$-\log(1 - \sigma(z) + \varepsilon)$$

    Args:
        logits: $z$, shape (n_points,).
        losses: For up to four values of $\varepsilon$, the losses at each logit in nats.
        slopes: For the same values, the derivatives.

    Returns:
        The figure.

    Examples:
        >>> z = np.array([0.0, 10.0, 20.0])
        >>> plot_epsilon(z, {0.0: z}, {0.0: z}).axes[0].get_title(loc="left")
        'loss of a row with y = 0'
    """
    z = np.asarray(logits, dtype=float)
    caps = ", ".join(f"{np.asarray(v)[-1]:.3g} with epsilon = {e:g}" for e, v in losses.items())
    figure, axes = new_figure(
        f"Two panels over the logit from {z[0]:g} to {z[-1]:g}, for one row of class 0. First: without epsilon the "
        f"loss rises as a straight line, with epsilon it bends into a plateau; at the right end it is {caps}. "
        "Second: without epsilon the slope rises to 1 and stays, with epsilon it falls back to 0 where the plateau "
        "begins.",
        columns=2, height=3.1,
    )  # fmt: skip
    looks = zip(losses, (PALETTE[f"series_{k}"].light for k in (1, 2, 4, 3)), ("-", "--", "-.", ":"), strict=False)
    for epsilon, colour, line in looks:
        name = f"ε = {epsilon:g}".replace("e-0", "e-") if epsilon else "ε = 0 (exact)"
        for ax, curves in zip(axes, (losses, slopes), strict=True):
            ax.plot(z, np.asarray(curves[epsilon], dtype=float), line, color=colour, label=name)
    axes[0].set(xlabel="logit z, nats", ylabel="nats", title="loss of a row with y = 0")
    axes[1].set(xlabel="logit z, nats", title="slope in z")
    axes[0].legend(loc="upper left")
    return figure


@styled
def plot_convexity(
    weights: ArrayLike, log_losses: ArrayLike, errors: ArrayLike, *, ends: tuple[int, int]
) -> DescribedFigure:
    r"""Plot mean log loss and mean squared error along one weight, each with a chord.

    $$f(t u + (1 - t) v) \le t f(u) + (1 - t) f(v)$$

    Args:
        weights: Values of the weight, shape (n_points,).
        log_losses: Mean log loss there in nats, shape (n_points,).
        errors: Mean squared error there, shape (n_points,).
        ends: Indices of the two ends of the chord.

    Returns:
        The figure.

    Examples:
        >>> w = np.array([-1.0, 0.0, 1.0])
        >>> plot_convexity(w, w**2, -(w**2), ends=(0, 2)).axes[1].get_title(loc="left")
        'mean squared error'
    """
    w, panels, chosen = np.asarray(weights, dtype=float), (log_losses, errors), list(ends)
    figure, axes = new_figure(
        f"Two panels over the weight from {w[0]:g} to {w[-1]:g}. First: mean log loss, a bowl that lies "
        f"below the straight chord between its points at {w[chosen[0]]:g} and {w[chosen[1]]:g}. Second: mean squared "
        "error, which is almost flat on the left, falls in a step and lies above its chord for part of the way.",
        columns=2, height=3.1,
    )  # fmt: skip
    for ax, values, title in zip(axes, panels, ("mean log loss, nats", "mean squared error"), strict=True):
        height = np.asarray(values, dtype=float)
        ax.plot(w, height, color=_MODEL)
        ax.plot(w[chosen], height[chosen], "o--", color=_RIVAL, mew=0, linewidth=1.4, label="chord")
        ax.set(xlabel=f"weight w, nats per {SUBJECT.unit}", title=title)
    axes[0].legend(loc="upper right")
    return figure


def _frame(x: float, y: float, width: float, height: float, colour: str) -> Rectangle:
    return Rectangle((x, y), width, height, fill=False, edgecolor=colour, linewidth=2, clip_on=False)


def _draw_cells(ax: Axes, theta: NDArray[np.float64], values: NDArray[np.float64]) -> None:
    """Draw probabilities as the opacity of one colour of the palette, which the dark scheme can replace."""
    tint = LinearSegmentedColormap.from_list("tint", [to_rgba(_MODEL, 0.0), to_rgba(_MODEL, 1.0)])
    ax.pcolormesh(np.arange(values.shape[1]), theta, values, cmap=tint, shading="nearest", vmin=0)
    ax.grid(visible=False)
