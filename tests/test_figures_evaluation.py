from collections.abc import Callable

import numpy as np
from matplotlib.patches import Rectangle
from numpy.testing import assert_allclose, assert_array_equal

from logreg_docs.evaluation import calibration_bins, confusion, precision_recall_curve, roc_curve
from logreg_docs.figures import evaluation as figures
from logreg_docs.figures.style import DescribedFigure

RNG = np.random.default_rng(0)
P = RNG.random(60)
Y = (RNG.random(60) < P).astype(float)
EDGES = np.linspace(-4.0, 4.0, 9)
ONES, ZEROS = np.arange(8.0), np.arange(8.0)[::-1]
TAU = np.array([0.01, 0.1, 0.5])
COSTS = {"1 : 9": TAU + 0.2, "1 : 1": 2 * TAU}


def decisions() -> DescribedFigure:
    return figures.plot_decisions(EDGES, ONES, ZEROS, confusion(P, Y), threshold=0.0)


def ranking() -> DescribedFigure:
    return figures.plot_ranking(
        {"a": roc_curve(P, Y), "b": roc_curve(1 - P, Y)},
        {"a": precision_recall_curve(P, Y), "b": precision_recall_curve(1 - P, Y)},
        base_rate=float(Y.mean()),
    )


def reliability() -> DescribedFigure:
    return figures.plot_reliability({"a": calibration_bins(P, Y), "b": calibration_bins(P**2, Y)})


def costs() -> DescribedFigure:
    return figures.plot_costs(TAU, COSTS, {"1 : 9": (0.1, 0.3), "1 : 1": (0.5, 1.0)})


DRAW: dict[str, Callable[[], DescribedFigure]] = {
    f"plot_{draw.__name__}": draw for draw in (decisions, ranking, reliability, costs)
}


def test_decisions_draw_both_classes_back_to_back_with_the_four_counts() -> None:
    figure, table = decisions(), confusion(P, Y)
    heights = [patch.get_height() for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert_array_equal(heights, np.concatenate([ONES, -ZEROS]))
    words = {text.get_text() for text in figure.axes[0].texts}
    counts = (table.false_negatives, table.true_positives, table.true_negatives, table.false_positives)
    assert words == {f"{name} {n}" for name, n in zip(("FN", "TP", "TN", "FP"), counts, strict=True)}
    assert f"{table.true_positives} true positives (top right)" in figure.alt
    assert figure.axes[0].lines[1].get_xdata() == [0.0, 0.0]


def test_ranking_draws_a_short_curve_as_it_is() -> None:
    left, right = ranking().axes
    for line, curve in zip(left.lines, (roc_curve(P, Y), roc_curve(1 - P, Y)), strict=False):
        drawn = np.column_stack([line.get_xdata(), line.get_ydata()])
        points = np.column_stack([curve.false_positive_rate, curve.true_positive_rate])
        assert {*map(tuple, drawn)} <= {*map(tuple, points)}
        assert_array_equal(drawn[[0, -1]], points[[0, -1]])
        assert not np.diff(drawn, axis=0).all(axis=1).any(), "without ties no piece of a ROC curve is slanted"
    found, drawn = precision_recall_curve(P, Y), np.asarray(right.lines[0].get_xydata())
    assert {*map(tuple, drawn)} <= {*zip(found.recall, found.precision, strict=True)}
    assert_allclose(np.asarray(right.lines[-1].get_ydata()), Y.mean())


def test_a_staircase_keeps_its_corners_and_gets_no_slanted_piece() -> None:
    ups = np.arange(300) % 10 < 5
    x, y = np.cumsum(~ups) / 150, np.cumsum(ups) / 150
    thin = np.column_stack(figures._thinned(x, y))
    assert len(thin) < 70
    assert not np.diff(thin, axis=0).all(axis=1).any()
    assert_allclose(thin[-1], 1.0)


def test_a_long_curve_is_drawn_by_some_of_its_own_points_with_both_ends() -> None:
    x = np.arange(5000.0)
    thin_x, thin_y = figures._thinned(x, 2 * x)
    assert thin_x.size <= 400
    assert thin_x[0] == 0
    assert thin_x[-1] == 4999
    assert_array_equal(thin_y, 2 * thin_x)


def test_reliability_draws_bins_and_their_rows() -> None:
    left, right = reliability().axes
    bins = calibration_bins(P, Y)
    assert_array_equal(left.lines[1].get_ydata(), bins.observed_share)
    assert_array_equal(left.lines[1].get_xdata(), bins.mean_probability)
    assert_array_equal(right.lines[0].get_ydata(), bins.counts)


def test_costs_mark_the_threshold_of_theory_on_each_curve() -> None:
    (ax,) = costs().axes
    assert_array_equal(ax.lines[0].get_ydata(), COSTS["1 : 9"])
    assert_array_equal(ax.lines[1].get_xydata(), [[0.1, 0.3]])
    assert_array_equal(ax.lines[2].get_ydata(), COSTS["1 : 1"])
