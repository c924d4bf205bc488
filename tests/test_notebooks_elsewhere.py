"""A downloaded notebook installs what it needs, and runs, in an environment that never saw the project."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sysconfig
import threading
import time
import urllib.request
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from site_markdown import PACKAGE
from sites import ROOT, Built, SmallSite, build
from test_site import NOTEBOOKS

from logreg_docs.explorables.base import MIME
from logreg_docs.publish.pages.install_cell import Package, install_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.long("one reader")

# Prints what each cell of code writes, as JSON.
RUN = """
import json, sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, timeout=1800, allow_errors=True, coalesce_streams=True).execute()
print(json.dumps([cell["outputs"] for cell in notebook.cells if cell.cell_type == "code"]))
"""
CHAPTER = ROOT / "docs/chapters/00-foundations.md"


class Environment:
    """A virtual environment of a reader, with a program for notebooks.

    Args:
        folder: Where it is made.
        borrows: Whether it sees the packages of this one, all but the project and PyTorch. Otherwise pip installs them.
    """

    def __init__(self, folder: Path, *, borrows: bool) -> None:
        self.folder = folder
        venv.create(folder, with_pip=True)
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
        self.settings = {"PIP_NO_INDEX": "1"} if borrows else {"PIP_CONSTRAINT": str(pinned(folder))}
        if borrows:
            self.borrow(folder / "borrowed")
        else:
            self.ran("-m", "pip", "install", "--quiet", "ipykernel", "nbclient")

    def borrow(self, folder: Path) -> None:
        """See the packages of this environment."""
        folder.mkdir()
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if not re.match(r"(__editable__.*|_?logreg_docs|torch|functorch|pip|setuptools)([-.]|$)", path.name):
                (folder / path.name).symlink_to(path)
        (self.packages / "borrowed.pth").write_text(str(folder))

    def ran(self, *arguments: str, cwd: Path | None = None, **settings: str) -> str:
        """Run Python in it, outside the project, and return what it prints."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        done = subprocess.run(
            [self.python, *arguments],
            cwd=cwd or self.folder,
            env={**kept, "HOME": str(self.folder), **self.settings, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, notebook: Path, **settings: str) -> list[list[dict[str, object]]]:
        """Run a notebook from its first cell, and return the outputs of each cell of code."""
        outputs: list[list[dict[str, object]]] = json.loads(
            self.ran("-c", RUN, str(notebook), cwd=notebook.parent, **settings).splitlines()[-1]
        )
        return outputs

    def first_cells(self, *sources: str, **settings: str) -> list[str]:
        """Run the code of first cells alone, one after the other, and return what a reader sees of each."""
        path = self.folder / "first.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources]), path)
        return [said(outputs) for outputs in self.run(path, **settings)]

    def version(self) -> str:
        code = "from importlib import metadata; print(*[d.version for d in metadata.distributions(name='logreg-docs')])"
        return self.ran("-c", code).strip()


def pinned(folder: Path) -> Path:
    """Write the versions that this project is tested with, so that pip takes the build of PyTorch that is there."""
    text = (ROOT / "requirements.txt").read_text() + (ROOT / "torch.txt").read_text()
    path = folder / "constraints.txt"
    path.write_text("\n".join(re.findall(r"^[\w.-]+==[^\s\\]+(?: ;[^\\\n]*)?", text, re.MULTILINE)))
    return path


