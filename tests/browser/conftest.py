"""A real Chromium, and a page of it that remembers what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser.chromium import ARGUMENTS, chromium
from browser.visits import PATIENCE, PHONE, Watched
from playwright.sync_api import Browser, BrowserContext, Locator, expect, sync_playwright
from sites import Built, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


expect.set_options(timeout=PATIENCE)


# Not for the session: Playwright runs an event loop that nothing else may share.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Open pages in a fresh context each, with any settings of Playwright's."""
    contexts: list[BrowserContext] = []

    def opened(**settings: Any) -> Watched:
        contexts.append(browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | settings)))
        return Watched(contexts[-1])

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def explorables_address(explorables_site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site of the explorables, served."""
    with served(explorables_site.folder, tmp_path_factory.mktemp("www")) as address:
        yield address


@pytest.fixture(scope="class")
def at_rest(
    request: pytest.FixtureRequest, browser: Browser, explorables_address: str
) -> Iterator[tuple[Watched, Locator]]:
    """The explorable of a class of checks, visited once for all that look and move nothing."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        opened = Watched(context)
        yield opened, request.cls().figure(opened.page, explorables_address)


@pytest.fixture(scope="class")
def on_phone(
    request: pytest.FixtureRequest, browser: Browser, explorables_address: str
) -> Iterator[tuple[Watched, Locator]]:
    """The same on a phone."""
    with browser.new_context(**PHONE) as context:
        opened = Watched(context)
        yield opened, request.cls().figure(opened.page, explorables_address)
