"""Put all that a learner takes away into one archive: the notebooks, the package and the data."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from logreg_docs.publish.atomic_files import digest_of_code, get_or_create
from logreg_docs.publish.zip_files import zip_files

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["make_archive"]

_FOLDER = "logreg-docs"
_CODE = digest_of_code("postprocess/archive.py", "zip_files.py")
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
    held = {wheel[0]: wheel[1]} | {name: text.encode() for name, text in texts.items()}
    files = {f"{_FOLDER}/{name}": held[name] for name in sorted(held)}
    state = hashlib.sha256(_CODE.encode())
    for name, content in files.items():
        state.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
    return get_or_create(cache / f"{state.hexdigest()}.zip", lambda: zip_files(files))
