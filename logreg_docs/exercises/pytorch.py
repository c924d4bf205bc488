"""Exercises of chapter 5: tensors and automatic differentiation, judged without PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.datasets import make_xor
from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part
from logreg_docs.log_loss import log_loss, log_loss_gradient
from logreg_docs.sigmoid import log_sigmoid

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EXERCISES", "check"]

_CLAMP = 100.0  # what PyTorch's binary_cross_entropy charges at most
_ROWS = 800


def _first_gradient() -> Exercise:
    def parts(share: float) -> tuple[Part, ...]:
        y = np.arange(_ROWS) < round(_ROWS * share)
        start = np.zeros((_ROWS, 1))
        slope = log_loss_gradient(start, y, [0.0], 0.0).b
        return (
            Part(
                name="every probability",
                value=0.5,
                share=True,
                mistakes={"that is the logit. Pass it through the sigmoid.": 0.0, "that is the share.": share},
            ),
            Part(
                name="the loss",
                value=log_loss(start[:, 0], y),
                logarithm=True,
                mistakes={"a probability of one half still costs something.": 0.0, "that is the probability.": 0.5},
            ),
            Part(
                name="the slope in b",
                value=slope,
                mistakes={
                    "that is a sum over rows. Take the mean.": slope * y.size,
                    "that is minus the share. The probability belongs to it.": -share,
                    "that is 1 minus the share. The probability is not 1.": 1 - share,
                },
            ),
        )

    shares = (0.485, 0.1, 1.0)
    return Exercise(
        section="by-hand",
        takes="share",
        parts=parts,
        trials=tuple(
            Trial(label=f"a share of {share:g}", arguments=(share,), by_hand=share == shares[1]) for share in shares
        ),
    )


def _two_sigmoids() -> Exercise:
    one, zero = -float(log_sigmoid(1.0)), -float(log_sigmoid(-0.0))
    perfect = "that would need an infinite logit, and a probability is at most 1."
    return Exercise(
        section="loss",
        parts=lambda: (
            Part(
                name="the lowest loss of class 1",
                value=one,
                logarithm=True,
                mistakes={
                    perfect: 0.0,
                    "that belongs to a probability of 0. Take the best one for class 1.": zero,
                    "that is a probability. The loss is minus its logarithm.": np.exp(-one),
                    "that is the loss of the wrong class.": -float(log_sigmoid(-1.0)),
                },
                rtol=6e-4,
            ),
            Part(
                name="the lowest loss of class 0",
                value=zero,
                logarithm=True,
                mistakes={
                    perfect: 0.0,
                    "a logit of -1 is no probability. The least one is 0.": one,
                    "that is a probability. The loss is minus its logarithm.": np.exp(-zero),
                },
                rtol=6e-4,
            ),
        ),
    )


def _jumps_in_the_line() -> Exercise:
    before = -np.log(np.finfo(np.float32).eps)  # what float32 computes while the sigmoid is not yet 1
    jump = (_CLAMP - before) / _ROWS
    mistakes = {
        "that is what the row's own loss jumps by. The mean is over all rows.": jump * _ROWS,
        "the row already cost something before it reached the clamp.": _CLAMP / _ROWS,
        "that is what the row cost before, shared by all.": before / _ROWS,
    }
    part = Part(name="the jump of the mean loss", value=jump, mistakes=mistakes, rtol=0.015)
    return Exercise(section="saturation", parts=lambda: (part,))


def _divisor() -> Exercise:
    def parts(rows: int, total: int) -> tuple[Part, ...]:
        mistakes = {
            "that is the share of the rows. By what do you divide to multiply by it?": rows / total,
            "that fits two halves only. How much does a part of any size weigh in the mean?": 2.0,
            "that divides by the rows twice: each part's loss is a mean already.": float(total),
            "each part's loss is a mean already.": float(rows),
        }
        return (Part(name="the divisor", value=total / rows, mistakes=mistakes, rtol=1e-8),)

    sizes = ((400, 800), (300, 800), (1, 7), (5, 5))
    return Exercise(
        section="zero",
        takes="rows, total",
        parts=parts,
        trials=tuple(
            Trial(label=f"{rows} of {total} rows", arguments=(rows, total), by_hand=(rows, total) in sizes[1:3])
            for rows, total in sizes
        ),
    )


def _one_neuron_on_xor() -> Exercise:
    y = make_xor().y
    loss = log_loss(np.zeros(y.size), y)
    mistakes = {
        "that is the sum over the four points. Take the mean.": loss * y.size,
        "that is a probability. The loss is minus its logarithm.": 0.5,
        "no straight line separates these points, so one neuron cannot get there.": 0.0,
        "that is the squared error.": 0.25,
    }
    part = Part(name="the lowest loss of one neuron", value=loss, mistakes=mistakes, logarithm=True, rtol=6e-4)
    return Exercise(section="neuron", parts=lambda: (part,))


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "5.1": _first_gradient,
    "5.2": _two_sigmoids,
    "5.3": _jumps_in_the_line,
    "5.4": _divisor,
    "5.5": _one_neuron_on_xor,
}
"""Exercises of chapter 5 by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of chapter 5."""
