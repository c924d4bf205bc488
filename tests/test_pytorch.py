from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - PyTorch's own name for it
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from logreg_docs.datasets import make_outline_data
from logreg_docs.finite_differences import finite_difference_gradient
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.learning_rate import safe_learning_rate
from logreg_docs.log_loss import log_loss, log_loss_gradient, objective
from logreg_docs.newton import fit_newton
from logreg_docs.pytorch import (
    LogisticRegression,
    as_tensors,
    autograd_graph,
    draw_parameters,
    fit_module,
    fit_tensors,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHAPTER = Path(__file__).parents[1] / "docs" / "chapters" / "05-pytorch.md"
X_SMALL = np.array([[0.0], [1.0], [2.0], [3.0]])
Y_SMALL = np.array([0.0, 1.0, 0.0, 1.0])


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    # tensors this small gain nothing from threads, and on a busy machine threads that wait for each other cost much
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def overlapping_data(m: int = 60, d: int = 3, seed: int = 3) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, d))
    y = (rng.random(m) < 1 / (1 + np.exp(-X.sum(axis=1)))).astype(float)
    return X, y


def autograd_gradient(
    X: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64], b: float
) -> tuple[NDArray[np.float64], float]:
    x, target = torch.tensor(X), torch.tensor(y)
    weights = torch.tensor(w, requires_grad=True)
    bias = torch.tensor(b, dtype=torch.float64, requires_grad=True)
    F.binary_cross_entropy_with_logits(x @ weights + bias, target).backward()
    assert weights.grad is not None
    assert bias.grad is not None
    return weights.grad.numpy(), bias.grad.item()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_raw_tensors_take_the_same_path_as_numpy_gradient_descent(seed: int) -> None:
    data = make_outline_data()
    w, b = draw_parameters(10, seed=seed, dtype=torch.float64)
    by_hand = fit_gradient_descent(
        data.X_train,
        data.y_train,
        learning_rate=0.1,
        n_steps=400,
        w_start=w.detach().numpy().ravel(),
        b_start=b.item(),
    )
    fit = fit_tensors(data.X_train, data.y_train, learning_rate=0.1, n_steps=400, seed=seed, dtype=torch.float64)
    np.testing.assert_allclose(fit.w, by_hand.w, rtol=0, atol=1e-12)
    assert fit.b == pytest.approx(by_hand.b, abs=1e-12)
    np.testing.assert_allclose(fit.losses, by_hand.history.log_loss, rtol=0, atol=1e-12)


def test_one_step_of_raw_tensors_is_the_update_rule() -> None:
    X, y = overlapping_data()
    w, b = draw_parameters(3, seed=5, dtype=torch.float64)
    start = w.detach().numpy().ravel()
    gradient = log_loss_gradient(X, y, start, b.item())
    fit = fit_tensors(X, y, learning_rate=0.7, n_steps=1, seed=5, dtype=torch.float64)
    np.testing.assert_allclose(fit.w, start - 0.7 * gradient.w, rtol=0, atol=1e-15)
    assert fit.b == pytest.approx(b.item() - 0.7 * gradient.b, abs=1e-15)


