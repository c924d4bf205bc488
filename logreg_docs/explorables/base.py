r"""The parts of every explorable: a question, drawings, controls, a caption that describes the state, and data.

Python draws the complete default state, which needs no JavaScript; the controls are hidden where there is none. With
JavaScript, a module of the page takes over the same nodes without moving any of them, and tests compare every formula
of the module with this package.

To add one, say `sigmoid`:

1. `logreg_docs/explorables/sigmoid.py`: `explore_sigmoid() -> Explorable`. Compute with the package, draw with
   `draw`, put `data-x="name"` on each node that moves, and everything that JavaScript needs into `data`: values, axes
   (`Scale.json()`), slider values by index, words. Export a pure function from state to caption, so that a test can
   predict the caption on the page: at most 40 words in every state. Where there are more than two panels, name `views`.
2. `docs/assets/explorables/sigmoid.js`: the type `Data` of what it is handed, and a subclass of `Explorable<Data>` with
   `setup()`, `draw()` and `snapshot()`, registered by `define("sigmoid", ...)`. Pure mathematics goes into `core.js`,
   or is exported beside the class.
3. In the chapter one block, ```` ```python exec="hide" ````, whose last line is `explore_sigmoid()`.
4. `tests/test_explorables_sigmoid.py` for Python and `tests/browser/test_explorables_sigmoid.py`, which inherits the
   common checks from `explorable_checks.py` and adds its own formulas.
5. `::: logreg_docs.explorables.sigmoid` on `docs/reference/sigmoid.md`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logreg_docs.figures.palette import css_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from logreg_docs.explorables.draw import Panel

__all__ = ["MIME", "Explorable", "button", "drawing_style", "radios", "slider"]

MIME = "application/vnd.logreg-docs.explorable"
"""Media type of the HTML of an explorable in the output of a notebook."""

_GAP = 12
_HELP = "Drag a ring, or focus it and press the arrow keys."
_SHOW = "Show"
_MOST = 2  # panels at a time on a narrow page


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorable:
    """An interactive figure, complete in its default state.

    Args:
        name: Name of its JavaScript module and, with hyphens, of its element `lr-name`.
        question: What the reader should predict before moving anything; HTML.
        panels: Drawings by the letter of their grid area.
        layout: Rows of letters that arrange the panels on a wide page.
        views: What a narrow page shows at a time: letters of at most two panels, and a name to choose them by. The
            first is shown until another is chosen. Without views it stacks all panels.
        controls: HTML within the fieldset, made by `slider`, `button` and `radios`.
        caption: Description of the default state, with its numbers.
        help: More help, shown after the sentence that all explorables have.
        data: What the JavaScript needs: values, axes, words. Only what JSON can hold.

    Raises:
        ValueError: If the letters of `layout` or `views` are not those of `panels`, a view has more than two, or there
            is not one question.

    Examples:
        >>> from logreg_docs.explorables.draw import Panel
        >>> panel = Panel(width=320, height=100, body="<path d='M0,0h9'/>", label="A line.")
        >>> shown = Explorable(name="a_line", question="Will it move?", panels={"a": panel}, layout=("a",),
        ...                    controls="", caption="It lies still.", data={"at": 3})
        >>> shown.element
        'lr-a-line'
    """

    name: str
    question: str
    panels: Mapping[str, Panel]
    layout: tuple[str, ...]
    controls: str
    caption: str
    views: tuple[tuple[str, str], ...] = ()
    help: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if set("".join(self.layout)) != set(self.panels):
            raise ValueError(f"layout must name the panels {sorted(self.panels)}, got {self.layout}.")
        seen = [letters for letters, _ in self.views] or ["".join(self.panels)]
        if set("".join(seen)) != set(self.panels) or max(map(len, seen)) > _MOST:
            raise ValueError(f"views must show all of {sorted(self.panels)}, at most {_MOST} at a time, got {seen}.")
        if self.question.count("?") != 1:
            raise ValueError(f"question must be one, about what will happen, got {self.question!r}.")

    @property
    def element(self) -> str:
        """Name of the HTML element."""
        return "lr-" + self.name.replace("_", "-")

    @property
    def alt(self) -> str:
        """Text alternative of the default state."""
        return " ".join([*(panel.label for panel in self.panels.values()), self.caption])

    def to_html(self) -> str:
        """Return the figure as HTML, in which `@id@` stands for a prefix that is unique on the page."""
        areas = " ".join(f"'{' '.join(row)}'" for row in self.layout)
        drawn = "".join(panel.svg(area) for area, panel in self.panels.items())
        help_text = f"{_HELP} {self.help}".strip()
        views = f'<div class="x-views">{radios("view", _SHOW, self.views)}</div>' if self.views else ""
        data = escape(json.dumps(self.data, separators=(",", ":"), ensure_ascii=False), quote=False)
        return (
            f'<{self.element} class="lr-x" id="@id@" data-search-exclude><figure>'
            f'<p class="x-ask"><strong>Predict.</strong> {self.question}</p>{views}'
            f'<div class="x-panels" style="--areas:{areas}">{drawn}</div>'
            f'<fieldset disabled><legend class="x-sr">Controls</legend>{self.controls}'
            f'<p class="x-help">{escape(help_text, quote=False)}</p></fieldset>'
            f'<figcaption data-x="caption">{escape(self.caption, quote=False)}</figcaption></figure>'
            f'<p class="x-sr" role="status" data-x="live"></p><template>{data}</template></{self.element}>'
        )

    def to_svg(self) -> str:
        """Return the default state as one SVG in the light colours, for places without JavaScript."""
        columns = max(map(len, self.layout))
        width = columns * (320 + _GAP) - _GAP
        placed, height = self._placed()
        style = re.sub(r"/\*.*?\*/|\n", "", drawing_style(), flags=re.DOTALL)
        colours = css_variables("light")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="lr-x" style="{colours}" width="{width * 0.75:g}pt" '
            f'height="{height * 0.75:g}pt" viewBox="0 0 {width} {height}"><style>{style}</style>{placed}</svg>'
        ).replace("@id@", f"{self.name}-static")

    def _placed(self) -> tuple[str, int]:
        """Return the panels in their places, and the height of the whole."""
        bottom = [0] * max(map(len, self.layout))
        placed = ""
        for area, panel in self.panels.items():
            column = next(row.index(area) for row in self.layout if area in row)
            place = f' x="{column * (320 + _GAP)}" y="{bottom[column]}" width="{panel.width}" height="{panel.height}"'
            placed += panel.svg(more=place)
            bottom[column] += panel.height + _GAP
        return placed, max(bottom) - _GAP

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, object]]:
        del include, exclude
        data = {MIME: self.to_html(), "image/svg+xml": self.to_svg(), "text/plain": f"Explorable: {self.alt}"}
        return data, {"image/svg+xml": {"alt": self.alt}, MIME: {"question": self.question, "caption": self.caption}}


def drawing_style() -> str:
    """Return the style of the drawings, which pages and the pictures in notebooks share.

    Returns:
        The text of `drawing.css`, read anew on each call so that a page is executed again when it changes.
    """
    return Path(__file__).with_name("drawing.css").read_text(encoding="utf-8")


def slider(name: str, label: str, *, highest: int, value: int, shown: str, spoken: str = "", more: str = "") -> str:
    """Return a labelled slider over whole numbers with an output beside it.

    For values that are not whole numbers, the slider holds an index into a list of exact values.

    Args:
        name: Name of the input in the JavaScript; its output is `name + "Out"`.
        label: What it sets, with its unit.
        highest: Largest value; the smallest is 0.
        value: Value at the start.
        shown: Text of the output at the start.
        spoken: Text for screen readers, if it differs from `shown`.
        more: HTML on the track, such as a mark for a limit.

    Returns:
        HTML.
    """
    return (
        f'<div class="x-row"><label for="@id@-{name}">{escape(label)}</label><span class="x-track">'
        f'<input type="range" id="@id@-{name}" data-x="{name}" max="{highest}" value="{value}" autocomplete="off" '
        f'aria-valuetext="{escape(spoken or shown)}">{more}</span>'
        f'<output for="@id@-{name}" data-x="{name}Out">{escape(shown)}</output></div>'
    )


def button(name: str, text: str) -> str:
    """Return a button.

    Args:
        name: Name of the button in the JavaScript.
        text: Its text.

    Returns:
        HTML.
    """
    return f'<button type="button" data-x="{name}">{escape(text)}</button>'


def radios(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    """Return a group of radio buttons, the first of them checked.

    Args:
        name: Name of the group; the JavaScript selects its inputs by `[name$=-name]`.
        label: Label of the group.
        options: Value and text of each.

    Returns:
        HTML.
    """
    made = "".join(
        f'<label class="x-choice"><input type="radio" name="@id@-{name}" value="{value}" autocomplete="off"'
        f"{'' if i else ' checked'}> "
        f"{escape(text)}</label>"
        for i, (value, text) in enumerate(options)
    )
    return (
        f'<div class="x-radios" role="radiogroup" aria-label="{escape(label)}"><span>{escape(label)}</span>{made}</div>'
    )
