"""Least squares against other implementations, exact arithmetic, certified values and awkward input."""

from __future__ import annotations

import csv
import dataclasses
import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, reject
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import LinearRegression, Ridge

from logreg_docs.datasets import make_students
from logreg_docs.linear_regression import (
    LeastSquaresFit,
    Solver,
    design_matrix,
    fit_least_squares,
    fit_simple,
    hat_matrix,
    predict,
    residual_sum_of_squares,
    residual_sum_of_squares_gradient,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
SOLVERS: tuple[Solver, ...] = ("qr", "svd", "normal_equation")
DIRECT: tuple[Solver, ...] = ("qr", "normal_equation")
CERTIFIED = json.loads((DATA / "nist_certified.json").read_text(encoding="utf-8"))
NIST = ("longley", "wampler1", "wampler2", "wampler3", "wampler4", "wampler5")
DELTA = (759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048)  # then the same backwards


def nist(name: str) -> tuple[list[list[Fraction]], list[Fraction]]:
    """Return X without ones and y as exact fractions."""
    if name == "longley":
        with (DATA / "nist_longley.csv").open(encoding="utf-8", newline="") as file:
            rows = [[Fraction(cell) for cell in row] for row in list(csv.reader(file))[1:]]
        return [row[1:] for row in rows], [row[0] for row in rows]
    unit = Fraction(1, 10) if name == "wampler2" else Fraction(1)
    size = {"wampler3": 1, "wampler4": 100, "wampler5": 10_000}.get(name, 0)
    delta = DELTA + DELTA[-2::-1]
    y = [sum(((i * unit) ** k for k in range(6)), Fraction(size * delta[i])) for i in range(21)]
    return [[Fraction(i) ** k for k in range(1, 6)] for i in range(21)], y


def nist_floats(name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    X, y = nist(name)
    return np.array(X, dtype=float), np.array(y, dtype=float)


def solve_exactly(X: list[list[Fraction]], y: list[Fraction]) -> list[Fraction]:
    """Solve the normal equation by elimination in rational numbers, where nothing rounds."""
    rows = [[Fraction(1), *row] for row in X]
    n = len(rows[0])
    system = [
        [sum((row[i] * row[j] for row in rows), Fraction()) for j in range(n)]
        + [sum((row[i] * t for row, t in zip(rows, y, strict=True)), Fraction())]
        for i in range(n)
    ]
    for i in range(n):
        system[i] = [v / system[i][i] for v in system[i]]
        for k in set(range(n)) - {i}:
            system[k] = [a - system[k][i] * b for a, b in zip(system[k], system[i], strict=True)]
    return [row[-1] for row in system]


def digits(value: float, certified: str) -> float:
    """Log relative error: the number of correct significant digits, at most 15."""
    error = abs(value - float(certified)) / (abs(float(certified)) or 1.0)
    return 15.0 if error == 0 else min(15.0, -np.log10(error))


def worst_digits(name: str, solver: Solver) -> float:
    fit = fit_least_squares(*nist_floats(name), solver=solver)
    return min(map(digits, [fit.intercept, *fit.coef], CERTIFIED[name]["beta"]))


def problem(seed: int = 0, m: int = 40, p: int = 4) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, p)) * rng.uniform(0.1, 10.0, p) + rng.normal(size=p)
    return X, X @ rng.normal(size=p) + 3.0 + rng.normal(size=m)


def beta_of(fit: LeastSquaresFit) -> NDArray[np.float64]:
    return np.array([fit.intercept, *fit.coef])


# Closed form


def test_slope_is_covariance_over_variance() -> None:
    students = make_students()
    fit = fit_simple(students.hours, students.scores)
    covariance = np.cov(students.hours, students.scores)
    assert fit.slope == pytest.approx(covariance[0, 1] / covariance[0, 0], rel=1e-13, abs=0)
    assert fit.intercept == pytest.approx(students.scores.mean() - fit.slope * students.hours.mean(), rel=1e-13, abs=0)


