"""A page's code runs in a fresh kernel, and whatever is not as the page says stops it with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_runner import run_pages
from site_markdown import FINDER

from logreg_docs.publish.pages.cells import inline_text, read_cells

if TYPE_CHECKING:
    from pathlib import Path

    from page_runner import Run


pytestmark = pytest.mark.long


def test_blocks_share_one_kernel_and_inlines_see_the_state_at_their_place(run: Run, tmp_path: Path) -> None:
    outcome = run("```python\nx = -2\n```\n`{python} x:.1f`\n```python\nx = 3\nprint(x)\n```\n`{python} x`", tmp_path)
    assert outcome.error is None
    assert [inline_text(outcome.outputs[k]) for k in (1, 3)] == ["\N{MINUS SIGN}2.0", "3"]
    assert outcome.outputs[2][0]["text"] == "3\n"


def test_rounded_negative_zero_is_zero(run: Run, tmp_path: Path) -> None:
    values = (
        "-0.0004:.2f",
        "-0.0004:.0%",
        "-0.4:.0f",
        "f'({-0.001:.2f}, -0.10) and {-0.001:.1f}.'",
        "-0.5:.1f",
        "'2026-00-0'",
        "-1e-300:.1e",
    )
    outcome = run("\n\n".join(f"`{{python}} {value}`" for value in values), tmp_path)
    minus = "\N{MINUS SIGN}"
    shown = ["0.00", "0%", "0", "(0.00, -0.10) and 0.0.", f"{minus}0.5", "2026-00-0", f"{minus}1.0e-300"]
    assert [inline_text(output) for output in outcome.outputs] == shown


def test_pages_do_not_share_state(tmp_path: Path) -> None:
    pages = {"a.md": "```python\nx = 1\n```", "b.md": "`{python} x`"}
    cells = {name: read_cells(name, text, FINDER) for name, text in pages.items()}
    seen: list[str] = []
    outcomes = run_pages(cells, tmp_path, lambda path, *_: seen.append(path))
    assert outcomes["a.md"].error is None
    assert "NameError" in str(outcomes["b.md"].error)
    assert sorted(seen) == ["a.md", "b.md"]


def test_an_assertion_of_a_hidden_block_names_the_sentence_that_no_longer_holds(run: Run, tmp_path: Path) -> None:
    told = "the page says what its code no longer bears out, so rewrite it"
    page = "```python exec=\"hide\"\nx = -1\nassert x > 0, 'The line rises'\n```\n\nThe line rises."
    assert str(run(page, tmp_path).error) == f"docs/a.md:3: {told}: The line rises"
    for other in (page.replace(", 'The line rises'", ""), page.replace(' exec="hide"', "")):
        message = str(run(other, tmp_path).error)
        assert "the code raised AssertionError" in message
        assert told not in message


def test_an_error_inside_the_package_shows_the_lines_that_failed_and_no_more(run: Run, tmp_path: Path) -> None:
    text = "```python\nfrom logreg_docs.newton import fit_newton\nfit_newton([[1.0]], [3])\n```"
    message = str(run(text, tmp_path).error)
    assert "    fit_newton([[1.0]], [3])\n" in message
    assert "labels_without_copy(y)\n" in message
    assert "Fit logistic regression by Newton" not in message, "a docstring stands around the line"


FAILURES = {
    "half a surrogate pair in a print": ("```python\nprint('a\\ud800b')\n```", 2, "U+D800"),
    "half a surrogate pair in a message": ("```python\nraise ValueError('\\ud800')\n```", 2, r"ValueError: \ud800"),
    "half a surrogate pair in a message that is meant": (
        "```python raises=\"ValueError\"\nraise ValueError('\\ud800')\n```",
        2,
        "U+D800",
    ),
    "half a surrogate pair in a value": ("a\n\n`{python} '\\udfff'`", 3, "U+DFFF"),
    "colour": ("```python\nprint('\\x1b[31mred\\x1b[0m')\n```", 2, "U+001B"),
    "bell": ("```python\nprint('\\a')\n```", 2, "U+0007"),
    "nothing to see": ("```python\nprint('\\0')\n```", 2, "U+0000"),
    "bell in a value": ("`{python} '\\a'`", 1, "U+0007"),
    "value of two lines": ("`{python} 'a\\nb'`", 1, "one line of text"),
    "exception in the second line": ("```python\nx = 1\n1 / 0\n```", 3, "ZeroDivisionError: division by zero"),
    "exception inside a function": ("```python\ndef f():\n    1 / 0\n\nf()\n```", 5, "ZeroDivisionError"),
    "syntax error": ("```python\nx = 1\ny = (\n```", 3, "SyntaxError"),
    "nothing raised": ('```python raises="ValueError"\n1\n```', 2, "should raise ValueError but ran to its end"),
    "another exception": (
        '```python raises="ValueError"\n1 / 0\n```',
        2,
        "raised ZeroDivisionError instead of ValueError",
    ),
    "warning": ("```python\nimport warnings\nwarnings.warn('careful')\n```", 2, "stderr: UserWarning: careful"),
    "no warning": ('```python warns="RuntimeWarning"\n1\n```', 2, "should warn with RuntimeWarning but did not"),
    "another warning": (
        '```python warns="RuntimeWarning"\nimport warnings\nwarnings.warn("x", FutureWarning)\n```',
        2,
        "should warn with RuntimeWarning but did not",
    ),
    "another warning beside": (
        '```python warns="RuntimeWarning"\nfrom warnings import warn\nwarn("x", RuntimeWarning)\nwarn("y")\n```',
        2,
        "stderr beside RuntimeWarning: RuntimeWarning: x\nUserWarning: y",
    ),
    "text before a warning": (
        '```python warns="UserWarning"\nimport sys, warnings\nprint("lost", file=sys.stderr)\nwarnings.warn("x")\n```',
        2,
        "stderr beside UserWarning: lost",
    ),
    "chained exception of an earlier block": (
        "```python\ndef f():\n try: 1/0\n except Exception as e: raise ValueError(1) from e\n```\n```python\nf()\n```",
        7,
        "raised ValueError: 1",
    ),
    "inline that prints": ("a\n\n`{python} print('x') or 3`", 3, "must give a value and print nothing"),
    "stderr": ("```python\nimport sys\nprint('lost', file=sys.stderr)\n```", 2, "stderr: lost"),
    "dead kernel": ("```python\nimport os\nos._exit(1)\n```", 2, "kernel died"),
    "inline exception": ("a\n\nb `{python} missing` c", 3, "NameError"),
    "inline syntax": ("`{python} 1 +`", 1, "not a Python expression"),
    "inline format": ("`{python} 'a':.2f`", 1, "ValueError"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failure_names_file_line_and_reason(name: str, run: Run, tmp_path: Path) -> None:
    text, line, reason = FAILURES[name]
    error = run(text, tmp_path).error
    assert error is not None
    assert str(error).startswith(f"docs/a.md:{line}: ")
    assert reason in str(error)


def test_endless_block_is_stopped(run: Run, tmp_path: Path) -> None:
    error = run("```python\nwhile True:\n    pass\n```", tmp_path, seconds=2).error
    assert error is not None
    assert "docs/a.md:2: the code ran for more than 2 s" in str(error)


def test_page_stops_at_its_first_failure(run: Run, tmp_path: Path) -> None:
    outcome = run("```python\n1\n```\n```python\n1 / 0\n```\n```python\n2\n```", tmp_path)
    assert len(outcome.outputs) == 2


def test_expected_exception_and_warning_are_outputs(run: Run, tmp_path: Path) -> None:
    outcome = run(
        '```python raises="KeyError"\n{}["a"]\n```\n'
        '```python warns="UserWarning"\nimport warnings\nwarnings.warn("hm")\n```',
        tmp_path,
    )
    assert outcome.error is None
    assert outcome.outputs[0][0]["ename"] == "KeyError"
    assert outcome.outputs[1][0]["text"] == "UserWarning: hm\n"


def test_a_warning_of_any_name_can_be_expected(run: Run, tmp_path: Path) -> None:
    text = """\
