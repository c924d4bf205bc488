"""Put all that a learner takes away into one archive: the notebooks, the package and the data."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from logreg_docs.publish.atomic_files import digest_of_code, get_or_create

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["make_archive"]

_FOLDER = "logreg-docs"
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file knows
_CODE = digest_of_code("postprocess/archive.py")
_README = """\
# Logistic regression, to take away

These are the notebooks of {origin}{without}.

Open this folder in JupyterLab or VS Code, choose a notebook, and run its first cell. Where it is missing, that installs
the package from this folder, `{wheel}`.
It takes Python 3.11 or newer, and the network for NumPy and the like. Without a program for notebooks:

    python -m venv env
    env/bin/python -m pip install jupyterlab
    env/bin/jupyter lab

## Notebooks

{notebooks}

## Data

{data}

Text, code and drawn data are free to use under the MIT licence.
"""


def make_archive(
    notebooks: Mapping[str, str],
    data: Mapping[str, tuple[str, str]],
    wheel: tuple[str, bytes],
    origin: str,
    cache: Path,
    *,
    answers: bool = True,
) -> bytes:
    """Return a zip file of everything, the same bytes for the same content.

    Args:
        notebooks: The notebooks by their path on the site; they are put into one folder, beside the wheel.
        data: Text of each data file by its path below that folder, and what is to be known about it, as Markdown.
        wheel: File name and content of the package's wheel.
        origin: Address of the site, or what to call it.
        cache: The folder where archives are kept.
        answers: Whether the notebooks hold the answers and solutions, which the archive then does not deny.

    Returns:
        The archive.
    """
    names = {PurePosixPath(path).name: text for path, text in notebooks.items()}
    readme = _README.format(
        origin=origin,
        without="" if answers else ", without the answers and solutions",
        wheel=wheel[0],
        notebooks="\n".join(f"- `{name}`" for name in names),
        data="\n\n".join(about for _, about in data.values()),
    )
    texts = {"README.md": readme, **names, **{path: text for path, (text, _) in data.items()}}
    files = {wheel[0]: wheel[1]} | {name: text.encode() for name, text in texts.items()}
    state = hashlib.sha256(_CODE.encode())
    for name in sorted(files):
        state.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\0".encode())
    return get_or_create(cache / f"{state.hexdigest()}.zip", lambda: _zipped(files))


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{_FOLDER}/{name}", _TIME)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return buffer.getvalue()
