"""The content security policy in a browser: the site keeps it in all it does, and what is slipped in does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.test_pages import CHAPTERS, LABS, SCROLL

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visits import Watched
    from playwright.sync_api import Page, Route
    from sites import Built

pytestmark = pytest.mark.browser

LISTEN = """window.violations = []; document.addEventListener("securitypolicyviolation",
event => violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""


def listening(opened: Watched) -> Page:
    opened.page.add_init_script(LISTEN)
    return opened.page


def violations(page: Page) -> list[str]:
    return list(page.evaluate("() => violations"))


def test_page_opened_as_a_file_keeps_its_policy_and_searches(watched: Callable[..., Watched], site: Built) -> None:
    opened = watched()
    page = listening(opened)
    page.goto((site.folder / CHAPTERS[3] / "index.html").as_uri())
    page.evaluate(SCROLL)
    page.get_by_placeholder("Search").click()
    page.keyboard.type("momentum")
    page.locator(".md-search-result__link").first.wait_for()
    assert violations(page) == []
    assert opened.complaints == []


def test_search_scheme_copy_and_swapped_pages_keep_the_policy(
    watched: Callable[..., Watched], site_address: str
) -> None:
    opened = watched(color_scheme="light", permissions=["clipboard-read", "clipboard-write"])
    page = listening(opened)
    page.goto(site_address, wait_until="networkidle")
    page.get_by_title("Switch to dark mode").click()
    page.get_by_placeholder("Search").click()
    page.keyboard.type("momentum")
    page.locator(".md-search-result__link").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(f"a[href$='{CHAPTERS[3]}']:visible").first.click()
    page.wait_for_url(f"**/{CHAPTERS[3]}")
    page.locator("lr-likelihood").wait_for(state="attached")  # the address changes before the page does
    # The chapter with explorables comes under the policy of the first page, and its scripts run there.
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(f"**/{CHAPTERS[4]}")
    page.locator("lr-gradient-descent").scroll_into_view_if_needed()
    page.locator("lr-gradient-descent[data-ready]").wait_for()
    block = page.locator(".md-content__inner > .highlight:not(.output)").first
    block.hover()
    block.locator("button").first.click()
    page.locator(".md-dialog", has_text="Copied").wait_for()
    page.evaluate("() => [...document.querySelectorAll('.tabbed-labels label')].forEach(label => label.click())")
    page.evaluate(SCROLL)
    assert violations(page) == []
    assert opened.complaints == []


@pytest.mark.parametrize("path", [CHAPTERS[1], LABS[0]])
def test_script_slipped_into_a_page_does_not_run(path: str, watched: Callable[..., Watched], site_address: str) -> None:
    page = listening(watched())

    def slip_in(route: Route) -> None:
        answer = route.fetch()
        html = answer.text().replace("</h1>", "</h1><script>window.slipped = 1</script><img src=x onerror=slipped=1>")
        route.fulfill(response=answer, body=html)

    page.route(f"**/{path}", slip_in)
    page.goto(site_address + path, wait_until="networkidle")
    assert page.evaluate("() => window.slipped") is None
    assert [line.split()[:2] for line in violations(page)] == [
        ["script-src-elem", "inline"],
        ["script-src-attr", "inline"],
    ]


def test_request_to_another_site_is_not_sent(watched: Callable[..., Watched], site_address: str) -> None:
    opened = watched()
    page = listening(opened)
    page.goto(site_address)
    assert page.evaluate("() => fetch('https://example.org/').then(() => 'sent', () => 'kept')") == "kept"
    page.wait_for_function("() => violations.some(line => line.startsWith('connect-src'))")
