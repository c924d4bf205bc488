"""The events of MkDocs, each handed to the module that knows what to do."""

from __future__ import annotations

import importlib
import logging
import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs.utils import CountHandler, get_relative_url

from logreg_docs.figures import style
from logreg_docs.publish.cache import Cache
from logreg_docs.publish.chapter import Cell, ChapterError, read_cells, without_switches
from logreg_docs.publish.execute import Outcome, run_pages
from logreg_docs.publish.explorables import FOLDER, INLINED, page_script, page_style, place, slim
from logreg_docs.publish.font import formula_characters, growing_characters, math_font
from logreg_docs.publish.glossary import PAGE as GLOSSARY
from logreg_docs.publish.glossary import GlossaryExtension, read_terms
from logreg_docs.publish.labs import as_markdown, lab_page, page_notebook, render_with_the_site
from logreg_docs.publish.mathml import FormulaError, MathMLExtension, formula_line, to_mathml
from logreg_docs.publish.notebook import below_title, make_notebook, notebook_links, notebook_path
from logreg_docs.publish.offline import write_index_script
from logreg_docs.publish.policy import write_policy
from logreg_docs.publish.render import Page, render_page, with_figures
from logreg_docs.publish.slim import kept_slim_svg, slim_site
from logreg_docs.publish.sums import write_sums

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page as MkDocsPage

log = logging.getLogger("mkdocs.hooks.logreg_docs")

FONT = "assets/fonts/math.woff2"
_REMOTE = re.compile(  # the port of an HTTPS address is that of the web pages, the port of SSH is not
    r"(?:https://(?:[^@/]+@)?(?P<web>[\w.-]+(?::\d+)?)/|ssh://git@(?P<ssh>[\w.-]+)(?::\d+)?/|git@(?P<scp>[\w.-]+):/?)"
    r"(?P<name>[\w./-]+?)(?:\.git)?/?"
)


class _Build:
    """What one MkDocs process keeps from event to event."""

    serving = False
    glossary = GlossaryExtension()
    pages: dict[str, Page] = {}  # noqa: RUF012 - one build, one process
    texts: dict[str, str] = {}  # noqa: RUF012 - one build, one process
    source = ""
    explorables: dict[str, str] = {}  # noqa: RUF012 - one build, one process
    html: list[str] = []  # noqa: RUF012 - one build, one process
    scratch = TemporaryDirectory(prefix="lr")


def on_startup(*, command: str, dirty: bool) -> None:
    """Remember whether a server must survive the errors of a page."""
    del dirty
    _Build.serving = command == "serve"
    sys.dont_write_bytecode |= _Build.serving  # a server watches the package and must not see its own writing


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Pass on the palette, find the repository's address and add the glossary's links."""
    importlib.reload(style)
    config.extra["palette_css"] = palette_css()
    # The sitemap names this date; the day of the build would make the same site differ from day to day.
    if date := _git(Path(config.config_file_path or ".").parent, "log", "-1", "--format=%ct"):
        os.environ.setdefault("SOURCE_DATE_EPOCH", date)
    if not config.repo_url and (found := _origin(Path(config.config_file_path or ".").parent)):
        config.repo_url = found
    if config.repo_url:
        config.repo_name = config.repo_url.rstrip("/").split("/", 3)[-1]
    config.edit_uri = "edit/main/docs/" if config.repo_url else ""
    if _Build.serving:
        _count_no_warnings()
    for extension in (_Build.glossary, MathMLExtension(_translated)):
        config.markdown_extensions.append(extension)  # type: ignore[arg-type]  # Markdown takes objects too
    return config


@event_priority(100)  # before mkdocs-jupyter looks for notebooks
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Run what has to be run and add the figures and notebooks that came of it."""
    root = Path(config.config_file_path or ".").parent
    texts = {file.src_uri: file.content_string for file in files.documentation_pages()}
    _Build.glossary.terms = read_terms(texts.get(GLOSSARY, ""))
    _Build.pages, _Build.html, _Build.explorables = {}, [], _take_explorables(files)
    texts |= _labs(files)
    _Build.texts = texts
    cells = {path: found for path, text in texts.items() if (found := _cells(path, text))}
    outcomes = _outcomes(cells, root)
    for path in texts.keys() - _Build.pages.keys():
        plain = without_switches(path, texts[path])
        if plain != texts[path]:
            _Build.pages[path], texts[path] = Page(text=plain), plain
    for path, outcome in outcomes.items():
        _add_page(path, texts[path], cells[path], outcome, files=files, config=config)
    for path in [path for path in texts if path.endswith(".py") and path not in cells]:
        page = _Build.pages.get(path) or Page(text=texts[path])
        _add_lab(path, page, page_notebook(path, page.text, [], [], links=""), files=files, config=config)
    return files


