"""Scale columns, so that their units do not matter: by powers of two, and to mean 0 and standard deviation 1.

Shapes: `X` (n_samples, n_features).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logreg_docs._chunks import find_column_scaling
from logreg_docs._validation import as_matrix, freeze

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["ScaledColumns", "Standardised", "scale_columns", "standardise"]

_ROUNDING = 4 * float(np.finfo(np.float64).eps)  # of the largest value of a column; a smaller deviation may be noise


class ScaledColumns(NamedTuple):
    r"""Columns centred and of a size near 1, with the way back: $X = c + s Z$; arrays are read-only.

    Attributes:
        Z: Scaled features, shape (n_samples, n_features).
        centre: Mean of each column, in its unit, shape (n_features,).
        scale: Power of two by which each column was divided, in its unit, shape (n_features,).
    """

    Z: NDArray[np.float64]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]


def scale_columns(X: ArrayLike) -> ScaledColumns:
    r"""Centre every column and divide it by a power of two, so that its largest size lies between 1 and 2.

    $$Z_{ij} = \frac{X_{ij} - c_j}{s_j}, \qquad c_j = \frac1m \sum_i X_{ij}, \qquad
    s_j = 2^{\lfloor \log_2 \max_i |X_{ij} - c_j| \rfloor}$$

    A linear model in $Z$ is a linear model in $X$, so units cannot hurt. Dividing by a power of two rounds
    nothing that counts beside the largest value. A constant column becomes zeros. Every scale lies between
    $2^{-1021}$ and $2^{1023}$: columns at the two ends of float64 may stay smaller than 1 or reach up to 4.

    Args:
        X: Features, shape (n_samples, n_features).

    Returns:
        The scaled columns with their centres and scales.

    Raises:
        TypeError: If `X` does not hold real numbers.
        ValueError: If `X` is not a matrix, is empty, or holds nan or inf.

    Examples:
        >>> scaled = scale_columns([[1.0], [13.0]])
        >>> scaled.Z.ravel(), scaled.centre, scaled.scale
        (array([-1.5,  1.5]), array([7.]), array([4.]))
    """
    matrix = as_matrix(X)
    scaling = find_column_scaling(matrix)
    varies = matrix.max(axis=0) > matrix.min(axis=0)
    return ScaledColumns(
        Z=freeze(scaling.apply(matrix)),
        centre=freeze(scaling.shift * scaling.scale),
        scale=freeze(np.where(varies, scaling.scale, 1.0)),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standardised:
    """Columns of mean 0 and standard deviation 1, with what is needed to treat new rows alike; arrays are read-only.

    Args:
        X: Scaled features, shape (n_samples, n_features).
        mean: Mean of each column before scaling, in its own unit, shape (n_features,).
        scale: Standard deviation of each column before scaling (dividing by n_samples), shape (n_features,).
    """

    X: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def transform(self, X_new: ArrayLike) -> NDArray[np.float64]:
        r"""Scale new rows with the mean and the scale of the rows this was made from.

        $$x'_{ij} = \frac{x_{ij} - \bar x_j}{s_j}$$

        `mean` is rounded to float64, which shifts a column of size $10^9$ and spread $10^{-3}$ by up to $10^{-4}$.

        Args:
            X_new: Features in their own units, shape (n_new, n_features).

        Returns:
            Scaled features of the same shape.

        Raises:
            TypeError: If `X_new` does not hold real numbers.
            ValueError: If `X_new` has another number of columns, holds nan or inf, or a result exceeds float64.

        Examples:
            >>> standardise([[0.0], [2.0]]).transform([[3.0]])
            array([[2.]])
        """
        matrix = as_matrix(X_new, "X_new")
        if matrix.shape[1] != self.mean.size:
            raise ValueError(f"X_new must have the {self.mean.size} columns of X, got {matrix.shape[1]}.")
        with np.errstate(over="ignore"):
            scaled = (matrix - self.mean) / self.scale
        if not np.isfinite(scaled).all():
            raise ValueError("X_new must lie nearer to the mean of X, got a scaled value that exceeds float64.")
        return np.asarray(scaled)


def standardise(X: ArrayLike) -> Standardised:
    r"""Scale every column to mean 0 and standard deviation 1.

    $$x'_{ij} = \frac{x_{ij} - \bar x_j}{s_j}, \qquad s_j^2 = \frac1m \sum_{i=1}^m (x_{ij} - \bar x_j)^2$$

    Args:
        X: Features, shape (n_samples, n_features).

    Returns:
        The scaled columns, with the mean and the scale for later rows.

    Raises:
        TypeError: If `X` does not hold real numbers.
        ValueError: If `X` is no matrix or holds nan or inf, or a column is constant, varies by no more than rounding,
            or is so small that it has no scale in float64.

    Examples:
        >>> scaled = standardise([[0.0, 10.0], [2.0, 30.0]])
        >>> scaled.X
        array([[-1., -1.],
               [ 1.,  1.]])
        >>> scaled.mean, scaled.scale
        (array([ 1., 20.]), array([ 1., 10.]))
    """
    matrix = as_matrix(X)
    constants = np.flatnonzero(matrix.max(axis=0) == matrix.min(axis=0))
    if constants.size:
        raise ValueError(
            f"every column of X must vary, got the same value in all {matrix.shape[0]} rows of column "
            f"{', '.join(map(str, constants))}. Drop it: the intercept already plays its part."
        )
    # Squares of scaled columns stay in range, and centring once more mends the rounding of the first mean.
    scaled = scale_columns(matrix)
    rest, spread = scaled.Z.mean(axis=0), scaled.Z.std(axis=0)
    scale = scaled.scale * spread
    lost = np.flatnonzero(scale == 0)
    if lost.size:
        raise ValueError(f"X must have columns whose spread float64 holds, got too small columns {lost}. Change units.")
    noisy = np.flatnonzero(scale <= _ROUNDING * np.abs(matrix).max(axis=0))
    if noisy.size:
        raise ValueError(
            f"every column of X must vary by more than rounding, got a deviation of {scale[noisy[0]]:.1e} in column "
            f"{', '.join(map(str, noisy))}. Drop it, or subtract a number near its values before they become floats."
        )
    return Standardised(
        X=freeze((scaled.Z - rest) / spread), mean=freeze(scaled.centre + scaled.scale * rest), scale=freeze(scale)
    )
