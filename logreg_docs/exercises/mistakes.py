"""What students get wrong: the usual mistakes that the exercises of a chapter know, for those who teach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs._validation import instance
from logreg_docs.exercises.checking import Exercise
from logreg_docs.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from logreg_docs.exercises.comparing import Part

__all__ = ["first_parts", "known_mistakes", "sentence"]


def known_mistakes(exercises: Mapping[str, Callable[[], Exercise]]) -> Table:
    """Return the mistakes that the exercises of a chapter know, each with what `check` says to it.

    Args:
        exercises: The exercises of the chapter by name.

    Returns:
        A table with a row for each mistake.

    Raises:
        TypeError: If `exercises` is no dictionary.

    Examples:
        >>> from logreg_docs.exercises.comparing import Part
        >>> one = Exercise(parts=lambda: (Part(name="the loss", value=0.25, mistakes={"that is the sum.": 1.0}),))
        >>> print(known_mistakes({"9.1": lambda: one}))
        exercise | asked for | what the check says
        ---------+-----------+--------------------
        9.1      | the loss  | That is the sum.
    """
    instance(exercises, dict, "exercises", "a dictionary of exercises by name")
    rows = [
        (name, part.name, sentence(hint))
        for name, make in exercises.items()
        for part in first_parts(make())
        for hint in part.mistakes
    ]
    return Table(columns=("exercise", "asked for", "what the check says"), rows=rows)


def first_parts(exercise: Exercise) -> tuple[Part, ...]:
    """Return the right parts of an exercise; where its answer is a function, those of its first trial.

    Args:
        exercise: The exercise.

    Returns:
        Its parts.

    Raises:
        TypeError: If `exercise` is no `Exercise`.

    Examples:
        >>> from logreg_docs.exercises.comparing import Part
        >>> [part.name for part in first_parts(Exercise(parts=lambda: (Part(name="the loss", value=0.25),)))]
        ['the loss']
    """
    instance(exercise, Exercise, "exercise", "an Exercise")
    with np.errstate(all="ignore"):  # mistakes may divide by 0
        return exercise.parts(*exercise.trials[0].arguments)


def sentence(hint: str) -> str:
    """Return a hint with a capital letter, unless it begins with a symbol such as x².

    Args:
        hint: What is said to a mistake.

    Returns:
        The hint as it begins a sentence.

    Raises:
        TypeError: If `hint` is no text.

    Examples:
        >>> sentence("that is the sum."), sentence("x² stays as a factor.")
        ('That is the sum.', 'x² stays as a factor.')
    """
    instance(hint, str, "hint", "a hint as text")
    return f"{hint[0].upper()}{hint[1:]}" if hint[:2].isalpha() or hint.startswith("a ") else hint
