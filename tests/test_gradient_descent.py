"""Gradient descent walks as PyTorch does, ends where scikit-learn does, and says what it cannot do."""

from __future__ import annotations

import math
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from logreg_docs import _chunks
from logreg_docs.datasets import make_outline_data
from logreg_docs.gradient_descent import descend, fit_gradient_descent
from logreg_docs.log_loss import log_loss, log_loss_gradient
from logreg_docs.schedules import cosine_decay, inverse_time_decay

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from logreg_docs.gradient_descent import GradientDescentFit

SPLIT = make_outline_data()
X, Y = SPLIT.X_train, SPLIT.y_train
SMALL = np.array([[0.0], [1.0], [2.0], [3.0]])
OVERLAP = np.array([0.0, 1.0, 0.0, 1.0])
SEPARATED = np.array([0.0, 0.0, 1.0, 1.0])


def torch_walk(*, learning_rate: float, n_steps: int, momentum: float = 0.0, l2: float = 0.0) -> NDArray[np.float64]:
    """Walk with torch.optim.SGD and return every point, weights first."""
    features, labels = torch.tensor(X), torch.tensor(Y)
    w = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
    b = torch.zeros((), dtype=torch.float64, requires_grad=True)
    groups: list[dict[str, Any]] = [{"params": [w], "weight_decay": l2}, {"params": [b], "weight_decay": 0.0}]
    optimiser = torch.optim.SGD(groups, lr=learning_rate, momentum=momentum)
    points = [np.zeros(X.shape[1] + 1)]
    for _ in range(n_steps):
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(features @ w + b, labels)
        loss.backward()
        optimiser.step()
        points.append(np.append(w.detach().numpy(), b.item()))
    return np.array(points)


def points_of(fit: GradientDescentFit) -> NDArray[np.float64]:
    return np.column_stack((fit.history.w, fit.history.b))


@pytest.fixture(scope="module")
def best() -> GradientDescentFit:
    fit = fit_gradient_descent(X, Y, learning_rate=2.0, n_steps=5000, tolerance=1e-14)
    assert fit.converged
    return fit


# The update


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_every_step_equals_that_of_torch_sgd(momentum: float, l2: float) -> None:
    ours = fit_gradient_descent(X, Y, learning_rate=0.5, n_steps=60, momentum=momentum, l2=l2)
    theirs = torch_walk(learning_rate=0.5, n_steps=60, momentum=momentum, l2=l2)
    np.testing.assert_allclose(points_of(ours), theirs, rtol=0, atol=1e-12)


def test_first_step_by_hand_moves_weight_and_intercept_at_once() -> None:
    # At w = b = 0 every p is 1/2: g_w = (0 - 1 + 2 - 3) / 2 / 4 = -1/4 and g_b = 0.
    fit = fit_gradient_descent(SMALL, OVERLAP, learning_rate=0.8, n_steps=1)
    assert fit.w.tolist() == [0.2]
    assert fit.b == 0.0


def test_history_agrees_with_the_likelihood_module() -> None:
    fit = fit_gradient_descent(X, Y, learning_rate=1.0, n_steps=5, l2=0.1, momentum=0.5)
    for w, b, loss, norm in zip(
        fit.history.w, fit.history.b, fit.history.log_loss, fit.history.gradient_norm, strict=True
    ):
        gradient = log_loss_gradient(X, Y, w, b, l2=0.1)
        assert loss == pytest.approx(log_loss(X @ w + b, Y), rel=1e-13, abs=0)
        assert norm == pytest.approx(math.hypot(*gradient.w, gradient.b), rel=1e-12, abs=0)


