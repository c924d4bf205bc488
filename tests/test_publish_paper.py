"""A page becomes a part of a book: all of it open, nothing that only a screen can use, and links that work on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from paper_checks import CHAPTER, tiny_site

from logreg_docs.publish.paper.book import document
from logreg_docs.publish.paper.parts import PaperError, book_pages, read_part

if TYPE_CHECKING:
    from pathlib import Path

    from sites import Built, SmallSite


def printed(site: Path, *urls: str, pages: dict[str, int] | None = None) -> BeautifulSoup:
    return BeautifulSoup(document([read_part(site, url, urls) for url in urls], site, pages or {}), "html.parser")


def test_chapter_has_everything_open_and_nothing_for_a_screen_alone(tmp_path: Path) -> None:
    soup = printed(tiny_site(tmp_path), CHAPTER)
    assert not soup.select(
        "details, summary, button, input, fieldset, lr-answer, template, script, .headerlink, .lr-notebook"
    )
    assert [image["src"] for image in soup.select("img")] == [
        f"{(tmp_path / CHAPTER).parent.as_uri()}/02-sigmoid-1.svg#only-light"
    ]
    text = soup.select_one("main").text  # type: ignore[union-attr]
    for shown in (
        "Because.",
        "By hand",
        "slow",
        "By machine",
        "fast",
        "Move it at https://a.org/lr/chapters/02-sigmoid/",
    ):
        assert shown in text
    assert "plot()" not in text


def test_predictions_do_not_tell_which_choice_is_right(tmp_path: Path) -> None:
    assert len({str(choice.attrs) for choice in printed(tiny_site(tmp_path), CHAPTER).select(".question li")}) == 1


def test_answers_stand_at_the_end_and_links_lead_there_and_back(tmp_path: Path) -> None:
    soup = printed(tiny_site(tmp_path), CHAPTER, pages={"02-sigmoid--answer-2": 7, "02-sigmoid--asked-2": 5})
    answers = soup.select(".paper-answers ~ h3")
    assert [title.text for title in answers] == ["Answer to the prediction: Odds000", "Exercise 1: a half5"]
    assert soup.text.index("Where is it?") < soup.text.index("One half, of course.") < soup.text.index("At zero.")
    there = soup.select_one(".example + .paper-turn a")
    assert there is not None
    assert (there["href"], there.text) == ("#02-sigmoid--answer-2", "Solution7")
    assert answers[1]["id"] == "02-sigmoid--answer-2"


def test_links_stay_in_a_book_and_lead_to_the_site_from_a_chapter_alone(tmp_path: Path) -> None:
    site = tiny_site(tmp_path)
    assert book_pages(site) == ["chapters/01-line/", CHAPTER, "glossary/"]
    for urls, first, term in (
        ([CHAPTER], "https://a.org/lr/chapters/01-line/#slope", "https://a.org/lr/glossary/#logit"),
        (book_pages(site), "#01-line--slope", "#glossary--logit"),
    ):
        links = [link["href"] for link in printed(site, *urls).select("[id='02-sigmoid'] > p > a")]
        assert links[:3] == [first, term, "https://a.org/lr/reference/sigmoid/#odds"]


def test_book_has_a_cover_contents_and_anchors_of_its_own(tmp_path: Path) -> None:
    site = tiny_site(tmp_path)
    soup = printed(site, *book_pages(site), pages={"02-sigmoid--odds": 12})
    contents = {link["href"]: link.text for link in soup.select("nav a")}
    assert contents["#02-sigmoid--odds"] == "Odds12"
    assert next(iter(contents)) == "#01-line"
    assert soup.select_one(".paper-cover") is not None
    assert soup.select_one("[clip-path='url(#02-sigmoid--c)']") is not None
    assert soup.select_one("[id='02-sigmoid--c']") is not None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('<a href="#nowhere">a</a>', r"Links in a book .* these do not: 02-sigmoid--nowhere\."),
        ('<p id="a"></p><p id="a"></p>', r"Anchors of a book must differ, .* twice: 02-sigmoid--a\."),
        ('<img src="../lost.svg">', r"a file of the site, and chapters/lost\.svg is none\."),
    ],
)
def test_what_leads_to_nothing_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(PaperError, match=complaint):
        printed(tiny_site(tmp_path, text), CHAPTER)


def test_folder_that_is_no_site_and_page_of_another_theme_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PaperError, match=r"must be a built site with chapters/\*/index\.html, and holds none"):
        book_pages(tmp_path)
    page = tiny_site(tmp_path) / CHAPTER / "index.html"
    page.write_text(page.read_text().replace("article", "section"))
    with pytest.raises(PaperError, match=r"chapters/02-sigmoid/index\.html must hold article"):
        read_part(tmp_path, CHAPTER, [])


def test_chapters_link_to_their_pdfs_only_where_these_are_printed(small_site: SmallSite, site: Built) -> None:
    assert "paper/" not in (site.folder / CHAPTER / "index.html").read_text()
    small_site.write("chapters/02-sigmoid.md", "# Sigmoid\n\n```python\nprint(1)\n```\n")
    built = small_site.build(LOGREG_DOCS_PAPER="true")
    assert built.code == 0, built.log
    links = BeautifulSoup(small_site.read(f"{CHAPTER}index.html"), "html.parser").select("article a[href*='/paper/']")
    assert [link["href"] for link in links] == [
        "../../paper/02-sigmoid.pdf",
        "../../paper/logistic-regression.pdf",
        "../../paper/logistic-regression.epub",
    ]
