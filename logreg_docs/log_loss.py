r"""Log loss of logistic regression: its value, its gradient and its Hessian, of each row and of all.

Shapes: `X` (n_samples, n_features), `y` (n_samples,) in {0, 1}, `w` (n_features,), `b` a number, `logits` and
`probabilities` (n_samples,). Losses are means in nats, derivatives put `w` first and `b` last.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logreg_docs._objective import row_terms
from logreg_docs._validation import (
    as_labels,
    as_matrix,
    as_probabilities_and_labels,
    as_vector,
    check_rows,
    freeze,
    non_negative,
)
from logreg_docs.sigmoid import linear_logits, sigmoid

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Gradient",
    "gradient_from_probabilities",
    "log_loss",
    "log_loss_from_probabilities",
    "log_loss_gradient",
    "log_loss_hessian",
    "log_loss_logit_gradient",
    "objective",
    "pointwise_log_loss",
    "squared_error",
    "squared_error_curvature",
    "squared_error_gradient",
]


class Gradient(NamedTuple):
    """Slope of an objective in the weights and in the intercept; the array is read-only.

    Attributes:
        w: Partial derivatives in the weights, shape (n_features,).
        b: Partial derivative in the intercept.
    """

    w: NDArray[np.float64]
    b: float


def pointwise_log_loss(logits: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    r"""Log loss of every row, computed from logits so that no probability is rounded to 0 or 1 on the way.

    $$\ell_i = -y_i \log p_i - (1 - y_i)\log(1 - p_i) = \log(1 + e^{z_i}) - y_i z_i, \qquad p_i = \sigma(z_i)$$

    Args:
        logits: $z$, shape (n_samples,), in nats of log-odds.
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        Losses in nats, shape (n_samples,), finite for every finite logit.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a logit is nan or inf, or a label is neither 0 nor 1.

    Examples:
        >>> pointwise_log_loss([0.0, 1000.0, 1000.0], [1, 1, 0]).round(4)
        array([6.931e-01, 0.000e+00, 1.000e+03])
    """
    z, labels = _logits_and_labels(logits, y)
    return row_terms(z, labels).losses


def log_loss(logits: ArrayLike, y: ArrayLike) -> float:
    r"""Mean log loss, also called binary cross-entropy.

    $$J = -\frac1m\sum_{i=1}^{m}\bigl[y_i \log p_i + (1 - y_i)\log(1 - p_i)\bigr], \qquad p_i = \sigma(z_i)$$

    Args:
        logits: $z$, shape (n_samples,), in nats of log-odds.
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        The loss in nats per row; $\log 2$ where every logit is 0.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a logit is nan or inf, or a label is neither 0 nor 1.

    Examples:
        >>> round(log_loss([0.0, 0.0], [0, 1]), 4)
        0.6931
    """
    return _mean(pointwise_log_loss(logits, y))


def log_loss_from_probabilities(probabilities: ArrayLike, y: ArrayLike, *, epsilon: float = 0.0) -> float:
    r"""Mean log loss from probabilities, with the $\varepsilon$ that is often added inside the logarithm.

    $$J_\varepsilon = -\frac1m\sum_{i=1}^{m}
    \bigl[y_i \log(p_i + \varepsilon) + (1 - y_i)\log(1 - p_i + \varepsilon)\bigr]$$

    $\varepsilon$ keeps the loss finite where a probability has been rounded to 0 or 1, at a price: no row can cost
    more than $-\log\varepsilon$, and a perfect row costs less than nothing. Use
    [`log_loss`][logreg_docs.log_loss.log_loss] wherever logits are at hand.

    Args:
        probabilities: $p$, shape (n_samples,), in [0, 1].
        y: Labels in {0, 1}, shape (n_samples,).
        epsilon: $\varepsilon \ge 0$.

    Returns:
        The loss in nats per row. `inf` where $\varepsilon = 0$ and a label has probability 0.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a probability leaves [0, 1], a label is neither 0 nor 1, or `epsilon` is negative.

    Examples:
        >>> log_loss_from_probabilities([0.0], [1])
        inf
        >>> round(log_loss_from_probabilities([0.0], [1], epsilon=1e-5), 2)
        11.51
    """
    eps = non_negative(epsilon, "epsilon")
    p, labels = as_probabilities_and_labels(probabilities, y)
    observed, missed = np.where(labels == 1, p, 1 - p), np.where(labels == 1, 1 - p, p)
    with np.errstate(divide="ignore"):  # log 0 is -inf, as documented
        losses = -np.where(observed < 0.5, np.log(observed + eps), np.log1p(eps - missed))  # noqa: PLR2004 - a half
    return _mean(losses)


def gradient_from_probabilities(probabilities: ArrayLike, y: ArrayLike, *, epsilon: float = 0.0) -> NDArray[np.float64]:
    r"""Slope in the logits of the mean log loss with $\varepsilon$ inside the logarithm.

    $$\frac{\partial J_\varepsilon}{\partial z_i}
    = \frac1m\,p_i(1 - p_i)\left[\frac{1 - y_i}{1 - p_i + \varepsilon} - \frac{y_i}{p_i + \varepsilon}\right],
    \qquad p_i = \sigma(z_i)$$

    Without $\varepsilon$ this is $(p_i - y_i)/m$. With it the slope vanishes where the label has a probability
    far below $\varepsilon$: the rows that are most wrong stop teaching.

    Args:
        probabilities: $p$, shape (n_samples,), in [0, 1].
        y: Labels in {0, 1}, shape (n_samples,).
        epsilon: $\varepsilon \ge 0$.

    Returns:
        Slopes in nats per nat, shape (n_samples,).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a probability leaves [0, 1], a label is neither 0 nor 1, or `epsilon` is negative.

    Examples:
        >>> gradient_from_probabilities([1e-9], [1])
        array([-1.])
        >>> gradient_from_probabilities([1e-9], [1], epsilon=1e-5).round(6)
        array([-0.0001])
    """
    eps = non_negative(epsilon, "epsilon")
    p, labels = as_probabilities_and_labels(probabilities, y)
    observed, missed = np.where(labels == 1, p, 1 - p), np.where(labels == 1, 1 - p, p)
    kept = np.ones_like(p) if eps == 0 else observed / (observed + eps)
    return np.asarray((1 - 2 * labels) * missed * kept / p.size)


def log_loss_logit_gradient(logits: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    r"""Slope of the mean log loss in the logits.

    $$\frac{\partial J}{\partial z_i} = \frac{p_i - y_i}{m}, \qquad p_i = \sigma(z_i)$$

    Args:
        logits: $z$, shape (n_samples,), in nats of log-odds.
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        Slopes in nats per nat, shape (n_samples,), between $-1/m$ and $1/m$.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a logit is nan or inf, or a label is neither 0 nor 1.

    Examples:
        >>> log_loss_logit_gradient([0.0, 0.0], [0, 1])
        array([ 0.25, -0.25])
    """
    z, labels = _logits_and_labels(logits, y)
    return row_terms(z, labels).residuals / z.size


def squared_error(logits: ArrayLike, y: ArrayLike) -> float:
    r"""Mean squared error of the probabilities, also called the Brier score.

    $$Q = \frac1m\sum_{i=1}^{m}(p_i - y_i)^2, \qquad p_i = \sigma(z_i)$$

    Args:
        logits: $z$, shape (n_samples,), in nats of log-odds.
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        The error per row, in [0, 1].

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a logit is nan or inf, or a label is neither 0 nor 1.

    Examples:
        >>> squared_error([0.0, 0.0], [0, 1])
        0.25

    Source:
        G. W. Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather Review 78, 1-3.
    """
    return _mean(row_terms(*_logits_and_labels(logits, y)).residuals ** 2)


def squared_error_gradient(logits: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    r"""Slope of the mean squared error in the logits.

    $$\frac{\partial Q}{\partial z_i} = \frac2m\,(p_i - y_i)\,p_i(1 - p_i), \qquad p_i = \sigma(z_i)$$

    The factor $p_i(1 - p_i)$ is what log loss does not have: it vanishes where the model is sure, right or wrong.

    Args:
        logits: $z$, shape (n_samples,), in nats of log-odds.
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        Slopes per nat, shape (n_samples,).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a logit is nan or inf, or a label is neither 0 nor 1.

    Examples:
        >>> squared_error_gradient([-10.0], [1]).round(6)
        array([-9.1e-05])
    """
    z, labels = _logits_and_labels(logits, y)
    terms = row_terms(z, labels)
    return 2 / z.size * terms.residuals * terms.curvatures


def squared_error_curvature(logits: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    r"""Second derivative of one row's squared error in its logit.

    $$\frac{d^2}{dz^2}(\sigma(z) - y)^2 = 2\,q\,(1 - q)^2\,(3q - 1), \qquad
    q = \begin{cases} p & y = 1 \\ 1 - p & y = 0 \end{cases}$$

    It is negative where the label has probability $q < \tfrac13$, so squared error on a sigmoid is not convex.

    Args:
        logits: $z$, shape (n_samples,), in nats of log-odds.
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        Curvatures per squared nat, one a row, shape (n_samples,); not divided by the number of rows.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes differ, a logit is nan or inf, or a label is neither 0 nor 1.

    Examples:
        >>> squared_error_curvature([0.0, -2.0], [1, 1]).round(4)
        array([ 0.125 , -0.1188])
    """
    z, labels = _logits_and_labels(logits, y)
    margin = (2 * labels - 1) * z
    observed, missed = sigmoid(margin), sigmoid(-margin)
    return np.asarray(2 * observed * missed**2 * (3 * observed - 1))


def objective(X: ArrayLike, y: ArrayLike, w: ArrayLike, b: float, *, l2: float = 0.0) -> float:
    r"""Mean log loss plus a penalty on large weights: the function that a fit minimises.

    $$F(w, b) = J(w, b) + \frac{\lambda}{2}\lVert w\rVert^2$$

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).
        w: Weights, shape (n_features,), in nats per unit of each feature.
        b: Intercept in nats, never penalised.
        l2: $\lambda \ge 0$; scikit-learn's `C` is $1/(m\lambda)$.

    Returns:
        The objective in nats per row; `inf` where the penalty exceeds float64.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value or a logit is not finite, a label is neither 0 nor 1, or `l2` is
            negative.

    Examples:
        >>> round(objective([[0.0], [2.0]], [0, 1], [0.0], 0.0), 4)
        0.6931
    """
    matrix, labels, weights = as_matrix(X), as_labels(y), as_vector(w, "w")
    check_rows(matrix, labels)
    root = math.sqrt(non_negative(l2, "l2"))
    with np.errstate(over="ignore"):
        penalty = 0.5 * float(np.sum((root * weights) ** 2))  # not l2 * (w ** 2), where w = 1e200 gives 0 * inf
    return log_loss(linear_logits(matrix, weights, b), labels) + penalty


def log_loss_gradient(X: ArrayLike, y: ArrayLike, w: ArrayLike, b: float, *, l2: float = 0.0) -> Gradient:
    r"""Gradient of mean log loss, plus that of the penalty where asked for.

    $$\nabla_w F = \frac1m X^\top(p - y) + \lambda w, \qquad
    \frac{\partial F}{\partial b} = \frac1m\sum_{i=1}^{m}(p_i - y_i)$$

    It points uphill: a descent step subtracts it.

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).
        w: Weights, shape (n_features,), in nats per unit of each feature.
        b: Intercept in nats.
        l2: $\lambda \ge 0$; the intercept is never penalised.

    Returns:
        The partial derivatives in `w`, shape (n_features,), and in `b`.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value, a logit or a slope is not finite, a label is neither 0 nor 1, or `l2`
            is negative.

    Examples:
        >>> log_loss_gradient([[0.0], [2.0]], [0, 1], [0.0], 0.0)
        Gradient(w=array([-0.5]), b=0.0)
    """
    matrix, labels, weights = as_matrix(X), as_labels(y), as_vector(w, "w")
    check_rows(matrix, labels)
    shares = row_terms(linear_logits(matrix, weights, b), labels).residuals / labels.size
    with np.errstate(over="ignore"):
        slopes = matrix.T @ shares + non_negative(l2, "l2") * weights
    if not np.isfinite(slopes).all():
        raise ValueError("the gradient overflows float64. Scale the columns of X first, or use smaller w or l2.")
    return Gradient(freeze(slopes), float(shares.sum()))


def log_loss_hessian(X: ArrayLike, w: ArrayLike, b: float, *, l2: float = 0.0) -> NDArray[np.float64]:
    r"""Matrix of second derivatives of the objective; the labels drop out.

    $$H = \frac1m \tilde X^\top S \tilde X + \lambda \begin{pmatrix} I & 0 \\ 0 & 0 \end{pmatrix},
    \qquad S = \operatorname{diag}\bigl(p_i(1 - p_i)\bigr), \quad
    \tilde X = \begin{pmatrix} X & \mathbf 1 \end{pmatrix}$$

    For every direction $v$,
    $v^\top H v = \frac1m\lVert S^{1/2}\tilde X v\rVert^2 + \lambda\lVert v_w\rVert^2 \ge 0$, so the objective
    is convex.

    Args:
        X: Features, shape (n_samples, n_features).
        w: Weights, shape (n_features,), in nats per unit of each feature.
        b: Intercept in nats.
        l2: $\lambda \ge 0$; the intercept is never penalised.

    Returns:
        The symmetric Hessian, shape (n_features + 1, n_features + 1), weights first and intercept last.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value, a logit or a second derivative is not finite, or `l2` is negative.

    Examples:
        >>> log_loss_hessian([[0.0], [2.0]], [0.0], 0.0)
        array([[0.5 , 0.25], [0.25, 0.25]])
    """
    matrix, weights = as_matrix(X), as_vector(w, "w")
    z = linear_logits(matrix, weights, b)
    with_ones = np.column_stack([matrix, np.ones(len(matrix))])
    root = np.sqrt(row_terms(z, np.zeros(z.size)).curvatures / z.size)[:, np.newaxis] * with_ones
    penalised = np.append(np.ones(weights.size), 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        hessian = np.asarray(root.T @ root + np.diag(non_negative(l2, "l2") * penalised))
    if not np.isfinite(hessian).all():
        raise ValueError("the Hessian overflows float64. Scale the columns of X first.")
    return hessian


def _logits_and_labels(logits: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    z, labels = as_vector(logits, "logits"), as_labels(y)
    check_rows(z, labels, "logits")
    return z, labels


def _mean(values: NDArray[np.float64]) -> float:
    """Mean that does not overflow where the values themselves do not; scaling by a power of two is exact."""
    _, exponent = np.frexp(np.max(np.abs(values)))
    return float(np.ldexp(np.mean(np.ldexp(values, -exponent)), exponent))
