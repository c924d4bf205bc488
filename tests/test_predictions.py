"""The prose below a closed answer to a prediction does not give it away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sites import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHAPTERS = sorted((ROOT / "docs/chapters").glob("*.md"))
ASKED = re.compile(r'^!!! question "Predict"\n((?:\n| {4}.*\n)+)', re.MULTILINE)
# The fold, and the prose below it up to the next block, fold or heading.
ANSWER = re.compile(
    r'^\?\?\? success "Answer to the prediction"\n(?:\n| {4}.*\n)+((?:(?!```|\?\?\?|!!!|#).*\n)*)', re.MULTILINE
)
WORD = re.compile(r"[\w.]*\w")
PLAIN = {"a", "and", "as", "at", "each", "gets", "half", "in", "is", "it", "nor", "of", "the", "to"}


def predictions(path: Path) -> Iterator[tuple[set[str], str]]:
    """Yield the words that only the right choice has, and the prose below the answer, without formulas."""
    text = path.read_text(encoding="utf-8")
    for asked in ASKED.finditer(text):
        right = re.search(r"- (.*)\n +\{ \.right \}", asked[1])
        answer = ANSWER.search(text, asked.end())
        assert right, asked
        assert answer, asked
        others = set(WORD.findall(asked[1].replace(right[0], "")))
        yield set(WORD.findall(right[1])) - others - PLAIN, re.sub(r"\$[^$]+\$", "", answer[1])


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_prose_below_a_closed_answer_lacks_the_words_of_the_right_choice(path: Path) -> None:
    for telling, below in predictions(path):
        assert not telling & set(WORD.findall(below)), below


def test_most_right_choices_have_a_word_of_their_own() -> None:
    found = [bool(telling) for path in CHAPTERS for telling, _ in predictions(path)]
    assert sum(found) >= 0.7 * len(found) >= 14
