"""Give a page with explorables their style and the script that fetches their code, and no other page anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logreg_docs.explorables.base import drawing_style

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FOLDER", "INLINED", "page_script", "page_style", "place", "slim"]

FOLDER = "assets/explorables/"
"""Where the explorables' scripts and style lie, below the docs folder and below the site."""
INLINED = {"style": FOLDER + "explorables.css", "loader": FOLDER + "loader.js"}
"""What is written into pages and so not published as a file."""


def slim(code: str) -> str:
    r"""Drop comment lines and indentation, which no browser needs.

    Args:
        code: JavaScript or CSS in which a comment fills its lines and no text runs over a line end.

    Returns:
        The code without them.

    Examples:
        >>> slim("// Why.\n/** @param {number} z */\nfunction f(z) {\n  return z; // short\n}\n")
        'function f(z) {\nreturn z; // short\n}\n'
    """
    without = re.sub(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", "", code, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^(?:[ \t]*//.*\n|[ \t]*\n|[ \t]+)", "", without, flags=re.MULTILINE)


def place(html: str, explorables: Mapping[str, str]) -> str:
    """Put explorables where their tokens stand.

    Args:
        html: A page's content.
        explorables: HTML by token.

    Returns:
        The content with the figures in it.
    """
    for token, figure in explorables.items():
        html = html.replace(f"<p>{token}</p>", figure)
    return html


def page_style(css: str) -> str:
    """Return the style that a page with explorables needs.

    Args:
        css: Their style sheet.

    Returns:
        CSS of the drawings and of the frame around them.
    """
    return slim(drawing_style() + css)


def page_script(loader: str, base: str) -> str:
    """Return the script element that fetches the explorables' code.

    Args:
        loader: The loader's code.
        base: The folder of the modules, seen from the page.

    Returns:
        HTML.
    """
    return f"<script>{slim(loader).replace('@base@', base).strip()}</script>"
