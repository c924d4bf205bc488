"""A rendered page is kept under all that it depends on, and under nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from logreg_docs.publish.markup import render_cache
from logreg_docs.publish.markup.render_cache import RenderCache
from logreg_docs.publish.run.output_cache import OutputCache, PackageGraph

if TYPE_CHECKING:
    from pathlib import Path

    Key = str | None

TEXT = "# A\n\nThe logit. See [b](b.md), `data.csv` and ![c](pictures/c.png).\n"
SOURCES = {"a.md": "a/", "b.md": "b/", "other.md": "other/"}
TERMS = {"logit": ("logit", "The log-odds."), "odds ratio": ("odds-ratio", "A ratio.")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs/pictures").mkdir(parents=True)
    return tmp_path


def key(root: Path, text: str = TEXT, *, path: str = "a.md", url: str = "a/", more: str = "", **changed: Any) -> Key:
    options = {"configuration": ["abbr"], "sources": SOURCES, "terms": TERMS} | changed
    return RenderCache(root / "pages", OutputCache(root / "execute", root), root=root, **options).key(
        path, url, text, more
    )


CHANGES: dict[str, dict[str, Any]] = {
    "text": {"text": TEXT + "More."},
    "path": {"path": "z.md"},
    "address": {"url": "z/"},
    "notebook": {"more": "{}"},
    "extensions": {"configuration": ["abbr", "tables"]},
    "tooltip of a term on the page": {"terms": TERMS | {"logit": ("logit", "Another sentence.")}},
    "term that is new": {"terms": TERMS | {"the logit": ("the-logit", "A term.")}},
    "term that is gone": {"terms": {"odds ratio": ("odds-ratio", "A ratio.")}},
    "address of a page that is linked": {"sources": SOURCES | {"b.md": "b.html"}},
    "linked page that is gone": {"sources": {"a.md": "a/", "other.md": "other/"}},
    "linked page that is new": {"sources": SOURCES | {"more/b.md": "more/b/"}},
}
KEPT: dict[str, dict[str, Any]] = {
    "tooltip of another term": {"terms": TERMS | {"odds ratio": ("odds-ratio", "Another sentence.")}},
    "address of another page": {"sources": SOURCES | {"other.md": "other.html"}},
    "page that is new": {"sources": SOURCES | {"new.md": "new/"}},
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_page_depends_on_changes_its_key(name: str, root: Path) -> None:
    assert key(root, **CHANGES[name]) != key(root)


@pytest.mark.parametrize("name", KEPT)
def test_what_a_page_does_not_depend_on_leaves_its_key(name: str, root: Path) -> None:
    assert key(root, **KEPT[name]) == key(root)


def test_order_of_files_and_terms_leaves_the_key(root: Path) -> None:
    text = f"{TEXT} Odds ratio, other."
    turned = key(root, text, sources=dict(reversed(SOURCES.items())), terms=dict(reversed(TERMS.items())))
    assert turned == key(root, text)


def test_term_over_a_line_end_counts(root: Path) -> None:
    other = TERMS | {"odds ratio": ("odds-ratio", "Another sentence.")}
    assert key(root, "An Odds\nratio.") != key(root, "An Odds\nratio.", terms=other)


@pytest.mark.parametrize("name", ["data.csv", "docs/data.csv", "docs/pictures/c.png"])
def test_content_of_a_file_that_is_named_changes_the_key(name: str, root: Path) -> None:
    found = {key(root)}
    for content in ("1", "2"):
        (root / name).write_text(content)
        found.add(key(root))
    assert len(found) == 3


def test_modules_behind_docstrings_change_the_key_and_others_do_not(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "::: logreg_docs.separation\n"
    before, read = key(root, text), PackageGraph.read
    for edited, changes in (("separation", True), ("sigmoid", True), ("softmax", False)):
        with monkeypatch.context() as patch:
            patch.setattr(
                PackageGraph,
                "read",
                lambda graph, module, edited=edited: read(graph, module) + b" " * module.endswith(f".{edited}"),
            )
            assert (key(root, text) != before) == changes


@pytest.mark.parametrize("indent", ["", "    "])
def test_page_with_docstrings_of_another_package_has_no_key(indent: str, root: Path) -> None:
    assert key(root, f"{indent}::: numpy.linalg\n") is None


def test_code_and_environment_change_the_key(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key(root)
    with monkeypatch.context() as patch:
        patch.setattr(render_cache, "_CODE", "another")
        assert key(root) != before
    monkeypatch.setattr("logreg_docs.publish.run.output_cache.environment", lambda: "another")
    assert key(root) != before


def test_state_and_entries_come_back(root: Path) -> None:
    made = RenderCache(
        root / "pages", OutputCache(root / "execute", root), configuration=[], root=root, sources={}, terms={}
    )
    assert made.load("k") is None
    made.store("k", {"content": "<p>é</p>"})
    assert made.load("k") == {"content": "<p>é</p>"}
    calls = iter("123")
    pages = (("a", "x"), ("a", "x"), ("b", "x"), ("a", "y"))
    assert [made.entries(page, content, lambda: [next(calls)]) for page, content in pages] == [
        ["1"],
        ["1"],
        ["2"],
        ["3"],
    ]
