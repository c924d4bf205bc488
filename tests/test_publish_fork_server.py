"""A forked kernel is as fresh as one started from nothing, and where there can be no fork there is such a one."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.launcher import launch_kernel
from jupyter_client.provisioning import local_provisioner
from page_runner import fork_server, run_pages
from site_markdown import FINDER

from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.run import execute
from logreg_docs.publish.run.execute import run_page

if TYPE_CHECKING:
    from logreg_docs.publish.pages.cells import Cell
    from logreg_docs.publish.run.execute import Outcome

pytestmark = pytest.mark.long

BLOCKS = {
    "mark": "import numpy\nnumpy.mark = mark = 1\nprint('marked')",
    "look": "import numpy, sys\nprint(hasattr(numpy, 'mark'), 'mark' in dir(), 'logreg_docs' in sys.modules)",
    "work": "import torch\nfrom logreg_docs.sigmoid import sigmoid\nprint(torch.ones(3), sigmoid(0.0), {'a', 'b'})",
    "children": "import subprocess\nprint(subprocess.run(['false']).returncode)",
    "raise": "def f():\n    1 / 0\n\nf()",
    "warn": "import warnings\nwarnings.warn('careful')",
    "die": "import os\nos._exit(1)",
}


def pages() -> dict[str, list[Cell]]:
    return {name: read_cells(name, f"```python\n{code}\n```", FINDER) for name, code in BLOCKS.items()}


def told(outcomes: dict[str, Outcome]) -> dict[str, tuple[Any, str]]:
    return {name: (outcome.outputs, str(outcome.error)) for name, outcome in outcomes.items()}


def run_all(folder: Path) -> dict[str, tuple[Any, str]]:
    return told(run_pages(pages(), folder))


@pytest.fixture(scope="module")
def started_from_nothing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execute, "FEW", len(BLOCKS))
        return run_all(tmp_path_factory.mktemp("work"))


def test_forked_kernels_give_the_outputs_and_errors_of_kernels_started_from_nothing(
    started_from_nothing: dict[str, tuple[Any, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []

    def launch(*arguments: Any, **settings: Any) -> object:
        started.append(arguments)
        return launch_kernel(*arguments, **settings)

    monkeypatch.setattr(local_provisioner, "launch_kernel", launch)
    forked = run_all(tmp_path)
    assert forked == started_from_nothing
    assert len(started) == (1 if sys.platform == "linux" else len(BLOCKS))  # the first page does not wait for the fork
    assert forked["look"][0][0][0]["text"] == "False False False\n"


def test_endless_block_of_a_forked_kernel_is_stopped_and_its_process_is_gone(tmp_path: Path) -> None:
    code = "import os, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))\nwhile True:\n    pass"
    with fork_server() as server:
        cells = read_cells("a.md", f"```python\n{code}\n```", FINDER)
        outcome = asyncio.run(run_page("a.md", cells, tmp_path, seconds=2, server=server))
    assert "docs/a.md:2: the code ran for more than 2 s" in str(outcome.error)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize("kernel", ["forked", "started from nothing"])
def test_what_a_page_leaves_among_temporary_files_ends_with_it(kernel: str, tmp_path: Path) -> None:
    code = "import pathlib, tempfile\nleft = tempfile.mkdtemp()\npathlib.Path('left').write_text(left)"
    with fork_server() if kernel == "forked" else nullcontext() as server:
        cells = read_cells("a.md", f"```python\n{code}\n```", FINDER)
        outcome = asyncio.run(run_page("a.md", cells, tmp_path, server=server))
    assert outcome.error is None
    assert not Path((tmp_path / "left").read_text()).exists()


def test_a_forked_kernel_that_cannot_start_says_why(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with fork_server() as server:
        kernel = server.fork(["-f", "connection.json"], str(tmp_path / "missing"), {})
        assert (kernel is None) == (sys.platform != "linux")
        while kernel and kernel.poll() is None:  # before the server ends, which clears up after its kernels
            time.sleep(0.05)
    assert kernel is None or "FileNotFoundError" in capfd.readouterr().err


@pytest.mark.parametrize("trouble", ["another system", "no process", "killed"])
def test_where_there_can_be_no_fork_kernels_are_started_from_nothing(
    trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "another system":
        monkeypatch.setattr("logreg_docs.publish.run.fork_server.sys.platform", "darwin")
    elif trouble == "no process":
        monkeypatch.setattr("logreg_docs.publish.run.fork_server._START", "import missing_module; {}")
    with fork_server() as server:
        if trouble == "killed":
            server._process.kill()
        outcome = asyncio.run(run_page("a.md", pages()["mark"], tmp_path, server=server))
    assert outcome.error is None
    assert outcome.outputs[0][0]["text"] == "marked\n"
