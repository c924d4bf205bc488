"""Questions, numbers and cards are found in a page as it is written, and what cannot be asked is reported."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from site_markdown import FINDER

from logreg_docs.exercises.forms import MIME as FORM
from logreg_docs.explorables.base import MIME
from logreg_docs.publish.markup.plain_html import to_plain_html
from logreg_docs.publish.pages.cells import Outputs, PageError, read_cells
from logreg_docs.publish.pages.questions import PageText, find_cards, find_predictions, find_values

PATH, SITE = "chapters/02-odd.md", "https://x.org/p/"
PAGE = """\
# 2 Odd

!!! question "Predict"

    Nobody offers a choice here.

## Coins { #coins }

!!! question "Predict"

    Is $p < `{python} 1`$ for [this](01-a.md#b)?

    - yes, in
      `{python} 9` cases
    - no
      { .right }
    - perhaps

??? success "Answer to the prediction"

    Not at all.

    ```python
    print("seen")
    ```

    **perhaps**: no, see [above](#coins).

    **yes, in 9 cases**: never.

    ```python exec="fold"
    draw()
    ```

    The curve climbs.

## Check yourself { #check }

!!! example "Exercise 1: some numbers"
    Which are they?

    ```python exec="answer"
    answer = ...
    check("2.1", answer)
    ```
"""


def part(name: str, kind: str, value: Any, **mistakes: Any) -> dict[str, Any]:
    made = {"name": name, "kind": kind, "value": value, "mistakes": mistakes}
    return made if kind in ("text", "shape", "words") else {**made, "rtol": 1e-2, "atol": 0.0, "logarithm": False}


PARTS = [
    part("the mean", "number", 2.0, **{"that is the sum.": 4.0, "that is no number.": "NaN", "as good.": 2.01}),
    part("the limit", "number", "-Infinity"),
    part("the kind", "text", "odd"),
    part("both", "list", [1.0, 3.0], **{"they are swapped.": [3.0, 1.0]}),
]
FORM_OF_2_1 = {"exercise": "2.1", "given": "", "section": "coins", "parts": PARTS}


def shown(source: str) -> Outputs:
    """What a kernel might have given for a cell of the page."""
    if "print" in source:
        return [{"output_type": "stream", "name": "stdout", "text": "seen\n"}]
    if "draw" in source:
        return [{"output_type": "display_data", "data": {"image/svg+xml": "<svg/>", "text/plain": "<Figure>"}}]
    if "check" in source:
        return [{"output_type": "display_data", "data": {FORM: FORM_OF_2_1, "text/plain": "Form of exercise 2.1"}}]
    return [{"output_type": "execute_result", "data": {"text/plain": repr(source)}}]


def page(text: str = PAGE, path: str = PATH, site_url: str = SITE) -> PageText:
    cells = read_cells(path, text, FINDER)
    return PageText.of(path, text, cells, [shown(cell.source) for cell in cells], site_url)


def refuse(error: PageError) -> None:
    raise error


def test_a_prediction_has_its_values_its_choices_and_a_reason_for_each() -> None:
    (found,) = find_predictions(page(), refuse)
    assert (found.key, found.section, found.chapter) == ("odd/coins/1", "Coins", 2)
    assert found.address == "https://x.org/p/chapters/02-odd/#coins"
    assert found.text == "Is $p < 1$ for [this](https://x.org/p/chapters/01-a/#b)?"
    assert [choice.right for choice in found.choices] == [False, True, False]
    assert unescape(to_plain_html(found.choices[0].text)) == "yes, in 9 cases"
    never, no, perhaps = (choice.why for choice in found.choices)
    assert never == "**yes, in 9 cases**: never."
    assert no.split("\n\n") == ["Not at all.", "```text\nseen\n```"]
    assert perhaps == "**perhaps**: no, see [above](https://x.org/p/chapters/02-odd/#coins)."


def test_a_prediction_is_a_card_that_says_what_is_right_first() -> None:
    card = find_predictions(page(), refuse)[0].card()
    assert unescape(card.front).endswith("\n\n- yes, in 9 cases\n- no\n- perhaps")
    assert card.back.startswith("**no**\n\nNot at all.")
    assert card.back.endswith("see [above](https://x.org/p/chapters/02-odd/#coins).")


def test_the_second_prediction_of_a_section_has_a_key_of_its_own() -> None:
    asked = PAGE.partition("## Coins { #coins }\n")[2].partition("## Check")[0]
    assert [one.key for one in find_predictions(page(PAGE + "\n## B { #b }\n\n" + 2 * asked), refuse)] == [
        "odd/coins/1",
        "odd/b/1",
        "odd/b/2",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('success "Answer to the prediction"', 'success "Else"', "has choices, and no fold"),
        ("      { .right }\n", "", r"here 0 are"),
        ("    - perhaps\n", "    - perhaps\n      { .right }\n", r"here 2 are"),
        ("**perhaps**", "*perhaps*", r"no reason against the choice \*\*perhaps\*\*"),
    ],
)
def test_a_prediction_that_cannot_be_asked_is_reported_with_its_line(old: str, new: str, problem: str) -> None:
    faults: list[PageError] = []
    assert find_predictions(page(PAGE.replace(old, new)), faults.append) == []
    (fault,) = faults
    assert re.match(rf"docs/{PATH}:9: .*{problem}", str(fault))


def test_numbers_are_asked_for_one_by_one_and_others_left_out() -> None:
    found = find_values(page())
    assert [one.asked for one in found] == ["the mean", "both, entry 1 of 2", "both, entry 2 of 2"]
    assert [one.key for one in found] == ["2.1-1", "2.1-3", "2.1-4"]
    assert [one.part.value for one in found] == [2.0, 1.0, 3.0]
    assert found[0].part.mistakes == {"That is the sum.": 4.0}
    assert found[2].part.mistakes == {"They are swapped.": 1.0}
    assert found[0].margin(2.0) == 0.02
    assert {one.text for one in found} == {"Which are they?"}
    assert found[0].address == "https://x.org/p/chapters/02-odd/#check"


def test_without_an_address_of_the_site_nothing_is_linked() -> None:
    (found,) = find_predictions(page(site_url="/"), refuse)
    assert found.address == ""
    assert found.text == "Is $p < 1$ for this?"


PITFALL = """\
## 3. Wrong { #wrong }

**Symptom:** it fails.

```python
print("seen")
```

**Why.** It is
wrong.

More on it.

**Mend.** Mend it.

Explained in [A](chapters/05-a.md#b) and [B](chapters/02-b.md).

## Questions { #questions }
"""


def test_a_pitfall_is_a_card_from_its_symptom_to_its_cause_and_cure() -> None:
    (card,) = find_cards(page(PITFALL, "pitfalls.md"), "Pitfalls", refuse)
    assert (card.key, card.chapters, card.front) == ("pitfalls/wrong", (2, 5), "It fails.")
    assert card.back == "**Wrong.** It is\nwrong.\n\n**Mend.** Mend it."
    assert card.address == "https://x.org/p/pitfalls/#wrong"


def test_every_pitfall_without_one_of_its_paragraphs_is_reported_and_the_others_are_cards() -> None:
    faults: list[PageError] = []
    text = f"{PITFALL.replace('**Mend.**', 'Mend:')}\n{PITFALL}\n{PITFALL.replace('**Why.**', 'Why:')}"
    assert len(find_cards(page(text, "pitfalls.md"), "Pitfalls", faults.append)) == 1
    lines = (1, text[: text.rindex("## 3. ")].count("\n") + 1)
    told = "a pitfall has three paragraphs that begin with **Symptom:**, **Why.** and **Mend.**"
    assert [str(fault) for fault in faults] == [f"docs/pitfalls.md:{line}: {told}" for line in lines]


def test_an_explorable_is_no_text() -> None:
    text = "## 3. A { #a }\n\n**Symptom:** a.\n\n```python\nx\n```\n\n**Why.** b.\n\n**Mend.** c.\n"
    outputs = [[{"output_type": "display_data", "data": {MIME: "<lr-x>", "text/plain": "Explorable()"}}]]
    made = PageText.of("pitfalls.md", text, read_cells("pitfalls.md", text, FINDER), outputs, SITE)
    assert "Explorable" not in made.text
    assert "<!--" not in made.portable(made.text)


def test_formulas_stay_tex_and_code_stays_plain() -> None:
    html = to_plain_html("Where $a < b$:\n\n$$\nx^2\n$$\n\n```python\n1 < 2\n```")
    assert r"\(a &lt; b\)" in html
    assert "\\[\nx^2\n\\]" in html
    assert '<pre><code class="language-python">1 &lt; 2</code></pre>' in html
    assert "arithmatex" not in html
