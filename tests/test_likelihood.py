import math
import warnings
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import statsmodels.api as sm
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import ArrayLike, NDArray
from scipy import integrate, special, stats
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as sklearn_log_loss
from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

from logreg_docs import likelihood as lk
from logreg_docs.sigmoid import sigmoid

Floats = NDArray[np.float64]
Function = Callable[..., Any]

HUGE = 1e308
unhurried = examples(60)
FINITE = st.floats(-1.7e308, 1.7e308, allow_nan=False)
MODERATE = st.floats(-30, 30, allow_nan=False)


@pytest.fixture(autouse=True)
def strict_numpy() -> Iterator[None]:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


def make_problem(m: int = 60, d: int = 4, seed: int = 0) -> tuple[Floats, Floats, Floats, float]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, d)) * [1.0, 3.0, 0.2, 1.0][:d]
    y = (rng.random(m) < sigmoid(X.sum(axis=1))).astype(float)
    return X, y, rng.normal(size=d), 0.3


def pairs(elements: st.SearchStrategy[float], size: int = 8) -> st.SearchStrategy[tuple[Floats, Floats]]:
    return st.tuples(arrays(float, size, elements=elements), arrays(float, size, elements=st.sampled_from([0.0, 1.0])))


def central_difference(function: Function, point: Floats, step: float = 1e-3) -> Floats:
    """Five-point rule with an error of order step**4."""
    point = np.asarray(point, dtype=float)
    steps = np.eye(point.size) * step
    near = np.array([function(point + h) - function(point - h) for h in steps])
    far = np.array([function(point + 2 * h) - function(point - 2 * h) for h in steps])
    return (8 * near - far) / (12 * step)


def relative_error(got: Floats, expected: Floats) -> float:
    return float(np.linalg.norm(np.asarray(got) - expected) / np.linalg.norm(expected))


# Coins


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


# Log loss against other implementations


@unhurried
@given(data=pairs(MODERATE))
def test_log_loss_equals_torch_from_logits(data: Any) -> None:
    z, y = data
    # PyTorch adds e^-28 to 1 before its logarithm and is off by about 1e-15 where we are not
    expected = binary_cross_entropy_with_logits(torch.tensor(z), torch.tensor(y)).item()
    assert lk.log_loss(z, y) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@unhurried
@given(data=pairs(MODERATE))
def test_pointwise_log_loss_equals_its_textbook_form(data: Any) -> None:
    z, y = data
    assert_allclose(lk.pointwise_log_loss(z, y), np.logaddexp(0, z) - y * z, rtol=1e-12, atol=1e-13)


def test_log_loss_from_probabilities_equals_torch_and_sklearn() -> None:
    rng = np.random.default_rng(1)
    p, y = rng.random(200), rng.integers(0, 2, 200).astype(float)
    got = lk.log_loss_from_probabilities(p, y)
    assert got == pytest.approx(sklearn_log_loss(y, p), rel=1e-13, abs=0)
    assert got == pytest.approx(binary_cross_entropy(torch.tensor(p), torch.tensor(y)).item(), rel=1e-13, abs=0)
    assert got == pytest.approx(lk.log_loss(special.logit(p), y), rel=1e-12, abs=0)


def test_squared_error_equals_the_brier_score() -> None:
    rng = np.random.default_rng(2)
    z, y = rng.normal(size=100), rng.integers(0, 2, 100)
    assert lk.squared_error(z, y) == pytest.approx(brier_score_loss(y, sigmoid(z)), rel=1e-13, abs=0)


def test_log_likelihood_of_a_fit_equals_m_times_minus_log_loss() -> None:
    X, y, w, b = make_problem()
    z = X @ w + b
    single = [lk.bernoulli_log_likelihood(p, [label]) for p, label in zip(sigmoid(z), y, strict=True)]
    assert np.sum(single) == pytest.approx(-len(y) * lk.log_loss(z, y), rel=1e-12, abs=0)


def test_loss_gradient_and_hessian_equal_statsmodels() -> None:
    X, y, w, b = make_problem()
    model = sm.Logit(y, np.column_stack([X, np.ones(len(y))]))
    parameters, m = np.append(w, b), len(y)
    gradient = lk.log_loss_gradient(X, y, w, b)
    assert lk.objective(X, y, w, b) == pytest.approx(-model.loglike(parameters) / m, rel=1e-12, abs=0)
    assert_allclose(np.append(gradient.w, gradient.b), -model.score(parameters) / m, rtol=1e-11)
    assert_allclose(lk.log_loss_hessian(X, w, b), -model.hessian(parameters) / m, rtol=1e-11)


