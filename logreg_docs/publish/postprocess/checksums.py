"""Publish checksums of all files with the site, by which the builds of two machines can be compared."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NAME", "write_checksums"]

NAME = "SHA256SUMS"
"""The name of the file, at the root of the site; `sha256sum --check` reads it."""


def write_checksums(site: Path) -> None:
    """Write the checksum of every file of a built site, sorted by name."""
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    files.pop(NAME, None)
    lines = (f"{hashlib.sha256(files[name].read_bytes()).hexdigest()}  {name}\n" for name in sorted(files))
    (site / NAME).write_text("".join(lines), encoding="utf-8", newline="\n")
