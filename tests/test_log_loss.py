"""Log loss, its gradient and its Hessian against PyTorch, statsmodels, finite differences and exact numbers."""

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

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
from scipy import special
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as sklearn_log_loss
from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

from logreg_docs import likelihood as lk
from logreg_docs import log_loss as ll
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
    slope: Floats = (8 * near - far) / (12 * step)
    return slope


def relative_error(got: Floats, expected: Floats) -> float:
    return float(np.linalg.norm(np.asarray(got) - expected) / np.linalg.norm(expected))


@unhurried
@given(data=pairs(MODERATE))
def test_log_loss_equals_torch_from_logits(data: Any) -> None:
    z, y = data
    # PyTorch adds e^-28 to 1 before its logarithm and is off by about 1e-15 where we are not
    expected = binary_cross_entropy_with_logits(torch.tensor(z), torch.tensor(y)).item()
    assert ll.log_loss(z, y) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@unhurried
@given(data=pairs(MODERATE))
def test_pointwise_log_loss_equals_its_textbook_form(data: Any) -> None:
    z, y = data
    assert_allclose(ll.pointwise_log_loss(z, y), np.logaddexp(0, z) - y * z, rtol=1e-12, atol=1e-13)


def test_log_loss_from_probabilities_equals_torch_and_sklearn() -> None:
    rng = np.random.default_rng(1)
    p, y = rng.random(200), rng.integers(0, 2, 200).astype(float)
    got = ll.log_loss_from_probabilities(p, y)
    assert got == pytest.approx(sklearn_log_loss(y, p), rel=1e-13, abs=0)
    assert got == pytest.approx(binary_cross_entropy(torch.tensor(p), torch.tensor(y)).item(), rel=1e-13, abs=0)
    assert got == pytest.approx(ll.log_loss(special.logit(p), y), rel=1e-12, abs=0)


def test_squared_error_equals_the_brier_score() -> None:
    rng = np.random.default_rng(2)
    z, y = rng.normal(size=100), rng.integers(0, 2, 100)
    assert ll.squared_error(z, y) == pytest.approx(brier_score_loss(y, sigmoid(z)), rel=1e-13, abs=0)


def test_log_likelihood_of_a_fit_equals_m_times_minus_log_loss() -> None:
    X, y, w, b = make_problem()
    z = X @ w + b
    single = [lk.bernoulli_log_likelihood(p, [label]) for p, label in zip(sigmoid(z), y, strict=True)]
    assert np.sum(single) == pytest.approx(-len(y) * ll.log_loss(z, y), rel=1e-12, abs=0)


def test_loss_gradient_and_hessian_equal_statsmodels() -> None:
    X, y, w, b = make_problem()
    model = sm.Logit(y, np.column_stack([X, np.ones(len(y))]))
    parameters, m = np.append(w, b), len(y)
    gradient = ll.log_loss_gradient(X, y, w, b)
    assert ll.objective(X, y, w, b) == pytest.approx(-model.loglike(parameters) / m, rel=1e-12, abs=0)
    assert_allclose(np.append(gradient.w, gradient.b), -model.score(parameters) / m, rtol=1e-11)
    assert_allclose(ll.log_loss_hessian(X, w, b), -model.hessian(parameters) / m, rtol=1e-11)


@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_log_loss_gradient_matches_finite_differences(l2: float) -> None:
    X, y, w, b = make_problem()
    got = ll.log_loss_gradient(X, y, w, b, l2=l2)
    expected = central_difference(lambda v: ll.objective(X, y, v[:-1], v[-1], l2=l2), np.append(w, b))
    assert relative_error(np.append(got.w, got.b), expected) < 1e-9


