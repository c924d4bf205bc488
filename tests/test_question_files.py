"""The question banks and the cards of the site say what the site says, to readers that did not write them."""

from __future__ import annotations

import importlib
import re
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from question_readers import Item, MoodleQuestion, read_moodle, read_qti
from sites import ROOT, Built
from text2qti.config import Config
from text2qti.qti import QTI
from text2qti.quiz import Quiz

from logreg_docs.exercises.checking import by_hand
from logreg_docs.exercises.comparing import Part, fault, is_right, sentence
from logreg_docs.notation import CHAPTERS
from logreg_docs.publish.markup.plain_html import to_plain_html
from logreg_docs.publish.pages.questions import Card, Choice, Prediction, Value
from logreg_docs.publish.postprocess.anki_deck import DECKS, make_deck
from logreg_docs.publish.postprocess.moodle import make_moodle
from logreg_docs.publish.postprocess.qti import make_qti
from logreg_docs.publish.postprocess.question_files import ANKI, MOODLE, question_files
from logreg_docs.publish.postprocess.question_files import QTI as QTI_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PREDICTIONS = 21


def numbers() -> Iterator[tuple[str, Part]]:
    """The numbers that the exercises ask for, from the exercises themselves, by the name that a question has."""
    for name in CHAPTERS.values():
        module = importlib.import_module(f"logreg_docs.exercises.{name.partition('-')[2].replace('-', '_')}")
        for exercise, make in module.EXERCISES.items():
            task = by_hand(make())
            found = [part for part in task.parts() if part.property is None] if task else []
            entries = [
                each for part in found if not isinstance(part.value, str | frozenset) for each in entries_of(part)
            ]
            yield from ((f"{exercise}-{at}", part) for at, part in enumerate(entries, 1) if np.isfinite(part.value))


def entries_of(part: Part) -> list[Part]:
    """A number as it is, and a list as its entries."""
    values = np.asarray(part.value, dtype=float)
    wrong = {
        hint: np.broadcast_to(np.asarray(value, dtype=float), values.shape) for hint, value in part.mistakes.items()
    }
    return [
        Part(
            name=part.name,
            value=float(values[at]),
            mistakes={hint: float(value[at]) for hint, value in wrong.items()},
            rtol=part.rtol,
            atol=part.atol,
        )
        for at in np.ndindex(values.shape)
    ]


NUMBERS = dict(numbers())


def around(part: Part) -> list[float]:
    """The right number, both sides of both edges of what is accepted, and others nearby."""
    margin = part.atol + part.rtol * abs(part.value)
    shares = [0.0, *(sign * share for sign in (-1, 1) for share in (0.5, 1 - 1e-6, 1 + 1e-6, 3.0))]
    return [float(part.value + share * margin) for share in shares]


@pytest.fixture(scope="module")
def banks(site: Built) -> dict[str, list[Item]]:
    return read_qti((site.folder / QTI_FILE).read_bytes())


@pytest.fixture(scope="module")
def moodle(site: Built) -> list[MoodleQuestion]:
    return read_moodle((site.folder / MOODLE).read_bytes())


def test_there_is_a_bank_for_each_chapter_and_each_question_has_a_name_of_its_own(banks: dict[str, list[Item]]) -> None:
    assert [title.partition(" ")[0] for title in banks] == [str(number) for number in CHAPTERS]
    names = [item.name for items in banks.values() for item in items]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in names)  # what version 2 takes for an identifier


def test_every_prediction_has_one_right_choice_and_a_reason_for_each(banks: dict[str, list[Item]]) -> None:
    asked = [item for items in banks.values() for item in items if item.choices]
    assert len(asked) == PREDICTIONS
    for item in asked:
        assert item.fields["question_type"] == "multiple_choice_question"
        assert 2 <= len(item.choices) <= 4
        verdicts = {name: item.judged(name) for name in item.choices}
        assert sorted(score for score, _ in verdicts.values()) == [0.0] * (len(verdicts) - 1) + [1.0]
        for name, (score, told) in verdicts.items():
            (why,) = told
            assert why
            named = f"<strong>{item.choices[name]}</strong>"
            assert score == 1 or named in " ".join(why.split()), item.name


