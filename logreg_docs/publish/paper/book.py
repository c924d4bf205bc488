"""Put parts together into one HTML document for the printer: a cover, contents, the parts, and no link into nowhere."""

from __future__ import annotations

from collections import Counter
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from bs4 import BeautifulSoup

from logreg_docs.publish.paper.parts import PaperError, anchor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bs4 import Tag

    from logreg_docs.publish.paper.parts import BookPart

__all__ = ["Entry", "check_links", "document", "find_image", "outline"]

_CONTENTS = "paper-contents"


class Entry(NamedTuple):
    """A part in the contents: its title, its anchor, and title and anchor of each of its sections."""

    title: str
    place: str
    sections: list[tuple[str, str]]


def document(parts: Sequence[BookPart], site: Path, pages: Mapping[str, int]) -> str:
    """Return a document of one part, or a book of several with cover and contents.

    Args:
        parts: The parts, in their order.
        site: The folder of the built site, where style sheets and images lie.
        pages: The page on which an anchor is found, as far as known; unknown ones leave as much room.

    Returns:
        The document.

    Raises:
        PaperError: If a link leads to an anchor that the document does not have, or an image to no file.
    """
    first = parts[0]
    alone = len(parts) == 1
    title = f"{first.title} - {first.site}" if alone else first.site
    body = "".join(str(part.article) for part in parts)
    soup = BeautifulSoup(body if alone else f"{_cover(parts)}{_contents(parts)}{body}", "html.parser")
    _fill_in_pages(soup, pages)
    check_links([soup])
    for image in soup.select("img"):
        fragment = str(image["src"]).partition("#")[2]
        image["src"] = f"{find_image(image, site).resolve().as_uri()}#{fragment}"
    sheets = "".join(
        f'<link rel="stylesheet" href="{path.as_uri()}">' for path in sorted(site.glob("assets/site.*.css"))
    )
    styles = "".join(
        f"<style>{style}</style>" for style in dict.fromkeys(style for part in parts for style in part.styles)
    )
    own = resources.files(__package__).joinpath("paper.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'{sheets}{styles}<style>{own}</style></head><body data-md-color-scheme="default" dir="ltr">'
        f'<main class="md-content">{soup}</main></body></html>'
    )


def _cover(parts: Sequence[BookPart]) -> str:
    first = parts[0]
    home = first.address.removesuffix(first.url)
    web = f'<p>On the web, with figures that move and code that runs: <a href="{home}">{home}</a></p>' if home else ""
    return f'<section class="paper-cover md-typeset"><p class="paper-title">{escape(first.site)}</p>{web}</section>'


def outline(parts: Sequence[BookPart]) -> list[Entry]:
    """Return the contents of a book: titles of parts and of their sections, with their anchors."""
    sections = ([(heading.text, str(heading["id"])) for heading in part.article.select("h2[id]")] for part in parts)
    return [Entry(part.title, anchor(part.url), inner) for part, inner in zip(parts, sections, strict=True)]


def _contents(parts: Sequence[BookPart]) -> str:
    """Return the contents as HTML."""
    lines = []
    for entry in outline(parts):
        inner = "".join(_line(name, place) for name, place in entry.sections)
        lines.append(f"<li>{_link(entry.title, entry.place)}<ol>{inner}</ol></li>")
    heading = f'<h1 id="{_CONTENTS}">Contents</h1>'
    return (
        f'<nav class="paper-contents md-typeset" aria-labelledby="{_CONTENTS}">{heading}<ol>{"".join(lines)}</ol></nav>'
    )


def _line(name: str, place: str) -> str:
    return f"<li>{_link(name, place)}</li>"


def _link(name: str, place: str) -> str:
    return f'<a href="#{place}" data-page="">{escape(name)}</a>'


def _fill_in_pages(soup: BeautifulSoup, pages: Mapping[str, int]) -> None:
    """Write the number of its page behind each link that is to tell it."""
    for link in soup.select("a[data-page]"):
        del link["data-page"]
        number = pages.get(str(link["href"]).removeprefix("#"))
        shown = soup.new_tag("span", attrs={"class": "paper-page"})
        shown.string = "000" if number is None else str(number)
        link.append(shown)


def check_links(texts: Sequence[Tag]) -> None:
    """Hold the links between the texts of one book.

    Args:
        texts: The texts, whose anchors have been made those of the book.

    Raises:
        PaperError: If an anchor stands in them twice, or a link leads to one that does not.
    """
    known = Counter(str(node["id"]) for text in texts for node in [text, *text.select("[id]")] if "id" in node.attrs)
    if twice := sorted(name for name, times in known.items() if times > 1):
        raise PaperError(f"Anchors of a book must differ, and these stand in it twice: {', '.join(twice)}.")
    wanted = {str(link["href"])[1:] for text in texts for link in text.select("[href^='#']")}
    if lost := sorted(wanted - set(known)):
        raise PaperError(f"Links in a book must lead to an anchor in it, and these do not: {', '.join(lost)}.")


def find_image(image: Tag, site: Path) -> Path:
    """Return the file of an image.

    Args:
        image: The image, with an address seen from the root of the site.
        site: The folder of the built site.

    Raises:
        PaperError: If there is no such file.
    """
    name = str(image["src"]).partition("#")[0]
    if not (site / name).is_file():
        raise PaperError(f"A figure of a book must be a file of the site, and {name} is none.")
    return site / name
