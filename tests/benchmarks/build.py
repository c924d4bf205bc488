"""How long building the site takes, beside what MkDocs and its plugins need for the same pages.

Run it with `make bench`. All times are of one run on one machine; only their ratios mean anything. The floor is a warm
build less the time that the hook spends on executing pages and on putting their outputs into them.
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
from typing import IO, NamedTuple, cast

import report

ROOT = Path(__file__).resolve().parent.parent.parent
REPEATS = int(os.environ.get("BUILD_REPEATS", "3"))
PROSE = "docs/chapters/02-sigmoid.md"
LAB = "labs/from_scratch/index.html"  # which is no page unless the hook runs before the plugins
MODULE = "logreg_docs/softmax.py"
TIMED = """\
import time
from logreg_docs.publish import execute, hook
from logreg_docs.publish.hook import *

@event_priority(hook.on_files.mkdocs_priority)
def on_files(files, config):
    start = time.perf_counter()
    files = hook.on_files(files, config)
    hook.log.info("Inside %.3f s", time.perf_counter() - start)
    return files
"""
HOOKS = {"project": TIMED, "apart": f"{TIMED}\nexecute.FEW = 10**6  # every kernel starts from nothing\n"}
CASES = {
    "floor": "nothing executed, nothing to put in",
    "apart": "empty cache, every kernel started from nothing",
    "cold": "empty cache",
    "warm": "nothing edited",
    "prose": "a sentence of a chapter edited",
    "module": "a module edited that one chapter uses",
    "served floor": "under mkdocs serve: nothing executed, nothing to put in",
    "served prose": "under mkdocs serve: a sentence of a chapter edited",
}
BUILT = re.compile(r"Documentation built in ([\d.]+) seconds")
INSIDE = re.compile(r"Inside ([\d.]+) s")


class Build(NamedTuple):
    """One build: its seconds, those of them inside the hook's work on the pages, and the pages executed."""

    seconds: float
    inside: float
    executed: int


def read_log(seconds: float, log: str) -> Build:
    """Find in a log what the hook said."""
    return Build(seconds, float(INSIDE.findall(log)[-1]), log.count("INFO    -  Executed "))


def build(project: Path, cache: Path) -> Build:
    """Build once."""
    command = [sys.executable, "-m", "mkdocs", "build", "--no-strict", "-d", str(project / "site")]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=project, env=settings(cache), check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if not (project / "site" / LAB).is_file():
        raise RuntimeError(f"the build left out {LAB}, so its time means nothing.")
    return read_log(seconds, done.stderr)


def served_edit(project: Path, cache: Path, text: str) -> Build:
    """Edit prose under a server; the seconds are those that it reports."""
    command = [sys.executable, "-m", "mkdocs", "serve", "--no-strict", "--dev-addr", "127.0.0.1:8018"]
    with subprocess.Popen(command, cwd=project, env=settings(cache), stderr=subprocess.PIPE, text=True) as server:
        try:
            lines = iter(cast("IO[str]", server.stderr))
            next(line for line in lines if "Serving on" in line)
            time.sleep(2)  # until it watches
            add_line(project / PROSE, text)
            log = ""
            for line in lines:
                log += line
                if found := BUILT.search(line):
                    return read_log(float(found[1]), log)
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
    """Copy the project once for each of the hooks above."""
    made = {}
    for name, hook in HOOKS.items():
        made[name] = folder / name
        made[name].mkdir()
        for part in ("docs", "logreg_docs"):
            shutil.copytree(ROOT / part, made[name] / part)
        (made[name] / "hook.py").write_text(hook)
        options = (ROOT / "mkdocs.yml").read_text()
        (made[name] / "mkdocs.yml").write_text(options.replace("logreg_docs/publish/hook.py", "hook.py"))
    return made


def measure(folder: Path) -> dict[str, list[Build]]:
    """Build in every way, in turns."""
    made = copies(folder)
    project = made["project"]
    found: dict[str, list[Build]] = {case: [] for case in CASES}
    for repeat in range(REPEATS):
        cache = folder / f"cache-{repeat}"
        found["apart"].append(build(made["apart"], folder / f"apart-{repeat}"))
        found["cold"].append(build(project, cache))
        found["warm"].append(build(project, cache))
        add_line(project / PROSE, f"Sentence {repeat}.")
        found["prose"].append(build(project, cache))
        add_line(project / MODULE, f"_EDIT = {repeat}")
        found["module"].append(build(project, cache))
        found["served prose"].append(served_edit(project, cache, f"Line {repeat}."))
    for case, of in (("floor", "warm"), ("served floor", "served prose")):
        found[case] = [Build(one.seconds - one.inside, 0.0, 0) for one in found[of]]
    return found


def main() -> None:
    """Print the ratios and write them for the benchmarks page."""
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    seconds = {case: statistics.median(one.seconds for one in builds) for case, builds in found.items()}
    results = []
    for case, builds in found.items():
        ratio = report.rounded(seconds[case] / seconds["served floor" if case.startswith("served") else "floor"])
        print(f"{CASES[case]:60} {ratio:6.2f} × floor")  # noqa: T201 - this is the program's output
        measures = {"seconds": report.rounded(seconds[case]), "× floor": ratio, "pages executed": builds[-1].executed}
        results.append({"case": {"build": CASES[case]}, "builds": measures, "repeats": len(builds)})
    report.write("build", results)


if __name__ == "__main__":
    main()