def test_right_choices_are_those_of_the_chapters(banks: dict[str, list[Item]]) -> None:
    right = [
        unescape(re.sub(r"<[^>]+>", "", item.choices[name]))
        for items in banks.values()
        for item in items
        for name in item.choices
        if item.judged(name)[0] == 1
    ]
    texts = [(ROOT / f"docs/chapters/{name}.md").read_text(encoding="utf-8") for name in CHAPTERS.values()]
    marked = [one for text in texts for one in re.findall(r"^ {4}- (.+)\n +\{ \.right \}$", text, re.MULTILINE)]
    assert right == [one.replace("`", "") for one in marked]


def test_every_number_has_the_verdicts_of_the_check(banks: dict[str, list[Item]]) -> None:
    items = {item.name: item for found in banks.values() for item in found if not item.choices}
    wanted = {f"logreg_docs_{re.sub(r'[^0-9]', '_', name)}": part for name, part in NUMBERS.items()}
    # What a student types is rounded to four decimals by Canvas.
    assert items.keys() == {name for name, part in wanted.items() if is_right(part, round(part.value, 4))}
    assert len(wanted) - len(items) <= 4
    for name, item in items.items():
        assert item.fields["question_type"] == "numerical_question"
        for answer in around(wanted[name]):
            score, (told,) = item.judged(repr(answer))
            assert (score == 1) is (told == "Right.") is is_right(wanted[name], answer), (name, answer)
        (told,) = item.judged("123456789")[1]
        for hint, wrong in wanted[name].mistakes.items():
            tells = np.isfinite(wrong) and not is_right(wanted[name], wrong)
            assert (f"<li>{to_plain_html(sentence(hint))}</li>" in told) is bool(tells), (name, hint)


def test_moodle_asks_the_same_in_categories_of_the_same_names(
    moodle: list[MoodleQuestion], banks: dict[str, list[Item]]
) -> None:
    assert list(dict.fromkeys(one.category for one in moodle)) == [
        f"$course$/top/Logistic regression/{title}" for title in banks
    ]
    asked = {"logreg_docs_" + re.sub(r"\W", "_", one.name.removeprefix("logreg-docs/")): one for one in moodle}
    assert len(asked) == len(moodle) == PREDICTIONS + len(NUMBERS)
    for item in [item for items in banks.values() for item in items]:
        same = asked[item.name]
        assert same.html == item.html
        if item.choices:
            assert same.kind == "multichoice"
            wanted = [(text, *item.judged(name)) for name, text in item.choices.items()]
            assert same.answers() == [(text, score, why) for text, score, (why,) in wanted]


def test_moodle_has_the_verdicts_of_the_check_and_its_word_on_every_usual_mistake(moodle: list[MoodleQuestion]) -> None:
    found = {one.name.removeprefix("logreg-docs/"): one for one in moodle if one.kind == "numerical"}
    assert found.keys() == NUMBERS.keys()
    for name, part in NUMBERS.items():
        for answer in around(part):
            assert (found[name].judged(answer)[0] == 1) is is_right(part, answer), (name, answer)
        for wrong in part.mistakes.values():
            if np.isfinite(wrong) and not is_right(part, wrong):
                assert found[name].judged(wrong) == (0.0, to_plain_html(sentence(fault(part, wrong)[0]))), name
        assert "none of the usual mistakes" in found[name].judged(part.value + 1e6 * (1 + abs(part.value)))[1]


