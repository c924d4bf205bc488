"""What the pages show is what was reviewed: the kept texts hold it, noise passes, and nothing else does."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from site_markdown import FINDER
from sites import ROOT

from logreg_docs.explorables.base import MIME
from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.pages.shown import CLOSE, LONG, differences, page_text, without_noise, write_shown

if TYPE_CHECKING:
    from pathlib import Path

    from sites import Built

KEPT = ROOT / "tests/shown"
PAGES = sorted(file.relative_to(KEPT).with_suffix("").as_posix() for file in KEPT.rglob("*.txt"))


def test_pages_show_what_was_reviewed(site: Built) -> None:
    if changed := differences(KEPT, site.folder.parent / "shown"):
        pytest.fail(f"The pages show something else.\n{changed}\nIf it is meant, run: make shown", pytrace=False)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_kept_stands_on_the_page(page: str, site: Built) -> None:
    html = unescape((site.folder / page.removesuffix("index") / "index.html").read_text())
    text = re.sub(r"<[^>]+>", "", html)
    lines = (KEPT / f"{page}.txt").read_text().split("\n")[2:]
    # A table becomes cells.
    plain = [line for line in lines if line and not line.startswith((">>> ", "|", "*")) and "…" not in line]
    said = [re.sub(r"^(Figure|Explorable): ", "", line).strip() for line in plain]
    assert [line for line in said if line not in html and line not in text] == []
    assert said or "\n| " in "\n".join(lines)


def test_every_mark_of_a_page_leaves_something_out() -> None:
    parts = [part for page in PAGES for part in (KEPT / f"{page}.txt").read_text().split("\n>>> ")]
    marked = [part for part in parts if "  # varies: " in part.partition("\n")[0]]
    assert marked
    assert [part for part in marked if "…" not in part.partition("\n")[2]] == []


SAME = [
    ("0.3333", "0.3334"),
    ("J = 0.3199 after 12 steps", "J = 0.3200 after 12 steps"),
    ("[-0.  1.]", "[0. 1.]"),
    ("-0.0", "0.0"),
    ("−3.142", "-3.141"),
    ("+1.04", "+1.05"),
    ("12.5%", "12.6%"),
    ("1,234.5 rows", "1,234.6 rows"),
    ("999.9", "1,000.0"),
    ("1.23e-05", "1.24e-05"),
    ("9.99e−06", "1.00e−05"),
    ("[0.1 0.2]", "[0.10000001 0.2       ]"),
    ("0.123456789012345", "0.123456789012399"),
    ("-3482258.59874870", "-3482258.59867676"),
    ("| 10.9 |", "| 11.0 |"),
]
OTHER = [
    ("0.3333", "0.3335"),
    ("0.3333", "0.3433"),
    ("0.3333", "-0.3333"),
    ("0.5", "0.6"),
    ("1.", "2."),
    ("0.000", "0.001"),
    ("12 steps", "13 steps"),
    ("1,234 rows", "1,235 rows"),
    ("18%", "19%"),
    ("3e-11", "4e-11"),
    ("1.23e-05", "1.23e-06"),
    ("1.23e-05", "1.23e05"),
    ("0.123456789012345", "0.123456790012345"),
    ("x1 = 0.5", "x2 = 0.5"),
    ("version 2.13.0", "version 2.14.0"),
    ("inf", "nan"),
    ("0.5", "nan"),
    ("a falling line", "a rising line"),
    ("loss 0.5", "Loss 0.5"),
    ("0.3333  0.1", "0.3333 0.1"),
    ("0.3333 0.1", "0.3333"),
    ("True", "False"),
    (">>> f(0.3333)", ">>> f(0.3334)"),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_noise_is_no_difference(old: str, new: str) -> None:
    assert without_noise(old, new) == old
    assert without_noise(new, old) == new


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_anything_else_is_a_difference(old: str, new: str) -> None:
    assert without_noise(old, new) == new
    assert without_noise(new, old) == old


def test_bounds_are_those_that_are_stated() -> None:
    assert float(LONG) == 0.01
    assert without_noise("1.00", "1.01") == "1.00"
    assert without_noise("0.99", "0.98") == "0.98"
    assert float(CLOSE) == 1e-9
    assert without_noise("1.0000000000", "1.0000000010") == "1.0000000000"
    assert without_noise("1.0000000000", "1.0000000011") == "1.0000000011"


def test_changed_line_is_found_among_lines_that_came_went_and_wobbled() -> None:
    old = "one 0.111\ntwo 0.222\nthree 0.333\nfour 4"
    new = "zero\none 0.112\nthree 0.333\nfour 5"
    assert without_noise(old, new) == "zero\none 0.111\nthree 0.333\nfour 5"


def folder(path: Path, **texts: str) -> Path:
    path.mkdir()
    for name, text in texts.items():
        (path / f"{name}.txt").write_text(text)
    return path


def test_difference_is_a_readable_diff_of_the_page(tmp_path: Path) -> None:
    kept = folder(tmp_path / "kept", a=">>> x\nloss 0.111\nof 3 rows\n", b="same\n")
    now = folder(tmp_path / "now", a=">>> x\nloss 0.112\nof 4 rows\n", b="same\n")
    assert differences(kept, now).splitlines() == [
        "--- a.txt as kept",
        "+++ a.txt as built",
        "@@ -1,4 +1,4 @@",
        " >>> x",
        " loss 0.111",
        "-of 3 rows",
        "+of 4 rows",
        " ",
    ]


def test_page_more_and_page_less_are_differences(tmp_path: Path) -> None:
    kept, now = folder(tmp_path / "kept", a="1\n", gone="2\n"), folder(tmp_path / "now", a="1\n", more="3\n")
    assert re.findall(r"^[-+] ?\w.*", differences(kept, now), re.MULTILINE) == ["-2", "+3"]
    assert "--- gone.txt as kept\n" in differences(kept, now)
    assert "+++ more.txt as built\n" in differences(kept, now)
    assert differences(kept, kept) == ""


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def result(**data: str) -> dict[str, Any]:
    kinds = {"plain": "text/plain", "markdown": "text/markdown", "svg": "image/svg+xml", "explorable": MIME}
    return {
        "output_type": "execute_result",
        "data": {kinds[kind]: text for kind, text in data.items()},
        "metadata": {"image/svg+xml": {"alt": "A line. It falls; then it rises by 1.5."}},
    }


def text_of(block: str, *outputs: dict[str, Any]) -> list[str]:
    """Return the lines of a page of one block, without the first two."""
    return page_text("a.md", read_cells("a.md", block, FINDER), [[*outputs]]).split("\n")[2:]


def test_output_stands_below_the_last_statement_that_is_no_assertion() -> None:
    block = "```python\nx = 1\nprint(\n    x,\n)\nassert x\n```"
    assert text_of(block, stream("1  \n\n2\n")) == [">>> print( x, )", "1", "", "2", ""]
    long = f"```python\nprint({'1, ' * 60})\n```"
    assert text_of(long, stream("1\n"))[0].endswith("1, …")


def test_everything_that_a_block_shows_is_written() -> None:
    assert text_of("```python\nf()\n```", stream("a\n"), stream("W: b\n", "stderr"), result(plain="'c'")) == [
        *(">>> f()", "a", "", "W: b", "", "'c'", "")
    ]
    assert text_of("```python\nt\n```", result(markdown="| a |\n| - |\n| 1 |", plain="Table")) == [
        *(">>> t", "| a |", "| - |", "| 1 |", "")
    ]
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no\nway", "traceback": []}
    assert text_of('```python raises="ValueError"\nf()\n```', error) == [">>> f()", "ValueError: no", "way", ""]
    wrong = {"output_type": "error", "ename": "SyntaxError", "evalue": "no", "traceback": []}
    assert text_of('```python raises="SyntaxError"\nx = 1\n1 +\n```', wrong) == [">>> 1 +", "SyntaxError: no", ""]


def test_figure_is_its_text_alternative_a_sentence_a_line() -> None:
    figure = result(svg="<svg>9</svg>", plain="Figure: A line. It falls; then it rises by 1.5.")
    assert text_of("```python\nf()\n```", figure) == [
        *(">>> f()", "Figure: A line.", "It falls;", "then it rises by 1.5.", "")
    ]
    assert text_of('```python alt="Mine."\nf()\n```', figure) == [">>> f()", "Figure: Mine.", ""]


def test_explorable_is_its_words_without_drawings_and_data() -> None:
    html = (
        "<lr-a><p><strong>Predict.</strong> Up &amp; down?</p><svg>1</svg><fieldset><label>w</label>"
        "<output>0.50</output></fieldset><figcaption>At 0.5.</figcaption><template>[1]</template></lr-a>"
    )
    assert text_of("```python\nf()\n```", result(explorable=html, svg="", plain="Explorable: A. At 0.5.")) == [
        *(">>> f()", "Explorable: A.", "At 0.5.", "Predict.", "Up & down?", "w", "0.50", "")
    ]


def test_values_of_the_prose_stand_where_the_page_has_them_and_answers_and_silence_nowhere() -> None:
    page = '`{python} x:.1f`\n\n```python\nx = 1\n```\n\n```python exec="answer"\nx\n```\n\n`{python} -x`'
    value = {"output_type": "execute_result", "data": {"text/plain": "'-1'"}}
    text = page_text("a.md", read_cells("a.md", page, FINDER), [[value], [], [result(plain="1")], [value]])
    assert text.split("\n\n")[1:] == [">>> x:.1f\n−1", ">>> -x\n−1\n"]


def test_numbers_that_vary_are_left_out_where_the_mark_says() -> None:
    printed = stream("apart   -1.5e-16 of 2\nrank [ 8. -0.5] x1\n")
    assert text_of('```python varies="why"\nf()\n```', printed) == [
        *(">>> f()  # varies: why", "apart … of …", "rank [ … …] x1", "")
    ]
    assert text_of('```python varies="rank: why"\nf()\n```', printed) == [
        *(">>> f()  # varies: rank: why", "apart   -1.5e-16 of 2", "rank [ … …] x1", "")
    ]


def test_writing_keeps_lines_that_only_wobbled_and_removes_pages_that_are_gone(tmp_path: Path) -> None:
    def pages(**values: str) -> dict[str, Any]:
        cells = read_cells("a.md", "```python\nprint(x)\n```", FINDER)
        return {f"chapters/{name}.md": (cells, [[stream(value)]]) for name, value in values.items()}

    (tmp_path / "notes.txt").write_text("of someone else")
    write_shown(tmp_path, pages(a="0.333\n2\n", b="1\n"))
    write_shown(tmp_path, pages(a="0.334\n3\n"))
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.txt")} == {
        "chapters/a.txt",
        "notes.txt",
    }
    assert (tmp_path / "chapters/a.txt").read_bytes().endswith(b"\n>>> print(x)\n0.333\n3\n")
