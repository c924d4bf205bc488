"""Separation is decided right by the walk and by the linear program, however small the gap and however far from 0."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from test_separation import kind_in_one_dimension, kind_in_two_dimensions, signed_rows

from logreg_docs import _separability
from logreg_docs._separability import Verdict, is_separable
from logreg_docs.datasets import load_challenger
from logreg_docs.newton import fit_newton
from logreg_docs.separation import find_separation, separation_margins
from logreg_docs.softmax import fit_softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.fixture
def without_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the decision to the linear program."""
    monkeypatch.setattr(_separability, "_MOST_STEPS", 0)
    monkeypatch.setattr(_separability, "_balanced", lambda *_: False)


@pytest.mark.usefixtures("without_walk")
def test_a_failure_of_the_linear_program_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = SimpleNamespace(status=4, message="numerical difficulties", x=None)
    monkeypatch.setattr(_separability, "linprog", lambda *_args, **_options: failed)
    with pytest.raises(RuntimeError, match="numerical difficulties"):
        find_separation([[1.0], [2.0]], [0, 1])


@pytest.mark.usefixtures("without_walk")
@pytest.mark.parametrize("kind", ["complete", "quasi-complete", "none"])
def test_the_linear_program_answers_alike_and_looks_once_at_equal_rows(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    labels = {"complete": [0, 0, 0, 1], "quasi-complete": [0, 0, 1, 1], "none": [0, 1, 1, 0]}[kind]
    tie = [0, 1] if kind == "quasi-complete" else []
    X, y = np.tile(np.vstack([corners, corners[tie]]), (500, 1)), np.tile(labels + [1] * len(tie), 500)
    solved: list[int] = []
    program = _separability._solve_program

    def count(rows: NDArray[np.float64]) -> object:
        solved.append(len(rows))
        return program(rows)

    monkeypatch.setattr(_separability, "_solve_program", count)
    assert find_separation(X, y).kind == kind
    assert solved == [4 + len(tie)]


@pytest.mark.usefixtures("without_walk")
@pytest.mark.parametrize(("gap", "kind"), [(1e-9, "complete"), (-1e-9, "none"), (-1e-10, "none")])
def test_a_plane_that_leans_on_the_tolerance_of_the_solver_is_not_reported(gap: float, kind: str) -> None:
    assert find_separation([[0.0], [1.0], [1.0 + gap], [2.0]], [0, 0, 1, 1]).kind == kind


@pytest.mark.usefixtures("without_walk")
def test_a_near_tie_that_defeats_the_tightest_tolerance_is_still_answered() -> None:
    rng = np.random.default_rng(1056)
    m = int(rng.integers(5, 30))
    x = rng.standard_cauchy(size=(m, 1))  # one value is at -5e9, the others are near 0
    y = (rng.random(m) < rng.choice([0.1, 0.3, 0.5])).astype(float)
    assert find_separation(x, y).kind == kind_in_one_dimension(x[:, 0], y) == "none"


def close_points(gap: float, offset: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return two classes on a line of about unit length, apart by a gap or over one another by a negative one."""
    low, high = -np.append(0.0, rng.random(9)), np.append(0.0, rng.random(9))
    return offset + np.concatenate([low, high + gap])[:, None], np.repeat([0.0, 1.0], 10)


gaps = st.sampled_from([-1.0, 1.0]).flatmap(lambda sign: st.floats(-12, 0).map(lambda power: sign * 10**power))


@given(gaps, st.one_of(st.just(0.0), st.floats(0, 15.9).map(lambda power: 10.0**power)), st.integers(0, 99))
@examples(100)
def test_every_gap_and_overlap_is_decided_as_by_exact_numbers(gap: float, offset: float, seed: int) -> None:
    X, y = close_points(gap, offset, np.random.default_rng(seed))
    assert find_separation(X, y).kind == kind_in_one_dimension(X[:, 0], y)


@given(gaps, st.integers(0, 99))
@examples(30)
def test_what_separates_two_nearly_equal_columns_is_seen(gap: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    t, y = rng.random(8), rng.permutation(np.repeat([0.0, 1.0], 4))
    side = np.where(y == 1, 1.0, -1.0)
    if gap < 0:
        side[[y.argmin(), y.argmax()]] *= -1
    X = np.column_stack([t, t + abs(gap) * side])
    exact = np.vectorize(lambda value: Fraction(float(value)), otypes=[object])(signed_rows(X, y))
    assert find_separation(X, y).kind == kind_in_two_dimensions(exact)


def test_differences_far_from_zero_separate_where_floats_hold_them_exactly() -> None:
    x, y = 2.0**53 - 40 + np.arange(20), np.arange(20) >= 10
    assert find_separation(x[:, None], y).kind == "complete"
    with pytest.raises(ValueError, match="overlap"):
        fit_newton(x[:, None], y)


def test_a_year_of_hours_that_overlaps_by_one_second_has_its_finite_optimum() -> None:
    t = 1_700_000_000 + 3600 * np.arange(8760.0)
    t = np.sort(np.append(t, t[4380] + 1))
    y = (np.arange(8761) > 4380).astype(float)
    y[[4380, 4381]] = y[[4381, 4380]]
    assert find_separation(t[:, None], y).kind == "none"
    assert fit_newton(t[:, None], y).converged


def test_many_rows_are_decided_without_a_linear_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_separability, "linprog", None)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 10))
    y = (X[:, 0] + rng.logistic(size=20_000) > 0).astype(float)
    assert find_separation(X, y).kind == "none"
    X[:, 9] = rng.random(20_000) < 0.01
    y[X[:, 9] == 1] = 1
    found = find_separation(X, y)
    assert found.kind == "quasi-complete"
    assert found.direction is not None
    margins = separation_margins(X, y, found.direction)
    assert_array_equal(margins > 0.5, X[:, 9] == 1)
    assert margins.min() > -1e-9


def test_a_first_step_that_touches_a_row_does_not_end_the_walk() -> None:
    # The first step leads along the least squares line, which is 0 at 1.
    assert find_separation([[0.0], [0.0], [1.0], [3.0]], [0, 0, 1, 1]).kind == "complete"


@pytest.mark.parametrize("seed", [53, 91, 152, 239])
def test_rounding_of_rows_on_the_plane_is_no_separation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    width, m = (int(rng.integers(low, low + 3)) for low in (1, 2))
    ones = rng.integers(-3, 4, size=(m, width))
    on_plane = np.vstack([2 * ones, ones + ones[::-1]])  # every row of class 0 lies midway between two of class 1
    beside = rng.integers(-3, 4, size=(6, width))
    height = np.concatenate([np.zeros(2 * m), rng.integers(1, 4, 3), -rng.integers(1, 4, 3)])
    X = np.column_stack([np.vstack([on_plane, beside]), height]) / rng.choice([1, 3, 7])
    assert find_separation(X, np.repeat([1, 0, 1, 0], [m, m, 3, 3])).kind == "quasi-complete"


@pytest.mark.parametrize("seed", [37, 322])
def test_rows_that_have_lost_their_weight_are_no_proof_of_overlap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, d = int(rng.integers(4, 14)), int(rng.integers(1, 5))
    grid = rng.integers(-2, 3, size=(m, d))
    side = grid @ rng.integers(-2, 3, d)
    y = np.concatenate([side >= 0, np.zeros((side == 0).sum())])
    grid = np.vstack([grid, grid[side == 0]])  # both labels on the plane
    X = grid / rng.choice([1, 3, 7]) + rng.choice([0, 0.1])
    assert find_separation(X, y).kind == "quasi-complete"


def test_a_walk_that_can_go_no_further_leaves_the_answer_to_the_linear_program() -> None:
    rng = np.random.default_rng(882)
    m, d = int(rng.integers(4, 14)), int(rng.integers(1, 5))
    X = rng.integers(-3, 4, size=(m, d)) * 10.0 ** rng.integers(-9, 9, size=(m, 1))
    assert find_separation(X, rng.integers(0, 2, m)).kind == "quasi-complete"


def test_the_end_of_the_walk_may_prove_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_separability, "linprog", None)
    monkeypatch.setattr(_separability, "_MOST_STEPS", 7)  # four would not do, and the next look is after eight
    x = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [100.0]])
    assert find_separation(x, [0, 0, 1, 0, 1, 1]).kind == "none"


def test_steps_that_would_overshoot_are_halved_on_the_way_to_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_separability, "linprog", None)
    rng = np.random.default_rng(307)
    X, y = rng.lognormal(sigma=3, size=(40, 3)), (rng.random(40) < 0.1).astype(float)
    assert find_separation(X, y).kind == "none"


# What a fit is told


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.booleans()), min_size=2, max_size=12),
    st.lists(st.floats(-30, 30), min_size=3, max_size=3),
)
@examples(60)
def test_a_fit_hears_what_find_separation_finds_wherever_it_ended(
    rows: list[tuple[int, int, bool]], point: list[float]
) -> None:
    X, y = np.array([row[:2] for row in rows], dtype=float), np.array([row[2] for row in rows], dtype=float)
    assert is_separable(X, y, np.array(point[:2]), point[2]) == (find_separation(X, y).kind != "none")


@pytest.mark.parametrize("units", [[1.0, 1.0, 1.0], [1e-6, 1e3, 1.0], [1e200, 1e-150, 1.0]])
@pytest.mark.parametrize("separated", [True, False])
def test_clear_cases_need_no_copy_of_the_rows_in_any_units(
    units: list[float], monkeypatch: pytest.MonkeyPatch, *, separated: bool
) -> None:
    monkeypatch.setattr(_separability, "decide", None)
    rng = np.random.default_rng(0)
    X = rng.normal([4.0, -5.0, 0.0], size=(400, 3))
    scores = X @ [1.0, 2.0, -1.0] + 6.5
    y = (scores + (0 if separated else rng.logistic(size=400)) > 0).astype(float)
    for w, b in (([0, 0, 0], 0.0), ([0.1, 0.2, -0.1], 0.6), ([-1e100, 1e100, 0], 5.0), ([9.0, 0, 0], -99.0)):
        assert is_separable(X * units, y, np.divide(w, units), b) == separated


def test_the_optimum_proves_overlap_without_another_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_separability, "backtrack", None)
    data = load_challenger()
    fit = fit_newton(data.X, data.y, l2=1e-12)
    assert not is_separable(data.X, data.y, fit.w, fit.b)


@pytest.mark.parametrize("row", range(5))
def test_a_single_row_beyond_the_plane_is_overlap_wherever_it_stands(row: int) -> None:
    x, y = np.roll([3.0, 0.0, 1.0, 2.0, 4.0], row), np.roll([0, 0, 0, 1, 1], row)
    assert not is_separable(x[:, None], y, np.array([1.0]), -1.5)


@pytest.mark.parametrize("y", [[0, 1, 0, 1], [0, 0, 1, 1]])
def test_a_fit_that_cannot_go_on_is_told_what_decide_finds(y: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_separability, "backtrack", lambda *_: None)
    X = np.array([[0.0], [1.0], [2.0], [3.0]])
    assert is_separable(X, np.array(y), np.array([0.3]), 0.2) is (y == [0, 0, 1, 1])


def test_a_point_that_overflows_is_no_place_to_start_from() -> None:
    X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 1, 0, 1])
    assert not is_separable(X, y, np.array([1e308]), 1e308)
    assert not is_separable(X * 1e200, y, np.array([1e200]), 0.0)
    assert not is_separable(np.hstack([X, X]) * 1e200, y, np.array([1e200, -1e200]), 0.0)


def test_a_proof_of_overlap_needs_a_small_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_separability, "_EARLY_STEPS", 1)
    monkeypatch.setattr(_separability, "decide", lambda _rows: Verdict("complete", None))
    X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 1, 0, 1])
    assert not is_separable(X, y, np.array([0.9082]), -1.3623)
    assert is_separable(X, y, np.array([0.0]), 0.2)


def splits_on_a_line(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether some classes lie at or below a point and the others at or above, as in every separation on a line."""
    ends = [(x[y == k].min(), x[y == k].max()) for k in np.unique(y)]
    points = [high for _, high in ends]
    return np.unique(x).size > 1 and any(
        {low >= point for low, high in ends if high > point} == {True} for point in points
    )


def classes_on_a_line(gaps: list[float], offset: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return classes of unit length one after the other, apart by each gap or over one another by a negative one."""
    rng = np.random.default_rng(seed)
    starts = np.cumsum([0.0, *(1 + gap for gap in gaps)])
    x = np.concatenate([offset + start + np.append([0.0, 1.0], rng.random(4)) for start in starts])
    return x, np.repeat(np.arange(len(starts)), 6)


def assert_decided_exactly(x: np.ndarray, y: np.ndarray) -> None:
    if splits_on_a_line(x, y):
        with pytest.raises(ValueError, match="no finite optimum"):
            fit_softmax(x[:, None], y)
    else:
        assert fit_softmax(x[:, None], y, max_steps=1).separated is False


@given(
    st.lists(
        st.sampled_from([-1.0, 1.0]).flatmap(lambda s: st.floats(-11, 0).map(lambda p: s * 10**p)),
        min_size=1,
        max_size=3,
    ),
    st.one_of(st.just(0.0), st.floats(0, 15.9).map(lambda power: 10.0**power)),
    st.integers(0, 99),
)
@examples(60)
def test_two_to_four_classes_are_refused_exactly_where_they_separate(
    gaps: list[float], offset: float, seed: int
) -> None:
    x, y = classes_on_a_line(gaps, offset, seed)
    if np.unique(x).size > 1:
        assert_decided_exactly(x, y)


@pytest.mark.parametrize(
    ("gaps", "offset", "seed"),
    [
        ([-1.4810755032583618e-10, 0.02858732340674242], 0.0, 38),
        ([-3.558103236174226e-10, 0.09544226967301234], 0.0, 42),
        ([-2.983204751169488e-08, -6.107158360955636e-05, 0.013795719080034524], 0.0, 33),
        ([-1.4623855105132043e-08, 0.01277776400456743], 1520408.1596374605, 10),
        ([-1.0352818496777163e-09, 0.00021729583965721352], 0.0, 27),
        ([0.005856214507137066, -8.978189075253191e-09, -0.00042640816424771864], 865.1919537455266, 12),
        ([-1.090299143699596e-10, -7.083246098596093e-11, -9.498559832605804e-09], 0.0, 7),
    ],
)
def test_a_class_apart_from_others_that_overlap_by_little(gaps: list[float], offset: float, seed: int) -> None:
    assert_decided_exactly(*classes_on_a_line(gaps, offset, seed))