def test_history_has_one_row_more_than_steps_and_is_read_only() -> None:
    fit = fit_gradient_descent(X, Y, n_steps=7)
    assert fit.n_steps == 7
    assert fit.history.w.shape == (8, 10)
    assert fit.history.b.shape == fit.history.log_loss.shape == fit.history.gradient_norm.shape == (8,)
    assert fit.history.learning_rate.tolist() == [0.1] * 7
    assert fit.history.log_loss[0] == pytest.approx(math.log(2), rel=1e-15, abs=0)
    with pytest.raises(ValueError, match="read-only"):
        fit.history.w[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        fit.w[0] = 1.0


def test_schedule_decides_the_rate_of_each_step() -> None:
    schedule = cosine_decay(0.5, n_steps=10)
    fit = fit_gradient_descent(X, Y, learning_rate=schedule, n_steps=12)
    np.testing.assert_array_equal(fit.history.learning_rate, [schedule(t) for t in range(12)])
    np.testing.assert_array_equal(fit.history.w[-1], fit.history.w[-2])  # the last rates are 0


def test_walk_starts_where_it_is_told() -> None:
    start = np.arange(10) / 10
    fit = fit_gradient_descent(X, Y, n_steps=1, w_start=start, b_start=-0.5)
    np.testing.assert_array_equal(fit.history.w[0], start)
    assert fit.history.b[0] == -0.5


# Where it ends


def test_optimum_predicts_as_scikit_learn_without_penalty(best: GradientDescentFit) -> None:
    model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(X, Y)
    # Two columns are redundant, so the logits are identified and the weights are not.
    np.testing.assert_allclose(X @ best.w + best.b, model.decision_function(X), atol=1e-4)
    assert best.history.log_loss[-1] <= log_loss(model.decision_function(X), Y) + 1e-15


def test_penalised_optimum_equals_scikit_learn_with_c_one_over_m_lambda() -> None:
    l2 = 0.02
    fit = fit_gradient_descent(X, Y, learning_rate=2.0, n_steps=5000, l2=l2, tolerance=1e-13)
    model = LogisticRegression(C=1 / (Y.size * l2), tol=1e-12, max_iter=10_000).fit(X, Y)
    assert fit.converged
    np.testing.assert_allclose(fit.w, model.coef_[0], atol=1e-5)
    assert fit.b == pytest.approx(model.intercept_[0], abs=1e-5)


def test_momentum_and_batches_come_to_the_same_optimum(best: GradientDescentFit) -> None:
    quick = fit_gradient_descent(X, Y, learning_rate=0.5, momentum=0.9, n_steps=1000)
    noisy = fit_gradient_descent(
        X,
        Y,
        learning_rate=inverse_time_decay(1.0, rate=0.02),
        batch_size=32,
        rng=np.random.default_rng(0),
        n_steps=5000,
    )
    assert quick.history.log_loss[-1] == pytest.approx(best.history.log_loss[-1], abs=1e-14)
    assert noisy.history.log_loss[-1] == pytest.approx(best.history.log_loss[-1], abs=1e-4)


def test_tolerance_stops_the_walk_early() -> None:
    fit = fit_gradient_descent(SMALL, OVERLAP, learning_rate=0.5, n_steps=10_000, tolerance=1e-6)
    assert fit.converged
    assert fit.n_steps < 10_000
    assert fit.separated is False
    assert fit.history.gradient_norm[-1] <= 1e-6 < fit.history.gradient_norm[-2]
    assert fit.history.learning_rate.size == fit.n_steps


def test_a_walk_that_starts_at_rest_takes_no_step_and_has_not_diverged() -> None:
    fit = fit_gradient_descent([[1.0], [1.0]], [0, 1], tolerance=1e-9)
    assert (fit.n_steps, fit.converged, fit.diverged) == (0, True, False)


def test_a_thousand_steps_are_taken_unless_told_otherwise() -> None:
    assert fit_gradient_descent(SMALL, OVERLAP).n_steps == 1000


def test_a_slope_equal_to_the_tolerance_ends_the_walk() -> None:
    norms = fit_gradient_descent(SMALL, OVERLAP, learning_rate=0.5, n_steps=10).history.gradient_norm
    assert (np.diff(norms[:6]) < 0).all()
    for n_steps in (5, 10):
        fit = fit_gradient_descent(SMALL, OVERLAP, learning_rate=0.5, n_steps=n_steps, tolerance=norms[5])
        assert (fit.n_steps, fit.converged) == (5, True)


def test_walk_that_runs_out_of_steps_has_not_converged() -> None:
    assert not fit_gradient_descent(X, Y, n_steps=3, tolerance=1e-8).converged


@pytest.mark.parametrize("x", [[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 1.0, 2.0]], ids=["complete", "quasi-complete"])
def test_separable_data_return_without_converging(x: list[float]) -> None:
    fit = fit_gradient_descent(np.reshape(x, (4, 1)), SEPARATED, learning_rate=1.0, n_steps=20_000, tolerance=1e-3)
    assert fit.history.gradient_norm[-1] <= 1e-3
    assert not fit.converged
    assert not fit.diverged
    assert fit.separated is True


def test_a_penalty_gives_separable_data_an_optimum() -> None:
    fit = fit_gradient_descent(SMALL, SEPARATED, learning_rate=1.0, n_steps=5000, l2=0.1, tolerance=1e-10)
    assert fit.converged
    assert fit.separated is None


# Chunks


def test_chunked_walk_agrees_with_the_textbook_update() -> None:
    rng, shape = np.random.default_rng(1), (30_000, 40)
    features = rng.normal(size=shape)
    labels = (features[:, 0] + rng.logistic(size=shape[0]) > 0).astype(float)
    w, b = np.zeros(shape[1]), 0.0
    for _ in range(5):
        g = log_loss_gradient(features, labels, w, b, l2=0.1)
        w, b = w - 0.5 * g.w, b - 0.5 * g.b
    fit = fit_gradient_descent(features, labels, learning_rate=0.5, n_steps=5, l2=0.1)
    np.testing.assert_allclose(np.append(fit.w, fit.b), np.append(w, b), rtol=1e-10, atol=1e-14)
    assert fit.history.log_loss[-1] == pytest.approx(log_loss(features @ w + b, labels), rel=1e-12, abs=0)
    slope = np.append(*log_loss_gradient(features, labels, w, b, l2=0.1))
    assert fit.history.gradient_norm[-1] == pytest.approx(np.linalg.norm(slope), rel=1e-10, abs=0)


@pytest.mark.parametrize("order", ["C", "F"])
def test_extra_memory_holds_chunks_and_no_second_copy_of_the_rows(order: Any) -> None:
    features = np.asarray(np.random.default_rng(2).normal(size=(60_000, 40)), order=order)
    labels = (features[:, 0] + np.random.default_rng(3).logistic(size=60_000) > 0).astype(float)
    fit_gradient_descent(SMALL, OVERLAP, n_steps=2)  # loads what is loaded once
    tracemalloc.start()
    fit_gradient_descent(features, labels, n_steps=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < min(5e6 * _chunks._cores(), features.nbytes / 1.5)


# Mini-batches


def test_one_batch_of_all_rows_equals_no_batches() -> None:
    whole = fit_gradient_descent(X, Y, n_steps=50, momentum=0.3)
    batched = fit_gradient_descent(X, Y, n_steps=50, momentum=0.3, batch_size=Y.size, rng=np.random.default_rng(1))
    np.testing.assert_allclose(points_of(batched), points_of(whole), atol=1e-13)


def test_mini_batches_follow_one_permutation_per_epoch() -> None:
    rng = np.random.default_rng(5)
    w, b = np.zeros(10), 0.0
    for _ in range(2):
        order = rng.permutation(Y.size)
        for i in range(0, Y.size, 300):  # 300, 300 and a last batch of 200
            rows = order[i : i + 300]
            g = log_loss_gradient(X[rows], Y[rows], w, b)
            w, b = w - 0.2 * g.w, b - 0.2 * g.b
    fit = fit_gradient_descent(X, Y, learning_rate=0.2, n_steps=6, batch_size=300, rng=np.random.default_rng(5))
    np.testing.assert_allclose(np.append(fit.w, fit.b), np.append(w, b), rtol=1e-12)


# How large a step may be


@pytest.mark.parametrize("rate", [1e3, 1e10, 1e100, 1e300])
def test_absurd_rates_stay_finite_because_the_gradient_is_bounded(rate: float) -> None:
    fit = fit_gradient_descent(X, Y, learning_rate=rate, n_steps=100)
    assert not fit.diverged
    assert np.isfinite(fit.history.log_loss).all()
    assert fit.history.gradient_norm.max() <= np.hypot(np.linalg.norm(np.abs(X).mean(axis=0)), 1)


@pytest.mark.parametrize(
    ("features", "rate", "l2"), [(X, 1e308, 0.0), (X * 1e200, 1e200, 0.0), (X, 3.0, 1.0)], ids=["rate", "X", "l2"]
)
def test_walk_that_leaves_float64_stops_at_its_last_finite_point(
    features: NDArray[np.float64], rate: float, l2: float
) -> None:
    fit = fit_gradient_descent(features, Y, learning_rate=rate, n_steps=3000, l2=l2)
    assert fit.diverged
    assert not fit.converged
    assert fit.n_steps < 3000
    assert fit.history.w.shape[0] == fit.n_steps + 1
    for values in (fit.history.w, fit.history.b, fit.history.log_loss, fit.history.gradient_norm):
        assert np.isfinite(values).all()


def test_start_that_overflows_is_refused() -> None:
    with pytest.raises(ValueError, match="start"):
        fit_gradient_descent(X * 1e200, Y, w_start=np.full(10, 1e200))
    with pytest.raises(ValueError, match="start"):  # the logits are finite, their sum is not
        fit_gradient_descent(np.ones((4, 1)), [0, 0, 0, 1], w_start=[1.7e308])
    with pytest.raises(ValueError, match="start"):  # the loss is log 2, the slope is not finite
        fit_gradient_descent(np.full((8, 1), 1.7e308), [0, 0, 0, 0, 0, 0, 0, 1])


@pytest.mark.parametrize("columns", [1, 16])
def test_an_overflow_in_a_thread_is_refused_in_the_same_words(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chunks, "_cores", lambda: 2)
    monkeypatch.setattr(_chunks, "_WORTH_SHARING", 1)
    start = np.resize([1e308, -1e308], columns)
    with pytest.raises(ValueError, match="log loss at the start must be finite, got an overflow"):
        fit_gradient_descent(np.full((4, columns), 10.0), [0, 1, 0, 1], w_start=start)


def test_zero_tolerance_takes_every_step_even_where_there_is_no_slope() -> None:
    fit = fit_gradient_descent([[1.0], [1.0]], [0, 1], n_steps=5)
    assert fit.history.gradient_norm.tolist() == [0.0] * 6
    assert fit.n_steps == 5


# Errors of thought that the chapter shows


def test_wrong_sign_climbs_and_right_sign_descends() -> None:
    ascent = descend(
        lambda v: -np.append(*log_loss_gradient(X, Y, v[:-1], v[-1])), np.zeros(11), learning_rate=0.1, n_steps=100
    )
    descent = fit_gradient_descent(X, Y, n_steps=100)
    assert log_loss(X @ ascent[-1, :-1] + ascent[-1, -1], Y) > 10
    assert descent.history.log_loss[-1] < 0.34


def test_sum_of_losses_needs_a_rate_n_samples_times_smaller() -> None:
    mean = fit_gradient_descent(X, Y, learning_rate=0.1, n_steps=50)
    path = descend(
        lambda v: Y.size * np.append(*log_loss_gradient(X, Y, v[:-1], v[-1])),
        np.zeros(11),
        learning_rate=0.1 / Y.size,
        n_steps=50,
    )
    np.testing.assert_allclose(path, points_of(mean), atol=1e-12)


# descend


def test_descend_keeps_its_start_and_takes_schedules() -> None:
    path = descend(lambda v: 2 * v, [1.0, -1.0], learning_rate=lambda step: 0.5 / (step + 1), n_steps=2)
    np.testing.assert_array_equal(path, [[1, -1], [0, 0], [0, 0]])


def test_the_first_negative_rate_is_named_by_its_step() -> None:
    with pytest.raises(ValueError, match="must not be negative, got -1 at step 1"):
        descend(lambda v: v, [1.0], learning_rate=lambda step: -1.0 * step, n_steps=3)


def test_descend_reports_overflow() -> None:
    with pytest.raises(OverflowError, match="learning_rate"):
        descend(lambda v: 2 * v, [1.0], learning_rate=1e10, n_steps=100)


def test_descend_is_not_disturbed_by_a_gradient_that_writes_to_its_point() -> None:
    def careless(point: NDArray[np.float64]) -> NDArray[np.float64]:
        point *= 2
        return point

    np.testing.assert_array_equal(descend(careless, [1.0], learning_rate=0.25, n_steps=1), [[1.0], [0.5]])


# Awkward columns


def test_more_columns_than_rows_and_duplicate_columns_still_descend() -> None:
    wide = np.random.default_rng(0).normal(size=(4, 9))
    assert np.all(np.diff(fit_gradient_descent(wide, OVERLAP, n_steps=50).history.log_loss) < 0)
    twice = fit_gradient_descent(np.column_stack((SMALL, SMALL)), OVERLAP, n_steps=50)
    assert twice.w[0] == twice.w[1]


def test_constant_column_only_adds_to_the_intercept() -> None:
    fit = fit_gradient_descent(np.column_stack((SMALL, np.ones(4))), OVERLAP, n_steps=50)
    assert fit.w[1] == fit.b
