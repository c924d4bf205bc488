from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from logreg_docs.figures.softmax import plot_class_regions

if TYPE_CHECKING:
    from collections.abc import Callable

    from logreg_docs.figures.style import DescribedFigure

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0, 1, 2, 2])
GRID = np.linspace(-0.5, 1.5, 9)
LABELS = ("u (cm)", "v (cm)")


def class_regions() -> DescribedFigure:
    first, second = np.meshgrid(GRID, GRID)
    z = np.stack([-first, first, second], axis=-1)
    return plot_class_regions(X, Y, x1=GRID, x2=GRID, logits=z, class_names=["a", "b", "c"], labels=LABELS)


DRAW: dict[str, Callable[[], DescribedFigure]] = {"plot_class_regions": class_regions}


def test_class_regions_show_every_row_in_the_shape_of_its_class() -> None:
    (ax,) = class_regions().axes
    assert [(line.get_marker(), line.get_label()) for line in ax.lines] == [("s", "a"), ("o", "b"), ("^", "c")]
    for k, line in enumerate(ax.lines):
        np.testing.assert_array_equal(line.get_xydata(), X[k == Y])
    assert (ax.get_xlabel(), ax.get_ylabel()) == LABELS


def test_borders_lie_where_the_two_largest_logits_are_equal() -> None:
    for border in class_regions().axes[0].collections:
        for u, v in np.concatenate([path.vertices for path in border.get_paths()]):
            low, high = sorted([-u, u, v])[1:]
            assert low == pytest.approx(high, abs=0.01)


def test_the_words_count_the_rows_in_the_region_of_another_class() -> None:
    first, second = np.meshgrid(GRID, GRID)
    z = np.stack([-first, first, second], axis=-1)
    rows, names = np.array([[-0.3, 0.1], [0.2, 0.9], [0.9, 0.3]]), ["a", "b", "c"]
    alt = plot_class_regions(rows, [0, 1, 2], x1=GRID, x2=GRID, logits=z, class_names=names, labels=LABELS).alt
    assert "In the region of another class lie 0 of a, 1 of b, 1 of c." in alt


def test_logits_that_do_not_fit_the_grid_are_refused() -> None:
    with pytest.raises(ValueError, match="3 values per grid point"):
        plot_class_regions(
            X, Y, x1=GRID, x2=GRID, logits=np.zeros((9, 9, 2)), class_names=["a", "b", "c"], labels=LABELS
        )