def test_simple_fit_equals_every_solver_of_multiple_regression() -> None:
    students = make_students()
    simple = fit_simple(students.hours, students.scores)
    for solver in SOLVERS:
        fit = fit_least_squares(students.hours.reshape(-1, 1), students.scores, solver=solver)
        np.testing.assert_allclose([fit.intercept, fit.coef[0]], [simple.intercept, simple.slope], rtol=1e-12)
        np.testing.assert_allclose(fit.residuals, simple.residuals, atol=1e-11)
        assert fit.rss == pytest.approx(simple.rss, rel=1e-12, abs=0)
        assert fit.r_squared == pytest.approx(simple.r_squared, rel=1e-12, abs=0)


def test_r_squared_of_one_feature_is_the_squared_correlation() -> None:
    students = make_students()
    correlation = np.corrcoef(students.hours, students.scores)[0, 1]
    assert fit_simple(students.hours, students.scores).r_squared == pytest.approx(correlation**2, rel=1e-12, abs=0)


def test_fit_keeps_its_digits_when_x_sits_far_from_zero() -> None:
    fit = fit_simple([1e16, 1e16 + 2, 1e16 + 4], [0.0, 2.0, 4.0])
    assert fit.slope == 1.0


def test_a_constant_y_gives_a_flat_line_that_fits_fully() -> None:
    for fit in (fit_simple([0.0, 1.0, 2.0], [0.1] * 3), fit_least_squares([[0.0], [1.0], [2.0]], [0.1] * 3)):
        assert fit.intercept == pytest.approx(0.1)
        assert fit.r_squared == 1.0


# Other implementations


@pytest.mark.parametrize("solver", SOLVERS)
def test_fit_agrees_with_numpy_scikit_learn_and_statsmodels(solver: Solver) -> None:
    X, y = problem()
    fit = fit_least_squares(X, y, solver=solver)
    np.testing.assert_allclose(beta_of(fit), np.linalg.lstsq(design_matrix(X), y)[0], rtol=1e-11)
    reference = LinearRegression().fit(X, y)
    np.testing.assert_allclose(beta_of(fit), [reference.intercept_, *reference.coef_], rtol=1e-11)
    assert fit.r_squared == pytest.approx(reference.score(X, y), rel=1e-12, abs=0)
    summary = sm.OLS(y, sm.add_constant(X)).fit()
    np.testing.assert_allclose(beta_of(fit), summary.params, rtol=1e-11)
    assert fit.rss == pytest.approx(summary.ssr, rel=1e-12, abs=0)
    np.testing.assert_allclose(fit.fitted, summary.fittedvalues, rtol=1e-11)
    assert (fit.rank, fit.full_rank) == (5, True)
    assert fit.condition_number == pytest.approx(np.linalg.cond(design_matrix(X)), rel=1e-10, abs=0)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("l2", [1e-3, 1.0, 1e3])
def test_ridge_agrees_with_scikit_learn(solver: Solver, l2: float) -> None:
    X, y = problem(seed=1)
    reference = Ridge(alpha=l2, solver="svd").fit(X, y)
    fit = fit_least_squares(X, y, solver=solver, l2=l2)
    np.testing.assert_allclose(beta_of(fit), [reference.intercept_, *reference.coef_], rtol=1e-9)


def test_predictions_agree_with_scikit_learn() -> None:
    X, y = problem()
    np.testing.assert_allclose(
        predict(fit_least_squares(X, y), X[:7] + 1.0), LinearRegression().fit(X, y).predict(X[:7] + 1.0), rtol=1e-11
    )


def test_predict_returns_the_fitted_values_on_the_training_rows() -> None:
    X, y = problem()
    fit = fit_least_squares(X, y)
    np.testing.assert_allclose(predict(fit, X), fit.fitted, rtol=1e-12)
    np.testing.assert_array_equal(predict(fit_simple([0.0, 1.0], [1.0, 3.0]), [2.0, 3.0]), [5.0, 7.0])


# Geometry and the gradient