def test_zero_weights_cost_log_two() -> None:
    X, y, w, _ = make_problem()
    assert lk.objective(X, y, 0 * w, 0.0) == pytest.approx(math.log(2), rel=1e-15, abs=0)


# Derivatives


@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_log_loss_gradient_matches_finite_differences(l2: float) -> None:
    X, y, w, b = make_problem()
    got = lk.log_loss_gradient(X, y, w, b, l2=l2)
    expected = central_difference(lambda v: lk.objective(X, y, v[:-1], v[-1], l2=l2), np.append(w, b))
    assert relative_error(np.append(got.w, got.b), expected) < 1e-9


@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_log_loss_hessian_matches_finite_differences_of_the_gradient(l2: float) -> None:
    X, y, w, b = make_problem()

    def gradient(v: Floats) -> Floats:
        got = lk.log_loss_gradient(X, y, v[:-1], v[-1], l2=l2)
        return np.append(got.w, got.b)

    expected = central_difference(gradient, np.append(w, b))
    assert relative_error(lk.log_loss_hessian(X, w, b, l2=l2), expected) < 1e-9


@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_gradient_and_hessian_match_torch_autograd(l2: float) -> None:
    X, y, w, b = make_problem()
    features, labels = torch.tensor(X), torch.tensor(y)

    def loss(v: torch.Tensor) -> torch.Tensor:
        value = binary_cross_entropy_with_logits(features @ v[:-1] + v[-1], labels)
        return value + l2 / 2 * (v[:-1] ** 2).sum()

    point = torch.tensor(np.append(w, b), requires_grad=True)
    (slope,) = torch.autograd.grad(loss(point), point)
    curvature = torch.autograd.functional.hessian(loss, point)
    got = lk.log_loss_gradient(X, y, w, b, l2=l2)
    assert_allclose(np.append(got.w, got.b), slope.numpy(), rtol=1e-11, atol=1e-15)
    assert_allclose(lk.log_loss_hessian(X, w, b, l2=l2), curvature.numpy(), rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize(
    ("function", "gradient"),
    [(lk.log_loss, lk.log_loss_logit_gradient), (lk.squared_error, lk.squared_error_gradient)],
)
def test_gradient_in_the_logits_matches_finite_differences(function: Function, gradient: Function) -> None:
    z, y = np.array([-6.0, -1.0, 0.0, 0.5, 4.0]), np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    expected = central_difference(lambda v: function(v, y), z)
    assert relative_error(gradient(z, y), expected) < 1e-9


@pytest.mark.parametrize("epsilon", [0.0, 1e-5, 1e-2])
def test_gradient_from_probabilities_matches_finite_differences(epsilon: float) -> None:
    z, y = np.array([-6.0, -1.0, 0.0, 0.5, 4.0]), np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    expected = central_difference(lambda v: lk.log_loss_from_probabilities(sigmoid(v), y, epsilon=epsilon), z)
    assert relative_error(lk.gradient_from_probabilities(sigmoid(z), y, epsilon=epsilon), expected) < 1e-8


def test_squared_error_curvature_matches_finite_differences_of_its_gradient() -> None:
    for z in np.linspace(-6, 6, 13):
        for label in (0.0, 1.0):
            slope = central_difference(lambda v, y=label: lk.squared_error_gradient(v, [y])[0], [z])
            assert_allclose(lk.squared_error_curvature([z], [label]), slope, rtol=1e-8, atol=1e-11)


def test_l2_never_touches_the_intercept() -> None:
    X, y, w, b = make_problem()
    plain, penalised = lk.log_loss_gradient(X, y, w, b), lk.log_loss_gradient(X, y, w, b, l2=2.0)
    assert penalised.b == plain.b
    assert_allclose(penalised.w - plain.w, 2.0 * w, rtol=1e-12)
    difference = lk.log_loss_hessian(X, w, b, l2=2.0) - lk.log_loss_hessian(X, w, b)
    assert_allclose(difference, np.diag([2.0] * 4 + [0.0]), atol=1e-12)
    assert lk.objective(X, y, w, b, l2=2.0) - lk.objective(X, y, w, b) == pytest.approx(w @ w)


# Convexity


@unhurried
@given(data=st.data(), l2=st.sampled_from([0.0, 0.1]))
def test_objective_lies_below_every_chord(data: Any, l2: float) -> None:
    X, y, _, _ = make_problem(m=20)
    ends = data.draw(arrays(float, (2, 5), elements=st.floats(-50, 50)))
    t = data.draw(st.floats(0, 1))

    def value(v: Floats) -> float:
        return lk.objective(X, y, v[:-1], float(v[-1]), l2=l2)

    chord = t * value(ends[0]) + (1 - t) * value(ends[1])
    assert value(t * ends[0] + (1 - t) * ends[1]) <= chord + 1e-9 * (1 + chord)


@unhurried
@given(v=arrays(float, 5, elements=st.floats(-50, 50)), l2=st.sampled_from([0.0, 0.1]))
def test_hessian_is_symmetric_without_negative_eigenvalues(v: Floats, l2: float) -> None:
    X, _, _, _ = make_problem(m=20)
    hessian = lk.log_loss_hessian(X, v[:-1], float(v[-1]), l2=l2)
    assert_array_equal(hessian, hessian.T)
    eigenvalues = np.linalg.eigvalsh(hessian)
    assert eigenvalues[0] >= -1e-14 * max(eigenvalues[-1], 1e-300)


def test_hessian_of_redundant_columns_is_singular_until_penalised() -> None:
    X, y, w, b = make_problem(d=2)
    doubled = np.column_stack([X, X[:, 0] + X[:, 1]])
    weights = np.append(w, 0.1)
    flat = np.array([1.0, 1.0, -1.0, 0.0])
    assert_allclose(lk.log_loss_hessian(doubled, weights, b) @ flat, 0, atol=1e-14)
    assert np.linalg.eigvalsh(lk.log_loss_hessian(doubled, weights, b, l2=0.01))[0] > 1e-4
    assert lk.objective(doubled, y, weights + flat[:3], b) == pytest.approx(lk.objective(doubled, y, weights, b))


@unhurried
@given(z=MODERATE)
def test_squared_error_is_concave_exactly_where_the_label_has_probability_below_a_third(z: float) -> None:
    curvature = lk.squared_error_curvature([z, -z], [1, 0])
    assert curvature[0] == curvature[1]
    assert (curvature[0] < 0) == (sigmoid(z) < 1 / 3) or abs(sigmoid(z) - 1 / 3) < 1e-15


def test_squared_error_hardly_teaches_a_row_that_is_wrong_and_sure() -> None:
    p = 1 / (1 + math.exp(10))
    assert_allclose(lk.squared_error_gradient([-10.0], [1]), [2 * (p - 1) * p * (1 - p)], rtol=1e-12)
    assert_allclose(lk.log_loss_logit_gradient([-10.0], [1]), [p - 1], rtol=1e-15)


# Extremes


@pytest.mark.parametrize("size", [1000.0, HUGE])
def test_extreme_logits_give_exact_losses_without_warnings(size: float) -> None:
    z, y = np.array([size, size, -size, -size]), np.array([1, 0, 1, 0])
    assert_array_equal(lk.pointwise_log_loss(z, y), [0, size, size, 0])
    assert not np.signbit(lk.pointwise_log_loss(z, y)).any()
    assert lk.log_loss(z, y) == size / 2
    assert lk.log_loss([-size, -size], [1, 1]) == size
    assert_array_equal(lk.log_loss_logit_gradient(z, y), [0, 0.25, -0.25, 0])
    assert lk.squared_error(z, y) == 0.5
    assert_array_equal(lk.squared_error_gradient(z, y), 0)
    assert_array_equal(lk.squared_error_curvature(z, y), 0)


@unhurried
@given(data=pairs(FINITE))
def test_every_finite_logit_gives_finite_results(data: Any) -> None:
    z, y = data
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = [
            lk.pointwise_log_loss(z, y), lk.log_loss(z, y), lk.log_loss_logit_gradient(z, y),
            lk.squared_error(z, y), lk.squared_error_gradient(z, y), lk.squared_error_curvature(z, y),
        ]  # fmt: skip
    assert all(np.isfinite(result).all() for result in results)
    assert (results[0] >= 0).all()


def test_small_losses_keep_their_digits() -> None:
    assert_allclose(lk.pointwise_log_loss([50.0, -700.0], [1, 0]), np.exp([-50.0, -700.0]), rtol=1e-12)
    assert_allclose(lk.log_loss_logit_gradient([50.0], [1]), -np.exp([-50.0]), rtol=1e-12)
    assert lk.log_loss_from_probabilities([1e-20], [0]) == pytest.approx(1e-20, rel=1e-12, abs=0)


def test_features_and_weights_of_extreme_size_give_finite_results() -> None:
    X, y = np.array([[1e300], [-1e300], [1e300]]), [1, 0, 0]
    assert lk.objective(X, y, [1e-300], 0.0) == pytest.approx((2 * math.log1p(math.exp(-1)) + math.log1p(math.e)) / 3)
    assert np.isfinite(lk.log_loss_gradient(X, y, [1e-300], 0.0).w).all()
    assert lk.objective(1 / X, y, [1e200], 0.0, l2=0.0) == pytest.approx(math.log(2))
    assert lk.objective(1 / X, y, [1e200], 0.0, l2=1e-300) == pytest.approx(5e99)
    assert_allclose(lk.log_loss_hessian([[1e-300], [1e150]], [0.0], 0.0)[0, 0], 1e300 / 8, rtol=1e-12)


def test_overflowing_logits_and_hessians_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"X @ w \+ b must be finite"):
        lk.objective([[1e300]], [1], [1e300], 0.0)
    with pytest.raises(ValueError, match="overflow"):
        lk.log_loss_gradient([[1e300, 1e300]], [1], [1e300, -1e300], 0.0)
    with pytest.raises(ValueError, match="Hessian overflows"):
        lk.log_loss_hessian([[1e300]], [0.0], 0.0)
    with pytest.raises(ValueError, match="Hessian overflows"):  # infinities of both signs in one sum
        lk.log_loss_hessian(np.repeat([[1e300, 1e300], [1e300, -1e300]], 1000, axis=0), [0.0, 0.0], 0.0)


