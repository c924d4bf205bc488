"""Remove from the built site what neither readers nor browsers need, so that the first visit loads less.

The style sheets are bundled into one file with only the rules that can match, named by the digest of its content. Pages
lose indentation, the markup of code tokens without a colour, and links that browsers prefetch.

Tables get the boxes that Material's script would add, so that nothing moves after it was drawn.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from logreg_docs.figures.svg import minify_svg
from logreg_docs.publish.atomic_files import digest_of_code, get_or_create
from logreg_docs.publish.postprocess.theme_patches import SCRIPT, SHEET, patch_script
from logreg_docs.publish.postprocess.unused_css import UsedNames, remove_unused_rules

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["cached_minified_svg", "read_pages", "slim_html", "slim_site"]

_CODE = digest_of_code("../figures/svg.py")
_SHEETS = (SHEET, "assets/style.css", "assets/_mkdocstrings.css")
_LINK = re.compile(
    r'<link rel="stylesheet" href="(?P<base>[^"]*?)assets/'
    r'(?P<sheet>stylesheets/main\.\w+\.min|style|_mkdocstrings)\.css">'
)
# Firefox prefetches these pages, which no reader asked for and the content security policy forbids.
_PREFETCHED = re.compile(r'<link rel="(?:prev|next)"[^>]*>')
# The full name of a type without a page here is visible only to a mouse, and the theme prepares a tooltip for each.
_TYPE_TOOLTIP = re.compile(r'<span title="[\w.]+">([^<]*)</span>')
_VERBATIM = re.compile(r"(<(pre|script|style|textarea|annotation)\b.*?</\2>)", re.DOTALL)
# Names, constants, spaces, punctuation, operators and the f of f"…" have the colour of the text.
_PLAIN = re.compile(r'<span class="(?:n|w|p|o|kc|sa|fm|vm)">([^<]*)</span>')
_SAME_COLOUR = {"kn": "k", "mf": "mi", "s1": "s2", "si": "s2"}
_MARK = re.compile(rf'(?<=<span class=")(?:{"|".join(_SAME_COLOUR)})(?=">)')
_NEXT = re.compile(r'(<span class="(\w+)">[^<]*)</span><span class="\2">')
_TABLE = re.compile(r"<table(?![^>]*\bclass=)[^>]*>.*?</table>", re.DOTALL)
# The <i> lets the style sheet know that the table is complete and its columns will not change.
_BOXED = r'<div class="md-typeset__scrollwrap lr-table"><div class="md-typeset__table">\g<0></div><i></i></div>'


def slim_site(folder: Path) -> None:
    """Patch the theme's script, slim the pages and bundle the style sheets of a built site in `folder`."""
    for script in folder.glob(SCRIPT):
        script.write_text(patch_script(script.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    pages = {path: slim_html(html) for path, html in read_pages(folder).items()}
    names = UsedNames(
        path.read_text(encoding="utf-8") for path in sorted(folder.glob("assets/**/*.js")) if _changes_pages(path)
    )
    for html in pages.values():
        names.read_page(html)
    sheets = [path for pattern in _SHEETS for path in sorted(folder.glob(pattern))]
    css = "\n".join(path.read_text(encoding="utf-8") for path in sheets).replace(".focus-visible", ":focus-visible")
    css = remove_unused_rules(css, names)
    name = f"assets/site.{hashlib.sha256(css.encode()).hexdigest()[:8]}.css"
    (folder / name).write_text(css, encoding="utf-8", newline="\n")
    for path in sheets:
        path.unlink()
        path.with_name(f"{path.name}.map").unlink(missing_ok=True)

    def link(match: re.Match[str]) -> str:
        return f'<link rel="stylesheet" href="{match["base"]}{name}">' if match["sheet"] == "style" else ""

    for path, html in pages.items():
        path.write_text(_LINK.sub(link, html), encoding="utf-8", newline="\n")


def read_pages(folder: Path) -> dict[Path, str]:
    """Return the HTML of each page of a built site in `folder`; verification files of search engines are not pages."""
    files = {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.html"))}
    return {path: html for path, html in files.items() if "<html" in html}


def _changes_pages(script: Path) -> bool:
    """Return whether a script can change pages, as workers cannot."""
    return not {"lunr", "workers"} & set(script.parts)


def slim_html(html: str) -> str:
    r"""Return a page that looks and copies the same but is smaller, with its tables in boxes.

    Examples:
        >>> slim_html('<ul>\n    <li>a  b</li>\n</ul>\n<pre>  <span class="n">x</span></pre>')
        '<ul>\n<li>a  b</li>\n</ul>\n<pre>  x</pre>'
    """
    html = _TYPE_TOOLTIP.sub(r"\1", _TABLE.sub(_BOXED, _PREFETCHED.sub("", html)))
    parts = _VERBATIM.split(html)
    parts[0::3] = [re.sub(r"\s*\n\s*", "\n", part).replace(' data-search-exclude=""', "") for part in parts[0::3]]
    parts[1::3] = [_slim_code(part) for part in parts[1::3]]
    del parts[2::3]  # the names of the elements
    # All annotations on these pages are TeX.
    return "".join(parts).replace('<annotation encoding="application/x-tex">', "<annotation>")


def _slim_code(code: str) -> str:
    code = _PLAIN.sub(r"\1", code).replace("<span></span>", "")
    code = _MARK.sub(lambda match: _SAME_COLOUR[match[0]], code)
    while (shorter := _NEXT.sub(r"\1", code)) != code:
        code = shorter
    return code


def cached_minified_svg(svg: str, folder: Path) -> str:
    """Return `minify_svg` of a figure, from the cache in `folder` if possible."""
    digest = hashlib.sha256(f"{_CODE}{svg}".encode())
    return get_or_create(folder / f"{digest.hexdigest()}.svg", lambda: minify_svg(svg).encode()).decode()
