"""Each page visited four times: by laptop and phone over a slow line, in the dark, and as a file; each visit is judged.

The slow line shows what jumps and what a first visit costs; then the page is scrolled, and at last all of it is opened.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from browser.test_accessibility import OPEN_ALL, axe
from browser.test_pages import ALIKE, CHAPTERS, EVERY, FONT, HIDDEN, SCROLL, SHOWN, visible_figures
from browser.test_policy import LISTEN, violations
from browser.visits import PHONE, REQUESTS, WAKE, Visit, Watched, limit, visit
from sites import Built, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
WITH_PANELS = ("", "benchmarks/", *CHAPTERS[1:])
some = pytest.mark.parametrize(
    "path", [pytest.param(page, marks=pytest.mark.deep) if page in ALIKE else page for page in EVERY], indirect=True
)
SCALES = """() => [...document.querySelectorAll("picture img")].map(i =>
  i.checkVisibility() && !i.closest("[class*=lr-home]") ? i.clientWidth / i.naturalWidth : 1)"""


@dataclass(frozen=True)
class Whole:
    """What there is of a page that was scrolled from top to bottom."""

    titles: int
    hidden_formulas: list[str]
    figures: list[dict[str, Any]]
    font: bool
    loaded: list[str]
    complaints: list[str]

    def assert_all_there(self) -> None:
        assert self.titles == 1
        assert self.hidden_formulas == []
        assert all(figure["width"] for figure in self.figures)
        assert self.font
        assert self.complaints == []


def scrolled(opened: Watched) -> Whole:
    page = opened.page
    page.evaluate(SCROLL)
    return Whole(
        titles=page.locator("h1").count(),
        hidden_formulas=page.evaluate(HIDDEN, "math"),
        figures=visible_figures(page),
        font=page.locator("math").count() == 0 or page.evaluate(FONT),
        loaded=opened.loaded(),
        complaints=[*opened.complaints],
    )


@dataclass(frozen=True)
class OnLaptop:
    """What else a laptop shows."""

    whole: Whole
    policies: int
    violations: list[str]
    axe: object


def on_laptop(opened: Watched, seen: dict[str, int] | None, *, contrast: bool) -> OnLaptop:
    page, whole = opened.page, scrolled(opened)
    policies, broken = page.locator("meta[http-equiv=Content-Security-Policy]").count(), violations(page)
    page.evaluate(OPEN_ALL)
    page.evaluate(WAKE)
    return OnLaptop(whole=whole, policies=policies, violations=broken, axe=axe(page, seen, contrast=contrast))


@dataclass(frozen=True)
class OnPhone:
    """What a phone shows."""

    width: int
    sideways: float
    figures: list[str]
    scales: list[float]
    loaded: list[str]


def on_phone(opened: Watched) -> OnPhone:
    page: Page = opened.page
    page.evaluate(SCROLL)
    return OnPhone(
        figures=page.evaluate(SHOWN),
        scales=page.evaluate(SCALES),
        width=page.evaluate("() => document.documentElement.scrollWidth"),
        sideways=page.evaluate("() => { scrollTo(50, 0); return scrollX }"),
        loaded=opened.loaded(),
    )


@pytest.fixture(scope="module", params=EVERY)
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def slow_address(site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(site.folder, tmp_path_factory.mktemp("slow"), pause=0.02) as address:
        yield address


@pytest.fixture(scope="module")
def seen(pytestconfig: pytest.Config) -> dict[str, int] | None:
    """How many texts of each look were tried for their contrast; a deep run tries those of every page."""
    return None if pytestconfig.getoption("deep") else {}


@pytest.fixture(scope="module")
def laptop(path: str, browser: Browser, slow_address: str, seen: dict[str, int] | None) -> Visit:
    look = functools.partial(on_laptop, seen=seen, contrast=seen is None or path not in ALIKE)
    return visit(browser, slow_address + path, look, script=LISTEN, color_scheme="light", **WIDE)


@pytest.fixture(scope="module")
def phone(path: str, browser: Browser, slow_address: str) -> Visit:
    return visit(browser, slow_address + path, on_phone, **PHONE)


@pytest.fixture(scope="module")
def dark(path: str, browser: Browser, site_address: str) -> Whole:
    with browser.new_context(color_scheme="dark", **WIDE) as context:
        opened = Watched(context)
        opened.page.goto(site_address + path)
        return scrolled(opened)


@pytest.fixture(scope="module")
def filed(path: str, browser: Browser, site: Built) -> Whole:
    with browser.new_context(**WIDE) as context:
        opened = Watched(context)
        opened.page.goto((site.folder / path / "index.html").as_uri())
        return scrolled(opened)


def assert_steady(found: Visit) -> None:
    """Allow a twentieth of what counts as good."""
    assert found.layout_shift < 0.005, found.shifts


def test_first_visit_stays_within_its_budget(laptop: Visit) -> None:
    assert laptop.kilobytes <= limit(laptop.address)
    assert len(laptop.requests) <= REQUESTS, laptop.requests


def test_nothing_jumps_while_a_page_loads(laptop: Visit) -> None:
    assert_steady(laptop)


def test_no_script_of_the_site_keeps_a_page_busy(laptop: Visit) -> None:
    assert laptop.longest_task < (200, "")


def test_page_is_whole_in_the_light(laptop: Visit, slow_address: str) -> None:
    whole: Whole = laptop.seen.whole
    whole.assert_all_there()
    assert all("#only-light" in figure["src"] for figure in whole.figures)
    assert [url for url in whole.loaded if not url.startswith(slow_address)] == []


def test_page_keeps_its_policy(laptop: Visit) -> None:
    assert laptop.seen.policies == 1
    assert laptop.seen.violations == []
    assert laptop.seen.whole.complaints == []


def test_axe_finds_nothing_with_everything_open(laptop: Visit) -> None:
    assert laptop.seen.axe == []


def test_nothing_jumps_on_a_phone(phone: Visit) -> None:
    assert_steady(phone)


def test_page_fits_a_phone(phone: Visit) -> None:
    assert phone.seen.width == 390
    assert phone.seen.sideways == 0


def test_phone_shows_panels_one_below_the_other_at_their_size_and_fetches_nothing_twice(
    path: str, phone: Visit
) -> None:
    seen: OnPhone = phone.seen
    assert seen.figures or path not in WITH_PANELS
    assert all("-narrow.svg" in url for url in seen.figures)
    assert all(scale == 1 for scale in seen.scales)
    figures = [url.partition("#")[0] for url in seen.loaded if "-narrow.svg" in url]
    assert len(figures) == len(set(figures))
    assert [url for url in seen.loaded if url.partition("#")[0].replace(".svg", "-narrow.svg") in figures] == []


@some
def test_page_is_whole_in_the_dark(dark: Whole, site_address: str) -> None:
    dark.assert_all_there()
    assert all("#only-dark" in figure["src"] for figure in dark.figures)
    assert [url for url in dark.loaded if not url.startswith(site_address)] == []


@some
def test_page_opened_as_a_file_is_whole_and_asks_for_files_alone(filed: Whole) -> None:
    filed.assert_all_there()
    assert all(url.startswith("file:") for url in filed.loaded)
