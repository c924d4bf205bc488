"""Readers of question banks, written from the specification of QTI 1.2 and from what Moodle's importer does."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
_PACKAGE = "{http://www.imsglobal.org/xsd/imscp_v1p1}"


@dataclass(frozen=True)
class Item:
    """A question of QTI, of which `judged` says what an answer earns and what is said to it."""

    element: ET.Element

    @property
    def name(self) -> str:
        return self.element.attrib["ident"]

    @property
    def fields(self) -> dict[str, str]:
        return fields(self.element)

    @property
    def html(self) -> str:
        return self.element.findtext(f"{_QTI}presentation/{_QTI}material/{_QTI}mattext") or ""

    @property
    def choices(self) -> dict[str, str]:
        """HTML of each choice by its name."""
        labels = self.element.iterfind(
            f"{_QTI}presentation/{_QTI}response_lid/{_QTI}render_choice/{_QTI}response_label"
        )
        return {one.attrib["ident"]: one.findtext(f"{_QTI}material/{_QTI}mattext") or "" for one in labels}

    def judged(self, answer: str) -> tuple[float, list[str]]:
        """Go through the conditions in order, until one that holds says not to go on."""
        (judging,) = self.element.iter(f"{_QTI}resprocessing")
        (declared,) = judging.iter(f"{_QTI}decvar")
        score, shown = float(declared.get("defaultval", 0)), []
        for condition in judging.findall(f"{_QTI}respcondition"):
            (tests,) = condition.findall(f"{_QTI}conditionvar")
            if not all(holds(test, answer) for test in tests):
                continue
            for change in condition.findall(f"{_QTI}setvar"):
                assert change.attrib == {"action": "Set", "varname": declared.attrib["varname"]}
                score = float(change.text or "")
            shown += [told.attrib["linkrefid"] for told in condition.findall(f"{_QTI}displayfeedback")]
            if condition.get("continue", "No") == "No":
                break
        texts = {
            one.attrib["ident"]: one.findtext(f".//{_QTI}mattext") for one in self.element.iter(f"{_QTI}itemfeedback")
        }
        return score / float(declared.attrib["maxvalue"]), [texts[name] or "" for name in shown]


def holds(test: ET.Element, answer: str) -> bool:
    """Return whether a condition holds for an answer: numbers are compared as numbers, names as text."""
    kind = test.tag.removeprefix(_QTI)
    if kind in ("and", "or"):
        return (all if kind == "and" else any)(holds(inner, answer) for inner in test)
    if kind == "other":
        return True
    assert test.attrib == {"respident": "response1"}
    wanted = test.text or ""
    if kind == "varequal":
        return answer == wanted
    assert kind in ("vargte", "varlte")
    return float(answer) >= float(wanted) if kind == "vargte" else float(answer) <= float(wanted)


def fields(parent: ET.Element) -> dict[str, str]:
    data = parent.iter(f"{_QTI}qtimetadatafield")
    return {one.findtext(f"{_QTI}fieldlabel") or "": one.findtext(f"{_QTI}fieldentry") or "" for one in data}


def read_qti(package: bytes) -> dict[str, list[Item]]:
    """Return the items of the banks of a package by the title of their bank, following its manifest."""
    archive = zipfile.ZipFile(io.BytesIO(package))
    resources = list(ET.fromstring(archive.read("imsmanifest.xml")).iter(f"{_PACKAGE}resource"))
    assert {one.attrib["type"] for one in resources} == {"imsqti_xmlv1p2"}
    names = [file.attrib["href"] for one in resources for file in one.iter(f"{_PACKAGE}file")]
    assert sorted([*names, "imsmanifest.xml"]) == sorted(archive.namelist())
    banks = {}
    for name in names:
        (bank,) = ET.fromstring(archive.read(name))
        assert bank.tag == f"{_QTI}objectbank"
        items = [Item(one) for one in bank.findall(f"{_QTI}item")]
        title = bank.findtext(f"{_QTI}qtimetadata/{_QTI}qtimetadatafield/{_QTI}fieldentry") or ""
        assert title not in banks
        banks[title] = items
    return banks


@dataclass(frozen=True)
class MoodleQuestion:
    """A question of Moodle XML."""

    category: str
    element: ET.Element

    @property
    def name(self) -> str:
        return self.element.findtext("idnumber") or ""

    @property
    def kind(self) -> str:
        return self.element.attrib["type"]

    @property
    def html(self) -> str:
        return self.element.findtext("questiontext/text") or ""

    def answers(self) -> list[tuple[str, float, str]]:
        """Text, share of the mark and feedback of each answer."""
        found = self.element.findall("answer")
        return [
            (one.findtext("text") or "", float(one.attrib["fraction"]) / 100, one.findtext("feedback/text") or "")
            for one in found
        ]

    def judged(self, number: float) -> tuple[float, str]:
        """Take the first answer within whose tolerance a number lies, as the question type `numerical` does."""
        for one in self.element.findall("answer"):
            text = one.findtext("text") or ""
            if text == "*" or abs(number - float(text)) <= float(one.findtext("tolerance") or 0):
                return float(one.attrib["fraction"]) / 100, one.findtext("feedback/text") or ""
        raise AssertionError(f"Moodle says nothing to {number}")


def read_moodle(text: bytes) -> list[MoodleQuestion]:
    """Return the questions of a file, each with the category that was named last before it."""
    category, found = "", []
    root = ET.fromstring(text)
    assert root.tag == "quiz"
    for question in root:
        if question.attrib["type"] == "category":
            category = question.findtext("category/text") or ""
        else:
            found.append(MoodleQuestion(category, question))
    return found