def on_page_read_source(page: MkDocsPage, config: MkDocsConfig) -> str | None:
    """Hand over the page with its outputs instead of the file."""
    del config
    ready = _Build.pages.get(page.file.src_uri)
    return ready.text if ready else None


def on_page_markdown(markdown: str, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    """Tell the glossary's links where they are, and mkdocs-jupyter how to render a lab."""
    _Build.glossary.page = page.file.src_uri
    _Build.source = page.file.src_uri
    if page.file.src_uri.startswith("labs/") and page.file.src_uri.endswith(".ipynb"):
        _Build.source = page.file.src_uri.replace(".ipynb", ".py")
        render_with_the_site(page, config, files)
        page.edit_url = (page.edit_url or "").replace(".ipynb", ".py")
    return markdown


def on_page_content(html: str, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
    """Put what the figures are to the page and the explorables in and collect the formulas."""
    del config, files
    if inner := getattr(page, "inner", None):
        html, page.toc = inner.content, inner.toc  # without the styles that mkdocs-jupyter adds
    ready = _Build.pages.get(page.file.src_uri)
    if ready:
        html = with_figures(html, ready)
        if ready.explorables:
            loader = page_script(_Build.explorables["loader"], get_relative_url(FOLDER, page.url))
            html = place(html, ready.explorables) + loader
            page.meta["explorables"] = page_style(_Build.explorables["style"])
    _Build.html.append(html)
    return html


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Add the mathematical font, cut to the formulas of this build."""
    folder = _cache_folder(Path(config.config_file_path or ".").parent) / "font"
    font = math_font(formula_characters(_Build.html), folder, growing=growing_characters(_Build.html))
    files.append(File.generated(config, FONT, content=font))
    return env


@event_priority(-100)  # after every plugin has written its files
def on_post_build(config: MkDocsConfig) -> None:
    """Finish the site; a server, whose reader is near and who adds a script of its own, shows it as it was written."""
    if not _Build.serving:
        folder = Path(config.site_dir)
        slim_site(folder)
        write_index_script(folder)
        write_policy(folder)
        write_sums(folder)


def _take_explorables(files: Files) -> dict[str, str]:
    """Take out what is written into pages, and make the modules light."""
    taken = {}
    for file in [file for file in files if file.src_uri.startswith(FOLDER)]:
        for name in [name for name, path in INLINED.items() if path == file.src_uri]:
            taken[name] = file.content_string
            files.remove(file)
        if file.src_uri.endswith(".js") and file.src_uri not in INLINED.values():
            file.content_string = slim(file.content_string)
    return taken


def _translated(tex: str, *, display: bool) -> str:
    """Translate a formula; one that does not parse fails the build, or under a server is shown as it stands."""
    try:
        return to_mathml(tex, display=display)
    except FormulaError as problem:
        error = _with_place(str(problem), tex)
        if not _Build.serving:
            raise PluginError(error) from None
        log.error("%s", error)  # noqa: TRY400 - the formula is the news, not this code
        return f'<mark title="{escape(error)}">{escape(tex)}</mark>'


def _with_place(problem: str, tex: str) -> str:
    """Say where the formula stands: in a line of the page, or in what the page takes from elsewhere."""
    path = _Build.source
    if line := formula_line(_Build.texts.get(path, ""), tex):
        return str(ChapterError(path, line, problem))
    hint = "look for it in the docstrings, outputs and values that the page shows"
    return f"docs/{path}: {problem}; the file does not hold it as it stands, so {hint}"


def _count_no_warnings() -> None:
    """Keep strict mode from ending a server, which shows what is wrong instead."""
    mkdocs_log = logging.getLogger("mkdocs")
    for handler in [handler for handler in mkdocs_log.handlers if isinstance(handler, CountHandler)]:
        mkdocs_log.removeHandler(handler)


def palette_css() -> str:
    """Return the figures' palette as CSS variables for both schemes."""
    light, dark = (";".join(f"--lr-{name}:{colour[k]}" for name, colour in style.PALETTE.items()) for k in (0, 1))
    return f":root{{{light}}}[data-md-color-scheme=slate]{{{dark}}}"


def _cache_folder(root: Path) -> Path:
    """Return where outputs are kept: beside the site's settings, or where LOGREG_DOCS_CACHE says."""
    return Path(os.environ.get("LOGREG_DOCS_CACHE") or root / ".cache")


def _cells(path: str, text: str) -> list[Cell]:
    try:
        return read_cells(path, text)
    except ChapterError as error:
        _Build.pages[path] = _rejected(text, error)
        return []


def _rejected(text: str, error: ChapterError) -> Page:
    """Fail the build, or under a server show what is wrong above the page as written."""
    if not _Build.serving:
        raise PluginError(str(error)) from None
    log.error("%s", error)
    head = str(error).partition("\n")[0].replace('"', "'")
    return Page(text=f'!!! failure "{head}"\n\n{text}')


def _outcomes(cells: dict[str, list[Cell]], root: Path) -> dict[str, Outcome]:
    """Take from the cache what is there, run the rest and keep what ran well."""
    cache = Cache(_cache_folder(root) / "execute", root)
    keys = {path: cache.key(found) for path, found in cells.items()}
    kept = {path: cache.load(key, len(cells[path])) for path, key in keys.items()}
    todo = [path for path, outputs in kept.items() if outputs is None]
    outcomes = {path: Outcome(outputs=outputs, error=None) for path, outputs in kept.items() if outputs is not None}
    if todo:
        log.info("Executing %d of %d pages; their outputs are kept for the next build", len(todo), len(cells))

    def report(path: str, outcome: Outcome, seconds: float) -> None:
        edited = cache.key(cells[path]) != keys[path]  # while it ran, so that nobody knows what ran
        if outcome.error is None and not edited:
            cache.store(keys[path], outcome.outputs, outcome.reads)
        log.info("Executed %s in %.1f s%s", path, seconds, " and met an error" if outcome.error else "")

    outcomes |= run_pages(
        {path: cells[path] for path in todo}, root, workers=min(4, os.cpu_count() or 1), report=report
    )
    failures = [outcomes[path].error for path in cells if outcomes[path].error]
    if failures and not _Build.serving:
        raise PluginError("\n".join(str(error) for error in failures))
    for error in failures:
        log.error("%s", error)
    return {path: outcomes[path] for path in cells}


def _add_page(path: str, text: str, cells: list[Cell], outcome: Outcome, *, files: Files, config: MkDocsConfig) -> None:
    """Keep the page with its outputs, and add its figures and its notebook to the files of the site."""
    try:
        page, complete = render_page(path, text, cells, outcome.outputs, outcome.error), outcome.error is None
    except ChapterError as error:
        page, complete = _rejected(text, error), False
    folder = _cache_folder(Path(config.config_file_path or ".").parent) / "figures"
    for name, svg in page.figures.items():
        files.append(File.generated(config, _beside(path, name), content=kept_slim_svg(style.themed(svg), folder)))
    links = ""
    if complete and path.startswith(("chapters/", "labs/")):
        links = notebook_links(path, config.repo_url)
        content = make_notebook(
            path, text, cells, outcome.outputs, site_url=config.site_url or "/", repo_url=config.repo_url
        )
        files.append(File.generated(config, notebook_path(path), content=content))
    if path.endswith(".py"):
        # Under a server a lab that failed is shown as it stands.
        source = (text, cells, outcome.outputs) if links else (page.text, [], [])
        _add_lab(path, page, page_notebook(path, *source, links=links), files=files, config=config)
        return
    page.text = below_title(page.text, links)
    _Build.pages[path] = page


def _add_lab(path: str, page: Page, notebook: str, *, files: Files, config: MkDocsConfig) -> None:
    """Keep the page of a lab, and write its notebook to the disk, from which mkdocs-jupyter reads it."""
    written = Path(_Build.scratch.name) / lab_page(path)
    written.parent.mkdir(exist_ok=True)
    written.write_text(notebook, encoding="utf-8", newline="\n")
    files.append(File(lab_page(path), _Build.scratch.name, config.site_dir, config.use_directory_urls))
    _Build.pages[lab_page(path)] = page


def _labs(files: Files) -> dict[str, str]:
    """Return the scripts of the labs as Markdown."""
    found = {}
    for file in files:
        if file.src_uri.startswith("labs/") and file.src_uri.endswith(".py"):
            try:
                found[file.src_uri] = as_markdown(file.src_uri, file.content_string)
            except ChapterError as error:
                found[file.src_uri] = _rejected(f"# {file.name}", error).text
    return found


def _beside(path: str, name: str) -> str:
    folder = path.rpartition("/")[0]
    return f"{folder}/{name}" if folder else name


def _origin(root: Path) -> str | None:
    """Return the web address of the clone's remote, so that a fork links to itself."""
    remote = _git(root, "config", "--get", "remote.origin.url")
    match = _REMOTE.fullmatch(remote)
    return f"https://{match['web'] or match['ssh'] or match['scp']}/{match['name']}" if match else None


def _git(root: Path, *arguments: str) -> str:
    """Return what git says of a folder, which is nothing where there is no git or no repository."""
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - fixed
    except OSError:
        return ""
