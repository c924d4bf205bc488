"""Panels side by side stand one below the other on a narrow screen, and each says there what it says on a wide one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from test_figures import TITLE_NAMES_Y, draw, every_plot

from logreg_docs.figures.style import NARROW, DescribedFigure, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ALT = "Two panels, drawn to see where they go on a narrow screen."
PHONE = 390 / 96  # inches
OWN = {"plot_overview"}  # brings a narrow form of its own


@cache
def narrowed(topic: str, name: str) -> tuple[DescribedFigure, DescribedFigure | None]:
    figure = draw(topic, name)
    return figure, figure.for_narrow_screens()


def stacked(figure: DescribedFigure) -> DescribedFigure:
    made = figure.for_narrow_screens()
    assert made is not None
    return made


def pair(**grid: Any) -> tuple[DescribedFigure, list[Axes]]:
    figure, axes = new_figure(ALT, columns=2, **grid)
    for ax in axes:
        ax.plot([1, 2], [3, 4], label="a line of the legend")
    axes[0].set_ylabel("points")
    return figure, axes


@cache
def rendered(topic: str, name: str) -> str:
    """Return the picture of a narrow form, whose panels have their places when it is drawn."""
    _, narrow = narrowed(topic, name)
    assert narrow is not None
    return narrow.to_svg()


def tops_of_panels(figure: DescribedFigure) -> list[float]:
    return [ax.get_position().y1 for ax in figure.axes if ax.axison]


def side_by_side(figure: DescribedFigure) -> bool:
    rows = [spec.rowspan.start for ax in figure.axes if (spec := ax.get_subplotspec())]
    return len(rows) > len(set(rows))


@every_plot
def test_wide_figure_of_several_panels_has_a_form_that_fits_a_phone(topic: str, name: str) -> None:
    figure, narrow = narrowed(topic, name)
    assert (narrow is not None) == (figure.get_figwidth() > 6 and side_by_side(figure))
    if narrow is not None:
        assert narrow.get_figwidth() < (1.1 if name in OWN else 1) * PHONE
        assert all(legend.get_window_extent().width < narrow.bbox.width for legend in narrow.legends)


@every_plot
def test_stacked_panels_keep_their_order_and_say_what_they_measure(topic: str, name: str) -> None:
    figure, narrow = narrowed(topic, name)
    if narrow is None:
        return
    shown = [ax for ax in narrow.axes if ax.axison]
    assert [ax.get_title(loc="left") for ax in shown] == [ax.get_title(loc="left") for ax in figure.axes if ax.axison]
    assert narrow.alt == figure.alt
    if name not in OWN:
        rendered(topic, name)
        tops = tops_of_panels(narrow)
        assert tops == sorted(set(tops), reverse=True)
        for ax in shown:
            assert ax.get_xlabel()
            assert ax.get_ylabel() or name in TITLE_NAMES_Y
            assert ax.xaxis.get_tick_params()["labelbottom"]
            assert ax.yaxis.get_tick_params()["labelleft"]


@every_plot
def test_narrow_form_has_the_same_bytes_twice(topic: str, name: str) -> None:
    _, narrow = narrowed(topic, name)
    if narrow is not None:
        assert stacked(draw(topic, name)).to_svg() == rendered(topic, name)


def test_wide_figure_is_drawn_as_if_there_were_no_narrow_one() -> None:
    alone = pair(sharey=True)[0].to_svg()
    figure, _ = pair(sharey=True)
    figure.for_narrow_screens()
    assert figure.to_svg() == alone


@pytest.mark.parametrize(
    "grid", [{"columns": 1}, {"columns": 1, "rows": 2}, {"columns": 2, "width": 5.4}, {"columns": 2, "width": 3.9}]
)
def test_figure_that_can_be_read_on_a_phone_has_no_other_form(grid: dict[str, Any]) -> None:
    figure, _ = new_figure(ALT, **grid)
    assert figure.for_narrow_screens() is None


def test_figure_with_a_grid_within_a_grid_stays_as_it_is() -> None:
    figure, (left, right) = pair()
    spec = right.get_subplotspec()
    assert spec is not None
    figure.add_subplot(spec.subgridspec(2, 1)[0])
    assert figure.for_narrow_screens() is None
    assert left.get_subplotspec() is not None


def test_narrow_form_of_its_own_is_taken() -> None:
    figure, _ = pair()
    figure.narrow, _ = new_figure(ALT, width=3.0)
    assert figure.for_narrow_screens() is figure.narrow


def test_panels_of_two_rows_follow_each_other_row_by_row() -> None:
    figure, axes = new_figure(ALT, columns=2, rows=2)
    for ax, title in zip(axes, "abcd", strict=True):
        ax.set_title(title, loc="left")
    axes[2].set_visible(False)
    made = stacked(figure)
    assert made.get_figheight() == pytest.approx(3 * figure.get_figheight() / 2)
    made.to_svg()
    shown = sorted((ax for ax in made.axes if ax.get_visible()), key=lambda ax: -ax.get_position().y1)
    assert [ax.get_title(loc="left") for ax in shown] == ["a", "b", "d"]


def test_three_panels_are_seen_at_once_on_a_phone_and_many_keep_their_height() -> None:
    three, six = (stacked(new_figure(ALT, columns=columns, height=3.6)[0]) for columns in (3, 6))
    assert three.get_figheight() == pytest.approx(7.6)
    assert six.get_figheight() == pytest.approx(6 * 2.2)
    assert stacked(pair()[0]).get_figheight() == pytest.approx(2 * 3.0)


def test_bar_of_colours_and_second_axis_stay_with_their_panel() -> None:
    figure, (left, right) = pair()
    figure.colorbar(left.scatter([1, 2], [3, 4], c=[0, 1]), ax=left)
    left.twinx().set_ylabel("second axis")
    made = stacked(figure)
    made.to_svg()
    first, second, bar, twin = made.axes
    assert second.get_position().y1 < first.get_position().y0
    assert bar.get_position().x0 > first.get_position().x1
    assert bar.get_position().y0 == pytest.approx(first.get_position().y0)
    assert twin.get_position().bounds == first.get_position().bounds
    assert right.get_position().x0 > 0.5  # the figure itself is as it was


def test_wide_legend_is_folded_until_it_fits() -> None:
    figure, axes = pair()
    names = [f"a rather long name {k}" for k in range(4)]
    figure.legend([axes[0].lines[0]] * 4, names, loc="outside lower center", ncols=4, title="names", fontsize=9)
    made = stacked(figure)
    made.to_svg()
    (legend,) = made.legends
    assert [text.get_text() for text in legend.get_texts()] == names
    assert legend.get_title().get_text() == "names"
    assert legend.get_texts()[0].get_fontsize() == 9
    assert legend.get_window_extent().width < PHONE * 100
    assert len({round(text.get_window_extent().x0) for text in legend.get_texts()}) == 2


def test_narrow_form_is_shown_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    figure, _ = pair()
    monkeypatch.delenv(NARROW, raising=False)
    assert NARROW not in figure._repr_mimebundle_()[0]
    monkeypatch.setenv(NARROW, "1")
    data, _ = figure._repr_mimebundle_()
    assert data[NARROW] == stacked(figure).to_svg() != data["image/svg+xml"]
    assert NARROW not in new_figure(ALT)[0]._repr_mimebundle_()[0]
