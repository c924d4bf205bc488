"""A notebook for students keeps the questions, leaves out what answers them, and runs."""

from __future__ import annotations

import nbformat
import pytest
from site_markdown import FINDER, notebook

from logreg_docs.publish.pages.cells import PageError, read_cells

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
    assert ", without its answers and solutions. " in made(PAGE, answers=False)[0].source
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
