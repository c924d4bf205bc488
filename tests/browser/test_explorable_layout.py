"""A reader of any explorable meets one question and few words, and sees what moves beside the control in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.visits import PHONE
from explorable_checks import views
from sites import explorable_names

if TYPE_CHECKING:
    from explorable_checks import Open
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("name", explorable_names())]
MOST_WORDS = 40
# The longest caption and all heights of the figure, at every corner of the sliders and at other places of them.
SWEEP = """figure => {
  const inputs = [...figure.querySelectorAll("fieldset input")], heights = new Set();
  const choices = inputs.filter(input => input.type === "radio");
  const sliders = inputs.filter(input => input.type === "range");
  let seed = 1, longest = [];
  const below = most => (seed = (seed * 48271) % 2147483647) % most;
  for (let k = 0; k < 600; k++) {
    choices[below(choices.length || 1)]?.click();
    for (const slider of sliders) {
      slider.value = k < 300 ? [0, slider.max][below(2)] : below(+slider.max + 1);
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


def test_it_asks_one_question(name: str, watched: Open, explorables_address: str) -> None:
    asked = show(watched().page, explorables_address, name).locator(".x-ask").inner_text()
    assert asked.count("?") == 1
    assert asked.endswith("?")


@pytest.mark.parametrize("settings", [{}, PHONE], ids=["wide", "phone"])
def test_caption_is_short_and_takes_the_same_room_in_every_state(
    settings: dict[str, object], name: str, watched: Open, explorables_address: str
) -> None:
    longest, heights = show(watched(**settings).page, explorables_address, name).evaluate(SWEEP)
    assert len(longest) <= MOST_WORDS, " ".join(longest)
    assert len(heights) == 1, heights


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


def test_a_wide_page_shows_every_panel_and_fits_the_window(name: str, watched: Open, explorables_address: str) -> None:
    page = watched().page
    figure = show(page, explorables_address, name)
    assert all(panel.is_visible() for panel in figure.locator("svg").all())
    assert not figure.locator(".x-views:visible").count()
    box, header = figure.bounding_box(), page.locator(".md-header").bounding_box()
    assert box is not None
    assert header is not None
    assert box["height"] + header["height"] <= 900


def test_on_a_phone_the_panels_and_every_control_are_in_sight_together(
    name: str, watched: Open, explorables_address: str
) -> None:
    figure = show(watched(**PHONE).page, explorables_address, name)
    for _ in views(figure):
        above, below = figure.evaluate(IN_HAND)
        assert above > -1
        assert below > -1  # it scrolls by whole pixels
