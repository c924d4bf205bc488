"""What holds for every explorable, to be inherited: `class TestSigmoid(ExplorableChecks): name = "sigmoid"`.

A test file of its own adds what only it knows: its formulas on the whole grid of its sliders against the package, and
the captions and coordinates that Python predicts from `snapshot()`.
"""

from __future__ import annotations

import gzip
import importlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pytest
from browser.visits import PHONE
from sites import ROOT

from logreg_docs.publish.markup.explorables import strip_comments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from browser.visits import Watched
    from playwright.sync_api import Locator, Page

    from logreg_docs.explorables.base import Explorable
    from logreg_docs.explorables.draw import Panel

    Open = Callable[..., Watched]


# The nodes of the live figure beside those that the server sent, and whatever differs.
DIFFERENCES = """async live => {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const sent = page.querySelector(live.localName), found = [];
  const given = /^(tabindex|role|aria-.*|data-ready)$/;
  const walk = (a, b, path) => {
    if (a.nodeType === 3 && a.data !== b?.data) found.push([path, a.data, b?.data]);
    if (a.nodeType !== 1) return;
    const names = new Set([...a.getAttributeNames(), ...b.getAttributeNames()]);
    for (const name of names) {
      if (name === "disabled" || (given.test(name) && !a.hasAttribute(name))) continue;
      const [before, after] = [a.getAttribute(name), b.getAttribute(name)];
      if (before !== after) found.push([path, name, before, after]);
    }
    if (a.childNodes.length !== b.childNodes.length) found.push([path, "children", b.outerHTML]);
    else a.childNodes.forEach((node, i) => walk(node, b.childNodes[i], path + "/" + (node.localName ?? "text") + i));
  };
  walk(sent, live, live.localName);
  return found;
}"""
# How large parts are at their narrowest.
SIZES = """parts => parts.map(part => {
  const {width, height} = part.getBoundingClientRect();
  return [Math.min(width, height), part.outerHTML];
})"""
# What moved in the text of the page; the header is the theme's, and test_pages holds the page as a whole.
SHIFT = """() => new Promise(done => { new PerformanceObserver(list => done(list.getEntries()
  .flatMap(({value, sources}) => sources.map(({node}) => [value, node instanceof Element ? node : node?.parentElement]))
  .filter(([, node]) => node?.closest(".md-content")).map(([value, node]) => [value, node.outerHTML.slice(0, 200)])))
  .observe({type: "layout-shift", buffered: true}); setTimeout(() => done([]), 300); })"""
# Sets sliders to places, chooses by value, presses buttons (true), and looks after each step.
WALK = """(figure, [steps, names]) => steps.map(step => {
  for (const [name, to] of Object.entries(step)) {
    const part = figure.parts[name];
    if (to === true) part.click();
    else if (typeof to === "string") figure.querySelector(`[type=radio][value="${to}"]`).click();
    else { part.value = to; part.dispatchEvent(new Event("input")); }
  }
  const look = ({attributes, textContent}) =>
    ({...Object.fromEntries([...attributes].map(({name, value}) => [name, value])), text: textContent});
  return [figure.snapshot(), Object.fromEntries(names.map(name => [name, look(figure.parts[name])]))];
})"""
# What the nodes that move look like, by their name.
DRAWN = """panels => Object.fromEntries([...panels.querySelectorAll("[data-x]")].map(node => [node.dataset.x,
  ["d", "points", "cx", "cy", "x", "y", "transform", "class"].map(name => node.getAttribute(name)).join("|")
  + (node.localName === "text" ? node.textContent : "")]))"""
# In one go, so that a slow machine does not play to the end between two clicks.
CLICK_PLAY = """(node, clicks) => Array.from({length: clicks}, () => {
  node.parts.play.click();
  return [node.playing, node.parts.play.textContent];
})"""


def largest_difference(got: object, expected: object) -> float:
    """Return the largest difference between two arrays, relative where the expected value is above 1."""
    a, b = np.asarray(got, float), np.asarray(expected, float)
    assert a.shape == b.shape
    return float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(b)), initial=0.0))


def snapshot(figure: Locator) -> dict[str, Any]:
    """Return what an explorable has on show."""
    return dict(figure.evaluate("figure => figure.snapshot()"))


