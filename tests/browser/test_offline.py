"""The built site read from a folder, without a server: its pages, links, search and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.test_pages import CHAPTERS, LABS

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visits import Watched
    from sites import Built

pytestmark = pytest.mark.browser


def start(site: Built, path: str = "") -> str:
    return (site.folder / path / "index.html").as_uri()


def test_links_between_files_lead_to_pages_and_not_to_folders(watched: Callable[..., Watched], site: Built) -> None:
    opened = watched()
    page = opened.page
    page.goto(start(site))
    for path in (CHAPTERS[1], CHAPTERS[2], LABS[0], "reference/", CHAPTERS[4]):
        page.locator(f"a[href$='/{path.split('/')[-2]}/']:visible").first.click()
        page.wait_for_url(start(site, path))
        assert page.locator("h1").is_visible()
    page.locator(".md-footer__link--next").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(start(site, CHAPTERS[5]))
    page.locator("a.md-logo").first.click()
    page.wait_for_url(start(site))
    assert opened.complaints == []


def test_link_opened_in_another_tab_is_a_page(watched: Callable[..., Watched], site: Built) -> None:
    page = watched().page
    page.goto(start(site))
    with page.context.expect_page() as other:
        page.locator(f"a[href$='{CHAPTERS[1]}']:visible").first.click(modifiers=["Control"])
    other.value.wait_for_url(start(site, CHAPTERS[1]))


def test_search_of_files_finds_a_term_and_leads_to_it(watched: Callable[..., Watched], site: Built) -> None:
    opened = watched()
    page = opened.page
    page.goto(start(site))
    page.get_by_placeholder("Search").click()
    page.keyboard.type("momentum")
    result = page.locator(".md-search-result__link[href*='?h=momentum']").first  # not that of a shorter prefix
    result.wait_for()
    assert "Gradient descent" in page.locator(".md-search-result__list").inner_text()
    result.click()
    page.wait_for_url("file:**/index.html?h=momentum*")
    page.locator(".md-content mark").first.wait_for()  # the closed search keeps articles with marks of its own
    assert all(url.startswith("file:") for url in opened.loaded())
    assert opened.complaints == []


def test_code_of_a_file_can_be_copied_by_its_button(watched: Callable[..., Watched], site: Built) -> None:
    page = watched().page
    page.goto(start(site, CHAPTERS[1]))
    block = page.locator(".md-content__inner > .highlight:not(.output)").first
    block.hover()
    block.locator("button").first.click()
    page.locator(".md-dialog", has_text="Copied").wait_for()


def test_scheme_chosen_on_one_file_holds_on_the_next(watched: Callable[..., Watched], site: Built) -> None:
    page = watched(color_scheme="light").page
    page.goto(start(site))
    page.get_by_title("Switch to dark mode").click()
    page.goto(start(site, CHAPTERS[2]))
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"


def test_explorable_of_a_file_is_its_still_figure_without_dead_controls(
    watched: Callable[..., Watched], site: Built
) -> None:
    page_with_one = next(path for path in CHAPTERS if 'class="lr-x' in (site.folder / path / "index.html").read_text())
    opened = watched()
    page = opened.page
    page.goto(start(site, page_with_one))
    page.locator(".lr-x").first.scroll_into_view_if_needed()
    assert page.locator(".lr-x svg").first.is_visible()
    for kind in ("fieldset", "button", "input", "[tabindex='0'] .x-reach"):
        assert page.locator(f".lr-x {kind} >> visible=true").count() == 0
    assert opened.complaints == []
