"""Figures of the measurements of `make bench`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import DescribedFigure, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from logreg_docs.benchmarks import Benchmark

__all__ = ["plot_growth"]

_LINES = (("series_1", "o", "-"), ("series_2", "s", "--"), ("series_3", "^", "-."), ("series_4", "D", ":"))


@styled
def plot_growth(benchmark: Benchmark, measure: str, *, unit: str, subject: str) -> DescribedFigure:
    """Plot a measurement against the number of rows, both axes logarithmic, one panel per number of columns.

    Args:
        benchmark: A topic whose cases have `rows` and `columns`; correlated columns are left out.
        measure: Name of the measure in the file.
        unit: Unit of the measure, for the axis.
        subject: What is measured, for the axis and the text alternative.

    Returns:
        The figure.
    """
    results = [result for result in benchmark.results if not result["case"]["correlation"]]
    panels = sorted({result["case"]["columns"] for result in results})
    names = list(dict.fromkeys(name for result in results for name in result[measure]))
    summary = "; ".join(_describe_ends(results, measure, columns) for columns in (panels[0], panels[-1]))
    alt = (
        f"{subject} in {unit} against the number of rows, logarithmic axes, in panels of {', '.join(map(str, panels))} "
        f"columns, one line for each of {', '.join(names)}. {summary}."
    )
    figure, axes = new_figure(alt, width=7.2, height=3.4, columns=len(panels), sharey=True)
    for ax, columns in zip(axes, panels, strict=True):
        for name, (colour, marker, style) in zip(names, _LINES, strict=False):
            points = [r for r in results if r["case"]["columns"] == columns and name in r[measure]]
            rows = [r["case"]["rows"] for r in points]
            shown = [r[measure][name] for r in points]
            ax.plot(rows, shown, style, marker=marker, color=PALETTE[colour].light, label=name)
        ax.set(xscale="log", yscale="log", xlabel="rows", title=f"{columns} columns")
    axes[0].set_ylabel(f"{subject} ({unit})")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(names), fontsize=9)
    return figure


def _describe_ends(results: Sequence[Mapping[str, Any]], measure: str, columns: int) -> str:
    """Describe where each line of a panel begins and ends."""
    lines: dict[str, list[tuple[int, float]]] = {}
    for result in results:
        for name, value in result[measure].items() if result["case"]["columns"] == columns else ():
            lines.setdefault(name, []).append((result["case"]["rows"], value))
    ends = ", ".join(
        f"{name} from {line[0][1]:.3g} at {line[0][0]:,} rows to {line[-1][1]:.3g} at {line[-1][0]:,}"
        for name, line in lines.items()
    )
    return f"With {columns} columns: {ends}"
