"""The objective that a fit is handed adds up to what the formulas say, however the rows are cut and shared out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from logreg_docs import _chunks
from logreg_docs._objective import Objective, row_terms
from logreg_docs.log_loss import log_loss, log_loss_gradient, log_loss_hessian, objective
from logreg_docs.sigmoid import sigmoid, sigmoid_derivative

if TYPE_CHECKING:
    from numpy.typing import NDArray


def make_problem() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4))
    return X, (rng.random(60) < sigmoid(X.sum(axis=1))).astype(float), rng.normal(size=4), 0.3


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_row_terms_are_loss_slope_and_curvature_at_any_logit(label: float) -> None:
    z = np.concatenate([np.linspace(-40, 40, 81), [-1000, -700, 700, 1000]])
    terms, sign = row_terms(z, np.full(z.size, label)), 1 - 2 * label
    assert_allclose(terms.losses, np.logaddexp(0.0, sign * z), rtol=1e-14, atol=0)
    assert_allclose(terms.residuals, sign * sigmoid(sign * z), rtol=1e-15)
    assert_allclose(terms.curvatures, sigmoid_derivative(z), rtol=1e-14, atol=1e-320)


def objective_of(X: NDArray[np.float64], y: NDArray[np.float64], l2: float = 0.0) -> Objective:
    root = np.append(np.full(X.shape[1], np.sqrt(l2)), 0.0)
    return Objective(lambda rows, block: np.copyto(block[:, :-1], X[rows]), y, root)


@pytest.mark.parametrize("cores", [1, 3])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(("shape", "l2"), [((7, 2), 0.3), ((50_001, 4), 0.0), ((40_000, 20), 0.1)])
def test_objective_in_chunks_is_that_of_the_formulas(
    shape: tuple[int, int], l2: float, order: Any, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_chunks, "_cores", lambda: cores)
    monkeypatch.setattr(_chunks, "_WORTH_SHARING", 100_000)
    rng = np.random.default_rng(0)
    X, y = np.asarray(rng.normal(size=shape), order=order), rng.integers(0, 2, shape[0]).astype(float)
    *w, b = point = rng.normal(size=shape[1] + 1)
    terms = objective_of(X, y, l2).at(point, hessian=True)
    assert terms.log_loss == pytest.approx(log_loss(X @ w + b, y), rel=1e-12, abs=0)
    assert terms.objective == pytest.approx(objective(X, y, w, b, l2=l2), rel=1e-12, abs=0)
    assert_allclose(terms.gradient, np.append(*log_loss_gradient(X, y, w, b, l2=l2)), rtol=1e-9, atol=1e-13)
    assert_allclose(terms.hessian, log_loss_hessian(X, w, b), rtol=1e-9, atol=1e-13)
    assert objective_of(X, y).at(point).hessian.shape == (0, 0)


@pytest.mark.parametrize("hessian", [False, True])
def test_many_rows_are_shared_out_with_a_hessian_and_without(monkeypatch: pytest.MonkeyPatch, *, hessian: bool) -> None:
    monkeypatch.setattr(_chunks, "_cores", lambda: 2)
    monkeypatch.setattr(_chunks, "_WORTH_SHARING", 3_000)
    read: list[slice | NDArray[np.intp]] = []

    def note(rows: slice | NDArray[np.intp], out: NDArray[np.float64]) -> None:
        read.append(rows)
        out[...] = 0.0

    Objective(note, np.zeros(200), np.zeros(4)).at(np.zeros(4), hessian=hessian)
    assert sorted(map(str, read)) == ["slice(0, 100, None)", "slice(100, 200, None)"]


def test_objective_of_some_rows_is_that_of_their_data() -> None:
    X, y, w, b = make_problem()
    rows, point = np.array([5, 3, 40]), np.append(w, b)
    some, own = objective_of(X, y, 0.1).of_rows(rows).at(point), objective_of(X[rows], y[rows], 0.1).at(point)
    assert some.objective == own.objective
    assert_array_equal(some.gradient, own.gradient)


@pytest.mark.parametrize("columns", [1, 16])
def test_a_logit_beyond_float64_gives_no_finite_loss_and_no_warning(columns: int) -> None:
    X, y = np.full((4, columns), 10.0), np.array([0.0, 1, 0, 1])
    for size in (1e308, np.inf):
        terms = objective_of(X, y).at(np.append(np.resize([size, -size], columns), 0.0))
        assert not np.isfinite(terms.log_loss)
        assert_array_equal(terms.gradient, np.full(columns + 1, np.nan))
    right_side = objective_of(np.array([[10.0], [-10.0]]), np.array([1.0, 0.0])).at(np.array([1e308, 0.0]))
    assert not np.isfinite(right_side.log_loss)


def test_a_penalty_beyond_float64_is_infinite_and_no_warning() -> None:
    X, y, w, b = make_problem()
    assert objective_of(X, y, 1.0).at(np.append(w * 1e200, b)).objective == np.inf
