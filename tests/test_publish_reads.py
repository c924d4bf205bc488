"""Outputs hold only while the files that a page's code opened are as they were, whatever way it opened them."""

from __future__ import annotations

import asyncio
import hashlib
import py_compile
from typing import TYPE_CHECKING

from site_markdown import FINDER
from sites import ROOT

from logreg_docs.publish.cache import Cache
from logreg_docs.publish.chapter import read_cells
from logreg_docs.publish.execute import Outcome, run_page
from logreg_docs.publish.reads import digest, unchanged
from logreg_docs.publish.runs import Runs, log

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

OPENING = """
```python
import os
from pathlib import Path
import numpy as np

name = "-".join(["a", "b"])
print(np.loadtxt(f"data/{name}.csv"))
print(Path.cwd().joinpath("data", "absolute.txt").read_text())
os.chdir("data")
print(open(b"bytes.txt").read(), os.read(os.open("raw.bin", os.O_RDONLY), 1))
try:
    open("absent.txt")
except FileNotFoundError:
    print("absent")
Path("written.txt").write_text("new")
for unseen in ("../.hidden/a.txt", "../env/site-packages/b.txt", OUTSIDE):
    Path(unseen).read_text()
```
"""
OPENED = {"data/a-b.csv": b"1", "data/absolute.txt": b"2", "data/bytes.txt": b"3", "data/raw.bin": b"4"}
UNSEEN = (".hidden/a.txt", "env/site-packages/b.txt")


def run(text: str, folder: Path) -> Outcome:
    return asyncio.run(run_page("a.md", read_cells("a.md", text, FINDER), folder))


def test_files_are_noted_however_they_are_opened(tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside.txt"
    for path, data in {**OPENED, **dict.fromkeys(UNSEEN, b"0")}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    outside.write_text("0")
    outcome = run(OPENING.replace("OUTSIDE", repr(str(outside))), root)
    assert outcome.error is None
    noted = {path: sha for path, sha in outcome.reads.items() if path.startswith("data/")}
    assert noted == {path: hashlib.sha256(data).hexdigest() for path, data in OPENED.items()} | {
        "data/absent.txt": None
    }
    assert not {*UNSEEN, "data/written.txt"} & outcome.reads.keys()
    assert unchanged(outcome.reads, root)
    (root / "data/raw.bin").write_bytes(b"5")
    assert not unchanged(outcome.reads, root)


def test_a_file_that_the_page_itself_changes_is_noted_as_it_first_was(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("before")
    text = "open('a.txt').read()\nopen('a.txt', 'w').write('after')\nopen('a.txt').read()"
    outcome = run(f"```python\n{text}\n```\n", tmp_path)
    assert outcome.reads["a.txt"] == hashlib.sha256(b"before").hexdigest()


def test_a_module_beside_the_package_is_noted_with_or_without_byte_code(tmp_path: Path) -> None:
    module = tmp_path / "tools" / "helper.py"
    module.parent.mkdir()
    for value, compiled in ((1, False), (2, True)):
        module.write_text(f"x = {value}")
        if compiled:
            py_compile.compile(str(module))
        outcome = run("```python\nimport sys\nsys.path.insert(0, 'tools')\nimport helper\nhelper.x\n```\n", tmp_path)
        assert outcome.outputs[0][0]["data"]["text/plain"] == str(value)
        assert outcome.reads["tools/helper.py"] == digest(str(module))
        assert not [name for name in outcome.reads if name.endswith(".pyc")]


def test_a_link_is_the_projects_wherever_it_leads(tmp_path: Path) -> None:
    (tmp_path / "far.txt").write_text("1")
    (tmp_path / "project").mkdir()
    (tmp_path / "project/near.txt").symlink_to(tmp_path / "far.txt")
    outcome = run("```python\nopen('near.txt').read()\n```\n", tmp_path / "project")
    assert outcome.reads["near.txt"] == hashlib.sha256(b"1").hexdigest()


def test_the_page_sees_nothing_of_it(tmp_path: Path) -> None:
    outcome = run("```python\ndef f(x: int): ...\n\n\nprint(f.__annotations__)\n```\n", tmp_path)
    assert outcome.outputs[0][0]["text"] == "{'x': <class 'int'>}\n"
    names = run("```python\nprint({'digest', 'note_reads', 'found', 'annotations'} & set(dir()))\n```\n", tmp_path)
    assert names.outputs[0][0]["text"] == "set()\n"


def test_a_page_runs_again_when_a_file_has_changed_and_only_then(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=log.name)
    page = "```python\nprint(*(open(f'{name}.csv').read() for name in 'ab'))\n```\n"
    cells = {"a.md": read_cells("a.md", page, FINDER)}
    for a, b, times in (("1", "1", 1), ("1", "1", 1), ("1", "2", 2), ("1", "2", 2), ("3", "2", 3)):
        (tmp_path / "a.csv").write_text(a)
        (tmp_path / "b.csv").write_text(b)
        runs = Runs(tmp_path, workers=1, seconds=60, serving=False, ended=lambda: None)
        outcome = runs.outcomes(cells, Cache(tmp_path / ".cache", tmp_path), lambda: False)["a.md"]
        runs.close()
        assert outcome is not None
        assert outcome.outputs[0][0]["text"] == f"{a} {b}\n"
        assert caplog.text.count("Executed a.md") == times


def test_the_benchmarks_page_follows_every_file_of_results() -> None:
    outcome = run((ROOT / "docs/benchmarks.md").read_text(), ROOT)
    assert outcome.error is None
    for path in (ROOT / "docs/benchmarks").glob("*.json"):
        assert outcome.reads[f"docs/benchmarks/{path.name}"] == digest(str(path))
