"""The wheel is the package as it is now: the same bytes for the same content, another version for any other."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest
from sites import ROOT, copy_package

from logreg_docs.publish.run import wheel
from logreg_docs.publish.run.wheel import Project, WheelError

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "https://x.org/p/downloads/"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    copy_package(tmp_path)
    return tmp_path


def names(built: bytes) -> set[str]:
    return set(zipfile.ZipFile(io.BytesIO(built)).namelist())


@pytest.mark.long
def test_wheel_has_the_same_bytes_wherever_it_is_built_and_holds_the_package(copy: Path) -> None:
    package, built = Project(ROOT).package(ADDRESS, copy / "one")
    before = os.umask(0o077)  # a machine where new files are private
    try:
        again = Project(copy).package(ADDRESS, copy / "two")
    finally:
        os.umask(before)
    assert again == (package, built)
    assert package.sha256 == hashlib.sha256(built).hexdigest()
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "logreg_docs").rglob("*.py")}
    assert code <= names(built)
    assert "logreg_docs/explorables/drawing.css" in names(built)
    assert f"logreg_docs-{package.edition}.dist-info/METADATA" in names(built)


def test_wheel_is_built_once_for_one_content(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []

    def build(_: object, edition: str) -> bytes:
        built.append(edition)
        return b"wheel"

    monkeypatch.setattr(wheel, "_build", build)
    first = Project(copy).package("", copy / "kept")
    assert Project(copy).package("", copy / "kept") == first
    assert built == [first[0].edition]
    with (copy / "logreg_docs/sigmoid.py").open("a") as code:
        code.write("# edited\n")
    second = Project(copy).package("", copy / "kept")[0]
    assert built == [first[0].edition, second.edition]
    assert second.edition.partition("+")[0] == first[0].edition.partition("+")[0] == "0.1.0"
    assert second.edition != first[0].edition


def test_extras_for_notebooks_are_read_from_the_project_with_what_they_provide() -> None:
    project = Project(ROOT)
    assert project.extras == {"torch", "statsmodels"}
    assert project.provided["sklearn"] == "scikit-learn"
    assert project.provided["torch"] == "torch"
    assert "mkdocs" not in project.provided


def test_missing_project_and_failing_tool_are_told(copy: Path) -> None:
    with pytest.raises(WheelError, match=r"holds no pyproject.toml. Build it in a clone of the project"):
        Project(copy / "logreg_docs")
    text = (copy / "pyproject.toml").read_text()
    (copy / "pyproject.toml").write_text(text.replace('license = "MIT"', "license = 1"))
    with pytest.raises(WheelError, match=r"setuptools cannot build the wheel of the package from pyproject.toml: "):
        Project(copy).package("", copy / "kept")
    (copy / "pyproject.toml").write_text("[project\n")
    with pytest.raises(WheelError, match=r"pyproject.toml has no readable table \[project\]"):
        Project(copy)
