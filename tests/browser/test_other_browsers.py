"""The whole site in Firefox and in WebKit, as a reader goes through it, and sliders that look alike everywhere."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser.other_browsers import firefox, listening, read_png, wait_for, webkit
from browser.test_pages import CHAPTERS, FONT, HIDDEN, SCROLL, visible_figures
from matplotlib.colors import to_rgb
from needed import need
from selenium.webdriver import Keys
from sites import Built, served

from logreg_docs.figures.palette import PALETTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browser.other_browsers import OtherBrowser
    from browser.visits import Watched
    from numpy.typing import NDArray

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("site"),  # which `running` asks for too late for it to be built
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),  # selenium warns of itself
]

SLIDER = "lr-sigmoid .x-track input"
GROUND = "getComputedStyle(document.body).backgroundColor"
DARK = "[title='Switch to dark mode']:not([hidden])"
PLACE = "selector => (({value, max}) => value / max)(document.querySelector(selector))"
# Formulas that lack a part.
TORN = """[...document.querySelectorAll("mfrac, mroot, msub, msup, munder, mover, msubsup, munderover")]
  .filter(node => node.childElementCount !== (/subsup|underover/.test(node.localName) ? 3 : 2))
  .map(node => node.outerHTML)"""
HALF = "Invalid markup: Incorrect number of children"  # Firefox, of a formula that has half come when it first draws
WRONG = """() => {
  setTimeout(() => { throw Error("thrown") });
  Promise.reject(Error("rejected"));
  console.error("said");
  console.warn("warned");
  new Image().src = "https://example.org/elsewhere.png";
  document.body.append(Object.assign(document.createElement("img"), {src: "lost.png"}));
}"""


@pytest.fixture(scope="module")
def listening_address(site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    copy = listening(site.folder, tmp_path_factory.mktemp("listening") / "site")
    with served(copy, tmp_path_factory.mktemp("www")) as address:
        yield address


TAGS = "[...new Set([...document.querySelectorAll('.lr-x')].map(node => node.localName))]"
# Pages that stand out of a frame as narrow as a telephone.
NARROW = """async paths => {
  const wide = [];
  for (const path of paths) {
    const frame = Object.assign(document.createElement("iframe"), {src: path, width: 390, height: 844});
    await new Promise(go => { frame.onload = go; document.body.append(frame); });
    const page = frame.contentDocument;
    await page.fonts.ready;
    if (page.documentElement.clientWidth > 390 || !page.querySelector("h1")) throw Error(path);
    if (page.documentElement.scrollWidth > page.documentElement.clientWidth) wide.push(path);
    frame.remove();
  }
  return wide;
}"""


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def running(request: pytest.FixtureRequest) -> Iterator[OtherBrowser]:
    name = request.param
    need(name)
    run, address = {"firefox": (firefox, "site_address"), "webkit": (webkit, "listening_address")}[name]
    with run(request.getfixturevalue(address)) as browser:
        yield browser


@pytest.fixture
def other(running: OtherBrowser) -> Iterator[OtherBrowser]:
    """A browser that remembers nothing of another test."""
    yield running
    running.forget()


def assert_quiet(other: OtherBrowser) -> None:
    """Nothing was complained of, and nothing asked of another site."""
    assert [complaint for complaint in other.complaints() if HALF not in complaint] == []
    assert other.evaluate(TORN) == []
    asked = [url for url in other.requests() if not url.startswith("data:")]
    assert asked
    assert [url for url in asked if not url.startswith(other.address)] == []


def assert_whole(other: OtherBrowser, scheme: str = "light") -> None:
    """The page on show has its formulas with their font and its figures in that scheme."""
    other.evaluate(SCROLL)
    assert other.evaluate("document.querySelectorAll('h1').length") == 1
    assert other.evaluate(HIDDEN, "math") == []
    figures = visible_figures(other)
    assert figures
    assert all(figure["width"] and f"#only-{scheme}" in str(figure["src"]) for figure in figures)


def test_home_page_and_chapter_are_whole(other: OtherBrowser) -> None:
    for path in ("", CHAPTERS[2]):
        other.go(path)
        assert_whole(other)
    assert other.evaluate("document.querySelectorAll('math').length") > 20
    assert other.evaluate(FONT)
    assert_quiet(other)


@pytest.mark.parametrize("part", [SLIDER, "lr-sigmoid .x-handle"])
def test_key_moves_an_explorable_and_its_caption(part: str, other: OtherBrowser) -> None:
    other.go(CHAPTERS[2])
    wake(other)
    caption = "document.querySelector('lr-sigmoid figcaption').textContent"
    before = other.evaluate(caption)
    other.evaluate(f"document.querySelector('{part}').focus()")
    other.press(Keys.ARROW_RIGHT)
    assert other.evaluate(caption) != before
    other.press(Keys.ARROW_LEFT)
    assert other.evaluate(caption) == before
    assert_quiet(other)


def test_explorables_answer_keys_and_the_mouse_in_webkit(explorables_address: str, pytestconfig: pytest.Config) -> None:
    need("webkit")
    with webkit(explorables_address) as other:
        other.go("twice/")
        tags = other.evaluate(TAGS)
        assert len(tags) >= 6
        for tag in tags if pytestconfig.getoption("deep") else tags[::3]:
            other.evaluate(f"document.querySelector('{tag}').scrollIntoView({{block: 'center', behavior: 'instant'}})")
            other.wait_for(f"'ready' in document.querySelector('{tag}').dataset")
            handle, seen = f"{tag} [role=slider]", f"JSON.stringify(document.querySelector('{tag}').snapshot())"
            start = other.evaluate(seen)
            other.evaluate(f"document.querySelector('{handle}').focus()")
            other.press(Keys.ARROW_RIGHT)
            by_key = other.evaluate(seen)
            other.drag(handle, 30, 15)
            assert len({start, by_key, other.evaluate(seen)}) == 3, tag


@pytest.mark.parametrize("running", ["webkit"], indirect=True)
def test_no_chapter_is_wider_than_a_telephone(other: OtherBrowser, pytestconfig: pytest.Config) -> None:
    other.go("narrow.html")
    assert other.evaluate(NARROW, CHAPTERS if pytestconfig.getoption("deep") else CHAPTERS[1::3]) == []


def test_search_finds_a_term_and_leads_to_it(other: OtherBrowser) -> None:
    other.go("")
    other.click(".md-search__input")
    other.press("momentum")
    result = ".md-search-result__link[href*='?h=momentum']"
    other.wait_for(f'!!document.querySelector("{result}")')
    other.click(result)
    other.wait_for("location.search.startsWith('?h=momentum')")
    other.wait_for("!!document.querySelector('.md-content mark')")
    assert_quiet(other)


def test_switch_to_the_dark_scheme_reaches_colours_and_figures(other: OtherBrowser) -> None:
    other.go(CHAPTERS[2])
    assert rgb(other.evaluate(GROUND)) == to_rgb(PALETTE["bg"].light)
    other.click(DARK)
    assert other.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert rgb(other.evaluate(GROUND)) == to_rgb(PALETTE["bg"].dark)
    assert_whole(other, "dark")
    assert_quiet(other)


def test_what_goes_wrong_is_heard(other: OtherBrowser) -> None:
    other.go("")
    other.evaluate(WRONG)

    def is_heard(fault: str) -> bool:
        return any(fault in complaint for complaint in other.complaints())

    for fault in ("thrown", "rejected", "said", "warned", "example.org", "lost.png"):
        wait_for(partial(is_heard, fault), fault)


def test_thumbs_of_sliders_have_the_colour_of_the_palette(other: OtherBrowser) -> None:
    other.go(CHAPTERS[2])
    wake(other)
    place = other.evaluate(PLACE, SLIDER)

    def is_painted(colour: str) -> bool:
        return share_of_thumb(other.picture(SLIDER), place, colour) > 0.6

    for scheme in ("light", "dark"):
        if scheme == "dark":
            other.click(DARK)
        # A picture may be taken before the page is painted anew.
        wait_for(partial(is_painted, getattr(PALETTE["primary"], scheme)), f"a {scheme} thumb")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_thumbs_of_sliders_have_the_colour_of_the_palette_in_chromium(
    scheme: str, watched: Callable[..., Watched], site_address: str
) -> None:
    page = watched(color_scheme=scheme).page
    page.goto(site_address + CHAPTERS[2])
    page.locator("lr-sigmoid").scroll_into_view_if_needed()
    page.locator("lr-sigmoid[data-ready]").wait_for()
    pixels = read_png(page.locator(SLIDER).first.screenshot())
    assert share_of_thumb(pixels, page.evaluate(PLACE, SLIDER), getattr(PALETTE["primary"], scheme)) > 0.6


def test_sliders_are_the_browsers_own_where_colours_are_forced(
    watched: Callable[..., Watched], site_address: str
) -> None:
    page = watched(forced_colors="active").page
    page.goto(site_address + CHAPTERS[2])
    assert page.locator(SLIDER).first.evaluate("node => getComputedStyle(node).appearance") == "auto"


def wake(other: OtherBrowser) -> None:
    """Bring the explorable into sight and wait until it can be moved."""
    other.evaluate("document.querySelector('lr-sigmoid').scrollIntoView({block: 'center', behavior: 'instant'})")
    other.wait_for("'ready' in document.querySelector('lr-sigmoid').dataset")


def share_of_thumb(pixels: NDArray[Any], place: float, colour: str) -> float:
    """Return how much of the square around a thumb has a colour; a full circle has 0.79 of it."""
    height, width, _ = pixels.shape
    x, y = round((width - 16) * place), height // 2 - 8
    square = pixels[y : y + 16, x : x + 16]
    return float(np.mean(np.abs(square - to_rgb(colour)).max(axis=-1) < 0.02))


def rgb(css: str) -> tuple[float, ...]:
    """Return the parts of `rgb(1, 2, 3)`, from 0 to 1."""
    return tuple(int(part) / 255 for part in re.findall(r"\d+", css))
