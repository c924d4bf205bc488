"""Find fenced code blocks and inline expressions in Markdown, where a Markdown renderer would find them.

A fence counts when it stands at the margin of the page or of an admonition, a content tab, a list item or a
footnote. It does not count inside a longer fence, an indented code block or an HTML comment. An inline expression
counts when the site's own Markdown shows it as a code span. Where a renderer and a reader would disagree on what is
code, the page is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from mkdocs.utils.meta import get_data

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["EXTENSIONS", "Fence", "Inline", "find_fences", "find_inlines", "front_matter_lines"]

EXTENSIONS: dict[str, dict[str, Any]] = {
    "abbr": {},
    "admonition": {},
    "attr_list": {},
    "def_list": {},
    "footnotes": {},
    "md_in_html": {},
    "tables": {},
    "toc": {"permalink": True, "toc_depth": 3},
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.details": {},
    "pymdownx.highlight": {},
    "pymdownx.inlinehilite": {},
    "pymdownx.superfences": {},
    "pymdownx.tabbed": {"alternate_style": True},
}
"""The Markdown extensions of the site with their options, as in `mkdocs.yml`."""
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
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LANGUAGE = re.compile(r"\{python(?P<number>[0-9]*)\}")
_EXPRESSION = re.compile(r"(?<!`)`\{python\} (?P<source>[^\n]*?)(?<!`)`(?!`)")
_OPENED = re.compile(r"(?<!\\)(?:\\\\)*`+\Z")
_SPAN = "code-span"
_TAB = 4
_LAST = -1  # priority of a step after all others
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
    """Return the inline expressions of `text`, in order.

    An inline expression is a code span that begins with `{python}` and a space. The site's Markdown says what is a
    code span: each `{python}` gets a number, by which it is known again in what becomes of the page.

    Args:
        text: Markdown.

    Returns:
        The expressions with their places.

    Raises:
        ValueError: As `find_fences`; or if an expression does not stand on one line between single backticks, or
            stands where Markdown shows no code span.

    Examples:
        >>> find_inlines("Four is `{python} 2 + 2:d`.")[0].source
        '2 + 2:d'
    """
    scan = _Scan(text)
    marks = [
        mark.start()
        for mark in _LANGUAGE.finditer(text)
        if mark[0] == "{python}"
        and text[mark.end() :][:1].isspace()
        and text.count("\n", 0, mark.start()) not in scan.fenced
    ]
    if not marks:
        return []
    rendered = _render(text, scan.fences)
    return [found for at in marks if (found := _inline(text, at, rendered))]


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
        self.fenced: set[int] = set()  # the lines of the settings and of every fence, be it shown or in a comment
        self._open_containers: list[_Container] = []
        self._html: list[str] = []  # open elements
        self._before: _Before = "blank"
        self._after_note = False  # since the last blank line
        at = front_matter_lines(text)
        self.fenced.update(range(at))
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
                self.fenced.update(range(at, end + 1))
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


class _Rendered(NamedTuple):
    """What Markdown makes of a page: code by the place of the `{python}` that begins it, and what it shows as code."""

    expressions: dict[int, str]
    literal: set[int]  # the places of each `{python}` within code or a comment


class _Spans(Treeprocessor):
    """Keep the code that a page shows."""

    spans: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()

    def run(self, root: Element) -> None:
        self.spans = tuple(element.text or "" for element in root.iter(_SPAN))
        self.blocks = tuple("".join(element.itertext()) for element in root.iter("code"))


def _span(source: str, *_: object) -> Element:
    """Return a code span by a name of its own, since raw HTML, too, may hold `<code>`."""
    element = Element(_SPAN)
    element.text = AtomicString(source)
    return element


def _render(text: str, fences: list[Fence]) -> _Rendered:
    own: dict[str, dict[str, Any]] = {
        "pymdownx.highlight": {"use_pygments": False},
        "pymdownx.inlinehilite": {"custom_inline": [{"name": "*", "class": "", "format": _span}]},
    }
    markdown = Markdown(extensions=[*EXTENSIONS], extension_configs=EXTENSIONS | own)
    markdown.treeprocessors.deregister("indent-highlight")  # would hide the indented code
    seen = _Spans(markdown)
    markdown.treeprocessors.register(seen, "spans", _LAST)
    lines = _LANGUAGE.sub(lambda mark: f"{{python{mark.start()}}}", text).split("\n")
    for fence in reversed(fences):  # empty, since Markdown knows none of our options
        lines[fence.start : fence.stop] = [lines[fence.stop - 1].rstrip()] * 2
    markdown.convert("\n".join(lines[front_matter_lines(text) :]))
    raw = "\n".join(block for block in markdown.htmlStash.rawHtmlBlocks if isinstance(block, str))
    return _Rendered(
        expressions={int(mark["number"]): span for span in seen.spans if (mark := _LANGUAGE.match(span))},
        literal=set(chain.from_iterable(map(_places, (*seen.spans, *seen.blocks, *_COMMENT.findall(raw))))),
    )


def _places(code: str) -> Iterable[int]:
    return (int(mark["number"]) for mark in _LANGUAGE.finditer(code))


def _inline(text: str, at: int, rendered: _Rendered) -> Inline | None:
    """Return the expression whose `{python}` stands at a place of the page, if one does."""
    line, margin = text.count("\n", 0, at), text.rfind("\n", 0, at) + 1
    shown, found = rendered.expressions.get(at), _EXPRESSION.match(text, at - 1)
    if shown is not None and found and _bare(shown) == _bare(found[0].strip("`")):
        return Inline(
            line=line, start=found.start() - margin, stop=found.end() - margin, source=found["source"].strip()
        )
    if shown is not None:
        came = " ".join(_LANGUAGE.sub("{python}", shown).split())
        raise ValueError(f"an expression stands on one line between single backticks, as `{came}`; see line {line + 1}")
    if at not in rendered.literal and _OPENED.search(text[margin:at]):
        raise ValueError(
            "Markdown shows `{python} as it stands, where a code span to run is expected: close its backtick, and move "
            "it out of raw HTML, a formula, a title or an image; where no code is meant, write &#96; for the backtick; "
            f"see line {line + 1}"
        )
    return None


def _bare(code: str) -> str:
    """Code without white space, which Markdown changes, and without the numbers of `_render`."""
    return "".join(_LANGUAGE.sub("{python}", code).split())
