"""Gradient descent for logistic regression: the update, its history, how large a step may be, and scaling.

Shapes: `X` (n_samples, n_features), `y` (n_samples,) in {0, 1}, `w` (n_features,), `b` a number. A point is `w`
first and `b` last, shape (n_features + 1,). Learning rates that change from step to step, such as
[`cosine_decay`][logreg_docs.schedules.cosine_decay], are in a module of their own.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from logreg_docs._sweep import Rows, chunks, overlap_is_proven, plain_blas, row_terms, sweep
from logreg_docs._validation import (
    as_array,
    as_matrix,
    as_vector,
    borrow_labels,
    borrow_matrix,
    check_columns,
    check_function,
    check_rows,
    count,
    fraction,
    freeze,
    non_negative,
    number,
    positive,
)
from logreg_docs.likelihood import log_loss_hessian
from logreg_docs.schedules import constant
from logreg_docs.separation import find_separation, scale_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from logreg_docs.schedules import Schedule

__all__ = [
    "GradientDescentFit",
    "History",
    "Standardised",
    "descend",
    "finite_difference_gradient",
    "fit_gradient_descent",
    "learning_rate_limit",
    "safe_learning_rate",
    "standardise",
]

# Balances the truncation error, of order step², against the rounding error, of order eps / step.
_CENTRAL_STEP = float(np.finfo(np.float64).eps) ** (1 / 3)
_ROUNDING = 4 * float(np.finfo(np.float64).eps)  # of the largest value of a column; a smaller deviation may be noise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    r"""Every point of one walk; row 0 is the start and arrays are read-only.

    Args:
        w: Weights, shape (n + 1, n_features).
        b: Intercepts, shape (n + 1,).
        log_loss: Mean log loss over all rows in nats, without the penalty, shape (n + 1,).
        gradient_norm: Euclidean norm of the gradient of the objective over all rows, penalty included, shape (n + 1,).
        learning_rate: Rate $\eta_t$ of each step taken, shape (n,).
    """

    w: NDArray[np.float64]
    b: NDArray[np.float64]
    log_loss: NDArray[np.float64]
    gradient_norm: NDArray[np.float64]
    learning_rate: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GradientDescentFit:
    """Where the walk ended and how it went.

    Args:
        w: Weights, shape (n_features,).
        b: Intercept in nats.
        history: Every point on the way.
        n_steps: Steps taken.
        converged: Whether the gradient came down to `tolerance` at a point that has an optimum near it. Never true
            for separable data without a penalty, where the gradient shrinks but no optimum exists.
        diverged: Whether the walk was stopped because the next point would have left the range of float64.
    """

    w: NDArray[np.float64]
    b: float
    history: History
    n_steps: int
    converged: bool
    diverged: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standardised:
    """Columns of mean 0 and standard deviation 1, with what is needed to treat new rows alike; arrays are read-only.

    Args:
        X: Scaled features, shape (n_samples, n_features).
        mean: Mean of each column before scaling, in its own unit, shape (n_features,).
        scale: Standard deviation of each column before scaling (dividing by n_samples), shape (n_features,).
    """

    X: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def transform(self, X_new: ArrayLike) -> NDArray[np.float64]:
        r"""Scale new rows with the mean and the scale of the rows this was made from.

        $$x'_{ij} = \frac{x_{ij} - \bar x_j}{s_j}$$

        `mean` is rounded to float64, which shifts a column of size $10^9$ and spread $10^{-3}$ by up to $10^{-4}$.

        Args:
            X_new: Features in their own units, shape (n_new, n_features).

        Returns:
            Scaled features of the same shape.

        Raises:
            TypeError: If `X_new` does not hold real numbers.
            ValueError: If `X_new` has another number of columns, holds nan or inf, or a result exceeds float64.

        Examples:
            >>> standardise([[0.0], [2.0]]).transform([[3.0]])
            array([[2.]])
        """
        matrix = as_matrix(X_new, "X_new")
        if matrix.shape[1] != self.mean.size:
            raise ValueError(f"X_new must have the {self.mean.size} columns of X, got {matrix.shape[1]}.")
        with np.errstate(over="ignore"):
            scaled = (matrix - self.mean) / self.scale
        if not np.isfinite(scaled).all():
            raise ValueError("X_new must lie nearer to the mean of X, got a scaled value that exceeds float64.")
        return np.asarray(scaled)


class _Problem(NamedTuple):
    """The data as one walk needs them, and the penalty of each coordinate."""

    X: NDArray[Any]
    y: NDArray[Any]
    penalty: NDArray[np.float64]

    def evaluate(self, point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the mean log loss and the gradient of the objective, nan where a logit overflows."""
        shares = sweep(lambda rows: self._sums(point, rows), (self.y.size, point.size))
        gradient = sum((share[1] for share in shares[1:]), shares[0][1]) / self.y.size
        return sum(share[0] for share in shares) / self.y.size, gradient + self.penalty * point

    def _sums(self, point: NDArray[np.float64], rows: Rows) -> tuple[float, NDArray[np.float64]]:
        loss, gradient = 0.0, np.zeros_like(point)
        with np.errstate(over="ignore", invalid="ignore"):
            for chunk in chunks(rows, point.size):
                values = self.X[chunk]  # read twice, the second time from the cache
                logits = values @ point[:-1] + point[-1]
                if not np.isfinite(logits).all():
                    return math.nan, np.full_like(point, math.nan)
                terms = row_terms(logits, self.y[chunk])
                loss += terms.loss
                gradient[:-1] += terms.residuals @ values
                gradient[-1] += terms.residuals.sum()
        return loss, gradient

    def rows(self, index: NDArray[np.intp]) -> _Problem:
        return _Problem(self.X[index], self.y[index], self.penalty)


