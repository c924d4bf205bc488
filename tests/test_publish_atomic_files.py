"""What is kept between builds is whole or absent, and a build never needs it."""

from __future__ import annotations

import errno
import io
import logging
import os
import threading
from typing import TYPE_CHECKING, NoReturn

import pytest

from logreg_docs.publish import atomic_files
from logreg_docs.publish.markup import math_font
from logreg_docs.publish.run.output_cache import OutputCache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OUTPUTS = [[{"output_type": "stream", "name": "stdout", "text": "1\n"}]]


@pytest.fixture(autouse=True)
def nothing_said() -> None:
    atomic_files._log_once.cache_clear()


def test_what_is_kept_comes_back_and_leaves_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.bin"
    atomic_files.write_atomically(path, b"\x00whole")
    assert atomic_files.read_intact(path) == b"\x00whole"
    assert [file.name for file in path.parent.iterdir()] == ["a.bin"]


def test_nothing_comes_back_from_what_is_missing_a_folder_or_not_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    atomic_files.write_atomically(path, b"0123456789")
    written = path.read_bytes()
    for damaged in (
        b"",
        written[:-1],
        written + b"x",
        written[10:],
        b"\x00" * len(written),
        written.replace(b"89", b"98"),
    ):
        path.write_bytes(damaged)
        assert atomic_files.read_intact(path) is None
    assert atomic_files.read_intact(tmp_path / "missing") is None
    assert atomic_files.read_intact(tmp_path) is None


def refuse(number: int) -> Callable[..., NoReturn]:
    def refuse_call(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return refuse_call


BROKEN = {
    "read-only folder": ("tempfile.mkstemp", errno.EROFS),
    "no folder": ("pathlib.Path.mkdir", errno.EACCES),
    "full disk": ("os.fdopen", errno.ENOSPC),
    "no renaming": ("pathlib.Path.replace", errno.ENOSPC),
}


@pytest.mark.parametrize("name", BROKEN)
def test_trouble_in_writing_is_said_once_and_costs_only_time(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    target, number = BROKEN[name]
    cache, characters = OutputCache(tmp_path / "execute", tmp_path), frozenset("x")
    monkeypatch.setattr(target, refuse(number))
    with caplog.at_level(logging.INFO, logger=atomic_files.log.name):
        for key in "kl":
            cache.store(key, OUTPUTS, {})
            assert cache.load(key, 1) is None
        assert math_font.math_font(characters, tmp_path / "execute")[:4] == b"wOF2"
    (record,) = caplog.records
    assert record.levelno == logging.INFO, "a warning would end a strict build"
    assert os.strerror(number) in record.message
    monkeypatch.undo()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    cache.store("k", OUTPUTS, {})
    assert cache.load("k", 1) == OUTPUTS


class FullDisk(io.BytesIO):
    """A file on a disk where nothing more fits."""

    def __init__(self, handle: int, _mode: str) -> None:
        super().__init__()
        os.close(handle)

    def write(self, _: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_disk_that_fills_up_while_writing_leaves_the_earlier_entry(tmp_path: Path) -> None:
    path = tmp_path / "a"
    atomic_files.write_atomically(path, b"first")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fdopen", FullDisk)
        atomic_files.write_atomically(path, b"second")
    assert atomic_files.read_intact(path) == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_font_is_cut_again_by_other_code_and_another_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    math_font.math_font(frozenset("x"), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(math_font, "_CODE", "another")
        math_font.math_font(frozenset("x"), tmp_path)
    monkeypatch.setattr(math_font, "version", lambda name: "9" if name == "fonttools" else "1")
    math_font.math_font(frozenset("x"), tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_digest_of_code_follows_every_file_of_a_folder_and_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic_files, "__file__", str(tmp_path / "atomic_files.py"))
    (tmp_path / "a/b").mkdir(parents=True)
    for name in ("a/b/one.py", "a/page.j2", "two.py"):
        (tmp_path / name).write_text(name)
    digests = [
        atomic_files.digest_of_code(*names)
        for names in (("a",), ("two.py",), ("a", "two.py"), ("two.py", "a"), ("a/page.j2",))
    ]
    assert len(set(digests)) == 5
    for name in ("a/b/one.py", "a/page.j2"):
        (tmp_path / name).write_text("edited")
        digests.append(atomic_files.digest_of_code("a"))
    assert len(set(digests)) == 7
    with pytest.raises(FileNotFoundError):
        atomic_files.digest_of_code("gone.py")


def test_many_writers_of_one_file_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    contents = [bytes([65 + k]) * 200_000 for k in range(6)]
    seen: list[bytes | None] = []

    def write(content: bytes) -> None:
        for _ in range(10):
            atomic_files.write_atomically(path, content)
            seen.append(atomic_files.read_intact(path))

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 60
    assert set(seen) <= set(contents)
    assert list(tmp_path.iterdir()) == [path]


def test_leftovers_of_killed_builds_and_what_nobody_asks_for_are_swept_but_no_running_build_is_disturbed(
    tmp_path: Path,
) -> None:
    day = 24 * 3600
    for name, age in (("old.part", 7200), ("new.part", 5), ("old.json", 29 * day), ("unused.json", 31 * day)):
        (tmp_path / name).write_bytes(b"x")
        seconds = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (seconds, seconds))
    atomic_files.remove_stale(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.part", "old.json"]


def test_what_is_asked_for_is_kept_for_another_month(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    atomic_files.write_atomically(path, b"x")
    os.utime(path, (0, 0))
    assert atomic_files.read_intact(path) == b"x"
    atomic_files.remove_stale(tmp_path)
    assert atomic_files.read_intact(path) == b"x"