@pytest.mark.parametrize("solver", SOLVERS)
def test_residuals_sum_to_zero_and_are_orthogonal_to_every_column(solver: Solver) -> None:
    X, y = problem()
    residuals = fit_least_squares(X, y, solver=solver).residuals
    np.testing.assert_allclose(design_matrix(X).T @ residuals, 0.0, atol=1e-10)


def test_hat_matrix_is_a_symmetric_projection_that_gives_the_fitted_values() -> None:
    X, y = problem()
    H = hat_matrix(X)
    np.testing.assert_allclose(H, H.T, atol=1e-15)
    np.testing.assert_allclose(H @ H, H, atol=1e-14)
    assert np.trace(H) == pytest.approx(5.0)
    np.testing.assert_allclose(H @ y, fit_least_squares(X, y).fitted, rtol=1e-11)
    np.testing.assert_allclose(np.diag(H), sm.OLS(y, sm.add_constant(X)).fit().get_influence().hat_matrix_diag)


def test_hat_matrix_of_a_duplicated_column_is_the_hat_matrix_without_it() -> None:
    X, _ = problem()
    np.testing.assert_allclose(hat_matrix(np.column_stack([X, X[:, 1]])), hat_matrix(X), atol=1e-13)


def test_rss_gradient_matches_finite_differences() -> None:
    X, y = problem()
    beta, step = np.array([1.0, -2.0, 0.5, 3.0, 0.1]), 1e-4
    difference = [
        (residual_sum_of_squares(X, y, beta + e) - residual_sum_of_squares(X, y, beta - e)) / (2 * step)
        for e in step * np.eye(5)
    ]
    np.testing.assert_allclose(residual_sum_of_squares_gradient(X, y, beta), difference, rtol=1e-7)


def test_finite_differences_of_the_rss_vanish_at_the_fit_and_every_step_away_raises_it() -> None:
    X, y = problem()
    fit = fit_least_squares(X, y)
    np.testing.assert_allclose(residual_sum_of_squares_gradient(X, y, beta_of(fit)), 0.0, atol=1e-9)
    for e in 1e-4 * np.eye(5):
        up, down = (residual_sum_of_squares(X, y, beta_of(fit) + s * e) for s in (1, -1))
        assert (up - down) / 2e-4 == pytest.approx(0.0, abs=1e-7)
        assert min(up, down) > fit.rss


def test_rss_of_the_fit_equals_the_rss_function() -> None:
    X, y = problem()
    fit = fit_least_squares(X, y)
    assert residual_sum_of_squares(X, y, beta_of(fit)) == pytest.approx(fit.rss, rel=1e-12, abs=0)


@given(arrays(float, (12, 3), elements=st.floats(-100, 100)), arrays(float, 12, elements=st.floats(-100, 100)))
def test_no_other_coefficients_beat_the_svd_and_its_residuals_are_orthogonal(
    X: NDArray[np.float64], y: NDArray[np.float64]
) -> None:
    try:
        fit = fit_least_squares(X, y, solver="svd")
    except ValueError as refusal:
        assert "leaves the range of float64" in str(refusal)  # noqa: PT017 - few inputs are refused
        assert min(np.abs(v[v != 0]).min(initial=1.0) for v in (X, y)) < 1e-150
        reject()
    largest = np.abs(design_matrix(X)).max()
    # Columns that differ by rounding alone give large coefficients, whose own rounding the residuals carry.
    rounding = 1e-14 * largest**2 * np.abs(fit.coef).max()
    tolerance = 1e-8 * largest * max(1.0, np.abs(y).max()) + rounding
    np.testing.assert_allclose(design_matrix(X).T @ fit.residuals, 0.0, atol=tolerance)
    np.testing.assert_allclose(fit.fitted + fit.residuals, y, atol=1e-11)
    assert fit.r_squared > -1e-9


@given(
    st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.lists(st.integers(-1000, 1000), min_size=2, max_size=20, unique=True)
)
def test_points_on_a_line_give_that_line_back(intercept: float, slope: float, x: list[int]) -> None:
    fit = fit_simple(x, [intercept + slope * value for value in x])
    assert fit.slope == pytest.approx(slope, rel=1e-9, abs=1e-9)
    assert fit.intercept == pytest.approx(intercept, rel=1e-9, abs=1e-6)


