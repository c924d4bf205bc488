"""Insert explorables into a page, with their style sheet, the script that loads their modules and a way to embed them.

Each explorable has a page of its own, too, which other sites show in a frame; `docs/_theme/embed.html` is its template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from logreg_docs.explorables.base import drawing_style
from logreg_docs.publish.markup.headings import Heading, headings
from logreg_docs.publish.pages.outputs import explorable_anchor

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EMBEDS",
    "FOLDER",
    "INLINED",
    "Embed",
    "insert_explorables",
    "page_script",
    "page_style",
    "read_embeds",
    "strip_comments",
]

FOLDER = "assets/explorables/"
"""Folder of the explorables' scripts and style sheet, below the docs folder and below the site."""
INLINED = {"style": FOLDER + "explorables.css", "loader": FOLDER + "loader.js"}
"""Files that are inserted into pages instead of being published."""
EMBEDS = "embed/"
"""Folder of the explorables' own pages, below the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """An explorable for a page of its own.

    Args:
        name: Its name, which is that of its script and of its page.
        html: The figure, in which `@id@` stands for a prefix that is unique on a page.
        path: The path of the page of the site that shows it.
        section: The heading above it there; without anchor and text where there is none.
    """

    name: str
    html: str
    path: str
    section: Heading

    def to_html(self, prefix: str) -> str:
        """Return the figure for a page on which no other id begins with `prefix`."""
        return self.html.replace("@id@", prefix)


def strip_comments(code: str) -> str:
    r"""Remove comment lines and indentation from JavaScript or CSS.

    A comment must fill its lines, and no string may span lines.

    Examples:
        >>> strip_comments("// Why.\n/** @param {number} z */\nfunction f(z) {\n  return z; // short\n}\n")
        'function f(z) {\nreturn z; // short\n}\n'
    """
    without = re.sub(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", "", code, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^(?:[ \t]*//.*\n|[ \t]*\n|[ \t]+)", "", without, flags=re.MULTILINE)


def read_embeds(path: str, html: str, explorables: Mapping[int, str]) -> dict[int, Embed]:
    """Return the explorables of a page, each with the section that it stands in.

    Args:
        path: The page's path.
        html: Its content, with placeholders.
        explorables: HTML by the line that a placeholder names.

    Returns:
        What their own pages need, by the same line.
    """
    every = [Heading(0, "", ""), *headings(html)]
    embeds = {}
    for line, figure in explorables.items():
        name = figure.partition(" ")[0].removeprefix("<lr-").replace("-", "_")
        at = html.index(_placeholder(line))
        section = [heading for heading in every if heading.at <= at][-1]
        embeds[line] = Embed(name=name, html=figure, path=path, section=section)
    return embeds


def insert_explorables(html: str, embeds: Mapping[int, Embed], folder: str) -> str:
    """Replace the placeholder paragraphs of a page by their explorables, and offer below each how to embed it.

    Args:
        html: The page's content.
        embeds: The explorables, by the line that a placeholder names.
        folder: The folder of their own pages, relative to this one.

    Returns:
        The content with the figures.
    """
    for line, embed in embeds.items():
        offer = (
            f'<p class="lr-embed" data-search-exclude><a href="{folder}{embed.name}/">Open alone</a>'
            f'<button type="button" data-title="{embed.section.text}: figure to move" hidden>Copy embed code</button>'
            f'<span role="status"></span></p>'
        )
        html = html.replace(_placeholder(line), embed.to_html(explorable_anchor(line)) + offer)
    return html


def _placeholder(line: int) -> str:
    return f"<p>explorable-at-line-{line}</p>"


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
