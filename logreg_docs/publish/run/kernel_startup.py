"""What every kernel runs before the code of a page: it sets up warnings and records the project files that are opened.

The source of this module is sent to the kernel, so it imports nothing but the standard library, and the page sees none
of its names. What other processes read cannot be recorded, so the cells that start one are recorded instead.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import warnings
from importlib.util import source_from_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FileRecorder", "digest", "start"]


def digest(path: str) -> str | None:
    """Return the SHA-256 of a file's content or of a folder's list of visible names, None if neither can be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - faster than pathlib
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        try:
            names = sorted(name for name in os.listdir(path) if name[0] != "." and name != "__pycache__")  # noqa: PTH208
        except OSError:
            return None
        return hashlib.sha256("/".join(names).encode(errors="surrogateescape")).hexdigest()


class FileRecorder:
    """Records the files and folders below a folder that this process reads, as they are when first opened.

    Hidden folders and installed packages are left out. Byte code counts as the module that it was compiled from.

    Args:
        root: The project's folder.
    """

    def __init__(self, root: str) -> None:
        # Links are not resolved: what a link below the root points to belongs to the project wherever it lies.
        self._root = os.path.join(os.path.abspath(root), "")  # noqa: PTH100, PTH118 - faster than pathlib, as below
        self._cell = -1
        self.digests: dict[str, str | None] = {}
        self.processes: dict[int, str] = {}  # by number of the cell: the event by which it starts another process
        self._handlers: dict[str, Callable[..., None]] = {
            "open": self._on_open,
            "os.listdir": self._on_list,
            "os.scandir": self._on_list,
            "sqlite3.connect": self._on_database,
            "subprocess.Popen": self._on_popen,
        }
        for event in ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"):
            self._handlers[event] = lambda *_, event=event: self._record_process(event)

    def start(self) -> None:
        """Install an audit hook, and wrap two functions whose audit events say too little."""
        import sqlite3  # noqa: PLC0415 - the process that builds the site does not need it

        original_connect = sqlite3.connect

        def connect(*arguments: Any, **options: Any) -> Any:
            connection = original_connect(*arguments, **options)
            connection.set_authorizer(self._authorize)
            return connection

        sqlite3.connect = sqlite3.dbapi2.connect = connect
        posix: Any = sys.modules.get("_posixsubprocess")
        if posix:  # joblib and multiprocessing start their workers with it
            original_fork_exec = posix.fork_exec

            def fork_exec(arguments: Any, *rest: Any) -> Any:
                if not any(b"resource_tracker" in os.fsencode(argument) for argument in arguments):
                    self._record_process("a worker")
                return original_fork_exec(arguments, *rest)

            posix.fork_exec = fork_exec
        sys.addaudithook(lambda event, arguments: event in self._handlers and self._handlers[event](*arguments))

    def next_cell(self, *_: object) -> None:
        """Count the cell that begins to run."""
        self._cell += 1

    def _on_open(self, path: Any, _: object, flags: int) -> None:
        # A file that is truncated, created or opened for writing only is not read.
        if not flags & (os.O_TRUNC | os.O_EXCL if flags & os.O_RDWR else os.O_WRONLY):
            self._record(path)

    def _on_list(self, path: Any = None) -> None:
        if "importlib" not in sys._getframe(2).f_code.co_filename:  # noqa: SLF001 - the search for a module
            self._record(path or ".")

    def _on_database(self, path: Any) -> None:
        name = os.fsdecode(path).removeprefix("file:").partition("?")[0]
        for file in (name, f"{name}-wal") if name not in ("", ":memory:") else ():
            self._record(file)

    def _authorize(self, action: int, name: str | None, *_: object) -> int:
        if action == 24:  # noqa: PLR2004 - SQLITE_ATTACH
            self._on_database(name) if name else self._record_process("ATTACH with a computed name")
        return 0

    def _on_popen(self, *_: object) -> None:
        """Record the process unless a library started it, which asks about the machine and not about the project."""
        frame: Any = sys._getframe(2)  # noqa: SLF001 - there is no public way to the caller
        while frame and any(
            part in frame.f_code.co_filename for part in ("/subprocess.py", "/os.py", "/asyncio/", "/IPython/")
        ):
            frame = frame.f_back
        name = frame.f_code.co_filename if frame else ""
        if "/site-packages/" not in name and not name.startswith(os.path.dirname(os.__file__)):  # noqa: PTH120
            self._record_process("subprocess.Popen")

    def _record_process(self, event: str) -> None:
        self.processes.setdefault(self._cell, event)

    def _record(self, opened: Any) -> None:
        if isinstance(opened, int):  # a file descriptor
            return
        path = os.path.abspath(os.fsdecode(opened))  # noqa: PTH100
        name = os.path.join(path, "")[len(self._root) : -1].replace(os.sep, "/")  # noqa: PTH118
        if not os.path.join(path, "").startswith(self._root) or "/." in f"/{name}" or "/site-packages/" in f"/{name}":  # noqa: PTH118
            return
        if "__pycache__/" in name:
            path, name = source_from_cache(path), source_from_cache(name)
        if name not in self.digests:
            self.digests[name] = None  # first, since `digest` opens the file, too
            self.digests[name] = digest(path)


def start(shell: Any) -> None:
    """Set up the kernel of an IPython shell, whose attribute `recorder` then holds what is recorded."""
    _set_up_warnings(shell)
    shell.recorder = FileRecorder(".")
    shell.events.register("pre_run_cell", shell.recorder.next_cell)
    shell.recorder.start()


def _set_up_warnings(shell: Any) -> None:
    """Show warnings without the paths of this machine, and again in every cell that causes them."""
    session = shell.kernel.session
    pack = session.pack

    def pack_any(content: Any) -> Any:
        try:
            return pack(content)
        except UnicodeError:  # half a surrogate pair: arrives escaped, to be rejected by name
            return json.dumps(content, default=str).encode()

    def show_again(*_: object) -> None:
        warnings.filterwarnings("default", module=r"logreg_docs(\.|$)")

    session.pack = pack_any
    warnings.formatwarning = lambda message, category, *_, **__: f"{category.__name__}: {message}\n"
    shell.events.register("pre_run_cell", show_again)
