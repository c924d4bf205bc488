"""Make the search work on pages that are opened as files, which may load scripts but send no requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_index_script"]


def write_index_script(site: Path) -> None:
    """Write the search index of a built site as a script, too, which Material loads if it cannot request the index."""
    index = site / "search/search_index.json"
    if index.is_file():
        text = index.read_text(encoding="utf-8")
        index.with_suffix(".js").write_text(f"var __index={text}", encoding="utf-8", newline="\n")
