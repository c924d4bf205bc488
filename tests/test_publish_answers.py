"""The form of an exercise comes from the run of its page and stands below its code, with what it judges by."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from page_runner import run_pages
from site_markdown import FINDER

from logreg_docs.exercises.forms import MIME
from logreg_docs.publish.markup.answers import insert_answers
from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.pages.outputs import render_page

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """```python
from logreg_docs.exercises.foundations import check
```

!!! example "Do"

    ```python exec="answer"
    answer = ...  # log 12
    check("NAME", answer)
    ```
"""


def refuse(line: int, problem: str) -> None:
    raise AssertionError(f"{line}: {problem}")


def form(**changes: Any) -> dict[str, Any]:
    part = {"name": "p < q", "kind": "number", "value": 0.5, "mistakes": {"a < b & c.": 1.0}}
    return {"exercise": "9.1", "given": "", "section": "odds", "parts": [part], **changes}


@pytest.mark.long
def test_form_comes_from_the_run_of_a_chapter_and_an_unknown_exercise_is_named_with_its_line(tmp_path: Path) -> None:
    texts = {"chapters/a.md": PAGE.replace("NAME", "0.3"), "chapters/b.md": PAGE.replace("NAME", "9.9")}
    texts["labs/a.py"] = texts["chapters/a.md"]
    pages = {path: read_cells(path, text, FINDER) for path, text in texts.items()}
    outcomes = run_pages(pages, tmp_path)
    assert re.match(
        r"docs/chapters/b\.md:9: the code raised ValueError: exercise must be one of 0\.1, .*got '9\.9'",
        str(outcomes["chapters/b.md"].error),
    )
    for path, forms in (("chapters/a.md", {8}), ("labs/a.py", set())):
        outcome = outcomes[path]
        assert outcome.error is None
        assert outcome.outputs[1][0]["text"].startswith("Exercise 0.3: no answer yet.")
        page = render_page(path, texts[path], pages[path], outcome.outputs)
        assert page.answers.keys() == forms
        assert ("\n    answer-at-line-8\n" in page.text) == bool(forms)
    data = outcomes["chapters/a.md"].outputs[1][-1]["data"][MIME]
    assert (data["exercise"], data["section"], data["parts"][0]["name"]) == ("0.3", "logarithm", "log 12")


def test_an_answer_that_is_checked_by_other_means_has_no_form() -> None:
    for source in ("answer = ...", 'check("0.3", answer)\nprint(1)', "my_check(1, answer)"):
        (cell,) = read_cells("chapters/a.md", f'```python exec="answer"\n{source}\n```\n', FINDER)
        assert cell.exercise is None
    (cell,) = read_cells("chapters/a.md", '```python\ncheck("0.3", answer)\n```\n', FINDER)
    assert cell.exercise is None


def test_form_holds_its_data_as_they_are_and_a_label_for_each_field() -> None:
    parts = [*form()["parts"], {"name": "the set", "kind": "words", "value": ["a"], "mistakes": {}}]
    formula = "<math><mi>o</mi><annotation>o</annotation></math>"
    heading = f'<h2 id="odds">Odds {formula}<a class="headerlink" href="#odds"></a></h2>'
    html = insert_answers(f"{heading}<p>answer-at-line-7</p><p>b</p>", {7: form(parts=parts, given="Your q")}, refuse)
    assert html.endswith("</lr-answer><p>b</p>")
    found = re.search(r"<template>(.*)</template>", html)
    assert found is not None
    assert "<" not in found[1]
    assert json.loads(unescape(found[1])) == parts
    assert '<lr-answer data-exercise="9.1" ' in html
    assert re.findall(r'<label for="(.*?)">(.*?)</label><input id="(.*?)" aria-describedby="(.*?)"', html) == [
        ("a7-0", "p &lt; q", "a7-0", "a7-number"),
        ("a7-1", "the set", "a7-1", "a7-words"),
    ]
    assert "<legend>Your q</legend>" in html
    assert 'Read <a href="#odds">Odds o</a> again.' in html


def test_section_that_the_page_lacks_is_reported_with_the_line_of_the_exercise() -> None:
    told: list[tuple[int, str]] = []
    html = insert_answers("<p>answer-at-line-7</p>", {7: form()}, lambda *what: told.append(what))
    assert told == [(7, "exercise 9.1 sends its readers to #odds, which the page lacks")]
    assert "data-again" not in html
