"""The steps of Newton's method: two factors of one Hessian, and a step that is halved until it descends."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from logreg_docs._newton_steps import backtrack, cholesky_factor, orthonormal_basis, qr_factor, upper_inverse
from logreg_docs._objective import Objective
from logreg_docs.datasets import load_challenger


def challenger() -> Objective:
    data = load_challenger()
    X = (data.X - data.X.mean()) / data.X.std()
    return Objective(lambda rows, block: np.copyto(block[:, :-1], X[rows]), data.y, np.zeros(2))


def test_normal_equations_and_qr_give_one_factor_that_solves_and_inverts() -> None:
    rng = np.random.default_rng(0)
    rows, root, right = rng.normal(size=(50, 4)) * [1.0, 10.0, 0.1, 1.0], np.array([0.3, 2.0, 0.0, 0.0]), np.arange(4.0)
    hessian = rows.T @ rows + np.diag(root**2)
    for factor in (
        cholesky_factor(rows.T @ rows, root),
        qr_factor(np.vstack([rows, np.diag(root)]), tolerance=1e-14),
    ):
        assert factor is not None
        product = factor.R * factor.size
        assert_allclose(product.T @ product, hessian, rtol=1e-12, atol=1e-12)
        assert_allclose(factor.solve(right), np.linalg.solve(hessian, right), rtol=1e-10)
        assert_allclose(factor.inverse @ factor.inverse.T, np.linalg.inv(hessian), rtol=1e-10)


def test_columns_that_nearly_repeat_are_left_to_qr_and_those_that_repeat_have_no_factor() -> None:
    x, noise = np.random.default_rng(0).normal(size=(2, 50))
    near, same = np.column_stack([x, x + 1e-5 * noise]), np.column_stack([x, x])
    assert cholesky_factor(near.T @ near, np.zeros(2)) is None
    assert qr_factor(near, tolerance=1e-14) is not None
    assert qr_factor(same, tolerance=1e-14) is None
    assert cholesky_factor(same.T @ same, np.ones(2) * 10) is not None
    assert cholesky_factor(np.zeros((2, 2)), np.zeros(2)) is None
    assert qr_factor(np.zeros((3, 2)), tolerance=1e-14) is None


def test_a_pivot_must_exceed_its_share_of_the_largest() -> None:
    share = 2.0**-10
    rows = np.array([[1.0, 1.0], [0.0, share]])
    assert qr_factor(rows, tolerance=share) is None
    assert qr_factor(rows, tolerance=share / 2) is not None
    twice = np.column_stack([np.ones(4), 1 + share * np.array([-1, 1, -1, 1])])  # pivots 2 and 2 * share
    assert qr_factor(twice, tolerance=1.5 * share) is None
    assert qr_factor(twice, tolerance=share / 2) is not None


def test_the_basis_is_orthonormal_in_any_units_and_leaves_out_what_repeats() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 3)) * [1.0, 1e100, 1e-100]
    basis = orthonormal_basis(rows, tolerance=1e-14)
    assert_allclose((rows @ basis).T @ rows @ basis, np.eye(3), atol=1e-12)
    more = orthonormal_basis(np.column_stack([rows, 2 * rows[:, 0], np.zeros(50)]), tolerance=1e-14)
    assert more.shape == (5, 3)
    assert not more[4].any()


@pytest.mark.parametrize(("tolerance", "kept"), [(6e-4, 1), (4e-4, 2)])
def test_a_direction_is_kept_for_its_share_of_the_largest_singular_value(tolerance: float, kept: int) -> None:
    near = np.column_stack([np.ones(4), 1 + 1e-3 * np.array([-1, 1, -1, 1])])  # the share is 5e-4
    assert orthonormal_basis(near, tolerance=tolerance).shape == (2, kept)


def test_an_empty_triangle_is_inverted_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    assert upper_inverse(np.zeros((0, 0))).shape == (0, 0)
    assert capfd.readouterr() == ("", "")


def test_an_overshooting_step_is_halved_until_it_descends() -> None:
    objective, step = challenger(), np.array([-32.0, 0.0])
    end = backtrack(objective, objective.at(np.zeros(2)), step)
    assert end is not None
    assert step[0] < end.point[0] < 0
    assert end.log_loss < np.log(2)
    assert objective.at(2 * end.point).log_loss > np.log(2)


def test_a_step_is_taken_where_the_loss_has_rounded_to_zero() -> None:
    objective = Objective(
        lambda rows, block: np.copyto(block[:, :-1], np.array([[-1.0], [1.0]])[rows]), np.arange(2), np.zeros(2)
    )
    start, step = objective.at(np.array([1000.0, 0.0])), np.array([1.0, 0.0])
    assert start.objective == 0
    end = backtrack(objective, start, step)
    assert end is not None
    assert end.point[0] == 1001


def test_a_direction_that_only_climbs_is_not_taken() -> None:
    objective = challenger()
    start = objective.at(np.zeros(2))._replace(objective=0.3)
    assert backtrack(objective, start, np.array([1e12, 0.0])) is None
