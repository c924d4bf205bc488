r"""Softmax regression: logistic regression for many classes, with its loss, its gradient and a fit.

Shapes: `X` (n_samples, n_features), `y` (n_samples,) with class numbers from 0 on. There is one row of weights `W`
(n_classes, n_features) and one bias in `b` (n_classes,) for each class. Losses are means in nats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logreg_docs._newton_steps import EPS, backtrack, orthonormal_basis, refuse_overflow
from logreg_docs._objective import Terms
from logreg_docs._separability import decide
from logreg_docs._validation import (
    as_array,
    as_matrix,
    as_vector,
    check_columns,
    check_rows,
    count,
    freeze,
    non_negative,
)
from logreg_docs.scaling import scale_columns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from logreg_docs.scaling import ScaledColumns

__all__ = [
    "SoftmaxFit",
    "fit_softmax",
    "log_softmax",
    "multiclass_log_loss",
    "multiclass_logit_gradient",
    "one_hot",
    "softmax",
    "softmax_logits",
]

_MIN_CLASSES = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SoftmaxFit:
    """Weights of softmax regression; arrays are read-only.

    Args:
        W: Weights, one row for each class, shape (n_classes, n_features). Every column sums to 0.
        b: Biases, shape (n_classes,). They sum to 0.
        log_loss: Mean log loss in nats at the start and after every step, shape (n + 1,).
        objective: The same with the penalty added; it never rises beyond rounding, shape (n + 1,).
        n_steps: Newton steps taken.
        converged: Whether the steps came to rest.
        separated: Whether a direction separates classes, so that no finite weights fit best. Such data are refused
            without a penalty, so this is false; `None` with one, under which the question is not asked.
    """

    W: NDArray[np.float64]
    b: NDArray[np.float64]
    log_loss: NDArray[np.float64]
    objective: NDArray[np.float64]
    n_steps: int
    converged: bool
    separated: bool | None


def softmax(logits: ArrayLike) -> NDArray[np.float64]:
    r"""Turn the logits of several classes into probabilities that sum to 1.

    $$p_k = \frac{e^{z_k}}{\sum_{l=0}^{K-1} e^{z_l}}$$

    The same number added to all logits cancels. The largest logit is subtracted first, so that `exp` never sees a
    positive number and cannot overflow.

    Args:
        logits: $z$, of any shape, with the classes along the last axis.

    Returns:
        Probabilities of the same shape; each row sums to 1.

    Raises:
        TypeError: If `logits` does not hold real numbers.
        ValueError: If a logit is nan or inf, or `logits` is a single number.

    Examples:
        >>> softmax([0.0, 0.0, 1000.0])
        array([0., 0., 1.])
    """
    z = _class_logits(logits)
    with np.errstate(over="ignore"):  # a difference beyond float64 is -inf, and its exponential is rightly 0
        powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def log_softmax(logits: ArrayLike) -> NDArray[np.float64]:
    r"""Logarithm of the softmax, without a probability that could round to 0 or 1 on the way.

    $$\log p_k = z_k - \log\sum_{l=0}^{K-1} e^{z_l} = (z_k - M) - \log\Bigl(1 + \sum_{l \ne l^*} e^{z_l - M}\Bigr)$$

    $M$ is the largest logit and $l^*$ its place. Its own term is the 1, so that `log1p` keeps the digits of the others.

    Args:
        logits: $z$, of any shape, with the classes along the last axis.

    Returns:
        Logarithms in nats, of the same shape; `-inf` only where two logits differ by more than float64 can hold.

    Raises:
        TypeError: If `logits` does not hold real numbers.
        ValueError: If a logit is nan or inf, or `logits` is a single number.

    Examples:
        >>> log_softmax([0.0, 0.0]).round(4)
        array([-0.6931, -0.6931])
        >>> log_softmax([-1000.0, 1000.0])
        array([-2000.,     0.])
    """
    z = _class_logits(logits)
    with np.errstate(over="ignore"):
        shifted = z - z.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    np.put_along_axis(powers, z.argmax(axis=-1, keepdims=True), 0.0, axis=-1)
    return np.asarray(shifted - np.log1p(powers.sum(axis=-1, keepdims=True)))


def one_hot(y: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    r"""Write each class number as a row with a single 1.

    $$Y_{ik} = \begin{cases} 1 & \text{if } y_i = k \\ 0 & \text{otherwise} \end{cases}$$

    Args:
        y: Class numbers from 0 to `n_classes` - 1, shape (n_samples,).
        n_classes: Number of classes $K$, at least 2.

    Returns:
        Zeros and ones, shape (n_samples, n_classes).

    Raises:
        TypeError: If `y` does not hold real numbers or `n_classes` is not whole.
        ValueError: If `n_classes` is below 2 or `y` holds anything but class numbers.

    Examples:
        >>> one_hot([0, 2], 3)
        array([[1., 0., 0.], [0., 0., 1.]])
    """
    k = count(n_classes, "n_classes", lowest=_MIN_CLASSES)
    classes = _as_classes(y, k)
    rows = np.zeros((classes.size, k))
    np.put_along_axis(rows, classes[:, None], 1.0, axis=1)
    return rows


def multiclass_log_loss(logits: ArrayLike, y: ArrayLike) -> float:
    r"""Mean log loss with several classes, also called cross-entropy, from logits.

    $$J = -\frac1m\sum_{i=1}^{m}\log p_{i, y_i}, \qquad p_i = \operatorname{softmax}(z_i)$$

    Args:
        logits: $z$, shape (n_samples, n_classes).
        y: Class numbers from 0 to n_classes - 1, shape (n_samples,).

    Returns:
        The loss in nats per row; $\log K$ where every logit is 0.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, there is only one class, or `y` holds anything but class numbers.

    Examples:
        >>> round(multiclass_log_loss([[0.0, 0.0, 0.0]], [1]), 4)
        1.0986
    """
    z, classes = _logits_and_classes(logits, y)
    picked = np.take_along_axis(log_softmax(z), classes[:, None], axis=1)
    return float(-(picked / picked.size).sum()) + 0.0  # the sum alone may exceed float64


def multiclass_logit_gradient(logits: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    r"""Slope of the multi-class log loss in the logits.

    $$\frac{\partial J}{\partial z_{ik}} = \frac{p_{ik} - Y_{ik}}{m}, \qquad Y = \text{one-hot of } y$$

    Every row sums to 0, because the loss does not change when one number is added to all logits of a row.

    Args:
        logits: $z$, shape (n_samples, n_classes).
        y: Class numbers from 0 to n_classes - 1, shape (n_samples,).

    Returns:
        Slopes in nats per nat, shape (n_samples, n_classes).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, there is only one class, or `y` holds anything but class numbers.

    Examples:
        >>> multiclass_logit_gradient([[0.0, 0.0]], [1])
        array([[ 0.5, -0.5]])
    """
    z, classes = _logits_and_classes(logits, y)
    return _class_residuals(softmax(z), classes) / len(z)


def softmax_logits(X: ArrayLike, W: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    r"""Logits of softmax regression: one line for each class.

    $$z_{ik} = W_k^\top x_i + b_k$$

    Args:
        X: Features, shape (n_samples, n_features).
        W: Weights, one row for each class, shape (n_classes, n_features).
        b: Biases, shape (n_classes,).

    Returns:
        Logits in nats, shape (n_samples, n_classes).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit or a logit overflows.

    Examples:
        >>> softmax_logits([[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]], [0.0, 0.5])
        array([[1. , 2.5]])
    """
    matrix, weights, biases = as_matrix(X), as_matrix(W, "W"), as_vector(b, "b")
    check_columns(matrix, weights[0], w_name="every row of W")
    if biases.size != weights.shape[0]:
        raise ValueError(f"b must hold one bias per row of W, got {biases.size} for {weights.shape[0]} rows.")
    with np.errstate(over="ignore", invalid="ignore"):
        z = np.asarray(matrix @ weights.T + biases)
    if not np.isfinite(z).all():
        raise ValueError("the logits overflow float64. Scale the columns of X first, or use smaller weights.")
    return z


def fit_softmax(
    X: ArrayLike, y: ArrayLike, *, l2: float = 0.0, max_steps: int = 100, tolerance: float = 1e-14
) -> SoftmaxFit:
    r"""Fit softmax regression by Newton's method.

    $$F = -\frac1m\sum_{i=1}^{m}\log p_{i, y_i} + \frac\lambda2 \sum_{k=0}^{K-1}\lVert W_k\rVert^2, \qquad
    p_i = \operatorname{softmax}(W x_i + b)$$

    Add the same vector to every $W_k$, or the same number to every $b_k$: each logit of a row moves by the same amount
    and no probability changes. The data alone do not determine the weights, only their differences between classes.
    Of all equivalent weights this function returns those that sum to 0 over the classes, for which the penalty is
    smallest.

    The Hessian has $K^2 (d + 1)^2$ entries, which suits some hundred parameters. The step is halved until the
    objective does not rise. Columns are centred inside and turned into orthonormal ones, so neither their units nor
    nearly equal columns matter. Where columns depend on one another and $\lambda$ is too small to be told from
    rounding, the weights are among the best ones and not the shortest of them.

    Args:
        X: Features, shape (n_samples, n_features).
        y: Class numbers from 0 to n_classes - 1, shape (n_samples,), each of them present.
        l2: Strength $\lambda \ge 0$ of the penalty; $1 / (m C)$ in scikit-learn's terms. Biases are not penalised.
        max_steps: Most steps to take.
        tolerance: Stop after a step that is expected to lower the objective by at most this many nats.

    Returns:
        The fit. `converged` is false if `max_steps` did not suffice or if rounding kept a step that promised more than
        rounding from lowering the objective.

    Raises:
        TypeError: If an argument does not hold real numbers or `max_steps` is not whole.
        ValueError: If shapes do not fit, a class number is missing, an option is out of range, or a column is so small
            that its weights overflow. With `l2=0` also if columns depend on one another or if a direction separates the
            classes, so that no finite optimum exists.
        RuntimeError: If separation could not be decided.

    Examples:
        >>> fit = fit_softmax([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1])
        >>> fit.W.round(4)
        array([[-0.4541], [ 0.4541]])

    Source:
        A. Albert and J. A. Anderson (1984), On the existence of maximum likelihood estimates in logistic regression
        models, Biometrika 71, 1-10.
    """
    matrix, penalty = as_matrix(X), non_negative(l2, "l2")
    classes = _present_classes(y)
    check_rows(matrix, classes.astype(np.float64))
    steps, bound = count(max_steps, "max_steps"), non_negative(tolerance, "tolerance")
    scaled = scale_columns(matrix)
    design = np.column_stack([scaled.Z, np.ones(len(matrix))])
    with np.errstate(over="ignore"):
        root = np.append(math.sqrt(penalty) / scaled.scale, 0.0)
        if not np.isfinite(root * root).all():
            raise ValueError(f"l2 and X must leave the penalty finite, got l2 {penalty:g}. Change the unit of X.")
    varies = design.any(axis=0)  # a column of zeros would only cost
    basis = orthonormal_basis(
        np.vstack([design / math.sqrt(len(design)), np.diag(root * varies)]), tolerance=max(design.shape) * EPS
    )
    if penalty == 0:
        _refuse_dependent(basis)
        _refuse_separated(scaled, classes)
    objective = _Objective(design @ basis, classes, root[:, None] * basis)
    here = objective.at(np.zeros((objective.n_classes, basis.shape[1])).ravel(), hessian=True)
    losses, objectives, converged = [here.log_loss], [here.objective], False
    while not converged and len(losses) <= steps:
        step = -_solve(here.hessian, here.gradient).reshape(objective.n_classes, -1)
        step -= step.mean(axis=0)  # rounding must not add up along the directions that change no probability
        expected_fall = -0.5 * float(here.gradient @ step.ravel())
        # No fall smaller than the rounding of the objective can be seen, whatever the tolerance.
        unseen = EPS * here.objective
        converged = 0 <= expected_fall <= max(bound, unseen)
        there = backtrack(objective, here, step.ravel())
        if there is None:
            converged = converged and expected_fall <= unseen
            break
        here = there
        losses.append(here.log_loss)
        objectives.append(here.objective)
    weights = here.point.reshape(objective.n_classes, -1) @ basis.T
    with np.errstate(over="ignore"):
        W = weights[:, :-1] / scaled.scale
    refuse_overflow(W)
    return SoftmaxFit(
        W=freeze(W),
        b=freeze(weights[:, -1] - W @ scaled.centre),
        log_loss=freeze(losses),
        objective=freeze(objectives),
        n_steps=len(losses) - 1,
        converged=converged,
        separated=False if penalty == 0 else None,
    )


class _Objective(NamedTuple):
    """Mean log loss of several classes with its penalty, as a function of all weights, class after class.

    Attributes:
        design: Columns of a well-conditioned basis, shape (n_samples, n_columns).
        y: Class numbers, shape (n_samples,).
        root_penalty: Matrix whose product with the weights of a class is squared and summed to their penalty.
    """

    design: NDArray[np.float64]
    y: NDArray[np.intp]
    root_penalty: NDArray[np.float64]

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.y.max()) + 1

    def at(self, point: NDArray[np.float64], *, hessian: bool = False) -> Terms:
        """Evaluate value, gradient and, if wanted, Hessian, each with the penalty."""
        weights = point.reshape(self.n_classes, -1)
        logits, penalised = self.design @ weights.T, weights @ self.root_penalty.T
        loss = multiclass_log_loss(logits, self.y)
        p = softmax(logits)
        gradient = _class_residuals(p, self.y).T @ self.design / len(p) + penalised @ self.root_penalty
        return Terms(
            point=point,
            log_loss=loss,
            objective=loss + 0.5 * float((penalised**2).sum()),
            gradient=gradient.ravel(),
            hessian=self._hessian(p) if hessian else np.zeros((0, 0)),
        )

    def _hessian(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the Hessian, with a floor along the directions that change no probability.

        The gradient has no part along them, so the floor leaves every step as it is and makes the Hessian invertible.
        It is of the size of the Hessian, because a larger one would drown small curvature in rounding.
        """
        (m, width), n_classes = self.design.shape, self.n_classes
        spread = np.eye(n_classes) * p[:, :, None] - p[:, :, None] * p[:, None, :]
        hessian = np.einsum("ikl,ia,ib->kalb", spread, self.design, self.design, optimize=True) / m
        hessian = hessian.reshape(n_classes * width, n_classes * width)
        hessian += np.kron(np.eye(n_classes), self.root_penalty.T @ self.root_penalty)
        floor = np.kron(np.full((n_classes, n_classes), 1 / n_classes), np.eye(width))
        return np.asarray(hessian + np.diag(hessian).mean() * floor)


