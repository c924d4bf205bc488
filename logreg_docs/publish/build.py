"""One build of the site, from the texts of the pages to the HTML that the theme receives, independent of MkDocs."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
from dataclasses import asdict, dataclass, field
from html import escape
from typing import TYPE_CHECKING

from logreg_docs.figures.svg import themed
from logreg_docs.publish.atomic_files import digest_of_code, get_or_create
from logreg_docs.publish.markup.answers import FOLDER as ANSWERS
from logreg_docs.publish.markup.answers import insert_answers
from logreg_docs.publish.markup.explorables import (
    EMBEDS,
    Embed,
    insert_explorables,
    page_script,
    page_style,
    read_embeds,
)
from logreg_docs.publish.markup.explorables import FOLDER as EXPLORABLES
from logreg_docs.publish.markup.glossary import PAGE as GLOSSARY
from logreg_docs.publish.markup.glossary import GlossaryExtension, read_terms
from logreg_docs.publish.markup.math_font import formula_characters, math_font, stretchy_characters
from logreg_docs.publish.markup.mathml import FormulaError, MathMLExtension, dollar_line, formula_line, to_mathml
from logreg_docs.publish.markup.plain_html import to_plain_html
from logreg_docs.publish.markup.reading_time import (
    PLACEHOLDER,
    Minutes,
    reading_time,
    with_reading_time,
    with_times_of_chapters,
)
from logreg_docs.publish.pages.cells import Cell, PageError, read_cells, without_switches
from logreg_docs.publish.pages.kinds import chapter_number
from logreg_docs.publish.pages.labs import as_markdown, lab_page, page_notebook
from logreg_docs.publish.pages.notebook import (
    ARCHIVE,
    STUDENT_ARCHIVE,
    below_title,
    make_notebook,
    notebook_links,
    notebook_path,
)
from logreg_docs.publish.pages.on_paper import paper_links
from logreg_docs.publish.pages.outputs import Page, render_page, with_figures
from logreg_docs.publish.pages.questions import PITFALLS, PageText, find_cards, find_predictions, find_values
from logreg_docs.publish.pages.shown import write_shown
from logreg_docs.publish.postprocess.archive import make_archive
from logreg_docs.publish.postprocess.question_files import question_files
from logreg_docs.publish.postprocess.slim import cached_minified_svg
from logreg_docs.publish.run.output_cache import OutputCache
from logreg_docs.publish.run.wheel import Project, WheelError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from markdown import Extension

    from logreg_docs.publish.pages.cells import Outputs
    from logreg_docs.publish.pages.fences import CodeFinder
    from logreg_docs.publish.pages.install_cell import Package
    from logreg_docs.publish.pages.questions import Prediction, Value
    from logreg_docs.publish.run.execute import Outcome
    from logreg_docs.publish.run.page_runs import PageRuns

__all__ = ["Build", "Site"]

log = logging.getLogger("mkdocs.plugins.logreg_docs")

_CODE = digest_of_code("pages")
_READER = digest_of_code("markup/reading_time.py")
_RUNNING = '!!! note "The code of this page still runs. What it gives will be here when it ends."'


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The settings of a build.

    Args:
        name: The site's name.
        root: The project's folder.
        cache: The folder of caches.
        site_url: Address of the site.
        repo_url: Address of its repository, if known.
        time: When the last commit was made, in seconds since 1970.
        shown: Folder for the texts that the pages show, if they are to be written.
        paper: Whether the chapters are printed after the build, so that they can be linked to what is printed.
        serving: Whether a server builds, which shows errors on the page instead of ending.
        error: The exception that ends the build otherwise.
    """

    name: str
    root: Path
    cache: Path
    site_url: str
    repo_url: str | None
    time: int
    shown: Path | None
    paper: bool = False
    serving: bool
    error: type[Exception]


