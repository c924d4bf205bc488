"""Runs the code of a page in this process and goes on where an assertion fails, to learn all that no longer holds."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
from site_markdown import FINDER
from sites import ROOT

from logreg_docs.publish.pages.cells import read_cells, split_format
from logreg_docs.publish.pages.labs import as_markdown

if TYPE_CHECKING:
    from logreg_docs.publish.pages.cells import Cell

DOCS = ROOT / "docs"


@dataclass
class Broken:
    """What does not hold: sentences by their line, assertions that name none, and what raised because of either."""

    claims: dict[int, str] = field(default_factory=dict)
    unnamed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def cells_of(path: str) -> list[Cell]:
    text = (DOCS / path).read_text(encoding="utf-8")
    return read_cells(path, as_markdown(path, text, FINDER) if path.endswith(".py") else text, FINDER)


def claims_of(path: str) -> dict[int, str]:
    """Return the sentences that the hidden assertions of a page name, by line."""
    hidden = [cell for cell in cells_of(path) if cell.kind == "block" and cell.hidden]
    return {
        cell.line + node.lineno - 1: ast.literal_eval(node.msg)
        for cell in hidden
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Assert) and node.msg
    }


def prose_of(path: str) -> str:
    """Return the page without its blocks of code but with their captions, all white space as single spaces."""
    text = re.sub(r"^ *```python(.*?)$.*?^ *```$", r"\1", (DOCS / path).read_text(), flags=re.MULTILINE | re.DOTALL)
    captions = re.findall(r'caption="(.*?)"', (DOCS / path).read_text())
    return " ".join(" ".join([text, *captions]).split())


class _GoOn(ast.NodeTransformer):
    """Hands every assertion outside functions that fails to `went_wrong`."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return self._guarded(node, node.msg is not None)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return self._guarded(node, named=False) if "testing.assert_" in ast.unparse(node).split("(")[0] else node

    def _guarded(self, node: ast.stmt, named: bool) -> ast.AST:  # noqa: FBT001 - private
        source = f"try:\n    pass\nexcept Exception as _error:\n    went_wrong(_error, {node.lineno}, {named})"
        (guard,) = ast.parse(source).body
        assert isinstance(guard, ast.Try)
        guard.body = [node]
        return ast.copy_location(guard, node)


def run_on(path: str) -> Broken:
    """Run a page to its end, whatever fails."""
    broken, names = Broken(), dict[str, Any](__name__="__main__")
    for cell in cells_of(path):

        def went_wrong(error: Exception, line: int, named: bool, at: int = cell.line) -> None:  # noqa: FBT001 - as guarded
            if named and isinstance(error, AssertionError):
                broken.claims[at + line - 1] = str(error)
            else:
                broken.unnamed.append(f"{path}:{at + line - 1}: {error!r}")

        names["went_wrong"] = went_wrong
        raised = None
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                _run(cell, names)
            except Exception as error:  # noqa: BLE001 - whatever it is
                raised = error
        if type(raised).__name__ != cell.options.get("raises", "NoneType"):
            broken.errors.append(f"{path}:{cell.line}: {raised!r}")
    plt.close("all")
    return broken


def _run(cell: Cell, names: dict[str, Any]) -> None:
    if cell.kind == "inline":
        expression, spec = split_format(cell.source)
        format(eval(expression, names), spec)
        return
    tree = ast.parse(cell.source)
    if cell.hidden:  # what a reader sees asserted is a statement of its own
        tree = ast.fix_missing_locations(_GoOn().visit(tree))
    exec(compile(tree, f"<line {cell.line}>", "exec"), names)