@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_log_loss_hessian_matches_finite_differences_of_the_gradient(l2: float) -> None:
    X, y, w, b = make_problem()

    def gradient(v: Floats) -> Floats:
        got = ll.log_loss_gradient(X, y, v[:-1], v[-1], l2=l2)
        return np.append(got.w, got.b)

    expected = central_difference(gradient, np.append(w, b))
    assert relative_error(ll.log_loss_hessian(X, w, b, l2=l2), expected) < 1e-9


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
    got = ll.log_loss_gradient(X, y, w, b, l2=l2)
    assert_allclose(np.append(got.w, got.b), slope.numpy(), rtol=1e-11, atol=1e-15)
    assert_allclose(ll.log_loss_hessian(X, w, b, l2=l2), curvature.numpy(), rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize(
    ("function", "gradient"),
    [(ll.log_loss, ll.log_loss_logit_gradient), (ll.squared_error, ll.squared_error_gradient)],
)
def test_gradient_in_the_logits_matches_finite_differences(function: Function, gradient: Function) -> None:
    z, y = np.array([-6.0, -1.0, 0.0, 0.5, 4.0]), np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    expected = central_difference(lambda v: function(v, y), z)
    assert relative_error(gradient(z, y), expected) < 1e-9


@pytest.mark.parametrize("epsilon", [0.0, 1e-5, 1e-2])
def test_gradient_from_probabilities_matches_finite_differences(epsilon: float) -> None:
    z, y = np.array([-6.0, -1.0, 0.0, 0.5, 4.0]), np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    expected = central_difference(lambda v: ll.log_loss_from_probabilities(sigmoid(v), y, epsilon=epsilon), z)
    assert relative_error(ll.gradient_from_probabilities(sigmoid(z), y, epsilon=epsilon), expected) < 1e-8


def test_squared_error_curvature_matches_finite_differences_of_its_gradient() -> None:
    for z in np.linspace(-6, 6, 13):
        for label in (0.0, 1.0):
            slope = central_difference(lambda v, y=label: ll.squared_error_gradient(v, [y])[0], np.array([z]))
            assert_allclose(ll.squared_error_curvature([z], [label]), slope, rtol=1e-8, atol=1e-11)


def test_l2_never_touches_the_intercept() -> None:
    X, y, w, b = make_problem()
    plain, penalised = ll.log_loss_gradient(X, y, w, b), ll.log_loss_gradient(X, y, w, b, l2=2.0)
    assert penalised.b == plain.b
    assert_allclose(penalised.w - plain.w, 2.0 * w, rtol=1e-12)
    difference = ll.log_loss_hessian(X, w, b, l2=2.0) - ll.log_loss_hessian(X, w, b)
    assert_allclose(difference, np.diag([2.0] * 4 + [0.0]), atol=1e-12)
    assert ll.objective(X, y, w, b, l2=2.0) - ll.objective(X, y, w, b) == pytest.approx(w @ w)


@unhurried
@given(data=st.data(), l2=st.sampled_from([0.0, 0.1]))
def test_objective_lies_below_every_chord(data: Any, l2: float) -> None:
    X, y, _, _ = make_problem(m=20)
    ends = data.draw(arrays(float, (2, 5), elements=st.floats(-50, 50)))
    t = data.draw(st.floats(0, 1))

    def value(v: Floats) -> float:
        return ll.objective(X, y, v[:-1], float(v[-1]), l2=l2)

    chord = t * value(ends[0]) + (1 - t) * value(ends[1])
    assert value(t * ends[0] + (1 - t) * ends[1]) <= chord + 1e-9 * (1 + chord)


@unhurried
@given(v=arrays(float, 5, elements=st.floats(-50, 50)), l2=st.sampled_from([0.0, 0.1]))
def test_hessian_is_symmetric_without_negative_eigenvalues(v: Floats, l2: float) -> None:
    X, _, _, _ = make_problem(m=20)
    hessian = ll.log_loss_hessian(X, v[:-1], float(v[-1]), l2=l2)
    assert_array_equal(hessian, hessian.T)
    eigenvalues = np.linalg.eigvalsh(hessian)
    assert eigenvalues[0] >= -1e-14 * max(eigenvalues[-1], 1e-300)


def test_hessian_of_redundant_columns_is_singular_until_penalised() -> None:
    X, y, w, b = make_problem(d=2)
    doubled = np.column_stack([X, X[:, 0] + X[:, 1]])
    weights = np.append(w, 0.1)
    flat = np.array([1.0, 1.0, -1.0, 0.0])
    assert_allclose(ll.log_loss_hessian(doubled, weights, b) @ flat, 0, atol=1e-14)
    assert np.linalg.eigvalsh(ll.log_loss_hessian(doubled, weights, b, l2=0.01))[0] > 1e-4
    assert ll.objective(doubled, y, weights + flat[:3], b) == pytest.approx(ll.objective(doubled, y, weights, b))


@unhurried
@given(z=MODERATE)
def test_squared_error_is_concave_exactly_where_the_label_has_probability_below_a_third(z: float) -> None:
    curvature = ll.squared_error_curvature([z, -z], [1, 0])
    assert curvature[0] == curvature[1]
    assert (curvature[0] < 0) == (sigmoid(z) < 1 / 3) or abs(sigmoid(z) - 1 / 3) < 1e-15


def test_squared_error_hardly_teaches_a_row_that_is_wrong_and_sure() -> None:
    p = 1 / (1 + math.exp(10))
    assert_allclose(ll.squared_error_gradient([-10.0], [1]), [2 * (p - 1) * p * (1 - p)], rtol=1e-12)
    assert_allclose(ll.log_loss_logit_gradient([-10.0], [1]), [p - 1], rtol=1e-15)


@pytest.mark.parametrize("size", [1000.0, HUGE])
def test_extreme_logits_give_exact_losses_without_warnings(size: float) -> None:
    z, y = np.array([size, size, -size, -size]), np.array([1, 0, 1, 0])
    assert_array_equal(ll.pointwise_log_loss(z, y), [0, size, size, 0])
    assert not np.signbit(ll.pointwise_log_loss(z, y)).any()
    assert ll.log_loss(z, y) == size / 2
    assert ll.log_loss([-size, -size], [1, 1]) == size
    assert_array_equal(ll.log_loss_logit_gradient(z, y), [0, 0.25, -0.25, 0])
    assert ll.squared_error(z, y) == 0.5
    assert_array_equal(ll.squared_error_gradient(z, y), 0)
    assert_array_equal(ll.squared_error_curvature(z, y), 0)


@unhurried
@given(data=pairs(FINITE))
def test_every_finite_logit_gives_finite_results(data: Any) -> None:
    z, y = data
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        losses = ll.pointwise_log_loss(z, y)
        results: list[ArrayLike] = [
            losses, ll.log_loss(z, y), ll.log_loss_logit_gradient(z, y),
            ll.squared_error(z, y), ll.squared_error_gradient(z, y), ll.squared_error_curvature(z, y),
        ]  # fmt: skip
    assert all(np.isfinite(result).all() for result in results)
    assert (losses >= 0).all()


def test_small_losses_keep_their_digits() -> None:
    assert_allclose(ll.pointwise_log_loss([50.0, -700.0], [1, 0]), np.exp([-50.0, -700.0]), rtol=1e-12)
    assert_allclose(ll.log_loss_logit_gradient([50.0], [1]), -np.exp([-50.0]), rtol=1e-12)
    assert ll.log_loss_from_probabilities([1e-20], [0]) == pytest.approx(1e-20, rel=1e-12, abs=0)


def test_features_and_weights_of_extreme_size_give_finite_results() -> None:
    X, y = np.array([[1e300], [-1e300], [1e300]]), [1, 0, 0]
    assert ll.objective(X, y, [1e-300], 0.0) == pytest.approx((2 * math.log1p(math.exp(-1)) + math.log1p(math.e)) / 3)
    assert np.isfinite(ll.log_loss_gradient(X, y, [1e-300], 0.0).w).all()
    assert ll.objective(1 / X, y, [1e200], 0.0, l2=0.0) == pytest.approx(math.log(2))
    assert ll.objective(1 / X, y, [1e200], 0.0, l2=1e-300) == pytest.approx(5e99)
    assert_allclose(ll.log_loss_hessian([[1e-300], [1e150]], [0.0], 0.0)[0, 0], 1e300 / 8, rtol=1e-12)


def test_overflowing_logits_and_hessians_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"X @ w \+ b must be finite"):
        ll.objective([[1e300]], [1], [1e300], 0.0)
    with pytest.raises(ValueError, match="overflow"):
        ll.log_loss_gradient([[1e300, 1e300]], [1], [1e300, -1e300], 0.0)
    with pytest.raises(ValueError, match="Hessian overflows"):
        ll.log_loss_hessian([[1e300]], [0.0], 0.0)
    with pytest.raises(ValueError, match="Hessian overflows"):  # infinities of both signs in one sum
        ll.log_loss_hessian(np.repeat([[1e300, 1e300], [1e300, -1e300]], 1000, axis=0), [0.0, 0.0], 0.0)


