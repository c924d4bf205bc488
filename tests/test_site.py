"""The built site: complete, whole in its links, the same on every build, and nothing in it from elsewhere."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tempfile
import zipfile
from functools import cache
from html import unescape
from html.parser import HTMLParser
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import nbclient
import nbformat
import pytest
from page_runner import fork_server
from site_markdown import FINDER
from sites import ROOT, Built, build, explorable_names
from test_labs import FORMULA, material
from traitlets.config import Config

from logreg_docs.data_files import data_files
from logreg_docs.explorables.base import MIME
from logreg_docs.figures.style import NARROW
from logreg_docs.publish.pages.cells import Cell, read_cells
from logreg_docs.publish.pages.labs import as_markdown
from logreg_docs.publish.run.fork_server import LIBRARIES, ForkProvisioner, ForkServer
from logreg_docs.publish.run.output_cache import OutputCache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHAPTERS = sorted(path.stem for path in (ROOT / "docs/chapters").glob("*.md"))
LABS = sorted(path.stem for path in (ROOT / "docs/labs").glob("*.py"))
NOTEBOOKS = [f"chapters/{name}.ipynb" for name in CHAPTERS] + [f"labs/{name}/{name}.ipynb" for name in LABS]
PAGES = [f"chapters/{name}.md" for name in CHAPTERS] + [f"labs/{name}.py" for name in LABS]
BY_DAY = NOTEBOOKS[2::9]  # a chapter and a lab with PyTorch: each runs its page once more; a deep run asks all
BASE = "https://example.github.io/logreg-docs/"
LOADED = {"img": "src", "script": "src", "source": "src", "iframe": "src", "link": "href"}


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


@cache
def elements(path: Path) -> list[tuple[str, dict[str, str]]]:
    return Elements(path.read_text()).found


def pages(site: Built) -> list[Path]:
    found = sorted(site.folder.rglob("*.html"))
    assert len(found) > 20
    return found


def address(site: Built, page: Path) -> str:
    return urljoin(BASE, page.relative_to(site.folder).as_posix().removesuffix("index.html"))


def target(site: Built, url: str) -> Path:
    path = site.folder / unquote(urlsplit(url).path.removeprefix("/logreg-docs/"))
    return path / "index.html" if path.is_dir() else path


def test_cold_build_reports_its_progress_by_page(site: Built) -> None:
    for chapter in CHAPTERS:
        assert re.search(rf"Executed chapters/{chapter}\.md in [\d.]+ s", site.log)


@pytest.mark.long
def test_site_built_again_has_the_same_bytes(site: Built, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    cache = tmp_path / "cache"
    if not pytestconfig.getoption("deep"):
        keep_some(site.cache, cache)
    again = build(ROOT, tmp_path / "again", cache)
    assert "Executing" in again.log
    assert_same(site, again)
    if pytestconfig.getoption("deep"):
        warm = build(ROOT, tmp_path / "warm", cache)
        assert "Executing" not in warm.log
        assert_same(site, warm)


def assert_same(site: Built, other: Built) -> None:
    files = {path.relative_to(site.folder) for path in site.folder.rglob("*") if path.is_file()}
    assert {path.relative_to(other.folder) for path in other.folder.rglob("*") if path.is_file()} == files
    assert [
        name for name in sorted(files) if (site.folder / name).read_bytes() != (other.folder / name).read_bytes()
    ] == []


def keep_some(built: Path, cache: Path) -> None:
    """Keep the outputs of pages with notebooks, some of which run in another test, and most of the rest."""
    outputs = OutputCache(built / "execute", ROOT)
    kept = [built / "execute" / f"{outputs.key(cells_of(path))}.json" for path in PAGES]
    for folder in ("downloads", "figures", "pages"):
        found = sorted((built / folder).iterdir())
        assert len(found) > 10
        kept += [each for at, each in enumerate(found) if at % 4]
    for each in kept:
        target = cache / each.relative_to(built)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(each, target)


def cells_of(path: str) -> list[Cell]:
    text = (ROOT / "docs" / path).read_text()
    return read_cells(path, as_markdown(path, text, FINDER) if path.startswith("labs/") else text, FINDER)


@pytest.mark.parametrize(("page", "path"), [*zip(PAGES, NOTEBOOKS, strict=True)], ids=PAGES)
def test_notebook_has_the_code_of_its_page_in_its_order(page: str, path: str, site: Built) -> None:
    cells = [cell for cell in nbformat.read(site.folder / path, 4).cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells[1:]] == [cell.source for cell in cells_of(page) if cell.kind == "block"]


def test_every_link_and_anchor_of_the_html_leads_somewhere(site: Built) -> None:
    broken = []
    for page in pages(site):
        for tag, attributes in elements(page):
            href = attributes.get("href") or attributes.get("src")
            if not href or href.startswith(("data:", "mailto:", "javascript:")):
                continue
            url = urljoin(address(site, page), href)
            if not url.startswith(BASE) or (tag == "link" and attributes.get("rel") == "canonical"):
                continue
            file = target(site, url)
            fragment = unquote(urlsplit(url).fragment)
            if not file.is_file():
                broken.append((page.name, href))
            elif fragment and file.suffix == ".html" and not fragment.startswith("__"):
                anchors = {
                    value for _, found in elements(file) for key, value in found.items() if key in ("id", "name")
                }
                broken += [] if fragment in anchors else [(str(page), href)]
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(site: Built) -> None:
    for page in pages(site):
        for tag, attributes in elements(page):
            source = attributes.get(LOADED.get(tag, ""), "")
            kind = attributes.get("rel", "stylesheet")
            if tag == "link" and kind not in ("stylesheet", "preload", "icon"):
                continue
            assert not source.startswith(("http:", "https:", "//")), (page, source)
    for sheet in site.folder.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", sheet.read_text()), sheet


def test_no_page_names_another_that_a_browser_would_fetch_before_the_reader_asks(site: Built) -> None:
    ahead = {"next", "prev", "prefetch", "prerender", "preconnect", "dns-prefetch"}
    for page in pages(site):
        kinds = {kind for tag, found in elements(page) if tag == "link" for kind in found["rel"].split()}
        assert "icon" in kinds
        assert not kinds & ahead, page


def test_no_path_of_the_building_machine_is_published(site: Built) -> None:
    for path in site.folder.rglob("*"):
        if path.suffix in (".html", ".ipynb", ".svg", ".json", ".xml"):
            assert str(ROOT) not in path.read_text(), path


def test_no_formula_no_value_and_no_token_is_left_raw(site: Built) -> None:
    for page in pages(site):
        html = re.sub(r"<(pre|code|script|style|annotation)\b.*?</\1>", "", page.read_text(), flags=re.DOTALL)
        text = re.sub(r"<[^>]+>", " ", html)
        for raw in ("{python}", "$", "\\(", "figure-alt-", "(failed)", "]["):
            assert raw not in text, (page, raw, text[max(0, text.index(raw) - 80) : text.index(raw) + 80])


@pytest.mark.parametrize("name", explorable_names())
def test_explorable_has_a_page_of_its_own_with_the_figure_of_its_chapter_and_nothing_else(
    name: str, site: Built
) -> None:
    path = site.folder / f"embed/{name}/index.html"
    html, found = path.read_text(), elements(path)
    (chapter,) = (page for page in pages(site) if f'/embed/{name}/">' in page.read_text())
    there = chapter.read_text()
    element = re.compile(rf'<(lr-{name.replace("_", "-")}) class="lr-x" id="(\w+)".*?</\1>', re.DOTALL)
    figure, shown = (element.search(text) for text in (html, there))
    assert figure is not None
    assert shown is not None
    assert figure[0] == re.sub(rf"\b{shown[2]}\b", "x", shown[0])
    assert there[shown.end() :].startswith(f'<p class="lr-embed" data-search-exclude><a href="../../embed/{name}/">')
    assert {tag for tag, _ in found} & {"nav", "header", "form", "img", "iframe"} == set()
    assert ("meta", {"name": "robots", "content": "noindex"}) in found
    (canonical,) = (attributes["href"] for _, attributes in found if attributes.get("rel") == "canonical")
    (back,) = (attributes["href"] for tag, attributes in found if tag == "a")
    assert canonical == urljoin(address(site, path), back)
    section = there.index(f'id="{urlsplit(canonical).fragment}"')
    assert target(site, canonical) == chapter
    assert not re.search(r"<h[1-6] id=", there[section + 1 : shown.start()])
    assert "frame-ancestors" not in html
    assert len(gzip.compress(html.encode())) < 10_500


def test_neither_sitemap_nor_search_nor_menu_names_the_pages_of_single_explorables(site: Built) -> None:
    index = json.loads((site.folder / "search/search_index.json").read_text())
    named = [entry["location"] for entry in index["docs"]]
    named += re.findall(r"<loc>(.*?)</loc>", (site.folder / "sitemap.xml").read_text())
    named += [found["href"] for tag, found in elements(site.folder / "404.html") if tag == "a"]
    assert len(named) > 100
    assert [place for place in named if "embed/" in place] == []


def test_every_picture_says_what_is_to_be_seen_and_how_large_it_is(site: Built) -> None:
    seen = 0
    for page in pages(site):
        for tag, attributes in elements(page):
            if tag == "img" and "lr-figure" in attributes.get("class", ""):
                seen += 1
                assert len(attributes["alt"]) > 60, (page, attributes["alt"])
                assert int(attributes["width"]) > 100
                assert int(attributes["height"]) > 60
    assert seen > 40


def test_every_figure_file_serves_both_schemes(site: Built) -> None:
    figures = [path for path in site.folder.rglob("*.svg") if "assets" not in path.parts]
    assert len(figures) > 20
    for figure in figures:
        text = figure.read_text()
        assert '<g id="only-dark"/>' in text
        assert "var(--fg)" in text
        assert not re.findall(r"(?:fill|stroke): ?#(?!000000)[0-9a-f]{6}", text), f"{figure} has a colour of no palette"


@pytest.mark.parametrize("chapter", CHAPTERS[1:])  # chapter 0 only recalls
def test_chapter_has_formulas_figures_code_outputs_exercises_and_links(chapter: str, site: Built) -> None:
    html = (site.folder / "chapters" / chapter / "index.html").read_text()
    assert html.count("<math") > 40
    assert html.count("only-light") >= 3
    assert html.count('class="output') >= 10
    assert len(re.findall(r'class="admonition question"', html)) >= 1
    assert len(re.findall(r"Exercise \d", html)) >= 4
    assert html.count("reference/") >= 5
    assert 'rel="edit"' in html
    assert "git-revision-date" in html
    assert f"../{chapter}.ipynb" in html


@pytest.mark.parametrize("lab", LABS)
def test_lab_is_a_light_page_with_outputs_and_ways_to_run_it(lab: str, site: Built) -> None:
    html = (site.folder / "labs" / lab / "index.html").read_text()
    assert html.count("<math") > 3
    assert html.count("only-light") >= 1
    assert html.count('class="output') >= 5
    assert html.count("../chapters/") >= 10  # the navigation has eight of them
    assert f'href="{lab}.ipynb"' in html
    assert f"colab.research.google.com/github/example/logreg-docs/blob/notebooks/labs/{lab}/{lab}.ipynb" in html
    assert f"edit/main/docs/labs/{lab}.py" in html
    assert len(re.findall(r'<a href="#[^"]+" class="md-nav__link">', html)) >= 3  # its table of contents
    for foreign in ("jp-", "highlight-ipynb", "<style>\n        [", "MathJax"):
        assert foreign not in html


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    """Where kernels are forked from that need not all import the libraries; the first is started as a reader's."""
    with fork_server(LIBRARIES) as server:
        yield server


