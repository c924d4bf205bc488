"""Keep what a page's code gave, under a key made of what can change it, with the files that it opened."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grimp

from logreg_docs.publish.atomic_files import digest_of_code, read_intact, write_atomically
from logreg_docs.publish.run.opened_files import Reads, unchanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from logreg_docs.publish.pages.cells import Cell

__all__ = ["Cache", "PackageGraph", "environment", "imported_modules"]

PACKAGE = "logreg_docs"
_EXECUTOR = digest_of_code("run", "pages/cells.py", "pages/fences.py")


def imported_modules(sources: Iterable[str]) -> set[str]:
    """Return the dotted names that code imports, with every `from a import b` read as `a` and `a.b`.

    Args:
        sources: Pieces of Python code. A piece that does not parse imports nothing; running it will say why.

    Returns:
        The names.

    Examples:
        >>> sorted(imported_modules(["import torch", "from logreg_docs import sigmoid"]))
        ['logreg_docs', 'logreg_docs.sigmoid', 'torch']
    """
    return set().union(*map(_imported, sources))


@functools.lru_cache(maxsize=4096)  # a server asks for the same code at every build
def _imported(source: str) -> frozenset[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return frozenset()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return frozenset(names)


class PackageGraph:
    """The package's modules, who imports whom, and what each file holds."""

    def __init__(self) -> None:
        self._graph = grimp.build_graph(PACKAGE, cache_dir=None)
        spec = importlib.util.find_spec(PACKAGE)
        assert spec is not None and spec.origin is not None, f"{PACKAGE} is not installed"  # noqa: S101, PT018 - it runs
        self._root = Path(spec.origin).parent

    def reached_from(self, sources: Iterable[str]) -> list[str]:
        """Return the package's modules that the code in `sources` can reach through imports, sorted."""
        named = {module for module in imported_modules(sources) if module in self._graph.modules}
        reached = named.union(*(self._graph.find_upstream_modules(module) for module in named))
        parents = {name.rsplit(".", k)[0] for name in reached for k in range(1, name.count(".") + 1)}
        return sorted(reached | parents)

    def behind(self, names: Iterable[str]) -> list[str] | None:
        """Return the modules that the API pages of these names are made of, or None where one is of another package."""
        names = list(names)
        if any(name.partition(".")[0] != PACKAGE for name in names):
            return None
        named = [
            module
            for module in self._graph.modules
            if any(f"{module}.".startswith(f"{name}.") or name.startswith(f"{module}.") for name in names)
        ]
        return self.reached_from(f"import {module}" for module in named)

    def read(self, module: str) -> bytes:
        """Return the source of one module."""
        path = self._root.joinpath(*module.split(".")[1:])
        return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_bytes()


def environment() -> str:
    """Name the Python, every installed package and the executor whose outputs are kept."""
    # A package's folder of metadata is named by its name and version; reading them all takes a tenth of a second.
    installed = {path.name for place in sys.path for path in Path(place).glob("*.dist-info")}
    return "\n".join([sys.version, sys.platform, *sorted(installed), _EXECUTOR])


class Cache:
    """Outputs of pages in a folder, one file a page state, each with the project's files that the page opened.

    Args:
        folder: Where the files are kept; made when first needed.
        root: The project's folder.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self._root = root
        self.environment = environment()
        self.graph = PackageGraph()

    def key(self, cells: Sequence[Cell]) -> str:
        """Return the name of the state that the cells' outputs depend on. Prose is not in it."""
        digest = hashlib.sha256(self.environment.encode())
        for cell in cells:
            expected = [cell.options.get(name) for name in ("raises", "warns", "reads")]
            digest.update(json.dumps([cell.kind, cell.source, *expected]).encode())
        for module in self.graph.reached_from(cell.source for cell in cells):
            digest.update(module.encode() + b"\0" + hashlib.sha256(self.graph.read(module)).digest())
        return digest.hexdigest()

    def load(self, key: str, n_cells: int) -> list[list[dict[str, Any]]] | None:
        """Return the outputs kept under `key`, or None if there are none, or damaged ones, or a file has changed."""
        data = read_intact(self._path(key))
        if data is None:
            return None
        entry: dict[str, Any] = json.loads(data)
        outputs: list[list[dict[str, Any]]] = entry["outputs"]
        return outputs if len(outputs) == n_cells and unchanged(entry["reads"], self._root) else None

    def store(self, key: str, outputs: list[list[dict[str, Any]]], reads: Reads) -> None:
        """Keep outputs under `key`, with the files that the page opened, whole or not at all."""
        write_atomically(self._path(key), json.dumps({"outputs": outputs, "reads": reads}).encode())

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"
