"""Each pitfall goes wrong as its page says, each mend holds, and the page has all of them."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from torch.nn import functional

from logreg_docs.datasets import load_breast_cancer, make_outline_data, make_students
from logreg_docs.finite_differences import finite_difference_gradient
from logreg_docs.gradient_descent import descend, fit_gradient_descent
from logreg_docs.learning_rate import safe_learning_rate
from logreg_docs.log_loss import log_loss, log_loss_from_probabilities, log_loss_gradient
from logreg_docs.newton import fit_newton
from logreg_docs.pytorch import as_tensors
from logreg_docs.scaling import standardise
from logreg_docs.separation import find_separation
from logreg_docs.sigmoid import logit, sigmoid

if TYPE_CHECKING:
    from collections.abc import Callable

Vector = NDArray[np.float64]

SPLIT = make_outline_data()
X, Y = SPLIT.X_train, SPLIT.y_train
M, D = X.shape
APART, CLASSES = np.array([[-2.0], [-1.0], [1.0], [2.0]]), np.array([0, 0, 1, 1])

PAGE = (Path(__file__).parent.parent / "docs/pitfalls.md").read_text()
ENTRIES = (
    "shapes", "dtypes", "sigmoids", "saturation", "epsilon", "overflow", "sign", "sum", "zero", "update", "scaling",
    "penalty", "separation", "redundant", "intercept", "threshold", "imbalance", "simultaneous",
)  # fmt: skip
QUESTIONS = ("where-zero-grad", "round", "argmax", "mean-twice", "lost-minus")


@cache
def tensors() -> tuple[torch.Tensor, torch.Tensor]:
    return as_tensors(X, Y)


def mean_loss(point: Vector) -> float:
    return log_loss(X @ point[:-1] + point[-1], Y)


def slope(point: Vector) -> Vector:
    return np.append(*log_loss_gradient(X, Y, point[:-1], point[-1]))


def loss_of(w: torch.Tensor) -> torch.Tensor:
    x, y = tensors()
    return functional.binary_cross_entropy_with_logits(x @ w, y)


def gradient(w: torch.Tensor) -> torch.Tensor:
    assert w.grad is not None
    return w.grad


def value_and_slope(function: Callable[[torch.Tensor], torch.Tensor], place: float) -> tuple[float, float]:
    z = torch.tensor(place, requires_grad=True)
    value = function(z)
    value.backward()
    return value.item(), gradient(z).item()


@cache
def rare() -> tuple[Vector, Vector]:
    features, labels = make_classification(
        4000, n_features=10, n_informative=2, n_redundant=0, n_clusters_per_class=1, weights=[0.96], class_sep=0.3,
        flip_y=0, random_state=42,
    )  # fmt: skip
    return features, labels.astype(float)


def test_1_losses_of_torch_refuse_a_vector_beside_a_column_and_mse_only_warns() -> None:
    x, y = tensors()
    logits = x @ torch.ones(D, 1)
    with pytest.raises(ValueError, match=r"800\]\).* different to the input size"):
        functional.binary_cross_entropy(torch.sigmoid(logits), y.ravel())
    with pytest.raises(ValueError, match="must be the same as input size"):
        functional.binary_cross_entropy_with_logits(logits, y.ravel())
    with pytest.warns(UserWarning, match="incorrect results due to broadcasting"):
        functional.mse_loss(torch.sigmoid(logits), y.ravel())


def test_1_handwritten_loss_broadcasts_and_is_lowest_at_the_share_of_class_1() -> None:
    x, y = tensors()
    flat = y.ravel()
    p = torch.sigmoid(x @ torch.ones(D, 1))
    square = flat * torch.log(p) + (1 - flat) * torch.log(1 - p)
    assert square.shape == (M, M)
    share = flat.mean()
    assert -square.mean() > -(share * torch.log(share) + (1 - share) * torch.log(1 - share))
    assert ((p > 0.5) == flat).float().mean() == pytest.approx(0.5, abs=0.05)
    with pytest.raises(ValueError, match="shape"):
        log_loss(np.zeros((3, 1)), [0, 1, 1])


def test_2_dtypes_are_refused_except_by_the_loss_from_logits() -> None:
    x, y = tensors()
    logits = x @ torch.ones(D, 1)
    with pytest.raises(RuntimeError, match="Found dtype Long but expected Float"):
        functional.binary_cross_entropy(torch.sigmoid(logits), y.long())
    with pytest.raises(RuntimeError, match="dtype"):
        torch.tensor(X) @ torch.ones(D, 1)
    assert functional.binary_cross_entropy_with_logits(logits, y.double()).dtype == torch.float64
    assert functional.binary_cross_entropy_with_logits(logits, y).dtype == torch.float32


def test_3_logits_are_refused_as_probabilities() -> None:
    x, y = tensors()
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        functional.binary_cross_entropy(x @ torch.ones(D, 1), y)


def test_3_second_sigmoid_keeps_the_loss_of_class_1_above_a_floor_and_of_class_0_above_log_2() -> None:
    p = torch.linspace(0, 1, 101, dtype=torch.float64)
    ones, zeros = (
        functional.binary_cross_entropy_with_logits(p, torch.full_like(p, label), reduction="none")
        for label in (1.0, 0.0)
    )
    assert ones.min().item() == pytest.approx(math.log(1 + math.exp(-1)), rel=1e-12, abs=0)
    assert ones.min().item() == pytest.approx(0.3133, abs=5e-5)
    assert zeros.min().item() == pytest.approx(math.log(2), rel=1e-12, abs=0)


def test_4_loss_from_a_saturated_probability_is_100_without_gradient_and_from_the_logit_20_with_1() -> None:
    losses = (
        lambda z: functional.binary_cross_entropy(torch.sigmoid(z), torch.zeros(())),
        lambda z: functional.binary_cross_entropy_with_logits(z, torch.zeros(())),
    )
    assert [value_and_slope(loss, 20.0) for loss in losses] == [(100.0, 0.0), pytest.approx((20.0, 1.0))]
    assert log_loss([20.0], [0]) == pytest.approx(20.0)


def test_5_epsilon_caps_the_loss_and_takes_the_gradient_and_a_clip_of_1e_8_does_nothing() -> None:
    assert torch.tensor(1.0) - 1e-8 == 1
    epsilon, clip_8, clip_7 = (
        value_and_slope(loss, 20.0)
        for loss in (
            lambda z: -torch.log(1 - torch.sigmoid(z) + 1e-8),
            lambda z: -torch.log(1 - torch.sigmoid(z).clamp(1e-8, 1 - 1e-8)),
            lambda z: -torch.log(1 - torch.sigmoid(z).clamp(1e-7, 1 - 1e-7)),
        )
    )
    assert epsilon[0] == pytest.approx(-math.log(1e-8), rel=1e-6, abs=0)
    assert clip_8[0] == math.inf
    assert clip_7[0] == pytest.approx(-math.log(1e-7), abs=0.3)
    assert epsilon[1] == clip_7[1] == 0
    assert math.isnan(clip_8[1])
    assert log_loss_from_probabilities(sigmoid([20.0]), [0], epsilon=1e-5) == pytest.approx(11.51, abs=0.01)


def test_6_exp_overflows_to_the_right_sigmoid_and_0_log_0_is_nan() -> None:
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert 1 / (1 + np.exp(1000.0)) == 0
    p = 1 / (1 + np.exp(-40.0))
    assert p == 1
    with pytest.warns(RuntimeWarning, match="divide by zero|invalid"):
        assert math.isnan(0 * np.log(1 - p))


def test_6_expit_and_logaddexp_neither_warn_nor_differ_from_the_package() -> None:
    z = np.array([-1000.0, -40.0, 40.0, 1000.0])
    np.testing.assert_allclose(sigmoid(z), expit(z), rtol=1e-15)
    for label in (0, 1):
        expected = np.logaddexp(0, z) - label * z
        assert log_loss(z, np.full(4, label)) == pytest.approx(expected.mean(), rel=1e-15, abs=0)


def test_7_wrong_sign_climbs_and_the_right_one_has_ratio_one_to_finite_differences() -> None:
    start = np.zeros(D + 1)
    wrong = [mean_loss(v) for v in descend(lambda v: -slope(v), start, learning_rate=0.1, n_steps=100)]
    right = [mean_loss(v) for v in descend(slope, start, learning_rate=0.1, n_steps=100)]
    assert (np.diff(wrong) > 0).all()
    assert wrong[-1] > 10
    assert (np.diff(right) < 0).all()
    np.testing.assert_allclose(slope(start), finite_difference_gradient(mean_loss, start), rtol=1e-6, atol=1e-9)


def test_8_sum_never_settles_at_a_rate_that_suits_the_mean_and_walks_the_same_at_rate_over_m() -> None:
    start = np.zeros(D + 1)
    jumping = [mean_loss(v) for v in descend(lambda v: M * slope(v), start, learning_rate=0.1, n_steps=300)]
    assert np.ptp(jumping[-100:]) > 1
    mean = descend(slope, start, learning_rate=0.1, n_steps=300)
    total = descend(lambda v: M * slope(v), start, learning_rate=0.1 / M, n_steps=300)
    np.testing.assert_allclose(total, mean, atol=1e-12)
    assert mean_loss(mean[-1]) < 0.33


def test_9_gradients_add_up_and_are_none_before_the_first_backward() -> None:
    v = torch.tensor(1.0, requires_grad=True)
    assert v.grad is None
    with pytest.raises(AttributeError, match="zero_"):
        v.grad.zero_()  # type: ignore[attr-defined]  # the mistake
    torch.optim.SGD([v]).zero_grad()
    (2 * v).backward()
    assert v.grad == 2
    (2 * v).backward()
    assert v.grad == 4
    torch.optim.SGD([v]).zero_grad()
    assert v.grad is None


def test_9_loss_falls_rises_and_swings_without_zeroing_and_only_falls_with_it() -> None:
    x, y_true = tensors()
    changes = {}
    for zeroing in (True, False):
        w = torch.zeros(D, 1, requires_grad=True)
        optimiser, path = torch.optim.SGD([w], lr=0.5), []
        for _ in range(60):
            loss = functional.binary_cross_entropy_with_logits(x @ w, y_true)
            if zeroing:
                optimiser.zero_grad()
            loss.backward()
            path.append(loss.item())
            optimiser.step()
        changes[zeroing] = np.diff(path[::6])
    assert (changes[True] < 0).all()
    assert changes[False][0] < -0.1
    assert changes[False][1] > 0.1
    assert changes[False].min(initial=0, where=np.arange(9) > 1) < -0.05


def test_10_update_is_refused_in_the_open_and_loses_the_parameter_when_it_makes_a_new_tensor() -> None:
    w = torch.zeros(D, 1, requires_grad=True)
    loss_of(w).backward()
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        w -= 0.1 * gradient(w)
    with torch.no_grad():
        inside = w - 0.1 * gradient(w)
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'zero_'"):
        inside.grad.zero_()  # type: ignore[union-attr]  # the mistake
    with pytest.raises(RuntimeError, match="does not require grad"):
        loss_of(inside).backward()
    outside = w - 0.1 * gradient(w)
    assert not outside.is_leaf
    with pytest.warns(UserWarning, match="not a leaf"), pytest.raises(AttributeError, match="zero_"):
        outside.grad.zero_()  # type: ignore[union-attr]  # the mistake
    loss_of(outside).backward()
    with pytest.warns(UserWarning, match="not a leaf"):
        assert outside.grad is None
    with torch.no_grad():
        w -= 0.1 * gradient(w)
    assert w.is_leaf
    assert w.requires_grad
    assert loss_of(w) < math.log(2)


def test_10_update_is_refused_before_anything_is_recorded_and_allowed_unrecorded_between_the_passes() -> None:
    fresh = torch.zeros(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        fresh -= 1
    w, v = torch.ones(D, 1, requires_grad=True), torch.ones(1, 1, requires_grad=True)
    one, two = loss_of(w), loss_of(torch.tanh(w) @ v)
    with torch.no_grad():
        w -= 1
        v -= 1
    one.backward()  # needs no old weight, and passes in silence
    assert w.grad is not None
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        two.backward()


def test_11_own_units_make_a_rate_of_a_tenth_absurd_and_standardising_makes_it_right() -> None:
    cancer = load_breast_cancer()
    scaled = standardise(cancer.X).X
    ones = np.column_stack([cancer.X, np.ones(len(cancer.y))])
    assert np.linalg.eigvalsh(ones.T @ ones / len(ones))[-1] == pytest.approx(1.67e6, rel=0.01, abs=0)
    assert 1e4 * safe_learning_rate(cancer.X) < 0.1
    raw, good = (
        fit_gradient_descent(features, cancer.y, learning_rate=0.1, n_steps=1000).history.log_loss
        for features in (cancer.X, scaled)
    )
    assert raw[-1] > 100
    assert good[-1] < 0.07


def test_12_default_penalty_is_one_over_m_c_and_penalty_none_warns_and_means_c_inf() -> None:
    few, labels = X[:40], Y[:40]
    default = LogisticRegression(tol=1e-10, max_iter=1000).fit(few, labels)
    np.testing.assert_allclose(default.coef_[0], fit_newton(few, labels, l2=1 / 40).w, atol=1e-6)
    with pytest.warns(FutureWarning, match=r"deprecated in version 1\.8.*1\.10.*C=np\.inf"):
        old = LogisticRegression(penalty=None).fit(few, labels)
    free = LogisticRegression(C=np.inf).fit(few, labels)
    np.testing.assert_array_equal(old.coef_, free.coef_)
    assert np.linalg.norm(free.coef_) > 20 * np.linalg.norm(default.coef_)
    assert find_separation(few, labels).kind == "complete"


def test_12_liblinear_alone_penalises_the_intercept_and_sample_weights_count_as_rows() -> None:
    features, labels = np.array([[8.0], [9.0], [10.0], [12.0], [13.0], [14.0]]), np.array([0, 0, 1, 0, 1, 1])
    (solvers,) = LogisticRegression._parameter_constraints["solver"]
    assert len(solvers.options) == 6
    for solver in solvers.options:
        fit = LogisticRegression(solver=solver, tol=1e-10, max_iter=1_000_000).fit(features, labels)
        free = fit_newton(features, labels, l2=1 / 6).w[0]
        if solver == "liblinear":
            assert fit.coef_[0, 0] < 0.2 * free
        else:
            assert fit.coef_[0, 0] == pytest.approx(free, rel=1e-5)
    doubled = LogisticRegression(solver="newton-cholesky", tol=1e-10).fit(features, labels, sample_weight=np.full(6, 2))
    np.testing.assert_allclose(doubled.coef_[0], fit_newton(features, labels, l2=1 / 12).w, atol=1e-6)


def test_12_without_penalty_all_rows_reach_the_lowest_loss() -> None:
    free = LogisticRegression(C=np.inf).fit(X, Y)
    best = fit_gradient_descent(X, Y, learning_rate=2.0, n_steps=2000).history.log_loss[-1]
    assert log_loss(free.decision_function(X), Y) == pytest.approx(best, abs=1e-7)


def test_13_weight_of_separable_rows_grows_like_the_logarithm_of_the_steps_until_penalised() -> None:
    ends = [fit_gradient_descent(APART, CLASSES, learning_rate=1.0, n_steps=n).w[0] for n in (10, 100, 1000, 10_000)]
    np.testing.assert_allclose(np.diff(ends), math.log(10), atol=0.4)
    assert find_separation(APART, CLASSES).kind == "complete"
    with pytest.raises(ValueError, match="separable"):
        fit_newton(APART, CLASSES)
    strong, weak = (fit_newton(APART, CLASSES, l2=l2).w[0] for l2 in (0.1, 0.01))
    assert 0 < strong < weak < ends[1]


def test_14_redundant_columns_leave_the_weights_to_the_start_and_a_penalty_or_their_absence_does_not() -> None:
    independent = make_classification(1000, n_features=D, n_redundant=0, random_state=42)
    gaps = []
    for features, labels, l2 in ((X, Y, 0.0), (X, Y, 0.01), (*independent, 0.0)):
        one, two = (
            fit_gradient_descent(
                features, labels, learning_rate=2.0, n_steps=2000, l2=l2,
                w_start=np.random.default_rng(seed).normal(size=D),
            )
            for seed in (0, 1)
        )  # fmt: skip
        np.testing.assert_allclose(features @ one.w + one.b, features @ two.w + two.b, atol=1e-4)
        gaps.append(np.linalg.norm(one.w - two.w))
    assert np.linalg.matrix_rank(X) == 8
    assert gaps[0] > 0.5
    assert max(gaps[1:]) < 1e-4


def test_15_missing_intercept_costs_little_on_centred_data_and_nearly_all_on_hours() -> None:
    students = make_students()
    hours = students.hours.reshape(-1, 1)

    def loss(features: Vector, labels: Vector, *, intercept: bool) -> float:
        fit = LogisticRegression(C=np.inf, fit_intercept=intercept, tol=1e-8).fit(features, labels)
        return log_loss(fit.decision_function(features), labels)

    assert loss(X, Y, intercept=True) == pytest.approx(0.32000, abs=5e-6)
    assert loss(X, Y, intercept=False) == pytest.approx(0.32092, abs=5e-6)
    assert loss(hours, students.passed, intercept=True) < 0.4
    assert 0.6 < loss(hours, students.passed, intercept=False) < math.log(2)
    fit = fit_newton(hours, students.passed)
    assert sigmoid(hours @ fit.w + fit.b).mean() == pytest.approx(students.passed.mean(), abs=1e-8)


def test_16_half_on_the_logit_is_0_62_on_the_probability_and_finds_fewer() -> None:
    fit = LogisticRegression(C=np.inf).fit(X, Y)
    z = fit.decision_function(X)
    np.testing.assert_array_equal(z > 0, sigmoid(z) > 0.5)
    np.testing.assert_array_equal(z > 0, fit.predict(X) == 1)
    np.testing.assert_array_equal(z > logit(0.2), sigmoid(z) > 0.2)
    assert sigmoid(0.5) == pytest.approx(0.6225, abs=1e-4)
    assert (z > 0.5)[Y == 1].mean() < (z > 0)[Y == 1].mean()


def test_17_imbalance_hides_behind_accuracy_and_balanced_weights_lose_the_calibration() -> None:
    fit_x, x, fit_y, labels = train_test_split(*rare(), test_size=0.5, stratify=rare()[1], random_state=42)
    base = fit_y.mean()
    plain, weighted = (
        LogisticRegression(C=np.inf, class_weight=kind).fit(fit_x, fit_y).predict_proba(x)[:, 1]
        for kind in (None, "balanced")
    )
    assert base == pytest.approx(0.04)
    assert plain.max() < 0.5
    assert ((plain > 0.5) == labels).mean() == pytest.approx(1 - base)
    assert plain.mean() == pytest.approx(base, abs=3e-3)
    assert (weighted > 0.5)[labels == 1].mean() > 0.5
    assert weighted.mean() > 9 * base
    assert (plain > base)[labels == 1].mean() == pytest.approx((weighted > 0.5)[labels == 1].mean(), abs=0.05)


def test_18_second_slope_at_the_moved_weight_is_no_part_of_the_gradient_but_vanishes_at_the_same_minimum() -> None:
    students = make_students()
    hours, labels = students.hours.reshape(-1, 1), students.passed
    w, b, rate = np.zeros(1), 0.0, 0.1
    first = log_loss_gradient(hours, labels, w, b)
    late = log_loss_gradient(hours, labels, w - rate * first.w, b).b
    assert first.b == pytest.approx(0.5 - labels.mean())
    assert abs(late - first.b) > 0.05
    package = fit_gradient_descent(hours, labels, learning_rate=rate, n_steps=1)
    assert package.b == pytest.approx(b - rate * first.b, rel=1e-12, abs=0)
    for _ in range(3000):
        w = w - 0.3 * log_loss_gradient(hours, labels, w, b).w
        b = b - 0.3 * log_loss_gradient(hours, labels, w, b).b
    best = fit_newton(hours, labels)
    np.testing.assert_allclose([w[0], b], [best.w[0], best.b], atol=1e-4)


@pytest.mark.parametrize(
    ("order", "learns"), [("zero backward step", True), ("backward step zero", True), ("backward zero step", False)]
)
def test_zero_grad_belongs_between_the_update_and_the_next_backward(order: str, learns: bool) -> None:  # noqa: FBT001 - a table of cases
    w = torch.zeros(D, 1, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=0.5)
    for _ in range(20):
        loss = loss_of(w)
        actions = {"zero": optimiser.zero_grad, "backward": loss.backward, "step": optimiser.step}
        for action in order.split():
            actions[action]()
    assert bool(loss_of(w) < 0.4) == learns
    assert bool((w == 0).all()) != learns


def test_rounded_sigmoid_is_the_sign_of_the_logit_and_argmax_needs_two_logits() -> None:
    z = torch.linspace(-3, 3, 12)
    classes = (z > 0).long()
    assert torch.equal(torch.sigmoid(z).round().long(), classes)
    column = z.reshape(-1, 1)
    assert not column.argmax(dim=1).any()
    assert torch.equal(torch.cat([torch.zeros_like(column), column], dim=1).argmax(dim=1), classes)


def test_gradient_of_the_mean_has_one_over_m_in_it_and_a_second_division_stops_the_walk() -> None:
    w = torch.zeros(D, 1, requires_grad=True)
    loss_of(w).backward()
    np.testing.assert_allclose(gradient(w).numpy().ravel(), X.T @ (0.5 - Y) / M, atol=1e-6)
    once, twice = (fit_gradient_descent(X, Y, learning_rate=0.5 / k, n_steps=100).history.log_loss[-1] for k in (1, M))
    assert once < 0.33
    assert twice > 0.65


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_minus_of_the_log_loss_turns_y_minus_p_round(label: float) -> None:
    z = torch.linspace(-5, 5, 11, dtype=torch.float64, requires_grad=True)
    p = torch.sigmoid(z)
    (-(label * torch.log(p) + (1 - label) * torch.log(1 - p))).sum().backward()
    np.testing.assert_allclose(gradient(z).numpy(), p.detach().numpy() - label, atol=1e-12)


def sections(level: int) -> dict[str, tuple[str, str]]:
    """Return heading and text of the page's sections of one level, by anchor."""
    heads = list(re.finditer(rf"^{'#' * level} (.*) \{{ #([\w-]+) \}}$", PAGE, re.MULTILINE))
    ends = [head.start() for head in heads[1:]] + [len(PAGE)]
    return {head[2]: (head[1], PAGE[head.end() : end]) for head, end in zip(heads, ends, strict=True)}


