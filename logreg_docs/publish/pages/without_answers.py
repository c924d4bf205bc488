"""Find what answers the questions of a page, or would betray it: it is left out of the notebooks for students."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from logreg_docs.publish.pages.cells import PageError
from logreg_docs.publish.pages.fences import Fence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from logreg_docs.publish.pages.cells import Cell

__all__ = ["answer_lines", "check_without_answers", "lines_below", "names_of", "without_checks"]

_HEADING = re.compile(r"#{1,6} ")
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


def lines_below(answers: Collection[int], lines: Sequence[str], verbatim: Collection[int]) -> set[int]:
    """Return the lines between an answer and the next heading, where outputs may repeat the answer.

    Args:
        answers: The lines that answer.
        lines: The lines of the page.
        verbatim: The lines of its code, in which no heading stands.

    Returns:
        Line numbers, counted from 0.

    Examples:
        >>> sorted(lines_below({1}, ["Why?", "So.", "", "More", "## Next", "Else"], set()))
        [2, 3]
    """
    found: set[int] = set()
    below = False
    for at, line in enumerate(lines):
        below = at in answers or (below and (at in verbatim or not _HEADING.match(line)))
        if below and at not in answers:
            found.add(at)
    return found


def without_checks(path: str, cell: Cell) -> Cell:
    """Return a cell that no reader sees opened without its checks, which state what the page only asks.

    Args:
        path: The page's path below the docs folder, for messages.
        cell: A cell; one that is shown stays as it is.

    Returns:
        The cell without `assert`, without calls of functions whose names begin with `assert_`, without loops and
        conditions around nothing else, and without the comments right above them.

    Raises:
        PageError: If a check shares its line with other code.
    """
    if not (cell.hidden or cell.folded):
        return cell
    lines = cell.source.split("\n")
    gone: set[int] = set()
    for check, alone in _checks(ast.parse(cell.source).body):
        first, last = check.lineno - 1, (check.end_lineno or check.lineno) - 1
        indent, rest = lines[first][: check.col_offset], lines[last].encode()[check.end_col_offset :].decode().strip()
        if indent.strip() or (rest and not rest.startswith("#")):
            raise PageError(path, cell.line + first, "put this check on lines of its own")
        if alone:
            lines[last] = f"{indent}pass"
        while first and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        gone |= set(range(first, last if alone else last + 1))
    source = "\n".join(line for at, line in enumerate(lines) if at not in gone).strip("\n")
    return replace(cell, source=re.sub(r"\n{4,}", "\n\n\n", source))


def _checks(statements: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield the checks among statements, and whether something has to stand in the place of one."""
    for statement in statements:
        if _only_checks(statement):
            yield statement, False
            continue
        for block in ("body", "handlers", "orelse", "finalbody"):
            inner = getattr(statement, block, [])
            alone = bool(inner) and all(map(_only_checks, inner))
            for at, (check, empty) in enumerate(_checks(inner)):
                yield check, empty or (alone and at == 0)


def _only_checks(statement: ast.AST) -> bool:
    if isinstance(statement, ast.For | ast.If | ast.With):
        return not getattr(statement, "orelse", []) and all(map(_only_checks, statement.body))
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return name.startswith("assert_")
    return isinstance(statement, ast.Assert)


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
