"""Outputs hold only while the files that a page's code opened are as they were, whatever way it opened them."""

from __future__ import annotations

import hashlib
import py_compile
import sqlite3
from typing import TYPE_CHECKING

from site_markdown import FINDER
from sites import ROOT

from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.run.kernel_startup import digest
from logreg_docs.publish.run.opened_files import digest_of_pattern, unchanged
from logreg_docs.publish.run.output_cache import OutputCache
from logreg_docs.publish.run.page_runs import PageRuns, log

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from page_runner import Run

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


def test_files_are_noted_however_they_are_opened(run: Run, tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside.txt"
    for path, data in {**OPENED, **dict.fromkeys(UNSEEN, b"0")}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    outside.write_text("0")
    outcome = run(OPENING.replace("OUTSIDE", repr(str(outside))), root)
    assert outcome.error is None
    noted = {path: sha for path, sha in outcome.files.items() if path.startswith("data/")}
    assert noted == {path: hashlib.sha256(data).hexdigest() for path, data in OPENED.items()} | {
        "data/absent.txt": None
    }
    assert not {*UNSEEN, "data/written.txt"} & outcome.files.keys()
    assert unchanged(outcome.files, root)
    (root / "data/raw.bin").write_bytes(b"5")
    assert not unchanged(outcome.files, root)


WAYS = """
```python
import os, platform, sqlite3
from pathlib import Path

os.listdir("list")
[*os.scandir("scan")]
[*Path("glob").glob("*.csv")]
[*Path("iterate").iterdir()]
[*os.walk("walk")]
for name, mode in (("update", "r+"), ("append", "a+"), ("emptied", "w+"), ("new", "x+")):
    open(f"{name}.txt", mode).read()
with sqlite3.connect("a.db") as a, sqlite3.connect("file:b.db?mode=ro", uri=True), sqlite3.connect(":memory:"):
    a.execute("ATTACH 'c.db' AS c")
platform.processor()
```
"""
FOLDERS = ("list", "scan", "glob", "iterate", "walk", "walk/deep")


def test_listings_files_to_update_and_databases_are_noted(run: Run, tmp_path: Path) -> None:
    for name in FOLDERS:
        (tmp_path / name).mkdir(parents=True)
    for name in ("update", "append", "emptied"):
        (tmp_path / f"{name}.txt").write_text("1")
    for name in "abc":
        with sqlite3.connect(tmp_path / f"{name}.db") as database:
            database.execute("CREATE TABLE t (x)")
    outcome = run(WAYS, tmp_path)
    assert outcome.error is None
    databases = {f"{name}.db{more}" for name in "abc" for more in ("", "-wal")}
    assert {*FOLDERS, "update.txt", "append.txt", *databases} == outcome.files.keys()
    assert unchanged(outcome.files, tmp_path)
    for name in FOLDERS:
        (tmp_path / name / "more.csv").write_text("1")
        assert not unchanged(outcome.files, tmp_path), name
        (tmp_path / name / "more.csv").unlink()
        (tmp_path / name / ".hidden").write_text("1")
    assert unchanged(outcome.files, tmp_path)


STARTS = (
    "subprocess.run(['true'])",
    "os.system('true')",
    "os.popen('true').read()",
    "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
    "!true",
    "await (await asyncio.create_subprocess_exec('true')).wait()",
    "context('fork').Process(target=print).start()",
    "context('spawn').Process(target=print).start()",
    "joblib.Parallel(2)(joblib.delayed(abs)(x) for x in range(2))",
    "sqlite3.connect(':memory:').execute('ATTACH ? AS a', ('a.db',))",
)
IMPORTS = "import asyncio, joblib, os, sqlite3, subprocess\nfrom multiprocessing import get_context as context"


def test_what_reads_unseen_is_noted_with_its_cell_and_refused_unless_the_block_says_what(
    run: Run, tmp_path: Path
) -> None:
    codes = (IMPORTS, *STARTS, "print([*get_ipython().recorder.processes])")
    page = "".join(f'```python reads=""\n{code}\n```\n\n' for code in codes)
    outcome = run(page, tmp_path)
    assert outcome.error is None
    assert outcome.outputs[-1][0]["text"] == f"{[*range(1, len(STARTS) + 1)]}\n"
    page = f"```python\n{IMPORTS}\n```\n\n```python\n{STARTS[0]}\n```\n\n```python\n1\n```\n"
    assert "docs/a.md:7: the process that this code starts (subprocess.Popen) may read" in str(
        run(page, tmp_path).error
    )


def test_what_is_declared_counts_as_read_and_must_be_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / "data/b.csv").write_text("1")
    page = "```python\nx = 1\n```\n\n```python reads=\"a.txt data/*.csv\"\nimport os\nos.system('true')\n```\n"
    files = run(page, tmp_path).files
    assert list(files) == ["a.txt", "data/*.csv"]
    assert unchanged(files, tmp_path)
    for path, text in (("data/b.csv", "2"), ("data/c.csv", "1"), ("a.txt", "2")):
        before = {name: digest_of_pattern(name, tmp_path) for name in files}
        (tmp_path / path).write_text(text)
        assert not unchanged(before, tmp_path)
    keys = [
        OutputCache(tmp_path / ".cache", tmp_path).key(read_cells("a.md", text, FINDER))
        for text in (page, page.replace("a.txt ", ""))
    ]
    assert keys[0] != keys[1]
    outcome = run(page.replace("*.csv", "*.txt"), tmp_path)
    assert "docs/a.md:6: the option reads matches no file: data/*.txt" in str(outcome.error)


