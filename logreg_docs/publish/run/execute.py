"""Run a page's cells in one fresh kernel and hold every output to what the page says of it."""

from __future__ import annotations

import ast
import asyncio
import atexit
import json
import logging
import os
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from traitlets.config import Config

from logreg_docs.figures.style import NARROW
from logreg_docs.publish.pages.cells import ChapterError, Outputs, inline_text, split_format
from logreg_docs.publish.run.fork_server import ForkProvisioner, ForkServer
from logreg_docs.publish.run.opened_files import NOTED, NOTING, Reads, state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from logreg_docs.publish.pages.cells import Cell

__all__ = ["Outcome", "Runner", "run_page", "run_pages", "traceback_text"]

SECONDS = 300
FEW = 2  # pages that are run without importing everything first
_LAST_WORDS = 3  # seconds that pages have to end when nobody wants them any longer
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|\r(?!\n)")
_PLACE = re.compile(r"^ *Cell In\[(\d+)\], line (\d+)", re.MULTILINE)
_WARNED = re.compile(r"^(\w*Warning): ", re.MULTILINE)
# Warnings are shown as the reader would meet them, without this machine's paths, and in every cell anew. A message that
# UTF-8 cannot hold, because of half a surrogate pair, comes here as escapes to be refused, instead of not at all.
_SETUP = """\
def _set_up():
    import json
    import warnings

    session = get_ipython().kernel.session
    plain = session.pack

    def pack(content):
        try:
            return plain(content)
        except UnicodeError:
            return json.dumps(content, default=str).encode()

    session.pack = pack
    warnings.formatwarning = lambda message, category, *_, **__: f"{category.__name__}: {message}\\n"
    hear = lambda *_: warnings.filterwarnings("default", module=r"logreg_docs(\\.|$)")
    get_ipython().events.register("pre_run_cell", hear)

_set_up()
del _set_up
"""
_SILENT = logging.getLogger("logreg_docs.kernels")  # what nbclient says of a kernel is said here, with file and line
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
# Settings of the one who builds, which change what code gives.
_PERSONAL = ("MATPLOTLIBRC", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONWARNINGS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What running a page gave.

    Args:
        outputs: The outputs of every cell that ran, in order.
        error: The first thing that went wrong, with file and line, or None.
        reads: The project's files that the code opened; none where the kernel was ended, too.
    """

    outputs: list[Outputs]
    error: ChapterError | None = None
    reads: Reads = field(default_factory=dict)


class _ThisPython(KernelSpecManager):
    """Run kernels with this very interpreter, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",
            "--InteractiveShell.xmode=Plain",  # the lines that failed; what stands around them takes long to find
        ]
        return KernelSpec(argv=command, display_name=kernel_name, language="python")


async def run_page(
    path: str,
    cells: Sequence[Cell],
    folder: Path,
    *,
    seconds: int = SECONDS,
    server: ForkServer | None = None,
    begin: Callable[[NotebookClient], None] = lambda _: None,
) -> Outcome:
    """Run cells one after the other in a fresh kernel and stop at the first that is not as the page says.

    Args:
        path: The page's path below the docs folder, for messages.
        cells: What to run.
        folder: Working folder of the kernel.
        seconds: Limit for one cell.
        server: Where the kernel is forked from, if it is not to be started from nothing.
        begin: Called with what runs the kernel once that is ready.

    Returns:
        The outputs up to the failing cell, that cell's included, and the error if there was one.
    """
    with tempfile.TemporaryDirectory(prefix="lr") as scratch:
        client = _client(seconds, scratch, server)
        done: list[Outputs] = []
        failure: ChapterError | None = None
        cell_line = 1
        declared = {name: state(name, folder) for cell in cells for name in cell.options.get("reads", "").split()}
        try:
            async with client.async_setup_kernel(cwd=str(folder), env=_kernel_environment(scratch)):
                begin(client)
                await _run(client, _SETUP + NOTING)
                try:
                    for cell in cells:
                        cell_line = cell.line
                        _check_declared(path, cell, declared)
                        done.append(await _run(client, _code(path, cell)))
                        _judge(path, cell, done[-1])
                except ChapterError as error:
                    failure = error
                reads, started = json.loads(ast.literal_eval((await _run(client, NOTED))[0]["data"]["text/plain"]))
                failure = failure or _undeclared(path, cells, started)
        except CellTimeoutError:
            problem = f"the code ran for more than {seconds} s and was stopped"
        except (DeadKernelError, RuntimeError) as error:
            problem = f"the kernel died while running this code ({str(error).splitlines()[0] or type(error).__name__})"
        else:
            return Outcome(outputs=done, error=failure, reads=reads | declared)
        finally:
            if client.km:  # the page was given up while the kernel was starting, which nbclient does not foresee
                client.shutdown_kernel = "immediate"
                await client._async_cleanup_kernel()  # noqa: SLF001 - there is no other name for it
                atexit.unregister(client._cleanup_kernel)  # noqa: SLF001 - likewise
        return Outcome(outputs=done, error=ChapterError(path, cell_line, problem))


