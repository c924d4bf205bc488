"""Exercises of chapter 3: likelihood and log loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.datasets import load_students
from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part
from logreg_docs.likelihood import bernoulli_log_likelihood, bernoulli_mle
from logreg_docs.log_loss import log_loss, log_loss_gradient, pointwise_log_loss
from logreg_docs.sigmoid import logit, sigmoid

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["EXERCISES", "check"]


def _five_heads() -> Exercise:
    five = np.ones(5)
    theta = bernoulli_mle(five)
    return Exercise(
        section="coin",
        parts=lambda: (
            Part(
                name="the estimate",
                value=theta,
                share=True,
                mistakes={
                    "that is the count of heads. A probability is asked for.": five.sum(),
                    "that adds a head and a tail that nobody tossed. Maximise the likelihood itself.": 6 / 7,
                    "that is the probability of a fair coin, not the one that suits these tosses best.": 0.5,
                },
            ),
            Part(
                name="the log-likelihood with the tail",
                value=bernoulli_log_likelihood(theta, np.append(five, 0)),
                mistakes={
                    "that is the likelihood. Its logarithm is asked for.": 0.0,
                    "the sign of that infinity is wrong: no probability is above 1.": np.inf,
                    "nan came: 0 · log 0 stands for a row that costs nothing, which the tail is not.": np.nan,
                },
            ),
        ),
    )


def _best_constant() -> Exercise:
    y = load_students().passed
    b = float(logit(y.mean()))
    loss = log_loss(np.full(y.size, b), y)
    return Exercise(
        section="derivation",
        parts=lambda: (
            Part(
                name="b",
                value=b,
                logarithm=True,
                mistakes={
                    "that is the share, a probability. b is a logit.": y.mean(),
                    "those are the odds. b is their logarithm.": y.mean() / (1 - y.mean()),
                    "that is log p. The logit subtracts log(1 - p).": np.log(y.mean()),
                },
                rtol=1e-3,
            ),
            Part(
                name="the log loss",
                value=loss,
                logarithm=True,
                mistakes={
                    "that is the sum over the rows. Take the mean.": loss * y.size,
                    "that is what b = 0 costs.": log_loss(np.zeros(y.size), y),
                    "only the rows of one class were counted.": -y.mean() * np.log(y.mean()),
                    "that is the squared error.": y.mean() * (1 - y.mean()),
                },
                rtol=6e-4,
            ),
        ),
    )


def _first_gradient() -> Exercise:
    def parts(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[Part, ...]:
        slope = log_loss_gradient(x.reshape(-1, 1), y, [0.0], 0.0)
        total = "that is a sum over the rows. The loss is a mean, so divide by m."
        return (
            Part(
                name="the slope in w",
                value=slope.w[0],
                mistakes={
                    total: slope.w[0] * x.size,
                    "the factor x is missing.": slope.b,
                    "the predictions were left out. At zero weights they are one half.": np.mean(-y * x),
                    "the predictions are taken for 1.": np.mean((1 - y) * x),
                    "that is the mean of x times the mean error. Multiply row by row.": x.mean() * slope.b,
                },
                rtol=1e-8,
            ),
            Part(
                name="the slope in b",
                value=slope.b,
                mistakes={
                    total: slope.b * x.size,
                    "the factor x belongs to w alone.": slope.w[0],
                    "the predictions were left out. At zero weights they are one half.": -y.mean(),
                    "the predictions are taken for 1.": 1 - y.mean(),
                },
                rtol=1e-8,
            ),
        )

    students = load_students()
    rng = np.random.default_rng(0)
    return Exercise(
        section="gradient",
        takes="x, y",
        parts=parts,
        trials=(
            Trial(label="the students", arguments=(students.hours, students.passed)),
            Trial(
                label="seven other rows", arguments=(rng.normal(2.0, 1.0, size=7), np.array([0.0, 1, 1, 0, 1, 1, 1]))
            ),
            Trial(
                label="x = (1, 2, 3, 4, 5) and y = (1, 0, 0, 0, 0)",
                arguments=(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([1.0, 0.0, 0.0, 0.0, 0.0])),
                by_hand=True,
            ),
            Trial(label="x in the millions", arguments=(1e6 * rng.normal(size=3), np.array([0.0, 0.0, 1.0]))),
        ),
    )


def _epsilon() -> Exercise:
    epsilon = 1e-8
    z = float(logit(1 - epsilon))
    mistakes = {
        "that is epsilon. At which logit is the probability of the label as small?": epsilon,
        "that is a probability. Its logit is asked for.": float(sigmoid(z)),
        "that is half of it: the slope is halved, not the logit.": z / 2,
        "a factor 2 went into the logarithm. For which r is r / (r + ε) one half?": -np.log(2 * epsilon),
        "a factor 2 went into the logarithm on its other side.": -np.log(epsilon / 2),
    }
    part = Part(name="the logit", value=z, mistakes=mistakes, logarithm=True)
    return Exercise(section="epsilon", parts=lambda: (part,))


def _other_labels() -> Exercise:
    def parts(s: NDArray[np.float64], z: NDArray[np.float64]) -> tuple[Part, ...]:
        right = pointwise_log_loss(z, (s + 1) / 2)
        mistakes = {
            "the label is missing.": np.logaddexp(0, -z),
            "the sign in the exponent is wrong: the loss grows as the prediction gets better.": pointwise_log_loss(
                z, (1 - s) / 2
            ),
            "-1 was used as if it were the label 0 or 1.": np.logaddexp(0, z) - s * z,
            "the exponential overflows. `np.logaddexp(0, u)` is log(1 + exp(u)) for every u.": np.log(
                1 + np.exp(-s * z)
            ),
        }
        return (Part(name="the losses", value=right, mistakes=mistakes, rtol=1e-9, atol=1e-15, logarithm=True),)

    rng = np.random.default_rng(0)
    return Exercise(
        section="stable",
        takes="s, z",
        parts=parts,
        trials=(
            Trial(label="z between -9 and 9", arguments=(rng.choice([-1.0, 1.0], size=9), rng.normal(scale=3, size=9))),
            Trial(label="z = ±1000", arguments=(np.array([1.0, -1, 1, -1]), np.array([1e3, 1e3, -1e3, -1e3]))),
            Trial(label="s = 1 and z = 2", arguments=(np.array([1.0]), np.array([2.0])), by_hand=True),
            Trial(label="s = −1 and z = 1000", arguments=(np.array([-1.0]), np.array([1e3])), by_hand=True),
        ),
    )


def _ratios() -> Exercise:
    m = load_students().passed.size
    return Exercise(
        section="gradient-check",
        parts=lambda: (
            Part(
                name="the ratio of the wrong sign",
                value=-1.0,
                mistakes={"that is the difference of equal numbers. A ratio divides.": 0.0},
            ),
            Part(
                name="the ratio of the missing 1/m",
                value=m,
                mistakes={"that divides the other way round: colleague over truth is asked for.": 1 / m},
            ),
        ),
    )


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "3.1": _five_heads,
    "3.2": _best_constant,
    "3.3": _first_gradient,
    "3.4": _epsilon,
    "3.5": _other_labels,
    "3.6": _ratios,
}
"""Exercises of chapter 3 by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of chapter 3."""
