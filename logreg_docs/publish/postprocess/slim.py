"""Take out of the built site what no reader and no browser needs: a first visit is paid for by the byte.

Three style sheets become one, which holds only the rules that can match, and whose name changes with its content. Pages
lose indentation, the marks of code that look like plain text and links that a browser follows unasked.

Nothing on a page moves after it was drawn: tables come in the boxes that Material's script would put around them.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from logreg_docs.figures.svg import minify_svg
from logreg_docs.publish.atomic_files import digest_of_code, get_or_create
from logreg_docs.publish.postprocess.theme_patches import SCRIPT, SHEET, mend_script
from logreg_docs.publish.postprocess.unused_css import Names, used_rules

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["kept_slim_svg", "read_pages", "slim_html", "slim_site"]

_CODE = digest_of_code("../figures/svg.py")
_SHEETS = (SHEET, "assets/style.css", "assets/_mkdocstrings.css")
_LINK = re.compile(
    r'<link rel="stylesheet" href="(?P<base>[^"]*?)assets/'
    r'(?P<sheet>stylesheets/main\.\w+\.min|style|_mkdocstrings)\.css">'
)
# Firefox takes the next page for one to fetch in advance, which no reader asked for and the pages' policy forbids.
_FETCHED_AHEAD = re.compile(r'<link rel="(?:prev|next)"[^>]*>')
# The full name of a type that has no page here shows under a mouse alone, and the theme prepares a box for each.
_NAMED = re.compile(r'<span title="[\w.]+">([^<]*)</span>')
_VERBATIM = re.compile(r"(<(pre|script|style|textarea|annotation)\b.*?</\2>)", re.DOTALL)
# Names, constants, spaces, punctuation, operators and the f of f"…" have the colour of the text.
_PLAIN = re.compile(r'<span class="(?:n|w|p|o|kc|sa|fm|vm)">([^<]*)</span>')
_SAME_COLOUR = {"kn": "k", "mf": "mi", "s1": "s2", "si": "s2"}
_MARK = re.compile(rf'(?<=<span class=")(?:{"|".join(_SAME_COLOUR)})(?=">)')
_NEXT = re.compile(r'(<span class="(\w+)">[^<]*)</span><span class="\2">')
_TABLE = re.compile(r"<table(?![^>]*\bclass=)[^>]*>.*?</table>", re.DOTALL)
# What follows tells the style sheet that the table has come to its end, and its columns no longer change.
_BOXED = r'<div class="md-typeset__scrollwrap lr-table"><div class="md-typeset__table">\g<0></div><i></i></div>'


def slim_site(folder: Path) -> None:
    """Rewrite the pages and the style sheets of a built site.

    Args:
        folder: The site's folder.
    """
    for script in folder.glob(SCRIPT):
        script.write_text(mend_script(script.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    pages = {path: slim_html(html) for path, html in read_pages(folder).items()}
    names = Names(path.read_text(encoding="utf-8") for path in sorted(folder.glob("assets/**/*.js")) if _own(path))
    for html in pages.values():
        names.read(html)
    sheets = [path for pattern in _SHEETS for path in sorted(folder.glob(pattern))]
    css = "\n".join(path.read_text(encoding="utf-8") for path in sheets).replace(".focus-visible", ":focus-visible")
    css = used_rules(css, names)
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
    """Return the pages of a built site; a file that only proves to a search engine whose site it is, is none.

    Args:
        folder: The site's folder.

    Returns:
        HTML by file.
    """
    files = {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.html"))}
    return {path: html for path, html in files.items() if "<html" in html}


def _own(script: Path) -> bool:
    """Leave out what runs beside the page and cannot change it."""
    return not {"lunr", "workers"} & set(script.parts)


def slim_html(html: str) -> str:
    r"""Return a page without what changes nothing or is fetched unasked, and with its tables in boxes.

    Args:
        html: The page.

    Returns:
        HTML that looks and copies the same as after Material's script has run.

    Examples:
        >>> slim_html('<ul>\n    <li>a  b</li>\n</ul>\n<pre>  <span class="n">x</span></pre>')
        '<ul>\n<li>a  b</li>\n</ul>\n<pre>  x</pre>'
    """
    html = _NAMED.sub(r"\1", _TABLE.sub(_BOXED, _FETCHED_AHEAD.sub("", html)))
    parts = _VERBATIM.split(html)
    parts[0::3] = [re.sub(r"\s*\n\s*", "\n", part).replace(' data-search-exclude=""', "") for part in parts[0::3]]
    parts[1::3] = [_slim_code(part) for part in parts[1::3]]
    del parts[2::3]  # the element's name
    # An annotation of a formula on these pages is always TeX.
    return "".join(parts).replace('<annotation encoding="application/x-tex">', "<annotation>")


def _slim_code(code: str) -> str:
    code = _PLAIN.sub(r"\1", code).replace("<span></span>", "")
    code = _MARK.sub(lambda match: _SAME_COLOUR[match[0]], code)
    while (shorter := _NEXT.sub(r"\1", code)) != code:
        code = shorter
    return code


def kept_slim_svg(svg: str, folder: Path) -> str:
    """Return what `minify_svg` makes of a figure, and do so once for all builds.

    Args:
        svg: The figure.
        folder: Where slim figures are kept.

    Returns:
        SVG that looks the same.
    """
    digest = hashlib.sha256(f"{_CODE}{svg}".encode())
    return get_or_create(folder / f"{digest.hexdigest()}.svg", lambda: minify_svg(svg).encode()).decode()
