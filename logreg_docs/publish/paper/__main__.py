"""Print the chapters of a built site: `python -m logreg_docs.publish.paper site --browser /usr/bin/chromium`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from logreg_docs.publish.paper.parts import PaperError
from logreg_docs.publish.paper.pdf import print_site
from logreg_docs.publish.postprocess.checksums import write_checksums


def main() -> None:
    """Print a site, say which files were written, and take them into its checksums."""
    parser = argparse.ArgumentParser(prog="python -m logreg_docs.publish.paper", description=main.__doc__)
    parser.add_argument("site", type=Path, help="the folder of a built site")
    parser.add_argument("--browser", required=True, help="the path of a Chromium")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.browser, args=["--no-sandbox"])
        try:
            for path in print_site(browser.new_page(), given.site):
                sys.stdout.write(f"{path}: {path.stat().st_size / 2**20:.2f} MiB\n")
                sys.stdout.flush()
        except PaperError as error:
            sys.exit(str(error))
        finally:
            browser.close()
    write_checksums(given.site)


if __name__ == "__main__":
    main()
