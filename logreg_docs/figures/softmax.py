"""Figure of softmax regression: the regions of its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs._validation import as_array, as_matrix, as_vector
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import DescribedFigure, new_figure, styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["plot_class_regions"]

_CLASSES = (("class_0", "s"), ("class_1", "o"), ("class_2", "^"))


@styled
def plot_class_regions(
    X: ArrayLike,
    y: ArrayLike,
    *,
    x1: ArrayLike,
    x2: ArrayLike,
    logits: ArrayLike,
    class_names: Sequence[str],
    labels: tuple[str, str],
) -> DescribedFigure:
    r"""Plot rows of three classes and the lines where the two largest logits are equal.

    $$z_k = \max_{l \ne k} z_l$$

    Args:
        X: Rows to show, shape (n_samples, 2).
        y: Class numbers 0, 1 and 2, shape (n_samples,).
        x1: Grid along the first feature, shape (n_1,).
        x2: Grid along the second feature, shape (n_2,).
        logits: Logits on the grid, each a plane over the two features, shape (n_2, n_1, 3).
        class_names: Name of each class.
        labels: Names of the two features, with their unit.

    Returns:
        The figure.

    Raises:
        ValueError: If shapes do not fit.
    """
    rows, classes, z = as_matrix(X), as_vector(y, "y"), as_array(logits, "logits")
    first, second = as_vector(x1, "x1"), as_vector(x2, "x2")
    if z.shape != (second.size, first.size, len(_CLASSES)) or len(class_names) != len(_CLASSES):
        raise ValueError(f"logits must have 3 values per grid point and class_names 3 names, got shape {z.shape}.")
    found = _planes_at(rows, first, second, z).argmax(axis=1)
    astray = ", ".join(f"{int((found[classes == k] != k).sum())} of {name}" for k, name in enumerate(class_names))
    figure, (ax,) = new_figure(
        f"{len(rows)} rows of three classes, {', '.join(class_names)}, drawn as squares, dots and triangles against "
        f"{labels[0]} and {labels[1]}. Straight lines part the plane into a region for each class. In the "
        f"region of another class lie {astray}.",
        width=5.4,
        height=3.8,
    )
    for k, (name, (colour, marker)) in enumerate(zip(class_names, _CLASSES, strict=True)):
        lead = z[..., k] - np.delete(z, k, axis=-1).max(axis=-1)
        ax.contour(first, second, lead, levels=[0.0], colors=[PALETTE["fg"].light], linewidths=1.2)
        here = rows[classes == k]
        ax.plot(here[:, 0], here[:, 1], marker, color=PALETTE[colour].light, mew=0, ms=4.5, alpha=0.8, label=name)
    ax.set(xlabel=labels[0], ylabel=labels[1], xlim=(first[0], first[-1]), ylim=(second[0], second[-1]))
    ax.legend(loc="upper left", fontsize=9)
    return figure


def _planes_at(
    rows: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64], z: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the logits of rows, each of which is a plane through its values at three corners of the grid."""
    across = (rows[:, :1] - first[0]) / (first[-1] - first[0])
    up = (rows[:, 1:] - second[0]) / (second[-1] - second[0])
    return np.asarray(z[0, 0] + across * (z[0, -1] - z[0, 0]) + up * (z[-1, 0] - z[0, 0]))
