"""A notebook for students keeps the questions, leaves out what answers them, and runs."""

from __future__ import annotations

import nbformat
import pytest
from site_markdown import FINDER, notebook

from logreg_docs.publish.pages.cells import PageError, read_cells
from logreg_docs.publish.pages.without_answers import without_checks

PAGE = """\
# A

!!! question "Predict"

    Which?

    - this
    - that
      { .right }

??? success "Answer to the prediction"

    **that**, since it is.

    ```python
    seen = 1
    ```

    It ends here.
Text between.

```python exec="answer"
answer = ...
```

```python exec="solution"
answer = 2
```

=== "Tab"

    ??? success "Answer"

        Told.

    Still in the tab.

````text
??? success "Shown"

    Markdown
````

```python
print(answer)
```
"""


def made(text: str, *, answers: bool) -> list[nbformat.NotebookNode]:
    cells = read_cells("chapters/a.md", text, FINDER)
    written = notebook("chapters/a.md", text, cells, [[] for _ in cells], answers=answers)
    return list(nbformat.reads(written, 4).cells)


def test_questions_stay_and_answers_are_left_out() -> None:
    cells = made(PAGE, answers=False)
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for kept in ("> Which?", "> - that", "Text between.", "Still in the tab.", '??? success "Shown"', "    Markdown"):
        assert kept in prose
    for gone in ("Answer", "since it is", "It ends here", "Told", "Solution", "answer = 2", ".right"):
        assert gone not in prose
    assert [cell.source for cell in cells if cell.cell_type == "code"][1:] == ["answer = ...", "print(answer)"]


def test_a_notebook_says_whether_its_answers_are_left_out() -> None:
    assert ", without its answers, its solutions and the outputs below them. " in made(PAGE, answers=False)[0].source
    whole = made(PAGE, answers=True)
    assert "without" not in whole[0].source
    assert [cell.source for cell in whole if cell.cell_type == "code"][1:] == [
        "seen = 1",
        "answer = ...",
        "answer = 2",
        "print(answer)",
    ]


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("print(seen)", "seen"),
        ("def f(x):\n    return x + seen + other", "other, seen"),
        ("def f(x, *rest, key=None):\n    y = x\n    return [y, rest, key, *(z for z in rest)]", ""),
        ("import numpy as seen\nseen.pi", ""),
        ("from numpy import pi as seen\ntry:\n    seen\nexcept ValueError as error:\n    print(error)", ""),
        ("class seen:\n    pass\nseen()", ""),
    ],
)
def test_code_that_needs_what_only_an_answer_defines_ends_the_build_and_names_the_line(code: str, missing: str) -> None:
    page = PAGE.replace("    seen = 1", "    seen = other = 1").replace("print(answer)", code)
    if not missing:
        assert made(page, answers=False)[-1].source == code
        return
    line = page.split("\n").index(code.split("\n", maxsplit=1)[0]) + 1
    with pytest.raises(PageError, match=rf"docs/chapters/a\.md:{line}: {missing} is defined in an answer alone"):
        made(page, answers=False)
    assert made(page, answers=True)


@pytest.mark.parametrize("answers", [False, True])
def test_nothing_marks_the_right_choice(*, answers: bool) -> None:
    page = PAGE.replace("    - that\n      { .right }\n", "    - that\n      { .right }\n    - the other\n")
    assert "> - this\n> - that\n> - the other" in made(page, answers=answers)[2].source


CHECKED = """\
share = 0.89
# the chance
# of passing
assert f"{share:.2f}" == "0.89"
for k in range(3):
    np.testing.assert_allclose(k, k)
    if k:
        assert k < 3, (
            "small"
        )
for k in range(3):
    seen = k
    assert seen == k
with open(path) as file:
    assert file
print(share)  # shown"""


def checked(source: str, opening: str = 'exec="hide"') -> str:
    (cell,) = read_cells("chapters/a.md", f"# A\n\n```python {opening}\n{source}\n```\n", FINDER)
    return without_checks("chapters/a.md", cell).source


@pytest.mark.parametrize("how", ["hide", "fold"])
def test_checks_that_nobody_sees_opened_are_left_out(how: str) -> None:
    kept = "share = 0.89\nfor k in range(3):\n    seen = k\nprint(share)  # shown"
    assert checked(CHECKED, f'exec="{how}"') == kept
    assert checked(CHECKED, "") == CHECKED


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("def f():\n    assert 1\n    assert 2\nf()", "def f():\n    pass\nf()"),
        ("if a:\n    b = 1\nelse:\n    assert a", "if a:\n    b = 1\nelse:\n    pass"),
        ("try:\n    f()\nexcept E as error:\n    # told\n    assert 2", "try:\n    f()\nexcept E as error:\n    pass"),
    ],
)
def test_what_only_checks_does_nothing(source: str, kept: str) -> None:
    assert checked(source) == kept


@pytest.mark.parametrize("source", ["a = 1; assert a", "assert True; a = 1"])
def test_a_check_beside_other_code_ends_the_build_and_names_the_line(source: str) -> None:
    with pytest.raises(PageError, match=r"docs/chapters/a\.md:4: put this check on lines of its own"):
        checked(source)


def test_a_block_of_checks_alone_is_no_cell_for_students() -> None:
    page = PAGE + '\n```python exec="hide"\nassert True\n```\n\nEnd.\n'
    assert made(page, answers=True)[-2].source == "assert True"
    assert [cell.source for cell in made(page, answers=False)[-2:]] == ["print(answer)", "End."]


def test_outputs_below_an_answer_are_left_out_up_to_the_next_heading() -> None:
    page = PAGE + "\n## B\n\n```python\nprint(1)\n```\n"
    cells = read_cells("chapters/a.md", page, FINDER)
    outputs = [[{"output_type": "stream", "name": "stdout", "text": cell.source}] for cell in cells]
    for answers, silent in ((True, []), (False, ["print(answer)"])):
        written = nbformat.reads(notebook("chapters/a.md", page, cells, outputs, answers=answers), 4).cells
        code = [cell for cell in written if cell.cell_type == "code"][1:]
        assert [cell.source for cell in code if not cell.outputs] == silent
