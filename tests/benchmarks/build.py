"""How long building the site takes, as ratios to building the same pages with nothing executed.

Run it with `make bench`. All times are of one run on one machine; only their ratios mean anything.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import report

ROOT = Path(__file__).resolve().parent.parent.parent
REPEATS = 3
PROSE = "docs/chapters/02-sigmoid.md"
FLOOR_HOOK = """\
from logreg_docs.publish.hook import *  # the real events, but for one
def on_files(files, config):
    return files
"""


def seconds(project: Path, cache: Path) -> float:
    """Build once and return how long it took."""
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--no-strict", "-d", str(project / "site")]
    environment = {**os.environ, "LOGREG_DOCS_CACHE": str(cache), "NO_MKDOCS_2_WARNING": "1"}
    start = time.perf_counter()
    subprocess.run(
        command, cwd=project, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def edit_prose(project: Path, text: str) -> None:
    """Add a sentence to one chapter."""
    page = project / PROSE
    page.write_text(f"{page.read_text()}\n{text}\n")


def measure(folder: Path) -> dict[str, float]:
    """Return the median seconds of each kind of build."""
    project, floor = folder / "project", folder / "floor"
    for copy in (project, floor):
        copy.mkdir()
        for name in ("docs", "logreg_docs"):
            shutil.copytree(ROOT / name, copy / name)
        shutil.copy(ROOT / "mkdocs.yml", copy)
    (floor / "hook.py").write_text(FLOOR_HOOK)
    settings = (floor / "mkdocs.yml").read_text()
    (floor / "mkdocs.yml").write_text(settings.replace("logreg_docs/publish/hook.py", "hook.py"))
    times: dict[str, list[float]] = {"floor": [], "cold": [], "warm": [], "prose edit": []}
    for repeat in range(REPEATS):
        cache = folder / f"cache-{repeat}"
        times["floor"].append(seconds(floor, cache))
        times["cold"].append(seconds(project, cache))
        times["warm"].append(seconds(project, cache))
        edit_prose(project, f"Sentence {repeat}.")
        times["prose edit"].append(seconds(project, cache))
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    """Print the ratios and write them for the benchmarks page."""
    with tempfile.TemporaryDirectory() as folder:
        medians = measure(Path(folder))
    ratios = {name: report.rounded(value / medians["floor"]) for name, value in medians.items()}
    for name, ratio in ratios.items():
        print(f"{name:12} {ratio:6.2f} × floor")  # noqa: T201 - this is the program's output
    report.write(
        "build",
        [
            {"case": {"build": name}, "build_seconds": {"seconds": report.rounded(medians[name]), "× floor": ratio}}
            for name, ratio in ratios.items()
        ],
    )


if __name__ == "__main__":
    main()
