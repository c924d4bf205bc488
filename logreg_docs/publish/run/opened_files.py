"""Decide whether the project files that the code of a page read are unchanged, so that its outputs are still valid."""

from __future__ import annotations

import hashlib
from glob import glob
from typing import TYPE_CHECKING

from logreg_docs.publish.run.kernel_startup import digest

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileDigests", "digest_of_pattern", "unchanged"]

FileDigests = dict[str, "str | None"]
"""The digest of each file, folder or pattern by its path below the project's folder; None where nothing exists."""


def digest_of_pattern(pattern: str, root: Path) -> str | None:
    """Return the digest of a file or folder of the project, or of all that a glob pattern matches.

    Args:
        pattern: A path or a pattern, relative to the project's folder.
        root: The project's folder.

    Returns:
        Hexadecimal digits; None where nothing matches.
    """
    if single := digest(str(root / pattern)):
        return single
    found = [(path, digest(str(root / path))) for path in sorted(glob(pattern, root_dir=root, recursive=True))]  # noqa: PTH207
    return hashlib.sha256(repr(found).encode()).hexdigest() if found else None


def unchanged(digests: FileDigests, root: Path) -> bool:
    """Return whether every file, folder and pattern of a project still has the digest that was recorded."""
    return all(digest_of_pattern(pattern, root) == before for pattern, before in digests.items())
