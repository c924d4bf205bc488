"""From a straight line to a probability: logits, the sigmoid, its inverse and what a weight means.

Shapes: `X` (n_samples, n_features), `w` (n_features,), `b` a number, `logits` and `probabilities` (n_samples,).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs._validation import as_array, as_matrix, as_probabilities, as_vector, check_columns, number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "linear_logits",
    "log_sigmoid",
    "logit",
    "naive_sigmoid",
    "odds",
    "predict_probabilities",
    "sigmoid",
    "sigmoid_derivative",
]


def sigmoid(z: ArrayLike) -> NDArray[np.float64]:
    r"""Map logits to probabilities without overflow.

    $$\sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{1 + e^{z}}$$

    Both forms are equal. The left one is used for $z \ge 0$ and the right one for $z < 0$, so that `exp` only ever
    sees a number that is not positive and cannot overflow.

    Args:
        z: Logits of any shape, in nats of log-odds.

    Returns:
        Probabilities of the same shape. In exact arithmetic they lie in the open interval (0, 1). In float64 they
        are exactly 1 from $z = 53 \log 2 \approx 36.74$ on and exactly 0 below $z \approx -745.13$, where the true
        value lies nearer to 1 or 0 than the arithmetic can tell.

    Raises:
        TypeError: If `z` does not hold real numbers.
        ValueError: If `z` is empty or holds nan or inf.

    Examples:
        >>> sigmoid([-1000.0, 0.0, 1000.0])
        array([0. , 0.5, 1. ])

    Source:
        J. Berkson (1944), Application of the logistic function to bio-assay, JASA 39, 357-365.
    """
    logits = as_array(z, "z")
    decay = np.exp(-np.abs(logits))
    return np.asarray(np.where(logits >= 0, 1.0, decay) / (1.0 + decay))


def naive_sigmoid(z: ArrayLike) -> NDArray[np.floating]:
    r"""Compute the sigmoid as its formula is written, to show where that breaks.

    $$\sigma(z) = \frac{1}{1 + e^{-z}}$$

    `exp(-z)` overflows below $z \approx -709.8$ in float64 and below $z \approx -88.7$ in float32. The result is
    still 0, but NumPy warns. Use [`sigmoid`][logreg_docs.sigmoid.sigmoid] for work.

    Args:
        z: Logits of any shape, in nats of log-odds. A float32 array is computed in float32, whole
            numbers in float64.

    Returns:
        Probabilities of the same shape, in the precision of the computation.

    Raises:
        TypeError: If `z` does not hold real numbers.
        ValueError: If `z` is empty or holds nan or inf.

    Examples:
        >>> naive_sigmoid(0.0)
        array(0.5)
    """
    checked, given = as_array(z, "z"), np.asarray(z)
    logits: NDArray[np.floating] = given if given.dtype.kind == "f" else checked
    return np.asarray(1 / (1 + np.exp(-logits)))


def sigmoid_derivative(z: ArrayLike) -> NDArray[np.float64]:
    r"""Slope of the sigmoid.

    $$\sigma'(z) = \sigma(z)\,\bigl(1 - \sigma(z)\bigr) \le \tfrac14$$

    $1 - \sigma(z)$ is computed as $\sigma(-z)$, which keeps its digits when $\sigma(z)$ rounds to 1.

    Args:
        z: Logits of any shape.

    Returns:
        Slopes of the same shape, in probability per nat, in $(0, \tfrac14]$ up to underflow.

    Raises:
        TypeError: If `z` does not hold real numbers.
        ValueError: If `z` is empty or holds nan or inf.

    Examples:
        >>> sigmoid_derivative(0.0)
        array(0.25)
    """
    logits = as_array(z, "z")
    return np.asarray(sigmoid(logits) * sigmoid(-logits))


def log_sigmoid(z: ArrayLike) -> NDArray[np.float64]:
    r"""Logarithm of the sigmoid without underflow.

    $$\log \sigma(z) = -\log(1 + e^{-z})$$

    Args:
        z: Logits of any shape.

    Returns:
        Log-probabilities of the same shape, in nats, never above 0 and finite for every finite logit, while
        `log(sigmoid(z))` would be minus infinity below $z \approx -745$.

    Raises:
        TypeError: If `z` does not hold real numbers.
        ValueError: If `z` is empty or holds nan or inf.

    Examples:
        >>> log_sigmoid([-1000.0, 0.0])
        array([-1.00000000e+03, -6.93147181e-01])

    Source:
        M. Mächler (2012), Accurately computing log(1 - exp(-|a|)), vignette of the R package Rmpfr.
    """
    return np.asarray(-np.logaddexp(0.0, -as_array(z, "z")))


def odds(probabilities: ArrayLike) -> NDArray[np.float64]:
    r"""Odds that belong to probabilities.

    $$\operatorname{odds}(p) = \frac{p}{1 - p}$$

    Args:
        probabilities: Numbers in [0, 1), of any shape.

    Returns:
        Odds of the same shape, from 0 up: 4 means four to one.

    Raises:
        TypeError: If `probabilities` does not hold real numbers.
        ValueError: If `probabilities` is empty, or a value is nan or lies outside [0, 1).

    Examples:
        >>> odds([0.0, 0.5, 0.75])
        array([0., 1., 3.])
    """
    p = as_probabilities(probabilities)
    if (p == 1).any():
        raise ValueError("probabilities must be below 1, got 1, whose odds are infinite. Work with logits instead.")
    return np.asarray(p / (1 - p))


def logit(probabilities: ArrayLike) -> NDArray[np.float64]:
    r"""Log-odds of probabilities, the inverse of the sigmoid.

    $$\operatorname{logit}(p) = \log\frac{p}{1 - p} = 2 \operatorname{artanh}(2p - 1)$$

    Near $p = \tfrac12$ the logarithms of $p$ and $1 - p$ cancel. There the second form is used, because $2p - 1$ is
    exact.

    Args:
        probabilities: Numbers strictly between 0 and 1, of any shape.

    Returns:
        Logits of the same shape, in nats.

    Raises:
        TypeError: If `probabilities` does not hold real numbers.
        ValueError: If `probabilities` is empty, or a value is not strictly between 0 and 1.

    Examples:
        >>> logit([0.5, 0.8]).round(4)
        array([0.    , 1.3863])

    Source:
        J. Berkson (1944), Application of the logistic function to bio-assay, JASA 39, 357-365.
    """
    p = as_probabilities(probabilities, open_interval=True)
    centred = 2 * p - 1
    near_half = 2 * np.arctanh(np.clip(centred, -0.5, 0.5))
    return np.where(np.abs(centred) < 0.5, near_half, np.log(p) - np.log1p(-p))  # noqa: PLR2004 - p from 1/4 to 3/4


def linear_logits(X: ArrayLike, w: ArrayLike, b: float) -> NDArray[np.float64]:
    r"""Apply the linear part of the model.

    $$z_i = w^\top x_i + b$$

    Args:
        X: Features, shape (n_samples, n_features).
        w: Weights, shape (n_features,), in nats per unit of each feature.
        b: Intercept in nats.

    Returns:
        Logits of shape (n_samples,), in nats.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value is nan or inf, or a logit is too large for float64.

    Examples:
        >>> linear_logits([[1.0, 2.0]], [0.5, -1.0], 0.25)
        array([-1.25])
    """
    matrix, weights = as_matrix(X), as_vector(w, "w")
    check_columns(matrix, weights)
    with np.errstate(over="ignore", invalid="ignore"):  # told below in words that help
        logits = np.asarray(matrix @ weights + number(b, "b"))
    if not np.isfinite(logits).all():
        raise ValueError("X @ w + b must be finite, got an overflow. Scale the columns of X, or use smaller weights.")
    return logits


def predict_probabilities(X: ArrayLike, w: ArrayLike, b: float) -> NDArray[np.float64]:
    r"""Probability of class 1 for every row.

    $$p_i = P(y_i = 1 \mid x_i) = \sigma(w^\top x_i + b)$$

    Args:
        X: Features, shape (n_samples, n_features).
        w: Weights, shape (n_features,).
        b: Intercept in nats.

    Returns:
        Probabilities of shape (n_samples,).

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value is nan or inf, or a logit is too large for float64.

    Examples:
        >>> predict_probabilities([[0.0], [2.0]], [1.0], 0.0).round(4)
        array([0.5   , 0.8808])
    """
    return sigmoid(linear_logits(X, w, b))
