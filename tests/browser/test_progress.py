"""What the site remembers of a reader: when, where, under which names, and how it is saved and forgotten."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from browser.test_accessibility import OPEN_ALL, axe
from browser.test_pages import CHAPTERS, LABS
from browser.visits import PHONE, visit
from playwright.sync_api import expect
from sites import ROOT, Built, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from browser.visits import Watched
    from playwright.sync_api import Browser, Page, Route

    Open = Callable[..., Watched]

pytestmark = pytest.mark.browser

START = datetime(2026, 1, 1, tzinfo=UTC)
PROGRESS = "progress/"
NUMBER, CHAPTER = 7, CHAPTERS[7]  # the one with the fewest sections
NAME = f"chapters/{CHAPTER.split('/')[1].partition('-')[2]}"
PREFIX = "/logreg-docs/.progress.1."
ENTRIES = """prefix => Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith(prefix))
.map(([key, value]) => [key.slice(prefix.length), value]))"""
SEED = f"""for (const [entry, value] of Object.entries(ENTRIES)) localStorage.setItem({PREFIX!r} + entry, value);"""
SOLVE = 'exercise => document.dispatchEvent(new CustomEvent("logreg:solved", { detail: { exercise } }))'
REFUSE = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
configurable: true, get() { throw new DOMException("The operation is insecure.", "SecurityError") } });"""
TO_HEADING = """id => document.getElementById(id).scrollIntoView({block: "start", behavior: "instant"})"""
READ: dict[str, str] = {
    f"read/{NAME}": "",
    "read/labs/from_scratch": "",
    "seen/chapters/likelihood/logs": "",
    "solved/chapters/sigmoid/3": "",
    "last": "chapters/likelihood\nlogs\nWhy logarithms",
}


def seed(entries: dict[str, str]) -> str:
    """Return a script that stores what somebody read before."""
    return SEED.replace("ENTRIES", json.dumps(entries))


def stored(page: Page) -> dict[str, str]:
    return dict(page.evaluate(ENTRIES, PREFIX))


def returning(opened: Watched, address: str, path: str = PROGRESS, entries: dict[str, str] | None = None) -> Page:
    """Open a page as somebody who has read before."""
    opened.page.goto(address + "sitemap.xml")  # the same origin, and quick to load
    opened.page.evaluate(seed(READ if entries is None else entries))
    opened.page.goto(address + path)
    return opened.page


def timed(opened: Watched, address: str) -> Page:
    """Open a page whose seconds pass as the test lets them, and no others."""
    opened.page.clock.install(time=START)
    opened.page.goto(address)
    opened.page.clock.pause_at(START + timedelta(hours=1))
    return opened.page


def sections(page: Page) -> list[str]:
    return list(page.locator("article h2[id]").evaluate_all("all => all.map(heading => heading.id)"))


def stay(page: Page, section: str, seconds: int) -> None:
    page.evaluate(TO_HEADING, section)
    page.clock.run_for(1000 * seconds)


def tick(page: Page, path: str) -> Any:
    return page.locator(f".md-nav--primary a[href$='{path.split('/')[-2]}/']").get_by_role("img", name="read")


def row(page: Page, path: str) -> Any:
    return page.locator(f".lr-progress tr:has(a[href$='{path}'])").locator("td")


def status(page: Page) -> Any:
    return page.locator(".lr-progress").get_by_role("status")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).press("Enter")


def test_a_chapter_is_read_once_each_heading_has_stood_there_for_three_seconds_in_however_many_visits(
    watched: Open, site_address: str
) -> None:
    opened = watched()
    page = timed(opened, site_address + CHAPTER)
    first, second, *rest = sections(page)
    stay(page, first, 4)
    assert f"seen/{NAME}/{first}" in stored(page)
    for section in rest:
        stay(page, section, 4)
    assert f"seen/{NAME}/{second}" not in stored(page)
    assert f"read/{NAME}" not in stored(page)
    page.reload()
    stay(page, second, 3)
    assert f"seen/{NAME}/{second}" not in stored(page)
    page.clock.run_for(1000)
    assert f"read/{NAME}" in stored(page)
    page.goto(site_address + CHAPTERS[0])
    expect(tick(page, CHAPTER)).to_have_count(1)
    page.goto(site_address + PROGRESS)
    expect(row(page, CHAPTER).nth(1)).to_have_text(f"✓ all {len(rest) + 2}")
    assert opened.complaints == []


