"""A first visit to a page, and what it costs: bytes and requests, what jumps, and how long its scripts keep it busy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext, Page, Request

PATIENCE = 120_000  # milliseconds: a loaded machine is slow, not wrong
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SHIFTS = """window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries().map(entry => [entry.value,
...entry.sources.map(s => `${s.node?.outerHTML?.slice(0, 120) ?? s.node?.data} ${s.previousRect.y} ${s.currentRect.y}`)
]))).observe({type: "layout-shift", buffered: true});"""
WAKE = """async () => {
  for (const node of document.querySelectorAll(".lr-x,lr-answer")) {
    node.scrollIntoView({block: "center", behavior: "instant"});
    while (!("ready" in node.dataset)) await new Promise(go => setTimeout(go, 20));
  }
  scrollTo(0, 0);
  await new Promise(go => requestAnimationFrame(() => setTimeout(go)));
}"""
ENTRIES = ("EvaluateScript", "FunctionCall", "v8.evaluateModule")
THEME = "/assets/javascripts/"
LEFT = "net::ERR_ABORTED"  # the page was left while this was on its way, which is nobody's fault
REQUESTS = 12  # of a first visit


class Watched:
    """A page with what it asked for and what it complained of."""

    def __init__(self, context: BrowserContext) -> None:
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._complain_of_failed)
        self.page.on("response", lambda r: self.complaints.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _complain_of_failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.complaints.append(f"failed: {request.url} ({request.failure})")

    def loaded(self) -> list[str]:
        """Return the addresses that went over the wire."""
        return [url for url in self.requests if not url.startswith("data:")]


@dataclass(frozen=True)
class Visit:
    """One visit: the window is that of a laptop, nothing is kept from before."""

    address: str
    kilobytes: float
    requests: list[str]
    shifts: list[list[Any]]
    tasks: list[tuple[float, str]]
    seen: Any

    @property
    def layout_shift(self) -> float:
        """Sum of what jumped without anybody's doing; 0.1 still counts as good elsewhere."""
        return float(sum(shift[0] for shift in self.shifts))

    @property
    def longest_task(self) -> tuple[float, str]:
        """Processor milliseconds of the longest stretch of the site's own scripts, and the script."""
        return max(self.tasks)


def limit(address: str) -> int:
    """Return how many KiB a first visit may take: most in a chapter with formulas and figures, least in a frame."""
    return 18 if "embed/" in address else 150 if "chapters/" in address else 110


def visit(
    browser: Browser, address: str, look: Callable[[Watched], Any] | None = None, script: str = "", **settings: Any
) -> Visit:
    """Open a page for the first time, wake what sleeps on it, tell what that took and then what `look` sees."""
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | settings))
    opened = Watched(context)
    page = opened.page
    page.add_init_script(SHIFTS + script)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sent: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda event: sent.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.goto(address, wait_until="load")
    page.wait_for_load_state("networkidle")
    wired = {key: url for key, url in sent.items() if not url.startswith("data:")}
    kilobytes = sum(sizes.get(key, 0) for key in wired) / 1024
    page.evaluate(WAKE)
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    shifts = page.evaluate("() => shifts")
    seen = look(opened) if look else None
    context.close()
    return Visit(address, kilobytes, list(wired.values()), shifts, own_tasks(trace, address), seen)


def own_tasks(trace: list[dict[str, Any]], address: str) -> list[tuple[float, str]]:
    """Return what each call from the browser into a script of the site took, and the layout that it asked for.

    The time is that of the thread on the processor, so that other programs do not count. A call belongs to the script
    that the browser entered, which is the site's own unless it is Material's.
    """
    site = address.split("/logreg-docs/", maxsplit=1)[0]
    whole = [event for event in trace if event["ph"] == "X" and event["name"] in ENTRIES]
    urls = [str(event.get("args", {}).get("data", {}).get("url", "")) for event in whole]
    home = {event["pid"] for event, url in zip(whole, urls, strict=True) if url.startswith(site)}
    # A module is run without its name; Material has none.
    calls = [
        {**event, "url": url or f"{site} a module"}
        for event, url in zip(whole, urls, strict=True)
        if event["pid"] in home and (url.startswith(site) or event["name"] == "v8.evaluateModule")
    ]
    calls.sort(key=lambda event: (event["pid"], event["tid"], event["ts"], -event["dur"]))
    found: list[tuple[float, str]] = []
    last: dict[str, Any] = {}
    for call in calls:
        same = (call["pid"], call["tid"]) == (last.get("pid"), last.get("tid"))
        if same and call["ts"] < last["ts"] + last["dur"]:
            continue  # within the one before
        last = call
        if THEME not in call["url"]:
            found.append((call["tdur"] / 1000, call["url"].removeprefix(site)))
    return found
