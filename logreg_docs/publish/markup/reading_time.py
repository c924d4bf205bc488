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
    from collections.abc import Mapping, Sequence

__all__ = ["PLACEHOLDER", "Minutes", "reading_time", "with_reading_time", "with_times_of_chapters"]

PLACEHOLDER = "reading-time-of-this-page"
"""What the Markdown of a page holds where its HTML is to tell the minutes."""

_OF_CHAPTER = re.compile(r"reading-time-of-chapter-(\d+)")  # what another page holds where it tells them

_WORDS = 200  # a minute
_DISPLAYED, _INLINE = 0.5, 0.03  # minutes for a formula on lines of its own, and in a line
_CODE_LINE = 0.05  # minutes
_NOT_READ = {"listing", "output", "linenos", "lr-x"}  # classes of what a first reading does not count
# What is in these elements is not counted. It is most of a page's tags, so it is removed before the page is parsed.
_EMPTIED = re.compile(r"(<(lr-answer|math|script|style|svg|template)\b[^>]*>).*?(</\2>)", re.DOTALL)
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
    reader.feed(_EMPTIED.sub(r"\1\3", html))
    reader.close()
    return Minutes(reader.minutes[False], reader.minutes[True])


def with_reading_time(html: str, minutes: Minutes) -> str:
    """Return the HTML of a page with its minutes in the place of the first `PLACEHOLDER`.

    Examples:
        >>> with_reading_time(f"<p>{PLACEHOLDER}</p>", Minutes(first=5.2, deeper=0.1))
        '<p>about 5 min</p>'
    """
    return html.replace(PLACEHOLDER, _told(minutes), 1)


def with_times_of_chapters(html: str, minutes: Mapping[int, Minutes]) -> str:
    """Return the HTML of a page with the minutes of the chapters that it names.

    Args:
        html: The content of a page, such as `<p>reading-time-of-chapter-2</p>`.
        minutes: The minutes of each chapter by its number.

    Returns:
        The content.

    Raises:
        ValueError: If the page names a chapter that does not exist.

    Examples:
        >>> with_times_of_chapters("<p>reading-time-of-chapter-2</p>", {2: Minutes(first=30.0, deeper=9.8)})
        '<p>about 30 min, 10 more for the deeper parts</p>'
    """

    def told(match: re.Match[str]) -> str:
        number = int(match[1])
        if number not in minutes:
            raise ValueError(f"{match[0]} names a chapter by its number, one of {sorted(minutes)}")
        return _told(minutes[number])

    return _OF_CHAPTER.sub(told, html)


def _told(minutes: Minutes) -> str:
    more = f", {minutes.deeper:.0f} more for the deeper parts" if round(minutes.deeper) else ""
    return f"about {minutes.first:.0f} min{more}"


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
        role = "skipped" if classes & _NOT_READ else ""
        if tag == "details" and "deeper" in classes:
            role = "deeper"
        elif tag == "math":
            self._add(_DISPLAYED if given.get("display") == "block" else _INLINE)
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