# The epsilon


def test_epsilon_caps_the_loss_and_kills_the_gradient() -> None:
    p = float(sigmoid(20.0))
    assert lk.log_loss([20.0], [0]) == pytest.approx(20.0, abs=1e-8)
    capped = lk.log_loss_from_probabilities([p], [0], epsilon=1e-5)
    assert capped == pytest.approx(-math.log(math.exp(-20) + 1e-5), rel=1e-6, abs=0)
    assert_allclose(lk.gradient_from_probabilities([p], [0]), [1.0], rtol=1e-8)
    assert_allclose(lk.gradient_from_probabilities([p], [0], epsilon=1e-5), [math.exp(-20) / 1e-5], rtol=1e-3)


def test_epsilon_keeps_impossible_labels_finite_and_makes_perfect_ones_negative() -> None:
    assert lk.log_loss_from_probabilities([0.0, 0.5], [1, 0]) == np.inf
    assert lk.log_loss_from_probabilities([0.0], [1], epsilon=1e-5) == pytest.approx(-math.log(1e-5))
    assert lk.log_loss_from_probabilities([0.0, 1.0], [1, 0], epsilon=1e-20) == pytest.approx(-math.log(1e-20))
    assert lk.log_loss_from_probabilities([1.0], [1], epsilon=1e-5) == pytest.approx(-1e-5, rel=1e-4, abs=0)
    assert_array_equal(lk.gradient_from_probabilities([0.0, 1.0], [1, 0], epsilon=1e-5), [0, 0])


