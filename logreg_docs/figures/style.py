"""One look for every figure: palette, sizes, text that must describe it, and SVG for light and dark.

A figure is drawn in the light palette. [`themed`][logreg_docs.figures.style.themed] turns its colours into CSS
variables, so that one file serves both colour schemes of the site.
"""

from __future__ import annotations

import io
import re
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import matplotlib as mpl
from cycler import cycler
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

__all__ = ["PALETTE", "Colour", "DescribedFigure", "draw_node", "new_figure", "styled", "themed"]

P = ParamSpec("P")
R = TypeVar("R")


class Colour(NamedTuple):
    """One colour of the palette in both schemes, as lower-case hex."""

    light: str
    dark: str


PALETTE: dict[str, Colour] = {
    "fg": Colour("#1d2733", "#e4e8ee"),
    "muted": Colour("#5d6875", "#a3adba"),
    "grid": Colour("#dde2e8", "#39424e"),
    "bg": Colour("#fefefe", "#171c23"),
    "blue": Colour("#0b62a4", "#74b9f5"),  # class 1, the model
    "orange": Colour("#b3470c", "#ffa763"),  # class 0, errors
    "green": Colour("#0a7757", "#52cfa5"),
    "magenta": Colour("#a3266b", "#ff8dc0"),
    "pale": Colour("#cfe0f0", "#25435f"),  # areas behind lines
}
"""Every colour of the site by its role, the same for figures and pages."""

_STYLE: Any = {
    "axes.edgecolor": PALETTE["muted"].light,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": PALETTE["fg"].light,
    "axes.prop_cycle": cycler(color=[PALETTE[c].light for c in ("blue", "orange", "green", "magenta")]),
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
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "logreg-docs",
    "text.color": PALETTE["fg"].light,
    "xtick.color": PALETTE["muted"].light,
    "ytick.color": PALETTE["muted"].light,
}


def styled(plot: Callable[P, R]) -> Callable[P, R]:
    """Run a figure function under the one style, leaving the caller's matplotlib settings alone."""

    @wraps(plot)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(_STYLE):
            return plot(*args, **kwargs)

    return wrapper


class DescribedFigure(Figure):
    """A figure that carries its own text alternative and shows itself as SVG in a notebook."""

    alt: str

    def to_svg(self) -> str:
        """Return the figure as SVG text in the light palette, with the same bytes on every run."""
        buffer = io.StringIO()
        with mpl.rc_context(_STYLE):
            FigureCanvasSVG(self)
            self.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return _compact(buffer.getvalue())

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        del include, exclude
        data = {"image/svg+xml": self.to_svg(), "text/plain": f"Figure: {self.alt}"}
        return data, {"image/svg+xml": {"alt": self.alt}}


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


def draw_node(ax: Axes, x: float, y: float, label: str, *, size: float = 22.0, colour: str = "blue") -> None:
    """Draw a node of a network: a filled circle with its name inside.

    Args:
        ax: Axes to draw on.
        x: Horizontal place.
        y: Vertical place.
        label: Name of the node; mathtext allowed.
        size: Diameter in points.
        colour: Name of the rim's colour in the palette.
    """
    ax.plot([x], [y], "o", ms=size, mfc=PALETTE["pale"].light, mec=PALETTE[colour].light, mew=1.4, zorder=3)
    ax.text(x, y, label, ha="center", va="center", zorder=4)


def themed(svg: str) -> str:
    """Make one SVG serve both schemes: its URL with `#only-dark` shows the dark palette, any other the light one."""
    for name, colour in PALETTE.items():
        svg = svg.replace(colour.light, f"var(--{name})")
    light, dark = (";".join(f"--{n}:{c[i]}" for n, c in PALETTE.items()) for i in (0, 1))
    start = svg.index(">", svg.index("<svg")) + 1
    switch = f'<g id="only-light"/><g id="only-dark"/><style>svg{{{light}}}#only-dark:target~*{{{dark}}}</style>'
    return svg[:start] + switch + svg[start:]


_GLYPH = re.compile(r'(?P<head><path id="[^"]+" )d="(?P<d>[^"]*)" transform="scale\(0\.015625\)"')
_COARSE = 16  # a sixteenth of matplotlib's glyph grid is still a fortieth of a point


def _coarse_glyph(match: re.Match[str]) -> str:
    """Put the outline of a letter on a coarser grid, which takes a third off the weight of a figure."""
    outline = re.sub(r"-?\d+(?:\.\d+)?", lambda m: f"{round(float(m[0]) / _COARSE):d}", match["d"])
    return f'{match["head"]}d="{outline}" transform="scale({_COARSE / 64})"'


def _round_coordinates(match: re.Match[str]) -> str:
    """Keep a tenth of a point of a path and a hundredth of a place, without the spaces that SVG does not need."""
    digits = 1 if match[0].startswith("d=") else 2
    rounded = re.sub(r"-?\d+\.\d{2,}", lambda m: f"{float(m[0]):.{digits}f}", match[0])
    return re.sub(r"\s*([MLQCz])\s*", r"\1", rounded) if digits == 1 else rounded


def _compact(svg: str) -> str:
    """Drop what no reader sees: prologue, comments, empty metadata, digits below a hundredth of a point."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = _GLYPH.sub(_coarse_glyph, svg)
    svg = re.sub(r'(?<=\s)(?:d|x|y)="[^"]*"|translate\([^)]*\)', _round_coordinates, svg)
    return re.sub(r">\s+<", "><", svg)
