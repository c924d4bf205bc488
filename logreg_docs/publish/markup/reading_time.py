"""Estimate from the HTML of a page how long it takes to read, apart what stands folded as deeper.

The rate of words is below the 238 a minute that English non-fiction is read at: M. Brysbaert (2019), How many words do
we read per minute? A review and meta-analysis of reading rate, Journal of Memory and Language 109, 104047. The times
for formulas and code are a guess.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PLACEHOLDER", "Minutes", "reading_time", "with_reading_time"]

PLACEHOLDER = "reading-time-of-this-page"
"""What the Markdown of a page holds where its HTML is to tell the minutes."""

_WORDS = 200  # a minute
_DISPLAYED, _INLINE = 0.5, 0.03  # minutes for a formula on lines of its own, and in a line
_CODE_LINE = 0.05  # minutes
_NOT_READ = {"listing", "output", "linenos", "lr-x"}  # classes of what a first reading does not count
_SKIPPED = {"lr-answer", "script", "style", "svg", "template"}
_SOLUTION = "Solution"
_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Minutes(NamedTuple):
    """Minutes of a first reading, and for the deeper parts beside it."""

    first: float
    deeper: float


def reading_time(html: str) -> Minutes:
    """Return the minutes that a page takes: words, formulas and lines of code, each at its rate.

    Args:
        html: The content of a page. Outputs, forms and solutions of exercises, and the code of figures are not counted.

    Returns:
        The two times.

    Examples:
        >>> page = "<p>" + "word " * 400 + '</p><details class="deeper"><p>' + "word " * 200 + "</p></details>"
        >>> reading_time(page)
        Minutes(first=2.0, deeper=1.0)
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Minutes(reader.minutes[False], reader.minutes[True])


def with_reading_time(html: str) -> str:
    """Return the HTML of a page with its minutes in the place of the first `PLACEHOLDER`.

    Examples:
        >>> with_reading_time(f"<p>{PLACEHOLDER}</p><p>{'word ' * 1000}</p>")[:30]
        '<p>about 5 min</p><p>word word'
    """
    if PLACEHOLDER not in html:
        return html
    first, deeper = reading_time(html)
    more = f", {deeper:.0f} more for the deeper parts" if round(deeper) else ""
    return html.replace(PLACEHOLDER, f"about {first:.0f} min{more}", 1)


class _Reader(HTMLParser):
    """Adds up minutes, keyed by whether they are deeper."""

    def __init__(self) -> None:
        super().__init__()
        self.minutes = {False: 0.0, True: 0.0}
        self._open: list[tuple[str, str]] = []  # tags and their role: what they are counted as
        self._summary = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Enter an element, and count a formula."""
        if tag in _VOID:
            return
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        role = "skipped" if classes & _NOT_READ or tag in _SKIPPED else ""
        if tag == "details" and "deeper" in classes:
            role = "deeper"
        elif tag == "math":
            self._add(_DISPLAYED if given.get("display") == "block" else _INLINE)
            role = "skipped"
        elif tag == "pre":
            role = "code"
        self._open.append((tag, role))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element and whatever is open inside it."""
        if tag in [opened for opened, _ in self._open]:
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Count words or lines of code; a solution's summary makes its fold one that is not read."""
        if self._open and self._open[-1][0] == "summary" and data.strip() == _SOLUTION:
            self._open[-2] = (self._open[-2][0], "skipped")
        if any(role == "code" for _, role in self._open):
            self._add(_CODE_LINE * data.count("\n"))
        else:
            self._add(len(re.findall(r"\w[\w'’-]*", data)) / _WORDS)

    def _add(self, minutes: float) -> None:
        roles = {role for _, role in self._open}
        if "skipped" not in roles:
            self.minutes["deeper" in roles] += minutes
