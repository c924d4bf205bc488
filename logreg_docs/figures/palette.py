"""Every colour of the site by its role: figures, explorables and style sheets name a role, never a hue.

To change, say, the colour of the students who failed, change the line `class_0`. Chapters and text alternatives name
some hues in words: search them for the old one.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["HUES", "PALETTE", "Colour", "css_variables"]


class Colour(NamedTuple):
    """One colour in the light and in the dark scheme, as lower-case hex."""

    light: str
    dark: str


_BLUE = Colour("#0b62a4", "#74b9f5")
_ORANGE = Colour("#b3470c", "#ffa763")
_GREEN = Colour("#0a7757", "#52cfa5")
_MAGENTA = Colour("#a3266b", "#ff8dc0")

HUES = {"blue": _BLUE, "orange": _ORANGE, "green": _GREEN, "magenta": _MAGENTA}
"""The hues that roles share. Each can be read as text on every ground of the site, which a test checks."""

PALETTE: dict[str, Colour] = {
    "fg": Colour("#1d2733", "#e4e8ee"),  # text
    "muted": Colour("#5d6875", "#a3adba"),  # axes, captions
    "grid": Colour("#dde2e8", "#39424e"),  # grid lines, borders
    "bg": Colour("#fefefe", "#171c23"),  # page
    "primary": _BLUE,  # links, buttons, focus
    "accent": _ORANGE,  # a link under the mouse
    "model": _BLUE,  # the fitted line or curve, the path of a fit
    "rival": _ORANGE,  # what the model is compared with
    "error": _ORANGE,  # residuals, wrong decisions, warnings
    "optimum": _ORANGE,  # the lowest point of a loss
    "class_0": _ORANGE,  # rows with label 0, such as students who failed
    "class_1": _BLUE,  # rows with label 1, such as students who passed
    "class_2": _GREEN,  # rows of a third class
    "guide": _GREEN,  # tangents, directions, the best value to compare with
    "mark": _MAGENTA,  # what the text or the reader points at: a threshold, a peak, a moved point
    "series_1": _BLUE,  # lines of equal rank
    "series_2": _ORANGE,
    "series_3": _GREEN,
    "series_4": _MAGENTA,
    "pale": Colour("#cfe0f0", "#25435f"),  # areas behind lines
}
"""The colour of every role."""


def css_variables(scheme: Literal["light", "dark"]) -> str:
    """Return the palette as declarations of CSS variables.

    Args:
        scheme: Which of the two colours of each role.

    Returns:
        CSS such as `--lr-class-0:#b3470c`, separated by semicolons.

    Examples:
        >>> css_variables("dark")[:35]
        '--lr-fg:#e4e8ee;--lr-muted:#a3adba;'
    """
    return ";".join(f"--lr-{role.replace('_', '-')}:{getattr(colour, scheme)}" for role, colour in PALETTE.items())
