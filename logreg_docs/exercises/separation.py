"""Exercises of chapter 7: separation and regularisation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.datasets import load_challenger, load_students
from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part
from logreg_docs.newton import fit_newton

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EXERCISES", "check"]


def _another_gap() -> Exercise:
    w, b = np.linalg.solve([[2.0, 1.0], [1.0, -1.0]], [1.0, 1.0])  # margin 1 on both sides of the gap
    length = np.hypot(w, b)
    return Exercise(
        section="log-t",
        parts=lambda: (
            Part(
                name="w",
                value=w,
                mistakes={
                    "that gives a gap of width 2 between the margins. Which rows are next to the gap?": 1.0,
                    "that is half the distance. The two margins add to 2.": w / 2,
                    "the row at -1 has its margin with the other sign: it failed.": 0.0,
                },
            ),
            Part(
                name="b",
                value=b,
                mistakes={"the boundary is taken to lie at 0. It is between the rows next to the gap.": 0.0},
            ),
            Part(
                name="the slope",
                value=length,
                follows=True,
                mistakes={
                    "that is the squared length.": length**2,
                    "that is the margin of the direction of length 1, the inverse of what is asked for.": 1 / length,
                    "the intercept is part of the length.": w,
                    "those are absolute values added. The length is Euclidean.": abs(w) + abs(b),
                },
            ),
        ),
    )


def _all_passed() -> Exercise:
    students = load_students()
    X, y = students.hours.reshape(-1, 1), students.passed
    rest = np.setdiff1d(np.arange(y.size), np.flatnonzero(y == 1)[:3])
    fit = fit_newton(X[rest], y[rest])
    kinds = {
        "is any row on the plane itself? Then it is not complete.": "complete",
        "one direction puts no row on the wrong side. Look at the new column alone.": "none",
    }
    weight = {
        "that is the weight with all students and no new column.": fit_newton(X, y).w[0],
        "that is the intercept.": fit.b,
        "only the weight of the new column runs away.": np.inf,
        "the hours still tell something about the others.": 0.0,
        "that is an odds ratio. The weight is its logarithm.": np.exp(fit.w[0]),
    }
    return Exercise(
        section="separation",
        parts=lambda: (
            Part(
                name="the kind, 'none', 'complete' or 'quasi-complete'",
                value="quasi-complete",
                mistakes=kinds,
                spare=("separation", "separable", "separated"),
            ),
            Part(name="the weight that the hours tend to", value=fit.w[0], mistakes=weight),
        ),
    )


def _prior() -> Exercise:
    m, rho = load_challenger().y.size, 0.1
    root = "the variance is wanted: square the standard deviation."
    return Exercise(
        section="c-and-lambda",
        parts=lambda: (
            Part(
                name="λ",
                value=1 / (m * rho**2),
                mistakes={
                    root: 1 / (m * rho),
                    "the objective is a mean over the rows, so m belongs here.": 1 / rho**2,
                    "that is the inverse of λ.": m * rho**2,
                    "m is on the wrong side of the fraction.": m / rho**2,
                },
            ),
            Part(
                name="C",
                value=rho**2,
                mistakes={
                    root: rho,
                    "scikit-learn sums over the rows, so m does not belong here.": rho**2 / m,
                    "that is the inverse of C.": 1 / rho**2,
                },
            ),
        ),
    )


def _hours_and_minutes() -> Exercise:
    def parts(w: float) -> tuple[Part, ...]:
        right = w * np.array([1.0, 60.0]) / 3601
        mistakes = {
            "both contribute alike. Which of the two reaches the same logit with less length?": [w / 2, w / 120],
            "the minutes get everything. The hours keep a little, since the penalty squares.": [0.0, w / 60],
            "the hours get everything. Which unit needs the smaller weight?": [w, 0.0],
            "the two weights have changed places.": right[::-1],
            "they are equal. A weight per minute reaches sixty times as far.": [w / 61, w / 61],
            "the sum of the weights is w, but a minute counts 60 times.": w * np.array([1.0, 60.0]) / 61,
        }
        return (Part(name="the two weights", value=right, mistakes=mistakes, rtol=1e-3, atol=1e-12),)

    weights = (1.2, -3.0, 1e4)
    return Exercise(
        section="minimum-norm",
        takes="w",
        parts=parts,
        trials=tuple(Trial(label=f"w = {w:g}", arguments=(w,), by_hand=w == weights[0]) for w in weights),
    )


def _noise() -> Exercise:
    rows, half = 20, 10

    def separable(columns: int) -> str:
        """Cover's share of the labellings that a plane with an intercept can separate."""
        return f"{sum(math.comb(rows - 1, k) for k in range(columns + 1)) / 2 ** (rows - 1):.0%} of all draws"

    mistakes = {
        "the column of ones counts too.": rows,
        f"there {separable(half)} are separable, not all.": half,
        f"there d + 1 is half the rows, and {separable(half - 1)} are separable, not all.": half - 1,
        "one column more is needed: with the column of ones it must match the rows.": rows - 2,
    }
    part = Part(name="the least d", value=rows - 1, mistakes=mistakes, rtol=1e-9)
    return Exercise(section="separation", parts=lambda: (part,))


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "7.1": _another_gap,
    "7.2": _all_passed,
    "7.3": _prior,
    "7.4": _hours_and_minutes,
    "7.5": _noise,
}
"""Exercises of chapter 7 by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of chapter 7."""
