"""A hidden layer and its gradient against autograd and finite differences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from logreg_docs.datasets import make_xor
from logreg_docs.finite_differences import finite_difference_gradient
from logreg_docs.log_loss import objective
from logreg_docs.network import (
    Network,
    backpropagate,
    draw_network,
    fit_network,
    forward,
    network_log_loss,
)
from logreg_docs.newton import fit_newton

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

both_activations = pytest.mark.parametrize("activation", ["tanh", "sigmoid"])


def as_network(V: ArrayLike, c: ArrayLike, w: ArrayLike, b: float, activation: str = "tanh") -> Network:
    return Network(V=np.asarray(V), c=np.asarray(c), w=np.asarray(w), b=b, activation=activation)


def drawn(activation: str, seed: int = 0) -> tuple[Network, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    network = draw_network(3, 4, rng=rng, activation=activation)
    return network, rng.normal(size=(7, 3)), np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0])


def flat(parts: Any) -> np.ndarray:
    return np.concatenate([np.ravel(parts.V), parts.c, parts.w, [parts.b]])


def unflat(values: np.ndarray, like: Network) -> Network:
    k, d = like.V.shape
    V, c, w, b = np.split(values, [k * d, k * d + k, k * d + 2 * k])
    return Network(V=V.reshape(k, d), c=c, w=w, b=float(b[0]), activation=like.activation)


def autograd(network: Network, X: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    parts = [torch.tensor(np.array(p), requires_grad=True) for p in (network.V, network.c, network.w, network.b)]
    V, c, w, b = parts
    a = torch.tensor(X) @ V.T + c
    h = torch.tanh(a) if network.activation == "tanh" else torch.sigmoid(a)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(h @ w + b, torch.tensor(y))
    slopes = torch.autograd.grad(loss, parts)
    return loss.item(), np.concatenate([slope.numpy().ravel() for slope in slopes])


@both_activations
@pytest.mark.parametrize("seed", range(5))
def test_backpropagation_equals_autograd(activation: str, seed: int) -> None:
    network, X, y = drawn(activation, seed)
    loss, slopes = autograd(network, X, y)
    assert network_log_loss(network, X, y) == pytest.approx(loss, abs=1e-14)
    np.testing.assert_allclose(flat(backpropagate(network, X, y)), slopes, rtol=0, atol=1e-14)


@both_activations
def test_backpropagation_matches_finite_differences(activation: str) -> None:
    network, X, y = drawn(activation)
    numeric = finite_difference_gradient(lambda v: network_log_loss(unflat(v, network), X, y), flat(network))
    np.testing.assert_allclose(flat(backpropagate(network, X, y)), numeric, rtol=0, atol=1e-10)


@both_activations
def test_network_with_sure_nodes_neither_overflows_nor_warns(activation: str) -> None:
    network = as_network([[1000.0], [-1000.0]], [0.0, 0.0], [1000.0, -1000.0], 0.0, activation)
    X, y = [[1.0], [-1.0]], [0, 1]
    assert network_log_loss(network, X, y) == pytest.approx(2000 if activation == "tanh" else 1000)
    assert np.isfinite(flat(backpropagate(network, X, y))).all()


def test_network_without_slope_in_its_hidden_layer_learns_only_its_bias() -> None:
    network = Network(V=np.zeros((2, 1)), c=np.zeros(2), w=np.zeros(2), b=0.0)
    gradient = backpropagate(network, [[1.0], [2.0], [3.0]], [0, 1, 1])
    assert gradient.b == pytest.approx(-1 / 6)
    np.testing.assert_array_equal(flat(gradient)[:-1], 0.0)


def test_equal_hidden_nodes_stay_equal() -> None:
    network = Network(V=np.full((3, 2), 0.3), c=np.full(3, 0.1), w=np.full(3, -0.4), b=0.2)
    data = make_xor()
    gradient = backpropagate(network, data.X, data.y)
    np.testing.assert_array_equal(gradient.V, gradient.V[[0, 0, 0]])
    assert np.ptp(gradient.c) == 0
    assert np.ptp(gradient.w) == 0


@pytest.mark.parametrize("weights", [[0.0, 0.0, 0.0], [1.0, 1.0, -1.0], [-0.3, 2.0, 0.1]])
def test_no_neuron_beats_log_two_on_the_exclusive_or(weights: list[float]) -> None:
    data = make_xor()
    loss = objective(data.X, data.y, weights[:2], weights[2])
    assert loss >= math.log(2) if any(weights) else loss == pytest.approx(math.log(2), abs=1e-15)


def test_the_best_neuron_for_the_exclusive_or_has_no_weights() -> None:
    data = make_xor()
    fit = fit_newton(data.X, data.y)
    np.testing.assert_allclose([*fit.w, fit.b], 0, atol=1e-12)
    assert fit.log_loss[-1] == pytest.approx(math.log(2), abs=1e-15)


def test_training_follows_the_gradient_step_by_step() -> None:
    data = make_xor()
    fit = fit_network(data.X, data.y, n_hidden=2, rng=np.random.default_rng(3), learning_rate=0.3, n_steps=20)
    network = fit.start
    for loss in fit.log_loss[:-1]:
        assert loss == pytest.approx(network_log_loss(network, data.X, data.y), abs=1e-14)
        network = unflat(flat(network) - 0.3 * flat(backpropagate(network, data.X, data.y)), network)
    np.testing.assert_allclose(flat(fit.network), flat(network), atol=1e-13)


@both_activations
def test_four_hidden_nodes_solve_the_exclusive_or_from_this_start(activation: str) -> None:
    data = make_xor()
    rng = np.random.default_rng(0)
    fit = fit_network(data.X, data.y, n_hidden=4, rng=rng, activation=activation, learning_rate=2.0, n_steps=1500)
    assert fit.log_loss[-1] < 0.02
    np.testing.assert_array_equal(forward(fit.network, data.X).probabilities > 0.5, data.y == 1)


def test_results_cannot_be_written_to() -> None:
    network, X, y = drawn("tanh")
    for values in (network.V, forward(network, X).hidden, backpropagate(network, X, y).V):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0


def test_a_descent_that_diverges_is_refused() -> None:
    data = make_xor()
    with pytest.raises(ValueError, match="diverged with learning_rate"):
        fit_network(data.X, data.y, n_hidden=2, rng=np.random.default_rng(0), learning_rate=1e308, n_steps=50)


def test_a_start_that_overflows_is_laid_to_its_scale_and_not_to_the_rate() -> None:
    data = make_xor()
    with pytest.raises(ValueError, match=r"^the log loss at the start .* scale 1e\+307\. Use a smaller scale") as error:
        fit_network(data.X, data.y, n_hidden=2000, rng=np.random.default_rng(0), scale=1e307, n_steps=1)
    assert "learning_rate" not in str(error.value)


def test_sums_beyond_float64_are_refused() -> None:
    network = as_network([[1e308, 1e308]], [0.0], [1.0], 0.0)
    with pytest.raises(ValueError, match="sums in the network overflow"):
        forward(network, [[10.0, 10.0]])
    with pytest.raises(ValueError, match="gradient overflows"):
        backpropagate(as_network([[0.0, 0.0]], [0.0], [1e200], -1e200), [[1e200, 1e200]], [1])


def test_infinities_that_cancel_are_refused_like_an_overflow() -> None:
    signs = np.resize([1.0, -1.0], 16)
    with pytest.raises(ValueError, match="sums in the network overflow"):
        forward(as_network([1e308 * signs], [0.0], [1.0], 0.0), np.full((1, 16), 10.0))
    with pytest.raises(ValueError, match="gradient overflows"):
        backpropagate(as_network([[0.0]], [0.0], [1e200], -1e200), 1e200 * signs[:, None], np.ones(16))
    data = make_xor()
    with pytest.raises(ValueError, match="diverged with learning_rate"):
        fit_network(data.X, data.y, n_hidden=64, rng=np.random.default_rng(0), learning_rate=1.7e308, n_steps=50)


@both_activations
def test_hidden_logits_are_weighted_sums_and_the_activation_is_kept(activation: str) -> None:
    network, X, y = drawn(activation)
    np.testing.assert_allclose(forward(network, X).hidden_logits, X @ network.V.T + network.c, rtol=1e-14)
    fit = fit_network(X, y, n_hidden=2, rng=np.random.default_rng(0), activation=activation, n_steps=1)
    assert fit.start.activation == fit.network.activation == activation


def test_rows_of_another_width_are_refused_by_the_weights_they_meet() -> None:
    with pytest.raises(ValueError, match="every row of V must have one weight per column of X"):
        forward(as_network([[1.0]], [0.0], [1.0], 0.0), [[1.0, 2.0]])


def test_the_scale_stretches_the_start() -> None:
    one, tenth = (draw_network(2, 3, rng=np.random.default_rng(5), scale=scale) for scale in (1.0, 0.1))
    np.testing.assert_allclose(flat(tenth), 0.1 * flat(one), rtol=1e-15)
    np.testing.assert_array_equal(flat(one), np.random.default_rng(5).normal(size=13))


def test_training_takes_a_thousand_steps_of_one_half_unless_told_otherwise() -> None:
    data = make_xor()
    rng, again = np.random.default_rng(1), np.random.default_rng(1)
    fit = fit_network(data.X, data.y, n_hidden=2, rng=rng)
    told = fit_network(data.X, data.y, n_hidden=2, rng=again, learning_rate=0.5, n_steps=1000, scale=1.0)
    np.testing.assert_array_equal(fit.log_loss, told.log_loss)
