"""Code is found where the site's Markdown shows it, and what only looks like code to run is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from mkdocs.utils.meta import get_data
from site_markdown import CONFIGS, EXTENSIONS, FINDER, made_anew

from logreg_docs.publish.pages.cells import PageError, read_cells
from logreg_docs.publish.pages.fences import CodeError, CodeFinder

if TYPE_CHECKING:
    from logreg_docs.publish.pages.fences import Inline


def codes(text: str) -> list[str]:
    return [fence.code for fence in FINDER.find(text).fences if fence.info == "python"]


def find_inlines(text: str) -> list[Inline]:
    return FINDER.find(text).inlines


def test_inner_fence_of_a_docstring_does_not_end_the_block() -> None:
    assert codes('```python\ndef f():\n    """\n    ```\n    """\n```\n') == ['def f():\n    """\n    ```\n    """']


def test_inline_expression_is_found_with_its_place() -> None:
    (inline,) = find_inlines("a\n\nIt is `{python} x:.2f` here.")
    assert (inline.line, inline.start, inline.stop, inline.source) == (2, 6, 22, "x:.2f")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("---\ntitle: a\n---\n# A", 3),
        ("---\r\ntitle: a\r\n---\r\n\r\n# A", 4),
        ("---\n- no: settings\n---\n# A", 0),
        ("---\nnever closed", 0),
        ("title: a\n\n# A", 2),
        ("# A\n---\n", 0),
    ],
)
def test_body_begins_where_mkdocs_lets_it_begin(text: str, lines: int) -> None:
    code = FINDER.find(f"{text}\n\n```python\n1\n```\n")
    assert code.body == lines
    assert [fence.start for fence in code.fences] == [text.count("\n") + 2]


QUOTE, HTML, LINE, NAME, OPEN, PLACE, DEEP, NEXT, WORD = (
    "in a block quote is not run; use an admonition",
    'in raw HTML is not run; write <div markdown="1">',
    "opens on a line of its own",
    "is not the name of a language, with options",
    "is never closed: its closing marks and its code stand as far right",
    "leave a blank line before and after",
    "is indented too far to be run",
    "close this code fence above the one in line",
    'write ```python with key="value" options',
)
REFUSED = {
    "a block quote": ("a\n\n> ```python\n> 1\n> ```", QUOTE, 3),
    "a block quote that goes on": ("> a\n```python\n1\n```", QUOTE, 2),
    "a block quote too far right to be one": ("a\n    > ```python\n    > 1\n    > ```", QUOTE, 2),
    "a block quote that is left": ("> ```python\n1\n> ```", QUOTE, 1),
    "lines that end otherwise": ("a\r\n\r\n> ```python\r\n> 1\r\n> ```\r\n", QUOTE, 3),
    "another way to write Python": ("a\n\n```{python}\n1\n```", WORD, 3),
    "options of another tool": ("```{python, echo=FALSE}\n1\n```", WORD, 1),
    "a class among others": ("``` { .text .py3 }\n1\n```", WORD, 1),
    "a short name": ("~~~ py\n1\n~~~", WORD, 1),
    "a version": ("```python3.11\n1\n```", WORD, 1),
    "a capital": ("```Python\n1\n```", WORD, 1),
    "an option without quotes": ("a\n\n```python exec=off\n1\n```", NAME, 3),
    "a language in two parts": ("```{code-cell} python\n1\n```", NAME, 1),
    "an option out of its braces": ("```{python} fold\n1\n```", f"'{{python}} fold' {NAME}", 1),
    "the line of an item": ("a\n\n- ```python\n  1\n  ```", LINE, 3),
    "the line of a definition": ("a\n:   ```python\n    1\n    ```", LINE, 2),
    "the end of a line": ("a\n\nSee ```python\n1\n```", LINE, 3),
    "an open fence": ("a\n\n```python\nx\n", OPEN, 3),
    "an open fence below settings": ("---\na: b\n---\n\n```python\n1\n", OPEN, 5),
    "an open fence in a block quote": ("> ```text\n> 1", OPEN, 1),
    "code left of its fence": ("- a\n\n    ```python\n  1\n    ```\n", OPEN, 3),
    "an open fence above the next": ("a\n\n```python\n1\n\n```python\n2\n```", f"{NEXT} 6", 3),
    "an open fence of text above the next": ("```text\n1\n\n```{python}\n2\n```", f"{NEXT} 4", 1),
    "raw HTML": ("a\n\n<div>\n```python\n1\n```\n</div>", HTML, 4),
    "raw HTML with an indent": ("a\n\n<details>\n\n    ```python\n    1\n    ```\n", HTML, 5),
    "raw HTML in HTML that holds Markdown": (
        "<div markdown>\n<section>\n```python\n1\n```\n</section>\n</div>",
        HTML,
        3,
    ),
    "raw HTML around a comment": ("<div>\n<!-- a -->\n```python\n1\n```\n</div>", HTML, 3),
    "the line below indented code": ("a\n\n    code\n```python\n1\n```\n", PLACE, 4),
    "the line above more text": ("```python\n1\n```\n    code\n", PLACE, 1),
    "an indent below text": ("a\n    ```python\n    1\n    ```", PLACE, 2),
    "an item that goes on": ("- a\nb\n```python\n1\n```", PLACE, 3),
    "an indent of two in an item": ("- a\n  ```python\n  1\n  ```", PLACE, 2),
    "the outer item below the inner": ("- a\n    - b\n    ```python\n    1\n    ```", PLACE, 3),
    "the line above the next item": ("- a\n\n    ```python\n    1\n    ```\n- b", PLACE, 3),
    "the line above a definition": ("```python\n1\n```\n:   a", PLACE, 1),
    "a definition that goes on": ("a\n:   b\n```python\n1\n```", PLACE, 3),
    "a footnote that is written anew": ("[^1]: b\n\n    ```python\n    1\n    ```\n\n[^1]: c", PLACE, 3),
    "a code span": ("`a\n```python\n1\n```\nb`", PLACE, 2),
    "a formula": ("$$\n```python\n1\n```\n$$", PLACE, 2),
    "a fence of text below indented code": ("a\n\n    code\n```text\n1\n```\n", PLACE, 4),
    "too far right in an item": ("- a\n\n        ```python\n        1\n        ```", DEEP, 3),
    "too far right in a nested item": ("- a\n    - b\n\n            ```py\n            1\n            ```", DEEP, 4),
    "too far right in a tab": ('=== "T"\n\n        ```python\n        1\n        ```', DEEP, 3),
    "too far right in a definition": ("a\n:   b\n\n        ```python\n        1\n        ```", DEEP, 4),
}


