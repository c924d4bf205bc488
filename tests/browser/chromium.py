"""Find Chromium for the browser tests; as a program, get one where there is none, or say in a line what to install."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MISSING = (
    "The browser tests need Chromium, and none that starts was found: apt-get install chromium-headless-shell, or"
    " .venv/bin/playwright install --with-deps chromium-headless-shell, or set CHROMIUM to the path of one;"
    " or leave these tests out: pytest -m 'not browser'"
)
# A browser that looks up nothing of its own.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@functools.cache
def chromium() -> str:
    """Return the path of the browser, or say how to get one."""
    path = find()
    if path is None:
        raise RuntimeError(MISSING)
    return path


def find() -> str | None:
    """Return the path of a browser, if there is one."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    return next(filter(starts, map(shutil.which, NAMES)), None) or playwrights_own()


def starts(path: str | None) -> bool:
    """Whether there is a browser: Ubuntu's `chromium-browser` may be a text, and a download may lack libraries."""
    return path is not None and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def playwrights_own() -> str | None:
    """Return the browser that this release of Playwright has downloaded, if it has."""
    folders = re.findall(r"Install location: +(.+)", install("--dry-run").stdout)
    inside = [str(path) for folder in folders for path in Path(folder).glob("*/*")]
    shells = [path for path in inside if re.search(r"headless[-_]shell(\.exe)?$", path) and "LICENSE" not in path]
    return next(filter(starts, shells), None)


def install(*options: str) -> subprocess.CompletedProcess[str]:
    """Ask Playwright's installer."""
    command = [sys.executable, "-m", "playwright", "install", *options, NAMES[0]]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> None:
    """Find a browser or download one."""
    if find() is None and not os.environ.get("CHROMIUM"):
        install()
    if find() is None:
        sys.exit(MISSING)


if __name__ == "__main__":
    main()
