"""The scanner finds code where a Markdown renderer finds it, and nowhere else."""

from __future__ import annotations

import pytest

from logreg_docs.publish.fences import find_fences, find_inlines, front_matter_lines


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


def test_comment_inside_an_expression_is_part_of_it() -> None:
    assert find_inlines("`{python} '<!-- a -->'`")[0].source == "'<!-- a -->'"


def test_footnote_ends_with_a_second_blank_line_as_in_the_renderer() -> None:
    note = "[^1]: note\n\n    ```python\n    1\n    ```\n"
    assert codes(note) == ["1"]
    assert codes(note.replace("note\n", "note\n\n")) == []
