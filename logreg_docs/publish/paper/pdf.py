"""Print documents as tagged PDF by a browser, and refuse what the paper would cut."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pikepdf

from logreg_docs.publish.pages.on_paper import BOOK, paper_path
from logreg_docs.publish.paper.book import document
from logreg_docs.publish.paper.parts import PaperError, anchor, book_pages, read_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page

    from logreg_docs.publish.paper.parts import BookPart

__all__ = ["print_book", "print_chapter", "print_site", "too_wide"]

_TEXT = 658  # CSS pixels between the margins of A4, 174 mm
_TOO_WIDE = """width => {
  const wide = [...document.body.querySelectorAll("main *")].filter(node => {
    if (node.closest(".x-panels svg, mphantom") || node.closest("annotation")) return false;
    const box = node.getBoundingClientRect();
    return box.width && (box.right > width + 1.5 || box.left < -1.5);
  });
  return wide.filter(node => !wide.includes(node.parentElement)).map(node => {
    const place = node.closest("article, nav, section")?.id ?? "";
    return `${place}: <${node.localName}> ${Math.round(node.getBoundingClientRect().right)} px: ${
      (node.getAttribute("alt") ?? node.textContent).trim().replace(/\\s+/g, " ").slice(0, 60)}`;
  });
}"""


def print_site(page: Page, site: Path) -> Iterator[Path]:
    """Print the chapters and the book of a built site into its folder `paper`.

    Args:
        page: An empty page of a browser without a window.
        site: The site's folder.

    Yields:
        Each file when it is written.
    """
    book = site / BOOK
    book.parent.mkdir(exist_ok=True)
    for url in book_pages(site):
        if url.startswith("chapters/"):
            path = site / paper_path(anchor(url))
            path.write_bytes(print_chapter(page, site, url))
            yield path
    book.write_bytes(print_book(page, site))
    yield book


def print_chapter(page: Page, site: Path, url: str) -> bytes:
    """Return a page of a built site as PDF.

    Args:
        page: An empty page of a browser without a window.
        site: The site's folder.
        url: The page's address below the site's.

    Raises:
        PaperError: If a link or a figure leads to nothing, or something is wider than the paper.
    """
    return _print(page, site, [read_part(site, url, [url])])


def print_book(page: Page, site: Path) -> bytes:
    """Return all chapters of a built site, its glossary and its notation as one PDF.

    Args:
        page: An empty page of a browser without a window.
        site: The site's folder.

    Raises:
        PaperError: As for a chapter.
    """
    inside = book_pages(site)
    return _print(page, site, [read_part(site, url, inside) for url in inside])


def too_wide(page: Page, html: str) -> list[str]:
    """Return what the paper would cut of a document, by its article and its first words.

    Args:
        page: A page of a browser.
        html: The document.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "print.html"
        path.write_text(html, encoding="utf-8")
        page.set_viewport_size({"width": _TEXT, "height": 1000})
        page.emulate_media(media="print", color_scheme="light")
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready.then(() => true)")
    return [str(each) for each in page.evaluate(_TOO_WIDE, _TEXT)]


def _print(page: Page, site: Path, parts: Sequence[BookPart]) -> bytes:
    """Print twice: the first print tells on which page each anchor is, the second shows it."""
    pages: dict[str, int] = {}
    for _ in range(2):
        if cut := too_wide(page, document(parts, site, pages)):
            raise PaperError("What is printed must be no wider than the paper, and this is:\n" + "\n".join(cut))
        pdf = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        with pikepdf.open(BytesIO(pdf)) as opened:
            before, pages = pages, _pages(opened)
    if pages != before:
        raise PaperError("Filling in the numbers of pages must move no text to another page, and it did.")
    return _finished(pdf, parts[0].description if len(parts) == 1 else f"All chapters of {parts[0].site}")


def _pages(pdf: pikepdf.Pdf) -> dict[str, int]:
    """Return the number of the page for every anchor that a link leads to."""
    numbers: dict[object, int] = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
    places = pdf.Root.get("/Dests", pikepdf.Dictionary()).items()
    return {name.removeprefix("/"): numbers[place[0].objgen] for name, place in places}


def _finished(pdf: bytes, description: str) -> bytes:
    """Make readers show the title, pack the tags, and leave out when it was printed: two prints have the same bytes."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        opened.docinfo["/Subject"] = description
        for date in ("/CreationDate", "/ModDate"):
            del opened.docinfo[date]
        opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()