def test_formulas_and_links_stay_whole(banks: dict[str, list[Item]], moodle: list[MoodleQuestion]) -> None:
    texts = [item.html for items in banks.values() for item in items] + [one.html for one in moodle]
    assert sum(r"\(" in text for text in texts) > len(texts) / 3
    for text in texts:
        assert text.count(r"\(") == text.count(r"\)")
        assert not re.search(r"\$|arithmatex|\x1a|\{ *[.#]|<!--|explorable|figure-alt", text), text
        assert re.search(r'<a href="https://example\.github\.io/logreg-docs/chapters/[\w-]+/(#[\w-]+)?">', text)
        assert 'href="#' not in text


def question(**changes: object) -> Value:
    part = Part(name="the sum", value=4.5, mistakes={"That is the mean.": 2.25}, rtol=0.0, atol=0.5)
    asked = {
        "key": "1.1-1",
        "chapter": 1,
        "title": "t",
        "address": "",
        "text": "What?",
        "asked": "the sum",
        "part": part,
    }
    return Value(**asked | changes)  # type: ignore[arg-type]


PREDICTION = Prediction(
    key="a/b/1",
    chapter=1,
    section="B",
    address="",
    text="Which?",
    choices=tuple(
        Choice(text, text == "that", why) for text, why in (("this", "no"), ("that", "yes"), ("other", "never"))
    ),
)
# What Canvas is known to import.
TEXT = """\
1.  Which?
a)  a
... no
*b) b
... yes
c)  c
... never

2.  What?
+   Right.
-   Not yet.
=   4.5 +- 0.5
"""


def outline(element: ET.Element, parent: str = "") -> list[tuple[str, tuple[str, ...]]]:
    """The elements of an item with their attributes, without the metadata and the names that they give to things."""
    made = []
    for child in element:
        name = f"{parent}/{child.tag.partition('}')[2]}"
        kept = (key if key in ("ident", "linkrefid") else f"{key}={value}" for key, value in child.attrib.items())
        made += [(name, tuple(sorted(kept))), *outline(child, name)]
    return [one for one in made if "metadata" not in one[0]]


def test_items_are_built_as_those_that_canvas_imports() -> None:
    made = QTI(Quiz(TEXT, config=Config()))
    theirs = [*ET.fromstring(made.assessment).iter("{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}item")]
    (ours,) = read_qti(make_qti({"1 A": [PREDICTION, question()]})).values()
    assert len(theirs) == len(ours) == 2
    for their, our in zip(theirs, ours, strict=True):
        assert outline(our.element) == outline(their)
        assert our.fields["question_type"] == Item(their).fields["question_type"]


def test_a_number_that_is_wrong_once_rounded_as_canvas_does_is_left_to_moodle() -> None:
    fine = question(part=Part(name="p", value=0.00123, rtol=1e-3))
    assert read_qti(make_qti({"1 A": [fine, question(key="1.1-2")]}))["1 A"][0].name == "logreg_docs_1_1_2"
    assert len(read_moodle(make_moodle({"1 A": [fine, question()]}, "A/B"))) == 2


