"""How good a classifier is: decisions at a threshold, ranking, calibration and cost.

Shapes: `scores` and `probabilities` (n_samples,), `y` (n_samples,) in {0, 1}. Scores may be logits, probabilities or
anything else that is higher where class 1 is more likely; only their order counts. Class 1 is the positive class.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from logreg_docs._validation import (
    as_labels,
    as_probabilities_and_labels,
    as_vector,
    check_rows,
    count,
    freeze,
    non_negative,
    number,
    positive,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "CalibrationBins",
    "Confusion",
    "PrecisionRecallCurve",
    "RocCurve",
    "average_precision",
    "brier_score",
    "calibration_bins",
    "confusion",
    "expected_calibration_error",
    "expected_cost",
    "optimal_threshold",
    "precision_recall_curve",
    "rank_probability",
    "roc_auc",
    "roc_curve",
]

_MOST_BINS = 1_000_000  # their edges take 8 MB; more bins than rows show nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Right and wrong decisions at one threshold, and the shares that follow from them.

    A share whose denominator is 0 is `nan`, and its name is in `undefined`. Nothing warns.

    Args:
        true_positives: Rows of class 1 that were predicted 1.
        false_positives: Rows of class 0 that were predicted 1.
        false_negatives: Rows of class 1 that were predicted 0.
        true_negatives: Rows of class 0 that were predicted 0.
    """

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def n_samples(self) -> int:
        """Number of rows, the sum of the four counts."""
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def accuracy(self) -> float:
        r"""Share of rows that were decided rightly, $(\mathrm{TP} + \mathrm{TN}) / m$."""
        return _share(self.true_positives + self.true_negatives, self.n_samples)

    @property
    def precision(self) -> float:
        r"""Share of the predicted ones that are ones, $\mathrm{TP} / (\mathrm{TP} + \mathrm{FP})$."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        r"""Share of the ones that were found, $\mathrm{TP} / (\mathrm{TP} + \mathrm{FN})$."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def specificity(self) -> float:
        r"""Share of the zeros that were left alone, $\mathrm{TN} / (\mathrm{TN} + \mathrm{FP})$."""
        return _share(self.true_negatives, self.true_negatives + self.false_positives)

    @property
    def f1(self) -> float:
        r"""Harmonic mean of precision and recall, $2\mathrm{TP} / (2\mathrm{TP} + \mathrm{FP} + \mathrm{FN})$."""
        twice = 2 * self.true_positives
        return _share(twice, twice + self.false_positives + self.false_negatives)

    @property
    def undefined(self) -> tuple[str, ...]:
        """Names of the shares that would divide by 0."""
        names = ("accuracy", "precision", "recall", "specificity", "f1")
        return tuple(name for name in names if math.isnan(getattr(self, name)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RocCurve:
    """Both error trades at every threshold that changes a decision; arrays are read-only.

    Args:
        thresholds: Falling, first infinity (nobody is predicted 1), then every score that occurs, shape (n_points,).
        false_positive_rate: Share of the zeros with a score of at least the threshold, shape (n_points,).
        true_positive_rate: Share of the ones with a score of at least the threshold (recall), shape (n_points,).
    """

    thresholds: NDArray[np.float64]
    false_positive_rate: NDArray[np.float64]
    true_positive_rate: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PrecisionRecallCurve:
    """Precision and recall at every score that occurs; arrays are read-only.

    Args:
        thresholds: Every score that occurs, falling, shape (n_points,).
        precision: Share of ones among the rows with a score of at least the threshold, shape (n_points,).
        recall: Share of the ones with such a score, shape (n_points,), rising to 1.
    """

    thresholds: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalibrationBins:
    """Mean predicted probability and observed share of each bin that is not empty; arrays are read-only.

    Args:
        mean_probability: Mean of the probabilities in the bin, shape (n_filled,).
        observed_share: Share of ones among its rows, shape (n_filled,).
        counts: Number of its rows, shape (n_filled,).
    """

    mean_probability: NDArray[np.float64]
    observed_share: NDArray[np.float64]
    counts: NDArray[np.float64]


def confusion(probabilities: ArrayLike, y: ArrayLike, *, threshold: float = 0.5) -> Confusion:
    r"""Count right and wrong decisions when class 1 is predicted from a threshold on.

    $$\hat y_i = \begin{cases} 1 & p_i \ge \tau \\ 0 & p_i < \tau \end{cases}$$

    Args:
        probabilities: $p$, shape (n_samples,), in [0, 1]. Logits are refused: their threshold is another.
        y: Labels in {0, 1}, shape (n_samples,). One class alone is allowed and leaves shares undefined.
        threshold: $\tau$ in [0, 1], a probability.

    Returns:
        The four counts and their shares.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a probability or the threshold leaves [0, 1], or a label is neither 0 nor 1.

    Examples:
        >>> table = confusion([0.9, 0.6, 0.4, 0.1], [1, 0, 1, 0])
        >>> table.true_positives, table.false_positives, table.false_negatives, table.true_negatives
        (1, 1, 1, 1)
        >>> never = confusion([0.2, 0.1], [1, 0])
        >>> never.accuracy, never.recall, never.precision, never.undefined
        (0.5, 0.0, nan, ('precision',))
    """
    p, labels = as_probabilities_and_labels(probabilities, y)
    predicted, actual = p >= _unit(threshold, "threshold"), labels == 1
    return Confusion(
        true_positives=int(np.sum(predicted & actual)),
        false_positives=int(np.sum(predicted & ~actual)),
        false_negatives=int(np.sum(~predicted & actual)),
        true_negatives=int(np.sum(~predicted & ~actual)),
    )


def roc_curve(scores: ArrayLike, y: ArrayLike) -> RocCurve:
    r"""Receiver operating characteristic: what each threshold finds and what it falsely alarms.

    $$\mathrm{FPR}(\tau) = \frac{\#\{i : y_i = 0,\ s_i \ge \tau\}}{m_0}, \qquad
    \mathrm{TPR}(\tau) = \frac{\#\{i : y_i = 1,\ s_i \ge \tau\}}{m_1}$$

    Here $m_0$ and $m_1$ are the numbers of zeros and ones. Rows with equal scores enter together, so a tie between
    the classes is a slanted piece of the curve.

    Args:
        scores: $s$, shape (n_samples,), higher where class 1 is more likely.
        y: Labels in {0, 1}, both present, shape (n_samples,).

    Returns:
        The curve from (0, 0) to (1, 1).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a score is nan or inf, or `y` does not hold both labels and no other.

    Examples:
        >>> curve = roc_curve([0.9, 0.6, 0.4, 0.1], [1, 0, 1, 0])
        >>> curve.false_positive_rate, curve.true_positive_rate
        (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]))

    Source:
        J. A. Hanley and B. J. McNeil (1982), The meaning and use of the area under a receiver operating
        characteristic (ROC) curve, Radiology 143, 29-36.
    """
    values, ones, zeros = _cumulative(*_scores_and_labels(scores, y))
    return RocCurve(
        thresholds=freeze(np.append(np.inf, values)),
        false_positive_rate=freeze(np.append(0.0, zeros / zeros[-1])),
        true_positive_rate=freeze(np.append(0.0, ones / ones[-1])),
    )


def roc_auc(scores: ArrayLike, y: ArrayLike) -> float:
    r"""Area under the ROC curve, by trapezia.

    $$\mathrm{AUC} = \sum_k \bigl(\mathrm{FPR}_k - \mathrm{FPR}_{k-1}\bigr)\,
    \frac{\mathrm{TPR}_k + \mathrm{TPR}_{k-1}}{2}$$

    It equals [`rank_probability`][logreg_docs.evaluation.rank_probability].

    Args:
        scores: $s$, shape (n_samples,), higher where class 1 is more likely.
        y: Labels in {0, 1}, both present, shape (n_samples,).

    Returns:
        The area in [0, 1]: 1 where every one scores above every zero, 0.5 for scores that know nothing.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a score is nan or inf, or `y` does not hold both labels and no other.

    Examples:
        >>> roc_auc([0.9, 0.6, 0.4, 0.1], [1, 0, 1, 0])
        0.75
    """
    _, ones, zeros = _cumulative(*_scores_and_labels(scores, y))
    up, right = np.append(0.0, ones), np.append(0.0, zeros)  # in counts, so that only the last line rounds
    twice = np.sum(np.diff(right) * (up[1:] + up[:-1]))
    return float(twice / (2 * ones[-1] * zeros[-1]))


def rank_probability(scores: ArrayLike, y: ArrayLike) -> float:
    r"""Probability that a random one scores above a random zero, a tie counting half.

    $$P(s_+ > s_-) + \tfrac12 P(s_+ = s_-)$$

    Args:
        scores: $s$, shape (n_samples,), higher where class 1 is more likely.
        y: Labels in {0, 1}, both present, shape (n_samples,).

    Returns:
        The share of pairs in [0, 1], counted over all $m_1 m_0$ pairs of a one and a zero.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a score is nan or inf, or `y` does not hold both labels and no other.

    Examples:
        >>> rank_probability([0.9, 0.6, 0.4, 0.1], [1, 0, 1, 0])
        0.75
        >>> rank_probability([0.5, 0.5], [1, 0])
        0.5

    Source:
        H. B. Mann and D. R. Whitney (1947), On a test of whether one of two random variables is stochastically
        larger than the other, Annals of Mathematical Statistics 18, 50-60.
    """
    s, labels = _scores_and_labels(scores, y)
    ones, zeros = s[labels == 1], np.sort(s[labels == 0])
    above = np.searchsorted(zeros, ones, side="left").sum()
    above_or_tied = np.searchsorted(zeros, ones, side="right").sum()
    return float((above + above_or_tied) / (2 * ones.size * zeros.size))


def precision_recall_curve(scores: ArrayLike, y: ArrayLike) -> PrecisionRecallCurve:
    r"""Precision and recall at every threshold that changes a decision.

    $$\mathrm{precision}(\tau) = \frac{\#\{i : y_i = 1,\ s_i \ge \tau\}}{\#\{i : s_i \ge \tau\}}, \qquad
    \mathrm{recall}(\tau) = \frac{\#\{i : y_i = 1,\ s_i \ge \tau\}}{m_1}$$

    A threshold above every score is left out, as its precision is undefined.

    Args:
        scores: $s$, shape (n_samples,), higher where class 1 is more likely.
        y: Labels in {0, 1}, both present, shape (n_samples,).

    Returns:
        The curve; its last point has recall 1 and, as precision, the share of ones in the data.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a score is nan or inf, or `y` does not hold both labels and no other.

    Examples:
        >>> curve = precision_recall_curve([0.9, 0.6, 0.4, 0.1], [1, 0, 1, 0])
        >>> curve.precision.round(2), curve.recall
        (array([1.  , 0.5 , 0.67, 0.5 ]), array([0.5, 0.5, 1. , 1. ]))
    """
    values, ones, zeros = _cumulative(*_scores_and_labels(scores, y))
    return PrecisionRecallCurve(
        thresholds=freeze(values), precision=freeze(ones / (ones + zeros)), recall=freeze(ones / ones[-1])
    )


def average_precision(scores: ArrayLike, y: ArrayLike) -> float:
    r"""Precision, averaged over the recall that each threshold adds.

    $$\mathrm{AP} = \sum_k (\mathrm{recall}_k - \mathrm{recall}_{k-1})\,\mathrm{precision}_k$$

    The sum is an area of steps. Straight lines between the points would promise precision that no threshold gives.

    Args:
        scores: $s$, shape (n_samples,), higher where class 1 is more likely.
        y: Labels in {0, 1}, both present, shape (n_samples,).

    Returns:
        The average in (0, 1]; constant scores give the share of ones.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a score is nan or inf, or `y` does not hold both labels and no other.

    Examples:
        >>> round(average_precision([0.9, 0.6, 0.4, 0.1], [1, 0, 1, 0]), 4)
        0.8333

    Source:
        J. Davis and M. Goadrich (2006), The relationship between precision-recall and ROC curves, ICML, 233-240.
    """
    _, ones, zeros = _cumulative(*_scores_and_labels(scores, y))
    # Divided once, at the end: a perfect ranking then gives exactly 1.
    return float(np.sum(np.diff(ones, prepend=0.0) * ones / (ones + zeros)) / ones[-1])


def calibration_bins(probabilities: ArrayLike, y: ArrayLike, *, n_bins: int = 10) -> CalibrationBins:
    r"""Sort rows into bins of equal width by probability and compare announced with observed.

    $$\bar p_k = \frac{1}{m_k}\sum_{i \in I_k} p_i, \qquad \bar y_k = \frac{1}{m_k}\sum_{i \in I_k} y_i$$

    Bin $I_k$ holds the $m_k$ rows with $\tfrac{k-1}{B} < p_i \le \tfrac{k}{B}$; the first one also those with
    $p_i = 0$. Empty bins are left out.

    Args:
        probabilities: $p$, shape (n_samples,), in [0, 1].
        y: Labels in {0, 1}, shape (n_samples,).
        n_bins: $B$ from 1 to a million.

    Returns:
        The bins that hold rows, by rising probability.

    Raises:
        TypeError: If an argument does not hold real numbers or `n_bins` is not whole.
        ValueError: If shapes differ, a probability leaves [0, 1], a label is neither 0 nor 1, or `n_bins` is out of
            range.

    Examples:
        >>> bins = calibration_bins([0.1, 0.3, 0.9], [0, 1, 1], n_bins=2)
        >>> bins.mean_probability, bins.observed_share, bins.counts
        (array([0.2, 0.9]), array([0.5, 1. ]), array([2., 1.]))

    Source:
        A. Niculescu-Mizil and R. Caruana (2005), Predicting good probabilities with supervised learning, ICML,
        625-632.
    """
    p, labels = as_probabilities_and_labels(probabilities, y)
    bins = count(n_bins, "n_bins", highest=_MOST_BINS)
    inner_edges = np.arange(1, bins) / bins  # each the float nearest to k / B, as a probability of k / B is
    _, rows = np.unique(np.searchsorted(inner_edges, p), return_inverse=True)
    sizes = np.bincount(rows)
    return CalibrationBins(
        mean_probability=freeze(np.bincount(rows, weights=p) / sizes),
        observed_share=freeze(np.bincount(rows, weights=labels) / sizes),
        counts=freeze(sizes),
    )


def expected_calibration_error(probabilities: ArrayLike, y: ArrayLike, *, n_bins: int = 10) -> float:
    r"""Mean gap between announced and observed, bins weighted by their rows.

    $$\mathrm{ECE} = \sum_k \frac{m_k}{m}\,\lvert \bar p_k - \bar y_k\rvert$$

    It depends on the number of bins, and it is above 0 by chance even for true probabilities: a small sample does not
    have exactly the expected share of ones in each bin.

    Args:
        probabilities: $p$, shape (n_samples,), in [0, 1].
        y: Labels in {0, 1}, shape (n_samples,).
        n_bins: Bins of equal width, from 1 to a million.

    Returns:
        The gap as a probability, in [0, 1].

    Raises:
        TypeError: If an argument does not hold real numbers or `n_bins` is not whole.
        ValueError: If shapes differ, a probability leaves [0, 1], a label is neither 0 nor 1, or `n_bins` is out of
            range.

    Examples:
        >>> round(expected_calibration_error([0.1, 0.3, 0.9], [0, 1, 1], n_bins=2), 4)
        0.2333

    Source:
        M. P. Naeini, G. F. Cooper and M. Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian
        binning, AAAI, 2901-2907.
    """
    bins = calibration_bins(probabilities, y, n_bins=n_bins)
    return float(np.average(np.abs(bins.mean_probability - bins.observed_share), weights=bins.counts))


def brier_score(probabilities: ArrayLike, y: ArrayLike) -> float:
    r"""Mean squared distance of the probabilities from the labels.

    $$\mathrm{BS} = \frac1m\sum_{i=1}^{m}(p_i - y_i)^2$$

    Its expected value is lowest at the true probabilities, so it rewards both ranking and calibration. From logits it
    is [`squared_error`][logreg_docs.log_loss.squared_error].

    Args:
        probabilities: $p$, shape (n_samples,), in [0, 1].
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        The score in [0, 1], 0 at best; always announcing the share of ones $q$ gives $q(1 - q)$.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a probability leaves [0, 1], or a label is neither 0 nor 1.

    Examples:
        >>> round(brier_score([0.5, 0.5, 1.0], [0, 1, 1]), 4)
        0.1667

    Source:
        G. W. Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather Review 78, 1-3.
    """
    p, labels = as_probabilities_and_labels(probabilities, y)
    return float(np.mean((p - labels) ** 2))


def optimal_threshold(*, cost_false_positive: float, cost_false_negative: float) -> float:
    r"""Threshold with the lowest expected cost, if the probabilities are true.

    $$\tau^* = \frac{c_{\mathrm{FP}}}{c_{\mathrm{FP}} + c_{\mathrm{FN}}}$$

    Predicting 1 costs $(1 - p)\,c_{\mathrm{FP}}$ on average and predicting 0 costs $p\,c_{\mathrm{FN}}$. They are
    equal at $p = \tau^*$. A right decision is taken to cost nothing.

    Args:
        cost_false_positive: $c_{\mathrm{FP}} > 0$, in any unit.
        cost_false_negative: $c_{\mathrm{FN}} > 0$, in the same unit.

    Returns:
        The threshold in [0, 1], a probability.

    Raises:
        TypeError: If a cost is not a real number.
        ValueError: If a cost is not finite or not greater than 0.

    Examples:
        >>> optimal_threshold(cost_false_positive=1.0, cost_false_negative=9.0)
        0.1

    Source:
        C. Elkan (2001), The foundations of cost-sensitive learning, IJCAI, 973-978.
    """
    false_alarm = positive(cost_false_positive, "cost_false_positive")
    miss = positive(cost_false_negative, "cost_false_negative")
    _, exponent = math.frexp(max(false_alarm, miss))  # an exact scaling, so that no sum of large costs overflows
    false_alarm, miss = math.ldexp(false_alarm, -exponent), math.ldexp(miss, -exponent)
    return false_alarm / (false_alarm + miss)


def expected_cost(
    probabilities: ArrayLike,
    y: ArrayLike,
    *,
    threshold: float,
    cost_false_positive: float,
    cost_false_negative: float,
) -> float:
    r"""Mean cost of a row when class 1 is predicted from a threshold on.

    $$C(\tau) = \frac{c_{\mathrm{FP}}\,\mathrm{FP}(\tau) + c_{\mathrm{FN}}\,\mathrm{FN}(\tau)}{m}$$

    Args:
        probabilities: $p$, shape (n_samples,), in [0, 1].
        y: Labels in {0, 1}, shape (n_samples,).
        threshold: $\tau$ in [0, 1].
        cost_false_positive: $c_{\mathrm{FP}} \ge 0$, in any unit.
        cost_false_negative: $c_{\mathrm{FN}} \ge 0$, in the same unit.

    Returns:
        The cost per row in the unit of the costs.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a probability or the threshold leaves [0, 1], a label is neither 0 nor 1, or a
            cost is negative.

    Examples:
        >>> p, y = [0.9, 0.6, 0.4, 0.1], [1, 0, 1, 0]
        >>> expected_cost(p, y, threshold=0.5, cost_false_positive=1.0, cost_false_negative=9.0)
        2.5
        >>> expected_cost(p, y, threshold=0.1, cost_false_positive=1.0, cost_false_negative=9.0)
        0.5
    """
    false_alarm = non_negative(cost_false_positive, "cost_false_positive")
    miss = non_negative(cost_false_negative, "cost_false_negative")
    table = confusion(probabilities, y, threshold=threshold)
    cost = false_alarm * (table.false_positives / table.n_samples) + miss * (table.false_negatives / table.n_samples)
    return min(
        cost, max(false_alarm, miss)
    )  # true of the exact value, and keeps the largest floats from rounding to inf


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _unit(value: float, name: str) -> float:
    """Return `value` as one float in [0, 1]."""
    result = number(value, name)
    if not 0 <= result <= 1:
        raise ValueError(f"{name} must lie between 0 and 1, got {result:g}. It is compared with probabilities.")
    return result


def _scores_and_labels(scores: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    s, labels = as_vector(scores, "scores"), as_labels(y)
    check_rows(s, labels, "scores")
    if labels.min() == labels.max():
        raise ValueError(
            f"y must hold both classes, got only {labels[0]:g}. A share of the absent class is 0 of 0. "
            "Evaluate on more rows, or split with stratify=y."
        )
    return s, labels


def _cumulative(
    s: NDArray[np.float64], labels: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return every distinct score, falling, with the numbers of ones and zeros that reach it."""
    values, rows = np.unique(s, return_inverse=True)
    ones = np.bincount(rows, weights=labels)[::-1].cumsum()
    zeros = np.bincount(rows, weights=1 - labels)[::-1].cumsum()
    return values[::-1], ones, zeros
