"""Draw the cover of the book, which shelves and libraries show small."""

from __future__ import annotations

import io

import numpy as np

from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import new_figure, styled
from logreg_docs.sigmoid import sigmoid

__all__ = ["draw_cover"]

_WIDTH, _HEIGHT, _DOTS = 6.0, 9.6, 200  # inches, and dots an inch: 1200 x 1920 pixels


@styled
def draw_cover(title: str) -> bytes:
    """Return the cover as PNG: the title above a sigmoid between its two labels.

    Args:
        title: The title of the book, with a line for each of its words.
    """
    figure, (axes,) = new_figure(f"The cover of {title}.", width=_WIDTH, height=_HEIGHT)
    figure.set_layout_engine("none")
    figure.set_facecolor(PALETTE["bg"].light)
    figure.text(0.1, 0.9, "\n".join(title.split()), size=44, family="DejaVu Serif", va="top", linespacing=1.2)
    axes.set_position((0, 0.12, 1, 0.42))
    axes.set_axis_off()
    z = np.linspace(-7, 7, 400)
    for level, colour, side in ((0, "class_0", z < 0), (1, "class_1", z >= 0)):
        axes.axhline(level, color=PALETTE["grid"].light, lw=2)
        axes.plot(z[side], sigmoid(z[side]), color=PALETTE[colour].light, lw=9)
    axes.set(xlim=(-7, 7), ylim=(-0.08, 1.08))
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=_DOTS, metadata={"Software": None})
    return written.getvalue()
