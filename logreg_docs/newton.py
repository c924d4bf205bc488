r"""Newton's method for logistic regression, with standard errors.

Shapes: `X` (n_samples, n_features), `y` (n_samples,) in {0, 1}, `w` (n_features,), `b` a number. Matrices and
vectors over all parameters put `w` first and `b` last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.linalg import qr
from scipy.linalg.lapack import dpotrs

from logreg_docs._sweep import (
    Rows,
    find_frame,
    longest_row,
    mean_terms,
    plain_blas,
    proves_overlap,
    row_terms,
    upper_cholesky,
    upper_inverse,
)
from logreg_docs._validation import borrow_labels, borrow_matrix, check_rows, count, freeze, non_negative
from logreg_docs.separation import find_separation

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from logreg_docs._sweep import Frame

__all__ = ["NewtonFit", "fit_newton"]

_EPS = float(np.finfo(np.float64).eps)
_HALVINGS = 50  # 2**-50 of a step moves a float64 by a few roundings at most
_STRIDE = 4  # rows per row of the sample that finds a start
_SAMPLE = 20  # rows per parameter, below which a sample says too little
_FEW = 10  # steps of a walk that only finds a start
_MANY = 500_000  # numbers to read, above which a better start is worth its price
_WORTH_KEEPING = 50_000  # numbers to read, above which a Hessian serves for several steps
_CLOSE, _SLOW = 1e-2, 1 / 16  # nats within which it does, and the share of a fall that may be left after each
_UNCHECKED = 1e-6  # nats: a shorter step cannot overshoot
_FAITHFUL = 1e-3  # share by which a curvature may be off, and twice that of a standard error
_WELL = 1e-2  # share of a column that the others do not explain, above which normal equations lose few digits


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
        n_steps: Steps taken. A last one, too short to be seen in the loss, is not counted.
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

    $$\begin{pmatrix} w \\ b \end{pmatrix} \leftarrow \begin{pmatrix} w \\ b \end{pmatrix} - \alpha H^{-1} g, \qquad
    H = \frac1m \tilde X^\top \operatorname{diag}\bigl(p_i (1 - p_i)\bigr) \tilde X + \Lambda$$

    $g$ is the gradient of the objective $J + \tfrac\lambda2 \lVert w \rVert^2$, $\tilde X$ is $X$ with a column of
    ones, and $\Lambda$ holds $\lambda$ for every weight and 0 for the intercept. The step is halved, starting from
    $\alpha = 1$, until the objective does not rise. $H^{-1}$ is never formed on the way: $H = R^\top R$, and two
    triangular systems give the step. $R$ is the Cholesky factor, or comes from a QR factorisation of the weighted rows
    where columns nearly repeat one another. Without a penalty such columns are first turned into orthonormal ones.

    A whole step reads the rows once, in chunks that stay in the cache, so the memory beside `X` and `y` is of order
    $d^2$ plus one chunk per core. With half a million numbers or more the walk starts where every fourth row would end,
    otherwise at 0. With fifty thousand or more a Hessian serves for several of the last steps. The gradient and
    the Hessian at the end give one more step, usually without another reading, and usually prove that the classes
    overlap; only where they do not is separation looked for by
    [find_separation][logreg_docs.separation.find_separation].

    Columns are centred inside, and divided by powers of two where float64 could overflow, so the units of `X` do not
    matter. At the optimum
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
        The fit. `converged` is false if `max_steps` did not suffice.

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
    matrix, labels = borrow_matrix(X), borrow_labels(y)
    check_rows(matrix, labels)
    penalty, steps = non_negative(l2, "l2"), count(max_steps, "max_steps")
    threshold = non_negative(tolerance, "tolerance")
    with plain_blas():
        return _fit(_problem(matrix, labels, penalty), steps, threshold, strict=strict)


def _fit(problem: _Problem, max_steps: int, tolerance: float, *, strict: bool) -> NewtonFit:
    d, unpenalised = problem.X.shape[1], not problem.root.any()
    start = _start(problem)
    factor = _by_cholesky(problem, start)
    if unpenalised and factor is None:
        # A mean that is only near 0 would hide that columns add up to a constant.
        problem = problem._replace(frame=find_frame(problem.X, near=0.0))
        kept = _independent_columns(problem)
        if strict:
            _refuse_dependent(kept, problem.X)
        problem = _straighten(problem.restrict(kept))
        start = _start(problem)
    path = _walk(problem, start, max_steps, tolerance, factor)
    separated = unpenalised and not _overlap(problem, path) and find_separation(problem.X, problem.y).kind != "none"
    if strict:
        _refuse_separated(separated=separated)
    if path.at_rest and not separated:
        path = _last_step(problem, path)
    unique = not separated and problem.kept.size == d
    return _in_original_units(path, problem, path.factor if unique else None, d, separated=separated)


class _Problem(NamedTuple):
    """The data, the frame they are read in, the columns that are fitted, and what each parameter's root costs."""

    X: NDArray[Any]
    y: NDArray[Any]
    frame: Frame
    kept: NDArray[np.intp]
    root: NDArray[np.float64]

    def restrict(self, kept: NDArray[np.intp]) -> _Problem:
        return _Problem(self.X, self.y, self.frame.restrict(kept), kept, np.append(self.root[kept], 0.0))


