"""Gradient descent for logistic regression: the update and its history.

Shapes: `X` (n_samples, n_features), `y` (n_samples,) in {0, 1}, `w` (n_features,), `b` a number. A point is `w`
first and `b` last, shape (n_features + 1,). Learning rates that change from step to step, such as
[`cosine_decay`][logreg_docs.schedules.cosine_decay], are in a module of their own, and so are
[how large a rate may be][logreg_docs.learning_rate.safe_learning_rate] and
[the scaling of columns][logreg_docs.scaling.standardise].
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs._chunks import single_threaded_blas
from logreg_docs._objective import Objective
from logreg_docs._separability import is_separable
from logreg_docs._validation import (
    as_array,
    as_vector,
    check_columns,
    check_function,
    check_rows,
    count,
    fraction,
    freeze,
    labels_without_copy,
    matrix_without_copy,
    non_negative,
    number,
)
from logreg_docs.schedules import constant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from logreg_docs.schedules import Schedule

__all__ = ["GradientDescentFit", "History", "descend", "fit_gradient_descent"]


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
        diverged: Whether the walk was stopped because a number at the next point would have left the range of float64.
        separated: Whether a plane separates the classes, so that no finite weights fit best. `None` with a penalty,
            under which there is an optimum either way and the question is not asked.
    """

    w: NDArray[np.float64]
    b: float
    history: History
    n_steps: int
    converged: bool
    diverged: bool
    separated: bool | None


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
    gradient come from one reading of the rows in chunks that stay in the cache. `X` is copied only where separation is
    not soon decided at the end of the walk.

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
    matrix, labels = matrix_without_copy(X), labels_without_copy(y)
    check_rows(matrix, labels)
    strength, threshold = non_negative(l2, "l2"), non_negative(tolerance, "tolerance")
    start, rates = _starting_point(matrix, w_start, b_start), _rates(learning_rate, n_steps)
    kept, batches = fraction(momentum, "momentum"), _batches(labels.size, batch_size, rng)
    objective = Objective(
        lambda rows, block: np.copyto(block[:, :-1], matrix[rows]),
        labels,
        np.append(np.full(start.size - 1, strength**0.5), 0.0),
    )
    with single_threaded_blas(), np.errstate(over="ignore", invalid="ignore"):
        here, velocity, diverged = objective.at(start), np.zeros_like(start), False
        norms = [math.hypot(*here.gradient)]
        if not math.isfinite(here.log_loss + norms[0]):
            raise ValueError("the log loss at the start must be finite, got an overflow. Standardise X first.")
        points, losses = [here.point], [here.log_loss]
        for rate, batch in zip(rates, batches, strict=False):
            if threshold > 0 and norms[-1] <= threshold:
                break
            gradient = here.gradient if batch is None else objective.of_rows(batch).at(here.point).gradient
            velocity = kept * velocity + gradient
            there = objective.at(here.point - rate * velocity)
            norm = math.hypot(*there.gradient)
            diverged = not math.isfinite(there.log_loss + norm)
            if diverged:
                break
            here = there
            points.append(here.point)
            losses.append(here.log_loss)
            norms.append(norm)
        w, b = here.point[:-1], float(here.point[-1])
        separated = is_separable(matrix, labels, w, b) if strength == 0 else None
    path = np.array(points)
    return GradientDescentFit(
        w=freeze(w),
        b=b,
        history=History(
            w=freeze(path[:, :-1]),
            b=freeze(path[:, -1]),
            log_loss=freeze(losses),
            gradient_norm=freeze(norms),
            learning_rate=freeze(rates[: len(path) - 1]),
        ),
        n_steps=len(path) - 1,
        converged=norms[-1] <= threshold and not separated,
        diverged=diverged,
        separated=separated,
    )


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
