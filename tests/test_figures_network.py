from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from logreg_docs.datasets import make_xor
from logreg_docs.figures.network import (
    plot_hidden_layer,
    plot_network,
    plot_network_boundary,
    plot_training_runs,
)
from logreg_docs.network import Network, forward

if TYPE_CHECKING:
    from collections.abc import Callable

    from logreg_docs.figures.style import DescribedFigure

DATA = make_xor()
NETWORK = Network(V=np.array([[4.0, 4.0], [3.0, 3.0]]), c=np.array([-2.0, -5.0]), w=np.array([3.0, -3.0]), b=-2.0)
GRID = np.linspace(-0.5, 1.5, 9)
NAMES = ["00", "01", "10", "11"]
RUNS = [np.array([0.7, 0.4, 0.01]), np.array([0.8, 0.5, 0.35]), np.array([0.7, 0.3, 0.02])]


def network() -> DescribedFigure:
    return plot_network(2, 3)


def network_boundary() -> DescribedFigure:
    first, second = np.meshgrid(GRID, GRID)
    p = forward(NETWORK, np.column_stack([first.ravel(), second.ravel()])).probabilities.reshape(9, 9)
    return plot_network_boundary(DATA.X, DATA.y, x1=GRID, x2=GRID, probabilities=p, network=NETWORK)


def hidden_layer() -> DescribedFigure:
    seen = forward(NETWORK, DATA.X).hidden
    return plot_hidden_layer((NETWORK, seen / 2), (NETWORK, seen), DATA.y, names=NAMES)


def training_runs() -> DescribedFigure:
    return plot_training_runs(RUNS, solved_below=0.1, levels={"log 2": np.log(2)}, every=10)


DRAW: dict[str, Callable[[], DescribedFigure]] = {
    f"plot_{draw.__name__}": draw for draw in (network, network_boundary, hidden_layer, training_runs)
}


def points(figure: DescribedFigure, axes: int) -> list[list[float]]:
    lines = [line for line in figure.axes[axes].lines if line.get_marker() in {"s", "o", "^"}]
    return sorted(np.concatenate([line.get_xydata() for line in lines]).tolist())


def test_boundary_shows_every_row_and_a_line_for_each_hidden_node() -> None:
    figure = network_boundary()
    assert points(figure, 0) == DATA.X.tolist()
    dashed = [line for line in figure.axes[0].lines if line.get_linestyle() == "--"]
    for line, v, c in zip(dashed, NETWORK.V, NETWORK.c, strict=True):
        np.testing.assert_allclose(np.asarray(line.get_xydata()) @ v + c, 0, atol=1e-12)


def test_a_hidden_node_without_weights_has_no_line() -> None:
    V = np.array([[0.0, 0.0], [1e-9, 1.0], [1.0, 1e-9]])
    flat = Network(V=V, c=np.array([1.0, 0.0, 0.0]), w=np.ones(3), b=0.0)
    figure = plot_network_boundary(DATA.X, DATA.y, x1=GRID, x2=GRID, probabilities=np.eye(9), network=flat)
    dashed = [line for line in figure.axes[0].lines if line.get_linestyle() == "--"]
    assert [len(np.asarray(line.get_xydata())) for line in dashed] == [0, 2, 2]


def test_hidden_layer_shows_each_row_where_the_hidden_nodes_put_it() -> None:
    seen = forward(NETWORK, DATA.X).hidden
    np.testing.assert_allclose(points(hidden_layer(), 0), sorted((seen / 2).tolist()))
    np.testing.assert_allclose(points(hidden_layer(), 1), sorted(seen.tolist()))
    line = np.asarray(hidden_layer().axes[1].lines[0].get_xydata())
    np.testing.assert_allclose(line @ NETWORK.w + NETWORK.b, 0, atol=1e-12)


def test_the_words_say_which_rows_lie_in_the_area_and_whether_the_line_parts_them() -> None:
    yes = forward(NETWORK, DATA.X).probabilities > 0.5
    inside = f"{(yes & (DATA.y == 1)).sum()} rows of class 1 and {(yes & (DATA.y == 0)).sum()} of class 0 lie in it"
    assert inside in network_boundary().alt
    one = Network(V=np.eye(2), c=np.zeros(2), w=np.array([1.0, 0.0]), b=0.0)
    apart, mixed = np.array([[-1.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
    alt = plot_hidden_layer((one, mixed), (one, apart), np.array([0, 1]), names=["a", "b"]).alt
    assert "Before training the line does not part the classes" in alt
    assert alt.endswith("and the line parts the classes.")


def test_rows_on_one_spot_share_a_label() -> None:
    texts = {text.get_text() for text in hidden_layer().axes[1].texts}
    assert texts == {"00", "01, 10", "11"}


def test_training_runs_draw_what_they_are_handed_and_tell_solved_from_stuck() -> None:
    lines = training_runs().axes[0].lines
    for line, run in zip(lines[:3], RUNS, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), run)
        np.testing.assert_array_equal(line.get_xdata(), [0, 10, 20])
    assert [line.get_linestyle() for line in lines[:3]] == ["-", "--", "-"]
    assert "2 solid lines" in training_runs().alt


def test_training_runs_say_how_many_end_at_a_level() -> None:
    runs = [[0.7, 0.05], [0.7, 0.345], [0.7, 0.348], [0.7, 0.48]]
    alt = plot_training_runs(runs, solved_below=0.1, levels={"half": 0.3466}).alt
    assert "half = 0.347, near which 2 lines end" in alt


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="one value per grid point"):
        plot_network_boundary(DATA.X, DATA.y, x1=GRID, x2=GRID, probabilities=np.eye(3), network=NETWORK)
    with pytest.raises(ValueError, match="one name per row"):
        plot_hidden_layer((NETWORK, DATA.X), (NETWORK, DATA.X), DATA.y, names=["00"])
    with pytest.raises(ValueError, match="at least one run"):
        plot_training_runs([], solved_below=0.1, levels={})


def test_network_has_every_node_and_every_edge() -> None:
    ax = plot_network(3, 4).axes[0]
    names = [text.get_text() for text in ax.texts]
    assert [name for name in names if name.startswith("$")] == [
        *(f"$x_{{{k}}}$" for k in (1, 2, 3)),
        *(f"$h_{{{k}}}$" for k in (1, 2, 3, 4)),
        "$p$",
    ]
    edges = [line for line in ax.lines if np.size(line.get_xdata()) == 2]
    assert len(edges) == 3 * 4 + 4 * 1


@pytest.mark.parametrize(("sizes", "message"), [((0, 3), "n_inputs"), ((2, 13), "at most 12"), ((13, 2), "at most 12")])
def test_network_of_no_size_to_draw_is_refused(sizes: tuple[int, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plot_network(*sizes)
