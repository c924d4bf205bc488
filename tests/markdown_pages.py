"""Markdown pages for the tests that compare what is found with what the renderer shows."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import markdown
from hypothesis import strategies as st
from mkdocs.utils.meta import get_data
from site_markdown import CONFIGS, EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTAINERS = [
    "!!! note",
    '!!! note "x"',
    '??? success "x"',
    "???+ tip",
    '=== "T"',
    "- item",
    "* item",
    "1. item",
    "[^1]: note",
]
PROSE = [
    "text",
    "two\nlines",
    "# Heading",
    "> quoted",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "<!-- aside -->",
    "`code` and <!-- aside -->",
    "``` inline ```",
    "éß 漢字 🙂\u00a0\u2028 end",
    "1) no item",
    "text\n- no item",
    "`<!--` alone",
]
EXPRESSIONS = [
    "`{python} E`",
    "a `{python} E` b `{python} E + 1:d`",
    "a `wraps\nhere` `{python} E`",
    "a `` wraps\n`{python} E` `` b",
    "a `` b",
    "a ` b",
    "`` `{python} E` ``",
    "`` `{python} E`",
    "`{python} E +\nE`",
    "``{python} E``",
    "\\`{python} E`",
    "\\\\`{python} E` and `\\` `{python} E`",
    "\\` `{python} E`",
    "<pre>\n`{python} E`\n</pre>",
    "<div>\n`{python} E`\n</div>",
    "<div markdown>\n`{python} E`\n</div>",
    "<b>`{python} E`</b>",
    "a <!-- `{python} E` --> `{python} E`",
    "> `{python} E`",
    "# `{python} E`",
    "| a `` | b |\n|---|---|\n| `{python} E` | `` `{python} E` `` |",
    "- a ``\n- `{python} E` ``",
    "$$\n`{python} E`\n$$",
    "$`{python} E`$",
    "[`{python} E`](a)",
    "![`{python} E`](a)",
    "term\n:   `{python} E`",
    "[^2]: `{python} E`",
]
TRAPS = [
    "> ```python\n> E\n> ```",
    "> - x\n>\n>     ~~~python\n>     E\n>     ~~~",
    "> ```python\nE\n> ```",
    "- ```python\n  E\n  ```",
    "2. ```python\n    E\n    ```",
    "term\n:   ```python\n    E\n    ```",
    "[^3]: ```python\n    E\n    ```",
    "text ```python\nE\n```",
    "```python\nE",
    "```python\nE\n  ```",
    "  ```python\nE\n  ```",
    "```python\nE\n~~~",
    "````python\nE\n```",
    "```text\nx\n\n```python\nE\n```",
    "```{python}\nE\n```",
    "```{python, echo=FALSE}\nE\n```",
    "```{.python .x}\nE\n```",
    "```py\nE\n```",
    "```python exec=off\nE\n```",
    "<div>\n```python\nE\n```\n</div>",
    "<details>\n\n    ```python\n    E\n    ```\n\n</details>",
    "<div markdown>\n\n```python\nE\n```\n\n</div>",
    "<div markdown>\n<section>\n```python\nE\n```\n</section>\n</div>",
    "<pre>\n```python\nE\n```\n</pre>",
    "`a\n```python\nE\n```\nb`",
    "$$\n```python\nE\n```\n$$",
    "term\n:   x\n\n    ```python\n    E\n    ```",
    "```python\nE\n```\n:   x",
    "[^3]: x\n    ```python\n    E\n    ```",
    "text\n\n    ```python\n    E\n    ```",
    "text\n\n    code\n```python\nE\n```",
    "text\n    ```python\n    E\n    ```",
    "text\n```python\nE\n```\ntext",
    "- x\n\n        ```python\n        E\n        ```",
    "- x\n  ```python\n  E\n  ```",
    "- x\n\n\t```python\n\tE\n\t```",
    '=== "T"\n\n  ```python\n  E\n  ```',
    "<!-- a\n```python\nE\n```\n-->",
    "a <!--\n```python\nE\n```\n-->",
    "````text\n```python\nE\n```\n````",
]
INFOS = ["python"] * 6 + [" python", 'python title="x"', "text", "", "markdown", "{ .text }"]


@st.composite
def fences(draw: st.DrawFn, number: int) -> list[str]:
    """The lines of a fence whose code is a word of its own, at times with a fence inside."""
    mark = draw(st.sampled_from("`~")) * draw(st.integers(3, 6))
    body = [f"C{number}"]
    if draw(st.booleans()):
        inner = draw(st.sampled_from("`~")) * draw(st.integers(3, 6))
        body = [f"{inner}python", f"D{number}", inner]
    if draw(st.booleans()):
        body.insert(draw(st.integers(0, len(body))), draw(st.sampled_from(["", "    deep", "\tdeep", "é 🙂"])))
    return [mark + draw(st.sampled_from(INFOS)), *body, mark]


@st.composite
def pages(draw: st.DrawFn, prose: Sequence[str] = PROSE) -> str:
    """A page of fences, containers, comments and prose at all depths, with and without blank lines between."""
    lines: list[str] = ["---", "title: '```python'", "---"] if draw(st.booleans()) else []
    depth = 0
    for number in range(draw(st.integers(1, 7))):
        depth = max(0, depth + draw(st.sampled_from([-2, -1, 0, 0, 1])))
        indent = draw(st.sampled_from([" " * 4 * depth] * 6 + ["\t" * depth, " " * (4 * depth + 2)]))
        kind = draw(st.sampled_from(["fence", "fence", "container", "prose", "comment"]))
        if kind == "fence":
            block = draw(fences(number))
        elif kind == "container":
            block, depth = [draw(st.sampled_from(CONTAINERS))], depth + 1
        elif kind == "prose":
            block = draw(st.sampled_from(prose)).replace("E", f"I{number}").split("\n")
        else:
            indent, block = "", ["<!--", *draw(fences(number)), "-->"]
        lines += [indent + line if line else "" for line in block]
        lines += [""] * draw(st.sampled_from([0, 1, 1, 1, 1]))
    return "\n".join(lines)


_BLOCK = re.compile(
    r'<div class="language-(?P<language>\w+) highlight">(?:<span class="filename">[^<]*</span>)?'
    r"<pre><span></span><code>(?P<code>.*?)</code></pre></div>",
    re.DOTALL,
)


def rendered_blocks(text: str) -> list[str]:
    """The code of the Python blocks that the page shows, in order and without its white space."""
    return [words(block["code"]) for block in _BLOCK.finditer(rendered(text)) if block["language"] == "python"]


def shown_otherwise(text: str) -> tuple[str, list[str]]:
    """What the page shows without its highlighted blocks: the text outside code, and each piece of code."""
    page = _BLOCK.sub("", rendered(text))
    return words(re.sub(r"<code.*?</code>", "", page, flags=re.DOTALL)), [
        words(code) for code in re.findall(r"<code.*?</code>", page, re.DOTALL)
    ]


def rendered(text: str) -> str:
    """The HTML of a page as the site shows it, with the language of each block, and without comments."""
    configs = {**CONFIGS, "pymdownx.highlight": {"pygments_lang_class": True}}
    page = markdown.markdown(get_data(text)[0], extensions=EXTENSIONS, extension_configs=configs)
    return re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)


def words(page: str) -> str:
    """The text of some HTML without its white space."""
    return plain(html.unescape(re.sub(r"<[^>]*>", "", page)))


def plain(code: str) -> str:
    """Code without its white space."""
    return "".join(code.split())
