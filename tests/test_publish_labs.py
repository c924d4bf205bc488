"""A lab's script becomes a page line by line, and a fault in it is named by its own file and line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from site_markdown import FINDER

from logreg_docs.publish.pages.cells import PageError, read_cells, without_switches
from logreg_docs.publish.pages.labs import as_markdown, page_notebook
from logreg_docs.publish.pages.notebook import portable

if TYPE_CHECKING:
    from sites import SmallSite

LAB = """\
# %% [markdown]
# # Title
#
# Prose with $x$.

# %%
x = 2
print(x)

# %% [markdown]
# ```python
# shown, not run
# ```

# %%
x / 4
"""


def test_page_has_the_lines_of_the_script() -> None:
    text = as_markdown("labs/a.py", LAB, FINDER)
    assert len(text.split("\n")) == len(LAB.split("\n"))
    cells = read_cells("labs/a.py", text, FINDER)
    assert [cell.source for cell in cells] == ["x = 2\nprint(x)", "x / 4"]
    assert [cell.line for cell in cells] == [7, 16]
    assert LAB.split("\n")[cells[0].line - 1] == "x = 2"


def test_cell_may_say_why_its_numbers_vary() -> None:
    (cell,) = read_cells("labs/a.py", as_markdown("labs/a.py", '# %% varies="why"\nx = 2\n', FINDER), FINDER)
    assert (cell.options, cell.line) == ({"varies": "why"}, 2)
    (cell,) = read_cells("labs/a.py", as_markdown("labs/a.py", '# %% reads="" varies="why"\nx = 2\n', FINDER), FINDER)
    assert cell.options == {"reads": "", "varies": "why"}
    with pytest.raises(PageError, match=r"^docs/labs/a\.py:1: varies says why"):
        read_cells("labs/a.py", as_markdown("labs/a.py", '# %% varies=""\nx = 2\n', FINDER), FINDER)


def test_answer_stands_open_and_its_solution_and_what_draws_are_folded() -> None:
    opened = {'exec="answer"': "a = ...", 'exec="solution"': "a = 1", 'exec="fold" varies="why"': "draw()", "": "a"}
    script = "".join(f"{f'# %% {options}'.rstrip()}\n{code}\n\n" for options, code in opened.items())
    text = as_markdown("labs/a.py", script.removesuffix("\n"), FINDER)
    cells = read_cells("labs/a.py", text, FINDER)
    outputs = [[{"output_type": "stream", "name": "stdout", "text": f"{n}\n"}] for n in "pqrs"]
    made = json.loads(page_notebook("labs/a.py", text, cells, outputs, links=""))["cells"]
    answer, solution, drawn, plain = (
        "".join(cell["outputs"][0]["data"]["text/markdown"]) for cell in made if cell["cell_type"] == "code"
    )
    assert answer == "``````python\na = ...\n``````"
    assert solution.startswith('??? success "Solution"\n\n    ``````python\n    a = 1\n    ``````\n')
    assert "\n    q\n" in solution
    assert drawn.startswith('??? listing "Code"\n\n    ``````python\n    draw()\n    ``````\n')
    assert "\nr\n" in drawn
    assert plain.startswith("``````python\na\n``````\n")
    assert "\ns\n" in plain


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import x\n", r"docs/labs/a\.py:1: prose of a lab stands in comments"),
        ("# %% [markdown]\n# A\nx = 1\n", r"docs/labs/a\.py:3: prose of a lab stands in comments"),
        ("# %% [raw]\n", r"docs/labs/a\.py:1: a cell opens with"),
        ('# %% exec="off"\n', r"docs/labs/a\.py:1: a cell opens with"),
        ("# %%\nx = 1\n# %%\ny = 1\n", r"docs/labs/a\.py:2: leave a blank line"),
        ("# %%\nx = 1", r"docs/labs/a\.py:2: leave a blank line"),
        ("# %% [markdown]\n# It is `{python} x:d`.\n", r"docs/labs/a\.py:2: a lab runs as a script, too"),
    ],
)
def test_fault_of_a_script_is_named(text: str, message: str) -> None:
    with pytest.raises(PageError, match=message):
        as_markdown("labs/a.py", text, FINDER)


@pytest.mark.parametrize(
    "prose",
    [
        '```python exec="hide"\n1/0\n```',
        "``````python\n1/0\n``````",
        "- item\n\n    ```python\n    1/0\n    ```",
    ],
)
def test_fence_in_prose_is_shown_and_not_run(prose: str) -> None:
    text = as_markdown("labs/a.py", in_prose(prose), FINDER)
    assert [cell.source for cell in read_cells("labs/a.py", text, FINDER)] == ["x = 2"]
    assert "exec" not in without_switches("labs/a.py", text, FINDER)


def test_fence_within_a_longer_one_is_shown_as_written() -> None:
    prose = "````markdown\n```python\n1\n```\n````"
    assert prose in as_markdown("labs/a.py", in_prose(prose), FINDER)


@pytest.mark.parametrize(
    ("prose", "message"),
    [
        ("# ~~~", r":2: a code fence is never closed"),
        ("# ~~~\n\n# %%\n3\n\n# %% [markdown]\n# ~~~", r":4: close the fence or the comment"),
        ("# <!--\n\n# %%\n3\n\n# %% [markdown]\n# -->", r":4: close the fence or the comment"),
        ("# `{python}\n# x`", r":2: a lab runs as a script"),
        ("# `\n# {python} x`", r":3: a lab runs as a script"),
        ("# ` {python} x`", r":2: a lab runs as a script"),
    ],
)
def test_prose_that_would_swallow_code_or_run_it_is_refused(prose: str, message: str) -> None:
    with pytest.raises(PageError, match=message):
        as_markdown("labs/a.py", f"# %% [markdown]\n{prose}\n\n# %%\nx = 2\n", FINDER)


def in_prose(text: str) -> str:
    """A lab of prose and one cell."""
    return "\n".join(["# %% [markdown]", *(f"# {line}" for line in text.split("\n")), "", "# %%", "x = 2", ""])


def test_link_to_another_script_leads_to_its_page() -> None:
    assert as_markdown("labs/a.py", "# %% [markdown]\n# [b](b.py), [c](b.py#d), `b.py`\n", FINDER).split("\n")[1] == (
        "[b](b.ipynb), [c](b.ipynb#d), `b.py`"
    )
    assert portable("[b](b.ipynb#d)", "https://x.org/labs/a/", "https://x.org/") == "[b](https://x.org/labs/b/#d)"


def test_notebook_of_the_page_has_the_outputs_as_markdown_and_the_links_below_the_title() -> None:
    text = as_markdown("labs/a.py", LAB, FINDER)
    cells = read_cells("labs/a.py", text, FINDER)
    printed = [{"output_type": "stream", "name": "stdout", "text": "2\n"}]
    plain = without_switches("labs/a.py", text, FINDER)
    made = json.loads(page_notebook("labs/a.py", plain, cells, [printed, []], links="[run](a)"))
    assert [cell["cell_type"] for cell in made["cells"]] == ["markdown", "code", "markdown", "code", "markdown"]
    assert "# Title\n\n[run](a)\n" in "".join(made["cells"][0]["source"])
    assert "2\n```" in "".join(made["cells"][1]["outputs"][0]["data"]["text/markdown"])
    assert "".join(made["cells"][3]["outputs"][0]["data"]["text/markdown"]) == "``````python\nx / 4\n``````"
    assert "```python\nshown" in "".join(made["cells"][2]["source"])


def test_failing_lab_fails_the_build_by_its_own_line(small_site: SmallSite) -> None:
    (small_site.folder / "docs/labs").mkdir()
    small_site.write("labs/a.py", LAB.replace("x / 4", "x / 0"))
    built = small_site.build()
    assert built.code != 0
    assert "docs/labs/a.py:16: the code raised ZeroDivisionError" in built.log


def test_broken_link_and_anchor_of_a_lab_fail_the_build(small_site: SmallSite) -> None:
    (small_site.folder / "docs/labs").mkdir()
    for link in ("../missing.md", "../glossary.md#missing", "#missing"):
        small_site.write("labs/a.py", LAB.replace("Prose", f"[Prose]({link})"))
        built = small_site.build()
        assert built.code != 0, built.log
        assert link.removeprefix("../") in built.log
    small_site.write("labs/a.py", LAB)
    assert small_site.build().code == 0
    html = small_site.read("labs/a/index.html")
    assert "<code>0.5\n" in html
    assert "<math>" in html
