"""Programs that some tests need besides Python and Chromium."""

from __future__ import annotations

import os
import shutil

import pytest

_FIREFOX = ("firefox-esr", "firefox")


def missing(name: str) -> str | None:
    """Say what to install for Firefox, WebKit or Java, if anything."""
    if name == "firefox":
        return (
            None if firefox_path() else "This needs Firefox: apt-get install firefox-esr, or set FIREFOX to its path."
        )
    if name == "java":
        return None if shutil.which("java") else "EPUBCheck needs Java: apt-get install default-jre-headless."
    if shutil.which("WebKitWebDriver") and shutil.which("Xvfb"):
        return None
    return "This needs WebKit and a display for it: apt-get install webkit2gtk-driver xvfb."


def need(name: str) -> None:
    """Leave the test out where a program is missing, or fail where none may be."""
    if said := missing(name):
        if os.environ.get("CI"):
            pytest.fail(said, pytrace=False)
        pytest.skip(said)


def firefox_path() -> str | None:
    """Return the path of Firefox, if there is one."""
    return os.environ.get("FIREFOX") or next(filter(None, map(shutil.which, _FIREFOX)), None)
