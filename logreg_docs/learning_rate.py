"""How large a learning rate may be: near an optimum, and from every start.

Shapes: `X` (n_samples, n_features), `w` (n_features,), `b` a number. A rate belongs to steps along the gradient of the
mean log loss.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from logreg_docs._validation import as_matrix, non_negative
from logreg_docs.log_loss import log_loss_hessian

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["learning_rate_limit", "safe_learning_rate"]


def learning_rate_limit(X: ArrayLike, w: ArrayLike, b: float, *, l2: float = 0.0) -> float:
    r"""Largest constant learning rate at which plain gradient descent that is near this optimum stays near it.

    $$\eta_{\max} = \frac{2}{\lambda_{\max}(H)}, \qquad H = \nabla^2 \bigl(J + \tfrac\lambda2 \lVert w \rVert^2\bigr)$$

    Near an optimum the error along an eigenvector of $H$ with eigenvalue $\lambda_k$ is multiplied by
    $1 - \eta \lambda_k$ in each step. Below the limit all these factors lie inside $(-1, 1)$ or, in directions that
    do not change the loss, are 1. The limit is local: from a start far away a walk below it may circle for ever, and
    [`safe_learning_rate`][logreg_docs.learning_rate.safe_learning_rate] is what holds from every start.

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
        Y. Nesterov (2018), Lectures on Convex Optimization, 2nd ed., section 1.2.3; S. Y. Meng, A. Orvieto, D. Y. Cao
        and C. De Sa (2024), Gradient descent on logistic regression with non-separable data and large step sizes,
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
