"""How well probabilities explain labels: likelihood, log loss, its gradient and its Hessian.

Shapes: `X` (n_samples, n_features), `y` (n_samples,) in {0, 1}, `w` (n_features,), `b` a number, `logits` and
`probabilities` (n_samples,). Logarithms are natural, losses are means in nats, derivatives put `w` first and `b` last.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import comb, gammaln, xlog1py, xlogy

from logreg_docs._validation import (
    as_array,
    as_labels,
    as_matrix,
    as_probabilities,
    as_probabilities_and_labels,
    as_vector,
    check_rows,
    count,
    freeze,
    non_negative,
)
from logreg_docs.sigmoid import linear_logits, log_sigmoid, sigmoid

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Gradient",
    "all_sequences",
    "bernoulli_likelihood",
    "bernoulli_log_likelihood",
    "bernoulli_mle",
    "binomial_likelihood",
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

_MIN_TOSSES = 2  # a matrix with one column is more often a mistaken vector than many coins tossed once
_MAX_DIRECT = 100  # tosses up to which the product of orders and their probability keeps its digits
_FULL_PRECISION = 1e-290  # far below it a float64 loses digits
_MOST_COUNTED = 2**53  # from here on a float64 skips whole numbers
_SERIES = 16  # from here on Stirling's series is exact to the last digit
_MAX_TOSSES = 16  # 65,536 sequences; one more toss doubles them


class Gradient(NamedTuple):
    """Slope of an objective in the weights and in the intercept; the array is read-only.

    Attributes:
        w: Partial derivatives in the weights, shape (n_features,).
        b: Partial derivative in the intercept.
    """

    w: NDArray[np.float64]
    b: float


def all_sequences(n_tosses: int) -> NDArray[np.float64]:
    r"""Every ordered result that `n_tosses` tosses can have.

    $$\{0, 1\}^n, \qquad 2^n \text{ rows}$$

    Args:
        n_tosses: Tosses of one data set, from 2 to 16.

    Returns:
        One data set a row, shape (2 ** n_tosses, n_tosses), in counting order.

    Raises:
        TypeError: If `n_tosses` is not a whole number.
        ValueError: If `n_tosses` is not in 2 ... 16.

    Examples:
        >>> all_sequences(2)
        array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    """
    n = count(n_tosses, "n_tosses")
    if not _MIN_TOSSES <= n <= _MAX_TOSSES:
        hint = "Count heads instead, with binomial_likelihood."
        raise ValueError(f"n_tosses must be between {_MIN_TOSSES} and {_MAX_TOSSES}, got {n}. {hint}")
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).astype(np.float64)


def bernoulli_likelihood(theta: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    r"""Probability of tosses `y` in their order, read as a function of `theta`, of `y`, or of both.

    $$L(\theta; y) = \prod_{i=1}^{n} \theta^{y_i} (1 - \theta)^{1 - y_i}$$

    For a fixed $\theta$ the values over all data sets sum to 1. For fixed data they do not integrate to 1 over
    $\theta$. The product underflows to 0 for a few thousand tosses;
    [`bernoulli_log_likelihood`][logreg_docs.likelihood.bernoulli_log_likelihood] does not.

    Args:
        theta: Probability of label 1, of any shape, in [0, 1].
        y: One data set, shape (n_tosses,), or one data set a row, shape (n_sets, n_tosses).

    Returns:
        Likelihoods of the shape of `theta`, followed by (n_sets,) where `y` has rows.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If `theta` leaves [0, 1], or `y` holds anything but 0 and 1 or is a single column.

    Examples:
        >>> bernoulli_likelihood([0.5, 0.7], [1, 1, 0])
        array([0.125, 0.147])
        >>> bernoulli_likelihood(0.7, all_sequences(2)).round(2)
        array([0.09, 0.21, 0.21, 0.49])

    Source:
        R. A. Fisher (1922), On the mathematical foundations of theoretical statistics, Phil. Trans. A 222, 309-368.
    """
    p = as_probabilities(theta, "theta")
    ones, zeros = _count_labels(y)
    return np.asarray(np.power.outer(p, ones) * np.power.outer(1 - p, zeros))


def bernoulli_log_likelihood(theta: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    r"""Logarithm of the Bernoulli likelihood, as a sum that does not underflow.

    $$\log L(\theta; y) = \sum_{i=1}^{n} \bigl[y_i \log\theta + (1 - y_i)\log(1 - \theta)\bigr]$$

    A label that does not occur contributes 0, also at $\theta = 0$ or 1.

    Args:
        theta: Probability of label 1, of any shape, in [0, 1].
        y: One data set, shape (n_tosses,), or one data set a row, shape (n_sets, n_tosses).

    Returns:
        Log-likelihoods in nats, of the shape of `theta`, followed by (n_sets,) where `y` has rows. `-inf` where
        `theta` makes the data impossible.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If `theta` leaves [0, 1], or `y` holds anything but 0 and 1 or is a single column.

    Examples:
        >>> bernoulli_log_likelihood([0.5, 0.7, 1.0], [1, 1, 0]).round(4)
        array([-2.0794, -1.9173,    -inf])
    """
    p = as_probabilities(theta, "theta")
    ones, zeros = _count_labels(y)
    p = p.reshape(p.shape + (1,) * ones.ndim)
    return np.asarray(xlogy(ones, p) + xlog1py(zeros, -p))


def bernoulli_mle(y: ArrayLike) -> float:
    r"""The probability under which the tosses are most likely.

    $$\hat\theta = \operatorname*{arg\,max}_\theta\, \log L(\theta; y) = \frac{1}{n}\sum_{i=1}^{n} y_i$$

    Args:
        y: Labels in {0, 1}, shape (n_tosses,).

    Returns:
        The share of ones. It is 0 or 1 where all labels agree.

    Raises:
        TypeError: If `y` does not hold real numbers.
        ValueError: If `y` is not a vector of 0 and 1.

    Examples:
        >>> bernoulli_mle([1, 1, 0, 1])
        0.75
    """
    return float(as_labels(y).mean())


def binomial_likelihood(theta: ArrayLike, heads: ArrayLike, *, n_tosses: int) -> NDArray[np.float64]:
    r"""Probability of a number of heads in any order.

    $$P(k \mid \theta) = \binom{n}{k}\,\theta^{k} (1 - \theta)^{n - k}$$

    This is the likelihood of one sequence times the number of sequences with the same count. That factor does not
    depend on $\theta$, so both likelihoods have the same maximum. For many tosses the factor overflows and the rest
    underflows, and their logarithms are huge and cancel. There the distance of $k$ from $n\theta$ is taken instead,
    with the rest of Stirling's formula $s(n) = \log n! - n\log n + n$:

    $$\log P = s(n) - s(k) - s(n - k) - D(k, n\theta) - D(n - k, n(1 - \theta)), \qquad
    D(x, \mu) = x\log\frac{x}{\mu} - (x - \mu)$$

    Args:
        theta: Probability of heads, of any shape, in [0, 1].
        heads: Whole numbers $k$ from 0 to `n_tosses`, of any shape.
        n_tosses: Number of tosses $n$, at most $2^{53}$.

    Returns:
        Probabilities of the shape of `theta` followed by the shape of `heads`.

    Raises:
        TypeError: If `n_tosses` is not a whole number or an argument does not hold real numbers.
        ValueError: If `theta` leaves [0, 1], `n_tosses` is not in 1 ... $2^{53}$, or `heads` is not a whole number in
            0 ... `n_tosses`.

    Examples:
        >>> binomial_likelihood(0.5, [0, 1, 2], n_tosses=2)
        array([0.25, 0.5 , 0.25])

    Source:
        C. Loader (2000), Fast and accurate computation of binomial probabilities, Bell Laboratories.
    """
    p, k = as_probabilities(theta, "theta"), as_array(heads, "heads")
    n = count(n_tosses, "n_tosses", highest=_MOST_COUNTED)
    wrong = (k < 0) | (k > n) | (k != np.floor(k))
    if wrong.any():
        raise ValueError(f"heads must be whole numbers from 0 to n_tosses = {n}, got {float(k[wrong].flat[0]):g}.")
    p = p.reshape(p.shape + (1,) * k.ndim)
    far = _deviance(k, n * p) + _deviance(n - k, n * (1 - p))
    near = _stirling_rest(np.array(float(n))) - _stirling_rest(k) - _stirling_rest(n - k)
    probability = np.exp(near - far)
    if n > _MAX_DIRECT:
        return np.asarray(probability)
    one_order = p**k * (1 - p) ** (n - k)
    return np.asarray(np.where(one_order > _FULL_PRECISION, comb(n, k) * one_order, probability))


def pointwise_log_loss(logits: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    r"""Log loss of every row, computed from logits so that no probability is rounded to 0 or 1 on the way.

    $$\ell_i = -y_i \log p_i - (1 - y_i)\log(1 - p_i) = \log(1 + e^{z_i}) - y_i z_i, \qquad p_i = \sigma(z_i)$$

    Evaluated as $-\log\sigma(s_i z_i)$ with $s_i = 2 y_i - 1$, which is the same number and keeps the digits of
    small losses.

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
    return np.asarray(-log_sigmoid((2 * labels - 1) * z))


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
    [`log_loss`][logreg_docs.likelihood.log_loss] wherever logits are at hand.

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
    return _residuals(z, labels) / z.size


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
    return _mean(_residuals(*_logits_and_labels(logits, y)) ** 2)


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
    return np.asarray(2 / z.size * _residuals(z, labels) * (sigmoid(z) * sigmoid(-z)))


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
    r"""What a fit minimises: mean log loss, plus a penalty on large weights where asked for.

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
    shares = _residuals(linear_logits(matrix, weights, b), labels) / labels.size
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
    root = with_ones * np.sqrt(sigmoid(z) / z.size)[:, None] * np.sqrt(sigmoid(-z))[:, None]
    penalised = np.append(np.ones(weights.size), 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        hessian = np.asarray(root.T @ root + np.diag(non_negative(l2, "l2") * penalised))
    if not np.isfinite(hessian).all():
        raise ValueError("the Hessian overflows float64. Scale the columns of X first.")
    return hessian


def _deviance(x: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return x log(x / mean) - (x - mean), 0 at x = mean, up to the rounding of x - mean."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # in the branch not taken, or inf is right
        near, far = np.log1p((x - mean) / mean), -np.log(mean / x)  # x / mean could overflow
        ratio = np.where(np.abs(x - mean) < mean, near, far)
        return np.asarray(np.where(x == 0, mean, x * ratio - (x - mean)))


def _stirling_rest(k: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log k! - k log k + k."""
    few, many = np.minimum(k, _SERIES), np.maximum(k, _SERIES)
    square = many * many
    series = (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / many
    exact = gammaln(few + 1) - xlogy(few, few) + few
    return np.asarray(np.where(k < _SERIES, exact, np.log(2 * np.pi * many) / 2 + series))


def _count_labels(y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count ones and zeros of one data set, or of each row where `y` holds several."""
    tosses = as_array(y, "y")
    if tosses.ndim not in (1, 2) or (tosses.ndim > 1 and tosses.shape[1] < _MIN_TOSSES):
        hint = " Flatten it with y.ravel()." if tosses.ndim > 1 else " Put it in a list."
        expected = f"one data set, shape (n_tosses,), or one a row with at least {_MIN_TOSSES} tosses each"
        raise ValueError(f"y must be {expected}, got shape {tosses.shape}.{hint}")
    as_labels(tosses.ravel())
    ones = np.asarray(tosses.sum(axis=-1))
    return ones, tosses.shape[-1] - ones


def _logits_and_labels(logits: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    z, labels = as_vector(logits, "logits"), as_labels(y)
    check_rows(z, labels, "logits")
    return z, labels


def _residuals(z: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p - y without cancellation: a label of 1 gives -sigmoid(-z) and a label of 0 sigmoid(z)."""
    sign = 1 - 2 * y
    return np.asarray(sign * sigmoid(sign * z))


def _mean(values: NDArray[np.float64]) -> float:
    """Mean that does not overflow where the values themselves do not; scaling by a power of two is exact."""
    _, exponent = np.frexp(np.max(np.abs(values)))
    return float(np.ldexp(np.mean(np.ldexp(values, -exponent)), exponent))
