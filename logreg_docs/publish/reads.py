"""Note which of the project's files a page's code opens: with the code, they decide whether its outputs still hold.

The functions run in the process of the page, which gets their source, so they need nothing from outside.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NOTED", "NOTING", "Reads", "digest", "note_reads", "unchanged"]

Reads = dict[str, "str | None"]
"""The SHA-256 of each file by its path below the project's folder; None where there was none to open."""


def digest(path: str) -> str | None:
    """Return the SHA-256 of a file, or None where it cannot be read.

    Args:
        path: The file.

    Returns:
        The digest in hexadecimal digits.
    """
    import hashlib  # noqa: PLC0415 - the source of this function runs alone

    try:
        with open(path, "rb") as file:  # noqa: PTH123 - likewise
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def note_reads(root: str, found: Reads) -> None:
    """Note in `found`, from now on and in this process, each file below `root` as it is when first opened to be read.

    Left out are hidden folders and installed packages. Byte code counts as the module that it was made from.

    Args:
        root: The project's folder.
        found: Where to note them.
    """
    import os  # noqa: PLC0415 - the source of this function runs alone
    import sys  # noqa: PLC0415 - likewise
    from importlib.util import source_from_cache  # noqa: PLC0415 - likewise

    # Not resolved: a link below the root is the project's, wherever it leads, and each import would take longer.
    top = os.path.join(os.path.abspath(root), "")  # noqa: PTH100, PTH118
    writing = os.O_WRONLY | os.O_RDWR

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or isinstance(arguments[0], int) or arguments[2] & writing:
            return
        path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100
        name = path.removeprefix(top).replace(os.sep, "/")
        if not path.startswith(top) or "/." in f"/{name}" or "/site-packages/" in f"/{name}":
            return
        if "__pycache__/" in name:
            path, name = source_from_cache(path), source_from_cache(name)
        if name not in found:
            found[name] = None  # before it is opened here as well
            found[name] = digest(path)

    sys.addaudithook(note)


_ALONE = f"""\
from __future__ import annotations
{inspect.getsource(digest)}
{inspect.getsource(note_reads)}
note_reads(".", found)
"""
NOTING = f"""\
get_ipython().files_read = {{}}
exec({_ALONE!r}, {{"found": get_ipython().files_read}})
"""
"""Code for a kernel to run before a page's, of which it sees nothing."""

NOTED = '__import__("json").dumps(get_ipython().files_read)'
"""Expression for a kernel that gives as JSON what it noted."""


def unchanged(reads: Reads, root: Path) -> bool:
    """Whether every file is as it was.

    Args:
        reads: What a page opened.
        root: The project's folder.

    Returns:
        Whether outputs made from these files still hold.
    """
    return all(digest(str(root / name)) == before for name, before in reads.items())