# Certified values


@pytest.mark.parametrize("name", NIST)
def test_certified_values_follow_from_exact_arithmetic(name: str) -> None:
    X, y = nist(name)
    beta = solve_exactly(X, y)
    certified = CERTIFIED[name]
    assert min(map(digits, map(float, beta), certified["beta"])) > 14
    fitted = [beta[0] + sum(b * v for b, v in zip(beta[1:], row, strict=True)) for row in X]
    rss = sum((t - value) ** 2 for value, t in zip(fitted, y, strict=True))
    variance = rss / (len(y) - len(beta))
    assert digits(float(variance) ** 0.5, certified["residual_sd"]) > 14
    mean = sum(y) / len(y)
    assert digits(float(1 - rss / sum((t - mean) ** 2 for t in y)), certified["r_squared"]) > 14


def test_longley_file_equals_the_data_that_ship_with_statsmodels() -> None:
    X, y = nist_floats("longley")
    bundled = sm.datasets.longley.load_pandas()
    np.testing.assert_array_equal(X, bundled.exog.to_numpy())
    np.testing.assert_array_equal(y, bundled.endog.to_numpy())


# Measured: QR 10.90, 9.35, 13.04, 9.13, 7.77, 5.77 digits; SVD 10.89, 9.79, 13.66, 9.60, 7.77, 5.77.
@pytest.mark.parametrize("solver", ["qr", "svd"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [("longley", 10.0), ("wampler1", 8.5), ("wampler2", 12.0), ("wampler3", 8.5), ("wampler4", 7.0), ("wampler5", 5.2)],
)
def test_qr_and_svd_reach_the_certified_coefficients(name: str, expected: float, solver: Solver) -> None:
    assert worst_digits(name, solver) > expected


@pytest.mark.parametrize("name", NIST)
def test_qr_reaches_the_certified_residual_deviation_and_r_squared(name: str) -> None:
    X, y = nist_floats(name)
    fit = fit_least_squares(X, y)
    deviation = (fit.rss / (len(y) - fit.rank)) ** 0.5
    certified = float(CERTIFIED[name]["residual_sd"])
    assert deviation == pytest.approx(certified, rel=1e-11, abs=1e-14 * np.abs(y).max())
    assert digits(fit.r_squared, CERTIFIED[name]["r_squared"]) > 12


# Measured: 7.13, 6.67, 9.81, 6.67 digits. On Wampler 4 and 5 large residuals cost QR digits, while the products of
# these integers do not round, so that the comparison would be about rounding luck.
@pytest.mark.parametrize("name", ["longley", "wampler1", "wampler2", "wampler3"])
def test_the_normal_equation_reaches_clearly_fewer_digits(name: str) -> None:
    assert worst_digits(name, "normal_equation") < worst_digits(name, "qr") - 1.5


def test_the_normal_equation_loses_digits_like_the_square_of_the_condition_number() -> None:
    t = np.linspace(0.0, 1.0, 30)
    X = t[:, None] ** np.arange(1, 11)
    y = design_matrix(X).sum(axis=1)
    error = {solver: np.abs(beta_of(fit_least_squares(X, y, solver=solver)) - 1.0).max() for solver in SOLVERS}
    assert error["normal_equation"] > 1e4 * max(error["qr"], error["svd"])


# Rank


def test_svd_returns_the_shortest_of_all_solutions_and_flags_it() -> None:
    X, y = problem()
    doubled = np.column_stack([X, X[:, 1]])
    fit = fit_least_squares(doubled, y, solver="svd")
    assert (fit.rank, fit.full_rank, fit.condition_number) == (5, False, np.inf)
    np.testing.assert_allclose(beta_of(fit), np.linalg.lstsq(design_matrix(doubled), y)[0], rtol=1e-11)
    np.testing.assert_allclose(fit.fitted, fit_least_squares(X, y).fitted, rtol=1e-11)


def test_svd_solution_is_shortest_in_the_units_of_the_caller() -> None:
    X, y = problem(p=2)
    mixed = np.column_stack([X, 1000.0 * X[:, 0] + X[:, 1], np.full(len(y), 5.0)])
    fit = fit_least_squares(mixed, y, solver="svd")
    assert fit.rank == 3
    np.testing.assert_allclose(beta_of(fit), np.linalg.pinv(design_matrix(mixed), rcond=1e-12) @ y, rtol=1e-7)


def test_more_columns_than_rows_interpolate_with_the_shortest_solution() -> None:
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(4, 9)), rng.normal(size=4)
    fit = fit_least_squares(X, y, solver="svd")
    assert (fit.rank, fit.full_rank) == (4, False)
    np.testing.assert_allclose(fit.residuals, 0.0, atol=1e-13)
    np.testing.assert_allclose(beta_of(fit), np.linalg.pinv(design_matrix(X)) @ y, rtol=1e-9)


