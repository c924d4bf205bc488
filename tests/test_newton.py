"""Newton's method finds the optimum that other programs find, says how sure it is, and refuses what has none."""

from __future__ import annotations

import dataclasses
import re
import tracemalloc
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression

from logreg_docs import newton
from logreg_docs._chunks import _WORTH_SHARING, _cores
from logreg_docs._newton_steps import Factor
from logreg_docs.datasets import Dataset, load_breast_cancer, load_challenger, make_outline_data, make_students
from logreg_docs.finite_differences import finite_difference_gradient
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.log_loss import log_loss, log_loss_gradient, log_loss_hessian, objective
from logreg_docs.newton import NewtonFit, fit_newton
from logreg_docs.scaling import standardise
from logreg_docs.sigmoid import sigmoid

unhurried = examples(40)
powers = pytest.mark.parametrize("exponent", [-300, -100, -12, 12, 100, 300])


def overlapping(seed: int, n_samples: int = 150, n_features: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features)) * rng.uniform(0.1, 30, n_features) + rng.normal(size=n_features) * 5
    logits = (X - X.mean(axis=0)) @ (rng.normal(size=n_features) / X.std(axis=0))
    return X, (logits + rng.logistic(size=n_samples) > 0).astype(float)


def statsmodels_fit(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return parameters, covariance and standard errors with the intercept last, and the log-likelihood."""
    design = np.column_stack([X, np.ones(len(y))])
    result = sm.Logit(y, design).fit(method="newton", tol=1e-14, maxiter=100, disp=0)
    return result.params, result.cov_params(), result.bse, result.llf


def parameters(fit: NewtonFit) -> np.ndarray:
    return np.append(fit.w, fit.b)


@pytest.mark.parametrize("seed", range(6))
def test_parameters_covariance_errors_and_likelihood_agree_with_statsmodels(seed: int) -> None:
    X, y = overlapping(seed)
    fit = fit_newton(X, y)
    params, covariance, errors, log_likelihood = statsmodels_fit(X, y)
    assert fit.converged
    assert_allclose(parameters(fit), params, rtol=1e-7, atol=1e-9)
    assert_allclose(fit.covariance, covariance, rtol=1e-6, atol=1e-10)
    assert_allclose(fit.standard_errors, errors, rtol=1e-7)
    assert_allclose(-len(y) * fit.log_loss[-1], log_likelihood, rtol=1e-12)


def test_challenger_fit_is_the_published_one() -> None:
    data = load_challenger()
    fit = fit_newton(data.X, data.y)
    params, _, errors, _ = statsmodels_fit(data.X, data.y)
    assert_allclose(parameters(fit), params, rtol=1e-8)
    assert_allclose(fit.standard_errors, errors, rtol=1e-8)
    assert_allclose(parameters(fit), [-0.2322, 15.0429], atol=5e-5)
    assert fit.n_steps < 10


@pytest.mark.parametrize("l2", [1e-4, 0.03, 2.0])
def test_a_penalty_is_that_of_scikit_learn_with_c_one_over_m_lambda(l2: float) -> None:
    X, y = overlapping(1)
    model = LogisticRegression(C=1 / (len(y) * l2), solver="newton-cholesky", tol=1e-12, max_iter=200).fit(X, y)
    assert_allclose(parameters(fit_newton(X, y, l2=l2)), np.append(model.coef_, model.intercept_), rtol=1e-6, atol=1e-8)


def test_gradient_descent_arrives_at_the_same_place() -> None:
    students = make_students()
    X = (students.hours[:, None] - students.hours.mean()) / students.hours.std()
    slow = fit_gradient_descent(X, students.passed, learning_rate=2.0, n_steps=5000, tolerance=1e-10)
    fast = fit_newton(X, students.passed)
    assert_allclose(parameters(fast), np.append(slow.w, slow.b), rtol=1e-7)
    assert fast.n_steps * 10 < slow.n_steps


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_gradient_at_the_optimum_is_zero_by_formula_and_by_finite_differences(l2: float) -> None:
    X, y = overlapping(2)
    X = X / X.std(axis=0)
    fit = fit_newton(X, y, l2=l2)
    gradient = log_loss_gradient(X, y, fit.w, fit.b, l2=l2)
    assert_allclose(np.append(gradient.w, gradient.b), 0, atol=1e-10)
    measured = finite_difference_gradient(lambda v: objective(X, y, v[:-1], v[-1], l2=l2), parameters(fit))
    assert_allclose(measured, 0, atol=1e-8)


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_covariance_is_the_inverse_of_m_times_the_hessian(l2: float) -> None:
    X, y = overlapping(3)
    fit = fit_newton(X, y, l2=l2)
    information = len(y) * log_loss_hessian(X, fit.w, fit.b, l2=l2)
    assert_allclose(fit.covariance @ information, np.eye(4), atol=1e-8)
    assert_allclose(fit.standard_errors**2, np.diag(fit.covariance), rtol=1e-12)


def test_one_binary_feature_gives_the_log_odds_ratio_and_its_textbook_error() -> None:
    a, b, c, d = 7, 5, 4, 9  # ones and zeros at x = 1, then at x = 0
    x, y = np.repeat([1, 1, 0, 0], [a, b, c, d]), np.repeat([1, 0, 1, 0], [a, b, c, d])
    fit = fit_newton(x[:, None], y)
    assert_allclose(parameters(fit), [np.log(a * d / (b * c)), np.log(c / d)], rtol=1e-10)
    assert_allclose(fit.standard_errors, np.sqrt([1 / a + 1 / b + 1 / c + 1 / d, 1 / c + 1 / d]), rtol=1e-9)


@pytest.mark.parametrize("l2", [0.0, 1e-8, 0.5])
def test_objective_never_rises_and_the_traces_match_their_definitions(l2: float) -> None:
    X, y = overlapping(5)
    X[0] *= 50
    fit = fit_newton(X, y, l2=l2)
    assert (np.diff(fit.objective) <= 1e-14).all()
    assert fit.log_loss.shape == fit.objective.shape == (fit.n_steps + 1,)
    assert_allclose(fit.log_loss[0], np.log(2), rtol=1e-15)
    assert_allclose(fit.log_loss[-1], log_loss(X @ fit.w + fit.b, y), rtol=1e-12)
    assert_allclose(fit.objective[-1], objective(X, y, fit.w, fit.b, l2=l2), rtol=1e-12)


def long_tailed() -> tuple[np.ndarray, np.ndarray]:
    """Draw rows on which one full Newton step overshoots."""
    rng = np.random.default_rng(307)
    X = rng.lognormal(sigma=3, size=(40, 3))
    return X, (rng.random(40) < 0.1).astype(float)


def test_full_steps_can_diverge_and_halving_prevents_it(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = long_tailed()
    fit = fit_newton(X, y)
    assert fit.converged
    assert (np.diff(fit.objective) <= 1e-14).all()
    monkeypatch.setattr(newton, "backtrack", lambda to, here, step: to.at(here.point + step, hessian=True))
    full = fit_newton(X, y)
    assert not full.converged
    assert full.objective[-1] > np.log(2)


def test_too_few_steps_are_flagged() -> None:
    data = load_challenger()
    fit = fit_newton(data.X, data.y, max_steps=2)
    assert not fit.converged
    assert fit.n_steps == 2
    assert np.isfinite(fit.standard_errors).all()


def test_zero_tolerance_runs_until_rounding() -> None:
    data = load_challenger()
    fit = fit_newton(data.X, data.y, tolerance=0.0)
    assert fit.converged
    assert fit.separated is False
    assert_allclose(parameters(fit), parameters(fit_newton(data.X, data.y)), rtol=1e-9)


@powers
def test_units_of_a_feature_change_its_weight_and_nothing_else(exponent: int) -> None:
    data, factor = load_challenger(), 10.0**exponent
    plain, fit = fit_newton(data.X, data.y), fit_newton(data.X * factor, data.y)
    assert fit.converged
    assert_allclose(fit.w, plain.w / factor, rtol=1e-7)
    assert_allclose(fit.b, plain.b, rtol=1e-7)
    assert_allclose(fit.standard_errors, plain.standard_errors / [factor, 1], rtol=1e-7)
    with np.errstate(over="ignore", under="ignore"):
        expected = plain.covariance / [factor, 1] / [[factor], [1]]
    assert_allclose(fit.covariance, expected, rtol=1e-7)


@powers
def test_a_penalty_forbids_tiny_features_and_leaves_huge_ones_alone(exponent: int) -> None:
    data, factor = load_challenger(), 10.0**exponent
    fit = fit_newton(data.X * factor, data.y, l2=0.01)
    assert fit.converged
    expected = parameters(fit_newton(data.X, data.y)) if exponent > 0 else [0, np.log(7 / 16)]
    assert_allclose(fit.w * factor, expected[0], rtol=1e-6, atol=1e-9)
    assert_allclose(fit.b, expected[1], rtol=1e-6)


def test_features_of_very_different_units_fit_together() -> None:
    X, y = overlapping(6)
    units = np.array([1e100, 1e-100, 1.0])
    plain, fit = fit_newton(X, y), fit_newton(X * units, y)
    assert_allclose(fit.w * units, plain.w, rtol=1e-7)
    assert_allclose(fit.b, plain.b, rtol=1e-7)


def test_a_large_offset_leaves_the_slope_unchanged() -> None:
    data = load_challenger()
    plain, fit = fit_newton(data.X, data.y), fit_newton(data.X + 1e7, data.y)
    assert_allclose(fit.w, plain.w, rtol=1e-7)
    assert_allclose(fit.standard_errors[0], plain.standard_errors[0], rtol=1e-7)


SEPARABLE = (np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0.0, 0, 1, 1]))
QUASI = (np.array([[0.0], [1.0], [1.0], [2.0]]), np.array([0.0, 0, 1, 1]))
CONSTANT = (np.array([[0.0, 7], [2, 7], [1, 7], [3, 7]]), np.array([0.0, 0, 1, 1]))
DUPLICATE = (np.array([[0.0, 0], [2, 2], [1, 1], [3, 3]]), np.array([0.0, 0, 1, 1]))
WIDE = (np.random.default_rng(0).normal(size=(4, 6)), np.array([0.0, 1, 0, 1]))

no_unique_optimum = pytest.mark.parametrize(
    ("data", "message"),
    [
        (SEPARABLE, "separable data.*Pass l2 > 0"),
        (QUASI, "separable data.*Pass l2 > 0"),
        (CONSTANT, r"rank 1 beside the intercept for 2 columns and 4 rows.*Columns \[1\]"),
        (DUPLICATE, r"rank 1 beside the intercept for 2 columns.*drop them, or pass l2 > 0"),
        (WIDE, r"rank 3 beside the intercept for 6 columns and 4 rows"),
    ],
    ids=["separable", "quasi-separable", "constant column", "duplicate column", "more columns than rows"],
)


@no_unique_optimum
def test_data_without_a_unique_optimum_are_refused_with_the_remedy(
    data: tuple[np.ndarray, np.ndarray], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fit_newton(*data)


@no_unique_optimum
def test_a_penalty_mends_data_without_a_unique_optimum(data: tuple[np.ndarray, np.ndarray], message: str) -> None:
    assert message
    X, y = data
    fit = fit_newton(X, y, l2=0.01)
    assert fit.converged
    assert fit.separated is None
    gradient = log_loss_gradient(X, y, fit.w, fit.b, l2=0.01)
    assert_allclose(np.append(gradient.w, gradient.b), 0, atol=1e-9)
    assert np.isfinite(fit.standard_errors).all()


@pytest.mark.parametrize("data", [SEPARABLE, QUASI, WIDE], ids=["complete", "quasi-complete", "more columns than rows"])
def test_separable_data_are_flagged_when_not_strict(data: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = data
    fit = fit_newton(X, y, strict=False)
    assert not fit.converged
    assert fit.separated is True
    assert np.isnan(fit.standard_errors).all()
    assert np.isfinite(parameters(fit)).all()
    assert fit.log_loss[-1] < fit.log_loss[0]


def test_separable_breast_cancer_is_flagged_and_l2_fits_it() -> None:
    data = load_breast_cancer()
    assert not fit_newton(data.X, data.y, strict=False).converged
    fit = fit_newton(data.X, data.y, l2=1e-4)
    assert fit.converged
    gradient = log_loss_gradient(data.X, data.y, fit.w, fit.b, l2=1e-4)
    assert_allclose(np.append(gradient.w, gradient.b) / np.append(data.X.std(axis=0), 1), 0, atol=1e-9)


def test_dependent_columns_get_weight_zero_when_not_strict_and_predict_alike() -> None:
    split = make_outline_data()
    X, y = split.X_train, split.y_train
    with pytest.raises(ValueError, match="rank 8 beside the intercept for 10 columns and 800 rows"):
        fit_newton(X, y)
    fit = fit_newton(X, y, strict=False)
    model = LogisticRegression(C=np.inf, solver="lbfgs", tol=1e-10, max_iter=1000).fit(X, y)
    assert fit.converged
    assert (fit.w == 0).sum() == 2
    assert np.isnan(fit.covariance).all()
    assert np.isnan(fit.standard_errors).all()
    assert fit.covariance.shape == (11, 11)
    assert fit.standard_errors.shape == (11,)
    assert_allclose(X @ fit.w + fit.b, model.decision_function(X), atol=1e-3)
    assert_allclose(fit.log_loss[-1], log_loss(model.decision_function(X), y), rtol=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.1, 5.0])
def test_columns_that_add_up_to_a_constant_depend_on_the_intercept(shift: float) -> None:
    z, y = np.array([1.0, -1, 2, -2]), [0, 1, 1, 0]
    X = np.column_stack([z, shift - z])
    with pytest.raises(ValueError, match="rank 1 beside the intercept"):
        fit_newton(X, y)
    fit, alone = fit_newton(X, y, strict=False), fit_newton(z.reshape(-1, 1), y)
    assert fit.converged
    assert_allclose(X @ fit.w + fit.b, z * alone.w + alone.b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("categories", [3, 11, 12, 20])
def test_a_column_for_every_category_depends_on_the_intercept(categories: int) -> None:
    group = np.repeat(np.arange(categories), 30)
    y = (np.random.default_rng(0).random(group.size) < 0.5).astype(float)
    X = np.eye(categories)[group]
    with pytest.raises(ValueError, match=f"rank {categories - 1} beside the intercept"):
        fit_newton(X, y)
    fit = fit_newton(X, y, strict=False)
    shares = np.array([y[group == k].mean() for k in range(categories)])
    assert_allclose(sigmoid(X @ fit.w + fit.b), shares[group], rtol=1e-9)


def test_the_columns_that_the_pages_speak_of_are_named_and_scaling_changes_which() -> None:
    data = make_outline_data()
    for X, named in ((data.X_train, [2, 6]), (standardise(data.X_train).X, [0, 6])):
        with pytest.raises(ValueError, match=re.escape(f"Columns {named} follow from the others")):
            fit_newton(X, data.y_train)


def test_only_constant_columns_fit_the_intercept_alone_when_not_strict() -> None:
    fit = fit_newton(np.full((4, 2), 0.1), [0, 1, 1, 1], strict=False)
    assert_allclose(parameters(fit), [0, 0, np.log(3)], rtol=1e-9)


def test_a_hessian_that_rounding_makes_singular_ends_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newton, "_factor", lambda *_arguments: None)
    data = load_challenger()
    fit = fit_newton(data.X, data.y)
    assert not fit.converged
    assert fit.n_steps == 0
    assert np.isnan(fit.covariance).all()


def textbook_newton(X: np.ndarray, y: np.ndarray, l2: float) -> np.ndarray:
    """The update as the chapter writes it, over all rows at once."""
    theta = np.zeros(X.shape[1] + 1)
    for _ in range(30):
        gradient = np.append(*log_loss_gradient(X, y, theta[:-1], theta[-1], l2=l2))
        theta -= np.linalg.solve(log_loss_hessian(X, theta[:-1], theta[-1], l2=l2), gradient)
    return theta


@pytest.mark.parametrize("l2", [0.0, 0.01])
@pytest.mark.parametrize("shape", [(3000, 30), (20_000, 3)])
def test_chunked_fit_agrees_with_the_textbook_update(shape: tuple[int, int], l2: float) -> None:
    X, y = overlapping(8, *shape)
    fit, expected = fit_newton(X, y, l2=l2, tolerance=0.0), textbook_newton(X, y, l2)
    assert_allclose(parameters(fit), expected, rtol=1e-10, atol=1e-12)
    information = len(y) * log_loss_hessian(X, expected[:-1], expected[-1], l2=l2)
    covariance = np.linalg.inv(information)
    scale = np.sqrt(np.outer(covariance.diagonal(), covariance.diagonal()))
    assert_allclose(fit.covariance / scale, covariance / scale, rtol=0, atol=1e-8)


@pytest.mark.parametrize(("tolerance", "steps"), [(1.01, 1), (0.99, 2)])
def test_the_walk_ends_where_half_the_newton_decrement_falls_to_the_tolerance(tolerance: float, steps: int) -> None:
    data, start = load_challenger(), (np.zeros(1), 0.0)
    slope = np.append(*log_loss_gradient(data.X, data.y, *start))
    fall = float(slope @ np.linalg.solve(log_loss_hessian(data.X, *start), slope)) / 2
    assert fit_newton(data.X, data.y, tolerance=tolerance * fall).n_steps == steps


def test_zero_tolerance_reaches_the_optimum_of_a_tiny_objective() -> None:
    X, y = SEPARABLE
    fit = fit_newton(X, y, l2=1e-9, tolerance=0.0)
    assert fit.objective[-1] < 1e-6
    slope = np.append(*log_loss_gradient(X, y, fit.w, fit.b, l2=1e-9))
    assert slope @ np.linalg.solve(log_loss_hessian(X, fit.w, fit.b, l2=1e-9), slope) < 1e-13 * fit.objective[-1]


def test_a_step_that_no_halving_makes_descend_ends_the_walk_unconverged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Factor, "solve", lambda _factor, gradient: 1e25 * gradient)
    data = load_challenger()
    fit = fit_newton(data.X, data.y)
    assert not fit.converged
    assert fit.n_steps == 0


def test_fifty_steps_are_taken_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Factor, "solve", lambda _factor, gradient: 1e-3 * gradient)
    data = load_challenger()
    fit = fit_newton(data.X, data.y)
    assert (fit.n_steps, fit.converged) == (50, False)


@pytest.mark.parametrize("l2", [1e-7, 1e-2])
def test_a_column_given_twice_shares_its_weight_as_under_half_the_penalty(l2: float) -> None:
    data = load_challenger()
    twice, once = fit_newton(np.hstack([data.X, data.X]), data.y, l2=l2), fit_newton(data.X, data.y, l2=l2 / 2)
    assert_allclose(twice.w, np.repeat(once.w / 2, 2), rtol=1e-6)
    assert_allclose(twice.log_loss[-1], once.log_loss[-1], rtol=1e-10)


def test_a_tiny_column_counts_when_the_rank_is_found() -> None:
    X, y = overlapping(8, 200, 2)
    X[:, 1] *= 1e-25
    with pytest.raises(ValueError, match="rank 2 beside the intercept for 3 columns"):
        fit_newton(np.column_stack([X, X[:, 0]]), y)


def test_columns_that_nearly_repeat_are_left_to_qr() -> None:
    X, y = overlapping(10, 20_000, 2)  # several chunks
    noise = np.random.default_rng(0).normal(size=20_000)
    apart = fit_newton(np.column_stack([X, noise]), y, tolerance=0.0)
    X = np.column_stack([X, X[:, 0] + 1e-5 * noise])
    fit = fit_newton(X, y, tolerance=0.0)
    assert fit.converged
    assert_allclose(fit.w[2] * 1e-5, apart.w[2], rtol=1e-6)
    assert_allclose(fit.standard_errors[2] * 1e-5, apart.standard_errors[2], rtol=1e-6)
    assert_allclose(fit.log_loss[-1], apart.log_loss[-1], rtol=1e-12)


def test_dependent_columns_are_found_across_chunks() -> None:
    X, y = overlapping(11, 20_000, 3)
    with pytest.raises(ValueError, match="rank 3 beside the intercept for 4 columns"):
        fit_newton(np.column_stack([X, X @ [1.0, 2.0, 3.0]]), y)


@pytest.mark.parametrize("dtype", [np.float32, np.int16, bool])
def test_any_real_dtype_is_fitted_as_its_numbers(dtype: Any) -> None:
    X, y = overlapping(14)
    X = (np.median(X, axis=0) < X if dtype is bool else X.round()).astype(dtype)
    assert_array_equal(fit_newton(X, y.astype(dtype)).w, fit_newton(X.astype(float), y).w)
    twice = np.hstack([X, X])
    assert_array_equal(fit_newton(twice, y, strict=False).w, fit_newton(twice.astype(float), y, strict=False).w)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(400_000, 3), (100_000, 40)])
def test_extra_memory_holds_chunks_and_no_second_copy_of_the_rows(shape: tuple[int, int], order: Any) -> None:
    X, y = overlapping(15, *shape)
    X = np.asarray(X, order=order)
    fit_newton(X[:100], y[:100], l2=0.1)  # loads what is loaded once
    tracemalloc.start()
    fit_newton(X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    workers = max(1, min(_cores(), y.size * (shape[1] + 1) ** 2 // _WORTH_SHARING))
    assert peak < 5e6 * workers + 30 * 8 * shape[1] ** 2
    assert peak < X.nbytes / 2


def test_results_cannot_be_changed() -> None:
    data: Dataset = load_challenger()
    fit = fit_newton(data.X, data.y)
    for field in dataclasses.fields(fit):
        value = getattr(fit, field.name)
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable
    with pytest.raises(dataclasses.FrozenInstanceError):
        fit.b = 0.0  # type: ignore[misc]  # what is refused


@pytest.mark.parametrize("l2", [0.0, 1e9])
def test_columns_too_small_for_their_weights_are_refused(l2: float) -> None:
    with pytest.raises(ValueError, match=r"got \[0\]\. Change their unit"):
        fit_newton([[1e-320], [2e-320], [3e-320], [4e-320]], [0, 1, 0, 1], l2=l2)


@given(
    st.lists(st.integers(-4, 4), min_size=4, max_size=12),
    st.integers(-90, 90),
    st.floats(1e-6, 10.0),
    st.randoms(use_true_random=False),
)
@unhurried
def test_with_a_penalty_every_column_and_every_labelling_has_a_fit(
    x: list[int], exponent: int, l2: float, random: Any
) -> None:
    y = np.array([0, 1] + [random.randint(0, 1) for _ in x[2:]], dtype=float)
    X = np.array(x, dtype=float)[:, None] * 10.0**exponent
    fit = fit_newton(X, y, l2=l2)
    assert fit.converged
    assert np.isfinite(parameters(fit)).all()
    assert fit.objective[-1] <= np.log(2) * (1 + 1e-12)


@pytest.mark.parametrize("noise", [3e-13, 1e-11, 1e-9, 1e-6])
def test_columns_that_nearly_repeat_one_another_are_fitted_as_their_difference_is(noise: float) -> None:
    rng = np.random.default_rng(0)
    first, other, apart = rng.normal(size=(3, 200))
    y = (rng.random(200) < sigmoid(2 * other)).astype(float)
    repeated = first + noise * apart
    fit = fit_newton(np.column_stack([first, other, repeated]), y)
    true = fit_newton(np.column_stack([first, other, (repeated - first) / noise]), y)  # this difference is exact
    rounding = 1e-15 / noise + 1e-9  # centring rounds each column by itself
    assert fit.converged
    assert_allclose(fit.log_loss[-1], true.log_loss[-1], rtol=rounding)
    assert_allclose(fit.w[1:], [true.w[1], true.w[2] / noise], rtol=10 * rounding)
    errors = [true.standard_errors[1], true.standard_errors[2] / noise]
    assert_allclose(fit.standard_errors[1:3], errors, rtol=10 * rounding)


@pytest.mark.parametrize("decimals", range(9, 14))
@pytest.mark.parametrize("seed", range(4))
def test_shares_that_add_up_to_one_but_for_rounding_are_fitted(seed: int, decimals: int) -> None:
    rng = np.random.default_rng(seed)
    shares = np.round(rng.dirichlet([2.0, 2.0, 2.0], 200), decimals)
    y = (rng.random(200) < shares[:, 0]).astype(float)
    fit, two = fit_newton(shares, y), fit_newton(shares[:, :2], y)
    assert fit.converged
    assert two.log_loss[-1] - 0.05 < fit.log_loss[-1] < two.log_loss[-1]  # what the rounding happens to say of y


@pytest.mark.parametrize("seed", range(3))
def test_standard_errors_of_rare_events_are_those_of_the_end(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(200_000, 1)), np.zeros(200_000)
    y[rng.integers(0, y.size, 3)] = 1
    assert_allclose(fit_newton(X, y).standard_errors, fit_newton(X, y, tolerance=0.0).standard_errors, rtol=5e-5)