def test_epsilon_caps_the_loss_and_kills_the_gradient() -> None:
    p = float(sigmoid(20.0))
    assert ll.log_loss([20.0], [0]) == pytest.approx(20.0, abs=1e-8)
    capped = ll.log_loss_from_probabilities([p], [0], epsilon=1e-5)
    assert capped == pytest.approx(-math.log(math.exp(-20) + 1e-5), rel=1e-6, abs=0)
    assert_allclose(ll.gradient_from_probabilities([p], [0]), [1.0], rtol=1e-8)
    assert_allclose(ll.gradient_from_probabilities([p], [0], epsilon=1e-5), [math.exp(-20) / 1e-5], rtol=1e-3)


def test_epsilon_keeps_impossible_labels_finite_and_makes_perfect_ones_negative() -> None:
    assert ll.log_loss_from_probabilities([0.0, 0.5], [1, 0]) == np.inf
    assert ll.log_loss_from_probabilities([0.0], [1], epsilon=1e-5) == pytest.approx(-math.log(1e-5))
    assert ll.log_loss_from_probabilities([0.0, 1.0], [1, 0], epsilon=1e-20) == pytest.approx(-math.log(1e-20))
    assert ll.log_loss_from_probabilities([1.0], [1], epsilon=1e-5) == pytest.approx(-1e-5, rel=1e-4, abs=0)
    assert_array_equal(ll.gradient_from_probabilities([0.0, 1.0], [1, 0], epsilon=1e-5), [0, 0])


