"""Growth curves of what `make bench` measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from logreg_docs.figures.style import PALETTE, DescribedFigure, new_figure, styled

if TYPE_CHECKING:
    from logreg_docs.benchmarks import Benchmark

__all__ = ["plot_growth"]

_LOOKS = (("blue", "o", "-"), ("orange", "s", "--"), ("green", "^", "-."), ("magenta", "D", ":"))


@styled
def plot_growth(benchmark: Benchmark, measure: str, *, unit: str, subject: str) -> DescribedFigure:
    """Draw a measure against the number of rows, both axes logarithmic, one panel per number of columns.

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
    last = max(results, key=lambda result: result["case"]["rows"] / result["case"]["columns"])
    values = ", ".join(f"{name} {last[measure][name]:.3g}" for name in last[measure])
    alt = (
        f"{subject} in {unit} against the number of rows, logarithmic axes, in panels of {', '.join(map(str, panels))} "
        f"columns, one line for each of {', '.join(names)}. At {last['case']['rows']:,} rows and "
        f"{last['case']['columns']} columns: {values}."
    )
    figure, axes = new_figure(alt, width=7.2, height=3.4, columns=len(panels), sharey=True)
    for ax, columns in zip(axes, panels, strict=True):
        for name, (colour, marker, style) in zip(names, _LOOKS, strict=False):
            points = [r for r in results if r["case"]["columns"] == columns and name in r[measure]]
            rows = [r["case"]["rows"] for r in points]
            shown = [r[measure][name] for r in points]
            ax.plot(rows, shown, style, marker=marker, color=PALETTE[colour].light, label=name)
        ax.set(xscale="log", yscale="log", xlabel="rows", title=f"{columns} columns")
    axes[0].set_ylabel(f"{subject} ({unit})")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(names), fontsize=9)
    return figure
