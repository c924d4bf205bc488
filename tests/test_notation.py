from __future__ import annotations

import dataclasses
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from logreg_docs.notation import CHAPTERS, OPTIONS, SYMBOLS, Option, Symbol, notation_table, option_table
from logreg_docs.publish.markup.glossary import read_terms

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).parent.parent / "docs"
TOPICS = (
    "datasets",
    "linear_regression",
    "sigmoid",
    "likelihood",
    "log_loss",
    "scaling",
    "learning_rate",
    "finite_differences",
    "schedules",
    "gradient_descent",
    "newton",
    "separation",
    "classifier",
    "pytorch",
    "evaluation",
    "network",
    "softmax",
    "exercises.sigmoid",  # stands for all chapters, whose `check` is the same
)
ENTRIES: list[Symbol | Option] = [*SYMBOLS, *OPTIONS]
CODES = [entry.code for entry in ENTRIES]


def public_callables(topic: str) -> list[tuple[str, Callable[..., object]]]:
    """Functions, and classes with their methods; nobody calls a result class."""
    module = import_module(f"logreg_docs.{topic}")
    found: list[tuple[str, Callable[..., object]]] = []
    for name in module.__all__:
        item = getattr(module, name)
        if inspect.isfunction(item):
            found.append((name, item))
        elif name == "check":
            found.append((name, item.__call__))
        elif inspect.isclass(item) and not dataclasses.is_dataclass(item) and not issubclass(item, tuple):
            methods = [
                (f"{name}.{k}", f) for k, f in vars(item).items() if inspect.isfunction(f) and not k.startswith("_")
            ]
            found += [(name, item.__init__), *methods]
    return found


def parameters(topic: str) -> dict[str, str]:
    return {
        parameter: name
        for name, item in public_callables(topic)
        for parameter in inspect.signature(item).parameters
        if parameter != "self"
    }


@pytest.mark.parametrize("topic", TOPICS)
def test_every_public_parameter_is_in_the_notation(topic: str) -> None:
    unknown = {parameter: name for parameter, name in parameters(topic).items() if parameter not in CODES}
    assert not unknown, f"add these to SYMBOLS or OPTIONS in logreg_docs/notation.py: {unknown}"


def test_every_topic_module_is_held_against_the_notation() -> None:
    files = {path.stem for path in (Path(__file__).parent.parent / "logreg_docs").glob("[!_]*.py")}
    assert files - {"benchmarks", "data_files", "notation", "tables"} == {topic for topic in TOPICS if "." not in topic}


def test_every_option_is_a_parameter_of_some_public_function() -> None:
    used = {parameter for topic in TOPICS for parameter in parameters(topic)}
    assert {option.code for option in OPTIONS} <= used


def test_tolerance_is_what_a_descent_and_what_newton_stop_at() -> None:
    (tolerance,) = (option for option in OPTIONS if option.code == "tolerance")
    descent, newton = tolerance.meaning.split("; ")
    assert re.search(r"descent .* gradient, nats per unit$", descent)
    assert re.search(r"Newton's method .* fall to come, nats$", newton)


def test_a_name_has_one_entry() -> None:
    assert sorted(CODES) == sorted(set(CODES))
    letters = [symbol.tex for symbol in SYMBOLS]
    assert sorted(letters) == sorted(set(letters))


@pytest.mark.parametrize("page", [*DOCS.rglob("*.md"), *DOCS.rglob("*.py")], ids=lambda page: page.stem)
def test_the_natural_logarithm_has_one_name(page: Path) -> None:
    assert not re.findall(r".*\\ln\b.*|.*\bln \d.*", page.read_text())


@pytest.mark.parametrize("entry", [*SYMBOLS, *OPTIONS], ids=lambda entry: entry.code)
def test_every_entry_says_what_it_means_and_names_a_chapter_that_exists(entry: Symbol | Option) -> None:
    assert all(getattr(entry, field.name) for field in dataclasses.fields(entry))
    assert (DOCS / "chapters" / f"{CHAPTERS[entry.chapter]}.md").is_file()


def test_the_tables_show_every_entry() -> None:
    assert [row[1] for row in notation_table().rows] == [f"`{symbol.code}`" for symbol in SYMBOLS]
    assert [row[0] for row in option_table().rows] == [f"`{option.code}`" for option in OPTIONS]


def test_a_letter_with_two_uses_has_one_row() -> None:
    section = (DOCS / "notation.md").read_text(encoding="utf-8").partition("{ #two-uses }")[2]
    rows = re.findall(r"^\| \$([^$]+)\$ \| ([^|]+) \| ([^|]+) \|$", section, re.MULTILINE)
    letters = [letter for letter, *_ in rows]
    assert len(rows) == section.count("\n| ") - 2  # without the head and the rule below it
    assert sorted(letters) == sorted(set(letters))


def test_every_glossary_entry_opens_with_a_short_plain_sentence_and_links_its_chapter() -> None:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    terms = read_terms(text)
    entries = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(terms) >= 45
    for anchor, tooltip in terms.values():
        assert len(tooltip) <= 120, anchor
        assert not set(tooltip) & set("\\$`*[]"), anchor
    for entry in entries:
        assert re.search(r"Chapter (\d), \[[^\]]+\]\(chapters/0\1-[\w-]+\.md\)\.", entry), entry.partition("\n")[0]


def test_the_glossary_is_in_alphabetical_order_with_one_anchor_a_term() -> None:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^### (.+?) \{ #([\w-]+) \}$", text, flags=re.MULTILINE)
    names = [name.lower().replace("-", " ") for name, _ in terms]
    assert names == sorted(names)
    assert len({anchor for _, anchor in terms}) == len(terms)
