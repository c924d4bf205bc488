"""While a page comes: nothing is styled again, and nothing that is not yet whole pushes the rest about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visits import Watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["", "chapters/04-gradient-descent/"])
def test_script_of_the_theme_brings_no_new_style_sheet(
    path: str, site_address: str, watched: Callable[..., Watched]
) -> None:
    """A new one styles and lays out the whole page again, even if it says the same."""
    page = watched().page
    page.add_init_script(
        """document.onreadystatechange = () => {
          if (document.readyState == "interactive") for (const sheet of document.styleSheets) sheet.ours = true }"""
    )
    page.goto(site_address + path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => [...document.styleSheets].every(sheet => sheet.ours)")
    assert page.locator("meta[name=color-scheme]").count() == 0


@pytest.mark.parametrize("width", [390, 1000, 1280, 1600])
def test_the_search_stands_aside_before_what_pushes_it_has_come(
    width: int, site_address: str, watched: Callable[..., Watched]
) -> None:
    page = watched(viewport={"width": width, "height": 900}).page
    html = page.request.get(site_address).text()
    rest = html.index('<div class="md-header__source"')
    page.goto(site_address)
    page.evaluate("html => { document.open(); document.write(html) }", html[:rest])
    search = page.locator(".md-search")
    expect(search).to_have_count(1)
    before = search.bounding_box()
    page.evaluate("html => { document.write(html); document.close() }", html[rest:])
    expect(page.locator(".md-header__source")).to_have_count(1)
    assert search.bounding_box() == before


@pytest.mark.parametrize("path", ["notation/", "reference/gradient_descent/"])
def test_a_table_is_left_out_until_it_is_whole(path: str, site_address: str, watched: Callable[..., Watched]) -> None:
    """Every row that arrives may change the columns."""
    page = watched().page
    html = page.request.get(site_address + path).text()
    rows = html.index("</tr>", html.index("<tbody>", html.index("lr-table"))) + len("</tr>")
    page.goto(site_address + path)
    page.evaluate("html => { document.open(); document.write(html) }", html[:rows])
    table = page.locator(".lr-table").first
    expect(table.locator("tbody tr")).to_have_count(1)
    expect(table).to_be_hidden()
    page.evaluate("html => { document.write(html); document.close() }", html[rows:])
    expect(table).to_be_visible()
