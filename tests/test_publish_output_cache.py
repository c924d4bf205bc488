"""The key of a page's outputs follows its code, the package modules it reaches and the libraries; nothing else."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from typing import TYPE_CHECKING

import pytest
from site_markdown import FINDER

from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.run import output_cache
from logreg_docs.publish.run.kernel_startup import digest
from logreg_docs.publish.run.output_cache import OutputCache, PackageGraph, imported_modules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = "smallpackage"
OUTPUTS = [[{"output_type": "stream", "name": "stdout", "text": "1\n"}]]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package where `top` imports `middle` imports `base`, and `alone` imports nothing."""
    folder = tmp_path / PACKAGE
    (folder / "sub").mkdir(parents=True)
    for name, text in {
        "__init__": "",
        "base": "",
        "middle": "from . import base",
        "top": f"import {PACKAGE}.middle",
        "alone": "",
        "sub/__init__": "",
        "sub/leaf": f"def f():\n    from {PACKAGE} import alone\n    return alone",
    }.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(output_cache, "PACKAGE", PACKAGE)
    yield folder
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def key(text: str, folder: Path) -> str:
    return OutputCache(folder, folder).key(read_cells("a.md", text, FINDER))


def test_import_forms_are_all_read() -> None:
    code = "import a.b\nfrom c import d\ndef f():\n    import e"
    assert imported_modules([code]) == {"a.b", "c", "c.d", "e"}


def test_code_that_does_not_parse_imports_nothing() -> None:
    assert imported_modules(["import ("]) == set()


@pytest.mark.usefixtures("package")
def test_modules_are_followed_through_imports() -> None:
    graph = PackageGraph()
    assert graph.reached_from([f"from {PACKAGE} import top"]) == [
        PACKAGE,
        *(f"{PACKAGE}.{name}" for name in ("base", "middle", "top")),
    ]
    assert graph.reached_from([f"from {PACKAGE}.sub.leaf import f"]) == [
        PACKAGE,
        *(f"{PACKAGE}.{name}" for name in ("alone", "sub", "sub.leaf")),
    ]
    assert graph.reached_from(["import os"]) == []


def test_edit_of_a_reached_module_changes_the_key_and_of_another_does_not(package: Path, tmp_path: Path) -> None:
    text = f"```python\nfrom {PACKAGE} import top\n```"
    before = key(text, tmp_path)
    (package / "alone.py").write_text("x = 1")
    assert key(text, tmp_path) == before
    (package / "base.py").write_text("x = 1")
    assert key(text, tmp_path) != before


def test_prose_is_not_in_the_key_but_code_order_and_expectation_are(tmp_path: Path) -> None:
    base = "```python\nx = 1\n```\n`{python} x`"
    assert key(f"More prose.\n\n{base}", tmp_path) == key(base, tmp_path)
    assert key(base.replace("```python", '```python title="T"'), tmp_path) == key(base, tmp_path)
    for other in (
        base.replace("1", "2"),
        base.replace("x`", "x:d`"),
        base.replace("```python", '```python raises="E"'),
    ):
        assert key(other, tmp_path) != key(base, tmp_path)


def test_library_version_changes_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    monkeypatch.syspath_prepend(str(tmp_path))
    for version in ("1.0", "1.1"):
        (tmp_path / f"some_library-{version}.dist-info").mkdir()
        found.add(key("```python\nx = 1\n```", tmp_path))
    assert len(found) == 2


def test_code_that_keeps_outputs_is_named_as_it_was_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    before = output_cache.environment()
    monkeypatch.setattr(output_cache, "digest_of_code", lambda *_: "edited since")
    assert output_cache.environment() == before
    monkeypatch.setattr(output_cache, "_EXECUTOR", "another")
    assert output_cache.environment() != before


def test_every_installed_library_is_watched_with_its_version() -> None:
    watched = {re.sub(r"[-.]", "_", line).lower() for line in output_cache.environment().split("\n")}
    installed = {package.name: package.version for package in importlib.metadata.distributions()}
    assert {"numpy", "torch", "scikit-learn", "matplotlib", "ipykernel", "jupyter_client"} <= installed.keys()
    for name, version in installed.items():
        assert re.sub(r"[-.]", "_", f"{name}-{version}.dist-info").lower() in watched, name


def test_stored_outputs_come_back(tmp_path: Path) -> None:
    kept = OutputCache(tmp_path / "new" / "folder", tmp_path)
    assert kept.load("k", 1) is None
    kept.store("k", OUTPUTS, {})
    assert kept.load("k", 1) == OUTPUTS
    assert [path.name for path in kept.folder.iterdir()] == ["k.json"]


def test_entry_for_another_number_of_cells_is_not_used(tmp_path: Path) -> None:
    kept = OutputCache(tmp_path, tmp_path)
    kept.store("k", OUTPUTS, {})
    assert kept.load("k", 2) is None


def test_outputs_hold_while_every_file_that_was_opened_is_as_it_was(tmp_path: Path) -> None:
    found = tmp_path / "docs" / "found.csv"
    found.parent.mkdir()
    kept = OutputCache(tmp_path / "cache", tmp_path)
    kept.store("without", OUTPUTS, {"docs/found.csv": None})
    assert kept.load("without", 1) == OUTPUTS
    found.write_text("1")
    kept.store("with", OUTPUTS, {"docs/found.csv": digest(str(found))})
    assert (kept.load("without", 1), kept.load("with", 1)) == (None, OUTPUTS)
    found.write_text("2")
    assert kept.load("with", 1) is None
    found.unlink()
    assert (kept.load("without", 1), kept.load("with", 1)) == (OUTPUTS, None)