def fit_gradient_descent(
    X: ArrayLike,
    y: ArrayLike,
    *,
    learning_rate: float | Schedule = 0.1,
    n_steps: int = 1000,
    l2: float = 0.0,
    momentum: float = 0.0,
    batch_size: int | None = None,
    rng: np.random.Generator | None = None,
    w_start: ArrayLike | None = None,
    b_start: float = 0.0,
    tolerance: float = 0.0,
) -> GradientDescentFit:
    r"""Fit logistic regression by gradient descent.

    $$v \leftarrow \mu v + g, \qquad (w, b) \leftarrow (w, b) - \eta_t\, v$$

    $$g_w = \frac1m X^\top (p - y) + \lambda w, \qquad g_b = \frac1m \sum_{i=1}^m (p_i - y_i)$$

    This is PyTorch's convention for momentum. All coordinates move at once. With `batch_size` the sums run over
    one batch; each epoch visits every row once, in a new random order, and its last batch may be smaller. Loss and
    gradient come from one reading of the rows in chunks that stay in the cache, and `X` is not copied.

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,), both present.
        learning_rate: Rate $\eta > 0$, or a schedule that maps the number of the step, from 0, to a rate.
        n_steps: Largest number of updates.
        l2: Penalty $\lambda \ge 0$ of the objective $J + \tfrac\lambda2 \lVert w \rVert^2$; `b` is not penalised.
        momentum: Share $\mu$ of the last velocity that is kept, in [0, 1).
        batch_size: Rows per step, at most n_samples; all rows where it is None.
        rng: Source of the random order, needed with `batch_size` and unused without it.
        w_start: First weights, shape (n_features,); zeros where it is None.
        b_start: First intercept.
        tolerance: Stop when the norm of the gradient over all rows is at most this; 0 takes every step.

    Returns:
        The last point and the whole walk. With too large a rate the walk diverges, most often without overflow,
        because the gradient of the log loss is bounded: it jumps about and `converged` stays false. `diverged` is set
        where it was stopped before it left the range of float64.
        Separable data return with `converged` false.

    Raises:
        TypeError: If an argument does not hold real numbers, or `rng` is missing or no Generator.
        ValueError: If shapes do not fit, a class is absent, a number lies outside its range, the gradient at the start
            overflows, or a column is so small that the weight that separates the classes would.
        RuntimeError: If separation could not be decided.

    Examples:
        >>> fit = fit_gradient_descent([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1], learning_rate=1.0, tolerance=1e-6)
        >>> fit.converged, fit.w.round(3), round(fit.b, 3)
        (True, array([0.908]), -1.362)

    Source:
        B. T. Polyak (1964), Some methods of speeding up the convergence of iteration methods, USSR Computational
        Mathematics and Mathematical Physics 4, 1-17, for momentum; PyTorch, `torch.optim.SGD`, for its convention.
    """
    matrix, labels = borrow_matrix(X), borrow_labels(y)
    check_rows(matrix, labels)
    strength, threshold = non_negative(l2, "l2"), non_negative(tolerance, "tolerance")
    penalty = np.append(np.full(matrix.shape[1], strength), 0.0)
    with plain_blas():
        history, diverged = _walk(
            _Problem(matrix, labels, penalty),
            _starting_point(matrix, w_start, b_start),
            rates=_rates(learning_rate, n_steps),
            momentum=fraction(momentum, "momentum"),
            batches=_batches(labels.size, batch_size, rng),
            tolerance=threshold,
        )
    small = bool(history.gradient_norm[-1] <= threshold)
    return GradientDescentFit(
        w=history.w[-1],
        b=float(history.b[-1]),
        history=history,
        n_steps=history.learning_rate.size,
        converged=small and (strength > 0 or _overlap(matrix, labels, history.w[-1], float(history.b[-1]))),
        diverged=diverged,
    )


