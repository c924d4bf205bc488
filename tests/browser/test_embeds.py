"""An explorable in a frame of another site: it lives there, is as high as it asks for, and its host allows little."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import http.server
import re
import threading
from typing import TYPE_CHECKING, Any, Literal

import pytest
from browser.test_accessibility import AXE
from browser.visits import PHONE
from explorable_checks import snapshot
from sites import explorable_names

from logreg_docs.figures.palette import PALETTE
from logreg_docs.publish.postprocess.content_policy import inline_scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browser.visits import Watched
    from playwright.sync_api import Dialog, Frame, Locator, Page

    Open = Callable[..., Watched]

pytestmark = pytest.mark.browser

BY_DAY = "gradient_descent"  # the others are alike
each = pytest.mark.parametrize(
    "name", [name if name == BY_DAY else pytest.param(name, marks=pytest.mark.deep) for name in explorable_names()]
)
CLIPBOARD: dict[str, Any] = {"permissions": ["clipboard-read", "clipboard-write"]}
# The frame is as high as what it shows, which has nothing to scroll and nothing below it.
FITS = "() => Math.ceil(document.documentElement.getBoundingClientRect().height) === innerHeight"
OVERFLOW = "() => ({x: root.scrollWidth - root.clientWidth, y: root.scrollHeight - root.clientHeight})".replace(
    "root", "document.documentElement"
)
VIOLATIONS = """async () => (await axe.run(document)).violations
  .map(({id, nodes}) => [id, nodes.map(node => node.html.slice(0, 200))])"""
CHOICES: list[tuple[Literal["light", "dark"], str, str]] = [
    ("dark", "", "dark"),
    ("light", "", "light"),
    ("light", "?theme=dark", "dark"),
    ("dark", "?theme=light", "light"),
]
GROUND = "() => getComputedStyle(document.documentElement).backgroundColor"


class Host(http.server.BaseHTTPRequestHandler):
    """A page under a policy that allows frames of one other origin and its own inline scripts, and nothing else."""

    html, policy = "", ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(self.html.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def hosted(code: str, framed: str, *, scripts: bool = True) -> Iterator[str]:
    """Serve a page that holds `code` from an origin other than that of the address `framed`."""
    html = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title><h1>Host</h1>\n{code}'
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline_scripts(html)]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes if scripts) or "'none'"
    origin = "/".join(framed.split("/")[:3])
    policy = f"default-src 'none'; frame-src {origin}; script-src {allowed}"
    handler = type("Handler", (Host,), {"html": html, "policy": policy})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/"
        server.shutdown()


def copied(name: str, opened: Watched, address: str) -> str:
    """Copy the code below an explorable by keyboard, and return it."""
    page = opened.page
    page.goto(f"{address}{name}/")
    page.locator(".lr-x").scroll_into_view_if_needed()
    page.get_by_role("button", name="Copy embed code").press("Enter")
    page.locator(".lr-embed [role=status]", has_text="Copied").wait_for()
    return str(page.evaluate("navigator.clipboard.readText()"))


def framed(page: Page) -> tuple[Frame, Locator]:
    """Return the frame of a page with the explorable in it, when it lives."""
    page.locator("iframe").scroll_into_view_if_needed()
    frame = page.frames[1]
    figure = frame.locator(".lr-x[data-ready]")
    figure.wait_for()
    return frame, figure


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


@each
def test_copied_code_shows_it_on_another_site_at_its_full_height(
    name: str, watched: Open, explorables_address: str
) -> None:
    code = copied(name, watched(**CLIPBOARD), explorables_address)
    assert f'<iframe src="{explorables_address}embed/{name}/" title="One: figure to move" ' in code
    with hosted(code, explorables_address) as host:
        for size in (PHONE, {"viewport": {"width": 800, "height": 900}}):
            opened = watched(**size, color_scheme="light")
            opened.page.goto(host)
            frame, figure = framed(opened.page)
            frame.wait_for_function(FITS)
            assert frame.evaluate(OVERFLOW) == {"x": 0, "y": 0}
            before = snapshot(figure)
            figure.locator("input[type=range]:visible").first.focus()
            opened.page.keyboard.press("ArrowLeft")
            assert snapshot(figure) != before
            frame.evaluate(AXE)
            assert frame.evaluate(VIOLATIONS) == []
            assert [url for url in opened.loaded() if not url.startswith((host, explorables_address))] == []
            assert opened.complaints == []


def test_frame_that_grows_tells_it_and_the_host_heeds_no_other_window(watched: Open, explorables_address: str) -> None:
    code = copied(BY_DAY, watched(**CLIPBOARD), explorables_address)
    with hosted(code, explorables_address) as host:
        page = watched().page
        page.goto(host)
        frame, _ = framed(page)
        frame.wait_for_function(FITS)
        frame.evaluate("document.querySelector('figcaption').style.height = '50em'")
        frame.wait_for_function(FITS)
        high = page.locator("iframe").get_attribute("height")
        assert int(high or "0") > 1000
        page.evaluate("""() => new Promise(done => {
          addEventListener("message", () => done());
          postMessage({type: "logreg-docs:height", name: "gradient_descent", height: 9}, "*");
        })""")
        assert page.locator("iframe").get_attribute("height") == high


def test_frame_out_of_sight_has_its_height_before_the_reader_comes(watched: Open, explorables_address: str) -> None:
    code = copied(BY_DAY, watched(**CLIPBOARD), explorables_address).replace(' loading="lazy"', "")
    with hosted("<p>Text.</p>" * 300 + code, explorables_address) as host:
        page = watched(viewport={"width": 800, "height": 600}).page
        page.goto(host)
        fixed = re.findall(r' height="(\d+)"', code)[0]
        page.wait_for_function("fixed => document.querySelector('iframe').height !== fixed", arg=fixed)
        assert page.frames[1].evaluate(OVERFLOW) == {"x": 0, "y": 0}
        assert page.evaluate("() => scrollY") == 0


@each
def test_fixed_height_is_enough_for_a_host_that_allows_no_script(
    name: str, watched: Open, explorables_address: str
) -> None:
    code = copied(name, watched(**CLIPBOARD), explorables_address)
    with hosted(code, explorables_address, scripts=False) as host:
        opened = watched(viewport={"width": 800, "height": 900})
        opened.page.goto(host)
        frame, _ = framed(opened.page)
        assert frame.evaluate(OVERFLOW)["y"] == 0
        assert 0 <= frame.evaluate("innerHeight - document.documentElement.getBoundingClientRect().height") < 40
        assert len(opened.complaints) == 1, "the script alone is refused"
        opened.page.set_viewport_size({"width": 390, "height": 844})
        frame.wait_for_function("() => document.documentElement.scrollHeight > innerHeight")
        frame.evaluate("() => scrollTo(0, 100)")
        assert frame.evaluate("() => scrollY") == 100


@each
def test_colours_follow_the_reader_or_the_address(name: str, watched: Open, explorables_address: str) -> None:
    grounds = {scheme: rgb(getattr(PALETTE["bg"], scheme)) for scheme in ("light", "dark")}
    for alive in (True, False):
        page = watched(java_script_enabled=alive).page
        for media, theme, expected in CHOICES if alive else CHOICES[:2]:
            page.emulate_media(color_scheme=media)
            page.goto(f"{explorables_address}embed/{name}/{theme}")
            assert page.evaluate(GROUND) == grounds[expected], (alive, media, theme)
            if alive and theme == "?theme=dark":
                page.evaluate(AXE)
                assert page.evaluate(VIOLATIONS) == []
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate(GROUND) == grounds["light"]
        assert not page.locator(".lr-embed").is_visible()


@each
def test_frame_without_javascript_holds_the_whole_figure(name: str, watched: Open, explorables_address: str) -> None:
    with hosted(
        f'<iframe src="{explorables_address}embed/{name}/" title="A figure" width="100%" height="900"></iframe>',
        explorables_address,
    ) as host:
        opened = watched(java_script_enabled=False)
        opened.page.goto(host)
        frame = opened.page.frames[1]
        frame.locator("figcaption").wait_for()
        assert all(svg.is_visible() for svg in frame.locator("svg").all())
        assert frame.locator("input:visible, button:visible, [tabindex]:visible").count() == 0
        assert frame.locator("a:visible").count() == 1
        assert opened.complaints == []


def test_offer_below_a_figure_suits_fingers_and_paper_and_works_without_a_clipboard_or_a_script(
    watched: Open, explorables_address: str
) -> None:
    opened = watched(**PHONE)
    page = opened.page
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{explorables_address}{BY_DAY}/")
    page.locator(".lr-x").scroll_into_view_if_needed()
    button = page.get_by_role("button", name="Copy embed code")
    for target in (button, page.get_by_role("link", name="Open alone")):
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.default_value)
        dialog.accept()

    page.on("dialog", answer)
    button.click()
    assert [code.partition(" ")[0] for code in asked] == ["<iframe"]
    page.emulate_media(media="print")
    assert not page.locator(".lr-embed").is_visible()
    still = watched(java_script_enabled=False).page
    still.goto(f"{explorables_address}{BY_DAY}/")
    assert not still.get_by_role("button", name="Copy embed code").is_visible()
    still.get_by_role("link", name="Open alone").click()
    still.wait_for_url(f"**/embed/{BY_DAY}/")
    assert still.locator("figcaption").is_visible()
