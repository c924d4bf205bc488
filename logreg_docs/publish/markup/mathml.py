r"""Markdown extension that converts formulas between `$` signs to MathML when the site is built.

`pymdownx.arithmatex` finds the TeX, and `math-core` translates it. A formula that does not parse is an error, and so is
a dollar sign that is neither part of a formula nor written `\$`. The MathML contains the TeX as an annotation, which
can be copied. Constructs that browsers display differently are rewritten so that they agree.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markdown import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString
from math_core import LatexError, LatexToMathML

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from markdown import Markdown

__all__ = ["FormulaError", "MathMLExtension", "dollar_line", "formula_line", "to_mathml"]

_AFTER_ATTRIBUTES, _BEFORE_TOC = 8, 5
_PUNCTUATION = re.compile(r"[.,;:?!)]+")  # must not wrap away from its formula
_NO_FORMULA = r"(?<!`)(?P<mark>`+)(?!`).*?(?<!`)(?P=mark)(?!`)|<!--.*?-->"  # code spans, fenced code and comments
_SPACE = r"[\s>]"  # a formula of several lines may be indented, or stand in a block quote
_LEFT = re.compile(f"\\$|\\\\begin\\{{|\\\\\\(|{STX}{ord('(')}{ETX}")  # the last is Markdown's escape of \(
_INLINE = re.compile(r"(?<![\\$])\$(?![\s$])[^$|]*(?<!\s)\$(?!\$)")  # a formula on one line, not split by table cells
_AROUND = 40  # characters
_AMOUNT = re.compile(r"\w\0|\0(?!(?:th|st|nd|rd|s)\b)\w")  # a formula, \0, next to a word or a number
_NO_LINE = re.compile(r"<m(?!(?:ath|i|n|o|row|space|style|text)\b)\w+")  # reads differently without its tags
_TITLE = re.compile("h[1-6]")
_ANNOTATION = re.compile(r"<annotation\b.*?</annotation>|</?semantics>", re.DOTALL)
_LEFT_OVER = (
    "this dollar sign or TeX environment is not part of a formula, near {!r}: $$ and \\begin stand alone between blank "
    r"lines, a formula in a table writes \vert or \mid for |, and a dollar is written \$"
)
_TOUCHES = r"the formula ${}$ touches a word or a number: leave a space between, and write \$ for a dollar"
_IN_WORDS = "a text alternative or a title holds plain text: write the formula ${}$ in words"
_HEADING = (
    "the formula ${}$ stands in a heading, which also stands in the contents and the search: it must read as a line of "
    r"plain characters, such as $\sigma(z)$, and the heading ends with an anchor of its own, {{ #anchor }}"
)
_OPENING, _CLOSING = rf"(?:\$|\\[(\[]){_SPACE}*", rf"{_SPACE}*(?:\$|\\[)\]])"

_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|#)\w+;")  # known to HTML, not to XML
_SCRIPTED = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})
_LARGE = frozenset("∑∏∫")
_THIN = "0.1667em"  # the default space on both sides of a large operator
_BIG = {"1.2em": "big1", "1.623em": "big2"}  # sizes of `\\big` and `\\Big`, and the features of the font for them
_UNDER_ROOT = {"height": ".8em", "depth": ".2em"}  # the least size of a radicand
_LINE = {"height": ".84em", "depth": ".36em"}  # TeX's strut: the least size of a table row


class FormulaError(ValueError):
    """A formula that does not parse."""


def to_mathml(tex: str, *, display: bool) -> str:
    r"""Translate one formula to MathML.

    Args:
        tex: TeX without delimiters.
        display: Whether it is a display formula.

    Returns:
        A `<math>` element with its TeX as annotation.

    Raises:
        FormulaError: If the TeX does not parse; the message contains the formula.

    Examples:
        >>> to_mathml("x", display=False).startswith("<math>")
        True
    """
    converter = LatexToMathML(fancy_error=False, annotation=True)
    try:
        mathml: str = converter.convert_with_local_state(tex.strip(), displaystyle=display)
    except LatexError as error:
        raise FormulaError(f"the formula ${tex.strip()}$ does not parse: {error}") from None
    root = ET.fromstring(_ENTITY.sub(lambda entity: html.unescape(entity[0]), mathml))  # noqa: S314 - written by math-core
    for element in list(root.iter()):
        _harmonise(element)
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def _harmonise(element: Element) -> None:
    """Rewrite an element so that all browsers display it alike."""
    if element.tag in _SCRIPTED:
        for script in element[1:]:
            if script.tag == "mo" and not script.keys():  # WebKit puts space around an operator even in a script
                script.attrib.update(lspace="0", rspace="0")
    elif element.tag == "mo" and element.get("minsize") in _BIG:
        # WebKit does not centre a sign with a minsize on the axis, and Chromium reserves room for its largest form.
        element.set("class", _BIG[element.attrib.pop("minsize")])
        element.set("stretchy", "false")
        for name in ("maxsize", "symmetric"):
            element.attrib.pop(name, None)
    elif element.tag in ("msqrt", "mroot"):
        _add_root_strut(element)
    elif element.tag == "mtr":
        element[0].append(ET.Element("mspace", _LINE))
    for at, child in enumerate(list(element)):
        if child.tag in _SCRIPTED and child[0].tag == "mo" and child[0].text in _LARGE:
            element[at] = _space_outside(child)


def _add_root_strut(root: Element) -> None:
    """Make a radicand as high as the radical sign, which TeX centres on it and browsers do not."""
    strut = ET.Element("mspace", _UNDER_ROOT)
    if root.tag == "msqrt":
        root.append(strut)
    else:
        radicand = ET.Element("mrow")
        radicand.extend([root[0], strut])
        root[0] = radicand


def _space_outside(scripted: Element) -> Element:
    """Move the space around a large operator outside its limits, between which WebKit would put it."""
    row = ET.Element("mrow")
    spaces = []
    for side in ("lspace", "rspace"):
        width = scripted[0].get(side, _THIN)
        scripted[0].set(side, "0")
        spaces.append([ET.Element("mspace", width=width)] if width != "0" else [])
    row.extend([*spaces[0], scripted, *spaces[1]])
    return row if len(row) > 1 else scripted


def formula_line(text: str, tex: str) -> int | None:
    r"""Return the line where a formula first starts on a page, counted from 1, or None.

    Args:
        text: The page as Markdown.
        tex: The whole TeX of the formula without delimiters; its white space may differ.

    Returns:
        The number of the line.

    Examples:
        >>> formula_line("`$x$` and $x + 1$\nare not $x$", "x")
        2
    """
    formula = rf"(?P<tex>{f'{_SPACE}+'.join(re.escape(word) for word in tex.split())})"
    if not tex.lstrip().startswith(r"\begin{"):  # an environment is its own delimiter
        formula = f"{_OPENING}{formula}{_CLOSING}"
    found = re.finditer(f"{_NO_FORMULA}|{formula}", text, re.DOTALL)
    return next((text.count("\n", 0, match.start("tex")) + 1 for match in found if match["tex"]), None)


def dollar_line(text: str, near: str) -> int | None:
    r"""Return the line of a stray dollar sign or environment on a page, counted from 1, or None.

    Args:
        text: The page as Markdown.
        near: The rendered text around it.

    Returns:
        The number of the line outside code and comments that, with its neighbours, is most similar.

    Examples:
        >>> dollar_line("$x$\n| a | $|x|$ |", "a $ x $")
        2
    """
    bare = re.sub(_NO_FORMULA, lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)
    found, around = (["", *page.split("\n"), ""] for page in (bare, near))
    at = next((at for at, line in enumerate(around) if _LEFT.search(line)), 1)

    def alike(number: int) -> int:
        pairs = zip(found[number - 1 : number + 2], around[at - 1 : at + 2], strict=True)
        words = [[set(re.findall(r"\w+", line)) for line in pair] for pair in pairs]
        return sum(len(one & other) for one, other in words) + (words[1] == [set(), set()])

    left = [number for number, line in enumerate(found) if _LEFT.search(_INLINE.sub("", line))]
    return max(left, key=alike, default=None)


def _refuse(problem: str, near: str) -> None:
    del near
    raise FormulaError(problem)


class _MathTree(Treeprocessor):
    def __init__(self, md: Markdown, extension: MathMLExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, root: Element) -> None:
        titles = [element for element in root.iter() if _TITLE.fullmatch(str(element.tag))]
        titled = {formula: title for title in titles for formula in title.iter("span")}
        row = ""
        for parent in root.iter():
            row = " ".join(" ".join(parent.itertext()).split()) if parent.tag == "tr" else row
            near = row if parent.tag in ("td", "th") else ""
            for tex in re.findall(r"\\\((.*?)\\\)", parent.get("alt", "") + parent.get("title", "")):
                self._extension.refuse(_IN_WORDS.format(tex), tex)
            before = parent.text or ""
            if parent.get("class") != "arithmatex" and parent.tag not in ("code", "script"):
                self._check_text(parent.text, near)
            for child in parent:
                after = child.tail or ""
                self._check_text(after, near)
                if child.get("class") == "arithmatex" and (child.text or "")[:2] in (r"\(", r"\["):
                    self._translate(child, f"{before[-1:]}\0{after[:3]}", titled.get(child))
                before = after

    def _check_text(self, text: str | None, near: str) -> None:
        """Reject what looks like a formula in the Markdown but was not recognised as one."""
        if text and not isinstance(text, AtomicString) and (left := _LEFT.search(text)):
            around = near or text[max(0, left.start() - _AROUND) : left.end() + _AROUND]
            self._extension.refuse(_LEFT_OVER.format(" ".join(around.split())), around)

    def _translate(self, element: Element, place: str, title: Element | None) -> None:
        text, tail = element.text or "", element.tail or ""
        tex = html.unescape(text[2:-2])
        mathml = self._extension.translate(tex, display=text.startswith(r"\["))
        if element.tag == "span" and _AMOUNT.search(place):
            self._extension.refuse(_TOUCHES.format(tex), tex)
        mark = _PUNCTUATION.match(tail) if element.tag == "span" else None
        if title is not None:  # the table of contents and the search show only its characters
            if _NO_LINE.search(mathml := _ANNOTATION.sub("", mathml)) or not title.get("id"):
                self._extension.refuse(_HEADING.format(tex), tex)
        else:
            element.set("data-search-exclude", "")
        element.text = self.md.htmlStash.store(mathml) + (mark[0] if mark else "")
        element.tail = tail[mark.end() if mark else 0 :]


class MathMLExtension(Extension):
    """Translates formulas between Markdown's inline and table-of-contents steps.

    Args:
        translate: Returns the MathML of a formula.
        refuse: Called with a message and the TeX, or the text around a stray sign.
    """

    def __init__(
        self,
        translate: Callable[..., str] = to_mathml,
        refuse: Callable[[str, str], None] = _refuse,
    ) -> None:
        self.translate, self.refuse = translate, refuse
        super().__init__()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name Markdown calls
        """Add the tree processor to `md`."""
        md.treeprocessors.register(_MathTree(md, self), "mathml", (_AFTER_ATTRIBUTES + _BEFORE_TOC) // 2)
