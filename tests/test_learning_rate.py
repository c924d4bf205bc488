"""The local limit parts walks that settle from those that do not, and the safe rate never climbs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from logreg_docs.datasets import make_outline_data
from logreg_docs.gradient_descent import descend, fit_gradient_descent
from logreg_docs.learning_rate import learning_rate_limit, safe_learning_rate
from logreg_docs.log_loss import log_loss_hessian, objective

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logreg_docs.gradient_descent import GradientDescentFit

SPLIT = make_outline_data()
X, Y = SPLIT.X_train, SPLIT.y_train


@pytest.fixture(scope="module")
def best() -> GradientDescentFit:
    fit = fit_gradient_descent(X, Y, learning_rate=2.0, n_steps=5000, tolerance=1e-14)
    assert fit.converged
    return fit


@pytest.mark.parametrize(("share", "settles"), [(0.99, True), (1.01, False)])
def test_quadratic_settles_just_below_its_limit_and_not_above(share: float, *, settles: bool) -> None:
    matrix = np.array([[3.0, 1.0], [1.0, 2.0]])
    limit = 2 / np.linalg.eigvalsh(matrix)[-1]
    path = descend(lambda v: matrix @ v, [1.0, 1.0], learning_rate=share * limit, n_steps=2000)
    distance = float(np.linalg.norm(path[-1]))
    assert (distance < 1e-8) is settles
    assert (distance > 1e8) is not settles


@pytest.mark.parametrize(("share", "settles"), [(0.98, True), (1.02, False)])
def test_logistic_walk_settles_just_below_its_local_limit_and_not_above(
    best: GradientDescentFit, share: float, *, settles: bool
) -> None:
    rate = share * learning_rate_limit(X, best.w, best.b)
    fit = fit_gradient_descent(
        X, Y, learning_rate=rate, n_steps=3000, w_start=best.w + 1e-4, b_start=best.b, tolerance=1e-12
    )
    assert fit.converged is settles
    assert (fit.history.gradient_norm[-1] > 1e-3) is not settles


def test_limit_is_two_over_the_largest_eigenvalue_and_a_penalty_lowers_it(best: GradientDescentFit) -> None:
    eigenvalues = np.linalg.eigvals(log_loss_hessian(X, best.w, best.b)).real
    assert learning_rate_limit(X, best.w, best.b) == pytest.approx(2 / eigenvalues.max(), rel=1e-10, abs=0)
    assert learning_rate_limit(X, best.w, best.b, l2=1.0) < learning_rate_limit(X, best.w, best.b)


@examples(60)
@given(
    X=hnp.arrays(np.float64, (6, 2), elements=st.floats(-50, 50)),
    start=hnp.arrays(np.float64, 3, elements=st.floats(-3, 3)),
    l2=st.sampled_from([0.0, 0.3]),
)
def test_safe_rate_never_raises_the_objective(X: NDArray[np.float64], start: NDArray[np.float64], l2: float) -> None:
    y = np.array([0, 1, 0, 1, 1, 0])
    fit = fit_gradient_descent(
        X, y, learning_rate=safe_learning_rate(X, l2=l2), n_steps=10, l2=l2, w_start=start[:2], b_start=float(start[2])
    )
    values = [objective(X, y, w, b, l2=l2) for w, b in zip(fit.history.w, fit.history.b, strict=True)]
    assert (np.diff(values) <= 1e-12 * max(values)).all()


@examples(60)
@given(
    X=hnp.arrays(np.float64, (5, 3), elements=st.floats(-20, 20)),
    point=hnp.arrays(np.float64, 4, elements=st.floats(-5, 5)),
)
def test_safe_rate_is_at_most_the_local_limit_anywhere(X: NDArray[np.float64], point: NDArray[np.float64]) -> None:
    assert safe_learning_rate(X) <= learning_rate_limit(X, point[:3], float(point[3])) * (1 + 1e-12)


def test_limit_is_infinite_where_every_row_is_saturated() -> None:
    assert learning_rate_limit([[-1.0], [1.0]], [1e4], 0.0) == math.inf


def test_safe_rate_survives_large_features_and_reports_when_it_cannot() -> None:
    assert safe_learning_rate(X * 1e100) == pytest.approx(safe_learning_rate(X * 1e50) * 1e-100, rel=1e-10, abs=0)
    with pytest.raises(ValueError, match="Standardise"):
        safe_learning_rate(X * 1e200)
