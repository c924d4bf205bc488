r"""Decide whether a direction separates signed rows, by proofs that hold for the numbers as they are.

A signed row is $r = (2y - 1)(x_1, \dots, x_d, 1)$. A direction $v$ separates if no $r^\top v$ is below 0 and some is
above it. Newton's method walks down $\sum_i \log(1 + e^{-r_i^\top v})$, which has a lowest point if and only if no
direction separates, and on the way one of these proofs turns up:

- all $r_i^\top v$ of a point of the walk are above 0 by more than rounding: complete separation;
- positive weights balance the rows, $\sum_i \lambda_i r_i = 0$, and rows with weight span the space: overlap. Such a
  sum excludes every separating direction (Stiemke's lemma). Near the lowest point the weights
  $\lambda_i = \sigma(-r_i^\top v)$ nearly do this, and a small correction makes them do it;
- a late step of the walk, which runs along the direction that separates, leaves no row behind: quasi-complete.

Only where none does is a linear program asked.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_array, eye_array, hstack

from logreg_docs.likelihood import log_loss
from logreg_docs.sigmoid import sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Verdict", "decide"]

Kind = Literal["none", "quasi-complete", "complete"]

_EPS = float(np.finfo(np.float64).eps)
_MOST_STEPS = 130
_LATE = 32  # steps after which rows that fall behind weigh less than the rounding of the others
_HALVINGS = 50  # 2**-50 of a step moves a float64 by a few roundings at most
_TIE = 1e-11  # share of the largest that a margin could be, below which it counts as 0
_TOLERANCES = (1e-10, 1e-9, 1e-8)  # the tightest that HiGHS accepts first; rare near-ties defeat it


class Verdict(NamedTuple):
    """The kind of separation, and unless it is `"none"` a direction whose margins that are not 0 are 1 or more."""

    kind: Kind
    direction: NDArray[np.float64] | None


def decide(rows: NDArray[np.float64]) -> Verdict:
    """Decide whether a direction separates signed rows, whose entries may each be wrong by one rounding.

    Args:
        rows: Signed rows of scaled columns, shape (n_rows, n_columns).

    Returns:
        The verdict.

    Raises:
        RuntimeError: If the linear program was needed and could not be solved.
    """
    basis = _orthonormal_basis(rows)
    turned = rows @ basis
    point = np.zeros(basis.shape[1])
    for n_steps in range(_MOST_STEPS):
        weights = sigmoid(-(turned @ point))
        look = n_steps & (n_steps - 1) == 0  # a proof costs as much as a step, so look after 0, 1, 2, 4, 8, … steps
        if (_margins(rows, basis @ point) > 0).all():
            return Verdict("complete", basis @ point / (rows @ (basis @ point)).min())
        if look and _balanced(rows, basis, turned, weights):
            return Verdict("none", None)
        step = _newton_step(turned, weights)
        if step is None:
            break
        if look and n_steps >= _LATE and (verdict := _judge(rows, basis @ step)).direction is not None:
            return verdict
        moved = _downhill(turned, point, step)
        if moved is None:
            break
        point = moved
    if _balanced(rows, basis, turned, sigmoid(-(turned @ point))):
        return Verdict("none", None)
    return _by_linear_program(rows, basis)


def _orthonormal_basis(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the basis that makes the columns orthogonal with a mean square of 1; what only rounding adds is left out.

    Columns that nearly repeat one another differ by little, and that little may be what separates.
    """
    size = np.abs(rows).max(axis=0)
    size[size == 0] = 1.0
    _, singular, axes = np.linalg.svd(np.linalg.qr(rows / size, mode="r"))
    seen = singular > max(rows.shape) * _EPS * singular[0]
    return np.asarray(axes[: singular.size][seen].T / singular[seen] / size[:, np.newaxis] * math.sqrt(len(rows)))


