"""Fixtures that several test files share, the order of the tests, and what `--deep` does more."""

from __future__ import annotations

import gc
from itertools import chain, groupby
from typing import TYPE_CHECKING

import psutil
import pytest
from browser.chromium import chromium
from hypothesis import settings
from page_runner import forked_runs
from sites import STARTS, Built, SharedSites, SmallSite, explorable_names, served

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from page_runner import Run

# A loaded machine is slow, not wrong. The examples repeat, so that a red run means a change; deep runs try new ones.
settings.register_profile("logreg", deadline=None, derandomize=True)
settings.register_profile("deep", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("logreg")

SITES = pytest.StashKey[SharedSites]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="try ten times as many examples, and every page of a kind")


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(100_000)  # looking for garbage among the objects of thousands of tests takes a tenth of the time
    if config.getoption("deep"):
        settings.load_profile("deep")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Have one worker more than processors, since now and then one waits for a browser, a kernel or a clock."""
    return (psutil.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("deep"):
        some = set(explorable_names()[::3])
        config.hook.pytest_deselected(items=[item for item in items if waits_for_the_night(item, some)])
        items[:] = [item for item in items if not waits_for_the_night(item, some)]
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        dealt = deal(items, workers)
        assert {*dealt} == {*items}, "what is dealt wrong would not be run, and nobody would hear of it"
        items[:] = dealt


def waits_for_the_night(item: pytest.Item, some: set[str]) -> bool:
    """Whether only a deep run has this test: it takes long, or what explorables have in common is asked of another."""
    if item.get_closest_marker("alike"):
        return item.cls.name not in some  # type: ignore[attr-defined]  # a method of ExplorableChecks
    return item.get_closest_marker("deep") is not None


def deal(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Order tests for workers that get an equal share each, one after the other, and steal from the end of another's.

    What takes long comes first, each to another worker; what needs a site later, and the many short tests are left for
    the end, each file with one worker or two, since each must import it and may start a browser for it.
    """
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for _, alike in groupby(sorted(items, key=rank), key=rank):
        units = [list(together) for _, together in groupby(alike, key=unit)]
        total, before = sum(map(len, units)), 0
        for together in units:
            long = together[0].get_closest_marker("long")
            share = min(shares, key=len) if long else shares[before * workers // total]
            share.extend(together)
            before += len(together)
    return list(chain(*shares))


def rank(item: pytest.Item) -> int:
    """Return how late a test may come."""
    long, waits = item.get_closest_marker("long") is not None, bool(STARTS.keys() & fixtures(item))
    return 2 - long if waits else 3 - 3 * long


def unit(item: pytest.Item) -> tuple[str, ...]:
    """Return what tests have in common that a worker makes once: a browser and a page of it, or what a file keeps."""
    if long := item.get_closest_marker("long"):
        return (str(item.path), *long.args) if long.args else (item.nodeid,)
    return (str(item.path), str(item.callspec.params.get("path")) if hasattr(item, "callspec") else "")


def fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start building the sites that the tests of this run need."""
    config, worker = session.config, hasattr(session.config, "workerinput")
    if config.option.collectonly:
        return
    if not worker:
        want_browser(item.nodeid for item in session.items)
    if needed := STARTS.keys() & set().union(*map(fixtures, session.items)):
        folder = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # what the fixture of this name returns
        config.stash[SITES] = SharedSites(folder.parent if worker else folder, needed)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: list[str]) -> None:
    want_browser(ids)


def want_browser(ids: Iterable[str]) -> None:
    """Stop at the start, and not at each test, where these tests need a browser and there is none."""
    if any(name.startswith("tests/browser/") for name in ids):
        try:
            chromium()
        except RuntimeError as error:
            pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if sites := session.config.stash.get(SITES, None):
        sites.close(kill=bool(session.shouldstop or session.shouldfail) or exitstatus == pytest.ExitCode.INTERRUPTED)


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Built:
    """The whole site, built with an empty cache."""
    return request.config.stash[SITES].get("site")


@pytest.fixture(scope="session")
def explorables_site(request: pytest.FixtureRequest) -> Built:
    """A small site under the real theme: a page for each explorable, all of them twice on one, and none on another."""
    return request.config.stash[SITES].get("explorables_site")


@pytest.fixture
def small_site(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return SmallSite(tmp_path / "project", downloads=tmp_path_factory.getbasetemp() / "downloads")


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run the text of a page."""
    with forked_runs() as runs:
        yield runs


@pytest.fixture(scope="session")
def site_address(site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The built site served under a project's sub-path, as GitHub Pages does."""
    with served(site.folder, tmp_path_factory.mktemp("www")) as address:
        yield address


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once for each reason why tests were left out."""
    for reason in sorted({report.longrepr[2] for report in terminalreporter.getreports("skipped")}):
        terminalreporter.write_line(reason)
