"""Answers to the exercises: right ones pass, each usual mistake is called by its name, and nothing else passes."""

from __future__ import annotations

import json
import math
import re
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from sites import ROOT, Built
from test_network import as_network

from logreg_docs.exercises import labs
from logreg_docs.exercises.checking import Exercise, Trial, by_hand, checker, judge
from logreg_docs.exercises.comparing import Part, described, fault
from logreg_docs.log_loss import log_loss_gradient
from logreg_docs.notation import CHAPTERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOPICS = {number: name.partition("-")[2].replace("-", "_") for number, name in CHAPTERS.items()}
MODULES = {number: import_module(f"logreg_docs.exercises.{topic}") for number, topic in TOPICS.items()}
REGISTERED: dict[str, Callable[[], Exercise]] = {
    name: make for module in (*MODULES.values(), labs) for name, make in module.EXERCISES.items()
}
TASKS = {name: make() for name, make in REGISTERED.items()}
FUNCTIONS = [name for name, task in TASKS.items() if task.takes]
CELL = re.compile(
    r'```python exec="answer"\n    answer = \.\.\.  # .+\n    check\("(?P<name>[\d.]+)", answer\)\n    ```'
)


def verdict(name: str, answer: object) -> str:
    return str(judge(REGISTERED, name, answer))


@cache
def right_parts(name: str) -> list[tuple[Part, ...]]:
    with np.errstate(all="ignore"):
        return [TASKS[name].parts(*trial.arguments) for trial in TASKS[name].trials]


def answer_with(name: str, change: Callable[[Part], Any]) -> Any:
    """Return an answer that has `change(part)` in the place of every part."""

    def made(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            values = tuple(change(part) for part in TASKS[name].parts(*arguments))
        return values[0] if len(values) == 1 else values

    return made if TASKS[name].takes else made()


def scaled(factor: float, part: Part) -> Any:
    return factor * np.asarray(part.value)


def numeric(part: Part) -> bool:
    return part.property is None and not isinstance(part.value, str | frozenset)


MISTAKES = [(name, part.name, hint) for name in REGISTERED for part in right_parts(name)[0] for hint in part.mistakes]
NUMERIC = [name for name in REGISTERED if all(numeric(part) for part in right_parts(name)[0])]

# Worked out by another way than the package's: by hand, with the standard library or with SciPy.
RIGHT: dict[str, Any] = {
    "0.1": (4, math.sqrt(26 / 3)),
    "0.2": (0.24, 0.2),
    "0.3": math.log(12),
    "0.5": math.dist,
    "0.6": ((40,), (3,), (40, 3)),
    "1.1": lambda x, y: (
        sum(float(a) * float(b) for a, b in zip(x, y, strict=True)) / math.fsum(float(a) ** 2 for a in x)
    ),
    "2.1": lambda z: special.expit(z) * special.expit(-z) * (special.expit(-z) - special.expit(z)),
    "2.3": (0.25, -math.log(3), math.log(18 / 19), 1 / 37),
    "2.4": lambda p: np.log1p((2 * p - 1) / (1 - p)),
    "2.5": lambda z: np.logaddexp(0, z),
    "3.1": (1.0, -math.inf),
    "3.3": lambda x, y: (math.fsum((0.5 - y) * x) / len(x), math.fsum(0.5 - y) / len(x)),
    "3.4": math.log(1e8),
    "3.5": lambda s, z: -special.log_expit(s * z),
    "3.6": (-1, 40),
    "4.1": (0.2, 0),
    "4.3": lambda X, y, w, b: (
        w - X.T @ (special.expit(X @ w + b) - y) / len(y),
        b - np.mean(special.expit(X @ w + b) - y),
    ),
    "4.5": 1 / (1 - math.exp(-0.5)),
    "5.1": lambda share: (0.5, math.log(2), 0.5 - share),
    "5.2": (math.log(1 + math.exp(-1)), math.log(2)),
    "5.3": (100 - 17) / 800,
    "5.4": lambda rows, total: total / rows,
    "5.5": math.log(2),
    "6.1": (0.97, 0.6, 0.75, 940 / 960, 2 / 3),
    "6.2": 0.75,
    "6.3": ["Brier", "ECE", "recall"],
    "6.4": lambda q: (0.5, 0, q - q**2),
    "6.5": (0.05, -math.log(19)),
    "7.1": (2 / 3, -1 / 3, math.sqrt(5) / 3),
    "7.3": (100 / 23, 0.01),
    "7.4": lambda w: [w / 3601, 60 * w / 3601],
    "7.5": 19,
    "8.1": as_network([[9, 9], [9, 9]], [-4.5, -13.5], [9, -9], -9),
    "8.2": math.log(2),
    "8.3": lambda V, c, w, b: (sum(k * row for k, row in zip(w, V, strict=True)), sum(w * c) + b),
    "8.4": ([1 / 8, 2 / 8, 5 / 8], math.log(8), [-7 / 8, 2 / 8, 5 / 8]),
    "8.5": math.log(math.e + 2) - 1,
}


def test_exercises_are_numbered_by_chapter_without_a_gap() -> None:
    for number, module in MODULES.items():
        assert list(module.EXERCISES) == [f"{number}.{k}" for k in range(1, len(module.EXERCISES) + 1)]
        assert len(module.EXERCISES) >= 3


@pytest.mark.parametrize("name", RIGHT)
def test_answer_worked_out_another_way_is_right(name: str) -> None:
    assert verdict(name, RIGHT[name]) == f"Exercise {name}: right."


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1234567890123.5, "The number 1.23457e+12"),
        (-1.2345678901e-05, "The number -1.23457e-05"),
        (123456, "The number 123456"),
        (1234567, "The number 1234567"),
        (-(10**400), "A number beyond float64"),
        pytest.param(10**5000, "A number beyond float64", id="more digits than str gives"),
        (np.longdouble("1e-7"), "The number 1e-07"),
        (10**13, "The number 1e+13"),
        (np.int64(7), "The number 7"),
        (np.float32(0.1), "The number 0.1"),
        (math.nan, "The number nan"),
        (2 - 0.5j, "The number 2-0.5j"),
        (True, "True"),
        (np.False_, "False"),
        (np.array(0.1), "A number"),
    ],
)
def test_a_number_is_described_with_its_size_and_no_digit_of_it_is_cut_off(value: Any, words: str) -> None:
    assert described(value) == words


