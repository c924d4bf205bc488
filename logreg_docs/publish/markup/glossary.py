"""Link the first use of each glossary term on a page to its entry, with the entry's first sentence as tooltip."""

from __future__ import annotations

import re
from posixpath import relpath
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

if TYPE_CHECKING:
    from markdown import Markdown

__all__ = ["PAGE", "GlossaryExtension", "read_terms"]

PAGE = "glossary.md"
"""Path of the glossary below the docs folder."""
_ENTRY = re.compile(r"^### (?P<term>[^\n{]+?) *\{ *#(?P<anchor>[\w-]+) *\}\n+(?P<text>[^\n]+)", re.MULTILINE)
# A sentence does not end at "e.g.", "i.e." and the like, at another abbreviation, or at an initial.
_SENTENCE = re.compile(
    r".+?(?<!\b[A-Za-z]\.[A-Za-z])(?<!\b(?:cf|vs|al|ca|no|pp|Dr|St))(?<!\b(?:etc|Fig))(?<!\b[A-Z])[.?!](?=\s|$)"
)
_MARKUP = re.compile(r"\[([^\]]+)\]\([^)]*\)|[*`$]")
_WITHOUT_LINKS = re.compile("a|abbr|autoref|button|code|h[1-6]|label|math|pre|script|style|summary")  # elements
_AFTER_MATH, _BEFORE_LINKS = 11, 1


def read_terms(text: str) -> dict[str, tuple[str, str]]:
    r"""Return anchor and tooltip of each term of the glossary page, the longest term first.

    Args:
        text: The page: `### Term { #anchor }`, then a paragraph, whose first sentence is the tooltip.

    Returns:
        Anchor and tooltip by term.

    Examples:
        >>> read_terms("### Logit { #logit }\n\nThe log-odds. More.")
        {'logit': ('logit', 'The log-odds.')}
    """
    found = {}
    for entry in _ENTRY.finditer(text):
        plain = _MARKUP.sub(lambda m: m[1] or "", entry["text"])
        sentence = _SENTENCE.match(plain)
        term = entry["term"]
        key = term if any(c.isupper() for c in term[1:]) else term.lower()
        found[key] = (entry["anchor"], sentence[0] if sentence else plain)
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


class _Linker(Treeprocessor):
    """Links the first use of each term in the running text of a page."""

    def __init__(self, md: Markdown, extension: GlossaryExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, root: Element) -> None:
        terms, page = self._extension.terms, self._extension.page
        if not terms or page is None or page == PAGE or page.startswith("reference/"):
            return
        self._left = dict(terms)
        self._href = relpath(PAGE, page.rpartition("/")[0] or ".")
        self._pattern = self._compile()
        self._walk(root)

    def _compile(self) -> re.Pattern[str]:
        words = "|".join(re.escape(term).replace(r"\ ", r"[ \n]") for term in self._left)
        return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)

    def _walk(self, element: Element) -> None:
        if _WITHOUT_LINKS.fullmatch(str(element.tag)) or element.get("class") in ("arithmatex", "highlight"):
            return
        children = list(element)
        element.text = self._link(element, 0, element.text)
        for child in children:
            self._walk(child)
            child.tail = self._link(element, list(element).index(child) + 1, child.tail)

    def _link(self, parent: Element, at: int, text: str | None) -> str | None:
        """Insert links for the terms in `text` as children of `parent`, and return the text before the first."""
        if not text or isinstance(text, AtomicString) or not self._left:
            return text
        head: str | None = None
        last: Element | None = None
        start = 0
        for match in self._pattern.finditer(text):
            entry = self._take(match[0])
            if entry is None:
                continue
            before = text[start : match.start()]
            if last is None:
                head = before
            else:
                last.tail = before
            last = Element("a", {"class": "lr-term", "href": f"{self._href}#{entry[0]}", "title": entry[1]})
            last.text = AtomicString(match[0])
            parent.insert(at, last)
            at += 1
            start = match.end()
        if last is None:
            return text
        last.tail = text[start:]
        return head

    def _take(self, word: str) -> tuple[str, str] | None:
        plain = " ".join(word.split())
        return self._left.pop(plain, None) or self._left.pop(plain.lower(), None)


class GlossaryExtension(Extension):
    """Registers the linker, and stores the terms, set once a build, and the path of the page being rendered."""

    def __init__(self) -> None:
        self.terms: dict[str, tuple[str, str]] = {}
        self.page: str | None = None
        super().__init__()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name Markdown calls
        """Add the tree processor to `md`, before MkDocs resolves links."""
        md.treeprocessors.register(_Linker(md, self), "glossary", (_AFTER_MATH + _BEFORE_LINKS) // 2)
