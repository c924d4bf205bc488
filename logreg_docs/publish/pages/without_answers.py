"""Find what answers the questions of a page: it is left out of the notebooks for students."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from logreg_docs.publish.pages.cells import PageError
from logreg_docs.publish.pages.fences import Fence

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from logreg_docs.publish.pages.cells import Cell

__all__ = ["answer_lines", "check_without_answers", "names_of"]

_FOLD = re.compile(r"(?P<pad> *)\?\?\?\+? success\b")


def answer_lines(lines: Sequence[str], cells: Sequence[Cell], verbatim: Collection[int]) -> set[int]:
    """Return the lines of a page that answer: its folds of the kind `success`, and the blocks that solve.

    Args:
        lines: The lines of the page.
        cells: Its cells.
        verbatim: The lines of its code, in which no fold opens.

    Returns:
        Line numbers, counted from 0.

    Examples:
        >>> sorted(answer_lines(["Why?", "", '??? success "Answer"', "    So.", "", "Next"], [], set()))
        [2, 3, 4]
    """
    found: set[int] = set()
    pad: int | None = None
    for at, line in enumerate(lines):
        row = line.expandtabs(4)
        if pad is not None and row.strip() and len(row) - len(row.lstrip()) <= pad:
            pad = None
        if pad is None and at not in verbatim and (opening := _FOLD.match(row)):
            pad = len(opening["pad"])
        if pad is not None:
            found.add(at)
    solving = [cell.place for cell in cells if cell.solves and isinstance(cell.place, Fence)]
    return found | {at for place in solving for at in range(place.start, place.stop)}


def check_without_answers(path: str, cells: Sequence[Cell], answers: Collection[int]) -> None:
    """Make sure that the code of a page runs where its answers are left out, once the reader has put in their own.

    Args:
        path: The page's path below the docs folder, for messages.
        cells: Its cells.
        answers: The lines that are left out.

    Raises:
        PageError: If a block that stays needs a name that only an answer defines. What a block of a lab with
            `exec="solution"` defines, the reader's own answer defines as well.
    """
    known = set(dir(builtins))
    for cell in [cell for cell in cells if isinstance(cell.place, Fence)]:
        bound, read = names_of(cell.source)
        left_out = isinstance(cell.place, Fence) and cell.place.start in answers
        if not left_out and (missing := sorted(read - known - bound)):
            problem = f"{', '.join(missing)} is defined in an answer alone, which notebooks for students leave out"
            raise PageError(path, cell.line, f"{problem}. Define it before the answer, or here.")
        known |= set() if left_out else bound


def names_of(source: str) -> tuple[set[str], set[str]]:
    """Return the names that some code binds, anywhere in it, and those that it reads.

    Args:
        source: Python.

    Returns:
        Both sets.

    Examples:
        >>> names_of("y = x + 1")
        ({'y'}, {'x'})
    """
    bound: set[str] = set()
    read: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler):
            bound |= {node.name} if node.name else set()
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
    return bound, read
