"""What lets the site be read from a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from logreg_docs.publish.postprocess.offline import write_index_script

if TYPE_CHECKING:
    from pathlib import Path


def test_index_is_written_as_the_script_that_sets_what_material_reads(tmp_path: Path) -> None:
    (tmp_path / "search").mkdir()
    text = json.dumps({"docs": [{"title": "η ≤ 2 \u2028"}]}, ensure_ascii=False)
    (tmp_path / "search/search_index.json").write_text(text, encoding="utf-8")
    write_index_script(tmp_path)
    written = (tmp_path / "search/search_index.js").read_text(encoding="utf-8")
    assert written == f"var __index={text}"


def test_site_without_a_search_is_left_as_it_is(tmp_path: Path) -> None:
    write_index_script(tmp_path)
    assert list(tmp_path.iterdir()) == []