def _class_logits(logits: ArrayLike) -> NDArray[np.float64]:
    z = as_array(logits, "logits")
    if z.ndim == 0:
        raise ValueError("logits must hold one logit per class along its last axis, got a single number.")
    return z


def _as_classes(y: ArrayLike, n_classes: int) -> NDArray[np.intp]:
    values = as_vector(y, "y")
    wrong = (values != np.floor(values)) | (values < 0) | (values >= n_classes)
    if wrong.any():
        raise ValueError(
            f"y must hold class numbers, whole and from 0 to {n_classes - 1}, got {float(values[wrong][0]):g}. "
            f"Number your classes, e.g. with np.unique(y, return_inverse=True)[1]."
        )
    return values.astype(np.intp)


def _present_classes(y: ArrayLike) -> NDArray[np.intp]:
    """Return class numbers of which none below the highest is missing."""
    values = as_vector(y, "y")
    n_classes = int(np.clip(values.max() + 1, _MIN_CLASSES, values.size + 1))
    classes = _as_classes(values, n_classes)
    missing = np.setdiff1d(np.arange(n_classes), classes)
    if missing.size:
        raise ValueError(
            f"y must hold every class from 0 to {n_classes - 1}, got none of class {missing[0]}. "
            f"Number your classes without a gap, e.g. with np.unique(y, return_inverse=True)[1]."
        )
    return classes


