"""Keep what pages were rendered to, so that a build renders what has changed and takes the rest as it was."""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING, Any

from logreg_docs.publish.atomic_files import digest_of_code, read_intact, write_atomically
from logreg_docs.publish.run.kernel_startup import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from logreg_docs.publish.run.output_cache import OutputCache

__all__ = ["Renders"]

_CODE = digest_of_code("markup", "pages/labs.py", "pages/templates", "plugin.py")
_DOCSTRINGS = re.compile(r"^ *:::\s*([\w.]+)", re.MULTILINE)
_WORD = re.compile(r"[\w./-]*[\w-]\.\w+")


class Renders:
    """Rendered pages in a folder, one file a page state.

    The name of a file is made of all that the state depends on: the Markdown, the glossary's entries for terms that it
    holds, the files that it names, the modules behind its API blocks, and how every page is rendered.

    Args:
        folder: Where they are kept.
        cache: What knows the environment and the package's modules.
        how: What every page depends on: the Markdown extensions, the options of plugins.
        root: The project's folder.
        sources: The address of each file of the site by its path below the docs folder.
        terms: The entry of each term of the glossary.
    """

    def __init__(
        self,
        folder: Path,
        cache: OutputCache,
        *,
        how: object,
        root: Path,
        sources: Mapping[str, str],
        terms: Mapping[str, object],
    ) -> None:
        self._folder, self._graph, self._root, self._terms = folder, cache.graph, root, terms
        self._sources = {path: (re.split(r"[./]", path.rpartition("/")[2])[0], url) for path, url in sources.items()}
        self._common = json.dumps([cache.environment, _CODE, how], default=_plain, sort_keys=True).encode()

    def key(self, path: str, url: str, markdown: str, more: str = "") -> str | None:
        """Return the name of a page's state.

        Args:
            path: The page's path below the docs folder.
            url: Its address.
            markdown: What is rendered.
            more: What else its rendering depends on.

        Returns:
            Hexadecimal digits; None where the page shows docstrings of another package, whose files nobody follows.
        """
        modules = self._graph.behind(_DOCSTRINGS.findall(markdown))
        if modules is None:
            return None
        state = hashlib.sha256(self._common)
        words = " ".join(markdown.lower().split())
        terms = {term: entry for term, entry in self._terms.items() if term.lower() in words}
        # A link is judged by the files that there are; a link to a file that is missing is complained of every time.
        named = {source: target for source, (name, target) in self._sources.items() if name in markdown}
        parts = [path, url, markdown, more, terms, named, self._contents(path, markdown)]
        state.update(json.dumps(parts, sort_keys=True).encode())
        for module in modules:
            state.update(f"\0{module}\0".encode() + self._graph.read(module))
        return state.hexdigest()

    def load(self, key: str) -> dict[str, Any] | None:
        """Return what was kept under a key, or None."""
        found = read_intact(self._folder / f"{key}.json")
        return None if found is None else dict(json.loads(found))

    def store(self, key: str, state: Mapping[str, object]) -> None:
        """Keep a page's state, whole or not at all."""
        write_atomically(self._folder / f"{key}.json", json.dumps(state).encode())

    def entries(self, page: object, content: str, make: Callable[[], list[Any]]) -> list[Any]:
        """Return the entries of a page in the search index, as kept or as made.

        Args:
            page: What they depend on beside the content.
            content: The page's HTML.
            make: Makes them.

        Returns:
            The entries.
        """
        key = hashlib.sha256(self._common + json.dumps([page, content], default=str).encode()).hexdigest()
        found = self.load(key)
        if found is None:
            found = {"entries": make()}
            self.store(key, found)
        return list(found["entries"])

    def _contents(self, path: str, markdown: str) -> dict[str, str | None]:
        """Return the digest of each file that a page names by its path, since an extension may take it in."""
        folders = [str(folder) for folder in (self._root, self._root / "docs", (self._root / "docs" / path).parent)]
        names = sorted({word for word in _WORD.findall(markdown) if not word.endswith((".md", ".ipynb"))})
        # Thousands of words look like the name of a file, and few are one: paths as text take a fifth of the time.
        files = [os.path.join(folder, name) for name in names for folder in folders]  # noqa: PTH118
        return {os.path.relpath(file, folders[0]): digest(file) for file in files if os.path.isfile(file)}  # noqa: PTH113


def _plain(value: object) -> object:
    return dict(value) if hasattr(value, "keys") else getattr(value, "__qualname__", type(value).__name__)  # type: ignore[call-overload]
