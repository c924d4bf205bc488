"""Every border check says what came, what was expected and how to mend it, and leaves the caller's data alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from logreg_docs import _validation as check

finite = st.floats(allow_nan=False, allow_infinity=False)
finite_arrays = hnp.arrays(np.float64, hnp.array_shapes(max_dims=4, max_side=4), elements=finite)


@given(finite_arrays)
def test_as_array_returns_an_equal_copy_of_any_finite_array(value: np.ndarray) -> None:
    result = check.as_array(value, "value")
    assert result.dtype == np.float64
    assert not np.shares_memory(result, value)
    np.testing.assert_array_equal(result, value)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float16, np.float32, np.longdouble])
def test_as_array_accepts_every_real_dtype(dtype: Any) -> None:
    result = check.as_array(np.array([0, 1], dtype=dtype), "value")
    assert result.dtype == np.float64
    assert result.tolist() == [0.0, 1.0]


def test_as_array_accepts_tensors_lists_and_plain_numbers() -> None:
    assert check.as_array(torch.tensor([1.5, 2.0]), "value").tolist() == [1.5, 2.0]
    assert check.as_array([[1, 2]], "value").shape == (1, 2)
    assert check.as_array(3, "value").shape == ()


@pytest.mark.parametrize(
    "value", ["text", ["1", "2"], [None], [1 + 2j], [object()], np.array(["2020"], "datetime64[Y]")]
)
def test_as_array_refuses_what_is_not_a_real_number(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^value must hold real numbers, got an array of dtype .*np\.asarray"):
        check.as_array(value, "value")


@pytest.mark.parametrize("value", [[], [[]], np.empty((0, 3)), np.empty((3, 0))])
def test_as_array_refuses_an_empty_array_and_names_its_shape(value: Any) -> None:
    with pytest.raises(ValueError, match=r"must not be empty, got shape \(.*\)\. Pass at least one value\."):
        check.as_array(value, "value")


def test_as_array_refuses_ragged_rows() -> None:
    with pytest.raises(ValueError, match=r"rows of unequal length. Give every row the same number"):
        check.as_array([[1.0], [1.0, 2.0]], "value")


@given(finite_arrays, st.sampled_from([math.nan, math.inf, -math.inf]), st.data())
def test_as_array_counts_what_is_not_finite(value: np.ndarray, bad: float, data: st.DataObject) -> None:
    value.flat[data.draw(st.integers(0, value.size - 1))] = bad
    with pytest.raises(ValueError, match=f"got nan or inf in 1 of {value.size} values. Drop or impute"):
        check.as_array(value, "value")


def test_as_array_refuses_a_long_double_beyond_float64_without_a_warning() -> None:
    beyond = np.longdouble(1e308) * 100
    if np.isfinite(beyond):  # where a long double is no wider than a double, the product is inf already
        assert beyond > np.finfo(np.float64).max
    with pytest.raises(ValueError, match="must be finite"):
        check.as_array(np.array([beyond]), "value")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([[1.0], [2.0]], r"y must be one-dimensional, got shape \(2, 1\)\. Flatten it with y\.ravel\(\)\."),
        ([[1.0, 2.0]], r"got shape \(1, 2\)\. Flatten it with y\.ravel\(\)\."),
        ([[1.0, 2.0], [3.0, 4.0]], r"got shape \(2, 2\)\.$"),
        (1.0, r"got shape \(\)\.$"),
    ],
)
def test_as_vector_refuses_other_shapes_and_offers_ravel_where_it_helps(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check.as_vector(value, "y")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0, 2.0], r"got shape \(2,\)\. Make one feature a column with X\.reshape\(-1, 1\)\."),
        (1.0, r"got shape \(\)\.$"),
        (np.zeros((1, 1, 1)), r"got shape \(1, 1, 1\)\.$"),
    ],
)
def test_as_matrix_refuses_other_shapes_and_offers_reshape_where_it_helps(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check.as_matrix(value)


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=4), elements=finite))
def test_as_matrix_returns_every_finite_matrix_unchanged(value: np.ndarray) -> None:
    np.testing.assert_array_equal(check.as_matrix(value), value)


@given(st.lists(st.sampled_from([0, 1, False, True, 0.0, 1.0]), min_size=1))
def test_as_labels_accepts_every_sequence_of_zeros_and_ones(value: list[float]) -> None:
    assert check.as_labels(value).tolist() == [float(label) for label in value]


@given(st.lists(finite, min_size=1).filter(lambda labels: not set(labels) <= {0.0, 1.0}))
def test_as_labels_refuses_every_other_label(value: list[float]) -> None:
    with pytest.raises(ValueError, match=r"y must hold only the labels 0 and 1, got .* Map your classes"):
        check.as_labels(value)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_as_labels_asks_for_both_classes_only_where_told_to(label: float) -> None:
    assert check.as_labels([label, label]).tolist() == [label, label]
    with pytest.raises(ValueError, match=f"must hold both classes, got only {label:g}. With one class"):
        check.as_labels([label, label], both_classes=True)
    assert check.as_labels([0, 1], both_classes=True).size == 2


@given(hnp.arrays(np.float64, hnp.array_shapes(max_side=4), elements=st.floats(0, 1)))
def test_as_probabilities_accepts_the_closed_interval(value: np.ndarray) -> None:
    np.testing.assert_array_equal(check.as_probabilities(value), value)


@pytest.mark.parametrize("value", [-5e-324, np.nextafter(1, 2), 50.0, -1.0])
def test_as_probabilities_refuses_what_lies_outside(value: float) -> None:
    with pytest.raises(ValueError, match=r"must lie between 0 and 1, got .* not logits or percentages"):
        check.as_probabilities([0.5, value])


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_as_probabilities_refuses_the_end_points_of_an_open_interval(value: float) -> None:
    with pytest.raises(ValueError, match=f"must lie strictly between 0 and 1, got {value:g}"):
        check.as_probabilities(value, open_interval=True)
    assert check.as_probabilities([5e-324, np.nextafter(1, 0)], open_interval=True).size == 2


@pytest.mark.parametrize(("rows", "labels"), [(2, 3), (2, 1), (1, 2)])  # a single one would broadcast
def test_check_rows_names_both_counts(rows: int, labels: int) -> None:
    check.check_rows(np.zeros((rows, 1)), np.zeros(rows))
    message = rf"X and y must have the same number of rows, got {rows} and {labels}. Pair every row of X"
    with pytest.raises(ValueError, match=message):
        check.check_rows(np.zeros((rows, 1)), np.zeros(labels))


def test_check_columns_names_both_counts() -> None:
    check.check_columns(np.zeros((2, 3)), np.zeros(3))
    with pytest.raises(ValueError, match="w must have one weight per column of X, got 2 weights for 3 columns"):
        check.check_columns(np.zeros((2, 3)), np.zeros(2))


@given(finite)
def test_number_returns_every_finite_number(value: float) -> None:
    result = check.number(value, "b")
    assert isinstance(result, float)
    assert result == value


def test_number_refuses_an_array_and_offers_item_where_it_helps() -> None:
    one: Any = np.array([2.0])
    two: Any = [1.0, 2.0]
    with pytest.raises(ValueError, match=r"b must be one number, got an array of shape \(1,\)\. .*b\.item\(\)\."):
        check.number(one, "b")
    with pytest.raises(ValueError, match=r"got an array of shape \(2,\)\.$"):
        check.number(two, "b")


@given(finite)
def test_positive_and_non_negative_differ_at_zero_alone(value: float) -> None:
    for function, good in ((check.positive, value > 0), (check.non_negative, value >= 0)):
        if good:
            assert function(value, "rate") == value
        else:
            with pytest.raises(ValueError, match=r"^rate must .*, got"):
                function(value, "rate")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["number", "positive", "non_negative", "fraction"])
def test_no_number_may_be_nan_or_infinite(name: str, value: float) -> None:
    with pytest.raises(ValueError, match="rate must be finite"):
        getattr(check, name)(value, "rate")


@given(finite)
def test_fraction_accepts_zero_to_below_one(value: float) -> None:
    if 0 <= value < 1:
        assert check.fraction(value, "momentum") == value
    else:
        with pytest.raises(ValueError, match=r"momentum must lie in \[0, 1\), got"):
            check.fraction(value, "momentum")


def test_fraction_refuses_zero_where_told_to() -> None:
    with pytest.raises(ValueError, match=r"momentum must lie in \(0, 1\), got 0"):
        check.fraction(0.0, "momentum", include_zero=False)
    assert check.fraction(0.5, "momentum", include_zero=False) == 0.5


@given(st.integers(1, 2**62))
def test_count_accepts_whole_numbers_of_python_and_numpy(value: int) -> None:
    for given_value in (value, np.int64(value)):
        result = check.count(given_value, "n_steps")
        assert type(result) is int
        assert result == value


@given(st.integers(max_value=0))
def test_count_refuses_zero_and_less(value: int) -> None:
    with pytest.raises(ValueError, match=f"n_steps must be at least 1, got {value}."):
        check.count(value, "n_steps")


@pytest.mark.parametrize(
    ("value", "message"),
    [(1e3, r"got 1000\.0\. Pass 1000\.$"), (2.5, r"got 2\.5\.$"), (math.inf, r"got inf\.$"), (math.nan, r"got nan\.$"),
     (True, r"got True\.$"), ("7", r"got '7'\.$"), (None, r"got None\.$")],
)  # fmt: skip
def test_count_refuses_what_is_not_a_whole_number(value: object, message: str) -> None:
    with pytest.raises(TypeError, match=f"n_steps must be a whole number, {message}"):
        check.count(value, "n_steps")


@given(finite_arrays)
def test_freeze_returns_a_read_only_copy(value: np.ndarray) -> None:
    frozen = check.freeze(value)
    np.testing.assert_array_equal(frozen, value)
    assert value.flags.writeable
    assert not np.shares_memory(frozen, value)
    with pytest.raises(ValueError, match="read-only"):
        frozen[...] = 0


def test_borrowed_arrays_are_the_callers_own() -> None:
    for dtype in (bool, np.int8, np.float32, np.float64):
        X, y = np.ones((2, 3), dtype=dtype), np.array([0, 1], dtype=dtype)
        assert np.shares_memory(check.matrix_without_copy(X), X)
        assert np.shares_memory(check.labels_without_copy(y), y)
    assert check.matrix_without_copy(np.ones((2, 2), dtype=np.longdouble)).dtype == np.float64


@pytest.mark.parametrize("value", [[0, 1, 2], [1, 1], [0], [[0, 1]], [0, np.nan], [0, 0.5], "text", []])
def test_borrowed_labels_are_refused_in_the_words_of_copied_ones(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as copied:
        check.as_labels(value, both_classes=True)
    with pytest.raises(type(copied.value)) as borrowed:
        check.labels_without_copy(value)
    assert str(borrowed.value) == str(copied.value)


@pytest.mark.parametrize("value", [[1.0, 2.0], 3.0, [[np.inf]], [[1.0, np.nan]], [["a"]], []])
def test_borrowed_matrices_are_refused_in_the_words_of_copied_ones(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as copied:
        check.as_matrix(value)
    with pytest.raises(type(copied.value)) as borrowed:
        check.matrix_without_copy(value)
    assert str(borrowed.value) == str(copied.value)


def test_values_whose_sum_overflows_are_finite_all_the_same() -> None:
    assert check.as_array([1.7e308, 1.7e308], "value").tolist() == [1.7e308, 1.7e308]


def test_every_check_is_listed_for_export() -> None:
    public = {
        name
        for name, value in vars(check).items()
        if callable(value) and value.__module__ == check.__name__ and not name.startswith("_")
    }
    assert public == set(check.__all__)


def test_as_array_refuses_masked_values_and_accepts_a_mask_that_hides_nothing() -> None:
    assert check.as_array(np.ma.masked_array([1.0, 2.0], [False, False]), "value").tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="value must hold no masked values"):
        check.as_array(np.ma.masked_array([1.0, 2.0], [False, True]), "value")


def test_as_array_says_how_to_detach_a_tensor_that_autograd_follows() -> None:
    tensor: Any = torch.ones(2, requires_grad=True)
    with pytest.raises(TypeError, match=r"value must be an array, got a Tensor.*detach\(\)"):
        check.as_array(tensor, "value")


@pytest.mark.parametrize("value", [True, np.False_])
def test_number_refuses_a_truth_value(value: Any) -> None:
    with pytest.raises(TypeError, match=f"rate must be a number, got {value}. Pass {int(value)} if"):
        check.number(value, "rate")


def test_count_keeps_to_the_bounds_it_is_given() -> None:
    assert [check.count(n, "seed", lowest=0, highest=2) for n in (0, 2)] == [0, 2]
    with pytest.raises(ValueError, match="seed must be at least 0, got -1"):
        check.count(-1, "seed", lowest=0)
    with pytest.raises(ValueError, match="seed must be at most 2, got 3"):
        check.count(3, "seed", lowest=0, highest=2)


def test_check_function_and_instance_name_what_came() -> None:
    check.check_function(len, "function")
    check.instance(1.0, (int, float), "fit", "a number")
    with pytest.raises(TypeError, match=r"function must be a function, got 3\. Pass the function itself"):
        check.check_function(3, "function")
    with pytest.raises(TypeError, match="fit must be a fit, got NoneType"):
        check.instance(None, float, "fit", "a fit")


def test_borrowed_values_are_refused_by_the_name_they_were_given() -> None:
    with pytest.raises(ValueError, match=r"^Z must have shape"):
        check.matrix_without_copy([1.0, 2.0], "Z")
    with pytest.raises(ValueError, match=r"^t must hold both classes"):
        check.labels_without_copy([0, 0], "t")


def test_at_most_five_wrong_labels_are_shown() -> None:
    with pytest.raises(ValueError, match=r"got 1, 2, 3, 4, 5\. Map"):
        check.as_labels([1, 2, 3, 4, 5])
    with pytest.raises(ValueError, match=r"got 1, 2, 3, 4, 5, …\. Map"):
        check.as_labels([1, 2, 3, 4, 5, 6])


def test_what_is_frozen_is_a_copy_of_floats() -> None:
    for values in ([1, 2], [True, False], np.array([1, 2], np.float32)):
        assert check.freeze(values).dtype == np.float64


def test_infinities_that_cancel_in_a_sum_are_counted() -> None:
    with pytest.raises(ValueError, match="v must be finite, got nan or inf in 2 of 3 values"):
        check.as_array([np.inf, 1.0, -np.inf], "v")
