"""Cache rendered pages, so that a build renders only what has changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from logreg_docs.publish.atomic_files import digest_of_code, read_intact, write_atomically
from logreg_docs.publish.run.kernel_startup import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from logreg_docs.publish.run.output_cache import OutputCache

__all__ = ["RenderCache"]

_CODE = digest_of_code("markup", "pages/labs.py", "pages/templates", "plugin.py")
_DOCSTRINGS = re.compile(r"^ *:::\s*([\w.]+)", re.MULTILINE)
_WORD = re.compile(r"(?<![\w./-])[\w./-]*[\w-]\.\w+")  # tried at the start of each word alone


class RenderCache:
    """A folder with one file for each state of a rendered page.

    The name of a file depends on all that the page is rendered from: its Markdown, the glossary entries of its terms,
    the files that it names, the modules behind its API documentation, and the configuration of every page.

    Args:
        folder: The folder.
        cache: Knows the environment and the import graph of the package.
        configuration: What every page depends on: the Markdown extensions and the options of plugins.
        root: The project's folder.
        sources: The address of each file of the site by its path below the docs folder.
        terms: The glossary entry of each term.
    """

    def __init__(
        self,
        folder: Path,
        cache: OutputCache,
        *,
        configuration: object,
        root: Path,
        sources: Mapping[str, str],
        terms: Mapping[str, object],
    ) -> None:
        self._folder, self._graph, self._root, self._terms = folder, cache.graph, root, terms
        self._sources = {path: (re.split(r"[./]", path.rpartition("/")[2])[0], url) for path, url in sources.items()}
        self._names = tuple(sorted({name for name, _ in self._sources.values()}))
        self._common = json.dumps([cache.environment, _CODE, configuration], default=_as_json, sort_keys=True).encode()

    def key(self, path: str, url: str, markdown: str, more: str = "") -> str | None:
        """Return the key of a page's state.

        Args:
            path: The page's path below the docs folder.
            url: Its address.
            markdown: Its Markdown.
            more: Another text that its rendering depends on.

        Returns:
            Hexadecimal digits; None if the page documents another package, whose changes are not tracked.
        """
        modules = self._graph.behind(_DOCSTRINGS.findall(markdown))
        if modules is None:
            return None
        state = hashlib.sha256(self._common)
        found = _find(markdown, tuple(self._terms), self._names)
        terms = {term: self._terms[term] for term in found.terms}
        # Links are validated against the files of the site. Pages with warnings, as of missing files, are not cached.
        named = {source: target for source, (name, target) in self._sources.items() if name in found.names}
        parts = [path, url, markdown, more, terms, named, self._contents(path, found.paths)]
        state.update(json.dumps(parts, sort_keys=True).encode())
        for module in modules:
            state.update(f"\0{module}\0".encode() + self._graph.read(module))
        return state.hexdigest()

    def load(self, key: str) -> dict[str, Any] | None:
        """Return the page state of a key, or None."""
        found = read_intact(self._folder / f"{key}.json")
        return None if found is None else dict(json.loads(found))

    def store(self, key: str, state: Mapping[str, object]) -> None:
        """Write the page state of a key."""
        write_atomically(self._folder / f"{key}.json", json.dumps(state).encode())

    def entries(self, page: object, content: str, make: Callable[[], list[Any]]) -> list[Any]:
        """Return the entries of a page in the search index, from the cache if possible.

        Args:
            page: What the entries depend on besides the content.
            content: The page's HTML.
            make: Returns the entries.

        Returns:
            The entries.
        """
        key = hashlib.sha256(self._common + json.dumps([page, content], default=str).encode()).hexdigest()
        found = self.load(key)
        if found is None:
            found = {"entries": make()}
            self.store(key, found)
        return list(found["entries"])

    def _contents(self, path: str, names: Iterable[str]) -> dict[str, str | None]:
        """Return the digest of each file that a page names by its path, since an extension may include it."""
        folders = [str(folder) for folder in (self._root, self._root / "docs", (self._root / "docs" / path).parent)]
        # Thousands of words look like file names, and few are: paths as strings take a fifth of pathlib's time.
        files = [os.path.join(folder, name) for name in names for folder in folders]  # noqa: PTH118
        return {os.path.relpath(file, folders[0]): digest(file) for file in files if os.path.isfile(file)}  # noqa: PTH113


class _Found(NamedTuple):
    """What a page names: glossary terms, files of the site by the start of their name, and what may be a path."""

    terms: list[str]
    names: set[str]
    paths: list[str]


@lru_cache(maxsize=64)  # a server asks again for every page, of which one was edited
def _find(markdown: str, terms: tuple[str, ...], names: tuple[str, ...]) -> _Found:
    words = " ".join(markdown.lower().split())
    return _Found(
        [term for term in terms if term.lower() in words],
        {name for name in names if name in markdown},
        sorted({word for word in _WORD.findall(markdown) if not word.endswith((".md", ".ipynb"))}),
    )


def _as_json(value: object) -> object:
    return dict(value) if hasattr(value, "keys") else getattr(value, "__qualname__", type(value).__name__)  # type: ignore[call-overload]
