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
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return None


def note_reads(root: str, found: Reads) -> None:
    """Note in `found`, from now on and in this process, each file below `root` as it is when first opened to be read.

    Left out are hidden folders, installed packages, and modules, which are followed by their imports.

    Args:
        root: The project's folder.
        found: Where to note them.
    """
    import os  # noqa: PLC0415 - the source of this function runs alone
    import sys  # noqa: PLC0415 - likewise
    from pathlib import Path  # noqa: PLC0415 - likewise

    top = Path(root).resolve()
    writing = os.O_WRONLY | os.O_RDWR

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or isinstance(arguments[0], int) or arguments[2] & writing:
            return
        path = Path(os.fsdecode(arguments[0]))
        if path.suffix in (".py", ".pyc") or not (path := path.resolve()).is_relative_to(top):
            return
        place = path.relative_to(top)
        hidden = any(part.startswith(".") or part == "site-packages" for part in place.parts)
        if not hidden and place.as_posix() not in found:
            found[place.as_posix()] = None  # before it is opened here as well
            found[place.as_posix()] = digest(str(path))

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
