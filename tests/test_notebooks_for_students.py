"""A notebook for students runs as handed out: only what waits for an answer fails, and a check says what to do."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import nbformat
import pytest
from test_site import NOTEBOOKS, PAGES, cells_of, forks, run_notebook

from logreg_docs.exercises.comparing import ELLIPSIS_HINT
from logreg_docs.publish.pages.without_answers import names_of

if TYPE_CHECKING:
    from pathlib import Path

    from sites import Built

    from logreg_docs.publish.run.fork_server import ForkServer

pytestmark = pytest.mark.long
__all__ = ["forks"]

BY_DAY = "labs/pytorch_step_by_step.py"
BLANK = re.compile(r"(?:=|return)\s+\.\.\.|^\s*\.\.\.|\(\.\.\.", re.MULTILINE)
CHECK = re.compile(r'^check\("(?P<name>[^"]+)", .+\)$', re.MULTILINE)


def test_what_waits_for_an_answer_is_found() -> None:
    assert waiting(["a = 1", "def f():\n    return ...", "b = f()", "c = a", "d = [b for b in [1]]", "print(d)"]) == [
        False,
        True,
        True,
        False,
        True,
        True,
    ]


def waiting(sources: list[str]) -> list[bool]:
    """Return which cells have a blank to be filled in, or need a name from such a cell."""
    unknown: set[str] = set()
    found = []
    for source in sources:
        bound, read = names_of(source)
        found.append(bool(BLANK.search(source) or read & unknown))
        unknown = unknown | bound if found[-1] else unknown - bound
    return found


@pytest.mark.parametrize(
    ("page", "path"),
    [
        pytest.param(page, path, marks=[] if page == BY_DAY else pytest.mark.deep, id=page)
        for page, path in zip(PAGES, NOTEBOOKS, strict=True)
    ],
)
def test_only_what_waits_for_an_answer_fails_and_every_check_of_a_blank_says_so(
    page: str, path: str, site: Built, forks: ForkServer, tmp_path: Path
) -> None:
    with zipfile.ZipFile(site.folder / "downloads/logreg-docs-students.zip") as archive:
        notebook = nbformat.reads(archive.read(f"logreg-docs/{path.rpartition('/')[2]}").decode(), 4)
    run_notebook(notebook, tmp_path, forks, allow_errors=True)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    wrong = [
        (cell.source, cell.outputs[-1].evalue)
        for cell, waits in zip(cells, waiting([cell.source for cell in cells]), strict=True)
        if any(output.output_type == "error" for output in cell.outputs)
        and not (waits or "raises-exception" in cell.metadata.get("tags", []))
    ]
    assert wrong == []
    checked = {
        found["name"]: cell for cell in cells if BLANK.search(cell.source) for found in CHECK.finditer(cell.source)
    }
    assert list(checked) == [name for cell in cells_of(page) if cell.for_answer for name in CHECK.findall(cell.source)]
    for name, cell in checked.items():
        said = "".join(output.get("text", "") for output in cell.outputs)
        assert f"Exercise {name}: no answer yet. {ELLIPSIS_HINT}" in said, (cell.source, cell.outputs)
