"""The explorable of thresholds: its counts and costs are the package's, its words follow from the state."""

from __future__ import annotations

import re

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

from logreg_docs.evaluation import optimal_threshold, roc_auc
from logreg_docs.explorables.threshold import (
    HALF,
    PRICES,
    Scored,
    caption,
    cheapest,
    costs,
    count_at,
    describe_chance,
    explore_threshold,
    make_scores,
)
from logreg_docs.sigmoid import sigmoid

MODELS = {model.key: model for model in make_scores()}
SHOWN = explore_threshold()
SMALL = Scored(key="all", name="small", ones=(-10, 0, 20), zeros=(-30, 0), step=10)


def test_data_hold_every_score_as_steps_from_the_one_before() -> None:
    for sent in SHOWN.data["models"]:
        model = MODELS[sent["key"]]
        assert tuple(np.cumsum(sent["ones"]).tolist()) == model.ones
        assert tuple(np.cumsum(sent["zeros"]).tolist()) == model.zeros
        assert (len(model.ones), len(model.zeros)) == (85, 143)
        assert list(model.ones) == sorted(model.ones)


@pytest.mark.parametrize("key", MODELS)
def test_counts_are_those_of_another_implementation(key: str) -> None:
    model = MODELS[key]
    assert roc_auc(model.z, model.y) == pytest.approx(roc_auc_score(model.y, model.z), rel=1e-12, abs=0)
    for place in range(0, 2 * HALF + 1, 15):
        (tn, fp), (fn, tp) = confusion_matrix(model.y, model.z >= model.cut(place))
        table = count_at(model, model.cut(place))
        assert (tp, fp, fn, tn) == (
            table.true_positives,
            table.false_positives,
            table.false_negatives,
            table.true_negatives,
        )


def test_a_score_on_the_threshold_is_called_one() -> None:
    table = count_at(SMALL, 0.0)
    assert (table.true_positives, table.false_positives) == (2, 1)


def test_costs_are_sums_in_units_of_the_cheaper_error() -> None:
    for price in ((1.0, 10.0), (3.0, 1.0)):
        table = count_at(SMALL, 0.1)
        assert costs(SMALL, price)[HALF + 1] == pytest.approx(
            price[0] * table.false_positives + price[1] * table.false_negatives
        )


def test_prices_rise_and_the_rule_is_one_over_one_plus_their_ratio() -> None:
    ratios = [miss / alarm for alarm, miss in PRICES]
    assert ratios == sorted(ratios)
    assert np.allclose(np.array(ratios) * ratios[::-1], 1)
    for (alarm, miss), ratio in zip(PRICES, ratios, strict=True):
        rule = optimal_threshold(cost_false_positive=alarm, cost_false_negative=miss)
        assert rule == pytest.approx(1 / (1 + ratio), rel=1e-14, abs=0)
        assert min(alarm, miss) == 1


@pytest.mark.parametrize(
    ("bills", "expected"),
    [([2.0], (0, 0)), ([1.0, 1.0, 0.0, 0.0, 1.0, 0.0], (2, 3)), ([0.0, 1.0, 0.0], (0, 0)), ([1.0, 0.5, 0.5], (1, 2))],
)
def test_cheapest_is_the_longest_run_and_the_first_among_equals(bills: list[float], expected: tuple[int, int]) -> None:
    assert cheapest(bills) == expected


def test_chances_near_the_ends_have_a_digit_more() -> None:
    assert [describe_chance(p) for p in (0.01, 0.0099, 0.99, 0.9999)] == ["0.010", "0.0099", "0.990", "0.9999"]


def test_caption_says_that_precision_is_undefined_where_nothing_is_called_one() -> None:
    text = caption(MODELS["texture"], place=2 * HALF, price=0)
    assert "recall 0/85 = 0.000, precision 0/0, undefined." in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("price", "words"),
    [(0, "A false alarm costs 30 misses"), (10, "A miss costs as much as"), (11, "A miss costs 1.5 false alarms")],
)
def test_caption_names_the_dearer_error(price: int, words: str) -> None:
    assert words in caption(MODELS["all"], place=HALF, price=price)


def test_half_on_the_probability_is_zero_on_the_logit() -> None:
    assert SHOWN.caption.startswith("Threshold 0.500: recall 79/85 = 0.929, precision 79/80 = 0.988. ")
    assert "these errors cost 7, those at the rule, 0.500, cost 7" in SHOWN.caption
    for model in MODELS.values():
        assert model.cut(HALF) == 0
        assert sigmoid(model.cut(HALF)) == 0.5


def marks(name: str) -> np.ndarray:
    drawn = re.search(rf'data-x="{name}" d="([^"]*)"', SHOWN.panels["a"].body)
    assert drawn is not None
    numbers = [float(v) for v in re.findall(r"-?\d+", drawn[1].replace("h0", ""))]
    return np.cumsum(np.array(numbers).reshape(-1, 2), axis=0) / 2


@pytest.mark.parametrize("key", MODELS)
def test_every_row_has_a_mark_at_its_score_and_none_hides_another(key: str) -> None:
    model = MODELS[key]
    for name, scores in (("Ones", model.ones), ("Zeros", model.zeros[::-1])):
        places = marks(key + name)
        reach = model.cut(2 * HALF)
        expected = 178 + np.clip(np.array(scores) / 100, -reach, reach) * 134 / reach
        np.testing.assert_allclose(places[:, 0], expected, atol=0.26)
        assert places[:, 1].min() > 46
        assert places[:, 1].max() < 200
        gaps = np.abs(places[:, None] - places[None, :]).max(axis=2) + 9 * np.eye(len(places))
        assert gaps.min() >= 4.5


def test_ringed_marks_are_the_errors() -> None:
    table = count_at(MODELS["all"], 0.0)
    body = SHOWN.panels["a"].body
    drawn = re.search(r'data-x="allWrong" d="([^"]*)"', body)
    assert drawn is not None
    assert drawn[1].count("h0") == table.false_negatives + table.false_positives == 7


def test_it_has_words_for_those_who_do_not_see() -> None:
    assert "precision 79/80" in SHOWN.alt
