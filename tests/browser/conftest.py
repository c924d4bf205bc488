"""A real Chromium, and a page of it that remembers what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sites import ROOT, SmallSite, served
from visits import ARGUMENTS, chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# Not for the session: Playwright runs an event loop that nothing else may share.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        path = chromium()
    except RuntimeError as error:
        pytest.fail(f"{error} Or leave the browser tests out: pytest -m 'not browser'.", pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


class Watched:
    """A page with what it asked for and what it complained of."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("response", lambda r: self.complaints.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def loaded(self) -> list[str]:
        """Return the addresses that went over the wire."""
        return [url for url in self.requests if not url.startswith("data:")]


@pytest.fixture
def watched(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Open pages in a fresh context each, with any settings of Playwright's."""
    contexts: list[BrowserContext] = []

    def opened(**settings: Any) -> Watched:
        contexts.append(browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | settings)))
        return Watched(contexts[-1])

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def explorables_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small site under the real theme: a page for each explorable, all of them twice on one, and none on another."""
    site = SmallSite(tmp_path_factory.mktemp("explorables"))
    (site.folder / "docs/assets").symlink_to(ROOT / "docs/assets")
    names = sorted(path.stem for path in (ROOT / "docs/assets/explorables").glob("*.js"))
    names = [name for name in names if (ROOT / f"logreg_docs/explorables/{name}.py").is_file()]
    for name in names:
        site.write(f"{name}.md", f"# One\n\n{FILLER}{_block(name)}{FILLER}[plain](plain.md)\n")
    site.write("twice.md", "# Two\n\n" + "".join(_block(name) * 2 for name in names))
    site.write("plain.md", f"# Plain\n\n{FILLER}" + "".join(f"[{name}]({name}.md)\n" for name in names))
    built = site.build()
    assert built.code == 0, built.log
    with served(built.folder, tmp_path_factory.mktemp("www")) as address:
        yield address


FILLER = "Some text.\n\n" * 12


def _block(name: str) -> str:
    code = f"from logreg_docs.explorables.{name} import explore_{name}\n\nexplore_{name}()"
    return f'```python exec="hide"\n{code}\n```\n\n'
