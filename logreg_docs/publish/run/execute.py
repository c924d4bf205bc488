"""Run the cells of a page in a fresh kernel and check every output against what the page expects."""

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
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from traitlets.config import Config

from logreg_docs.figures.style import NARROW
from logreg_docs.publish.pages.cells import Outputs, PageError, inline_text, split_format
from logreg_docs.publish.run.fork_server import ForkProvisioner, ForkServer
from logreg_docs.publish.run.opened_files import FileDigests, digest_of_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from logreg_docs.publish.pages.cells import Cell

__all__ = ["Outcome", "Runner", "kernel_environment", "run_page"]

SECONDS = 300
FEW = 2  # pages that do not wait for the fork server
_GRACE = 3  # seconds that cancelled pages get to end before the thread is stopped
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|\r(?!\n)")
_PLACE = re.compile(r"^ *Cell In\[(\d+)\], line (\d+)", re.MULTILINE)
_WARNING = re.compile(r"^(\w*Warning): ", re.MULTILINE)
_STARTUP = (Path(__file__).parent / "kernel_startup.py").read_text(encoding="utf-8") + "\nstart(shell)\n"
_START = f"exec({_STARTUP!r}, {{'shell': get_ipython()}})"
_RECORDED = '(lambda it: __import__("json").dumps([it.digests, [*it.processes.items()]]))(get_ipython().recorder)'
_SILENT = logging.getLogger("logreg_docs.kernels")  # replaces the log of nbclient, whose errors are raised here
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_PERSONAL = ("MATPLOTLIBRC", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONWARNINGS")  # settings that change outputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of running a page.

    Args:
        outputs: The outputs of every cell that ran, in order.
        error: The first error, with file and line, or None.
        files: The project files that the code read; empty if the kernel died.
    """

    outputs: list[Outputs]
    error: PageError | None = None
    files: FileDigests = field(default_factory=dict)


class _ThisPython(KernelSpecManager):
    """Run kernels with the current interpreter, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",
            "--InteractiveShell.xmode=Plain",  # finding the lines around those that failed takes long
        ]
        return KernelSpec(argv=command, display_name=kernel_name, language="python")


async def run_page(
    path: str,
    cells: Sequence[Cell],
    folder: Path,
    *,
    seconds: int = SECONDS,
    server: ForkServer | None = None,
    on_ready: Callable[[NotebookClient], None] = lambda _: None,
) -> Outcome:
    """Run cells in order in a fresh kernel and stop at the first that does not do what the page expects.

    Args:
        path: The page's path below the docs folder, for messages.
        cells: The cells.
        folder: Working folder of the kernel.
        seconds: Time limit for one cell.
        server: Forks the kernel; without it the kernel is started from scratch.
        on_ready: Called with the client when its kernel is ready.

    Returns:
        The outputs up to the failing cell, including that cell's, and its error.
    """
    with tempfile.TemporaryDirectory(prefix="lr") as scratch:
        client = _client(seconds, scratch, server)
        outputs: list[Outputs] = []
        failure: PageError | None = None
        line = 1
        patterns = {pattern for cell in cells for pattern in _declared_patterns(cell)}
        declared = {pattern: digest_of_pattern(pattern, folder) for pattern in sorted(patterns)}
        try:
            async with client.async_setup_kernel(cwd=str(folder), env=kernel_environment(scratch)):
                on_ready(client)
                await _run(client, _START)
                try:
                    for cell in cells:
                        line = cell.line
                        _check_declared(path, cell, declared)
                        outputs.append(await _run(client, _code(path, cell)))
                        _check_expectations(path, cell, outputs[-1])
                except PageError as error:
                    failure = error
                recorded = await _run(client, _RECORDED)
                files, processes = json.loads(ast.literal_eval(recorded[0]["data"]["text/plain"]))
                failure = failure or _undeclared(path, cells, processes)
        except CellTimeoutError:
            problem = f"the code ran for more than {seconds} s and was stopped"
        except (DeadKernelError, RuntimeError) as error:
            problem = f"the kernel died while running this code ({str(error).splitlines()[0] or type(error).__name__})"
        else:
            return Outcome(outputs=outputs, error=failure, files=files | declared)
        finally:
            if client.km:  # the page was cancelled while its kernel was starting, which nbclient does not clean up
                client.shutdown_kernel = "immediate"
                await client._async_cleanup_kernel()  # noqa: SLF001 - there is no public name
                atexit.unregister(client._cleanup_kernel)  # noqa: SLF001 - likewise
        return Outcome(outputs=outputs, error=PageError(path, line, problem))


