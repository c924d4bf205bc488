"""One reading of the rows adds up to what the formulas say, however the rows are cut and shared out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logreg_docs import _sweep as sweep
from logreg_docs.likelihood import log_loss, log_loss_gradient, log_loss_hessian
from logreg_docs.separation import find_separation
from logreg_docs.sigmoid import sigmoid, sigmoid_derivative


def test_row_terms_are_loss_slope_and_root_of_the_curvature_at_any_logit() -> None:
    z = np.concatenate([np.linspace(-40, 40, 81), [-1000, -700, 700, 1000]])
    for label in (0.0, 1.0):
        terms = sweep.row_terms(z, np.full(z.size, label))
        sign = 1 - 2 * label
        assert terms.loss == pytest.approx(z.size * log_loss(z, np.full(z.size, label)), rel=1e-14)
        np.testing.assert_allclose(terms.residuals, sign * sigmoid(sign * z), rtol=1e-15)
        np.testing.assert_allclose(terms.root_weights, np.sqrt(sigmoid_derivative(z)), rtol=1e-14, atol=1e-200)


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_shares_cover_every_row_once_in_order(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_cores", lambda: cores)
    shares = sweep.sweep(lambda rows: rows, (1_000_003, 3))
    assert len(shares) == cores
    seen = [i for rows in shares for chunk in sweep.chunks(rows, 3) for i in range(chunk.start, chunk.stop)]
    assert seen == list(range(1_000_003))


@pytest.mark.parametrize("cores", [1, 3])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(7, 2), (150_001, 4), (40_000, 20)])
def test_mean_terms_are_those_of_the_likelihood(
    shape: tuple[int, int], order: Any, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "_cores", lambda: cores)
    monkeypatch.setattr(sweep, "_WORTH_SHARING", 100_000)
    rng = np.random.default_rng(0)
    X, y = np.asarray(rng.normal(size=shape), order=order), rng.integers(0, 2, shape[0])
    point = rng.normal(size=shape[1] + 1)
    plain = sweep.Frame(slice(None), np.zeros(shape[1]), np.ones(shape[1]), np.ones(shape[1]))
    loss, gradient, hessian = sweep.mean_terms(X, y, plain, point)
    assert loss == pytest.approx(log_loss(X @ point[:-1] + point[-1], y), rel=1e-12)
    expected = log_loss_gradient(X, y, point[:-1], point[-1])
    np.testing.assert_allclose(gradient, np.append(expected.w, expected.b), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(hessian, log_loss_hessian(X, point[:-1], point[-1]), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("factor", [1e-320, 1e-200, 1.0, 1e200, 1e307])
def test_frame_centres_columns_of_any_size(factor: float) -> None:
    X = np.array([[1.0, 3.0, 0.0], [2.0, 3.0, 0.0], [9.0, 3.0, 0.0]]) * factor
    frame = sweep.find_frame(X)
    (_, block), *others = frame.blocks(X, sweep.Rows(0, 3))
    assert not others
    assert np.abs(block[:, :-1].sum(axis=0)).max() <= 1e-13 * np.abs(block).max()
    np.testing.assert_array_equal(frame.reach, np.abs(block[:, :-1]).max(axis=0))
    assert (frame.unit != 1).all() == (factor < 1e-30 or factor > 1e30) or X[0, 2] == 0
    assert (frame.reach[1:] <= 1e-15 * np.abs(frame.centre[1:])).all()


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.booleans()), min_size=2, max_size=12),
    st.lists(st.floats(-30, 30), min_size=3, max_size=3),
)
@settings(deadline=None, max_examples=150)
def test_what_is_proven_to_overlap_is_not_separable(rows: list[tuple[int, int, bool]], point: list[float]) -> None:
    X, y = np.array([row[:2] for row in rows], dtype=float), np.array([row[2] for row in rows], dtype=float)
    if sweep.overlap_is_proven(X, y, np.array(point[:2]), point[2]):
        assert find_separation(X, y).kind == "none"


def test_overlap_is_proven_at_the_optimum_and_not_far_from_it() -> None:
    X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 1, 0, 1])
    assert sweep.overlap_is_proven(X, y, np.array([0.9082]), -1.3623)
    assert not sweep.overlap_is_proven(X, y, np.array([0.0]), 5.0)
    assert not sweep.overlap_is_proven(X, y, np.array([1e308]), 1e308)
    assert not sweep.overlap_is_proven(X * 1e200, y, np.array([1e200]), 0.0)
