"""The growth curves draw what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.benchmarks import Benchmark
from logreg_docs.figures.benchmarks import plot_growth

if TYPE_CHECKING:
    from collections.abc import Callable

    from logreg_docs.figures.style import DescribedFigure


def measured(rows: int, columns: int, ours: float, correlation: float = 0.0) -> dict[str, object]:
    case = {"rows": rows, "columns": columns, "correlation": correlation}
    return {"case": case, "ms": {"ours": ours} if rows > 100 else {"ours": ours, "theirs": 2 * ours}}


FOUND = Benchmark(
    topic="t",
    machine={},
    results=[measured(100, 5, 1.0), measured(1000, 5, 9.0), measured(100, 50, 7.0), measured(100, 5, 99.0, 0.9)],
)


DRAW: dict[str, Callable[[], DescribedFigure]] = {
    "plot_growth": lambda: plot_growth(FOUND, "ms", unit="ms", subject="Time"),
}


def test_growth_is_drawn_in_a_panel_for_each_number_of_columns() -> None:
    figure = plot_growth(FOUND, "ms", unit="ms", subject="Time")
    first, second = figure.axes
    assert [np.asarray(line.get_xydata()).tolist() for line in first.lines] == [[[100, 1], [1000, 9]], [[100, 2]]]
    assert [np.asarray(line.get_ydata()).tolist() for line in second.lines] == [[7.0], [14.0]]
    assert first.get_xscale() == first.get_yscale() == "log"
    assert first.get_ylabel() == "Time (ms)"


def test_growth_is_told_from_end_to_end_for_the_fewest_and_the_most_columns() -> None:
    alt = DRAW["plot_growth"]().alt
    assert "With 5 columns: ours from 1 at 100 rows to 9 at 1,000, theirs from 2 at 100 rows to 2 at 100" in alt
    assert "With 50 columns: ours from 7 at 100 rows to 7 at 100" in alt
