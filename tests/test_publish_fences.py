"""The scanner finds code where a Markdown renderer finds it, and nowhere else."""

from __future__ import annotations

import pytest
from mkdocs.utils import yaml_load
from sites import ROOT

from logreg_docs.publish.fences import EXTENSIONS, find_fences, find_inlines, front_matter_lines


def codes(text: str) -> list[str]:
    return [fence.code for fence in find_fences(text) if fence.info == "python"]


def test_fence_at_the_margin_is_found_with_its_lines() -> None:
    (fence,) = find_fences("a\n\n```python\nx = 1\ny = 2\n```\n")
    assert (fence.start, fence.stop, fence.code) == (2, 6, "x = 1\ny = 2")


def test_longer_fence_hides_the_shorter_ones_inside() -> None:
    assert codes("````markdown\n```python\n1\n```\n````\n\n~~~\n```python\n2\n```\n~~~\n") == []


@pytest.mark.parametrize(
    "head", ['!!! note "x"', '??? success "x"', "???+ tip", '=== "NumPy"', "- item", "1. item", "[^1]: note"]
)
def test_fence_inside_a_container_is_found_and_dedented(head: str) -> None:
    assert codes(f"{head}\n\n    ```python\n    for i in ():\n        i\n    ```\n") == ["for i in ():\n    i"]


def test_fence_two_containers_deep_is_found() -> None:
    text = (
        '=== "A"\n\n    ??? success "B"\n\n        ```python\n        1\n        ```\n\n    ```python\n    2\n    ```\n'
    )
    assert codes(text) == ["1", "2"]


def test_fence_in_an_indented_code_block_is_not_code_to_run() -> None:
    assert codes("text\n\n    ```python\n    1\n    ```\n") == []
    assert codes("!!! note\n\n    text\n\n        ```python\n        1\n        ```\n") == []


def test_container_ends_where_its_indent_ends() -> None:
    assert codes("!!! note\n\n    text\n\nback\n\n    ```python\n    1\n    ```\n") == []


def test_fence_in_an_html_comment_is_not_code_to_run() -> None:
    assert codes("<!--\n```python\n1\n```\n-->\n\n```python\n2\n```\n") == ["2"]


def test_inner_fence_of_a_docstring_does_not_end_the_block() -> None:
    assert codes('```python\ndef f():\n    """\n    ```\n    """\n```\n') == ['def f():\n    """\n    ```\n    """']


def test_unclosed_fence_names_its_line() -> None:
    with pytest.raises(ValueError, match="opens in line 3"):
        find_fences("a\n\n```python\nx\n")


def test_inline_expression_is_found_with_its_place() -> None:
    (inline,) = find_inlines("a\n\nIt is `{python} x:.2f` here.")
    assert (inline.line, inline.start, inline.stop, inline.source) == (2, 6, 22, "x:.2f")


@pytest.mark.parametrize(
    "text",
    ["`` `{python} x` ``", "```text\n`{python} x`\n```", "`python x`", "---\na: '`{python} x`'\n---\n", "`{python}x`"],
)
def test_what_only_looks_like_an_inline_expression_is_left_alone(text: str) -> None:
    assert find_inlines(text) == []


def test_front_matter_is_measured() -> None:
    assert front_matter_lines("---\ntitle: a\n---\n# A") == 3
    assert front_matter_lines("# A\n---\n") == 0
    assert front_matter_lines("---\nnever closed") == 0


REFUSED = {
    "a comment is never closed": "a\n\n<!--\n\nb\n",
    "several lines must start at the left margin": "a\n\nb <!--\n```python\n1\n```\n-->\n",
    "a code fence is never closed": "a\n\n<!--\n```\n-->\n",
    "stands left of its code fence": "- a\n\n    ```python\n  1\n    ```\n",
    "blank line before the code fence": "a\n\n    code\n```python\n1\n```\n",
    "blank line after the code fence": "```python\n1\n```\n    code\n",
    "in a block quote is not run": "a\n\n> ```python\n> 1\n> ```\n",
    "<details> is open": "a\n\n<details>\n\n    ```python\n    1\n    ```\n",
}


@pytest.mark.parametrize("problem", REFUSED)
def test_place_where_reader_and_renderer_disagree_is_refused_with_its_line(problem: str) -> None:
    with pytest.raises(ValueError, match=problem + r".* line \d+$"):
        find_fences(REFUSED[problem])


@pytest.mark.parametrize("text", ["<!-- `{python} x` -->", "<!--\n`{python} x`\n-->", "a\n\n    `{python} x`\n"])
def test_inline_expression_in_a_comment_or_in_indented_code_is_left_alone(text: str) -> None:
    assert find_inlines(text) == []


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
}


@pytest.mark.parametrize("where", LITERAL)
def test_expression_that_markdown_shows_as_it_stands_is_not_evaluated(where: str) -> None:
    assert find_inlines(LITERAL[where]) == []


UNSOUND = {
    "a raw <pre>": ("a\n\n<pre>\n`{python} 1/0`\n</pre>", "shows .* as it stands", 4),
    "a raw <div>": ("<div>\n`{python} 1/0`\n</div>", "shows .* as it stands", 2),
    "a raw <div> with an indent": ("<div>\n\n    `{python} 1/0`\n\n</div>", "shows .* as it stands", 3),
    "raw <code>": ("<div><code>`{python} 1/0`</code></div>", "shows .* as it stands", 1),
    "a formula": ("$$\na `{python} 1/0`\n$$", "shows .* as it stands", 2),
    "the text of an image": ("![`{python} 1/0`](a.svg)", "shows .* as it stands", 1),
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
    with pytest.raises(ValueError, match=f"{problem}.* line {line}$"):
        find_inlines(text)


def test_markdown_that_finds_spans_is_the_one_of_the_site() -> None:
    listed = yaml_load((ROOT / "mkdocs.yml").read_bytes())["markdown_extensions"]
    assert {k: v for entry in listed for k, v in (entry if isinstance(entry, dict) else {entry: {}}).items()} == (
        EXTENSIONS
    )


def test_comment_inside_an_expression_is_part_of_it() -> None:
    assert find_inlines("`{python} '<!-- a -->'`")[0].source == "'<!-- a -->'"


def test_footnote_ends_with_a_second_blank_line_as_in_the_renderer() -> None:
    note = "[^1]: note\n\n    ```python\n    1\n    ```\n"
    assert codes(note) == ["1"]
    assert codes(note.replace("note\n", "note\n\n")) == []
