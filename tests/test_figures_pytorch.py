from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from logreg_docs.figures.pytorch import (
    plot_autograd_graph,
    plot_loss_curves,
    plot_neuron,
    plot_saturation,
)
from logreg_docs.pytorch import autograd_graph

if TYPE_CHECKING:
    from collections.abc import Callable

    from logreg_docs.figures.style import DescribedFigure
    from logreg_docs.pytorch import GraphNode

Z = np.linspace(0.0, 30.0, 7)


def real_graph() -> tuple[GraphNode, ...]:
    w = torch.ones(1, 2, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    return autograd_graph((torch.mm(torch.ones(3, 2), w.T) + b).mean(), names={"w": w, "b": b})


def neuron() -> DescribedFigure:
    return plot_neuron([0.5, -2.0, 0.25], 0.125)


def graph() -> DescribedFigure:
    return plot_autograd_graph(real_graph(), notes={"MmBackward0": "a note"})


def saturation() -> DescribedFigure:
    return plot_saturation(
        Z,
        loss_from_probabilities=Z + 1,
        loss_from_logits=Z + 2,
        gradient_from_probabilities=Z + 3,
        gradient_from_logits=Z + 4,
    )


def curves() -> DescribedFigure:
    return plot_loss_curves({"first": [0.7, 0.5, 0.4], "second": [0.7, 0.9]}, x_label="epoch")


DRAW: dict[str, Callable[[], DescribedFigure]] = {
    "plot_neuron": neuron,
    "plot_autograd_graph": graph,
    "plot_saturation": saturation,
    "plot_loss_curves": curves,
}


def test_neuron_shows_each_weight_and_the_bias_with_its_sign() -> None:
    texts = {text.get_text() for text in neuron().axes[0].texts}
    assert {"+0.50", "−2.00", "+0.25", "+0.12", "$x_{1}$", "$x_{3}$", "1"} <= texts
    edges = [line for line in neuron().axes[0].lines if np.size(line.get_xdata()) == 2]
    assert [line.get_linestyle() for line in edges] == ["-", "--", "-", "-"]
    assert np.argmax([line.get_linewidth() for line in edges]) == 1


def test_neuron_uses_the_names_it_is_given() -> None:
    texts = {text.get_text() for text in plot_neuron([1.0], 0.0, names=["hours"]).axes[0].texts}
    assert "hours" in texts


def test_neuron_writes_a_weight_that_rounds_to_zero_without_a_sign() -> None:
    texts = [text.get_text() for text in plot_neuron([0.0, -0.004], 0.004).axes[0].texts]
    assert texts.count("0.00") == 3
    edges = [line for line in plot_neuron([0.0, -0.004], 0.004).axes[0].lines if np.size(line.get_xdata()) == 2]
    assert [line.get_linestyle() for line in edges] == ["-"] * 3
    assert "0 of the weights are negative" in plot_neuron([0.0, -0.004], 0.004).alt


@pytest.mark.parametrize(("w", "names"), [(np.ones(13), None), (np.ones(2), ["one"])])
def test_neuron_refuses_too_many_weights_or_wrong_names(w: np.ndarray, names: list[str] | None) -> None:
    with pytest.raises(ValueError, match="at most 12 weights"):
        plot_neuron(w, 0.0, names=names)


def test_graph_shows_every_node_once_and_one_arrow_per_edge() -> None:
    nodes = real_graph()
    texts = [text.get_text() for text in graph().axes[0].texts]
    shown = [node.name if node.shape is None else f"{node.name}  {node.shape}" for node in nodes]
    assert all(texts.count(name) == 1 for name in shown)
    assert texts.count("") == sum(len(node.inputs) for node in nodes)
    assert "a note" in texts
    assert all(node.name in graph().alt for node in nodes)
    assert "AddBackward0 to " in graph().alt


def test_graph_puts_no_two_nodes_in_one_place() -> None:
    boxes = [text for text in graph().axes[0].texts if text.get_bbox_patch() is not None]
    places = {text.get_position() for text in boxes}
    assert len(places) == len(boxes) == len(real_graph())


def test_graph_refuses_no_nodes() -> None:
    with pytest.raises(ValueError, match="nodes must not be empty"):
        plot_autograd_graph([])


def test_saturation_draws_what_it_is_handed() -> None:
    drawn = [line.get_ydata() for ax in saturation().axes for line in ax.lines]
    for offset, line in zip((1, 2, 3, 4), drawn, strict=True):
        np.testing.assert_array_equal(line, Z + offset)


def test_saturation_refuses_arrays_of_other_lengths() -> None:
    with pytest.raises(ValueError, match="every array must have the shape of z"):
        plot_saturation(
            Z,
            loss_from_probabilities=Z[:3],
            loss_from_logits=Z,
            gradient_from_probabilities=Z,
            gradient_from_logits=Z,
        )


def test_loss_curves_draw_what_they_are_handed() -> None:
    ax = curves().axes[0]
    assert [np.asarray(line.get_ydata()).tolist() for line in ax.lines] == [[0.7, 0.5, 0.4], [0.7, 0.9]]
    assert [line.get_label() for line in ax.lines] == ["first", "second"]
    assert ax.get_xlabel() == "epoch"


def test_loss_curves_are_told_with_their_highest_and_lowest_place_and_their_turns() -> None:
    alt = plot_loss_curves({"run": [0.7, 0.2, 0.2, 0.9, 0.5]}).alt
    assert "run: from 0.700 to 0.500, highest 0.900 at 3, lowest 0.200 at 1, 2 turns" in alt


@pytest.mark.parametrize("number", [0, 5])
def test_loss_curves_refuse_no_run_and_more_than_four(number: int) -> None:
    with pytest.raises(ValueError, match="curves must hold 1 to 4 runs"):
        plot_loss_curves({str(k): [1.0] for k in range(number)})
