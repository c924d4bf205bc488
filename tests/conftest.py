"""Fixtures that several test files share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sites import ROOT, Built, SmallSite, build, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A loaded machine is slow, not wrong. The examples repeat, so that a red run means a change.
settings.register_profile("logreg", deadline=None, derandomize=True)
settings.load_profile("logreg")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The whole site, built with an empty cache."""
    folder = tmp_path_factory.mktemp("site")
    built = build(ROOT, folder / "site", folder / "cache", LOGREG_DOCS_SHOWN=str(folder / "shown"))
    assert built.code == 0, built.log
    return built


@pytest.fixture
def small_site(tmp_path: Path) -> SmallSite:
    return SmallSite(tmp_path / "project")


@pytest.fixture(scope="session")
def site_address(site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The built site served under a project's sub-path, as GitHub Pages does."""
    with served(site.folder, tmp_path_factory.mktemp("www")) as address:
        yield address


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once for each reason why tests were left out."""
    for reason in sorted({report.longrepr[2] for report in terminalreporter.getreports("skipped")}):
        terminalreporter.write_line(reason)
