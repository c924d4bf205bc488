"""The style of every figure, its mandatory text alternative, and its layout on narrow screens."""

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

__all__ = ["CLASSES", "NARROW", "DescribedFigure", "draw_node", "new_figure", "styled"]

CLASSES = ((0, "s", PALETTE["class_0"].light), (1, "o", PALETTE["class_1"].light))
"""Label, marker and colour of the rows of each class, which differ in more than their colour."""

NARROW = "application/vnd.logreg-docs.narrow"
"""Media type of the version of a figure for narrow screens. A figure outputs it only if an environment variable of this
name is set: the site needs it, but it would only make a reader's notebook larger."""

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
def _isolated_style() -> Iterator[None]:
    """Apply the style to Matplotlib's defaults, ignoring the settings of the user."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def styled(plot: Callable[P, R]) -> Callable[P, R]:
    """Decorate a figure function to use the style without changing the caller's Matplotlib settings."""

    @wraps(plot)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with _isolated_style():
            return plot(*args, **kwargs)

    return wrapper


class DescribedFigure(Figure):
    """A Matplotlib figure with a text alternative, displayed as SVG in a notebook.

    `narrow` is a version for narrow screens. Without it, panels side by side are stacked there.
    """

    alt: str
    narrow: DescribedFigure | None = None

    def for_narrow_screens(self) -> DescribedFigure | None:
        """Return the version for narrow screens, or None if the figure itself is narrow enough."""
        return self.narrow or _stacked(self)

    def to_svg(self) -> str:
        """Return the figure as SVG in the light colours, with the same bytes on every run."""
        buffer = io.StringIO()
        with _isolated_style():
            _remove_minor_ticks(self)
            # `savefig` would draw twice, first only to lay out the axes, which drawing does anyway.
            canvas = FigureCanvasSVG(self)
            canvas.print_svg(buffer, metadata={"Date": None, "Creator": None})
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
    """Create a figure with its text alternative.

    Args:
        alt: Text alternative: what the figure shows and what a reader should notice, in full sentences.
        width: Width in inches; 6.8 fills the text column.
        height: Height in inches.
        rows: Rows of axes.
        columns: Columns of axes.
        grid: Passed to `Figure.subplots`, such as `width_ratios` or `sharey`.

    Returns:
        The figure and its axes, row by row.

    Raises:
        ValueError: If `alt` is shorter than 20 characters.

    Examples:
        >>> figure, (axes,) = new_figure("An empty plot, drawn to show how a figure starts.")
        >>> axes.get_xlabel()
        ''
    """
    text = " ".join(alt.split())
    if len(text) < 20:  # noqa: PLR2004 - too short to describe a figure
        raise ValueError(f"alt must describe what one should see, in a sentence; got {text!r}.")
    figure = DescribedFigure(figsize=(width, height), layout="constrained")
    figure.alt = text
    axes = figure.subplots(rows, columns, squeeze=False, **grid)  # type: ignore[call-overload]
    return figure, list(axes.flat)


_MAX_DECADES = 3  # on a longer axis, minor ticks run together and take longest to draw


def _remove_minor_ticks(figure: Figure) -> None:
    """Remove the minor ticks of long logarithmic axes."""
    for axis in [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) if axis.get_scale() == "log"]:
        low, high = sorted(axis.get_view_interval())
        if high >= 10**_MAX_DECADES * low:
            axis.minorticks_off()


_PHONE_WIDTH = 382 / 96  # inches: the width of a phone, 390 pixels, without margins
_MAX_PANEL_HEIGHT = 3.0  # inches: a higher panel leaves no room for text on a phone
_MIN_PANEL_HEIGHT = 2.2  # inches: in a lower panel, curves look flat
_PHONE_HEIGHT = 7.6  # inches: the height of a phone below the header of the site
_MAX_SHRINKING = 1.5  # a figure this much wider than a phone is still readable on it


def _stacked(figure: DescribedFigure) -> DescribedFigure | None:
    """Return a copy with the panels stacked, or None if the figure is narrow or has no panels side by side."""
    rows = len({row for row, _ in _panels(figure)})
    if figure.get_figwidth() < _MAX_SHRINKING * _PHONE_WIDTH or rows == len(_panels(figure)):
        return None
    made = copy.deepcopy(figure)
    panels = _panels(made)
    highest = min(_MAX_PANEL_HEIGHT, max(_PHONE_HEIGHT / len(panels), _MIN_PANEL_HEIGHT))
    made.set_size_inches(_PHONE_WIDTH, len(panels) * min(made.get_figheight() / rows, highest))
    column = made.add_gridspec(len(panels), 1)
    with mpl.rc_context(_STYLE):
        for place, (_, axes) in enumerate(sorted(panels.items())):
            for ax in axes:
                ax.set_subplotspec(column[place])
            _label_axes(axes)
        _wrap_legends(made)
    return made


def _panels(figure: Figure) -> dict[tuple[int, int], list[Axes]]:
    """Return the axes in each cell of the grid; nothing if there is no grid or more than one."""
    placed = [(ax, spec) for ax in figure.axes if ax.get_visible() and (spec := ax.get_subplotspec())]
    if len({spec.get_gridspec() for _, spec in placed}) != 1:
        return {}
    panels: dict[tuple[int, int], list[Axes]] = {}
    for ax, spec in placed:
        panels.setdefault((spec.rowspan.start, spec.colspan.start), []).append(ax)
    return panels


def _label_axes(panels: Iterable[Axes]) -> None:
    """Give each panel the tick labels and axis labels that it shared with a neighbour."""
    for ax in panels:
        across, up = (shared.get_siblings(ax) for shared in (ax.get_shared_x_axes(), ax.get_shared_y_axes()))
        if len(across) > 1:
            ax.tick_params(axis="x", which="both", labelbottom=True)
            ax.set_xlabel(ax.get_xlabel() or next(filter(None, (other.get_xlabel() for other in across)), ""))
        if len(up) > 1:
            ax.tick_params(axis="y", which="both", labelleft=True)
            ax.set_ylabel(ax.get_ylabel() or next(filter(None, (other.get_ylabel() for other in up)), ""))


def _wrap_legends(figure: DescribedFigure) -> None:
    """Move the legends of the figure above the panels, in as many columns as fit."""
    for wide in list(figure.legends):
        figure.legends.remove(wide)  # `Legend.remove` of a copy would act on the original figure
        handles, texts = [handle for handle in wide.legend_handles if handle], wide.get_texts()
        names, size = [text.get_text() for text in texts], texts[0].get_fontsize()
        title = wide.get_title().get_text() or None
        for columns in range(len(names), 0, -1):
            legend = figure.legend(handles, names, loc="outside upper left", ncols=columns, fontsize=size, title=title)
            if columns == 1 or legend.get_window_extent().width < figure.bbox.width:
                break
            legend.remove()


def draw_node(ax: Axes, x: float, y: float, label: str, *, size: float = 22.0, colour: str = "model") -> None:
    """Draw a node of a network: a filled circle with a label inside.

    Args:
        ax: Axes to draw on.
        x: Horizontal coordinate.
        y: Vertical coordinate.
        label: Label of the node; mathtext allowed.
        size: Diameter in points.
        colour: Role of the rim's colour in the palette.
    """
    ax.plot([x], [y], "o", ms=size, mfc=PALETTE["pale"].light, mec=PALETTE[colour].light, mew=1.4, zorder=3)
    ax.text(x, y, label, ha="center", va="center", zorder=4)
