"""The built site in a real browser: its figures, search, navigation and buttons, and what it is without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sites import ROOT, explorable_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.other_browsers import OtherBrowser
    from browser.visits import Watched
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

DOCS = ROOT / "docs"
LABS = [f"labs/{path.stem}/" for path in sorted((DOCS / "labs").glob("*.py"))]
PAGES = sorted(
    path.relative_to(DOCS).as_posix().removesuffix(".md").removesuffix("index").rstrip("/") + "/"
    for path in DOCS.rglob("*.md")
)
PAGES = ["" if page == "/" else page for page in PAGES] + LABS
CHAPTERS = [page for page in PAGES if page.startswith("chapters/")]
# Without JavaScript, in the dark, as a file and in their colours chapters are alike: by default some are enough.
ALIKE = [page for page in (*CHAPTERS, *LABS) if page not in (*CHAPTERS[::3], LABS[0])]
# API pages are alike, and so are labs: by default one lab is enough, and of the API the overview, two pages with many
# formulas and tables and one with many names.
API = {"reference/", "reference/evaluation/", "reference/likelihood/", "reference/publish/"}
EMBEDS = [f"embed/{name}/" for name in explorable_names()]  # alike, too
SOME = (*API, *(page for page in PAGES if not page.startswith(("labs/", "reference/"))), LABS[0], EMBEDS[0])
EVERY = [page if page in SOME else pytest.param(page, marks=pytest.mark.deep) for page in (*PAGES, *EMBEDS)]

SCROLL = """async () => {
  const frame = () => new Promise(go => { requestAnimationFrame(() => setTimeout(go)); setTimeout(go, 200); });
  for (const node of document.querySelectorAll("[loading=lazy], .lr-x")) if (node.checkVisibility()) {
    node.scrollIntoView({block: "center", behavior: "instant"});  // the rest is there from the start
    await frame();
  }
  scrollTo(0, document.body.scrollHeight);
  await frame();
  const images = [...document.images].filter(i => i.checkVisibility());
  for (const image of images) image.loading = "eager";  // a slow machine may not have seen it come near
  // Not decode(): it waits for a frame, and where nothing more is drawn it may wait for ever.
  for (let k = 0; k < 600 && images.some(i => !i.complete); k++) await new Promise(go => setTimeout(go, 50));
  const lost = images.filter(i => !i.complete || !i.naturalWidth);
  if (lost.length) throw Error(`did not load: ${lost.map(i => i.currentSrc)}`);
  scrollTo(0, 0);
}"""
FONT = "() => document.fonts.ready.then(fonts => fonts.check('16px \"LR Math\"'))"
HIDDEN = """selector => [...document.querySelectorAll(selector)].filter(e => {
  const closed = e.closest("details:not([open])"), tab = e.closest(".tabbed-block"), box = e.getBoundingClientRect();
  return !closed && !(tab && !tab.offsetParent) && (box.width < 2 || box.height < 2);
}).map(e => e.outerHTML.slice(0, 200))"""


SHOWN = (
    """() => [...document.querySelectorAll("picture img")].filter(i => i.checkVisibility()).map(i => i.currentSrc)"""
)


def visible_figures(page: Page | OtherBrowser) -> list[dict[str, object]]:
    found: list[dict[str, object]] = page.evaluate(
        """() => [...document.querySelectorAll("img.lr-figure")].filter(i => i.checkVisibility())
        .map(i => ({src: i.src, width: i.naturalWidth}))"""
    )
    return found


def test_wide_window_loads_no_narrow_figure(watched: Callable[..., Watched], site_address: str) -> None:
    opened = watched()
    for path in ("", CHAPTERS[-1]):
        opened.page.goto(site_address + path)
        opened.page.evaluate(SCROLL)
        assert opened.page.evaluate(SHOWN) != []
    assert [url for url in opened.loaded() if "-narrow" in url] == []


def test_narrow_figures_come_with_the_next_page_and_follow_the_scheme(
    watched: Callable[..., Watched], site_address: str
) -> None:
    page = watched(viewport={"width": 390, "height": 844}, color_scheme="light").page
    page.goto(site_address + CHAPTERS[1], wait_until="networkidle")
    page.evaluate("() => { window.mark = 1 }")
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(f"**/{CHAPTERS[2]}")
    page.locator(f"picture source[srcset*='{CHAPTERS[2].split('/')[1]}-']").first.wait_for(state="attached")
    page.evaluate(SCROLL)
    assert page.evaluate("() => window.mark") == 1
    light = page.locator("picture img:visible").first.screenshot()
    page.get_by_title("Switch to dark mode").click()
    page.evaluate(SCROLL)
    assert all(url.partition("#")[0].endswith("-narrow.svg") for url in page.evaluate(SHOWN))
    assert all("#only-dark" in str(figure["src"]) for figure in visible_figures(page))
    assert page.locator("picture img:visible").first.screenshot() != light


@pytest.mark.parametrize(
    "path",
    [pytest.param(page, marks=pytest.mark.deep) if page in ALIKE else page for page in ("", *CHAPTERS, *LABS)],
)
def test_page_without_javascript_has_text_formulas_and_figures(
    path: str, watched: Callable[..., Watched], site_address: str
) -> None:
    page = watched(java_script_enabled=False).page
    page.goto(site_address + path)
    assert page.locator("h1").is_visible()
    figure = page.locator("img.lr-figure:visible").first
    figure.scroll_into_view_if_needed()
    box = figure.bounding_box()
    assert box
    assert box["height"] > 100
    for formula in page.locator("math:visible").all()[:10]:
        box = formula.bounding_box()
        assert box
        assert box["width"] > 3


def test_search_loads_its_index_when_wanted_and_finds_a_term(
    watched: Callable[..., Watched], site_address: str
) -> None:
    opened = watched()
    page = opened.page
    page.goto(site_address, wait_until="networkidle")
    assert not any("search_index" in url for url in opened.loaded())
    page.get_by_placeholder("Search").click()
    page.keyboard.type("momentum")
    result = page.locator(".md-search-result__link[href*='?h=momentum']").first  # not that of a shorter prefix
    result.wait_for()
    assert "Gradient descent" in page.locator(".md-search-result__list").inner_text()
    result.click()
    page.wait_for_url("**/?h=momentum*")
    page.locator(".md-content mark").first.wait_for()  # the closed search keeps articles with marks of its own
    assert opened.complaints == []


def test_search_opens_by_keyboard(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched().page
    page.goto(site_address)
    page.keyboard.press("/")
    page.keyboard.type("momentum")
    page.locator(".md-search-result__link").first.wait_for()


def test_next_page_comes_without_a_reload_and_whole(watched: Callable[..., Watched], site_address: str) -> None:
    opened = watched()
    page = opened.page
    page.goto(site_address + CHAPTERS[1], wait_until="networkidle")  # the sitemap names the pages to swap in
    page.evaluate("() => { window.mark = 1 }")
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(f"**/{CHAPTERS[2]}")
    page.locator("h1", has_text="igmoid").or_(page.locator("h1", has_text="probability")).first.wait_for()
    page.evaluate(SCROLL)
    assert page.evaluate("() => window.mark") == 1
    assert page.evaluate(HIDDEN, "math") == []
    assert all(figure["width"] for figure in visible_figures(page))
    assert opened.complaints == []


def test_scheme_can_be_switched_by_hand(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched(color_scheme="light").page
    page.goto(site_address + CHAPTERS[2])
    page.get_by_title("Switch to dark mode").click()
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    assert page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.evaluate(SCROLL)
    assert all("#only-dark" in str(figure["src"]) for figure in visible_figures(page))


def test_root_ends_with_what_it_stands_over(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched().page
    page.goto(site_address + "chapters/04-gradient-descent/")
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    gaps = page.evaluate(
        "[...document.querySelectorAll('msqrt')].filter(root => root.checkVisibility()).map(root =>"
        " root.getBoundingClientRect().right - root.lastElementChild.getBoundingClientRect().right)"
    )
    assert len(gaps) > 5
    assert max(gaps) < 1


def test_copied_formula_is_its_tex(watched: Callable[..., Watched], site_address: str) -> None:
    opened = watched(permissions=["clipboard-read", "clipboard-write"])
    page = opened.page
    page.goto(site_address + CHAPTERS[1])
    tex = page.evaluate(
        """() => { const box = document.querySelector("div.arithmatex"), range = document.createRange();
        range.selectNode(box); getSelection().removeAllRanges(); getSelection().addRange(range);
        return box.querySelector("annotation").textContent.trim(); }"""
    )
    page.keyboard.press("Control+C")
    assert page.evaluate("() => navigator.clipboard.readText()").strip() == f"$${tex}$$"


def test_code_can_be_copied_by_its_button(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched(permissions=["clipboard-read", "clipboard-write"]).page
    page.goto(site_address + CHAPTERS[1])
    block = page.locator(".md-content__inner > .highlight:not(.output)").first
    block.hover()
    block.locator("button").first.click()
    assert "import" in page.evaluate("() => navigator.clipboard.readText()")


def test_code_is_prepared_bit_by_bit_and_all_of_it(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched().page
    page.add_init_script(
        """window.addEventListener("DOMContentLoaded", () => setTimeout(() => {
          window.early = document.querySelectorAll(".md-code__button").length; }))"""
    )
    page.goto(site_address + "reference/likelihood/")
    blocks = page.locator("pre:has(>code)")
    expect(page.locator(".md-code__button")).to_have_count(blocks.count())
    assert page.evaluate("() => window.early") < blocks.count() / 2


OFF_THEIR_LINES = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  return [...document.querySelectorAll(".highlighttable")].map(table => {
    const numbers = table.querySelectorAll(".linenos .normal"), code = table.querySelector("code");
    const above = numbers[0].getBoundingClientRect().top - code.getBoundingClientRect().top;
    return code.getBoundingClientRect().bottom - numbers[numbers.length - 1].getBoundingClientRect().bottom - above;
  });
}"""