@pytest.mark.parametrize("name", [name for module in MODULES.values() for name in module.EXERCISES if name != "8.1"])
def test_four_significant_digits_are_enough_in_the_page(name: str) -> None:
    def four(part: Part) -> Any:
        return np.array([float(f"{value:.3e}") for value in np.ravel(part.value)]).reshape(np.shape(part.value))

    asked = by_hand(TASKS[name])
    assert asked is not None
    values = tuple(four(part) for part in asked.parts() if numeric(part))
    if values and all(numeric(part) for part in asked.parts()):
        assert judge({name: lambda: asked}, name, values if len(values) > 1 else values[0]).right


@pytest.mark.parametrize(
    ("right", "came", "told"),
    [
        ([0.125, 0.25, 0.625], [0.13, 0.25, 0.63], True),
        ([0.125, 0.25, 0.625], [0.12, 0.25, 0.62], True),
        ([0.125, 0.25, 0.625], [0.1, 0.3, 0.6], True),
        (-0.875, -0.88, True),
        (-0.875, -0.9, True),
        (2 / 3, 0.67, True),
        (2 / 3, 0.66, False),
        (0.375, 0.4, True),
        (0.375, 0.5, False),
        (0.375, 0, False),
        (2.5, 2, True),
        (2.5, 3, True),
        (2.5, 4, False),
    ],
)
def test_rounding_is_recognised_with_a_half_either_way(right: Any, came: Any, told: bool) -> None:  # noqa: FBT001
    assert ("rounded too far" in fault(Part(name="it", value=right), came)[0]) is told


@pytest.mark.parametrize(("name", "part_name", "hint"), MISTAKES)
def test_each_usual_mistake_is_called_by_its_name(name: str, part_name: str, hint: str) -> None:
    def slip(part: Part) -> Any:
        if part.name != part_name:
            return part.value
        return part.mistakes[hint] if not numeric(part) else np.broadcast_to(part.mistakes[hint], np.shape(part.value))

    found = judge(REGISTERED, name, answer_with(name, slip))
    assert not found.right
    assert f"{part_name}: {hint}".lower() in found.hint.lower() or "another order" in found.hint


