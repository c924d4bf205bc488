"""`mkdocs serve`: an edit shows, what is wrong is shown, and no page keeps the others or the keyboard waiting."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import psutil
import pytest
from sites import SmallSite, copy_package
from test_site_failures import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.long("one server")

B = "# B\n\n```python\nfrom logreg_docs.schedules import constant\nprint(constant.__name__)\n```\n"
WAITING = """

```python
import pathlib, time
pathlib.Path("begun").touch()
while not pathlib.Path("go").exists():
    time.sleep(0.02)
print("It has" + " ended.")
```
"""


class Server:
    """`mkdocs serve` over a small site and a copy of the package, both to be edited while it runs."""

    def __init__(self, site: SmallSite) -> None:
        self.site, self.log = site, site.folder / "serve.log"
        self.package = copy_package(site.folder)
        settings = (site.folder / "mkdocs.yml").read_text()
        (site.folder / "mkdocs.yml").write_text(settings.replace("watch: []", "watch: [logreg_docs]"))
        cache = str(site.folder / "cache")
        environment = {
            **os.environ,
            "PYTHONPATH": str(site.folder),
            "LOGREG_DOCS_CACHE": cache,
            "SITE_URL": "https://example.github.io/logreg-docs/",
            "PYTHONUNBUFFERED": "1",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a reader's machine
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mkdocs", "serve"], cwd=site.folder, stdout=log, stderr=log, env=environment
            )

    @functools.cached_property
    def address(self) -> str:
        """Where the server listens, on the port that the system gave it."""
        self.wait(lambda: self.ports() != [], "a port")
        return f"http://127.0.0.1:{self.ports()[0]}/logreg-docs/"

    def ports(self) -> list[int]:
        connections = psutil.Process(self.process.pid).net_connections("tcp")
        return [connection.laddr.port for connection in connections if connection.status == psutil.CONN_LISTEN]

    def text(self, path: str) -> str:
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return f"HTTP {error.code}"
        except OSError:
            return ""

    def wait(self, seen: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + 300  # a loaded machine is slow
        while time.monotonic() < end:
            assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()}"
            if seen():
                return
            time.sleep(0.1)
        pytest.fail(f"{what} never came:\n{self.log.read_text()}")

    def page_shows(self, path: str, part: str) -> None:
        self.wait(lambda: part in self.text(path), f"{part!r} on {path}")

    def executed(self) -> list[str]:
        return re.findall(r"Executed (\S+)", self.log.read_text())


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve two good pages."""
    site = SmallSite(folder / "project")
    site.write("chapters/a.md", GOOD)
    site.write("chapters/b.md", B)
    running = Server(site)
    try:
        running.page_shows("chapters/a/", "Half is 0.50.")
        yield running
    finally:
        running.process.terminate()
        running.process.wait(timeout=60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests but the one that ends it."""
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


def test_server_builds_once_where_nothing_is_edited(server: Server) -> None:
    before = server.log.read_text().count("Building documentation")
    time.sleep(4)  # longer than it takes to look for pages that ended late, and for changes
    assert server.log.read_text().count("Building documentation") == before


def test_server_follows_edits_survives_errors_and_runs_only_what_a_change_reaches(server: Server) -> None:
    site, package = server.site, server.package
    before = len(server.executed())
    assert {"chapters/a.md", "chapters/b.md"} <= {*server.executed()}

    site.write("chapters/a.md", GOOD.replace("Half is", "One half is"))
    server.page_shows("chapters/a/", "One half is 0.50.")
    assert len(server.executed()) == before, "prose must execute nothing"

    site.write("chapters/a.md", GOOD.replace("print(", "1 / 0; print("))
    server.page_shows("chapters/a/", "docs/chapters/a.md:10: the code raised ZeroDivisionError")
    server.page_shows("chapters/b/", ">constant\n")

    site.write("chapters/a.md", GOOD + "\n```python\nnever closed\n")
    server.page_shows("chapters/a/", "a code fence is never closed")

    site.write("chapters/a.md", GOOD + "\n$\\frac{a}$\n")
    server.page_shows("chapters/a/", "the formula $\\frac{a}$ does not parse")

    site.write("chapters/a.md", GOOD)
    server.page_shows("chapters/a/", "Half is 0.50.")

    before = len(server.executed())
    sigmoid = package / "sigmoid.py"
    sigmoid.write_text(sigmoid.read_text().replace("np.where(logits >= 0, 1.0, decay) / (1.0 + decay)", "decay * 0.25"))
    server.page_shows("chapters/a/", "Half is 0.25.")
    assert server.executed()[before:] == ["chapters/a.md"], "only the page that imports sigmoid may run again"
    late = [path for path in package.rglob("*.pyc") if path.stem.startswith(("sigmoid.", "schedules."))]
    assert late == [], "what the server writes itself must not look like an edit"


LAB = "# %% [markdown]\n# # Lab\n\n# %%\n"


def test_server_shows_what_is_wrong_with_a_lab_and_lives(server: Server) -> None:
    site = server.site
    (site.folder / "docs/labs").mkdir()

    site.write("labs/a.py", "# %% [markdown]\n# # Lab\n# Only prose.\n")
    server.page_shows("labs/a/", "Only prose.")

    site.write("labs/a.py", LAB.replace("%%\n", "%% code\n") + "1\n")
    server.page_shows("labs/a/", "docs/labs/a.py:4: a cell opens with")

    site.write("labs/a.py", f'{LAB}1\n\n# %% [markdown]\n# ```text alt="a"\n# b\n# ```\n')
    server.page_shows("labs/a/", "docs/labs/a.py:8: alt is an option of python blocks, not of text")

    svg = """SVG('<svg width="1pt" height="1pt"></svg>')"""
    site.write("labs/a.py", f"{LAB}from IPython.display import SVG\n{svg}\n")
    server.page_shows("labs/a/", "docs/labs/a.py:5: the figure has no text alternative")
    assert "Download notebook" not in server.text("labs/a/")

    site.write("labs/a.py", f"{LAB}print('It' + ' runs.')\n")
    server.page_shows("labs/a/", "It runs.")
    assert "Download notebook" in server.text("labs/a/")


def test_page_that_runs_keeps_no_other_waiting_and_shows_when_it_has_ended(server: Server) -> None:
    site, before = server.site, server.executed().count("chapters/a.md")
    site.write("chapters/a.md", GOOD + WAITING)
    server.wait((site.folder / "begun").exists, "the page")
    site.write("chapters/b.md", f"{B}\nMore prose.\n")
    server.page_shows("chapters/b/", "More prose.")
    server.page_shows("chapters/a/", "The code of this page still runs.")
    (site.folder / "go").touch()
    server.page_shows("chapters/a/", "It has ended.")
    assert "still runs" not in server.text("chapters/a/")
    assert server.executed().count("chapters/a.md") == before + 1


@pytest.mark.deep  # it edits a large page sixteen times
def test_memory_holds_no_page_as_it_was_before_many_edits(server: Server) -> None:
    large, resident = "Some words. " * 50_000, []
    for k in range(16):
        server.site.write("chapters/b.md", f"{B}\nThis is edit {k}. {large}\n")
        server.page_shows("chapters/b/", f"edit {k}.")
        time.sleep(1.5)  # a server collects garbage a second after each build
        resident.append(psutil.Process(server.process.pid).memory_info().rss)
    server.site.write("chapters/b.md", B)
    grown = (resident[-1] - resident[5]) / 10 / len(large)
    assert grown < 8, "an edit may leave the few texts that are looked up again, not the whole page in all its forms"


def test_save_ends_an_endless_page_and_an_interrupt_ends_the_server_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        end_twice(server)


def end_twice(server: Server) -> None:
    """End an endless page by a save, and again with its server by an interrupt."""
    site = server.site
    endless = WAITING.replace('"go"', '"never"')
    site.write("chapters/a.md", GOOD + endless)
    server.wait((site.folder / "begun").exists, "the page")
    site.write("chapters/a.md", GOOD)
    server.page_shows("chapters/a/", "Half is 0.50.")
    (site.folder / "begun").unlink()
    site.write("chapters/a.md", GOOD + endless)
    server.wait((site.folder / "begun").exists, "the page")
    kernels = psutil.Process(server.process.pid).children(recursive=True)
    assert kernels
    began = time.monotonic()
    server.process.send_signal(signal.SIGINT)
    server.process.wait(timeout=20)
    assert time.monotonic() - began < 20  # without being ended it would run for ever
    _, alive = psutil.wait_procs(kernels, timeout=20)
    assert alive == []
