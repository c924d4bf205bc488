r"""Newton's method for logistic regression, with standard errors.

Shapes: `X` (n_samples, n_features), `y` (n_samples,) in {0, 1}, `w` (n_features,), `b` a number. Matrices and
vectors over all parameters put `w` first and `b` last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import qr, solve_triangular

from logreg_docs._validation import as_labels, as_matrix, check_rows, count, freeze, non_negative
from logreg_docs.likelihood import log_loss
from logreg_docs.separation import ScaledColumns, find_separation, scale_columns
from logreg_docs.sigmoid import sigmoid, sigmoid_derivative

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["NewtonFit", "fit_newton"]

_EPS = float(np.finfo(np.float64).eps)
_HALVINGS = 50  # 2**-50 of a step no longer moves a float64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NewtonFit:
    r"""Where Newton's method ended and how sure the data make us; arrays are read-only.

    Args:
        w: Weights, in nats per unit of each feature, shape (n_features,).
        b: Intercept in nats.
        covariance: $(m H)^{-1}$ at the end, shape (n_features + 1, n_features + 1), `inf` where a square overflows.
            All nan where no unique finite optimum exists.
        standard_errors: Square roots of its diagonal, shape (n_features + 1,).
        log_loss: Mean log loss in nats at the start and after every step, shape (n + 1,).
        objective: The same with the penalty added; it never rises beyond rounding, shape (n + 1,).
        n_steps: Steps taken.
        converged: Whether the steps came to rest at an optimum. Never true for separable data without a penalty.
    """

    w: NDArray[np.float64]
    b: float
    covariance: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    log_loss: NDArray[np.float64]
    objective: NDArray[np.float64]
    n_steps: int
    converged: bool


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

    $$\begin{pmatrix} w \\ b \end{pmatrix} \leftarrow \begin{pmatrix} w \\ b \end{pmatrix} - t H^{-1} g, \qquad
    H = \frac1m \tilde X^\top \operatorname{diag}\bigl(p_i (1 - p_i)\bigr) \tilde X + \Lambda$$

    $g$ is the gradient of the objective $J + \tfrac\lambda2 \lVert w \rVert^2$, $\tilde X$ is $X$ with a column of
    ones, and $\Lambda$ holds $\lambda$ for every weight and 0 for the intercept. The step is halved, starting from
    $t = 1$, until the objective does not rise. $H^{-1}$ is never formed on the way: $H = R^\top R$ comes from a QR
    factorisation of the weighted rows, and two triangular systems give the step.

    Columns are centred and scaled inside, so the units of `X` do not matter. At the optimum
    $(m H)^{-1}$ estimates the covariance of $(w, b)$. With $\lambda > 0$ it is the covariance of the normal
    approximation to a posterior whose prior gives every weight the variance $1 / (m \lambda)$.

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
        The fit. `converged` is false if `max_steps` did not suffice.

    Raises:
        TypeError: If an argument does not hold real numbers or `max_steps` is not whole.
        ValueError: If shapes do not fit, a value is nan or inf, a class is missing, an option is out of range, or a
            column is so small that its weight overflows. With `l2=0` and `strict` also if columns depend on one
            another, as they do with more columns than rows, or if the data are separable.
        RuntimeError: If the linear program that looks for separation could not be solved.

    Examples:
        >>> fit = fit_newton([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
        >>> fit.w.round(4), round(fit.b, 4), fit.n_steps
        (array([0.9082]), -2.2705, 4)

    Source:
        P. McCullagh and J. A. Nelder (1989), Generalized Linear Models, 2nd ed., section 2.5.
    """
    matrix, labels = as_matrix(X), as_labels(y, both_classes=True)
    check_rows(matrix, labels)
    penalty, steps = non_negative(l2, "l2"), count(max_steps, "max_steps")
    scaled = scale_columns(matrix)
    kept = np.arange(matrix.shape[1]) if penalty > 0 else _independent_columns(scaled.Z)
    separated = penalty == 0 and find_separation(matrix, labels).kind != "none"
    if strict:
        _refuse_dependent(kept, matrix)
        _refuse_separated(separated=separated)
    problem = _problem(scaled, labels, kept, penalty)
    path = _walk(problem, steps, non_negative(tolerance, "tolerance"))
    unique = not separated and kept.size == matrix.shape[1]
    return _in_original_units(path, problem, scaled, kept, unique=unique, separated=separated)


