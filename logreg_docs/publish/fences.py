"""Find fenced code blocks and inline expressions in Markdown, where a Markdown renderer would find them.

A fence counts when it stands at the margin of the page or of an admonition, a content tab, a list item or a
footnote. It does not count inside a longer fence, an indented code block or an HTML comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Fence", "Inline", "find_fences", "find_inlines", "front_matter_lines"]

_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*?)[ \t]*$")
_CONTAINER = re.compile(r"^ *(?:(?:!!!|\?\?\?\+?) ?\w|===[!+]* |\[\^[^\]]+\]:|[-*+] |\d+[.)] |: {1,3}\S)")
_CODE_SPAN = re.compile(r"(?<!`)(?P<mark>`+)(?!`)(?P<text>.+?)(?<!`)(?P=mark)(?!`)")
_INLINE = "{python} "
_TAB = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """One fenced block; lines count from 0 and `stop` is the line after the closing fence."""

    start: int
    stop: int
    indent: int
    info: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """One inline expression; `line` counts from 0, `start` and `stop` are columns of that line."""

    line: int
    start: int
    stop: int
    source: str


def find_fences(text: str) -> list[Fence]:
    r"""Return the fenced blocks of `text` in order.

    Args:
        text: Markdown.

    Returns:
        The blocks that a renderer would show as code.

    Raises:
        ValueError: If a fence is never closed; the message ends with its line, counted from 1.

    Examples:
        >>> [fence.code for fence in find_fences("```python\n1 + 1\n```")]
        ['1 + 1']
    """
    lines = text.split("\n")
    fences: list[Fence] = []
    margins: list[int] = []  # the content indents of the open containers
    at = front_matter_lines(text)
    while at < len(lines):
        line = lines[at].expandtabs(_TAB)
        if not line.strip():
            at += 1
            continue
        if line.lstrip().startswith("<!--"):
            at = _after_comment(lines, at)
            continue
        indent = len(line) - len(line.lstrip())
        while margins and indent < margins[-1]:
            margins.pop()
        opening = _FENCE.match(line)
        margin = margins[-1] if margins else 0
        if opening and indent - margin < _TAB and not _is_code_span(opening):
            fence = _read_fence(lines, at, opening)
            fences.append(fence)
            at = fence.stop
            continue
        if indent - margin < _TAB and _CONTAINER.match(line):
            margins.append(indent - (indent % _TAB) + _TAB)
        at += 1
    return fences


def find_inlines(text: str) -> list[Inline]:
    """Return the inline expressions of `text` that stand outside of fenced blocks, in order.

    An inline expression is a code span that begins with `{python}`.

    Args:
        text: Markdown.

    Returns:
        The expressions with their places.

    Raises:
        ValueError: If a fence is never closed.

    Examples:
        >>> find_inlines("Four is `{python} 2 + 2:d`.")[0].source
        '2 + 2:d'
    """
    inside = {line for fence in find_fences(text) for line in range(fence.start, fence.stop)}
    inside.update(range(front_matter_lines(text)))
    return [
        Inline(line=at, start=match.start(), stop=match.end(), source=match["text"].removeprefix(_INLINE).strip())
        for at, line in enumerate(text.split("\n"))
        if at not in inside
        for match in _CODE_SPAN.finditer(line)
        if match["mark"] == "`" and match["text"].startswith(_INLINE)
    ]


def front_matter_lines(text: str) -> int:
    """Return the number of lines that the YAML front matter of a page takes, 0 where there is none."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return 0
    closing = (at for at, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "..."))
    return next(closing, -1) + 1


def _is_code_span(opening: re.Match[str]) -> bool:
    """Tell ```` ```text``` ```` on one line, which is a code span, from an opening fence."""
    return opening["fence"][0] == "`" and "`" in opening["info"]


def _after_comment(lines: list[str], at: int) -> int:
    for end in range(at, len(lines)):
        if "-->" in lines[end]:
            return end + 1
    return len(lines)


def _read_fence(lines: list[str], at: int, opening: re.Match[str]) -> Fence:
    indent, closing = len(opening["indent"]), opening["indent"] + opening["fence"]
    for end in range(at + 1, len(lines)):
        if lines[end].expandtabs(_TAB).rstrip() == closing:
            code = [
                row.expandtabs(_TAB)[:indent].lstrip() + row.expandtabs(_TAB)[indent:] for row in lines[at + 1 : end]
            ]
            return Fence(start=at, stop=end + 1, indent=indent, info=opening["info"], code="\n".join(code))
    raise ValueError(f"a code fence is never closed; it opens in line {at + 1}")
