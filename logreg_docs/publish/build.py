"""One build: from the texts of the pages to what the theme is handed, whoever asks for it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from logreg_docs.figures.svg import themed
from logreg_docs.publish.atomic_files import remove_stale
from logreg_docs.publish.markup.explorables import insert_explorables, page_script, page_style
from logreg_docs.publish.markup.glossary import PAGE as GLOSSARY
from logreg_docs.publish.markup.glossary import GlossaryExtension, read_terms
from logreg_docs.publish.markup.math_font import formula_characters, math_font, stretchy_characters
from logreg_docs.publish.markup.mathml import FormulaError, MathMLExtension, dollar_line, formula_line, to_mathml
from logreg_docs.publish.pages.cells import Cell, PageError, read_cells, without_switches
from logreg_docs.publish.pages.labs import as_markdown, lab_page, page_notebook
from logreg_docs.publish.pages.notebook import below_title, make_notebook, notebook_links, notebook_path
from logreg_docs.publish.pages.outputs import Page, render_page, with_figures
from logreg_docs.publish.pages.shown import write_shown
from logreg_docs.publish.postprocess.slim import cached_minified_svg
from logreg_docs.publish.run.output_cache import OutputCache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from markdown import Extension

    from logreg_docs.publish.pages.fences import CodeFinder
    from logreg_docs.publish.run.execute import Outcome
    from logreg_docs.publish.run.page_runs import PageRuns

__all__ = ["Build", "Site"]

log = logging.getLogger("mkdocs.plugins.logreg_docs")

_RUNS = '!!! note "The code of this page still runs. What it gives will be here when it ends."'


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a build has to know before it begins.

    Args:
        root: The project's folder.
        cache: Where things are kept from build to build.
        site_url: Address of the site.
        repo_url: Address of its repository, if it is known.
        shown: Where the texts are written that the pages show, if they are.
        serving: Whether what is wrong is to be shown on the page, since a server must live on.
        refusal: What is raised otherwise, with the message alone.
    """

    root: Path
    cache: Path
    site_url: str
    repo_url: str | None
    shown: Path | None
    serving: bool
    refusal: type[Exception]


