"""Insert into a page the forms in which its exercises are answered without Python."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from logreg_docs.publish.markup.headings import headings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FOLDER", "INLINED", "insert_answers"]

FOLDER = "assets/exercises/"
"""Folder of the exercises' scripts, below the docs folder and below the site."""
INLINED = {"answers": FOLDER + "loader.js"}
"""The file that is inserted into pages with exercises instead of being published."""

_HELP = {
    "number": "Type a number or a formula, such as 0.5, 1/2, 50 %, log(2), e^-2 or -inf. Four digits are enough.",
    "list": "Type numbers or formulas with commas between them, such as 0.5, 1/3, log(2). Four digits are enough.",
    "shape": "Type a shape, such as (2, 3) or (4,).",
    "text": "Type a word.",
    "words": "Type names with commas between them.",
}


def insert_answers(html: str, forms: Mapping[int, dict[str, Any]], report: Callable[[int, str], None]) -> str:
    """Replace the placeholder paragraphs of a page by forms.

    Args:
        html: The page's content.
        forms: What Python knows of each exercise, by the line of its code on the page.
        report: Called with a line and a problem where an exercise names a section that the page does not have.

    Returns:
        The content with the forms.
    """
    titles = {heading.anchor: heading.text for heading in headings(html)}
    for line, form in forms.items():
        title = titles.get(form["section"])
        if form["section"] and title is None:
            report(line, f"exercise {form['exercise']} sends its readers to #{form['section']}, which the page lacks")
        html = html.replace(f"<p>answer-at-line-{line}</p>", _form(line, form, title))
    return html


def _form(line: int, form: dict[str, Any], title: str | None) -> str:
    parts = form["parts"]
    kinds = dict.fromkeys(part["kind"] for part in parts)
    inputs = "".join(_input(f"a{line}-{i}", f"a{line}-{part['kind']}", part) for i, part in enumerate(parts))
    helps = "".join(f'<p class="a-help" id="a{line}-{kind}">{escape(_HELP[kind])}</p>' for kind in kinds)
    again = f'<p data-again hidden>Read <a href="#{escape(form["section"])}">{title}</a> again.</p>' if title else ""
    data = json.dumps(form["parts"], ensure_ascii=False, separators=(",", ":"))
    return (
        f'<lr-answer data-exercise="{escape(form["exercise"])}" data-search-exclude>'
        f"<form novalidate><fieldset disabled>"
        f"<legend>{escape(form['given'] or 'Your answer', quote=False)}</legend>"
        f'<div class="a-fields">{inputs}</div>{helps}<button class="md-button">Check</button></fieldset>'
        f'<div role="status"><p></p>{again}</div></form>'
        f"<template>{escape(data, quote=False)}</template></lr-answer>"
    )


def _input(name: str, help_name: str, part: dict[str, Any]) -> str:
    label = escape(part["name"], quote=False)
    return (
        f'<p><label for="{name}">{label}</label><input id="{name}" aria-describedby="{help_name}" inputmode="text" '
        f'maxlength="200" autocomplete="off" autocapitalize="off" spellcheck="false"></p>'
    )
