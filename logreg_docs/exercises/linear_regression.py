"""Exercises of chapter 1: least squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.datasets import load_students
from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part
from logreg_docs.linear_regression import fit_least_squares, fit_simple, predict

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["EXERCISES", "check"]


def _through_the_origin() -> Exercise:
    def parts(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[Part, ...]:
        slope = fit_simple(np.concatenate([x, -x]), np.concatenate([y, -y])).slope  # mirrored data have no intercept
        mistakes = {
            "that is the slope of the line with an intercept.": fit_simple(x, y).slope,
            "that makes the residuals sum to 0, which no column of ones asks for here.": y.sum() / x.sum(),
            "that is the mean of the ratios. Minimise the sum of squares instead.": np.mean(y / x),
            "the division is by the wrong sum. Which unit must a slope have?": (x @ y) / (y @ y),
            "a sum over the rows was divided by the number of rows, and the other was not.": slope / x.size,
        }
        return (Part(name="the slope", value=slope, mistakes=mistakes, rtol=1e-8),)

    rng = np.random.default_rng(0)
    students = load_students()
    hours = rng.uniform(1.0, 9.0, size=7)
    return Exercise(
        section="second-derivative",
        takes="x, y",
        parts=parts,
        trials=(
            Trial(label="the students", arguments=(students.hours, students.scores)),
            Trial(
                label="x = (1, 2) and y = (1, 4)", arguments=(np.array([1.0, 2.0]), np.array([1.0, 4.0])), by_hand=True
            ),
            Trial(label="a falling line", arguments=(hours, 20 - 3 * hours)),
            Trial(label="x in the millions", arguments=(1e6 * hours, 4 * hours + rng.normal(size=7))),
        ),
    )


def _best_constant() -> Exercise:
    y = load_students().scores
    low, high = np.sort(y)[y.size // 2 - 1 : y.size // 2 + 1]
    middle, half = (low + high) / 2, (high - low) / 2
    middling = "that lies half-way between the extremes. Set the derivative of the sum to 0."
    return Exercise(
        section="first-derivative",
        parts=lambda: (
            Part(
                name="the constant for squares",
                value=y.mean(),
                mistakes={
                    "that is the sum of the scores.": y.sum(),
                    middling: (y.min() + y.max()) / 2,
                    "that is best for the absolute errors.": middle,
                },
                rtol=6e-4,
            ),
            Part(
                name="the constant for absolute errors",
                value=middle,
                mistakes={"that is best for the squares.": y.mean()},
                rtol=1e-9,
                atol=half,
            ),
        ),
    )


def _one_outlier() -> Exercise:
    students = load_students()
    x, y = students.hours, students.scores
    plain = fit_simple(x, y).slope

    def part(hours: float, known: dict[str, float]) -> Part:
        fit = fit_simple(np.append(x, hours), np.append(y, 5.0))
        mistakes = known | {
            "that is the change. The new slope is asked for.": fit.slope - plain,
            "that is the intercept.": fit.intercept,
            "hours and score have changed places.": fit_simple(np.append(y, 5.0), np.append(x, hours)).slope,
        }
        return Part(name=f"the slope with the outlier at {hours:g} hours", value=fit.slope, mistakes=mistakes)

    return Exercise(
        section="rss", parts=lambda: (part(10.0, {"that is the slope without the new student.": plain}), part(5.0, {}))
    )


def _duplicate_column() -> Exercise:
    students = load_students()
    copies = np.column_stack([students.hours, students.hours])
    fit = fit_least_squares(copies, students.scores, solver="svd")
    slope = fit.coef.sum()
    mistakes = {
        "each column has the whole slope, so the line would rise twice as fast.": [slope, slope],
        "one column takes all. That fits as well, but another pair has a shorter length.": [slope, 0.0],
        "the other column takes all. That fits as well, but another pair has a shorter length.": [0.0, slope],
    }
    return Exercise(
        section="rank", parts=lambda: (Part(name="the two coefficients", value=fit.coef, mistakes=mistakes),)
    )


def _line_for_yes_and_no() -> Exercise:
    students = load_students()
    x, passed = students.hours, students.passed

    def part(name: str, hours: NDArray[np.float64], y: NDArray[np.float64]) -> Part:
        line = fit_simple(hours, y)
        mistakes = {
            "that is the height of the line at half an hour. At which hours is its height one half?": predict(
                line, [0.5]
            )[0],
            "that is the slope.": line.slope,
            "the line reaches 0 there, not one half.": -line.intercept / line.slope,
            "the line reaches 1 there, not one half.": (1 - line.intercept) / line.slope,
            "the intercept was added where it must be taken away.": (0.5 + line.intercept) / line.slope,
        }
        return Part(name=name, value=(0.5 - line.intercept) / line.slope, mistakes=mistakes)

    more_x, more_y = np.append(x, [40.0] * 5), np.append(passed, [1.0] * 5)
    return Exercise(
        section="simple-code",
        parts=lambda: (part("the hours before", x, passed), part("the hours with five more", more_x, more_y)),
    )


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "1.1": _through_the_origin,
    "1.2": _best_constant,
    "1.3": _one_outlier,
    "1.4": _duplicate_column,
    "1.5": _line_for_yes_and_no,
}
"""Exercises of chapter 1 by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of chapter 1."""
