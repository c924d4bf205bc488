import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import ArrayLike
from scipy import integrate, special, stats

from logreg_docs import likelihood as lk

Function = Callable[..., Any]


unhurried = examples(60)


@pytest.fixture(autouse=True)
def strict_numpy() -> Iterator[None]:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


@unhurried
@given(theta=st.floats(0, 1), n=st.integers(2, 8))
def test_likelihoods_of_all_data_sets_sum_to_one_for_every_theta(theta: float, n: int) -> None:
    assert lk.bernoulli_likelihood(theta, lk.all_sequences(n)).sum() == pytest.approx(1, abs=1e-12)
    assert lk.binomial_likelihood(theta, np.arange(n + 1), n_tosses=n).sum() == pytest.approx(1, abs=1e-12)


def test_likelihood_of_one_sequence_integrates_to_a_beta_function() -> None:
    y = [1, 1, 0, 1, 0, 1, 1, 1, 0, 1]
    area, _ = integrate.quad(lambda theta: float(lk.bernoulli_likelihood(theta, y)), 0, 1)
    assert area == pytest.approx(special.beta(8, 4), rel=1e-12, abs=0)
    assert area == pytest.approx(1 / 1320, rel=1e-12, abs=0)


def test_likelihood_of_a_count_integrates_to_one_over_eleven() -> None:
    area, _ = integrate.quad(lambda theta: float(lk.binomial_likelihood(theta, 7, n_tosses=10)), 0, 1)
    assert area == pytest.approx(1 / 11, rel=1e-12, abs=0)


def test_binomial_likelihood_equals_scipy() -> None:
    theta, heads = np.linspace(0, 1, 11), np.arange(13)
    expected = stats.binom.pmf(heads, 12, theta[:, None])
    assert_allclose(lk.binomial_likelihood(theta, heads, n_tosses=12), expected, rtol=1e-12, atol=1e-300)


def test_likelihood_is_the_outer_product_of_theta_and_data_sets() -> None:
    sequences, theta = lk.all_sequences(3), np.array([[0.1, 0.5], [0.9, 1.0]])
    surface = lk.bernoulli_likelihood(theta, sequences)
    assert surface.shape == (2, 2, 8)
    expected = np.prod(theta[..., None, None] ** sequences * (1 - theta[..., None, None]) ** (1 - sequences), axis=-1)
    assert_allclose(surface, expected, rtol=1e-14)
    with np.errstate(divide="ignore"):
        assert_allclose(lk.bernoulli_log_likelihood(theta, sequences), np.log(expected), rtol=1e-13)


def test_all_sequences_are_distinct_and_complete() -> None:
    for n in (5, 16):
        sequences = lk.all_sequences(n)
        assert sequences.shape == (2**n, n)
        assert len(np.unique(sequences @ 2.0 ** np.arange(n))) == 2**n


@unhurried
@given(y=arrays(float, 12, elements=st.sampled_from([0.0, 1.0])), theta=st.floats(0, 1))
def test_no_theta_beats_the_share_of_ones(y: ArrayLike, theta: float) -> None:
    assert lk.bernoulli_log_likelihood(lk.bernoulli_mle(y), y) >= lk.bernoulli_log_likelihood(theta, y) - 1e-12


def test_the_product_underflows_and_the_sum_does_not() -> None:
    y = np.tile([0.0, 1.0], 1000)
    assert lk.bernoulli_likelihood(0.5, y) == 0
    assert lk.bernoulli_log_likelihood(0.5, y) == pytest.approx(-2000 * math.log(2), rel=1e-14, abs=0)


def test_log_likelihood_is_minus_infinity_only_for_impossible_data() -> None:
    assert_array_equal(lk.bernoulli_log_likelihood([0, 1], [1, 1]), [-np.inf, 0])
    assert_array_equal(lk.bernoulli_log_likelihood([0, 1], [0, 0]), [0, -np.inf])
    assert lk.bernoulli_log_likelihood(1e-300, [1, 0]) == pytest.approx(math.log(1e-300))


