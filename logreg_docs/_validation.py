"""One check per kind of input, made at the border of every public function.

A message says what came, what was expected and how to mend it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "as_array",
    "as_labels",
    "as_matrix",
    "as_probabilities",
    "as_probabilities_and_labels",
    "as_vector",
    "check_columns",
    "check_function",
    "check_rows",
    "count",
    "fraction",
    "freeze",
    "instance",
    "labels_without_copy",
    "matrix_without_copy",
    "non_negative",
    "number",
    "positive",
]

_PART = 8_192  # labels looked at together where no copy of all is wanted


def as_array(value: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return `value` as a finite float array of any shape, without changing the caller's data."""
    array = _to_float64(_real(value, name))
    _refuse_empty_or_not_finite(array, name)
    return array


def _real(value: ArrayLike, name: str) -> NDArray[Any]:
    """Return `value` as an array of real numbers, the caller's own where it is one."""
    if np.ma.is_masked(value):
        raise ValueError(f"{name} must hold no masked values, which would count as numbers. Drop or fill them first.")
    try:
        raw = np.asarray(value)
    except ValueError as error:
        hint = "Give every row the same number of values."
        raise ValueError(f"{name} must be a rectangular array, got rows of unequal length. {hint}") from error
    except RuntimeError as error:  # a tensor that autograd follows or that is not in memory
        raise TypeError(f"{name} must be an array, got a {type(value).__name__} that is none: {error}") from error
    if raw.dtype.kind not in "biuf":
        hint = "Convert it with np.asarray(..., dtype=float)."
        raise TypeError(f"{name} must hold real numbers, got an array of dtype {raw.dtype}. {hint}")
    return raw


def _to_float64(raw: NDArray[Any]) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):  # a long double beyond float64 becomes inf and is refused later
        return raw.astype(np.float64)


def _refuse_empty_or_not_finite(array: NDArray[Any], name: str) -> None:
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}. Pass at least one value.")
    with np.errstate(over="ignore", invalid="ignore"):
        total = array.sum(dtype=np.float64)  # nan or inf where any value is, in one reading and without memory
    if not np.isfinite(total) and not np.isfinite(array).all():
        bad = int(array.size - np.isfinite(array).sum())
        hint = "Drop or impute those values first."
        raise ValueError(f"{name} must be finite, got nan or inf in {bad} of {array.size} values. {hint}")


def _without_copy(value: ArrayLike, name: str) -> NDArray[Any]:
    raw = _real(value, name)
    array = raw if raw.dtype.itemsize <= np.dtype(np.float64).itemsize else _to_float64(raw)
    _refuse_empty_or_not_finite(array, name)
    return array


def matrix_without_copy(value: ArrayLike, name: str = "X") -> NDArray[Any]:
    """Return what `as_matrix` accepts without copying an array, to be read in chunks and never written to."""
    array = _without_copy(value, name)
    return array if array.ndim == 2 else as_matrix(array, name)  # noqa: PLR2004 - refused there in its words


def labels_without_copy(value: ArrayLike, name: str = "y") -> NDArray[Any]:
    """Return what `as_labels` accepts, both classes present, without copying an array; never write to it."""
    array = _without_copy(value, name)
    parts = [array[start : start + _PART] for start in range(0, array.size, _PART)] if array.ndim == 1 else []
    ones = sum(np.count_nonzero(part == 1) for part in parts)
    zeros = sum(np.count_nonzero(part == 0) for part in parts)
    return array if ones + zeros == array.size and ones and zeros else as_labels(array, name, both_classes=True)


