"""Exercises of chapter 8: hidden layers and several classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs.datasets import make_xor
from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part
from logreg_docs.network import Network, forward, network_log_loss
from logreg_docs.sigmoid import log_sigmoid
from logreg_docs.softmax import multiclass_log_loss, multiclass_logit_gradient, softmax

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["EXERCISES", "check"]

_SURE = 0.9


def _xor_hint(answer: Any) -> str:
    """Return what keeps a network from solving XOR; every right one is accepted."""
    if not isinstance(answer, Network):
        came = type(answer).__name__
        return f"a value of type {came} came, a Network is asked for: Network(V=..., c=..., w=..., b=...)."
    if answer.V.shape != (2, 2) or answer.activation != "tanh":
        return (
            f"V of shape {answer.V.shape} and {answer.activation} came, two tanh nodes with two inputs are asked for."
        )
    data = make_xor()
    try:
        p = forward(answer, data.X).probabilities
    except ValueError as error:
        return str(error)
    return _unsure_hint(np.where(data.y == 1, p, 1 - p), data.X)


def _unsure_hint(right: NDArray[np.float64], corners: NDArray[np.float64]) -> str:
    worst = int(right.argmin())
    corner = tuple(int(value) for value in corners[worst])
    known = (
        (right.min() >= _SURE, ""),
        (right.max() <= 1 - _SURE, "all four corners are on the other side. One sign is wrong."),
        (
            right.min() > 1 - _SURE and right.max() < _SURE,
            "the network is unsure of every corner. Make the output weights larger, and the sums steeper.",
        ),
    )
    lowest = f"{right[worst]:.2g} for its class, and {_SURE:g} is asked for. Work out its two sums."
    return next((hint for fits, hint in known if fits), f"corner {corner} gets only {lowest}")


def _xor_without_training() -> Exercise:
    part = Part(name="the network", value=0.0, property=_xor_hint)
    return Exercise(section="hidden-layer", parts=lambda: (part,))


def _start_at_zero() -> Exercise:
    data = make_xor()
    zero = Network(V=np.zeros((2, 2)), c=np.zeros(2), w=np.zeros(2), b=0.0)
    loss = network_log_loss(zero, data.X, data.y)
    mistakes = {
        "no step leads away from the start. What does the start cost?": 0.0,
        "that is a probability. The loss is minus its logarithm.": 0.5,
        "that is the sum over the four rows. Take the mean.": loss * 4,
    }
    part = Part(name="the loss at the end", value=loss, mistakes=mistakes, logarithm=True, rtol=6e-4)
    return Exercise(section="formulas", parts=lambda: (part,))


def _no_activation() -> Exercise:
    def parts(V: NDArray[np.float64], c: NDArray[np.float64], w: NDArray[np.float64], b: float) -> tuple[Part, ...]:
        right = V.T @ w
        turned = V @ w if V.shape == (w.size, w.size) else right
        return (
            Part(
                name="the weights of the neuron",
                value=right,
                mistakes={
                    "each row of V belongs to a node and is weighted by its w. Which way must V be turned?": turned,
                    "the output weights are missing.": V.sum(axis=0),
                },
                rtol=1e-9,
            ),
            Part(
                name="the bias of the neuron",
                value=w @ c + b,
                mistakes={
                    "the hidden biases are missing.": b,
                    "the output bias is missing.": w @ c,
                    "the hidden biases pass through the output weights.": c.sum() + b,
                },
                rtol=1e-9,
            ),
        )

    def trial(label: str, shape: tuple[int, int], scale: float) -> Trial:
        rng = np.random.default_rng(shape[0])
        drawn = (rng.normal(size=shape), rng.normal(size=shape[0]), rng.normal(size=shape[0]) * scale)
        return Trial(label=label, arguments=(*drawn, 0.3))

    return Exercise(
        section="one-neuron",
        takes="V, c, w, b",
        parts=parts,
        trials=(
            trial("two nodes and two inputs", (2, 2), 1.0),
            Trial(
                label="V = ((1, 2), (3, 4)), c = (1, 1), w = (1, 2) and b = 4",
                arguments=(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0]), np.array([1.0, 2.0]), 4.0),
                by_hand=True,
            ),
            trial("five nodes and two inputs", (5, 2), 1.0),
            trial("one node and three inputs, large weights", (1, 3), 1e6),
        ),
    )


def _one_row_of_softmax() -> Exercise:
    row = np.log([[1.0, 2.0, 5.0]])
    p, loss, slopes = softmax(row)[0], multiclass_log_loss(row, [0]), multiclass_logit_gradient(row, [0])[0]
    each = np.exp(row)[0]
    return Exercise(
        section="softmax-gradient",
        parts=lambda: (
            Part(
                name="the probabilities",
                value=p,
                share=True,
                mistakes={
                    "those are the exponentials. Divide by their sum.": each,
                    "the logits were divided by their sum, without the exponential.": row[0] / row.sum(),
                    "those are sigmoids, each class for itself. They do not sum to 1.": each / (1 + each),
                },
            ),
            Part(
                name="the loss",
                value=loss,
                logarithm=True,
                mistakes={
                    "that is the probability of the observed class. The loss is minus its logarithm.": p[0],
                    "that is the loss of class 2. Class 0 came.": -np.log(p[2]),
                    "that is the loss of class 1. Class 0 came.": -np.log(p[1]),
                    "that is the sum over the classes. Only the observed class counts.": -np.log(p).sum(),
                },
            ),
            Part(
                name="the slopes",
                value=slopes,
                mistakes={
                    "those are the probabilities. Subtract 1 at the observed class.": p,
                    "1 was subtracted at another class.": p - [0.0, 0.0, 1.0],
                    "1 was subtracted at every class.": p - 1,
                    "the loss of one row has no 1/K in it.": slopes / 3,
                },
            ),
        ),
    )


def _two_softmaxes() -> Exercise:
    lowest = multiclass_log_loss([[1.0, 0.0, 0.0]], [0])
    mistakes = {
        "that would need an infinite logit, and a probability is at most 1.": 0.0,
        "that is what equal probabilities cost. The best ones are 1, 0, 0.": np.log(3),
        "that is for two classes with a sigmoid.": -float(log_sigmoid(1.0)),
        "that is a probability. The loss is minus its logarithm.": np.exp(-lowest),
        "that is what a wrong class costs.": multiclass_log_loss([[1.0, 0.0, 0.0]], [1]),
    }
    part = Part(name="the lowest loss", value=lowest, mistakes=mistakes, logarithm=True, rtol=6e-4)
    return Exercise(section="pytorch", parts=lambda: (part,))


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "8.1": _xor_without_training,
    "8.2": _start_at_zero,
    "8.3": _no_activation,
    "8.4": _one_row_of_softmax,
    "8.5": _two_softmaxes,
}
"""Exercises of chapter 8 by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of chapter 8."""
