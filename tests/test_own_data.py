"""Other rows than the forty students: numbers follow, and a sentence that no longer holds stops the build by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from page_claims import DOCS, claims_of, prose_of, run_on
from sites import ROOT

from logreg_docs import datasets

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
ABOUT_STUDENTS = [page for page in PAGES if "load_students" in (DOCS / page).read_text()]
BY_DAY = "chapters/02-sigmoid.md"
(OWN,) = re.findall(r"^```csv\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE | re.DOTALL)


def drawn(seed: int, n: int, intercept: float, slope: float, noise: float) -> str:
    """Return a file of other rows, with another line behind them."""
    rng = np.random.default_rng(seed)
    hours = np.round(rng.uniform(0.3, 9.9, n), 1)
    scores = np.clip(np.round(intercept + slope * hours + rng.normal(0, noise, n)), 0, 100)
    rows = [f"{x:g},{y:g},{y >= 50:d}\n" for x, y in zip(hours, scores, strict=True)]
    return "".join([f"{','.join(datasets.SUBJECT.columns)}\n", *rows])


ROWS = {"machines": OWN, "noisy": drawn(3, 61, 27, 4, 14), "mostly 1": drawn(8, 48, 38, 5, 12)}


def test_pages_about_the_students_are_found() -> None:
    assert {"index.md", "teaching.md", "chapters/02-sigmoid.md"} < set(ABOUT_STUDENTS)


@pytest.mark.parametrize("page", PAGES)
def test_every_sentence_that_an_assertion_names_stands_on_its_page(page: str) -> None:
    prose = prose_of(page)
    assert [f"{page}:{line}: {text}" for line, text in claims_of(page).items() if text not in prose] == []


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        pytest.param(page, rows, marks=[] if (page, rows) == (BY_DAY, "machines") else [pytest.mark.deep])
        for page in ABOUT_STUDENTS
        for rows in ROWS
    ],
)
@pytest.mark.long
def test_with_other_rows_all_that_fails_names_its_sentence(
    page: str, rows: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "students.csv"
    file.write_text(ROWS[rows].replace(ROWS[rows].partition("\n")[0], ",".join(datasets.SUBJECT.columns)))
    monkeypatch.setattr(datasets, "_STUDENTS", file)
    broken = run_on(page)
    assert broken.unnamed == []
    assert broken.claims or broken.errors == [], "an error comes first, and nothing says which sentence it belongs to"
    assert broken.claims.items() <= claims_of(page).items()


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=[] if page == BY_DAY else [pytest.mark.deep]) for page in ABOUT_STUDENTS]
)
@pytest.mark.long
def test_the_file_bears_out_every_sentence(page: str) -> None:
    broken = run_on(page)
    told = [f"docs/{page}:{line}: {text}" for line, text in broken.claims.items()]
    assert told == [], "rewrite these sentences, each with its assertion:\n" + "\n".join(told)
    assert (broken.unnamed, broken.errors) == ([], [])
