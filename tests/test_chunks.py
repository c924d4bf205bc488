"""Chunks cover every row once, however many cores share them, and columns of any size are scaled alike."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_info

from logreg_docs import _chunks
from logreg_docs._chunks import RowRange, find_column_scaling, map_rows, single_threaded_blas

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_shares_cover_every_row_once_in_order(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chunks, "_cores", lambda: cores)
    shares = map_rows(lambda rows: rows, (1_000_003, 3), products=50)
    assert len(shares) == cores
    seen = [i for rows in shares for chunk in _chunks.chunks(rows, 3) for i in range(chunk.start, chunk.stop)]
    assert seen == list(range(1_000_003))


@pytest.mark.parametrize(("columns", "longest"), [(1, 8_192), (50, 4_000), (1_000, 1_024)])
def test_no_chunk_is_longer_than_said_and_all_fit_the_cache(columns: int, longest: int) -> None:
    rows = RowRange(7, 30_000)
    lengths = [chunk.stop - chunk.start for chunk in _chunks.chunks(rows, columns)]
    assert max(lengths) == _chunks.longest_chunk(rows, columns) == longest
    assert sum(lengths) == 30_000 - 7
    assert _chunks.longest_chunk(RowRange(7, 12), columns) == 5


def test_few_rows_are_shared_among_fewer_threads_than_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chunks, "_cores", lambda: 5)
    assert map_rows(lambda rows: rows, (300_000, 5)) == [(0, 150_000), (150_000, 300_000)]
    assert map_rows(lambda rows: rows, (299_999, 5)) == [(0, 299_999)]
    assert map_rows(lambda rows: rows, (300_000, 2), products=25) == [(0, 150_000), (150_000, 300_000)]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_does_not_wait_for_the_threads_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chunks, "_cores", lambda: 2)
    monkeypatch.setattr(_chunks, "_WORTH_SHARING", 1)
    map_rows(lambda rows: rows, (2, 1))
    child = multiprocessing.get_context("fork").Process(target=map_rows, args=(lambda rows: rows, (2, 1)))
    child.start()
    child.join(20)
    code = child.exitcode
    child.kill()
    assert code == 0


def test_linear_algebra_gets_one_thread_and_nothing_else_is_limited() -> None:
    with ThreadpoolController().limit(limits=2), single_threaded_blas():
        threads = {(pool["user_api"], pool["num_threads"]) for pool in threadpool_info()}
    assert ("blas", 1) in threads
    assert threads <= {("blas", 1), ("openmp", 2)}


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16, np.uint8, bool])
@pytest.mark.parametrize("columns", [1, 3, 20])
def test_scaled_columns_of_many_chunks_are_centred_and_at_most_2(columns: int, dtype: type) -> None:
    rng = np.random.default_rng(0)
    X: NDArray[Any] = rng.integers(0, 2 if dtype is bool else 200, size=(20_000, columns)).astype(dtype)
    scaling = find_column_scaling(X)
    Z, block = scaling.apply(X), np.ones((20_000, columns + 1))
    scaling.fill(X, block)
    np.testing.assert_array_equal(block, np.column_stack([Z, np.ones(20_000)]))
    assert np.linalg.norm(block, axis=1).max() <= scaling.longest_row
    np.testing.assert_array_equal(scaling.scale, 2.0 ** np.round(np.log2(scaling.scale)))
    np.testing.assert_allclose(scaling.shift * scaling.scale, X.mean(axis=0, dtype=float), rtol=1e-12)
    np.testing.assert_allclose(Z, (X - X.mean(axis=0, dtype=float)) / scaling.scale, rtol=1e-9, atol=1e-12)
    assert (np.abs(Z).max(axis=0) >= 1).all()
    assert (np.abs(Z).max(axis=0) < 2).all()


def test_means_of_columns_whose_sums_exceed_float64_are_found_by_every_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chunks, "_cores", lambda: 2)
    monkeypatch.setattr(_chunks, "_WORTH_SHARING", 1)
    columns = [[1.5e308, 1.1e308, 1.5e308, 1.1e308], [1.7e308, 1.7e308, -1.7e308, -1.7e308], [1.7e308, 0, 1.1e308, 0]]
    scaling = find_column_scaling(np.array(columns).T)
    np.testing.assert_allclose(scaling.shift * scaling.scale, [1.3e308, 0.0, 0.7e308], rtol=1e-15)