def _overlap(X: NDArray[Any], y: NDArray[Any], w: NDArray[np.float64], b: float) -> bool:
    """Whether no plane separates the classes: proved by the end of the walk, or else looked for."""
    with plain_blas():
        proven = overlap_is_proven(X, y, w, b)
    return proven or find_separation(X, y).kind == "none"


def _starting_point(X: NDArray[Any], w_start: ArrayLike | None, b_start: float) -> NDArray[np.float64]:
    w = np.zeros(X.shape[1]) if w_start is None else as_vector(w_start, "w_start")
    check_columns(X, w, w_name="w_start")
    return np.append(w, number(b_start, "b_start"))


def _rates(learning_rate: float | Schedule, n_steps: int) -> NDArray[np.float64]:
    steps = count(n_steps, "n_steps")
    schedule = learning_rate if callable(learning_rate) else constant(learning_rate)
    rates = as_vector([schedule(step) for step in range(steps)], "learning_rate(step)")
    if (rates < 0).any():
        step = int(np.argmax(rates < 0))
        raise ValueError(f"learning_rate(step) must not be negative, got {rates[step]:g} at step {step}.")
    return rates


def _batches(
    n_samples: int, batch_size: int | None, rng: np.random.Generator | None
) -> Iterator[NDArray[np.intp] | None]:
    if batch_size is None:
        return itertools.repeat(None)
    size = count(batch_size, "batch_size")
    if size > n_samples:
        raise ValueError(f"batch_size must be at most the {n_samples} rows of X, got {size}. Pass None for all rows.")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a np.random.Generator with batch_size, got {rng!r}. Try np.random.default_rng(0)."
        )
    epochs = (rng.permutation(n_samples) for _ in itertools.count())
    return (order[i : i + size] for order in epochs for i in range(0, n_samples, size))


