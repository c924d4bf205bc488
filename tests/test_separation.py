"""Separation is found exactly where a plane separates, and the plane proves it."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

from logreg_docs.datasets import load_breast_cancer, load_challenger, make_outline_data, make_students
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.newton import fit_newton
from logreg_docs.scaling import scale_columns
from logreg_docs.separation import find_separation, separation_margins

unhurried = examples(60)


@st.composite
def labelled_points(draw: st.DrawFn, n_features: int) -> tuple[np.ndarray, np.ndarray]:
    m = draw(st.integers(2, 9))
    X = draw(hnp.arrays(np.int64, (m, n_features), elements=st.integers(-3, 3)))
    y = draw(hnp.arrays(np.int64, m, elements=st.integers(0, 1)))
    return X.astype(float), y.astype(float)


def signed_rows(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    signed: np.ndarray = (2 * y - 1)[:, None] * np.column_stack([X, np.ones(len(y))])
    return signed


def exact_margins(X: np.ndarray, y: np.ndarray, direction: np.ndarray) -> list[Fraction]:
    plane = [Fraction(float(v)) for v in direction]
    return [sum((Fraction(a) * v for a, v in zip(row, plane, strict=True)), Fraction()) for row in signed_rows(X, y)]


def kind_in_one_dimension(x: np.ndarray, y: np.ndarray) -> str:
    zeros, ones = x[y == 0], x[y == 1]
    if not (zeros.size and ones.size) or zeros.max() < ones.min() or ones.max() < zeros.min():
        return "complete"
    touching = zeros.max() <= ones.min() or ones.max() <= zeros.min()
    return "quasi-complete" if touching and np.unique(x).size > 1 else "none"


def kind_in_two_dimensions(rows: np.ndarray) -> str:
    """Sum the extreme rays of the cone of separating planes; a cone in three dimensions has them on pairs of rows."""
    normals = [np.cross(a, b) for a, b in itertools.combinations(rows, 2)]
    rays = [sign * n for n in normals for sign in (1, -1) if n.any() and (rows @ (sign * n) >= 0).all()]
    margins = rows @ np.sum(rays, axis=0) if rays else np.zeros(len(rows))
    return "complete" if (margins > 0).all() else "quasi-complete" if (margins > 0).any() else "none"


@pytest.mark.parametrize(
    ("x", "y", "kind"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], "complete"),
        ([1, 2, 3, 4], [1, 1, 0, 0], "complete"),
        ([1, 2, 2, 4], [0, 0, 1, 1], "quasi-complete"),
        ([1, 2, 2, 2], [0, 0, 1, 1], "quasi-complete"),
        ([1, 3, 2, 4], [0, 0, 1, 1], "none"),
        ([1, 1, 2, 2], [0, 1, 0, 1], "none"),
        ([1, 1, 1, 1], [0, 1, 0, 1], "none"),
        ([1, 2], [0, 1], "complete"),
        ([1, 2], [1, 1], "complete"),
        ([1], [0], "complete"),
        ([2, 2], [0, 1], "none"),
    ],
)
def test_cases_on_a_line_are_as_worked_out_by_hand(x: list[float], y: list[int], kind: str) -> None:
    found = find_separation(np.reshape(x, (-1, 1)), y)
    assert found.kind == kind
    assert (found.direction is None) == (kind == "none")


@given(labelled_points(1))
@unhurried
def test_kind_on_a_line_follows_from_the_order_of_the_points(data: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = data
    assert find_separation(X, y).kind == kind_in_one_dimension(X[:, 0], y)


@given(labelled_points(2))
@examples(150)
def test_kind_in_the_plane_agrees_with_enumerating_every_extreme_ray(data: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = data
    rows = signed_rows(X, y)
    if np.linalg.matrix_rank(rows) == 3:
        assert find_separation(X, y).kind == kind_in_two_dimensions(rows.astype(np.int64))


@given(labelled_points(3))
@unhurried
def test_the_direction_is_a_certificate(data: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = data
    found = find_separation(X, y)
    if found.direction is None:
        return
    margins = np.array([float(margin) for margin in exact_margins(X, y, found.direction)])
    own_side = margins > 1 - 1e-6
    on_plane = np.abs(margins) < 1e-6
    assert (own_side | on_plane).all()
    assert own_side.all() if found.kind == "complete" else own_side.any() and on_plane.any()


@pytest.mark.parametrize("seed", range(5))
def test_random_data_cut_by_a_plane_are_completely_separated(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 4))
    y = (X @ rng.normal(size=4) > 0.1).astype(float)
    found = find_separation(X, y)
    assert found.kind == "complete"
    assert found.direction is not None
    assert min(exact_margins(X, y, found.direction)) > 0


@pytest.mark.parametrize("seed", range(5))
def test_overlapping_data_have_a_finite_optimum_which_proves_the_overlap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(80, 3))
    y = (X[:, 0] + rng.logistic(size=80) > 0).astype(float)
    assert find_separation(X, y).kind == "none"
    fit = fit_newton(X, y, strict=False)
    # Positive weights that balance the signed rows exclude every separating plane (Stiemke's lemma).
    residuals = 1 / (1 + np.exp((2 * y - 1) * (X @ fit.w + fit.b)))
    assert residuals.min() > 0
    assert_allclose(residuals @ signed_rows(X, y), 0, atol=1e-9)


def test_moving_one_row_across_the_plane_turns_separation_into_overlap() -> None:
    x, y = np.arange(10.0)[:, None], (np.arange(10) > 4).astype(float)
    assert find_separation(x, y).kind == "complete"
    y[0] = 1
    assert find_separation(x, y).kind == "none"


def test_xor_is_not_separable_until_the_product_of_its_columns_is_added() -> None:
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 0]
    assert find_separation(X, y).kind == "none"
    assert find_separation(np.column_stack([X, X[:, 0] * X[:, 1]]), y).kind == "complete"


def test_data_sets_of_the_site_overlap_but_for_breast_cancer_with_all_thirty_features() -> None:
    challenger, students, outline = load_challenger(), make_students(), make_outline_data()
    assert find_separation(challenger.X, challenger.y).kind == "none"
    assert find_separation(students.hours[:, None], students.passed).kind == "none"
    assert find_separation(outline.X_train, outline.y_train).kind == "none"
    cancer = load_breast_cancer()
    assert find_separation(cancer.X[:, :10], cancer.y).kind == "none"
    found = find_separation(cancer.X, cancer.y)
    assert found.kind == "complete"
    assert found.direction is not None
    assert min(exact_margins(cancer.X, cancer.y, found.direction)) > 0


@pytest.mark.parametrize("seed", range(4))
def test_dependent_columns_are_not_mistaken_for_separation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    base = rng.normal(size=(60, 2))
    y = (base[:, 0] + rng.logistic(size=60) > 0).astype(float)
    X = np.column_stack([base, base[:, 0], base @ [0.3, -1.7], np.full(60, 0.1), np.zeros(60)])
    assert find_separation(X, y).kind == "none"


def test_more_columns_than_rows_in_general_position_separate_completely() -> None:
    X = np.random.default_rng(0).normal(size=(5, 8))
    found = find_separation(X, [0, 1, 1, 0, 1])
    assert found.kind == "complete"
    assert found.direction is not None
    assert min(exact_margins(X, np.array([0.0, 1, 1, 0, 1]), found.direction)) > 0


@pytest.mark.parametrize("exponent", [-300, -100, -9, 0, 9, 100, 300])
@pytest.mark.parametrize(
    ("y", "kind"), [([0, 0, 1, 1], "quasi-complete"), ([0, 1, 0, 0], "none"), ([0, 1, 1, 1], "complete")]
)
def test_units_do_not_change_the_answer(exponent: int, y: list[int], kind: str) -> None:
    x = np.array([[0.0], [1.0], [1.0], [2.0]]) * 10.0**exponent
    found = find_separation(x, y)
    assert found.kind == kind
    if found.direction is not None:
        assert separation_margins(x, y, found.direction).min() > -1e-6


@pytest.mark.parametrize("offset", [0.0, 0.7, 100.0, -1e4])
def test_ties_survive_the_rounding_of_thirds_and_offsets(offset: float) -> None:
    rng = np.random.default_rng(5)
    grid = rng.integers(-3, 4, size=(60, 3))
    side = grid @ [2, -1, 1]
    grid = np.vstack([grid, grid[side == 0]])  # both labels on the plane
    y = np.concatenate([side >= 0, np.zeros((side == 0).sum())])
    assert find_separation(grid, y).kind == "quasi-complete"
    assert find_separation(grid / 3 + offset, y).kind == "quasi-complete"


@pytest.mark.parametrize("offset", [0.1, 1000.1])
def test_a_plane_through_the_origin_has_an_intercept_of_exactly_zero(offset: float) -> None:
    low_first = np.sort(offset + np.random.default_rng(0).random((5, 2)), axis=1)
    found = find_separation(np.vstack([low_first, low_first[:, ::-1]]), np.repeat([0, 1], 5))
    assert found.direction is not None
    assert found.direction[0] == pytest.approx(-found.direction[1], rel=1e-9, abs=0)
    assert found.direction[2] == 0


def test_the_result_cannot_be_changed() -> None:
    found = find_separation([[1.0], [2.0]], [0, 1])
    assert found.direction is not None
    with pytest.raises(ValueError, match="read-only"):
        found.direction[0] = 0


def test_margins_are_signed_logits() -> None:
    assert_allclose(separation_margins([[1.0, 2.0], [3.0, 4.0]], [0, 1], [0.5, -1.0, 0.25]), [1.25, -2.25])


def test_margins_beyond_float64_raise_instead_of_warning() -> None:
    with pytest.raises(ValueError, match="must be finite, got an overflow"):
        separation_margins([[1e200]], [1], [1e200, 0.0])


def test_columns_at_the_end_of_float64_are_judged_like_others() -> None:
    x = np.array([[1.7e308], [-1.7e308], [-1.7e308], [-1.7e308]])
    assert find_separation(x, [1, 0, 0, 0]).kind == "complete"
    assert find_separation(x, [1, 0, 1, 0]).kind == "quasi-complete"
    with pytest.raises(ValueError, match=r"columns so small .* columns \[0\]\. Change their unit"):
        find_separation([[5e-324], [0.0]], [1, 0])


def test_weights_of_separated_data_grow_like_the_logarithm_of_the_steps_over_the_margin() -> None:
    x, y = np.array([[-3.0], [-2.0], [-1.0], [2.0], [3.0]]), [0, 0, 0, 1, 1]
    walk = fit_gradient_descent(x, y, learning_rate=1.4, n_steps=8000)
    length = np.hypot(walk.history.w[:, 0], walk.history.b)
    # The shortest plane with margins of at least 1 is (2/3, -1/3), of length sqrt(5) / 3.
    assert (length[8000] - length[800]) / np.log(10) == pytest.approx(np.sqrt(5) / 3, rel=0.03, abs=0)


def test_the_loss_of_separated_data_falls_like_one_over_the_steps() -> None:
    x, y = np.array([[-3.0], [-2.0], [-1.0], [1.0], [2.0], [3.0]]), [0, 0, 0, 1, 1, 1]
    walk = fit_gradient_descent(x, y, learning_rate=1.0, n_steps=8000)
    assert 8000 * walk.history.log_loss[-1] == pytest.approx(1, rel=0.01, abs=0)


def test_a_penalty_bounds_the_weights_of_separable_data() -> None:
    cancer = load_breast_cancer()
    Z = scale_columns(cancer.X).Z
    for l2 in (1e-5, 1e-2, 10.0):
        assert np.linalg.norm(fit_newton(Z, cancer.y, l2=l2).w) <= np.sqrt(2 * np.log(2) / l2)


def test_a_penalty_picks_the_shortest_of_all_weights_with_the_same_logits() -> None:
    hours, passed = make_students().hours[:, None], make_students().passed
    alone = fit_newton(hours, passed).w[0]
    pair = fit_newton(np.column_stack([hours, 60 * hours]), passed, l2=1e-5).w
    assert_allclose(pair, alone * np.array([1, 60]) / 3601, rtol=1e-5)


@pytest.mark.parametrize("delta", [1.0, 0.1, 1e-3, 1e-5])
def test_standard_errors_grow_as_two_columns_approach_and_that_of_the_sum_does_not(delta: float) -> None:
    hours, passed = make_students().hours, make_students().passed
    noise = np.random.default_rng(3).normal(size=hours.size)
    apart = fit_newton(np.column_stack([hours, noise]), passed)
    near = fit_newton(np.column_stack([hours, hours + delta * noise]), passed)
    assert near.standard_errors[1] == pytest.approx(apart.standard_errors[1] / delta, rel=1e-4, abs=0)
    assert near.w.sum() == pytest.approx(apart.w[0], rel=1e-6, abs=0)
    assert near.covariance[:2, :2].sum() == pytest.approx(apart.covariance[0, 0], rel=1e-3, abs=0)


@pytest.mark.parametrize("k", [1 / 24, 60.0])
def test_units_k_times_smaller_weaken_the_penalty_by_the_square_of_k(k: float) -> None:
    hours, passed = make_students().hours[:, None], make_students().passed
    renamed = fit_newton(k * hours, passed, l2=0.1)
    assert k * renamed.w[0] == pytest.approx(fit_newton(hours, passed, l2=0.1 / k**2).w[0], rel=1e-9, abs=0)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("decimals", [10, 11, 12])
def test_columns_that_nearly_repeat_one_another_are_no_separation(seed: int, decimals: int) -> None:
    shares = np.round(np.random.default_rng(seed).dirichlet([2.0, 2.0, 2.0], 200), decimals)
    y = (np.random.default_rng(seed + 1).random(200) < shares[:, 0]).astype(float)
    assert find_separation(shares, y).kind == "none"
