"""What the exercises know of mistakes is told whole, and in the words of the checks."""

from __future__ import annotations

import pytest
from test_exercises import MODULES

from logreg_docs.exercises.checking import Exercise, Trial, judge
from logreg_docs.exercises.comparing import Part
from logreg_docs.exercises.mistakes import first_parts, known_mistakes


@pytest.mark.parametrize("chapter", MODULES)
def test_every_mistake_of_a_chapter_has_its_row(chapter: int) -> None:
    exercises = MODULES[chapter].EXERCISES
    rows = known_mistakes(exercises).rows
    for name, make in exercises.items():
        for part in first_parts(make()):
            told = [row[2].lower() for row in rows if row[:2] == (name, part.name)]
            assert told == [hint.lower() for hint in part.mistakes]
    assert len(rows) >= 10


def test_the_check_says_what_the_table_says() -> None:
    exercises = {
        "9.1": lambda: Exercise(parts=lambda: (Part(name="the loss", value=0.25, mistakes={"that is it.": 1.0}),))
    }
    ((_, _, told),) = known_mistakes(exercises).rows
    assert told == "That is it."
    assert judge(exercises, "9.1", 1.0).hint.lower().endswith(told.lower())


def test_a_symbol_at_the_start_keeps_its_case() -> None:
    part = Part(
        name="b",
        value=1.0,
        mistakes={"a sum is missing.": 4.0, "w was not moved.": 0.0, "x² stays.": 2.0, "A loss is a gain.": 3.0},
    )
    made = known_mistakes({"9.1": lambda: Exercise(parts=lambda: (part,))})
    assert [row[2] for row in made.rows] == ["A sum is missing.", *list(part.mistakes)[1:]]


def test_an_exercise_that_asks_for_a_function_is_asked_on_its_first_trial() -> None:
    trials = Trial(label="", arguments=(3.0,)), Trial(label="", arguments=(4.0,))
    asked = Exercise(takes="x", parts=lambda x: (Part(name="a", value=x),), trials=trials)
    assert [part.value for part in first_parts(asked)] == [3.0]


def test_what_is_no_exercise_is_refused() -> None:
    with pytest.raises(TypeError, match="exercises"):
        known_mistakes(["9.1"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="exercise"):
        first_parts("9.1")  # type: ignore[arg-type]