@dataclass(slots=True, kw_only=True)
class Build:
    """The state of one build.

    Args:
        site: Its settings.
        finder: Finds the code of a page.
        runs: Runs the pages.
        edited: Returns whether a file was edited since the build began.
        pages: The pages that differ from their source, by path.
        files: The files generated from them, by path: figures, notebooks, data, the package and the archives.
        labs: The notebooks that represent labs among the pages, by path.
        page: The path of the page that is being rendered.
        embeds: The explorables that got a page of their own so far, by name.
    """

    site: Site
    finder: CodeFinder
    runs: PageRuns
    edited: Callable[[], bool]
    pages: dict[str, Page] = field(default_factory=dict)
    files: dict[str, str | bytes] = field(default_factory=dict)
    labs: dict[str, str] = field(default_factory=dict)
    page: str = ""
    embeds: dict[str, Embed] = field(default_factory=dict)
    cache: OutputCache = field(init=False)
    _texts: dict[str, str] = field(default_factory=dict)
    _data: dict[str, tuple[str, str]] = field(default_factory=dict)
    _for_students: dict[str, str] = field(default_factory=dict)  # notebooks by path
    _minutes: dict[int, Minutes] = field(default_factory=dict)  # by the number of the chapter
    _published: tuple[Project, Package, bytes] | None = None
    _html: list[str] = field(default_factory=list)
    _faults: int = 0  # reported by a build that is not a server's
    _glossary: GlossaryExtension = field(default_factory=GlossaryExtension)

    def __post_init__(self) -> None:
        self.cache = OutputCache(self.site.cache / "execute", self.site.root)

    @property
    def terms(self) -> dict[str, tuple[str, str]]:
        """Anchor and tooltip of each term of the glossary."""
        return self._glossary.terms

    def extensions(self) -> list[Extension]:
        """Return the Markdown extensions of this build."""
        return [self._glossary, MathMLExtension(self._translated, self._reject_formula)]

    def make(self, texts: dict[str, str], scripts: Mapping[str, str]) -> None:
        """Run the pages whose outputs are not cached, and generate pages, figures and notebooks.

        Args:
            texts: Markdown by path.
            scripts: The labs by path.
        """
        self._glossary.terms = read_terms(texts.get(GLOSSARY, ""))
        self._texts = texts = texts | {path: self._lab(path, text) for path, text in scripts.items()}
        cells = {path: found for path, text in texts.items() if (found := self._cells(path, text))}
        outcomes = self.runs.outcomes(cells, self.cache, self.edited)
        for error in [outcome.error for outcome in outcomes.values() if outcome and outcome.error]:
            self._report(error)
        if self.site.shown and not self._faults:
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
        self._add_archive()
        complete: dict[str, tuple[list[Cell], list[Outputs]]] = {path: ([], []) for path in texts if path not in cells}
        complete |= {path: (cells[path], one.outputs) for path, one in outcomes.items() if one and one.error is None}
        self._add_questions(complete)
        self.end_if_faulty()

    def end_if_faulty(self) -> None:
        """End a build that has reported faults, when it has named all that it can find at this point."""
        if self._faults:
            raise self.site.error(f"The site was not built; mend what is named above: {self._faults} in all.")

    def exercises(self, path: str) -> list[str]:
        """Return the numbers in a chapter of the exercises that it lets answer in the page; none for any other page."""
        page = self.pages.get(path)
        if page is None or chapter_number(path) is None:
            return []
        return [page.answers[line]["exercise"].partition(".")[2] for line in sorted(page.answers)]

    def markdown(self, path: str, written: str) -> str:
        """Return the Markdown to render for a page, and remember that this page is being rendered.

        Args:
            path: Its path.
            written: Its text without front matter.

        Returns:
            The text with outputs.
        """
        self._glossary.page = path
        self.page = path.replace(".ipynb", ".py") if path in self.labs else path
        if path not in self.pages:
            return written
        text = self.pages[path].text
        return "\n".join(text.split("\n")[self.finder.body(text) :])

    def content(
        self, path: str, html: str, relative: Callable[[str], str], code: Mapping[str, str]
    ) -> tuple[str, str | None]:
        """Insert the figures, explorables and forms of a page, and remember its formulas for the font.

        Args:
            path: Its path.
            html: Its rendered Markdown.
            relative: Returns the address of a folder of the site, seen from the page.
            code: The style sheet and the loader of explorables, and the loader of what checks answers.

        Returns:
            The content, and the CSS for its head, if any.
        """
        page, css = self.pages.get(path), None
        if page:
            html = with_figures(html, page)
            if (number := chapter_number(path)) is not None:
                self._minutes[number] = self._reading_time(html)
                html = with_reading_time(html, self._minutes[number])
            if page.explorables:
                embeds = read_embeds(path, html, page.explorables)
                self._add_embeds(embeds)
                html = insert_explorables(html, embeds, relative(EMBEDS))
                html += page_script(code["loader"], relative(EXPLORABLES))
                css = page_style(code["style"])
            if page.answers:
                html = insert_answers(
                    html, page.answers, lambda line, problem: self._report(PageError(path, line, problem))
                )
                html += page_script(code["answers"], relative(ANSWERS))
        self._html.append(html)
        return html, css

    def with_times(self, path: str, html: str) -> str:
        """Return the content of a page with the reading times of chapters, which are known once all are rendered.

        Args:
            path: The page's path.
            html: Its content.

        Returns:
            The content.
        """
        try:
            return with_times_of_chapters(html, self._minutes)
        except ValueError as error:
            self._report(f"docs/{path}: {error}")
            return html

    def font(self) -> bytes:
        """Return the mathematical font, subset to the formulas of the pages."""
        folder = self.site.cache / "font"
        return math_font(formula_characters(self._html), folder, stretchy=stretchy_characters(self._html))

    def _add_embeds(self, embeds: Mapping[int, Embed]) -> None:
        """Give explorables pages of their own; what another page shows under the same name must be the same."""
        for line, embed in embeds.items():
            first = self.embeds.setdefault(embed.name, embed)
            if first.html != embed.html:
                problem = (
                    f"the explorable {embed.name} shows something else here than on docs/{first.path}, but it has one "
                    f"page of its own, {EMBEDS}{embed.name}/. Show the same, or give one of them another name."
                )
                self._report(PageError(self.page, line, problem))

    def _reading_time(self, html: str) -> Minutes:
        """Return the reading time of a chapter, from the cache if possible: it takes a tenth of a second."""
        key = hashlib.sha256(f"{_READER}\0{html}".encode()).hexdigest()
        path = self.site.cache / "pages" / f"{key}.json"
        return Minutes(*json.loads(get_or_create(path, lambda: json.dumps(reading_time(html)).encode())))

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
        """Report an error, and return the page as written below it."""
        self._report(error)
        head = str(error).partition("\n")[0].replace('"', "'")
        return Page(text=self._below_front_matter(text, f'!!! failure "{head}"'))

    def _below_front_matter(self, text: str, notice: str) -> str:
        lines, at = text.split("\n"), self.finder.body(text)
        return "\n".join([*lines[:at], notice, "", *lines[at:]])

    def _report(self, error: object) -> None:
        self._faults += not self.site.serving
        log.error("%s", error)

    def _add(self, path: str, text: str, cells: list[Cell], outcome: Outcome | None) -> None:
        """Add a page with its outputs, figures and notebook."""
        facts = ""
        if outcome is None:
            page, complete = Page(text=self._below_front_matter(text, _RUNNING)), False
        else:
            try:
                page = render_page(path, text, cells, outcome.outputs, outcome.error)
                complete, facts = outcome.error is None, self._chapter_facts(path, text)
            except PageError as error:
                page, complete = self._rejected(text, error), False
        for name, svg in page.figures.items():
            self.files[_beside(path, name)] = cached_minified_svg(themed(svg), self.site.cache / "figures")
        for name, (data, about) in page.data.items():
            self.files[_beside(path, name)] = data
            self._data[name] = data, about
        links = ""
        if outcome and complete and path.startswith(("chapters/", "labs/")):
            links = self._add_notebook(path, text, cells, outcome.outputs)
            if self.site.paper and path.startswith("chapters/"):
                links = f"{links}\n{paper_links(path)}"
        if path.endswith(".py"):
            # Under a server a lab that failed is shown without outputs.
            source = (text, cells, outcome.outputs) if outcome and links else (page.text, [], [])
            self._add_lab(path, page, page_notebook(path, *source, links=links))
        else:
            page.text = below_title(page.text, "\n\n".join(filter(None, [facts, links])))
            self.pages[path] = page

    def _add_notebook(self, path: str, text: str, cells: list[Cell], outputs: Sequence[Outputs]) -> str:
        """Add the notebook of a page, and return the line of Markdown that leads to it; under a server perhaps none."""
        try:
            project, package, _ = self._package()
            needs = self._needs(path, cells, project)
            make = functools.partial(
                make_notebook,
                path,
                text,
                cells,
                outputs,
                self.finder,
                site_url=self.site.site_url,
                package=package,
                needs=needs,
            )
            facts = [self.finder.settings[:2], self.site.site_url, asdict(package), sorted(needs)]
            key = hashlib.sha256(f"{_CODE}{json.dumps([path, text, outputs, *facts])}".encode()).hexdigest()
            kept = self.site.cache / "downloads" / f"{key}.json"
            both = get_or_create(kept, lambda: json.dumps([make(), make(answers=False)]).encode())
        except (PageError, WheelError) as error:
            self._report(error)
            return ""
        self.files[notebook_path(path)], self._for_students[notebook_path(path)] = json.loads(both)
        return notebook_links(path, self.site.repo_url)

    def _package(self) -> tuple[Project, Package, bytes]:
        """Return the project with its package, built when the first notebook asks for it."""
        if self._published is None:
            project = Project(self.cache.graph.root)
            address = f"{self.site.site_url}{_beside(ARCHIVE, '')}" if "://" in self.site.site_url else ""
            self._published = project, *project.package(address, self.site.cache / "downloads")
        return self._published

    def _needs(self, path: str, cells: list[Cell], project: Project) -> set[str]:
        """Return the extras without which the code of a page would not run."""
        extras, provided = project.extras, project.provided
        own = [cell for cell in cells if "raises" not in cell.options]  # a module may be missing on purpose
        imported = self.cache.graph.imported_from_elsewhere(cell.source for cell in own)
        for module in [module for module in imported if module not in provided]:
            lines = [cell.line for cell in own if f"import {module}" in cell.source or f"from {module}" in cell.source]
            offered = f"neither the package nor its extras {', '.join(sorted(extras))} install"
            problem = f"{imported[module]} imports {module}, which {offered}. Add it to them in pyproject.toml."
            raise PageError(path, min(lines, default=own[0].line), problem)
        return {provided[module] for module in imported} & extras

    def _add_archive(self) -> None:
        """Add the package and the archives of all notebooks, if there are any."""
        if not self._for_students:
            return
        notebooks = {path: str(self.files[path]) for path in self._for_students}
        _, package, wheel = self._package()
        origin = f"<{self.site.site_url}>" if package.address else "the site"
        cache = self.site.cache / "downloads"
        self.files[_beside(ARCHIVE, package.wheel)] = wheel
        for path, held, answers in ((ARCHIVE, notebooks, True), (STUDENT_ARCHIVE, self._for_students, False)):
            self.files[path] = make_archive(held, self._data, (package.wheel, wheel), origin, cache, answers=answers)

    def _add_questions(self, complete: Mapping[str, tuple[Sequence[Cell], Sequence[Outputs]]]) -> None:
        """Add what the pages ask as question banks and as a deck of cards, if they ask anything."""

        def page(path: str) -> PageText:
            return PageText.of(path, self._texts[path], *complete[path], self.site.site_url)

        banks: dict[str, list[Prediction | Value]] = {}
        cards = [
            card
            for path, kind in ((GLOSSARY, "Glossary"), (PITFALLS, "Pitfalls"))
            if path in complete
            for card in find_cards(page(path), kind, self._report)
        ]
        for path in sorted(path for path in complete if chapter_number(path) is not None):
            chapter = page(path)
            predictions = find_predictions(chapter, self._report)
            cards += [one.card() for one in predictions]
            asked: list[Prediction | Value] = [*predictions, *find_values(chapter)]
            if asked:
                banks[self._chapter_title(path)] = asked
        kept = self.site.cache / "downloads"
        self.files |= question_files(self.site.name, self.site.time, banks, cards, convert=to_plain_html, cache=kept)

    def _chapter_title(self, path: str) -> str:
        """Return the title of a chapter, with its number before it."""
        title = str(self.finder.settings[2](self._texts[path])[1].get("title", ""))
        number = str(chapter_number(path))
        return title if title.startswith(f"{number} ") else f"{number} {title}"

    def _chapter_facts(self, path: str, text: str) -> str:
        """Return the line under the title of a chapter: its number, its minutes and the chapters that it needs."""
        number = chapter_number(path)
        if number is None:
            return ""
        chapters = {found: other for other in self._texts if (found := chapter_number(other)) is not None}
        needs = self.finder.settings[2](text)[1].get("needs", [])
        if unknown := [each for each in needs if each not in chapters]:
            raise PageError(path, 1, f"needs names chapters by their numbers, {sorted(chapters)}, got {unknown}")
        links = " and ".join(f"[chapter {each}]({chapters[each].rpartition('/')[2]})" for each in needs)
        facts = [f"Chapter {number} of {max(chapters)}", PLACEHOLDER, *([f"needs {links}"] if links else [])]
        return f"{' · '.join(facts)}\n{{ .lr-facts }}"

    def _add_lab(self, path: str, page: Page, notebook: str) -> None:
        self.labs[lab_page(path)] = notebook
        self.pages[lab_page(path)] = page

    def _translated(self, tex: str, *, display: bool) -> str:
        """Translate a formula; one that does not parse is reported, and a server shows it as TeX."""
        try:
            return to_mathml(tex, display=display)
        except FormulaError as problem:
            error = self._with_place(str(problem), tex)
            self._report(error)
            return f'<mark title="{escape(error)}">{escape(tex)}</mark>'

    def _reject_formula(self, problem: str, near: str) -> None:
        """Report a formula by its TeX, or a dollar sign by the text around it."""
        self._report(self._with_place(problem, near, dollar_line))

    def _with_place(self, problem: str, tex: str, find: Callable[[str, str], int | None] = formula_line) -> str:
        """Return a message with the line of the formula, or a hint if the page takes it from elsewhere."""
        text = self._texts.get(self.page, "")
        if line := formula_line(text, tex) or find(text, tex):
            return str(PageError(self.page, line, problem))
        hint = "look for it in the docstrings, outputs and values that the page shows"
        return f"docs/{self.page}: {problem}; the file does not hold it as it stands, so {hint}"


def _beside(path: str, name: str) -> str:
    folder = path.rpartition("/")[0]
    return f"{folder}/{name}" if folder else name
