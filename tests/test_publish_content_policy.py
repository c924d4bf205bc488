"""The content security policy: the same for the same scripts, on every page, and before everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from logreg_docs.publish.postprocess.content_policy import inline_scripts, policy, write_policy
from logreg_docs.publish.postprocess.theme_patches import ThemeError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '<html><head><meta charset="utf-8">'


def test_scripts_over_several_lines_are_found_and_files_data_and_shown_code_are_not() -> None:
    html = (
        '<script>\nlet a = "<\\/script>"\n</script><script defer src="a.js"></script>'
        '<script id="c" type="application/json">{}</script><code>&lt;script&gt;b&lt;/script&gt;</code>'
    )
    assert inline_scripts(html) == {'\nlet a = "<\\/script>"\n'}


def test_policy_does_not_depend_on_the_order_of_scripts_and_allows_none_by_itself() -> None:
    assert policy(["a", "b", "a"]) == policy(["b", "a"])
    scripts = policy(["a"]).split(";")[1]
    assert "unsafe" not in scripts
    assert policy([]).split(";")[1] == "script-src 'self'"


def test_page_may_run_its_own_scripts_and_those_in_the_text_of_every_page(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    paths = {"a": tmp_path / "a.html", "b": tmp_path / "b/index.html"}
    for name, path in paths.items():
        path.write_text(f"{HEAD}<script>{name}</script><main><script>text {name}</script></main>", encoding="utf-8")
    write_policy(tmp_path)
    for name, path in paths.items():
        expected = policy([name, "text a", "text b"])
        meta = f'<meta http-equiv="Content-Security-Policy" content="{expected}">'
        assert path.read_text(encoding="utf-8").startswith(f"{HEAD}{meta}<script>")


def test_page_without_a_place_for_the_policy_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/index.html").write_text("<html><head>", encoding="utf-8")
    with pytest.raises(ThemeError, match=r"^b/index\.html must hold <meta charset"):
        write_policy(tmp_path)


def test_file_that_is_no_page_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "google1.html").write_text("google-site-verification: google1.html")
    write_policy(tmp_path)
    assert (tmp_path / "google1.html").read_text() == "google-site-verification: google1.html"