@pytest.mark.parametrize("solver", DIRECT)
def test_dependent_columns_raise_an_error_that_names_them_and_the_remedy(solver: Solver) -> None:
    X, y = problem()
    with pytest.raises(ValueError, match=r"6 columns of rank 5 in 40 rows: X\[:, \[4\]\].*Drop .*l2.*solver='svd'"):
        fit_least_squares(np.column_stack([X, 60 * X[:, 3]]), y, solver=solver)
    with pytest.raises(ValueError, match=r"X\[:, \[1\]\]"):
        fit_least_squares(np.column_stack([X[:, 0], np.full(40, 7.0)]), y, solver=solver)


@pytest.mark.parametrize("solver", DIRECT)
def test_more_columns_than_rows_raise_without_a_penalty(solver: Solver) -> None:
    X = np.random.default_rng(0).normal(size=(4, 12))
    with pytest.raises(ValueError, match=r"13 columns of rank 4 in 4 rows: X\[:, \[(\d+, ){5}…\]\]"):
        fit_least_squares(X, np.arange(4.0), solver=solver)
    with pytest.raises(ValueError, match=r"10 columns of rank 4 in 4 rows: X\[:, \[(\d+, ){5}…\]\]"):
        fit_least_squares(X[:, :9], np.arange(4.0), solver=solver)
    with pytest.raises(ValueError, match=r"9 columns of rank 4 in 4 rows: X\[:, \[(\d+, ){4}\d+\]\]"):
        fit_least_squares(X[:, :8], np.arange(4.0), solver=solver)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_penalty_makes_dependent_columns_solvable_and_the_flag_stays(solver: Solver) -> None:
    X = np.random.default_rng(0).normal(size=(4, 12))
    fit = fit_least_squares(X, np.arange(4.0), solver=solver, l2=0.5)
    reference = Ridge(alpha=0.5, solver="svd").fit(X, np.arange(4.0))
    np.testing.assert_allclose(fit.coef, reference.coef_, rtol=1e-10)
    assert (fit.rank, fit.full_rank) == (4, False)


def test_a_product_that_is_singular_in_float64_raises_and_names_qr() -> None:
    x, small = np.array([0.0, 0.0, 1.0, -1.0]), 2.0**-30 * np.array([1.0, -1.0, 0.0, 0.0])
    X, y = np.column_stack([x, x + small]), [0.0, 0.0, 1.0, -1.0]
    np.testing.assert_allclose(beta_of(fit_least_squares(X, y)), [0.0, 1.0, 0.0], atol=1e-5)
    with pytest.raises(ValueError, match=r"squares the condition number. Use solver='qr'"):
        fit_least_squares(X, y, solver="normal_equation")


# Extreme values


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("units", [[1e150, 1.0, 1e-150, 1.0], [1e300, 1e-300, 1.0, 1e-5], [1e305] * 4, [1e-305] * 4])
def test_columns_of_extreme_size_give_the_same_fit_in_other_units(units: list[float], solver: Solver) -> None:
    X, y = problem()
    plain, scaled = (fit_least_squares(X * u, y, solver=solver) for u in (np.ones(4), np.array(units)))
    np.testing.assert_allclose(scaled.coef * units, plain.coef, rtol=1e-9)
    np.testing.assert_allclose(scaled.fitted, plain.fitted, rtol=1e-10)
    assert scaled.rank == 5
    assert scaled.r_squared == pytest.approx(plain.r_squared, rel=1e-10, abs=0)


