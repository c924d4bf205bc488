"""Work through the rows of a matrix in chunks that stay in the processor's cache, on several cores where it pays.

No chunk outlives its turn, so the memory beside the data grows with the columns and not with the rows.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

__all__ = [
    "ColumnScaling",
    "RowRange",
    "chunks",
    "find_column_scaling",
    "longest_chunk",
    "map_rows",
    "single_threaded_blas",
]

T = TypeVar("T")

_CHUNK = 200_000  # numbers in a chunk: 1.6 MB, which fit the cache
_FEWEST_ROWS = 1_024  # rows in a chunk, below which the calls of NumPy take longer than their sums
_MOST_ROWS = 8_192  # rows in a chunk, above which vectors of one number a row leave the cache
_WORTH_SHARING = 7_500_000  # multiplications a core below which waking a thread costs more than it saves
_LIGHT = 10  # multiplications that take as long as the work on a number without a Hessian
_MOST_WORKERS = 8  # more wait for memory
_LEAST_SCALE, _LARGEST_SCALE = 2.0**-1021, 2.0**1023  # float64 holds both and their reciprocals


class RowRange(NamedTuple):
    """Consecutive rows, `start` inclusive and `stop` exclusive."""

    start: int
    stop: int


def chunks(rows: RowRange, columns: int) -> Iterator[slice]:
    """Cut a range of rows into chunks, each of about as many numbers as fit the cache."""
    step = longest_chunk(rows, columns)
    return (slice(start, min(start + step, rows.stop)) for start in range(rows.start, rows.stop, step))


def longest_chunk(rows: RowRange, columns: int) -> int:
    """Return the number of rows of every chunk but the last, which may have fewer."""
    return min(max(_CHUNK // columns, _FEWEST_ROWS), _MOST_ROWS, rows.stop - rows.start)


def map_rows(work: Callable[[RowRange], T], shape: tuple[int, int], *, products: int = 0) -> list[T]:
    """Call `work` for all rows at once, or for one share of them per core where there is much to multiply.

    Args:
        work: Function of a range of rows.
        shape: Number of rows and of columns.
        products: Multiplications that each number of the rows takes, where they are more than the least.

    Returns:
        What each call returned, in the order of the rows.
    """
    m, columns = shape
    workers = min(_cores(), m * columns * max(products, _LIGHT) // _WORTH_SHARING)
    if workers < 2:  # noqa: PLR2004 - sharing needs two
        return [work(RowRange(0, m))]
    ends = [m * k // workers for k in range(workers + 1)]
    first, *others = map(RowRange, ends[:-1], ends[1:])
    theirs = _helpers().map(work, others)  # starts them; the loop over the results waits for them
    return [work(first), *theirs]


@cache
def _cores() -> int:
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(here, _MOST_WORKERS)


@cache
def _helpers() -> ThreadPoolExecutor:
    """Start the threads beside the caller's own, once: starting them for every reading takes as long as a small one."""
    return ThreadPoolExecutor(_cores() - 1)


if hasattr(os, "register_at_fork"):  # a forked process inherits the pool without its threads
    os.register_at_fork(after_in_child=_helpers.cache_clear)


def single_threaded_blas() -> AbstractContextManager[object]:
    """Keep BLAS from splitting each chunk among the cores once more, which would make them wait for one another."""
    limit: AbstractContextManager[object] = _blas().limit(limits=1, user_api="blas")
    return limit


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


class ColumnScaling(NamedTuple):
    """Centre columns and divide them by powers of two, so that their largest absolute values lie between 1 and 2.

    Attributes:
        scale: Power of two by which each column is divided.
        shift: Mean of each divided column, which is then subtracted.
    """

    scale: NDArray[np.float64]
    shift: NDArray[np.float64]

    @property
    def longest_row(self) -> float:
        """Upper bound of the length of a scaled row with a 1 appended; no entry reaches 4, even near float64's end."""
        return math.sqrt(16 * self.scale.size + 1)

    def apply(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Return scaled rows."""
        Z = np.asarray(X / self.scale)
        Z -= self.shift
        return Z

    def fill(self, X: NDArray[Any], block: NDArray[np.float64]) -> None:
        """Write scaled rows before the last column of a block, which holds ones."""
        block[:, :-1] = X
        # The ones are scaled to ones as well: whole rows take NumPy half the time of all but their last number.
        block *= np.append(1.0 / self.scale, 1.0)
        block -= np.append(self.shift, 0.0)


def find_column_scaling(X: NDArray[Any]) -> ColumnScaling:
    """Read every column's least, largest and mean value, and choose its scaling from them."""
    parts = map_rows(lambda rows: _extremes(X, rows), X.shape)
    low = np.min([part[0] for part in parts], axis=0)
    high = np.max([part[1] for part in parts], axis=0)
    mean = np.clip(np.sum([part[2] for part in parts], axis=0), low, high)  # rounding could lead out of equal numbers
    size = _power_of_two_below(np.maximum(-low, high))  # divides first, so that no difference overflows
    spread = _power_of_two_below(np.maximum(high / size - mean / size, mean / size - low / size))
    with np.errstate(over="ignore"):
        scale = np.clip(size * spread, _LEAST_SCALE, _LARGEST_SCALE)
    return ColumnScaling(scale, mean / scale)


def _extremes(X: NDArray[Any], rows: RowRange) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return each column's least and largest value, and its share of the mean of all rows."""
    m, d = X.shape
    low, high, mean = np.full(d, np.inf), np.full(d, -np.inf), np.zeros(d)
    room = np.empty((longest_chunk(rows, d), d), order="F")
    for chunk in chunks(rows, d):
        values = room[: chunk.stop - chunk.start]
        values[...] = X[chunk]
        np.minimum(low, values.min(axis=0), out=low)
        np.maximum(high, values.max(axis=0), out=high)
        mean += np.full(len(values), 1.0 / m) @ values  # no sum overflows, as that of whole values could
    return low, high, mean


def _power_of_two_below(largest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the power of two at or below each number, and 1 for zero."""
    return np.ldexp(1.0, np.where(largest > 0, np.frexp(largest)[1] - 1, 0))
