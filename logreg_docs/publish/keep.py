"""Keep files between builds so that a file is either whole or not there, and never needed.

A build that is killed, a full disk, a folder that cannot be written and two builds at once cost time alone.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["digest_of_code", "keep", "kept", "kept_or_made", "sweep"]

log = logging.getLogger("mkdocs.hooks.logreg_docs")

_SUFFIX = ".part"
_STALE = 3600  # seconds after which a file that was never finished is in nobody's hands
_UNUSED = 30 * 24 * 3600  # seconds for which what no build has asked for is kept


def keep(path: Path, data: bytes) -> None:
    """Write `data` to `path`, whole or not at all; where that cannot be done, say so once and go on.

    Args:
        path: Where to write; its folder is made if need be.
        data: What to write.
    """
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=_SUFFIX)
        with os.fdopen(handle, "wb") as file:
            file.write(_sum(data) + data)
        Path(part).replace(path)
    except OSError as error:
        _tell(path.parent, error.strerror or type(error).__name__)
        if part:
            with contextlib.suppress(OSError):
                Path(part).unlink()


def kept(path: Path) -> bytes | None:
    """Return what was kept at `path`, or None where nothing is, or not what was written.

    Args:
        path: Where `keep` wrote.

    Returns:
        The bytes.
    """
    try:
        written = path.read_bytes()
    except OSError:
        return None
    length = len(_sum(b""))
    data = written[length:]
    if written[:length] != _sum(data):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # a month from now it is still wanted
    return data


def kept_or_made(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return what was kept at `path`, or make and keep it.

    Args:
        path: Where it is kept; its name must change with whatever changes the bytes.
        make: Makes the bytes.

    Returns:
        The bytes.
    """
    data = kept(path)
    if data is None:
        data = make()
        keep(path, data)
    return data


def digest_of_code(*names: str) -> str:
    """Return a digest of modules of this folder, to be taken when they are imported.

    A server goes on with the code that it imported. What that code makes must not be kept as what an edit would make.

    Args:
        names: File names.

    Returns:
        Hexadecimal digits.
    """
    here = Path(__file__).parent
    code = b"\0".join((here / name).read_bytes() for name in names)  # a module holds no such byte
    return hashlib.sha256(code).hexdigest()


def sweep(folder: Path) -> None:
    """Remove from `folder` what no build has asked for in a month, and what killed builds left there.

    Args:
        folder: Where files are kept.
    """
    for path in folder.glob("*.*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > (_STALE if path.suffix == _SUFFIX else _UNUSED):
                path.unlink()


def _sum(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode() + b"\n"


@functools.cache
def _tell(folder: Path, reason: str) -> None:
    # Not a warning, which would end a strict build that needs no cache.
    log.info("Nothing can be kept in %s (%s); every build will do this work again", folder, reason)
