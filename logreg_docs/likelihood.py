"""How well a probability explains tosses: likelihoods of a coin, their logarithm and where they are highest.

Shapes: `y` (n_tosses,) in {0, 1}, `theta` of any shape in [0, 1]. Logarithms are natural.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import comb, gammaln, xlog1py, xlogy

from logreg_docs._validation import as_array, as_labels, as_probabilities, count

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["all_sequences", "bernoulli_likelihood", "bernoulli_log_likelihood", "bernoulli_mle", "binomial_likelihood"]

_MIN_TOSSES = 2  # a matrix with one column is more often a mistaken vector than many coins tossed once
_MAX_DIRECT = 100  # tosses up to which the product of orders and their probability keeps its digits
_FULL_PRECISION = 1e-290  # far below it a float64 loses digits
_MOST_COUNTED = 2**53  # from here on a float64 skips whole numbers
_SERIES = 16  # from here on Stirling's series is exact to the last digit
_MAX_TOSSES = 16  # 65,536 sequences; one more toss doubles them


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