def test_who_jumps_to_the_end_has_not_read(watched: Open, site_address: str) -> None:
    page = timed(watched(), site_address + CHAPTER)
    page.keyboard.press("End")
    expect(page.locator(f"#{sections(page)[-1]}")).to_be_in_viewport()  # a loaded machine scrolls late
    page.clock.run_for(60_000)
    found = stored(page)
    assert f"seen/{NAME}/{sections(page)[-1]}" in found
    assert f"read/{NAME}" not in found


def test_what_stands_in_a_hidden_tab_is_not_read(watched: Open, site_address: str) -> None:
    page = timed(watched(), site_address + CHAPTER)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    stay(page, sections(page)[0], 60)
    assert stored(page) == {}
    page.evaluate("delete document.hidden")
    page.clock.run_for(4000)
    assert stored(page) != {}


def test_home_leads_to_the_section_that_was_read_last_and_to_nothing_before(watched: Open, site_address: str) -> None:
    opened = watched()
    page = timed(opened, site_address)
    go_on = page.locator(".lr-go-on")
    expect(go_on).to_be_hidden()
    page.goto(site_address + CHAPTER)
    section = sections(page)[2]
    stay(page, section, 4)
    title = page.locator(f"#{section}").inner_text().removesuffix("¶")
    page.locator("a.md-logo").first.click()
    page.wait_for_url(site_address)
    expect(go_on).to_contain_text(f"go on here:{NUMBER} When it goes wrong: {title}")
    go_on.get_by_role("link").last.click()
    page.wait_for_url(f"{site_address}{CHAPTER}#{section}")
    expect(page.locator(f"#{section}")).to_be_in_viewport()
    assert opened.complaints == []


def test_home_leads_on_from_a_finished_page_to_the_next_that_is_not(watched: Open, site_address: str) -> None:
    opened = watched()
    go_on = opened.page.locator(".lr-go-on").get_by_role("link").last
    last = {"last": "chapters/sigmoid\nodds\nOdds"}
    whole = {f"read/{'/'.join(re.findall(r'[a-z][a-z_-]+', path))}": "" for path in (*CHAPTERS, *LABS)}
    first, _, _, third, fourth, *_ = whole
    for entries, path in (
        ({}, f"{CHAPTERS[2]}#odds"),
        ({"read/chapters/sigmoid": ""}, CHAPTERS[3]),
        ({"read/chapters/sigmoid": "", third: ""}, CHAPTERS[4]),
        ({third: "", fourth: ""}, f"{CHAPTERS[2]}#odds"),
        ({entry: "" for entry in whole if entry != first}, CHAPTERS[0]),
        (whole, f"{CHAPTERS[2]}#odds"),
    ):
        page = returning(opened, site_address, "", last | entries)
        expect(go_on).to_have_attribute("href", site_address + path)
        expect(go_on).to_have_text(
            re.compile("^2 Sigmoid: Odds$" if "#" in path else rf"^{path.split('/')[1][1:2]} [A-Z][^:]*$")
        )
        page.evaluate("localStorage.clear()")
    assert opened.complaints == []


def test_a_solved_exercise_has_a_tick_beside_its_title(watched: Open, site_address: str) -> None:
    opened = watched()
    page = opened.page
    page.goto(site_address + CHAPTERS[2], wait_until="networkidle")
    titles = page.locator(".admonition-title", has_text=re.compile(r"^Exercise \d"))
    ticks = titles.get_by_role("img", name="solved")
    expect(titles).to_have_count(6)
    expect(ticks).to_have_count(0)
    page.evaluate(SOLVE, "2.3")
    expect(ticks).to_have_count(1)
    page.reload()
    expect(ticks).to_have_count(1)
    expect(titles.nth(2).get_by_role("img", name="solved")).to_be_visible()
    page.locator(".md-nav--primary a", has_text="3 Likelihood").first.click()
    page.wait_for_url(f"{site_address}{CHAPTERS[3]}")
    expect(ticks).to_have_count(0)
    page.go_back()
    expect(ticks).to_have_count(1)
    page.emulate_media(media="print")
    expect(ticks).to_be_hidden()
    assert opened.complaints == []


