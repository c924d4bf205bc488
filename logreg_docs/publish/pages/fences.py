"""Find the fenced blocks and inline expressions of a page by asking the site's own Markdown renderer where they are.

Markdown converts a page once, with a marker before whatever looks like an opening fence and a number in each
`{python}`. Where these end up tells whether the page shows code to run or text about code. What a reader would take for
Python to run but Markdown shows as something else is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.superfences import RE_NESTED_FENCE_START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["Code", "CodeError", "CodeFinder", "Fence", "Inline", "is_python"]

_OPENING = re.compile(  # at the start of a line, block quote, list item, definition or footnote
    r"(?P<before>(?:[ >]|[-*+] |\d+[.)] |: |\[\^[^\]]+\]: )*)(?P<marks>`{3,}|~{3,})(?P<info>.*)"
)
_MIDWAY = re.compile(r"(?P<before>.*(?<![\\`~]))(?P<marks>`{3,}|~{3,})(?P<info>[^`~]+)")
_OPTION = re.compile(r'[\w-]+="[^"]*"')
_PYTHON = re.compile(r"\.?i?py(?:thon)?[\d.]*", re.IGNORECASE)
_LANGUAGE = re.compile(r"\{python(?P<number>\d*)\}")
_CODE = re.compile(r"`{3}|~{3}|`\s*\{python\}")
_EXPRESSION = re.compile(r"(?<!`)`\{python\} (?P<source>[^\n]*?)(?<!`)`(?!`)")
_OPENED = re.compile(r"(?<!\\)(?:\\\\)*`+\Z")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_MARK = re.compile("\x1a(?P<number>\\d+)\x1a")  # a control character, which pages must not contain
_STASHED = re.compile("\x02wzxhzdk:(?P<number>\\d+)\x03")  # Markdown's placeholder for raw HTML and blocks of code
_SPAN = "code-span"
_TAB = 4
_CACHED_PAGES = 256
_AFTER_FENCES, _LAST = 24, -1  # priorities of Markdown processors
_QUOTED = "Python in a block quote is not run; use an admonition"
_RAW = 'Python in raw HTML is not run; write <div markdown="1"> instead of <div>, and so for every tag around it'
_DEEP = "this Python is indented too far to be run; indent it as the text around it, or show it in a longer code fence"
_ALONE = (
    "Markdown does not show this code fence as a block of its own; leave a blank line before and after it, and indent "
    "it as the text around it"
)


class CodeError(ValueError):
    """Code that a reader would understand otherwise than the build; `line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


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


class Code(NamedTuple):
    """The code of a page in document order, and the first line after its front matter, counted from 0."""

    fences: list[Fence]
    inlines: list[Inline]
    body: int


def is_python(info: str) -> bool:
    """Return whether the text after an opening fence names Python, in any of the usual ways.

    Examples:
        >>> [is_python(info) for info in ("python", "{python, echo=FALSE}", "{ .text .py }", "pycon", "")]
        [True, True, True, False, False]
    """
    words = re.findall(r"[^\s{},]+", _OPTION.sub("", info))
    return any(_PYTHON.fullmatch(word) for at, word in enumerate(words) if at == 0 or word.startswith("."))


class CodeFinder:
    """Finds code under one configuration of Markdown.

    Args:
        extensions: The names of the site's Markdown extensions, including those of `pymdownx` that show code.
        configs: Their options by name.
        split: Splits a page into its body and its front matter.

    Raises:
        ValueError: If an extension that shows code is missing.
    """

    def __init__(
        self, extensions: Iterable[str], configs: Mapping[str, Any], split: Callable[[str], tuple[str, Any]]
    ) -> None:
        self.settings = list(extensions), configs, split
        self._openings, self._tree = _Openings(), _Tree()
        every_fence = {"name": "*", "class": "", "format": self._openings.record_length, "validator": lambda *_: True}
        own: dict[str, dict[str, Any]] = {
            "pymdownx.highlight": {"use_pygments": False},
            "pymdownx.inlinehilite": {"custom_inline": [{"name": "*", "class": "", "format": _span}]},
            "pymdownx.superfences": {"custom_fences": [every_fence]},  # accepts any option
        }
        if missing := sorted(own.keys() - self.settings[0]):
            raise ValueError(f"code is found with the Markdown extensions {', '.join(missing)}; add them to the site's")
        merged = {name: {**configs.get(name, {}), **own.get(name, {})} for name in {*configs, *own}}
        self._markdown = Markdown(extensions=self.settings[0], extension_configs=merged)
        self._markdown.treeprocessors.deregister("indent-highlight")  # would stash indented code
        self._markdown.preprocessors.register(self._openings, "openings", _AFTER_FENCES)
        self._markdown.treeprocessors.register(self._tree, "tree", _LAST)
        self._openings.md = self._markdown
        self._cached_read = lru_cache(_CACHED_PAGES)(self._read)

    def find(self, text: str) -> Code:
        r"""Return the code of a page; the results of the last few hundred texts are cached.

        An inline expression is a code span that starts with `{python}` and a space.

        Args:
            text: Markdown, with its front matter.

        Returns:
            The fenced blocks that the page shows, and its inline expressions.

        Raises:
            CodeError: If a fence is not closed or is not shown as a block of its own; if an expression does not stand
                on one line between single backticks, or is not shown as a code span; or if the page contains a control
                character.

        Examples:
            >>> names = ["pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.superfences"]
            >>> code = CodeFinder(names, {}, lambda text: (text, {})).find("```python\n2\n```\n\n`{python} 2 + 2:d`")
            >>> code.fences[0].code, code.inlines[0].source
            ('2', '2 + 2:d')
        """
        found = self._cached_read(text)
        if isinstance(found, CodeError):
            raise CodeError(found.line, found.problem)
        return found

    def body(self, text: str) -> int:
        """Return the first line after a page's front matter, counted from 0."""
        return text.count("\n", 0, len(text) - len(self.settings[2](text)[0]))

    def _read(self, text: str) -> Code | CodeError:
        text = text.replace("\r\n", "\n")
        if control := _CONTROL.search(text):
            problem = f"the page holds the control character U+{ord(control[0]):04X}"
            return CodeError(text.count("\n", 0, control.start()) + 1, problem)
        body = self.body(text)
        if not _CODE.search(text):
            return Code([], [], body)
        numbered = _LANGUAGE.sub(lambda mark: f"{{python{mark.start()}}}", text).split("\n")
        self._openings.clear(body)
        self._tree.root = Element("div")  # Markdown skips the tree of an empty page
        self._markdown.reset().convert("\n".join(numbered[body:]))
        return _Page(text, body, self._openings, self._tree.root, self._markdown.htmlStash.rawHtmlBlocks).code()


class _Openings(Preprocessor):
    """Inserts a marker before each opening fence, and records which lines superfences took for blocks."""

    def clear(self, first: int) -> None:
        """Start a page whose body begins at line `first`."""
        self._at = first
        self._lengths: list[int] = []
        self.fenced: list[range] = []  # the blocks that superfences recognised, in order
        self.others: dict[int, re.Match[str]] = {}  # openings that it did not recognise, by line

    def record_length(self, *_: object, **__: object) -> str:
        """Record the length of a block in place of highlighting it."""
        superfences: Any = self.md.preprocessors["fenced_code_block"]
        self._lengths.append(superfences.line_count + 2)
        return ""

    def run(self, lines: list[str]) -> list[str]:
        """Return `lines` with markers."""
        return [self._marked(line) for line in lines]

    def _marked(self, line: str) -> str:
        at, mark = self._at, f"\x1a{self._at}\x1a"
        self._at += 1
        if taken := _STASHED.fullmatch(line.lstrip("> ")):
            self._at = at + self._lengths[len(self.fenced)]
            self.fenced.append(range(at, self._at))
            superfences: Any = self.md.preprocessors["fenced_code_block"]
            stash, key = superfences.extension.stash, taken[0][1:-1]
            code, column = stash.get(key)  # what indented code shows instead of its placeholder
            stash.store(key, code[:column] + mark + code[column:], column)
        elif opening := _opening(line):
            self.others[at] = opening
            return line[: opening.start("marks")] + mark + line[opening.start("marks") :]
        return line


class _Tree(Treeprocessor):
    """Stores the final element tree of a page."""

    root: Element

    def run(self, root: Element) -> None:
        """Store `root`."""
        self.root = root


def _opening(line: str) -> re.Match[str] | None:
    """Match what a reader takes for an opening fence, but not ```` ```text``` ````, which is a code span."""
    found = _OPENING.fullmatch(line)
    if found and (found["marks"][0] == "~" or "`" not in _OPTION.sub("", found["info"])):
        return found
    found = _MIDWAY.fullmatch(line)
    return found if found and is_python(found["info"]) else None


