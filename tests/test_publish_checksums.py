"""The checksum file knows every file of the site, in one order, as the usual tool reads it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

from logreg_docs.publish.postprocess.checksums import NAME, write_checksums

if TYPE_CHECKING:
    from pathlib import Path

    from sites import Built, SmallSite


def read(folder: Path) -> dict[str, str]:
    lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    return {name: value for value, _, name in (line.partition("  ") for line in lines)}


def sums(folder: Path) -> dict[str, str]:
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files if name != NAME}


def test_every_file_of_the_site_is_listed_with_its_checksum(site: Built) -> None:
    assert list(read(site.folder).items()) == list(sums(site.folder).items())


def test_writing_twice_gives_the_same_file_and_never_lists_itself(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/η.txt").write_text("1", encoding="utf-8")
    (tmp_path / "a.txt").write_text("2", encoding="utf-8")
    write_checksums(tmp_path)
    first = (tmp_path / NAME).read_bytes()
    write_checksums(tmp_path)
    assert (tmp_path / NAME).read_bytes() == first
    assert list(read(tmp_path)) == ["a.txt", "b/η.txt"]


def test_date_of_the_site_is_that_of_its_commit_and_not_today(small_site: SmallSite) -> None:
    git = ["git", "-C", str(small_site.folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    date = {"GIT_AUTHOR_DATE": "2001-02-03T12:00:00+00:00", "GIT_COMMITTER_DATE": "2001-02-03T12:00:00+00:00"}
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "a"], check=True, env={**os.environ, **date})
    built = small_site.build()
    assert built.code == 0, built.log
    assert "<lastmod>2001-02-03</lastmod>" in small_site.read("sitemap.xml")
    assert list(read(built.folder).items()) == list(sums(built.folder).items())
