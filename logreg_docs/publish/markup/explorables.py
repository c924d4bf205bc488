"""Insert explorables into a page, with their style sheet and the script that loads their modules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logreg_docs.explorables.base import drawing_style

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FOLDER", "INLINED", "insert_explorables", "page_script", "page_style", "strip_comments"]

FOLDER = "assets/explorables/"
"""Folder of the explorables' scripts and style sheet, below the docs folder and below the site."""
INLINED = {"style": FOLDER + "explorables.css", "loader": FOLDER + "loader.js"}
"""Files that are inserted into pages instead of being published."""


def strip_comments(code: str) -> str:
    r"""Remove comment lines and indentation from JavaScript or CSS.

    A comment must fill its lines, and no string may span lines.

    Examples:
        >>> strip_comments("// Why.\n/** @param {number} z */\nfunction f(z) {\n  return z; // short\n}\n")
        'function f(z) {\nreturn z; // short\n}\n'
    """
    without = re.sub(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", "", code, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^(?:[ \t]*//.*\n|[ \t]*\n|[ \t]+)", "", without, flags=re.MULTILINE)


def insert_explorables(html: str, explorables: Mapping[str, str]) -> str:
    """Replace the placeholder paragraphs of a page by their explorables.

    Args:
        html: The page's content.
        explorables: HTML by placeholder.

    Returns:
        The content with the figures.
    """
    for token, figure in explorables.items():
        html = html.replace(f"<p>{token}</p>", figure)
    return html


def page_style(css: str) -> str:
    """Return the CSS for a page with explorables: that of the drawings, and `css`, that of the frame around them."""
    return strip_comments(drawing_style() + css)


def page_script(loader: str, base: str) -> str:
    """Return the script element that loads the explorables' modules.

    Args:
        loader: The code of the loader.
        base: The folder of the modules, relative to the page.

    Returns:
        HTML.
    """
    return f"<script>{strip_comments(loader).replace('@base@', base).strip()}</script>"