@unhurried
@given(data=pairs(st.floats(0, 1)))
def test_gradient_from_probabilities_without_epsilon_is_the_residual(data: Any) -> None:
    p, y = data
    assert_allclose(lk.gradient_from_probabilities(p, y), (p - y) / len(p), rtol=1e-14, atol=0)


@unhurried
@given(data=pairs(st.floats(0, 1)), epsilon=st.floats(1e-12, 0.1))
def test_epsilon_shrinks_every_slope_and_lowers_every_loss(data: Any, epsilon: float) -> None:
    p, y = data
    with_epsilon = np.abs(lk.gradient_from_probabilities(p, y, epsilon=epsilon))
    assert (with_epsilon <= np.abs(lk.gradient_from_probabilities(p, y))).all()
    assert lk.log_loss_from_probabilities(p, y, epsilon=epsilon) <= lk.log_loss_from_probabilities(p, y)


# Bad input

VECTOR_FUNCTIONS = [
    lk.pointwise_log_loss, lk.log_loss, lk.log_loss_logit_gradient, lk.squared_error, lk.squared_error_gradient,
    lk.squared_error_curvature, lk.log_loss_from_probabilities, lk.gradient_from_probabilities,
]  # fmt: skip


@pytest.mark.parametrize("function", VECTOR_FUNCTIONS)
@pytest.mark.parametrize(
    ("scores", "y", "words"),
    [
        ([[0.5], [0.5]], [0, 1], r"shape \(2, 1\).*ravel"),
        ([0.5, 0.5], [[0], [1]], r"y must be one-dimensional, got shape \(2, 1\)"),
        ([0.5, 0.5], [1], "same number of rows, got 2 and 1"),
        ([], [], "must not be empty"),
        ([np.nan], [1], "must be finite"),
        ([np.inf], [1], "must be finite"),
        ([0.5], [2], "only the labels 0 and 1"),
        ([0.5], [-1], "only the labels 0 and 1"),
        ([0.5], [np.nan], "y must be finite"),
    ],
)
def test_bad_rows_are_refused_in_words(function: Function, scores: ArrayLike, y: ArrayLike, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        function(scores, y)


@pytest.mark.parametrize("function", [lk.objective, lk.log_loss_gradient])
@pytest.mark.parametrize(
    ("model", "words"),
    [
        (([1.0, 2.0], [0, 1], [1.0], 0.0), r"X must have shape .*reshape"),
        (([[1.0], [2.0]], [[0], [1]], [1.0], 0.0), "y must be one-dimensional"),
        (([[1.0], [2.0]], [0, 1], [[1.0]], 0.0), "w must be one-dimensional"),
        (([[1.0], [2.0]], [0, 1, 1], [1.0], 0.0), "same number of rows, got 2 and 3"),
        (([[1.0], [2.0]], [0, 1], [1.0, 2.0], 0.0), "one weight per column"),
        (([[1.0], [2.0]], [0, 1], [1.0], -1.0), "l2 must not be negative"),
        (([[1.0], [np.inf]], [0, 1], [1.0], 0.0), "X must be finite"),
        (([[1.0], [2.0]], [0, 0.5], [1.0], 0.0), "only the labels 0 and 1"),
    ],
)
def test_bad_models_are_refused_in_words(function: Function, model: tuple[Any, ...], words: str) -> None:
    X, y, w, l2 = model
    with pytest.raises(ValueError, match=words):
        function(X, y, w, 0.0, l2=l2)


def test_bad_hessian_arguments_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="one weight per column"):
        lk.log_loss_hessian([[1.0]], [1.0, 2.0], 0.0)
    with pytest.raises(ValueError, match="l2 must not be negative"):
        lk.log_loss_hessian([[1.0]], [1.0], 0.0, l2=-0.1)
    with pytest.raises(ValueError, match="b must be one number"):
        lk.log_loss_hessian([[1.0]], [1.0], [0.0])