@pytest.mark.parametrize("name", [name for module in MODULES.values() for name in module.EXERCISES if name != "8.1"])
def test_each_hint_of_a_form_is_told_to_whoever_makes_its_mistake(name: str) -> None:
    asked = by_hand(TASKS[name])
    assert asked is not None
    parts = asked.parts()
    module = MODULES[int(name[0])]
    for hint in {hint: None for part in module.check.form(name).data()["parts"] for hint in part["mistakes"]}:
        values = tuple(part.mistakes.get(hint, part.value) for part in parts if part.property is None)
        if len(values) == len(parts):
            said = judge({name: lambda: asked}, name, values if len(values) > 1 else values[0]).hint
            assert hint in said or "another order" in said, (hint, said)


@pytest.mark.parametrize(
    ("name", "answer"), [("0.4", (20.03, 7)), ("0.4", (20, 7.01)), ("0.1", (4.005, math.sqrt(26 / 3)))]
)
def test_a_whole_number_is_asked_for_exactly(name: str, answer: object) -> None:
    assert "not right" in verdict(name, answer)


@pytest.mark.parametrize("name", NUMERIC)
def test_mistakes_that_know_no_topic_are_called_by_their_name(name: str) -> None:
    scalar = all(np.ndim(part.value) == 0 for part in right_parts(name)[0])
    cases: dict[str, Callable[[Part], Any]] = {
        "nan|undefined": lambda part: np.full(np.shape(part.value), math.nan),
        "dots": lambda _: ...,
        "None": lambda _: None,
        "text": lambda _: "0.5",
        "True": lambda _: True,
        r"\.item\(\)" if scalar else "shape": lambda part: np.reshape(part.value, (-1, 1)),
        "autograd": lambda part: torch.as_tensor(np.array(part.value, dtype=float)).requires_grad_(),
        "complex|number": lambda part: np.asarray(part.value) + 1j,
    }
    for words, change in cases.items():
        found = judge(REGISTERED, name, answer_with(name, change))
        assert not found.right, words
        assert re.search(words, found.hint), f"{words}: {found.hint}"


@pytest.mark.parametrize("name", NUMERIC)
def test_the_sign_and_the_base_of_a_logarithm_are_recognised(name: str) -> None:
    known = " ".join(hint for part in right_parts(name)[0] for hint in part.mistakes)
    factors = {"sign|uphill|wrong way": -1.0}
    if any(part.logarithm for part in right_parts(name)[0]):
        factors |= {"base 10": 1 / math.log(10), "base 2": 1 / math.log(2)}
    for words, factor in factors.items():
        if all(part.logarithm for part in right_parts(name)[0]) or factor == -1:
            found = judge(REGISTERED, name, answer_with(name, partial(scaled, factor)))
            assert not found.right
            assert re.search(words, found.hint) or any(hint in known for hint in found.hint.split(": ")), found.hint


@given(st.sampled_from(NUMERIC), st.floats(0.02, 1e6), st.booleans())
def test_noise_is_never_right(name: str, error: float, below: bool) -> None:  # noqa: FBT001 - hypothesis draws it
    def noisy(part: Part) -> Any:
        value = np.asarray(part.value, dtype=float)
        slack = 1.5 * part.atol + error * np.maximum(np.abs(np.nan_to_num(value)), 1e-3)
        return np.nan_to_num(value) + (-slack if below else slack)

    assert not judge(REGISTERED, name, answer_with(name, noisy)).right


@given(st.sampled_from(sorted(REGISTERED)), st.one_of(st.floats(), st.text(), st.lists(st.floats()), st.binary()))
def test_whatever_comes_is_answered_and_hardly_ever_right(name: str, answer: object) -> None:
    found = judge(REGISTERED, name, answer)
    assert found.right or len(found.hint) > 20
    assert not (found.right and name in FUNCTIONS)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name in NUMERIC])
