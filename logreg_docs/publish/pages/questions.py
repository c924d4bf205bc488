"""Find what the pages ask, and what is to be remembered: predictions, numbers of exercises, terms and pitfalls."""

from __future__ import annotations

import math
import re
import textwrap
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

from logreg_docs.exercises.comparing import Part, sentence
from logreg_docs.exercises.forms import MIME as FORM
from logreg_docs.explorables.base import MIME
from logreg_docs.publish.pages.cells import PageError, inline_text
from logreg_docs.publish.pages.fences import Fence, Inline
from logreg_docs.publish.pages.kinds import chapter_number
from logreg_docs.publish.pages.notebook import portable
from logreg_docs.publish.pages.outputs import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from logreg_docs.publish.pages.cells import Cell, Outputs

__all__ = [
    "PITFALLS",
    "Card",
    "Choice",
    "PageText",
    "Prediction",
    "Value",
    "find_cards",
    "find_predictions",
    "find_values",
]

PITFALLS = "pitfalls.md"
"""Path of the pitfalls below the docs folder."""
_CONTENT = r" *\n(?P<text>(?:[ \t]*\n| {4}.*(?:\n|\Z))+)"
_PREDICTION = re.compile(r'^!!! question "Predict"' + _CONTENT, re.MULTILINE)
_ANSWER = re.compile(r'^\?\?\?\+? success "Answer to the prediction"' + _CONTENT, re.MULTILINE)
_EXERCISE = re.compile(r'^!!! example "Exercise (?P<number>\d+): (?P<title>[^"]+)"' + _CONTENT, re.MULTILINE)
_CHOICE = re.compile(r"^- (?P<text>.+(?:\n +(?![ {]).+)*)(?P<right>\n +\{ *\.right *\})?$", re.MULTILINE)
_ANCHOR = r"(?P<title>[^\n{]+?) *\{ *#(?P<anchor>[\w-]+) *\}"
_ENTRY = {
    "Glossary": re.compile(rf"^### {_ANCHOR}\n(?P<text>.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL),
    "Pitfalls": re.compile(rf"^## \d+\. {_ANCHOR}\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL),
}
_HEADING = re.compile(rf"^#{{2,3}} {_ANCHOR}$", re.MULTILINE)
_FIGURE = "<!-- figure -->"
_POINT = r"^\*\*{}\*\* (.+?)(?=\n\n|\Z)"  # a paragraph of a pitfall
_CHAPTER = re.compile(r"chapters/(\d+)-")
_PYTHON = re.compile(r"^(?P<mark>`{3,})python\b.*?^(?P=mark)\n?", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """A page as it can be read away from the site.

    Args:
        path: Its path below the docs folder.
        written: The page as written.
        text: The same with its values, and with what its blocks print.
        forms: What its exercises are judged by, by their names.
        site_url: Address of the site.
    """

    path: str
    written: str
    text: str
    forms: Mapping[str, Mapping[str, Any]]
    site_url: str

    @classmethod
    def of(cls, path: str, text: str, cells: Sequence[Cell], outputs: Sequence[Outputs], site_url: str) -> PageText:
        """Return a page that was run.

        Args:
            path: Its path below the docs folder.
            text: The page as written.
            cells: Its cells.
            outputs: The outputs of all cells.
            site_url: Address of the site.

        Returns:
            The page, without hidden code and places for answers, and with a mark in place of a figure.
        """
        lines = text.split("\n")
        forms: dict[str, dict[str, Any]] = {}
        for cell, shown in reversed(list(zip(cells, outputs, strict=True))):
            if isinstance(cell.place, Inline):
                fill(lines, cell.place, inline_text(shown))
            else:
                lines[cell.place.start : cell.place.stop] = _printed(cell, cell.place, shown)
            forms |= {one["data"][FORM]["exercise"]: one["data"][FORM] for one in shown if FORM in one.get("data", {})}
        return cls(path=path, written=text, text="\n".join(lines), forms=forms, site_url=site_url)

    @property
    def address(self) -> str:
        """Where it is on the site, if the site has an address."""
        return f"{self.site_url}{self.path.removesuffix('.md')}/" if "://" in self.site_url else ""

    def portable(self, text: str) -> str:
        """Return a part of it with links that lead back to the site, or without links where that has no address."""
        own = text.replace(_FIGURE, "").replace("](#", f"]({self.address}#")
        made = portable(own, self.address, self.site_url)
        return re.sub(r"\n{3,}", "\n\n", made if self.address else _LINK.sub(r"\1", made)).strip()

    def place(self, anchor: str) -> str:
        """Return the address of one of its sections."""
        return f"{self.address}#{anchor}" if self.address and anchor else self.address

    def error(self, pattern: re.Pattern[str], number: int, problem: str) -> PageError:
        """Return an error that names the line of one of the matches of a pattern, counted from 0."""
        opening = list(pattern.finditer(self.written))[number].start()
        return PageError(self.path, self.written.count("\n", 0, opening) + 1, problem)


class Choice(NamedTuple):
    """A choice of a prediction, whether it is right, and what is said to whoever takes it."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """A question with choices.

    Args:
        key: A name that it keeps while its page is edited: chapter, section and place in the section.
        chapter: Number of its chapter.
        section: Title of its section.
        address: Where it stands on the site, if that has an address.
        text: The question.
        choices: The choices in the order of the page; one is right.
    """

    key: str
    chapter: int
    section: str
    address: str
    text: str
    choices: tuple[Choice, ...]

    def converted(self, convert: Callable[[str], str]) -> Prediction:
        """Return the same with each of its texts converted."""
        choices = tuple(Choice(convert(one.text), one.right, convert(one.why)) for one in self.choices)
        return replace(self, text=convert(self.text), choices=choices)

    def card(self) -> Card:
        """Return it as a card in Markdown, with the right choice and every reason on the back."""
        offered = "\n".join(f"- {choice.text}" for choice in self.choices)
        right = next(choice for choice in self.choices if choice.right)
        named = right.why if f"**{right.text}**" in right.why else f"**{right.text}**\n\n{right.why}"
        against = [choice.why for choice in self.choices if not choice.right]
        return Card(
            key=f"predictions/{self.key}",
            kind="Predictions",
            chapters=(self.chapter,),
            address=self.address,
            front=f"{self.text}\n\n{offered}",
            back="\n\n".join([named, *against]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A number that an exercise asks for.

    Args:
        key: A name that it keeps: exercise, and place among what the exercise asks for.
        chapter: Number of its chapter.
        title: The exercise's.
        address: Where it stands on the site, if that has an address.
        text: The exercise.
        asked: Which number is asked for.
        part: The right number, as `check` judges it, with the usual mistakes by their hints.
    """

    key: str
    chapter: int
    title: str
    address: str
    text: str
    asked: str
    part: Part

    def margin(self, number: float) -> float:
        """Return how far an answer may be from the right number, or from a mistake, to be taken for it."""
        return self.part.atol + self.part.rtol * abs(number)

    def converted(self, convert: Callable[[str], str]) -> Value:
        """Return the same with each of its texts converted."""
        mistakes = {convert(hint): value for hint, value in self.part.mistakes.items()}
        part = replace(self.part, mistakes=mistakes)
        return replace(self, text=convert(self.text), asked=convert(self.asked), part=part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card to learn by.

    Args:
        key: A name that it keeps while its page is edited.
        kind: The deck that it belongs to.
        chapters: Numbers of the chapters that it belongs to.
        address: Where it is explained, if the site has an address.
        front: What it asks.
        back: What it answers.
    """

    key: str
    kind: str
    chapters: tuple[int, ...]
    address: str
    front: str
    back: str

    def converted(self, convert: Callable[[str], str]) -> Card:
        """Return the same with each of its texts converted."""
        return replace(self, front=convert(self.front), back=convert(self.back))


def find_predictions(page: PageText, report: Callable[[PageError], None]) -> list[Prediction]:
    r"""Return the predictions of a chapter that offer choices.

    Args:
        page: The chapter.
        report: Called where one has no answer, not one right choice, or a wrong choice without a reason against it.

    Returns:
        The others in order, in Markdown.

    Examples:
        >>> text = '''!!! question "Predict"
        ...
        ...     Heads?
        ...
        ...     - yes
        ...     - no
        ...       { .right }
        ...
        ... ??? success "Answer to the prediction"
        ...
        ...     **no**: tails. **yes**: only now and then.
        ... '''
        >>> page = PageText(path="chapters/09-coin.md", written=text, text=text, forms={}, site_url="https://x.org/")
        >>> [choice.why for choice in find_predictions(page, print)[0].choices]
        ['**yes**: only now and then.', '**no**: tails.']
    """
    found: list[Prediction] = []
    matches = list(_PREDICTION.finditer(page.text))
    ends = [*(match.start() for match in matches[1:]), len(page.text)]
    for at, (match, end) in enumerate(zip(matches, ends, strict=False)):
        content = textwrap.dedent(match["text"])
        choices = list(_CHOICE.finditer(content))
        if not choices:
            continue
        answer = _ANSWER.search(page.text, match.end(), end)
        reasons = _reasons(choices, _PYTHON.sub("", textwrap.dedent(answer["text"])) if answer else "")
        if problem := _problem(choices, reasons, answer):
            report(page.error(_PREDICTION, at, problem))
            continue
        section, anchor = _section(page.text, match.start())
        key = f"{page.path.partition('-')[2].removesuffix('.md')}/{anchor}"
        number = 1 + sum(other.key.rpartition("/")[0] == key for other in found)
        found.append(
            Prediction(
                key=f"{key}/{number}",
                chapter=chapter_number(page.path) or 0,
                section=section,
                address=page.place(anchor),
                text=page.portable(content[: choices[0].start()]),
                choices=tuple(
                    Choice(page.portable(" ".join(choice["text"].split())), bool(choice["right"]), page.portable(why))
                    for choice, why in zip(choices, reasons, strict=True)
                ),
            )
        )
    return found


def find_values(page: PageText) -> list[Value]:
    """Return the numbers that the exercises of a chapter ask for.

    Args:
        page: The chapter.

    Returns:
        The numbers in order; infinite ones, shapes and words are left out, and a list is asked for entry by entry.
    """
    found = []
    for match in _EXERCISE.finditer(page.text):
        chapter = chapter_number(page.path) or 0
        name = f"{chapter}.{match['number']}"
        form = page.forms.get(name)
        numbers = list(_numbers(form["parts"])) if form else []
        _, anchor = _section(page.text, match.start())
        found += [
            Value(
                key=f"{name}-{place}",
                chapter=chapter,
                title=match["title"],
                address=page.place(anchor),
                text=page.portable(textwrap.dedent(match["text"])),
                asked=f"{form['given']}: {part.name}" if form and form["given"] else part.name,
                part=part,
            )
            for place, part in enumerate(numbers, 1)
            if math.isfinite(part.value)
        ]
    return found


def find_cards(page: PageText, kind: str, report: Callable[[PageError], None]) -> list[Card]:
    r"""Return the entries of the glossary or of the pitfalls as cards.

    Args:
        page: The page.
        kind: `Glossary` or `Pitfalls`.
        report: Called where a pitfall lacks one of its paragraphs, which begin with Symptom, Why and Mend.

    Returns:
        A card for each term, with its entry, or for each symptom, with its cause and its cure, in Markdown.

    Examples:
        >>> text = "### Logit { #logit }\n\nThe log-odds.\nChapter 2, [sigmoid](chapters/02-sigmoid.md).\n"
        >>> page = PageText(path="glossary.md", written=text, text=text, forms={}, site_url="https://x.org/")
        >>> (card,) = find_cards(page, "Glossary", print)
        >>> print(card.front, card.chapters, card.back)
        Logit (2,) The log-odds.
        Chapter 2, [sigmoid](https://x.org/chapters/02-sigmoid/).
    """
    found = []
    for at, match in enumerate(_ENTRY[kind].finditer(page.text)):
        sides = (match["title"], match["text"]) if kind == "Glossary" else _pitfall(match["title"], match["text"])
        if sides is None:
            problem = "a pitfall has three paragraphs that begin with **Symptom:**, **Why.** and **Mend.**"
            report(page.error(_ENTRY[kind], at, problem))
            continue
        front, back = map(page.portable, sides)
        found.append(
            Card(
                key=f"{kind.lower()}/{match['anchor']}",
                kind=kind,
                chapters=tuple(sorted({int(number) for number in _CHAPTER.findall(match["text"])})),
                address=page.place(match["anchor"]),
                front=front,
                back=back,
            )
        )
    return found


def _pitfall(title: str, text: str) -> tuple[str, str] | None:
    """Return the symptom of a pitfall, and its title with the cause and the cure, if it has all of them."""
    names = ("Symptom:", "Why.", "Mend.")
    points = [re.search(_POINT.format(re.escape(name)), text, re.MULTILINE | re.DOTALL) for name in names]
    if not all(points):
        return None
    symptom, why, mend = (point[1] for point in points if point)
    return f"{symptom[0].upper()}{symptom[1:]}", f"**{title}.** {why}\n\n**Mend.** {mend}"


def _printed(cell: Cell, place: Fence, outputs: Outputs) -> list[str]:
    """Return what stays of a block: its code if it is seen, and what it prints."""
    rows: list[str] = []
    if not (cell.hidden or cell.folded or cell.for_answer):
        rows += ["```python", *cell.source.split("\n"), "```", ""]
    for output in [] if cell.for_answer else outputs:
        data = output.get("data", {})
        if MIME in data or "image/svg+xml" in data:
            rows += [_FIGURE, ""]
        elif "text/markdown" in data:
            rows += [*data["text/markdown"].split("\n"), ""]
        elif output["output_type"] == "error":
            rows += ["```text", f"{output['ename']}: {output['evalue']}", "```", ""]
        elif text := (output.get("text") or data.get("text/plain", "")).rstrip():
            rows += ["```text", *text.split("\n"), "```", ""]
    return [" " * place.indent + row if row else "" for row in rows]


def _section(text: str, at: int) -> tuple[str, str]:
    """Return title and anchor of the section in which a place of a page is."""
    before = [(match["title"], match["anchor"]) for match in _HEADING.finditer(text, 0, at)]
    return before[-1] if before else ("", "")


def _reasons(choices: Sequence[re.Match[str]], answer: str) -> list[str]:
    """Return what an answer says of each choice: from its name in bold on, to the next one's or to a figure."""
    found = [re.search(rf"\*\*{_pattern(choice['text'])}\*\*", answer) for choice in choices]
    starts = sorted(match.start() for match in found if match)
    texts = {start: answer[start:end] for start, end in zip(starts, [*starts[1:], None], strict=False)}
    said = [texts[match.start()].partition(_FIGURE)[0] if match else "" for match in found]
    before = answer[: starts[0] if starts else None].partition(_FIGURE)[0]
    return [before + text if choice["right"] else text for choice, text in zip(choices, said, strict=True)]


def _pattern(text: str) -> str:
    """Return a pattern for a text that may be broken elsewhere, and whose values may have been escaped otherwise."""
    words = [[rf"(?:{re.escape(sign)}|&#{ord(sign)};)" for sign in word] for word in unescape(text).split()]
    return r"\s+".join("".join(signs) for signs in words)


def _problem(choices: Sequence[re.Match[str]], reasons: Sequence[str], answer: re.Match[str] | None) -> str:
    right = sum(bool(choice["right"]) for choice in choices)
    missing = [choice["text"] for choice, why in zip(choices, reasons, strict=True) if not (why or choice["right"])]
    if right != 1:
        return f"one choice of a prediction is marked {{ .right }}, here {right} are"
    if answer is None:
        return 'this prediction has choices, and no fold "Answer to the prediction" before the next'
    return f"the answer has no reason against the choice **{unescape(missing[0])}**" if missing else ""


def _numbers(parts: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    """Return the numbers among the parts of a form, each entry of a list as one."""
    for part in parts:
        wrong = part["mistakes"]
        if part["kind"] == "number":
            yield _number(part, part["name"], part["value"], wrong)
        elif part["kind"] == "list":
            size = len(part["value"])
            for at, value in enumerate(part["value"]):
                name = f"{part['name']}, entry {at + 1} of {size}"
                yield _number(part, name, value, {hint: values[at] for hint, values in wrong.items()})


def _number(part: Mapping[str, Any], name: str, value: float | str, wrong: Mapping[str, float | str]) -> Part:
    """Return a number with its mistakes in whole sentences, but for those that give the right one, or none."""
    right, rtol, atol = float(value), float(part["rtol"]), float(part["atol"])
    mistakes = {sentence(hint): float(other) for hint, other in wrong.items()}
    telling = {
        hint: other
        for hint, other in mistakes.items()
        if math.isfinite(other) and abs(other - right) > atol + rtol * abs(right)
    }
    return Part(name=name, value=right, mistakes=telling, rtol=rtol, atol=atol)