def run_notebook(
    notebook: nbformat.NotebookNode, folder: Path, forks: ForkServer | None, *, allow_errors: bool = False
) -> None:
    """Run a notebook in a folder, in a fork of a process that has imported much, or in a kernel started for it."""
    with tempfile.TemporaryDirectory() as scratch:  # sockets in a folder: no port is taken that another worker may want
        sockets = Config({"KernelManager": {"transport": "ipc", "ip": f"{scratch}/k", "shutdown_wait_time": 0.6}})
        client = nbclient.NotebookClient(
            notebook,
            config=sockets,
            timeout=300,
            resources={"metadata": {"path": str(folder)}},
            coalesce_streams=True,
            allow_errors=allow_errors,
        )
        client.km = client.create_kernel_manager()
        if forks:
            client.km.provisioner = ForkProvisioner(kernel_spec=client.km.kernel_spec, parent=client.km)
            client.km.provisioner.server = forks
        client.execute()


@pytest.mark.long
@pytest.mark.parametrize(
    "path", [path if path in BY_DAY else pytest.param(path, marks=pytest.mark.deep) for path in NOTEBOOKS]
)
def test_downloaded_notebook_shows_what_the_page_shows(
    path: str, site: Built, forks: ForkServer, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    notebook = nbformat.read(site.folder / path, 4)
    nbformat.validate(notebook)
    expected = shown(notebook)
    assert sum(map(len, expected)) > 5
    forked = path != BY_DAY[0] and not pytestconfig.getoption("deep")
    run_notebook(notebook, tmp_path, forks if forked else None)
    first, *rest = shown(notebook)
    assert rest == expected[1:]
    assert first == ["logreg-docs 0.1.0 is there, with all that this notebook needs.\n"], "what a clone has stays"


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_notebook_keeps_the_formulas_and_questions_of_the_page_and_nothing_that_only_the_site_shows(
    path: str, site: Built
) -> None:
    cells = nbformat.read(site.folder / path, 4).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert material(text) == []
    lab = path.startswith("labs")
    name = path.rpartition("/")[0] if lab else path.removesuffix(".ipynb")
    source = (ROOT / f"docs/{name}{'.py' if lab else '.md'}").read_text()
    written = re.sub(r"^( *)(```+).*?^\1\2|`[^`\n]*`", "", source, flags=re.MULTILINE | re.DOTALL)
    if lab:
        written = "\n".join(line[2:] for line in written.split("\n") if line.startswith("# "))
    formulas = FORMULA.findall(written)
    assert formulas
    assert [formula for formula in formulas if spaced(formula) not in spaced(text)] == []
    page = site.folder / name / "index.html"
    html = page.read_text()
    for anchor, question in re.findall(r'class="lr-x" id="(x\d+)".*?<strong>Predict.</strong> (.*?)</p>', html):
        assert f"**Predict.** {question}\n\n" in text
        assert f"[Move this figure on the site]({address(site, page)}#{anchor})" in text


def spaced(text: str) -> str:
    """Return a text without line breaks, quote marks and indents."""
    return re.sub(r"[\s>]+", " ", text)


def test_archive_holds_every_notebook_the_wheel_and_the_data_which_the_data_page_offers_one_by_one(site: Built) -> None:
    archive = zipfile.ZipFile(site.folder / "downloads/logreg-docs.zip")
    held = {name.removeprefix("logreg-docs/"): archive.read(name) for name in archive.namelist()}
    (wheel,) = (site.folder / "downloads").glob("*.whl")
    published = [*(site.folder / path for path in NOTEBOOKS), wheel]
    assert all(held[path.name] == path.read_bytes() for path in published)
    html, readme = (site.folder / "data/index.html").read_text(), held["README.md"].decode()
    files = data_files()
    for file in files.values():
        assert held[file.path] == (site.folder / file.path).read_bytes() == file.to_csv().encode()
        assert f'href="{file.name}.csv"' in html
        assert file.to_markdown() in readme
    assert len(held) == len(published) + len(files) + 1
    sums = (site.folder / "SHA256SUMS").read_text()
    assert "  downloads/logreg-docs.zip\n" in sums
    assert f"  downloads/{wheel.name}\n" in sums


def test_only_notebooks_whose_code_reaches_pytorch_or_statsmodels_install_them(site: Built) -> None:
    def needs(path: str) -> str:
        found = re.search(r"logreg-docs(?:\[([\w,]*)\])? @", (site.folder / path).read_text())
        return found[1] or "" if found else "nothing"

    assert {path: needs(path) for path in NOTEBOOKS if needs(path)} == {
        "chapters/01-linear-regression.ipynb": "statsmodels",
        "chapters/02-sigmoid.ipynb": "statsmodels",
        "chapters/03-likelihood.ipynb": "statsmodels",
        "chapters/05-pytorch.ipynb": "statsmodels,torch",
        "chapters/07-separation.ipynb": "statsmodels",
        "chapters/08-network.ipynb": "torch",
        "labs/distributed/distributed.ipynb": "torch",
        "labs/pytorch_step_by_step/pytorch_step_by_step.ipynb": "torch",
        "labs/real_data/real_data.ipynb": "statsmodels",
    }


def test_table_of_the_students_stands_in_a_closed_fold_of_the_first_chapter(site: Built) -> None:
    html = (site.folder / "chapters/01-linear-regression/index.html").read_text()
    opening = r'<details class="listing">\s*<summary>The forty students as a table</summary>'
    (fold,) = re.findall(rf"{opening}(.*?)</details>", html, re.DOTALL)
    assert fold.count("<tr>") == 41


def shown(notebook: nbformat.NotebookNode) -> list[list[object]]:
    """Return what each cell of code shows, but for warnings, tracebacks and our own kinds."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [[seen(output) for output in cell.outputs] for cell in cells]


def seen(output: nbformat.NotebookNode) -> object:
    if output.output_type == "stream":
        return output.text if output.name == "stdout" else output.name
    if output.output_type == "error":
        return output.ename, output.evalue
    return {kind: data for kind, data in output.data.items() if kind not in (MIME, NARROW)}


def test_search_index_knows_the_chapters_but_not_formulas_and_outputs(site: Built) -> None:
    index = json.loads((site.folder / "search/search_index.json").read_text())
    text = " ".join(entry["text"] for entry in index["docs"])
    assert "least squares" in text
    for entry in index["docs"]:
        if entry["location"].startswith(("chapters/", "labs/")):
            assert "\\frac" not in entry["text"], entry["location"]
    assert 'class="output' not in text


def test_every_outline_row_is_linked_from_the_errata_page(site: Built) -> None:
    html = (site.folder / "errata/index.html").read_text()
    rows = re.findall(r"<td>(\d+)</td>", html)
    assert [int(row) for row in rows] == list(range(1, 20))


def test_glossary_terms_become_tooltips_in_every_chapter(site: Built) -> None:
    for chapter in CHAPTERS:
        assert (site.folder / "chapters" / chapter / "index.html").read_text().count('class="lr-term"') >= 5


def test_a_chapter_and_a_lab_say_how_to_cite_them_and_the_repository_says_the_same(site: Built) -> None:
    cited = dict(re.findall(r"^(?:  - )?(\w+): (.+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE))
    assert cited["version"] == version("logreg-docs")
    for path in (f"chapters/{CHAPTERS[3]}", f"labs/{LABS[0]}"):
        html = (site.folder / path / "index.html").read_text()
        entry = unescape(html.partition("@misc{")[2].partition("</code>")[0])
        assert f"  url = {{{BASE}{path}/}},\n}}" in entry
        assert f"  author = {{{{{cited['name']}}}}},\n" in entry
        assert f"  howpublished = {{{cited['title']}}},\n" in entry
        assert re.search(r"^  year = \{20\d\d\},$", entry, re.MULTILINE) or "labs" in path  # they have no date
        assert f'<a href="{BASE}{path}/">{BASE}{path}/</a></p>' in html
    assert "@misc" not in (site.folder / "glossary/index.html").read_text()
