"""Thresholds in a real browser: the same counts, costs and words as the package's at every place of both sliders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser.visits import PHONE
from explorable_checks import (
    ExplorableChecks,
    compute,
    drag,
    largest_difference,
    middle,
    set_slider,
    snapshot,
    swipe,
    walk,
)

from logreg_docs.evaluation import optimal_threshold, precision_recall_curve, roc_curve
from logreg_docs.explorables.draw import tenth
from logreg_docs.explorables.threshold import (
    HALF,
    PRICES,
    Scored,
    caption,
    cheapest,
    costs,
    count_at,
    explore_threshold,
    make_scores,
)
from logreg_docs.sigmoid import sigmoid

if TYPE_CHECKING:
    from explorable_checks import Open

MODELS = {model.key: model for model in make_scores()}
GRID = """async ([module, core, models, prices, half]) => {
  const { count, bill, rule, cheapest } = await import(module), { sigmoid } = await import(core);
  return models.map(({ ones, zeros, step }) => {
    const cuts = Array.from({ length: 2 * half + 1 }, (_, place) => (place - half) * step);
    const counts = cuts.map(cut => count(ones, zeros, cut));
    const bills = prices.map(price => counts.map(table => bill(table, price)));
    return {
      chances: cuts.map(cut => sigmoid(cut / 100)),
      counts: counts.map(({ tp, fp, fn, tn }) => [tp, fp, fn, tn]),
      bills, rules: prices.map(rule), least: bills.map(row => cheapest(row, 1e-9)),
    };
  });
}"""


def four(model: Scored, place: int) -> list[int]:
    table = count_at(model, model.cut(place))
    return [table.true_positives, table.false_positives, table.false_negatives, table.true_negatives]


def predicted_caption(state: dict[str, Any]) -> str:
    return caption(MODELS[state["model"]], place=state["place"], price=PRICES.index(tuple(state["price"])))


class TestThreshold(ExplorableChecks):
    name = "threshold"

    def test_counts_and_costs_on_the_whole_grid_are_those_of_the_package(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = self.figure(watched().page, explorables_address).page
        base = explorables_address + "assets/explorables/"
        sent = [{"ones": m.ones, "zeros": m.zeros, "step": m.step} for m in MODELS.values()]
        arguments = [base + "threshold.js", base + "core.js", sent, PRICES, HALF]
        rules = [optimal_threshold(cost_false_positive=a, cost_false_negative=b) for a, b in PRICES]
        places = range(2 * HALF + 1)
        for model, got in zip(MODELS.values(), compute(page, GRID, arguments), strict=True):
            bills = [costs(model, price) for price in PRICES]
            assert np.array(bills).shape == (21, 181)
            assert got["counts"] == [four(model, place) for place in places]
            assert largest_difference(got["chances"], [sigmoid(model.cut(place)) for place in places]) <= 1e-12
            assert largest_difference(got["bills"], bills) <= 1e-12
            assert largest_difference(got["rules"], rules) <= 1e-12
            assert got["least"] == [list(cheapest(row)) for row in bills]

    def test_the_caption_is_the_one_that_python_predicts(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        seen = set()
        for key in MODELS:
            figure.locator(f"[value={key}]").check()
            prices = range(0, len(PRICES), 2)
            steps = [{"price": price, "tau": (price * 37 + 180) % (2 * HALF + 1)} for price in prices]
            for price, (state, parts) in zip(prices, walk(figure, steps, "priceOut"), strict=True):
                assert (state["model"], state["price"]) == (key, list(PRICES[price]))
                assert parts["priceOut"]["text"] == "{:g} : {:g}".format(*PRICES[price])
                assert list(state["counts"].values()) == [four(MODELS[key], state["place"])[k] for k in (0, 1, 2, 3)]
                assert state["caption"] == predicted_caption(state)
                seen.add("undefined" in state["caption"])
        assert seen == {True, False}

    def test_both_dots_lie_on_their_curves_at_every_tenth_place(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        model = MODELS["texture"]
        figure.locator("[value=texture]").check()
        roc, other = roc_curve(model.z, model.y), precision_recall_curve(model.z, model.y)
        on_roc = {
            (tenth(44 + 110 * x), tenth(128 - 110 * y))
            for x, y in zip(roc.false_positive_rate.tolist(), roc.true_positive_rate.tolist(), strict=True)
        }
        on_other = {
            (tenth(44 + 110 * x), tenth(128 - 110 * y))
            for x, y in zip(other.recall.tolist(), other.precision.tolist(), strict=True)
        }
        for place in range(0, 2 * HALF + 1, 10):
            set_slider(figure, "tau", place)
            dot, second = figure.locator("[data-x=roc]"), figure.locator("[data-x=pr]")
            assert (dot.get_attribute("cx"), dot.get_attribute("cy")) in on_roc
            called = sum(four(model, place)[:2])
            assert second.is_visible() is (called > 0)
            if called:
                assert (second.get_attribute("cx"), second.get_attribute("cy")) in on_other

    def test_squares_rings_and_shares_follow_the_counts(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        for place in (0, 70, 140):
            set_slider(figure, "tau", place)
            counts = dict(zip(("tp", "fp", "fn", "tn"), four(MODELS["all"], place), strict=True))
            for name, number in counts.items():
                assert figure.locator(f"[data-x={name}N]").text_content() == str(number)
                assert figure.locator(f"[data-x={name}]").get_attribute("width") == tenth(4.3 * number**0.5)
            wrong = figure.locator("[data-x=allWrong]").get_attribute("d")
            assert wrong is not None
            assert wrong.count("h0") == counts["fp"] + counts["fn"]
        set_slider(figure, "tau", 180)
        figure.locator("[value=texture]").check()
        set_slider(figure, "tau", 180)
        assert figure.locator("[data-x=precisionShare]").text_content() == "precision 0/0, undefined"

    def test_mouse_finger_and_click_put_the_threshold_where_they_point(
        self, watched: Open, explorables_address: str
    ) -> None:
        for settings in ({}, PHONE):
            page = watched(**settings).page
            figure = self.figure(page, explorables_address)
            cut = figure.locator("[data-x=cut]")
            cut.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
            size = figure.locator("svg").first.evaluate("node => node.getBoundingClientRect().width / 320")
            (swipe(page, middle(cut), -50, 30) if settings else drag(page, cut, -50, 30))
            z = MODELS["all"].cut(snapshot(figure)["place"])
            assert abs(z + 50 / size * 18 / 268) <= 0.051
            figure.locator("svg").first.click(position={"x": (178 + 3.0 * 268 / 18) * size, "y": 110 * size})
            assert MODELS["all"].cut(snapshot(figure)["place"]) == pytest.approx(3.0, abs=0.101)
            assert figure.locator("figcaption").inner_text() == predicted_caption(snapshot(figure))

    def test_buttons_go_to_the_rule_to_the_cheapest_and_back(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        before = snapshot(figure)
        for key, model in MODELS.items():
            figure.locator(f"[value={key}]").check()
            for price in (2, 13, 16):
                set_slider(figure, "price", price)
                figure.get_by_role("button", name="To the rule").click()
                alarm, miss = PRICES[price]
                assert abs(model.cut(snapshot(figure)["place"]) - np.log(alarm / miss)) <= model.step / 200 + 1e-9
                figure.get_by_role("button", name="To the cheapest").click()
                bills = costs(model, PRICES[price])
                assert bills[snapshot(figure)["place"]] == pytest.approx(min(bills), rel=1e-12, abs=0)
        assert snapshot(figure)["model"] != before["model"]
        figure.get_by_role("button", name="Reset").click()
        assert figure.locator("[value=all]").is_checked()
        assert snapshot(figure) == before

    @pytest.mark.parametrize("price", [(1.0, 1.0), (1.0, 30.0), (30.0, 1.0)])
    def test_cost_on_the_axis_is_1_where_the_cheaper_of_two_ways_to_treat_all_rows_alike_is_taken(
        self, price: tuple[float, float], watched: Open, explorables_address: str
    ) -> None:
        figure = self.figure(watched().page, explorables_address)
        steps = [{"model": "texture", "price": PRICES.index(price), "tau": end} for end in (0, 2 * HALF)]  # all, none
        low, high, start, stop = explore_threshold().data["axes"]["cost"]
        one = tenth(start + (1 - low) / (high - low) * (stop - start))
        assert sum(parts["costNow"]["cy"] == one for _, parts in walk(figure, steps, "costNow")) == 1

    def test_no_name_leaves_its_panel_at_the_ends_of_the_sliders(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        figure.locator("[value=texture]").check()
        for price, tau in ((0, 0), (len(PRICES) - 1, 2 * HALF)):
            set_slider(figure, "price", price)
            set_slider(figure, "tau", tau)
            panel = figure.locator("svg").first.bounding_box()
            for name in ("flag", "ruleName", "leastName"):
                box = figure.locator(f"[data-x={name}]").bounding_box()
                assert panel is not None
                assert box is not None
                assert panel["x"] <= box["x"]
                assert box["x"] + box["width"] <= panel["x"] + panel["width"]