async def _kill(client: NotebookClient) -> None:
    manager: Any = client.km
    if manager and manager.provisioner and manager.provisioner.has_process:
        await manager.provisioner.kill()


def _client(seconds: int, scratch: str, server: ForkServer | None) -> NotebookClient:
    # Sockets in a folder of our own: nobody else can connect, and no port is taken.
    config = Config()
    # Some kernels do not end when asked to: wait half as long before they are told by a signal.
    config.KernelManager.shutdown_wait_time = 0.6
    if sys.platform != "win32":
        config.KernelManager.transport = "ipc"
        config.KernelManager.ip = str(Path(scratch) / "k")
    notebook = nbformat.v4.new_notebook()
    client = NotebookClient(notebook, config=config, timeout=seconds, allow_errors=True, coalesce_streams=True)
    client.log = _SILENT
    client.km = client.create_kernel_manager()
    client.km.kernel_spec_manager = _ThisPython()
    if server:
        client.km.provisioner = ForkProvisioner(kernel_spec=client.km.kernel_spec, parent=client.km)
        client.km.provisioner.server = server
    return client


def _kernel_environment(scratch: str) -> dict[str, str]:
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    # Byte code written beside the package would look to a server like an edit of it.
    plain = {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": scratch,
        "TMPDIR": scratch,  # what a page leaves behind ends with it
        "NO_COLOR": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        NARROW: "1",
    }
    inherited = {name: value for name, value in os.environ.items() if name not in _PERSONAL}
    return {**inherited, **one_thread, **plain}


async def _run(client: NotebookClient, source: str) -> Outputs:
    cell = nbformat.v4.new_code_cell(source)
    client.nb.cells.append(cell)
    await client.async_execute_cell(cell, len(client.nb.cells) - 1)
    outputs: Outputs = json.loads(json.dumps(cell.outputs))
    return outputs


def _code(path: str, cell: Cell) -> str:
    if cell.kind == "block":
        return cell.source
    try:
        expression, spec = split_format(cell.source)
    except SyntaxError as error:
        raise ChapterError(path, cell.line, str(error)) from None
    return f"format({expression}, {spec!r})"


def _check_declared(path: str, cell: Cell, declared: Reads) -> None:
    for name in cell.options.get("reads", "").split():
        if declared[name] is None:
            raise ChapterError(path, cell.line, f"reads names nothing that there is: {name}")


def _undeclared(path: str, cells: Sequence[Cell], started: list[tuple[int, str]]) -> ChapterError | None:
    """Refuse a page that starts what reads unseen, unless the block that does so says what that reads."""
    for number, event in started:
        cell = cells[min(number, len(cells) - 1)]
        if "reads" not in cell.options:
            what = f"what this code starts ({event}) may read files of the project unseen"
            return ChapterError(path, cell.line, f'{what}; name them, as reads="data/*.csv", or none, as reads=""')
    return None


def _judge(path: str, cell: Cell, outputs: Outputs) -> None:
    """Raise unless the cell raised and warned exactly as its options say."""
    raised = next((output for output in outputs if output["output_type"] == "error"), None)
    name = raised["ename"] if raised else None
    expected = cell.options.get("raises")
    if name != expected:
        if raised is None:
            raise ChapterError(path, cell.line, f"the block should raise {expected} but ran to its end")
        where = _failing_line(cell, raised)
        wanted = f" instead of {expected}" if expected else ""
        message = _ANSI.sub("", raised["evalue"])
        raise ChapterError(path, where, f"the code raised {name}{wanted}: {message}\n{traceback_text(raised)}")
    complaint = "".join(o["text"] for o in outputs if o["output_type"] == "stream" and o["name"] == "stderr")
    warning = cell.options.get("warns")
    if warning and f"{warning}:" not in complaint:
        raise ChapterError(path, cell.line, f"the block should warn with {warning} but did not")
    if _unexpected(complaint, warning):
        beside = f" beside {warning}" if warning else ""
        raise ChapterError(path, cell.line, f"the code wrote to stderr{beside}: {complaint.strip()}")
    if cell.kind == "inline" and [output["output_type"] for output in outputs] != ["execute_result"]:
        raise ChapterError(
            path, cell.line, "an inline expression must give a value and print nothing; print in a block"
        )
    texts = [inline_text(outputs)] if cell.kind == "inline" else [text for each in outputs for text in _texts(each)]
    if unseen := _UNSEEN.search("".join(texts)):
        problem = f"the code gives the character U+{ord(unseen[0]):04X}, which nobody can see; show its repr"
        raise ChapterError(path, cell.line, problem)
    if cell.kind == "inline" and "\n" in texts[0]:
        raise ChapterError(path, cell.line, "an inline expression must give one line of text; print more in a block")


def _texts(output: dict[str, Any]) -> list[str]:
    """Return what may be shown of an output."""
    shown = [output.get(name) for name in ("text", "ename", "evalue")]
    return [text for text in (*shown, *output.get("data", {}).values()) if isinstance(text, str)]


