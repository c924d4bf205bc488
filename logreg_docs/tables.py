"""A small table that reads well in a terminal, in a notebook and on a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Table"]

# A column of these is set flush right, with real minus signs.
_NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?\d[\d,.]*(?:e[-+]?\d+)?(?: ?%)?|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    r"""Rows of text under column names; a page shows it as a Markdown table.

    Args:
        columns: Names of the columns, Markdown allowed, in a list or tuple.
        rows: One list or tuple of cells per row, each as long as `columns`. Format numbers before you pass them.
        caption: One sentence that says what the table shows.

    Raises:
        TypeError: If a cell or the caption is not text, or `columns`, `rows` or a row is neither a list nor a tuple.
        ValueError: If there is no column, a row is not as long as `columns`, or a cell holds a line break.

    Examples:
        >>> print(Table(columns=("z", "σ(z)"), rows=[("0", "0.50"), ("2", "0.88")]))
        z | σ(z)
        --+-----
        0 | 0.50
        2 | 0.88
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""

    def __post_init__(self) -> None:
        _refuse_other_than_list(self.columns, "columns")
        _refuse_other_than_list(self.rows, "rows")
        if not isinstance(self.caption, str):
            raise TypeError(f"caption must be text, got {self.caption!r}.")
        if len(self.columns) == 0:
            raise ValueError("columns must name at least one column, got none.")
        for row in self.rows:
            _refuse_other_than_list(row, "a row of rows")
            if len(row) != len(self.columns):
                raise ValueError(f"every row must have {len(self.columns)} cells, got {len(row)}: {list(row)}.")
        for cell in self._cells():
            if not isinstance(cell, str):
                raise TypeError(f"every cell must be text, got {cell!r}. Format it first, e.g. with f'{{value:.2f}}'.")
            if "\n" in cell or "\r" in cell:
                raise ValueError(f"a cell must stay on one line, got {cell!r}.")
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))

    def _cells(self) -> list[str]:
        return [cell for row in (self.columns, *self.rows) for cell in row]

    def __str__(self) -> str:
        table = (self.columns, *self.rows)
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [" | ".join(map(str.ljust, row, widths)).rstrip() for row in table]
        lines.insert(1, "-+-".join("-" * width for width in widths))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        numeric = [len(self.rows) > 0 and all(map(_NUMBER.fullmatch, cells)) for cells in zip(*self.rows, strict=True)]
        lines = [f"| {' | '.join(map(_markdown_cell, row))} |" for row in (self.columns, *self.rows)]
        lines.insert(
            1, "|" + "".join(" ---: |" if right else " --- |" for right in numeric or [False] * len(self.columns))
        )
        return "\n".join(lines) + (f"\n\n*{self.caption}*" if self.caption else "")


def _refuse_other_than_list(value: object, name: str) -> None:
    if not isinstance(value, list | tuple):
        hint = "Text alone would be cut into letters." if isinstance(value, str) else "Put the cells in their order."
        raise TypeError(f"{name} must be a list or tuple, got {value!r}. {hint}")


def _markdown_cell(cell: str) -> str:
    """Escape the bars of a cell, which would end it; code and formulas each need their own way."""
    if _NUMBER.fullmatch(cell):
        return cell.replace("-", "\N{MINUS SIGN}")
    if "|" not in cell:
        return cell
    return re.sub(r"(?P<code>`[^`]+`)|(?P<math>\$[^$]+\$)|\\?\|", _without_bar, cell)


def _without_bar(match: re.Match[str]) -> str:
    if match["code"]:
        return f"<code>{escape(match['code'][1:-1]).replace('|', '&#124;')}</code>"
    if match["math"]:
        return match["math"].replace(r"\|", r"\Vert ").replace("|", r"\vert ")
    return r"\|"
