r"""Convert Markdown to HTML that other programs display: without the site's styles, and with formulas as TeX.

Canvas, Moodle and Anki have MathJax, which sets what stands in `\(…\)` and `\[…\]`. Their editors keep it as text,
while they may drop MathML or let nobody edit it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from markdown import Markdown

__all__ = ["to_plain_html"]

_EXTENSIONS = ["pymdownx.arithmatex", "pymdownx.highlight", "pymdownx.superfences", "tables"]
_CONFIGS = {"pymdownx.arithmatex": {"generic": True}, "pymdownx.highlight": {"use_pygments": False}}
_SPAN = re.compile(r'<span class="arithmatex">(.*?)</span>', re.DOTALL)
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)


@lru_cache(maxsize=4096)  # a server converts what was edited, and not the other few hundred texts
def to_plain_html(text: str) -> str:
    r"""Return Markdown as HTML.

    Args:
        text: Markdown with formulas between dollar signs.

    Returns:
        HTML, in which formulas are TeX; a single paragraph is returned without its element.

    Examples:
        >>> to_plain_html("**Where** is $p < 1$?")
        '<strong>Where</strong> is \\(p &lt; 1\\)?'
    """
    html = _renderer().reset().convert(text)
    html = _SPAN.sub(r"\1", html)
    html = html.replace(' class="arithmatex"', "").replace('<pre class="highlight">', "<pre>")
    alone = _ONE_PARAGRAPH.fullmatch(html)
    return alone[1] if alone else html


@cache
def _renderer() -> Markdown:
    return Markdown(extensions=_EXTENSIONS, extension_configs=_CONFIGS)
