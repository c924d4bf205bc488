"""Pages run when their code or what they opened has changed, and under a server none keeps the others waiting."""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from page_runner import KERNEL
from site_markdown import FINDER

from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.run import execute, page_runs
from logreg_docs.publish.run.fork_server import ForkServer
from logreg_docs.publish.run.output_cache import OutputCache, PackageGraph
from logreg_docs.publish.run.page_runs import PageRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from logreg_docs.publish.pages.cells import Cell
    from logreg_docs.publish.run.execute import Outcome

ENDLESS = "import os, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))\nwhile True:\n    pass"
WAITING = "import pathlib, time\nwhile not pathlib.Path('go').exists():\n    time.sleep(0.02)\nprint('gone')"


def cells(**pages: str) -> dict[str, list[Cell]]:
    return {name: read_cells(name, f"```python\n{code}\n```", FINDER) for name, code in pages.items()}


@pytest.fixture(autouse=True)
def _small_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have kernels forked from servers that need not import the libraries, which no page here uses."""
    monkeypatch.setattr(execute, "ForkServer", partial(ForkServer, libraries=KERNEL))


class Builds:
    """Builds of one process, one after the other."""

    def __init__(self, folder: Path, *, serving: bool = True) -> None:
        self.folder = folder
        self.ended = threading.Event()
        self.runs = PageRuns(folder, workers=2, seconds=60, serving=serving, on_late_end=self.ended.set)

    def outcomes(self, edited: Callable[[], bool] = lambda: False, /, **pages: str) -> dict[str, Outcome | None]:
        return self.runs.outcomes(cells(**pages), OutputCache(self.folder / ".cache", self.folder), edited)

    def text(self, name: str, **pages: str) -> str:
        outcome = self.outcomes(**pages)[name]
        assert outcome is not None
        assert outcome.error is None
        return str(outcome.outputs[0][0]["text"])


@pytest.fixture
def builds(tmp_path: Path) -> Iterator[Builds]:
    made = Builds(tmp_path)
    yield made
    made.runs.close()


def executed(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage().split()[1] for record in caplog.records if str(record.msg).startswith("Executed")]


def wait_until(seen: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < end, f"{what} never came"
        time.sleep(0.02)


def appears(path: Path) -> str:
    wait_until(lambda: path.is_file() and bool(path.read_text()), path.name)
    return path.read_text()


def ends(process: int) -> None:
    def is_gone() -> bool:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(is_gone, f"the end of process {process}")


def test_what_is_kept_is_not_run_and_an_edit_runs_its_page_alone(
    builds: Builds, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=page_runs.log.name)
    for code, times in (("print(1)", 1), ("print(1)", 1), ("print(2)", 2)):
        assert builds.text("a", a=code, b="print(0)") == f"{code[6]}\n"
        assert executed(caplog).count("a") == times
        assert executed(caplog).count("b") == 1


def test_outputs_of_code_that_was_edited_while_it_ran_are_not_kept(
    builds: Builds, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=page_runs.log.name)
    code = "from logreg_docs import sigmoid\nprint(1)"
    with monkeypatch.context() as patch:
        source = b"before"
        patch.setattr(PackageGraph, "read", lambda *_: source)
        start = builds.runs._runner.start

        def edit_and_start(*arguments: Any) -> object:
            nonlocal source
            started = start(*arguments)
            source = b"after"
            return started

        patch.setattr(builds.runs._runner, "start", edit_and_start)
        builds.text("a", a=code)
        patch.setattr(builds.runs._runner, "start", start)
        source = b"before"
        builds.text("a", a=code)
        builds.text("a", a=code)
    assert executed(caplog) == ["a", "a"]


def test_edit_ends_the_waiting_and_the_page_comes_when_it_ends(builds: Builds) -> None:
    pages = {"a": WAITING}
    outcomes = builds.outcomes(lambda: True, **pages)
    assert outcomes["a"] is None
    began = time.monotonic()
    assert builds.outcomes(**pages)["a"] is None, "a page that was left behind is not waited for"
    assert time.monotonic() - began < page_runs.PATIENCE / 4
    assert not builds.ended.is_set()
    (builds.folder / "go").touch()
    assert builds.ended.wait(30)
    assert builds.text("a", **pages) == "gone\n"


def test_page_that_ends_while_a_build_waits_needs_no_other_build(builds: Builds) -> None:
    builds.text("a", a="print(0)")
    assert not builds.ended.is_set()


def test_a_server_waits_for_the_next_page_only_so_long(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_runs, "PATIENCE", 0.5)
    assert builds.outcomes(a=ENDLESS)["a"] is None


def test_a_build_waits_for_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_runs, "PATIENCE", 0)
    once = Builds(tmp_path, serving=False)
    try:
        threading.Timer(2, (tmp_path / "go").touch).start()
        outcome = once.outcomes(lambda: True, a=WAITING)["a"]
        assert outcome is not None
        assert outcome.outputs[0][0]["text"] == "gone\n"
    finally:
        once.runs.close()


def test_edit_of_a_page_ends_its_running_cell_and_no_other(builds: Builds, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger=page_runs.log.name)
    builds.outcomes(lambda: True, a=ENDLESS, b=WAITING)
    process = int(appears(builds.folder / "pid"))
    assert builds.text("a", a="print('mended')", b=WAITING) == "mended\n"
    ends(process)
    (builds.folder / "go").touch()
    assert builds.ended.wait(30)
    assert builds.text("b", a="print('mended')", b=WAITING) == "gone\n"
    assert "error" not in caplog.text, "what nobody wants any longer has not failed"


def test_page_that_is_gone_is_ended(builds: Builds) -> None:
    builds.outcomes(lambda: True, a=ENDLESS)
    process = int(appears(builds.folder / "pid"))
    builds.outcomes()
    ends(process)


def test_close_ends_an_endless_page_at_once(tmp_path: Path) -> None:
    builds = Builds(tmp_path)
    builds.outcomes(lambda: True, a=ENDLESS)
    process = int(appears(tmp_path / "pid"))
    began = time.monotonic()
    builds.runs.close()
    assert time.monotonic() - began < 3
    ends(process)


def test_failed_page_runs_again_when_its_code_or_what_it_opened_has_changed(
    builds: Builds, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=page_runs.log.name)
    reading = "print(open('data.txt').read())"
    for name in (None, None, "data.txt", None):
        if name:
            (builds.folder / name).write_text("found")
        outcome = builds.outcomes(a=reading)["a"]
        assert outcome is not None
        assert (outcome.error is None) == (builds.folder / "data.txt").exists()
    assert executed(caplog) == ["a", "a"]
    assert builds.text("a", a="print(3)") == "3\n"


def test_libraries_are_imported_once_for_all_later_edits(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    server = builds.runs._runner._server
    forked: list[object] = []
    fork = server.fork

    def fork_and_note(*arguments: Any) -> object:
        forked.append(arguments)
        return fork(*arguments)

    monkeypatch.setattr(server, "fork", fork_and_note)
    builds.text("a", a="print(1)")
    assert not forked, "the first edit does not wait for the imports"
    wait_until(server.ready, "the process with the libraries")
    for count in (1, 2):
        builds.text("a", a=f"print({count}, 'again')")
        assert len(forked) == count
