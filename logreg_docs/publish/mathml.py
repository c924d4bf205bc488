r"""Markdown extension: formulas between `$` signs become MathML when the site is built.

The TeX is found by `pymdownx.arithmatex` and translated by `math-core`. A formula that does not parse stops the
build. The TeX stays inside the MathML as an annotation, so that it can be copied.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

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
    return mathml


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