def test_function_that_is_right_on_the_first_arguments_alone_is_not_right(name: str) -> None:
    task = TASKS[name]
    assert len(task.trials) > 1
    for at, trial in enumerate(task.trials[1:], 1):

        def partly(*arguments: Any, wrong: Trial = trial) -> Any:
            with np.errstate(all="ignore"):
                values = tuple(part.value for part in task.parts(*arguments))
            pairs = zip(arguments, wrong.arguments, strict=True)
            same = all(isinstance(a, np.random.Generator) or np.array_equal(a, b) for a, b in pairs)
            values = tuple(np.asarray(v) + 1e9 for v in values) if same else values
            return values[0] if len(values) == 1 else values

        found = judge(REGISTERED, name, partly)
        assert not found.right, task.trials[at].label
        assert trial.label in found.hint


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_that_raises_or_takes_other_arguments_or_is_called_already_is_told_so(name: str) -> None:
    def broken(*_: Any) -> float:
        raise ZeroDivisionError("no rows")

    assert "raised ZeroDivisionError: no rows" in verdict(name, broken)
    assert "raised TypeError" in verdict(name, lambda: 0.0)
    assert f"a function of ({TASKS[name].takes}) is asked for" in verdict(name, 0.5)


@pytest.mark.parametrize("name", [name for name in REGISTERED if name not in FUNCTIONS and name != "8.1"])
def test_function_in_place_of_a_value_is_told_so(name: str) -> None:
    assert "A function came" in verdict(name, lambda: 1.0)


def test_function_that_warns_on_the_way_to_the_right_values_is_not_accepted() -> None:
    def warns(z: Any) -> Any:
        np.exp(np.abs(z))
        return np.logaddexp(0, z)

    assert "a warning came: overflow" in verdict("2.5", warns)


def test_function_may_change_its_arguments_and_spoils_nothing() -> None:
    def spoils(z: Any) -> Any:
        result = np.logaddexp(0, z)
        z[:] = 0.0
        return result

    assert judge(REGISTERED, "2.5", spoils).right
    assert judge(REGISTERED, "2.5", RIGHT["2.5"]).right


def test_naive_code_is_caught_where_it_loses_digits_or_overflows() -> None:
    assert "overflows" in verdict("2.5", lambda z: np.log(1 + np.exp(z)))
    assert "log1p" in verdict("2.5", lambda z: np.maximum(z, 0) + np.log(1 + np.exp(-abs(z))))
    assert "loses digits" in verdict("2.4", lambda p: np.log(p) - np.log(1 - p))
    assert "±1000" in verdict("3.5", lambda s, z: np.log1p(np.exp(-s * z)))


def test_median_may_be_any_number_between_the_middle_scores() -> None:
    ((squares, absolute),) = right_parts("1.2")
    for shift, right in ((-1.0, True), (1.0, True), (-1.02, False), (1.02, False)):
        assert judge(REGISTERED, "1.2", (squares.value, absolute.value + shift * absolute.atol)).right is right


def test_network_that_solves_xor_otherwise_passes_and_a_failing_corner_is_named() -> None:
    other = as_network([[20, -20], [-20, 20]], [-10, -10], [20, 20], 20)
    assert judge(REGISTERED, "8.1", other).right
    assert "corner (1, 1)" in verdict("8.1", as_network([[20, 20], [20, 20]], [-10, -50], [20, -20], -20))
    assert "other side" in verdict("8.1", as_network([[20, 20], [20, 20]], [-10, -30], [-20, 20], 20))
    assert "unsure" in verdict("8.1", as_network(np.zeros((2, 2)), [0, 0], [0, 0], 0))
    assert "overflow" in verdict("8.1", as_network(np.full((2, 2), 1e308), [0, 0], [0, 0], 0))
    assert "two tanh nodes" in verdict("8.1", as_network([[1, 1]], [0], [1], 0))
    assert "a Network is asked for" in verdict("8.1", [[20, 20], [20, 20]])


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("2.1", (2 / 27, -3 / 32), "the size is right and the sign is not."),
        ("2.5", (math.log(2), 40, 0), "that is -log σ(z). Look at the sign of z."),
        ("2.5", (math.log(2), 0, math.inf), "that is log(1 + e^z) as it stands"),
        ("3.5", (math.log(1 + math.exp(2)), 0), "the sign in the exponent is wrong"),
    ],
)
def test_a_hint_that_fits_all_wrong_parts_is_told_before_others(name: str, answer: object, words: str) -> None:
    asked = by_hand(TASKS[name])
    assert asked is not None
    hint = judge({name: lambda: asked}, name, answer).hint
    assert hint.count(words) == 2


