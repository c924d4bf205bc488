"""Runs pages, and lends a fork server, each ended with its test."""

from __future__ import annotations

import asyncio
import textwrap
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Protocol

from site_markdown import FINDER

from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.run.execute import Outcome, Runner, kernel_environment, run_page
from logreg_docs.publish.run.fork_server import ForkServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from logreg_docs.publish.pages.cells import Cell


def run_pages(
    pages: Mapping[str, list[Cell]], folder: Path, report: Callable[[str, Outcome, float], None] = lambda *_: None
) -> dict[str, Outcome]:
    with closing(Runner(folder, workers=2)) as runner:
        return {path: future.result() for path, future in runner.start(pages, report).items()}


KERNEL = ("ipykernel.debugger", "ipykernel.kernelapp", "ipykernel.ipkernel")


@contextmanager
def fork_server(libraries: Sequence[str] = KERNEL) -> Iterator[ForkServer]:
    """Lend a server that has imported no more than a kernel needs, or the libraries that are named."""
    with closing(ForkServer(kernel_environment(""), libraries)) as server:
        server.start()
        yield server


class Run(Protocol):
    """Runs the text of a page in a folder."""

    def __call__(self, text: str, folder: Path, *, seconds: int = 60) -> Outcome: ...


@contextmanager
def forked_runs() -> Iterator[Run]:
    """Run pages in kernels that are forked, which behave like those started from nothing and are there at once."""
    with fork_server() as server:

        def run(text: str, folder: Path, *, seconds: int = 60) -> Outcome:
            cells = read_cells("a.md", textwrap.dedent(text), FINDER)
            return asyncio.run(run_page("a.md", cells, folder, seconds=seconds, server=server))

        yield run
