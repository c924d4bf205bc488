"""The only module that uses MkDocs and its plugins: it passes their events on to the modules that handle them."""

from __future__ import annotations

import functools
import gc
import importlib
import logging
import os
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from jinja2 import FileSystemBytecodeCache
from mkdocs.config import Config, config_options
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from mkdocs.utils import CountHandler, get_relative_url
from mkdocs.utils.meta import get_data
from mkdocs_jupyter.config import settings as notebook_settings
from nbconvert.exporters.templateexporter import default_filters

from logreg_docs.figures import palette
from logreg_docs.publish.atomic_files import remove_stale
from logreg_docs.publish.build import Build, Site
from logreg_docs.publish.markup import answers, explorables
from logreg_docs.publish.markup.explorables import strip_comments
from logreg_docs.publish.markup.render_cache import RenderCache
from logreg_docs.publish.pages.fences import CodeFinder
from logreg_docs.publish.pages.kinds import page_kind
from logreg_docs.publish.pages.labs import TEMPLATES
from logreg_docs.publish.postprocess.checksums import write_checksums
from logreg_docs.publish.postprocess.content_policy import write_policy
from logreg_docs.publish.postprocess.offline import write_index_script
from logreg_docs.publish.postprocess.slim import slim_site
from logreg_docs.publish.postprocess.theme_patches import ThemeError, patch_page
from logreg_docs.publish.repository import commit_time, web_address
from logreg_docs.publish.run.page_runs import PageRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.toc import AnchorLink

__all__ = ["FONT", "Publish", "Settings"]

FONT = "assets/fonts/math.woff2"
"""The mathematical font on the site."""
_T = TypeVar("_T")
_R = TypeVar("_R")
_NO_TIME = 315_532_800  # the start of 1980, for a project that is in no repository
_STRUCTURE = "mkdocs.structure"  # logs about links, at any level
_IMPORTED = 2  # priority in the inventory of what another page documents
_PLUGINS = ("autorefs", "mkdocs-jupyter", "mkdocstrings")  # their options change rendered pages


class Settings(Config):
    """The settings of this plugin, which `mkdocs.yml` explains."""

    cache = config_options.Type(str, default=".cache")
    workers = config_options.Type(int, default=0)
    seconds = config_options.Type(int, default=300)
    shown = config_options.Type(str, default="")
    paper = config_options.Type(bool, default=False)