def _span(source: str, *_: object) -> Element:
    """Return a code span under a tag of its own, since raw HTML may contain `<code>`, too."""
    element = Element(_SPAN)
    element.text = AtomicString(source)
    return element


class _Place(NamedTuple):
    """Where Markdown puts a block: in which element, alone or next to text, and in how many containers."""

    tag: str
    alone: bool
    depth: int
    quoted: bool


class _Page:
    """The Markdown text of one page, compared with what Markdown made of it."""

    def __init__(self, text: str, body: int, openings: _Openings, root: Element, stash: list[str | Element]) -> None:
        self._text, self._body, self._openings = text, body, openings
        self._rows = text.expandtabs(_TAB).split("\n")
        raw = "\n".join(block for block in stash if isinstance(block, str))
        comments = _COMMENT.findall(raw)
        spans = [element.text or "" for element in root.iter(_SPAN)]
        literal = "\n".join((*spans, *map(_words, root.iter("code")), *comments))
        self._literal_openings, self._literal_expressions = _numbers(_MARK, literal), _numbers(_LANGUAGE, literal)
        self._expressions = {int(mark["number"]): span for span in spans if (mark := _LANGUAGE.match(span))}
        self._places = dict(_places(root))
        items = [each for each in root.iter() if each.tag in ("li", "dd") or each.get("class") == "tabbed-block"]
        self._too_deep = {
            int(mark[1]) for item in items for code in item.iter("code") if (mark := _MARK.match(_words(code)))
        }
        self._in_comments = _numbers(_STASHED, "\n".join(comments))
        self._in_html = _numbers(_STASHED, raw)

    def code(self) -> Code | CodeError:
        """Return the code, or the first error of the page."""
        fenced = set(chain(range(self._body), *self._openings.fenced))
        found: list[Fence | Inline | CodeError | None] = [
            *(self._block(number, lines) for number, lines in enumerate(self._openings.fenced)),
            *(self._not_a_block(line, opening) for line, opening in self._openings.others.items()),
        ]
        for mark in _LANGUAGE.finditer(self._text):
            line = self._text.count("\n", 0, mark.start())
            if mark[0] == "{python}" and self._text[mark.end() :][:1].isspace() and line not in fenced:
                found.append(self._inline(mark.start(), line))
        if errors := [each for each in found if isinstance(each, CodeError)]:
            return min(errors, key=lambda error: error.line)
        inlines = [each for each in found if isinstance(each, Inline)]
        return Code([each for each in found if isinstance(each, Fence)], inlines, self._body)

    def _block(self, number: int, lines: range) -> Fence | CodeError | None:
        """Return a block of superfences, or None if the page shows its fence as text or hides it in a comment."""
        opening = _OPENING.fullmatch(self._rows[lines.start])
        assert opening is not None, "superfences recognises no opening that we do not"  # noqa: S101 - a bug
        indent, info = len(opening["before"]), opening["info"].strip(" ")
        if number in self._in_comments or lines.start in self._literal_openings:
            deep = lines.start in self._too_deep and is_python(info)
            return CodeError(lines.start + 1, _DEEP) if deep else None
        code = "\n".join(row[indent:] for row in self._rows[lines.start + 1 : lines.stop - 1])
        fence = Fence(start=lines.start, stop=lines.stop, indent=indent, info=info, code=code)
        problem = self._swallows(fence, opening["marks"]) or self._misplaced(number, fence, opening["before"])
        return CodeError(fence.start + 1, problem) if problem else fence

    def _swallows(self, fence: Fence, marks: str) -> str | None:
        """Return an error if a Python fence opens inside this one, which was meant to be closed before."""
        for at, line in enumerate(fence.code.split("\n"), fence.start + 2):
            if line.startswith(marks) and (opening := _opening(line)) and is_python(opening["info"]):
                return f"close this code fence above the one in line {at}, or open it with more marks to show that one"
        return None

    def _misplaced(self, number: int, fence: Fence, before: str) -> str | None:
        """Return an error if the block is not shown as such, or Python is not run with its output right below it."""
        place = self._places.get(number)
        if not is_python(fence.info):
            return None if place or number in self._in_html else _ALONE
        if ">" in before or (place and place.quoted):
            return _QUOTED
        if number in self._in_html or (place and place.alone and place.tag not in ("p", "li", "dd", "dt")):
            return _RAW
        shown = place and place.tag in ("p", "li", "dd") and self._can_be_extended(fence, place)
        return None if shown else _ALONE

    def _can_be_extended(self, fence: Fence, place: _Place) -> bool:
        """Return whether the surrounding text stays in its container when an output is inserted below the block."""
        after = "".join(self._rows[fence.stop : fence.stop + 1])
        level, level_after = fence.indent // _TAB, (len(after) - len(after.lstrip(" "))) // _TAB
        return (place.alone or place.depth == level) and (not after.strip() or level_after == level)

    def _not_a_block(self, line: int, opening: re.Match[str]) -> CodeError | None:
        """Return why Markdown shows no block where a reader expects one, None if the page shows the fence as text."""
        if line in self._literal_openings:
            return None
        info = _LANGUAGE.sub("{python}", opening["info"].strip(" "))
        header = RE_NESTED_FENCE_START.fullmatch(opening["marks"] + info)
        problem = "a code fence is never closed: its closing marks and its code stand as far right as its opening"
        if opening["before"].strip(" >"):
            problem = "a code fence opens on a line of its own, indented as the text around it"
        elif header is None or header["unrecognized"]:
            problem = f'{info!r} is not the name of a language, with options written as key="value"'
        elif ">" in opening["before"] and is_python(info):
            problem = _QUOTED
        return CodeError(line + 1, problem)

    def _inline(self, at: int, line: int) -> Inline | CodeError | None:
        """Return the expression whose `{python}` is at an offset of the page, if one is."""
        margin = self._text.rfind("\n", 0, at) + 1
        shown, found = self._expressions.get(at), _EXPRESSION.match(self._text, at - 1)
        if shown is not None and found and _bare(shown) == _bare(found[0].strip("`")):
            start, stop = found.start() - margin, found.end() - margin
            return Inline(line=line, start=start, stop=stop, source=found["source"].strip())
        if shown is not None:
            came = " ".join(_LANGUAGE.sub("{python}", shown).split())
            return CodeError(line + 1, f"an expression stands on one line between single backticks, as `{came}`")
        if at in self._literal_expressions or not _OPENED.search(self._text[margin:at]):
            return None
        return CodeError(
            line + 1,
            "Markdown shows `{python} as it stands, where a code span to run is expected: close its backtick, and move "
            "it out of raw HTML, a formula, a title or an image; where no code is meant, write &#96; for the backtick",
        )


def _places(element: Element, depth: int = 0, *, quoted: bool = False) -> Iterator[tuple[int, _Place]]:
    """Yield the number and place of everything that Markdown stashed."""
    quoted = quoted or element.tag == "blockquote"
    classes = element.get("class", "").split()
    if element.tag in ("li", "dd", "details") or "admonition" in classes or "tabbed-block" in classes:
        depth += 1
    for text in (element.text or "", *(child.tail or "" for child in element)):
        for found in _STASHED.finditer(text):
            alone = len(element) == 0 and text.strip() == found[0]
            yield int(found["number"]), _Place(element.tag, alone, depth, quoted)
    for child in element:
        yield from _places(child, depth, quoted=quoted)


def _words(element: Element) -> str:
    return "".join(element.itertext())


def _numbers(pattern: re.Pattern[str], text: str) -> set[int]:
    return {int(found["number"]) for found in pattern.finditer(text)}


def _bare(code: str) -> str:
    """Remove numbers and white space, which Markdown changes."""
    return "".join(_LANGUAGE.sub("{python}", code).split())