def test_page_has_18_numbered_sections_and_then_the_questions() -> None:
    assert [*sections(2)] == [*ENTRIES, "questions"]
    numbers = [int(sections(2)[anchor][0].split(".")[0]) for anchor in ENTRIES]
    assert numbers == list(range(1, 19))
    assert [*sections(3)] == [*QUESTIONS]


@pytest.mark.parametrize("anchor", ENTRIES)
def test_entry_has_symptom_reason_mend_code_and_links(anchor: str) -> None:
    text = sections(2)[anchor][1]
    for part in ("**Symptom:**", "**Why.**", "**Mend.**", "](chapters/", "][logreg_docs."):
        assert part in text, part
    before, after = text.split("**Mend.**")
    for half in (before, after):
        assert re.search(r"^```python(?! exec=)", half, re.MULTILINE)
    assert 'exec="off"' not in text


@pytest.mark.parametrize("anchor", QUESTIONS)
def test_question_is_answered_by_code_that_runs(anchor: str) -> None:
    assert re.search(r"^```python$", sections(3)[anchor][1], re.MULTILINE)


def test_table_of_symptoms_links_to_each_entry_in_order() -> None:
    head = PAGE[: PAGE.index("\n## ")]
    linked = re.findall(r"^\| .* \| \[(\d+)\. [^\]]+\]\(#([\w-]+)\) \|$", head, re.MULTILINE)
    assert linked == [(str(number), anchor) for number, anchor in enumerate(ENTRIES, 1)]
