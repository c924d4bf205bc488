"""A first visit over a slow line: light, nothing jumps, and no script of the site keeps the page busy."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from sites import Built, served
from test_pages import CHAPTERS, LABS, PAGES
from visits import PHONE, REQUESTS, Visit, visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    First = Callable[[str], Visit]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def slow_address(site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(site.folder, tmp_path_factory.mktemp("slow"), pause=0.02) as address:
        yield address


@pytest.fixture(scope="module")
def first(browser: Browser, slow_address: str) -> First:
    return functools.cache(lambda path: visit(browser, slow_address + path))


def assert_steady(visited: Callable[[int], Visit]) -> None:
    """Ask for one steady visit of eight: what jumps in every visit fails, what jumps now and then goes unnoticed."""
    for again in range(8):
        found = visited(again)
        if found.layout_shift < 0.005:  # a twentieth of what counts as good
            return
    pytest.fail(str(found.shifts))


@pytest.mark.parametrize("path", PAGES)
def test_first_visit_stays_within_its_budget(path: str, first: First) -> None:
    found = first(path)
    assert found.kilobytes <= found.limit
    assert len(found.requests) <= REQUESTS, found.requests


@pytest.mark.parametrize("path", PAGES)
def test_nothing_jumps_while_a_page_loads(path: str, first: First, browser: Browser, slow_address: str) -> None:
    assert_steady(lambda again: visit(browser, slow_address + path) if again else first(path))


@pytest.mark.parametrize("path", PAGES)
def test_no_script_of_the_site_keeps_a_page_busy(path: str, first: First) -> None:
    assert first(path).longest_task < (200, "")


@pytest.mark.parametrize("path", ["", CHAPTERS[0], "errata/", LABS[0], "reference/likelihood/"])
def test_nothing_jumps_on_a_phone(path: str, browser: Browser, slow_address: str) -> None:
    assert_steady(lambda _: visit(browser, slow_address + path, **PHONE))
