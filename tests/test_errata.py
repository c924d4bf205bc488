"""Each statement of the errata fails where the page says so, each mend holds, and the page has all of them."""

from __future__ import annotations

import math
import re
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.datasets import make_classification

from logreg_docs.datasets import load_breast_cancer, make_outline_data, make_students
from logreg_docs.finite_differences import finite_difference_gradient
from logreg_docs.gradient_descent import GradientDescentFit, descend, fit_gradient_descent
from logreg_docs.learning_rate import learning_rate_limit, safe_learning_rate
from logreg_docs.linear_regression import fit_least_squares
from logreg_docs.log_loss import gradient_from_probabilities, log_loss, log_loss_from_probabilities, log_loss_gradient
from logreg_docs.newton import fit_newton
from logreg_docs.sigmoid import log_sigmoid, naive_sigmoid, sigmoid

Vector = NDArray[np.float64]

SPLIT = make_outline_data()
X, Y = SPLIT.X_train, SPLIT.y_train
M, D = X.shape
START = np.zeros(D + 1)

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "errata.md").read_text()
VERDICTS = {
    "sum-and-mean": "wrong",
    "sign": "wrong",
    "direction": "wrong",
    "range": "loose",
    "epsilon": "wrong",
    "inverse": "true but risky",
    "redundant": "true but risky",
    "learning-rate": "loose",
}
ENTRIES = tuple(VERDICTS)
# For each row of the outline, what the sections it links to must hold between them.
ROWS: dict[int, tuple[str, ...]] = {
    1: ("plot_neuron", "input nodes", "hidden nodes", "output node"),
    2: ("plot_residual_squares", r"\hat\beta_1 = \frac", r"\hat\beta_0 = \bar y"),
    3: (r"(\tilde X^\top \tilde X)^{-1} \tilde X^\top y", "column of ones", "condition number", "QR"),
    4: (r"\sigma(z) = \frac{1}{1 + e^{-z}}", "def stable_sigmoid(z)", "log-odds"),
    5: ("Bernoulli", r"L(w, b) = \prod", r"J(w, b) = -\frac{1}{m} \sum"),
    6: (r"\varepsilon", "overflow", r"\max(z, 0)"),
    7: ("downhill", "The gradient points where", r"w \leftarrow w - \eta", "learning rate"),
    8: (r"\frac{\partial J}{\partial w_j}", r"\frac{\partial J}{\partial b}", "finite_difference_gradient", "autograd"),
    9: ("too small", "too large", "oscillating", r"\frac{2}{\lambda_{\max}(H)}"),
    10: ("step_decay", "exponential_decay", "inverse_time_decay", "cosine_decay", "GridSearchCV"),
    11: ("make_classification(", "train_test_split("),
    12: ("w = torch.randn(1, 10,", "b = torch.randn(1,", "requires_grad=True"),
    13: ("z = torch.mm(x, w.T) + b", "y_hat = torch.sigmoid(z)"),
    14: ("loss = F.binary_cross_entropy(y_hat, y_true)", "binary_cross_entropy_with_logits"),
    15: ("loss.backward()", "w.grad.zero_()", "plot_autograd_graph"),
    16: ("w -= 0.1 * w.grad", "b -= 0.1 * b.grad", "torch.no_grad()", 'raises="RuntimeError"'),
    17: ('=== "NumPy"', '=== "PyTorch"', "min(repeat(fit_with_"),
    18: ("*probability*", "*likelihood*"),
    19: ("hyperparameter", "weights", "learning rate"),
}


def mean_loss(point: Vector) -> float:
    return log_loss(X @ point[:-1] + point[-1], Y)


def slope(point: Vector) -> Vector:
    return np.append(*log_loss_gradient(X, Y, point[:-1], point[-1]))


def outline_slope(point: Vector) -> Vector:
    residuals = Y - sigmoid(X @ point[:-1] + point[-1])
    return np.append(X.T @ residuals / M, residuals.mean())


