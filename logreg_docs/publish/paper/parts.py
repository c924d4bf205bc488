"""Read a built page as a part of a book: everything open, answers at the end, no controls, links that work on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from bs4.element import PageElement

__all__ = ["BookPart", "PaperError", "anchor", "book_pages", "one", "read_part"]

_CHAPTERS = "chapters/"
_APPENDICES = ("glossary/", "notation/")
_ROOT = "https://site.invalid/"  # stands for the site's address while links are resolved
# What only a screen can use, what is drawn again for the dark, and the code behind figures.
_NOT_FOR_PAPER = (
    "script, template, button, input, select, textarea, fieldset, form, source, [hidden], .headerlink, .lr-notebook,"
    " .md-source-file, .md-content__button, lr-answer, .lr-embed, .x-sr, .x-views, details.listing,"
    " img[src$='#only-dark']"
)
_THIS_MACHINE = ("127.0.0.1", "localhost")  # where a site is tried out, and nobody else finds it
_IN_ADDRESSES = re.compile(r"url\(#([^)]*)\)")
_REFERRING = ("for", "headers", "aria-labelledby", "aria-describedby")


class PaperError(Exception):
    """What cannot be shown right on paper, with the page that holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPart:
    """A page of the site as a part of a book.

    Args:
        url: Its address below the site's, such as `chapters/02-sigmoid/`.
        address: Its whole address; empty where the site has none that others can reach.
        title: Its title.
        site: The name of the site.
        description: What it is about, in a sentence.
        styles: The style sheets in its head.
        article: Its text.
    """

    url: str
    address: str
    title: str
    site: str
    description: str
    styles: tuple[str, ...]
    article: Tag


def anchor(url: str, fragment: str = "") -> str:
    """Return the anchor in the book for a page or for an anchor in it.

    Examples:
        >>> anchor("chapters/02-sigmoid/"), anchor("glossary/", "logit")
        ('02-sigmoid', 'glossary--logit')
    """
    name = url.rstrip("/").rpartition("/")[2]
    return f"{name}--{fragment}" if fragment else name


def book_pages(site: Path) -> list[str]:
    """Return the pages of a built site that make the book, chapters first, by their addresses below the site's.

    Args:
        site: The site's folder.

    Raises:
        PaperError: If the folder holds no chapter.
    """
    chapters = sorted(path.parent.name for path in site.glob(f"{_CHAPTERS}*/index.html"))
    if not chapters:
        raise PaperError(f"{site} must be a built site with {_CHAPTERS}*/index.html, and holds none. Build it first.")
    appendices = [url for url in _APPENDICES if (site / url / "index.html").is_file()]
    return [*(f"{_CHAPTERS}{name}/" for name in chapters), *appendices]


def read_part(site: Path, url: str, inside: Collection[str]) -> BookPart:
    """Read a page of a built site as a part of a book.

    Args:
        site: The site's folder.
        url: The page's address below the site's.
        inside: The pages that stand in the same book; links to them stay in it.

    Returns:
        The part. Its images have addresses below the site's, its links are whole addresses or anchors of the book.

    Raises:
        PaperError: If the page lacks what a page of the theme has.
    """
    soup = BeautifulSoup((site / url / "index.html").read_text(encoding="utf-8"), "html.parser")
    article = one(soup, "article", url)
    address = _for_others(str(one(soup, "link[rel=canonical]", url)["href"]))
    title, _, name = one(soup, "title", url).text.rpartition(" - ")
    for node in article.select(_NOT_FOR_PAPER):
        node.decompose()
    _open_folds(soup, article)
    _open_tabs(soup, article)
    for mark in article.select("li.right"):  # the choice that a prediction waits for
        del mark["class"]
    for figure in article.select(".lr-x figure") if address else ():
        _say_where_it_moves(soup, figure, address)
    _readdress(article, url, address.removesuffix(url), inside)
    _move_answers(soup, article, url)
    article["id"] = anchor(url)
    return BookPart(
        url=url,
        address=address,
        title=title,
        site=name,
        description=str(one(soup, "meta[name=description]", url)["content"]),
        styles=tuple(style.text for style in soup.select("head > style")),
        article=article,
    )


def one(soup: BeautifulSoup, selector: str, url: str) -> Tag:
    """Return the first element that matches.

    Args:
        soup: A page of the site.
        selector: What it holds.
        url: Its address below the site's.

    Raises:
        PaperError: If there is none.
    """
    found = soup.select_one(selector)
    if found is None:
        raise PaperError(f"{url}index.html must hold {selector}, as every page of the theme does, and does not.")
    return found


def _for_others(address: str) -> str:
    """Return an address, or none if it is one of this machine.

    Examples:
        >>> _for_others("http://127.0.0.1:8000/glossary/"), _for_others("https://a.org/glossary/")
        ('', 'https://a.org/glossary/')
    """
    return "" if urlsplit(address).hostname in _THIS_MACHINE else address