```python warns="Careful"
import warnings
class Careful(UserWarning): pass
warnings.warn("hm", Careful)
```"""
    assert run(text, tmp_path).error is None


def test_every_block_hears_a_warning_anew_and_a_loop_hears_it_once(run: Run, tmp_path: Path) -> None:
    block = '```python warns="UserWarning"\nwarned()\n```\n'
    text = f"""\
```python
import warnings
heard = dict()
def warned():
    for _ in range(3):
        warnings.warn_explicit("hm", UserWarning, "a.py", 1, module="logreg_docs.a", registry=heard)
```
{block}{block}"""
    outcome = run(text, tmp_path)
    assert outcome.error is None
    assert [outputs[0]["text"] for outputs in outcome.outputs[1:]] == ["UserWarning: hm\n"] * 2


def test_settings_of_the_one_who_builds_reach_no_page(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "start.py").write_text("secret = 42")
    (tmp_path / "mine").write_text("axes.labelsize: 20")
    for name, value in {
        "MATPLOTLIBRC": str(tmp_path / "mine"),
        "PYTHONOPTIMIZE": "1",
        "PYTHONSTARTUP": str(tmp_path / "start.py"),
        "PYTHONWARNINGS": "ignore",
    }.items():
        monkeypatch.setenv(name, value)
    text = """\
```python
import warnings
import matplotlib
print(__debug__, "secret" in globals(), matplotlib.rcParams["axes.labelsize"])
```
```python warns="UserWarning"
warnings.warn("hm")
```"""
    outcome = run(text, tmp_path)
    assert outcome.error is None
    assert outcome.outputs[0][0]["text"] == "True False medium\n"


def test_outputs_do_not_depend_on_the_order_of_sets(run: Run, tmp_path: Path) -> None:
    text = "```python\nprint({'a', 'b', 'c', 'd', 'e'})\n```"
    assert run(text, tmp_path).outputs == run(text, tmp_path).outputs


def test_working_folder_is_the_one_given(run: Run, tmp_path: Path) -> None:
    outcome = run("```python\nimport os\nprint(os.getcwd())\n```", tmp_path)
    assert outcome.outputs[0][0]["text"].strip() == str(tmp_path)