def test_line_numbers_stand_beside_their_lines(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched().page
    page.goto(site_address + "reference/newton/")
    off = page.evaluate(OFF_THEIR_LINES)
    assert len(off) > 10
    assert max(map(abs, off)) < 3, off


def test_skip_link_comes_first_and_leads_to_the_text(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched().page
    page.goto(site_address + CHAPTERS[1])
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.matches('.md-skip')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/#*")


def test_tooltip_of_a_term_opens_on_focus(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched().page
    page.goto(site_address + CHAPTERS[3])
    page.locator("a.lr-term").first.focus()
    page.locator("[role=tooltip]").first.wait_for()


def test_paper_shows_light_figures_and_no_navigation(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched(color_scheme="dark").page
    page.goto(site_address + CHAPTERS[1])
    page.emulate_media(media="print")
    page.evaluate(SCROLL)
    assert not page.locator(".md-sidebar").first.is_visible()
    assert not page.locator(".md-header").is_visible()
    assert all("#only-light" in str(figure["src"]) for figure in visible_figures(page))


def test_missing_page_helps_at_any_depth(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched().page
    answer = page.goto(site_address + "chapters/no/such/page/")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1").inner_text().startswith("There is no page here")
    page.locator("article a", has_text="Sigmoid").first.click()
    page.locator("h1", has_text="probability").or_(page.locator("h1", has_text="igmoid")).first.wait_for()