def test_what_follows_from_other_parts_is_judged_once_they_are_right() -> None:
    for answer, told in (
        ((1, 0, 1), [True, True, False]),
        ((2 / 3, 0, 2 / 3), [False, True, False]),
        ((2 / 3, -1 / 3, 1), [False, False, True]),
    ):
        hint = judge(REGISTERED, "7.1", answer).hint
        assert [f"{name}: " in hint for name in ("w", "b", "The slope")] == told


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("4.1", (-0.25, 0), "not yet. w: that is the gradient."),
        ("7.1", (1, -1 / 3, 1), "not yet. w: that gives a gap"),
        ("7.3", (0.23, 0.01), "not yet. λ: that is the inverse"),
        ("4.4", (2, 2), "not yet. b, both together: "),
        ("6.1", (0.97, 0.6, 0.75, 940 / 960, 1 / 3), "not yet. F1: a factor"),
        ("0.1", (12, 0), "not yet. The mean: that is the sum."),
        ("2.3", (0.25, -math.log(3), 0, 1 / 37), "The true logit of red: that is the logit that would be fair."),
    ],
)
def test_hint_names_what_is_wrong_and_a_symbol_keeps_its_case(name: str, answer: object, words: str) -> None:
    assert words in verdict(name, answer)


def test_sum_of_slopes_is_known_for_the_rows_of_the_chapter() -> None:
    asked = by_hand(TASKS["5.1"])
    assert asked is not None
    assert "that is a sum over rows" in judge({"5.1": lambda: asked}, "5.1", (0.5, math.log(2), 320)).hint


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("6.2", 75, True),
        ("0.2", (24, 0.2), True),
        ("2.3", (0.25, -math.log(3), math.log(18 / 19), 100 / 37), True),
        ("8.4", ([12.5, 25, 62.5], math.log(8), [-7 / 8, 2 / 8, 5 / 8]), True),
        ("0.2", (0.24, 20), False),
        ("0.1", (400, math.sqrt(26 / 3)), False),
        ("0.4", (2000, 7), False),
        ("8.4", ([1 / 8, 2 / 8, 5 / 8], 100 * math.log(8), [-7 / 8, 2 / 8, 5 / 8]), False),
    ],
)
def test_per_cent_are_told_of_a_share_and_of_nothing_else(name: str, answer: object, told: bool) -> None:  # noqa: FBT001
    assert ("per cent" in verdict(name, answer)) is told


def test_order_rounding_per_cent_and_shapes_are_recognised() -> None:
    assert "another order" in verdict("6.5", (-math.log(19), 0.05))
    assert "rounded too far" in verdict("7.1", (0.67, -0.33, 0.75))
    assert "2 values are asked for" in verdict("6.5", 0.05)
    assert "3 values came" in verdict("6.5", (1, 2, 3))
    vector = Part(name="p", value=[0.1, 0.2, 0.3])
    for answer, words in (
        ([[0.1], [0.2], [0.3]], "ravel"),
        (np.eye(3), "broadcast"),
        (0.2, "summed or averaged"),
        ([0.1, 0.2], "2 numbers came, 3 are asked for. One is missing"),
        ([0.1, 0.2, 0.3, 0.4], "4 numbers came, 3 are asked for. One is too many"),
        (0.2, "one number came, 3 are asked for. Something was"),
        ([], "0 numbers came, 3 are asked for."),
        (np.ones(1), "shape (1,) came, (3,) is asked for."),
        ([[0.1], [0.2, 0.3]], "unequal rows"),
        (np.ma.masked_array([0.1, 0.2, 0.3], [True, False, False]), "masked"),
        (np.ones((2, 5)), "Compare the shapes"),
        ([0.1, 0.2, math.inf], "inf came"),
    ):
        assert words in fault(vector, answer)[0]
    assert "transposed" in fault(Part(name="V", value=np.ones((2, 3))), np.ones((3, 2)))[0]


