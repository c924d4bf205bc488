"""Read the rows once, in chunks that stay in the cache, and add up what one step of a solver needs.

No chunk outlives its turn, so the memory beside the data grows with the columns and not with the rows. Where there
is enough to do, the rows are shared out among the cores.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri
from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

__all__ = [
    "Frame",
    "RowTerms",
    "Rows",
    "chunk_rows",
    "chunks",
    "find_frame",
    "mean_terms",
    "overlap_is_proven",
    "plain_blas",
    "proves_overlap",
    "row_terms",
    "sweep",
    "upper_cholesky",
    "upper_inverse",
]

T = TypeVar("T")

_CHUNK = 200_000  # numbers in a chunk: 1.6 MB, which the second reading finds in the cache
_FEWEST_ROWS, _MOST_ROWS = 1_024, 16_384  # fewer rows and calls cost more than sums; more and vectors leave the cache
_FACTORS = 64  # of a product; none is above 2
_SMALL = 0.01  # mean loss below which the digits would be seen that 1 + d drops of a small d
_WORTH_SHARING = 25_000_000  # multiplications below which starting a thread costs more than it saves
_LIGHT = 10  # multiplications that the work on a number amounts to where it is not for a Hessian
_MOST_WORKERS = 8  # reading the data is then what takes the time
_NARROW = 16  # columns below which rows are too short to loop over one by one
_MODERATE = 2.0**100  # its square times any number of rows is far inside float64
_NEAR = 0.1  # of a column's reach: a middle that near to 0 costs no digits
_PROOF = 0.5  # 1 would do in exact arithmetic


class Rows(NamedTuple):
    """A run of rows, `start` inclusive and `stop` exclusive."""

    start: int
    stop: int


class RowTerms(NamedTuple):
    """What a chunk's logits give: the summed loss, the slope of every row, and what its curvature is made of."""

    loss: float
    residuals: NDArray[np.float64]
    decay: NDArray[np.float64]

    @property
    def root_weights(self) -> NDArray[np.float64]:
        """The root of every row's curvature."""
        return np.sqrt(self.decay) / (1.0 + self.decay)


class Frame(NamedTuple):
    """Columns to read, a value near the middle of each, a power of two to divide by, and how far values then reach.

    Where columns nearly repeat one another, `basis` turns the centred rows into ones whose columns do not.
    """

    columns: slice | NDArray[np.intp]
    centre: NDArray[np.float64]
    unit: NDArray[np.float64]
    reach: NDArray[np.float64]
    basis: NDArray[np.float64] | None = None

    def restrict(self, kept: NDArray[np.intp]) -> Frame:
        """Read some of the columns only."""
        return Frame(kept, self.centre[kept], self.unit[kept], self.reach[kept])

    def blocks(self, X: NDArray[Any], rows: Rows) -> Iterator[tuple[slice, NDArray[np.float64], NDArray[np.float64]]]:
        """Yield every chunk's place, its rows in this frame, and room for them with a last column of ones.

        The next chunk overwrites both. Rows that are right as they stand are not copied.
        """
        columns = self.centre.size + 1
        rescale, centred = bool((self.unit != 1.0).any()), bool(self.centre.any())
        # NumPy loops along memory: where rows are short, a column must lie in one piece.
        narrow = columns <= _NARROW
        plain = isinstance(self.columns, slice) and X.dtype == np.float64 and self.basis is None
        plain = plain and not (rescale or centred or narrow)
        longest = min(chunk_rows(columns), rows.stop - rows.start)
        buffer = np.empty((longest, columns), order="F" if narrow else "C")
        for chunk in chunks(rows, columns):
            block = buffer[: chunk.stop - chunk.start]
            block[:, -1] = 1.0
            if plain:
                yield chunk, X[chunk], block
                continue
            values = block[:, :-1]
            values[...] = X[chunk][:, self.columns]
            if rescale:
                values /= self.unit
            if centred:
                values -= self.centre
            if self.basis is not None:
                values[...] = values @ self.basis
            yield chunk, values, block


