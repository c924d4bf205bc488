"""Note which of the project's files and folders a page's code reads: with the code, they decide if its outputs hold.

What notes them runs in the process of the page, which gets its source, so it needs nothing of this package. What
another process reads is not noted, so a page that starts one declares it.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
from glob import glob
from importlib.util import source_from_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["NOTED", "NOTING", "Noter", "Reads", "digest", "state", "unchanged"]

Reads = dict[str, "str | None"]
"""The state of each file, folder or pattern by its path below the project's folder; None where there was nothing."""


def digest(path: str) -> str | None:
    """Return the SHA-256 of a file, or of what a folder lists, or None where neither can be read.

    Args:
        path: The file, or the folder, of which hidden names and byte code do not count.

    Returns:
        The digest in hexadecimal digits.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - which is quicker
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        try:
            names = sorted(name for name in os.listdir(path) if name[0] != "." and name != "__pycache__")  # noqa: PTH208
        except OSError:
            return None
        return hashlib.sha256("/".join(names).encode(errors="surrogateescape")).hexdigest()


class Noter:
    """Notes from `begin` on, in this process, what is below a folder as it is when first opened to be read or listed.

    Left out are hidden folders and installed packages. Byte code counts as the module that it was made from.

    Args:
        root: The project's folder.
    """

    def __init__(self, root: str) -> None:
        # Not resolved: a link below the root is the project's, wherever it leads, and each import would take longer.
        self._top = os.path.join(os.path.abspath(root), "")  # noqa: PTH100, PTH118 - pathlib would take longer
        self._cell = -1
        self.found: dict[str, str | None] = {}
        self.started: dict[int, str] = {}  # which cells start what nobody here can follow, and how
        self._events: dict[str, Callable[..., None]] = {
            "open": self._open,
            "os.listdir": self._list,
            "os.scandir": self._list,
            "sqlite3.connect": self._database,
            "subprocess.Popen": self._process,
        }
        for event in ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"):
            self._events[event] = lambda *_, event=event: self._start(event)

    def begin(self) -> None:
        """Listen, and take the place of two functions of which no event tells enough."""
        import sqlite3  # noqa: PLC0415 - the build needs none

        plain_connect = sqlite3.connect

        def connect(*arguments: Any, **options: Any) -> Any:
            connection = plain_connect(*arguments, **options)
            connection.set_authorizer(self._authorize)
            return connection

        sqlite3.connect = sqlite3.dbapi2.connect = connect
        posix: Any = sys.modules.get("_posixsubprocess")
        if posix:  # by which libraries start their workers
            plain_fork = posix.fork_exec

            def fork_exec(arguments: Any, *rest: Any) -> Any:
                if not any(b"resource_tracker" in os.fsencode(argument) for argument in arguments):
                    self._start("a worker")
                return plain_fork(arguments, *rest)

            posix.fork_exec = fork_exec
        sys.addaudithook(lambda event, arguments: event in self._events and self._events[event](*arguments))

    def next_cell(self, *_: object) -> None:
        """Count the cell that begins to run."""
        self._cell += 1

    def _open(self, path: Any, _: object, flags: int) -> None:
        # What is emptied, new or only written is not read.
        if not flags & (os.O_TRUNC | os.O_EXCL if flags & os.O_RDWR else os.O_WRONLY):
            self._look(path)

    def _list(self, path: Any = None) -> None:
        if "importlib" not in sys._getframe(2).f_code.co_filename:  # noqa: SLF001 - which seeks modules
            self._look(path or ".")

    def _database(self, path: Any) -> None:
        name = os.fsdecode(path).removeprefix("file:").partition("?")[0]
        for file in (name, f"{name}-wal") if name not in ("", ":memory:") else ():
            self._look(file)

    def _authorize(self, action: int, name: str | None, *_: object) -> int:
        if action == 24:  # noqa: PLR2004 - SQLite's number of ATTACH
            self._database(name) if name else self._start("ATTACH with a computed name")
        return 0

    def _process(self, *_: object) -> None:
        """Leave out what libraries ask of the machine, which is nothing of the project."""
        frame: Any = sys._getframe(2)  # noqa: SLF001 - there is no other way
        while frame and any(
            part in frame.f_code.co_filename for part in ("/subprocess.py", "/os.py", "/asyncio/", "/IPython/")
        ):
            frame = frame.f_back
        name = frame.f_code.co_filename if frame else ""
        if "/site-packages/" not in name and not name.startswith(os.path.dirname(os.__file__)):  # noqa: PTH120
            self._start("subprocess.Popen")

    def _start(self, how: str) -> None:
        self.started.setdefault(self._cell, how)

    def _look(self, opened: Any) -> None:
        if isinstance(opened, int):
            return
        path = os.path.abspath(os.fsdecode(opened))  # noqa: PTH100
        name = os.path.join(path, "")[len(self._top) : -1].replace(os.sep, "/")  # noqa: PTH118
        if not os.path.join(path, "").startswith(self._top) or "/." in f"/{name}" or "/site-packages/" in f"/{name}":  # noqa: PTH118
            return
        if "__pycache__/" in name:
            path, name = source_from_cache(path), source_from_cache(name)
        if name not in self.found:
            self.found[name] = None  # before it is opened here as well
            self.found[name] = digest(path)


_ALONE = f"""\
from __future__ import annotations
import hashlib
import os
import sys
from importlib.util import source_from_cache
{inspect.getsource(digest)}
{inspect.getsource(Noter)}
shell.noter = Noter(".")
shell.events.register("pre_run_cell", shell.noter.next_cell)
shell.noter.begin()
"""
NOTING = f"""\
exec({_ALONE!r}, {{"shell": get_ipython()}})
"""
"""Code for a kernel to run before a page's, of which it sees nothing."""

NOTED = '(lambda noter: __import__("json").dumps([noter.found, [*noter.started.items()]]))(get_ipython().noter)'
"""Expression for a kernel that gives as JSON what it noted."""


def state(name: str, root: Path) -> str | None:
    """Return the digest of a file or folder of the project, or of all that a pattern names.

    Args:
        name: A path below the project's folder, or a pattern of such paths as `glob` takes it.
        root: The project's folder.

    Returns:
        The digest in hexadecimal digits; None where there is nothing of this name.
    """
    if plain := digest(str(root / name)):
        return plain
    found = [(path, digest(str(root / path))) for path in sorted(glob(name, root_dir=root, recursive=True))]  # noqa: PTH207
    return hashlib.sha256(repr(found).encode()).hexdigest() if found else None


def unchanged(reads: Reads, root: Path) -> bool:
    """Whether everything is as it was.

    Args:
        reads: What a page opened and declared.
        root: The project's folder.

    Returns:
        Whether outputs made from this still hold.
    """
    return all(state(name, root) == before for name, before in reads.items())
