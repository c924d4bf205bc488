"""The sigmoid and its relatives are right to a few units in the last place, from subnormal to huge logits."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from logreg_docs.sigmoid import (
    linear_logits,
    log_sigmoid,
    logit,
    naive_sigmoid,
    odds,
    predict_probabilities,
    sigmoid,
    sigmoid_derivative,
)

if TYPE_CHECKING:
    from collections.abc import Callable

finite = st.floats(allow_nan=False, allow_infinity=False)
EXTREME = np.array(
    [0.0, 5e-324, 1e-310, 1e-17, 1.0, 36.7, 36.8, 700.0, 709.7, 709.8, 745.1, 745.2, 1e3, 1e4, 1e300, 1e308]
)
EXTREME = np.concatenate([-EXTREME[::-1], EXTREME])
"""Logits where a formula may overflow, underflow, cancel or saturate."""

GRID = np.concatenate([np.linspace(-708.0, 708.0, 20_001), np.linspace(-2.0, 2.0, 4_001)])
"""Logits whose probabilities are normal numbers, so that units in the last place mean something."""


def units_in_the_last_place(value: np.ndarray, reference: np.ndarray) -> float:
    return float(np.max(np.abs(value - reference) / np.spacing(np.abs(reference))))


# --- Against other implementations ---


def exact(function: Callable[[Decimal], Decimal], values: np.ndarray) -> np.ndarray:
    with localcontext(prec=340, Emin=-100_000, Emax=100_000):
        return np.array([float(function(Decimal(float(value)))) for value in values])


def test_results_lie_within_two_units_in_the_last_place_of_long_arithmetic() -> None:
    z = np.concatenate([GRID[::200], EXTREME[np.abs(EXTREME) <= 700]])
    p = np.concatenate([np.linspace(0.001, 0.999, 250), 0.5 + np.logspace(-15, -1, 50), [1e-300, 1 - 2.0**-53]])
    p = p[p != 0.5]
    assert units_in_the_last_place(sigmoid(z), exact(lambda v: 1 / (1 + (-v).exp()), z)) <= 2
    assert units_in_the_last_place(log_sigmoid(z), exact(lambda v: -(1 + (-v).exp()).ln(), z)) <= 2
    assert units_in_the_last_place(logit(p), exact(lambda v: (v / (1 - v)).ln(), p)) <= 2
    assert units_in_the_last_place(odds(p), exact(lambda v: v / (1 - v), p)) <= 2


def test_sigmoid_equals_scipy_to_four_units_in_the_last_place() -> None:
    assert units_in_the_last_place(sigmoid(GRID), special.expit(GRID)) <= 4


def test_log_sigmoid_equals_scipy_to_one_unit_in_the_last_place() -> None:
    everywhere = np.concatenate([GRID, EXTREME[np.abs(EXTREME) > 1e-16]])
    assert units_in_the_last_place(log_sigmoid(everywhere), special.log_expit(everywhere)) <= 1


def test_logit_equals_scipy_to_four_units_in_the_last_place() -> None:
    near_half = 0.5 + np.concatenate([-np.logspace(-1, -16, 200), np.logspace(-16, -1, 200)])
    p = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 20_001), near_half, [5e-324, 1e-300, 0.25, 0.75, 1 - 2**-53]])
    p = p[p != 0.5]
    assert units_in_the_last_place(logit(p), special.logit(p)) <= 4


def test_sigmoid_and_log_sigmoid_equal_torch() -> None:
    z = torch.tensor(GRID)
    np.testing.assert_allclose(sigmoid(GRID), torch.sigmoid(z).numpy(), rtol=1e-15, atol=0)
    np.testing.assert_allclose(log_sigmoid(GRID), torch.nn.functional.logsigmoid(z).numpy(), rtol=1e-15, atol=0)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_sigmoid_of_torch_is_zero_from_where_the_exponential_overflows_and_ours_only_later(
    kind: type[np.floating],
) -> None:
    edge = -math.log(float(np.finfo(kind).max))
    before, beyond = (torch.sigmoid(torch.tensor(np.full(16, edge + off, dtype=kind))) for off in (0.01, -0.01))
    assert (before > 0).all()
    assert (beyond == 0).all()
    assert sigmoid(edge - 0.01) > 0


def test_sigmoid_derivative_equals_autograd() -> None:
    z = torch.tensor(np.linspace(-30.0, 30.0, 601), requires_grad=True)
    torch.sigmoid(z).sum().backward()
    assert z.grad is not None
    np.testing.assert_allclose(sigmoid_derivative(z.detach()), z.grad.numpy(), rtol=0, atol=2.3e-16)


def test_naive_sigmoid_equals_the_stable_one_where_it_does_not_overflow() -> None:
    np.testing.assert_allclose(naive_sigmoid(GRID), sigmoid(GRID), rtol=4e-16, atol=0)


# --- Against finite differences ---


def test_sigmoid_derivative_matches_finite_differences() -> None:
    z, step = np.linspace(-12.0, 12.0, 481), 1e-5
    slope = (sigmoid(z + step) - sigmoid(z - step)) / (2 * step)
    np.testing.assert_allclose(sigmoid_derivative(z), slope, rtol=0, atol=2e-11)


def test_slope_of_log_sigmoid_is_the_sigmoid_of_the_opposite_logit() -> None:
    z, step = np.linspace(-12.0, 12.0, 481), 1e-5
    slope = (log_sigmoid(z + step) - log_sigmoid(z - step)) / (2 * step)
    np.testing.assert_allclose(sigmoid(-z), slope, rtol=0, atol=1e-9)


def test_sigmoid_derivative_is_largest_at_zero_with_one_quarter() -> None:
    slopes = sigmoid_derivative(GRID)
    assert slopes.max() == sigmoid_derivative(0.0) == 0.25


# --- Properties ---


@given(finite)
def test_sigmoid_lies_between_zero_and_one_and_so_does_four_times_its_slope(z: float) -> None:
    assert 0 <= sigmoid(z) <= 1
    assert 0 <= sigmoid_derivative(z) <= 0.25


@given(st.floats(-745.0, 36.7))
def test_sigmoid_is_strictly_inside_the_interval_where_float64_can_tell(z: float) -> None:
    assert 0 < sigmoid(z) < 1


@given(finite, finite)
def test_sigmoid_and_log_sigmoid_never_fall(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert sigmoid(low) <= sigmoid(high)
    assert log_sigmoid(low) <= log_sigmoid(high)


@given(finite)
def test_sigmoid_of_the_opposite_logit_is_the_opposite_probability(z: float) -> None:
    assert sigmoid(-z) == pytest.approx(1 - sigmoid(z), rel=0, abs=2.3e-16)


@given(finite)
def test_sigmoid_derivative_is_even(z: float) -> None:
    assert sigmoid_derivative(z) == sigmoid_derivative(-z)


@given(finite)
def test_sigmoid_is_a_stretched_and_shifted_tanh(z: float) -> None:
    assert sigmoid(z) == pytest.approx((1 + math.tanh(z / 2)) / 2, rel=0, abs=2e-16)


@given(st.floats(-700.0, 0.0))
def test_logit_undoes_the_sigmoid_for_negative_logits(z: float) -> None:
    assert logit(sigmoid(z)) == pytest.approx(z, rel=1e-15, abs=3e-16)


@given(st.floats(0.0, 30.0))
def test_logit_undoes_the_sigmoid_for_positive_logits_to_the_digits_that_p_holds(z: float) -> None:
    digits_lost = 2.3e-16 / float(sigmoid(-z))
    assert logit(sigmoid(z)) == pytest.approx(z, rel=1e-15, abs=2 * digits_lost)


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_sigmoid_undoes_the_logit(p: float) -> None:
    z = float(logit(p))
    assert sigmoid(z) == pytest.approx(p, rel=3e-16 * (1 + abs(z)), abs=5e-324)


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_logit_is_the_logarithm_of_the_odds(p: float) -> None:
    assert logit(p) == pytest.approx(math.log(float(odds(p))), rel=1e-15, abs=3e-16)


@given(st.floats(1e-300, 1, exclude_max=True))
def test_odds_give_the_probability_back(p: float) -> None:
    o = float(odds(p))
    assert o / (1 + o) == pytest.approx(p, rel=5e-16, abs=0)


@given(st.floats(-300.0, 30.0), st.floats(-3.0, 3.0))
def test_one_more_unit_multiplies_the_odds_by_the_exponential_of_the_weight(b: float, w: float) -> None:
    before, after = odds(predict_probabilities([[0.0], [1.0]], [w], b))
    assert after / before == pytest.approx(math.exp(w), rel=1e-15 / float(sigmoid(-b - abs(w))) + 1e-13, abs=0)


# --- Extreme logits, all without a warning, since warnings are errors here ---


def test_extreme_logits_give_finite_results_and_the_exact_ends() -> None:
    for function in (sigmoid, sigmoid_derivative, log_sigmoid):
        assert np.isfinite(function(EXTREME)).all()
    assert sigmoid([-1e308, -1e4, 1e4, 1e308]).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert sigmoid_derivative([-1e308, -1e4, 1e4, 1e308]).tolist() == [0.0] * 4
    assert log_sigmoid([-1e308, -1e4, 1e4, 1e308]).tolist() == [-1e308, -1e4, 0.0, 0.0]


def test_subnormal_logits_give_one_half() -> None:
    tiny = np.array([-1e-310, -5e-324, 0.0, 5e-324, 1e-310])
    assert set(sigmoid(tiny)) == {0.5}
    assert set(sigmoid_derivative(tiny)) == {0.25}
    np.testing.assert_array_max_ulp(log_sigmoid(tiny), np.full(5, -math.log(2)), 1)


def test_stable_sigmoid_keeps_subnormal_probabilities_that_the_naive_one_loses() -> None:
    assert sigmoid(-740.0) == math.exp(-740.0) > 0
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert naive_sigmoid(-740.0) == 0


def test_logit_of_the_smallest_and_largest_float_inside_the_interval_is_finite() -> None:
    assert logit(5e-324) == pytest.approx(math.log(5e-324), rel=1e-15, abs=0)
    assert logit(1 - 2.0**-53) == pytest.approx(53 * math.log(2), rel=1e-15, abs=0)


def test_naive_sigmoid_warns_of_overflow_and_still_gives_zero() -> None:
    with pytest.warns(RuntimeWarning, match="overflow encountered in exp"):
        assert naive_sigmoid(-1000.0) == 0


def bisect(changed: Callable[[Any], bool], low: float, high: float, dtype: type[np.floating]) -> float:
    """The smallest number of a precision for which `changed` holds."""
    a, b = dtype(low), dtype(high)
    while a < (middle := dtype((a + b) / 2)) < b:
        a, b = (a, middle) if changed(middle) else (middle, b)
    return float(b)


def torch_sigmoid(z: np.floating) -> float:
    return float(torch.sigmoid(torch.tensor(z)))


@pytest.mark.parametrize("function", [naive_sigmoid, torch_sigmoid])
def test_sigmoid_is_exactly_one_from_24_log_2_in_float32(function: Callable[[Any], Any]) -> None:
    start = bisect(lambda z: function(z) == 1, 0, 100, np.float32)
    assert start == pytest.approx(24 * math.log(2), rel=1e-6, abs=0)


@pytest.mark.parametrize("function", [sigmoid, naive_sigmoid, torch_sigmoid])
def test_sigmoid_is_exactly_one_from_53_log_2_in_float64(function: Callable[[Any], Any]) -> None:
    start = bisect(lambda z: function(z) == 1, 0, 100, np.float64)
    assert start == pytest.approx(53 * math.log(2), rel=1e-14, abs=0)


def test_sigmoid_is_exactly_zero_below_half_of_the_smallest_float() -> None:
    start = bisect(lambda z: sigmoid(-z) == 0, 0, 1000, np.float64)
    assert start == pytest.approx(1075 * math.log(2), rel=1e-14, abs=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_naive_sigmoid_overflows_beyond_the_logarithm_of_the_largest_float(dtype: type[np.floating]) -> None:
    def overflows(z: np.floating) -> bool:
        with np.errstate(over="ignore"):
            return bool(np.isinf(np.exp(z)))

    start = dtype(bisect(overflows, 0, 1000, dtype))
    assert float(start) == pytest.approx(math.log(float(np.finfo(dtype).max)), rel=1e-6, abs=0)
    naive_sigmoid(np.array([-np.nextafter(start, dtype(0))]))
    with pytest.warns(RuntimeWarning, match="overflow"):
        naive_sigmoid(np.array([-start]))


# --- Shapes, precision, logits of a model ---

ELEMENTWISE: list[tuple[Callable[[Any], Any], float]] = [
    (sigmoid, 0.3), (naive_sigmoid, 0.3), (sigmoid_derivative, 0.3), (log_sigmoid, 0.3), (odds, 0.3), (logit, 0.3),
]  # fmt: skip


@pytest.mark.parametrize(("function", "value"), ELEMENTWISE)
@given(shape=hnp.array_shapes(min_dims=0, max_dims=3, max_side=3))
def test_results_are_arrays_of_the_shape_that_came(function: Callable[[Any], Any], value: float, shape: Any) -> None:
    given_array = np.full(shape, value)
    result = function(given_array)
    assert isinstance(result, np.ndarray)
    assert result.shape == shape
    np.testing.assert_array_equal(given_array, np.full(shape, value))


def test_naive_sigmoid_works_in_the_precision_that_came() -> None:
    assert naive_sigmoid(np.float32(1.0)).dtype == np.float32
    assert naive_sigmoid(1.0).dtype == np.float64


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int64])
def test_naive_sigmoid_computes_whole_numbers_in_float64(dtype: Any) -> None:
    np.testing.assert_array_equal(naive_sigmoid(np.array([0, 1], dtype=dtype)), naive_sigmoid([0.0, 1.0]))


@given(st.data())
def test_linear_logits_are_sums_of_weights_times_features(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    small = st.floats(-100, 100)
    X = data.draw(hnp.arrays(np.float64, (rows, columns), elements=small))
    w = data.draw(hnp.arrays(np.float64, columns, elements=small))
    b = data.draw(small)
    expected = [math.fsum([*(x * wj for x, wj in zip(row, w, strict=True)), b]) for row in X]
    np.testing.assert_allclose(linear_logits(X, w, b), expected, rtol=0, atol=1e-10)
    np.testing.assert_array_equal(predict_probabilities(X, w, b), sigmoid(linear_logits(X, w, b)))


def test_probability_one_half_lies_exactly_where_the_logit_is_zero() -> None:
    X = np.array([[2.0, 1.0], [0.0, 0.0], [4.0, 2.0]])
    probabilities = predict_probabilities(X, [1.0, -2.0], 0.0)
    assert probabilities.tolist() == [0.5, 0.5, 0.5]
    assert ((sigmoid(GRID) > 0.5) == (GRID > 0)).all()


@pytest.mark.parametrize("X", [[[1e300]], [[1e300, -1e300]]])
def test_linear_logits_that_overflow_raise_instead_of_warning(X: list[list[float]]) -> None:
    for function in (linear_logits, predict_probabilities):
        with pytest.raises(ValueError, match=r"X @ w \+ b must be finite, got an overflow\. Scale the columns"):
            function(X, np.full(len(X[0]), 1e300), 0.0)


# --- Bad input ---


def test_odds_of_certainty_raise_because_they_are_infinite() -> None:
    with pytest.raises(ValueError, match="below 1, got 1, whose odds are infinite"):
        odds([0.5, 1.0])
    assert odds(0.0) == 0


def test_infinities_that_cancel_in_a_logit_are_refused_like_an_overflow() -> None:
    row, weights = np.full((1, 16), 1e300), np.tile([1e300, -1e300], 8)
    with pytest.raises(ValueError, match=r"X @ w \+ b must be finite"):
        linear_logits(row, weights, 0.0)
