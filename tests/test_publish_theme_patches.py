"""What is changed of the theme is there to be changed, and a build says so where it is not."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import material as theme
import pytest

from logreg_docs.publish.postprocess.theme_patches import (
    SCRIPT,
    SCRIPT_PATCHES,
    SHEET,
    VERSION,
    ThemeError,
    patch_page,
    patch_script,
)

TEMPLATES = Path(theme.__file__).parent / "templates"
PAGE = """\
<link rel="stylesheet" href="../assets/stylesheets/palette.12ab.min.css"><link rel="stylesheet" href="../assets/a.css">
<div class="md-search" data-md-component="search" role="dialog">
<input class="md-search__input" name="query" aria-label="Find"></div>
<nav class="md-nav" data-md-level="1" aria-labelledby="__nav_2_label" aria-expanded="true">
  <label class="md-nav__title" for="__nav_2">
    <span class="md-nav__icon md-icon"></span>
    All &amp; more
  </label></nav>
<article class="md-content__inner md-typeset"><p>text</p></article>
<script src="own.js"></script><script src="../assets/javascripts/bundle.34cd.min.js"></script>
"""


def script() -> str:
    (path,) = TEMPLATES.glob(SCRIPT)
    return path.read_text(encoding="utf-8")


def test_theme_is_the_one_that_the_changes_were_written_for() -> None:
    assert version("mkdocs-material") == VERSION
    assert len(list(TEMPLATES.glob(SHEET))) == 1


def test_script_of_the_theme_is_mended() -> None:
    mended = patch_script(script())
    assert all(patch.patched in mended for patch in SCRIPT_PATCHES)
    for gone in ("focus-visible", "--md-mermaid"):
        assert gone in script()
        assert gone not in mended


@pytest.mark.parametrize(
    "original", [*(patch.original for patch in SCRIPT_PATCHES), "focus-visible-polyfill-ready", "--md-mermaid"]
)
def test_script_without_what_is_to_be_changed_is_refused_with_both_versions(original: str) -> None:
    message = rf"the script of Material {version('mkdocs-material')} does not hold .* in Material {VERSION}\."
    with pytest.raises(ThemeError, match=message):
        patch_script(script().replace(original, ""))


def test_page_of_the_theme_is_mended_and_the_rest_stays() -> None:
    mended = patch_page(PAGE)
    assert "palette" not in mended
    assert '<div class="md-search" data-md-component="search" role="dialog" aria-label="Find">' in mended
    assert '<nav class="md-nav" data-md-level="1" aria-label="All &amp; more" aria-expanded="true">' in mended
    assert '<script src="own.js"></script><script defer src="../assets/javascripts/bundle.' in mended
    assert '<article class="md-content__inner md-typeset"><p>' in mended


@pytest.mark.parametrize(("mark", "width"), [("lr-lead", "lr-home"), ("lr-roomy", "lr-broad")])
def test_page_says_its_width_where_its_text_begins(mark: str, width: str) -> None:
    mended = patch_page(PAGE.replace("<p>", f'<p class="{mark}">'))
    assert f'<article class="md-content__inner md-typeset {width}">' in mended


def test_search_stands_aside_where_a_repository_is_named() -> None:
    mended = patch_page(f'{PAGE}<div class="md-header__source"></div>')
    assert '<div class="md-search lr-pushed" data-md-component="search"' in mended


@pytest.mark.parametrize("original", ["palette.", 'role="dialog"', "<article ", "bundle.", 'class="md-nav__title"'])
def test_page_without_what_is_to_be_changed_is_refused(original: str) -> None:
    with pytest.raises(ThemeError, match=rf"the page of Material .* replaces in Material {re.escape(VERSION)}"):
        patch_page(PAGE.replace(original, "other"))