def _walk(
    problem: _Problem,
    start: NDArray[np.float64],
    *,
    rates: NDArray[np.float64],
    momentum: float,
    batches: Iterator[NDArray[np.intp] | None],
    tolerance: float,
) -> tuple[History, bool]:
    path = np.empty((rates.size + 1, start.size))
    losses, norms = np.empty(rates.size + 1), np.empty(rates.size + 1)
    path[0], steps, velocity = start, 0, np.zeros_like(start)
    with np.errstate(over="ignore", invalid="ignore"):
        losses[0], gradient = problem.evaluate(start)
        norms[0] = math.hypot(*gradient)
        if not math.isfinite(losses[0] + norms[0]):
            raise ValueError("the log loss at the start must be finite, got an overflow. Standardise X first.")
        for rate, rows in zip(rates, batches, strict=False):
            if tolerance > 0 and norms[steps] <= tolerance:
                break
            step_gradient = gradient if rows is None else problem.rows(rows).evaluate(path[steps])[1]
            velocity = momentum * velocity + step_gradient
            point = path[steps] - rate * velocity
            loss, gradient = problem.evaluate(point)
            norm = math.hypot(*gradient)
            if not math.isfinite(loss + norm):
                return _history(path, losses, norms, rates[:steps]), True
            steps += 1
            path[steps], losses[steps], norms[steps] = point, loss, norm
    return _history(path, losses, norms, rates[:steps]), False


def _history(
    path: NDArray[np.float64], losses: NDArray[np.float64], norms: NDArray[np.float64], rates: NDArray[np.float64]
) -> History:
    """Keep what was filled in."""
    walked = slice(rates.size + 1)
    return History(
        w=freeze(path[walked, :-1]),
        b=freeze(path[walked, -1]),
        log_loss=freeze(losses[walked]),
        gradient_norm=freeze(norms[walked]),
        learning_rate=freeze(rates),
    )


def descend(
    gradient: Callable[[NDArray[np.float64]], ArrayLike],
    start: ArrayLike,
    *,
    learning_rate: float | Schedule,
    n_steps: int,
) -> NDArray[np.float64]:
    r"""Walk downhill on any function whose gradient you can write.

    $$\theta_{t+1} = \theta_t - \eta_t\, \nabla f(\theta_t)$$

    Args:
        gradient: Maps a point of shape (d,) to the gradient there, shape (d,).
        start: First point, shape (d,).
        learning_rate: Rate $\eta > 0$, or a schedule.
        n_steps: Number of steps.

    Returns:
        All points, start first, shape (n_steps + 1, d).

    Raises:
        TypeError: If an argument or a gradient does not hold real numbers, or `gradient` is no function.
        ValueError: If a number lies outside its range, or a gradient is nan, inf or of another shape than the point.
        OverflowError: If the walk leaves the range of float64.

    Examples:
        >>> descend(lambda x: 2 * x, [1.0], learning_rate=0.25, n_steps=2).ravel()
        array([1.  , 0.5 , 0.25])

    Source:
        A.-L. Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées, Comptes rendus
        25, 536-538.
    """
    check_function(gradient, "gradient")
    path = [as_vector(start, "start")]
    for step, rate in enumerate(_rates(learning_rate, n_steps)):
        slope = as_array(gradient(path[-1].copy()), f"gradient at step {step}")
        if slope.shape != path[0].shape:
            raise ValueError(f"gradient must return shape {path[0].shape}, the point's own, got {slope.shape}.")
        with np.errstate(over="ignore"):
            point = path[-1] - rate * slope
        if not np.isfinite(point).all():
            raise OverflowError(f"step {step} left the range of float64. Lower learning_rate, here {rate:g}.")
        path.append(point)
    return np.array(path)


