"""How long it takes to build the site and to see an edit, beside the same with every page rendered anew.

Run it with `make bench`. All times are of one run on one machine; only their ratios mean anything. Both ways take the
outputs of code that was not edited from the cache. An edit is timed from the save to the changed page as it is served.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import report
from sites import copy_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPEATS = int(os.environ.get("BUILD_REPEATS", "5"))
CHAPTER = "chapters/02-sigmoid"
CASES = {
    "cold": "empty cache",
    "warm": "nothing edited",
    "start": "mkdocs serve: from its start to the first page",
    "prose": "mkdocs serve: a sentence of a chapter edited",
    "code": "mkdocs serve: a block of a chapter edited",
}
PATIENCE = 600  # seconds


class Way(NamedTuple):
    """A copy of the project, and where its builds keep things."""

    project: Path
    cache: Path

    def command(self, *arguments: str) -> dict[str, Any]:
        """Return how to call MkDocs here."""
        environment = {**os.environ, "LOGREG_DOCS_CACHE": str(self.cache), "PYTHONPATH": str(self.project)}
        return {"args": [sys.executable, "-m", "mkdocs", *arguments], "cwd": self.project, "env": environment}

    def build(self) -> float:
        """Build once and return the seconds."""
        start = time.perf_counter()
        subprocess.run(**self.command("build", "--quiet", "--no-strict"), check=True)
        return time.perf_counter() - start


def page(address: str) -> str:
    """Return a page as the server gives it, or nothing as long as there is no server."""
    try:
        with urllib.request.urlopen(f"{address}{CHAPTER}/", timeout=PATIENCE) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def seconds_until(seen: Callable[[], object]) -> float:
    """Return the seconds until something is seen."""
    start = time.perf_counter()
    while not seen():
        if time.perf_counter() - start > PATIENCE:
            raise RuntimeError("the page never came.")
        time.sleep(0.02)
    return time.perf_counter() - start


@contextmanager
def served(way: Way) -> Iterator[str]:
    """Serve a project and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = way.command("serve", "--dev-addr", f"127.0.0.1:{port}")
    with subprocess.Popen(**command, **quiet) as server:
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()


def edit(way: Way, address: str, text: str, words: str) -> float:
    """Add text to the chapter, and return the seconds until the server shows the words."""
    file = way.project / f"docs/{CHAPTER}.md"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")
    seconds = seconds_until(lambda: words in page(address))
    time.sleep(1)  # until the server watches again
    return seconds


def copy(folder: Path) -> Way:
    """Copy the project."""
    return Way(copy_project(folder), folder / "cache")


def measure(way: Way) -> dict[str, list[float]]:
    """Return the seconds of every case."""
    found = {"cold": [way.build()], "warm": [way.build() for _ in range(REPEATS)]}
    found |= {"start": [], "prose": [], "code": []}
    for _ in range(REPEATS):
        with served(way) as address:
            found["start"].append(seconds_until(partial(page, address)))
    with served(way) as address:
        seconds_until(partial(page, address))
        time.sleep(2)  # until it watches
        found["prose"] = [edit(way, address, f"Sentence {k} is new.", f"Sentence {k} is") for k in range(REPEATS)]
        block = '```python\nprint("block", {})\n```'
        edit(way, address, block.format(0), "block 0")  # at which the server imports the libraries
        time.sleep(20)
        found["code"] = [edit(way, address, block.format(k), f"block {k}\n") for k in range(1, REPEATS + 1)]
    return found


def main() -> None:
    """Print the times and write them for the benchmarks page."""
    with tempfile.TemporaryDirectory() as folder:
        (kept, anew) = (copy(Path(folder) / name) for name in ("kept", "anew"))
        anew.cache.mkdir()
        (anew.cache / "pages").write_text("a file in the way, so that no page is kept\n")
        times = [measure(way) for way in (kept, anew)]
    results = []
    for case, name in CASES.items():
        ours, theirs = (statistics.median(found[case]) for found in times)
        print(f"{name:60} {ours:6.2f} s, {ours / theirs:5.2f} of {theirs:6.2f} s")  # noqa: T201 - the program's output
        measures = {
            "seconds": report.rounded(ours),
            "rendered anew": report.rounded(theirs),
            "share": report.rounded(ours / theirs),
        }
        results.append({"case": {"build": name}, "builds": measures, "repeats": len(times[0][case])})
    report.write("build", results)


if __name__ == "__main__":
    main()