def said(outputs: list[dict[str, object]]) -> str:
    """Return what the outputs of one cell read as; a traceback would be several lines."""
    return "".join(str(output.get("text") or "\n".join(output["traceback"])) for output in outputs).strip()  # type: ignore[arg-type]


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder as any server of files does."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("reader"), borrows=True)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A real chapter and one that needs PyTorch, built for the sub-path of the server that serves them."""
    folder = tmp_path_factory.mktemp("www")
    with served(folder) as address:
        site = SmallSite(folder / "project")
        (site.folder / "docs/assets").symlink_to(ROOT / "docs/assets")
        text = re.sub(r"\[([^]]*)\]\([^)]*\.md[^)]*\)", r"\1", CHAPTER.read_text())  # the other pages are not there
        site.write("chapters/00-foundations.md", text)
        site.write("chapters/torch.md", "# PyTorch\n\n```python\nfrom logreg_docs import pytorch\n```\n")
        built = site.build(SITE_URL=f"{address}fork/", REPO_URL="")
        assert built.code == 0, built.log
        (folder / "fork").symlink_to(built.folder)
        yield f"{address}fork/", built.folder


def downloaded(address: str, path: str, folder: Path) -> Path:
    """Download a notebook of a site."""
    target = folder / Path(path).name
    target.write_bytes(urllib.request.urlopen(address + path).read())
    return target