@pytest.mark.parametrize("where", REFUSED)
def test_python_that_the_site_would_show_and_not_run_is_refused_with_its_line(where: str) -> None:
    text, problem, line = REFUSED[where]
    with pytest.raises(PageError, match=rf"^docs/a\.md:{line}: .*{re.escape(problem)}"):
        read_cells("a.md", text, FINDER)


FOUND = {
    "the margin": "```python\n1\n```",
    "the line below text": "a\n```python\n1\n```\nb",
    "the line below a heading": "# A\n```python\n1\n```\n# B",
    "lines that end otherwise": "a\r\n\r\n```python\r\n1\r\n```\r\n",
    "an item": "- a\n\n    ```python\n    1\n    ```\n\n- b",
    "an item, by a tab": "- a\n\n\t```python\n\t1\n\t```",
    "an item, by a tab and by spaces": "- a\n\n\t```python\n    1\n\t```",
    "the line below an item": "- a\n    ```python\n    1\n    ```",
    "a nested item": "- a\n    1. b\n\n        ```python\n        1\n        ```",
    "the outer item": "- a\n    - b\n\n    ```python\n    1\n    ```",
    "the page, below an item": "- a\n\n  ```python\n  1\n  ```",
    "the page, below a tab": '=== "T"\n\n  ```python\n  1\n  ```',
    "an admonition": "!!! note\n    a\n    ```python\n    1\n    ```\n    b",
    "a tab": '=== "T"\n    a\n    ```python\n    1\n    ```\n    b',
    "a definition": "a\n:   b\n\n    ```python\n    1\n    ```",
    "the line below a definition": "a\n:   b\n    ```python\n    1\n    ```",
    "a footnote": "a[^1]\n\n[^1]: b\n\n    ```python\n    1\n    ```",
    "HTML that holds Markdown": "<div markdown>\n```python\n1\n```\n</div>",
    "folded HTML that holds Markdown": "<details markdown><summary>a</summary>\n\n```python\n1\n```\n\n</details>",
    "what only looks like a comment": "a <!--\n\n```python\n1\n```\n\n--> b",
}


