"""Ask Lighthouse about three pages, as on a desk and as on a phone, and hold what does not depend on the machine.

Accessibility, best practices and findability must have 100 points and the bytes and requests keep their budgets.
Performance, the median of several runs, is reported: it is that of the machine, too. Needs npx and Chromium.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.report import rounded, write
from browser.chromium import ARGUMENTS, chromium
from browser.visits import REQUESTS, limit
from sites import whole_site

VERSION = "12.8.2"
PAGES = ("", "chapters/04-gradient-descent/", "reference/likelihood/")
WHOLE = ("accessibility", "best-practices", "seo")
RUNS = int(os.environ.get("LIGHTHOUSE_RUNS", "3"))


def ask(address: str, kind: str, report: Path) -> dict[str, Any]:
    """Return one report of Lighthouse."""
    flags = f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}"
    command = ["npx", "--yes", f"lighthouse@{VERSION}", address, "--output=json", f"--output-path={report}", "--quiet"]
    environment = {**os.environ, "CHROME_PATH": chromium()}
    subprocess.run([*command, flags, *(["--preset=desktop"] if kind == "desktop" else [])], check=True, env=environment)
    return dict(json.loads(report.read_text(encoding="utf-8")))


def points(report: dict[str, Any], name: str) -> int:
    """Return a category's points of 100."""
    score: float = report["categories"][name]["score"]
    return round(100 * score)


def faults(page: str, kind: str, report: dict[str, Any]) -> list[str]:
    """Say what lacks points or goes over its budget, in a line each."""
    found = [
        f"{page or 'home'} ({kind}): {name} has {points(report, name)} points: {audit['id']}"
        for name in WHOLE
        for audit in report["categories"][name]["auditRefs"]
        if points(report, name) < 100 and report["audits"][audit["id"]]["score"] not in (None, 1)
    ]
    weighed = {"KiB": (kilobytes(report), limit(page)), "requests": (len(requests(report)), REQUESTS)}
    return found + [
        f"{page or 'home'} ({kind}): {number:.0f} {name}, more than {most}"
        for name, (number, most) in weighed.items()
        if number > most
    ]


def kilobytes(report: dict[str, Any]) -> float:
    """Return the KiB that went over the wire."""
    return float(report["audits"]["total-byte-weight"]["numericValue"]) / 1024


def requests(report: dict[str, Any]) -> list[str]:
    """Return the addresses that went over the wire."""
    items = report["audits"]["network-requests"]["details"]["items"]
    return [item["url"] for item in items if item["url"].startswith("http")]


def main() -> None:
    """Ask about each page and write the answers down."""
    if shutil.which("npx") is None:
        sys.exit("lighthouse.py needs npx, which comes with Node.js")
    results, wrong = [], []
    with whole_site() as address, tempfile.TemporaryDirectory() as folder:
        for page in PAGES:
            for kind in ("desktop", "mobile"):
                reports = [ask(address + page, kind, Path(folder) / "report.json") for _ in range(RUNS)]
                wrong += [fault for report in reports for fault in faults(page, kind, report)]
                speed = statistics.median(points(report, "performance") for report in reports)
                whole = {each: min(points(report, each) for report in reports) for each in WHOLE}
                case, scores = {"page": page or "home", "device": kind}, {"performance": speed, **whole}
                sys.stdout.write(f"{case} {scores}\n")
                results.append({"case": case, "points": scores, "weight": {"KiB": rounded(kilobytes(reports[0]), 4)}})
    write("lighthouse", results)
    sys.exit("\n".join(dict.fromkeys(wrong)) or None)


if __name__ == "__main__":
    main()
