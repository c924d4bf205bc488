"""Find the headings in the HTML of a page."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Heading", "headings"]

_HEADING = re.compile(r'<h[1-6] id="([^"]+)"[^>]*>(.*?)(?:<a class="headerlink"|</h)', re.DOTALL)
_MARKUP = re.compile(r"<annotation\b.*?</annotation>|<[^>]+>", re.DOTALL)


class Heading(NamedTuple):
    """A heading: where it begins in the HTML, its anchor, and its text, in which entities stay as they are."""

    at: int
    anchor: str
    text: str


def headings(html: str) -> list[Heading]:
    """Return the headings of a page that have an anchor, in their order.

    Examples:
        >>> headings('<h2 id="odds">Odds &amp; <em>ends</em><a class="headerlink" href="#odds">x</a></h2>')
        [Heading(at=0, anchor='odds', text='Odds &amp; ends')]
    """
    found = _HEADING.finditer(html)
    return [Heading(match.start(), match[1], _MARKUP.sub("", match[2]).strip()) for match in found]
