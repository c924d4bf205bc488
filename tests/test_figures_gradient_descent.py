"""Pictures of gradient descent show what they were handed, say it in words and do not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from logreg_docs.figures.gradient_descent import (
    ContourPanel,
    CurveWalk,
    plot_contour_paths,
    plot_curve_walks,
    plot_downhill_walk,
    plot_grid_search,
    plot_per_step,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from logreg_docs.figures.style import DescribedFigure

GRID = np.linspace(-2.0, 2.0, 30)
PATH = np.array([-1.5, -0.5, -0.2])
WALK = CurveWalk(title="one walk", path=PATH, heights=PATH**2)
WALKS = [CurveWalk(title=f"walk {k}", path=PATH * k, heights=(PATH * k) ** 2) for k in (0.5, 1.0)]
PANEL = ContourPanel(
    title="a valley",
    w=GRID,
    b=GRID[:20],
    log_loss=GRID**2 + GRID[:20, None] ** 2,
    path_w=PATH,
    path_b=PATH / 2,
    optimum=(0.0, 0.5),
    w_label="w",
)
STEPS = np.arange(3.0)
CURVES = {"slow": (STEPS, np.array([3.0, 2.0, 1.5])), "quick": (STEPS, np.array([3.0, 1.0, 0.5]))}
SCORES = np.array([[0.5, 0.4, 0.7], [0.6, 0.3, 0.9]])

DRAW: dict[str, Callable[[], DescribedFigure]] = {
    "plot_downhill_walk": lambda: plot_downhill_walk(GRID, GRID**2, walk=WALK, slopes=2 * PATH),
    "plot_curve_walks": lambda: plot_curve_walks(GRID, GRID**2, walks=WALKS, xlabel="x", ylabel="f"),
    "plot_contour_paths": lambda: plot_contour_paths([PANEL, PANEL]),
    "plot_per_step": lambda: plot_per_step(CURVES, log_y=True),
    "plot_grid_search": lambda: plot_grid_search(
        [0.1, 1.0], [10, 20, 30], SCORES, row_label="rate", column_label="steps", score_label="log loss (nats)"
    ),
}


def drawn(ax: Axes, values: NDArray[np.float64], axis: int) -> bool:
    return any(np.array_equal(np.asarray(line.get_xydata())[:, axis], values) for line in ax.lines)


def test_downhill_walk_draws_curve_walk_and_tangents() -> None:
    figure = DRAW["plot_downhill_walk"]()
    (ax,) = figure.axes
    assert drawn(ax, GRID**2, 1)
    assert drawn(ax, PATH, 0)
    assert drawn(ax, WALK.heights, 1)
    slopes = {
        round(float(np.diff(line.get_ydata())[0] / np.diff(line.get_xdata())[0]), 9)
        for line in ax.lines
        if np.size(line.get_xdata()) == 2
    }
    assert slopes == {-3.0, -1.0, -0.4}


@pytest.mark.parametrize(("start", "sign"), [(-1.5, -1.0), (1.5, 1.0)])
def test_gradient_arrow_points_uphill_and_step_arrow_downhill(start: float, sign: float) -> None:
    walk = CurveWalk(title="one", path=np.array([start, start / 2]), heights=np.array([start**2, start**2 / 4]))
    (ax,) = plot_downhill_walk(GRID, GRID**2, walk=walk, slopes=2 * walk.path).axes
    gradient, step = (text.xy for text in ax.texts if hasattr(text, "xy"))
    assert np.sign(gradient[0] - start) == sign
    assert np.sign(step[0] - start) == -sign


def test_curve_walks_draw_each_walk_in_its_panel() -> None:
    for ax, walk in zip(DRAW["plot_curve_walks"]().axes, WALKS, strict=True):
        assert drawn(ax, walk.path, 0)
        assert drawn(ax, walk.heights, 1)
        assert ax.get_title(loc="left") == walk.title


def test_curve_walks_say_how_often_a_walk_crosses_the_lowest_point() -> None:
    x = np.linspace(-2.0, 2.0, 41)
    paths = {"jumps": np.array([2.0, -1.5, 1.0]), "creeps": x[:3]}
    walks = [CurveWalk(title=title, path=path, heights=path**2) for title, path in paths.items()]
    alt = plot_curve_walks(x, x**2, walks=walks, xlabel="x", ylabel="y").alt
    assert "jumps: from 4 to 1, stepping over the lowest point 2 times" in alt
    assert "creeps: from 4 to 3.24, stepping over the lowest point 0 times" in alt


def test_contours_draw_path_start_and_minimum() -> None:
    for ax in DRAW["plot_contour_paths"]().axes:
        assert drawn(ax, PANEL.path_w, 0)
        assert drawn(ax, PANEL.path_b, 1)
        assert drawn(ax, np.array([0.5]), 1)
        assert ax.get_xlim() == (GRID[0], GRID[-1])


def test_lines_per_step_draw_every_setting_on_the_scale_asked_for() -> None:
    (ax,) = DRAW["plot_per_step"]().axes
    assert ax.get_yscale() == "log"
    assert [line.get_label() for line in ax.lines] == list(CURVES)
    for line, (x, y) in zip(ax.lines, CURVES.values(), strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.column_stack((x, y)))
    assert plot_per_step(CURVES).axes[0].get_yscale() == "linear"
    x, y = np.arange(4.0), np.array([3.0, 1.0, 5.0, 2.0])
    assert "run: from 3 to 2, lowest 1 at 1, highest 5 at 2" in plot_per_step({"run": (x, y)}).alt


def test_heat_map_writes_every_score_and_frames_the_lowest() -> None:
    figure = DRAW["plot_grid_search"]()
    (ax,) = figure.axes
    assert sorted(text.get_text() for text in ax.texts) == sorted(f"{score:.3f}" for score in SCORES.flat)
    (bold,) = (text for text in ax.texts if text.get_fontweight() == "bold")
    assert bold.get_text() == "0.300"
    assert bold.get_position() == (1, 1)
    assert "at rate 1 and steps 20; 0 others are equal to three digits" in figure.alt
    assert [text.get_text() for text in ax.get_xticklabels()] == ["10", "20", "30"]


def test_heat_map_tints_equal_scores_alike_and_higher_ones_more() -> None:
    scores = np.array([[0.3, 0.3], [0.5, 0.9]])
    (ax,) = plot_grid_search([1, 2], [1, 2], scores, row_label="a", column_label="b", score_label="loss").axes
    tints = [patch.get_alpha() or 0.0 for patch in ax.patches[:4]]
    assert tints[0] == tints[1]
    assert tints[1] < tints[2] < tints[3]
