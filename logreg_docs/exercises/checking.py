"""Check an answer to an exercise, and explain a wrong one without giving the solution away.

A chapter's module maps the name of each exercise to a function that returns an `Exercise`. Nothing in it is typed that
the package can compute.
"""

from __future__ import annotations

import warnings
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs._validation import instance
from logreg_docs.exercises.comparing import ELLIPSIS_HINT, Part, Shape, described, fault, is_right, sentence
from logreg_docs.exercises.forms import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Exercise", "Trial", "Verdict", "by_hand", "checker", "judge"]

_TYPED = 2e-3  # accepted error of a value that a reader types, as a share of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Arguments on which a learner's function is tried.

    Args:
        label: How a message calls them, such as `z = ±1000`.
        arguments: What the function is handed.
        by_hand: Whether a page, which cannot run the function, asks for what it returns here.
    """

    label: str
    arguments: tuple[Any, ...]
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """Right answer of a part of an exercise, with the known wrong ones.

    Args:
        parts: Returns the right parts; it takes the arguments of a trial where the answer is a function.
        takes: The parameters of the function that is asked for, such as `z`; empty where the answer is a value.
        trials: Arguments to try such a function on, ordinary ones first.
        section: Anchor of the section of its chapter that helps.
    """

    parts: Callable[..., tuple[Part, ...]]
    takes: str = ""
    trials: tuple[Trial, ...] = field(default=(Trial(label="", arguments=(), by_hand=True),))
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Result of checking an answer.

    Args:
        exercise: Name of the exercise.
        right: Whether the answer is right.
        hint: What is wrong and how to mend it; empty where nothing is.
    """

    exercise: str
    right: bool
    hint: str = ""

    def __str__(self) -> str:
        return f"Exercise {self.exercise}: {'right.' if self.right else self.hint}"


def judge(exercises: Mapping[str, Callable[[], Exercise]], exercise: str, answer: object) -> Verdict:
    """Compare an answer with the right one.

    Args:
        exercises: The exercises of a chapter by name.
        exercise: Name of one of them: chapter, point, number.
        answer: A number, an array, several of them in a tuple, text, or a function, as the exercise asks.

    Returns:
        Whether the answer is right, and a hint where it is not.

    Raises:
        TypeError: If `exercises` is no mapping or `exercise` is no text.
        ValueError: If there is no such exercise.

    Examples:
        >>> one = Exercise(parts=lambda: (Part(name="the loss", value=0.25, mistakes={"That is the sum.": 1.0}),))
        >>> print(judge({"9.1": lambda: one}, "9.1", 0.25))
        Exercise 9.1: right.
        >>> print(judge({"9.1": lambda: one}, "9.1", 1.0))
        Exercise 9.1: not yet. The loss: That is the sum.
    """
    instance(exercises, dict, "exercises", "a dictionary of exercises by name")
    instance(exercise, str, "exercise", 'the name of an exercise as text, such as "2.1"')
    if exercise not in exercises:
        raise ValueError(f"exercise must be one of {', '.join(exercises)}, got {exercise!r}.")
    task = exercises[exercise]()
    attempt = _try_function if task.takes else _try_value
    hint = ELLIPSIS_HINT if answer is ... else attempt(task, answer)
    start = "no answer yet" if hint == ELLIPSIS_HINT else "not yet"
    return Verdict(exercise=exercise, right=not hint, hint=f"{start}. {hint}" if hint else "")


def by_hand(task: Exercise) -> Exercise | None:
    """Return the exercise with values in the place of a function, as it can be answered without Python.

    Args:
        task: An exercise.

    Returns:
        One that asks for values: those of the right function at the trials by hand, where a function is asked for. None
        where the answer can only be judged as the object that it is.

    Raises:
        TypeError: If `task` is no exercise.

    Examples:
        >>> task = Exercise(takes="q", parts=lambda q: (Part(name="twice q", value=2 * q),),
        ...                 trials=(Trial(label="q = 3", arguments=(3,), by_hand=True),))
        >>> print(judge({"9.1": lambda: by_hand(task)}, "9.1", 6.001))
        Exercise 9.1: right.
    """
    instance(task, Exercise, "task", "an Exercise")
    trials = [trial for trial in task.trials if trial.by_hand]
    with np.errstate(all="ignore"):
        found = [(part, trial) for trial in trials for part in task.parts(*trial.arguments)]
    if not found or any(part.property is not None and not isinstance(part.property, Shape) for part, _ in found):
        return None
    parts = tuple(
        _typed(part, f"{part.name}, {trial.label}" if len(trials) > 1 else part.name) if task.takes else part
        for part, trial in found
    )
    return Exercise(parts=lambda: parts, section=task.section)


def _typed(part: Part, name: str) -> Part:
    """Return a part of what a function returns as it is typed: in a few digits, and one number without brackets."""
    value = np.asarray(part.value, dtype=np.float64)
    shape = () if value.size == 1 else value.shape
    mistakes = {hint: np.broadcast_to(wrong, value.shape).reshape(shape) for hint, wrong in part.mistakes.items()}
    rtol = max(part.rtol, _TYPED)
    return replace(part, name=name, value=value.reshape(shape), mistakes=mistakes, rtol=rtol)


