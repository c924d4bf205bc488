r"""A network with one hidden layer: from the inputs to the probability, and the gradient back by the chain rule.

Shapes: `X` (n_samples, n_features), `y` (n_samples,). The network has hidden weights `V` (n_hidden, n_features) with
biases `c` (n_hidden,), and output weights `w` (n_hidden,) with bias `b`. Losses are means in nats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from logreg_docs._objective import row_terms
from logreg_docs._validation import (
    as_labels,
    as_matrix,
    as_vector,
    check_columns,
    check_rows,
    count,
    freeze,
    instance,
    number,
    positive,
)
from logreg_docs.log_loss import log_loss, log_loss_logit_gradient
from logreg_docs.sigmoid import sigmoid

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "ForwardPass",
    "Network",
    "NetworkFit",
    "NetworkGradient",
    "backpropagate",
    "draw_network",
    "fit_network",
    "forward",
    "network_log_loss",
]

_ACTIVATIONS = ("tanh", "sigmoid")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    r"""Parameters of a network with one hidden layer; arrays are read-only.

    $$a = V x + c, \qquad h = g(a), \qquad z = w^\top h + b, \qquad p = \sigma(z)$$

    Args:
        V: Hidden weights, one row for each hidden node, shape (n_hidden, n_features).
        c: Hidden biases, shape (n_hidden,).
        w: Output weights, shape (n_hidden,).
        b: Output bias.
        activation: $g$, either "tanh" or "sigmoid".

    Raises:
        TypeError: If a parameter does not hold real numbers.
        ValueError: If shapes do not fit, a value is not finite, or the activation is unknown.

    Examples:
        >>> Network(V=[[1.0, -1.0]], c=[0.0], w=[2.0], b=0.5).V.shape
        (1, 2)
    """

    V: NDArray[np.float64]
    c: NDArray[np.float64]
    w: NDArray[np.float64]
    b: float
    activation: str = "tanh"

    def __post_init__(self) -> None:
        """Check the shapes against each other and freeze the arrays."""
        V, c, w = as_matrix(self.V, "V"), as_vector(self.c, "c"), as_vector(self.w, "w")
        for name, vector in (("c", c), ("w", w)):
            if vector.size != V.shape[0]:
                raise ValueError(
                    f"{name} must hold one value per hidden node, got {vector.size} for {V.shape[0]} rows of V."
                )
        for name, array in (("V", V), ("c", c), ("w", w)):
            object.__setattr__(self, name, freeze(array))
        object.__setattr__(self, "b", number(self.b, "b"))
        _check_activation(self.activation)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForwardPass:
    """Everything that a forward pass computes, one row per sample; arrays are read-only.

    Args:
        hidden_logits: Sums at the hidden nodes before the activation, shape (n_samples, n_hidden).
        hidden: Outputs of the hidden nodes, shape (n_samples, n_hidden).
        logits: Sums at the output node, shape (n_samples,), in nats of log-odds.
        probabilities: Outputs of the network, shape (n_samples,).
    """

    hidden_logits: NDArray[np.float64]
    hidden: NDArray[np.float64]
    logits: NDArray[np.float64]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkGradient:
    """Slope of the mean log loss in every parameter of a network; arrays are read-only.

    Args:
        V: Slopes in the hidden weights, shape (n_hidden, n_features).
        c: Slopes in the hidden biases, shape (n_hidden,).
        w: Slopes in the output weights, shape (n_hidden,).
        b: Slope in the output bias.
    """

    V: NDArray[np.float64]
    c: NDArray[np.float64]
    w: NDArray[np.float64]
    b: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkFit:
    """Where gradient descent on a network started and where it ended; arrays are read-only.

    Args:
        start: The network before the first step.
        network: The network after the last step.
        log_loss: Mean log loss in nats before the first and after every step, shape (n_steps + 1,).
    """

    start: Network
    network: Network
    log_loss: NDArray[np.float64]


def draw_network(
    n_features: int, n_hidden: int, *, rng: np.random.Generator, activation: str = "tanh", scale: float = 1.0
) -> Network:
    r"""Draw a network to start from.

    $$V_{kj},\ c_k,\ w_k,\ b \sim \mathcal N(0, s^2)$$

    The hidden nodes must differ at the start: equal nodes have equal gradients and would stay equal for ever.

    Args:
        n_features: Input nodes.
        n_hidden: Hidden nodes.
        rng: Generator that draws the numbers.
        activation: "tanh" or "sigmoid".
        scale: Standard deviation $s > 0$.

    Returns:
        The network.

    Raises:
        TypeError: If a number is not whole or `rng` is no generator.
        ValueError: If a number or `scale` is not positive, or the activation is unknown.

    Examples:
        >>> draw_network(2, 3, rng=np.random.default_rng(0)).V.shape
        (3, 2)
    """
    d, k = count(n_features, "n_features"), count(n_hidden, "n_hidden")
    instance(rng, np.random.Generator, "rng", "a NumPy generator, as np.random.default_rng(0) gives")
    _check_activation(activation)
    spread = positive(scale, "scale")
    V, c, w, b = (rng.normal(size=size) for size in ((k, d), k, k, ()))
    with np.errstate(over="ignore"):
        parts = [spread * np.asarray(part) for part in (V, c, w, b)]
    if not all(np.isfinite(part).all() for part in parts):
        raise ValueError(f"scale must leave the weights finite, got {spread:g}.")
    return Network(V=parts[0], c=parts[1], w=parts[2], b=float(parts[3]), activation=activation)


def forward(network: Network, X: ArrayLike) -> ForwardPass:
    r"""Send rows through a network, from the inputs to the probabilities.

    $$A = X V^\top + \mathbf 1 c^\top, \qquad H = g(A), \qquad z = H w + b, \qquad p = \sigma(z)$$

    Args:
        network: The parameters.
        X: Features, shape (n_samples, n_features).

    Returns:
        What every node puts out; a hidden sigmoid up to an absolute error of about 1e-16.

    Raises:
        TypeError: If `network` is no network or `X` does not hold real numbers.
        ValueError: If `X` has other columns than `V`, or a sum overflows.

    Examples:
        >>> network = Network(V=[[1.0, 1.0]], c=[-1.0], w=[2.0], b=0.0)
        >>> forward(network, [[0.0, 0.0], [1.0, 1.0]]).hidden.round(4)
        array([[-0.7616], [ 0.7616]])
    """
    instance(network, Network, "network", "a Network")
    matrix = as_matrix(X)
    check_columns(matrix, network.V[0], w_name="every row of V")
    with np.errstate(over="ignore", invalid="ignore"):
        A, H, z = _forward(_parts(network), matrix, network.activation)
    if not (np.isfinite(A).all() and np.isfinite(z).all()):
        raise ValueError("the sums in the network overflow float64. Scale the columns of X, or use smaller weights.")
    return ForwardPass(hidden_logits=freeze(A), hidden=freeze(H), logits=freeze(z), probabilities=freeze(sigmoid(z)))


def network_log_loss(network: Network, X: ArrayLike, y: ArrayLike) -> float:
    r"""Mean log loss of a network, computed from its logits.

    $$J = \frac1m\sum_{i=1}^{m}\bigl[\log(1 + e^{z_i}) - y_i z_i\bigr]$$

    Args:
        network: The parameters.
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        The loss in nats per row.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If shapes do not fit, a sum overflows, or a label is neither 0 nor 1.

    Examples:
        >>> network = Network(V=[[1.0]], c=[0.0], w=[0.0], b=0.0)
        >>> round(network_log_loss(network, [[3.0]], [1]), 4)
        0.6931
    """
    matrix, labels = as_matrix(X), as_labels(y)
    check_rows(matrix, labels)
    return log_loss(forward(network, matrix).logits, labels)


def backpropagate(network: Network, X: ArrayLike, y: ArrayLike) -> NetworkGradient:
    r"""Gradient of the mean log loss of a network, by the chain rule from the output back to the inputs.

    $$\delta_i = \frac{p_i - y_i}{m}, \qquad
    \frac{\partial J}{\partial w} = H^\top \delta, \qquad \frac{\partial J}{\partial b} = \sum_i \delta_i$$

    $$D_{ik} = \delta_i\, w_k\, g'(a_{ik}), \qquad
    \frac{\partial J}{\partial V} = D^\top X, \qquad \frac{\partial J}{\partial c_k} = \sum_i D_{ik}$$

    The slope of the activation is $1 - h^2$ for tanh and $h(1 - h)$ for the sigmoid.

    Args:
        network: The parameters.
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        One slope for each parameter, in the shapes of the parameters.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If shapes do not fit, a sum or a slope overflows, or a label is neither 0 nor 1.

    Examples:
        >>> network = Network(V=[[0.0, 0.0]], c=[0.0], w=[1.0], b=0.0)
        >>> backpropagate(network, [[1.0, 2.0]], [1]).V
        array([[-0.5, -1. ]])

    Source:
        D. E. Rumelhart, G. E. Hinton and R. J. Williams (1986), Learning representations by back-propagating errors,
        Nature 323, 533-536.
    """
    matrix, labels = as_matrix(X), as_labels(y)
    check_rows(matrix, labels)
    state = forward(network, matrix)
    delta = log_loss_logit_gradient(state.logits, labels)
    with np.errstate(over="ignore", invalid="ignore"):
        V, c, w, b = _backward(network.w, matrix, state.hidden, delta, network.activation)
    if not all(np.isfinite(part).all() for part in (V, c, w, b)):
        raise ValueError("the gradient overflows float64. Scale the columns of X, or use smaller weights.")
    return NetworkGradient(V=freeze(V), c=freeze(c), w=freeze(w), b=float(b))


def fit_network(
    X: ArrayLike,
    y: ArrayLike,
    *,
    n_hidden: int,
    rng: np.random.Generator,
    activation: str = "tanh",
    learning_rate: float = 0.5,
    n_steps: int = 1000,
    scale: float = 1.0,
) -> NetworkFit:
    r"""Train a network with one hidden layer by gradient descent on all rows.

    $$\theta \leftarrow \theta - \eta\,\frac{\partial J}{\partial \theta}, \qquad \theta = (V, c, w, b)$$

    The loss of a network is not convex. Where the descent ends depends on where it starts, so the generator of the
    start has no default.

    Args:
        X: Features, shape (n_samples, n_features), best standardised or of the size of 1.
        y: Labels in {0, 1}, shape (n_samples,), both present.
        n_hidden: Hidden nodes.
        rng: Generator that draws the start.
        activation: "tanh" or "sigmoid".
        learning_rate: $\eta > 0$.
        n_steps: Steps to take.
        scale: Standard deviation of the parameters at the start.

    Returns:
        Start, end and the loss on the way. Nothing says that the end is the best network.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If shapes do not fit, a class is missing, an option is out of range, the start overflows, or the
            descent diverges.

    Examples:
        >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
        >>> fit = fit_network(X, y, n_hidden=4, rng=np.random.default_rng(0), n_steps=2000)
        >>> bool(fit.log_loss[-1] < 0.05)
        True
    """
    matrix, labels = as_matrix(X), as_labels(y, both_classes=True)
    check_rows(matrix, labels)
    start = draw_network(matrix.shape[1], n_hidden, rng=rng, activation=activation, scale=scale)
    rate, steps = positive(learning_rate, "learning_rate"), count(n_steps, "n_steps")
    parts = _parts(start)
    with np.errstate(over="ignore", invalid="ignore"):
        _, H, z = _forward(parts, matrix, activation)
        terms = row_terms(z, labels)
        losses = [float(terms.losses.mean())]
        for _ in range(steps):
            slopes = _backward(parts[2], matrix, H, terms.residuals / labels.size, activation)
            V, c, w, b = (part - rate * slope for part, slope in zip(parts, slopes, strict=True))
            parts = (V, c, w, b)
            _, H, z = _forward(parts, matrix, activation)
            terms = row_terms(z, labels)
            losses.append(float(terms.losses.mean()))
    if not np.isfinite(losses[0]):
        raise ValueError(
            f"the log loss at the start must be finite, got an overflow with scale {scale:g}. "
            "Use a smaller scale, or scale the columns of X first."
        )
    if not (np.isfinite(losses).all() and all(np.isfinite(part).all() for part in parts)):
        raise ValueError(f"the descent diverged with learning_rate {rate:g}. Use a smaller one, or scale X first.")
    V, c, w, b = parts
    end = Network(V=V, c=c, w=w, b=float(b), activation=activation)
    return NetworkFit(start=start, network=end, log_loss=freeze(losses))


_Parts = tuple["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"]


def _check_activation(activation: object) -> None:
    if not isinstance(activation, str) or activation not in _ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(_ACTIVATIONS)}, got {activation!r}.")


def _parts(network: Network) -> _Parts:
    return network.V, network.c, network.w, np.asarray(network.b)


def _forward(
    parts: _Parts, X: NDArray[np.float64], activation: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    V, c, w, b = parts
    A = X @ V.T + c
    # σ(a) = (1 + tanh(a/2)) / 2 overflows nowhere and costs one call.
    H = np.tanh(A) if activation == "tanh" else 0.5 + 0.5 * np.tanh(0.5 * A)
    return A, H, np.asarray(H @ w + b)


def _backward(
    w: NDArray[np.float64], X: NDArray[np.float64], H: NDArray[np.float64], delta: NDArray[np.float64], activation: str
) -> _Parts:
    slope = 1 - H**2 if activation == "tanh" else H * (1 - H)
    D = delta[:, None] * w * slope
    return D.T @ X, D.sum(axis=0), H.T @ delta, delta.sum()
