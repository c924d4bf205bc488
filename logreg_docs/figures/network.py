"""Figures of networks: their nodes, their decision boundary, their hidden layer, and their training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs._validation import as_labels, as_matrix, as_vector, count
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import CLASSES, DescribedFigure, draw_node, new_figure, styled
from logreg_docs.network import forward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from logreg_docs.network import Network

__all__ = [
    "plot_hidden_layer",
    "plot_network",
    "plot_network_boundary",
    "plot_training_runs",
]

_MAX_INPUTS = 12
_NEAR = 0.01  # nats; closer lines look like one


@styled
def plot_network(n_inputs: int, n_hidden: int) -> DescribedFigure:
    r"""Draw a network with one hidden layer: input, hidden and output nodes, every edge a weight.

    $$h_k = g\Bigl(\sum_j v_{kj} x_j + c_k\Bigr), \qquad p = \sigma\Bigl(\sum_k w_k h_k + b\Bigr)$$

    Args:
        n_inputs: Number of input nodes, at most 12.
        n_hidden: Number of hidden nodes, at most 12.

    Returns:
        The figure. The nodes that are always 1 and carry the biases are left out.

    Raises:
        TypeError: If a number is not whole.
        ValueError: If a number is not in 1 ... 12.
    """
    sizes = (count(n_inputs, "n_inputs"), count(n_hidden, "n_hidden"), 1)
    if max(sizes) > _MAX_INPUTS:
        raise ValueError(f"n_inputs and n_hidden must be at most {_MAX_INPUTS}, got {n_inputs} and {n_hidden}.")
    figure, (ax,) = new_figure(
        f"A network with one hidden layer. {n_inputs} input nodes on the left send an edge each to all of {n_hidden} "
        f"hidden nodes in the middle, and these send one edge each to a single output node on the right, which gives "
        f"p. The nodes that are always 1 are left out. The last step alone, from the hidden nodes to the output, is "
        f"one neuron.",
        width=5.4,
        height=0.5 * max(sizes) + 0.6,
    )
    ax.set(xlim=(-0.1, 1.1), ylim=(-(max(sizes) - 1) / 2 - 0.5, (max(sizes) - 1) / 2 + 1.1))
    ax.axis("off")
    heights = [np.arange(size)[::-1] - (size - 1) / 2 for size in sizes]
    for column in (0, 1):
        for left in heights[column]:
            for right in heights[column + 1]:
                ax.plot([column / 2, (column + 1) / 2], [left, right], color=PALETTE["muted"].light, lw=1.0)
    letters = ("$x_{{{}}}$", "$h_{{{}}}$", "$p$")
    for column, title in enumerate(("input nodes", "hidden nodes", "output node")):
        for place, y in enumerate(heights[column], 1):
            draw_node(ax, column / 2, y, letters[column].format(place), size=22, colour="model" if column else "muted")
        ax.text(column / 2, ax.get_ylim()[1] - 0.1, title, ha="center", va="top", color=PALETTE["muted"].light)
    return figure


@styled
def plot_network_boundary(
    X: ArrayLike, y: ArrayLike, *, x1: ArrayLike, x2: ArrayLike, probabilities: ArrayLike, network: Network
) -> DescribedFigure:
    r"""Draw the decision boundary of a network with two inputs, and the line of each of its hidden nodes.

    $$p(x_1, x_2) = \tfrac12, \qquad V_{k1} x_1 + V_{k2} x_2 + c_k = 0$$

    Args:
        X: Rows to show, shape (n_samples, 2).
        y: Labels in {0, 1}, shape (n_samples,).
        x1: Grid along the first input, shape (n_1,).
        x2: Grid along the second input, shape (n_2,).
        probabilities: Output of the network on the grid, shape (n_2, n_1).
        network: The network, for the lines of its hidden nodes.

    Returns:
        The figure.

    Raises:
        ValueError: If shapes do not fit.
    """
    rows, labels = as_matrix(X), as_labels(y)
    first, second, p = as_vector(x1, "x1"), as_vector(x2, "x2"), as_matrix(probabilities, "probabilities")
    if rows.shape[1] != 2 or network.V.shape[1] != 2 or p.shape != (second.size, first.size):  # noqa: PLR2004 - a plane
        raise ValueError(f"X must have 2 columns and probabilities one value per grid point, got {p.shape}.")
    share = float((p > 0.5).mean())  # noqa: PLR2004 - a half
    figure, (ax,) = new_figure(
        f"The plane of the two inputs with {int(labels.sum())} rows of class 1 as blue dots and "
        f"{int((labels == 0).sum())} of class 0 as orange squares. The shaded area, {share:.0%} of the picture, is "
        f"where the network says more than one half. Its border is drawn solid, and {_inside(network, rows, labels)} "
        f"lie in it. {len(network.c)} dashed lines show where a single hidden node is undecided.",
        width=4.6,
        height=4.2,
    )
    ax.contourf(first, second, p, levels=[0.5, 1.1], colors=[PALETTE["pale"].light])
    ax.contour(first, second, p, levels=[0.5], colors=[PALETTE["model"].light], linewidths=1.8)
    for (v1, v2), c in zip(network.V, network.c, strict=True):
        ends = _line(v1, v2, c, (first[0], first[-1]), (second[0], second[-1]))
        ax.plot(*ends, color=PALETTE["muted"].light, ls="--", lw=1.3)
    _scatter(ax, rows, labels)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(first[0], first[-1]), ylim=(second[0], second[-1]))
    ax.locator_params(nbins=5)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.13), ncols=2, fontsize=9, frameon=False)
    return figure


def _inside(network: Network, rows: NDArray[np.float64], labels: NDArray[np.float64]) -> str:
    """Count the rows of each class whose predicted probability is above one half."""
    yes = forward(network, rows).logits > 0
    return f"{int(yes[labels == 1].sum())} rows of class 1 and {int(yes[labels == 0].sum())} of class 0"


def _parts(place: NDArray[np.float64], labels: NDArray[np.float64], network: Network) -> str:
    """Describe whether the line of the output node separates the classes."""
    apart = ((place @ network.w + network.b > 0) == (labels == 1)).all()
    return "parts" if apart else "does not part"


@styled
def plot_hidden_layer(
    before: tuple[Network, ArrayLike], after: tuple[Network, ArrayLike], y: ArrayLike, *, names: Sequence[str]
) -> DescribedFigure:
    r"""Plot the outputs of two hidden nodes before and after training, with the line of the output node.

    $$w_1 h_1 + w_2 h_2 + b = 0$$

    Args:
        before: The network before training and its hidden outputs, shape (n_samples, 2).
        after: The network after training and its hidden outputs, shape (n_samples, 2).
        y: Labels in {0, 1}, shape (n_samples,).
        names: A short name for each row. Rows that lie on one spot share a label.

    Returns:
        The figure with a panel for each network.

    Raises:
        ValueError: If shapes do not fit.
    """
    labels = as_labels(y)
    places = [as_matrix(hidden, "hidden") for _, hidden in (before, after)]
    if any(place.shape != (labels.size, 2) for place in places) or len(names) != labels.size:
        raise ValueError(f"hidden must have shape ({labels.size}, 2) and names one name per row, got {len(names)}.")
    ends = "; ".join(
        f"{name} at ({h1:.2f}, {h2:.2f})" for name, (h1, h2) in zip(names, places[1], strict=True)
    ).replace("-", "−")
    figure, axes = new_figure(
        f"Two panels with the outputs of two hidden nodes as axes and the line of the output node. Before training the "
        f"line {_parts(places[0], labels, before[0])} the classes. After training the rows have moved, {ends}, and "
        f"the line {_parts(places[1], labels, after[0])} the classes.",
        columns=2,
        height=3.6,
        sharey=True,
    )
    for ax, (network, _), place, title in zip(
        axes, (before, after), places, ("Before training", "After training"), strict=True
    ):
        edge = 1.25
        ax.plot(
            *_line(network.w[0], network.w[1], network.b, (-edge, edge), (-edge, edge)), color=PALETTE["model"].light
        )
        _scatter(ax, place, labels)
        spots = _shared_labels(place, names)
        for (h1, h2), name in spots:
            side = _free_side((h1, h2), [spot for spot, _ in spots])
            ax.annotate(
                name,
                (h1, h2),
                (8 * side, 0),
                textcoords="offset points",
                ha="left" if side > 0 else "right",
                va="center",
                fontsize=9,
            )
        ax.set(title=title, xlabel="$h_1$", xlim=(-edge, edge), ylim=(-edge, edge))
    axes[0].set_ylabel("$h_2$")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=2, fontsize=9)
    return figure


@styled
def plot_training_runs(
    losses: Sequence[ArrayLike], *, solved_below: float, levels: dict[str, float], every: int = 1
) -> DescribedFigure:
    """Plot the losses of one network trained from several starts.

    Args:
        losses: Losses in nats of each run, the first before training.
        solved_below: A run whose last loss is below counts as solved and is drawn solid, any other dashed.
        levels: Losses to mark by a thin line, by name.
        every: Steps between two values of a run, for the horizontal axis.

    Returns:
        The figure.

    Raises:
        ValueError: If there is no run.
    """
    runs = [as_vector(values, "losses") for values in losses]
    if not runs:
        raise ValueError("losses must hold at least one run.")
    solved = [run[-1] < solved_below for run in runs]
    ends = np.array([run[-1] for run in runs])
    marks = ", ".join(
        f"{name} = {level:.3f}, near which {int((np.abs(ends - level) < _NEAR).sum())} lines end"
        for name, level in levels.items()
    )
    figure, (ax,) = new_figure(
        f"Log loss in nats against the step for {len(runs)} starts of the same network. {sum(solved)} solid lines end "
        f"below {solved_below:g}. {len(runs) - sum(solved)} dashed lines do not; the "
        f"highest ends at {ends.max():.3f}. Thin lines mark {marks}.",
        width=5.4,
        height=3.4,
    )
    end = max(run.size - 1 for run in runs) * every
    seen: set[bool] = set()
    for run, done in zip(runs, solved, strict=True):
        colour, style = ("model", "-") if done else ("error", "--")
        label = None if bool(done) in seen else ("solved" if done else "stuck")
        seen.add(bool(done))
        ax.plot(np.arange(run.size) * every, run, color=PALETTE[colour].light, ls=style, lw=1.2, label=label)
    for name, level in levels.items():
        ax.axhline(level, color=PALETTE["muted"].light, lw=0.9, zorder=1)
        ax.annotate(
            name,
            (end, level),
            (0, -3),  # so that it does not touch the curves
            textcoords="offset points",
            ha="right",
            va="top",
            fontsize=9,
            color=PALETTE["muted"].light,
        )
    ax.set(xlabel="step", ylabel="log loss (nats)", ylim=(0, None), xlim=(0, end))
    ax.legend(loc="upper right", fontsize=9)
    return figure


def _scatter(ax: Axes, rows: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    for label, marker, colour in CLASSES:
        here = rows[y == label]
        ax.plot(here[:, 0], here[:, 1], marker, color=colour, mew=0, ms=8, label=f"class {label}", zorder=3)


def _line(
    v1: float, v2: float, c: float, x: tuple[float, float], y: tuple[float, float]
) -> tuple[list[float], list[float]]:
    """Return two points of the line v1 x + v2 y + c = 0, far enough apart to cross the axes."""
    if abs(v2) >= abs(v1) and v2 != 0:
        return [x[0], x[1]], [-(c + v1 * x[0]) / v2, -(c + v1 * x[1]) / v2]
    if v1 != 0:
        return [-(c + v2 * y[0]) / v1, -(c + v2 * y[1]) / v1], [y[0], y[1]]
    return [], []  # without a weight there is no line


def _shared_labels(
    places: NDArray[np.float64], names: Sequence[str], near: float = 0.05
) -> list[tuple[tuple[float, float], str]]:
    """Return one label for all rows that lie within `near` of one another."""
    groups: list[tuple[NDArray[np.float64], list[str]]] = []
    for place, name in zip(places, names, strict=True):
        group = next((members for spot, members in groups if np.abs(spot - place).max() < near), None)
        if group is None:
            groups.append((place, [name]))
        else:
            group.append(name)
    return [((float(spot[0]), float(spot[1])), ", ".join(members)) for spot, members in groups]


def _free_side(spot: tuple[float, float], spots: Sequence[tuple[float, float]], rim: float = 0.7) -> int:
    """Return 1 for a label on the right, -1 for the left: inwards near an edge, else away from the nearest point."""
    others = [other for other in spots if other != spot]
    if abs(spot[0]) > rim or not others:
        return -1 if spot[0] > 0 else 1
    nearest = min(others, key=lambda other: np.hypot(other[0] - spot[0], other[1] - spot[1]))
    return -1 if nearest[0] > spot[0] else 1
