"""Print the chapters of a built site: `python -m logreg_docs.publish.paper site --browser /usr/bin/chromium`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from logreg_docs.publish.paper.epub import write_epub
from logreg_docs.publish.paper.parts import PaperError
from logreg_docs.publish.paper.pdf import print_site
from logreg_docs.publish.postprocess.checksums import write_checksums
from logreg_docs.publish.repository import commit_time

_UNKNOWN = 315532800  # seconds at the start of 1980, the time of what has none


def main() -> None:
    """Print a site and make it an EPUB, say which files were written, and take them into its checksums."""
    parser = argparse.ArgumentParser(prog="python -m logreg_docs.publish.paper", description=main.__doc__)
    parser.add_argument("site", type=Path, help="the folder of a built site")
    parser.add_argument("--browser", required=True, help="the path of a Chromium")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.browser, args=["--no-sandbox"])
        try:
            page = browser.new_page()
            _say(write_epub(page, given.site, _last_change()))
            for path in print_site(page, given.site):
                _say(path)
        except PaperError as error:
            sys.exit(str(error))
        finally:
            browser.close()
    write_checksums(given.site)


def _say(path: Path) -> None:
    sys.stdout.write(f"{path}: {path.stat().st_size / 2**20:.2f} MiB\n")
    sys.stdout.flush()


def _last_change() -> int:
    """Return when the project was changed last, in seconds since 1970: two books of one commit are the same."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or commit_time(Path.cwd()) or _UNKNOWN)


if __name__ == "__main__":
    main()