def _margins(rows: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return every margin less what rounding may have added to it."""
    rounding = (rows.shape[1] + 2) * _EPS * (np.abs(rows) @ np.abs(direction))
    return np.asarray(rows @ direction - rounding)


def _balanced(
    rows: NDArray[np.float64], basis: NDArray[np.float64], turned: NDArray[np.float64], weights: NDArray[np.float64]
) -> bool:
    r"""Whether positive weights near these balance the rows.

    The sum $e = \sum_i \lambda_i r_i$ is taken without rounding. With $G = \sum_i \lambda_i^2 r_i r_i^\top$ the weights
    $\lambda_i (1 - \lambda_i r_i^\top G^{-1} e)$ balance the rows, and they are positive where no bracket reaches 0.
    """
    positive = np.maximum(weights, np.finfo(np.float64).tiny)
    R: NDArray[np.float64] = np.asarray(np.linalg.qr(positive[:, np.newaxis] * turned, mode="r"))
    if _is_singular(R):
        return False
    products = positive[:, np.newaxis] * rows
    excess = np.array([math.fsum(column) for column in products.T.tolist()])
    rounding = 2 * _EPS * np.abs(products).sum(axis=0)
    pull = turned @ _solve(R, np.eye(len(R)))
    correction = positive * (np.abs(pull @ (excess @ basis)) + np.abs(pull) @ (rounding @ np.abs(basis)))
    return bool(correction.max() < 0.5)  # noqa: PLR2004 - 1 would do, but for the rounding of G


def _newton_step(turned: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the step, or None where so many rows have lost their weight that the others do not span the space."""
    roots = np.sqrt(weights * (1 - weights))
    R: NDArray[np.float64] = np.asarray(np.linalg.qr(roots[:, np.newaxis] * turned, mode="r"))
    return None if _is_singular(R) else _solve(R, weights @ turned)


def _is_singular(R: NDArray[np.float64]) -> bool:
    diagonal = np.abs(np.diag(R))
    return bool(diagonal.size < R.shape[1] or diagonal.min() <= len(R) * _EPS * diagonal.max())


def _solve(R: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(solve_triangular(R, solve_triangular(R, right, trans="T")))


def _downhill(
    turned: NDArray[np.float64], point: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Halve the step until the loss does not rise; None where not even a tiny step can do that."""
    ones = np.ones(len(turned))  # the sign of the rows is that of their label
    # A fall within rounding cannot be seen: along the direction that separates, the late steps make no other.
    ceiling = log_loss(turned @ point, ones) * (1 + 10 * _EPS)
    candidates = (point + step * 0.5**halving for halving in range(_HALVINGS))
    return next((found for found in candidates if log_loss(turned @ found, ones) <= ceiling), None)


def _judge(rows: NDArray[np.float64], direction: NDArray[np.float64]) -> Verdict:
    """Say what a direction shows, with margins that rounding of the rows as given could make count as 0."""
    margins, tie = rows @ direction, _TIE * (np.abs(rows).max(axis=0) @ np.abs(direction))
    own_side = margins > tie
    if (margins < -tie).any() or not own_side.any():
        return Verdict("none", None)
    return Verdict("complete" if own_side.all() else "quasi-complete", direction / margins[own_side].min())


def _by_linear_program(rows: NDArray[np.float64], basis: NDArray[np.float64]) -> Verdict:
    r"""Find the direction with most rows on their own side.

    $$\max_{v,\,u} \sum_i u_i \quad \text{subject to} \quad r_i^\top v \ge u_i, \quad 0 \le u_i \le 1$$

    Directions that separate can be added and stretched, so the optimum is a whole number. Of equal rows one is enough.
    """
    _, first = np.unique(rows, axis=0, return_index=True)
    solution = _solve_program(rows[np.sort(first)] @ basis)
    if solution.status:
        raise RuntimeError(f"The linear program for separation could not be solved: {solution.message}")
    return _judge(rows, basis @ solution.x[: basis.shape[1]])


def _solve_program(rows: NDArray[np.float64]) -> OptimizeResult:
    m, n = rows.shape
    bounds: list[tuple[float | None, float | None]] = [(None, None)] * n + [(0.0, 1.0)] * m
    for tolerance in _TOLERANCES:
        solution = linprog(
            np.concatenate([np.zeros(n), -np.ones(m)]),
            A_ub=hstack([csr_array(-rows), eye_array(m)], format="csr"),
            b_ub=np.zeros(m),
            bounds=bounds,
            method="highs",
            options={"primal_feasibility_tolerance": tolerance, "dual_feasibility_tolerance": tolerance},
        )
        if solution.status == 0:
            break
    return solution
