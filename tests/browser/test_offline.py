"""The site of a release, unzipped and read without a server or a network: its pages, links, search and buttons."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from browser.test_pages import CHAPTERS, LABS

from logreg_docs.publish.release import zip_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser.visits import Watched
    from sites import Built

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(site: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a reader gets from the archive."""
    place = tmp_path_factory.mktemp("My downloads")
    zipfile.ZipFile(io.BytesIO(zip_site(site.folder, "logreg-docs-1.0"))).extractall(place)
    return place / "logreg-docs-1.0"


@pytest.fixture
def opened(watched: Callable[..., Watched]) -> Watched:
    return watched(offline=True, color_scheme="light")


def start(folder: Path, path: str = "") -> str:
    return (folder / path / "index.html").as_uri()


def test_links_between_files_lead_to_pages_and_not_to_folders(opened: Watched, folder: Path) -> None:
    page = opened.page
    page.goto(start(folder))
    for path in (CHAPTERS[1], CHAPTERS[2], LABS[0], "reference/", CHAPTERS[4]):
        page.locator(f"a[href$='/{path.split('/')[-2]}/']:visible").first.click()
        page.wait_for_url(start(folder, path))
        assert page.locator("h1").is_visible()
    page.locator(".md-footer__link--next").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(start(folder, CHAPTERS[5]))
    page.locator("a.md-logo").first.click()
    page.wait_for_url(start(folder))
    assert opened.complaints == []


def test_link_opened_in_another_tab_is_a_page(opened: Watched, folder: Path) -> None:
    page = opened.page
    page.goto(start(folder))
    with page.context.expect_page() as other:
        page.locator(f"a[href$='{CHAPTERS[1]}']:visible").first.click(modifiers=["Control"])
    other.value.wait_for_url(start(folder, CHAPTERS[1]))


def test_search_of_files_finds_a_term_and_leads_to_it(opened: Watched, folder: Path) -> None:
    page = opened.page
    page.goto(start(folder))
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


def test_code_of_a_file_can_be_copied_by_its_button(opened: Watched, folder: Path) -> None:
    page = opened.page
    page.goto(start(folder, CHAPTERS[1]))
    block = page.locator(".md-content__inner > .highlight:not(.output)").first
    block.hover()
    block.locator("button").first.click()
    page.locator(".md-dialog", has_text="Copied").wait_for()


def test_scheme_chosen_on_one_file_holds_on_the_next(opened: Watched, folder: Path) -> None:
    page = opened.page
    page.goto(start(folder))
    page.get_by_title("Switch to dark mode").click()
    page.goto(start(folder, CHAPTERS[2]))
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"


def test_explorable_of_a_file_is_its_still_figure_without_dead_controls(opened: Watched, folder: Path) -> None:
    page_with_one = next(path for path in CHAPTERS if 'class="lr-x' in (folder / path / "index.html").read_text())
    page = opened.page
    page.goto(start(folder, page_with_one))
    page.locator(".lr-x").first.scroll_into_view_if_needed()
    assert page.locator(".lr-x svg").first.is_visible()
    for kind in ("fieldset", "button", "input", "[tabindex='0'] .x-reach"):
        assert page.locator(f".lr-x {kind} >> visible=true").count() == 0
    assert opened.complaints == []
