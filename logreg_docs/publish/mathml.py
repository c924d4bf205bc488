r"""Markdown extension: formulas between `$` signs become MathML when the site is built.

The TeX is found by `pymdownx.arithmatex` and translated by `math-core`. A formula that does not parse stops the
build. The TeX stays inside the MathML as an annotation, so that it can be copied. What browsers set in different ways
is written so that they agree.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from markdown import Extension
from markdown.treeprocessors import Treeprocessor
from math_core import LatexError, LatexToMathML

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from markdown import Markdown

__all__ = ["FormulaError", "MathMLExtension", "formula_line", "makeExtension", "to_mathml"]

_AFTER_INLINE, _BEFORE_TOC = 20, 5
_PUNCTUATION = re.compile(r"[.,;:?!)]+")  # must not wrap away from its formula
_NO_FORMULA = r"(?<!`)(?P<mark>`+)(?!`).*?(?<!`)(?P=mark)(?!`)|<!--.*?-->"  # code, in fences too, and comments
_SPACE = r"[\s>]"  # a formula of several lines may be indented, or stand in a block quote
_OPENING, _CLOSING = rf"(?:\$|\\[(\[]){_SPACE}*", rf"{_SPACE}*(?:\$|\\[)\]])"

_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|#)\w+;")  # known to HTML, not to XML
_SCRIPTED = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})
_LARGE = frozenset("∑∏∫")
_THIN = "0.1667em"  # on both sides of a large operator, where nothing else is said
_BIG = {"1.2em": "big1", "1.623em": "big2"}  # sizes of `\\big` and `\\Big`, and the font's features that draw them
_UNDER_ROOT = {"height": ".8em", "depth": ".2em"}  # what the sign of a root stands over
_LINE = {"height": ".84em", "depth": ".36em"}  # TeX's strut: lines of a table have this distance at least


class FormulaError(ValueError):
    """A formula that does not parse."""


def to_mathml(tex: str, *, display: bool) -> str:
    r"""Translate one formula.

    Args:
        tex: TeX without delimiters.
        display: Whether the formula stands on a line of its own.

    Returns:
        A `<math>` element with its TeX as annotation.

    Raises:
        FormulaError: If the TeX does not parse; the message holds the formula.

    Examples:
        >>> to_mathml("x", display=False).startswith("<math>")
        True
    """
    converter = LatexToMathML(fancy_error=False, annotation=True)
    try:
        mathml: str = converter.convert_with_local_state(tex.strip(), displaystyle=display)
    except LatexError as error:
        raise FormulaError(f"the formula ${tex.strip()}$ does not parse: {error}") from None
    root = ET.fromstring(_ENTITY.sub(lambda entity: html.unescape(entity[0]), mathml))  # noqa: S314 - of math-core
    for element in list(root.iter()):
        _agree(element)
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def _agree(element: Element) -> None:
    """Write an element so that browsers agree on it."""
    if element.tag in _SCRIPTED:
        for script in element[1:]:
            if script.tag == "mo" and not script.keys():  # WebKit keeps the space of an operator in a script, too
                script.attrib.update(lspace="0", rspace="0")
    elif element.tag == "mo" and element.get("minsize") in _BIG:
        # WebKit does not set a sign of a least height around the axis, and Chromium keeps room for its largest form.
        element.set("class", _BIG[element.attrib.pop("minsize")])
        element.set("stretchy", "false")
        for name in ("maxsize", "symmetric"):
            element.attrib.pop(name, None)
    elif element.tag in ("msqrt", "mroot"):
        _stand_under_a_root(element)
    elif element.tag == "mtr":
        element[0].append(ET.Element("mspace", _LINE))
    for at, child in enumerate(list(element)):
        if child.tag in _SCRIPTED and child[0].tag == "mo" and child[0].text in _LARGE:
            element[at] = _space_outside(child)


def _stand_under_a_root(root: Element) -> None:
    """Make what is under a root as high as the sign, which TeX centres on it and browsers do not."""
    strut = ET.Element("mspace", _UNDER_ROOT)
    if root.tag == "msqrt":
        root.append(strut)
    else:
        radicand = ET.Element("mrow")
        radicand.extend([root[0], strut])
        root[0] = radicand


def _space_outside(scripted: Element) -> Element:
    """Move the space around a large operator out of what bears its limits: WebKit sets them apart by it."""
    row = ET.Element("mrow")
    spaces = []
    for side in ("lspace", "rspace"):
        width = scripted[0].get(side, _THIN)
        scripted[0].set(side, "0")
        spaces.append([ET.Element("mspace", width=width)] if width != "0" else [])
    row.extend([*spaces[0], scripted, *spaces[1]])
    return row if len(row) > 1 else scripted


def formula_line(text: str, tex: str) -> int | None:
    r"""Find the line of a page where a formula starts.

    Args:
        text: The page as Markdown.
        tex: TeX without delimiters, whose white space may differ from that of the page.

    Returns:
        The line of the first formula that holds this TeX and no more, counted from 1, or None where there is none.

    Examples:
        >>> formula_line("`$x$` and $x + 1$\nare not $x$", "x")
        2
    """
    formula = rf"(?P<tex>{f'{_SPACE}+'.join(re.escape(word) for word in tex.split())})"
    if not tex.lstrip().startswith(r"\begin{"):  # which needs no other delimiter
        formula = f"{_OPENING}{formula}{_CLOSING}"
    found = re.finditer(f"{_NO_FORMULA}|{formula}", text, re.DOTALL)
    return next((text.count("\n", 0, match.start("tex")) + 1 for match in found if match["tex"]), None)


class _MathTree(Treeprocessor):
    def __init__(self, md: Markdown, extension: MathMLExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, root: Element) -> None:
        for element in root.iter():
            text = element.text or ""
            if element.get("class") == "arithmatex" and text[:2] in (r"\(", r"\["):
                mathml = self._extension.translate(html.unescape(text[2:-2]), display=text.startswith(r"\["))
                mark = _PUNCTUATION.match(element.tail or "") if element.tag == "span" else None
                element.text = self.md.htmlStash.store(mathml) + (mark[0] if mark else "")
                element.tail = (element.tail or "")[mark.end() if mark else 0 :]
                element.set("data-search-exclude", "")


class MathMLExtension(Extension):
    """Register the translation between Markdown's inline and table-of-contents steps."""

    def __init__(self, translate: Callable[..., str] = to_mathml, **options: Any) -> None:
        self.translate = translate
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name Markdown calls
        """Add the tree processor to `md`."""
        md.treeprocessors.register(_MathTree(md, self), "mathml", (_AFTER_INLINE + _BEFORE_TOC) // 2)


def makeExtension(**options: Any) -> MathMLExtension:  # noqa: N802 - the name Markdown calls
    """Return the extension, as Markdown expects of its module."""
    return MathMLExtension(**options)
