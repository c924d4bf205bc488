"""Least squares: one feature in closed form, several by QR, SVD or, to see what it costs, the normal equation.

Shapes: `X` (n_samples, n_features) without the column of ones, `y` (n_samples,), `beta` (n_features + 1,) with the
intercept first. The fits multiply every column by a power of two before the arithmetic and back after it, so that
squares of very large or very small numbers neither overflow nor vanish. That rounds nothing but entries smaller than
some 1e-308 of the largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy.linalg import qr, solve_triangular

from logreg_docs._validation import as_matrix, as_vector, check_columns, check_rows, freeze, instance, non_negative

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "LeastSquaresFit",
    "SimpleFit",
    "Solver",
    "design_matrix",
    "fit_least_squares",
    "fit_simple",
    "hat_matrix",
    "predict",
    "residual_sum_of_squares",
    "residual_sum_of_squares_gradient",
]

Solver = Literal["qr", "svd", "normal_equation"]
"""How `fit_least_squares` solves: by `"qr"`, by `"svd"` or through the `"normal_equation"`."""

_NOISE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimpleFit:
    r"""The line $\hat y = \hat\beta_0 + \hat\beta_1 x$; arrays are read-only.

    Args:
        intercept: $\hat\beta_0$, in units of y.
        slope: $\hat\beta_1$, in units of y per unit of x.
        residuals: $y_i - \hat y_i$, shape (n_samples,).
        rss: Sum of the squared residuals, in squared units of y. It is inf where that number exceeds float64.
        r_squared: $1 - \mathrm{RSS}/\sum_i (y_i - \bar y)^2$. It is 1 for a constant y, where the formula is 0/0.
    """

    intercept: float
    slope: float
    residuals: NDArray[np.float64]
    rss: float
    r_squared: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeastSquaresFit:
    r"""The plane $\hat y = \hat\beta_0 + \hat\beta_1 x_1 + \dots$ with its diagnosis; arrays are read-only.

    Args:
        intercept: $\hat\beta_0$, in units of y.
        coef: $\hat\beta_1, \hat\beta_2, \dots$, shape (n_features,).
        fitted: $\hat y$, shape (n_samples,).
        residuals: $y - \hat y$, shape (n_samples,).
        rss: Sum of the squared residuals, in squared units of y. It is inf where that number exceeds float64.
        r_squared: $1 - \mathrm{RSS}/\sum_i (y_i - \bar y)^2$. It is 1 for a constant y, where the formula is 0/0.
        rank: Rank of the design matrix, judged after its columns are brought to one scale.
        condition_number: Largest singular value of the design matrix over its smallest; inf without full rank.
            Units count in it. Above about 1e16 it only says "very large".
        full_rank: Whether `rank` equals the number of columns of the design matrix, so that without a penalty no
            other coefficients fit equally well.
    """

    intercept: float
    coef: NDArray[np.float64]
    fitted: NDArray[np.float64]
    residuals: NDArray[np.float64]
    rss: float
    r_squared: float
    rank: int
    condition_number: float
    full_rank: bool


def fit_simple(x: ArrayLike, y: ArrayLike) -> SimpleFit:
    r"""Fit a line to pairs of numbers by least squares, in closed form.

    $$\hat\beta_1 = \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}{\sum_i (x_i - \bar x)^2},
    \qquad \hat\beta_0 = \bar y - \hat\beta_1 \bar x$$

    Args:
        x: The feature, shape (n_samples,).
        y: The target, shape (n_samples,).

    Returns:
        The line, its residuals and how well it fits.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value is nan or inf, all values of x are equal, or the slope, the
            intercept or a residual leaves the range of float64.

    Examples:
        >>> fit = fit_simple([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
        >>> fit.intercept, fit.slope, fit.r_squared
        (1.0, 2.0, 1.0)

    Source:
        A.-M. Legendre (1805), Nouvelles méthodes pour la détermination des orbites des comètes, appendix.
    """
    feature, target = as_vector(x, "x"), as_vector(y, "y")
    check_rows(feature, target, "x", "y")
    if (feature == feature[0]).all():
        raise ValueError(
            f"x must hold at least two different values, got {feature[0]:g} in all {feature.size} rows. "
            f"A slope needs a change in x; with a constant x the best prediction is the mean of y."
        )
    (x_scaled, x_power), (y_scaled, y_power) = _scale(feature), _scale(target)
    (x_mean, dx), (y_mean, dy) = _centre(x_scaled), _centre(y_scaled)
    slope = float(dx @ dy / (dx @ dx))
    residuals, centre = dy - slope * dx, np.array(y_mean - slope * x_mean)
    rss, r_squared = _goodness(residuals, target, y_power)
    return SimpleFit(
        intercept=float(_restore(centre, y_power, "the intercept")),
        slope=float(_restore(np.array(slope), y_power - x_power, "the slope")),
        residuals=freeze(_restore(residuals, y_power, "a residual", vanish=True)),
        rss=rss,
        r_squared=r_squared,
    )


def design_matrix(X: ArrayLike) -> NDArray[np.float64]:
    r"""Put a column of ones before the features, so that the intercept becomes one more coefficient.

    $$\tilde X = \begin{pmatrix} 1 & x_{11} & \cdots & x_{1d} \\ \vdots & \vdots & & \vdots \\
    1 & x_{m1} & \cdots & x_{md} \end{pmatrix}$$

    Args:
        X: Features, shape (n_samples, n_features).

    Returns:
        The matrix of shape (n_samples, n_features + 1).

    Raises:
        TypeError: If `X` does not hold real numbers.
        ValueError: If `X` is no matrix, is empty, or holds nan or inf.

    Examples:
        >>> design_matrix([[5.0], [7.0]])
        array([[1., 5.],
               [1., 7.]])
    """
    features = as_matrix(X)
    return np.column_stack([np.ones(features.shape[0]), features])


def fit_least_squares(X: ArrayLike, y: ArrayLike, *, solver: Solver = "qr", l2: float = 0.0) -> LeastSquaresFit:
    r"""Fit an intercept and one coefficient per column by least squares.

    $$\hat\beta = \operatorname*{arg\,min}_{\beta} \; \lVert y - \tilde X \beta \rVert^2
    + \lambda \sum_{j \ge 1} \beta_j^2$$

    - `"qr"` factors $\tilde X = QR$ and solves $R\hat\beta = Q^\top y$. With small residuals it loses digits like the
      condition number.
    - `"svd"` factors $\tilde X = U \Sigma V^\top$. Where many $\beta$ fit equally well it returns the shortest of
      them, intercept included, and says so with `full_rank=False`. Columns whose sizes differ by more than
      $2^{26} \approx 7 \cdot 10^7$ enter that length as if they differed by that much.
    - `"normal_equation"` solves $\tilde X^\top \tilde X \hat\beta = \tilde X^\top y$. It loses digits like the
      *square* of the condition number and is here to show that: from about 1e8 on no digit is safe.

    Args:
        X: Features without the column of ones, shape (n_samples, n_features).
        y: The target, shape (n_samples,).
        solver: One of `"qr"`, `"svd"` and `"normal_equation"`.
        l2: Ridge penalty $\lambda \ge 0$ on the sum of squares, scikit-learn's `Ridge(alpha=l2)`. The intercept is
            never penalised. Rank and condition number describe $\tilde X$, not the penalised system.

    Returns:
        The coefficients, the fit, and the rank and condition number of the design matrix.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value is nan or inf, `solver` is unknown, `l2` is negative, a coefficient
            leaves the range of float64, or the columns are dependent and neither `l2` nor the SVD chooses a solution.

    Examples:
        >>> fit = fit_least_squares([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [3.0, 1.0]], [4.0, 3.0, 11.0, 10.0])
        >>> round(fit.intercept, 9), fit.coef.round(9), fit.rank, fit.full_rank
        (1.0, array([2., 3.]), 3, True)

    Source:
        G. H. Golub (1965), Numerical methods for solving linear least squares problems, Numerische Mathematik 7,
        206-216; A. E. Hoerl and R. W. Kennard (1970), Ridge regression, Technometrics 12, 55-67.
    """
    if solver not in get_args(Solver):
        raise ValueError(f"solver must be one of {', '.join(get_args(Solver))}, got {solver!r}.")
    features, target, penalty = as_matrix(X), as_vector(y, "y"), non_negative(l2, "l2")
    check_rows(features, target)
    design = design_matrix(features)
    system, powers = _scale(_penalised(design, penalty))
    y_scaled, y_power = _scale(target)
    beta = _solve(system, np.pad(y_scaled, (0, len(system) - len(target))), powers, solver)
    fitted = system[: len(target)] @ beta
    rss, r_squared = _goodness(y_scaled - fitted, target, y_power)
    coefficients = _restore(beta, y_power - powers, "a coefficient")
    rank = _rank(_scale(design)[0])
    return LeastSquaresFit(
        intercept=float(coefficients[0]),
        coef=freeze(coefficients[1:]),
        fitted=freeze(_restore(fitted, y_power, "a fitted value", vanish=True)),
        residuals=freeze(_restore(y_scaled - fitted, y_power, "a residual", vanish=True)),
        rss=rss,
        r_squared=r_squared,
        rank=rank,
        condition_number=_condition_number(design) if rank == design.shape[1] else float("inf"),
        full_rank=rank == design.shape[1],
    )


def predict(fit: SimpleFit | LeastSquaresFit, X: ArrayLike) -> NDArray[np.float64]:
    r"""Predict the target for new rows.

    $$\hat y = \hat\beta_0 + \hat\beta_1 x_1 + \dots + \hat\beta_d x_d$$

    Args:
        fit: What [`fit_simple`][logreg_docs.linear_regression.fit_simple] or
            [`fit_least_squares`][logreg_docs.linear_regression.fit_least_squares] returned.
        X: For a `SimpleFit` the feature, shape (n_rows,); else features of shape (n_rows, n_features).

    Returns:
        Predictions of shape (n_rows,), in units of y.

    Raises:
        TypeError: If `fit` is no such fit or `X` does not hold real numbers.
        ValueError: If the shape does not fit, a value is nan or inf, or a prediction leaves the range of float64.

    Examples:
        >>> predict(fit_simple([0.0, 1.0, 2.0], [1.0, 3.0, 5.0]), [10.0])
        array([21.])
    """
    instance(fit, (SimpleFit, LeastSquaresFit), "fit", "what fit_simple or fit_least_squares returned")
    simple = isinstance(fit, SimpleFit)
    features = as_vector(X, "X").reshape(-1, 1) if simple else as_matrix(X)
    coef = np.array([fit.slope]) if isinstance(fit, SimpleFit) else fit.coef
    check_columns(features, coef, "X", "fit.coef")
    with np.errstate(over="ignore", invalid="ignore"):
        return _finite(fit.intercept + features @ coef, "a prediction")


def residual_sum_of_squares(X: ArrayLike, y: ArrayLike, beta: ArrayLike) -> float:
    r"""Sum of squared residuals of any coefficients, the best or not.

    $$\mathrm{RSS}(\beta) = \lVert y - \tilde X \beta \rVert^2
    = \sum_{i=1}^{m} (y_i - \beta_0 - \beta_1 x_{i1} - \dots - \beta_d x_{id})^2$$

    Args:
        X: Features without the column of ones, shape (n_samples, n_features).
        y: The target, shape (n_samples,).
        beta: Intercept, then coefficients, shape (n_features + 1,).

    Returns:
        The sum, in squared units of y.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value is nan or inf, or the sum leaves the range of float64.

    Examples:
        >>> residual_sum_of_squares([[0.0], [1.0]], [1.0, 4.0], [1.0, 2.0])
        1.0
    """
    with np.errstate(over="ignore", invalid="ignore"):
        _, residuals = _residuals(X, y, beta)
        return float(_finite(residuals @ residuals, "the residual sum of squares"))


def residual_sum_of_squares_gradient(X: ArrayLike, y: ArrayLike, beta: ArrayLike) -> NDArray[np.float64]:
    r"""Gradient of the residual sum of squares; it is zero exactly where the sum is smallest.

    $$\nabla \mathrm{RSS}(\beta) = -2\,\tilde X^\top (y - \tilde X \beta)$$

    Args:
        X: Features without the column of ones, shape (n_samples, n_features).
        y: The target, shape (n_samples,).
        beta: Intercept, then coefficients, shape (n_features + 1,).

    Returns:
        The gradient of shape (n_features + 1,), intercept first.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value is nan or inf, or the gradient leaves the range of float64.

    Examples:
        >>> residual_sum_of_squares_gradient([[0.0], [1.0]], [1.0, 4.0], [1.0, 2.0])
        array([-2., -2.])
    """
    with np.errstate(over="ignore", invalid="ignore"):
        design, residuals = _residuals(X, y, beta)
        return _finite(-2.0 * (design.T @ residuals), "the gradient")


def hat_matrix(X: ArrayLike) -> NDArray[np.float64]:
    r"""The matrix that projects y onto the column space of the design matrix and so puts the hat on y.

    $$H = \tilde X (\tilde X^\top \tilde X)^{-1} \tilde X^\top, \qquad \hat y = H y$$

    It is computed as $H = U_r U_r^\top$ from the first $r = \operatorname{rank} \tilde X$ left singular vectors,
    which also holds where the inverse does not exist. Its diagonal is each row's leverage.

    Args:
        X: Features without the column of ones, shape (n_samples, n_features).

    Returns:
        The symmetric matrix of shape (n_samples, n_samples), with $H^2 = H$ and trace $r$.

    Raises:
        TypeError: If `X` does not hold real numbers.
        ValueError: If `X` is no matrix, is empty, or holds nan or inf.

    Examples:
        >>> hat_matrix([[0.0], [1.0], [2.0]]).round(4) + 0.0
        array([[ 0.8333,  0.3333, -0.1667],
               [ 0.3333,  0.3333,  0.3333],
               [-0.1667,  0.3333,  0.8333]])

    Source:
        D. C. Hoaglin and R. E. Welsch (1978), The hat matrix in regression and ANOVA, The American Statistician 32,
        17-22.
    """
    scaled, _ = _scale(design_matrix(X))
    basis = np.linalg.svd(scaled, full_matrices=False)[0][:, : _rank(scaled)]
    return np.asarray(basis @ basis.T)


def _scale(array: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """Scale the largest entry of every column into [0.5, 1); return the columns and the powers of two."""
    powers = np.frexp(np.abs(array).max(axis=0))[1].astype(np.int_)
    return np.ldexp(array, -powers), powers


def _centre(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return the mean and the deviations from it; the second pass mends the rounding of the first."""
    first = float(values.mean())
    deviations = values - first
    correction = float(deviations.mean())
    return first + correction, deviations - correction


def _goodness(
    residuals: NDArray[np.float64], target: NDArray[np.float64], power: NDArray[np.int_]
) -> tuple[float, float]:
    """Return RSS in the units of the target, and R² from the scaled numbers."""
    rss = float(residuals @ residuals)
    _, deviations = _centre(_scale(target)[0])
    constant = bool((target == target[0]).all())
    r_squared = 1.0 if constant else 1.0 - rss / float(deviations @ deviations)
    with np.errstate(over="ignore"):
        return float(np.ldexp(rss, 2 * power)), r_squared


def _finite(values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    if not np.isfinite(values).all():
        raise ValueError(f"{name} leaves the range of float64, about 1e±308. Measure X or y in other units.")
    return np.asarray(values)


def _restore(
    scaled: NDArray[np.float64], powers: NDArray[np.int_], name: str, *, vanish: bool = False
) -> NDArray[np.float64]:
    """Undo the scaling and refuse a number that overflows, or one that would vanish where that matters.

    Scaled columns and targets are at most 1, so a scaled coefficient within `_NOISE` adds no more than rounding does.
    """
    with np.errstate(over="ignore", under="ignore"):
        values = np.ldexp(scaled, powers)
    lost = np.zeros_like(values) if vanish else np.where((values == 0) & (np.abs(scaled) > _NOISE), np.inf, 0.0)
    return _finite(values + lost, name)


def _rank(scaled: NDArray[np.float64]) -> int:
    return int(np.linalg.matrix_rank(scaled))


def _condition_number(design: NDArray[np.float64]) -> float:
    """Return the 2-norm condition number, with one common scale so that no singular value overflows."""
    singular = np.linalg.svd(np.ldexp(design, -_scale(design)[1].max()), compute_uv=False)
    with np.errstate(divide="ignore", over="ignore"):
        return float(singular[0] / singular[-1])


def _penalised(design: NDArray[np.float64], l2: float) -> NDArray[np.float64]:
    """Append one row sqrt(l2) per coefficient: least squares on these rows is ridge regression."""
    if l2 == 0:
        return design
    return np.vstack([design, np.sqrt(l2) * np.eye(design.shape[1])[1:]])


def _solve(
    system: NDArray[np.float64], target: NDArray[np.float64], powers: NDArray[np.int_], solver: Solver
) -> NDArray[np.float64]:
    """Return the coefficients of the scaled system."""
    if solver == "svd":
        return _solve_svd(system, target, powers)
    if _rank(system) < system.shape[1]:
        raise ValueError(_dependence(system))
    if solver == "normal_equation":
        return _solve_normal_equation(system, target)
    Q, R = np.linalg.qr(system)
    return np.asarray(solve_triangular(R, Q.T @ target))


def _solve_normal_equation(system: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    try:
        return np.asarray(np.linalg.solve(system.T @ system, system.T @ target))
    except np.linalg.LinAlgError:
        raise ValueError(
            "the product of the transposed design matrix with itself is singular in float64, although the design "
            "matrix has full rank: forming it squares the condition number. Use solver='qr'."
        ) from None


def _solve_svd(
    system: NDArray[np.float64], target: NDArray[np.float64], powers: NDArray[np.int_]
) -> NDArray[np.float64]:
    U, singular, Vt = np.linalg.svd(system, full_matrices=system.shape[0] < system.shape[1])
    rank = _rank(system)
    beta = Vt[:rank].T @ (U[:, :rank].T @ target / singular[:rank])
    if rank == system.shape[1]:
        return np.asarray(beta)
    # Shortest in the caller's units: take away the part of beta that lies in the null space there. Units further
    # apart than 2^26 would weigh the rounding errors of the null space above the space itself.
    units = np.ldexp(1.0, np.maximum(powers.min() - powers, -26))
    null = Vt[rank:].T
    step = np.linalg.lstsq(units[:, None] * null, units * beta, rcond=None)[0]
    return np.asarray(beta - null @ step)


def _dependence(system: NDArray[np.float64]) -> str:
    """Find the redundant columns: never the ones, and of two equal columns the later one."""
    n_columns, rank = system.shape[1], _rank(system)
    preference = np.linspace(1.1, 1.0, n_columns) / np.maximum(np.linalg.norm(system, axis=0), 0.5)
    preference[0] *= 2.0
    pivots = qr(system * preference, mode="r", pivoting=True)[1]
    shown = ", ".join(str(column - 1) for column in sorted(pivots[rank:])[:5])
    more = ", …" if n_columns - rank > 5 else ""  # noqa: PLR2004 - a glance
    centred = system[:, 1:] - system[:1, 1:]
    if system[0, 0] and np.linalg.matrix_rank(_scale(centred)[0]) == n_columns - 1:
        return (
            f"X must vary enough beside its distance from 0, got columns that float64 can hardly tell from multiples "
            f"of the column of ones: {n_columns} columns of rank {rank}. Subtract a constant from each column, such "
            f"as X[0]; that changes the intercept alone."
        )
    return (
        f"X with its column of ones must have linearly independent columns, got {n_columns} columns of rank {rank} "
        f"in {system.shape[0]} rows: X[:, [{shown}{more}]] can be computed from the other columns, and many "
        f"coefficients fit equally well. Drop such columns, add rows, raise l2, or take the shortest solution with "
        f"solver='svd'."
    )


def _residuals(X: ArrayLike, y: ArrayLike, beta: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    design, target, coefficients = design_matrix(X), as_vector(y, "y"), as_vector(beta, "beta")
    check_rows(design, target)
    check_columns(design, coefficients, "X with its column of ones", "beta")
    return design, target - design @ coefficients