class Publish(BasePlugin[Settings]):
    """Runs the pages of a site and finishes the site. It lives as long as a server; each build has its own state."""

    build: Build
    render_cache: RenderCache

    def __init__(self) -> None:
        self._serving = False
        self._finder: CodeFinder | None = None
        self._runs: PageRuns | None = None
        self._scratch = TemporaryDirectory(prefix="lr")
        self._ended = Path(self._scratch.name) / "ended"
        self._ended.mkdir()
        self._code: dict[str, str] = {}  # inserted into pages
        self._tags: dict[str, str] = {}  # of commits

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember whether this is a server, which must survive errors in a page."""
        del dirty
        self._serving = command == "serve"
        # Looking for garbage in cycles took a sixth of the time; a server looks when it has nothing else to do.
        gc.freeze()
        gc.set_threshold(100_000)
        sys.dont_write_bytecode |= self._serving  # a server watches the package's folder

    def on_serve(self, server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., None]) -> None:
        """Make the server build soon after a save, and again when a page finishes after the build that started it."""
        del config, builder
        server.watch(str(self._ended))
        server.build_delay = 0.02  # seconds; it looks at the files twice a second, and waiting longer seldom finds more
        if self._runs:
            _call_later(2, self._runs.report_late_ends)  # for pages that finished before the server watched

    def on_shutdown(self) -> None:
        """Stop running pages and remove temporary files."""
        if self._runs:
            self._runs.close()
        self._scratch.cleanup()

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Begin a build: set the palette and the repository's address, and add the build's Markdown extensions."""
        root = Path(config.config_file_path or ".").parent
        importlib.reload(palette)
        light, dark = palette.css_variables("light"), palette.css_variables("dark")
        config.extra["palette_css"] = f":root{{{light}}}[data-md-color-scheme=slate]{{{dark}}}"
        # The date in the sitemap; the day of the build would make identical sites differ.
        if date := commit_time(root):
            os.environ.setdefault("SOURCE_DATE_EPOCH", date)
        config.repo_url = config.repo_url or web_address(root) or ""
        if config.repo_url:
            config.repo_name = config.repo_url.rstrip("/").split("/", 3)[-1]
        config.edit_uri = "edit/main/docs/" if config.repo_url else ""
        if self._serving:
            _ignore_strict_mode()
        if self._runs is None:
            for folder in ("downloads", "execute", "figures", "font", "pages"):
                remove_stale(root / self.config.cache / folder)
            workers = self.config.workers or min(4, os.cpu_count() or 1)
            self._runs = PageRuns(
                root,
                workers=workers,
                seconds=self.config.seconds,
                serving=self._serving,
                on_late_end=self._notify_server,
            )
        site = Site(
            name=config.site_name,
            root=root,
            cache=root / self.config.cache,
            site_url=config.site_url or "/",
            repo_url=config.repo_url,
            time=int(os.environ.get("SOURCE_DATE_EPOCH", _NO_TIME)),
            shown=root / self.config.shown if self.config.shown else None,
            paper=self.config.paper,
            serving=self._serving,
            error=PluginError,
        )
        names = [name for name in config.markdown_extensions if isinstance(name, str)]
        finder = CodeFinder(names, config.mdx_configs, get_data)
        if self._finder is None or self._finder.settings != finder.settings:
            self._finder = finder  # otherwise keep the one of the last build, with its cache
        self.build = Build(site=site, finder=self._finder, runs=self._runs, edited=_watch(config))
        config.markdown_extensions += self.build.extensions()  # type: ignore[arg-type]  # Markdown accepts objects, too
        return config

    @event_priority(100)  # before mkdocs-jupyter looks for notebooks
    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Run the pages, and add the generated figures and notebooks to the files of the site."""
        self._take_scripts(files)
        if (dates := config.plugins.get("git-revision-date-localized")) and dates.config["enabled"]:
            dates.util.tag_cache = self._tags  # it would start Git for every page at every build
        labs = [file for file in files if file.src_uri.startswith("labs/") and file.src_uri.endswith(".py")]
        self.build.make(
            {file.src_uri: file.content_string for file in files.documentation_pages()},
            {file.src_uri: file.content_string for file in labs},
        )
        for path, text in self.build.files.items():
            files.append(File.generated(config, path, content=text))
        for path, notebook in self.build.labs.items():
            written = Path(self._scratch.name) / path  # mkdocs-jupyter reads notebooks from disk
            written.parent.mkdir(exist_ok=True)
            written.write_text(notebook, encoding="utf-8", newline="\n")
            files.append(File(path, self._scratch.name, config.site_dir, config.use_directory_urls))
        return files

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Open the cache of rendered pages, whose keys depend on all files of the site."""
        options = {name: dict(config.plugins[name].config) for name in _PLUGINS if name in config.plugins}
        theme = [config.theme.name, config.theme.get("language")]
        self.render_cache = RenderCache(
            self.build.site.cache / "pages",
            self.build.cache,
            configuration=[self.build.finder.settings[:2], options, theme, config.use_directory_urls],
            root=self.build.site.root,
            sources={file.src_uri: file.url for file in files if file.src_dir not in config.theme.dirs},
            terms=self.build.terms,
        )
        if search := config.plugins.get("material/search"):
            self._cache_search_entries(search.search_index)
        return nav

    @event_priority(100)  # before other plugins
    def _give_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Return the page with its outputs instead of the file."""
        path = page.file.src_uri
        kind = page_kind(path)
        page.meta["kind"] = kind.name
        page.meta["exercises"] = self.build.exercises(path)
        page.meta["search"] = {"boost": kind.boost, **(page.meta.get("search") or {})}
        if path in self.build.labs:
            _render_with_the_site(page, config, files)
            page.edit_url = (page.edit_url or "").replace(".ipynb", ".py")
        return self.build.markdown(path, markdown)

    @event_priority(-100)  # after other plugins, when the text is final
    def _render_or_restore(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Make the page take its HTML from the cache, or add it to the cache once it is rendered."""
        del config, files
        notebook = self.build.labs.get(page.file.src_uri, "")
        find_key = functools.partial(self.render_cache.key, page.file.src_uri, page.url, markdown, notebook)
        page.render = functools.partial(self._render, page, page.render, find_key)  # type: ignore[method-assign]
        return markdown

    on_page_markdown = CombinedEvent(_give_markdown, _render_or_restore)

    def on_page_content(self, html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Insert figures and explorables, and collect the page's formulas."""
        del config, files
        relative = functools.partial(get_relative_url, other=page.url)
        html, css = self.build.content(page.file.src_uri, html, relative, self._code)
        if css:
            page.meta["explorables"] = css
        return html

    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> Environment:
        """Add what all pages together decide: reading times, the font, pages of figures. And a filter for scripts."""
        for page in [file.page for file in files.documentation_pages() if file.page]:
            page.content = self.build.with_times(page.file.src_uri, page.content or "")
        self.build.end_if_faulty()
        files.append(File.generated(config, FONT, content=self.build.font()))
        env.filters["strip_comments"] = strip_comments
        self._add_embeds(env, config, files)
        env.bytecode_cache = FileSystemBytecodeCache(self._scratch.name)  # for the next builds of a server
        return env

    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """Patch a page of the theme."""
        del page, config
        return _or_end_build(patch_page, output)

    def on_post_template(self, output_content: str, template_name: str, config: MkDocsConfig) -> str:
        """Patch a page that the theme generates without Markdown."""
        of_theme = template_name in config.theme.static_templates and template_name.endswith(".html")
        return _or_end_build(patch_page, output_content) if of_theme else output_content

    @event_priority(-100)  # after every plugin has written its files
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Finish the files of the site, except under a server, which serves them locally with a script of its own."""
        if self._serving:
            _call_later(1, gc.collect)  # what this build no longer needs, once the page is shown
        else:
            for finish in (slim_site, write_index_script, write_policy, write_checksums):
                _or_end_build(finish, Path(config.site_dir))

    def _notify_server(self) -> None:
        with suppress(FileNotFoundError):  # the server has ended
            (self._ended / "page").touch()

    def _take_scripts(self, files: Files) -> None:
        """Remove files that are inserted into pages, and strip comments from scripts of explorables and exercises."""
        names = {path: name for name, path in (explorables.INLINED | answers.INLINED).items()}
        for file in [file for file in files if file.src_uri.startswith((explorables.FOLDER, answers.FOLDER))]:
            if file.src_uri in names:
                self._code[names[file.src_uri]] = file.content_string
                files.remove(file)
            elif file.src_uri.endswith(".js"):
                file.content_string = strip_comments(file.content_string)

    def _add_embeds(self, env: Environment, config: MkDocsConfig, files: Files) -> None:
        """Add the pages of single explorables, which are no pages to MkDocs: no search, sitemap or menu has them."""
        for name, embed in self.build.embeds.items():
            shown = files.get_file_from_path(embed.path)
            html = env.get_template("embed.html").render(
                config=config,
                page=shown and shown.page,
                embed=embed,
                light=palette.css_variables("light"),
                dark=palette.css_variables("dark"),
                style=explorables.page_style(self._code["style"]),
                loader=explorables.page_script(self._code["loader"], f"../../{explorables.FOLDER}"),
            )
            files.append(File.generated(config, f"{explorables.EMBEDS}{name}/index.html", content=html))

    def _render(
        self,
        page: Page,
        render: Callable[[MkDocsConfig, Files], None],
        find_key: Callable[[], str | None],
        config: MkDocsConfig,
        files: Files,
    ) -> None:
        key = find_key()
        if key and (state := self.render_cache.load(key)):
            _restore(page, state, config, files)
            return
        with _warnings() as warnings, _registrations(config) as registered:
            render(config, files)
        # A warning must come again in the next build, and an edit in the meantime may have been rendered already.
        if key and not warnings.seen and find_key() == key:
            self.render_cache.store(key, _state(page) | registered)

    def _cache_search_entries(self, index: Any) -> None:
        """Make the search index take the sections of a page from the cache."""
        parse = index.add_entry_from_context

        def made(page: Page) -> list[Any]:
            before = len(index.entries)
            parse(page)
            entries = index.entries[before:]
            del index.entries[before:]
            for entry in [entry for entry in entries if "#" not in entry["location"]]:
                entry["title"] += f" ({page.meta['kind']})"
            return list(entries)

        def add(page: Page) -> None:
            named = [page.url, page.title, page.meta.get("search"), page.meta["kind"]]
            index.entries += self.render_cache.entries(named, page.content or "", functools.partial(made, page))

        index.add_entry_from_context = add


def _call_later(seconds: float, function: Callable[[], object]) -> None:
    """Call a function in a while, unless the program ends before."""
    timer = threading.Timer(seconds, function)
    timer.daemon = True
    timer.start()


def _or_end_build(function: Callable[[_T], _R], argument: _T) -> _R:
    """Call a function, and end the build with the message of a `ThemeError` alone."""
    try:
        return function(argument)
    except ThemeError as error:
        raise PluginError(str(error)) from None


def _watch(config: MkDocsConfig) -> Callable[[], bool]:
    """Return a function that tells whether a watched file has changed since now."""
    places = [Path(place) for place in (config.docs_dir, config.config_file_path, *config.watch) if place]

    def times() -> dict[str, int]:
        found = (path for place in places for path in (place, *place.rglob("*")) if "__pycache__" not in path.parts)
        return {str(path): path.stat().st_mtime_ns for path in found if path.is_file()}

    before = times()
    return lambda: times() != before


def _ignore_strict_mode() -> None:
    """Remove the counter of warnings by which strict mode would end a server."""
    mkdocs_log = logging.getLogger("mkdocs")
    for handler in [handler for handler in mkdocs_log.handlers if isinstance(handler, CountHandler)]:
        mkdocs_log.removeHandler(handler)


def _render_with_the_site(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Make mkdocs-jupyter render a page by our template and the site's own Markdown, which validates links."""
    by_plugin = page.render

    def render(config: MkDocsConfig, files: Files) -> None:
        by_plugin(config, files)
        page.content, page.toc = inner.content, inner.toc  # without the styles of mkdocs-jupyter

    def site_html(text: str) -> str:
        inner.markdown = text
        inner.render(config, files)
        page.present_anchor_ids, page.links_to_anchors = inner.present_anchor_ids, inner.links_to_anchors
        return inner.content or ""

    # Another page renders the text, since mkdocs-jupyter has replaced the rendering of this one.
    inner = Page(page.title, page.file, config)
    page.file.page = page  # creating the inner page has changed it
    page.render = render  # type: ignore[method-assign]
    notebook_settings.templates_dir = str(TEMPLATES)
    default_filters["site_html"] = site_html


class _Warnings(logging.Handler):
    """Notices whether anything was logged that must be logged again in the next build."""

    seen = False

    def emit(self, record: logging.LogRecord) -> None:
        self.seen |= record.levelno >= logging.WARNING or record.name.startswith(_STRUCTURE)


@contextmanager
def _warnings() -> Iterator[_Warnings]:
    handler = _Warnings()
    logging.getLogger("mkdocs").addHandler(handler)
    try:
        yield handler
    finally:
        logging.getLogger("mkdocs").removeHandler(handler)


@contextmanager
def _registrations(config: MkDocsConfig) -> Iterator[dict[str, list[Any]]]:
    """Record what rendering a page registers with autorefs and the inventory.

    The names under which other modules import something are left out: which of them are known depends on the pages
    that were rendered before, and not on this one.
    """
    registered: dict[str, list[Any]] = {"anchors": [], "items": []}
    autorefs: Any = config.plugins["autorefs"]
    inventory: Any = config.plugins["mkdocstrings"].handlers.inventory  # type: ignore[attr-defined]
    register_anchor, register = autorefs.register_anchor, inventory.register

    def anchor(page: Page, *args: object, **options: object) -> None:
        if not options.get("primary", True):
            return
        registered["anchors"].append([args, options])
        register_anchor(page, *args, **options)

    def item(**options: object) -> None:
        if options.get("priority") == _IMPORTED:
            return
        registered["items"].append(options)
        register(**options)

    autorefs.register_anchor, inventory.register = anchor, item
    try:
        yield registered
    finally:
        del autorefs.register_anchor, inventory.register


def _state(page: Page) -> dict[str, Any]:
    """Return the results of rendering a page."""

    def token(item: AnchorLink) -> dict[str, Any]:
        return {"name": item.title, "id": item.id, "level": item.level, "children": [*map(token, item.children)]}

    return {
        "content": page.content,
        "title": page._title_from_render,  # noqa: SLF001 - the title unless front matter or navigation set one
        "toc": [token(item) for item in page.toc],
        "ids": sorted(page.present_anchor_ids or ()),
        "links": {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()},
    }


def _restore(page: Page, state: dict[str, Any], config: MkDocsConfig, files: Files) -> None:
    """Set the results of rendering a page, and repeat what it registered with plugins."""
    page.content, page.toc = state["content"], get_toc(state["toc"])
    page._title_from_render = state["title"]  # noqa: SLF001 - as above
    page.present_anchor_ids = set(state["ids"])
    targets = {name: files.get_file_from_path(name) for name in state["links"]}
    page.links_to_anchors = {file: state["links"][name] for name, file in targets.items() if file}
    autorefs: Any = config.plugins["autorefs"]
    for args, options in state["anchors"]:
        autorefs.register_anchor(page, *args, **options)
    docstrings: Any = config.plugins["mkdocstrings"]
    for options in state["items"]:
        docstrings.get_handler("python")  # its style sheet and inventory are written only if it was used
        docstrings.handlers.inventory.register(**options)
