"""Compare one part of an answer with the right value, and recognise what usually goes wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs._validation import instance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = ["ELLIPSIS_HINT", "Part", "Shape", "described", "fault", "is_right", "sentence"]

ELLIPSIS_HINT = "Put your answer in place of the three dots, then run this cell again."
"""Message for a cell in which nothing has been written."""
_MOST_DECIMALS = 6
_LONG = 10**12  # from here on the digits of a whole number say less than its size
# Of a word, not of a symbol or of code.
_FIRST_LETTER = re.compile(r"^(?!(?:nan|inf)\b)(?:[A-Za-z](?=[A-Za-z]+(?:[-\s,.:'’]|$))|a(?= ))")
_BOOL = (bool, np.bool)
SIGN = "the size is right and the sign is not."
PERCENT = "a hundred times too large. A share is asked for, not per cent."
LOG10 = "that is a logarithm to base 10. Take natural logarithms, `np.log`."
LOG2 = "that is a logarithm to base 2. Take natural logarithms, `np.log`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One value of an answer.

    Args:
        name: What it is, with its unit, as a message calls it.
        value: The right value: a number, an array, text, or a set of words.
        mistakes: Wrong values by the hint that each deserves.
        rtol: Accepted error as a share of the right value.
        atol: Accepted error in the unit of the value.
        logarithm: Whether the value is a logarithm, so that another base is a likely mistake.
        share: Whether the value is a share, so that per cent is a likely mistake.
        follows: Whether the value follows from the parts before it, so that it is judged once these are right.
        spare: Words that may stand beside the name that is asked for, such as "score" beside Brier.
        property: Judges the value in place of a comparison: returns a hint, or nothing where it is right.
    """

    name: str
    value: Any
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    rtol: float = 2e-3
    atol: float = 1e-9
    logarithm: bool = False
    share: bool = False
    follows: bool = False
    spare: tuple[str, ...] = ()
    property: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Judges the shape of an array, as the property of a part.

    Args:
        right: The right shape.
        mistakes: What a wrong shape tells.

    Examples:
        >>> Shape(right=(40,), mistakes={})(40)
        'the number 40 came. A shape is a tuple: (40,), with a comma.'
    """

    right: tuple[int, ...]
    mistakes: Mapping[tuple[int, ...], str]

    def __call__(self, answer: Any) -> str:
        """Return what is wrong with an answer, and nothing where it is right."""
        if isinstance(answer, int):
            return f"the number {answer} came. A shape is a tuple: ({answer},), with a comma."
        came = tuple(answer) if isinstance(answer, tuple | list) else ()
        if came == self.right:
            return ""
        lengths = f"{len(came)} lengths came, {len(self.right)} asked for."
        return self.mistakes.get(came, lengths if len(came) != len(self.right) else "one of the lengths is another.")


def is_right(part: Part, answer: object) -> bool:
    """Return whether an answer is right.

    Args:
        part: What is asked for.
        answer: What came.

    Returns:
        Whether it is right.

    Raises:
        TypeError: If `part` is no `Part`.

    Examples:
        >>> is_right(Part(name="a share", value=0.5), 0.5)
        True
    """
    return not fault(part, answer)


def fault(part: Part, answer: object) -> list[str]:
    """Return what may be wrong with an answer, the most telling hint first, and nothing where it is right.

    Args:
        part: What is asked for.
        answer: What came.

    Returns:
        Hints without the right value in them.

    Raises:
        TypeError: If `part` is no `Part`.

    Examples:
        >>> fault(Part(name="accuracy", value=0.5, share=True), 50)
        ['a hundred times too large. A share is asked for, not per cent.']
    """
    instance(part, Part, "part", "a Part")
    if answer is ... or answer is None:
        return [ELLIPSIS_HINT if answer is ... else "None came. A function without `return` gives None."]
    if part.property is not None:
        hint = part.property(answer)
        return [hint] if hint else []
    if isinstance(part.value, str | frozenset):
        return _word_fault(part, answer)
    return _number_fault(part, answer)


def described(answer: object) -> str:
    """Return in words what came.

    Args:
        answer: Anything.

    Returns:
        Its kind, with the shape of an array and the value of a number.

    Examples:
        >>> described([[1.0], [2.0]])
        'An array of shape (2, 1)'
        >>> described("0.5")
        "The text '0.5'"
        >>> described(-0.0000123456789)
        'The number -1.23457e-05'
    """
    if isinstance(answer, list | tuple | np.ndarray):
        return _described_array(answer)
    if isinstance(answer, str):
        return f"The text {answer!r}"
    if isinstance(answer, _BOOL):
        return str(answer)
    if isinstance(answer, int | float | complex | np.number):
        return _described_number(answer)
    return "A function" if callable(answer) else f"A value of type {type(answer).__name__}"


def sentence(text: str) -> str:
    """Return a text with a capital letter, unless it begins with a symbol or with code: W is not w.

    Args:
        text: What a message says.

    Returns:
        It as a sentence.

    Raises:
        TypeError: If `text` is no text.

    Examples:
        >>> [sentence(text) for text in ("the loss: nan", "a sum", "quasi-complete", "w per minute", "x² stays")]
        ['The loss: nan', 'A sum', 'Quasi-complete', 'w per minute', 'x² stays']
        >>> [sentence(text) for text in ("λ: nan", "axis=0 runs down", "nan came")]
        ['λ: nan', 'axis=0 runs down', 'nan came']
    """
    instance(text, str, "text", "a text")
    return _FIRST_LETTER.sub(lambda match: match[0].upper(), text)


def _described_number(answer: Any) -> str:
    short = isinstance(answer, int | np.integer) and abs(int(answer)) < _LONG
    try:
        return f"The number {answer}" if short else f"The number {answer:.6g}"
    except OverflowError:
        return "A number beyond float64"


def _described_array(answer: Any) -> str:
    try:
        shape = np.shape(answer)
    except ValueError:
        return f"A {type(answer).__name__} of unequal rows"
    except RuntimeError:
        return f"A {type(answer).__name__} of tensors"
    return f"An array of shape {shape}" if shape else "A number"


def _word_fault(part: Part, answer: object) -> list[str]:
    if isinstance(part.value, str):
        if not isinstance(answer, str):
            return [f"{described(answer)} came, text is asked for."]
    elif isinstance(answer, str) or not isinstance(answer, set | frozenset | list | tuple):
        return [f"{described(answer)} came, a set of names is asked for, such as {{'a', 'b'}}."]
    given = _named(answer, part)
    if given == _named(part.value, part):
        return []
    return [hint for hint, wrong in part.mistakes.items() if given == _named(wrong, part)] or ["not right."]


def _named(answer: Any, part: Part) -> str | frozenset[str]:
    """Return what an answer names however it is spelled: without case, hyphens, spaces, full stops and spare words."""
    text = answer if isinstance(answer, str) else " ".join(map(str, answer))
    words = [word for word in re.findall(r"[^\W_]+", text.lower()) if word not in part.spare]
    return "".join(words) if isinstance(part.value, str) else frozenset(words)


def _number_fault(part: Part, answer: object) -> list[str]:
    right = np.asarray(part.value, dtype=np.float64)
    try:
        array = _as_numbers(answer)
    except TypeError as error:
        asked = f"numbers of shape {right.shape} are" if right.ndim else "one number is"
        return [f"{error} came, {asked} asked for."]
    except RuntimeError:
        return ["a tensor that autograd follows came. Take its value with `.detach()`."]
    if array.shape != right.shape:
        return [f"{_sizes(array, right)} {_shape_hint(array, right)}"]
    return [] if _close(array, right, part) else _wrong_numbers(array, right, part)


def _as_numbers(answer: object) -> NDArray[np.float64]:
    if np.ma.is_masked(answer):
        raise TypeError("An array with masked values")
    try:
        raw = np.asarray(answer)
    except (TypeError, ValueError):
        raise TypeError(described(answer)) from None
    if raw.dtype.kind not in "iuf":
        kind = {"c": " with complex numbers", "b": " of True and False" if raw.ndim else ""}
        raise TypeError(described(answer) + kind.get(raw.dtype.kind, ""))
    return raw.astype(np.float64)


def _sizes(array: NDArray[np.float64], right: NDArray[np.float64]) -> str:
    if max(array.ndim, right.ndim) > 1 or array.shape == (1,):
        return f"shape {array.shape} came, {right.shape or 'a single number'} is asked for."
    came = f"{array.size} numbers" if array.ndim else "one number"
    return f"{came} came, {f'{right.size} are' if right.ndim else 'one is'} asked for."


def _shape_hint(array: NDArray[np.float64], right: NDArray[np.float64]) -> str:
    flat = right.ndim == 1
    known = (
        (right.ndim == 0 and array.size == 1, "Take the number out with `.item()`."),
        (right.ndim == 0, "Is a sum or a mean missing?"),
        (array.ndim == 0, "Something was summed or averaged that should stay apart."),
        (flat and array.size == right.size and 1 in array.shape, "Flatten the column with `.ravel()`."),
        (flat and array.shape == 2 * right.shape, "A column met a row and broadcast to a square."),
        (array.shape == right.shape[::-1], "It is transposed."),
        (flat and array.shape == (right.size - 1,), "One is missing, such as the intercept or the start."),
        (flat and array.shape == (right.size + 1,), "One is too many, such as the intercept."),
    )
    return next((hint for fits, hint in known if fits), "Compare the shapes with those in the exercise.")


def _close(array: NDArray[np.float64], right: NDArray[np.float64], part: Part) -> bool:
    return bool(np.isclose(array, right, rtol=part.rtol, atol=part.atol).all())


def _wrong_numbers(array: NDArray[np.float64], right: NDArray[np.float64], part: Part) -> list[str]:
    hints: list[str] = []
    for hint, wrong in part.mistakes.items():
        other = np.broadcast_to(np.asarray(wrong, dtype=np.float64), right.shape)
        # A mistake that gives nan is told by any nan; one that gives the right value here tells nothing.
        if (
            not _close(other, right, part)
            and np.isclose(array, other, rtol=part.rtol, atol=part.atol, equal_nan=True).all()
        ):
            hints.append(hint)
    if np.isnan(array).any():
        bad = int(np.isnan(array).sum())
        hints.append(f"nan came in {bad} of {array.size} values: look for 0/0, inf - inf or the log of a negative.")
    elif (np.isinf(array) & np.isfinite(right)).any():
        hints.append("inf came where a finite number belongs: look for an overflow, a log of 0 or a division by 0.")
    factors = [(-1.0, SIGN)]
    if part.share:
        factors += [(100.0, PERCENT)]
    if part.logarithm:
        factors += [(1 / np.log(10), LOG10), (1 / np.log(2), LOG2), (-1 / np.log(10), LOG10), (-1 / np.log(2), LOG2)]
    hints += [hint for factor, hint in factors if np.any(right) and _close(array, factor * right, part)]
    if not hints and _rounded(array, right):
        hints.append("close, but rounded too far. Give more digits.")
    return hints or [_off(array)]


def _off(array: NDArray[np.float64]) -> str:
    came = f"{array.item():.6g} came, which is" if array.ndim == 0 else "the numbers are"
    return f"{came} not right, and none of the usual mistakes. Work through it once more, one step at a time."


def _rounded(array: NDArray[np.float64], right: NDArray[np.float64]) -> bool:
    """Return whether the right value was rounded to some digits after the point, a half either way, and not to 0."""
    if not (np.isfinite(array).all() and np.isfinite(right).all()):
        return False
    return any(
        np.any(at := np.round(array, places))
        and np.allclose(array, at, rtol=1e-12, atol=1e-12)
        and np.all(np.abs(at - right) <= (0.5 + 1e-9) / 10**places)
        for places in range(_MOST_DECIMALS)
    )
