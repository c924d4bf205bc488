"""Find fenced code blocks and inline expressions in Markdown, where a Markdown renderer would find them.

A fence counts when it stands at the margin of the page or of an admonition, a content tab, a list item or a
footnote. It does not count inside a longer fence, an indented code block or an HTML comment. Where a renderer and
a reader would disagree on what is code, the page is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from mkdocs.utils.meta import get_data

__all__ = ["Fence", "Inline", "find_fences", "find_inlines", "front_matter_lines"]

_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*?)[ \t]*$")
_QUOTED = re.compile(r" *> *(?:`{3,}[^`]*$|~{3,})")
_OPTION = re.compile(r'[\w-]+="[^"]*"')
_HEAD = re.compile(r'(?:!!! ?[\w-]|\?\?\?\+? ?(?:[\w-]| +")|===(?:[+!]{0,2}) +"[^"]*" *$)')
_NOTE = re.compile(r" {0,3}(?:\[\^[^\]]*\]:|: {1,3}\S)")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d+\.) +")
_DEFINITION = re.compile(r" {0,3}(?:\*?\[[^\]]+\]:)")  # of an abbreviation or a link
_TAG = re.compile(r"<(?P<closes>/?)(?!(?:br|hr|img|input|link|meta|source|wbr)\b)(?P<name>[a-z]\w*)(?=[\s>])")
_TITLE = re.compile(r"#{1,6}")
_CODE_SPAN = re.compile(r"(?<!`)(?P<mark>`+)(?!`)(?P<text>.+?)(?<!`)(?P=mark)(?!`)")
_COMMENT = re.compile(r"<!--.*?-->")
_INLINE = "{python} "
_TAB = 4
_Before = Literal["blank", "text", "list", "code", "mixed"]
"""What a line follows; "mixed" is text right after indented code."""


class _Container(NamedTuple):
    """What holds lines that are indented as far as its margin."""

    margin: int
    kind: Literal["head", "list", "footnote", "definition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """One fenced block; lines count from 0 and `stop` is the line after the closing fence."""

    start: int
    stop: int
    indent: int
    info: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """One inline expression; `line` counts from 0, `start` and `stop` are columns of that line."""

    line: int
    start: int
    stop: int
    source: str


def find_fences(text: str) -> list[Fence]:
    r"""Return the fenced blocks of `text` in order.

    Args:
        text: Markdown.

    Returns:
        The blocks that a renderer shows as code.

    Raises:
        ValueError: If a fence or a comment is not closed where it should be; the message ends with its line,
            counted from 1.

    Examples:
        >>> [fence.code for fence in find_fences("```python\n1 + 1\n```")]
        ['1 + 1']
    """
    return _Scan(text).fences


def find_inlines(text: str) -> list[Inline]:
    """Return the inline expressions of `text` that stand in running text, in order.

    An inline expression is a code span that begins with `{python}`.

    Args:
        text: Markdown.

    Returns:
        The expressions with their places.

    Raises:
        ValueError: As `find_fences`.

    Examples:
        >>> find_inlines("Four is `{python} 2 + 2:d`.")[0].source
        '2 + 2:d'
    """
    running = _Scan(text).running
    return [
        Inline(
            line=at,
            start=match.start(),
            stop=match.end(),
            source=line[match.start() + 1 + len(_INLINE) : match.end() - 1].strip(),
        )
        for at, line in enumerate(text.split("\n"))
        if at in running
        for match in _CODE_SPAN.finditer(_without_comments(line))
        if match["mark"] == "`" and match["text"].startswith(_INLINE)
    ]


def front_matter_lines(text: str) -> int:
    """Return the number of lines that MkDocs takes for the settings of a page, 0 where there are none."""
    text = text.replace("\r\n", "\n")
    body, _ = get_data(text)
    return text.count("\n", 0, len(text) - len(body))


class _Scan:
    """One walk down a page, line by line, that knows which containers are open."""

    def __init__(self, text: str) -> None:
        self.lines = [line.removesuffix("\r").expandtabs(_TAB) for line in text.split("\n")]
        self.fences: list[Fence] = []
        self.running: set[int] = set()  # the lines of text that is neither code nor comment
        self._open_containers: list[_Container] = []
        self._html: list[str] = []  # open elements
        self._before: _Before = "blank"
        self._after_note = False  # since the last blank line
        at = front_matter_lines(text)
        while at < len(self.lines):
            at = self._step(at)

    def _step(self, at: int) -> int:
        """Read what starts in line `at` and return the line after it."""
        line = self.lines[at]
        indent = len(line) - len(line.lstrip(" "))
        if not line.strip():
            self._pass_blank()
            return at + 1
        if self._after_note and _ITEM.match(line.lstrip(" ")):
            raise ValueError(f"leave a blank line between a footnote and the list in line {at + 1}")
        self._after_note = self._after_note or bool(_NOTE.match(line.lstrip(" ")))
        if _QUOTED.match(line):
            raise ValueError(f"a code fence in a block quote is not run; use an admonition; see line {at + 1}")
        after_fence = self.fences and self.fences[-1].stop == at
        if after_fence and self._open_containers and self._open_containers[-1].kind == "list":
            raise ValueError(f"leave a blank line after the code fence, before line {at + 1}")
        opening = _FENCE.match(line)
        lazy = self._close(indent, line)
        margin = self._open_containers[-1].margin if self._open_containers else 0
        if opening and not _is_code_span(opening):
            return self._fence(self._read_fence(at, opening), shown=indent - margin < _TAB, lazy=lazy)
        if indent - margin >= _TAB and after_fence:
            raise ValueError(f"leave a blank line after the code fence, before line {at + 1}")
        if indent - margin >= _TAB and self._before in ("blank", "code"):
            self._before = "code"
            return at + 1
        if "<!--" in (plain := _without_comments(_CODE_SPAN.sub("", line))):
            return self._skip_comment(at, plain)
        self.running.add(at)
        self._note_html(plain)
        if not lazy:
            self._before = self._open(line[margin:], margin)
        return at + 1

    def _pass_blank(self) -> None:
        if self._before == "blank" and self._open_containers and self._open_containers[-1].kind == "footnote":
            self._open_containers.pop()  # a second blank line ends it
        self._before = "blank"
        self._after_note = False

    def _close(self, indent: int, line: str) -> bool:
        """Close the containers that end before `line`; return whether it goes on with one at a lesser indent."""
        starts = any(pattern.match(line.lstrip(" ")) for pattern in (_HEAD, _NOTE, _ITEM))
        while self._open_containers and indent < self._open_containers[-1].margin:
            goes_on = self._open_containers[-1].kind != "head" and self._before in ("text", "list") and not starts
            if goes_on or _DEFINITION.match(line):
                return True
            self._open_containers.pop()
        return False

    def _note_html(self, plain: str) -> None:
        for tag in _TAG.finditer(plain):
            if not tag["closes"]:
                self._html.append(tag["name"])
            elif tag["name"] in self._html:
                self._html.remove(tag["name"])

    def _fence(self, fence: Fence, *, shown: bool, lazy: bool) -> int:
        """Note a fence, or pass over one that an indented code block shows as it stands."""
        if not shown and self._html:
            raise ValueError(f"<{self._html[-1]}> is open around the code fence in line {fence.start + 1}")
        if lazy or self._before in (("code", "mixed") if shown else ("text", "list", "mixed")):
            raise ValueError(f"leave a blank line before the code fence that opens in line {fence.start + 1}")
        if shown:
            self.fences.append(fence)
        self._before = "text" if shown else "code"
        return fence.stop

    def _open(self, line: str, margin: int) -> _Before:
        """Open the container that `line` begins, if it begins one, and say what the line is."""
        if _HEAD.match(line):
            self._open_containers.append(_Container(margin + _TAB, "head"))
            return "blank"
        if note := _NOTE.match(line):
            self._open_containers.append(_Container(margin + _TAB, "footnote" if "[" in note[0] else "definition"))
            return "mixed" if self._before in ("code", "mixed") else "text"
        if _ITEM.match(line) and self._before in ("blank", "code", "list"):
            self._open_containers.append(_Container(margin + _TAB, "list"))
            return "list"
        if _TITLE.match(line):
            return "blank"
        if self._before in ("code", "mixed"):
            return "mixed"
        return "list" if self._before == "list" else "text"

    def _skip_comment(self, at: int, plain: str) -> int:
        """Return the line after a comment, within which whole fences may stand."""
        if not plain.startswith("<!--"):
            raise ValueError(f"a comment of several lines must start at the left margin of the page; see line {at + 1}")
        if self._before != "blank":
            raise ValueError(f"leave a blank line before the comment that opens in line {at + 1}")
        end = at + 1
        while end < len(self.lines):
            opening = _FENCE.match(self.lines[end])
            if opening and not _is_code_span(opening):
                end = self._read_fence(end, opening).stop
            elif "-->" in self.lines[end]:
                self._before = "blank"
                return end + 1
            else:
                end += 1
        raise ValueError(f"a comment is never closed; it opens in line {at + 1}")

    def _read_fence(self, at: int, opening: re.Match[str]) -> Fence:
        indent, closing = len(opening["indent"]), opening["indent"] + opening["fence"]
        for end in range(at + 1, len(self.lines)):
            row = self.lines[end]
            if row.rstrip(" ") == closing:
                code = "\n".join(line[indent:] for line in self.lines[at + 1 : end])
                return Fence(start=at, stop=end + 1, indent=indent, info=opening["info"], code=code)
            if row.strip() and row[:indent].strip():
                raise ValueError(f"line {end + 1} stands left of its code fence, which opens in line {at + 1}")
        raise ValueError(f"a code fence is never closed; it opens in line {at + 1}")


def _is_code_span(opening: re.Match[str]) -> bool:
    """Tell ```` ```text``` ```` on one line, which is a code span, from an opening fence."""
    return opening["fence"][0] == "`" and "`" in _OPTION.sub("", opening["info"])


def _without_comments(line: str) -> str:
    """Blank out the comments of one line, whose columns stay as they are."""
    return _COMMENT.sub(lambda match: " " * len(match[0]), line)
