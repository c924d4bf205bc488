"""Exercises of chapter 0: numbers, curves, vectors and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["EXERCISES", "check"]


def _spread() -> Exercise:
    numbers = np.array([1.0, 3.0, 8.0])
    mean, spread = numbers.mean(), numbers.std()
    return Exercise(
        section="spread",
        parts=lambda: (
            Part(
                name="the mean",
                value=mean,
                rtol=1e-9,
                mistakes={"that is the sum. Divide by how many there are.": 3 * mean},
            ),
            Part(
                name="the standard deviation",
                value=spread,
                mistakes={
                    "that is the variance. Take its root.": numbers.var(),
                    "it divides by m - 1. Divide by m here.": numbers.std(ddof=1),
                    "that is the mean distance. Square the distances first.": np.abs(numbers - mean).mean(),
                },
            ),
        ),
    )


def _chances() -> Exercise:
    both, gain = 0.8 * 0.3, 0.3 * 10 - 0.7 * 4
    return Exercise(
        section="chance",
        parts=lambda: (
            Part(
                name="the probability of both",
                value=both,
                share=True,
                mistakes={
                    "that is the sum. Independent chances are multiplied.": 0.8 + 0.3,
                    "that is neither of them.": 0.2 * 0.7,
                },
            ),
            Part(
                name="the expected gain",
                value=gain,
                mistakes={
                    "the loss counts too, with its probability.": 0.3 * 10,
                    "the loss comes only where it does not rain: weight it, too.": 0.3 * 10 - 4,
                    "a loss is a negative gain.": 0.3 * 10 + 0.7 * 4,
                },
            ),
        ),
    )


def _logarithm() -> Exercise:
    mistakes = {
        "logarithms of factors are added, not multiplied.": 2 * np.log(2) * np.log(3),
        "12 is 2 times 2 times 3: one factor is missing.": np.log(6),
        "a quotient was taken. 12 is a product.": np.log(4 / 3),
    }
    part = Part(name="log 12", value=np.log(12), mistakes=mistakes, logarithm=True, rtol=1e-3)
    return Exercise(section="logarithm", parts=lambda: (part,))


def _partial_derivatives() -> Exercise:
    return Exercise(
        section="slope",
        parts=lambda: (
            Part(
                name="the slope in x",
                value=20.0,
                rtol=1e-9,
                mistakes={
                    "y was not kept: it stays where it is, as a factor.": 4.0,
                    "3y does not change with x.": 23.0,
                },
            ),
            Part(
                name="the slope in y",
                value=7.0,
                rtol=1e-9,
                mistakes={"3y rises by 3 for each unit of y.": 4.0, "x² stays as a factor.": 3.0},
            ),
        ),
    )


def _shapes() -> Exercise:
    return Exercise(
        section="arrays",
        parts=lambda: (
            _shape("X @ w", (40,), {(3,): "A product gives one number for each row, not for each column."}),
            _shape("X.mean(axis=0)", (3,), {(40,): "axis=0 runs down the rows and leaves the columns."}),
            _shape("X - X.mean(axis=0)", (40, 3), {(3,): "The three means are subtracted from every row."}),
        ),
    )


def _shape(name: str, right: tuple[int, ...], mistakes: dict[tuple[int, ...], str]) -> Part:
    return Part(name=f"the shape of {name}", value=0.0, property=Shape(right=right, mistakes=mistakes))


def _squares() -> Exercise:
    def parts(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[Part, ...]:
        gap = a - b
        mistakes = {
            "that is the square of the distance. Take the root.": gap @ gap,
            "that is the dot product of a and b. Take that of their difference.": a @ b,
            "the differences were added without squaring them.": np.abs(gap).sum(),
        }
        return (Part(name="the distance", value=np.sqrt(gap @ gap), mistakes=mistakes),)

    some = np.random.default_rng(0).normal(size=(2, 5))
    pair = np.array([1.0, 2.0]), np.array([4.0, 6.0])
    return Exercise(
        section="vectors",
        takes="a, b",
        parts=parts,
        trials=(
            Trial(label="a = (1, 2) and b = (4, 6)", arguments=pair, by_hand=True),
            Trial(label="vectors of five entries", arguments=(some[0], some[1])),
        ),
    )


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "0.1": _spread,
    "0.2": _chances,
    "0.3": _logarithm,
    "0.4": _partial_derivatives,
    "0.5": _squares,
    "0.6": _shapes,
}
"""Exercises of chapter 0 by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of chapter 0."""
