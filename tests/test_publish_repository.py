"""What git says of a clone: its address on the web and the time of its last commit; nothing where there is no git."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from logreg_docs.publish.repository import commit_time, web_address

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/o/r.git", "https://github.com/o/r"),
        ("https://name:word@git.example.org:8443/group/o/r/", "https://git.example.org:8443/group/o/r"),
        ("ssh://git@git.example.org/o/r.git", "https://git.example.org/o/r"),
        ("ssh://git@git.example.org:2222/o/r.git", "https://git.example.org/o/r"),  # that port speaks no HTTPS
        ("git@git.example.org:2222/r.git", "https://git.example.org/2222/r"),  # an owner, not a port
        ("git@git.example.org:/o/r", "https://git.example.org/o/r"),
        ("https://git.example.org:port/o/r", None),
        ("/srv/git/r.git", None),
    ],
)
def test_every_form_of_a_remote_gives_its_web_address_or_none(remote: str, address: str | None, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", remote)
    assert web_address(tmp_path) == address


def test_time_is_that_of_the_last_commit_and_none_without_one(tmp_path: Path) -> None:
    assert commit_time(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert commit_time(tmp_path) is None
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "a", "--date", "2001-01-01T00:00:00Z")
    assert commit_time(tmp_path) == git(tmp_path, "log", "-1", "--format=%ct")


def test_without_git_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (web_address(tmp_path), commit_time(tmp_path)) == (None, None)