def finite_difference_gradient(
    function: Callable[[NDArray[np.float64]], float], point: ArrayLike, *, step: float = _CENTRAL_STEP
) -> NDArray[np.float64]:
    r"""Estimate a gradient from values of the function alone, by central differences.

    $$\frac{\partial f}{\partial \theta_j} \approx \frac{f(\theta + h_j e_j) - f(\theta - h_j e_j)}{2 h_j},
    \qquad h_j = h \max(1, |\theta_j|)$$

    The error is of order $h^2$ from the formula and of order $\epsilon / h$ from rounding, so the best $h$ is near
    $\sqrt[3]{\epsilon} \approx 6 \cdot 10^{-6}$ and leaves about ten correct digits.

    Args:
        function: Maps a point of shape (d,) to a number.
        point: Where to measure, shape (d,).
        step: The relative step $h > 0$.

    Returns:
        Estimated gradient, shape (d,).

    Raises:
        TypeError: If an argument or a value of the function is no real number, or `function` is no function.
        ValueError: If a value is nan or inf, a shape does not fit, `step` vanishes beside the point, or a point or a
            slope exceeds float64.

    Examples:
        >>> finite_difference_gradient(lambda x: x[0] ** 2 + 3 * x[1], [1.0, 2.0]).round(8)
        array([2., 3.])

    Source:
        W. H. Press et al. (2007), Numerical Recipes, 3rd ed., section 5.7.
    """
    check_function(function, "function")
    centre, relative = as_vector(point, "point"), positive(step, "step")
    estimate = np.empty_like(centre)
    for j, coordinate in enumerate(centre.tolist()):
        reach = relative * max(1.0, abs(coordinate))
        ends = np.array([coordinate + reach, coordinate - reach])
        if not np.isfinite(ends).all():
            raise ValueError(f"point must stay finite beside step, got {coordinate:g} ± {reach:g}. Change its unit.")
        if ends[0] == ends[1]:
            raise ValueError(
                f"step must change the point, got {relative:g}, lost to rounding. Leave step at its default."
            )
        values = [number(function(np.concatenate((centre[:j], [end], centre[j + 1 :]))), "function") for end in ends]
        # The exact distance of the two points, which rounding has made differ from 2 h.
        estimate[j] = (values[0] - values[1]) / float(ends[0] - ends[1])
    if not np.isfinite(estimate).all():
        raise ValueError("function must have slopes within float64, got an overflow. Divide its values by their size.")
    return estimate


def learning_rate_limit(X: ArrayLike, w: ArrayLike, b: float, *, l2: float = 0.0) -> float:
    r"""Largest constant learning rate at which plain gradient descent that is near this optimum stays near it.

    $$\eta_{\max} = \frac{2}{\lambda_{\max}(H)}, \qquad H = \nabla^2 \bigl(J + \tfrac\lambda2 \lVert w \rVert^2\bigr)$$

    Near an optimum the error along an eigenvector of $H$ with eigenvalue $\lambda_k$ is multiplied by
    $1 - \eta \lambda_k$ in each step. Below the limit all these factors lie inside $(-1, 1)$ or, in directions that
    do not change the loss, are 1. The limit is local: from a start far away a walk below it may circle for ever, and
    [`safe_learning_rate`][logreg_docs.gradient_descent.safe_learning_rate] is what holds from every start.

    Args:
        X: Features, shape (n_samples, n_features).
        w: Weights at the optimum, shape (n_features,).
        b: Intercept at the optimum.
        l2: Penalty of the objective.

    Returns:
        The limit; infinite where the Hessian underflows to 0.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, or a number lies outside its range.

    Examples:
        >>> round(learning_rate_limit([[-1.0], [1.0]], [0.0], 0.0), 6)
        8.0

    Source:
        S. Boyd and L. Vandenberghe (2004), Convex Optimization, section 9.3; S. Y. Meng, A. Orvieto, D. Y. Cao and
        C. De Sa (2024), Gradient descent on logistic regression with non-separable data and large step sizes,
        arXiv:2406.05033, for the circles.
    """
    largest = float(np.linalg.eigvalsh(log_loss_hessian(X, w, b, l2=l2))[-1])
    return 2.0 / largest if largest > 0 else math.inf


