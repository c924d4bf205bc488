"""Firefox and WebKit, each behind the few things that a smoke test asks of a browser.

Firefox is driven over its own WebDriver BiDi, WebKit over WebKitWebDriver and on a display of its own.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.image
import numpy as np
import websocket
from needed import firefox_path
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.by import By
from selenium.webdriver.webkitgtk.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

SOCKET = re.compile(r"BiDi listening on (ws://\S+)\n")
PREFERENCES = """\
user_pref("app.normandy.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("layout.css.prefers-color-scheme.content-override", 1);
user_pref("services.settings.server", "data:,");
"""
# What WebKit's driver does not tell. Storage outlives the page, so that nothing is lost on the way to the next one.
LISTEN = """(() => {
  const note = (list, ...words) =>
    { sessionStorage[list] = JSON.stringify([...JSON.parse(sessionStorage[list] ?? "[]"), words.join(" ")]) };
  addEventListener("error", event => note("complaints", event.message ?? event.target.outerHTML), true);
  addEventListener("unhandledrejection", event => note("complaints", event.reason));
  addEventListener("securitypolicyviolation",
    event => note("complaints", event.violatedDirective, event.blockedURI, event.sample));
  for (const level of ["error", "warn"]) {
    const say = console[level];
    console[level] = (...words) => { note("complaints", ...words); say(...words) };
  }
  new PerformanceObserver(list => list.getEntries().forEach(entry => note("requests", entry.name)))
    .observe({type: "resource", buffered: true});
})();"""
# Where an element is as soon as it stands still and nothing lies over it.
SHOW = """async selector => {
  const node = document.querySelector(selector);
  node.scrollIntoView({block: "center", behavior: "instant"});
  for (let k = 0, before = ""; k < 600; k++) {
    const {x, y, width, height} = node.getBoundingClientRect(), now = [x, y, width, height].map(Math.round);
    if (String(now) === before && node.contains(document.elementFromPoint(x + width / 2, y + height / 2))) return now;
    before = String(now);
    await new Promise(go => setTimeout(go, 50));
  }
  throw Error(`${selector} does not come into sight`);
}"""


class OtherBrowser(ABC):
    """A window of 1280 × 900 pixels that remembers what it asked for and what it complained of."""

    def __init__(self, address: str) -> None:
        self.address = address

    @abstractmethod
    def go(self, path: str) -> None:
        """Open a page of the site and wait until it is loaded."""

    @abstractmethod
    def click(self, selector: str) -> None:
        """Click on the middle of the first element that matches."""

    @abstractmethod
    def drag(self, selector: str, dx: int, dy: int) -> None:
        """Drag the middle of the first element that matches by some pixels."""

    @abstractmethod
    def press(self, keys: str) -> None:
        """Press keys one after the other: letters, or those that selenium names."""

    @abstractmethod
    def complaints(self) -> list[str]:
        """Return errors and warnings, said or thrown, breaches of the pages' policy, and what did not load."""

    @abstractmethod
    def requests(self) -> list[str]:
        """Return the addresses that the pages asked for."""

    @abstractmethod
    def _run(self, code: str) -> str:
        """Return the string that a promise comes to."""

    @abstractmethod
    def _screenshot(self) -> bytes:
        """Return the window as PNG."""

    def forget(self) -> None:
        """Forget what the pages stored, asked for and complained of."""
        self.evaluate("(localStorage.clear(), sessionStorage.clear())")

    def evaluate(self, code: str, argument: object = None) -> Any:
        """Return what an expression, or a function of one argument, comes to."""
        value = f"typeof it === 'function' ? await it({json.dumps(argument)}) : await it"
        return json.loads(
            self._run(f"(async () => {{ const it = {code}; return JSON.stringify({value}) ?? 'null' }})()")
        )

    def wait_for(self, code: str) -> None:
        """Wait until an expression is true."""
        wait_for(lambda: self.evaluate(code), code)

    def picture(self, selector: str) -> NDArray[Any]:
        """Return the pixels of the first element that matches."""
        x, y, width, height = self.evaluate(SHOW, selector)
        return read_png(self._screenshot())[y : y + height, x : x + width]


def read_png(data: bytes) -> NDArray[Any]:
    """Return the pixels of a picture, rows of red, green and blue from 0 to 1."""
    return np.asarray(matplotlib.image.imread(io.BytesIO(data))[..., :3])


def wait_for(look: Callable[[], object], what: str) -> None:
    """Wait until something is there, 30 seconds at most."""
    end = time.monotonic() + 30
    while not look():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


class Firefox(OtherBrowser):
    """Firefox over WebDriver BiDi."""

    def __init__(self, address: str, socket: websocket.WebSocket) -> None:
        super().__init__(address)
        self._socket = socket
        self._events: list[dict[str, Any]] = []
        self._count = 0
        self.send("session.new", capabilities={})
        self.send(
            "session.subscribe",
            events=["browsingContext.load", "log.entryAdded", "network.beforeRequestSent", "network.responseCompleted"],
        )
        # Not the first tab, into which Firefox loads a page of its own.
        self._context = self.send("browsingContext.create", type="tab")["context"]
        self.send("browsingContext.activate", context=self._context)
        self.send("browsingContext.setViewport", context=self._context, viewport={"width": 1280, "height": 900})

    def send(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and return the result; note the events that come before it."""
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv())).get("id") != self._count:
            self._events.append(answer)
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return dict(answer["result"])

    def go(self, path: str) -> None:
        url = self.address + path
        started = self.send("browsingContext.navigate", context=self._context, url=url, wait="none")["navigation"]
        # Told to wait for this, Firefox at times answers when the page before has loaded its last picture.
        wait_for(lambda: any(event["navigation"] == started for event in self._told("browsingContext.load")), url)

    def click(self, selector: str) -> None:
        x, y, width, height = self.evaluate(SHOW, selector)
        move = {"type": "pointerMove", "x": x + width // 2, "y": y + height // 2}
        self._act("pointer", [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])

    def drag(self, selector: str, dx: int, dy: int) -> None:
        x, y, width, height = self.evaluate(SHOW, selector)
        start = {"type": "pointerMove", "x": x + width // 2, "y": y + height // 2}
        end = {"type": "pointerMove", "x": start["x"] + dx, "y": start["y"] + dy}
        self._act("pointer", [start, {"type": "pointerDown", "button": 0}, end, {"type": "pointerUp", "button": 0}])

    def press(self, keys: str) -> None:
        self._act("key", [{"type": way, "value": key} for key in keys for way in ("keyDown", "keyUp")])

    def _act(self, kind: str, actions: list[dict[str, Any]]) -> None:
        source = {"type": kind, "id": kind, "actions": actions}
        self.send("input.performActions", context=self._context, actions=[source])

    def complaints(self) -> list[str]:
        said = [event["text"] for event in self._told("log.entryAdded") if event["level"] in ("error", "warn")]
        answers = [event["response"] for event in self._told("network.responseCompleted")]
        return said + [f"{answer['status']}: {answer['url']}" for answer in answers if answer["status"] >= 400]

    def requests(self) -> list[str]:
        return [event["request"]["url"] for event in self._told("network.beforeRequestSent")]

    def forget(self) -> None:
        super().forget()
        self._events.clear()

    def _told(self, method: str) -> list[dict[str, Any]]:
        self.send("session.status")
        return [event["params"] for event in self._events if event["method"] == method]

    def _run(self, code: str) -> str:
        target = {"context": self._context}
        done = self.send("script.evaluate", expression=code, target=target, awaitPromise=True)
        if done["type"] == "exception":
            raise RuntimeError(done["exceptionDetails"]["text"])
        return str(done["result"]["value"])

    def _screenshot(self) -> bytes:
        return base64.b64decode(self.send("browsingContext.captureScreenshot", context=self._context)["data"])


class WebKit(OtherBrowser):
    """WebKitGTK over WebDriver; each page of the site must begin with the script `LISTEN`."""

    def __init__(self, address: str, driver: webdriver.WebKitGTK) -> None:
        super().__init__(address)
        self._driver = driver
        driver.set_window_size(1280, 900)

    def go(self, path: str) -> None:
        self._driver.get(self.address + path)

    def click(self, selector: str) -> None:
        self.evaluate(SHOW, selector)
        self._driver.find_element(By.CSS_SELECTOR, selector).click()

    def drag(self, selector: str, dx: int, dy: int) -> None:
        x, y, width, height = self.evaluate(SHOW, selector)
        actions = ActionBuilder(self._driver)
        actions.pointer_action.move_to_location(x + width // 2, y + height // 2).pointer_down()
        actions.pointer_action.move_to_location(x + width // 2 + dx, y + height // 2 + dy).pointer_up()
        actions.perform()

    def press(self, keys: str) -> None:
        ActionChains(self._driver).send_keys(keys).perform()

    def complaints(self) -> list[str]:
        return list(self.evaluate("JSON.parse(sessionStorage.complaints ?? '[]')"))

    def requests(self) -> list[str]:
        return list(self.evaluate("JSON.parse(sessionStorage.requests ?? '[]')"))

    def _run(self, code: str) -> str:
        return str(self._driver.execute_script(f"return {code}"))

    def _screenshot(self) -> bytes:
        return self._driver.get_screenshot_as_png()


def listening(site: Path, folder: Path) -> Path:
    """Copy a built site so that each page begins with the script `LISTEN`, which its policy allows.

    There is a page more, `narrow.html`, without a policy: frames on it are narrower than WebKit's window can be.
    """
    shutil.copytree(site, folder)
    (folder / "listen.js").write_text(LISTEN)
    (folder / "narrow.html").write_text("<!doctype html><title>For frames</title><link rel=icon href=data:,>")
    for page in folder.rglob("*.html"):
        page.write_text(page.read_text().replace("<head>", '<head><script src="/logreg-docs/listen.js"></script>', 1))
    return folder


@contextlib.contextmanager
def firefox(address: str) -> Iterator[Firefox]:
    """Run Firefox with a profile of its own, below the home folder: where it is a snap, it sees no other."""
    with tempfile.TemporaryDirectory(prefix="firefox-", dir=Path.home(), ignore_cleanup_errors=True) as folder:
        profile, log = Path(folder), Path(folder) / "log"
        (profile / "user.js").write_text(PREFERENCES)
        command = [str(firefox_path()), "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port=0"]
        with log.open("w") as stderr, _running(command, stderr=stderr) as process:
            wait_for(lambda: SOCKET.search(log.read_text()) or process.poll() is not None, "Firefox opens its socket")
            if not (found := SOCKET.search(log.read_text())):
                raise RuntimeError(f"Firefox has ended: {log.read_text()}")
            socket = websocket.create_connection(f"{found[1]}/session", timeout=60, suppress_origin=True)
            with contextlib.closing(socket):
                browser = Firefox(address, socket)
                yield browser
                browser.send("browser.close")
                process.wait(timeout=30)


@contextlib.contextmanager
def webkit(address: str) -> Iterator[WebKit]:
    """Run WebKit with a display and folders of its own."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        os.fdopen(reading) as said,
        _running(command, pass_fds=[writing]),
    ):
        os.close(writing)
        if not (display := said.readline().strip()):
            raise RuntimeError("Xvfb has ended.")
        own = {f"XDG_{kind}_HOME": folder for kind in ("CACHE", "CONFIG", "DATA")}
        looks = {"DISPLAY": f":{display}", "GDK_BACKEND": "x11", "GTK_THEME": "Adwaita"}
        service = Service(log_output=subprocess.DEVNULL, env=os.environ | own | looks)
        with webdriver.WebKitGTK(service=service) as driver:
            yield WebKit(address, driver)


@contextlib.contextmanager
def _running(command: list[str], **settings: Any) -> Iterator[subprocess.Popen[Any]]:
    """Run a program and end it in any case."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **(silent | settings)) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
