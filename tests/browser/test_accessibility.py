"""Whoever sees little, hears the page or has no mouse gets all of it."""

from __future__ import annotations

import unicodedata
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from browser.test_pages import CHAPTERS
from browser.visits import PHONE, WAKE

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visits import Watched
    from playwright.sync_api import Page

    Open = Callable[..., Watched]

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()

# Everything that a click would open.
OPEN_ALL = """() => {
  const style = document.createElement("style");
  style.textContent = ".tabbed-block{display:block!important}*{transition:none!important}";
  document.head.append(style);
  for (const node of document.querySelectorAll("details")) node.open = true;
}"""
FOUND = ".md-search-result__link[href*='?h=logit']"  # not those of a shorter prefix, which are about to go
# Contrast takes the time, so two texts of every look are tried: of the same colours, size, weight and grounds; `seen`
# counts them, on this page and others. Formulas and code have the colours of the palette, which test_figures_palette
# holds.
FAULTS = """async ([seen, contrast]) => {
  const faults = [], run = async (where, options) =>
    faults.push(...(await axe.run(where, {resultTypes: ["violations"], ...options})).violations
      .map(({id, nodes}) => [document.body.dataset.mdColorScheme, id, nodes.map(node => node.html.slice(0, 200))]));
  const look = node => {
    const {color, fontSize, fontWeight} = getComputedStyle(node), grounds = [];
    for (let up = node; up; up = up.parentElement) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(up);
      grounds.push(backgroundColor, backgroundImage, opacity);
    }
    return [color, fontSize, fontWeight, ...new Set(grounds)].join();
  };
  const mark = () => {
    for (const node of document.querySelectorAll("body *:not(math, math *, pre span)")) {
      const words = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
      if (!words || !node.checkVisibility()) continue;
      const key = look(node);
      seen[key] = (seen[key] ?? 0) + 1;
      node.toggleAttribute("data-tried", seen[key] <= 2);
    }
  };
  await run(document, {rules: {"color-contrast": {enabled: false}}});
  for (const scheme of contrast ? ["default", "slate"] : []) {
    document.body.dataset.mdColorScheme = scheme;
    mark();
    if (document.querySelector("[data-tried]"))
      await run({include: [["[data-tried]"]], exclude: [["math"], ["pre span"]]}, {runOnly: ["color-contrast"]});
  }
  return [faults, seen];
}"""
TOKENS = "mi,mn,mo,mtext,ms"
STRUCTURE = {"MathMLFraction": "mfrac", "MathMLSup": "msup", "MathMLSub": "msub", "MathMLSquareRoot": "msqrt"}


def plain(text: str) -> str:
    """Return text without spaces and with the letters of formulas as plain ones."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def axe(page: Page, seen: dict[str, int] | None = None, *, contrast: bool = True) -> object:
    """Return what axe finds, perhaps without the contrast of texts, which takes as long as all the rest.

    `seen` says how many texts of a look were tried on other pages, and is brought up to date. Where other pages do not
    count, every look of this one is tried.
    """
    page.evaluate(AXE)
    faults, found = page.evaluate(FAULTS, [seen or {}, contrast])
    if seen is not None:
        seen |= found
    return faults


def test_axe_finds_nothing_on_the_page_for_missing_ones(watched: Open, site_address: str) -> None:
    page = watched(color_scheme="light").page
    page.goto(site_address + "no/such/page/", wait_until="networkidle")
    page.evaluate(OPEN_ALL)
    page.evaluate(WAKE)
    assert axe(page) == []


@pytest.mark.parametrize("path", [CHAPTERS[2], pytest.param(CHAPTERS[4], marks=pytest.mark.deep)])
def test_every_formula_reaches_a_screen_reader_with_its_structure(path: str, watched: Open, site_address: str) -> None:
    """Screen readers speak MathML by themselves: what counts is that they get all of it, and the TeX not as well."""
    page = watched().page
    page.goto(site_address + path)
    page.evaluate(OPEN_ALL)
    page.evaluate(WAKE)
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    known = {node["nodeId"]: node for node in nodes if not node.get("ignored")}
    every = {node["nodeId"]: node for node in nodes}

    def spoken(node: dict[str, Any]) -> str:
        if node["role"]["value"] == "StaticText":
            return str(node["name"]["value"])
        return "".join(spoken(every[child]) for child in node.get("childIds", []) if child in every)

    heard = [plain(spoken(n)) for n in known.values() if n["role"]["value"] == "MathMLMath"]
    written = page.locator("math").evaluate_all(
        f"all => all.map(m => [...m.querySelectorAll('{TOKENS}')].map(t => t.textContent).join(''))"
    )
    assert written
    assert sorted(heard) == sorted(map(plain, written))
    for role, tag in STRUCTURE.items():
        there = page.locator(f"math {tag}").count()
        assert sum(node["role"]["value"] == role for node in known.values()) == there, tag


SETTLE = "() => Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => null)))"


def test_axe_finds_nothing_in_search_results(watched: Open, site_address: str) -> None:
    page = watched(color_scheme="light", reduced_motion="reduce").page
    page.goto(site_address + CHAPTERS[0])
    page.keyboard.press("/")
    page.keyboard.type("logit")
    page.locator(FOUND).first.wait_for()
    page.evaluate(SETTLE)
    assert axe(page) == []


@pytest.mark.parametrize("sheet", ["navigation", "contents", "search"])
def test_axe_finds_nothing_in_the_sheets_of_a_phone(sheet: str, watched: Open, site_address: str) -> None:
    page = watched(color_scheme="light", reduced_motion="reduce", **PHONE).page
    page.goto(site_address + CHAPTERS[0], wait_until="load")
    if sheet == "search":
        page.locator(".md-header__button[for=__search]").click()
        page.keyboard.type("logit")
        page.locator(FOUND).first.wait_for()
    else:
        page.locator(".md-header__button[for=__drawer]").click()
        page.locator(".md-sidebar--primary .md-nav__link--active:visible").first.wait_for()
    if sheet == "contents":
        page.locator("label.md-nav__link[for=__toc]").click()
        page.locator(".md-nav--secondary .md-nav__link:visible").first.wait_for()
    page.evaluate(SETTLE)
    assert axe(page) == []
