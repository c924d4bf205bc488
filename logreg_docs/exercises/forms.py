"""What a page needs to check an answer without Python: the right values of an exercise with its usual mistakes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from logreg_docs.exercises.comparing import Part, Shape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["MIME", "Form"]

MIME = "application/vnd.logreg-docs.answer+json"
"""Media type of a form in the outputs of a page; no notebook holds it."""

_DIGITS = 12  # of a wrong value, which is met within a tolerance; more would weigh on the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An exercise as a page asks it.

    Args:
        exercise: Its name.
        given: What the values are of, where the exercise asks for a function.
        section: Anchor of the section to read again.
        parts: The right values, with the known wrong ones.

    Examples:
        >>> part = Part(name="the loss", value=-np.inf, mistakes={"that is the sum.": 1.0})
        >>> form = Form(exercise="9.1", given="", section="loss", parts=(part,))
        >>> form.data()["parts"][0]["value"]
        '-Infinity'
    """

    exercise: str
    given: str
    section: str
    parts: tuple[Part, ...]

    def data(self) -> dict[str, Any]:
        """Return the form as JSON can hold it; infinities and nan are text that JavaScript's `Number` reads."""
        parts = [_part(part) for part in self.parts]
        return {"exercise": self.exercise, "given": self.given, "section": self.section, "parts": parts}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        del include, exclude
        return {MIME: self.data(), "text/plain": f"Form of exercise {self.exercise}"}


def _part(part: Part) -> dict[str, Any]:
    value: Any
    if isinstance(part.property, Shape):
        kind, value = "shape", list(part.property.right)
        mistakes: dict[str, Any] = {hint: list(wrong) for wrong, hint in part.property.mistakes.items()}
    elif isinstance(part.value, str | frozenset):
        kind, value = ("text", part.value) if isinstance(part.value, str) else ("words", sorted(part.value))
        mistakes = {hint: wrong if kind == "text" else sorted(wrong) for hint, wrong in part.mistakes.items()}
    else:
        kind, value = "list" if np.ndim(part.value) else "number", _numbers(part.value)
        wrong = {hint: np.broadcast_to(other, np.shape(part.value)) for hint, other in part.mistakes.items()}
        # One that gives the right value here tells nothing.
        apart = (hint for hint in wrong if not np.isclose(wrong[hint], part.value, part.rtol, part.atol).all())
        mistakes = {hint: _numbers(wrong[hint], _DIGITS) for hint in apart}
    tolerance = {"rtol": part.rtol, "atol": part.atol} if kind in ("number", "list") else {}
    return {"name": part.name, "kind": kind, "value": value, **tolerance, **_settings(part), "mistakes": mistakes}


def _settings(part: Part) -> dict[str, Any]:
    """Return what is set for this part and for few others."""
    return {name: value for name in ("logarithm", "share", "follows", "spare") if (value := getattr(part, name))}


def _numbers(values: ArrayLike, digits: int = 17) -> Any:
    array = np.asarray(values, dtype=np.float64)
    return [_number(value, digits) for value in array.tolist()] if array.ndim else _number(array.item(), digits)


def _number(value: float, digits: int) -> float | str:
    if math.isfinite(value):
        return float(f"{value:.{digits}g}")
    return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