def chunk_rows(columns: int) -> int:
    """Return how many rows of so many columns fit the cache."""
    return min(max(_CHUNK // columns, _FEWEST_ROWS), _MOST_ROWS)


def chunks(rows: Rows, columns: int) -> Iterator[slice]:
    """Cut a run of rows into chunks."""
    step = chunk_rows(columns)
    return (slice(start, min(start + step, rows.stop)) for start in range(rows.start, rows.stop, step))


def sweep(work: Callable[[Rows], T], shape: tuple[int, int], *, products: int = _LIGHT) -> list[T]:
    """Let `work` sum over all rows at once, or over one share per core where there is much to multiply.

    `products` says how many multiplications each number of the rows takes.
    """
    m, columns = shape
    workers = min(_cores(), m * columns * products // _WORTH_SHARING)
    if workers < 2:  # noqa: PLR2004 - sharing needs two
        return [work(Rows(0, m))]
    ends = [m * k // workers for k in range(workers + 1)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, map(Rows, ends[:-1], ends[1:])))


@cache
def _cores() -> int:
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(here, _MOST_WORKERS)


def plain_blas() -> AbstractContextManager[object]:
    """Keep BLAS from sharing out each chunk once more, which would make the cores wait for one another."""
    limit: AbstractContextManager[object] = _blas().limit(limits=1, user_api="blas")
    return limit


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def row_terms(logits: NDArray[np.float64], y: NDArray[Any]) -> RowTerms:
    """Return loss, slope and curvature from one exponential, which cannot overflow.

    With s = 1 - 2y the loss is log(1 + exp(s z)), its slope s σ(s z) and its curvature σ(z) σ(-z).
    """
    sign = np.multiply(y, -2.0, dtype=np.float64) + 1.0
    wrong = sign * logits
    decay = np.exp(-np.abs(wrong))
    grown = 1.0 + decay
    loss = float(np.maximum(wrong, 0.0).sum()) + _sum_of_logs(decay, grown)
    return RowTerms(loss, sign * np.maximum(decay, wrong > 0) / grown, decay)


def _sum_of_logs(decay: NDArray[np.float64], grown: NDArray[np.float64]) -> float:
    """Sum log(1 + decay): of many rows as the logarithms of a few products, because a logarithm takes longest."""
    if decay.size >= _FEWEST_ROWS:
        products = np.multiply.reduceat(grown, np.arange(0, decay.size, _FACTORS))
        total = float(np.log(products).sum())
        if total > _SMALL * decay.size:
            return total
    return float(np.log1p(decay).sum())


def find_frame(X: NDArray[Any], *, near: float = _NEAR) -> Frame:
    """Read every column's least, largest and mean value; `near` is the share of the reach that may count as 0."""
    m, d = X.shape
    parts = sweep(lambda rows: _extremes(X, rows), X.shape)
    low = np.min([part[0] for part in parts], axis=0)
    high = np.max([part[1] for part in parts], axis=0)
    size = np.maximum(-low, high)
    power = np.ldexp(1.0, np.where(size > 0, np.frexp(size)[1] - 1, 0))
    unit = np.where((power > _MODERATE) | (power < 1 / _MODERATE), power, 1.0)
    low, high = low / unit, high / unit
    # Any centre is right, only not equally good: where the sum overflows, the middle does.
    with np.errstate(over="ignore", invalid="ignore"):
        mean = sum((part[2] for part in parts), np.zeros(d)) / m / unit
    centre = np.clip(np.where(np.isfinite(mean), mean, (low + high) / 2), low, high)
    if (np.abs(centre) <= near * np.maximum(high - centre, centre - low)).all():
        centre = np.zeros(d)  # near enough, and rows need not be copied
    return Frame(slice(None), centre, unit, np.maximum(high - centre, centre - low))


def _extremes(X: NDArray[Any], rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    d = X.shape[1]
    low, high, total = np.full(d, np.inf), np.full(d, -np.inf), np.zeros(d)
    buffer = np.empty((chunk_rows(d + 1) if d < _NARROW else 0, d), order="F")
    with np.errstate(over="ignore", invalid="ignore"):
        for chunk in chunks(rows, d + 1):
            values = X[chunk]
            if buffer.size:
                buffer[: len(values)] = values
                values = buffer[: len(values)]
            np.minimum(low, values.min(axis=0), out=low)
            np.maximum(high, values.max(axis=0), out=high)
            total += np.ones(len(values)) @ values
    return low, high, total


def mean_terms(
    X: NDArray[Any], y: NDArray[Any], frame: Frame, point: NDArray[np.float64], *, curved: bool = True
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Return mean log loss, gradient and Hessian in one reading; `point` belongs to the columns in the frame.

    The Hessian takes most of the time; it is left at zero where it is not wanted.
    """
    shares = sweep(
        lambda rows: _summed_terms(X, y, frame, point, rows, curved=curved),
        (y.size, point.size),
        products=max(point.size, _LIGHT) if curved else _LIGHT,
    )
    loss, gradient, hessian = (sum(parts[1:], parts[0]) for parts in zip(*shares, strict=True))
    return loss / y.size, gradient / y.size, hessian / y.size


def _summed_terms(
    X: NDArray[Any], y: NDArray[Any], frame: Frame, point: NDArray[np.float64], rows: Rows, *, curved: bool
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    loss, gradient, hessian = 0.0, np.zeros(point.size), np.zeros((point.size, point.size))
    with np.errstate(over="ignore", invalid="ignore"):  # a point with such a loss is refused
        for chunk, values, block in frame.blocks(X, rows):
            terms = row_terms(values @ point[:-1] + point[-1], y[chunk])
            loss += terms.loss
            gradient[:-1] += terms.residuals @ values
            gradient[-1] += terms.residuals.sum()
            if curved:
                weights = terms.root_weights[:, np.newaxis]
                np.multiply(values, weights, out=block[:, :-1])
                block[:, -1:] = weights
                hessian += block.T @ block
    return loss, gradient, hessian


def upper_cholesky(matrix: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return R with `Rᵀ R` the matrix, or None where rounding has made that impossible."""
    R, failed = dpotrf(matrix)
    return None if failed else np.asarray(R)


def upper_inverse(triangle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the inverse of an upper triangle without zeros on its diagonal."""
    if not triangle.size:
        return triangle  # of which LAPACK would complain on the screen
    inverse, _ = dtrtri(triangle)
    return np.asarray(inverse)


def overlap_is_proven(X: NDArray[Any], y: NDArray[Any], w: NDArray[np.float64], b: float) -> bool:
    """Whether the gradient and the Hessian at a point prove that no plane separates the classes."""
    frame = find_frame(X)
    with np.errstate(over="ignore", invalid="ignore"):
        point = np.append(w * frame.unit, b + (w * frame.unit) @ frame.centre)
    if not np.isfinite(point).all():
        return False
    _, gradient, hessian = mean_terms(X, y, frame, point)
    size = np.sqrt(np.diag(hessian))
    R = upper_cholesky(hessian / size / size[:, np.newaxis]) if size.all() else None
    if R is None:
        return False
    return proves_overlap(upper_inverse(R) / size[:, np.newaxis], gradient, np.append(frame.reach, 1.0))


def proves_overlap(inverse: NDArray[np.float64], gradient: NDArray[np.float64], reach: NDArray[np.float64]) -> bool:
    """Whether a gradient is so small beside a Hessian that the loss must have its lowest point nearby.

    The Hessian is `Rᵀ R` with R an upper triangle, and `inverse` is that of R.

    Let no row be longer than ρ in the metric of the inverse of the Hessian H. On a ray of unit speed its logit moves
    by at most ρ t, so the curvature is at least exp(-ρ t) and the slope at least (1 - exp(-ρ t)) / ρ - ν, where
    ν² = gᵀ H⁻¹ g. With ρ ν < 1 that ends above 0 on every ray: the loss rises in the end whatever the direction,
    and so no plane separates the classes. F. Bach (2010), Self-concordant analysis for logistic regression.
    """
    return longest_row(inverse, reach) * float(np.linalg.norm(inverse.T @ gradient)) < _PROOF


def longest_row(inverse: NDArray[np.float64], reach: NDArray[np.float64]) -> float:
    """Bound the length of every row in that metric: by that of its parts, or by the largest eigenvalue.

    The second, itself at most a row sum, is the closer one where there are many columns.
    """
    scaled = reach[:, np.newaxis] * inverse
    parts = float(np.sqrt((scaled * scaled).sum(axis=1)).sum())
    largest = np.abs(scaled @ scaled.T).sum(axis=1).max()
    return min(parts, math.sqrt(reach.size * largest))
