"""The page for instructors has a section for each chapter and what is computed from it, and two archives."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from typing import TYPE_CHECKING

import nbformat
import pytest
from sites import ROOT

from logreg_docs.notation import CHAPTERS

if TYPE_CHECKING:
    from sites import Built

TEXT = (ROOT / "docs/teaching.md").read_text(encoding="utf-8")
SECTIONS = {int(one[0]): one for one in re.split(r"^## (?=\d)", TEXT, flags=re.MULTILINE)[1:]}
STEP = re.compile(r"^\d\.  ", re.MULTILINE)


def test_every_chapter_has_its_section_in_order() -> None:
    assert list(SECTIONS) == list(CHAPTERS)


@pytest.mark.parametrize("chapter", SECTIONS)
def test_a_section_has_three_questions_with_what_to_listen_for_and_a_plan_of_a_few_steps(chapter: int) -> None:
    section = SECTIONS[chapter]
    title = re.search(r"^# (.*)$", (ROOT / f"docs/chapters/{CHAPTERS[chapter]}.md").read_text(), re.MULTILINE)
    assert title
    assert section.startswith(f"{title[1]} {{ #chapter-{chapter} }}")
    assert "\n**Goal.** Students can " in section
    assert f"\n**Time.** A first reading takes reading-time-of-chapter-{chapter}." in section
    asked, _, plan = section.partition("**Ask, and listen for**")[2].partition("**On the board**")
    questions = STEP.split(asked)[1:]
    assert len(questions) == 3
    assert all(re.match(r"\*[^*]+\?\*\n    \S", question) for question in questions), questions
    steps = plan.partition("\n??? note")[0]
    assert 3 <= len(STEP.findall(steps)) <= 6
    assert f"](chapters/{CHAPTERS[chapter]}.md#" in steps
    topic = CHAPTERS[chapter].partition("-")[2].replace("-", "_")
    taken = re.search(rf"from logreg_docs\.exercises import {topic}(?: as (\w+))?\n", section)
    assert taken
    assert f"known_mistakes({taken[1] or topic}.EXERCISES)" in section
    assert re.search(rf"    In the \[exercises\]\(chapters/{CHAPTERS[chapter]}\.md#[a-z-]+\) at the end", section)


def test_the_page_says_which_chapters_ask_for_no_prediction() -> None:
    texts = {chapter: (ROOT / f"docs/chapters/{name}.md").read_text() for chapter, name in CHAPTERS.items()}
    silent = [chapter for chapter, text in texts.items() if '!!! question "Predict"' not in text]
    assert [int(number) for number in re.findall(r"chapter (\d+)\s+has\s+none", TEXT)] == silent


@pytest.mark.parametrize("chapter", SECTIONS)
def test_the_time_of_a_section_is_the_one_under_the_title_of_its_chapter(chapter: int, site: Built) -> None:
    page = (site.folder / "chapters" / CHAPTERS[chapter] / "index.html").read_text(encoding="utf-8")
    facts = re.search(r"Chapter \d of \d+ · (about \d+ min(?:, \d+ more for the deeper parts)?)", page)
    assert facts
    html = (site.folder / "teaching/index.html").read_text(encoding="utf-8")
    section = html.partition(f'id="chapter-{chapter}"')[2]
    told = re.search(r"A first reading takes ([^.]+?)\.", section)
    assert told
    assert told[1] == facts[1]


def test_the_page_shows_what_the_exercises_know(site: Built) -> None:
    html = unescape(re.sub(r"(?:<[^>]+>|\s)+", " ", (site.folder / "teaching/index.html").read_text(encoding="utf-8")))
    for known in (
        "(40,) axis=0 runs down the rows and leaves the columns.",
        "0.14 That is neither of them.",
        "3 x² stays as a factor.",
        "1 w was not moved.",
    ):
        assert known in html


def test_both_archives_hold_the_same_notebooks_and_only_the_ones_for_instructors_answer(site: Built) -> None:
    html = (site.folder / "teaching/index.html").read_text(encoding="utf-8")
    sums = (site.folder / "SHA256SUMS").read_text()
    held = {}
    for name in ("logreg-docs", "logreg-docs-students"):
        assert re.search(rf'href="\.\./downloads/{name}\.zip"', html)
        assert f"  downloads/{name}.zip\n" in sums
        archive = zipfile.ZipFile(site.folder / f"downloads/{name}.zip")
        held[name] = {path: archive.read(path) for path in archive.namelist()}
    whole, students = held.values()
    assert list(whole) == list(students)
    answering = set()
    for path in [path for path in whole if path.endswith(".ipynb")]:
        (all_cells, kept) = (nbformat.reads(one[path].decode(), 4).cells for one in (whole, students))
        told = [cell.source for cell in kept]
        assert [source for source in (cell.source for cell in all_cells[1:]) if source in told]
        assert not [source for source in told if re.search(r"\*\*Solution\*\*|<summary>(Solution|Answer)", source)]
        answering |= {path} if len(kept) < len(all_cells) else set()
        closed = [(cell.source, cell.metadata.get("jupyter", {})) for cell in kept]
        hidden = [source for source, how in closed if "source_hidden" in how and "outputs_hidden" not in how]
        assert not [source for source in hidden if re.search(r"^ *(assert\b|[\w.]*assert_)", source, re.MULTILINE)]
        assert not [source for source in told if re.search(r"^> +- .*\n> *\n> +- ", source, re.MULTILINE)]
        asked = [sum("= ..." in cell.source for cell in cells) for cells in (all_cells, kept)]
        assert asked[0] == asked[1]
    assert len(answering) == len(CHAPTERS) + 4
    same = [path for path in whole if not path.endswith((".ipynb", "README.md"))]
    assert all(whole[path] == students[path] for path in same)
