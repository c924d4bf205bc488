"""The steps that Newton's method is made of: factor the Hessian, solve for the step, halve it until it descends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs, dtrtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logreg_docs._objective import Terms

__all__ = [
    "EPS",
    "Differentiable",
    "Factor",
    "backtrack",
    "cholesky_factor",
    "orthonormal_basis",
    "qr_factor",
    "refuse_overflow",
    "upper_inverse",
]

EPS = float(np.finfo(np.float64).eps)
_HALVINGS = 50  # 2**-49 of a step no longer than the point moves it by a few roundings
_WELL_CONDITIONED = 1e-2  # least diagonal entry of the scaled Hessian's factor with which few digits are lost


class Differentiable(Protocol):
    """An objective that can be evaluated with its first two derivatives."""

    def at(self, point: NDArray[np.float64], *, hessian: bool = False) -> Terms:
        """Evaluate it at a point."""


@dataclass(frozen=True)
class Factor:
    """A Hessian as the product C Rᵀ R C.

    Attributes:
        R: Upper triangle.
        size: Diagonal of the diagonal matrix C.
    """

    R: NDArray[np.float64]
    size: NDArray[np.float64]

    def solve(self, right: NDArray[np.float64]) -> NDArray[np.float64]:
        """Solve the system of the Hessian for a right-hand side, by two triangular systems."""
        solution, _ = dpotrs(self.R, right / self.size)
        return np.asarray(solution / self.size)

    @cached_property
    def inverse(self) -> NDArray[np.float64]:
        """A matrix A = (R C)⁻¹ with A Aᵀ the inverse of the Hessian."""
        return upper_inverse(self.R) / self.size[:, np.newaxis]


def cholesky_factor(hessian: NDArray[np.float64], root_penalty: NDArray[np.float64]) -> Factor | None:
    """Factor a Hessian plus the squares of `root_penalty` on its diagonal; None where that would cost many digits."""
    size = np.hypot(np.sqrt(hessian.diagonal()), root_penalty)
    if not size.all():
        return None
    scaled = hessian / size / size[:, np.newaxis]
    scaled.flat[:: size.size + 1] += (root_penalty / size) ** 2
    R, failed = dpotrf(scaled)
    return None if failed or R.diagonal().min() < _WELL_CONDITIONED else Factor(R, size)


def qr_factor(rows: NDArray[np.float64], *, tolerance: float) -> Factor | None:
    """Factor AᵀA for some rows A, whose condition number is only the root of the product's.

    Args:
        rows: A, of shape (n_rows, n_columns).
        tolerance: Share of the largest pivot that all others must exceed.

    Returns:
        The factor, or None where a column follows from the others up to rounding.
    """
    size = np.abs(rows).max(axis=0)
    if not size.all():
        return None
    R: NDArray[np.float64] = np.asarray(np.linalg.qr(rows / size, mode="r"))
    pivots = np.abs(np.diag(R))
    spans = len(R) == R.shape[1] and pivots.min() > tolerance * pivots.max()
    return Factor(R, size) if spans else None


def orthonormal_basis(rows: NDArray[np.float64], *, tolerance: float) -> NDArray[np.float64]:
    """Return a matrix B for which the columns of the rows times B are orthonormal.

    Newton's method squares the condition number of its columns. In this basis it is 1 at the start, however nearly the
    columns repeat one another.

    Args:
        rows: Matrix of shape (n_rows, n_columns).
        tolerance: Share of the largest singular value that a direction must exceed to be kept.

    Returns:
        B, of shape (n_columns, rank).
    """
    size = np.abs(rows).max(axis=0)
    size[size == 0] = 1.0
    _, singular, directions = np.linalg.svd(np.linalg.qr(rows / size, mode="r"))
    kept = singular > tolerance * singular[0]
    return np.asarray(directions[: singular.size][kept].T / singular[kept] / size[:, np.newaxis])


def upper_inverse(triangle: NDArray[np.floating]) -> NDArray[np.float64]:
    """Invert an upper triangle without zeros on its diagonal."""
    if not triangle.size:
        return np.zeros(triangle.shape)  # LAPACK prints an error for an empty matrix
    inverse, _ = dtrtri(triangle)
    return np.asarray(inverse)


def backtrack(objective: Differentiable, here: Terms, step: NDArray[np.float64]) -> Terms | None:
    """Halve a step until the objective does not rise, and evaluate it there; None where no fraction can do that."""
    # Ignore rises within rounding error, or a correct last step would be halved.
    ceiling = here.objective * (1 + 10 * EPS)
    for halving in range(_HALVINGS):
        there = objective.at(here.point + step * 0.5**halving, hessian=True)
        if there.objective <= ceiling:
            return there
    return None


def refuse_overflow(weights: NDArray[np.float64]) -> None:
    """Refuse columns whose weights exceed float64 in the unit of `X`; for several classes, one row a class."""
    lost = np.flatnonzero(~np.isfinite(np.atleast_2d(weights)).all(axis=0))
    if lost.size:
        raise ValueError(f"X has columns whose weights overflow, got {lost}. Change their unit.")