@pytest.mark.parametrize("unit", [1e-300, 1e-150, 1e150, 1e300])
def test_extreme_values_in_both_variables_leave_slope_and_r_squared_unchanged(unit: float) -> None:
    students = make_students()
    plain = fit_simple(students.hours, students.scores)
    fit = fit_simple(students.hours * unit, students.scores * unit)
    assert fit.slope == pytest.approx(plain.slope, rel=1e-12, abs=0)
    assert fit.intercept == pytest.approx(plain.intercept * unit, rel=1e-12, abs=0)
    assert fit.r_squared == pytest.approx(plain.r_squared, rel=1e-12, abs=0)


def test_a_sum_of_squares_beyond_float64_is_inf_while_the_fit_stands() -> None:
    X, y = problem()
    fit = fit_least_squares(X, 1e300 * y)
    assert fit.rss == np.inf
    assert fit.r_squared == pytest.approx(fit_least_squares(X, y).r_squared)


@pytest.mark.parametrize(("x_unit", "y_unit"), [(1e-300, 1e300), (1e300, 1e-300)])
def test_a_slope_beyond_float64_raises_an_error_that_says_so(x_unit: float, y_unit: float) -> None:
    X, y = problem(p=1)
    with pytest.raises(ValueError, match=r"^the slope leaves the range of float64"):
        fit_simple(X[:, 0] * x_unit, y * y_unit)
    with pytest.raises(ValueError, match=r"^a coefficient leaves the range of float64"):
        fit_least_squares(X * x_unit, y * y_unit)


def test_an_intercept_beyond_float64_raises_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match=r"^the intercept leaves the range of float64"):
        fit_simple([3.0, 4.0], [0.0, 1.7e308])


def test_residuals_that_vanish_beside_the_smallest_numbers_are_no_error() -> None:
    x = np.arange(4.0)
    for y in (5e-324 * np.array([100, 110, 120, 131]), 5e-324 * np.array([100, 67, 33, 0])):
        for fit in (fit_simple(x, y), fit_least_squares(x[:, None], y)):
            assert np.abs(fit.residuals).max() <= 5e-324


def test_fitted_values_and_residuals_beyond_float64_raise_an_error_that_says_so() -> None:
    x = np.array([[-1.5], [-0.5], [0.5], [1.5]])
    with pytest.raises(ValueError, match=r"^a fitted value leaves the range of float64"):
        fit_least_squares(x, 1.7e308 * np.array([1, 1, 1, -1]))
    with pytest.raises(ValueError, match=r"^a residual leaves the range of float64"):
        fit_least_squares([[-1.0], [0.0], [1.0]], [1.7e308, -1.7e308, 1.7e308])


def test_one_row_is_fitted_fully_by_the_shortest_solution() -> None:
    fit = fit_least_squares([[1.0]], [2.0], solver="svd")
    np.testing.assert_allclose(beta_of(fit), [1.0, 1.0])
    assert fit.r_squared == 1.0


@pytest.mark.parametrize("columns", [1, 16])
def test_sums_gradients_and_predictions_beyond_float64_raise(columns: int) -> None:
    signs = np.resize([1.0, -1.0], columns)  # infinities of both signs meet in a sum
    huge, line = np.full((2, columns), 1e300), np.append(0.0, 1e10 * signs)
    fit = dataclasses.replace(fit_least_squares([[0.0], [1.0]], [0.0, 1.0]), coef=line[1:])
    with pytest.raises(ValueError, match=r"^the residual sum of squares leaves the range of float64"):
        residual_sum_of_squares(huge, [0.0, 0.0], line)
    with pytest.raises(ValueError, match=r"^the gradient leaves the range of float64"):
        residual_sum_of_squares_gradient(huge, [0.0, 0.0], line)
    with pytest.raises(ValueError, match=r"^a prediction leaves the range of float64"):
        predict(fit, huge)