@unhurried
@given(data=pairs(st.floats(0, 1)))
def test_gradient_from_probabilities_without_epsilon_is_the_residual(data: Any) -> None:
    p, y = data
    assert_allclose(ll.gradient_from_probabilities(p, y), (p - y) / len(p), rtol=1e-14, atol=0)


@unhurried
@given(data=pairs(st.floats(0, 1)), epsilon=st.floats(1e-12, 0.1))
def test_epsilon_shrinks_every_slope_and_lowers_every_loss(data: Any, epsilon: float) -> None:
    p, y = data
    with_epsilon = np.abs(ll.gradient_from_probabilities(p, y, epsilon=epsilon))
    assert (with_epsilon <= np.abs(ll.gradient_from_probabilities(p, y))).all()
    assert ll.log_loss_from_probabilities(p, y, epsilon=epsilon) <= ll.log_loss_from_probabilities(p, y)


def test_a_penalty_beyond_float64_is_inf_and_its_gradient_raises() -> None:
    assert ll.objective([[0.0]], [1], [1e300], 0.0, l2=1e308) == math.inf
    with pytest.raises(ValueError, match="the gradient overflows float64"):
        ll.log_loss_gradient([[0.0]], [1], [1e300], 0.0, l2=1e308)


def test_gradient_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        ll.log_loss_gradient([[0.0], [2.0]], [0, 1], [0.0], 0.0).w[0] = 1.0
