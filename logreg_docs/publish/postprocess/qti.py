"""Write the questions of the site as banks of QTI 1.2, one for each chapter, which Canvas and others import."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from logreg_docs.exercises.comparing import is_right
from logreg_docs.publish.pages.questions import Prediction
from logreg_docs.publish.postprocess.question_xml import add, question_html, question_title, to_bytes
from logreg_docs.publish.zip_files import zip_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from logreg_docs.publish.pages.questions import Value

__all__ = ["make_qti"]

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_DECIMALS = 4  # to which Canvas rounds what a student types
_RESPONSE = "response1"
_RIGHT, _WRONG = "correct_fb", "general_incorrect_fb"  # by which Canvas knows what they are


def make_qti(banks: Mapping[str, Sequence[Prediction | Value]]) -> bytes:
    """Return a package of question banks.

    Args:
        banks: Questions in HTML by the title of their bank. A number is left out that is wrong once it is rounded as
            Canvas rounds it.

    Returns:
        A zip file: a manifest, and a file for each bank.
    """
    files = {
        f"bank{number:02d}.xml": _bank(f"bank{number:02d}", title, banks[title]) for number, title in enumerate(banks)
    }
    return zip_files(
        {"imsmanifest.xml": to_bytes(_manifest(files)), **{name: to_bytes(root) for name, root in files.items()}}
    )


def _manifest(names: Iterable[str]) -> ET.Element:
    root = ET.Element("manifest", {"xmlns": _PACKAGE, "identifier": "logreg_docs"})
    add(root, "metadata/schema", "IMS Content")
    add(root[0], "schemaversion", "1.1.3")
    add(root, "organizations")
    resources = add(root, "resources")
    for name in names:
        resource = add(resources, "resource", identifier=name.partition(".")[0], type="imsqti_xmlv1p2", href=name)
        add(resource, "file", href=name)
    return root


def _bank(ident: str, title: str, questions: Sequence[Prediction | Value]) -> ET.Element:
    root = ET.Element("questestinterop", {"xmlns": _QTI})
    bank = add(root, "objectbank", ident=ident)
    _fields(bank, bank_title=title)
    for question in questions:
        if isinstance(question, Prediction):
            _prediction(bank, question)
        elif is_right(question.part, round(question.part.value, _DECIMALS)):
            _value(bank, question)
    return root


def _fields(parent: ET.Element, **fields: str) -> None:
    data = add(parent, "qtimetadata")
    for label, entry in fields.items():
        field = add(data, "qtimetadatafield")
        add(field, "fieldlabel", label)
        add(field, "fieldentry", entry)


def _item(bank: ET.Element, question: Prediction | Value) -> tuple[ET.Element, ET.Element, ET.Element]:
    """Add a question, and return it with the elements for its responses and for how they are judged."""
    item = add(bank, "item", ident="logreg_docs_" + re.sub(r"\W", "_", question.key), title=question_title(question))
    kind = "multiple_choice_question" if isinstance(question, Prediction) else "numerical_question"
    _fields(add(item, "itemmetadata"), question_type=kind, points_possible="1")
    presentation = add(item, "presentation")
    add(presentation, "material/mattext", question_html(question), texttype="text/html")
    judging = add(item, "resprocessing")
    add(judging, "outcomes/decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    return item, presentation, judging


def _prediction(bank: ET.Element, question: Prediction) -> None:
    item, presentation, judging = _item(bank, question)
    offered = add(presentation, "response_lid", ident=_RESPONSE, rcardinality="Single")
    offered = add(offered, "render_choice")
    right = ""
    for number, choice in enumerate(question.choices, 1):
        ident = f"choice_{number}"
        label = add(offered, "response_label", ident=ident)
        add(label, "material/mattext", choice.text, texttype="text/html")
        _tell(_condition(judging, "varequal", ident), f"{ident}_fb")
        _feedback(item, f"{ident}_fb", choice.why)
        right = ident if choice.right else right
    _score(_condition(judging, "varequal", right, goes_on="No"))


def _value(bank: ET.Element, question: Value) -> None:
    item, presentation, judging = _item(bank, question)
    typed = add(presentation, "response_str", ident=_RESPONSE, rcardinality="Single")
    add(add(typed, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
    condition = add(judging, "respcondition", **{"continue": "No"})
    either = add(condition, "conditionvar/or")
    right = question.part.value
    add(either, "varequal", repr(right), respident=_RESPONSE)
    between = add(either, "and")
    add(between, "vargte", repr(right - question.margin(right)), respident=_RESPONSE)
    add(between, "varlte", repr(right + question.margin(right)), respident=_RESPONSE)
    _score(condition)
    _tell(condition, _RIGHT)
    _tell(_condition(judging, "other"), _WRONG)
    _feedback(item, _RIGHT, "Right.")
    usual = "".join(f"<li>{hint}</li>" for hint in question.part.mistakes)
    _feedback(
        item, _WRONG, f"<p>Not yet. Is it one of the usual mistakes?</p><ul>{usual}</ul>" if usual else "Not yet."
    )


def _condition(judging: ET.Element, test: str, text: str | None = None, goes_on: str = "Yes") -> ET.Element:
    condition = add(judging, "respcondition", **{"continue": goes_on})
    add(condition, f"conditionvar/{test}", text, **({"respident": _RESPONSE} if text else {}))
    return condition


def _score(condition: ET.Element) -> None:
    add(condition, "setvar", "100", action="Set", varname="SCORE")


def _tell(condition: ET.Element, ident: str) -> None:
    add(condition, "displayfeedback", feedbacktype="Response", linkrefid=ident)


def _feedback(item: ET.Element, ident: str, html: str) -> None:
    feedback = add(item, "itemfeedback", ident=ident)
    add(feedback, "flow_mat/material/mattext", html, texttype="text/html")
