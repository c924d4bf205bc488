"""Make the files that take the site's questions elsewhere: to a learning platform, and to a program for flash cards."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING

import genanki

from logreg_docs.publish.atomic_files import digest_of_code, get_or_create
from logreg_docs.publish.postprocess.anki_deck import make_deck
from logreg_docs.publish.postprocess.moodle import make_moodle
from logreg_docs.publish.postprocess.qti import make_qti

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from logreg_docs.publish.pages.questions import Card, Prediction, Value

__all__ = ["ANKI", "MOODLE", "QTI", "question_files"]

QTI = "downloads/logreg-docs-questions.zip"
"""The question banks in QTI 1.2, below the site's folder."""
MOODLE = "downloads/logreg-docs-questions.xml"
"""The same for Moodle."""
ANKI = "downloads/logreg-docs.apkg"
"""The cards for Anki."""
_CODE = digest_of_code("markup/plain_html.py", "pages/questions.py", "postprocess", "zip_files.py")
_TOOLS = f"{genanki.__version__}\0{sqlite3.sqlite_version}"


def question_files(
    name: str,
    time: int,
    banks: Mapping[str, Sequence[Prediction | Value]],
    cards: Sequence[Card],
    *,
    convert: Callable[[str], str],
    cache: Path,
) -> dict[str, bytes]:
    """Return the files of what the site asks, made anew only where the questions or the cards have changed.

    Args:
        name: The site's name.
        time: When its last commit was made, in seconds since 1970.
        banks: Questions in Markdown by the title of their chapter.
        cards: Cards in Markdown.
        convert: Returns Markdown as HTML.
        cache: The folder where they are kept.

    Returns:
        Content by path below the site's folder; no question banks without a question, and no cards without one.
    """

    def kept(state: object, make: Callable[[], bytes]) -> bytes:
        key = hashlib.sha256(f"{_CODE}\0{_TOOLS}\0{name}\0{state!r}".encode()).hexdigest()
        return get_or_create(cache / f"{key}.questions", make)

    def asked() -> dict[str, list[Prediction | Value]]:
        return {title: [one.converted(convert) for one in questions] for title, questions in banks.items()}

    files = {}
    if banks:
        files[QTI] = kept((QTI, banks), lambda: make_qti(asked()))
        files[MOODLE] = kept((MOODLE, banks), lambda: make_moodle(asked(), name))
    if cards:
        files[ANKI] = kept(
            (ANKI, cards, time), lambda: make_deck([card.converted(convert) for card in cards], name, time)
        )
    return files