@cache
def best() -> GradientDescentFit:
    return fit_gradient_descent(X, Y, learning_rate=2.0, n_steps=4000)


def fit_from(seed: int, features: Vector, labels: Vector, *, l2: float = 0.0) -> GradientDescentFit:
    start = np.random.default_rng(seed).normal(size=features.shape[1])
    return fit_gradient_descent(features, labels, learning_rate=2.0, n_steps=4000, l2=l2, w_start=start)


def test_slope_of_the_sum_is_the_number_of_rows_times_the_slope_with_one_over_m() -> None:
    measured = finite_difference_gradient(lambda v: M * mean_loss(v), START)
    np.testing.assert_allclose(measured, M * slope(START), rtol=1e-6, atol=1e-6)


def test_rate_that_suits_the_mean_never_settles_on_the_sum() -> None:
    lowest = best().history.log_loss[-1]
    mean = fit_gradient_descent(X, Y, learning_rate=0.1, n_steps=500).history.log_loss
    path = descend(lambda v: M * slope(v), START, learning_rate=0.1, n_steps=500)
    total = np.array([mean_loss(v) for v in path])
    assert (np.diff(mean) < 0).all()
    assert mean[-1] - lowest < 1e-3
    assert total.max() > 10
    assert np.ptp(total[-100:]) > 1
    assert total.min() - lowest > 1e-3


