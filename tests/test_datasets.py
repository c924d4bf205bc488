"""Data sets are the published ones, the same on every run, and cannot be changed by a reader."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import sklearn.datasets
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.model_selection import train_test_split

from logreg_docs import datasets
from logreg_docs.datasets import (
    load_breast_cancer,
    load_challenger,
    load_students,
    make_outline_data,
    make_students,
    make_xor,
)

if TYPE_CHECKING:
    from collections.abc import Callable

every_data_set = pytest.mark.parametrize(
    "load", [load_students, make_students, make_outline_data, load_breast_cancer, load_challenger]
)


def arrays(data: Any) -> dict[str, np.ndarray]:
    fields = {field.name: getattr(data, field.name) for field in dataclasses.fields(data)}
    return {name: value for name, value in fields.items() if isinstance(value, np.ndarray)}


@every_data_set
def test_two_calls_give_equal_data(load: Callable[[], Any]) -> None:
    first, second = arrays(load()), arrays(load())
    assert first.keys() == second.keys()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])


@every_data_set
def test_arrays_are_finite_floats_that_cannot_be_written_to(load: Callable[[], Any]) -> None:
    for values in arrays(load()).values():
        assert values.dtype == np.float64
        assert np.isfinite(values).all()
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0


@every_data_set
def test_fields_cannot_be_replaced(load: Callable[[], Any]) -> None:
    data = load()
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(data, dataclasses.fields(data)[0].name, None)


@pytest.mark.parametrize("load", [load_breast_cancer, load_challenger])
def test_measured_data_carry_one_name_per_column_and_their_source(load: Callable[[], Any]) -> None:
    data = load()
    assert data.X.shape == (data.y.size, len(data.feature_names))
    assert len(data.target_names) == 2
    assert set(data.y) == {0.0, 1.0}
    assert len(data.source) > 20


@examples(50)
@given(st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_students_have_plausible_hours_scores_and_passes(n_samples: int, seed: int) -> None:
    students = make_students(n_samples, seed=seed)
    assert students.hours.shape == students.scores.shape == students.passed.shape == (n_samples,)
    assert (np.diff(students.hours) >= 0).all()
    assert students.hours.min() >= 0.5
    assert students.hours.max() <= 10.0
    assert ((students.scores >= 0) & (students.scores <= 100)).all()
    np.testing.assert_array_equal(students.scores, np.round(students.scores))
    np.testing.assert_array_equal(students.passed, students.scores >= students.pass_mark)


def test_many_students_recover_the_line_and_the_noise_they_were_drawn_from() -> None:
    students = make_students(20_000, seed=1)
    slope, intercept = np.polyfit(students.hours, students.scores, 1)
    noise = students.scores - intercept - slope * students.hours
    assert slope == pytest.approx(5.2, abs=0.1)
    assert intercept == pytest.approx(22.0, abs=0.5)
    assert noise.std() == pytest.approx(9.0, abs=0.2)


def test_default_students_overlap_so_that_a_finite_fit_exists() -> None:
    students = make_students()
    assert students.hours[students.passed == 1].min() < students.hours[students.passed == 0].max()


def test_outline_data_are_what_scikit_learn_draws() -> None:
    X, y = sklearn.datasets.make_classification(1000, n_features=10, random_state=42)
    parts = train_test_split(X, y, test_size=0.2, random_state=42)
    split = make_outline_data()
    for ours, theirs in zip((split.X_train, split.X_test, split.y_train, split.y_test), parts, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_outline_training_matrix_has_rank_eight_of_ten() -> None:
    assert np.linalg.matrix_rank(make_outline_data().X_train) == 8


def test_outline_data_refuse_sizes_that_cannot_be_drawn_or_split() -> None:
    with pytest.raises(ValueError, match="n_samples must be at least 2 to be split, got 1"):
        make_outline_data(1)
    with pytest.raises(ValueError, match=r"n_features must be at least 4 .*got 3"):
        make_outline_data(n_features=3)
    smallest = make_outline_data(2, n_features=4)
    assert (smallest.X_train.shape, smallest.X_test.shape) == ((1, 4), (1, 4))


def test_breast_cancer_data_are_what_scikit_learn_ships() -> None:
    data, bunch = load_breast_cancer(), sklearn.datasets.load_breast_cancer()
    np.testing.assert_array_equal(data.X, bunch.data)
    np.testing.assert_array_equal(data.y, bunch.target)
    assert data.feature_names[0] == "mean radius"
    assert int(data.y.sum()) == 357


def test_challenger_data_give_the_published_maximum_likelihood_estimate() -> None:
    data = load_challenger()

    def negative_log_likelihood(parameters: np.ndarray) -> float:
        z = parameters[0] + parameters[1] * (data.X[:, 0] - 70.0)
        return float(np.sum(np.logaddexp(0.0, z) - data.y * z))

    best = minimize(negative_log_likelihood, np.zeros(2), method="BFGS", options={"gtol": 1e-8})
    slope = best.x[1]
    assert slope == pytest.approx(-0.2322, abs=5e-5)
    assert best.x[0] - 70.0 * slope == pytest.approx(15.0429, abs=5e-4)


def test_challenger_launches_do_not_include_the_accident() -> None:
    data = load_challenger()
    assert data.y.size == 23
    assert int(data.y.sum()) == 7
    assert data.X.min() == 53.0
    assert data.X.max() == 81.0


def test_students_of_the_chapters_are_the_forty_of_seed_seven() -> None:
    students = make_students()
    assert students.hours.size == 40
    assert students.hours[:4].tolist() == [0.5, 0.6, 0.6, 0.8]
    assert students.scores[:4].tolist() == [24.0, 26.0, 26.0, 15.0]
    assert students.passed.sum() == 18
    assert students.pass_mark == 50.0
    assert arrays(students)["scores"].tolist() == make_students(40, seed=7).scores.tolist()


def test_file_of_the_students_holds_those_that_the_generator_draws() -> None:
    shipped, made = load_students(), make_students()
    for name, values in arrays(shipped).items():
        np.testing.assert_array_equal(values, getattr(made, name))
    assert shipped.pass_mark == made.pass_mark


def rows(*lines: str) -> str:
    return "\n".join(["hours,score,passed", *lines])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "opens with ''"),
        ("x,y,z\n1,2,0", r"opens with 'x,y,z', and SUBJECT names the columns 'hours,score,passed'"),
        (rows(), "holds no rows"),
        (rows("1,many,0"), r"must hold numbers: .*'many'"),
        (rows("1,20"), "three finite numbers a line"),
        (rows("1,nan,0"), "three finite numbers a line"),
        (rows("1,20,0", "1100,70,1"), "a feature that runs from 1 to 1100, and axes and sliders from 0 to 10"),
        (rows("1,-20,0", "2,70,1"), "a score that runs from -20 to 70, and axes and sliders from 0 to 100"),
        (rows("1,20,1", "2,70,1"), r"score 20 and label 1: the label is 1 from SUBJECT.pass_mark, 50, on"),
        (rows("1,20,0", "2,30,0"), "label 0 alone"),
        (rows("1,70,1", "2,30,0"), "curves rise: turn it over"),
        (rows("1,20,0", "2,30,0", "2,70,1"), "a threshold parts, so no finite fit exists"),
    ],
)
def test_rows_that_the_chapters_cannot_show_are_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=rf"students\.csv .*{problem}"):
        datasets._parse_students(text)


def test_rows_are_put_in_order_of_the_feature() -> None:
    students = datasets._parse_students(rows("4,60,1", "1,20,0", "5,30,0"))
    assert (students.hours.tolist(), students.passed.tolist()) == ([1, 4, 5], [0, 1, 0])


def test_scores_stay_between_nothing_and_full_marks() -> None:
    scores = make_students(100_000).scores
    assert (scores.min(), scores.max()) == (0.0, 100.0)


def test_outline_data_take_every_seed_of_32_bits() -> None:
    for seed in (0, 2**32 - 1):
        assert make_outline_data(20, random_state=seed).X_train.shape == (16, 10)


def test_exclusive_or_scatters_around_its_corners_by_the_generator_of_its_seed() -> None:
    data = make_xor(2, spread=0.1, seed=3)
    corners = [[0, 0], [0, 0], [0, 1], [0, 1], [1, 0], [1, 0], [1, 1], [1, 1]]
    np.testing.assert_array_equal(data.X, corners + 0.1 * np.random.default_rng(3).normal(size=(8, 2)))
    assert data.y.tolist() == [0, 0, 1, 1, 1, 1, 0, 0]
    np.testing.assert_array_equal(make_xor(spread=0.1).X, make_xor(1, spread=0.1, seed=0).X)


def test_columns_and_classes_are_called_as_the_chapters_call_them() -> None:
    xor, challenger = make_xor(), load_challenger()
    assert (xor.feature_names, xor.target_names) == (("x1", "x2"), ("equal", "different"))
    assert challenger.feature_names == ("temperature (°F)",)
    assert challenger.target_names == ("no distress", "distress")
    sources = [data.source for data in (xor, challenger, load_breast_cancer())]
    assert sources == [
        "drawn around the truth table of the exclusive or",
        "Dalal, Fowlkes and Hoadley (1989), JASA 84, table 1",
        "UCI Machine Learning Repository, through sklearn.datasets.load_breast_cancer",
    ]
