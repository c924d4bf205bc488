"""What is changed of the theme, Material for MkDocs, in one place: a build stops where what is to be changed is gone.

Its templates are extended in `docs/_theme`, in the ways that it offers. What stands here is replaced in what it gives.
"""

from __future__ import annotations

import re
from importlib.metadata import version

__all__ = ["HEAD", "NEVER_MADE", "SCRIPT", "SHEET", "VERSION", "ThemeError", "mend_page", "mend_script"]

VERSION = "9.8.1"
"""The version that all of this was written for."""
SCRIPT = "assets/javascripts/bundle.*.min.js"
"""Where the theme's script lies on a built site."""
SHEET = "assets/stylesheets/main.*.min.css"
"""Where its style sheet lies."""
HEAD = '<meta charset="utf-8">'
"""How the head of a page begins."""
NEVER_MADE = ("md-source__fact", "md-source__repository--", "md-status", "md-tag", "md-version")
"""Beginnings of classes that its script makes only with features that this site does not use."""

# The theme's script makes a landmark without a name of every copy button, and a link without one of every code note.
# It looks for tables that have no box yet. It asks for the width of every code block in turn, each time after it has
# changed the page, which lays out the page as often; an observer hears all widths at once, and of what is hidden none.
# And it forbids transitions while it sets the scheme, which styles everything twice, also when that is set already.
# It prepares every code block in one go while the page waits; here each has its turn when nothing else is to be done.
# It lets the keyboard scroll wide code only where there is a mouse. A head that hears of a colour scheme styles
# everything anew each time; the style sheet tells it the same.
# Its keys for the page before and the next one look for links that the pages have lost; the footer has the same.
_MENDED = {
    '("nav",{class:"md-code__nav"}': '("div",{class:"md-code__nav"}',
    'class:"md-annotation__index",': 'class:"md-annotation__index","aria-label":"Note",',
    '"table:not([class])"': '":not(.md-typeset__table)>table:not([class])"',
    "function es(e){return Le(e).pipe(": "function es(e){return Ia.pipe(O(r=>r.observe(e)),"
    "b(r=>cn.pipe(g(o=>o.target===e),A(()=>r.unobserve(e)))),m(()=>de(e)),",
    "document.head.appendChild(o);let n=Wt(": "let n=Wt(",
    'V("content.lazy")?mt(e).pipe(g(n=>n),Ee(1),b(()=>o)):o': "$(e).pipe(b(()=>new Promise("
    "r=>(self.requestIdleCallback||setTimeout)(r))),b(()=>o))",
    'd&&r?e.setAttribute("tabindex","0")': 'd?e.setAttribute("tabindex","0")',
    'ue("link[rel=prev]")': 'ue("a.md-footer__link--prev")',
    'ue("link[rel=next]")': 'ue("a.md-footer__link--next")',
    'document.body.setAttribute("data-md-color-switching","")': "s.color.scheme===document.body.dataset.mdColorScheme||"
    'document.body.setAttribute("data-md-color-switching","")',
}
# The look of a diagram tool, which no page uses.
_DIAGRAMS = re.compile(r'"(?:[^"\\]|\\.)*--md-mermaid(?:[^"\\]|\\.)*"')
# It still marks focus with a class, for browsers that do not know `:focus-visible`; these pages need newer ones anyway.
_POLYFILL = re.compile(
    r'(?<=\bvar xo=Cr\()\(kr,yo\)=>\{.*?"focus-visible-polyfill-ready".*?e\(document\)\}\)\)\}(?=\);)', re.DOTALL
)
# Patterns begin with what they look for, so that a page is searched as fast as for a word.
# This site's sheet stands in for the theme's palette, so the number of requests stays the same.
_PALETTE = re.compile(r'<link rel="stylesheet" href="[^"]*assets/stylesheets/palette\.\w+\.min\.css">')
# The search has no name, but its field has.
_SEARCH = re.compile(r'class="md-search(" [^>]*role="dialog")(?=.*?name="query"( aria-label="[^"]*"))', re.DOTALL)
_ARTICLE = re.compile('<article class="md-content__inner md-typeset"')
_BUNDLE = re.compile(r'<script( src="[^"]*assets/javascripts/bundle\.)')
# A section that has a page of its own: the label by which its list is named holds an arrow alone.
_LIST = re.compile(
    r'aria-labelledby="__nav_[\d_]+_label"'
    r'(?=[^>]*>\s*<label class="md-nav__title"[^>]*>\s*<span[^>]*></span>\s*([^<"]+?)\s*</label>)'
)


class ThemeError(Exception):
    """The theme does not hold what is to be changed in it."""


def mend_script(script: str) -> str:
    """Return the theme's script with its faults mended and without what these pages never call.

    Args:
        script: Its text.

    Returns:
        JavaScript.

    Raises:
        ThemeError: If something that is to be changed is not in it.
    """
    for theirs, ours in _MENDED.items():
        if theirs not in script:
            raise _missing(theirs, "script")
        script = script.replace(theirs, ours)
    return _changed(_POLYFILL, "()=>{}", _changed(_DIAGRAMS, '""', script, "script"), "script")


def mend_page(html: str) -> str:
    """Return a page of the theme as this site wants it.

    Where the repository's box will push the search aside, the search says so and stands aside from the start. A text of
    another width says so where it begins: once its first lines are drawn, a class further down would move them.

    Args:
        html: What the templates gave.

    Returns:
        HTML.

    Raises:
        ThemeError: If something that is to be changed is not in it.
    """
    pushed = " lr-pushed" if 'class="md-header__source"' in html else ""
    width = " lr-home" if "lr-lead" in html else " lr-broad" if "lr-roomy" in html else ""
    html = _changed(_PALETTE, "", html, "page")
    html = _changed(_SEARCH, rf'class="md-search{pushed}\1\2', html, "page")
    html = _changed(_ARTICLE, f'<article class="md-content__inner md-typeset{width}"', html, "page")
    html = _changed(_BUNDLE, r"<script defer\1", html, "page")
    return _changed(_LIST, r'aria-label="\1"', html, "page") if 'aria-labelledby="__nav_' in html else html


def _changed(pattern: re.Pattern[str], ours: str, text: str, where: str) -> str:
    text, found = pattern.subn(ours, text)
    if not found:
        raise _missing(pattern.pattern, where)
    return text


def _missing(theirs: str, where: str) -> ThemeError:
    return ThemeError(
        f"the {where} of Material {version('mkdocs-material')} does not hold {theirs!r}, which "
        f"logreg_docs/publish/postprocess/theme_patches.py replaces in Material {VERSION}. See whether that is still "
        "needed, and mend or delete it there."
    )
