"""After a crash, a damaged cache or beside another build, a build gives what an undisturbed one gives."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest
from sites import SmallSite, start

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.long("one undisturbed build")

KEPT = {".json", ".questions", ".whl", ".woff2", ".zip"}
QUICK = "# A\n\n$x^2$ and `{python} 1 + 1`.\n\n```python\nprint('quick')\n```\n"
SLOW = """# B

```python
import pathlib, time
pathlib.Path("started").touch()
while pathlib.Path("wait").exists():
    time.sleep(0.05)
print("slow")
```
"""


def write_pages(site: SmallSite) -> SmallSite:
    site.write("chapters/a.md", QUICK)
    site.write("chapters/b.md", SLOW)
    return site


@pytest.fixture
def two_pages(tmp_path: Path) -> SmallSite:
    return write_pages(SmallSite(tmp_path / "project"))


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files_in(folder)}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the same pages whose build nothing disturbed."""
    site = write_pages(SmallSite(tmp_path_factory.mktemp("undisturbed") / "project"))
    built = site.build()
    assert built.code == 0, built.log
    return site.folder


@pytest.fixture
def expected(undisturbed: Path) -> dict[str, bytes]:
    return files(undisturbed / "site")


def kill_when(site: SmallSite, seen: Callable[[], bool]) -> None:
    """Start a build and end it, as a power cut would, once something is seen."""
    process = start(site.folder, site.folder / "site", site.folder / "cache")
    end = time.monotonic() + 300
    while not seen():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, "what the test waits for never came"
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert process.returncode < 0


def test_build_after_killed_builds_gives_the_same_bytes(two_pages: SmallSite, expected: dict[str, bytes]) -> None:
    folder = two_pages.folder
    kept = folder / "cache/execute"
    (folder / "wait").touch()
    kill_when(two_pages, lambda: (folder / "started").exists() and len(list(kept.glob("*.json"))) == 1)
    (folder / "wait").unlink()
    kill_when(two_pages, (folder / "site/404.html").exists)
    assert files(folder / "site") != expected
    built = two_pages.build()
    assert built.code == 0, built.log
    assert "Executing" not in built.log
    assert files(folder / "site") == expected
    suffixes = {path.suffix for path in files_in(folder / "cache")}
    assert suffixes - {".part"} == KEPT  # a kill in the middle of a write leaves its part for an hour


def make_file(cache: Path) -> None:
    cache.write_text("in the way")


def cut_short(cache: Path) -> None:
    for path in files_in(cache):
        path.write_bytes(path.read_bytes()[:50])


def make_folders(cache: Path) -> None:
    for path in files_in(cache):
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("damage", [make_file, cut_short, make_folders])
def test_build_with_a_damaged_cache_gives_the_same_bytes_without_a_warning(
    damage: Callable[[Path], None], two_pages: SmallSite, undisturbed: Path, expected: dict[str, bytes]
) -> None:
    folder = two_pages.folder
    if damage is not make_file:
        shutil.copytree(undisturbed / "cache", folder / "cache")
    damage(folder / "cache")
    built = two_pages.build()
    assert built.code == 0, built.log
    assert files(folder / "site") == expected
    assert "Executing 2 of 2 pages" in built.log
    assert ("Cannot write the cache folder" in built.log) == (damage is not cut_short)


def test_two_builds_at_once_share_a_cache(two_pages: SmallSite, expected: dict[str, bytes]) -> None:
    folder = two_pages.folder
    (folder / "wait").touch()
    both = [start(folder, folder / f"site-{k}", folder / "cache") for k in range(2)]
    (folder / "wait").unlink()
    for k, process in enumerate(both):
        log, _ = process.communicate()
        assert process.returncode == 0, log
        assert files(folder / f"site-{k}") == expected
    assert "Executing" not in two_pages.build().log
    assert {path.suffix for path in files_in(folder / "cache")} == KEPT
