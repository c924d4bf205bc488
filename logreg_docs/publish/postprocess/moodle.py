"""Write the questions of the site as Moodle XML, since Moodle reads no QTI but that of Blackboard."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from logreg_docs.publish.pages.questions import Prediction
from logreg_docs.publish.postprocess.question_xml import add, question_html, question_title, to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from logreg_docs.publish.pages.questions import Value

__all__ = ["make_moodle"]

_OTHER = "Not yet, and none of the usual mistakes. Work through it once more, one step at a time."


def make_moodle(banks: Mapping[str, Sequence[Prediction | Value]], name: str) -> bytes:
    """Return question categories.

    Args:
        banks: Questions in HTML by the title of their category.
        name: The category that holds these.

    Returns:
        A file of Moodle XML. A number has its usual mistakes as answers that earn nothing and have their hints.
    """
    root = ET.Element("quiz")
    for title, questions in banks.items():
        add(add(root, "question", type="category"), "category/text", f"$course$/top/{name}/{title.replace('/', '//')}")
        for question in questions:
            _question(root, question)
    return to_bytes(root)


def _question(root: ET.Element, question: Prediction | Value) -> None:
    choices = isinstance(question, Prediction)
    made = add(root, "question", type="multichoice" if choices else "numerical")
    add(made, "name/text", question_title(question))
    _html(made, "questiontext", question_html(question))
    add(made, "defaultgrade", "1")
    add(made, "idnumber", f"logreg-docs/{question.key}")
    if isinstance(question, Prediction):
        add(made, "single", "true")
        add(made, "shuffleanswers", "true")
        add(made, "answernumbering", "none")
        for choice in question.choices:
            answer = _html(made, "answer", choice.text, fraction="100" if choice.right else "0")
            _html(answer, "feedback", choice.why)
    else:
        part = question.part
        _number(made, part.value, question.margin(part.value), "100", "Right.")
        for hint, wrong in part.mistakes.items():
            _number(made, wrong, question.margin(wrong), "0", hint)
        answer = add(made, "answer", fraction="0", format="moodle_auto_format")
        add(answer, "text", "*")
        _html(answer, "feedback", _OTHER)
    add(made, "tags/tag/text", f"chapter {question.chapter}")


def _html(parent: ET.Element, name: str, html: str, **attributes: str) -> ET.Element:
    made = add(parent, name, **attributes, format="html")
    add(made, "text", html)
    return made


def _number(question: ET.Element, value: float, margin: float, fraction: str, feedback: str) -> None:
    answer = add(question, "answer", fraction=fraction, format="moodle_auto_format")
    add(answer, "text", repr(value))
    _html(answer, "feedback", feedback)
    add(answer, "tolerance", repr(margin))
