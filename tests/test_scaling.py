"""Scaled columns keep the model, and standardised ones are those of scikit-learn."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import StandardScaler

from logreg_docs.datasets import load_breast_cancer, make_outline_data, make_students
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.log_loss import log_loss_gradient, log_loss_hessian
from logreg_docs.scaling import scale_columns, standardise

SPLIT = make_outline_data()
X, Y = SPLIT.X_train, SPLIT.y_train


def test_standardise_equals_scikit_learn() -> None:
    data = load_breast_cancer()
    scaler = StandardScaler().fit(data.X)
    ours = standardise(data.X)
    np.testing.assert_allclose(ours.X, scaler.transform(data.X), atol=1e-12)
    np.testing.assert_allclose(ours.mean, scaler.mean_, rtol=1e-13)
    np.testing.assert_allclose(ours.scale, scaler.scale_, rtol=1e-12)
    np.testing.assert_allclose(ours.transform(data.X[:5]), ours.X[:5], atol=1e-12)


@pytest.mark.parametrize("factor", [1e-290, 1e-150, 1e150, 1e300])
def test_standardise_survives_extreme_units(factor: float) -> None:
    np.testing.assert_allclose(standardise(X * factor).X, standardise(X).X, atol=1e-12)
    factors = np.array([1.0, factor] * (X.shape[1] // 2))
    np.testing.assert_allclose(standardise(X * factors).X, standardise(X).X, atol=1e-12)


@pytest.mark.parametrize("spread", [1e-5, 1e-4, 1e-2, 1.0])
@pytest.mark.parametrize("offset", [0.0, 1.7e9, -1.7e9])
def test_standardise_gives_mean_0_and_deviation_1_however_far_from_0_the_column_is(
    offset: float, spread: float
) -> None:
    column = offset + spread * np.random.default_rng(0).random(1000)
    scaled = standardise(np.column_stack([column, np.arange(1000.0)]))  # another column must not matter
    exact = [Fraction(value) for value in column]
    mean = sum(exact) / 1000
    deviation = math.sqrt(sum((value - mean) ** 2 for value in exact) / 1000)
    assert abs(scaled.X[:, 0].mean()) < 1e-15
    assert scaled.X[:, 0].std() == pytest.approx(1, rel=1e-14, abs=0)
    np.testing.assert_allclose(scaled.X[:, 0], [float(value - mean) / deviation for value in exact], atol=1e-13)
    assert scaled.mean[0] == pytest.approx(float(mean), rel=1e-15, abs=0)
    assert scaled.scale[0] == pytest.approx(deviation, rel=1e-13, abs=0)


@pytest.mark.parametrize(
    "column",
    [
        [0.3] * 5 + [0.1 + 0.2] * 4,
        1.7e9 + np.random.default_rng(0).random(1000) * 1e-6,
        [1e300, 1e300 * (1 - 1e-15)],
        [1.0, 1 - 2.0**-49],
    ],
)
def test_standardise_refuses_a_spread_that_may_be_rounding(column: list[float]) -> None:
    X = np.column_stack([np.arange(len(column)), column])
    with pytest.raises(ValueError, match=r"must vary by more than rounding, .* column 1\. Drop it, or subtract"):
        standardise(X)


def test_standardise_names_constant_columns() -> None:
    with pytest.raises(ValueError, match="column 1, 2"):
        standardise(np.column_stack((np.arange(4.0), np.full(4, 0.1), np.zeros(4))))


def test_standardising_lowers_the_condition_number_and_keeps_the_fit() -> None:
    students = make_students()
    hours = students.hours[:, None]
    scaled = standardise(hours)
    fit = fit_gradient_descent(scaled.X, students.passed, learning_rate=5.0, n_steps=3000, tolerance=1e-13)
    w = fit.w / scaled.scale
    b = fit.b - float(w @ scaled.mean)
    raw = log_loss_gradient(hours, students.passed, w, b)
    assert math.hypot(*raw.w, raw.b) < 1e-12
    conditions = [
        np.linalg.cond(log_loss_hessian(features, *point))
        for features, point in ((hours, (w, b)), (scaled.X, (fit.w, fit.b)))
    ]
    assert conditions[0] > 50 * conditions[1]


def test_standardise_refuses_a_spread_that_float64_cannot_hold() -> None:
    with pytest.raises(ValueError, match=r"too small columns \[1\]"):
        standardise([[0.0, 5e-324], [1.0, 0.0]])
    with pytest.raises(ValueError, match="X_new must lie nearer"):
        standardise([[0.0], [1e-10]]).transform([[1e308]])


finite = st.floats(-1e300, 1e300, allow_nan=False).map(lambda x: 0.0 if abs(x) < 1e-300 else x)


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 3)), elements=finite))
def test_scaling_columns_can_be_undone(X: np.ndarray) -> None:
    scaled = scale_columns(X)
    assert np.abs(scaled.Z).max() < 2
    largest = np.abs(X).max(axis=0)
    assert (np.abs(scaled.centre + scaled.scale * scaled.Z - X) <= 1e-14 * largest).all()


@pytest.mark.parametrize("rows", [3, 10])  # the mean of ten rounds to less than 0.1
def test_scaling_makes_constant_columns_zero_and_keeps_their_value_as_centre(rows: int) -> None:
    scaled = scale_columns(np.full((rows, 2), [0.1, 0.0]))
    assert_array_equal(scaled.Z, 0)
    assert_array_equal(scaled.centre, [0.1, 0.0])
    assert_array_equal(scaled.scale, 1)


@pytest.mark.parametrize(("largest", "least"), [(5e-324, 0.0), (1e-300, 0.5), (1.7e308, 0.5)])
def test_scaling_stays_within_float64_at_both_its_ends(largest: float, least: float) -> None:
    scaled = scale_columns(np.array([[1.0], [-1.0], [-1.0], [-1.0]]) * largest)
    assert 0 < scaled.scale[0] < np.inf
    assert least < np.abs(scaled.Z).max() <= 4
    assert not scaled.Z.flags.writeable
    assert_allclose(scaled.centre / 4 + scaled.scale / 4 * scaled.Z[:1], [[largest / 4]], atol=5e-324)


def test_every_column_is_centred_and_scaled_by_itself() -> None:
    k = np.arange(7.0)
    X = np.column_stack([k, 1e-3 * k**2, np.full(7, 0.1), 1e200 * k, 1e-200 * k])
    scaled = scale_columns(X)
    varying = [0, 1, 3, 4]
    assert_allclose(scaled.centre, X.mean(axis=0), rtol=1e-15)
    assert_allclose(scaled.Z[:, varying].mean(axis=0), 0, atol=1e-15)
    assert (np.abs(scaled.Z[:, varying]).max(axis=0) >= 1).all()
    assert (np.abs(scaled.Z).max(axis=0) < 2).all()
    assert_array_equal(scaled.Z[:, 2], 0)
    assert scaled.scale[2] == 1
