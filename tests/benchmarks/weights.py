"""Weigh a first visit to every page: bytes over the wire, requests and what jumps. Called by `make bench`."""

from __future__ import annotations

from benchmarks.report import rounded, write
from browser.chromium import ARGUMENTS, chromium
from browser.test_pages import PAGES
from browser.visits import limit, visit
from playwright.sync_api import sync_playwright
from sites import whole_site


def main() -> None:
    """Visit each page once."""
    results = []
    with whole_site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for page in PAGES:
            found = visit(browser, address + page)
            numbers = {"KiB": rounded(found.kilobytes, 4), "limit": limit(page), "requests": len(found.requests)}
            case = {"page": page or "home"}
            results.append({"case": case, "first visit": numbers, "layout shift": round(found.layout_shift, 4)})
        browser.close()
    write("weights", results)


if __name__ == "__main__":
    main()