@pytest.mark.parametrize("function", [lk.bernoulli_likelihood, lk.bernoulli_log_likelihood])
def test_a_column_of_tosses_is_refused_with_the_remedy(function: Function) -> None:
    with pytest.raises(ValueError, match=r"one data set.*at least 2 tosses each, got shape \(3, 1\).*ravel"):
        function(0.5, [[0], [1], [1]])


def test_binomial_likelihood_of_many_tosses_neither_overflows_nor_vanishes() -> None:
    extremes = [(500, 32, 1e-10), (4, 1, 2.3e-308), (4, 0, 5e-324), (1000, 999, 1 - 2**-53)]
    for n, k, theta in [(1029, 514, 0.4), (2000, 1000, 0.5), (10**4, 3000, 0.3), *extremes]:
        exact = math.comb(n, k) * Fraction(theta) ** k * (1 - Fraction(theta)) ** (n - k)
        assert float(lk.binomial_likelihood(theta, k, n_tosses=n)) == pytest.approx(float(exact), rel=1e-10, abs=0)


def exact_binomial(n: int, k: int, theta: float) -> float:
    """Return the probability with fifty digits, rounded once."""
    with mpmath.workdps(50):
        p = mpmath.mpf(theta)
        orders = mpmath.loggamma(n + 1) - mpmath.loggamma(k + 1) - mpmath.loggamma(n - k + 1)
        return float(mpmath.exp(orders + k * mpmath.log(p) + (n - k) * mpmath.log1p(-p)))


@pytest.mark.parametrize("n", [57, 101, 1001, 10**4, 10**6, 10**9, 10**12, 10**14, 2**53])
@pytest.mark.parametrize("theta", [0.5, 0.3, 1e-3, 1 - 2.0**-20, 1e-9, 1e-15, 3e-300, 5e-324])
def test_binomial_likelihood_keeps_the_digits_that_theta_determines(n: int, theta: float) -> None:
    middle, deviation = n * theta, math.sqrt(n * theta * (1 - theta))
    counts = {min(max(round(middle + z * deviation), 0), n) for z in (-6, -1, 0, 2, 20)} | {0, 1, n - 1, n}
    for k in counts:
        # A relative change of theta by the rounding of a float64 changes the logarithm by this much.
        lost = 1e-13 + 1e-15 * abs(k - middle) / (1 - theta)
        exact = exact_binomial(n, k, theta)
        assert float(lk.binomial_likelihood(theta, k, n_tosses=n)) == pytest.approx(exact, rel=lost, abs=1e-320)


@pytest.mark.parametrize("n", [1, 2, 100, 101, 10**6, 2**53])
def test_binomial_likelihood_is_certain_at_the_ends(n: int) -> None:
    heads = sorted({0, 1, n - 1, n})
    assert lk.binomial_likelihood([0.0, 1.0], heads, n_tosses=n).tolist() == [
        [float(k == 0) for k in heads],
        [float(k == n) for k in heads],
    ]


@pytest.mark.parametrize("n", [2**53 + 1, 10**400])
def test_more_tosses_than_a_float64_can_count_are_refused_in_words(n: int) -> None:
    with pytest.raises(ValueError, match=r"n_tosses must be at most 9007199254740992, got \d+"):
        lk.binomial_likelihood(0.5, 0, n_tosses=n)


def test_up_to_a_thousand_tosses_keep_the_digits_that_a_logarithm_would_lose() -> None:
    for n, k, theta in [(1000, 10, 0.01), (10, 7, 0.7)]:
        exact = math.comb(n, k) * Fraction(theta) ** k * (1 - Fraction(theta)) ** (n - k)
        assert float(lk.binomial_likelihood(theta, k, n_tosses=n)) == pytest.approx(float(exact), rel=5e-14, abs=0)
