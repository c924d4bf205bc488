"""One reading of the rows adds up to what the formulas say, however the rows are cut and shared out."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import ThreadpoolController, threadpool_info

from logreg_docs import _sweep as sweep
from logreg_docs.likelihood import log_loss, log_loss_gradient, log_loss_hessian
from logreg_docs.newton import fit_newton
from logreg_docs.separation import find_separation
from logreg_docs.sigmoid import sigmoid, sigmoid_derivative


def test_row_terms_are_loss_slope_and_root_of_the_curvature_at_any_logit() -> None:
    z = np.concatenate([np.linspace(-40, 40, 81), [-1000, -700, 700, 1000]])
    for label in (0.0, 1.0):
        terms = sweep.row_terms(z, np.full(z.size, label))
        sign = 1 - 2 * label
        assert terms.loss == pytest.approx(z.size * log_loss(z, np.full(z.size, label)), rel=1e-14, abs=0)
        np.testing.assert_allclose(terms.residuals, sign * sigmoid(sign * z), rtol=1e-15)
        np.testing.assert_allclose(terms.root_weights, np.sqrt(sigmoid_derivative(z)), rtol=1e-14, atol=1e-200)


@pytest.mark.parametrize("margin", [-900.0, 0.0, 4.0, 5.0, 20.0, 36.0, 40.0, 600.0])
@pytest.mark.parametrize("rows", [1_023, 1_024, 1_087, 16_384])
def test_the_loss_of_many_rows_keeps_its_digits_however_small_it_is(rows: int, margin: float) -> None:
    z = np.random.default_rng(0).normal(margin, 1.0, size=rows)
    exact = math.fsum(np.logaddexp(0.0, -z))
    assert sweep.row_terms(z, np.ones(rows)).loss == pytest.approx(exact, rel=1e-13, abs=0)
    assert sweep.row_terms(-z, np.zeros(rows)).loss == pytest.approx(exact, rel=1e-13, abs=0)


@pytest.mark.parametrize(("rows", "logarithms"), [(1_023, 1_023), (1_024, 16), (16_384, 256)])
def test_many_rows_need_few_logarithms(rows: int, logarithms: int, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []

    def count(logarithm: Any, of: Any) -> Any:
        taken.append(np.size(of))
        return logarithm(of)

    for name in ("log", "log1p"):
        monkeypatch.setattr(np, name, partial(count, getattr(np, name)))
    sweep.row_terms(np.zeros(rows), np.ones(rows))
    assert sum(taken) == logarithms


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_shares_cover_every_row_once_in_order(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_cores", lambda: cores)
    shares = sweep.sweep(lambda rows: rows, (1_000_003, 3), products=50)
    assert len(shares) == cores
    seen = [i for rows in shares for chunk in sweep.chunks(rows, 3) for i in range(chunk.start, chunk.stop)]
    assert seen == list(range(1_000_003))


def test_few_rows_are_shared_among_fewer_threads_than_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_cores", lambda: 5)
    assert sweep.sweep(lambda rows: rows, (1_000_000, 5)) == [(0, 500_000), (500_000, 1_000_000)]
    assert sweep.sweep(lambda rows: rows, (1_000_000, 4)) == [(0, 1_000_000)]
    assert sweep.sweep(lambda rows: rows, (1_000_000, 2), products=25) == [(0, 500_000), (500_000, 1_000_000)]
    assert sweep.sweep(lambda rows: rows, (100_000, 3)) == [(0, 100_000)]


def test_linear_algebra_gets_one_thread_and_nothing_else_is_limited() -> None:
    with ThreadpoolController().limit(limits=2), sweep.plain_blas():
        threads = {(pool["user_api"], pool["num_threads"]) for pool in threadpool_info()}
    assert ("blas", 1) in threads
    assert threads <= {("blas", 1), ("openmp", 2)}


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
    assert loss == pytest.approx(log_loss(X @ point[:-1] + point[-1], y), rel=1e-12, abs=0)
    expected = log_loss_gradient(X, y, point[:-1], point[-1])
    np.testing.assert_allclose(gradient, np.append(expected.w, expected.b), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(hessian, log_loss_hessian(X, point[:-1], point[-1]), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("columns", [1, 16])
def test_logits_beyond_float64_give_no_finite_loss_and_no_warning(columns: int) -> None:
    plain = sweep.Frame(slice(None), np.zeros(columns), np.ones(columns), np.ones(columns))
    point = np.append(np.resize([1e308, -1e308], columns), 0.0)
    loss, _, _ = sweep.mean_terms(np.full((4, columns), 10.0), np.array([0, 1, 0, 1]), plain, point)
    assert not np.isfinite(loss)


@pytest.mark.parametrize("factor", [1e-320, 1e-200, 1.0, 1e200, 1e307])
def test_frame_centres_columns_of_any_size(factor: float) -> None:
    X = np.array([[1.0, 3.0, 0.0], [2.0, 3.0, 0.0], [9.0, 3.0, 0.0]]) * factor
    frame = sweep.find_frame(X)
    (_, values, block), *others = frame.blocks(X, sweep.Rows(0, 3))
    assert not others
    np.testing.assert_array_equal(block, np.column_stack([values, np.ones(3)]))
    assert np.abs(values.sum(axis=0)).max() <= 1e-13 * np.abs(block).max()
    np.testing.assert_array_equal(frame.reach, np.abs(values).max(axis=0))
    assert (frame.unit[:2] != 1).all() == (factor < 1e-30 or factor > 1e30)
    assert (frame.reach[1:] <= 1e-15 * np.abs(frame.centre[1:])).all()


def test_frame_counts_in_powers_of_two_only_where_squares_would_leave_float64() -> None:
    largest = np.array([3e200, 5.0, 7e-5, 2.0**99, 6e-200])
    for sign in (1, -1):
        X = sign * np.array([[0.25], [0.5], [1.0]]) * largest
        frame = sweep.find_frame(X)
        extreme = (largest > 1e100) | (largest < 1e-100)
        np.testing.assert_array_equal(frame.unit, np.where(extreme, 2.0 ** np.floor(np.log2(largest)), 1.0))
        np.testing.assert_allclose(frame.centre * frame.unit, X.mean(axis=0), rtol=1e-15)
        np.testing.assert_allclose(frame.reach * frame.unit, np.abs(X - X.mean(axis=0)).max(axis=0), rtol=1e-15)


@pytest.mark.parametrize("columns", [3, 20])
def test_frame_of_many_chunks_is_that_of_all_rows(columns: int) -> None:
    X = np.arange(20_000.0)[:, np.newaxis] ** 2 * np.linspace(-1, 1, columns)
    frame = sweep.find_frame(X)
    np.testing.assert_allclose(frame.centre, X.mean(axis=0), rtol=1e-12, atol=1e-6)
    np.testing.assert_allclose(frame.reach, np.abs(X - X.mean(axis=0)).max(axis=0), rtol=1e-12, atol=1e-6)


@pytest.mark.parametrize("columns", [3, 30])
def test_rows_are_read_in_their_frame_whichever_columns_type_and_basis_it_has(columns: int) -> None:
    rng = np.random.default_rng(1)
    X = rng.choice([-1.0, 1.0], size=(9_000, columns)) * rng.uniform(1, 2, size=(9_000, columns))
    frame, rows = sweep.find_frame(X), sweep.Rows(10, 8_995)
    assert not frame.centre.any()
    assert (frame.unit == 1).all()
    kept, basis = np.array([0, columns - 1]), rng.normal(size=(columns, columns))
    few = frame.restrict(kept)
    np.testing.assert_array_equal(few.reach, np.abs(X[:, kept]).max(axis=0))
    for data, view, expected in (
        (X, frame, X),
        (X.astype(np.float32), frame, X.astype(np.float32).astype(float)),
        (X, few, X[:, kept]),
        (X, frame._replace(basis=basis), X @ basis),
    ):
        read = [values.copy() for _, values, _ in view.blocks(data, rows)]
        np.testing.assert_allclose(np.vstack(read), expected[10:8_995], rtol=1e-12, atol=1e-14)
        assert {values.dtype for values in read} == {np.dtype(float)}


def test_centre_of_a_constant_column_is_its_value_and_nothing_reaches_beyond() -> None:
    values = np.concatenate([np.linspace(-1, 1, 201), [0.1, -0.7, 1e-7]])
    frame = sweep.find_frame(np.tile(values, (7, 1)))
    np.testing.assert_array_equal(frame.centre, values)
    np.testing.assert_array_equal(frame.reach, 0)


def test_a_mean_whose_sum_overflows_gives_way_to_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_cores", lambda: 2)
    monkeypatch.setattr(sweep, "_WORTH_SHARING", 1)
    columns = [[1.5e308, 1.1e308, 1.5e308, 1.1e308], [1.7e308, 1.7e308, -1.7e308, -1.7e308], [1.7e308, 0, 1.1e308, 0]]
    frame = sweep.find_frame(np.array(columns).T)
    np.testing.assert_allclose(frame.centre * frame.unit, [1.3e308, 0.0, 0.85e308], rtol=1e-15)
    assert sweep.find_frame(np.tile([[1.7e308], [-1.7e308]], (50, 1))).centre == 0


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.booleans()), min_size=2, max_size=12),
    st.lists(st.floats(-30, 30), min_size=3, max_size=3),
)
@examples(150)
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
    assert not sweep.overlap_is_proven(np.hstack([X, X]) * 1e200, y, np.array([1e200, -1e200]), 0.0)


@pytest.mark.parametrize("units", [[1.0, 1.0, 1.0], [1e-6, 1e3, 1.0], [1e200, 1e-150, 1.0]])
def test_overlap_is_proven_in_any_units_of_the_columns(units: list[float]) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal([4.0, -5.0, 0.0], size=(400, 3))
    y = (X @ [1.0, 2.0, -1.0] + 6.5 + rng.logistic(size=400) > 0).astype(float)
    fit = fit_newton(X, y)
    assert sweep.overlap_is_proven(X * units, y, fit.w / units, fit.b)


@pytest.mark.parametrize("spread", [1.0, 1e-3])
def test_no_row_is_longer_than_its_bound_and_the_bound_grows_with_the_root_of_the_columns(spread: float) -> None:
    rng = np.random.default_rng(3)
    X = np.column_stack([rng.uniform(-1, 1, (2000, 60)) * rng.uniform(spread, 1, 60), np.ones(2000)])
    triangle = np.linalg.qr(X, mode="r") / np.sqrt(len(X))
    lengths = np.linalg.norm(np.linalg.solve(triangle.T, X.T), axis=0)
    assert lengths.max() < sweep.longest_row(np.linalg.inv(triangle), np.abs(X).max(axis=0)) < 30


def test_parts_that_point_the_same_way_add_up_to_the_longest_row() -> None:
    assert sweep.longest_row(np.ones((4, 1)), np.full(4, 0.5)) == pytest.approx(2.0, rel=1e-15, abs=0)