class Reader:
    """Anki, with a collection of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.collection = Collection(str(folder / "collection.anki2"))

    def take(self, deck: bytes) -> dict[str, int]:
        """Import a deck as a reader does who opens it, and return how many cards are new, and so on."""
        (self.folder / "deck.apkg").write_bytes(deck)
        request = ImportAnkiPackageRequest(
            package_path=str(self.folder / "deck.apkg"), options=ImportAnkiPackageOptions(merge_notetypes=True)
        )
        log = self.collection.import_anki_package(request).log
        return {name: len(getattr(log, name)) for name in ("new", "updated", "duplicate", "conflicting")}

    def notes(self, search: str = "") -> list[tuple[dict[str, str], list[str]]]:
        found = [self.collection.get_note(one) for one in self.collection.find_notes(search)]
        return [(dict(note.items()), note.tags) for note in found]


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path)
    yield reader
    reader.collection.close()


def test_anki_takes_the_deck_once(site: Built, anki: Reader) -> None:
    deck = (site.folder / ANKI).read_bytes()
    glossary, pitfalls = ((ROOT / f"docs/{name}.md").read_text(encoding="utf-8") for name in ("glossary", "pitfalls"))
    wanted = {
        "Glossary": len(re.findall("^### ", glossary, re.MULTILINE)),
        "Pitfalls": len(re.findall(r"^## \d+\.", pitfalls, re.MULTILINE)),
        "Predictions": PREDICTIONS,
    }
    total = sum(wanted.values())
    assert anki.take(deck) == {"new": total, "updated": 0, "duplicate": 0, "conflicting": 0}
    assert anki.take(deck) == {"new": 0, "updated": 0, "duplicate": total, "conflicting": 0}
    assert anki.collection.card_count() == total
    assert {kind: len(anki.notes(f'"deck:Logistic regression::{kind}"')) for kind in DECKS} == wanted
    assert set(anki.collection.tags.all()) == {f"logreg-docs::chapter-{number}" for number in CHAPTERS}
    (logit,) = [note for note in anki.notes() if note[0]["Front"] == "Logit"]
    assert logit[1] == ["logreg-docs::chapter-2"]
    assert 'glossary/#logit">' in logit[0]["Source"]
    for note, tags in anki.notes():
        assert tags, note["Front"]
        assert note["Front"]
        assert note["Back"]
        shown = note["Front"] + note["Back"]
        assert shown.count(r"\(") == shown.count(r"\)")
        assert not re.search(r"\$|arithmatex|\x1a|\{ *[.#]|<!--", shown), shown


def test_the_right_choice_comes_first_on_the_back_of_a_prediction(site: Built, anki: Reader) -> None:
    anki.take((site.folder / ANKI).read_bytes())
    (card,) = anki.collection.find_cards('deck:*Predictions "odds are twice as high"')
    answer = anki.collection.get_card(card).answer()
    assert "<li>0.90</li>" in answer.partition('<hr id="answer">')[0]
    assert answer.partition('<hr id="answer">')[2].lstrip().startswith("<p><strong>0.89</strong>")


def test_a_later_edition_changes_cards_and_keeps_what_was_learnt(anki: Reader) -> None:
    def card(key: str, back: str) -> Card:
        return Card(key=key, kind="Glossary", chapters=(2,), address="", front="Logit", back=back)

    anki.take(make_deck([card("a", "old"), card("b", "same")], "L", 1_700_000_000))
    (first,) = anki.collection.find_cards("old")
    learnt = anki.collection.get_card(first)
    learnt.start_timer()
    anki.collection.sched.answerCard(learnt, 3)
    later = make_deck([card("c", "more"), card("a", "new"), card("b", "same")], "L", 1_700_000_100)
    assert anki.take(later) == {"new": 1, "updated": 2, "duplicate": 0, "conflicting": 0}
    assert [note["Back"] for note, _ in anki.notes()] == ["new", "same", "more"]
    (again,) = anki.collection.find_cards("new")
    assert (again, anki.collection.get_card(again).reps) == (first, 1)


def test_the_same_questions_give_the_same_bytes_and_others_do_not(tmp_path: Path) -> None:
    def made(cache: str, text: str = "What?", time: int = 10**9) -> dict[str, bytes]:
        cards = [PREDICTION.card()]
        banks: dict[str, list[Prediction | Value]] = {"1 A": [PREDICTION, question(text=text)]}
        return question_files("A", time, banks, cards, convert=to_plain_html, cache=tmp_path / cache)

    first = made("a")
    assert list(first) == [QTI_FILE, MOODLE, ANKI]
    assert made("b") == made("b") == first
    assert [name for name, content in made("a", text="Else?").items() if content != first[name]] == [QTI_FILE, MOODLE]
    assert [name for name, content in made("a", time=10**9 + 9).items() if content != first[name]] == [ANKI]
    assert question_files("A", 10**9, {}, [], convert=to_plain_html, cache=tmp_path) == {}