@pytest.mark.parametrize("where", FOUND)
def test_python_that_the_site_shows_as_a_block_is_found_there(where: str) -> None:
    text = FOUND[where]
    (fence,) = FINDER.find(text).fences
    lines = text.expandtabs(4).split("\n")
    assert fence.code == "1"
    assert [line.strip() for line in lines[fence.start : fence.stop]] == ["```python", "1", "```"]
    assert lines[fence.start].index("`") == fence.indent


SHOWN = {
    "a longer fence": "````markdown\n```python\n1\n```\n````",
    "a fence of other marks": "~~~\n```{python}\n1\n```\n~~~",
    "a longer fence in an item": "- a\n\n    ````text\n    ```python\n    1\n    ```\n    ````",
    "a longer fence in raw HTML": "<div>\n````text\n```python\n1\n```\n````\n</div>",
    "a longer fence in a block quote": "> ````text\n> ```python\n> 1\n> ```\n> ````",
    "indented code": "a\n\n    ```python\n    1\n    ```",
    "indented code, by a tab": "\t```python\n\t1\n\t```",
    "indented code among other lines": "- a\n\n        b\n        ```python\n        1\n        ```",
    "an open fence in indented code": "a\n\n    ```python\n    1",
    "an item in indented code": "a\n\n    - ```python\n      1",
    "a comment": "<!--\n```python\n1\n```\n-->",
    "an indented comment": "- a\n\n    <!--\n    ```python\n    1\n    ```\n    -->",
    "a comment in a line": "a <!--\n```python\n1\n```\n--> b",
    "a comment in raw HTML": "<div>\n<!--\n```python\n1\n```\n-->\n</div>",
    "a comment in HTML that holds Markdown": "<div markdown>\n<!--\n```python\n1\n```\n-->\n</div>",
    "an open fence in a comment": "<!--\n```python\n-->",
    "a block quote in a comment": "<!--\n> ```python\n> 1\n> ```\n-->",
    "a longer code span": "`` a\n```python\nb ``",
    "a code span of one line": "```` ```python ```` opens one, ```text``` does not",
    "escaped marks": "Write \\`\\`\\`python",
    "the settings of a page": "---\na: |\n    ```python\n    1\n    ```\n---\n",
    "two blank lines below a footnote": "[^1]: a\n\n\n    ```python\n    1\n    ```",
}


@pytest.mark.parametrize("where", SHOWN)
def test_text_about_python_is_neither_run_nor_refused(where: str) -> None:
    assert read_cells("a.md", SHOWN[where], FINDER) == []


@pytest.mark.parametrize("text", ["> ```text\n> 1\n> ```", "<div>\n~~~sh\n1\n~~~\n</div>", "- a\n  ```\n  1\n  ```"])
def test_other_code_may_stand_wherever_the_site_shows_it(text: str) -> None:
    (fence,) = FINDER.find(text).fences
    assert fence.code == "1"


def test_first_error_of_a_page_is_the_one_that_is_named() -> None:
    with pytest.raises(CodeError, match=r"^line 3: Markdown shows `{python} as it stands"):
        FINDER.find("a\n\n`{python} x\n\n> ```python\n> 1\n> ```\n\n```python\n")


def test_text_is_read_once_and_a_page_leaves_nothing_behind_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    finder = CodeFinder(EXTENSIONS, CONFIGS, get_data)
    page, other = "[^1]: a\n\n```python\n1\n```", "---\na: '```'\n---\n"
    assert finder.find(other) == ([], [], 3)
    first = finder.find(page)
    with pytest.raises(CodeError, match="never closed"):
        finder.find("```python")
    monkeypatch.delattr(finder, "_markdown")
    assert finder.find(page) is first
    with pytest.raises(CodeError, match="never closed"):
        finder.find("```python")
    with pytest.raises(AttributeError):
        finder.find("```text")


def test_settings_that_are_read_again_are_known_to_be_the_same() -> None:
    assert made_anew().settings == FINDER.settings
    assert CodeFinder(EXTENSIONS, {**CONFIGS, "toc": {}}, get_data).settings != FINDER.settings


def test_markdown_that_shows_no_code_is_refused() -> None:
    with pytest.raises(ValueError, match=r"pymdownx\.inlinehilite, pymdownx\.superfences; add them"):
        CodeFinder(["pymdownx.highlight"], {}, get_data)


