"""A reader of any explorable meets one question and few words, and sees what moves beside the control in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.visits import PHONE, Watched
from explorable_checks import views
from sites import explorable_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explorable_checks import Open
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
MOST_WORDS = 40
# The longest caption and all heights of the figure, at every corner of the sliders and at other places of them.
SWEEP = """(figure, states) => {
  const inputs = [...figure.querySelectorAll("fieldset input")], heights = new Set();
  const choices = inputs.filter(input => input.type === "radio");
  const sliders = inputs.filter(input => input.type === "range");
  let seed = 1, longest = [];
  const below = most => (seed = (seed * 48271) % 2147483647) % most;
  for (let k = 0; k < states; k++) {
    choices[below(choices.length || 1)]?.click();
    for (const slider of sliders) {
      slider.value = 2 * k < states ? [0, slider.max][below(2)] : below(+slider.max + 1);
      slider.dispatchEvent(new Event("input"));
    }
    const words = figure.querySelector("figcaption").textContent.split(/\\s+/);
    if (words.length > longest.length) longest = words;
    heights.add(Math.round(figure.getBoundingClientRect().height));
  }
  return [longest, [...heights]];
}"""
# Top of the first panel and bottom of the last control, scrolled as far as the control must be to be in sight.
IN_HAND = """figure => {
  const panels = [...figure.querySelectorAll("svg")].filter(svg => svg.checkVisibility());
  const controls = [...figure.querySelectorAll("fieldset :is(input, button)")];
  controls.at(-1).scrollIntoView({ block: "end", behavior: "instant" });
  const header = document.querySelector(".md-header").getBoundingClientRect().bottom;
  return [panels[0].getBoundingClientRect().top - header, innerHeight - controls.at(-1).getBoundingClientRect().bottom];
}"""


def show(page: Page, address: str, name: str, *, alive: bool = True) -> Locator:
    page.goto(f"{address}{name}/")
    figure = page.locator(f"lr-{name.replace('_', '-')}")
    figure.scroll_into_view_if_needed()
    if alive:
        figure.and_(page.locator("[data-ready]")).wait_for()
    return figure


@pytest.fixture(scope="module", params=explorable_names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def wide(name: str, browser: Browser, explorables_address: str) -> Iterator[Locator]:
    """One visit with a wide window for all that can be asked there."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield show(Watched(context).page, explorables_address, name)


@pytest.fixture(scope="module")
def phone(name: str, browser: Browser, explorables_address: str) -> Iterator[Locator]:
    """One visit with a phone."""
    with browser.new_context(**PHONE) as context:
        yield show(Watched(context).page, explorables_address, name)


@pytest.fixture(scope="module")
def states(pytestconfig: pytest.Config) -> int:
    """How many states of an explorable are tried; a deep run tries more."""
    return 2000 if pytestconfig.getoption("deep") else 200


def test_it_asks_one_question(wide: Locator) -> None:
    asked = wide.locator(".x-ask").inner_text()
    assert asked.count("?") == 1
    assert asked.endswith("?")


def test_a_wide_page_shows_every_panel_and_fits_the_window(wide: Locator) -> None:
    assert all(panel.is_visible() for panel in wide.locator("svg").all())
    assert not wide.locator(".x-views:visible").count()
    box, header = wide.bounding_box(), wide.page.locator(".md-header").bounding_box()
    assert box is not None
    assert header is not None
    assert box["height"] + header["height"] <= 900


def test_caption_is_short_and_takes_the_same_room_in_every_state(wide: Locator, states: int) -> None:
    assert_short_and_steady(wide, states)


def test_caption_is_short_and_takes_the_same_room_in_every_state_on_a_phone(phone: Locator, states: int) -> None:
    assert_short_and_steady(phone, states)


def assert_short_and_steady(figure: Locator, states: int) -> None:
    longest, heights = figure.evaluate(SWEEP, states)
    assert len(longest) <= MOST_WORDS, " ".join(longest)
    assert len(heights) == 1, heights


def test_on_a_phone_the_panels_and_every_control_are_in_sight_together(phone: Locator) -> None:
    for _ in views(phone):
        above, below = phone.evaluate(IN_HAND)
        assert above > -1
        assert below > -1  # it scrolls by whole pixels


@pytest.mark.parametrize("alive", [True, False], ids=["script", "no script"])
def test_a_phone_shows_two_panels_at_most_and_has_a_way_to_each(
    *, alive: bool, name: str, watched: Open, explorables_address: str
) -> None:
    page = watched(**PHONE, java_script_enabled=alive).page
    figure = show(page, explorables_address, name, alive=alive)
    seen: set[int] = set()
    for _ in views(figure):
        shown = {k for k, panel in enumerate(figure.locator("svg").all()) if panel.is_visible()}
        assert 1 <= len(shown) <= 2
        seen |= shown
    assert seen == set(range(figure.locator("svg").count()))
    page.emulate_media(media="print")
    assert figure.locator("svg:visible").count() == len(seen)
    assert not figure.locator(".x-views:visible").count()
