"""Write what the code of each page shows as text, for review, and tell changes from numerical noise."""

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

__all__ = ["CLOSE", "LONG", "differences", "page_text", "without_noise", "write_shown"]

LONG = Decimal("0.01")
"""A number may differ by one unit in its last digit if that is at most this share of it: 0.333 may, 12 and 0.3 may not.

Another processor adds in another order, which changes a result by about 1e-16 of it. Many steps, or steps in single
precision, amplify that to the digits shown, where it can turn a last digit from 4 to 5 but no more."""

CLOSE = Decimal("1e-9")
"""Numbers are equal if they differ by at most this share, however many of their digits are shown.

A number with 16 digits shows the noise itself. Solving a linear system loses as many digits as the condition number
has, which leaves ten on pages that do not demonstrate the loss; those that do mark the block with `varies`."""

_CODE = ">>> "
_HEAD = "What docs/"
_WIDTH = 100
_NUMBER = re.compile(
    r"(?<![\w.])[-+−]?(?:\d+(?:,\d{3}(?!\d))*(?:\.\d*)?|\.\d+)(?:[eE][-+−]?\d+)?(?!\.?\d)"  # not part of a version
)
_PADDED_NUMBER = re.compile(rf" *{_NUMBER.pattern}")
_WITHOUT_TEXT = re.compile(r"<(svg|template|figcaption)\b.*?</\1>", re.DOTALL)
_PART = re.compile(r"</?(?:p|legend|label|output|button|div|span)\b[^>]*>")


def page_text(path: str, cells: Sequence[Cell], outputs: Sequence[Outputs]) -> str:
    r"""Return what the code of a page shows in document order, each output below its code.

    The code is an inline expression or the last statement of a block, assertions aside. A figure is represented by its
    text alternative, a sentence a line. Numbers are left out if the option `varies` says that they differ between
    machines. What only the notebook shows is left out.

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
                lines = [_PADDED_NUMBER.sub(" …", line).strip() if where in line else line for line in lines]
            parts.append("\n".join([_CODE + code, *lines]))
    return "\n\n".join(parts) + "\n"


def write_shown(folder: Path, pages: Mapping[str, tuple[Sequence[Cell], Sequence[Outputs]]]) -> None:
    """Write one file for each page, and remove those of other pages; lines that differ only by noise stay unchanged.

    Args:
        folder: The folder of the files.
        pages: The cells and outputs of each page with code, by its path below the docs folder.
    """
    texts = {folder / PurePosixPath(path).with_suffix(".txt"): page_text(path, *page) for path, page in pages.items()}
    for file in set(folder.rglob("*.txt")) - texts.keys():
        if file.read_text(encoding="utf-8").startswith(_HEAD):
            file.unlink()
    for file, text in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(without_noise(before, text), encoding="utf-8", newline="\n")


def without_noise(before: str, now: str) -> str:
    """Return `now` with each line replaced by its counterpart in `before` if the two differ only by noise.

    Args:
        before: The text of a page.
        now: The text of the same page from another build.

    Returns:
        `before` itself if nothing changed.

    Examples:
        >>> without_noise("loss 0.3333 after 1,200 steps", "loss 0.3334 after 1,200 steps")
        'loss 0.3333 after 1,200 steps'
        >>> without_noise("loss 0.3333 after 1,200 steps", "loss 0.3333 after 1,201 steps")
        'loss 0.3333 after 1,201 steps'
    """
    old, new = before.split("\n"), now.split("\n")
    matcher = SequenceMatcher(None, [_shape(line) for line in old], [_shape(line) for line in new], autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        for k in range(size):
            if _differ_by_noise(old[a + k], new[b + k]):
                new[b + k] = old[a + k]
    return "\n".join(new)


def differences(kept: Path, now: Path) -> str:
    """Return a unified diff between two folders of texts, empty if they differ only by noise.

    Args:
        kept: The folder with the reviewed texts.
        now: The folder with the texts of a build.

    Returns:
        The lines of the diff; a missing file counts as empty.
    """
    made: list[str] = []
    for name in sorted({file.relative_to(folder) for folder in (kept, now) for file in folder.rglob("*.txt")}):
        old, new = (
            (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else "" for folder in (kept, now)
        )
        titles = f"{name} as kept", f"{name} as built"
        made += unified_diff(old.split("\n"), without_noise(old, new).split("\n"), *titles, lineterm="")
    return "\n".join(made)


def _code(cell: Cell) -> str:
    """Return the expression, or the last statement of a block other than an assertion, shortened to one line."""
    if cell.kind == "inline":
        return cell.source
    try:
        statements = ast.parse(cell.source).body
    except SyntaxError:  # the block demonstrates it
        return cell.source.strip().rpartition("\n")[2]
    last = [node for node in statements if not isinstance(node, ast.Assert)] or statements
    return shorten(ast.get_source_segment(cell.source, last[-1]) or "", _WIDTH, placeholder=" …")


def _lines(cell: Cell, outputs: Outputs) -> list[str]:
    """Return the text that the page shows of a cell's outputs."""
    if cell.for_answer:
        return []
    texts = [inline_text(outputs)] if cell.kind == "inline" else [_text(cell, output) for output in outputs]
    text = "\n\n".join(text.strip("\n") for text in texts if text.strip())
    return [line.rstrip() for line in text.split("\n")] if text else []


def _text(cell: Cell, output: dict[str, Any]) -> str:
    data = output.get("data", {})
    if MIME in data:
        words = re.sub(r"<[^>]+>", "", _PART.sub("\n", _WITHOUT_TEXT.sub("", data[MIME])))
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
    """Put each sentence on its own line, so that diffs are short."""
    return re.sub(r"(?<=[.?!;]) +", "\n", text)


def _shape(line: str) -> str:
    """Return an output line with its numbers replaced by 0 and without white space, or a line of code unchanged."""
    return line if line.startswith(_CODE) else re.sub(r"\s", "", _NUMBER.sub("0", line))


def _differ_by_noise(old: str, new: str) -> bool:
    """Return whether two lines of one shape differ in some number, and in each only by noise."""
    pairs = list(zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=False))
    return any(a != b for a, b in pairs) and all(_close(a, b) for a, b in pairs)


def _close(old: str, new: str) -> bool:
    a, b = (Decimal(number.replace(",", "").replace("−", "-")) for number in (old, new))
    if any(re.fullmatch(r"\D?[\d,]+", number) for number in (old, new)):
        return a == b  # a count
    size = max(abs(a), abs(b))
    unit = min(Decimal(1).scaleb(int(number.as_tuple().exponent)) for number in (a, b))
    return abs(a - b) <= max(min(unit, LONG * size), CLOSE * size)
