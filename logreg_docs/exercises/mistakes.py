"""What students get wrong: the usual mistakes that the exercises of a chapter know, for those who teach it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs._validation import instance
from logreg_docs.exercises.comparing import Part, Shape, is_right, sentence
from logreg_docs.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from logreg_docs.exercises.checking import Exercise

__all__ = ["known_mistakes", "wrong_answers"]

_DASH = "\N{EN DASH}"
_LONG = 10**6  # from here on the digits of a whole number say less than its size


def known_mistakes(exercises: Mapping[str, Callable[[], Exercise]]) -> Table:
    """Return the mistakes that the exercises of a chapter know, each with what is typed by who makes it and is told.

    Args:
        exercises: The exercises of the chapter by name.

    Returns:
        A table with a row for each mistake. Where a function is asked for, the wrong answer is what it returns where it
        can be worked out by hand, and a dash for a mistake that shows at other arguments alone.

    Raises:
        TypeError: If `exercises` is no dictionary.

    Examples:
        >>> from logreg_docs.exercises.checking import Exercise
        >>> one = Exercise(parts=lambda: (Part(name="the loss", value=0.25, mistakes={"that is the sum.": 1.0}),))
        >>> print(known_mistakes({"9.1": lambda: one}))
        exercise | asked for | wrong answer | what the check says
        ---------+-----------+--------------+--------------------
        9.1      | the loss  | 1            | That is the sum.
    """
    instance(exercises, dict, "exercises", "a dictionary of exercises by name")
    rows = [
        (name, asked, wrong, sentence(hint))
        for name, make in exercises.items()
        for asked, wrong, hint in _mistakes(make())
    ]
    return Table(columns=("exercise", "asked for", "wrong answer", "what the check says"), rows=rows)


def _mistakes(exercise: Exercise) -> Iterator[tuple[str, str, str]]:
    """Yield what is asked for, the wrong answer and the hint, for each known mistake."""
    trials = [trial for trial in exercise.trials if trial.by_hand] or exercise.trials[:1]
    with np.errstate(all="ignore"):  # mistakes may divide by 0
        tried = [exercise.parts(*trial.arguments) for trial in trials]
    for alike in zip(*tried, strict=True):  # one part of the answer in every trial
        for hint in wrong_answers(alike[0]):
            seen = [wrong_answers(part)[hint] for part in alike]
            apart = (k for k, part in enumerate(alike) if not is_right(part, seen[k]))
            k = next(apart, None)
            label = trials[k or 0].label
            yield (
                f"{alike[0].name}, {label}" if exercise.takes else alike[0].name,
                _DASH if k is None else _typed(seen[k]),
                hint,
            )


def wrong_answers(part: Part) -> dict[str, Any]:
    """Return the known wrong values of a part by the hint that each deserves.

    Args:
        part: What is asked for.

    Returns:
        The values in the shape of the right one; shapes where one is asked for.

    Raises:
        TypeError: If `part` is no `Part`.

    Examples:
        >>> wrong_answers(Part(name="the kind", value="tie", mistakes={"look again.": "gap"}))
        {'look again.': 'gap'}
    """
    instance(part, Part, "part", "a Part")
    if isinstance(part.property, Shape):
        return {hint: shape for shape, hint in part.property.mistakes.items()}
    if isinstance(part.value, str | frozenset):
        return dict(part.mistakes)
    return {hint: np.broadcast_to(wrong, np.shape(part.value))[()] for hint, wrong in part.mistakes.items()}


def _typed(wrong: Any) -> str:
    """Return a wrong answer as somebody would type it."""
    if isinstance(wrong, str | tuple):
        return str(wrong)
    if isinstance(wrong, frozenset):
        return ", ".join(sorted(wrong))
    return ", ".join(_number(float(value)) for value in np.ravel(wrong))


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else f"{value}".replace("inf", "∞").replace("-", "−")
    whole = value.is_integer() and abs(value) < _LONG
    return (f"{value:.0f}" if whole else f"{value:.4g}").replace("-", "−")
