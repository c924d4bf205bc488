"""Slopes estimated from values of a function alone, to check a formula of a gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logreg_docs._validation import as_vector, check_function, number, positive

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["finite_difference_gradient"]

# Balances the truncation error, of order step², against the rounding error, of order eps / step.
_CENTRAL_STEP = float(np.finfo(np.float64).eps) ** (1 / 3)


def finite_difference_gradient(
    function: Callable[[NDArray[np.float64]], float], point: ArrayLike, *, relative_step: float = _CENTRAL_STEP
) -> NDArray[np.float64]:
    r"""Estimate a gradient from values of the function alone, by central differences.

    $$\frac{\partial f}{\partial \theta_j} \approx \frac{f(\theta + h_j e_j) - f(\theta - h_j e_j)}{2 h_j},
    \qquad h_j = h \max(1, |\theta_j|)$$

    The error is of order $h^2$ from the formula and of order $\epsilon / h$ from rounding, so the best $h$ is near
    $\sqrt[3]{\epsilon} \approx 6 \cdot 10^{-6}$ and leaves about ten correct digits.

    Args:
        function: Maps a point of shape (d,) to a number.
        point: Where to measure, shape (d,).
        relative_step: $h > 0$.

    Returns:
        Estimated gradient, shape (d,).

    Raises:
        TypeError: If an argument or a value of the function is no real number, or `function` is no function.
        ValueError: If a value is nan or inf, a shape does not fit, `relative_step` vanishes beside the point, or a
            point or a slope exceeds float64.

    Examples:
        >>> finite_difference_gradient(lambda x: x[0] ** 2 + 3 * x[1], [1.0, 2.0]).round(8)
        array([2., 3.])

    Source:
        W. H. Press et al. (2007), Numerical Recipes, 3rd ed., section 5.7.
    """
    check_function(function, "function")
    centre, relative = as_vector(point, "point"), positive(relative_step, "relative_step")
    estimate = np.empty_like(centre)
    for j, coordinate in enumerate(centre.tolist()):
        reach = relative * max(1.0, abs(coordinate))
        ends = np.array([coordinate + reach, coordinate - reach])
        if not np.isfinite(ends).all():
            raise ValueError(
                f"point must stay finite beside the step, got {coordinate:g} ± {reach:g}. Change its unit."
            )
        if ends[0] == ends[1]:
            raise ValueError(
                f"relative_step must change the point, got {relative:g}, lost to rounding. Leave it at its default."
            )
        values = [number(function(np.concatenate((centre[:j], [end], centre[j + 1 :]))), "function") for end in ends]
        # The exact distance of the two points, which rounding has made differ from 2 h.
        estimate[j] = (values[0] - values[1]) / float(ends[0] - ends[1])
    if not np.isfinite(estimate).all():
        raise ValueError("function must have slopes within float64, got an overflow. Divide its values by their size.")
    return estimate