def test_words_and_sets_are_compared_without_regard_to_case() -> None:
    assert judge(REGISTERED, "6.3", {"Recall", "ece", "brier "}).right
    assert "a set of names is asked for" in verdict("6.3", "recall")
    assert "not right" in verdict("6.3", {"AUC", "ECE"})
    assert "text is asked for" in verdict("7.2", (1, 1.0))


@pytest.mark.parametrize(
    "value", [10**400, 1j, np.float64(0.5), np.True_, b"x", {1: 2}, object(), [[1], [1, 2]], np.ones(2)]
)
def test_whatever_comes_can_be_described(value: object) -> None:
    assert described(value)


@pytest.mark.parametrize("name", NUMERIC)
def test_no_hint_gives_a_value_away(name: str) -> None:
    for parts in right_parts(name):
        for part in parts:
            digits = {f"{v:.{k}g}" for v in np.ravel(part.value) for k in (3, 4) if not float(v).is_integer()}
            hints = " ".join([*part.mistakes, part.name, *fault(part, np.full(np.shape(part.value), 0.123))])
            assert not [shown for shown in digits if re.search(rf"(?<![\d.]){re.escape(shown)}", hints)]


def test_unknown_exercise_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"exercise must be one of 2\.1, 2\.2, 2\.3, 2\.4, 2\.5, 2\.6, got '9\.9'"):
        MODULES[2].check("9.9", 1.0)
    with pytest.raises(TypeError, match=r"exercise must be the name of an exercise as text"):
        MODULES[2].check(2.1, 1.0)
    with pytest.raises(TypeError, match="exercises must be a dictionary"):
        checker(None)  # type: ignore[arg-type]  # what is refused