@pytest.mark.parametrize("function", [lk.bernoulli_likelihood, lk.bernoulli_log_likelihood])
def test_bad_coins_are_refused_in_words(function: Function) -> None:
    with pytest.raises(ValueError, match=r"theta must lie between 0 and 1, got 1\.5"):
        function(1.5, [0, 1])
    with pytest.raises(ValueError, match=r"one data set.*at least 2 tosses each, got shape \(3, 1\).*ravel"):
        function(0.5, [[0], [1], [1]])
    with pytest.raises(ValueError, match="only the labels 0 and 1"):
        function(0.5, [0, 2])
    with pytest.raises(ValueError, match=r"got shape \(\)"):
        function(0.5, 1)


@pytest.mark.parametrize("heads", [-1, 11, 2.5])
def test_impossible_numbers_of_heads_are_refused_in_words(heads: float) -> None:
    with pytest.raises(ValueError, match="heads must be whole numbers from 0 to n_tosses = 10"):
        lk.binomial_likelihood(0.5, heads, n_tosses=10)


def test_probabilities_and_epsilon_out_of_range_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="Pass probabilities, not logits"):
        lk.log_loss_from_probabilities([2.0], [1])
    with pytest.raises(ValueError, match="epsilon must not be negative"):
        lk.gradient_from_probabilities([0.5], [1], epsilon=-1e-5)
    with pytest.raises(ValueError, match="n_tosses must be between 2 and 16, got 17"):
        lk.all_sequences(17)


def test_text_is_refused_as_a_type() -> None:
    with pytest.raises(TypeError, match="real numbers"):
        lk.log_loss(["a"], [1])


def test_arguments_stay_unchanged() -> None:
    X, y, w, b = make_problem()
    copies = [array.copy() for array in (X, y, w)]
    lk.objective(X, y, w, b, l2=1.0)
    lk.log_loss_gradient(X, y, w, b, l2=1.0)
    lk.log_loss_hessian(X, w, b, l2=1.0)
    for before, after in zip(copies, (X, y, w), strict=True):
        assert_array_equal(before, after)


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


def test_a_penalty_beyond_float64_is_inf_and_its_gradient_raises() -> None:
    assert lk.objective([[0.0]], [1], [1e300], 0.0, l2=1e308) == math.inf
    with pytest.raises(ValueError, match="the gradient overflows float64"):
        lk.log_loss_gradient([[0.0]], [1], [1e300], 0.0, l2=1e308)


def test_gradient_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        lk.log_loss_gradient([[0.0], [2.0]], [0, 1], [0.0], 0.0).w[0] = 1.0
