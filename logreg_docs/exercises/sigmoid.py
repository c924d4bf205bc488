"""Exercises of chapter 2: probabilities and logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs.datasets import load_students
from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part
from logreg_docs.newton import fit_newton
from logreg_docs.sigmoid import log_sigmoid, logit, sigmoid, sigmoid_derivative

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["EXERCISES", "check"]


def _z_trials() -> tuple[Trial, ...]:
    some = np.random.default_rng(0).normal(scale=3.0, size=9)
    return (
        Trial(label="z between -6 and 6", arguments=(some,)),
        Trial(label="z = ±40", arguments=(np.array([-40.0, 40.0]),)),
        Trial(label="z = ±1000", arguments=(np.array([-1000.0, 1000.0]),)),
    )


def _at(label: str, value: float) -> Trial:
    """Return a trial at one number that can be worked out on paper."""
    return Trial(label=label, arguments=(np.array([value]),), by_hand=True)


def _second_derivative() -> Exercise:
    def parts(z: NDArray[np.float64]) -> tuple[Part, ...]:
        first, p = sigmoid_derivative(z), sigmoid(z)
        mistakes = {
            "that is the first derivative.": first,
            "that is the first derivative squared. Differentiate it instead.": first**2,
            "the derivative of σ² needs the chain rule: a factor is missing.": first * (1 - p),
            "one factor of σ' is missing.": 1 - 2 * p,
            "that is σ itself.": p,
        }
        return (
            Part(name="the second derivative", value=first * (1 - 2 * p), mistakes=mistakes, rtol=1e-9, atol=1e-15),
        )

    trials = (*_z_trials(), _at("z = log 2", np.log(2)), _at("z = −log 3", -np.log(3)))
    return Exercise(section="slope", takes="z", parts=parts, trials=trials)


def _read_an_intercept() -> Exercise:
    students = load_students()
    fit = fit_newton(students.hours.reshape(-1, 1), students.passed)
    shift = fit.w[0] * students.hours.mean()
    mistakes = {
        "that is the intercept before.": fit.b,
        "the mean was moved the wrong way.": fit.b - shift,
        "that is a probability. The intercept is its logit.": sigmoid(fit.b + shift),
        "those are the odds. The intercept is their logarithm.": np.exp(fit.b + shift),
        "that is the difference between the intercepts.": shift,
    }
    part = Part(name="the new b", value=fit.b + shift, mistakes=mistakes)
    return Exercise(section="shape", parts=lambda: (part,))


def _bets() -> Exercise:
    fair, red = 1 / (1 + 3), 18 / 37
    bases = "that is the odds. The logit is their logarithm."
    return Exercise(
        section="odds",
        parts=lambda: (
            Part(
                name="the fair probability",
                value=fair,
                share=True,
                mistakes={
                    "those are the odds, 1 to 3. How many parts are there in all?": fair / (1 - fair),
                    "that is the chance of losing.": 1 - fair,
                },
            ),
            Part(
                name="its logit",
                value=logit(fair),
                logarithm=True,
                mistakes={bases: fair / (1 - fair), "that is log p. The logit subtracts log(1 - p).": np.log(fair)},
            ),
            Part(
                name="the true logit of red",
                value=logit(red),
                logarithm=True,
                mistakes={
                    bases: red / (1 - red),
                    "that is log p. The logit subtracts log(1 - p).": np.log(red),
                    "that is the logit that would be fair. Red comes on 18 of 37 fields.": 0.0,
                },
            ),
            Part(
                name="the mean loss of one unit",
                value=(1 - red) - red,
                share=True,
                mistakes={"that is the chance of losing. Gains count too.": 1 - red, "that is the chance of red.": red},
            ),
        ),
    )


def _other_logit() -> Exercise:
    def parts(p: NDArray[np.float64]) -> tuple[Part, ...]:
        right = 2 * np.arctanh(2 * p - 1)
        mistakes = {
            "the factor 2 in front is missing.": right / 2,
            "those are odds. The logit is their logarithm.": p / (1 - p),
            "that is tanh. Its inverse is asked for.": 2 * np.tanh(2 * p - 1),
            "that is the sigmoid. Its inverse is asked for.": sigmoid(p),
            "two almost equal numbers were subtracted, which loses digits. Use the new formula.": np.log(p)
            - np.log(1 - p),
            "a ratio near 1 lost its digits before the logarithm. Use the new formula.": np.log(p / (1 - p)),
        }
        return (Part(name="the logit", value=right, mistakes=mistakes, rtol=1e-9, atol=0.0, logarithm=True),)

    return Exercise(
        section="sigmoid",
        takes="p",
        parts=parts,
        trials=(
            Trial(label="p between 0.1 and 0.9", arguments=(np.random.default_rng(0).uniform(0.1, 0.9, size=9),)),
            Trial(label="p = 0.001 and 0.999", arguments=(np.array([0.001, 0.999]),)),
            _at("p = 0.8", 0.8),
            Trial(label="p a billionth from one half", arguments=(0.5 + np.array([-1e-9, 1e-9]),)),
        ),
    )


def _softplus() -> Exercise:
    def parts(z: NDArray[np.float64]) -> tuple[Part, ...]:
        mistakes = {
            "that is log σ(z). Look at the sign of z, and at the sign in front.": log_sigmoid(z),
            "that is -log σ(z). Look at the sign of z.": -log_sigmoid(z),
            "that is the sigmoid.": sigmoid(z),
            "the small term was lost: 1 + u rounds to 1. Use `np.log1p`.": np.maximum(z, 0)
            + np.log(1 + np.exp(-np.abs(z))),
            "that is log(1 + e^z) as it stands, which overflows. Take e^z out where z is positive.": np.log(
                1 + np.exp(z)
            ),
        }
        right = -log_sigmoid(-z)
        return (Part(name="softplus", value=right, mistakes=mistakes, rtol=1e-9, atol=0.0, logarithm=True),)

    trials = (*_z_trials(), _at("z = 0", 0.0), _at("z = −40", -40.0), _at("z = 1000", 1000.0))
    return Exercise(section="stable", takes="z", parts=parts, trials=trials)


def _minutes() -> Exercise:
    students = load_students()
    fit = fit_newton(students.hours.reshape(-1, 1), students.passed)
    weight: dict[str, Any] = {
        "a weight per hour became sixty times as large. Is a minute worth more than an hour?": 60 * fit.w[0],
        "that is the weight of an hour.": fit.w[0],
        "that is the odds ratio of a minute.": np.exp(fit.w[0] / 60),
    }
    intercept = {
        "the intercept was divided too. It belongs to zero minutes, which are zero hours.": fit.b / 60,
        "the intercept was multiplied too. It belongs to zero minutes, which are zero hours.": fit.b * 60,
    }
    return Exercise(
        section="weights",
        parts=lambda: (
            Part(name="w per minute", value=fit.w[0] / 60, mistakes=weight),
            Part(name="b", value=fit.b, mistakes=intercept),
        ),
    )


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "2.1": _second_derivative,
    "2.2": _read_an_intercept,
    "2.3": _bets,
    "2.4": _other_logit,
    "2.5": _softplus,
    "2.6": _minutes,
}
"""Exercises of chapter 2 by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of chapter 2."""
