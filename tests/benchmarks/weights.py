"""Weigh a first visit to every page: bytes over the wire, requests and what jumps. Called by `make bench`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from report import rounded, write
from sites import ROOT, build, served
from test_pages import PAGES
from visits import ARGUMENTS, chromium, visit


def main() -> None:
    """Build the site and visit each page once."""
    path = chromium()
    if path is None:
        sys.exit("weights.py needs Chromium: apt-get install chromium, or set CHROMIUM to its path")
    results = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        built = build(ROOT, Path(folder) / "site", Path(os.environ.get("LOGREG_DOCS_CACHE") or ROOT / ".cache"))
        if built.code:
            sys.exit(built.log)
        (Path(folder) / "www").mkdir()
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        with served(built.folder, Path(folder) / "www") as address:
            for page in PAGES:
                found = visit(browser, address + page)
                numbers = {"KiB": rounded(found.kilobytes, 4), "limit": found.limit, "requests": len(found.requests)}
                case = {"page": page or "home"}
                results.append({"case": case, "first visit": numbers, "layout shift": round(found.layout_shift, 4)})
        browser.close()
    write("weights", results)


if __name__ == "__main__":
    main()
