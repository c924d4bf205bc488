"""Sites for the tests: how the whole one is built and served, and a small one to be broken."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = "https://example.github.io/logreg-docs/"
REPO_URL = "https://github.com/example/logreg-docs"


@dataclass(frozen=True)
class Built:
    """One run of `mkdocs build`."""

    folder: Path
    cache: Path
    log: str
    code: int


def start(project: Path, folder: Path, cache: Path, **environment: str) -> subprocess.Popen[str]:
    """Start building the site of `project` into `folder`."""
    settings = {"SITE_URL": ADDRESS, "REPO_URL": REPO_URL, **environment}
    return subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "build", "-f", str(project / "mkdocs.yml"), "-d", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=project,
        env={**os.environ, "LOGREG_DOCS_CACHE": str(cache), **settings},
    )


def build(project: Path, folder: Path, cache: Path, **environment: str) -> Built:
    """Build the site of `project` into `folder` as a reader of README would."""
    with start(project, folder, cache, **environment) as process:
        log, _ = process.communicate()
    return Built(folder=folder, cache=cache, log=log, code=process.returncode)


SETTINGS = "{cache: !ENV [LOGREG_DOCS_CACHE, .cache], seconds: !ENV [LOGREG_DOCS_SECONDS, 300]}"
LABS = '{include: ["labs/*.ipynb"], cache: false}'


class SmallSite:
    """A site of a few pages under the real settings, to be broken on purpose."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("docs/chapters", "docs/reference"):
            (folder / name).mkdir(parents=True)
        (folder / "mkdocs.yml").write_text(
            f"INHERIT: {ROOT / 'mkdocs.yml'}\n"
            "nav: null\n"
            "dev_addr: 127.0.0.1:8017\n"
            "watch: []\n"
            f"theme: {{custom_dir: {ROOT / 'docs/_theme'}}}\n"
            f"plugins: {{search: {{}}, autorefs: {{}}, mkdocs-jupyter: {LABS}, "
            f"mkdocstrings: {{handlers: {{python: {{paths: [{ROOT}]}}}}}}, logreg-docs: {SETTINGS}}}\n"
        )
        self.write("index.md", "# Home\n")
        self.write("glossary.md", "# Glossary\n\n### Logit { #logit }\n\nThe log of the odds.\n")
        self.write("reference/sigmoid.md", "# Sigmoid\n\n::: logreg_docs.sigmoid\n")

    def write(self, path: str, text: str) -> None:
        (self.folder / "docs" / path).write_text(text)

    def build(self, **environment: str) -> Built:
        return build(self.folder, self.folder / "site", self.folder / "cache", **environment)

    def read(self, path: str) -> str:
        return (self.folder / "site" / path).read_text()


@contextlib.contextmanager
def served(folder: Path, root: Path, *, pause: float = 0.0) -> Iterator[str]:
    """Serve a built site under a project's sub-path, as GitHub Pages does, or slowly, with many pauses (in seconds)."""
    (root / "logreg-docs").symlink_to(folder)
    handler = functools.partial(type("Handler", (Compressed,), {"pause": pause}), directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/logreg-docs/"
        server.shutdown()


@contextlib.contextmanager
def whole_site() -> Iterator[str]:
    """Build the whole site with the outputs that are kept, and serve it."""
    with tempfile.TemporaryDirectory() as folder:
        built = build(ROOT, Path(folder) / "site", Path(os.environ.get("LOGREG_DOCS_CACHE") or ROOT / ".cache"))
        if built.code:
            raise RuntimeError(built.log)
        with served(built.folder, Path(folder)) as address:
            yield address


class Compressed(http.server.SimpleHTTPRequestHandler):
    """Serve files compressed, as GitHub Pages does."""

    protocol_version = "HTTP/1.1"
    pause = 0.0

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        path = path if found else Path(self.translate_path("/logreg-docs/404.html"))
        body = path.read_bytes()
        if path.name == "sitemap.xml":  # as if the site had been built for this address
            body = body.replace(ADDRESS.encode(), f"http://{self.headers['Host']}/logreg-docs/".encode())
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(path))
        if path.suffix not in (".woff2", ".png"):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the browser has gone to another page
            self.send_body(body, pieces=16 if path.suffix == ".html" and self.pause else 1)

    def send_body(self, body: bytes, *, pieces: int) -> None:
        """Let a page come in small pieces, so that it is drawn many times, and what it needs after its first ones."""
        if pieces == 1:
            time.sleep(6 * self.pause)
        for at in range(pieces - 1):
            self.wfile.write(body[1024 * at : 1024 * (at + 1)])
            time.sleep(self.pause)
        self.wfile.write(body[1024 * (pieces - 1) :])

    def log_message(self, *_: object) -> None:
        """Say nothing: the browser tests look at what fails."""
