"""What a learner does on a page: commit to a prediction, look a word up, read code on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browser.test_pages import CHAPTERS
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visits import Watched
    from playwright.sync_api import Browser, Page

PREDICTION = ".question:has(.lr-prediction)"
WIDER = """() => [...document.querySelectorAll(".highlight:not(.output) pre>code")]
    .filter(code => code.checkVisibility() && code.scrollWidth > code.clientWidth + 1).map(code => code.innerText)"""
LOOKED_UP = ["sigmoid", "learning rate", "gradient", "odds", "variance", "reshape"]


def commit(page: Page, choice: str, number: int = 0) -> None:
    form = page.locator(".lr-prediction").nth(number)
    form.get_by_label(choice, exact=True).check()
    form.get_by_role("button", name="Commit to it").click()


@pytest.mark.parametrize(
    ("choice", "verdict"), [("three quarters", "That is right."), ("a quarter", "That is not it.")]
)
def test_a_committed_prediction_is_said_again_in_its_answer(
    watched: Callable[..., Watched], site_address: str, choice: str, verdict: str
) -> None:
    opened = watched()
    page = opened.page
    page.goto(site_address + CHAPTERS[1])
    answer = page.locator("details.success", has_text="Answer to the prediction").first
    expect(answer).not_to_contain_text("You chose")
    commit(page, choice)
    expect(page.locator(".lr-prediction").first.get_by_role("radio").first).to_be_disabled()
    expect(page.get_by_role("button", name="Read the answer")).to_be_focused()
    assert answer.get_attribute("open") is None
    page.keyboard.press("Enter")
    expect(answer.locator("p").first).to_have_text(f"You chose: {choice}. {verdict}")
    expect(answer).to_be_in_viewport()
    expect(answer.locator("summary")).to_be_focused()
    assert opened.complaints == []


def test_no_prediction_is_committed_to_without_a_choice(watched: Callable[..., Watched], site_address: str) -> None:
    page = watched().page
    page.goto(site_address + CHAPTERS[1])
    page.locator(".lr-prediction button").first.click()
    expect(page.get_by_role("button", name="Read the answer")).to_have_count(0)


@pytest.mark.parametrize("chapter", CHAPTERS[1:])
def test_every_prediction_is_a_choice_with_an_answer(
    watched: Callable[..., Watched], site_address: str, chapter: str
) -> None:
    page = watched().page
    page.goto(site_address + chapter)
    asked = page.locator(".question:has(p.admonition-title:text-is('Predict'))")
    assert asked.count() == page.locator(".lr-prediction").count() > 0
    assert page.locator("summary:text-is('Answer to the prediction')").count() == asked.count()
    for number in range(asked.count()):
        form = asked.nth(number).locator(".lr-prediction")
        form.get_by_role("radio").last.check()
        form.get_by_role("button").click()
    assert page.locator("details.success p:text('You chose: ')").count() == asked.count()


def test_a_prediction_comes_back_with_a_page_that_the_theme_swaps_in(
    watched: Callable[..., Watched], site_address: str
) -> None:
    page = watched().page
    page.goto(site_address + CHAPTERS[0], wait_until="networkidle")
    page.get_by_role("link", name="Next: 1 Linear regression").click()
    page.wait_for_url(f"**/{CHAPTERS[1]}")
    commit(page, "a half")


def test_without_javascript_a_prediction_is_a_list_and_a_fold(browser: Browser, site_address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site_address + CHAPTERS[1])
        expect(page.locator(".question").first.get_by_role("listitem")).to_have_count(3)
        page.locator("summary", has_text="Answer to the prediction").first.click()
        expect(page.locator("details.success[open]").first).to_be_visible()


def test_the_search_finds_what_teaches_first_and_says_what_it_is(
    watched: Callable[..., Watched], site_address: str
) -> None:
    page = watched().page
    for query in LOOKED_UP:
        page.goto(site_address)
        page.get_by_placeholder("Search").click()
        page.keyboard.type(query)
        page.locator(f".md-search-result__link[href*='?h={query.split()[0]}']").first.wait_for()
        titles = page.locator(".md-search-result__item h1").all_inner_texts()
        assert re.search(r" \((Chapter|Glossary)\)$", titles[0]), query
        assert [title for title in titles if not re.search(r" \(.+\)$", title)] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_code_wraps_on_a_phone(watched: Callable[..., Watched], site_address: str, chapter: str) -> None:
    page = watched(viewport={"width": 390, "height": 844}).page
    page.goto(site_address + chapter)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert page.evaluate(WIDER) == []