async def _kill(client: NotebookClient) -> None:
    manager: Any = client.km
    if manager and manager.provisioner and manager.provisioner.has_process:
        await manager.provisioner.kill()


def _client(seconds: int, scratch: str, server: ForkServer | None) -> NotebookClient:
    config = Config()
    # Some kernels ignore the request to shut down: send the signal after half the default time.
    config.KernelManager.shutdown_wait_time = 0.6
    if sys.platform != "win32":
        config.KernelManager.transport = "ipc"  # sockets in a private folder: no port, and nobody else can connect
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


def kernel_environment(scratch: str) -> dict[str, str]:
    """Return the environment variables of a kernel: those of this process without what would change outputs.

    Args:
        scratch: Folder for temporary files, which is removed with the kernel.

    Returns:
        Values by name.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _PERSONAL}
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        **inherited,
        **one_thread,
        "PYTHONDONTWRITEBYTECODE": "1",  # a server would take new byte code for an edit of the package
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": scratch,
        "TMPDIR": scratch,
        "NO_COLOR": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        NARROW: "1",
    }


async def _run(client: NotebookClient, source: str) -> Outputs:
    cell = nbformat.v4.new_code_cell(source)
    client.nb.cells.append(cell)
    await client.async_execute_cell(cell, len(client.nb.cells) - 1)
    outputs: Outputs = json.loads(json.dumps(cell.outputs))
    return outputs


def _code(path: str, cell: Cell) -> str:
    if cell.kind == "block":
        # In a chapter the page takes an answer, too. What it needs for that is one more output of the cell.
        form = f"\ncheck.form({cell.exercise!r})" if cell.exercise and path.startswith("chapters/") else ""
        return cell.source + form
    try:
        expression, spec = split_format(cell.source)
    except SyntaxError as error:
        raise PageError(path, cell.line, str(error)) from None
    return f"format({expression}, {spec!r})"


def _declared_patterns(cell: Cell) -> list[str]:
    return cell.options.get("reads", "").split()


def _check_declared(path: str, cell: Cell, declared: FileDigests) -> None:
    for pattern in _declared_patterns(cell):
        if declared[pattern] is None:
            raise PageError(path, cell.line, f"the option reads matches no file: {pattern}")


def _undeclared(path: str, cells: Sequence[Cell], processes: list[tuple[int, str]]) -> PageError | None:
    """Return an error for the first cell that starts a process without declaring the files that the process reads."""
    for number, event in processes:
        cell = cells[min(number, len(cells) - 1)]
        if "reads" not in cell.options:
            what = f"the process that this code starts ({event}) may read project files, which nothing records"
            return PageError(path, cell.line, f'{what}; name them, as reads="data/*.csv", or none, as reads=""')
    return None


def _check_expectations(path: str, cell: Cell, outputs: Outputs) -> None:
    """Raise a `PageError` unless the cell raised, warned and printed exactly what its kind and options allow."""
    raised = next((output for output in outputs if output["output_type"] == "error"), None)
    name = raised["ename"] if raised else None
    expected = cell.options.get("raises")
    if name != expected:
        if raised is None:
            raise PageError(path, cell.line, f"the block should raise {expected} but ran to its end")
        traceback = _ANSI.sub("", "\n".join(raised["traceback"]))
        if name == "AssertionError" and cell.hidden and (sentence := raised["evalue"]):
            problem = f"the page says what its code no longer bears out, so rewrite it: {sentence}"
            raise PageError(path, _failing_line(cell, traceback), problem)
        instead = f" instead of {expected}" if expected else ""
        message = f"the code raised {name}{instead}: {_ANSI.sub('', raised['evalue'])}\n{traceback}"
        raise PageError(path, _failing_line(cell, traceback), message)
    stderr = "".join(o["text"] for o in outputs if o["output_type"] == "stream" and o["name"] == "stderr")
    warning = cell.options.get("warns")
    if warning and f"{warning}:" not in stderr:
        raise PageError(path, cell.line, f"the block should warn with {warning} but did not")
    if stderr and not (warning and stderr.startswith(f"{warning}:") and {warning}.issuperset(_WARNING.findall(stderr))):
        beside = f" beside {warning}" if warning else ""
        raise PageError(path, cell.line, f"the code wrote to stderr{beside}: {stderr.strip()}")
    if cell.kind == "inline" and [output["output_type"] for output in outputs] != ["execute_result"]:
        raise PageError(path, cell.line, "an inline expression must give a value and print nothing; print in a block")
    texts = [inline_text(outputs)] if cell.kind == "inline" else [text for each in outputs for text in _texts(each)]
    if invisible := _INVISIBLE.search("".join(texts)):
        problem = f"the code outputs the invisible character U+{ord(invisible[0]):04X}; show its repr"
        raise PageError(path, cell.line, problem)
    if cell.kind == "inline" and "\n" in texts[0]:
        raise PageError(path, cell.line, "an inline expression must give one line of text; print more in a block")


def _texts(output: dict[str, Any]) -> list[str]:
    """Return every text of an output that may be shown."""
    shown = [output.get(name) for name in ("text", "ename", "evalue")]
    return [text for text in (*shown, *output.get("data", {}).values()) if isinstance(text, str)]


def _failing_line(cell: Cell, traceback: str) -> int:
    """Return the line of the page that raised: the traceback's first line in this cell, the last that ran."""
    places = [(int(run), int(line)) for run, line in _PLACE.findall(traceback)]
    if cell.kind == "inline" or not places:
        return cell.line
    last = max(run for run, _ in places)
    return cell.line + next(line for run, line in places if run == last) - 1


