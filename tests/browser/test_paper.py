"""The chapters printed: tagged, with an outline, fonts, links that lead somewhere, and nothing cut."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from bs4 import BeautifulSoup
from paper_checks import CHAPTER, tiny_site
from pypdf import PdfReader
from sites import ROOT, Built

from logreg_docs.publish.pages.on_paper import BOOK
from logreg_docs.publish.paper.parts import PaperError, anchor, book_pages
from logreg_docs.publish.paper.pdf import print_book, print_chapter, print_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.long]

CHAPTERS = sorted(f"chapters/{path.stem}/" for path in (ROOT / "docs/chapters").glob("*.md"))
DOCUMENTS = [CHAPTERS[0], *(pytest.param(url, marks=pytest.mark.deep) for url in (*CHAPTERS[1:], "book"))]
LARGEST = {"book": 8 * 2**20}  # bytes; a chapter has 2 MiB


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        context.set_default_timeout(0)  # the book takes its time
        yield context.new_page()


@pytest.fixture(scope="module", params=DOCUMENTS)
def printed(request: pytest.FixtureRequest, page: Page, site: Built) -> tuple[str, bytes]:
    """The name of a document with its PDF."""
    name = request.param
    return name, print_book(page, site.folder) if name == "book" else print_chapter(page, site.folder, name)


def squeezed(text: str) -> str:
    """Return a text without the white space, which printing sets anew."""
    return re.sub(r"\s+", "", text)


def notes(reader: PdfReader) -> list[dict[str, Any]]:
    return [each.get_object() for page in reader.pages for each in page.get("/Annots", [])]


def fonts(reader: PdfReader) -> list[Any]:
    found = {}
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            found[font.idnum] = font.get_object()
    return list(found.values())


def embedded(font: Any) -> bool:
    if font["/Subtype"] == "/Type3":  # drawn by the file itself
        return "/CharProcs" in font
    parts = [each.get_object() for each in font.get("/DescendantFonts", [font])]
    return all({"/FontFile", "/FontFile2", "/FontFile3"} & set(part["/FontDescriptor"]) for part in parts)


def test_document_is_tagged_titled_outlined_light_and_brings_its_fonts(printed: tuple[str, bytes]) -> None:
    name, pdf = printed
    reader = PdfReader(BytesIO(pdf))
    root: Any = reader.root_object
    assert len(reader.pages) > 3
    assert len(pdf) <= LARGEST.get(name, 2 * 2**20)
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert str(reader.metadata.title).endswith("Logistic regression")
    assert fonts(reader)
    assert all(map(embedded, fonts(reader)))
    assert any("STIXTwoMath" in str(font.get("/BaseFont")) for font in fonts(reader))
    titles = [str(each.title) for each in reader.outline if not isinstance(each, list)]
    assert len(titles) == (len(CHAPTERS) + 3 if name == "book" else 1)  # and contents, glossary, notation


def test_every_figure_has_its_text_alternative(printed: tuple[str, bytes], site: Built) -> None:
    name, pdf = printed
    with pikepdf.open(BytesIO(pdf)) as opened:
        tags = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"]
        told = {str(tag.get("/Alt")) for tag in tags}
    pages = CHAPTERS if name == "book" else [name]
    drawn = [image for url in pages for image in chapter(site, url).select("article img[src$='#only-light']")]
    assert {str(image["alt"]) for image in drawn} <= told


def test_links_lead_to_pages_of_the_document_or_to_the_site(printed: tuple[str, bytes]) -> None:
    _, pdf = printed
    reader = PdfReader(BytesIO(pdf))
    links = [each for each in notes(reader) if each["/Subtype"] == "/Link"]
    inner = [str(each["/Dest"]).removeprefix("/") for each in links if "/Dest" in each]
    outer = [str(each["/A"]["/URI"]) for each in links if "/A" in each]
    known = {str(name).removeprefix("/") for name in reader.named_destinations}
    assert len(inner) + len(outer) == len(links)
    assert inner
    assert set(inner) <= known
    assert [url for url in outer if not url.startswith("https://")] == []


@pytest.mark.parametrize("printed", [pytest.param("book", marks=pytest.mark.deep)], indirect=True)
def test_numbers_of_pages_are_those_where_the_links_lead(printed: tuple[str, bytes]) -> None:
    _, pdf = printed
    reader = PdfReader(BytesIO(pdf))
    contents = squeezed("".join(page.extract_text() for page in reader.pages[1:6]))
    for place in reader.outline[1:]:
        if not isinstance(place, list):
            number = (reader.get_destination_page_number(place) or 0) + 1
            assert squeezed(f"{place.title}{number}") in contents
            assert str(number) in reader.pages[number - 1].extract_text().split("\n")  # in its footer


def chapter(site: Built, url: str) -> BeautifulSoup:
    return BeautifulSoup((site.folder / url / "index.html").read_text(encoding="utf-8"), "html.parser")


def test_words_beside_formulas_and_every_solution_can_be_read(printed: tuple[str, bytes], site: Built) -> None:
    name, pdf = printed
    text = squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))
    for url in CHAPTERS if name == "book" else [name]:
        article = chapter(site, url).select_one("article")
        assert article is not None
        beside = [
            str(math.parent.previous_sibling or "") for math in article.select("p > .arithmatex > math") if math.parent
        ]
        solutions = [code.text.splitlines()[0] for code in article.select("details.success pre > code")]
        wanted = [squeezed(max(each.split("\n"), key=len)) for each in [*beside, *solutions] if each.strip()]
        assert len(wanted) > 10
        # A page may end within a line of text.
        lost = [each for each in wanted if each not in text]
        assert len(lost) <= len(wanted) / 50, lost


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('<p style="width:190mm">A wide one.</p>', "02-sigmoid: <p> 718 px: A wide one."),
        (f"<pre style='white-space:pre'><code>{'x' * 200}</code></pre>", "<code>"),
    ],
)
def test_what_the_paper_would_cut_is_refused_by_its_chapter_and_words(
    text: str, named: str, page: Page, tmp_path: Path
) -> None:
    with pytest.raises(PaperError, match="must be no wider than the paper") as error:
        print_chapter(page, tiny_site(tmp_path, text), CHAPTER)
    assert named in str(error.value)


def test_site_has_each_chapter_and_the_book_and_prints_twice_alike(page: Page, tmp_path: Path) -> None:
    site = tiny_site(tmp_path)
    written = list(print_site(page, site))
    assert [path.relative_to(site).as_posix() for path in written] == [
        *(f"paper/{anchor(url)}.pdf" for url in book_pages(site) if url.startswith("chapters/")),
        BOOK,
    ]
    before = [path.read_bytes() for path in written]
    assert [path.read_bytes() for path in print_site(page, site)] == before
    text = "\n".join(each.extract_text() for each in PdfReader(written[-1]).pages)
    assert "Exercise 1: a half" in text