class _Checker:
    """The function `check` of a chapter, and what its page needs to check an answer itself."""

    def __init__(self, exercises: Mapping[str, Callable[[], Exercise]]) -> None:
        self._exercises = exercises

    def __call__(self, exercise: str, answer: object) -> None:
        """Check an answer and print the result."""
        print(judge(self._exercises, exercise, answer))  # noqa: T201 - the learner is to read it

    def form(self, exercise: str) -> Form | None:
        """Return what a page needs to check an answer to an exercise, or None where only Python can."""
        task = self._exercises[exercise]()
        typed = by_hand(task)
        labels = [trial.label for trial in task.trials if trial.by_hand]
        if typed is None:
            return None
        given = ("Your function" if len(labels) > 1 else f"Your function with {labels[0]}") if task.takes else ""
        return Form(exercise=exercise, given=given, section=task.section, parts=typed.parts())


def checker(exercises: Mapping[str, Callable[[], Exercise]]) -> _Checker:
    """Return the function `check(exercise, answer)` of a chapter, which prints what `judge` finds.

    Args:
        exercises: The exercises of the chapter by name.

    Returns:
        The function for the learner.

    Raises:
        TypeError: If `exercises` is no mapping.

    Examples:
        >>> one = Exercise(parts=lambda: (Part(name="the loss", value=0.25),))
        >>> check = checker({"9.1": lambda: one})
        >>> check("9.1", ...)
        Exercise 9.1: no answer yet. Put your answer in place of the three dots, then run this cell again.
    """
    instance(exercises, dict, "exercises", "a dictionary of exercises by name")
    return _Checker(exercises)


def _try_value(task: Exercise, answer: object) -> str:
    if callable(answer):
        return "A function came, values are asked for. Call it and pass what it returns."
    with np.errstate(all="ignore"):
        return _joined(_compare(task.parts(), answer))


def _try_function(task: Exercise, answer: object) -> str:
    if not callable(answer):
        return f"{described(answer)} came, a function of ({task.takes}) is asked for. Pass the function itself."
    failed = [(trial, found) for trial in task.trials if (found := _one_trial(task, trial, answer))]
    if not failed:
        return ""
    first, found = failed[0]
    # A slip shows everywhere; a hint that fits one trial only may be chance.
    told = {
        name: [hint for hint in hints if all(hint in other.get(name, [hint]) for _, other in failed)] or hints
        for name, hints in found.items()
    }
    return _joined(told) if first is task.trials[0] else f"With {first.label}: {_joined(told)}"


def _one_trial(task: Exercise, trial: Trial, function: Callable[..., object]) -> dict[str, list[str]]:
    copies = deepcopy(trial.arguments)
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("always")
        try:
            result = function(*copies)
        except Exception as error:  # noqa: BLE001 - whatever a learner's function raises is to be told
            problem = f"your function, called with ({task.takes}), raised {type(error).__name__}: {error}."
            return {"": [problem]}
    with np.errstate(all="ignore"):
        found = _compare(task.parts(*trial.arguments), result)
    if not found and caught:
        problem = f"the values are right, but a warning came: {caught[0].message}. Rewrite it so that nothing warns."
        return {"": [problem]}
    return found


def _compare(parts: tuple[Part, ...], answer: object) -> dict[str, list[str]]:
    """Return what may be wrong by the name of the part, the whole answer having an empty name."""
    if answer is None or answer is ... or (isinstance(answer, tuple) and all(value is ... for value in answer)):
        return {"": fault(parts[0], None if answer is None else ...)}
    if len(parts) == 1:
        hints = fault(parts[0], answer)
        return {parts[0].name: hints} if hints else {}
    order = ", ".join(part.name for part in parts)
    try:
        values = None if isinstance(answer, str | dict | set) else list(answer)  # type: ignore[call-overload]
    except (TypeError, RuntimeError):
        values = None
    if values is None or len(values) != len(parts):
        came = described(answer) if values is None else f"{len(values)} values"
        return {"": [f"{came} came, {len(parts)} values are asked for, in a tuple: ({order})."]}
    found: dict[str, list[str]] = {}
    for part, value in zip(parts, values, strict=True):
        if (hints := fault(part, value)) and not (part.follows and found):
            found[part.name] = hints
    if found and _reordered(parts, values):
        return {"": [f"the right values in another order. The order is ({order})."]}
    return _common_first(found)


def _common_first(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the hints with those first that fit all that is wrong, since one slip is likelier than several."""
    return {
        name: sorted(hints, key=lambda hint: not all(hint in others for others in found.values()))
        for name, hints in found.items()
    }


def _joined(found: dict[str, list[str]]) -> str:
    return " ".join(sentence(f"{name}: {hints[0]}" if name else hints[0]) for name, hints in found.items())


def _reordered(parts: tuple[Part, ...], values: list[object]) -> bool:
    """Return whether every value is right for some other part, each part being met once."""
    left = list(parts)
    for value in values:
        met = next((part for part in left if is_right(part, value)), None)
        if met is None:
            return False
        left.remove(met)
    return True