def test_a_solved_exercise_is_counted_under_the_name_of_its_chapter(watched: Open, site_address: str) -> None:
    opened = watched()
    page = opened.page
    page.goto(site_address + CHAPTERS[2], wait_until="networkidle")
    asked = opened.loaded()
    for number in (1, 3, 3):
        page.evaluate(SOLVE, f"2.{number}")
    assert stored(page) == {"solved/chapters/sigmoid/1": "", "solved/chapters/sigmoid/3": ""}
    assert opened.loaded() == asked  # nothing is sent
    assert page.context.cookies() == []
    page.locator(".md-nav--primary a", has_text="Your progress").click()
    page.wait_for_url(site_address + PROGRESS)
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("2 of 6")
    page.evaluate(seed({f"solved/chapters/sigmoid/{number}": "" for number in range(1, 7)}))
    page.reload()
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("✓ all 6")
    assert opened.complaints == []


def test_table_counts_the_sections_and_exercises_of_the_pages(site: Built) -> None:
    table = (site.folder / PROGRESS / "index.html").read_text().partition('class="lr-progress"')[2]
    labs = sorted(LABS, key=(ROOT / "mkdocs.yml").read_text().replace(".ipynb", "/").index)
    rows = re.findall(
        r'<tr><td><a href="../(.+?)">.*?<td data-kind="seen" data-all="(.+?)">(\d+)</td>(.*?)</tr>', table, re.DOTALL
    )
    assert [path for path, *_ in rows] == [*CHAPTERS, *labs]
    for path, names, number, rest in rows:
        html = (site.folder / path / "index.html").read_text()
        assert names.split() == re.findall(r'<h2 id="([^"]+)"', html)
        assert number == str(len(names.split()))
        asked = re.findall(r'data-exercise="\d\.(\d)"', html)  # of those that are answered in the page
        assert re.findall(r'data-all="(.+?)">(\d+)', rest) == ([(" ".join(asked), str(len(asked)))] if asked else [])


def test_a_saved_file_brings_back_what_was_forgotten_and_takes_nothing_away(
    watched: Open, site_address: str, tmp_path: Path
) -> None:
    opened = watched()
    page = returning(opened, site_address, entries=READ | {"of/a/later/edition": "x"})
    with page.expect_download() as download:
        press(page, "Save to a file")
    assert download.value.suggested_filename == "logreg-docs-progress.json"
    saved = tmp_path / "mine.json"
    download.value.save_as(saved)
    assert json.loads(saved.read_text()) == {
        "format": "logreg-docs progress",
        "version": 1,
        "entries": READ | {"of/a/later/edition": "x"},
    }
    page.once("dialog", lambda dialog: dialog.dismiss())
    press(page, "Forget all")
    expect(tick(page, CHAPTER)).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    press(page, "Forget all")
    expect(status(page)).to_have_text("All is forgotten.")
    expect(tick(page, CHAPTER)).to_have_count(0)
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("0 of 6")
    assert stored(page) == {}
    page.evaluate(seed({"solved/chapters/sigmoid/4": "", "last": "chapters/sigmoid\nodds\nOdds"}))
    read(page, saved)
    expect(status(page)).to_have_text("mine.json: 4 of its 5 entries are new here. Unknown and left out: 1.")
    expect(tick(page, CHAPTER)).to_have_count(1)
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("2 of 6")
    assert stored(page)["last"] == "chapters/sigmoid\nodds\nOdds"
    assert "of/a/later/edition" not in stored(page)
    assert opened.complaints == []