def test_a_file_that_the_page_itself_changes_is_noted_as_it_first_was(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("before")
    text = "open('a.txt').read()\nopen('a.txt', 'w').write('after')\nopen('a.txt').read()"
    outcome = run(f"```python\n{text}\n```\n", tmp_path)
    assert outcome.files["a.txt"] == hashlib.sha256(b"before").hexdigest()


def test_a_module_beside_the_package_is_noted_with_or_without_byte_code(run: Run, tmp_path: Path) -> None:
    module = tmp_path / "tools" / "helper.py"
    module.parent.mkdir()
    for value, compiled in ((1, False), (2, True)):
        module.write_text(f"x = {value}")
        if compiled:
            py_compile.compile(str(module))
        outcome = run("```python\nimport sys\nsys.path.insert(0, 'tools')\nimport helper\nhelper.x\n```\n", tmp_path)
        assert outcome.outputs[0][0]["data"]["text/plain"] == str(value)
        assert outcome.files["tools/helper.py"] == digest(str(module))
        assert not [name for name in outcome.files if name.endswith(".pyc")]


def test_a_link_is_the_projects_wherever_it_leads(run: Run, tmp_path: Path) -> None:
    (tmp_path / "far.txt").write_text("1")
    (tmp_path / "project").mkdir()
    (tmp_path / "project/near.txt").symlink_to(tmp_path / "far.txt")
    outcome = run("```python\nopen('near.txt').read()\n```\n", tmp_path / "project")
    assert outcome.files["near.txt"] == hashlib.sha256(b"1").hexdigest()


def test_the_page_sees_nothing_of_it(run: Run, tmp_path: Path) -> None:
    outcome = run("```python\ndef f(x: int): ...\n\n\nprint(f.__annotations__)\n```\n", tmp_path)
    assert outcome.outputs[0][0]["text"] == "{'x': <class 'int'>}\n"
    names = run(
        "```python\nprint({'digest', 'FileRecorder', 'start', 'hashlib', 'shell', 'annotations'} & set(dir()))\n```\n",
        tmp_path,
    )
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
        runs = PageRuns(tmp_path, workers=1, seconds=60, serving=False, on_late_end=lambda: None)
        outcome = runs.outcomes(cells, OutputCache(tmp_path / ".cache", tmp_path), lambda: False)["a.md"]
        runs.close()
        assert outcome is not None
        assert outcome.outputs[0][0]["text"] == f"{a} {b}\n"
        assert caplog.text.count("Executed a.md") == times


def test_the_benchmarks_page_follows_every_file_of_results(run: Run) -> None:
    outcome = run((ROOT / "docs/benchmarks.md").read_text(), ROOT)
    assert outcome.error is None
    for path in (ROOT / "docs/benchmarks").glob("*.json"):
        assert outcome.files[f"docs/benchmarks/{path.name}"] == digest(str(path))