class _Problem(NamedTuple):
    """The scaled columns that are fitted with a last column of ones, and what each parameter's square root costs."""

    design: NDArray[np.float64]
    y: NDArray[np.float64]
    root: NDArray[np.float64]


class _Path(NamedTuple):
    end: NDArray[np.float64]
    log_loss: list[float]
    objective: list[float]
    at_rest: bool


class _Factor(NamedTuple):
    """The Hessian as `C Rᵀ R C`, C the diagonal matrix of `size`."""

    R: NDArray[np.float64]
    size: NDArray[np.float64]


def _independent_columns(Z: NDArray[np.float64]) -> NDArray[np.intp]:
    """Pick columns that span all others and the intercept, which the centred columns of `Z` do not contain."""
    triangle, pivots = qr(Z, mode="r", pivoting=True)
    diagonal = np.abs(np.diag(triangle))
    independent = diagonal > max(Z.shape) * _EPS * diagonal.max()
    return np.sort(pivots[: diagonal.size][independent])


def _refuse_dependent(kept: NDArray[np.intp], X: NDArray[np.float64]) -> None:
    m, d = X.shape
    if kept.size == d:
        return
    dropped = np.setdiff1d(np.arange(d), kept).tolist()
    raise ValueError(
        f"X must have linearly independent columns that are not constant, got rank {kept.size} beside the intercept "
        f"for {d} columns and {m} rows, so the weights are not unique. Columns {dropped} follow from the others: "
        f"drop them, or pass l2 > 0."
    )


def _refuse_separated(*, separated: bool) -> None:
    if separated:
        raise ValueError(
            "X and y must overlap, got separable data: a plane has every row on its own side or on the plane, so the "
            "likelihood grows for ever and no finite estimate exists. Pass l2 > 0; find_separation shows the plane."
        )


def _problem(scaled: ScaledColumns, y: NDArray[np.float64], kept: NDArray[np.intp], l2: float) -> _Problem:
    with np.errstate(over="ignore"):
        root = math.sqrt(l2) / scaled.scale[kept]
    if not np.isfinite(root).all():
        raise ValueError(f"X has columns too small for l2={l2:g}, got {kept[~np.isfinite(root)]}. Change their unit.")
    return _Problem(np.column_stack([scaled.Z[:, kept], np.ones(y.size)]), y, np.append(root, 0.0))


def _losses(problem: _Problem, point: NDArray[np.float64]) -> tuple[float, float]:
    loss = log_loss(problem.design @ point, problem.y)
    with np.errstate(over="ignore"):
        return loss, loss + 0.5 * float(((problem.root * point) ** 2).sum())


def _gradient(problem: _Problem, point: NDArray[np.float64]) -> NDArray[np.float64]:
    sign = 1.0 - 2.0 * problem.y
    # σ(z) for label 0 and −σ(−z) for label 1 is p − y without the digits that 1 − p would lose.
    residuals = sign * sigmoid(sign * (problem.design @ point))
    return np.asarray(problem.design.T @ residuals / problem.y.size + problem.root * (problem.root * point))


def _factor(problem: _Problem, point: NDArray[np.float64]) -> _Factor | None:
    """Factor the Hessian, or return None where rounding has made it singular."""
    weights = sigmoid_derivative(problem.design @ point) / problem.y.size
    rows = np.vstack([np.sqrt(weights)[:, np.newaxis] * problem.design, np.diag(problem.root)])
    size = np.abs(rows).max(axis=0)
    if not size.all():
        return None
    R: NDArray[np.float64] = np.asarray(np.linalg.qr(rows / size, mode="r"))
    diagonal = np.abs(np.diag(R))
    return _Factor(R, size) if diagonal.min() > len(rows) * _EPS * diagonal.max() else None


