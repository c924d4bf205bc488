"""Say of every page what kind it is, for the hits of the search: what teaches comes before what documents."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Kind", "chapter_number", "page_kind"]


class Kind(NamedTuple):
    """The kind of a page as a hit names it, and the factor of its rank."""

    name: str
    boost: float


_KINDS = {
    "chapters/": Kind("Chapter", 8.0),
    "glossary.": Kind("Glossary", 8.0),
    "labs/": Kind("Lab", 2.0),
    "notation.": Kind("Notation", 2.0),
    "pitfalls.": Kind("Pitfalls", 1.0),
    "teaching.": Kind("Teaching", 0.5),
    "errata.": Kind("Errata", 0.5),
    "progress.": Kind("Progress", 0.25),
    "reference/": Kind("Python reference", 0.25),
}


def page_kind(path: str) -> Kind:
    """Return the kind of a page by its path below the docs folder.

    Examples:
        >>> page_kind("chapters/03-likelihood.md").name, page_kind("reference/sigmoid.md").name
        ('Chapter', 'Python reference')
    """
    return next((kind for start, kind in _KINDS.items() if path.startswith(start)), Kind("About this site", 0.25))


def chapter_number(path: str) -> int | None:
    """Return the number that the file name of a chapter begins with, or None for any other page."""
    found = re.match(r"chapters/(\d+)-", path)
    return int(found[1]) if found else None
