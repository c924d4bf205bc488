r"""Decide whether a direction separates signed rows, by proofs that hold for the numbers as they are.

A signed row is $r = (2y - 1)(x_1, \dots, x_d, 1)$. A direction $v$ separates if no $r^\top v$ is below 0 and some is
above it. Newton's method walks down $\sum_i \log(1 + e^{-r_i^\top v})$, which has a lowest point if and only if no
direction separates, and on the way one of these proofs turns up:

- all $r_i^\top v$ of a point of the walk are above 0 by more than rounding: complete separation;
- positive weights balance the rows, $\sum_i \lambda_i r_i = 0$, and rows with weight span the space: overlap. Such a
  sum excludes every separating direction (Stiemke's lemma). Near the lowest point the weights
  $\lambda_i = \sigma(-r_i^\top v)$ nearly do this, and a small correction makes them do it;
- a late step of the walk, which runs along the direction that separates, leaves no row behind, or does so once it is
  moved until its smallest margins are 0: quasi-complete.

Only where none does is a linear program asked.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_array, eye_array, hstack

from logreg_docs._chunks import RowRange, find_column_scaling
from logreg_docs._newton_steps import EPS, backtrack, cholesky_factor, orthonormal_basis, qr_factor
from logreg_docs._objective import Objective, Terms, row_terms
from logreg_docs.sigmoid import sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logreg_docs._newton_steps import Factor

__all__ = ["Verdict", "decide", "is_separable", "proves_overlap", "signed_rows"]

Kind = Literal["none", "quasi-complete", "complete"]

_PROOF = 0.5  # bound of the proof of overlap; 1 in exact arithmetic
_EARLY_STEPS = 12  # after which a walk in chunks leaves the decision to the exact one
_MOST_STEPS = 130
_ROUNDED = 30  # roundings of the largest singular value, each times the columns, that others may be wrong by
_SPLITS = 3  # ways to part the margins of a direction into small and large ones
_LATE = 32  # steps after which a step follows the direction that separates, up to rounding
_TIE = 1e-11  # share of the largest possible margin, below which a margin counts as 0
_TOLERANCES = (1e-10, 1e-9, 1e-8)  # of HiGHS, the tightest first; with that one it fails on rare near-ties


class Verdict(NamedTuple):
    """The kind of separation, and unless it is `"none"` a direction whose margins that are not 0 are 1 or more."""

    kind: Kind
    direction: NDArray[np.float64] | None


def is_separable(X: NDArray[Any], y: NDArray[Any], w: NDArray[np.float64], b: float) -> bool:
    """Decide for checked data whether a plane separates the classes, going on from where a fit ended.

    Newton's method goes on down the log loss, in chunks and without a copy of the rows, until a point proves overlap or
    separates every row. Where neither happens soon, `decide` does; it needs several copies of the rows.

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, both present, shape (n_samples,).
        w: Weights at the end of the fit, shape (n_features,).
        b: Intercept there.

    Returns:
        Whether the separation is complete or quasi-complete.

    Raises:
        RuntimeError: If the linear program was needed and could not be solved.

    Examples:
        >>> X, y = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([0, 1, 0, 1])
        >>> is_separable(X, y, np.zeros(1), 0.0)
        False
    """
    scaling = find_column_scaling(X)
    objective = Objective(lambda rows, block: scaling.fill(X[rows], block), y, np.zeros(w.size + 1))
    with np.errstate(over="ignore", invalid="ignore"):
        end = objective.at(np.append(w * scaling.scale, b + scaling.shift @ (w * scaling.scale)), hessian=True)
    here = end if end.log_loss <= math.log(2) else objective.at(np.zeros(w.size + 1), hessian=True)
    for _ in range(_EARLY_STEPS):
        factor = cholesky_factor(here.hessian, objective.root_penalty)
        if factor is None:
            break
        if proves_overlap(here, factor, scaling.longest_row):
            return False
        if _separates(objective, here.point):
            return True
        there = backtrack(objective, here, -factor.solve(here.gradient))
        if there is None:
            break
        here = there
    return decide(signed_rows(scaling.apply(X), y)).kind != "none"


def proves_overlap(here: Terms, factor: Factor, longest_row: float) -> bool:
    """Return whether gradient and Hessian at a point prove that the loss has its lowest point nearby.

    Let no row be longer than ρ in the metric of the inverse of the Hessian H. On a ray of unit speed its logit moves
    by at most ρ t, so the curvature is at least exp(-ρ t) and the slope at least (1 - exp(-ρ t)) / ρ - ν, where
    ν² = gᵀ H⁻¹ g. With ρ ν < 1 that ends above 0 on every ray: the loss rises in the end whatever the direction,
    and so no plane separates the classes. F. Bach (2010), Self-concordant analysis for logistic regression.
    With H⁻¹ = A Aᵀ, ρ is at most the length of the longest row times the norm of A. That is far from sharp, but ν
    shrinks with the square at every step.

    Args:
        here: Terms of a log loss without a penalty at the point, with the Hessian.
        factor: Factor of that Hessian.
        longest_row: Upper bound of the length of the rows, each with its 1.

    Returns:
        Whether the classes overlap for certain.
    """
    A = factor.inverse
    return longest_row * float(np.linalg.norm(A)) * float(np.linalg.norm(A.T @ here.gradient)) < _PROOF


def _separates(objective: Objective, point: NDArray[np.float64]) -> bool:
    """Return whether every row is on its own side of a plane by more than rounding."""
    rounding = (point.size + 2) * EPS
    for chunk, block in objective.blocks(RowRange(0, objective.y.size)):
        margins = (2.0 * objective.y[chunk] - 1.0) * (block @ point)
        if (margins <= rounding * (np.abs(block) @ np.abs(point))).any():
            return False
    return True


def signed_rows(Z: NDArray[np.float64], y: NDArray[Any]) -> NDArray[np.float64]:
    """Return the rows with a 1 appended, those of class 0 with the opposite sign.

    Args:
        Z: Scaled features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        Signed rows, shape (n_samples, n_features + 1).
    """
    return np.asarray((2.0 * y - 1.0)[:, np.newaxis] * np.column_stack([Z, np.ones(len(Z))]))


def decide(rows: NDArray[np.float64]) -> Verdict:
    """Decide whether a direction separates signed rows, whose entries may each be wrong by one rounding.

    Args:
        rows: Signed rows of scaled columns, shape (n_rows, n_columns).

    Returns:
        The verdict.

    Raises:
        RuntimeError: If the linear program was needed and could not be solved.
    """
    # Columns that nearly repeat one another differ by little, and that little may be what separates.
    basis = orthonormal_basis(rows / math.sqrt(len(rows)), tolerance=max(rows.shape) * EPS)
    turned = rows @ basis
    objective = _SignedRows(turned)
    here = objective.at(np.zeros(basis.shape[1]))
    for n_steps in range(_MOST_STEPS):
        look = n_steps & (n_steps - 1) == 0  # a proof costs as much as a step, so look after 0, 1, 2, 4, 8, … steps
        direction = basis @ here.point
        if (_margins(rows, direction) > 0).all():
            return Verdict("complete", direction / (rows @ direction).min())
        weights = sigmoid(-(turned @ here.point))
        if look and _balanced(rows, basis, weights):
            return Verdict("none", None)
        factor = _factor(np.sqrt(weights * (1 - weights)), turned)
        if factor is None:  # so many rows have lost their weight that the others do not span the space
            break
        step = -factor.solve(here.gradient)
        if look and n_steps >= _LATE and (verdict := _classify(rows, basis @ step)).direction is not None:
            return verdict
        there = backtrack(objective, here, step)
        if there is None:
            break
        here = there
    if _balanced(rows, basis, sigmoid(-(turned @ here.point))):
        return Verdict("none", None)
    return _by_linear_program(rows, basis)


class _SignedRows(NamedTuple):
    """Sum of the losses of signed rows as an objective, without its Hessian."""

    rows: NDArray[np.float64]

    def at(self, point: NDArray[np.float64], *, hessian: bool = False) -> Terms:  # noqa: ARG002 - part of the protocol
        """Evaluate loss and gradient; the sign of a row is that of its label."""
        terms = row_terms(self.rows @ point, np.ones(len(self.rows)))
        loss = float(terms.losses.sum())
        return Terms(point, loss, loss, terms.residuals @ self.rows, np.zeros((0, 0)))


def _factor(weights: NDArray[np.float64], turned: NDArray[np.float64]) -> Factor | None:
    return qr_factor(weights[:, np.newaxis] * turned, tolerance=turned.shape[1] * EPS)


def _margins(rows: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return every margin less what rounding may have added to it."""
    rounding = (rows.shape[1] + 2) * EPS * (np.abs(rows) @ np.abs(direction))
    return np.asarray(rows @ direction - rounding)


