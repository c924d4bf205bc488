"""All patches of the theme, Material for MkDocs; a build fails where the text to be replaced is missing.

The theme's templates are extended in `docs/_theme` by the means that it offers. These patches replace parts of what the
templates and the script contain.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import NamedTuple

__all__ = [
    "HEAD",
    "NEVER_MADE",
    "SCRIPT",
    "SCRIPT_PATCHES",
    "SHEET",
    "VERSION",
    "ScriptPatch",
    "ThemeError",
    "patch_page",
    "patch_script",
]

VERSION = "9.8.1"
"""The version of Material that the patches were written for."""
SCRIPT = "assets/javascripts/bundle.*.min.js"
"""The theme's script on a built site."""
SHEET = "assets/stylesheets/main.*.min.css"
"""The theme's style sheet."""
HEAD = '<meta charset="utf-8">'
"""The first element in the head of a page."""
NEVER_MADE = ("md-source__fact", "md-source__repository--", "md-status", "md-tag", "md-version")
"""Prefixes of classes that the theme's script sets only for features that this site does not use."""


class ScriptPatch(NamedTuple):
    """A replacement in the theme's script: why it is needed, the code of the theme, and the code instead."""

    reason: str
    original: str
    patched: str


SCRIPT_PATCHES = (
    ScriptPatch(
        "Copy buttons are landmarks without a name.",
        '("nav",{class:"md-code__nav"}',
        '("div",{class:"md-code__nav"}',
    ),
    ScriptPatch(
        "The links of code annotations have no name.",
        'class:"md-annotation__index",',
        'class:"md-annotation__index","aria-label":"Note",',
    ),
    ScriptPatch(
        "The build has put tables into their boxes already.",
        '"table:not([class])"',
        '":not(.md-typeset__table)>table:not([class])"',
    ),
    ScriptPatch(
        "Measuring each code block after a change lays out the page as often. An observer reports all widths at once.",
        "function es(e){return Le(e).pipe(",
        "function es(e){return Ia.pipe(O(r=>r.observe(e)),"
        "b(r=>cn.pipe(g(o=>o.target===e),A(()=>r.unobserve(e)))),m(()=>de(e)),",
    ),
    ScriptPatch(
        "A colour scheme in the head restyles the page at each change; the style sheet sets the same scheme.",
        "document.head.appendChild(o);let n=Wt(",
        "let n=Wt(",
    ),
    ScriptPatch(
        "Preparing all code blocks at once blocks the page; now each waits until the browser is idle.",
        'V("content.lazy")?mt(e).pipe(g(n=>n),Ee(1),b(()=>o)):o',
        "$(e).pipe(b(()=>new Promise(r=>(self.requestIdleCallback||setTimeout)(r))),b(()=>o))",
    ),
    ScriptPatch(
        "The keyboard scrolls wide code only where there is a mouse.",
        'd&&r?e.setAttribute("tabindex","0")',
        'd?e.setAttribute("tabindex","0")',
    ),
    ScriptPatch(
        "The keys for the previous page follow a link in the head that is removed; the footer has the same.",
        'ue("link[rel=prev]")',
        'ue("a.md-footer__link--prev")',
    ),
    ScriptPatch(
        "So do the keys for the next page.",
        'ue("link[rel=next]")',
        'ue("a.md-footer__link--next")',
    ),
    ScriptPatch(
        "Suspending transitions styles the page twice, which is needed only if the scheme changes.",
        'document.body.setAttribute("data-md-color-switching","")',
        "s.color.scheme===document.body.dataset.mdColorScheme||"
        'document.body.setAttribute("data-md-color-switching","")',
    ),
)
"""Every replacement of exact code in the theme's script."""

# The style of Mermaid diagrams, which no page uses.
_DIAGRAMS = re.compile(r'"(?:[^"\\]|\\.)*--md-mermaid(?:[^"\\]|\\.)*"')
# A polyfill for browsers without `:focus-visible`, which cannot display these pages anyway.
_POLYFILL = re.compile(
    r'(?<=\bvar xo=Cr\()\(kr,yo\)=>\{.*?"focus-visible-polyfill-ready".*?e\(document\)\}\)\)\}(?=\);)', re.DOTALL
)
# The following patterns start with literal text, which makes searching a page fast.
# The site's own style sheet replaces the theme's palette, so the number of requests is the same.
_PALETTE = re.compile(r'<link rel="stylesheet" href="[^"]*assets/stylesheets/palette\.\w+\.min\.css">')
# The search dialog has no name, but its input has.
_SEARCH = re.compile(r'class="md-search(" [^>]*role="dialog")(?=.*?name="query"( aria-label="[^"]*"))', re.DOTALL)
_ARTICLE = re.compile('<article class="md-content__inner md-typeset"')
_BUNDLE = re.compile(r'<script( src="[^"]*assets/javascripts/bundle\.)')
# The list of a section with a page of its own is named by a label that contains nothing but an arrow.
_LIST = re.compile(
    r'aria-labelledby="__nav_[\d_]+_label"'
    r'(?=[^>]*>\s*<label class="md-nav__title"[^>]*>\s*<span[^>]*></span>\s*([^<"]+?)\s*</label>)'
)


class ThemeError(Exception):
    """The theme does not contain what is to be replaced."""


def patch_script(script: str) -> str:
    """Return the theme's script with `SCRIPT_PATCHES` and without code that these pages never call.

    Raises:
        ThemeError: If the script does not contain what is to be replaced.
    """
    for patch in SCRIPT_PATCHES:
        if patch.original not in script:
            raise _missing(patch.original, "script")
        script = script.replace(patch.original, patch.patched)
    return _replaced(_POLYFILL, "()=>{}", _replaced(_DIAGRAMS, '""', script, "script"), "script")


def patch_page(html: str) -> str:
    """Return a page of the theme's templates as this site needs it.

    Classes of the search and the article announce what comes later on the page (the repository's box, a wide or narrow
    text), so that the browser does not move what it has already drawn.

    Raises:
        ThemeError: If the page does not contain what is to be replaced.
    """
    pushed = " lr-pushed" if 'class="md-header__source"' in html else ""
    width = " lr-home" if "lr-lead" in html else " lr-broad" if "lr-roomy" in html else ""
    html = _replaced(_PALETTE, "", html, "page")
    html = _replaced(_SEARCH, rf'class="md-search{pushed}\1\2', html, "page")
    html = _replaced(_ARTICLE, f'<article class="md-content__inner md-typeset{width}"', html, "page")
    html = _replaced(_BUNDLE, r"<script defer\1", html, "page")
    return _replaced(_LIST, r'aria-label="\1"', html, "page") if 'aria-labelledby="__nav_' in html else html


def _replaced(pattern: re.Pattern[str], replacement: str, text: str, where: str) -> str:
    text, found = pattern.subn(replacement, text)
    if not found:
        raise _missing(pattern.pattern, where)
    return text


def _missing(original: str, where: str) -> ThemeError:
    return ThemeError(
        f"the {where} of Material {version('mkdocs-material')} does not hold {original!r}, which "
        f"logreg_docs/publish/postprocess/theme_patches.py replaces in Material {VERSION}. See whether that is still "
        "needed, and adapt or delete it there."
    )