def safe_learning_rate(X: ArrayLike, *, l2: float = 0.0) -> float:
    r"""Learning rate below which every full-batch step without momentum lowers the objective, wherever it starts.

    $$\eta < \frac2L, \qquad L = \frac{\lambda_{\max}(\tilde X^\top \tilde X)}{4 m} + \lambda$$

    $\tilde X$ is $X$ with a column of ones. Since $\sigma' \le \tfrac14$, no Hessian of the objective has an eigenvalue
    above $L$. The bound is sufficient, not necessary, and at a minimum there is nothing to lower.

    Args:
        X: Features, shape (n_samples, n_features).
        l2: Penalty $\lambda \ge 0$.

    Returns:
        The bound $2 / L$.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If `X` is no matrix or holds nan or inf, `l2` is negative, or the bound underflows to 0.

    Examples:
        >>> round(safe_learning_rate([[-1.0], [1.0]]), 6)
        8.0

    Source:
        Y. Nesterov (2018), Lectures on Convex Optimization, 2nd ed., section 1.2.3.
    """
    matrix, strength = as_matrix(X), non_negative(l2, "l2")
    m = matrix.shape[0]
    peak = max(1.0, float(np.abs(matrix).max()))
    # Scaled before it is squared, so that large features cannot overflow.
    root = float(np.linalg.norm(np.column_stack((matrix, np.ones(m))) / peak, ord=2)) * peak / (2.0 * math.sqrt(m))
    bound = 2.0 / (root * root + strength)
    if bound == 0:
        raise ValueError(f"X must not be so large that the bound underflows, got values up to {peak:g}. Standardise X.")
    return bound


def standardise(X: ArrayLike) -> Standardised:
    r"""Give every column mean 0 and standard deviation 1.

    $$x'_{ij} = \frac{x_{ij} - \bar x_j}{s_j}, \qquad s_j^2 = \frac1m \sum_{i=1}^m (x_{ij} - \bar x_j)^2$$

    Args:
        X: Features, shape (n_samples, n_features).

    Returns:
        The scaled columns, with the mean and the scale for later rows.

    Raises:
        TypeError: If `X` does not hold real numbers.
        ValueError: If `X` is no matrix or holds nan or inf, or a column is constant, varies by no more than rounding,
            or is so small that it has no scale in float64.

    Examples:
        >>> scaled = standardise([[0.0, 10.0], [2.0, 30.0]])
        >>> scaled.X
        array([[-1., -1.],
               [ 1.,  1.]])
        >>> scaled.mean, scaled.scale
        (array([ 1., 20.]), array([ 1., 10.]))
    """
    matrix = as_matrix(X)
    constants = np.flatnonzero(matrix.max(axis=0) == matrix.min(axis=0))
    if constants.size:
        raise ValueError(
            f"every column of X must vary, got the same value in all {matrix.shape[0]} rows of column "
            f"{', '.join(map(str, constants))}. Drop it: the intercept already plays its part."
        )
    # Squares of scaled columns stay in range, and centring once more mends the rounding of the first mean.
    scaled = scale_columns(matrix)
    rest, spread = scaled.Z.mean(axis=0), scaled.Z.std(axis=0)
    scale = scaled.scale * spread
    lost = np.flatnonzero(scale == 0)
    if lost.size:
        raise ValueError(f"X must have columns whose spread float64 holds, got too small columns {lost}. Change units.")
    noisy = np.flatnonzero(scale <= _ROUNDING * np.abs(matrix).max(axis=0))
    if noisy.size:
        raise ValueError(
            f"every column of X must vary by more than rounding, got a deviation of {scale[noisy[0]]:.1e} in column "
            f"{', '.join(map(str, noisy))}. Drop it, or subtract a number near its values before they become floats."
        )
    return Standardised(
        X=freeze((scaled.Z - rest) / spread), mean=freeze(scaled.centre + scaled.scale * rest), scale=freeze(scale)
    )
