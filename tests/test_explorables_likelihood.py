"""The explorable of the likelihood: its numbers are the package's, its words follow from the state."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from logreg_docs.explorables.likelihood import (
    THETAS,
    TOSSES,
    Tosses,
    caption,
    draw_bars,
    draw_curve,
    explore_likelihood,
    number,
)
from logreg_docs.likelihood import bernoulli_log_likelihood, binomial_likelihood

FAIR = Tosses(n=10, k=7, theta=0.5)


def test_data_are_those_of_the_module() -> None:
    data = explore_likelihood().data
    assert (data["tosses"], data["thetas"]) == (TOSSES, THETAS)
    assert (data["n"], data["share"], data["theta"]) == (10, 0.7, 0.5)
    assert list(TOSSES) == sorted(set(TOSSES))


@pytest.mark.parametrize(("n", "k"), [(2, 0), (10, 7), (100, 100), (400, 280)])
def test_written_area_is_the_integral_of_the_curve(n: int, k: int) -> None:
    tosses = Tosses(n=n, k=k, theta=0.3)
    area, _ = quad(tosses.likelihood, 0, 1, points=[tosses.best], epsabs=1e-12)
    assert tosses.words()["area"] == number(area)
    assert tosses.words()["sum"] == "1.000"


@pytest.mark.parametrize("n", TOSSES)
def test_peak_is_the_share_of_heads(n: int) -> None:
    tosses = Tosses(n=n, k=math.floor(0.7 * n + 0.5), theta=0.5)
    heights = binomial_likelihood(THETAS, tosses.k, n_tosses=n)
    assert tosses.likelihood(tosses.best) >= heights.max() * (1 - 1e-11)


def test_product_underflows_where_the_sum_does_not() -> None:
    before, after = Tosses(n=1000, k=500, theta=0.5), Tosses(n=1100, k=550, theta=0.5)
    assert before.product > 0
    assert after.product == 0
    assert after.log == pytest.approx(1100 * math.log(0.5), rel=1e-14, abs=0)
    assert caption(after, "coin").endswith("One order: product 0, logarithms −762.46.")
    assert after.value == pytest.approx(math.comb(1100, 550) / 2**1100, rel=1e-11, abs=0)


def test_words_follow_the_state() -> None:
    assert "With the coin θ = 0.500, 7 heads in 10 tosses have the probability 0.1172." in caption(FAIR, "coin")
    assert "0.4392 of the peak at 0.700" in caption(FAIR, "data")
    assert "θ = 0.700 is the peak, with the likelihood 0.2668" in caption(Tosses(n=10, k=7, theta=0.7), "data")
    assert caption(Tosses(n=10, k=7, theta=0.0), "data").endswith("product 0, logarithms −∞.")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (5e-324, "4.94e−324"),
        (1.0, "1.0000"),
        (0.00099999, "1.00e−3"),
        (0.001, "0.0010"),
        (2**-12, "2.44e−4"),
    ],
)
def test_numbers_are_short_and_honest(value: float, expected: str) -> None:
    assert number(value) == expected


def test_what_is_too_small_to_write_is_not_called_0() -> None:
    far = Tosses(n=1500, k=1050, theta=0.15)
    assert far.value == 0
    assert "have the probability ≈ 0." in caption(far, "coin")
    assert "the likelihood ≈ 0, ≈ 0 of the peak" in caption(far, "data")
    never = Tosses(n=10, k=7, theta=0.0)
    assert "the likelihood 0, 0 of the peak" in caption(never, "data")


def test_small_and_large_numbers_of_orders() -> None:
    assert FAIR.words()["orders"] == "120"
    assert Tosses(n=2000, k=1400, theta=0.7).words()["orders"] == "about 8·10⁵²⁸"
    assert Tosses(n=200, k=100, theta=0.5).words()["orders"] == "about 9·10⁵⁸"
    assert f"{math.comb(200, 100):.3g}" == "9.05e+58"
    assert len(str(math.comb(2000, 1400))) == 529


def test_bars_and_curve_have_the_heights_of_the_package() -> None:
    bars = draw_bars(FAIR).split("M")[1:]
    tops = np.array([float(bar.split("V")[1].split("H")[0]) for bar in bars])
    np.testing.assert_allclose((186 - tops) / 142 * FAIR.top, FAIR.bars, atol=0.0502 / 142 * FAIR.top)
    places = np.array([pair.split(",") for pair in draw_curve(FAIR).split()], float)
    thetas = np.arange(201) / 200
    np.testing.assert_allclose(places[:, 0], 44 + 268 * thetas, atol=0.0501)
    heights = binomial_likelihood(thetas, 7, n_tosses=10)
    np.testing.assert_allclose((186 - places[:, 1]) / 142 * FAIR.top, heights, atol=0.0502 / 142 * FAIR.top)


@pytest.mark.parametrize("n", [50, 2000])
def test_many_bars_are_one_outline(n: int) -> None:
    drawn = draw_bars(Tosses(n=n, k=n // 2, theta=0.5))
    assert drawn.endswith("V186")
    assert (drawn.count("M") == 1) is (n > 50)


def test_falling_line_has_the_slope_of_the_log_likelihood() -> None:
    slope = bernoulli_log_likelihood(0.5, np.arange(10) < 7) / 10
    body = explore_likelihood().panels["d"].body
    end = float(body.split('data-x="more" d="')[1].split('"')[0].split(",")[-1])
    assert end == pytest.approx(8 + -2000 * slope / 1600 * 122, abs=0.0501)


def test_it_has_words_for_those_who_do_not_see() -> None:
    assert "7 heads in 10 tosses" in explore_likelihood().alt
