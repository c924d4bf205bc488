"""The archive holds all of it in one folder, and is the same for the same content."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from logreg_docs.publish.postprocess.archive import make_archive

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOKS = {"chapters/01-a.ipynb": "{}", "labs/b/b.ipynb": "{ }"}
DATA = {"data/c.csv": ("x\n1\n", "**C**, drawn here.")}
WHEEL = "p-1-py3-none-any.whl", b"wheel"


def archive(cache: Path, notebooks: dict[str, str] = NOTEBOOKS) -> bytes:
    return make_archive(notebooks, DATA, WHEEL, "<https://x.org/>", cache)


def test_archive_holds_notebooks_beside_the_wheel_and_the_data_with_what_is_known_about_them(tmp_path: Path) -> None:
    held = zipfile.ZipFile(io.BytesIO(archive(tmp_path)))
    names = ["01-a.ipynb", "README.md", "b.ipynb", "data/c.csv", WHEEL[0]]
    assert held.namelist() == [f"logreg-docs/{name}" for name in names]
    assert held.read("logreg-docs/b.ipynb") == b"{ }"
    readme = held.read("logreg-docs/README.md").decode()
    for part in ("<https://x.org/>", WHEEL[0], "`01-a.ipynb`", "**C**, drawn here."):
        assert part in readme


def test_archive_has_the_same_bytes_for_the_same_content_alone(tmp_path: Path) -> None:
    first = archive(tmp_path / "a")
    assert archive(tmp_path / "b") == archive(tmp_path / "b") == first
    assert archive(tmp_path / "a", NOTEBOOKS | {"labs/b/b.ipynb": "{  }"}) != first


def test_archive_for_students_says_that_answers_are_left_out(tmp_path: Path) -> None:
    without = make_archive(NOTEBOOKS, DATA, WHEEL, "<https://x.org/>", tmp_path, answers=False)
    for made, said in ((without, True), (archive(tmp_path), False)):
        readme = zipfile.ZipFile(io.BytesIO(made)).read("logreg-docs/README.md").decode()
        assert ("<https://x.org/>, without the answers and solutions." in readme) is said