def _new(soup: BeautifulSoup, name: str, *content: PageElement | str, **attributes: str) -> Tag:
    tag = soup.new_tag(name, attrs={key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()})
    tag.extend(content)
    return tag


def _open_folds(soup: BeautifulSoup, article: Tag) -> None:
    """Make every fold a box with a title, which no reader has to open."""
    for fold in article.select("details"):
        fold.name = "div"
        fold["class"] = " ".join(["admonition", *fold.get_attribute_list("class")])
        if summary := fold.find("summary"):
            summary.replace_with(_new(soup, "p", *list(summary.contents), class_="admonition-title"))


def _open_tabs(soup: BeautifulSoup, article: Tag) -> None:
    """Put each tab's label above what it shows."""
    for tabs in article.select(".tabbed-set"):
        labels, blocks = tabs.select(".tabbed-labels > label"), tabs.select(".tabbed-block")
        for label, block in zip(labels, blocks, strict=True):
            block.insert(0, _new(soup, "p", _new(soup, "strong", *list(label.contents))))
        for row in tabs.select(".tabbed-labels"):
            row.decompose()


def _say_where_it_moves(soup: BeautifulSoup, figure: Tag, address: str) -> None:
    """Say it above the caption of a figure, which must come last in it, or at its end."""
    note = _new(soup, "p", "Move it at ", _new(soup, "a", address, href=address), class_="paper-note")
    caption = figure.find("figcaption")
    figure.insert(figure.index(caption) if isinstance(caption, Tag) else len(figure.contents), note)


def _readdress(article: Tag, url: str, base: str, inside: Collection[str]) -> None:
    """Make anchors those of the book, links whole addresses or anchors of the book, and images seen from the site."""
    for node in article.find_all():
        for name in [name for name in node.attrs if name in _REFERRING]:
            node[name] = " ".join(anchor(url, each) for each in str(node[name]).split())
        for name, value in node.attrs.items():
            if isinstance(value, str) and "url(#" in value:
                node[name] = _IN_ADDRESSES.sub(lambda match: f"url(#{anchor(url, match[1])})", value)
        if "id" in node.attrs:
            node["id"] = anchor(url, str(node["id"]))
        if "href" in node.attrs:
            node["href"] = _target(str(node["href"]), url, base, inside)
        if node.name == "img":
            node["src"] = urljoin(f"{_ROOT}{url}", str(node["src"])).removeprefix(_ROOT)
            node.attrs.pop("loading", None)
    for link in article.select("a[href='']"):
        link.unwrap()


def _target(href: str, url: str, base: str, inside: Collection[str]) -> str:
    """Return where a link of a page leads to from the book; nowhere if that is a page of a site without an address.

    Examples:
        >>> _target("../02-sigmoid/#odds", "chapters/03-likelihood/", "https://a.org/", ["chapters/02-sigmoid/"])
        '#02-sigmoid--odds'
        >>> _target("../../labs/", "chapters/03-likelihood/", "https://a.org/", [])
        'https://a.org/labs/'
    """
    page, fragment = urldefrag(urljoin(_ROOT + url, href))
    if not page.startswith(_ROOT):
        return href
    page = page.removeprefix(_ROOT)
    if page in inside or page == url:
        return f"#{anchor(page, fragment)}"
    return f"{base}{page}{'#' if fragment else ''}{fragment}" if base else ""


def _move_answers(soup: BeautifulSoup, article: Tag, url: str) -> None:
    """Move answers to the end of the page, and leave in their place where they went."""
    folds = [fold for fold in article.select(".admonition.success") if not fold.find_parent(class_="success")]
    if not folds:
        return
    article.append(_new(soup, "h2", "Answers", id=anchor(url, "paper-answers"), class_="paper-answers"))
    for number, fold in enumerate(folds, 1):
        name, place, here = _answer_name(fold), f"answer-{number}", f"asked-{number}"
        title = fold.select_one(".admonition-title")
        kind = title.text if title else "Answer"
        link = _new(soup, "a", kind, href=f"#{anchor(url, place)}", data_page="")
        fold.insert_before(_new(soup, "p", link, id=anchor(url, here), class_="paper-turn"))
        if title:
            title.decompose()
        back = _new(soup, "a", name, href=f"#{anchor(url, here)}", data_page="")
        article.append(_new(soup, "h3", back, id=anchor(url, place)))
        fold["class"] = "paper-answer"
        article.append(fold.extract())
    for notes in article.select("div.footnote"):
        article.append(notes.extract())


def _answer_name(fold: Tag) -> str:
    """Return what an answer belongs to: the exercise above it, or the section that asked for it."""
    before = next((node for node in fold.previous_siblings if isinstance(node, Tag)), None)
    if before and "example" in before.get_attribute_list("class") and (title := before.select_one(".admonition-title")):
        return title.text
    heading = fold.find_previous(["h1", "h2", "h3"])
    kind = fold.select_one(".admonition-title")
    return f"{kind.text if kind else 'Answer'}: {heading.text if heading else ''}".rstrip(": ")
