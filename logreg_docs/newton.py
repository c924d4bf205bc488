r"""Newton's method for logistic regression, with standard errors.

Shapes: `X` (n_samples, n_features), `y` (n_samples,) in {0, 1}, `w` (n_features,), `b` a number. Matrices and
vectors over all parameters put `w` first and `b` last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.linalg import qr

from logreg_docs._chunks import RowRange, find_column_scaling, single_threaded_blas
from logreg_docs._newton_steps import (
    EPS,
    Factor,
    backtrack,
    cholesky_factor,
    qr_factor,
    refuse_overflow,
    upper_inverse,
)
from logreg_docs._objective import Objective, row_terms
from logreg_docs._separability import is_separable, proves_overlap
from logreg_docs._validation import check_rows, count, freeze, labels_without_copy, matrix_without_copy, non_negative

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from logreg_docs._chunks import ColumnScaling
    from logreg_docs._objective import Terms

__all__ = ["NewtonFit", "fit_newton"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NewtonFit:
    r"""Where Newton's method ended and how sure the data make us; arrays are read-only.

    Args:
        w: Weights, in nats per unit of each feature, shape (n_features,).
        b: Intercept in nats.
        covariance: $(m H)^{-1}$ at the end, shape (n_features + 1, n_features + 1), `inf` where a square overflows.
            All nan where no unique finite optimum exists, or where rounding hides it.
        standard_errors: Square roots of its diagonal, shape (n_features + 1,).
        log_loss: Mean log loss in nats at the start and after every step, shape (n + 1,).
        objective: The same with the penalty added; it never rises beyond rounding, shape (n + 1,).
        n_steps: Steps taken.
        converged: Whether the steps came to rest at an optimum. Never true for separable data without a penalty.
        separated: Whether a plane separates the classes, so that no finite weights fit best. `None` with a penalty,
            under which there is an optimum either way and the question is not asked.
    """

    w: NDArray[np.float64]
    b: float
    covariance: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    log_loss: NDArray[np.float64]
    objective: NDArray[np.float64]
    n_steps: int
    converged: bool
    separated: bool | None


def fit_newton(
    X: ArrayLike,
    y: ArrayLike,
    *,
    l2: float = 0.0,
    max_steps: int = 50,
    tolerance: float = 1e-10,
    strict: bool = True,
) -> NewtonFit:
    r"""Fit logistic regression by Newton's method, also called iteratively reweighted least squares.

    $$\begin{pmatrix} w \\ b \end{pmatrix} \leftarrow \begin{pmatrix} w \\ b \end{pmatrix} - \alpha H^{-1} g, \qquad
    H = \frac1m \tilde X^\top \operatorname{diag}\bigl(p_i (1 - p_i)\bigr) \tilde X + \Lambda$$

    $g$ is the gradient of the objective $J + \tfrac\lambda2 \lVert w \rVert^2$, $\tilde X$ is $X$ with a column of
    ones, and $\Lambda$ holds $\lambda$ for every weight and 0 for the intercept. The step is halved, starting from
    $\alpha = 1$, until the objective does not rise. $H^{-1}$ is never formed on the way: $H = R^\top R$, and two
    triangular systems give the step. $R$ is the Cholesky factor, or comes from a QR factorisation of the weighted rows
    where columns nearly repeat one another. Without a penalty such columns are first turned into orthonormal ones.

    Each evaluation reads the rows once, in chunks that stay in the cache, so the memory beside `X` and `y` is of order
    $d^2$ plus a few chunks per core. The gradient and the Hessian at the end usually prove that the classes overlap.
    Where neither overlap nor complete separation is soon proved, separation is looked for as by
    [find_separation][logreg_docs.separation.find_separation], which takes several copies of `X`.

    Columns are centred inside and divided by powers of two, so the units of `X` do not matter. At the optimum
    $(m H)^{-1}$ estimates the covariance of $(w, b)$, if the model is right and the rows are many. With
    $\lambda > 0$ it is the covariance of the normal approximation to a posterior whose prior gives every weight the
    variance $1 / (m \lambda)$.

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,), both present.
        l2: Strength $\lambda \ge 0$ of the penalty; $1 / (m C)$ in scikit-learn's terms.
        max_steps: Most steps to take.
        tolerance: Stop after a step that is expected to lower the objective by at most this many nats,
            $\tfrac12 g^\top H^{-1} g$. 0 goes on until rounding hides the fall.
        strict: Refuse data without a unique finite optimum. With `False`, columns that depend on others get weight
            0, separable data return with `converged` false, and in both cases the standard errors are nan.

    Returns:
        The fit. `converged` is false if `max_steps` did not suffice, or if rounding hid the optimum.

    Raises:
        TypeError: If an argument does not hold real numbers or `max_steps` is not whole.
        ValueError: If shapes do not fit, a value is nan or inf, a class is missing, an option is out of range, or a
            column is so small that its weight overflows. With `l2=0` and `strict` also if columns depend on one
            another, as they do with more columns than rows, or if the data are separable.
        RuntimeError: If separation could not be decided.

    Examples:
        >>> fit = fit_newton([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
        >>> fit.w.round(4), round(fit.b, 4), fit.n_steps
        (array([0.9082]), -2.2705, 4)

    Source:
        P. McCullagh and J. A. Nelder (1989), Generalized Linear Models, 2nd ed., section 2.5; F. Bach (2010),
        Self-concordant analysis for logistic regression, Electronic Journal of Statistics 4, 384-414.
    """
    matrix, labels = matrix_without_copy(X), labels_without_copy(y)
    check_rows(matrix, labels)
    penalty, steps = non_negative(l2, "l2"), count(max_steps, "max_steps")
    threshold = non_negative(tolerance, "tolerance")
    with single_threaded_blas():
        problem, here = _well_conditioned(matrix, labels, penalty, strict=strict)
        losses, objectives, converged = [here.log_loss], [here.objective], False
        factor = _factor(problem, here)
        while factor is not None and not converged and len(losses) <= steps:
            step = -factor.solve(here.gradient)
            expected_fall = -0.5 * float(here.gradient @ step)
            # No fall smaller than the rounding of the objective can be seen, whatever the tolerance.
            converged = expected_fall <= max(threshold, EPS * here.objective)
            there = backtrack(problem.objective, here, step)
            if there is None:
                break
            here, factor = there, _factor(problem, there)
            losses.append(here.log_loss)
            objectives.append(here.objective)
        w, b = problem.in_original_units(here.point)
        if penalty > 0:
            separated = None
        else:
            proven = factor is not None and proves_overlap(here, factor, problem.longest_row)
            separated = not proven and is_separable(matrix, labels, w, b)
        if separated and strict:
            raise ValueError(
                "X and y must overlap, got separable data: a plane has every row on its own side or on the plane, so "
                "the likelihood grows for ever and no finite estimate exists. Pass l2 > 0; find_separation shows the "
                "plane."
            )
        refuse_overflow(w)
        unique = not separated and problem.n_parameters == w.size + 1
        covariance, errors = problem.covariance(factor if unique else None)
    return NewtonFit(
        w=freeze(w),
        b=b,
        covariance=freeze(covariance),
        standard_errors=freeze(errors),
        log_loss=freeze(losses),
        objective=freeze(objectives),
        n_steps=len(losses) - 1,
        converged=converged and not separated,
        separated=separated,
    )


class _Problem(NamedTuple):
    """An objective in coordinates that suit the steps, with the way back to those of `X`.

    Its columns are centred and divided by powers of two. Where they nearly repeat one another, `basis` combines them
    to orthonormal ones; where some follow from others, to fewer.
    """

    X: NDArray[Any]
    y: NDArray[Any]
    root_penalty: NDArray[np.float64]
    scaling: ColumnScaling
    basis: NDArray[np.float64] | None = None

    @property
    def n_parameters(self) -> int:
        return self.root_penalty.size

    @property
    def objective(self) -> Objective:
        return Objective(self.read, self.y, self.root_penalty)

    @property
    def longest_row(self) -> float:
        """Upper bound of the length of a row with its 1."""
        if self.basis is None:
            return self.scaling.longest_row
        # With Q of orthonormal columns, a row of √m Q is no longer than √m; twice that leaves room for rounding.
        return 2 * math.sqrt(self.y.size + 1)

    def read(self, rows: slice | NDArray[np.intp], block: NDArray[np.float64]) -> None:
        """Write the columns of some rows, as the steps see them, before the ones of a block."""
        if self.basis is None:
            self.scaling.fill(self.X[rows], block)
        else:
            block[:, :-1] = self.scaling.apply(self.X[rows]) @ self.basis

    def centred(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert parameters, or columns of them, to those of the scaled columns before centring."""
        w = parameters[:-1] if self.basis is None else self.basis @ parameters[:-1]
        return np.concatenate([w, parameters[-1:] - self.scaling.shift @ w])

    def in_original_units(self, point: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Convert a point to the weights and the intercept of `X`."""
        *w, b = self.centred(point)
        with np.errstate(over="ignore"):
            return w / self.scaling.scale, float(b)

    def covariance(self, factor: Factor | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the covariance of the parameters of `X` with the roots of its diagonal; nan without a factor."""
        n = self.X.shape[1] + 1
        if factor is None:
            return np.full((n, n), math.nan), np.full(n, math.nan)
        # The covariance is A Aᵀ, each row of A over the scale of its column.
        A = self.centred(factor.inverse) / math.sqrt(self.y.size)
        scale = np.append(self.scaling.scale, 1.0)
        with np.errstate(over="ignore"):
            return (A @ A.T) / scale / scale[:, np.newaxis], np.linalg.norm(A, axis=1) / scale


def _well_conditioned(X: NDArray[Any], y: NDArray[Any], l2: float, *, strict: bool) -> tuple[_Problem, Terms]:
    """Choose coordinates that suit the steps, and evaluate the objective at their origin."""
    scaling = find_column_scaling(X)
    with np.errstate(over="ignore"):
        root = math.sqrt(l2) / scaling.scale
    if not np.isfinite(root).all():
        raise ValueError(
            f"X has columns too small for l2={l2:g}, got {np.flatnonzero(~np.isfinite(root))}. Change their unit."
        )
    problem = _Problem(X, y, np.append(root, 0.0), scaling)
    here = problem.objective.at(np.zeros(problem.n_parameters), hessian=True)
    if l2 > 0 or cholesky_factor(here.hessian, problem.root_penalty):
        return problem, here
    basis = _orthonormal_basis(problem, strict=strict)
    problem = problem._replace(basis=basis, root_penalty=np.zeros(basis.shape[1] + 1))
    return problem, problem.objective.at(np.zeros(problem.n_parameters), hessian=True)


def _orthonormal_basis(problem: _Problem, *, strict: bool) -> NDArray[np.float64]:
    """Combine columns that nearly repeat one another to ones that do not, as the same model sees them.

    Weights that nearly cancel one another lose digits in every logit. In an orthonormal basis they do not arise.
    Columns that follow from the others are refused if `strict`, or else left out.
    """
    m, d = problem.X.shape
    R, order = qr(_triangle(problem), mode="r", pivoting=True)
    pivots = np.abs(np.diag(R))
    rank = int((pivots > max(m, d) * EPS * pivots.max()).sum())
    if strict and rank < d:
        raise ValueError(
            f"X must have linearly independent columns that are not constant, got rank {rank} beside the intercept "
            f"for {d} columns and {m} rows, so the weights are not unique. Columns {np.sort(order[rank:]).tolist()} "
            f"follow from the others: drop them, or pass l2 > 0."
        )
    basis = np.zeros((d, rank))
    basis[order[:rank]] = upper_inverse(np.asarray(R)[:rank, :rank]) * math.sqrt(m)
    return basis


def _factor(problem: _Problem, terms: Terms) -> Factor | None:
    """Factor the Hessian with the penalty, or return None where rounding has made it singular."""
    factor = cholesky_factor(terms.hessian, problem.root_penalty)
    if factor is not None:
        return factor
    weighted_rows = _triangle(problem, terms.point) / math.sqrt(problem.y.size)
    tolerance = sum(problem.X.shape) * EPS
    return qr_factor(np.vstack([weighted_rows, np.diag(problem.root_penalty)]), tolerance=tolerance)


def _triangle(problem: _Problem, point: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return the triangle R with RᵀR = AᵀA, A holding the features, or at a point the rows that the Hessian sums."""
    R: NDArray[np.float64] = np.empty((0, problem.n_parameters - (point is None)))
    for chunk, block in problem.objective.blocks(RowRange(0, problem.y.size)):
        rows = block[:, : R.shape[1]]
        if point is not None:
            rows *= np.sqrt(row_terms(rows @ point, problem.y[chunk]).curvatures)[:, np.newaxis]
        R = np.asarray(np.linalg.qr(np.vstack([R, rows]), mode="r"))
    return R
