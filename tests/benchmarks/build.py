"""How long building the site takes, as ratios to building the same pages with nothing executed.

Run it with `make bench`. All times are of one run on one machine; only their ratios mean anything.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, cast

import report

ROOT = Path(__file__).resolve().parent.parent.parent
REPEATS = 3
PROSE = "docs/chapters/02-sigmoid.md"
MODULE = "logreg_docs/softmax.py"
HOOKS = {
    "floor": """\
from logreg_docs.publish.hook import *  # the real events, but for one
def on_files(files, config):
    return files
""",
    "apart": """\
from logreg_docs.publish import execute
from logreg_docs.publish.hook import *
execute.FEW = 10**6  # so that every kernel starts from nothing and imports the libraries itself
""",
}
CASES = {
    "floor": "nothing executed",
    "apart": "empty cache, every kernel started from nothing",
    "cold": "empty cache",
    "warm": "nothing edited",
    "prose": "a sentence of a chapter edited",
    "module": f"{Path(MODULE).name} edited",
    "served floor": "nothing executed, under mkdocs serve",
    "served prose": "a sentence of a chapter edited, under mkdocs serve",
}
BUILT = re.compile(r"Documentation built in ([\d.]+) seconds")
EXECUTED = "INFO    -  Executed "


def build(project: Path, cache: Path) -> tuple[float, int]:
    """Build once and return how long it took and how many pages were executed."""
    command = [sys.executable, "-m", "mkdocs", "build", "--no-strict", "-d", str(project / "site")]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=project, env=settings(cache), check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stderr.count(EXECUTED)


def served_edit(project: Path, cache: Path, text: str) -> tuple[float, int]:
    """Edit prose under a server and return what it says building took, and how many pages it executed."""
    command = [sys.executable, "-m", "mkdocs", "serve", "--no-strict", "--dev-addr", "127.0.0.1:8018"]
    with subprocess.Popen(command, cwd=project, env=settings(cache), stderr=subprocess.PIPE, text=True) as server:
        try:
            lines = iter(cast("IO[str]", server.stderr))
            next(line for line in lines if "Serving on" in line)
            time.sleep(2)  # until it watches
            add_line(project / PROSE, text)
            executed = 0
            for line in lines:
                executed += EXECUTED in line
                if found := BUILT.search(line):
                    return float(found[1]), executed
        finally:
            server.terminate()
    raise RuntimeError(f"mkdocs serve ended by itself in {project}.")


def settings(cache: Path) -> dict[str, str]:
    """Keep outputs in a cache of their own."""
    return {**os.environ, "LOGREG_DOCS_CACHE": str(cache), "NO_MKDOCS_2_WARNING": "1"}


def add_line(path: Path, text: str) -> None:
    """Edit a file."""
    path.write_text(f"{path.read_text()}\n{text}\n")


def copies(folder: Path) -> dict[str, Path]:
    """Copy the project, as it is and with each of the hooks above in place of its own."""
    made = {}
    for name in ("project", *HOOKS):
        made[name] = folder / name
        made[name].mkdir()
        for part in ("docs", "logreg_docs"):
            shutil.copytree(ROOT / part, made[name] / part)
        options = (ROOT / "mkdocs.yml").read_text()
        if name in HOOKS:
            (made[name] / "hook.py").write_text(HOOKS[name])
            options = options.replace("logreg_docs/publish/hook.py", "hook.py")
        (made[name] / "mkdocs.yml").write_text(options)
    return made


def measure(folder: Path) -> dict[str, list[tuple[float, int]]]:
    """Build in every way, in turns."""
    made = copies(folder)
    project = made["project"]
    found: dict[str, list[tuple[float, int]]] = {case: [] for case in CASES}
    for repeat in range(REPEATS):
        cache = folder / f"cache-{repeat}"
        found["floor"].append(build(made["floor"], cache))
        found["apart"].append(build(made["apart"], folder / f"apart-{repeat}"))
        found["cold"].append(build(project, cache))
        found["warm"].append(build(project, cache))
        add_line(project / PROSE, f"Sentence {repeat}.")
        found["prose"].append(build(project, cache))
        add_line(project / MODULE, f"_EDIT = {repeat}")
        found["module"].append(build(project, cache))
        found["served floor"].append(served_edit(made["floor"], cache, f"Line {repeat}."))
        found["served prose"].append(served_edit(project, cache, f"Line {repeat}."))
    return found


def main() -> None:
    """Print the ratios and write them for the benchmarks page."""
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    seconds = {case: statistics.median(time for time, _ in runs) for case, runs in found.items()}
    results = []
    for case, runs in found.items():
        ratio = report.rounded(seconds[case] / seconds["served floor" if case.startswith("served") else "floor"])
        print(f"{CASES[case]:50} {ratio:6.2f} × floor")  # noqa: T201 - this is the program's output
        build_of = {"seconds": report.rounded(seconds[case]), "× floor": ratio, "pages executed": runs[-1][1]}
        results.append({"case": {"build": CASES[case]}, "builds": build_of})
    report.write("build", results)


if __name__ == "__main__":
    main()
