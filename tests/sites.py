"""Sites for the tests: how the whole one is built and served, a small one to be broken, and those that many ask for."""

from __future__ import annotations

import atexit
import contextlib
import functools
import gzip
import http.server
import importlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

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
    return subprocess.Popen(
        [sys.executable, "-m", "mkdocs", *_arguments(project, folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=project,
        env=_environment(cache, environment),
    )


def build(project: Path, folder: Path, cache: Path, **environment: str) -> Built:
    """Build the site of `project` into `folder` as a reader of README would."""
    with start(project, folder, cache, **environment) as process:
        log, _ = process.communicate()
    return Built(folder=folder, cache=cache, log=log, code=process.returncode)


def _arguments(project: Path, folder: Path) -> list[str]:
    return ["build", "-f", str(project / "mkdocs.yml"), "-d", str(folder)]


def _environment(cache: Path, more: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "LOGREG_DOCS_CACHE": str(cache), "SITE_URL": ADDRESS, "REPO_URL": REPO_URL, **more}


PLUGINS = (
    "git_revision_date_localized_plugin.plugin",
    "logreg_docs.publish.plugin",
    "material.plugins.offline.plugin",
    "material.plugins.search.plugin",
    "mkdocs.__main__",
    "mkdocs.commands.build",
    "mkdocs_autorefs.plugin",
    "mkdocs_jupyter.plugin",
    "mkdocstrings_handlers.python",
    "pymdownx.superfences",
)


def forked_build(project: Path, folder: Path, cache: Path, **environment: str) -> Built:
    """Do the same in a fork of a process that has imported MkDocs and its plugins, where there can be forks."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return build(project, folder, cache, **environment)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PLUGINS))
    with tempfile.TemporaryDirectory() as scratch:
        said = Path(scratch) / "log"
        arguments = (_arguments(project, folder), project, _environment(cache, environment), said)
        process = context.Process(target=_run_mkdocs, args=arguments)
        process.start()
        process.join()
        code = process.exitcode
        process.close()
        return Built(folder=folder, cache=cache, log=said.read_text(), code=-1 if code is None else code)


def _run_mkdocs(arguments: list[str], folder: Path, environment: dict[str, str], said: Path) -> None:
    """Be `mkdocs` with these arguments, and write into a file what it says."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with said.open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    tempfile.tempdir = None  # which a plugin may have asked for in the server's environment
    try:
        importlib.import_module("mkdocs.__main__").cli(arguments)
    finally:
        atexit._run_exitfuncs()  # a fork ends without them


SETTINGS = (
    "{cache: !ENV [LOGREG_DOCS_CACHE, .cache], seconds: !ENV [LOGREG_DOCS_SECONDS, 300],"
    " paper: !ENV [LOGREG_DOCS_PAPER, false]}"
)
LABS = '{include: ["labs/*.ipynb"], cache: false}'


def copy_project(folder: Path) -> Path:
    """Copy the project as it is into a folder, without its history, and return the folder."""
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True
    )
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def copy_package(folder: Path) -> Path:
    """Copy the package with all that its wheel is made from, to be edited, and return the copy of its code."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return shutil.copytree(ROOT / "logreg_docs", folder / "logreg_docs", ignore=shutil.ignore_patterns("__pycache__"))


class SmallSite:
    """A site of a few pages under the real settings, to be broken on purpose.

    Args:
        folder: Where it is made.
        downloads: Where its package's wheel is kept, if other sites with the same package have it in common.
    """

    def __init__(self, folder: Path, downloads: Path | None = None) -> None:
        self.folder, self.downloads = folder, downloads
        for name in ("docs/chapters", "docs/reference"):
            (folder / name).mkdir(parents=True)
        (folder / "mkdocs.yml").write_text(
            f"INHERIT: {ROOT / 'mkdocs.yml'}\n"
            "nav: null\n"
            "dev_addr: 127.0.0.1:0\n"
            "watch: []\n"
            f"theme: {{custom_dir: {ROOT / 'docs/_theme'}}}\n"
            f"plugins: {{search: {{}}, autorefs: {{}}, mkdocs-jupyter: {LABS}, "
            f"mkdocstrings: {{handlers: {{python: {{paths: [{ROOT}]}}}}}}, logreg-docs: {SETTINGS}}}\n"
        )
        self.write("index.md", "# Home\n")
        self.write("glossary.md", "# Glossary\n\n### Logit { #logit }\n\nThe log of the odds.\n")

    def add_reference(self) -> None:
        """Add a page of the API, which takes as long as all the rest."""
        self.write("reference/sigmoid.md", "# Sigmoid\n\n::: logreg_docs.sigmoid\n")

    def write(self, path: str, text: str) -> None:
        (self.folder / "docs" / path).write_text(text)

    def build(self, **environment: str) -> Built:
        cache = self.folder / "cache"
        if self.downloads and not cache.exists():
            self.downloads.mkdir(exist_ok=True)
            cache.mkdir()
            (cache / "downloads").symlink_to(self.downloads)
        return forked_build(self.folder, self.folder / "site", cache, **environment)

    def read(self, path: str) -> str:
        return (self.folder / "site" / path).read_text()


def start_whole(folder: Path) -> subprocess.Popen[str]:
    """Start building the whole site, with an empty cache."""
    return start(ROOT, folder / "site", folder / "cache", LOGREG_DOCS_SHOWN=str(folder / "shown"))


def explorable_names() -> list[str]:
    """Return the names of the explorables, which have a script and a module of the package each."""
    names = sorted(path.stem for path in (ROOT / "docs/assets/explorables").glob("*.js"))
    return [name for name in names if (ROOT / f"logreg_docs/explorables/{name}.py").is_file()]


def start_explorables(folder: Path) -> subprocess.Popen[str]:
    """Start building a page for each explorable, one with all of them twice and one with none, in the real theme."""
    site = SmallSite(folder / "project")
    (site.folder / "docs/assets").symlink_to(ROOT / "docs/assets")
    names = explorable_names()
    for name in names:
        site.write(f"{name}.md", f"# One\n\n{FILLER}{_block(name)}{FILLER}[plain](plain.md)\n")
    site.write("twice.md", "# Two\n\n" + "".join(_block(name) * 2 for name in names))
    site.write("plain.md", f"# Plain\n\n{FILLER}" + "".join(f"[{name}]({name}.md)\n" for name in names))
    return start(site.folder, folder / "site", folder / "cache")


FILLER = "Some text.\n\n" * 12


def _block(name: str) -> str:
    code = f"from logreg_docs.explorables.{name} import explore_{name}\n\nexplore_{name}()"
    return f'```python exec="hide"\n{code}\n```\n\n'


STARTS = {"site": start_whole, "explorables_site": start_explorables}


class SharedSites:
    """Sites that many tests look at, each built once for all workers of a run and while other tests run.

    Args:
        folder: Where they are built; the workers of a run have it in common.
        names: Which of them this run needs.
    """

    def __init__(self, folder: Path, names: Collection[str]) -> None:
        self.folder = folder
        self.running: subprocess.Popen[str] | None = None
        self.builder = ThreadPoolExecutor(1)
        self.made = {name: self.builder.submit(self.make, name) for name in STARTS if name in names}

    def make(self, name: str) -> Built:
        """Build a site, or wait until another worker has."""
        folder = self.folder / name
        record = folder / "built.json"
        with FileLock(self.folder / f"{name}.lock"):
            if not record.exists():
                folder.mkdir()
                with STARTS[name](folder) as running:
                    self.running = running
                    log, _ = running.communicate()
                record.write_text(json.dumps({"log": log, "code": running.returncode}))
        return Built(folder=folder / "site", cache=folder / "cache", **json.loads(record.read_text()))

    def get(self, name: str) -> Built:
        """Return a site when it is there."""
        built = self.made[name].result()
        assert built.code == 0, built.log
        return built

    def close(self, *, kill: bool) -> None:
        """Let what is being built be finished for the other workers, or end it."""
        if kill and self.running:
            self.running.kill()
        self.builder.shutdown(cancel_futures=kill)


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


@functools.cache
def compressed(body: bytes) -> bytes:
    """Compress what a server sends, once for all visits."""
    return gzip.compress(body, mtime=0)


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
            body = compressed(body)
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