def _balanced(rows: NDArray[np.float64], basis: NDArray[np.float64], weights: NDArray[np.float64]) -> bool:
    r"""Return whether positive weights near these balance the rows.

    The sum $e = \sum_i \lambda_i r_i$ is taken without rounding. With $A$ the rows $\lambda_i r_i^\top$ and $u$ the
    shortest solution of $A^\top u = e$, the weights $\lambda_i (1 - u_i)$ balance the rows. They are positive where $u$
    is shorter than 1. The singular values of $A$ are known up to rounding of the largest.
    """
    positive = np.maximum(weights, np.finfo(np.float64).tiny)
    products = positive[:, np.newaxis] * rows
    _, singular, axes = np.linalg.svd(products @ basis, full_matrices=False)
    uncertain = _ROUNDED * basis.shape[1] * EPS * singular[0]
    if singular.size < basis.shape[1] or singular[-1] < 2 * uncertain:
        return False
    excess = np.array([math.fsum(column) for column in products.T.tolist()])
    rounding = 2 * EPS * np.abs(products).sum(axis=0)
    to_length = basis @ (axes.T / singular)  # turns a sum of rows into the shortest u that yields it
    length = np.linalg.norm(excess @ to_length) + np.linalg.norm(rounding @ np.abs(to_length))
    return bool(length < 0.5)  # noqa: PLR2004 - 1 without the uncertainty of the singular values


def _classify(rows: NDArray[np.float64], direction: NDArray[np.float64]) -> Verdict:
    """Classify a direction by its margins, or by those of one nearby on which more rows lie on the plane.

    Near a separation with ties a computed direction leaves small margins where exact ones are 0. The margins fall into
    a small and a large part; the direction is moved until the small ones are 0.
    """
    verdict = _classify_as_it_is(rows, direction)
    margins = rows @ direction
    order = np.argsort(np.abs(margins))
    sizes = np.maximum(np.abs(margins)[order], np.finfo(np.float64).tiny)
    for split in np.argsort(sizes[:-1] / sizes[1:])[:_SPLITS]:
        if verdict.direction is not None:
            break
        small = order[: split + 1]
        away, *_ = np.linalg.lstsq(rows[small], margins[small], rcond=None)
        verdict = _classify_as_it_is(rows, direction - away)
    return verdict


def _classify_as_it_is(rows: NDArray[np.float64], direction: NDArray[np.float64]) -> Verdict:
    """Classify a direction by its margins; those that rounding of the rows could have made count as 0."""
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
    return _classify(rows, basis @ solution.x[: basis.shape[1]])


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