@examples(60)
@given(seed=st.integers(0, 10_000), m=st.integers(1, 30), d=st.integers(1, 6), scale=st.sampled_from([1e-3, 1.0, 30.0]))
def test_autograd_equals_the_hand_gradient_at_random_points(seed: int, m: int, d: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(m, d)), (rng.random(m) < 0.5).astype(float)
    w, b = scale * rng.normal(size=d), float(scale * rng.normal())
    by_hand = log_loss_gradient(X, y, w, b)
    w_gradient, b_gradient = autograd_gradient(X, y, w, b)
    np.testing.assert_allclose(w_gradient, by_hand.w, rtol=1e-12, atol=1e-14)
    assert b_gradient == pytest.approx(by_hand.b, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("logit", [-1000.0, -40.0, -20.0, 0.0, 20.0, 40.0, 1000.0])
def test_autograd_equals_the_hand_gradient_at_extreme_logits(logit: float) -> None:
    X, y = np.array([[1.0], [1.0]]), np.array([0.0, 1.0])
    for rows in ([0], [1], [0, 1]):
        by_hand = log_loss_gradient(X[rows], y[rows], np.array([logit]), 0.0)
        w_gradient, b_gradient = autograd_gradient(X[rows], y[rows], np.array([logit]), 0.0)
        np.testing.assert_allclose(w_gradient, by_hand.w, rtol=1e-12, atol=1e-15)
        assert b_gradient == pytest.approx(by_hand.b, rel=1e-12, abs=1e-15)


def test_autograd_equals_finite_differences() -> None:
    X, y = overlapping_data()
    point = np.array([0.4, -1.2, 0.3, 0.1])
    numeric = finite_difference_gradient(lambda p: objective(X, y, p[:-1], float(p[-1])), point)
    w_gradient, b_gradient = autograd_gradient(X, y, point[:-1], float(point[-1]))
    np.testing.assert_allclose(np.append(w_gradient, b_gradient), numeric, rtol=0, atol=1e-9)


@examples(60)
@given(pairs=st.lists(st.tuples(st.floats(-1000, 1000), st.sampled_from([0.0, 1.0])), min_size=1, max_size=20))
def test_loss_from_logits_equals_ours(pairs: list[tuple[float, float]]) -> None:
    logits, y = (np.array(column) for column in zip(*pairs, strict=True))
    theirs = F.binary_cross_entropy_with_logits(torch.tensor(logits), torch.tensor(y)).item()
    assert theirs == pytest.approx(log_loss(logits, y), rel=1e-13, abs=1e-13)  # theirs subtracts numbers of size z


def test_first_loss_of_raw_tensors_is_our_log_loss_at_the_start() -> None:
    X, y = overlapping_data()
    w, b = draw_parameters(3, seed=0, dtype=torch.float64)
    fit = fit_tensors(X, y, n_steps=1, seed=0, dtype=torch.float64)
    assert fit.losses[0] == pytest.approx(log_loss(X @ w.detach().numpy().ravel() + b.item(), y), abs=1e-14)


@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_module_reaches_the_newton_optimum(l2: float) -> None:
    X, y = overlapping_data()
    best = fit_newton(X, y, l2=l2)
    model = LogisticRegression(3, dtype=torch.float64)
    rate = safe_learning_rate(X, l2=l2)
    fit = fit_module(model, X, y, learning_rate=rate, n_epochs=200, batch_size=None, l2=l2, momentum=0.5)
    np.testing.assert_allclose(fit.w, best.w, rtol=0, atol=1e-8)
    assert fit.b == pytest.approx(best.b, abs=1e-8)


def test_penalty_is_on_the_weights_and_not_on_the_bias() -> None:
    X, y = overlapping_data()
    model = LogisticRegression(3, dtype=torch.float64)
    with torch.no_grad():
        model.linear.weight.fill_(0.5)
        model.linear.bias.fill_(0.5)
    gradient = log_loss_gradient(X, y, np.full(3, 0.5), 0.5, l2=2.0)
    fit = fit_module(model, X, y, learning_rate=0.1, n_epochs=1, batch_size=None, l2=2.0)
    np.testing.assert_allclose(fit.w, 0.5 - 0.1 * gradient.w, rtol=0, atol=1e-15)
    assert fit.b == pytest.approx(0.5 - 0.1 * gradient.b, abs=1e-15)


def test_module_on_all_rows_takes_the_same_path_as_numpy_gradient_descent() -> None:
    X, y = overlapping_data()
    by_hand = fit_gradient_descent(X, y, learning_rate=0.3, n_steps=50, momentum=0.9, l2=0.01)
    model = LogisticRegression(3, dtype=torch.float64)
    fit = fit_module(model, X, y, learning_rate=0.3, n_epochs=50, batch_size=None, momentum=0.9, l2=0.01)
    np.testing.assert_allclose(fit.w, by_hand.w, rtol=0, atol=1e-12)
    np.testing.assert_allclose(fit.losses, by_hand.history.log_loss, rtol=0, atol=1e-12)


def test_module_returns_one_logit_per_row_even_for_one_row() -> None:
    model = LogisticRegression(2)
    with torch.no_grad():
        model.linear.weight.copy_(torch.tensor([[1.0, -2.0]]))
        model.linear.bias.fill_(0.5)
    assert model(torch.tensor([[3.0, 1.0]])).tolist() == [1.5]
    assert model(torch.zeros(5, 2)).shape == (5,)


def test_state_dict_survives_saving_and_loading(tmp_path: Path) -> None:
    X, y = overlapping_data()
    model = LogisticRegression(3)
    fit_module(model, X, y, n_epochs=3)
    torch.save(model.state_dict(), tmp_path / "model.pt")
    loaded = LogisticRegression(3)
    assert not torch.equal(loaded.linear.weight, model.linear.weight)
    loaded.load_state_dict(torch.load(tmp_path / "model.pt", weights_only=True))
    x, _ = as_tensors(X, y)
    assert torch.equal(loaded(x), model(x))


def test_same_seed_gives_same_fit_and_other_seed_another() -> None:
    X, y = overlapping_data()
    first, again, other = (fit_tensors(X, y, n_steps=5, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.w, again.w)
    np.testing.assert_array_equal(first.losses, again.losses)
    assert not np.array_equal(first.w, other.w)
    fits = [fit_module(LogisticRegression(3), X, y, n_epochs=2, batch_size=7, seed=seed) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(fits[0].w, fits[1].w)
    assert not np.array_equal(fits[0].w, fits[2].w)


def test_results_do_not_share_the_parameters_and_are_read_only() -> None:
    X, y = overlapping_data()
    model = LogisticRegression(3, dtype=torch.float64)
    fit = fit_module(model, X, y, n_epochs=2)
    w_before = fit.w.copy()
    with torch.no_grad():
        model.linear.weight.zero_()
    np.testing.assert_array_equal(fit.w, w_before)
    with pytest.raises(ValueError, match="read-only"):
        fit.w[0] = 1.0


def test_losses_have_one_entry_before_training_and_one_per_step() -> None:
    X, y = overlapping_data()
    assert fit_tensors(X, y, n_steps=7).losses.shape == (8,)
    fit = fit_module(LogisticRegression(3), X, y, n_epochs=4)
    assert fit.losses.shape == (5,)
    assert fit.losses[0] == pytest.approx(np.log(2), abs=1e-6)


def test_separable_constant_and_duplicate_columns_give_finite_fits() -> None:
    X = np.column_stack((X_SMALL, X_SMALL, np.ones(4), np.eye(4)))
    y = np.array([0, 0, 1, 1])
    assert np.isfinite(fit_tensors(X, y, learning_rate=1.0, n_steps=200).losses).all()
    fit = fit_module(LogisticRegression(7), X, y, learning_rate=1.0, n_epochs=50)
    assert np.isfinite(fit.losses).all()
    assert fit.losses[-1] < fit.losses[0]


def test_autograd_graph_is_the_one_pytorch_recorded() -> None:
    x, y_true = as_tensors(*overlapping_data())
    w, b = draw_parameters(3, seed=0)
    loss = F.binary_cross_entropy(torch.sigmoid(torch.mm(x, w.T) + b), y_true)
    nodes = autograd_graph(loss, names={"w": w, "b": b})
    assert loss.grad_fn is not None
    assert nodes[0].name == loss.grad_fn.name() == "BinaryCrossEntropyBackward0"
    leaves = {node.name: node.shape for node in nodes if node.shape is not None}
    assert leaves == {"w": (1, 3), "b": (1,)}
    by_name = {node.name: node for node in nodes}
    assert {nodes[i].name for i in by_name["AddBackward0"].inputs} == {"MmBackward0", "b"}
    for position, node in enumerate(nodes):
        assert all(i > position and nodes[i].depth > node.depth for i in node.inputs)


def test_autograd_graph_visits_a_shared_node_once() -> None:
    w = torch.ones(2, requires_grad=True)
    shared = w * 3
    nodes = autograd_graph((shared * shared).sum() + shared.sum(), names={})
    assert [node.name for node in nodes].count("leaf") == 1
    assert len([node for node in nodes if node.inputs and nodes[node.inputs[0]].name == "leaf"]) == 1


def test_a_bias_that_is_frozen_stays_where_it_is_while_the_weights_are_trained() -> None:
    model = LogisticRegression(1)
    model.linear.bias.requires_grad_(False)  # noqa: FBT003 - of PyTorch
    fit = fit_module(model, X_SMALL, Y_SMALL)
    assert fit.b == 0.0
    assert fit.w.item() != 0.0


def test_numbers_beyond_float32_are_shown_and_a_descent_that_diverges_is_refused() -> None:
    with pytest.raises(ValueError, match=r"X must fit torch\.float32, got the value 3e\+300"):
        fit_tensors(X_SMALL * 1e300, Y_SMALL)
    with pytest.raises(ValueError, match="the logits must stay finite"):
        fit_tensors(X_SMALL, Y_SMALL, learning_rate=1e300)
    with pytest.raises(ValueError, match="the loss must stay finite, got"):
        fit_module(LogisticRegression(1), X_SMALL * 1e10, Y_SMALL, learning_rate=1e30)


def test_program_of_the_chapter_runs_as_printed() -> None:
    fence = re.compile(r"^```python title=\"logistic_regression\.py\"[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    blocks = fence.findall(CHAPTER.read_text("utf-8"))
    assert len(blocks) == 1
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", blocks[0]]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (run.returncode, run.stderr) == (0, "")
    accuracy = re.search(r"test accuracy (0\.\d+)", run.stdout)
    data = make_outline_data()
    fit = fit_newton(data.X_train, data.y_train, l2=1e-6)
    expected = ((data.X_test @ fit.w + fit.b > 0) == data.y_test).mean()
    assert accuracy is not None
    assert float(accuracy[1]) == pytest.approx(expected, abs=5e-4)


def test_autograd_graph_of_a_long_loop_is_no_deeper_than_python_allows() -> None:
    w = torch.ones(1, requires_grad=True)
    output = w
    for _ in range(sys.getrecursionlimit() + 100):
        output = output * 2
    nodes = autograd_graph(output, names={"w": w})
    assert len(nodes) == sys.getrecursionlimit() + 101
    assert nodes[-1].name == "w"


def test_depth_in_the_graph_is_the_longest_way_from_the_output() -> None:
    w = torch.ones(3, requires_grad=True)
    chain = autograd_graph((2 * w).exp().sum(), names={"w": w})
    assert [node.depth for node in chain] == [0, 1, 2, 3]
    both = autograd_graph((w + (2 * w).exp()).sum(), names={"w": w})
    assert {node.name: node.depth for node in both}["w"] == 4


def test_raw_tensors_take_a_thousand_steps_of_a_tenth_from_seed_zero_unless_told_otherwise() -> None:
    data = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    told = fit_tensors(*data, learning_rate=0.1, n_steps=1000, seed=0, dtype=torch.float32)
    np.testing.assert_array_equal(fit_tensors(*data).losses, told.losses)


def test_the_module_takes_twenty_epochs_in_batches_of_32_from_seed_zero_unless_told_otherwise() -> None:
    X = np.linspace(-1.0, 1.0, 70)[:, None]
    y = np.resize([0, 1, 1, 0, 1], 70)
    told = fit_module(LogisticRegression(1), X, y, learning_rate=0.1, n_epochs=20, batch_size=32, seed=0)
    np.testing.assert_array_equal(fit_module(LogisticRegression(1), X, y).losses, told.losses)


def test_the_largest_seed_and_the_largest_value_are_taken() -> None:
    assert draw_parameters(1, seed=2**63 - 1)[0].shape == (1, 1)
    largest = torch.finfo(torch.float32).max
    assert as_tensors([[largest], [0.0]], [0, 1])[0][0, 0] == largest
    with pytest.raises(ValueError, match="the loss must stay finite"):
        fit_module(LogisticRegression(1), X_SMALL, Y_SMALL, learning_rate=largest)