def _logits_and_classes(logits: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    z = as_matrix(logits, "logits")
    if z.shape[1] < _MIN_CLASSES:
        raise ValueError(f"logits must have a column for each of at least 2 classes, got shape {z.shape}.")
    classes = _as_classes(y, z.shape[1])
    check_rows(z, classes.astype(np.float64), "logits")
    return z, classes


def _class_residuals(p: NDArray[np.float64], y: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return p - Y; at the observed class this is minus the sum of the others, which keeps its digits."""
    residuals = p.copy()
    np.put_along_axis(residuals, y[:, None], 0.0, axis=1)
    np.put_along_axis(residuals, y[:, None], -residuals.sum(axis=1, keepdims=True), axis=1)
    return residuals


def _refuse_dependent(basis: NDArray[np.float64]) -> None:
    if basis.shape[1] < basis.shape[0]:
        raise ValueError(
            "X must have linearly independent columns that are not constant, or the weights are not unique. "
            "Drop the columns that follow from others, or pass l2 > 0."
        )


def _refuse_separated(scaled: ScaledColumns, y: NDArray[np.intp]) -> None:
    """Refuse data in which no class beats the one that came and some fall behind it, so that weights grow for ever.

    For two classes that is a plane that separates. For more, a row counts once against each other class, and the
    weights of all classes but the first, whose weights are 0, stand side by side.
    """
    n_classes = int(y.max()) + 1
    design = np.column_stack([scaled.Z, np.ones(len(y))])
    classes = np.eye(n_classes)[:, 1:]
    difference = classes[y][:, np.newaxis, :] - classes  # (m, K, K - 1): the observed class minus class k
    others = np.arange(n_classes) != y[:, np.newaxis]
    rows = np.einsum("ikl,ia->ikla", difference, design)[others]
    if decide(rows.reshape(len(rows), -1)).kind != "none":
        raise ValueError(
            "X and y have no finite optimum: a direction separates classes, so that ever larger weights "
            "lower the loss for ever. Pass l2 > 0."
        )


def _solve(hessian: NDArray[np.float64], gradient: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve for the step; of many, as probabilities that have rounded to 0 and 1 leave, take the shortest."""
    try:
        return np.asarray(np.linalg.solve(hessian, gradient))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(hessian, gradient, rcond=None)[0])
