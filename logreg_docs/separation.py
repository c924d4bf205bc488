r"""Decide whether a plane separates the two classes, and so whether the maximum likelihood estimate exists.

Shapes: `X` (n_samples, n_features), `y` (n_samples,), `direction` (n_features + 1,), weights first and intercept last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from logreg_docs._separability import decide, signed_rows
from logreg_docs._validation import as_labels, as_matrix, as_vector, check_rows, freeze
from logreg_docs.scaling import scale_columns
from logreg_docs.sigmoid import linear_logits

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from logreg_docs.scaling import ScaledColumns

__all__ = ["Separation", "find_separation", "separation_margins"]

_ZERO = 1e-14  # beside a margin of 1: below it a number is a zero with rounding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Separation:
    r"""Kind of separation of some data, with the plane that proves it; the array is read-only.

    Args:
        kind: `"complete"` if some plane has every row strictly on its own side, `"quasi-complete"` if the best
            plane keeps every row on its own side or on the plane itself, `"none"` if the classes overlap.
        direction: Normal and offset $(w, b)$ of such a plane, shape (n_features + 1,), or `None` for `"none"`.
            It is scaled so that rows strictly on their own side have a margin of at least 1, up to rounding.
    """

    kind: Literal["none", "quasi-complete", "complete"]
    direction: NDArray[np.float64] | None


def separation_margins(X: ArrayLike, y: ArrayLike, direction: ArrayLike) -> NDArray[np.float64]:
    r"""Signed margin of every row: above 0 on its own side of the plane, 0 on the plane, below 0 on the wrong side.

    $$\mu_i = (2 y_i - 1)\,(w^\top x_i + b)$$

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).
        direction: Weights first, intercept last, shape (n_features + 1,).

    Returns:
        Margins of shape (n_samples,), in the unit of the logit.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value is nan or inf, a label is neither 0 nor 1, or a logit is too large for
            float64.

    Examples:
        >>> separation_margins([[1.0], [4.0]], [0, 1], [1.0, -2.0])
        array([1., 2.])
    """
    matrix, labels = _as_data(X, y)
    plane = as_vector(direction, "direction")
    if plane.shape != (matrix.shape[1] + 1,):
        raise ValueError(
            f"direction must have shape ({matrix.shape[1] + 1},), one weight per column and the intercept last, "
            f"got shape {plane.shape}."
        )
    return np.asarray((2 * labels - 1) * linear_logits(matrix, plane[:-1], float(plane[-1])))


def find_separation(X: ArrayLike, y: ArrayLike) -> Separation:
    r"""Decide whether a plane separates the classes, with a proof.

    A direction $v$ separates if every signed row $r_i = (2 y_i - 1)\,\tilde x_i$ has $r_i^\top v \ge 0$ and some row
    has more; $\tilde x_i$ is row $i$ with a 1 appended. Newton's method walks down the log loss, and one of three
    things turns up on its way.

    - **Complete separation**: a point of the walk has every row on its own side by more than rounding.
    - **Overlap**: weights $\lambda_i > 0$ balance the rows, $\sum_i \lambda_i r_i = 0$. If $v$ separated, the sum of
      $\lambda_i\, r_i^\top v$ would be above 0. The residuals at the lowest point of the loss are such weights.
    - **Quasi-complete separation**: a late step of the walk leaves no row behind.

    Where rounding hides all three, a linear program is asked for the plane with most rows on their own side.

    The maximum likelihood estimate is finite only under overlap. Otherwise the loss falls for ever along the
    direction found. Columns that depend on one another are no separation: there the margin is 0 for every row.
    With one class alone the intercept separates completely.

    The first two answers are proofs for the numbers as they are given. A tie has a tolerance: rows whose margin is
    below $10^{-11}$ of the largest that the plane and the spread of the columns allow lie on the plane.

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        The kind of separation and the plane that proves it.

    Raises:
        TypeError: If an argument does not hold real numbers.
        ValueError: If shapes do not fit, a value is nan or inf, a label is neither 0 nor 1, or a column is so
            small (below about 1e-300) that its weight would overflow.
        RuntimeError: If the linear program was needed and could not be solved.

    Examples:
        >>> find_separation([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1]).kind
        'complete'
        >>> find_separation([[1.0], [2.0], [2.0], [4.0]], [0, 0, 1, 1]).kind
        'quasi-complete'
        >>> find_separation([[1.0], [3.0], [2.0], [4.0]], [0, 0, 1, 1])
        Separation(kind='none', direction=None)

    Source:
        A. Albert and J. A. Anderson (1984), On the existence of maximum likelihood estimates in logistic regression
        models, Biometrika 71, 1-10; E. Stiemke (1915), Über positive Lösungen homogener linearer Gleichungen,
        Mathematische Annalen 76, 340-342; K. Konis (2007), Linear programming algorithms for detecting separated data
        in binary logistic regression models, DPhil thesis, University of Oxford.
    """
    matrix, labels = _as_data(X, y)
    scaled = scale_columns(matrix)
    kind, plane = decide(signed_rows(scaled.Z, labels))
    if plane is None:
        return Separation(kind=kind, direction=None)
    plane = np.where(np.abs(plane) > _ZERO, plane, 0.0)
    return Separation(kind=kind, direction=freeze(_in_original_units(plane, scaled)))


def _as_data(X: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    matrix, labels = as_matrix(X), as_labels(y)
    check_rows(matrix, labels)
    return matrix, labels


def _in_original_units(plane: NDArray[np.float64], scaled: ScaledColumns) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        w = plane[:-1] / scaled.scale
    if not np.isfinite(w).all():
        columns = np.flatnonzero(~np.isfinite(w)).tolist()
        raise ValueError(
            f"X has columns so small that their weights overflow, got columns {columns}. Change their unit."
        )
    shift = plane[:-1] * (scaled.centre / scaled.scale)
    b = plane[-1] - shift.sum()
    return np.append(w, b if abs(b) > _ZERO * (1.0 + np.abs(shift).sum()) else 0.0)