def _solve(factor: _Factor, right: NDArray[np.float64]) -> NDArray[np.float64]:
    half = solve_triangular(factor.R, right / factor.size, trans="T")
    return np.asarray(solve_triangular(factor.R, half) / factor.size)


def _walk(problem: _Problem, max_steps: int, tolerance: float) -> _Path:
    point = np.zeros(problem.design.shape[1])
    trace = [_losses(problem, point)]
    at_rest = False
    while not at_rest and len(trace) <= max_steps:
        factor = _factor(problem, point)
        if factor is None:
            break
        gradient = _gradient(problem, point)
        step = -_solve(factor, gradient)
        expected_fall = -0.5 * float(gradient @ step)
        # No fall smaller than the rounding of the objective can be seen, whatever the tolerance.
        at_rest = expected_fall <= max(tolerance, _EPS * trace[-1][1])
        moved = _downhill(problem, point, step, trace[-1][1])
        if moved is None:
            break
        point = moved
        trace.append(_losses(problem, point))
    return _Path(point, [loss for loss, _ in trace], [objective for _, objective in trace], at_rest)


def _downhill(
    problem: _Problem, point: NDArray[np.float64], step: NDArray[np.float64], objective: float
) -> NDArray[np.float64] | None:
    """Halve the step until the objective does not rise; None where not even a tiny step can do that."""
    # A rise within rounding is none: refusing it would halve a last step that is right.
    ceiling = objective * (1 + 10 * _EPS)
    for halving in range(_HALVINGS):
        candidate = point + step * 0.5**halving
        if _losses(problem, candidate)[1] <= ceiling:
            return candidate
    return None


def _in_original_units(
    path: _Path,
    problem: _Problem,
    scaled: ScaledColumns,
    kept: NDArray[np.intp],
    *,
    unique: bool,
    separated: bool,
) -> NewtonFit:
    scale, shift = scaled.scale[kept], scaled.centre[kept] / scaled.scale[kept]
    w = np.zeros(scaled.scale.size)
    with np.errstate(over="ignore"):
        w[kept] = path.end[:-1] / scale
    if not np.isfinite(w).all():
        raise ValueError(
            f"X has columns whose weights overflow, got {np.flatnonzero(~np.isfinite(w))}. Change their unit."
        )
    factor = _factor(problem, path.end) if unique else None
    covariance, errors = _covariance(factor, problem.y.size, shift, scale, w.size)
    return NewtonFit(
        w=freeze(w),
        b=float(path.end[-1] - path.end[:-1] @ shift),
        covariance=freeze(covariance),
        standard_errors=freeze(errors),
        log_loss=freeze(path.log_loss),
        objective=freeze(path.objective),
        n_steps=len(path.log_loss) - 1,
        converged=path.at_rest and not separated,
    )


def _covariance(
    factor: _Factor | None, m: int, shift: NDArray[np.float64], scale: NDArray[np.float64], d: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if factor is None:
        return np.full((d + 1, d + 1), math.nan), np.full(d + 1, math.nan)
    # The covariance is A Aᵀ / m with A = T C⁻¹ R⁻¹; T takes the intercept of centred columns to that of X.
    A = solve_triangular(factor.R, np.eye(d + 1)) / factor.size[:, np.newaxis] / math.sqrt(m)
    A[-1] -= shift @ A[:-1]
    unit = np.append(scale, 1.0)
    with np.errstate(over="ignore"):
        covariance = (A @ A.T) / unit / unit[:, np.newaxis]
        return covariance, np.sqrt((A * A).sum(axis=1)) / unit