def sections(number: int) -> list[str]:
    """Return the exercises of a chapter as written, each with its solution."""
    text = (ROOT / "docs/chapters" / f"{CHAPTERS[number]}.md").read_text(encoding="utf-8")
    section = text.partition("\n## Check yourself")[2].partition("\n## Where to go next")[0]
    return re.split(r'^!!! example "Exercise \d+: ', section, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("number", CHAPTERS)
def test_chapter_has_four_exercises_with_running_solutions_that_are_checked(number: int) -> None:
    found = sections(number)
    assert len(found) >= 4
    assert len(found) == len(MODULES[number].EXERCISES)
    for k, text in enumerate(found, 1):
        task, _, solution = text.partition('??? success "Solution"\n')
        assert re.search(r'^    ```python(?! exec="off")', solution, re.MULTILINE), f"{number}.{k}"
        assert [match["name"] for match in CELL.finditer(task)] == [f"{number}.{k}"]
        assert re.findall(r'check\("([\d.]+)", (?!answer)', solution) == [f"{number}.{k}"]


@pytest.mark.parametrize("number", CHAPTERS)
def test_every_exercise_names_a_section_of_its_chapter(number: int) -> None:
    text = (ROOT / "docs/chapters" / f"{CHAPTERS[number]}.md").read_text(encoding="utf-8")
    anchors = re.findall(r"^#+ .* \{ #([\w-]+) \}$", text, re.MULTILINE)
    assert {make().section for make in MODULES[number].EXERCISES.values()} <= {*anchors}


def test_what_can_only_be_judged_as_the_object_that_it_is_has_no_form() -> None:
    unasked = Exercise(
        takes="x", parts=lambda x: (Part(name="x", value=x),), trials=(Trial(label="x", arguments=(1,)),)
    )
    assert by_hand(TASKS["8.1"]) is None
    assert by_hand(unasked) is None
    assert checker({"9.1": lambda: unasked}).form("9.1") is None


def test_values_by_hand_are_those_of_the_function_and_may_be_rounded_and_unbracketed() -> None:
    typed = by_hand(TASKS["4.3"])
    assert typed is not None
    assert [(part.name, float(part.value)) for part in typed.parts()] == [("the new w", 2.0), ("the new b", -1.5)]
    assert judge({"4.3": lambda: typed}, "4.3", (2.001, -1.5)).right
    assert "uphill" not in judge({"4.3": lambda: typed}, "4.3", (0.0, -1.5)).hint
    assert "still climbs" in judge({"4.3": lambda: typed}, "4.3", (0.0, -1.5)).hint


def test_mistake_that_gives_the_right_value_by_hand_is_not_handed_over() -> None:
    form = MODULES[5].check.form("5.4")
    three_hundred, one_of_seven = (part["mistakes"] for part in form.data()["parts"])
    assert three_hundred.keys() - one_of_seven.keys() == {
        "that divides by the rows twice: each part's loss is a mean already."
    }


def said(notebook: Path) -> list[tuple[str, str]]:
    """Return what `check` says in a notebook, by exercise."""
    printed = "".join(
        text
        for cell in json.loads(notebook.read_text())["cells"]
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
        for text in output.get("text", [])
    )
    return re.findall(r"^Exercise ([\w. ]+): (.+)$", printed, re.MULTILINE)


@pytest.mark.parametrize("number", CHAPTERS)
def test_every_solution_of_the_built_notebook_is_right_and_every_answer_is_awaited(number: int, site: Built) -> None:
    found = said(site.folder / "chapters" / f"{CHAPTERS[number]}.ipynb")
    expected = [(name, start) for name in MODULES[number].EXERCISES for start in ("no answer yet.", "right.")]
    assert [(name, words[: len(start)]) for (name, words), (_, start) in zip(found, expected, strict=True)] == expected


def test_what_a_function_without_an_answer_returns_is_told_in_words() -> None:
    for empty in (lambda *_: ..., lambda *_: (..., ...)):
        assert verdict("gradient", empty) == (
            "Exercise gradient: no answer yet. Put your answer in place of the three dots, then run this cell again."
        )
    assert "None came" in verdict("gradient", lambda *_: None)
    assert "The slope in b: None came" in verdict(
        "gradient", lambda X, y, w, b: (log_loss_gradient(X, y, w, b).w, None)
    )
    assert "An array of shape (9,) of True and False came" in verdict("predict", lambda X, *_: X[:, 0] > 0)


def test_split_may_be_drawn_in_any_way_and_what_goes_wrong_is_told() -> None:
    def split(X: Any, y: Any, share: float, rng: Any, *, end: bool = False, cut: int = 0, order: Any = None) -> Any:
        order = rng.permutation(y.size) if order is None else order(y.size)
        n = round(share * y.size) + cut
        test, train = (order[y.size - n :], order[: y.size - n]) if end else (order[:n], order[n:])
        return X[train], X[test], y[train], y[test]

    assert judge(REGISTERED, "split", split).right
    assert judge(REGISTERED, "split", partial(split, end=True)).right
    for wrong, words in (
        (lambda *a: split(*a)[:2], "four arrays are asked for"),
        (lambda *a: (split(*a)[1], *split(*a)[1:]), "lost, or came twice"),
        (partial(split, cut=1), "6 test rows came of 20"),
        (lambda *a: (*split(*a)[:2], *partial(split, end=True)(*a)[2:]), "rows of others"),
        (lambda *a: (*split(*a)[:2], *split(*a)[:1:-1]), "the labels are cut at another place"),
        (partial(split, order=np.arange), "Shuffle them"),
    ):
        assert words in verdict("split", wrong)


def test_groups_may_be_written_in_any_way_and_what_goes_wrong_is_told() -> None:
    net = torch.nn.Linear(10, 1)
    weight, bias = {"params": net.weight, "weight_decay": 0.05}, {"params": [net.bias]}
    assert judge(REGISTERED, "groups", [bias, weight]).right
    for wrong, words in (
        (net.parameters(), "all parameters in one group"),
        ([net.weight, net.bias], "a list of dictionaries"),
        ([{"params": net.parameters(), "weight_decay": 0.05}], "the bias is penalised"),
        ([weight], "each once"),
        ([bias, {"params": net.weight}], "the weight is not penalised"),
        ([bias, {**weight, "weight_decay": 0.025}], "Which factor"),
    ):
        assert words in verdict("groups", wrong)