class _Terms(NamedTuple):
    """Mean log loss at a point with its Hessian, if `curved`, and objective and gradient with the penalty."""

    point: NDArray[np.float64]
    loss: float
    objective: float
    gradient: NDArray[np.float64]
    hessian: NDArray[np.float64]
    curved: bool


@dataclass(frozen=True)
class _Factor:
    """The Hessian as `C Rᵀ R C`, C the diagonal matrix of `size`."""

    R: NDArray[np.float64]
    size: NDArray[np.float64]

    @cached_property
    def inverse(self) -> NDArray[np.float64]:
        """`(R C)⁻¹`, which the proof of overlap and the covariance are made of."""
        return upper_inverse(self.R) / self.size[:, np.newaxis]


class _Path(NamedTuple):
    end: _Terms
    factor: _Factor | None
    log_loss: list[float]
    objective: list[float]
    at_rest: bool


def _problem(X: NDArray[Any], y: NDArray[Any], l2: float) -> _Problem:
    frame = find_frame(X)
    with np.errstate(over="ignore"):
        root = math.sqrt(l2) / frame.unit
    if not np.isfinite(root).all():
        raise ValueError(
            f"X has columns too small for l2={l2:g}, got {np.flatnonzero(~np.isfinite(root))}. Change their unit."
        )
    return _Problem(X, y, frame, np.arange(root.size), np.append(root, 0.0))


def _start(problem: _Problem) -> _Terms:
    """Start where every fourth row would end, with their Hessian, if there are many and they have an end; else at zero.

    Those rows find their own start in the same way.
    """
    m, zero = problem.y.size, np.zeros(problem.root.size)
    sample = problem._replace(X=problem.X[::_STRIDE], y=problem.y[::_STRIDE])
    if m * zero.size >= _MANY and sample.y.size >= _SAMPLE * zero.size:
        # A sample of n rows ends about d / 2n nats from where all rows do; coming nearer is of no use.
        path = _walk(sample, _start(sample), _FEW, 0.1 * zero.size / sample.y.size)
        if path.at_rest:
            start = _evaluate(problem, path.end.point, curved=False)
            if start.objective < math.log(2):
                return start._replace(hessian=path.end.hessian)
    return _evaluate(problem, zero)


def _evaluate(problem: _Problem, point: NDArray[np.float64], *, curved: bool = True) -> _Terms:
    """Read the rows once for all that a step needs."""
    loss, gradient, hessian = mean_terms(problem.X, problem.y, problem.frame, point, curved=curved)
    with np.errstate(over="ignore"):
        penalty = 0.5 * float(((problem.root * point) ** 2).sum())
        slopes = gradient + problem.root * (problem.root * point)
        return _Terms(point, loss, loss + penalty, slopes, hessian, curved)


def _independent_columns(problem: _Problem) -> NDArray[np.intp]:
    """Pick columns that span all others and the intercept, which centred columns do not contain."""
    size = np.where(problem.frame.reach > 0, problem.frame.reach, 1.0)
    scaled = _stack(problem)[:, :-1] / np.ldexp(1.0, np.frexp(size)[1])
    triangle, pivots = qr(scaled, mode="r", pivoting=True)
    diagonal = np.abs(np.diag(triangle))
    independent = diagonal > max(problem.X.shape) * _EPS * diagonal.max()
    return np.sort(pivots[: diagonal.size][independent])


