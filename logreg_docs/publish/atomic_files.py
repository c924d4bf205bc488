"""Read and write cached files so that a file is either complete or treated as absent.

A killed build, a full disk, a read-only folder or two builds at the same time cost work, never correctness.
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

__all__ = ["digest_of_code", "get_or_create", "read_intact", "remove_stale", "write_atomically"]

log = logging.getLogger("mkdocs.plugins.logreg_docs")

_SUFFIX = ".part"
_ABANDONED = 3600  # seconds after which no build still writes an unfinished file
_UNUSED = 30 * 24 * 3600  # seconds after which a file that no build has read is removed


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` and its checksum to `path`, creating the folder; log once per folder where that is not possible."""
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=_SUFFIX)
        with os.fdopen(handle, "wb") as file:
            file.write(_checksum(data) + data)
        Path(part).replace(path)
    except OSError as error:
        _log_once(path.parent, error.strerror or type(error).__name__)
        if part:
            with contextlib.suppress(OSError):
                Path(part).unlink()


def read_intact(path: Path) -> bytes | None:
    """Return what `write_atomically` wrote to `path`, or None if the file is missing or damaged."""
    try:
        written = path.read_bytes()
    except OSError:
        return None
    length = len(_checksum(b""))
    data = written[length:]
    if written[:length] != _checksum(data):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # `remove_stale` counts from the last use
    return data


def get_or_create(path: Path, create: Callable[[], bytes]) -> bytes:
    """Return the content of a cached file, creating it if need be.

    Args:
        path: The file; its name must change with everything that changes the content.
        create: Returns the content.

    Returns:
        The content.
    """
    data = read_intact(path)
    if data is None:
        data = create()
        write_atomically(path, data)
    return data


def digest_of_code(*names: str) -> str:
    """Return a digest of modules, to be computed when they are imported.

    A server keeps running the code that it imported, so its results must not be cached under the digest of newer code.

    Args:
        names: Files below `logreg_docs/publish`, or folders, which stand for all their files.

    Returns:
        Hexadecimal digits.
    """
    paths = [Path(__file__).parent / name for name in names]
    files = [file for path in paths for file in (sorted(path.rglob("*.*")) if path.is_dir() else [path])]
    digests = (hashlib.sha256(file.read_bytes()).digest() for file in files if file.suffix in (".py", ".j2"))
    return hashlib.sha256(b"".join(digests)).hexdigest()


def remove_stale(folder: Path) -> None:
    """Remove the files of a cache folder that no build has read for a month, and those that were never completed."""
    for path in folder.glob("*.*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > (_ABANDONED if path.suffix == _SUFFIX else _UNUSED):
                path.unlink()


def _checksum(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode() + b"\n"


@functools.cache
def _log_once(folder: Path, reason: str) -> None:
    # At level INFO, since a warning would fail a strict build, which works without a cache.
    log.info("Cannot write the cache folder %s (%s); every build will repeat this work", folder, reason)
