"""Exercises of chapter 4: gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.datasets import load_challenger, load_students
from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.learning_rate import learning_rate_limit, safe_learning_rate
from logreg_docs.log_loss import log_loss_gradient
from logreg_docs.newton import fit_newton
from logreg_docs.scaling import standardise
from logreg_docs.schedules import exponential_decay
from logreg_docs.sigmoid import sigmoid

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["EXERCISES", "check"]


def _one_step() -> Exercise:
    X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0.0, 1.0, 0.0, 1.0])
    run = fit_gradient_descent(X, y, learning_rate=0.8, n_steps=1)
    slope = log_loss_gradient(X, y, [0.0], 0.0)
    mistakes = {
        "that goes uphill. Subtract the gradient.": -run.w[0],
        "the gradient is a mean. Divide the sum by the number of rows.": run.w[0] * y.size,
        "that is the gradient. Multiply it by the learning rate and subtract.": slope.w[0],
        "the learning rate is missing.": -slope.w[0],
    }
    return Exercise(
        section="update",
        parts=lambda: (
            Part(name="w", value=run.w[0], mistakes=mistakes),
            Part(name="b", value=run.b, mistakes={"that is the share of ones.": y.mean()}),
        ),
    )


def _limit() -> Exercise:
    launches = load_challenger()

    def part(name: str, X: NDArray[np.float64]) -> Part:
        fit = fit_newton(X, launches.y)
        edge = learning_rate_limit(X, fit.w, fit.b)
        mistakes = {
            "that is 1/λ: a step ends the error along the steepest direction. The walk settles beyond it, too.": edge
            / 2,
            "that is the curvature λ. What must a rate be for the walk to settle?": 2 / edge,
            "that is the bound that is safe everywhere. Ask for the curvature at the optimum.": safe_learning_rate(X),
            "the Hessian sums over the rows. Take the mean.": edge / launches.y.size,
        }
        return Part(name=name, value=edge, mistakes=mistakes, rtol=5e-3)

    parts = part("the limit, standardised", standardise(launches.X).X), part("the limit in °F", launches.X)
    return Exercise(section="limit", parts=lambda: parts)


def _mended_step() -> Exercise:
    def parts(X: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64], b: float) -> tuple[Part, ...]:
        slope = log_loss_gradient(X, y, w, b)
        new_w, new_b = w - slope.w, b - slope.b
        later_b = b - float(np.mean(sigmoid(X @ new_w + b) - y))
        uphill = "this still climbs the loss."
        total = "the sum over the rows is missing its 1/m."
        return (
            Part(
                name="the new w",
                value=new_w,
                mistakes={
                    uphill: w + slope.w,
                    total: w - slope.w * y.size,
                    "that is the slope alone. Subtract it from w.": slope.w,
                    "w was not moved.": w,
                },
                rtol=1e-8,
            ),
            Part(
                name="the new b",
                value=new_b,
                mistakes={
                    uphill: b + slope.b,
                    total: b - slope.b * y.size,
                    "it was computed with the new w. Take both slopes at the same point.": later_b,
                    "that is the slope alone. Subtract it from b.": slope.b,
                    "b was not moved.": b,
                },
                rtol=1e-8,
            ),
        )

    rng = np.random.default_rng(0)
    students = load_students()
    two = rng.normal(size=(5, 2))
    return Exercise(
        section="sign",
        takes="X, y, w, b",
        parts=parts,
        trials=(
            Trial(
                label="the students", arguments=(students.hours.reshape(-1, 1), students.passed, np.array([0.3]), -1.0)
            ),
            Trial(
                label="two rows with x = 2 and y = 1, w = 1 and b = −2",
                arguments=(np.array([[2.0], [2.0]]), np.array([1.0, 1.0]), np.array([1.0]), -2.0),
                by_hand=True,
            ),
            Trial(label="two columns", arguments=(two, np.array([0.0, 1, 1, 0, 1]), np.array([1.0, -2.0]), 0.5)),
            Trial(
                label="logits of ±1000",
                arguments=(np.array([[1e3], [-1e3]]), np.array([0.0, 0.0]), np.array([1.0]), 0.0),
            ),
        ),
    )


def _one_after_the_other() -> Exercise:
    students = load_students()
    X, y = standardise(students.hours.reshape(-1, 1)).X, students.passed
    slope = log_loss_gradient(X, y, [0.0], 0.0)
    in_turn = -float(np.mean(sigmoid(-X @ slope.w) - y))
    uphill = "that goes uphill."
    total = "the sum over the rows is missing its 1/m."
    return Exercise(
        section="update",
        parts=lambda: (
            Part(
                name="b, both together", value=-slope.b, mistakes={uphill: slope.b, total: -slope.b * y.size}, rtol=6e-4
            ),
            Part(
                name="b, one after the other",
                value=in_turn,
                mistakes={
                    "that is b with both together. Use the new w in the second slope.": -slope.b,
                    uphill: -in_turn,
                    total: in_turn * y.size,
                },
                rtol=6e-4,
            ),
        ),
    )


def _sum_of_rates() -> Exercise:
    rule = exponential_decay(1.0, rate=0.5)
    total = sum(rule(t) for t in range(10_000))
    mistakes = {
        "that is the area under the curve. The steps are counted, so add a geometric series.": 1 / 0.5,
        "the first rate is missing: t begins at 0.": total - rule(0),
        "that is what each rate keeps of the one before.": rule(1),
        "the terms shrink, and so fast that their sum is finite.": np.inf,
        "no decay: every step has the first rate.": 10_000.0,
    }
    part = Part(name="the sum of the rates", value=total, mistakes=mistakes)
    return Exercise(section="schedules", parts=lambda: (part,))


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "4.1": _one_step,
    "4.2": _limit,
    "4.3": _mended_step,
    "4.4": _one_after_the_other,
    "4.5": _sum_of_rates,
}
"""Exercises of chapter 4 by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of chapter 4."""
