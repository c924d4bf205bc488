"""Make the book an EPUB 3: the parts that are printed, each a document whose text flows, with formulas as MathML."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from html import escape
from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

from logreg_docs.figures.palette import PALETTE, css_variables
from logreg_docs.publish.pages.on_paper import EPUB
from logreg_docs.publish.paper.book import check_links, find_image, outline
from logreg_docs.publish.paper.cover import draw_cover
from logreg_docs.publish.paper.parts import book_pages, one, read_part
from logreg_docs.publish.zip_files import zip_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from playwright.sync_api import Page

    from logreg_docs.publish.paper.book import Entry
    from logreg_docs.publish.paper.parts import BookPart

__all__ = ["make_epub", "write_epub"]

_MIMETYPE = b"application/epub+zip"
_CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_DOCUMENT = """<!doctype html><html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en"><head>\
<title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head><body>{body}</body></html>"""
_NAVIGATION = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>Contents</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body>
<nav epub:type="toc" role="doc-toc" id="toc"><h1>Contents</h1><ol>{contents}</ol></nav>
<nav epub:type="landmarks" hidden=""><h2>Parts of the book</h2><ol>
<li><a epub:type="cover" href="cover.xhtml">Cover</a></li><li><a epub:type="toc" href="#toc">Contents</a></li>
<li><a epub:type="bodymatter" href="{start}">Chapters</a></li></ol></nav>
</body></html>
"""
_PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
{metadata}
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""
_SUMMARY = (
    "Formulas are MathML, every figure has a text alternative, headings and contents follow the structure of the "
    "chapters, and the look can be changed by the reader. Nobody has certified this book's accessibility."
)
_ACCESSIBLE = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual,visual", "textual"),
    "accessibilityFeature": (
        "alternativeText",
        "displayTransformability",
        "MathML",
        "readingOrder",
        "structuralNavigation",
        "tableOfContents",
    ),
    "accessibilityHazard": ("none",),
    "accessibilitySummary": (_SUMMARY,),
}
_TYPES = {
    ".css": "text/css",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".xhtml": "application/xhtml+xml",
}
_PROPERTIES = {"mathml": b"<math", "svg": b"<svg"}
_FONT = "assets/fonts/math.woff2"
_VARIABLE = re.compile(r"var\(--(?:lr-)?([\w-]+)\)")
_AS_XHTML = 'html => new XMLSerializer().serializeToString(new DOMParser().parseFromString(html, "text/html"))'


def make_epub(page: Page, site: Path, seconds: int) -> bytes:
    """Return all chapters of a built site, its glossary and its notation as an EPUB.

    Args:
        page: A page of a browser, which knows best how HTML reads as XML.
        site: The site's folder.
        seconds: When the book was changed last, in seconds since 1970.

    Raises:
        PaperError: If a link or a figure leads to nothing.
    """
    inside = book_pages(site)
    parts = [read_part(site, url, inside) for url in inside]
    check_links([part.article for part in parts])
    homes = {place: _file(part) for part in parts for place in _anchors(part.article)}
    files = _figures(parts, site)
    for part in parts:
        _reflow(part.article, homes)
        files[_file(part)] = _as_xhtml(page, part)
    first = parts[0]
    files |= {
        "book.css": _style().encode(),
        "fonts/math.woff2": (site / _FONT).read_bytes(),
        "cover.png": draw_cover(first.site),
        "cover.xhtml": _cover(first).encode(),
        "nav.xhtml": _navigation(outline(parts), homes).encode(),
    }
    spine = ["cover.xhtml", "nav.xhtml", *map(_file, parts)]
    package = _package(files, spine, _metadata(site, first, seconds)).encode()
    inner = {f"EPUB/{name}": content for name, content in sorted((files | {"package.opf": package}).items())}
    # Readers look for the type in the first bytes of the file, so it comes first and uncompressed.
    outer = {"mimetype": _MIMETYPE, "META-INF/container.xml": _CONTAINER.encode()}
    return zip_files(outer | inner, stored=["mimetype"])


def write_epub(page: Page, site: Path, seconds: int) -> Path:
    """Write the book of a built site into its folder `paper`.

    Args:
        page: A page of a browser.
        site: The site's folder.
        seconds: When the book was changed last, in seconds since 1970.

    Returns:
        The file.
    """
    path = site / EPUB
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(make_epub(page, site, seconds))
    return path


def _as_xhtml(page: Page, part: BookPart) -> bytes:
    html = _DOCUMENT.format(title=escape(part.title), body=part.article)
    return str(page.evaluate(_AS_XHTML, html)).encode()


def _file(part: BookPart) -> str:
    return f"{part.article['id']}.xhtml"


def _figures(parts: Iterable[BookPart], site: Path) -> dict[str, bytes]:
    """Point images to files of the book, and return these."""
    found = {}
    for image in [image for part in parts for image in part.article.select("img")]:
        path = find_image(image, site)
        image["src"] = f"figures/{path.name}"
        found[f"figures/{path.name}"] = _light_figure(path.read_text(encoding="utf-8")).encode()
    return found


def _light_figure(svg: str) -> str:
    """Return a figure in the light palette on a ground of its own, in colours that readers without variables know.

    Examples:
        >>> _light_figure('<svg viewBox="0 0 4 3"><g id="only-light"/><path style="fill:var(--grid)"/></svg>')
        '<svg viewBox="0 0 4 3"><rect width="100%" height="100%" fill="#fefefe"/><path style="fill:#dde2e8"/></svg>'
    """
    declared = dict(re.findall(r"--(\w+):(#\w+)", svg.partition("</style>")[0].partition("}")[0]))
    light = {role: colour.light for role, colour in PALETTE.items()} | declared
    svg = re.sub(r'(?:<g id="only-\w+"/>)+(?:<style>svg\{--.*?</style>)?', "", svg, count=1)
    ground = f'<rect width="100%" height="100%" fill="{light["bg"]}"/>'
    return _VARIABLE.sub(lambda match: light[match[1]], re.sub("(<svg[^>]*>)", rf"\1{ground}", svg, count=1))


def _anchors(article: Tag) -> list[str]:
    return [str(node["id"]) for node in [article, *article.find_all(id=True)]]


def _reflow(article: Tag, homes: Mapping[str, str]) -> None:
    """Make the text of a part one that flows: links between files, no box, attribute or element of the site's own."""
    article.name = "section"
    article["role"] = "doc-chapter"
    article["class"] = "part"
    for box in article.select("picture, .md-typeset__table"):
        box.unwrap()
    for end in article.select(".lr-table > i"):
        end.decompose()
    for node in article.select(".x-panels, .x-panels [style]"):
        del node["style"]
    for node in article.find_all():
        if node.name == "a" and str(node["href"]).startswith("#"):
            place = str(node["href"])[1:]
            node["href"] = f"{homes[place]}#{place}"
        elif node.name == "svg":
            node["role"] = "img"
        elif "-" in node.name:
            node.name = "div"
        for name in [name for name in node.attrs if name.startswith("data-")]:
            del node[name]
    _keep_to_mathml_3(article)


