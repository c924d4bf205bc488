"""Softmax regression against autograd, finite differences, SciPy and scikit-learn."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression

from logreg_docs import softmax as softmax_module
from logreg_docs.datasets import make_students
from logreg_docs.finite_differences import finite_difference_gradient
from logreg_docs.log_loss import log_loss, log_loss_gradient, log_loss_hessian, log_loss_logit_gradient
from logreg_docs.newton import fit_newton
from logreg_docs.sigmoid import log_sigmoid, sigmoid
from logreg_docs.softmax import (
    fit_softmax,
    log_softmax,
    multiclass_log_loss,
    multiclass_logit_gradient,
    one_hot,
    softmax,
    softmax_logits,
)

logit_rows = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(2, 5)), elements=st.floats(-1000, 1000))


@given(logit_rows)
def test_softmax_and_its_logarithm_equal_those_of_scipy_and_torch(z: np.ndarray) -> None:
    np.testing.assert_allclose(softmax(z), scipy.special.softmax(z, axis=-1), rtol=1e-14, atol=1e-300)
    np.testing.assert_allclose(log_softmax(z), scipy.special.log_softmax(z, axis=-1), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(softmax(z), torch.softmax(torch.tensor(z), -1).numpy(), rtol=1e-13, atol=1e-300)
    np.testing.assert_allclose(log_softmax(z), torch.log_softmax(torch.tensor(z), -1).numpy(), rtol=1e-13, atol=1e-15)


@given(logit_rows)
def test_softmax_rows_sum_to_one_and_ignore_a_constant(z: np.ndarray) -> None:
    np.testing.assert_allclose(softmax(z).sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_allclose(softmax(z + 5.0), softmax(z), rtol=1e-11, atol=1e-300)


@given(arrays(np.float64, 4, elements=st.floats(-1000, 1000)))
def test_softmax_with_two_classes_is_the_sigmoid_of_the_difference(z: np.ndarray) -> None:
    pair = np.column_stack([np.zeros_like(z), z])
    np.testing.assert_allclose(softmax(pair)[:, 1], sigmoid(z), rtol=1e-14)
    np.testing.assert_allclose(log_softmax(pair)[:, 1], log_sigmoid(z), rtol=1e-14)
    y = np.array([0.0, 1.0, 1.0, 0.0])
    assert multiclass_log_loss(pair, y) == pytest.approx(log_loss(z, y), rel=1e-14, abs=0)
    np.testing.assert_allclose(multiclass_logit_gradient(pair, y)[:, 1], log_loss_logit_gradient(z, y), rtol=1e-14)


def test_extreme_logits_keep_their_loss_and_slope() -> None:
    z = np.array([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 0.0]])
    assert str(multiclass_log_loss(z, [0, 1])) == "0.0"  # and not -0.0
    assert multiclass_log_loss(z, [1, 0]) == 2000.0
    np.testing.assert_array_equal(multiclass_logit_gradient(z, [1, 0]), [[0.5, -0.5, 0.0], [-0.5, 0.5, 0.0]])
    assert log_softmax([0.0, -40.0])[0] == pytest.approx(-math.exp(-40), rel=1e-14, abs=0)
    assert log_softmax([1.7e308, -1.7e308]).tolist() == [0.0, -math.inf]
    assert softmax([1.7e308, -1.7e308]).tolist() == [1.0, 0.0]


def test_cross_entropy_and_its_slope_equal_those_of_torch() -> None:
    rng = np.random.default_rng(1)
    z, y = rng.normal(size=(6, 3)), np.array([0, 2, 1, 1, 0, 2])
    tensor = torch.tensor(z, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(tensor, torch.tensor(y))
    loss.backward()
    assert multiclass_log_loss(z, y) == pytest.approx(loss.item(), abs=1e-15)
    np.testing.assert_allclose(multiclass_logit_gradient(z, y), np.asarray(tensor.grad), atol=1e-16)


def test_cross_entropy_slope_matches_finite_differences_and_the_one_hot_formula() -> None:
    rng = np.random.default_rng(2)
    z, y = rng.normal(size=(4, 3)), np.array([0, 2, 1, 1])
    numeric = finite_difference_gradient(lambda v: multiclass_log_loss(v.reshape(z.shape), y), z.ravel())
    slope = multiclass_logit_gradient(z, y)
    np.testing.assert_allclose(slope.ravel(), numeric, atol=1e-10)
    np.testing.assert_allclose(slope, (softmax(z) - one_hot(y, 3)) / 4, atol=1e-16)
    np.testing.assert_allclose(slope.sum(axis=1), 0, atol=1e-16)


def test_one_hot_takes_memory_for_its_rows_alone() -> None:
    tracemalloc.start()
    rows = one_hot([1, 0], 3000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.argmax(rows, axis=1).tolist() == [1, 0]
    assert rows.sum() == 2
    assert peak < 10 * rows.nbytes


@pytest.mark.parametrize("l2", [0.001, 0.01, 1.0])
def test_softmax_regression_equals_scikit_learn_on_iris(l2: float) -> None:
    X, y = load_iris(return_X_y=True)
    fit = fit_softmax(X, y, l2=l2)
    model = LogisticRegression(C=1 / (len(y) * l2), solver="newton-cg", tol=1e-12, max_iter=10_000).fit(X, y)
    assert fit.converged
    assert fit.log_loss[-1] == pytest.approx(multiclass_log_loss(softmax_logits(X, fit.W, fit.b), y), rel=1e-12, abs=0)
    assert fit.objective[-1] == pytest.approx(fit.log_loss[-1] + l2 / 2 * (fit.W**2).sum(), rel=1e-12, abs=0)
    np.testing.assert_allclose(fit.W, model.coef_, rtol=0, atol=1e-6)
    np.testing.assert_allclose(fit.b, model.intercept_, rtol=0, atol=1e-6)
    np.testing.assert_allclose(softmax(softmax_logits(X, fit.W, fit.b)), model.predict_proba(X), atol=1e-8)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_softmax_regression_of_two_classes_is_logistic_regression_in_any_unit(unit: float) -> None:
    students = make_students()
    X = unit * students.hours.reshape(-1, 1)
    two, one = fit_softmax(X, students.passed), fit_newton(X, students.passed)
    assert two.W[1, 0] - two.W[0, 0] == pytest.approx(one.w[0], rel=1e-8, abs=0)
    assert two.b[1] - two.b[0] == pytest.approx(one.b, rel=1e-8, abs=0)
    assert two.log_loss[-1] == pytest.approx(one.log_loss[-1], abs=1e-12)


def test_a_step_that_would_overshoot_is_halved_until_the_loss_does_not_rise() -> None:
    rng = np.random.default_rng(307)
    X, y = rng.lognormal(sigma=3, size=(40, 3)), (rng.random(40) < 0.1).astype(float)
    fit = fit_softmax(X, y)
    assert fit.converged
    assert (np.diff(fit.objective) <= 1e-14).all()
    assert fit.log_loss[-1] == pytest.approx(fit_newton(X, y).log_loss[-1], rel=1e-10, abs=0)


@pytest.mark.parametrize(("tolerance", "steps"), [(1.01, 1), (0.99, 2)])
def test_the_walk_ends_where_half_the_newton_decrement_falls_to_the_tolerance(tolerance: float, steps: int) -> None:
    students = make_students()
    X, y = students.hours.reshape(-1, 1), students.passed
    slope = np.append(*log_loss_gradient(X, y, [0.0], 0.0))
    fall = float(slope @ np.linalg.solve(log_loss_hessian(X, [0.0], 0.0), slope)) / 2
    assert fit_softmax(X, y, tolerance=tolerance * fall).n_steps == steps


def test_zero_tolerance_reaches_the_optimum_of_a_tiny_objective() -> None:
    X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0.0, 0.0, 1.0, 1.0])
    fit, two = fit_softmax(X, y, l2=1e-9, tolerance=0.0), fit_newton(X, y, l2=5e-10, tolerance=0.0)
    assert fit.objective[-1] == pytest.approx(two.objective[-1], rel=1e-12, abs=0)
    assert fit.objective[-1] < 1e-6
    assert fit.W[1] - fit.W[0] == pytest.approx(two.w, rel=1e-6, abs=0)


def test_a_step_that_no_halving_makes_descend_ends_the_walk_unconverged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(softmax_module, "_solve", lambda _hessian, gradient: 1e25 * gradient)
    students = make_students()
    fit = fit_softmax(students.hours.reshape(-1, 1), students.passed)
    assert fit.converged is False
    assert fit.n_steps == 0


def test_a_walk_that_only_a_generous_tolerance_calls_at_rest_needs_a_step_that_descends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(softmax_module, "_solve", lambda _hessian, gradient: 1e25 * gradient)
    students = make_students()
    assert not fit_softmax(students.hours.reshape(-1, 1), students.passed, tolerance=1e60).converged


def test_a_hundred_steps_are_taken_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(softmax_module, "_solve", lambda _hessian, gradient: 1e-3 * gradient)
    students = make_students()
    fit = fit_softmax(students.hours.reshape(-1, 1), students.passed)
    assert (fit.n_steps, fit.converged) == (100, False)


def test_a_start_without_a_slope_is_the_optimum() -> None:
    fit = fit_softmax([[0.0], [1.0], [0.0], [1.0]], [0, 0, 1, 1])
    assert (fit.n_steps, fit.converged) == (1, True)
    np.testing.assert_array_equal(fit.W, 0)


def test_separation_is_asked_for_without_a_penalty_alone() -> None:
    data = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    assert fit_softmax(*data).separated is False
    assert fit_softmax(*data, l2=1.0).separated is None


def test_a_step_uphill_is_no_sign_of_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(softmax_module, "_solve", lambda _hessian, gradient: -1e-9 * gradient)
    students = make_students()
    assert not fit_softmax(students.hours.reshape(-1, 1), students.passed, max_steps=3).converged


X_8 = np.arange(8.0)
E_8 = np.array([1.0, -1.0, -1.0, 1.0, 1.0, 1.0, -1.0, -1.0])
Y_8 = np.array([0, 0, 1, 0, 1, 1, 0, 1])


@pytest.mark.parametrize("distance", [2.0**-10, 2.0**-20, 2.0**-27, 2.0**-33, 2.0**-45])
def test_nearly_equal_columns_find_the_optimum_of_the_columns_that_span_the_same(distance: float) -> None:
    apart, near = fit_softmax(np.c_[X_8, E_8], Y_8), fit_softmax(np.c_[X_8, X_8 + distance * E_8], Y_8)
    assert near.converged
    lost = 1e-10 + 5e-15 / distance  # rounding takes as many digits from the difference
    assert near.log_loss[-1] == pytest.approx(apart.log_loss[-1], rel=1e-2 * lost, abs=0)
    np.testing.assert_allclose(near.W.sum(axis=1), apart.W[:, 0], rtol=lost)
    np.testing.assert_allclose(near.W[:, 1] * distance, apart.W[:, 1], rtol=lost)


@pytest.mark.parametrize("l2", [0.0, 1e-30, 1e-25, 1e-20, 1e-12])
@pytest.mark.parametrize("noise", [1e-4, 1e-7, 1e-9])
def test_a_column_repeated_with_little_noise_is_fitted_as_by_fit_newton(noise: float, l2: float) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    y = (rng.random(200) < sigmoid(2 * X[:, 0] - X[:, 1])).astype(float)
    X = np.column_stack([X, X[:, 0] + noise * rng.normal(size=200)])
    two, one = fit_softmax(X, y, l2=l2), fit_newton(X, y, l2=l2 / 2)
    assert one.converged
    assert two.converged
    assert two.objective[-1] == pytest.approx(one.objective[-1], rel=1e-12 + 1e-17 / noise, abs=0)
    np.testing.assert_allclose(two.W[1] - two.W[0], one.w, rtol=1e-6 + 1e-15 / noise)


@pytest.mark.parametrize("l2", [1e-20, 1e-17])
def test_a_tiny_penalty_on_separable_classes_ends_where_fit_newton_ends(l2: float) -> None:
    X, y = load_breast_cancer(return_X_y=True)
    two, one = fit_softmax(X, y, l2=l2, tolerance=1e-18), fit_newton(X, y, l2=l2 / 2, tolerance=1e-18, max_steps=100)
    assert one.converged
    assert two.converged
    assert two.objective[-1] == pytest.approx(one.objective[-1], rel=1e-9, abs=0)


@pytest.mark.parametrize("l2", [1e-40, 1e-12, 0.01])
def test_dependent_columns_share_the_weight_of_the_one_they_repeat(l2: float) -> None:
    X, y = X_8[:, None], Y_8
    twice, once = fit_softmax(np.c_[X, 2 * X], y, l2=l2), fit_softmax(X, y, l2=l2 / 5)
    assert twice.converged
    assert twice.objective[-1] == pytest.approx(once.objective[-1], rel=1e-12, abs=0)
    np.testing.assert_allclose(twice.W @ [1.0, 2.0], once.W[:, 0], rtol=1e-9)


@pytest.mark.parametrize("distance", [1.0, 1e-2, 1e-4, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10])
def test_columns_that_differ_by_what_separates_are_refused_however_little_they_differ(distance: float) -> None:
    X = np.c_[X_8, X_8 + distance * (2 * Y_8 - 1)]
    with pytest.raises(ValueError, match="no finite optimum"):
        fit_softmax(X, Y_8)
    with pytest.raises(ValueError, match="no finite optimum"):  # a third class that overlaps with both changes nothing
        fit_softmax(np.vstack([X, X[[0, 2]]]), [*Y_8, 2, 2])


@pytest.mark.parametrize("distance", [1.0, 1e-2, 1e-4, 1e-6, 1e-8])
def test_a_tie_between_nearly_equal_columns_is_still_a_separation(distance: float) -> None:
    e = np.array([-1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="no finite optimum"):
        fit_softmax(np.c_[X_8, X_8 + distance * e], [0, 0, 0, 1, 1, 0, 1, 1])


@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6, 1e-8])
def test_classes_that_overlap_by_little_have_their_finite_optimum(gap: float) -> None:
    X = np.array([0.0, 1.0, 2.0 + gap, 2.0, 3.0, 4.0])[:, None]
    y = [0, 0, 0, 1, 1, 1]
    two, one = fit_softmax(X, y), fit_newton(X, y)
    assert two.converged
    assert two.log_loss[-1] == pytest.approx(one.log_loss[-1], rel=1e-9, abs=0)


def test_softmax_weights_sum_to_zero_and_any_common_shift_predicts_the_same() -> None:
    X, y = load_iris(return_X_y=True)
    fit = fit_softmax(X, y, l2=0.01)
    np.testing.assert_allclose(fit.W.sum(axis=0), 0, atol=1e-13)
    assert fit.b.sum() == pytest.approx(0, abs=1e-12)
    shifted = softmax_logits(X, fit.W + np.array([1.0, -2.0, 3.0, 0.5]), fit.b + 7.0)
    np.testing.assert_allclose(softmax(shifted), softmax(softmax_logits(X, fit.W, fit.b)), atol=1e-13)
    assert (np.diff(fit.objective) <= 1e-15).all()


def test_softmax_regression_at_its_end_has_no_slope() -> None:
    X, y = load_iris(return_X_y=True)
    fit = fit_softmax(X, y, l2=0.02)
    slopes = multiclass_logit_gradient(softmax_logits(X, fit.W, fit.b), y)
    np.testing.assert_allclose(slopes.T @ X + 0.02 * fit.W, 0, atol=1e-9)
    np.testing.assert_allclose(slopes.sum(axis=0), 0, atol=1e-9)


def test_softmax_regression_refuses_data_without_a_finite_optimum() -> None:
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="no finite optimum"):
        fit_softmax(X, y)
    with pytest.raises(ValueError, match="no finite optimum"):
        fit_softmax([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    with pytest.raises(ValueError, match="linearly independent"):
        fit_softmax([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], [0, 1, 0, 1])


def test_softmax_regression_without_penalty_agrees_with_torch_on_overlapping_classes() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), rng.integers(0, 3, 60)
    fit = fit_softmax(X, y)
    W = torch.tensor(np.array(fit.W), requires_grad=True)
    b = torch.tensor(np.array(fit.b), requires_grad=True)
    torch.nn.functional.cross_entropy(torch.tensor(X) @ W.T + b, torch.tensor(y)).backward()
    assert fit.converged
    np.testing.assert_allclose(np.asarray(W.grad), 0, atol=1e-9)
    np.testing.assert_allclose(np.asarray(b.grad), 0, atol=1e-9)


@pytest.mark.parametrize("l2", [0.01, 5e-324])
def test_a_constant_column_gets_no_weight_however_small_the_penalty(l2: float) -> None:
    X = np.column_stack([[0.0, 1.0, 2.0, 3.0], np.ones(4)])
    fit = fit_softmax(X, [0, 1, 0, 1], l2=l2)
    assert fit.converged
    np.testing.assert_allclose(fit.W[:, 1], 0, atol=1e-12)


def test_where_every_probability_has_rounded_to_0_or_1_the_walk_ends_with_finite_weights() -> None:
    X = np.column_stack([[0.0, 1.0, 2.0, 3.0], np.ones(4)])
    fit = fit_softmax(X, [0, 0, 1, 1], l2=5e-324, tolerance=0.0, max_steps=2000)
    assert fit.objective[-1] < 1e-310
    np.testing.assert_allclose(fit.W[:, 1], 0, atol=1e-12)
    assert np.abs(fit.W).max() < 1000
    assert np.abs(fit.b).max() < 3000
    assert abs(fit.b.sum()) < 1e-9


@pytest.mark.parametrize("l2", [1e-12, 1e10])
def test_extreme_penalties_neither_warn_nor_fail(l2: float) -> None:
    X, y = load_iris(return_X_y=True)
    fit = fit_softmax(X, y, l2=l2)
    assert fit.converged
    assert np.isfinite(fit.W).all()
    assert fit.objective[-1] <= fit.objective[0]


def test_too_few_steps_are_flagged() -> None:
    X, y = load_iris(return_X_y=True)
    fit = fit_softmax(X, y, l2=0.001, max_steps=2)
    assert not fit.converged
    assert fit.n_steps == 2


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 1, 3, 3], "none of class 2"),
        ([1, 1, 2, 2], "none of class 0"),
        ([0, 1, 1e300, 0], "class numbers"),
        ([0, 1, 5, 3], "class numbers, whole and from 0 to 4"),
    ],
)
def test_labels_that_are_no_class_numbers_are_refused(y: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_softmax([[0.0], [1.0], [2.0], [3.0]], y)


def test_results_cannot_be_written_to() -> None:
    fit = fit_softmax([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1])
    for values in (fit.W, fit.b, fit.log_loss, fit.objective):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0


def test_logits_beyond_float64_are_refused() -> None:
    with pytest.raises(ValueError, match="logits overflow"):
        softmax_logits([[10.0]], [[1e308], [1.0]], [0.0, 0.0])
    with pytest.raises(ValueError, match="logits overflow"):  # infinities of both signs in one sum
        softmax_logits(np.full((1, 16), 10.0), np.tile([1e308, -1e308], (3, 8)), np.zeros(3))


def test_a_single_class_has_logits_and_weights_of_another_width_are_refused_by_row() -> None:
    assert softmax_logits([[1.0, 2.0]], [[3.0, 4.0]], [5.0]).tolist() == [[16.0]]
    with pytest.raises(ValueError, match="every row of W must have one weight per column of X"):
        softmax_logits([[1.0, 2.0]], [[3.0]], [5.0])


def test_columns_too_small_for_their_weights_are_refused() -> None:
    X = np.array([[0.0, 0], [1, 1], [2, 1], [3, 0], [1, 1], [2, 0]]) * [1.0, 1e-309]
    with pytest.raises(ValueError, match=r"weights overflow, got \[1\]"):
        fit_softmax(X, [0, 1, 0, 1, 1, 0])


def test_loss_in_range_does_not_overflow_on_the_way() -> None:
    assert multiclass_log_loss([[1e308, 0.0]] * 20, [1] * 20) == pytest.approx(1e308, rel=1e-14, abs=0)


def test_a_column_too_small_for_its_penalty_is_refused() -> None:
    with pytest.raises(ValueError, match="l2 and X must leave the penalty finite"):
        fit_softmax([[0.0], [1e-300], [2e-300], [3e-300]], [0, 1, 0, 1], l2=1.0)
