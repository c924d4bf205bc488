"""The files hold the data sets of the site to the last digit, and say what is in them."""

from __future__ import annotations

import io

import numpy as np
import pytest

from logreg_docs.data_files import data_files
from logreg_docs.datasets import load_breast_cancer, load_challenger, make_outline_data, make_students, make_xor

FILES = data_files()


def read(name: str) -> np.ndarray:
    """Return the numbers of a file as any program reads them."""
    return np.loadtxt(io.StringIO(FILES[name].to_csv()), delimiter=",", skiprows=1)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("challenger", load_challenger()),
        ("breast_cancer", load_breast_cancer()),
        ("xor", make_xor()),
        ("xor_cloud", make_xor(25, spread=0.15)),
    ],
)
def test_file_gives_features_and_labels_back(name: str, data: object) -> None:
    np.testing.assert_array_equal(read(name), np.column_stack([data.X, data.y]))  # type: ignore[attr-defined]


def test_file_of_the_students_gives_them_back() -> None:
    students = make_students()
    expected = np.column_stack([students.hours, students.scores, students.passed])
    np.testing.assert_array_equal(read("students"), expected)


def test_file_of_the_outline_data_keeps_their_split() -> None:
    split, rows = make_outline_data(), read("outline")
    test = rows[:, -1] == 1
    for held, X, y in ((~test, split.X_train, split.y_train), (test, split.X_test, split.y_test)):
        np.testing.assert_array_equal(rows[held, :-2], X)
        np.testing.assert_array_equal(rows[held, -2], y)


@pytest.mark.parametrize("name", FILES)
def test_page_shows_source_and_every_column_with_its_unit_and_offers_the_file(name: str) -> None:
    file = FILES[name]
    data, metadata = file._repr_mimebundle_()
    assert data["text/csv"].partition("\n")[0] == ",".join(column.name for column in file.columns)
    assert metadata["text/csv"] == {"path": f"data/{name}.csv"}
    told = data["text/markdown"]
    assert f"({file.path})" in told
    assert file.source[1:] in told
    rows = [f"| `{column.name}` | {column.unit} | {column.meaning} |" for column in file.columns]
    assert [row for row in rows if row not in told] == []
    assert all(column.unit and column.meaning for column in file.columns)


def test_units_are_those_of_the_data() -> None:
    assert [column.unit for column in FILES["challenger"].columns] == ["°F", "none"]
    assert [column.unit for column in FILES["students"].columns] == ["h", "points", "none"]


def test_table_has_every_row_with_the_units_beside_the_names() -> None:
    table = FILES["students"].to_table()
    assert table.columns == ("hours (h)", "score (points)", "passed")
    assert len(table.rows) == 40