def middle(node: Locator) -> tuple[float, float]:
    """Return the middle of a node on the screen, or of the disc by which a handle is held."""
    disc = node.locator(".x-reach")
    box = (disc if disc.count() else node).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, node: Locator, dx: float, dy: float) -> None:
    """Drag a node with the mouse by some CSS pixels."""
    x, y = middle(node)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def swipe(page: Page, start: tuple[float, float], dx: float, dy: float) -> None:
    """Move a finger from a place by some CSS pixels."""
    session = page.context.new_cdp_session(page)
    for k in range(9):
        point = {"x": start[0] + dx * k / 8, "y": start[1] + dy * k / 8}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove" if k else "touchStart", "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def views(figure: Locator) -> Iterator[None]:
    """Choose one after the other what a narrow page shows at a time; a wide one shows everything at once."""
    choices = figure.locator(".x-views input:visible").all()
    if not choices:
        yield
    for choice in choices:
        choice.check()
        yield


def set_slider(figure: Locator, name: str, place: int) -> None:
    """Set a slider as a user does, by an input event."""
    figure.locator(f"[data-x={name}]").evaluate(
        "(node, place) => { node.value = place; node.dispatchEvent(new Event('input')); }", place
    )


def differently_drawn(figure: Locator, panels: Mapping[str, Panel]) -> dict[str, tuple[str, str]]:
    """Return how nodes look on show and in Python's drawing of the same state, where that differs."""
    shown = figure.locator(".x-panels").evaluate(DRAWN)
    drawn = "".join(panel.svg() for panel in panels.values())
    make = "const panels = document.createElement('div'); panels.innerHTML = html;"
    expected: dict[str, str] = figure.page.evaluate(f"html => {{ {make} return ({DRAWN})(panels) }}", drawn)
    assert expected.keys() == shown.keys()
    return {name: (shown[name], look) for name, look in expected.items() if shown[name] != look}


def compute(page: Page, script: str, argument: object) -> Any:
    """Return the many numbers that an asynchronous function of one argument comes to, as one text of JSON."""
    return json.loads(page.evaluate(f"async argument => JSON.stringify(await ({script})(argument))", argument))


def walk(
    figure: Locator, steps: Sequence[Mapping[str, object]], *parts: str
) -> list[tuple[dict[str, Any], dict[str, dict[str, str]]]]:
    """Set what a step names, as a user does, and return what is then on show, with the attributes and text of parts.

    All steps are one call into the browser, which takes longer than many a step.
    """
    return [(shown, looks) for shown, looks in figure.evaluate(WALK, [steps, parts])]