EVALUATED = {
    "after a span that wraps": "`wraps\nhere` `{python} x`",
    "after an escaped backslash": r"a \\`{python} x`",
    "after an escaped backtick": r"a \` `{python} x`",
    "after a longer run in a heading": "# A ``\nb `{python} x` ``",
    "after a run that an item leaves open": "- ``\n- `{python} x`",
    "after a run that a cell leaves open": "| a | b |\n|---|---|\n| `` | `{python} x` |",
    "after a run that a fence leaves open": "a ``\n\n```text\nb\n```\n\n`{python} x`",
    "after a fence with options of ours": '```python exec="hide" caption="`c`"\n1\n```\n\n`{python} x`',
    "after a comment": "<!--\nb\n-->\n`{python} x`",
    "in HTML that holds Markdown": '<div class="a" markdown>\n`{python} x`\n</div>',
    "in HTML within a line": "<b>`{python} x`</b>",
    "in a block quote": "> `{python} x`",
    "in the title of an admonition": '!!! note "`{python} x`"\n    b',
    "in an item that goes on": "- a\nb `{python} x`",
    "in a footnote": "a[^1]\n\n[^1]: b\n    `{python} x`",
    "on a page whose lines end otherwise": "a\r\n`b\r\nc` `{python} x`\r\n",
}


@pytest.mark.parametrize("where", EVALUATED)
def test_inline_expression_is_found_wherever_markdown_shows_its_span(where: str) -> None:
    text = EVALUATED[where]
    (inline,) = find_inlines(text)
    assert inline.source == "x"
    assert text.split("\n")[inline.line][inline.start : inline.stop] == "`{python} x`"


LITERAL = {
    "a span that wraps": "Write `` an\ninline `{python} 1/0` so `` in prose.",
    "a longer span that wraps": "``a\n`{python} 1/0` b``",
    "a span that wraps in an item": "- ``a\n  `{python} 1/0` b``",
    "a span of another expression": "`` `{python} 1/0` `{python} 2/0` ``",
    "an escaped backtick": r"\`{python} 1/0`",
    "an escaped backtick after another span": r"`a` \`{python} 1/0`",
    "a fence in a comment": "<!--\n```\n`{python} 1/0`\n```\n-->",
    "a comment within a line": "a <!-- `{python} 1/0` --> b",
    "a comment within HTML": "<div>\n<!-- `{python} 1/0` -->\n</div>",
    "indented code with a fence": "a\n\n    ```\n    `{python} 1/0`\n    ```\n",
    "words without a span": "say {python} 1/0",
    "another language": "`{python3} 1/0` and `a {python} 1/0`",
    "the settings of a page": "---\na: '`{python} 1/0`'\n---\n",
    "a fence": "```text\n`{python} 1/0`\n```",
    "a language without a space": "`{python}1/0`",
}


@pytest.mark.parametrize("where", LITERAL)
def test_expression_that_markdown_shows_as_it_stands_is_not_evaluated(where: str) -> None:
    assert find_inlines(LITERAL[where]) == []


UNSOUND = {
    "a raw <pre>": ("a\n\n<pre>\n`{python} 1/0`\n</pre>", "shows .* as it stands", 4),
    "raw <code>": ("<div><code>`{python} 1/0`</code></div>", "shows .* as it stands", 1),
    "a formula": ("$$\na `{python} 1/0`\n$$", "shows .* as it stands", 2),
    "an attribute": ('<a title="`{python} 1/0`">b</a>', "shows .* as it stands", 1),
    "the name of a link": ('[a]: b "`{python} 1/0`"', "shows .* as it stands", 1),
    "an open span": ("a `{python} 1/0\n\nb`", "shows .* as it stands", 1),
    "an expression that wraps": ("a\n`{python} 1 +\n1:d`", r"one line .* as `{python} 1 \+ 1:d`", 2),
    "a language that wraps": ("`{python}\n1:d`", "one line .* as `{python} 1:d`", 1),
    "a wrap before the language": ("`\n{python} 1`", "one line .* as `{python} 1`", 2),
    "longer marks": ("``{python} 1``", "between single backticks, as `{python} 1`", 1),
    "a space before the language": ("` {python} 1`", "between single backticks, as `{python} 1`", 1),
}


@pytest.mark.parametrize("where", UNSOUND)
def test_expression_that_cannot_be_evaluated_is_refused_with_its_line(where: str) -> None:
    text, problem, line = UNSOUND[where]
    with pytest.raises(CodeError, match=f"^line {line}: .*{problem}"):
        find_inlines(text)


def test_comment_inside_an_expression_is_part_of_it() -> None:
    assert find_inlines("`{python} '<!-- a -->'`")[0].source == "'<!-- a -->'"
