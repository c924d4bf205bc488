"""Exercises of chapter 6: judging a classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.evaluation import Confusion, brier_score, optimal_threshold, roc_auc
from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part
from logreg_docs.sigmoid import logit

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EXERCISES", "check"]


def _four_counts() -> Exercise:
    ill = Confusion(true_positives=30, false_negatives=10, false_positives=20, true_negatives=940)
    count = "that is a count. A share is asked for."
    mistakes = {
        "accuracy": {
            count: ill.true_positives + ill.true_negatives,
            "that is the share of the wrong decisions.": 1 - ill.accuracy,
        },
        "precision": {
            "that is recall. Divide by the alarms.": ill.recall,
            "that is the share of false alarms.": 1 - ill.precision,
            count: ill.true_positives,
        },
        "recall": {
            "that is precision. Divide by the ill.": ill.precision,
            "that is the share of the ill that were missed.": 1 - ill.recall,
            count: ill.true_positives,
        },
        "specificity": {
            "that is the share of the healthy that got an alarm.": 1 - ill.specificity,
            "that is the share of those without an alarm that are healthy. Divide by all healthy.": 940 / 950,
            count: ill.true_negatives,
        },
        "F1": {
            "that is the plain mean. F1 is the harmonic mean.": (ill.precision + ill.recall) / 2,
            "that is the geometric mean. F1 is the harmonic mean.": np.sqrt(ill.precision * ill.recall),
            "a factor 2 is missing.": ill.f1 / 2,
        },
    }
    return Exercise(
        section="confusion",
        parts=lambda: tuple(
            Part(name=name, value=getattr(ill, name.lower()), share=True, mistakes=wrong, rtol=1e-3)
            for name, wrong in mistakes.items()
        ),
    )


def _area() -> Exercise:
    scores, y = [0.9, 0.7, 0.7, 0.4, 0.2], [1, 1, 0, 1, 0]
    area = roc_auc(scores, y)
    pairs = y.count(0) * y.count(1)
    mistakes = {
        "that is the number of pairs won. Divide by all pairs.": area * pairs,
        "a tie counts as won. It counts one half.": area + 0.5 / pairs,
        "a tie counts as lost. It counts one half.": area - 0.5 / pairs,
        "the pairs that the zeros win were counted.": 1 - area,
        "that divides by the pairs of all rows. Pair each one with each zero.": area * pairs / 10,
    }
    part = Part(name="the AUC", value=area, share=True, mistakes=mistakes)
    return Exercise(section="auc", parts=lambda: (part,))


def _same_order() -> Exercise:
    changed = frozenset({"recall", "ece", "brier"})
    mistakes = {
        "AUC sees the order alone. Does squaring change it?": changed | {"auc"},
        "recall counts rows above one half. Do some fall below?": changed - {"recall"},
        "the Brier score compares values with labels. Do the values stay?": changed - {"brier"},
        "ECE compares values with shares. Do the values stay?": changed - {"ece"},
        "those are the ones that stay.": frozenset({"auc"}),
    }
    name = "what changes, out of 'AUC', 'recall', 'ECE' and 'Brier'"
    part = Part(name=name, value=changed, mistakes=mistakes, spare=("at", "one", "half", "score", "and"))
    return Exercise(section="calibration", parts=lambda: (part,))


def _coin_as_model() -> Exercise:
    def parts(q: float) -> tuple[Part, ...]:
        y = np.arange(1000) < round(1000 * q)
        flat = np.full(1000, q)
        brier = brier_score(flat, y)
        return (
            Part(
                name="AUC",
                value=roc_auc(flat, y),
                share=True,
                mistakes={
                    "all pairs tie. What does a tie count?": 0.0,
                    "that is the base rate. AUC does not depend on it here.": q,
                    "that is the accuracy of the better guess.": max(q, 1 - q),
                },
            ),
            Part(
                name="ECE",
                value=0.0,
                share=True,
                mistakes={
                    "that compares with one half. Compare with the share of ones.": abs(q - 0.5),
                    "that is the base rate. Compare it with what was announced.": q,
                },
            ),
            Part(
                name="Brier score",
                value=brier,
                share=True,
                mistakes={
                    "only the zeros were counted.": (1 - q) * q**2,
                    "only the ones were counted.": q * (1 - q) ** 2,
                    "that is a standard deviation. The Brier score is not under a root.": np.sqrt(brier),
                    "both kinds of rows were counted alike. Weigh each by its share.": q**2 + (1 - q) ** 2,
                    "that is the mean absolute error. Square the differences.": 2 * q * (1 - q),
                },
                rtol=1e-6,
            ),
        )

    shares = (0.3, 0.05, 0.5, 0.999)
    return Exercise(
        section="calibration",
        takes="q",
        parts=parts,
        trials=tuple(Trial(label=f"q = {q:g}", arguments=(q,), by_hand=q == shares[0]) for q in shares),
    )


def _missed_tumour() -> Exercise:
    threshold = optimal_threshold(cost_false_positive=1.0, cost_false_negative=19.0)
    on_logits = logit(threshold)
    return Exercise(
        section="costs",
        parts=lambda: (
            Part(
                name="the threshold on the probability",
                value=threshold,
                share=True,
                mistakes={
                    "those are odds. How many parts are there in all?": 1 / 19,
                    "the costs have changed places: a dear miss calls for a low threshold.": 1 - threshold,
                    "that is the logit.": on_logits,
                },
            ),
            Part(
                name="the threshold on the logit",
                value=on_logits,
                logarithm=True,
                mistakes={
                    "that is log τ. The logit subtracts log(1 - τ).": np.log(threshold),
                    "those are the odds. The logit is their logarithm.": threshold / (1 - threshold),
                    "that is the probability.": threshold,
                },
            ),
        ),
    )


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "6.1": _four_counts,
    "6.2": _area,
    "6.3": _same_order,
    "6.4": _coin_as_model,
    "6.5": _missed_tumour,
}
"""Exercises of chapter 6 by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of chapter 6."""
