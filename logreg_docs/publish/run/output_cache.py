"""Cache the outputs of pages under a key of all that can change them, together with the files that the code read."""

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
from logreg_docs.publish.run.opened_files import FileDigests, unchanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from logreg_docs.publish.pages.cells import Cell, Outputs

__all__ = ["OutputCache", "PackageGraph", "environment", "imported_modules"]

PACKAGE = "logreg_docs"
_EXECUTOR = digest_of_code("run", "pages/cells.py", "pages/fences.py")


def imported_modules(sources: Iterable[str]) -> set[str]:
    """Return the dotted names that pieces of code import; code that does not parse imports nothing.

    Examples:
        >>> sorted(imported_modules(["import torch", "from logreg_docs import sigmoid"]))
        ['logreg_docs', 'logreg_docs.sigmoid', 'torch']
    """
    return set().union(*map(_imported, sources))


@functools.lru_cache(maxsize=4096)
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
    """The import graph of the package, and the source of its modules."""

    def __init__(self) -> None:
        self._graph = grimp.build_graph(PACKAGE, cache_dir=None)
        spec = importlib.util.find_spec(PACKAGE)
        assert spec is not None and spec.origin is not None, f"{PACKAGE} is not installed"  # noqa: S101, PT018 - it runs
        self._root = Path(spec.origin).parent

    def reached_from(self, sources: Iterable[str]) -> list[str]:
        """Return the modules of the package that pieces of code import, directly or not, in alphabetical order."""
        named = {module for module in imported_modules(sources) if module in self._graph.modules}
        reached = named.union(*(self._graph.find_upstream_modules(module) for module in named))
        parents = {name.rsplit(".", k)[0] for name in reached for k in range(1, name.count(".") + 1)}
        return sorted(reached | parents)

    def behind(self, names: Iterable[str]) -> list[str] | None:
        """Return the modules behind the API documentation of some names, or None if one is of another package."""
        names = list(names)
        if any(name.partition(".")[0] != PACKAGE for name in names):
            return None
        named = [
            module
            for module in self._graph.modules
            if any(f"{module}.".startswith(f"{name}.") or name.startswith(f"{module}.") for name in names)
        ]
        return self.reached_from(f"import {module}" for module in named)

    @property
    def root(self) -> Path:
        """The folder that holds the package."""
        return self._root.parent

    def imported_from_elsewhere(self, sources: Iterable[str]) -> dict[str, str]:
        """Return the top-level modules of other packages that pieces of code reach, each with what imports it.

        Examples:
            >>> PackageGraph().imported_from_elsewhere(["import torch.nn", "import logreg_docs.finite_differences"])
            {'numpy': 'logreg_docs.finite_differences', 'torch': 'this page'}
        """
        pieces = list(sources)
        asking = {name: imported_modules([self.read(name).decode()]) for name in self.reached_from(pieces)}
        asking["this page"] = imported_modules(pieces)
        found = {name.partition(".")[0]: who for who, names in asking.items() for name in names}
        return {name: found[name] for name in sorted(found.keys() - sys.stdlib_module_names - {PACKAGE})}

    def read(self, module: str) -> bytes:
        """Return the source of one module."""
        path = self._root.joinpath(*module.split(".")[1:])
        return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_bytes()


def environment() -> str:
    """Return a text that names the Python version, every installed package and the code that runs pages."""
    # The folders of metadata name packages and versions; reading the metadata takes a tenth of a second.
    installed = {path.name for place in sys.path for path in Path(place).glob("*.dist-info")}
    return "\n".join([sys.version, sys.platform, *sorted(installed), _EXECUTOR])


class OutputCache:
    """A folder with one file for each state of a page, which holds its outputs and the digests of the files it read.

    Args:
        folder: The folder, which is created when needed.
        root: The project's folder.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self._root = root
        self.environment = environment()
        self.graph = PackageGraph()

    def key(self, cells: Sequence[Cell]) -> str:
        """Return the key of the outputs of some cells. It depends on all but the prose and the files that they read."""
        digest = hashlib.sha256(self.environment.encode())
        for cell in cells:
            expected = [cell.options.get(name) for name in ("raises", "warns", "reads")]
            digest.update(json.dumps([cell.kind, cell.source, *expected]).encode())
        for module in self.graph.reached_from(cell.source for cell in cells):
            digest.update(module.encode() + b"\0" + hashlib.sha256(self.graph.read(module)).digest())
        return digest.hexdigest()

    def load(self, key: str, n_cells: int) -> list[Outputs] | None:
        """Return the outputs of a key, or None if they are missing or damaged, or a file that was read has changed."""
        data = read_intact(self._path(key))
        if data is None:
            return None
        entry: dict[str, Any] = json.loads(data)
        outputs: list[Outputs] = entry["outputs"]
        return outputs if len(outputs) == n_cells and unchanged(entry["files"], self._root) else None

    def store(self, key: str, outputs: list[Outputs], files: FileDigests) -> None:
        """Write the outputs of a key, and the digests of the files that the code read."""
        write_atomically(self._path(key), json.dumps({"outputs": outputs, "files": files}).encode())

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"
