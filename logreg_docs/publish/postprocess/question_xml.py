"""What the formats for learning platforms have in common: elements of XML, and how a question reads."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from logreg_docs.publish.pages.questions import Prediction

if TYPE_CHECKING:
    from logreg_docs.publish.pages.questions import Value

__all__ = ["add", "question_html", "question_title", "to_bytes"]


def add(parent: ET.Element, path: str, text: str | None = None, **attributes: str) -> ET.Element:
    """Add elements, one inside the other.

    Args:
        parent: Where they are added.
        path: Their names, from the outside in, with a slash between them.
        text: What the innermost one holds.
        attributes: Those of the innermost one.

    Returns:
        The innermost one.

    Examples:
        >>> root = ET.Element("item")
        >>> made = add(root, "material/mattext", "1 < 2", texttype="text/plain")
        >>> ET.tostring(root)
        b'<item><material><mattext texttype="text/plain">1 &lt; 2</mattext></material></item>'
    """
    *outer, inner = path.split("/")
    for name in outer:
        parent = ET.SubElement(parent, name)
    made = ET.SubElement(parent, inner, attributes)
    made.text = text
    return made


def to_bytes(root: ET.Element) -> bytes:
    """Return a document with one element on a line."""
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


def question_title(question: Prediction | Value) -> str:
    """Return what a question is called in a list of questions."""
    if isinstance(question, Prediction):
        return f"Predict: {question.section}" if question.section else "Predict"
    return f"Exercise {question.key}: {question.title}"


def question_html(question: Prediction | Value) -> str:
    """Return what a question asks, and a link to where it stands on the site, if that has an address.

    Args:
        question: A question whose texts are HTML.

    Returns:
        HTML.
    """
    html = question.text if question.text.startswith("<") else f"<p>{question.text}</p>"
    if not isinstance(question, Prediction):
        html += f"<p>Answer with a number, to four digits. Asked for: <strong>{question.asked}</strong>.</p>"
    where = "Figures and data are in the section this comes from" if isinstance(question, Prediction) else "From"
    name = question.section if isinstance(question, Prediction) else f"exercise {question.key.partition('-')[0]}"
    link = f'<a href="{escape(question.address)}">{escape(name or "the chapter", quote=False)}</a>'
    return f"{html}<p>{where}: {link}</p>" if question.address else html
