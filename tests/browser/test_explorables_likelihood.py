"""Likelihoods in a real browser are those of the package, and the figure says and draws what Python predicts."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser.visits import PHONE
from explorable_checks import ExplorableChecks, compute, drag, middle, set_slider, snapshot, swipe, walk

from logreg_docs.explorables.likelihood import THETAS, TOSSES, Tosses, caption, draw_bars, draw_curve
from logreg_docs.likelihood import bernoulli_likelihood, bernoulli_log_likelihood, binomial_likelihood

if TYPE_CHECKING:
    from explorable_checks import Open
    from numpy.typing import ArrayLike
    from playwright.sync_api import Locator

_PACKAGE = 300  # up to so many tosses the package's own binomial factor is right to 1e-12
_LEAST = 1e-290  # smaller numbers have fewer digits
EVERY = """async ([base, cells]) => {
  const { binomial, logLikelihood } = await import(base + "core.js");
  const { likelihoods, multiply, orders } = await import(base + "likelihood.js");
  return cells.map(([n, k, theta]) => ({
    log: String(logLikelihood(k, n, theta)), product: multiply(k, n, theta),
    value: likelihoods(k, n)(theta), bar: binomial(n, theta)[k], orders: orders(n, k) }));
}"""
BARS = """async ([core, ns, thetas]) => {
  const { binomial } = await import(core);
  return ns.map(n => thetas.map(theta => binomial(n, theta)));
}"""


def relative(got: ArrayLike, expected: ArrayLike) -> float:
    """Return the largest relative difference; numbers below `_LEAST` count as `_LEAST`."""
    a, b = np.asarray(got, float), np.asarray(expected, float)
    assert a.shape == b.shape
    return float(np.max(np.abs(a - b) / np.maximum(_LEAST, np.abs(b)), initial=0.0))


def exact(n: int, k: int, theta: float) -> float:
    """Return the probability of k heads without any rounding but the last."""
    share, whole = theta.as_integer_ratio()
    return float(math.comb(n, k) * share**k * (whole - share) ** (n - k) / whole**n)


def predicted(state: dict[str, Any]) -> Tosses:
    return Tosses(n=state["n"], k=state["k"], theta=state["theta"])


class TestLikelihood(ExplorableChecks):
    name = "likelihood"

    def modules(self, figure: Locator) -> str:
        return figure.page.url.replace("likelihood/", "assets/explorables/")

    def test_every_bar_of_every_coin_is_that_of_the_package(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        few = [n for n in TOSSES if n <= _PACKAGE]
        made = compute(figure.page, BARS, [self.modules(figure) + "core.js", few, THETAS])
        compared = 0
        for n, rows in zip(few, made, strict=True):
            expected = binomial_likelihood(THETAS, np.arange(n + 1), n_tosses=n)
            assert relative(rows, expected) <= 1e-12, n
            compared += expected.size
        assert compared > 100_000

    def test_bars_of_many_tosses_are_right_where_the_package_rounds(
        self, watched: Open, explorables_address: str
    ) -> None:
        # Beyond, the package's logarithms of factorials cost it some digits: exact fractions judge both.
        figure = self.figure(watched().page, explorables_address)
        many, some = [n for n in TOSSES if n > _PACKAGE], THETAS[1:100:14]
        made = compute(figure.page, BARS, [self.modules(figure) + "core.js", many, some])
        for (i, n), (j, theta) in itertools.product(enumerate(many), enumerate(some)):
            assert relative(made[i][j], binomial_likelihood(theta, np.arange(n + 1), n_tosses=n)) <= 1e-11
            around = [k for k in range(n + 1) if abs(k - n * theta) < 90 and k % 9 == 0]
            assert relative([made[i][j][k] for k in around], [exact(n, k, theta) for k in around]) <= 1e-12

    def test_curve_product_and_log_sum_are_those_of_the_package(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        heads = {n: sorted({math.floor(n * share / 5 + 0.5) for share in range(6)}) for n in TOSSES}
        cells = [(n, k, theta) for n in TOSSES for k in heads[n] for theta in THETAS]
        made = iter(compute(figure.page, EVERY, [self.modules(figure), cells]))
        for n in TOSSES:
            for k in heads[n]:
                got = [next(made) for _ in THETAS]
                row = np.arange(n) < k
                logs = bernoulli_log_likelihood(THETAS, row)
                mine = np.array([float(cell["log"].replace("Infinity", "inf")) for cell in got])
                assert (np.isinf(mine) == np.isinf(logs)).all()
                seen = np.isfinite(logs)
                assert relative(mine[seen], logs[seen]) <= 1e-12
                products = bernoulli_likelihood(THETAS, row)
                mine = np.array([cell["product"] for cell in got])
                # The smallest float64 cannot be halved: there one step is the finest agreement.
                np.testing.assert_allclose(mine, products, rtol=1e-12, atol=1e-323)
                values = binomial_likelihood(THETAS, k, n_tosses=n)
                loose = 1e-12 if n <= _PACKAGE else 1e-11
                assert relative([cell["value"] for cell in got], values) <= loose, (n, k)
                assert relative([cell["bar"] for cell in got], values) <= loose, (n, k)
                assert got[0]["orders"] == str(math.comb(n, k))
        assert len(cells) > 15_000

    def test_the_caption_is_the_one_that_python_predicts(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        places = [*itertools.product((0, 6, 14, 23, 29), (0, 7, 10), (0, 50, 77), ("coin", "data"))]
        steps = [{"reset": True, "k": place, "theta": coin, "n": n, "hold": hold} for n, place, coin, hold in places]
        seen = set()
        for (n, place, coin, hold), (state, parts) in zip(places, walk(figure, steps, "kLabel", "orders"), strict=True):
            tosses = predicted(state)
            assert (tosses.n, tosses.theta) == (TOSSES[n], THETAS[coin])
            assert tosses.k == math.floor(place / 10 * tosses.n + 0.5)
            assert state["caption"] == caption(tosses, hold)
            kinds = ("With the coin", "of the peak", "is the peak", "product 0,", "−∞", "≈ 0")
            seen |= {kind for kind in kinds if kind in state["caption"]}
            words = tosses.words()
            assert words["value"] == parts["kLabel"]["text"]
            assert parts["orders"]["text"] == f"orders: {words['orders']}, {words['value']} in all"
        assert len(seen) == len(kinds)

    def test_a_choice_by_hand_holds_the_coin_or_the_data(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        for hold in ("data", "coin"):
            figure.locator(f"[value={hold}]").check()
            assert snapshot(figure)["hold"] == hold

    @pytest.mark.parametrize(("n", "k", "coin"), [(3, 4, 90), (13, 2, 12), (29, 7, 70)])
    def test_what_is_drawn_is_what_python_would_draw(
        self, n: int, k: int, coin: int, watched: Open, explorables_address: str
    ) -> None:
        figure = self.figure(watched().page, explorables_address)
        set_slider(figure, "k", k)
        set_slider(figure, "theta", coin)
        set_slider(figure, "n", n)
        tosses = predicted(snapshot(figure))
        assert figure.locator("[data-x=bars]").get_attribute("d") == draw_bars(tosses)
        assert figure.locator("[data-x=curve]").get_attribute("points") == draw_curve(tosses)

    def test_the_dot_has_one_height_on_the_bars_and_on_the_curve(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        for place in (20, 50, 81):
            set_slider(figure, "theta", place)
            assert (
                abs(middle(figure.locator("[data-x=kHandle]"))[1] - middle(figure.locator("[data-x=tHandle]"))[1]) < 0.5
            )

    def test_mouse_and_finger_move_the_data_on_the_bars_and_the_coin_on_the_curve(
        self, watched: Open, explorables_address: str
    ) -> None:
        for settings in ({}, PHONE):
            page = watched(**settings).page
            figure = self.figure(page, explorables_address)
            for name, start in (("kHandle", "coin"), ("tHandle", "data")):
                dot = figure.locator(f"[data-x={name}]")
                dot.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
                size = dot.evaluate("node => node.ownerSVGElement.getBoundingClientRect().width / 320")
                dx = 268 * size * (0.2 if name == "tHandle" else -2 / 11)
                (swipe(page, middle(dot), dx, 5) if settings else drag(page, dot, dx, 5))
                assert snapshot(figure)["hold"] == start
                assert figure.locator(f"[value={start}]").is_checked()
            state = snapshot(figure)
            assert state["k"] == 5
            assert state["theta"] == pytest.approx(0.7, abs=0.011)
            assert figure.locator("figcaption").inner_text() == caption(predicted(state), "data")

    def test_a_click_moves_the_dot_there(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        size = figure.locator("svg").first.evaluate("node => node.getBoundingClientRect().width / 320")
        figure.locator("svg").nth(1).click(position={"x": (44 + 268 * 0.25) * size, "y": 60 * size})
        figure.locator("svg").first.click(position={"x": (44 + 268 * 2.5 / 11) * size, "y": 60 * size})
        assert snapshot(figure)["theta"] == pytest.approx(0.25, abs=0.011)
        assert snapshot(figure)["k"] == 2

    def test_the_buttons_lead_to_the_peak_and_back(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        before = snapshot(figure)
        set_slider(figure, "n", 1)
        figure.get_by_role("button", name="To the peak").click()
        state = snapshot(figure)
        assert (state["n"], state["k"], state["theta"]) == (3, 2, 2 / 3)
        assert state["value"] == pytest.approx(state["peak"], rel=1e-14, abs=0)
        assert state["caption"] == caption(predicted(state), "data")
        assert "is the peak" in state["caption"]
        figure.get_by_role("button", name="Reset").click()
        assert snapshot(figure) == before