def test_a_condition_number_beyond_float64_is_inf() -> None:
    X, y = problem(p=2)
    fit = fit_least_squares(X * [1e300, 1e-12], y)
    assert fit.full_rank
    assert fit.condition_number == np.inf


@given(
    arrays(float, (5, 2), elements=st.floats(allow_nan=False, allow_infinity=False)),
    arrays(float, 5, elements=st.floats(allow_nan=False, allow_infinity=False)),
    st.sampled_from(SOLVERS),
    st.sampled_from([0.0, 1e-300, 1.0, 1e300]),
)
def test_any_finite_input_gives_finite_coefficients_or_an_error_that_says_why(
    X: NDArray[np.float64], y: NDArray[np.float64], solver: Solver, l2: float
) -> None:
    told = ""
    try:
        fit = fit_least_squares(X, y, solver=solver, l2=l2)
    except ValueError as error:
        told = str(error)
    if told:
        assert any(
            why in told
            for why in ("range of float64", "independent columns", "distance from 0", "squares the condition")
        )
        return
    assert np.isfinite([*beta_of(fit), *fit.fitted, *fit.residuals, fit.r_squared]).all()
    assert not np.isnan([fit.rss, fit.condition_number]).any()


# Awkward input


def test_a_constant_x_raises_and_names_the_mean() -> None:
    with pytest.raises(ValueError, match=r"at least two different values, got 0.1 in all 3 rows.*the mean of y"):
        fit_simple([0.1, 0.1, 0.1], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="in all 1 rows"):
        fit_simple([2.0], [1.0])


def test_coefficients_that_do_not_fit_the_columns_are_refused_by_their_name() -> None:
    with pytest.raises(
        ValueError, match=r"fit\.coef must have one weight per column of X, got 1 weights for 2 columns"
    ):
        predict(fit_least_squares([[0.0], [1.0]], [0.0, 1.0]), [[1.0, 2.0]])
    with pytest.raises(ValueError, match="beta must have one weight per column of X with its column of ones"):
        residual_sum_of_squares([[0.0], [1.0]], [0.0, 1.0], [1.0])


def test_results_are_read_only() -> None:
    X, y = problem()
    fit = fit_least_squares(X, y)
    for array in (fit.coef, fit.fitted, fit.residuals, fit_simple(X[:, 0], y).residuals):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0
    with pytest.raises(AttributeError):
        fit.rss = 0.0  # type: ignore[misc]  # what is refused


def test_a_residual_beyond_float64_raises_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match="a residual leaves the range of float64"):
        fit_simple([0.0, 1.0, 2.0], [1.7e308, -1.7e308, 1.7e308])


@pytest.mark.parametrize("solver", SOLVERS)
def test_rounding_that_vanishes_beside_tiny_targets_is_no_error(solver: Solver) -> None:
    X, y = np.ones((12, 3)), np.full(12, 1.11253693e-308)
    X[0, 0], X[1, 1], X[2, 2] = 0.0, 0.5, 0.1
    np.testing.assert_allclose(fit_least_squares(X, y, solver=solver).fitted, y, rtol=1e-9)
    X[:, 1:] = 1.0
    np.testing.assert_allclose(fit_least_squares(X, y, solver="svd").fitted, y, rtol=1e-9)


def test_gradient_of_a_perfect_fit_is_zero_even_where_twice_x_would_overflow() -> None:
    np.testing.assert_array_equal(residual_sum_of_squares_gradient([[1e308], [1.0]], [0.0, 0.0], [0.0, 0.0]), 0.0)


def test_columns_far_from_zero_are_refused_for_what_they_are() -> None:
    x = 2.0**53 - 400 + 7 * np.arange(20)
    with pytest.raises(ValueError, match=r"vary enough beside its distance from 0.*Subtract a constant"):
        fit_least_squares(x[:, None], x)
    assert fit_least_squares((x - x[0])[:, None], 3 * (x - x[0])).coef == pytest.approx(3, rel=1e-12)
