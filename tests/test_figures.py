"""What every figure owes its reader, asked of every public plot function; its own file asks what it draws.

A topic's test file `test_figures_<topic>.py` holds `DRAW`, which draws each plot function of the topic once.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import matplotlib as mpl
import pytest
from matplotlib.text import Text

from logreg_docs import figures
from logreg_docs.figures.style import new_figure
from logreg_docs.figures.svg import themed

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from logreg_docs.figures.style import DescribedFigure

TOPICS = sorted({module.name for module in iter_modules(figures.__path__)} - {"palette", "style", "svg"})
PLOTS = [
    (topic, name)
    for topic in TOPICS
    for name in import_module(f"logreg_docs.figures.{topic}").__all__
    if name.startswith("plot_")
]
TITLE_NAMES_Y = {  # the quantity on the vertical axis stands above its panel
    "plot_convexity",
    "plot_epsilon",
    "plot_log_likelihood",
    "plot_losses",
    "plot_two_slices",
}
every_plot = pytest.mark.parametrize(("topic", "name"), PLOTS, ids=[f"{topic}.{name}" for topic, name in PLOTS])


def drawings(topic: str) -> dict[str, Callable[[], DescribedFigure]]:
    found: dict[str, Callable[[], DescribedFigure]] = import_module(f"test_figures_{topic}").DRAW
    return found


def draw(topic: str, name: str) -> DescribedFigure:
    assert name in drawings(topic), f"add {name} to DRAW in tests/test_figures_{topic}.py"
    return drawings(topic)[name]()


@cache
def rendered(topic: str, name: str) -> tuple[DescribedFigure, str]:
    figure = draw(topic, name)
    return figure, figure.to_svg()


def says_what_it_measures(ax: Axes, *, title_names_y: bool) -> bool:
    """Whether both axes have a label, on this panel or on one that shares the axis."""
    sharing_x, sharing_y = ax.get_shared_x_axes().get_siblings(ax), ax.get_shared_y_axes().get_siblings(ax)
    named_y = any(other.get_ylabel() for other in sharing_y) or (title_names_y and ax.get_title(loc="left"))
    return bool(named_y) and any(other.get_xlabel() for other in sharing_x)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_draws_its_plot_functions_and_no_others(topic: str) -> None:
    assert sorted(drawings(topic)) == sorted(name for found, name in PLOTS if found == topic)


@every_plot
def test_figure_is_light(topic: str, name: str) -> None:
    assert len(rendered(topic, name)[1]) < 120_000


def test_settings_of_the_machine_change_no_figure() -> None:
    _, usual = rendered(*PLOTS[0])
    with mpl.rc_context({"axes.labelsize": 20, "lines.linestyle": ":"}):
        assert draw(*PLOTS[0]).to_svg() == usual


def test_a_figure_is_drawn_once_when_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    figure, (ax,) = new_figure("A line from left to right, drawn to count how often it is drawn.")
    (line,) = ax.plot([0, 1], [0, 1])
    drawn: list[None] = []
    draw_line = line.draw
    monkeypatch.setattr(line, "draw", lambda renderer: drawn.append(draw_line(renderer)))
    figure.to_svg()
    assert len(drawn) == 1


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize(("high", "marked"), [(999.0, True), (1000.0, False)])
def test_marks_between_powers_of_ten_go_where_the_axis_is_long(axis: str, high: float, *, marked: bool) -> None:
    figure, (ax,) = new_figure("A line from low to high, drawn to see which marks its axis has.")
    ax.plot([1.0, high], [1.0, high])
    ax.set(**{f"{axis}scale": "log", f"{axis}lim": (1.0, high)})
    figure.to_svg()
    found = {"x": ax.xaxis, "y": ax.yaxis}[axis]
    assert bool(len(found.get_minorticklocs())) is marked
    assert len(found.get_majorticklocs()) > 2


@every_plot
def test_figure_says_in_sentences_what_one_should_see(topic: str, name: str) -> None:
    alt = rendered(topic, name)[0].alt
    assert len(alt) > 100
    assert alt.endswith(".")
    assert "nan" not in alt.split()


@every_plot
def test_every_axis_of_the_figure_says_what_it_measures(topic: str, name: str) -> None:
    panels = [ax for ax in rendered(topic, name)[0].axes if ax.axison]
    title_names_y = name in TITLE_NAMES_Y
    assert [ax for ax in panels if not says_what_it_measures(ax, title_names_y=title_names_y)] == []


@every_plot
def test_every_colour_of_the_figure_has_a_dark_counterpart(topic: str, name: str) -> None:
    picture = themed(rendered(topic, name)[1])
    drawn = picture[picture.index("</style>") :]
    assert "#" not in drawn.replace('"#', "").replace("url(#", "")


@every_plot
def test_text_of_the_figure_is_large_enough_to_read(topic: str, name: str) -> None:
    figure, _ = rendered(topic, name)
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text() and text.get_visible()]
    assert [text.get_text() for text in texts if float(text.get_fontsize()) < 9] == []
