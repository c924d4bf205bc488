"""Answers typed into a page: read as they are meant, judged as Python judges them, and told to whoever listens."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser.test_pages import CHAPTERS
from browser.visits import PHONE
from playwright.sync_api import expect
from sites import ROOT
from test_exercises import MODULES, TASKS

from logreg_docs.exercises.checking import by_hand, judge
from logreg_docs.exercises.comparing import LOG2, LOG10, Shape, fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browser.visits import Watched
    from playwright.sync_api import Browser, Locator, Page
    from sites import Built

    from logreg_docs.exercises.checking import Exercise
    from logreg_docs.exercises.comparing import Part

    Open = Callable[..., Watched]

pytestmark = pytest.mark.browser

FORMS = {name: form for module in MODULES.values() for name in module.EXERCISES if (form := module.check.form(name))}
TYPED = {name: typed for name in FORMS if (typed := by_hand(TASKS[name]))}
RIGHT_OF: dict[str, Callable[[], Exercise]] = {name: partial(TYPED.__getitem__, name) for name in TYPED}
FACTORS = (-1.0, 100.0, 1 / np.log(10), -1 / np.log(10), 1 / np.log(2), -1 / np.log(2), 2.0, 0.5)
HELP = "Type a number or a formula, such as 0.5, 1/2, 50 %, log(2), e^-2 or -inf. Four digits are enough."
WORDS = (
    *("auc", "recall", "ece", "brier", "complete", "quasi-complete", "none", "Brier score", "recall at one half"),
    *("Quasi complete.", "quasicomplete separation", "score", "E.C.E.", "and", ""),
)


def half_up(values: Any, places: int) -> Any:
    return np.sign(values) * np.floor(np.abs(values) * 10.0**places + 0.5) / 10.0**places


def drawn(part: Part, rng: np.random.Generator) -> Any:
    """Draw an answer to a part: near the right one, a usual mistake, rounded, of another size, or anything."""
    if isinstance(part.property, Shape):
        shapes = [part.property.right, *part.property.mistakes, tuple(rng.integers(0, 50, rng.integers(0, 4)).tolist())]
        return [*shapes, 40][rng.integers(len(shapes) + 1)]
    if isinstance(part.value, str):
        return str(rng.choice(WORDS))
    if isinstance(part.value, frozenset):
        return set(rng.choice(WORDS, size=rng.integers(0, 5)).tolist())
    right = np.asarray(part.value, dtype=float)
    wrong = [np.broadcast_to(value, right.shape) for value in part.mistakes.values()]
    size = part.rtol * np.abs(np.nan_to_num(right)) + part.atol
    choices = (
        lambda: right,
        lambda: right + rng.choice([-1, 1]) * size * rng.choice([1 - 1e-7, 1 + 1e-7]),
        lambda: np.asarray(wrong[rng.integers(len(wrong))] if wrong else 0.0 * right),
        lambda: right * rng.choice(FACTORS),
        lambda: np.round(right, rng.integers(0, 6)),
        lambda: half_up(right, int(rng.integers(0, 6))),
        lambda: np.where(rng.random(right.shape) < 0.7, rng.choice([np.nan, np.inf, -np.inf, 1.0]), right),
        lambda: rng.normal(scale=10.0 ** rng.integers(-12, 13), size=right.shape),
        lambda: rng.normal(size=rng.integers(2, 6)),
        lambda: np.asarray(rng.normal()),
    )
    return np.asarray(choices[rng.integers(len(choices))]())


def answers(name: str, more: int) -> Iterator[list[Any]]:
    """Yield answers to an exercise: the right one, each mistake, both sides of each edge, and drawn ones."""
    parts = TYPED[name].parts()
    right = [part.property.right if isinstance(part.property, Shape) else part.value for part in parts]
    yield right
    yield right[::-1]
    for at, part in enumerate(parts):
        known = list(part.property.mistakes if isinstance(part.property, Shape) else part.mistakes.values())
        if part.property is None and not isinstance(part.value, str | frozenset):
            value = np.asarray(part.value, dtype=float)
            known = [np.broadcast_to(wrong, value.shape) for wrong in known]
            reach = part.rtol * np.abs(value) + part.atol
            known += [value + side * reach * share for side in (-1, 1) for share in (1 - 1e-9, 1 + 1e-9)]
            known += [factor * value for factor in FACTORS] + [
                f(value, k) for k in range(6) for f in (np.round, half_up)
            ]
        for wrong in known:
            yield [*right[:at], wrong, *right[at + 1 :]]
    rng = np.random.default_rng(int(name.replace(".", "")))
    for _ in range(more):
        values = [drawn(part, rng) for part in parts]
        yield [right[i] if rng.random() < 0.3 else value for i, value in enumerate(values)]


def as_json(value: Any) -> Any:
    """Write a value as the page has it: words in a list, and numbers that are not finite as text."""
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, np.ndarray | float | np.number):
        array = np.asarray(value, dtype=float)
        listed = [
            each if np.isfinite(each) else str(each).replace("inf", "Infinity") for each in array.ravel().tolist()
        ]
        return listed if array.ndim else listed[0]
    return value


@pytest.fixture
def script(browser: Browser) -> Iterator[Callable[..., Any]]:
    """Call `judge` or `read` of the script in a browser, once for many answers."""
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "docs/assets/exercises/answers.js")

    def call(function: str, cases: list[Any]) -> Any:
        code = f"""cases => {{
          const kind = customElements.get("lr-answer");
          return JSON.parse(cases).map(([given, value]) => {{
            try {{ return kind.{function}(given, value) }}
            catch (error) {{ return `${{error.name}} ${{error.message}}` }}
          }});
        }}"""
        return page.evaluate(code, json.dumps(cases))

    yield call
    page.close()


def test_page_says_of_every_answer_what_python_says(script: Callable[..., Any], pytestconfig: pytest.Config) -> None:
    more = 1000 if pytestconfig.getoption("deep") else 25
    with np.errstate(all="ignore"):
        asked = [(name, answer) for name in FORMS for answer in answers(name, more)]
    given = {name: form.data() for name, form in FORMS.items()}
    said = [
        verdict["hint"]
        for verdict in script("judge", [(given[name]["parts"], [*map(as_json, a)]) for name, a in asked])
    ]
    with np.errstate(all="ignore"):
        expected = [
            judge(RIGHT_OF, name, tuple(answer) if len(answer) > 1 else answer[0]).hint for name, answer in asked
        ]
    assert [each for each in zip(asked, said, expected, strict=True) if each[1] != each[2]][:5] == []
    assert expected.count("") >= len(FORMS)


def test_every_exercise_but_the_network_is_answered_in_the_page() -> None:
    numbered = {name for module in MODULES.values() for name in module.EXERCISES}
    assert numbered - FORMS.keys() == {"8.1"}
    sizes = [sum(np.size(part.value) for part in TYPED[name].parts()) for name in FORMS if TASKS[name].takes]
    assert max(sizes) <= 3


MEANT: list[tuple[str, Any, tuple[str, ...]]] = [
    ("number", 0.5, ("1/2", "0.5", ".5", "50 %", "50%", "0,5", "(1/2)", " 2/4 ", "1 / 2", "2^-1", "2**-1", "5e-1")),
    ("number", -0.25, ("-0.25", "−1/4", "–.25", "-(1/4)", "- 0,25", "-25 %")),
    ("number", float(np.log(2)), ("log(2)", "Log 2", "ln 2", "np.log(2)", "log2", "−log(1/2)", "log(10) - log 5")),
    ("number", float(np.log(2)), ("-log 50 %", "log 2 / log e", "log(2)/1", "(log 2)/1", "ln 4 - log 2", "log √4")),
    ("number", float(np.log(12)), ("2*log(2)+log(3)", "2 log(2) + log 3", "2·log 2 + log(3)", "log(2²·3)")),
    ("number", float(np.sqrt(5) / 3), ("sqrt(5)/3", "√5/3", "√(5)/3", "5^0.5 / 3", "5^(1/2)/3")),
    ("number", float(np.exp(-2)), ("e^-2", "exp(-2)", "e^(−2)", "1/e²", "exp -2")),
    ("number", -np.inf, ("-inf", "−∞", "-Infinity", "log(0)")),
    ("number", 1e-3, ("1e-3", "1E-3", "10^-3", "10**-3")),
    ("number", -4.0, ("-2^2", "1-2-3")),
    ("number", 1000.0, ("1,000", "1 000", "1\u202f000", "1000", "1e3", "10^3", "1,000.0", "1,000/1", "2,000 - 1,000")),
    ("number", -10_000_000.0, ("−10,000,000", "-10 000 000")),
    ("number", 1.25, ("1,25", "1,2500", "1.250", "0,250 + 1", "1,2 + 0,050")),
    ("number", 512.0, ("2^3^2", "2^9")),
    ("number", 3.0, ("log2(8)", "log10(1000)", "12/2/2", "1 + 2 * 1", "--3", "abs(-3)")),
    ("number", float(1 / (1 + np.exp(-1))), ("1/(1+e^-1)", "e/(1 + e)")),
    ("number", 0.5, ("½", "−½ + 1", "p = 1/2", "≈ 0.5", "1/4 + ¼", "2 minus 1½")),
    ("number", -np.inf, ("minus infinity", "Minus ∞")),
    (
        "number",
        float(np.log(3)),
        ("2*artanh(0.5)", "2 np.arctanh(2*0.75 - 1)", "2 atanh(½)", "log1p(2)", "np.log1p(2)"),
    ),
    (
        "number",
        float(np.logaddexp(0, -2)),
        ("np.logaddexp(0, -2)", "logaddexp(0,-1-1)", "log1p(e^-2)", "1 + tanh 0 - 1 + log(1+e^-2)"),
    ),
    ("number", float(np.exp(-40)), ("log1p(e^-40)", "logaddexp(0, -40)", "np.log1p(np.exp(-40))")),
    ("number", [1.0, 2.0], ("1, 2", "1 2", "(1; 2)")),
    ("list", [0.125, 0.25, 0.625], ("1/8, 2/8, 5/8", "1/8,2/8,5/8", "1/8; 2/8; 5/8", "1/8 2/8 5/8", "(1/8, 2/8, 5/8)")),
    ("list", [0.125, 0.25, 0.625], ("0,125; 0,25; 0,625", "0,125 0,25 0,625", "0,125, 0,25, 0,625", "1/8 , 2/8, 5/8,")),
    ("list", [-0.875, 0.25, 0.625], ("-7/8 2/8 5/8", "−7/8, 2/8, 5/8", "-7/8 +2/8 1 - 3/8", "[-.875, .25, 62.5 %]")),
    ("list", 0.125, ("1/8",)),
    ("list", [0.5, 1.25], ("½ 1¼", "w = (½; 1¼)", "½, 1.25")),
    ("shape", [40, 3], ("(40, 3)", "40, 3", "40,3", "[40, 3]", "40 × 3", "40x3")),
    ("shape", [40], ("(40,)", "40,")),
    ("shape", 40, ("40", "(40)")),
]
UNREADABLE = {
    "number": (
        "2 apples",
        "half",
        "1/",
        "(1",
        "1)",
        "*2",
        "2^",
        "constructor",
        "1..2",
        "%",
        "log",
        "alert(1)",
        "0x10",
        "1;;2",
    ),
    "list": ("1, two", ",", "a"),
    "shape": ("(40, w)", "forty", "-3", "4.5"),
}


TWO_WAYS = {
    "Use brackets, as in log(a/b) or log(a)/b.": (
        *(
            "-log 1/2",
            "-ln 1/2",
            "log2/3",
            "log 2*3",
            "log 2^3",
            "ln e²",
            "exp -2/3",
            "log 2(3)",
            "log 2 e",
            "log √4/3",
        ),
    ),
    "Write 1234 for thousands, and 1.234 for decimals.": ("1,386", "-1,386", "10,125", "log(1,386)", "1 + 2,125"),
}


def test_what_is_typed_is_read_as_it_is_meant(script: Callable[..., Any]) -> None:
    cases = [(kind, text, value) for kind, value, texts in MEANT for text in texts]
    for (kind, text, value), got in zip(cases, script("read", [({"kind": k}, t) for k, t, _ in cases]), strict=True):
        assert got == (pytest.approx(value, rel=1e-15) if kind in ("number", "list") else value), (kind, text)


def test_what_cannot_be_read_is_refused(script: Callable[..., Any]) -> None:
    cases = [({"kind": kind}, text) for kind, texts in UNREADABLE.items() for text in texts]
    cases.append(({"kind": "number"}, "(" * 100 + "1" + ")" * 99))
    assert [case for case, got in zip(cases, script("read", cases), strict=True) if got != "SyntaxError "] == []
    assert script("read", [({"kind": "number"}, "(" * 99 + "1" + ")" * 99)]) == [1]


def test_a_form_reads_the_functions_that_its_hints_name(script: Callable[..., Any]) -> None:
    hints = {hint for typed in TYPED.values() for part in typed.parts() for hint in part.mistakes} | {LOG10, LOG2}
    named = {code.replace("u", "0.5") for hint in hints for code in re.findall(r"`(np\..+?)`", hint)}
    assert named == {"np.log", "np.log1p", "np.logaddexp(0, 0.5)"}
    asked = [code if "(" in code else f"{code}(0.5)" for code in sorted(named)]
    got = script("read", [({"kind": "number"}, code) for code in asked])
    assert got == pytest.approx([np.log(0.5), np.log1p(0.5), np.logaddexp(0, 0.5)], rel=1e-15)


def test_what_can_be_read_in_two_ways_is_refused_with_the_way_out(script: Callable[..., Any]) -> None:
    for words, texts in TWO_WAYS.items():
        for text, got in zip(texts, script("read", [({"kind": "number"}, text) for text in texts]), strict=True):
            assert got == f"SyntaxError can be read in two ways. {words}", text


NAMED: dict[tuple[str, int], dict[str, tuple[str, ...]]] = {
    ("7.2", 0): {
        "": (
            *("quasi-complete", " “Quasi‑Complete” ", "quasi complete", "quasicomplete", "Quasi-complete."),
            "Quasi-complete separation",
        ),
        "is any row on the plane itself?": ("complete", "CompletE separation.", "(complete)"),
        "one direction puts no row on the wrong side.": ("none", "None."),
        "not right.": ("quasi", "separation", "quasi or complete", "?"),
    },
    ("6.3", 0): {
        "": (
            *("Recall, ECE and 'Brier'", "recall ece brier", '{"recall"; "ece"; "brier"}', "Brier score; ECE; recall"),
            "recall at one half, ECE and Brier score.",
        ),
        "AUC sees the order alone.": ("AUC, recall at one half, ECE and Brier score", "auc ece brier recall"),
        "not right.": ("ECE and score", "Brier scores, ECE, recall", "all of them"),
    },
}


def test_names_are_known_in_any_spelling_and_no_other(script: Callable[..., Any]) -> None:
    for (name, at), table in NAMED.items():
        part = TYPED[name].parts()[at]
        given = FORMS[name].data()["parts"][at]
        for words, texts in table.items():
            typed = script("read", [(given, text) for text in texts])
            said = script("judge", [([given], [value]) for value in typed])
            for text, verdict in zip(texts, said, strict=True):
                found = fault(part, text if given["kind"] == "text" else {text})
                assert verdict["hint"].partition(": ")[2] == "".join(found[:1]), text
                assert words in verdict["hint"] if words else not verdict["hint"], text


def opened_form(page: Page, number: int) -> Locator:
    """Return a form of the page when it is ready."""
    form = page.locator("lr-answer").nth(number)
    form.scroll_into_view_if_needed()
    expect(form).to_have_attribute("data-ready", "")
    return form


def answer(form: Locator, *texts: str) -> Locator:
    """Type answers, press Enter in the last, and return where the verdict stands."""
    for field, text in zip(form.get_by_role("textbox").all(), texts, strict=True):
        field.fill(text)
    form.get_by_role("textbox").last.press("Enter")
    return form.get_by_role("status").locator("p").first


def test_an_answer_is_right_or_gets_its_hint_and_what_is_right_is_told_to_whoever_listens(
    watched: Open, site_address: str
) -> None:
    opened = watched()
    page = opened.page
    page.goto(site_address + CHAPTERS[2])
    page.evaluate(
        "document.addEventListener('logreg:solved', ({detail}) => (window.told ??= []).push(detail.exercise))"
    )
    form = opened_form(page, 2)
    expect(answer(form, "1/4", "log 3", "log(18/19)", "1/37")).to_have_text(
        "Not yet. Its logit: the size is right and the sign is not."
    )
    assert [field.get_attribute("aria-invalid") for field in form.get_by_role("textbox").all()] == [
        *("false", "true", "false", "false")
    ]
    assert page.evaluate("window.told") is None
    expect(answer(form, "1/4", "", "lots of", "1/37")).to_have_text(
        f"Its logit: no answer yet. {HELP} The true logit of red: “lots of” cannot be read. {HELP}"
    )
    expect(answer(form, "25 %", "−log 3", "log(18/19)", "0,027027")).to_have_text("Right.")
    expect(answer(opened_form(page, 4), "log 2", "0", "1000")).to_contain_text("Use np.log1p.")
    expect(form.locator("code")).to_have_count(0)
    expect(opened_form(page, 4).locator("code")).to_have_text("np.log1p")
    assert page.evaluate("window.told") == ["2.3"]
    assert page.evaluate("Object.keys(localStorage).filter(key => !/\\.__|\\.progress\\./.test(key))") == []
    assert opened.complaints == []


def test_two_answers_that_nobody_knows_send_the_reader_to_the_section(watched: Open, site_address: str) -> None:
    page = watched().page
    page.goto(site_address + CHAPTERS[2])
    form = opened_form(page, 1)
    link = form.get_by_role("status").get_by_role("link", name="What weight and intercept do to the curve")
    for wrong, shown in (("7", False), ("7", False), ("0.355237", False), ("8", True)):
        answer(form, wrong)
        expect(link).to_be_visible(visible=shown)
    link.click()
    assert page.url.endswith("#shape")
    answer(form, "-0.355237")
    expect(link).to_be_hidden()


@pytest.mark.parametrize(
    "chapter", [pytest.param(each, marks=[] if each in CHAPTERS[::4] else pytest.mark.deep) for each in CHAPTERS]
)
def test_every_form_is_named_and_stands_below_the_code_of_its_exercise(
    watched: Open, site_address: str, chapter: str
) -> None:
    page = watched(**PHONE).page
    page.goto(site_address + chapter)
    forms = page.locator("lr-answer")
    expected = [name for name in FORMS if name.startswith(f"{CHAPTERS.index(chapter)}.")]
    above = forms.evaluate_all("all => all.map(form => form.previousElementSibling.innerText)")
    assert [text.partition('check("')[2].partition('"')[0] for text in above] == expected
    for number, name in enumerate(expected):
        form = opened_form(page, number)
        for field, part in zip(form.get_by_role("textbox").all(), TYPED[name].parts(), strict=True):
            assert field.evaluate("field => field.labels[0].innerText") == part.name
            described = field.get_attribute("aria-describedby")
            expect(form.locator(f"[id='{described}']")).to_be_visible()
        for target in (*form.get_by_role("textbox").all(), form.get_by_role("button", name="Check")):
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44


def test_answers_of_a_page_that_the_theme_swaps_in_are_checked(watched: Open, site_address: str) -> None:
    opened = watched()
    page = opened.page
    page.goto(site_address + CHAPTERS[0], wait_until="networkidle")
    assert not any("answers.js" in url for url in opened.loaded())
    expect(answer(opened_form(page, 2), "2 log 2 + log 3")).to_have_text("Right.")
    page.get_by_role("link", name="Next: 1 Linear regression").click()
    expect(page.locator("h1")).to_contain_text("1 Linear regression")
    expect(answer(opened_form(page, 0), "9/5")).to_have_text("Right.")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("0 What you need")
    expect(answer(opened_form(page, 4), "25")).to_contain_text("Take the root.")
    assert sum("answers.js" in url for url in opened.loaded()) == 1
    assert opened.complaints == []


def test_answers_of_a_file_are_checked(watched: Open, site: Built) -> None:
    opened = watched()
    opened.page.goto((site.folder / CHAPTERS[0] / "index.html").as_uri())
    expect(answer(opened_form(opened.page, 5), "40,", "(3,)", "40, 3")).to_have_text("Right.")
    assert opened.complaints == []


def test_without_javascript_without_the_script_and_on_paper_there_is_no_dead_form(
    browser: Browser, watched: Open, site_address: str
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site_address + CHAPTERS[0])
        expect(page.locator("lr-answer:visible")).to_have_count(0)
    page = watched().page
    page.route("**/answers.js", lambda route: route.abort())
    page.goto(site_address + CHAPTERS[0])
    page.locator("lr-answer").first.scroll_into_view_if_needed()
    expect(page.locator("lr-answer:visible")).to_have_count(0)
    page = watched().page
    page.goto(site_address + CHAPTERS[0])
    opened_form(page, 0)
    page.emulate_media(media="print")
    expect(page.locator("lr-answer:visible")).to_have_count(0)
