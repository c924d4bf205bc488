"""Put files into a zip file that has the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["zip_files"]

_LEVEL = 4  # compresses in half the time of the default, which an author waits for, and is a 25th larger
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file knows


def zip_files(files: Mapping[str, bytes], *, stored: Collection[str] = ()) -> bytes:
    """Return a zip file of some files, in their order, without the time and the machine of its making.

    Args:
        files: Their content by name.
        stored: Names of those that are not compressed.

    Examples:
        >>> zip_files({"a.txt": b"a"}) == zip_files({"a.txt": b"a"})
        True
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3  # else that of the machine, by which the bits of the mode are read
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=_LEVEL)
    return buffer.getvalue()
