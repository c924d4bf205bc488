"""Write what the code of a page shows as plain text, to be reviewed, and tell what changed from what is only noise."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from difflib import SequenceMatcher, unified_diff
from html import unescape
from pathlib import PurePosixPath
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from logreg_docs.explorables.base import MIME
from logreg_docs.publish.pages.cells import inline_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from logreg_docs.publish.pages.cells import Cell, Outputs

__all__ = ["CLOSE", "LONG", "differences", "page_text", "settled", "write_shown"]

LONG = Decimal("0.01")
"""A number may be one unit of its last digit off where that is at most this share of it: 0.333 may, 12 and 0.3 may not.

Another processor adds up in another order, which moves a result by some 1e-16 of it. A run of many steps, or one in
single precision, carries that up to the digits shown, where it can tip a last digit from 4 to 5 and no more."""

CLOSE = Decimal("1e-9")
"""Numbers are the same if they differ by no more than this share, however many digits of them are shown.

A number shown with all its 16 digits shows that noise as it is. A solve loses as many digits to it as the condition
number has, which leaves ten on pages that do not mean to show the loss; those that do mark the block with `varies`."""

_CODE = ">>> "
_HEAD = "What docs/"
_WIDTH = 100
_NUMBER = re.compile(
    r"(?<![\w.])[-+−]?(?:\d+(?:,\d{3}(?!\d))*(?:\.\d*)?|\.\d+)(?:[eE][-+−]?\d+)?(?!\.?\d)"  # no version is one
)
_SPACED = re.compile(rf" *{_NUMBER.pattern}")
_NO_WORDS = re.compile(r"<(svg|template|figcaption)\b.*?</\1>", re.DOTALL)
_PART = re.compile(r"</?(?:p|legend|label|output|button|div|span)\b[^>]*>")


def page_text(path: str, cells: Sequence[Cell], outputs: Sequence[Outputs]) -> str:
    r"""Return what the code of a page shows, in the order of the page, each below the code that it came of.

    Of a block that is the last statement, assertions aside; of a figure it is the text alternative, a sentence a line.
    Numbers are left out where the block's option `varies` says that they differ between machines. What stands in the
    notebook alone is not on the page.

    Args:
        path: The page's path below the docs folder.
        cells: Its cells.
        outputs: The outputs of the cells that ran.

    Returns:
        Lines of text.

    Examples:
        >>> from logreg_docs.publish.pages.cells import Cell
        >>> from logreg_docs.publish.pages.fences import Inline
        >>> place = Inline(line=2, start=6, stop=22, source="x:.1f")
        >>> cell = Cell(kind="inline", source="x:.1f", line=3, place=place, options={})
        >>> value = {"output_type": "execute_result", "data": {"text/plain": "'2.0'"}}
        >>> page_text("a.md", [cell], [[value]]).split("\n")[2:]
        ['>>> x:.1f', '2.0', '']
    """
    parts = [f"{_HEAD}{path} shows, as `make shown` writes it."]
    for cell, given in zip(cells, outputs, strict=False):
        if lines := _lines(cell, given):
            code, varies = _code(cell), cell.options.get("varies")
            if varies:
                code += f"  # varies: {varies}"
                where = varies.rpartition(": ")[0]
                lines = [_SPACED.sub(" …", line).strip() if where in line else line for line in lines]
            parts.append("\n".join([_CODE + code, *lines]))
    return "\n\n".join(parts) + "\n"


def write_shown(folder: Path, pages: Mapping[str, tuple[Sequence[Cell], Sequence[Outputs]]]) -> None:
    """Write one file a page, and remove those of pages that are gone.

    Lines that only noise has changed stay as they were.

    Args:
        folder: Where the files are.
        pages: The cells of every page that has some, and what they gave, by its path below the docs folder.
    """
    texts = {folder / PurePosixPath(path).with_suffix(".txt"): page_text(path, *page) for path, page in pages.items()}
    for file in set(folder.rglob("*.txt")) - texts.keys():
        if file.read_text(encoding="utf-8").startswith(_HEAD):
            file.unlink()
    for file, text in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(settled(before, text), encoding="utf-8", newline="\n")


def settled(before: str, now: str) -> str:
    """Return the text of now with the lines of before wherever no more than noise is between them.

    Args:
        before: A text of a page.
        now: The text of the same page from another build.

    Returns:
        The text of before, exactly if nothing changed.

    Examples:
        >>> settled("loss 0.3333 after 1,200 steps", "loss 0.3334 after 1,200 steps")
        'loss 0.3333 after 1,200 steps'
        >>> settled("loss 0.3333 after 1,200 steps", "loss 0.3333 after 1,201 steps")
        'loss 0.3333 after 1,201 steps'
    """
    old, new = before.split("\n"), now.split("\n")
    matcher = SequenceMatcher(None, [_shape(line) for line in old], [_shape(line) for line in new], autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        for k in range(size):
            if _same(old[a + k], new[b + k]):
                new[b + k] = old[a + k]
    return "\n".join(new)


def differences(kept: Path, now: Path) -> str:
    """Return what changed between two folders of texts as a unified diff, which is empty if only noise did.

    Args:
        kept: The folder with the texts as they were reviewed.
        now: The folder with those of a build.

    Returns:
        The lines; a file that is missing in one of the folders is one without lines.
    """
    made: list[str] = []
    for name in sorted({file.relative_to(folder) for folder in (kept, now) for file in folder.rglob("*.txt")}):
        old, new = (
            (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else "" for folder in (kept, now)
        )
        titles = f"{name} as kept", f"{name} as built"
        made += unified_diff(old.split("\n"), settled(old, new).split("\n"), *titles, lineterm="")
    return "\n".join(made)


def _code(cell: Cell) -> str:
    """Return the expression, or on one line the statement of a block that most likely shows something."""
    if cell.kind == "inline":
        return cell.source
    try:
        statements = ast.parse(cell.source).body
    except SyntaxError:  # which is what the block is to raise
        return cell.source.strip().rpartition("\n")[2]
    last = [node for node in statements if not isinstance(node, ast.Assert)] or statements
    return shorten(ast.get_source_segment(cell.source, last[-1]) or "", _WIDTH, placeholder=" …")


def _lines(cell: Cell, outputs: Outputs) -> list[str]:
    """Return what the page shows of a cell's outputs, as far as that is text."""
    if cell.for_answer:
        return []
    texts = [inline_text(outputs)] if cell.kind == "inline" else [_text(cell, output) for output in outputs]
    text = "\n\n".join(text.strip("\n") for text in texts if text.strip())
    return [line.rstrip() for line in text.split("\n")] if text else []


