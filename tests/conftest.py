"""What several test files share: the built site, a small site to break, and a server for either."""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# A loaded machine is slow, not wrong.
settings.register_profile("logreg", deadline=None)
settings.load_profile("logreg")

ROOT = Path(__file__).resolve().parent.parent
REPO_URL = "https://github.com/example/logreg-docs"


@dataclass(frozen=True)
class Built:
    """One run of `mkdocs build`."""

    folder: Path
    cache: Path
    log: str
    code: int


def build(project: Path, folder: Path, cache: Path, **environment: str) -> Built:
    """Build the site of `project` into `folder` as a reader of README would."""
    settings = {"SITE_URL": "https://example.github.io/logreg-docs/", "REPO_URL": REPO_URL, **environment}
    command = [sys.executable, "-m", "mkdocs", "build", "-f", str(project / "mkdocs.yml"), "-d", str(folder)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={**os.environ, "LOGREG_DOCS_CACHE": str(cache), **settings},
    )
    return Built(folder=folder, cache=cache, log=done.stdout + done.stderr, code=done.returncode)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The whole site, built with an empty cache."""
    folder = tmp_path_factory.mktemp("site")
    built = build(ROOT, folder / "site", folder / "cache")
    assert built.code == 0, built.log
    return built


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
            f"hooks: [{ROOT / 'logreg_docs/publish/hook.py'}]\n"
            f"theme: {{custom_dir: {ROOT / 'docs/_theme'}}}\n"
            f"plugins: {{search: {{}}, autorefs: {{}}, mkdocstrings: {{handlers: {{python: {{paths: [{ROOT}]}}}}}}}}\n"
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


@pytest.fixture
def small_site(tmp_path: Path) -> SmallSite:
    return SmallSite(tmp_path / "project")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: the browser tests look at what fails."""


@pytest.fixture(scope="session")
def site_address(site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The built site served under a project's sub-path, as GitHub Pages does."""
    root = tmp_path_factory.mktemp("www")
    (root / "logreg-docs").symlink_to(site.folder)
    handler = functools.partial(_Quiet, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/logreg-docs/"
        server.shutdown()