def _unexpected(complaint: str, warning: str | None) -> bool:
    """Whether there is more on stderr than warnings of the one kind; a message may have several lines."""
    if warning is None:
        return bool(complaint)
    return not complaint.startswith(f"{warning}:") or not {warning}.issuperset(_WARNED.findall(complaint))


def _failing_line(cell: Cell, raised: dict[str, Any]) -> int:
    """Return the page's line that raised, from the traceback's place in the cell, which is the last that ran."""
    places = [(int(run), int(line)) for run, line in _PLACE.findall(traceback_text(raised))]
    if cell.kind == "inline" or not places:
        return cell.line
    last = max(run for run, _ in places)
    return cell.line + next(line for run, line in places if run == last) - 1


def traceback_text(raised: dict[str, Any]) -> str:
    """Return an error output's traceback without colours."""
    return _ANSI.sub("", "\n".join(raised["traceback"]))


class _Place:
    """Where a page runs, as long as it is wanted."""

    client: NotebookClient | None = None
    wanted = True

    def take(self, client: NotebookClient) -> None:
        self.client = client


class Runner:
    """Runs pages side by side, each in a kernel of its own, in a thread beside the one that builds.

    Args:
        folder: Working folder of the kernels.
        workers: How many kernels run at once.
        seconds: Limit for one cell.
        lasting: Whether pages come again and again: then the process that kernels are forked from is kept.
    """

    def __init__(self, folder: Path, *, workers: int, seconds: int = SECONDS, lasting: bool = False) -> None:
        self._folder, self._seconds, self._lasting = folder, seconds, lasting
        self._limit = asyncio.Semaphore(workers)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pages", daemon=True)
        self._server = ForkServer(_kernel_environment(""))
        self._running: dict[Future[Outcome], _Place] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(
        self, pages: Mapping[str, list[Cell]], report: Callable[[str, Outcome, float], None]
    ) -> dict[str, Future[Outcome]]:
        """Start pages, and return at once.

        Args:
            pages: The cells of each page by its path.
            report: Called in the other thread with a page's path, outcome and seconds, before its future is done.

        Returns:
            The future outcome of every page.
        """
        if not self._thread.is_alive():
            self._thread.start()
        # Much code mostly runs long, and the longest must not be left to the end, when the other kernels rest.
        order = sorted(pages, key=lambda path: sum(len(cell.source) for cell in pages[path]), reverse=True)
        # Importing the libraries takes as long as many a page: a few do not wait for it, nor does the first of many.
        ready, many = self._server.ready(), len(pages) > FEW
        if many:
            self._server.start()
        return {
            path: self._start(path, pages[path], report, forked=ready or (many and path != order[0])) for path in order
        }

    def _start(
        self, path: str, cells: list[Cell], report: Callable[[str, Outcome, float], None], *, forked: bool
    ) -> Future[Outcome]:
        place = _Place()

        async def run() -> Outcome:
            async with self._limit:
                start = time.monotonic()
                server = self._server if forked else None
                outcome = await run_page(
                    path, cells, self._folder, seconds=self._seconds, server=server, begin=place.take
                )
                if place.wanted:
                    report(path, outcome, time.monotonic() - start)
                return outcome

        future = asyncio.run_coroutine_threadsafe(run(), self._loop)
        self._running[future] = place
        future.add_done_callback(self._rest)
        return future

    def _rest(self, future: Future[Outcome]) -> None:
        """Import the libraries while nothing runs, for pages that are still to come."""
        del self._running[future]
        if self._lasting and not self._running:
            self._server.start()

    def cancel(self, future: Future[Outcome]) -> None:
        """End a page that is no longer wanted, its running cell included."""
        place = self._running.get(future)
        if place:
            place.wanted = False
        if place and place.client:  # nbclient takes the death of a kernel well, but not the end of a task
            asyncio.run_coroutine_threadsafe(_kill(place.client), self._loop)
        else:
            future.cancel()

    def close(self) -> None:
        """End everything that runs."""
        for future in list(self._running):
            self.cancel(future)

        async def rest() -> None:
            running = asyncio.all_tasks() - {asyncio.current_task()}
            await asyncio.wait(running, timeout=_LAST_WORDS) if running else None

        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(rest(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()
        self._server.close()


def run_pages(
    pages: Mapping[str, list[Cell]],
    folder: Path,
    *,
    workers: int,
    report: Callable[[str, Outcome, float], None],
) -> dict[str, Outcome]:
    """Run pages side by side and wait for all of them; the arguments are those of `Runner` and of its `start`.

    Args:
        pages: The cells of each page by its path.
        folder: Working folder of the kernels.
        workers: How many kernels run at once.
        report: Called with a page's path, outcome and seconds.

    Returns:
        The outcome of every page.
    """
    with Runner(folder, workers=workers) as runner:
        return {path: future.result() for path, future in runner.start(pages, report).items()}
