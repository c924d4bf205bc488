"""What the exercises know of mistakes is told whole, and in the words of the checks."""

from __future__ import annotations

from ast import literal_eval

import numpy as np
import pytest
from test_exercises import MODULES

from logreg_docs.exercises.checking import Exercise, Trial, by_hand, judge
from logreg_docs.exercises.comparing import Part, Shape, fault
from logreg_docs.exercises.mistakes import known_mistakes, wrong_answers


@pytest.mark.parametrize("chapter", MODULES)
def test_every_mistake_of_a_chapter_has_its_row(chapter: int) -> None:
    exercises = MODULES[chapter].EXERCISES
    rows = known_mistakes(exercises).rows
    for name, make in exercises.items():
        exercise = make()
        with np.errstate(all="ignore"):
            parts = exercise.parts(*exercise.trials[0].arguments)
        known: list[str] = []
        for part in parts:
            known += part.property.mistakes.values() if isinstance(part.property, Shape) else part.mistakes
        assert [row[3].lower() for row in rows if row[0] == name] == [hint.lower() for hint in known]
    assert len(rows) >= 10


def as_typed(part: Part, text: str) -> object:
    """Return the value of an answer typed into the table."""
    if isinstance(part.property, Shape):
        return literal_eval(text)
    if isinstance(part.value, str):
        return text
    if isinstance(part.value, frozenset):
        return set(text.split(", "))
    values = [float(word.replace("−", "-").replace("∞", "inf")) for word in text.split(", ")]
    return values if np.ndim(part.value) else values[0]


@pytest.mark.parametrize("chapter", MODULES)
def test_whoever_types_the_wrong_answer_gets_the_hint(chapter: int) -> None:
    exercises = MODULES[chapter].EXERCISES
    rows = [row for row in known_mistakes(exercises).rows if row[2] != "–"]
    for name, asked, wrong, told in rows:
        typed = by_hand(exercises[name]())
        assert typed is not None
        (part,) = [part for part in typed.parts() if f"{asked}, ".startswith(f"{part.name}, ")]
        hints = [hint.lower() for hint in fault(part, as_typed(part, wrong))]
        assert told.lower() in hints, (name, asked, wrong, told)
    assert len(rows) >= 10


def test_the_check_says_what_the_table_says() -> None:
    exercises = {
        "9.1": lambda: Exercise(parts=lambda: (Part(name="the loss", value=0.25, mistakes={"that is it.": 1.0}),))
    }
    ((_, _, _, told),) = known_mistakes(exercises).rows
    assert told == "That is it."
    assert judge(exercises, "9.1", 1.0).hint.lower().endswith(told.lower())


def test_a_symbol_at_the_start_keeps_its_case() -> None:
    part = Part(
        name="b",
        value=1.0,
        mistakes={
            "a sum is missing.": 4.0,
            "w was not moved.": 0.0,
            "x² stays.": 2.0,
            "axis=0 is down.": 3.0,
            "nan came.": 5.0,
        },
    )
    made = known_mistakes({"9.1": lambda: Exercise(parts=lambda: (part,))})
    assert [row[3] for row in made.rows] == ["A sum is missing.", *list(part.mistakes)[1:]]


def test_an_exercise_that_asks_for_a_function_is_asked_where_it_can_be_worked_out_by_hand() -> None:
    trials = (
        Trial(label="large x", arguments=(1e6,)),
        Trial(label="x = 0", arguments=(0.0,), by_hand=True),
        Trial(label="x = 3", arguments=(3.0,), by_hand=True),
    )

    def parts(x: float) -> tuple[Part, ...]:
        return (Part(name="x²", value=x * x, mistakes={"that is 2x.": 2 * x, "that is x².": x * x}),)

    asked = Exercise(takes="x", parts=parts, trials=trials)
    assert [row[1:3] for row in known_mistakes({"9.1": lambda: asked}).rows] == [("x², x = 3", "6"), ("x², x = 0", "–")]


def test_an_answer_is_written_as_it_is_typed() -> None:
    values = [0.5, -1 / 3, 10_000.0, 2e6, -np.inf, np.nan]
    part = Part(name="a", value=1.0, mistakes={f"slip {k}.": value for k, value in enumerate(values)})
    rows = known_mistakes({"9.1": lambda: Exercise(parts=lambda: (part,))}).rows
    assert [row[2] for row in rows] == ["0.5", "−0.3333", "10000", "2e+06", "−∞", "nan"]


def test_what_is_no_exercise_is_refused() -> None:
    with pytest.raises(TypeError, match="exercises"):
        known_mistakes(["9.1"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="part"):
        wrong_answers("9.1")  # type: ignore[arg-type]
