"""Without a mouse: every control of a chapter is reached in order, seen, named and worked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser.test_pages import CHAPTERS
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visits import Watched
    from playwright.sync_api import Page

    Open = Callable[..., Watched]

pytestmark = pytest.mark.browser

CHAPTER = CHAPTERS[1]
KINDS = {
    "skip link": ".md-skip",
    "search": ".md-search__input",
    "scheme": "[data-md-component=palette] input",
    "page in the navigation": ".md-sidebar--primary a",
    "section in the contents": ".md-sidebar--secondary a",
    "link": "article p a",
    "tab": ".tabbed-set > input",
    "answer": "summary",
    "field or button of an exercise": "lr-answer :is(input,button)",
    "copy button": ".md-code__button",
    "control of an explorable": ".lr-x :is(input,button)",
    "handle of an explorable": ".lr-x svg [tabindex]",
    "next page": ".md-footer__link",
}
PREPARE = """async kinds => {
  for (const node of document.querySelectorAll(".lr-x,lr-answer")) {
    node.scrollIntoView({block: "center", behavior: "instant"});
    while (!("ready" in node.dataset)) await new Promise(go => setTimeout(go, 20));
  }
  scrollTo(0, 0);
  const look = node => {
    const {outlineStyle, outlineWidth, outlineColor, boxShadow, stroke, strokeWidth} = getComputedStyle(node);
    const outline = outlineStyle === "none" || outlineWidth === "0px" ? "" : outlineWidth + outlineColor;
    return [outline, boxShadow, stroke, strokeWidth].join();
  };
  const ring = node => [node, ...node.querySelectorAll("*")].filter(part => part.checkVisibility()).map(look).join(";");
  // What shows that a box without a face of its own has the focus is its label.
  const face = node => {
    const box = node.getBoundingClientRect(), label = node.labels?.[0];
    if (node.matches(".md-option")) return node.nextElementSibling;
    const bare = box.width < 2 || box.height < 2 || getComputedStyle(node).opacity === "0";
    return node.matches("input") && bare && label ? label : node;
  };
  const all = "a[href],button,input,select,textarea,summary,[tabindex]";
  const stops = () => [...document.querySelectorAll(all)].filter(node => node.tabIndex >= 0 && !node.disabled
    && node.checkVisibility() && face(node).checkVisibility({visibilityProperty: true})
    && !(node.type === "radio" && !node.checked));
  window.walk = {kinds, ring, face, stops, met: [], calm: new Map()};
  for (const node of document.querySelectorAll(all)) walk.calm.set(node, ring(face(node)));
}"""
# Named as for a reader of the screen; seen where it stands after the browser has scrolled to it.
STOP = """() => {
  const node = document.activeElement, {kinds, ring, face, met, calm} = walk, shown = face(node);
  if (node === document.body || met.includes(node)) return null;
  const before = met.at(-1), boxes = [...shown.getClientRects()].filter(box => box.width && box.height);
  met.push(node);
  const seen = boxes.some(box => {
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    const hit = left < right && top < bottom && document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return hit && (shown.contains(hit) || hit.contains(shown));
  });
  return {
    html: node.outerHTML.slice(0, 140), seen, ring: calm.get(node) !== ring(shown),
    kinds: Object.keys(kinds).filter(kind => node.matches(kinds[kind])),
    follows: !before || Boolean(before.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING),
  };
}"""
MISSED = "() => walk.stops().filter(node => !walk.met.includes(node)).map(node => node.outerHTML.slice(0, 140))"


def walk(page: Page, limit: int = 1500) -> list[dict[str, Any]]:
    """Press Tab from the top of the page until the focus leaves it or comes back."""
    stops: list[dict[str, Any]] = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return stops
        stops.append(stop)
    pytest.fail(f"Tab never leaves the page: {stops[-3:]}")


@pytest.fixture
def chapter(watched: Open, site_address: str) -> Page:
    page = watched(color_scheme="light", reduced_motion="reduce").page
    page.goto(site_address + CHAPTER)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".md-code__button")).to_have_count(page.locator("pre:has(>code):not(.no-copy *)").count())
    page.evaluate(PREPARE, KINDS)
    return page


def test_tab_reaches_everything_in_order_and_shows_where_it_is(chapter: Page) -> None:
    stops = walk(chapter)
    assert [stop["html"] for stop in stops if not stop["seen"]] == []
    assert [stop["html"] for stop in stops if not stop["ring"]] == []
    assert [stop["html"] for stop in stops if not stop["follows"]] == []
    assert set(KINDS) - {kind for stop in stops for kind in stop["kinds"]} == set()
    assert chapter.evaluate(MISSED) == []


def test_every_stop_has_a_name(chapter: Page) -> None:
    nodes = chapter.context.new_cdp_session(chapter).send("Accessibility.getFullAXTree")["nodes"]
    stops = [
        node
        for node in nodes
        if not node.get("ignored")
        and node["role"]["value"] != "RootWebArea"
        and any(fact["name"] == "focusable" and fact["value"]["value"] for fact in node.get("properties", []))
    ]
    controls = [node for node in stops if node["role"]["value"] not in ("generic", "code", "none")]
    assert len(controls) > 100
    assert [node["role"]["value"] for node in controls if not node["name"]["value"].strip()] == []


def test_keys_open_answers_and_change_tabs(chapter: Page) -> None:
    answer = chapter.locator("details").first
    summary = answer.locator("summary")
    summary.focus()
    for key, opened in (("Enter", True), ("Space", False)):
        chapter.keyboard.press(key)
        assert (answer.get_attribute("open") is not None) == opened
    tabs = chapter.locator(".tabbed-set").first
    tabs.locator("input").first.focus()
    for key, chosen in (("ArrowRight", 1), ("ArrowLeft", 0)):
        chapter.keyboard.press(key)
        assert tabs.locator("input").nth(chosen).is_checked()
        assert tabs.locator(".tabbed-block").nth(chosen).is_visible()
        assert not tabs.locator(".tabbed-block").nth(1 - chosen).is_visible()


def test_keys_turn_the_pages(watched: Open, site_address: str) -> None:
    page = watched().page
    page.goto(site_address + CHAPTER)
    page.wait_for_load_state("networkidle")
    start, back = page.url, page.locator(".md-footer__link--prev")
    after = page.locator(".md-footer__link--next").evaluate("a => a.href")
    page.keyboard.press("n")
    page.wait_for_url(after)
    expect(back).to_have_js_property("href", start)  # the address changes before the page does
    page.keyboard.press("p")
    page.wait_for_url(start)


def test_keys_switch_the_scheme_and_copy_code(watched: Open, site_address: str) -> None:
    page = watched(color_scheme="light", permissions=["clipboard-read", "clipboard-write"]).page
    page.goto(site_address + CHAPTER)
    page.wait_for_load_state("networkidle")
    page.locator("[data-md-component=palette] input").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    page.locator(".md-content__inner > .highlight:not(.output) .md-code__button").first.focus()
    page.keyboard.press("Enter")
    page.locator(".md-dialog", has_text="Copied").wait_for()
    assert "import" in page.evaluate("() => navigator.clipboard.readText()")