@dataclass(slots=True, kw_only=True)
class Build:
    """The state of one build.

    Args:
        site: What is known before it begins.
        finder: What finds the code of a page.
        runs: What runs the pages.
        edited: Whether something was edited since it began.
        pages: The pages that are not as they were written, by their path.
        files: The files that come of them, figures and notebooks, by their path.
        labs: The notebooks that stand for labs among the pages, by their path.
        page: The path of the page that is being rendered.
    """

    site: Site
    finder: CodeFinder
    runs: PageRuns
    edited: Callable[[], bool]
    pages: dict[str, Page] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    labs: dict[str, str] = field(default_factory=dict)
    page: str = ""
    cache: OutputCache = field(init=False)
    _texts: dict[str, str] = field(default_factory=dict)
    _html: list[str] = field(default_factory=list)
    _glossary: GlossaryExtension = field(default_factory=GlossaryExtension)

    def __post_init__(self) -> None:
        for folder in ("execute", "figures", "font", "pages"):
            remove_stale(self.site.cache / folder)
        self.cache = OutputCache(self.site.cache / "execute", self.site.root)

    @property
    def terms(self) -> dict[str, tuple[str, str]]:
        """The terms of the glossary with their anchors and tooltips."""
        return self._glossary.terms

    def extensions(self) -> list[Extension]:
        """Return the Markdown extensions that belong to this build."""
        return [self._glossary, MathMLExtension(self._translated, self._refuse_formula)]

    def make(self, texts: dict[str, str], scripts: Mapping[str, str]) -> None:
        """Run what has to be run, and put what came of it into pages, figures and notebooks.

        Args:
            texts: Markdown by path.
            scripts: The labs by path.
        """
        self._glossary.terms = read_terms(texts.get(GLOSSARY, ""))
        self._texts = texts = texts | {path: self._lab(path, text) for path, text in scripts.items()}
        cells = {path: found for path, text in texts.items() if (found := self._cells(path, text))}
        outcomes = self.runs.outcomes(cells, self.cache, self.edited)
        if errors := [str(outcome.error) for outcome in outcomes.values() if outcome and outcome.error]:
            self._complain("\n".join(errors))
        if self.site.shown:
            write_shown(self.site.shown, {path: (cells[path], one.outputs) for path, one in outcomes.items() if one})
        for path in [path for path in texts if path not in self.pages]:
            plain = without_switches(path, texts[path], self.finder)
            if path in outcomes:
                self._add(path, plain, cells[path], outcomes[path])
            elif plain != texts[path]:
                self.pages[path] = Page(text=plain)
        for path in [path for path in scripts if path not in outcomes]:
            page = self.pages.get(path) or Page(text=texts[path])
            self._add_lab(path, page, page_notebook(path, page.text, [], [], links=""))

    def markdown(self, path: str, written: str) -> str:
        """Return what is to be rendered for a page, and note that this page comes next.

        Args:
            path: Its path.
            written: Its text without its settings.

        Returns:
            The text with the outputs in place.
        """
        self._glossary.page = path
        self.page = path.replace(".ipynb", ".py") if path in self.labs else path
        if path not in self.pages:
            return written
        text = self.pages[path].text
        return "\n".join(text.split("\n")[self.finder.body(text) :])

    def content(self, path: str, html: str, modules: str, code: Mapping[str, str]) -> tuple[str, str | None]:
        """Return a page's content with its figures and explorables, and note its formulas.

        Args:
            path: Its path.
            html: What was rendered.
            modules: The folder of the explorables' modules, seen from the page.
            code: The style and the loader of explorables.

        Returns:
            The content, and the style that it needs in the head, if it does.
        """
        page, css = self.pages.get(path), None
        if page:
            html = with_figures(html, page)
            if page.explorables:
                html = insert_explorables(html, page.explorables) + page_script(code["loader"], modules)
                css = page_style(code["style"])
        self._html.append(html)
        return html, css

    def font(self) -> bytes:
        """Return the mathematical font, cut to the formulas of the pages."""
        folder = self.site.cache / "font"
        return math_font(formula_characters(self._html), folder, stretchy=stretchy_characters(self._html))

    def _lab(self, path: str, text: str) -> str:
        try:
            return as_markdown(path, text, self.finder)
        except PageError as error:
            return self._rejected(f"# {path.rpartition('/')[2].removesuffix('.py')}", error).text

    def _cells(self, path: str, text: str) -> list[Cell]:
        try:
            return read_cells(path, text, self.finder)
        except PageError as error:
            self.pages[path] = self._rejected(text, error)
            return []

    def _rejected(self, text: str, error: PageError) -> Page:
        """End the build, or under a server show what is wrong above the page as written."""
        self._complain(error)
        head = str(error).partition("\n")[0].replace('"', "'")
        return Page(text=self._below_settings(text, f'!!! failure "{head}"'))

    def _below_settings(self, text: str, notice: str) -> str:
        lines, at = text.split("\n"), self.finder.body(text)
        return "\n".join([*lines[:at], notice, "", *lines[at:]])

    def _complain(self, error: object) -> None:
        if not self.site.serving:
            raise self.site.refusal(str(error)) from None
        log.error("%s", error)

    def _add(self, path: str, text: str, cells: list[Cell], outcome: Outcome | None) -> None:
        """Add a page with its outputs, its figures and its notebook."""
        if outcome is None:
            page, complete = Page(text=self._below_settings(text, _RUNS)), False
        else:
            try:
                page = render_page(path, text, cells, outcome.outputs, outcome.error)
                complete = outcome.error is None
            except PageError as error:
                page, complete = self._rejected(text, error), False
        for name, svg in page.figures.items():
            self.files[_beside(path, name)] = cached_minified_svg(themed(svg), self.site.cache / "figures")
        links = ""
        if outcome and complete and path.startswith(("chapters/", "labs/")):
            links = notebook_links(path, self.site.repo_url)
            site_url, repo_url = self.site.site_url, self.site.repo_url
            self.files[notebook_path(path)] = make_notebook(
                path, text, cells, outcome.outputs, self.finder, site_url=site_url, repo_url=repo_url
            )
        if path.endswith(".py"):
            # Under a server a lab that failed is shown as it stands.
            source = (text, cells, outcome.outputs) if outcome and links else (page.text, [], [])
            self._add_lab(path, page, page_notebook(path, *source, links=links))
        else:
            page.text = below_title(page.text, links)
            self.pages[path] = page

    def _add_lab(self, path: str, page: Page, notebook: str) -> None:
        self.labs[lab_page(path)] = notebook
        self.pages[lab_page(path)] = page

    def _translated(self, tex: str, *, display: bool) -> str:
        """Translate a formula; one that does not parse ends the build, or under a server is shown as it stands."""
        try:
            return to_mathml(tex, display=display)
        except FormulaError as problem:
            error = self._with_place(str(problem), tex)
            self._complain(error)
            return f'<mark title="{escape(error)}">{escape(tex)}</mark>'

    def _refuse_formula(self, problem: str, near: str) -> None:
        """Complain of a formula by its TeX, or of a dollar sign by what stands around it."""
        self._complain(self._with_place(problem, near, dollar_line))

    def _with_place(self, problem: str, tex: str, find: Callable[[str, str], int | None] = formula_line) -> str:
        """Say where the formula stands: in a line of the page, or in what the page takes from elsewhere."""
        text = self._texts.get(self.page, "")
        if line := formula_line(text, tex) or find(text, tex):
            return str(PageError(self.page, line, problem))
        hint = "look for it in the docstrings, outputs and values that the page shows"
        return f"docs/{self.page}: {problem}; the file does not hold it as it stands, so {hint}"


def _beside(path: str, name: str) -> str:
    folder = path.rpartition("/")[0]
    return f"{folder}/{name}" if folder else name