def test_rate_divided_by_the_number_of_rows_makes_sum_and_mean_the_same_walk() -> None:
    mean = descend(slope, START, learning_rate=0.1, n_steps=50)
    total = descend(lambda v: M * slope(v), START, learning_rate=0.1 / M, n_steps=50)
    np.testing.assert_allclose(total, mean, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_slope_of_the_outline_is_the_measured_one_with_its_sign_changed(seed: int | None) -> None:
    point = START if seed is None else np.random.default_rng(seed).normal(size=D + 1)
    measured = finite_difference_gradient(mean_loss, point)
    np.testing.assert_allclose(slope(point), measured, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(outline_slope(point), -measured, rtol=1e-6, atol=1e-9)


def test_wrong_sign_takes_the_loss_above_ten_where_the_right_one_lowers_it() -> None:
    wrong = [mean_loss(v) for v in descend(outline_slope, START, learning_rate=0.1, n_steps=100)]
    right = [mean_loss(v) for v in descend(slope, START, learning_rate=0.1, n_steps=100)]
    assert wrong[0] == right[0] == pytest.approx(math.log(2))
    assert (np.diff(wrong) > 0).all()
    assert wrong[-1] > 10
    assert (np.diff(right) < 0).all()
    assert right[-1] < 0.34


def test_no_direction_rises_faster_than_the_gradient_nor_falls_faster_than_against_it() -> None:
    step, uphill = 1e-4, slope(START)
    directions = np.vstack([uphill, -uphill, np.random.default_rng(0).normal(size=(1000, D + 1))])
    units = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    rises = np.array([mean_loss(START + step * unit) - mean_loss(START) for unit in units]) / step
    assert rises.argmax() == 0
    assert rises.argmin() == 1
    assert rises[0] == pytest.approx(np.linalg.norm(uphill), rel=1e-3, abs=0)


def test_long_step_against_the_gradient_ends_higher_than_it_began() -> None:
    assert mean_loss(START - 100 * slope(START)) > 2 * mean_loss(START)


@pytest.mark.parametrize("z", [40, 800, 2000])
def test_sigmoid_is_below_one_and_above_zero_where_float64_says_otherwise(z: int) -> None:
    with localcontext(prec=1000):
        exact, mirrored = (1 / (1 + Decimal(-value).exp()) for value in (z, -z))
        assert 0 < mirrored < exact < 1
    assert sigmoid(z) == 1
    assert math.isfinite(log_sigmoid(-z))


@pytest.mark.parametrize(("dtype", "digits"), [(np.float32, 24), (np.float64, 53)])
def test_sigmoid_saturates_where_the_digits_of_its_precision_end(dtype: type[np.floating], digits: int) -> None:
    edge = digits * math.log(2)
    below, above = dtype(edge - 0.01), dtype(edge + 0.01)
    assert naive_sigmoid(below) < 1
    assert naive_sigmoid(above) == 1
    assert torch.sigmoid(torch.tensor(below)).item() < 1
    assert torch.sigmoid(torch.tensor(above)).item() == 1


@pytest.mark.parametrize(("dtype", "edge"), [(np.float32, -88.7), (np.float64, -709.7)])
def test_epsilon_comes_too_late_for_the_overflow(dtype: type[np.floating], edge: float) -> None:
    assert naive_sigmoid(dtype(edge)) + dtype(1e-5) > 0
    with pytest.warns(RuntimeWarning, match="overflow"):
        loss = -np.log(naive_sigmoid(dtype(edge - 0.2)) + dtype(1e-5))
    assert loss == pytest.approx(-math.log(1e-5), rel=1e-5, abs=0)


def test_epsilon_keeps_the_logarithm_finite_and_biases_loss_and_slope() -> None:
    assert log_loss_from_probabilities([0.0], [1]) == math.inf
    assert log_loss_from_probabilities([0.0], [1], epsilon=1e-5) == pytest.approx(-math.log(1e-5))
    wrong = sigmoid([20.0])
    assert log_loss([20.0], [0]) == pytest.approx(20)
    assert log_loss_from_probabilities(wrong, [0], epsilon=1e-5) == pytest.approx(11.51, abs=0.01)
    assert gradient_from_probabilities(wrong, [0])[0] == pytest.approx(1)
    assert gradient_from_probabilities(wrong, [0], epsilon=1e-5)[0] < 3e-4


def test_small_epsilon_does_nothing_as_a_clip_in_float32_and_prevents_log_0_inside_the_logarithm() -> None:
    one = torch.tensor(1.0)
    assert np.float32(1) - np.float32(1e-8) == 1
    assert (one - 1e-8).item() == 1
    assert torch.log(1 - one.clamp(max=1 - 1e-8)).item() == -math.inf
    assert torch.log(1 - one + 1e-8).item() == pytest.approx(math.log(1e-8), rel=1e-6, abs=0)


def test_formula_without_a_column_of_ones_has_another_slope() -> None:
    students = make_students()
    hours = students.hours.reshape(-1, 1)
    printed = float((np.linalg.inv(hours.T @ hours) @ hours.T @ students.scores)[0])
    line = fit_least_squares(hours, students.scores)
    assert line.intercept > 10
    assert printed > 1.5 * line.coef[0]
    assert np.sum((students.scores - printed * students.hours) ** 2) > 1.5 * line.rss


def test_normal_equation_has_no_answer_for_the_data_of_the_outline() -> None:
    with pytest.raises(ValueError, match="linearly independent"):
        fit_least_squares(X, Y, solver="normal_equation")


def test_product_loses_all_digits_where_qr_keeps_some_with_an_inverse_and_without() -> None:
    powers = np.linspace(0, 1, 30)[:, None] ** np.arange(14)
    target = powers.sum(axis=1)
    by_inverse = np.linalg.inv(powers.T @ powers) @ powers.T @ target
    by_lstsq = np.linalg.lstsq(powers, target)[0]
    by_qr = fit_least_squares(powers[:, 1:], target)
    by_solve = np.linalg.solve(powers.T @ powers, powers.T @ target)
    q, r = np.linalg.qr(powers)
    by_inverse_of_r = np.linalg.inv(r) @ (q.T @ target)
    by_qr_all = np.append(by_qr.intercept, by_qr.coef)
    inverse, lstsq, qr, product_alone, inverse_alone = (
        float(np.abs(beta - 1).max()) for beta in (by_inverse, by_lstsq, by_qr_all, by_solve, by_inverse_of_r)
    )
    kept = max(lstsq, qr, inverse_alone)
    assert kept < 1e-4
    assert product_alone > 1e3 * kept
    assert inverse > product_alone


def test_product_with_the_transpose_has_the_squared_condition_number() -> None:
    powers = np.linspace(0, 1, 30)[:, None] ** np.arange(6)
    assert np.linalg.cond(powers.T @ powers) == pytest.approx(np.linalg.cond(powers) ** 2, rel=1e-6, abs=0)


def test_default_data_have_rank_eight_and_no_unique_weights() -> None:
    assert np.linalg.matrix_rank(X) == D - 2
    one, two = fit_from(0, X, Y), fit_from(1, X, Y)
    assert np.linalg.norm(one.w - two.w) > 0.1
    assert one.history.log_loss[-1] == pytest.approx(two.history.log_loss[-1], abs=1e-12)
    np.testing.assert_allclose(X @ one.w + one.b, X @ two.w + two.b, atol=1e-9)
    with pytest.raises(ValueError, match="independent"):
        fit_newton(X, Y)


def test_no_redundant_columns_or_a_penalty_make_the_weights_unique() -> None:
    features, labels = make_classification(1000, n_features=10, n_redundant=0, random_state=42)
    assert np.linalg.matrix_rank(features) == 10
    for data, l2 in (((features, labels), 0.0), ((X, Y), 0.01)):
        one, two = (fit_from(seed, *data, l2=l2) for seed in (0, 1))
        np.testing.assert_allclose(one.w, two.w, atol=1e-6)


def test_small_rate_raises_the_loss_at_once_where_the_features_are_large() -> None:
    cancer = load_breast_cancer()
    small = fit_gradient_descent(cancer.X, cancer.y, learning_rate=1e-3, n_steps=1).history.log_loss
    safe = fit_gradient_descent(
        cancer.X, cancer.y, learning_rate=0.99 * safe_learning_rate(cancer.X), n_steps=100
    ).history.log_loss
    assert small[1] > 10 * small[0]
    assert (np.diff(safe) < 0).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_step_below_the_safe_rate_lowers_the_loss_from_any_start(seed: int) -> None:
    start = np.random.default_rng(seed).normal(scale=5, size=D)
    rate = 0.99 * safe_learning_rate(X)
    walk = fit_gradient_descent(X, Y, learning_rate=rate, n_steps=50, w_start=start).history.log_loss
    assert (np.diff(walk) < 0).all()


def test_walk_settles_two_per_cent_below_the_limit_and_not_two_per_cent_above() -> None:
    limit, lowest = learning_rate_limit(X, best().w, best().b), best().history.log_loss[-1]
    assert safe_learning_rate(X) < limit
    below, above = (fit_gradient_descent(X, Y, learning_rate=k * limit, n_steps=1000) for k in (0.98, 1.02))
    assert below.history.gradient_norm[-1] < 1e-9
    assert below.history.log_loss[-1] == pytest.approx(lowest, abs=1e-12)
    assert above.history.gradient_norm[-100:].min() > 1e-3
    assert above.history.log_loss[-100:].min() > lowest + 1e-4


def test_walk_from_far_away_can_circle_below_the_limit_near_the_minimum() -> None:
    values, times = [8.1, -0.3, 0.1, 0.2, 0.1, 0.1, -0.5], [8, 15, 19, 29, 24, 11, 7]
    x = 100 * np.repeat(values, times)
    features, labels = np.append(x, -x).reshape(-1, 1), np.repeat([1.0, 0.0], x.size)
    fit = fit_newton(features, labels)
    limit = learning_rate_limit(features, fit.w, fit.b)
    circles, settles = (
        fit_gradient_descent(features, labels, learning_rate=share * limit, n_steps=1000).history.log_loss
        for share in (0.95, 0.90)
    )
    assert circles[-100:].max() > 5
    assert np.ptp(circles[-100:]) > 5
    assert settles[-1] == pytest.approx(fit.log_loss[-1], abs=1e-9)


def test_larger_rate_than_the_promised_one_can_work_as_well() -> None:
    walk = fit_gradient_descent(X, Y, learning_rate=3 * safe_learning_rate(X), n_steps=1000).history.log_loss
    assert (np.diff(walk) < 1e-15).all()
    assert walk[-1] == pytest.approx(best().history.log_loss[-1], abs=1e-9)


def sections(text: str) -> dict[str, str]:
    """Return a page's sections by anchor, each with its subsections."""
    plain = re.sub(r"^```.*?^```", lambda block: re.sub(r"(?m)^#", " ", block[0]), text, flags=re.MULTILINE | re.DOTALL)
    heads = list(re.finditer(r"^(?P<level>#{2,}) .*\{ #(?P<anchor>[\w-]+) \}$", plain, re.MULTILINE))
    found = {}
    for head in heads:
        level = len(head["level"])
        end = re.compile(rf"^#{{2,{level}}} ", re.MULTILINE).search(plain, head.end())
        found[head["anchor"]] = text[head.end() : end.start() if end else len(text)]
    return found


def outline_rows() -> dict[int, list[str]]:
    """Return the links of each numbered row of the last table."""
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", sections(PAGE)["rows"], re.MULTILINE)
    return {int(number): re.findall(r"\]\(([^)]+)\)", cells) for number, cells in rows}


def test_page_has_one_section_for_each_entry_and_then_the_rows() -> None:
    assert [*sections(PAGE)] == [*ENTRIES, "rows"]


@pytest.mark.parametrize("anchor", ENTRIES)
def test_entry_quotes_runs_code_computes_its_numbers_and_links_to_a_chapter(anchor: str) -> None:
    text = sections(PAGE)[anchor]
    for part in ("\n> ", "\n```python", "`{python} ", "](chapters/"):
        assert part in text, part


def test_summary_links_to_each_entry_in_order() -> None:
    head = PAGE[: PAGE.index("\n## ")]
    assert re.findall(r"^\| \[(\d)\]\(#([\w-]+)\) \|", head, re.MULTILINE) == [
        (str(number), anchor) for number, anchor in enumerate(ENTRIES, 1)
    ]


def test_verdict_of_an_entry_is_that_of_the_summary_and_the_head_counts_them() -> None:
    head = PAGE[: PAGE.index("\n## ")]
    assert dict(re.findall(r"^\| \[\d\]\(#([\w-]+)\) \| .* \| ([a-z ]+) \| [^|]*\|$", head, re.MULTILINE)) == VERDICTS
    for anchor, verdict in VERDICTS.items():
        after_the_quote = re.search(r"^> .*\n\n\*\*([^*]+?)\.?\*\*", sections(PAGE)[anchor], re.MULTILINE)
        assert after_the_quote is not None
        assert after_the_quote[1] == verdict.capitalize(), anchor
    for word, verdict in (("Four", "wrong"), ("Two", "loose"), ("Two", "true but risky")):
        assert re.search(rf"{word} are\s+\*\*{verdict}\*\*", head)
        assert {"Two": 2, "Four": 4}[word] == list(VERDICTS.values()).count(verdict)


def test_outline_has_nineteen_numbered_rows_and_every_entry_mends_one() -> None:
    rows = outline_rows()
    assert list(rows) == list(ROWS) == list(range(1, 20))
    assert {link[1:] for links in rows.values() for link in links if link.startswith("#")} == set(ENTRIES)


@pytest.mark.parametrize("row", ROWS)
def test_row_links_to_sections_that_hold_what_the_outline_lists(row: int) -> None:
    linked = []
    for link in outline_rows()[row]:
        if not link.startswith("#"):
            path, anchor = link.split("#")
            linked.append(sections((DOCS / path).read_text())[anchor])
    text = "\n".join(linked)
    assert [part for part in ROWS[row] if part not in text] == []
