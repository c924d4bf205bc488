"""One style for every figure, a text alternative that it must have, and its layout on narrow screens."""

from __future__ import annotations

import copy
import io
import os
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import matplotlib as mpl
from cycler import cycler
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.svg import compact_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from matplotlib.axes import Axes

__all__ = ["NARROW", "DescribedFigure", "draw_node", "new_figure", "styled"]

NARROW = "application/vnd.logreg-docs.narrow"
"""Media type of the form of a figure for narrow screens. A figure shows it where a variable of the environment has this
name: the site needs it, and a reader's notebook would only grow by it."""

P = ParamSpec("P")
R = TypeVar("R")


_STYLE: Any = {
    "axes.edgecolor": PALETTE["muted"].light,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": PALETTE["fg"].light,
    "axes.prop_cycle": cycler(color=[PALETTE[f"series_{k}"].light for k in range(1, 5)]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": PALETTE["grid"].light,
    "grid.linewidth": 0.7,
    "legend.facecolor": PALETTE["bg"].light,
    "legend.framealpha": 1.0,
    "legend.edgecolor": PALETTE["grid"].light,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "mathtext.fontset": "dejavusans",
    "patch.edgecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "logreg-docs",
    "text.color": PALETTE["fg"].light,
    "xtick.color": PALETTE["muted"].light,
    "ytick.color": PALETTE["muted"].light,
}


@contextmanager
def _style_alone() -> Iterator[None]:
    """Set the one style over Matplotlib's defaults, whatever settings the machine has of its own."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def styled(plot: Callable[P, R]) -> Callable[P, R]:
    """Run a figure function under the one style, leaving the caller's matplotlib settings alone."""

    @wraps(plot)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with _style_alone():
            return plot(*args, **kwargs)

    return wrapper


class DescribedFigure(Figure):
    """A figure that carries its own text alternative and shows itself as SVG in a notebook.

    `narrow` is a form of its own for narrow screens. Without one, panels side by side are put one below the other.
    """

    alt: str
    narrow: DescribedFigure | None = None

    def for_narrow_screens(self) -> DescribedFigure | None:
        """Return what a narrow screen shows instead, or None where the figure does as it is."""
        return self.narrow or _in_one_column(self)

    def to_svg(self) -> str:
        """Return the figure as SVG text in the light palette, with the same bytes on every run."""
        buffer = io.StringIO()
        with _style_alone():
            _mark_powers_alone(self)
            # Not `savefig`, which draws once more only to know where the axes lie; drawing lays them out itself.
            canvas = FigureCanvasSVG(self)
            canvas.print_svg(buffer, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
        return compact_svg(buffer.getvalue())

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        del include, exclude
        narrow = self.for_narrow_screens() if NARROW in os.environ else None
        data = {"image/svg+xml": self.to_svg(), "text/plain": f"Figure: {self.alt}"}
        return data | ({NARROW: narrow.to_svg()} if narrow else {}), {"image/svg+xml": {"alt": self.alt}}


def new_figure(
    alt: str, *, width: float = 6.8, height: float = 3.6, rows: int = 1, columns: int = 1, **grid: object
) -> tuple[DescribedFigure, list[Axes]]:
    """Start a figure that says in words what one should see in it.

    Args:
        alt: The text alternative: what the figure shows and what one should notice, in full sentences.
        width: Width in inches; 6.8 fills the text column.
        height: Height in inches.
        rows: Rows of axes.
        columns: Columns of axes.
        grid: Passed to `Figure.subplots`, such as `width_ratios` or `sharey`.

    Returns:
        The figure and its axes, row by row.

    Raises:
        ValueError: If `alt` has fewer than 20 characters and so cannot say what is to be seen.

    Examples:
        >>> figure, (axes,) = new_figure("An empty plot, drawn to show how a figure starts.")
        >>> axes.get_xlabel()
        ''
    """
    text = " ".join(alt.split())
    if len(text) < 20:  # noqa: PLR2004 - shorter than any sentence that describes a figure
        raise ValueError(f"alt must describe what one should see, in a sentence; got {text!r}.")
    figure = DescribedFigure(figsize=(width, height), layout="constrained")
    figure.alt = text
    axes = figure.subplots(rows, columns, squeeze=False, **grid)  # type: ignore[call-overload]
    return figure, list(axes.flat)


_DECADES = 3  # on an axis as long as this the marks between powers of ten run together, and take longest to draw


def _mark_powers_alone(figure: Figure) -> None:
    """Leave out the marks between powers of ten where a logarithmic axis is long."""
    for axis in [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) if axis.get_scale() == "log"]:
        low, high = sorted(axis.get_view_interval())
        if high >= 10**_DECADES * low:
            axis.minorticks_off()


_PHONE = 382 / 96  # inches, which fill a phone of 390 pixels
_LOW = 3.0  # inches: a higher panel leaves no room on a phone for what is said about it
_LOWEST = 2.2  # inches: in a lower panel no shape is seen
_SCREEN = 7.6  # inches: more cannot be seen at once on a phone below the site's header
_SHRINKS = 1.5  # how much wider than a phone a figure may be and still be read on it


def _in_one_column(figure: DescribedFigure) -> DescribedFigure | None:
    """Return a copy with the panels one below the other, or None where none of a wide grid stand side by side."""
    rows = len({row for row, _ in _panels(figure)})
    if figure.get_figwidth() < _SHRINKS * _PHONE or rows == len(_panels(figure)):
        return None
    made = copy.deepcopy(figure)
    panels = _panels(made)
    highest = min(_LOW, max(_SCREEN / len(panels), _LOWEST))
    made.set_size_inches(_PHONE, len(panels) * min(made.get_figheight() / rows, highest))
    column = made.add_gridspec(len(panels), 1)
    with mpl.rc_context(_STYLE):
        for place, (_, axes) in enumerate(sorted(panels.items())):
            for ax in axes:
                ax.set_subplotspec(column[place])
            _name_axes(axes)
        _fold_legends(made)
    return made


def _panels(figure: Figure) -> dict[tuple[int, int], list[Axes]]:
    """Return the axes in each cell of the figure's grid; nothing where there is no grid, or more than one."""
    placed = [(ax, spec) for ax in figure.axes if ax.get_visible() and (spec := ax.get_subplotspec())]
    if len({spec.get_gridspec() for _, spec in placed}) != 1:
        return {}
    panels: dict[tuple[int, int], list[Axes]] = {}
    for ax, spec in placed:
        panels.setdefault((spec.rowspan.start, spec.colspan.start), []).append(ax)
    return panels


def _name_axes(panels: Iterable[Axes]) -> None:
    """Give each panel the tick labels and the names of axes that a neighbour had for it."""
    for ax in panels:
        across, up = (shared.get_siblings(ax) for shared in (ax.get_shared_x_axes(), ax.get_shared_y_axes()))
        if len(across) > 1:
            ax.tick_params(axis="x", which="both", labelbottom=True)
            ax.set_xlabel(ax.get_xlabel() or next(filter(None, (other.get_xlabel() for other in across)), ""))
        if len(up) > 1:
            ax.tick_params(axis="y", which="both", labelleft=True)
            ax.set_ylabel(ax.get_ylabel() or next(filter(None, (other.get_ylabel() for other in up)), ""))


def _fold_legends(figure: DescribedFigure) -> None:
    """Put the figure's own legends above the panels, in as many columns as fit."""
    for wide in list(figure.legends):
        figure.legends.remove(wide)  # a copy's legend cannot: it would remove itself from the figure it was copied from
        handles, texts = [handle for handle in wide.legend_handles if handle], wide.get_texts()
        names, size = [text.get_text() for text in texts], texts[0].get_fontsize()
        title = wide.get_title().get_text() or None
        for columns in range(len(names), 0, -1):
            legend = figure.legend(handles, names, loc="outside upper left", ncols=columns, fontsize=size, title=title)
            if columns == 1 or legend.get_window_extent().width < figure.bbox.width:
                break
            legend.remove()


def draw_node(ax: Axes, x: float, y: float, label: str, *, size: float = 22.0, colour: str = "model") -> None:
    """Draw a node of a network: a filled circle with its name inside.

    Args:
        ax: Axes to draw on.
        x: Horizontal place.
        y: Vertical place.
        label: Name of the node; mathtext allowed.
        size: Diameter in points.
        colour: Role of the rim's colour in the palette.
    """
    ax.plot([x], [y], "o", ms=size, mfc=PALETTE["pale"].light, mec=PALETTE[colour].light, mew=1.4, zorder=3)
    ax.text(x, y, label, ha="center", va="center", zorder=4)