def _text(cell: Cell, output: dict[str, Any]) -> str:
    data = output.get("data", {})
    if MIME in data:
        words = re.sub(r"<[^>]+>", "", _PART.sub("\n", _NO_WORDS.sub("", data[MIME])))
        lines = [data["text/plain"], *(line.strip() for line in unescape(words).split("\n"))]
        return "\n".join(_sentences(line) for line in lines if line)
    if "image/svg+xml" in data:
        alt = cell.options.get("alt") or output["metadata"].get("image/svg+xml", {}).get("alt", "")
        return _sentences(f"Figure: {alt}")
    if "text/markdown" in data:
        return str(data["text/markdown"])
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    return str(output.get("text") or data.get("text/plain", ""))


def _sentences(text: str) -> str:
    """Put each sentence on a line of its own, so that a changed word changes a short line."""
    return re.sub(r"(?<=[.?!;]) +", "\n", text)


def _shape(line: str) -> str:
    """Return a line without what numbers may change: their digits, and the spaces that align them. Code stays."""
    return line if line.startswith(_CODE) else re.sub(r"\s", "", _NUMBER.sub("0", line))


def _same(old: str, new: str) -> bool:
    """Whether two lines of one shape differ in numbers alone, and in each by no more than noise."""
    pairs = list(zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=False))
    return any(a != b for a, b in pairs) and all(_near(a, b) for a, b in pairs)


def _near(old: str, new: str) -> bool:
    a, b = (Decimal(number.replace(",", "").replace("−", "-")) for number in (old, new))
    if any(re.fullmatch(r"\D?[\d,]+", number) for number in (old, new)):
        return a == b  # a count
    size = max(abs(a), abs(b))
    unit = min(Decimal(1).scaleb(int(number.as_tuple().exponent)) for number in (a, b))
    return abs(a - b) <= max(min(unit, LONG * size), CLOSE * size)
