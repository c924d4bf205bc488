"""The data sets of the site as files of columns, each with units and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.datasets import (
    SUBJECT,
    load_breast_cancer,
    load_challenger,
    load_students,
    make_outline_data,
    make_xor,
)
from logreg_docs.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from logreg_docs.datasets import Dataset

__all__ = ["Column", "DataFile", "data_files"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One column of a file.

    Args:
        name: Its name in the first line of the file.
        unit: Unit of its values; `none` for pure numbers and labels.
        meaning: What it holds.
        values: Its values in the order of the rows.
    """

    name: str
    unit: str
    meaning: str
    values: NDArray[np.float64]

    @property
    def cells(self) -> list[str]:
        """The values as text, with as many digits as give the same number back."""
        return [np.format_float_positional(value, trim="-") for value in self.values]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DataFile:
    r"""A data set to be downloaded; a page that shows it offers the file.

    Args:
        name: File name without the ending.
        title: What it is, in a few words.
        source: Where the data come from, or how they are made again.
        columns: Its columns, all of one length.

    Examples:
        >>> hours = Column(name="hours", unit="h", meaning="hours of study", values=np.array([0.5, 2.0]))
        >>> shown = DataFile(name="study", title="Study", source="noted", columns=(hours,))
        >>> shown.to_csv()
        'hours\n0.5\n2\n'
    """

    name: str
    title: str
    source: str
    columns: Sequence[Column]

    @property
    def path(self) -> str:
        """Path of the file, seen from the page that offers it."""
        return f"data/{self.name}.csv"

    def to_csv(self) -> str:
        """Return the data as text: the names of the columns, then a line for each row, separated by commas."""
        rows = zip(*(column.cells for column in self.columns), strict=True)
        return "".join(f"{','.join(row)}\n" for row in [[column.name for column in self.columns], *rows])

    def to_table(self) -> Table:
        """Return all rows as a table, with the units beside the names."""
        units = [f" ({column.unit})" if column.unit != "none" else "" for column in self.columns]
        names = [f"{column.name}{unit}" for column, unit in zip(self.columns, units, strict=True)]
        return Table(columns=names, rows=list(zip(*(column.cells for column in self.columns), strict=True)))

    def to_markdown(self) -> str:
        """Return what is to be known about the file: title, source, and each column with its unit."""
        about = Table(
            columns=("column", "unit", "what it holds"),
            rows=[(f"`{column.name}`", column.unit, column.meaning) for column in self.columns],
        )
        rows, source = len(self.columns[0].values), f"{self.source[0].upper()}{self.source[1:]}."
        return f"**{self.title}**, [{self.path}]({self.path}), {rows} rows. {source}\n\n{about._repr_markdown_()}"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        del include, exclude
        data = {
            "text/csv": self.to_csv(),
            "text/markdown": self.to_markdown(),
            "text/plain": f"{self.path}: {self.title}",
        }
        return data, {"text/csv": {"path": self.path}}


def _students() -> DataFile:
    students, (hours, score, passed) = load_students(), SUBJECT.columns
    return DataFile(
        name="students",
        title=SUBJECT.title,
        source=SUBJECT.source,
        columns=(
            Column(name=hours, unit=SUBJECT.symbol, meaning=SUBJECT.feature, values=students.hours),
            Column(name=score, unit=SUBJECT.score_unit, meaning=SUBJECT.score, values=students.scores),
            _plain(passed, f"1 with at least {students.pass_mark:g} {SUBJECT.score_unit}, else 0", students.passed),
        ),
    )


def _outline() -> DataFile:
    split = make_outline_data()
    X, y = np.vstack([split.X_train, split.X_test]), np.concatenate([split.y_train, split.y_test])
    held_back = (np.arange(len(y)) >= len(split.y_train)).astype(np.float64)
    return DataFile(
        name="outline",
        title="A thousand rows with ten features",
        source="drawn by `logreg_docs.datasets.make_outline_data()`, with scikit-learn's `make_classification`",
        columns=(
            *(_plain(f"x{j}", "feature, a pure number", values) for j, values in enumerate(X.T, 1)),
            _plain("y", "class", y),
            _plain("held_back", "1 for the rows that test the model, 0 for those that it learns from", held_back),
        ),
    )


def _of(data: Dataset, *, name: str, title: str, about: str, unit: str = "none") -> DataFile:
    """Return a data set whose features have their units in brackets, or all the same."""
    zero, one = data.target_names
    features = []
    for full, values in zip(data.feature_names, data.X.T, strict=True):
        plain, _, own = full.removesuffix(")").partition(" (")
        column = Column(name=plain.replace(" ", "_"), unit=own or unit, meaning=about.format(plain), values=values)
        features.append(column)
    label = _plain("y", f"1 for {one}, 0 for {zero}", data.y)
    return DataFile(name=name, title=title, source=data.source, columns=(*features, label))


def _plain(name: str, meaning: str, values: NDArray[np.float64]) -> Column:
    return Column(name=name, unit="none", meaning=meaning, values=values)


def data_files() -> dict[str, DataFile]:
    """Return every data set of the site as a file.

    Returns:
        The files by name, in the order in which the chapters need them.

    Examples:
        >>> list(data_files())
        ['students', 'challenger', 'breast_cancer', 'outline', 'xor', 'xor_cloud']
        >>> print(data_files()["xor"].to_csv())
        x1,x2,y
        0,0,0
        0,1,1
        1,0,1
        1,1,0
        <BLANKLINE>
    """
    made = (
        _students(),
        _of(
            load_challenger(),
            name="challenger",
            title="23 launches of the space shuttle",
            about="{} of the joints at launch",
        ),
        _of(
            load_breast_cancer(),
            name="breast_cancer",
            title="569 tumours of the breast",
            about="{} of the cell nuclei of a tumour",
            unit="not stated",
        ),
        _outline(),
        _of(make_xor(), name="xor", title="The exclusive or", about="input {}"),
        _of(make_xor(25, spread=0.15), name="xor_cloud", title="The exclusive or, scattered", about="input {}"),
    )
    return {file.name: file for file in made}