def as_vector(value: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return `value` as a finite one-dimensional array."""
    array = as_array(value, name)
    if array.ndim != 1:
        hint = f" Flatten it with {name}.ravel()." if array.ndim == 2 and 1 in array.shape else ""  # noqa: PLR2004 - a matrix
        raise ValueError(f"{name} must be one-dimensional, got shape {array.shape}.{hint}")
    return array


def as_matrix(value: ArrayLike, name: str = "X") -> NDArray[np.float64]:
    """Return `value` as a finite array of shape (n_samples, n_features)."""
    array = as_array(value, name)
    if array.ndim != 2:  # noqa: PLR2004 - a matrix
        hint = f" Make one feature a column with {name}.reshape(-1, 1)." if array.ndim == 1 else ""
        raise ValueError(f"{name} must have shape (n_samples, n_features), got shape {array.shape}.{hint}")
    return array


def as_labels(value: ArrayLike, name: str = "y", *, both_classes: bool = False) -> NDArray[np.float64]:
    """Return `value` as a vector of 0.0 and 1.0, with both present where `both_classes` asks for it."""
    array = as_vector(value, name)
    classes = np.unique(array)
    if not np.isin(classes, (0.0, 1.0)).all():
        shown = ", ".join(f"{c:g}" for c in classes[:5]) + (", …" if classes.size > 5 else "")  # noqa: PLR2004 - a glance
        raise ValueError(
            f"{name} must hold only the labels 0 and 1, got {shown}. Map your classes, e.g. with (y == positive)."
        )
    if both_classes and classes.size == 1:
        raise ValueError(
            f"{name} must hold both classes, got only {classes[0]:g}. "
            f"With one class the best probability is {classes[0]:g} everywhere and no finite fit exists."
        )
    return array


def as_probabilities(
    value: ArrayLike, name: str = "probabilities", *, open_interval: bool = False
) -> NDArray[np.float64]:
    """Return `value` as an array within [0, 1], or within (0, 1) where `open_interval` asks for it."""
    array = as_array(value, name)
    inside = (array > 0) & (array < 1) if open_interval else (array >= 0) & (array <= 1)
    if not inside.all():
        interval = "strictly between 0 and 1" if open_interval else "between 0 and 1"
        worst = float(array[~inside].flat[0])
        raise ValueError(f"{name} must lie {interval}, got {worst:g}. Pass probabilities, not logits or percentages.")
    return array


def as_probabilities_and_labels(
    probabilities: ArrayLike, y: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a vector of probabilities and the label of each."""
    p, labels = as_probabilities(as_vector(probabilities, "probabilities")), as_labels(y)
    check_rows(p, labels, "probabilities")
    return p, labels


def check_rows(X: NDArray[Any], y: NDArray[Any], X_name: str = "X", y_name: str = "y") -> None:
    """Refuse two arrays whose first axes differ, so that nothing broadcasts in silence."""
    if X.shape[0] != y.shape[0]:
        raise ValueError(
            f"{X_name} and {y_name} must have the same number of rows, got {X.shape[0]} and {y.shape[0]}. "
            f"Pair every row of {X_name} with one value of {y_name}."
        )


def check_columns(X: NDArray[Any], w: NDArray[np.float64], X_name: str = "X", w_name: str = "w") -> None:
    """Refuse weights that do not match the columns of `X`."""
    if X.shape[1] != w.shape[0]:
        raise ValueError(
            f"{w_name} must have one weight per column of {X_name}, got {w.shape[0]} weights for {X.shape[1]} columns."
        )


def number(value: float, name: str) -> float:
    """Return `value` as one finite float."""
    raw = _real(value, name)
    if raw.dtype.kind == "b" and raw.ndim == 0:
        raise TypeError(f"{name} must be a number, got {bool(raw)}. Pass {int(raw)} if that is meant.")
    array = as_array(raw, name)
    if array.ndim != 0:
        hint = f" Take the number out with {name}.item()." if array.size == 1 else ""
        raise ValueError(f"{name} must be one number, got an array of shape {array.shape}.{hint}")
    return float(array)


def positive(value: float, name: str) -> float:
    """Return `value` as a finite float greater than zero."""
    result = number(value, name)
    if result <= 0:
        raise ValueError(f"{name} must be greater than 0, got {result:g}.")
    return result


def non_negative(value: float, name: str) -> float:
    """Return `value` as a finite float that is not negative."""
    result = number(value, name)
    if result < 0:
        raise ValueError(f"{name} must not be negative, got {result:g}.")
    return result


def fraction(value: float, name: str, *, include_zero: bool = True) -> float:
    """Return `value` as a float in [0, 1), or in (0, 1) where zero is no choice."""
    result = number(value, name)
    if not (0 <= result < 1) or (result == 0 and not include_zero):
        interval = "[0, 1)" if include_zero else "(0, 1)"
        raise ValueError(f"{name} must lie in {interval}, got {result:g}.")
    return result


def count(value: object, name: str, *, lowest: int = 1, highest: int | None = None) -> int:
    """Return `value` as an integer within its bounds."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        hint = f" Pass {int(value)}." if isinstance(value, float) and value.is_integer() else ""
        raise TypeError(f"{name} must be a whole number, got {value!r}.{hint}")
    if value < lowest:
        raise ValueError(f"{name} must be at least {lowest}, got {value}.")
    if highest is not None and value > highest:
        raise ValueError(f"{name} must be at most {highest}, got {value}.")
    return int(value)


def check_function(value: object, name: str) -> None:
    """Refuse a `value` that cannot be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {value!r}. Pass the function itself, not a value of it.")


def instance(value: object, kinds: type | tuple[type, ...], name: str, expected: str) -> None:
    """Refuse a `value` of another kind before one of its attributes is missed."""
    if not isinstance(value, kinds):
        raise TypeError(f"{name} must be {expected}, got {type(value).__name__}.")


def freeze(array: ArrayLike) -> NDArray[np.float64]:
    """Return a read-only copy, because a frozen dataclass does not freeze the arrays in it."""
    copy = np.array(array, dtype=np.float64)
    copy.setflags(write=False)
    return copy
