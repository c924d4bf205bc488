"""Figures of one neuron, of the graph of autograd, and of losses during training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs._validation import as_vector, number
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import DescribedFigure, draw_node, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from logreg_docs.pytorch import GraphNode

__all__ = ["plot_autograd_graph", "plot_loss_curves", "plot_neuron", "plot_saturation"]

_MAX_INPUTS = 12
_LINE_STYLES = ("-", "--", ":", "-.")
_ROLES = ("series_1", "series_2", "series_3", "series_4")


@styled
def plot_neuron(w: ArrayLike, b: float, *, names: Sequence[str] | None = None) -> DescribedFigure:
    r"""Draw one neuron: input nodes, a weighted edge from each, and the output node.

    $$p = \sigma\Bigl(\sum_j w_j x_j + b\Bigr)$$

    Args:
        w: Weights, shape (n_features,), at most 12. Thicker edges are larger weights, dashed ones negative.
        b: Bias, drawn as the weight of a node that is always 1.
        names: Names of the inputs; x1, x2, … by default.

    Returns:
        The figure.

    Raises:
        ValueError: If there are more than 12 weights or `names` does not name each of them.
    """
    weights = np.append(as_vector(w, "w"), number(b, "b"))
    labels = [*(names if names is not None else [f"$x_{{{j}}}$" for j in range(1, weights.size)]), "1"]
    if weights.size > _MAX_INPUTS + 1 or len(labels) != weights.size:
        raise ValueError(
            f"w must hold at most {_MAX_INPUTS} weights and names one name each, "
            f"got {weights.size - 1} weights and {len(labels) - 1} names."
        )
    negative = int((weights[:-1].round(2) < 0).sum())
    figure, (ax,) = new_figure(
        f"One neuron. {weights.size - 1} input nodes and a node that is always 1 stand on the left. Each sends an "
        f"edge, labelled with its weight, to one output node on the right, which adds them up to z and applies the "
        f"sigmoid to give p. {negative} of the weights are negative, drawn as dashed edges; the largest in size is "
        f"{weights[np.abs(weights).argmax()]:.2f}.",
        width=5.4,
        height=0.36 * weights.size + 0.5,
    )
    ax.set(xlim=(-0.08, 1.0), ylim=(-weights.size + 0.4, 1.2))
    ax.axis("off")
    middle = -(weights.size - 1) / 2
    for j, (weight, label) in enumerate(zip(weights, labels, strict=True)):
        _draw_input(ax, -j, middle, weight, label, thickness=abs(weight) / max(np.abs(weights).max(), 1e-300))
    ax.annotate("", (0.86, middle), (0.62, middle), arrowprops=_arrow("fg"))
    draw_node(ax, 0.62, middle, r"$\Sigma\,\vert\,\sigma$", size=42, colour="model")
    ax.text(0.87, middle, "$p = \\sigma(z)$", va="center", fontsize=11)
    ax.text(0.62, middle - 1.55, "$z = x\\,w^{\\top} + b$", ha="center", va="center", fontsize=11)
    for x, title in ((0.0, "input nodes"), (0.22, "weights"), (0.62, "output node")):
        ax.text(x, 0.95, title, ha="center", va="center", color=PALETTE["muted"].light)
    return figure


@styled
def plot_autograd_graph(nodes: Sequence[GraphNode], *, notes: Mapping[str, str] | None = None) -> DescribedFigure:
    """Draw the graph that autograd recorded, from the loss down to the leaves, with arrows along the gradients.

    Args:
        nodes: The nodes, as [`autograd_graph`][logreg_docs.pytorch.autograd_graph] returns them.
        notes: Text to print left of a node, by the node's name; mathtext allowed.

    Returns:
        The figure.

    Raises:
        ValueError: If there are no nodes.
    """
    if not nodes:
        raise ValueError("nodes must not be empty. Pass what autograd_graph returns.")
    path = "; ".join(
        f"{node.name} to {' and '.join(nodes[child].name for child in node.inputs)}"
        if node.inputs
        else f"leaf {node.name} {node.shape}"
        for node in nodes
    )
    depth = max(node.depth for node in nodes)
    figure, (ax,) = new_figure(
        f"The graph that autograd recorded, from the loss at the top down to the leaf tensors, which are shaded. "
        f"Arrows show the way of the gradients in the backward pass. Nodes from the top, and where they hand on to: "
        f"{path}.",
        width=5.4,
        height=0.62 * (depth + 1) + 0.2,
    )
    ax.set(xlim=(0, 1), ylim=(-depth - 0.45, 0.45))
    ax.axis("off")
    places = _places(nodes)
    for node, (x, y) in zip(nodes, places, strict=True):
        for child in node.inputs:
            ax.annotate("", (places[child][0], places[child][1] + 0.26), (x, y - 0.24), arrowprops=_arrow("model"))
        _draw_operation(ax, x, y, node)
        if notes is not None and node.name in notes:
            ax.text(0.45, y, notes[node.name], ha="right", va="center", fontsize=9)
    return figure


@styled
def plot_saturation(
    z: ArrayLike,
    *,
    loss_from_probabilities: ArrayLike,
    loss_from_logits: ArrayLike,
    gradient_from_probabilities: ArrayLike,
    gradient_from_logits: ArrayLike,
) -> DescribedFigure:
    """Plot loss and gradient for label 0 against the logit, computed from the probability and from the logit.

    Args:
        z: Logits in rising order, shape (n,).
        loss_from_probabilities: Loss computed from the rounded sigmoid, in nats, shape (n,).
        loss_from_logits: Loss computed from the logit, in nats, shape (n,).
        gradient_from_probabilities: Derivative of the first loss by z, shape (n,).
        gradient_from_logits: Derivative of the second loss by z, shape (n,).

    Returns:
        The figure with a panel for the loss and a panel for the gradient.

    Raises:
        ValueError: If the arrays differ in length.
    """
    logits = as_vector(z, "z")
    losses = [as_vector(loss_from_probabilities, "loss"), as_vector(loss_from_logits, "loss")]
    gradients = [as_vector(gradient_from_probabilities, "gradient"), as_vector(gradient_from_logits, "gradient")]
    if any(values.shape != logits.shape for values in (*losses, *gradients)):
        raise ValueError(f"every array must have the shape of z, {logits.shape}.")
    figure, axes = new_figure(
        f"Two panels against the logit z from {logits[0]:g} to {logits[-1]:g} for a point of class 0. First, the loss: "
        f"from the logit it rises, soon in a straight line, to {losses[1][-1]:.0f}; through the probability it is the "
        f"same at first and then jumps to {losses[0][-1]:.0f}. Second, the gradient: from the logit it climbs from "
        f"{gradients[1][0]:.2g} to {gradients[1][-1]:.0f} and stays; through the probability it falls to "
        f"{gradients[0][-1]:.0f} where the loss jumps.",
        columns=2,
        height=3.3,
    )
    titles = (("Loss", "loss (nats)"), ("Gradient", "gradient (nats per unit of z)"))
    for ax, pair, (title, label) in zip(axes, (losses, gradients), titles, strict=True):
        ax.plot(logits, pair[0], color=PALETTE["rival"].light, ls="--", zorder=3, label="through the probability")
        ax.plot(logits, pair[1], color=PALETTE["model"].light, label="from the logit")
        ax.set(title=title, xlabel="logit z (nats)", ylabel=label)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, fontsize=9)
    return figure


@styled
def plot_loss_curves(curves: Mapping[str, ArrayLike], *, x_label: str = "step") -> DescribedFigure:
    """Plot losses during training, one line for each run.

    Args:
        curves: Losses in nats by the name of the run, at most 4; the first value is the one before training.
        x_label: What is counted along the horizontal axis.

    Returns:
        The figure.

    Raises:
        ValueError: If there is no curve or more than 4.
    """
    if not 1 <= len(curves) <= len(_ROLES):
        raise ValueError(f"curves must hold 1 to {len(_ROLES)} runs, got {len(curves)}.")
    lines = {name: as_vector(values, name) for name, values in curves.items()}
    ends = "; ".join(
        f"{name}: from {v[0]:.3f} to {v[-1]:.3f}, highest {v.max():.3f} at {v.argmax()}, lowest {v.min():.3f} at "
        f"{v.argmin()}, {_count_turns(v)} turns"
        for name, v in lines.items()
    )
    figure, (ax,) = new_figure(
        f"Log loss in nats against the {x_label}, one line for each run. {ends}.", width=5.4, height=3.2
    )
    for (name, values), colour, style in zip(lines.items(), _ROLES, _LINE_STYLES, strict=False):
        ax.plot(np.arange(values.size), values, color=PALETTE[colour].light, ls=style, label=name)
    ax.set(xlabel=x_label, ylabel="log loss (nats)")
    if len(lines) > 1:
        ax.legend(loc="best", fontsize=9)
    return figure


def _count_turns(values: NDArray[np.float64]) -> int:
    """Count the turning points of a sequence."""
    steps = np.sign(np.diff(values))
    steps = steps[steps != 0]
    return int((steps[1:] != steps[:-1]).sum())


def _arrow(colour: str) -> dict[str, object]:
    return {"arrowstyle": "-|>", "color": PALETTE[colour].light, "lw": 1.3, "shrinkA": 0, "shrinkB": 0}


def _draw_input(ax: Axes, y: float, middle: float, weight: float, label: str, *, thickness: float) -> None:
    colour, style = ("class_0", "--") if round(weight, 2) < 0 else ("class_1", "-")
    ax.plot([0.0, 0.62], [y, middle], color=PALETTE[colour].light, ls=style, lw=0.7 + 2.8 * thickness, alpha=0.85)
    draw_node(ax, 0.0, y, label, size=20, colour="muted")
    box = {"boxstyle": "round,pad=0.15", "fc": PALETTE["bg"].light, "ec": "none"}
    height = y + (middle - y) * 0.22 / 0.62
    text = f"{weight:+.2f}".replace("-", "−") if round(weight, 2) else "0.00"
    ax.text(0.22, height, text, ha="center", va="center", fontsize=9, bbox=box)


def _draw_operation(ax: Axes, x: float, y: float, node: GraphNode) -> None:
    leaf = node.shape is not None
    fill, edge = ("pale", "model") if leaf else ("bg", "muted")
    text = f"{node.name}  {node.shape}" if leaf else node.name
    box = {"boxstyle": "round,pad=0.4", "fc": PALETTE[fill].light, "ec": PALETTE[edge].light}
    ax.text(x, y, text, ha="center", va="center", fontsize=9, bbox=box, zorder=3)


def _places(nodes: Sequence[GraphNode]) -> list[tuple[float, float]]:
    """Place each node in the row of its depth: operations in the first column, leaves to the right."""
    rows: dict[int, int] = {}
    places: dict[int, tuple[float, float]] = {}
    for i in sorted(range(len(nodes)), key=lambda i: (nodes[i].depth, nodes[i].shape is not None)):
        column = rows.get(nodes[i].depth, 0)
        rows[nodes[i].depth] = column + 1
        places[i] = (0.68 + 0.25 * column, -float(nodes[i].depth))
    return [places[i] for i in range(len(nodes))]