@pytest.mark.browser
class ExplorableChecks:
    """The checks; `name` is that of the module."""

    name: ClassVar[str]
    swipe: ClassVar[tuple[int, int]] = (36, -60)
    """A way for a finger that changes what any of the handles sets."""

    @property
    def explorable(self) -> Explorable:
        module = importlib.import_module(f"logreg_docs.explorables.{self.name}")
        made: Explorable = getattr(module, f"explore_{self.name}")()
        return made

    def figure(self, page: Page, address: str) -> Locator:
        """Open the page of this explorable and return it when it lives."""
        page.goto(address + f"{self.name}/")
        return self.ready(page)

    def ready(self, page: Page) -> Locator:
        found = page.locator(self.explorable.element).first
        found.scroll_into_view_if_needed()
        found.and_(page.locator("[data-ready]")).wait_for()
        return found

    def test_page_holds_the_values_of_the_package(self, at_rest: tuple[Watched, Locator]) -> None:
        sent = json.loads(at_rest[1].locator("template").evaluate("node => node.content.textContent"))
        assert sent == json.loads(json.dumps(self.explorable.data))

    def test_coming_to_life_changes_nothing(self, at_rest: tuple[Watched, Locator]) -> None:
        opened, figure = at_rest
        assert figure.evaluate(DIFFERENCES) == []
        assert opened.complaints == []

    def test_nothing_jumps_when_it_comes_to_life(
        self, at_rest: tuple[Watched, Locator], on_phone: tuple[Watched, Locator]
    ) -> None:
        for opened, _ in (at_rest, on_phone):
            shifts = opened.page.evaluate(SHIFT)
            assert shifts == [], shifts

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing(self, scheme: Literal["light", "dark"], at_rest: tuple[Watched, Locator]) -> None:
        opened, figure = at_rest
        opened.page.emulate_media(color_scheme=scheme)
        opened.page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
        asked = {} if scheme == "light" else {"runOnly": ["color-contrast"]}  # all that the scheme changes
        found = figure.evaluate("async (node, asked) => (await axe.run(node, asked)).violations", asked)
        opened.page.emulate_media(color_scheme="light")
        assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == []

    def test_forced_colours_keep_every_line_apart_from_the_ground(self, at_rest: tuple[Watched, Locator]) -> None:
        opened, figure = at_rest
        opened.page.emulate_media(forced_colors="active", color_scheme="dark")
        assert opened.page.evaluate("matchMedia('(forced-colors: active)').matches")
        pairs = figure.evaluate(
            """node => { const ground = getComputedStyle(document.body).backgroundColor;
            return [...node.querySelectorAll(".x-model, .x-path, .x-knob, .x-name")].map(mark => {
              const style = getComputedStyle(mark);
              return [style.stroke === "none" ? style.fill : style.stroke, ground]; }); }"""
        )
        opened.page.emulate_media(forced_colors="none", color_scheme="light")
        assert pairs
        assert [pair for pair in pairs if pair[0] == pair[1]] == []

    def test_paper_shows_the_picture_and_no_controls(self, at_rest: tuple[Watched, Locator]) -> None:
        opened, figure = at_rest
        opened.page.emulate_media(media="print", color_scheme="dark")
        shown = figure.locator("fieldset").is_visible(), figure.locator("svg").first.is_visible()
        ground = figure.evaluate("node => getComputedStyle(node).getPropertyValue('--lr-bg')")
        opened.page.emulate_media(media="screen", color_scheme="light")
        assert shown == (False, True)
        assert ground == "#fefefe"

    def test_without_javascript_it_is_whole_and_has_no_dead_controls(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = watched(java_script_enabled=False).page
        page.goto(explorables_address + f"{self.name}/")
        figure = page.locator(self.explorable.element)
        assert self.explorable.caption in figure.locator("figcaption").inner_text()
        assert all(svg.is_visible() for svg in figure.locator("svg").all())
        assert figure.locator("input:visible, button:visible, [tabindex]:visible").count() == 0

    @pytest.mark.alike
    def test_a_module_that_does_not_come_leaves_the_picture(self, watched: Open, explorables_address: str) -> None:
        page = watched().page
        page.route("**/assets/explorables/*.js", lambda route: route.abort())
        page.goto(explorables_address + f"{self.name}/")
        figure = page.locator(self.explorable.element)
        figure.scroll_into_view_if_needed()
        figure.and_(page.locator("[data-failed]")).wait_for()
        assert figure.locator("input:visible, button:visible, [tabindex]:visible").count() == 0

    @pytest.mark.parametrize("screen", ["at_rest", "on_phone"])
    def test_every_target_is_large_enough_for_a_finger(self, screen: str, request: pytest.FixtureRequest) -> None:
        opened, figure = request.getfixturevalue(screen)
        for _ in views(figure):
            targets = figure.locator(":is(button, input[type=range], .x-choice, .x-reach):visible").evaluate_all(SIZES)
            assert targets
            assert [target for target in targets if target[0] < 44] == []
        assert opened.page.evaluate("() => document.documentElement.scrollWidth") == opened.page.evaluate("innerWidth")

    def test_a_finger_drags_a_handle_and_scrolls_the_page_elsewhere(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = watched(**PHONE).page
        figure = self.figure(page, explorables_address)
        for _ in views(figure):
            for handle in figure.locator(".x-handle:visible").all():
                handle.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
                before, at = snapshot(figure), page.evaluate("scrollY")
                swipe(page, middle(handle), *self.swipe)
                assert page.evaluate("scrollY") == at
                assert snapshot(figure) != before
        panel = figure.locator("svg:visible").first
        panel.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
        before, at = snapshot(figure), page.evaluate("scrollY")
        box = panel.bounding_box()
        assert box is not None
        swipe(page, (box["x"] + box["width"] - 30, box["y"] + box["height"] - 50), 0, -160)
        page.wait_for_function("at => scrollY > at + 60", arg=at)
        assert snapshot(figure) == before

    def test_every_handle_has_a_name_a_value_and_obeys_keys(self, watched: Open, explorables_address: str) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        for handle in figure.locator(".x-handle").all():
            before = snapshot(figure)
            for attribute in ("aria-label", "aria-valuenow", "aria-valuetext"):
                assert handle.get_attribute(attribute)
            handle.focus()
            for key in ("ArrowRight", "ArrowUp", "Shift+ArrowRight", "PageUp"):
                page.keyboard.press(key)
            assert snapshot(figure) != before
            page.keyboard.press("Home")
            assert snapshot(figure) == before

    def test_every_handle_says_a_value_between_the_ends_that_it_reaches(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        lowest = [*["Shift+PageDown"] * 2, *["Shift+ArrowLeft"] * 16]
        for handle in figure.locator("[role=slider]").all():
            handle.focus()
            top = page.evaluate("scrollY")
            for keys, end in (([], None), (["End"], "max"), (lowest, "min"), (["Home"], None)):
                for key in keys:
                    page.keyboard.press(key)
                value = {
                    name: float(handle.get_attribute(f"aria-value{name}") or "nan") for name in ("min", "now", "max")
                }
                assert value["min"] <= value["now"] <= value["max"], (handle.get_attribute("aria-label"), end, value)
                assert end is None or value["now"] == value[end], (handle.get_attribute("aria-label"), value)
            assert page.evaluate("scrollY") == top, "its keys must not scroll the page, too"

    def test_a_drag_is_drawn_before_the_next_frame(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        for handle in figure.locator(".x-handle").all():
            drawn = handle.evaluate(
                """node => new Promise(done => {
                  const box = node.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
                  const fire = (type, dx) => node.dispatchEvent(
                    new PointerEvent(type, {pointerId: 1, clientX: x + dx, clientY: y - dx, bubbles: true}));
                  node.setPointerCapture = () => {}; node.hasPointerCapture = () => true;
                  requestAnimationFrame(() => {
                    const before = node.getAttribute("transform");
                    fire("pointerdown", 0); fire("pointermove", 30);
                    done(node.getAttribute("transform") !== before);
                  });
                })"""
            )
            assert drawn

    def test_a_screen_reader_hears_the_caption_when_the_hand_rests(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        live = figure.locator("[role=status]")
        assert live.inner_text() == ""
        figure.locator("input[type=range]").first.focus()
        page.keyboard.press("ArrowLeft")
        page.wait_for_function("node => node.textContent !== ''", arg=live.element_handle())
        assert live.text_content() == figure.locator("figcaption").text_content()

    @pytest.mark.alike
    def test_two_on_a_page_do_not_meddle(self, watched: Open, explorables_address: str) -> None:
        opened = watched()
        page = opened.page
        page.goto(explorables_address + "twice/")
        both = page.locator(self.explorable.element)
        both.first.scroll_into_view_if_needed()
        both.last.scroll_into_view_if_needed()
        for k in (0, 1):
            both.nth(k).and_(page.locator("[data-ready]")).wait_for()
        ids = page.evaluate(
            "[...document.querySelectorAll('.lr-x [id], .lr-x [name]')].map(n => n.id || n.value + n.name)"
        )
        assert len(ids) == len(set(ids))
        before = snapshot(both.last)
        both.first.locator("input[type=range]").first.focus()
        page.keyboard.press("ArrowLeft")
        assert snapshot(both.first) != before
        assert snapshot(both.last) == before
        assert opened.complaints == []

    @pytest.mark.alike
    def test_it_survives_leaving_and_coming_back_without_a_reload(
        self, watched: Open, explorables_address: str
    ) -> None:
        opened = watched()
        page = opened.page
        page.goto(explorables_address + "plain/", wait_until="networkidle")
        assert not any("/explorables/" in url for url in opened.loaded())
        assert page.locator("style", has_text=".lr-x").count() == 0
        page.evaluate("() => { window.mark = 1 }")
        for _ in range(2):
            page.locator("article a", has_text=self.name).click()
            figure = self.ready(page)
            figure.evaluate("node => node.parts.play?.click()")
            page.locator("article a", has_text="plain").click()
            page.locator("h1", has_text="Plain").wait_for()
            assert page.locator("style", has_text=".lr-x").count() == 0
        page.go_back()
        figure = self.ready(page)
        figure.locator("input[type=range]").first.focus()
        page.keyboard.press("ArrowLeft")
        assert page.evaluate("() => window.mark") == 1
        assert opened.complaints == []

    def test_playing_moves_and_stops_and_reduced_motion_goes_to_the_end(
        self, watched: Open, explorables_address: str
    ) -> None:
        for motion, clicks in (("no-preference", 2), ("reduce", 1)):
            figure = self.figure(watched(reduced_motion=motion).page, explorables_address)
            if (play := figure.locator("[data-x=play]")).count():
                expected = [[True, "Pause"], [False, play.inner_text()]][-clicks:]
                assert figure.evaluate(CLICK_PLAY, clicks) == expected

    def test_it_is_light_and_has_the_same_bytes_twice(self) -> None:
        html = self.explorable.to_html()
        assert self.explorable.to_html() == html
        code = (ROOT / f"docs/assets/explorables/{self.name}.js").read_text()
        for text, most in ((strip_comments(code), 6_000), (html, 6_500)):
            assert len(gzip.compress(text.encode(), 9)) <= most