def read(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        press(page, "Read a saved file")
    chooser.value.set_files(path)


BAD = {
    "no JSON": (
        "Dear diary, today I read all of chapter 3 and understood it.",
        "begins with Dear diary, today I read all of chapter ;",
    ),
    "nothing": ("", "is empty;"),
    "spaces": (" \n ", "is empty;"),
    "null": ("null", "begins with null;"),
    "another format": ('{"format": "bookmarks", "version": 1, "entries": {}}', 'begins with {"format": "bookmarks",'),
    "another version": ('{"format": "logreg-docs progress", "version": 2, "entries": {"a": "b"}}', "is of version 2;"),
    "no version": ('{"format": "logreg-docs progress", "entries": {"a": "b"}}', "is of version undefined;"),
    "no entries": ('{"format": "logreg-docs progress", "version": 1}', 'begins with {"format": "logreg-docs progress"'),
    "a list": (
        '{"format": "logreg-docs progress", "version": 1, "entries": ["read/chapters/sigmoid"]}',
        "begins with {",
    ),
    "a number": (
        '{"format": "logreg-docs progress", "version": 1, "entries": {"read/chapters/sigmoid": "", "b": 1}}',
        "begins with {",
    ),
}


def test_a_bad_file_is_told_and_changes_nothing(watched: Open, site_address: str, tmp_path: Path) -> None:
    opened = watched()
    page = returning(opened, site_address)
    for kind, (text, words) in BAD.items():
        path = tmp_path / f"{kind}.json"
        path.write_text(text)
        read(page, path)
        expect(status(page)).to_contain_text(f"{kind}.json {words}")
        expect(status(page)).to_contain_text("a file saved on this page is expected, of version 1, so nothing changed.")
        assert stored(page) == READ, kind
    assert opened.complaints == []


def test_tabs_agree_and_lose_nothing(watched: Open, site_address: str) -> None:
    opened = watched()
    table = returning(opened, site_address)
    tabs = [table.context.new_page() for _ in range(2)]
    for number, tab in zip((2, 3), tabs, strict=True):
        tab.goto(site_address + CHAPTERS[number])
    for number, tab in zip((2, 3), tabs, strict=True):
        tab.evaluate(SOLVE, f"{number}.1")
    expect(row(table, CHAPTERS[2]).nth(2)).to_have_text("2 of 6")
    expect(row(table, CHAPTERS[3]).nth(2)).to_have_text("1 of 6")
    table.once("dialog", lambda dialog: dialog.accept())
    press(table, "Forget all")
    expect(tick(tabs[0], CHAPTER)).to_have_count(0)
    tabs[1].evaluate(SOLVE, "3.2")
    assert stored(table) == {"solved/chapters/likelihood/2": ""}


def test_where_storage_is_refused_it_is_remembered_for_the_visit_and_said(watched: Open, site_address: str) -> None:
    opened = watched()
    page = opened.page
    page.add_init_script(REFUSE)
    page.goto(site_address + CHAPTERS[2], wait_until="networkidle")
    page.evaluate(SOLVE, "2.2")
    page.locator(".md-nav--primary a", has_text="Your progress").click()
    page.wait_for_url(site_address + PROGRESS)
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("1 of 6")
    expect(status(page)).to_contain_text("Your browser stores nothing for this site")
    page.reload()
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("0 of 6")
    expect(status(page)).to_contain_text("Your browser stores nothing for this site")
    assert opened.complaints == []


def test_where_storage_is_full_the_rest_is_remembered_for_the_visit_and_said(watched: Open, site_address: str) -> None:
    opened = watched()
    page = returning(opened, site_address, CHAPTERS[2])
    page.wait_for_load_state("networkidle")
    page.evaluate(
        """() => { for (const size of [1e6, 1e4, 100, 1]) try { for (let k = 0; ; k++)
        localStorage[`${size}.${k}`] = "x".repeat(size) } catch {} }"""
    )
    page.evaluate(SOLVE, "2.2")
    page.locator(".md-nav--primary a", has_text="Your progress").click()
    page.wait_for_url(site_address + PROGRESS)
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("2 of 6")
    expect(status(page)).to_contain_text("Your browser stores nothing for this site")
    assert stored(page) == READ
    page.once("dialog", lambda dialog: dialog.accept())
    press(page, "Forget all")
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("0 of 6")
    assert opened.complaints == []


STRANGE = {"last": "{]", "read/chapters/gone": "", "solved/chapters/sigmoid/99": "", "read/undefined": "", "x": "{]"}


def test_entries_of_another_edition_and_broken_ones_do_no_harm(watched: Open, site_address: str) -> None:
    opened = watched()
    page = returning(opened, site_address, PROGRESS, STRANGE)
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("0 of 6")
    for path in (CHAPTERS[2], ""):
        page.goto(site_address + path)
        expect(page.locator(".lr-go-on:visible, .lr-tick")).to_have_count(0)
        page.evaluate(SOLVE, "2.2")
    assert stored(page) == STRANGE | {"solved/chapters/sigmoid/2": ""}
    assert opened.complaints == []


def test_sites_of_one_origin_do_not_mix(watched: Open, site: Built, tmp_path: Path) -> None:
    with served(site.folder, tmp_path) as address:
        (tmp_path / "fork").symlink_to(site.folder)
        page = returning(watched(), address)
        expect(tick(page, CHAPTER)).to_have_count(1)
        other = page.context.new_page()
        other.goto(address.replace("logreg-docs", "fork") + PROGRESS)
        other.evaluate(SOLVE, "2.1")
        expect(other.locator(".lr-tick")).to_have_count(0)
        other.once("dialog", lambda dialog: dialog.accept())
        press(other, "Forget all")
        assert stored(page) == READ


def test_a_chapter_with_another_number_is_the_same_one(watched: Open, site_address: str) -> None:
    opened = watched()
    moved = "chapters/12-separation/"

    def as_chapter_twelve(route: Route) -> None:
        route.fulfill(response=route.fetch(url=site_address + CHAPTER))

    opened.page.route(f"**/{moved}", as_chapter_twelve)
    page = returning(opened, site_address, moved)
    expect(page.locator(".md-nav__item--active > a .lr-tick")).to_have_count(1)
    page.evaluate(SOLVE, "12.1")
    assert f"solved/{NAME}/1" in stored(page)


def test_files_remember_too(watched: Open, site: Built) -> None:
    opened = watched()
    page = timed(opened, (site.folder / CHAPTERS[2] / "index.html").as_uri())
    page.evaluate(SOLVE, "2.1")
    stay(page, sections(page)[0], 4)
    page.goto((site.folder / "index.html").as_uri())
    expect(page.locator(".lr-go-on a").last).to_contain_text("2 Sigmoid")
    page.locator(".lr-go-on").get_by_role("link", name="your progress").click()
    page.wait_for_url("**/progress/index.html")
    expect(row(page, CHAPTERS[2]).nth(1)).to_have_text(re.compile(r"^[1-9] of \d+$"))
    expect(row(page, CHAPTERS[2]).nth(2)).to_have_text("1 of 6")
    assert opened.complaints == []


def test_without_javascript_the_page_says_what_it_would_show_and_has_no_control(
    browser: Browser, site_address: str
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site_address + PROGRESS)
        expect(page.get_by_text("JavaScript is switched off here")).to_be_visible()
        expect(page.locator("article").get_by_role("button")).to_have_count(0)
        page.goto(site_address)
        expect(page.locator(".lr-go-on")).to_be_hidden()


def test_paper_has_no_controls(watched: Open, site_address: str) -> None:
    page = returning(watched(), site_address)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Forget all")).to_be_hidden()
    page.goto(site_address)
    expect(page.locator(".lr-go-on")).to_be_hidden()


def test_a_page_that_comes_back_shows_what_was_read_meanwhile(watched: Open, site_address: str) -> None:
    """The browser may keep a page as it was and hand it no events."""
    page = returning(watched(), site_address, PROGRESS, {})
    page.evaluate(seed(READ))
    expect(tick(page, CHAPTER)).to_have_count(0)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(tick(page, CHAPTER)).to_have_count(1)


@pytest.fixture(scope="module")
def slow_address(site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(site.folder, tmp_path_factory.mktemp("slow"), pause=0.02) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        *[(path, settings) for path in ("", PROGRESS) for settings in ({}, PHONE)],
        (CHAPTERS[2], {}),
        pytest.param(CHAPTERS[2], PHONE, marks=pytest.mark.deep),
    ],
)
def test_what_is_remembered_moves_nothing_and_axe_finds_no_fault(
    path: str, settings: dict[str, Any], browser: Browser, slow_address: str
) -> None:
    def look(opened: Watched) -> tuple[int, object]:
        opened.page.evaluate(OPEN_ALL)
        return opened.page.locator(".lr-tick, .lr-go-on:visible").count(), axe(opened.page)

    found = visit(browser, slow_address + path, look, script=seed(READ), color_scheme="light", **settings)
    assert found.layout_shift == 0, found.shifts
    ticks, violations = found.seen
    assert ticks >= 2
    assert violations == []


def test_script_is_light(site: Built) -> None:
    html = (site.folder / PROGRESS / "index.html").read_text()
    (script,) = (code for code in re.findall(r"<script>(.*?)</script>", html, re.DOTALL) if "logreg:solved" in code)
    assert len(gzip.compress(script.encode())) <= 3 * 1024