def _straighten(problem: _Problem) -> _Problem:
    """Turn columns that nearly repeat one another into ones that do not, as the same model sees them.

    Weights that nearly cancel one another lose digits in every logit. In an orthonormal basis they do not arise.
    """
    m, d = problem.y.size, problem.frame.centre.size
    triangle: NDArray[np.float64] = np.asarray(np.linalg.qr(_stack(problem)[:, :-1], mode="r"))
    basis = upper_inverse(triangle) * math.sqrt(m)
    frame = problem.frame._replace(basis=basis)
    reach = np.zeros(d)
    for _, rows, _ in frame.blocks(problem.X, Rows(0, m)):
        np.maximum(reach, np.abs(rows).max(axis=0), out=reach)
    return problem._replace(frame=frame._replace(reach=reach))


def _stack(problem: _Problem, point: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return the rows, weighted as at a point where there is one, all but the last chunk reduced to a triangle."""
    stack = np.empty((0, problem.root.size))
    for chunk, rows, block in problem.frame.blocks(problem.X, Rows(0, problem.y.size)):
        if point is None:
            block[:, :-1] = rows
        else:
            weights = row_terms(rows @ point[:-1] + point[-1], problem.y[chunk]).root_weights[:, np.newaxis]
            np.multiply(rows, weights, out=block[:, :-1])
            block[:, -1:] = weights
        stack = np.vstack([np.linalg.qr(stack, mode="r") if len(stack) else stack, block])
    return stack


def _refuse_dependent(kept: NDArray[np.intp], X: NDArray[Any]) -> None:
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


def _overlap(problem: _Problem, path: _Path) -> bool:
    """Whether the end of the walk already proves that no plane separates the classes."""
    reach, factor = np.append(problem.frame.reach, 1.0), path.factor
    return factor is not None and proves_overlap(factor.inverse, path.end.gradient, reach)


def _factor(problem: _Problem, terms: _Terms) -> _Factor | None:
    """Factor the Hessian, or return None where rounding has made it singular."""
    return _by_cholesky(problem, terms) or _by_qr(problem, terms.point)


def _by_cholesky(problem: _Problem, terms: _Terms) -> _Factor | None:
    """Factor the Hessian itself, or return None where that would cost too many digits."""
    size = np.hypot(np.sqrt(terms.hessian.diagonal()), problem.root)
    if not size.all():
        return None
    scaled = terms.hessian / size / size[:, np.newaxis]
    scaled.flat[:: size.size + 1] += (problem.root / size) ** 2
    R = upper_cholesky(scaled)
    return None if R is None or R.diagonal().min() < _WELL else _Factor(R, size)


def _by_qr(problem: _Problem, point: NDArray[np.float64]) -> _Factor | None:
    """Factor the weighted rows, whose condition number is the root of the Hessian's."""
    rows = np.vstack([_stack(problem, point) / math.sqrt(problem.y.size), np.diag(problem.root)])
    size = np.abs(rows).max(axis=0)
    if not size.all():
        return None
    R: NDArray[np.float64] = np.asarray(np.linalg.qr(rows / size, mode="r"))
    diagonal = np.abs(np.diag(R))
    return _Factor(R, size) if diagonal.min() > sum(problem.X.shape) * _EPS * diagonal.max() else None


def _solve(factor: _Factor, right: NDArray[np.float64]) -> NDArray[np.float64]:
    # Both triangular systems in one call; it can only fail on arguments of a wrong kind.
    solution, _ = dpotrs(factor.R, right / factor.size)
    return np.asarray(solution / factor.size)


def _walk(problem: _Problem, start: _Terms, max_steps: int, tolerance: float, factor: _Factor | None = None) -> _Path:
    """Step until at rest; `factor` is that of the start where it is known."""
    here, at_rest, last_fall = start, False, math.inf
    trace = [(here.loss, here.objective)]
    factor = factor or _factor(problem, here)
    while factor is not None and not at_rest and len(trace) <= max_steps:
        step = -_solve(factor, here.gradient)
        expected_fall = -0.5 * float(here.gradient @ step)
        if not here.curved and expected_fall > last_fall * _SLOW:
            here = _evaluate(problem, here.point)
            factor, last_fall = _factor(problem, here), math.inf
            continue
        # No fall smaller than the rounding of the objective can be seen, whatever the tolerance.
        at_rest = expected_fall <= max(tolerance, _EPS * here.objective)
        keep = not at_rest and expected_fall <= _CLOSE and problem.y.size * step.size >= _WORTH_KEEPING
        moved = _downhill(problem, here, step, curved=not keep)
        if moved is None:
            break
        here, last_fall = moved, expected_fall
        trace.append((here.loss, here.objective))
        if here.curved:
            factor = _factor(problem, here)
    if not here.curved:
        here = _evaluate(problem, here.point)
        factor = _factor(problem, here)
    return _Path(here, factor, [loss for loss, _ in trace], [objective for _, objective in trace], at_rest)


def _last_step(problem: _Problem, path: _Path) -> _Path:
    """Take the step that gradient and Hessian at the end give; it is too short to be checked by reading the rows.

    Where it may change the Hessian by more than standard errors should be wrong by, the rows are read once more.
    """
    if path.factor is None:
        return path
    step = -_solve(path.factor, path.end.gradient)
    if -0.5 * float(path.end.gradient @ step) > _UNCHECKED:
        return path
    point = path.end.point + step
    if _change_of_hessian(problem, path.factor, path.end.gradient) > _FAITHFUL:
        end = _evaluate(problem, point)
        return path._replace(end=end, factor=_factor(problem, end) or path.factor)
    return path._replace(end=path.end._replace(point=point))


def _change_of_hessian(problem: _Problem, factor: _Factor, gradient: NDArray[np.float64]) -> float:
    """Bound by what share the step changes a curvature: a logit moves by at most the length of its row times the step.

    Each is measured by the Hessian, and a curvature changes by no larger share than e to that power.
    """
    reach = np.append(problem.frame.reach, 1.0)
    return math.expm1(min(longest_row(factor.inverse, reach) * float(np.linalg.norm(factor.inverse.T @ gradient)), 1.0))


def _downhill(problem: _Problem, here: _Terms, step: NDArray[np.float64], *, curved: bool) -> _Terms | None:
    """Halve the step until the objective does not rise; None where not even a tiny step can do that."""
    # A rise within rounding is none: refusing it would halve a last step that is right.
    ceiling = here.objective * (1 + 10 * _EPS)
    for halving in range(_HALVINGS):
        there = _evaluate(problem, here.point + step * 0.5**halving, curved=curved)
        if there.objective <= ceiling:
            return there
    return None


def _in_original_units(path: _Path, problem: _Problem, factor: _Factor | None, d: int, *, separated: bool) -> NewtonFit:
    unit, centre = problem.frame.unit, problem.frame.centre
    turned, basis = path.end.point[:-1], problem.frame.basis
    centred = turned if basis is None else basis @ turned
    w = np.zeros(d)
    with np.errstate(over="ignore"):
        w[problem.kept] = centred / unit
    if not np.isfinite(w).all():
        raise ValueError(
            f"X has columns whose weights overflow, got {np.flatnonzero(~np.isfinite(w))}. Change their unit."
        )
    covariance, errors = _covariance(factor, problem.y.size, problem.frame, d)
    return NewtonFit(
        w=freeze(w),
        b=float(path.end.point[-1] - centred @ centre),
        covariance=freeze(covariance),
        standard_errors=freeze(errors),
        log_loss=freeze(path.log_loss),
        objective=freeze(path.objective),
        n_steps=len(path.log_loss) - 1,
        converged=path.at_rest and not separated,
    )


def _covariance(
    factor: _Factor | None, m: int, frame: Frame, d: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if factor is None:
        return np.full((d + 1, d + 1), math.nan), np.full(d + 1, math.nan)
    # The covariance is A Aᵀ with A = T (R C)⁻¹ / √m; T takes the parameters of the frame to those of X.
    A = factor.inverse / math.sqrt(m)
    if frame.basis is not None:
        A[:-1] = frame.basis @ A[:-1]
    A[-1] -= frame.centre @ A[:-1]
    scale = np.append(frame.unit, 1.0)
    with np.errstate(over="ignore"):
        covariance = (A @ A.T) / scale / scale[:, np.newaxis]
        return covariance, np.sqrt((A * A).sum(axis=1)) / scale
