"""Minutes of a page count what a first reading reads, and apart what is deeper."""

from __future__ import annotations

import pytest

from logreg_docs.publish.markup.reading_time import (
    PLACEHOLDER,
    Minutes,
    reading_time,
    with_reading_time,
    with_times_of_chapters,
)

WORDS = "word " * 200  # a minute


@pytest.mark.parametrize(
    ("html", "first", "deeper"),
    [
        (f"<p>{WORDS}</p>", 1.0, 0.0),
        (f"<p>{WORDS}<img src='a'/><input><br/>{WORDS}</p>", 2.0, 0.0),
        (f'<details class="deeper"><summary>Deeper</summary><p><img/>{WORDS}</p></details><p>{WORDS}</p>', 1.0, 1.005),
        (f'<details class="success"><summary>Solution</summary><p>{WORDS}<img/></p>{WORDS}</details>', 0.0, 0.0),
        (f'<details class="success"><summary>Answer</summary><p>{WORDS}</p></details>', 1.005, 0.0),
        (f'<details class="listing"><pre>{WORDS}\n</pre></details><p>{WORDS}</p>', 1.0, 0.0),
        (f'<div class="output highlight"><pre>{WORDS}\n</pre></div>', 0.0, 0.0),
        (f'<figure class="lr-x"><svg/><p>{WORDS}</p></figure>{WORDS}', 1.0, 0.0),
        ("<div class='highlight'><pre><code><span>a</span>\n<span>b</span>\n</code></pre></div>", 0.1, 0.0),
        ('<math display="block"><mi>x</mi></math><math><mi>y</mi><mtext>not read</mtext></math>', 0.53, 0.0),
        ('<details class="deeper"><math display="block"></math><pre>a\nb\n</pre></details></p>', 0.0, 0.6),
    ],
)
def test_minutes_are_those_of_words_formulas_and_lines_of_code(html: str, first: float, deeper: float) -> None:
    assert reading_time(html) == pytest.approx(Minutes(first, deeper))


def test_a_page_says_its_minutes_once_and_another_is_left_alone() -> None:
    deeper = f'<details class="deeper">{WORDS * 3}</details>'
    page = f"<p>{PLACEHOLDER}</p>{WORDS * 7}{deeper}<p>{PLACEHOLDER}</p>"
    made = with_reading_time(page, reading_time(page))
    assert made.startswith("<p>about 7 min, 3 more for the deeper parts</p>")
    assert made.count(PLACEHOLDER) == 1
    assert with_reading_time(WORDS, Minutes(1.0, 0.0)) == WORDS


def test_another_page_tells_the_minutes_of_chapters_and_names_none_that_does_not_exist() -> None:
    minutes = {number: Minutes(number * 3.0, 0.0) for number in (1, 12)}
    page = "<p>reading-time-of-chapter-12</p><p>reading-time-of-chapter-1.</p>"
    assert with_times_of_chapters(page, minutes) == "<p>about 36 min</p><p>about 3 min.</p>"
    with pytest.raises(ValueError, match=r"reading-time-of-chapter-2 names a chapter by its number, one of \[1, 12\]"):
        with_times_of_chapters("reading-time-of-chapter-2", minutes)