def test_chapter_without_pytorch_installs_the_package_of_its_site_and_shows_what_the_page_shows(
    reader: Environment, published: tuple[str, Path], tmp_path: Path
) -> None:
    address, folder = published
    path = downloaded(address, "chapters/00-foundations.ipynb", tmp_path)
    assert reader.version() == ""
    edition = edition_in(folder)
    outputs = reader.run(path)
    assert said(outputs[0]) == f"Installed logreg-docs {edition}."
    assert reader.version() == edition
    expected = [cell.outputs for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    assert [shown(cell) for cell in outputs[1:]] == [shown(cell) for cell in expected[1:]]
    assert sum(map(len, expected)) > 10

    there = f"logreg-docs {edition} is there, with all that this notebook needs."
    source = first_source(path)
    old = source.replace(edition.partition("+")[2], "0lder")
    changed = "UsageError: logreg-docs is not installed. The site has changed: download this notebook again."
    assert reader.first_cells(source, old) == [there, changed], "another edition is not there, nor on the site"
    reader.ran("-m", "pip", "uninstall", "--yes", "--quiet", "logreg-docs")


def test_wheel_beside_the_notebook_is_installed_without_the_site_and_another_edition_is_replaced(
    published: tuple[str, Path], reader: Environment
) -> None:
    _, folder = published
    (wheel,) = (folder / "downloads").glob("*.whl")
    edition, digest = edition_in(folder), hashlib.sha256(wheel.read_bytes()).hexdigest()
    shutil.copy(wheel, reader.folder)
    older = reader.packages / "logreg_docs-0.1.0+0lder.dist-info"
    older.mkdir()
    (older / "METADATA").write_text("Metadata-Version: 2.1\nName: logreg-docs\nVersion: 0.1.0+0lder\n")
    (older / "RECORD").write_text(f"{older.name}/METADATA,,\n{older.name}/RECORD,,\n")
    source = install_source(Package(edition=edition, sha256=digest, address=""), [])
    wrong = source.replace(digest, "0" * 64)
    refused, installed = reader.first_cells(wrong, source)
    assert refused == "UsageError: logreg-docs is not installed. The site has changed: download this notebook again."
    assert installed == f"Installed logreg-docs {edition}."
    assert reader.version() == edition
    reader.ran("-m", "pip", "uninstall", "--yes", "--quiet", "logreg-docs")


# What pip says, and what the reader is told.
LOCKED = "Nothing can be installed here: use an environment of your own."
OFFLINE = "Check the network, or put the wheel from logreg-docs.zip of the site beside this notebook."
SAID = {
    "ERROR: Package 'logreg-docs' requires a different Python: 3.10.12 not in '>=3.11'": (
        "Choose a kernel with Python 3.11 or newer."
    ),
    "ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '/usr/lib'": LOCKED,
    "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/usr/lib'": LOCKED,
    "error: externally-managed-environment": LOCKED,
    "/usr/bin/python: No module named pip": LOCKED,
    "ERROR: No matching distribution found for numpy": OFFLINE,
}


def test_every_failure_is_told_in_one_line_that_says_what_to_do(reader: Environment, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        sources = [install_source(dataclasses.replace(PACKAGE, address=nowhere), [])]
        for k, message in enumerate(SAID):
            fake = tmp_path / f"python{k}"
            fake.write_text(f"#!/bin/sh\ncat >&2 <<'E'\n{message}\nE\nexit 1\n")
            fake.chmod(0o755)
            sources.append(install_source(PACKAGE, []).replace("sys.executable", f'"{fake}"'))
        told = reader.first_cells(*sources, PIP_RETRIES="0")
    assert told == [f"UsageError: logreg-docs is not installed. {advice}" for advice in (OFFLINE, *SAID.values())]


def test_site_without_an_address_tells_where_the_wheel_is(reader: Environment) -> None:
    (line,) = reader.first_cells(install_source(dataclasses.replace(PACKAGE, address=""), []))
    expected = "Put the wheel from logreg-docs.zip of the site beside this notebook."
    assert line == f"UsageError: logreg-docs is not installed. {expected}"


def edition_in(folder: Path) -> str:
    """Return the edition that a built site publishes."""
    (wheel,) = (folder / "downloads").glob("*.whl")
    return wheel.name.split("-")[1]


def first_source(path: Path) -> str:
    return str(next(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"))


def shown(outputs: list[dict[str, object]]) -> list[object]:
    """Return what the outputs of a cell show, but for pictures, which fonts change."""
    return [output.get("text") or output.get("evalue") or sorted(output["data"]) for output in outputs]  # type: ignore[call-overload]


def test_notebook_of_pytorch_asks_for_pytorch_and_no_other_does(published: tuple[str, Path]) -> None:
    _, folder = published
    assert "logreg-docs[torch] @" in first_source(folder / "chapters/torch.ipynb")
    assert "logreg-docs @" in first_source(folder / "chapters/00-foundations.ipynb")


@pytest.fixture(scope="module")
def whole(site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The whole site, built for the server that serves it."""
    folder = tmp_path_factory.mktemp("whole")
    with served(folder) as address:
        built = build(ROOT, folder / "logreg-docs", site.cache, SITE_URL=f"{address}logreg-docs/")
        assert built.code == 0, built.log
        yield f"{address}logreg-docs/", built.folder


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Environment]:
    """An environment for the notebooks with PyTorch and one for those without, with nothing but a program for them."""
    return {torch: Environment(tmp_path_factory.mktemp("fresh"), borrows=False) for torch in (False, True)}


@pytest.mark.deep
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_every_notebook_runs_from_its_first_cell_in_an_environment_that_never_saw_the_project(
    path: str,
    whole: tuple[str, Path],
    fresh: dict[bool, Environment],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    address, folder = whole
    notebook = downloaded(address, path, tmp_path)
    torch = "torch" in first_source(notebook)
    began, before = time.monotonic(), size(fresh[torch].packages)
    (first,) = fresh[torch].first_cells(first_source(notebook))
    spent, added = time.monotonic() - began, size(fresh[torch].packages) - before
    record_property("first cell", f"{spent:.0f} s, {added / 1e6:.0f} MB")
    assert edition_in(folder) in first
    outputs = fresh[torch].run(notebook)
    expected = [cell.outputs for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "code"]
    assert [kinds(cell) for cell in outputs[1:]] == [kinds(cell) for cell in expected[1:]]
    installed = {entry.name for entry in fresh[torch].packages.iterdir()}
    assert ("torch" in installed) is torch


def kinds(outputs: list[dict[str, object]]) -> list[object]:
    """Return what kinds of outputs a cell has, and which exceptions: other releases print other digits."""
    return [
        output.get("ename") or output.get("name") or sorted(output["data"].keys() - {MIME})  # type: ignore[attr-defined]
        for output in outputs
    ]


def size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
