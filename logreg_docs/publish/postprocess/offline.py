"""Let the site be read from a folder: a page that is opened as a file may request nothing, but may load scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_index_script"]


def write_index_script(site: Path) -> None:
    """Write the search index a second time, as the script that Material loads where it cannot request the index.

    Args:
        site: The folder of the built site; one without a search is left as it is.
    """
    index = site / "search/search_index.json"
    if index.is_file():
        text = index.read_text(encoding="utf-8")
        index.with_suffix(".js").write_text(f"var __index={text}", encoding="utf-8", newline="\n")
