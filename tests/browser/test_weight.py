"""What the build takes out of the site is not missed: every element looks as it does under the full style sheets."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sites import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

# Looks of every element that stands in a chain of elements unlike any before, with what CSS puts around it.
LOOKS = """() => {
  const chains = new Map(), chain = e => e ? chain(e.parentElement) + ">" + e.tagName + "." + [...e.classList] : "";
  for (const e of document.querySelectorAll("*")) {
    if (e.closest("svg,head") && !e.matches("svg")) continue;
    const marks = [...e.attributes].filter(a => /^(?:data-md|hidden|open|type)/.test(a.name));
    const key = chain(e) + marks.map(a => a.value);
    if (chains.has(key)) continue;
    chains.set(key, ["", "::before", "::after"].map(part => {
      const style = getComputedStyle(e, part || null), names = [...style].filter(name => !name.startsWith("--"));
      return names.map(name => name + ":" + style.getPropertyValue(name)).join(";");
    }));
  }
  return [...chains];
}"""
SWAP = """async () => {
  const link = document.querySelector("link[href*='assets/site.']");
  const loaded = new Promise(done => { link.onload = done });
  link.href = link.href.replace(/site[.].*/, "full.css");
  await loaded;
}"""
SETTLED = """async () => {
  await document.fonts.load('16px "LR Math"');
  await document.fonts.ready;
  document.body.style.paddingLeft = "1px";  // Chromium keeps the margins of an earlier layout
  document.body.offsetHeight;
  document.body.style.paddingLeft = "";
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
STILL = "* { transition: none !important; animation: none !important; caret-color: auto !important }"
PAGES = ["", "chapters/05-pytorch/", "reference/separation/", "glossary/", "labs/real_data/"]


def full_sheet() -> str:
    """Return what the build had before it cut: Material's sheet, ours and that of mkdocstrings."""
    material, handlers = (
        Path(find_spec(name).submodule_search_locations[0]) for name in ("material", "mkdocstrings_handlers")
    )
    (main,) = material.glob("templates/assets/stylesheets/main.*.min.css")
    return "\n".join(
        path.read_text().replace('@charset "UTF-8";', "")
        for path in (main, ROOT / "docs/assets/style.css", handlers / "python/templates/material/style.css")
    )


def changed_looks(page: Page) -> list[str]:
    """Return where an element looks unlike itself under the full sheets."""
    page.add_style_tag(content=STILL)
    page.route("**/assets/full.css", lambda route: route.fulfill(body=full_sheet(), content_type="text/css"))
    page.evaluate(SETTLED)
    lean = page.evaluate(LOOKS)
    assert len(lean) > 100
    page.evaluate(SWAP)
    page.evaluate(SETTLED)
    full = page.evaluate(LOOKS)
    return [
        f"{key[-200:]} {before} -> {after}"
        for (key, old), (_, new) in zip(lean, full, strict=True)
        for one, other in zip(old, new, strict=True)
        for before, after in zip(one.split(";"), other.split(";"), strict=False)
        if before != after
    ]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_cut_style_sheet_changes_no_look(
    path: str, scheme: str, width: int, watched: Callable[..., Watched], site_address: str
) -> None:
    page = watched(color_scheme=scheme, viewport={"width": width, "height": 900}).page
    page.goto(site_address + path, wait_until="networkidle")
    page.evaluate("() => document.querySelectorAll('details').forEach(e => { e.open = true })")
    assert changed_looks(page) == []


def open_search(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("momentum")
    page.locator(".md-search-result__link").first.wait_for()


def open_drawer(page: Page) -> None:
    page.evaluate("() => { document.querySelector('#__drawer').checked = true }")


def choose_tab(page: Page) -> None:
    page.locator(".tabbed-labels label").nth(1).click()


def copy_code(page: Page) -> None:
    block = page.locator(".highlight:not(.output)").first
    block.hover()
    block.locator("button").first.click()
    page.locator(".md-dialog--active").wait_for()


def show_tooltip(page: Page) -> None:
    page.locator("a.lr-term").first.focus()
    page.locator("[role=tooltip]").first.wait_for()


def go_down_and_up(page: Page) -> None:
    page.mouse.wheel(0, 3000)
    page.wait_for_timeout(300)
    page.mouse.wheel(0, -600)
    page.wait_for_function("() => !document.querySelector('.md-top').hidden")


@pytest.mark.parametrize(
    ("act", "width"),
    [
        (open_search, 390),
        (open_search, 1280),
        (open_drawer, 390),
        (choose_tab, 1280),
        (copy_code, 1280),
        (show_tooltip, 1280),
        (go_down_and_up, 1280),
    ],
)
def test_cut_style_sheet_changes_no_look_of_what_a_script_makes(
    act: Callable[[Page], None], width: int, watched: Callable[..., Watched], site_address: str
) -> None:
    page = watched(viewport={"width": width, "height": 900}, permissions=["clipboard-read", "clipboard-write"]).page
    page.goto(site_address + "chapters/01-linear-regression/", wait_until="networkidle")
    act(page)
    assert changed_looks(page) == []
