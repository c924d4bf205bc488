"""Take the picture that README opens with: a chapter with its explorable moved, light and dark."""

from __future__ import annotations

import argparse
import io
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from browser.chromium import ARGUMENTS, chromium
from PIL import Image
from playwright.sync_api import sync_playwright
from sites import served

from logreg_docs.explorables.gradient_descent import RATES

if TYPE_CHECKING:
    from typing import Literal

    from playwright.sync_api import Browser

PAGE = "chapters/04-gradient-descent/"
FIGURE = "lr-gradient-descent"
SIZE = (1260, 760)
COLOURS = 96
# A little below the limit the walk zigzags and still settles, which shows best what the rate does.
RATE = RATES.index(15.0)
MOVED = """(figure, place) => {
  figure.parts.eta.value = place;
  figure.parts.eta.dispatchEvent(new Event("input"));
  document.querySelector(".md-top").remove();  // the button to the top would cover the question
  scrollBy({ top: figure.getBoundingClientRect().top - 76, behavior: "instant" });
}"""


def take(browser: Browser, address: str, scheme: Literal["light", "dark"], path: Path) -> None:
    """Write one picture of the chapter, with its explorable in the middle."""
    width, height = SIZE
    with closing(browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})) as context:
        page = context.new_page()
        page.goto(address + PAGE)
        figure = page.locator(FIGURE)
        figure.scroll_into_view_if_needed()
        page.locator(f"{FIGURE}[data-ready]").wait_for()
        figure.evaluate(MOVED, RATE)
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(500)
        shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shown.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, help="the built site")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as root,
        served(asked.site.resolve(), Path(root)) as address,
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)) as browser,
    ):
        for scheme in ("light", "dark"):
            take(browser, address, scheme, asked.folder / f"picture-{scheme}.png")


if __name__ == "__main__":
    main()
