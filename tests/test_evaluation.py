import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.calibration import calibration_curve

from logreg_docs import evaluation as ev
from logreg_docs.log_loss import squared_error
from logreg_docs.sigmoid import sigmoid

Floats = NDArray[np.float64]
unhurried = examples(60)


@pytest.fixture(autouse=True)
def strict_numpy() -> Iterator[None]:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


def make_scores(m: int = 300, seed: int = 0, digits: int = 1) -> tuple[Floats, Floats]:
    """Probabilities with many ties, and labels that follow them loosely."""
    rng = np.random.default_rng(seed)
    p = rng.random(m).round(digits)
    return p, (rng.random(m) < 0.2 + 0.6 * p).astype(float)


@st.composite
def labelled(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Probabilities from a coarse grid, so that ties are common, with labels of both classes."""
    m = draw(st.integers(2, 30))
    p = draw(st.lists(st.sampled_from(np.linspace(0, 1, 8).tolist()), min_size=m, max_size=m))
    ones = draw(st.integers(1, m - 1))
    y = draw(st.permutations([1.0] * ones + [0.0] * (m - ones)))
    return np.array(p), np.array(y)


SAMPLES = [make_scores(), make_scores(seed=1, digits=12), make_scores(m=5, seed=3), make_scores(seed=4, digits=0)]


# Decisions at a threshold


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize(("p", "y"), SAMPLES)
def test_counts_and_shares_agree_with_scikit_learn(p: Floats, y: Floats, threshold: float) -> None:
    table, predicted = ev.confusion(p, y, threshold=threshold), p >= threshold
    tn, fp, fn, tp = metrics.confusion_matrix(y, predicted, labels=[0, 1]).ravel()
    assert (table.true_positives, table.false_positives) == (tp, fp)
    assert (table.false_negatives, table.true_negatives) == (fn, tn)
    assert table.accuracy == pytest.approx(metrics.accuracy_score(y, predicted))
    assert_allclose(table.precision, metrics.precision_score(y, predicted, zero_division=np.nan))
    assert table.recall == pytest.approx(metrics.recall_score(y, predicted))
    assert table.specificity == pytest.approx(metrics.recall_score(y, predicted, pos_label=0))
    assert table.f1 == pytest.approx(metrics.f1_score(y, predicted))


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    table = ev.confusion(*make_scores(), threshold=0.4)
    assert table.f1 == pytest.approx(2 / (1 / table.precision + 1 / table.recall), rel=1e-14, abs=0)


def test_a_probability_equal_to_the_threshold_is_predicted_one() -> None:
    assert ev.confusion([0.5], [1]).true_positives == 1
    assert ev.confusion([np.nextafter(0.5, 0)], [1]).false_negatives == 1


@pytest.mark.parametrize(
    ("p", "y", "undefined"),
    [
        ([0.1, 0.2], [0, 1], ("precision",)),
        ([0.1, 0.2], [0, 0], ("precision", "recall", "f1")),
        ([0.9, 0.9], [0, 0], ("recall",)),
        ([0.9, 0.9], [1, 1], ("specificity",)),
        ([0.1, 0.1], [1, 1], ("precision", "specificity")),
        ([0.9, 0.1], [1, 0], ()),
    ],
)
def test_undefined_shares_are_flagged_and_do_not_warn(p: list[float], y: list[int], undefined: tuple[str, ...]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = ev.confusion(p, y)
        shares = {name: getattr(table, name) for name in ("accuracy", "precision", "recall", "specificity", "f1")}
    assert table.undefined == undefined
    assert {name for name, share in shares.items() if math.isnan(share)} == set(undefined)


def test_threshold_one_half_on_the_probability_is_zero_on_the_logit() -> None:
    z = np.random.default_rng(0).normal(scale=3, size=1000)
    y = (z > 0).astype(float)
    assert ev.confusion(sigmoid(z), y).accuracy == 1
    p_of_half = float(sigmoid(0.5))
    assert ev.confusion(sigmoid(z), y, threshold=p_of_half).false_negatives == np.sum((z > 0) & (z < 0.5)) > 0


# Ranking


@pytest.mark.parametrize(("p", "y"), SAMPLES)
def test_roc_curve_agrees_with_scikit_learn_at_every_threshold(p: Floats, y: Floats) -> None:
    curve, theirs = ev.roc_curve(p, y), metrics.roc_curve(y, p, drop_intermediate=False)
    for mine, other in zip(
        (curve.false_positive_rate, curve.true_positive_rate, curve.thresholds), theirs, strict=True
    ):
        assert_allclose(mine, other, rtol=1e-14)


@pytest.mark.parametrize(("p", "y"), SAMPLES)
def test_precision_recall_curve_agrees_with_scikit_learn(p: Floats, y: Floats) -> None:
    curve = ev.precision_recall_curve(p, y)
    precision, recall, thresholds = metrics.precision_recall_curve(y, p)
    assert_allclose(curve.precision, precision[-2::-1], rtol=1e-14)
    assert_allclose(curve.recall, recall[-2::-1], rtol=1e-14)
    assert_array_equal(curve.thresholds, thresholds[::-1])


@unhurried
@given(data=labelled())
def test_areas_agree_with_scikit_learn_and_with_counting_every_pair(data: Any) -> None:
    p, y = data
    pairs = [(a > b) + 0.5 * (a == b) for a, b in itertools.product(p[y == 1], p[y == 0])]
    assert ev.rank_probability(p, y) == pytest.approx(np.mean(pairs), abs=1e-15)
    assert ev.roc_auc(p, y) == ev.rank_probability(p, y)
    assert ev.roc_auc(p, y) == pytest.approx(metrics.roc_auc_score(y, p), abs=1e-14)
    curve = ev.roc_curve(p, y)
    assert ev.roc_auc(p, y) == pytest.approx(
        np.trapezoid(curve.true_positive_rate, curve.false_positive_rate), abs=1e-14
    )
    assert ev.average_precision(p, y) == pytest.approx(metrics.average_precision_score(y, p), abs=1e-14)


@unhurried
@given(data=labelled())
def test_exchanging_the_classes_turns_the_area_round(data: Any) -> None:
    p, y = data
    assert ev.roc_auc(-p, y) == pytest.approx(1 - ev.roc_auc(p, y), abs=1e-15)
    assert ev.roc_auc(-p, 1 - y) == pytest.approx(ev.roc_auc(p, y), abs=1e-15)


@unhurried
@given(data=labelled())
def test_ranking_knows_only_the_order_of_the_scores(data: Any) -> None:
    p, y = data
    for moved in (p * 1e300, p - 7.0, np.exp(p)):
        assert ev.roc_auc(moved, y) == ev.roc_auc(p, y)
        assert ev.average_precision(moved, y) == ev.average_precision(p, y)


def test_the_area_keeps_its_value_with_logits_of_any_size() -> None:
    z, y = [-1e308, -1000.0, 1000.0, 1e308], [0, 1, 0, 1]
    assert ev.roc_auc(z, y) == ev.rank_probability(z, y) == 0.75


def test_constant_scores_know_nothing() -> None:
    y = [1, 0, 0, 0]
    assert ev.roc_auc([0.3] * 4, y) == ev.rank_probability([0.3] * 4, y) == 0.5
    assert ev.average_precision([0.3] * 4, y) == 0.25
    assert_array_equal(ev.roc_curve([0.3] * 4, y).false_positive_rate, [0, 1])


def test_perfect_and_reversed_scores_reach_the_ends() -> None:
    y = [0, 0, 1, 1]
    assert ev.roc_auc([1, 2, 3, 4], y) == 1
    assert ev.average_precision([1, 2, 3, 4], y) == 1
    assert ev.average_precision(np.arange(48), np.arange(48) >= 24) == 1  # 24 shares of 1/24 add up to less
    assert ev.roc_auc([4, 3, 2, 1], y) == 0


RANKINGS: list[Callable[..., Any]] = [
    ev.roc_curve,
    ev.roc_auc,
    ev.rank_probability,
    ev.precision_recall_curve,
    ev.average_precision,
]


@pytest.mark.parametrize("function", RANKINGS)
@pytest.mark.parametrize("label", [0, 1])
def test_one_class_alone_is_refused_in_words(function: Callable[..., Any], label: int) -> None:
    with pytest.raises(ValueError, match=rf"y must hold both classes, got only {label}.*stratify"):
        function([0.1, 0.2], [label, label])


# Calibration


@pytest.mark.parametrize("n_bins", [1, 4, 5, 10])
@pytest.mark.parametrize(("p", "y"), [*SAMPLES, (np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0, 1.0]))])
def test_calibration_bins_agree_with_scikit_learn(p: Floats, y: Floats, n_bins: int) -> None:
    bins = ev.calibration_bins(p, y, n_bins=n_bins)
    observed, mean = calibration_curve(y, p, n_bins=n_bins)
    assert_allclose(bins.observed_share, observed, rtol=1e-13)
    assert_allclose(bins.mean_probability, mean, rtol=1e-13)
    assert bins.counts.sum() == len(p)
    gap = np.sum(bins.counts * np.abs(observed - mean)) / len(p)
    assert ev.expected_calibration_error(p, y, n_bins=n_bins) == pytest.approx(gap, abs=1e-14)


@pytest.mark.parametrize("n_bins", [6, 7, 49])
def test_a_probability_on_an_edge_belongs_to_the_bin_below(n_bins: int) -> None:
    edges = np.arange(1, n_bins) / n_bins
    assert_array_equal(ev.calibration_bins(edges, np.zeros(edges.size), n_bins=n_bins).counts, np.ones(edges.size))
    above = np.nextafter(edges, 1)
    pairs = ev.calibration_bins(np.append(edges, above), np.zeros(2 * edges.size), n_bins=n_bins).counts
    assert_array_equal(pairs, [1, *[2] * (n_bins - 2), 1])


def test_calibration_error_is_nought_where_every_bin_keeps_its_word() -> None:
    p, y = np.repeat([0.25, 0.75], 4), [0, 0, 0, 1, 0, 1, 1, 1]
    assert ev.expected_calibration_error(p, y) == 0
    assert ev.expected_calibration_error([1.0, 0.0], [0, 1]) == 1


@unhurried
@given(data=labelled())
def test_one_bin_compares_the_two_means(data: Any) -> None:
    p, y = data
    assert ev.expected_calibration_error(p, y, n_bins=1) == pytest.approx(abs(p.mean() - y.mean()), abs=1e-14)


@pytest.mark.parametrize("function", [ev.calibration_bins, ev.expected_calibration_error])
def test_more_bins_than_memory_is_worth_are_refused_in_words(function: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="n_bins must be at most 1000000, got 10000000000000"):
        function([0.5, 0.2], [0, 1], n_bins=10**13)
    assert function([0.5, 0.2], [0, 1], n_bins=10**6)


def test_there_are_ten_bins_unless_another_number_is_asked_for() -> None:
    p = np.linspace(0.005, 0.995, 100)
    y = np.tile([0.0, 1.0, 1.0, 0.0, 1.0], 20)
    assert ev.calibration_bins(p, y).counts.tolist() == [10] * 10
    assert ev.expected_calibration_error(p, y) == ev.expected_calibration_error(p, y, n_bins=10)
    assert ev.expected_calibration_error(p, y) != ev.expected_calibration_error(p, y, n_bins=11)


@pytest.mark.parametrize(("p", "y"), SAMPLES)
def test_brier_score_agrees_with_scikit_learn(p: Floats, y: Floats) -> None:
    assert ev.brier_score(p, y) == pytest.approx(metrics.brier_score_loss(y, p), rel=1e-14, abs=0)


def test_brier_score_is_the_squared_error_of_the_logits() -> None:
    z, y = np.array([-1000.0, -1.0, 2.0, 1000.0]), np.array([0, 1, 1, 0])
    assert ev.brier_score(sigmoid(z), y) == pytest.approx(squared_error(z, y), rel=1e-14, abs=0)


def test_brier_score_of_the_base_rate_is_its_variance() -> None:
    y = np.array([1.0, 0, 0, 0])
    assert ev.brier_score(np.full(4, 0.25), y) == pytest.approx(0.25 * 0.75)


# Cost


@unhurried
@given(data=labelled(), false_alarm=st.floats(0.01, 100), miss=st.floats(0.01, 100))
def test_expected_cost_adds_up_the_prices_of_the_errors(data: Any, false_alarm: float, miss: float) -> None:
    p, y = data
    costs = {"cost_false_positive": false_alarm, "cost_false_negative": miss}
    for threshold in (0.0, 0.3, 1.0):
        by_hand = np.mean(np.where(y == 1, miss * (p < threshold), false_alarm * (p >= threshold)))
        assert ev.expected_cost(p, y, threshold=threshold, **costs) == pytest.approx(by_hand, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("ratio", [0.25, 1.0, 4.0, 9.0])
def test_no_threshold_beats_the_optimal_one_where_probabilities_are_true(ratio: float) -> None:
    grid = np.arange(1, 20) / 20
    p = np.repeat(grid, 20)
    y = np.concatenate([np.arange(20) < k for k in range(1, 20)]).astype(float)  # exactly k of 20 at p = k / 20
    costs = {"cost_false_positive": 1.0, "cost_false_negative": ratio}
    best = ev.expected_cost(p, y, threshold=ev.optimal_threshold(**costs), **costs)
    assert best <= min(ev.expected_cost(p, y, threshold=t, **costs) for t in [0.0, *grid, 1.0]) + 1e-12


def test_optimal_threshold_is_the_share_of_the_false_alarm() -> None:
    assert ev.optimal_threshold(cost_false_positive=1, cost_false_negative=1) == 0.5
    assert ev.optimal_threshold(cost_false_positive=1, cost_false_negative=19) == 0.05


def test_costs_of_extreme_size_neither_overflow_nor_vanish() -> None:
    for size in (1.7e308, 5e-324):
        assert ev.optimal_threshold(cost_false_positive=size, cost_false_negative=size) == 0.5
        costs = {"cost_false_positive": size, "cost_false_negative": size}
        assert ev.expected_cost([0.9] * 3, [0, 0, 0], threshold=0.5, **costs) == size
    assert ev.optimal_threshold(cost_false_positive=5e-324, cost_false_negative=1.7e308) == 0
    assert ev.optimal_threshold(cost_false_positive=1.7e308, cost_false_negative=5e-324) == 1
    costs = {"cost_false_positive": 1.7976931348623157e308, "cost_false_negative": 1.7976931348623157e308}
    assert math.isfinite(ev.expected_cost([0.9, 0.1, 0.1], [0, 1, 1], threshold=0.5, **costs))


# Borders


def test_results_cannot_be_written_to() -> None:
    p, y = make_scores()
    for array in (
        ev.roc_curve(p, y).thresholds,
        ev.precision_recall_curve(p, y).recall,
        ev.calibration_bins(p, y).counts,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0
