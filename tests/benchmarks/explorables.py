"""What each explorable weighs, and how soon it answers a key with a new picture.

Run it with `make bench`. Times are those of a browser without a graphics card on this machine.
"""

from __future__ import annotations

import gzip
import statistics
from typing import TYPE_CHECKING, Any

from benchmarks import report
from browser.chromium import ARGUMENTS, chromium
from playwright.sync_api import sync_playwright
from sites import ROOT, whole_site

from logreg_docs.publish.markup.explorables import strip_comments

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEYS = 60
SCRIPTS = ROOT / "docs/assets/explorables"
# From the moment the key was pressed to the first task after the frame that shows what it did.
LISTEN = """() => { addEventListener("keydown", event => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => window.answers.push(performance.now() - event.timeStamp);
  channel.port2.postMessage(0);
}), true); }"""
FRAMES = """() => new Promise(done => { const times = [], tick = now => {
  times.push(now);
  times.length < 61 ? requestAnimationFrame(tick) : done(times.slice(1).map((time, i) => time - times[i]));
}; requestAnimationFrame(tick); })"""


def measure(page: Page, name: str) -> dict[str, Any]:
    """Press keys on the first handle or slider of an explorable, then let it play if it can."""
    figure = page.locator(f"lr-{name.replace('_', '-')}").first
    figure.scroll_into_view_if_needed()
    page.locator(f"lr-{name.replace('_', '-')}[data-ready]").first.wait_for()
    page.evaluate("() => { window.answers = []; }")
    figure.locator("[role=slider], input[type=range]").first.focus()
    for press in range(KEYS):
        page.keyboard.press("ArrowRight" if press % 2 else "ArrowLeft")
        page.wait_for_function("count => window.answers.length === count", arg=press + 1)
    answers = page.evaluate("() => window.answers")
    play = figure.locator("[data-x=play]")
    frames = []
    if play.count():
        play.first.click()
        frames = page.evaluate(FRAMES)
    return {
        "JS, KB gz": report.rounded(
            len(gzip.compress(strip_comments((SCRIPTS / f"{name}.js").read_text()).encode())) / 1e3
        ),
        "key to paint, ms": report.rounded(statistics.median(answers)),
        "95th percentile, ms": report.rounded(statistics.quantiles(answers, n=20)[-1]),
        **({"playing, ms a frame": report.rounded(statistics.median(frames))} if frames else {}),
    }


def main() -> None:
    """Measure every explorable in its chapter."""
    results = []
    with whole_site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for chapter in sorted((ROOT / "docs/chapters").glob("*.md")):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{address}chapters/{chapter.stem}/", wait_until="networkidle")
            page.evaluate(LISTEN)
            tags = page.locator(".lr-x").evaluate_all("all => all.map(one => one.localName)")
            for name in [tag.removeprefix("lr-").replace("-", "_") for tag in tags]:
                results.append({"case": {"explorable": name}, "answers": measure(page, name)})
                print(results[-1], flush=True)  # noqa: T201 - this is the program's output
            page.close()
        browser.close()
    report.write("explorables", results)


if __name__ == "__main__":
    main()
