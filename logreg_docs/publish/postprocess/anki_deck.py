"""Write cards as a deck of Anki, in which a later edition replaces the cards and keeps what was learnt."""

from __future__ import annotations

import io
import zipfile
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import genanki

from logreg_docs.publish.zip_files import zip_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from logreg_docs.publish.pages.questions import Card

__all__ = ["DECKS", "make_deck"]

DECKS = {"Glossary": 1_803_110_001, "Pitfalls": 1_803_110_002, "Predictions": 1_803_110_003}
"""The decks with their ids, by which Anki knows them again: never change one."""
_MODEL = genanki.Model(
    1_803_110_000,  # by this and by the fields Anki knows the cards again
    "Logistic regression",
    fields=[{"name": "Front"}, {"name": "Back"}, {"name": "Source"}],
    templates=[
        {
            "name": "Card",
            "qfmt": "{{Front}}",
            "afmt": '{{FrontSide}}<hr id="answer">{{Back}}<p class="source">{{Source}}</p>',
        }
    ],
    css=".card {font: 20px/1.4 sans-serif; max-width: 40em; margin: auto; text-align: left} .source {font-size: 14px}",
)


def make_deck(cards: Iterable[Card], name: str, time: int) -> bytes:
    """Return decks for Anki.

    Args:
        cards: Cards in HTML; each kind has its deck.
        name: The deck that holds these.
        time: When this edition was made, in seconds since 1970: Anki takes a card in place of an older one.

    Returns:
        A file that Anki imports, the same bytes for the same arguments.
    """
    decks = {kind: genanki.Deck(ident, f"{name}::{kind}") for kind, ident in DECKS.items()}
    for card in cards:
        source = f'<a href="{escape(card.address)}">Read about it</a>' if card.address else ""
        tags = [f"logreg-docs::chapter-{number}" for number in card.chapters]
        fields = [card.front, card.back, source]
        decks[card.kind].add_note(
            genanki.Note(_MODEL, fields, guid=genanki.guid_for("logreg-docs", card.key), tags=tags)
        )
    with TemporaryDirectory(prefix="lr") as folder:
        written = Path(folder) / "deck.apkg"
        genanki.Package(list(decks.values())).write_to_file(written, timestamp=time)
        archive = zipfile.ZipFile(io.BytesIO(written.read_bytes()))
    return zip_files({name: archive.read(name) for name in archive.namelist()})
