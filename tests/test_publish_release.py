"""A release has the version of the project, says so where it is cited, and keeps the site, the books and the wheel."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sites import ROOT

from logreg_docs.publish.pages.on_paper import BOOK, EPUB
from logreg_docs.publish.release import ReleaseError, check_release, project_version, write_release

if TYPE_CHECKING:
    from pathlib import Path

VERSION, CITATION = '[project]\nversion = "1.2.0"\n', "cff-version: 1.2.0\nversion: 1.2.0\ndate-released: {}\n"
WHEEL = "downloads/logreg_docs-1.2.0+0123456789-py3-none-any.whl"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of version 1.2.0, committed on the second of March."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(VERSION)
    (folder / "CITATION.cff").write_text(CITATION.format("2026-03-01"))
    when = {"GIT_COMMITTER_DATE": "2026-03-02T12:00:00Z", "GIT_AUTHOR_DATE": "2026-03-02T12:00:00Z"}
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "All"]):
        names = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *names, *command], cwd=folder, env=when, check=True)
    return folder


def test_version_stands_in_one_place_and_the_citation_follows() -> None:
    cited = dict(re.findall(r"^([\w-]+): (.+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE))
    assert cited["version"] == project_version(ROOT)
    assert date.fromisoformat(cited["date-released"]) >= date(2026, 11, 30)


def test_tag_of_the_version_is_released(project: Path) -> None:
    check_release(project, "v1.2.0")


@pytest.mark.parametrize(
    ("tag", "citation", "complaint"),
    [
        ("v1.3.0", None, r"must be v1\.2\.0, after the version in pyproject\.toml, and is v1\.3\.0"),
        ("1.2.0", None, r"must be v1\.2\.0, .* and is 1\.2\.0"),
        ("v1.2.0", "cff-version: 1.2.0\nversion: 1.1.0\n", r"must name the version 1\.2\.0, and names 1\.1\.0"),
        ("v1.2.0", "version: 1.2.0\n", "date-released: 2026-03-02, .* names None"),
        ("v1.2.0", "version: 1.2.0\ndate-released: today\n", "date-released: 2026-03-02, .* names today"),
        ("v1.2.0", CITATION.format("2026-02-22"), "at most 7 days .* names 2026-02-22"),
        ("v1.2.0", CITATION.format("2026-03-10"), "at most 7 days .* names 2026-03-10"),
    ],
)
def test_what_does_not_agree_is_refused_before_anything_is_built(
    tag: str, citation: str | None, complaint: str, project: Path
) -> None:
    if citation:
        (project / "CITATION.cff").write_text(citation)
    with pytest.raises(ReleaseError, match=complaint):
        check_release(project, tag)


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """A site with its books."""
    folder = tmp_path / "site"
    for path in (BOOK, EPUB, WHEEL, "index.html", "chapters/01-a/index.html"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


def test_release_is_the_site_in_one_folder_of_a_zip_file_and_what_it_offers_for_itself(
    project: Path, printed: Path, tmp_path: Path
) -> None:
    written = {path.name: path.read_bytes() for path in write_release(project, printed, tmp_path / "dist")}
    assert sorted(written) == [
        "logistic-regression.epub",
        "logistic-regression.pdf",
        "logreg-docs-1.2.0.zip",
        WHEEL.partition("/")[2],
    ]
    held = zipfile.ZipFile(tmp_path / "dist/logreg-docs-1.2.0.zip")
    names = ["chapters/01-a/index.html", WHEEL, "index.html", EPUB, BOOK]
    assert held.namelist() == [f"logreg-docs-1.2.0/{name}" for name in names]
    assert held.read("logreg-docs-1.2.0/index.html") == b"index.html"
    for path in printed.rglob("*.html"):
        path.touch()
    again = {path.name: path.read_bytes() for path in write_release(project, printed, tmp_path / "again")}
    assert again == written


def test_site_without_its_books_and_folder_with_other_files_are_refused(
    project: Path, printed: Path, tmp_path: Path
) -> None:
    (printed / EPUB).unlink()
    (printed / "downloads/old.whl").touch()
    with pytest.raises(ReleaseError, match=r"needs one paper/logistic-regression\.epub and one downloads/\*\.whl in"):
        list(write_release(project, printed, tmp_path / "dist"))
    with pytest.raises(ReleaseError, match=r"into an empty folder, and .*/project holds files"):
        list(write_release(project, printed, project))


def test_command_says_what_is_wrong_with_a_tag_and_needs_no_package_for_that() -> None:
    command = [sys.executable, "-S", "-m", "logreg_docs.publish.release", "check", "v0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"The tag must be v{project_version(ROOT)}, ")


def test_workflow_checks_the_tag_first_and_attaches_what_the_command_writes() -> None:
    text = (ROOT / ".github/workflows/release.yml").read_text()
    steps = [
        'python -m logreg_docs.publish.release check "$GITHUB_REF_NAME"',
        "uses: ./.github/workflows/ci.yml",
        "make release ",
        'gh release create "$GITHUB_REF_NAME" --verify-tag --generate-notes dist/*',
    ]
    assert sorted(steps, key=text.index) == steps