def _keep_to_mathml_3(article: Tag) -> None:
    """Say in the older words of an EPUB what the formulas of the site say in those of MathML Core."""
    for note in article.find_all("annotation"):
        note["encoding"] = "application/x-tex"
    for name, kind in (("displaystyle", "mfrac"), ("scriptlevel", "mtable")):
        for node in article.select(f"{kind}[{name}]"):
            node.wrap(Tag(name="mstyle", attrs={name: str(node.attrs.pop(name))}))


def _style() -> str:
    """Return the style sheet. Drawings get colours by value, since they would be black where variables fail."""
    drawing = resources.files("logreg_docs.explorables").joinpath("drawing.css").read_text(encoding="utf-8")
    text = resources.files(__package__).joinpath("epub.css").read_text(encoding="utf-8")
    palette = f":root{{{css_variables('light')}}}@media (prefers-color-scheme:dark){{:root{{{css_variables('dark')}}}}}"
    light = _VARIABLE.sub(lambda match: PALETTE[match[1].replace("-", "_")].light, drawing)
    return f"{palette}\n{text}{light}"


def _cover(first: BookPart) -> str:
    """Return the page of the cover."""
    image = f'<img src="cover.png" alt="{escape(first.site)}: a curve that rises from 0 to 1."/>'
    title = f"<title>{escape(first.site)}</title>"
    sheet = '<link rel="stylesheet" type="text/css" href="book.css"/>'
    head = f'<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en"><head>{title}{sheet}</head>'
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n{head}<body class="cover">{image}</body></html>\n'


def _navigation(entries: Sequence[Entry], homes: Mapping[str, str]) -> str:
    def link(title: str, place: str) -> str:
        return f'<a href="{homes[place]}#{place}">{escape(title)}</a>'

    def item(entry: Entry) -> str:
        inner = "".join(f"<li>{link(*section)}</li>" for section in entry.sections)
        return f"<li>{link(entry.title, entry.place)}{f'<ol>{inner}</ol>' if inner else ''}</li>"

    return _NAVIGATION.format(contents="\n".join(map(item, entries)), start=homes[entries[0].place])


def _metadata(site: Path, first: BookPart, seconds: int) -> list[str]:
    """Return what the package says of the book, an element a line."""
    home = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    root = first.address.removesuffix(first.url)
    modified = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {
        "identifier": uuid.uuid5(uuid.NAMESPACE_URL, f"{root}{EPUB}").urn,
        "title": first.site,
        "language": "en",
        "creator": str(one(home, "meta[name=author]", "")["content"]),
        "description": str(one(home, "meta[name=description]", "")["content"]),
        **({"source": root} if root else {}),
    }
    lines = [f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in told.items()]
    lines[0] = lines[0].replace("<dc:identifier>", '<dc:identifier id="book">')
    claims = [(name, claim) for name, claims in _ACCESSIBLE.items() for claim in claims]
    return [
        *lines,
        f'<meta property="dcterms:modified">{modified}</meta>',
        *(f'<meta property="schema:{name}">{escape(claim)}</meta>' for name, claim in claims),
    ]


def _package(files: Mapping[str, bytes], spine: Iterable[str], metadata: Iterable[str]) -> str:
    """Return the package document: what the book is, which files it has, and in which order they are read."""
    names = {name: f"f{number}" for number, name in enumerate(sorted(files))}
    manifest = []
    for name, label in names.items():
        known = {"cover.png": ["cover-image"], "nav.xhtml": ["nav"]}.get(name, [])
        if name.endswith(".xhtml"):
            known = [*known, *(kind for kind, mark in _PROPERTIES.items() if mark in files[name])]
        properties = f' properties="{" ".join(known)}"' if known else ""
        media = _TYPES[PurePosixPath(name).suffix]
        manifest.append(f'<item id="{label}" href="{name}" media-type="{media}"{properties}/>')
    order = [f'<itemref idref="{names[name]}"/>' for name in spine]
    return _PACKAGE.format(metadata="\n".join(metadata), manifest="\n".join(manifest), spine="\n".join(order))