class _Execution:
    """The execution of one page, which may be cancelled."""

    client: NotebookClient | None = None
    cancelled = False

    def set_client(self, client: NotebookClient) -> None:
        self.client = client


class Runner:
    """Runs pages in parallel, each in its own kernel, from an event loop in another thread.

    Args:
        folder: Working folder of the kernels.
        workers: Number of kernels at a time.
        seconds: Time limit for one cell.
        serving: Whether more pages will follow: then the fork server stays ready.
    """

    def __init__(self, folder: Path, *, workers: int, seconds: int = SECONDS, serving: bool = False) -> None:
        self._folder, self._seconds, self._serving = folder, seconds, serving
        self._limit = asyncio.Semaphore(workers)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pages", daemon=True)
        self._server = ForkServer(kernel_environment(""))
        self._running: dict[Future[Outcome], _Execution] = {}

    def start(
        self, pages: Mapping[str, list[Cell]], report: Callable[[str, Outcome, float], None]
    ) -> dict[str, Future[Outcome]]:
        """Start to run pages and return immediately.

        Args:
            pages: The cells of each page by its path.
            report: Called in the other thread with a page's path, outcome and seconds, before its future is done.

        Returns:
            The future outcome of every page.
        """
        if not self._thread.is_alive():
            self._thread.start()
        # The pages with most code come first: a long page started last would leave the other workers idle.
        order = sorted(pages, key=lambda path: sum(len(cell.source) for cell in pages[path]), reverse=True)
        # The fork server takes as long to start as many a page: a few pages do not wait for it, nor does the longest.
        ready, many = self._server.ready(), len(pages) > FEW
        if many:
            self._server.start()
        return {
            path: self._start(path, pages[path], report, forked=ready or (many and path != order[0])) for path in order
        }

    def _start(
        self, path: str, cells: list[Cell], report: Callable[[str, Outcome, float], None], *, forked: bool
    ) -> Future[Outcome]:
        execution = _Execution()

        async def run() -> Outcome:
            async with self._limit:
                start = time.monotonic()
                server = self._server if forked else None
                outcome = await run_page(
                    path, cells, self._folder, seconds=self._seconds, server=server, on_ready=execution.set_client
                )
                if not execution.cancelled:
                    report(path, outcome, time.monotonic() - start)
                return outcome

        future = asyncio.run_coroutine_threadsafe(run(), self._loop)
        self._running[future] = execution
        future.add_done_callback(self._finished)
        return future

    def _finished(self, future: Future[Outcome]) -> None:
        del self._running[future]
        if self._serving and not self._running:
            self._server.start()  # it imports the libraries while nothing else runs

    def cancel(self, future: Future[Outcome]) -> None:
        """Stop a page, even in the middle of a cell."""
        execution = self._running.get(future)
        if execution:
            execution.cancelled = True
        if execution and execution.client:  # nbclient handles a dead kernel well, but not a cancelled task
            asyncio.run_coroutine_threadsafe(_kill(execution.client), self._loop)
        else:
            future.cancel()

    def close(self) -> None:
        """Stop all pages, the thread and the fork server."""
        for future in list(self._running):
            self.cancel(future)

        async def wait_for_all() -> None:
            running = asyncio.all_tasks() - {asyncio.current_task()}
            await asyncio.wait(running, timeout=_GRACE) if running else None

        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(wait_for_all(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()
        self._server.close()
