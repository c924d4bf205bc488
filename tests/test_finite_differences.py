"""Central differences agree with formulas, and refuse what they cannot measure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from logreg_docs.datasets import make_outline_data
from logreg_docs.finite_differences import finite_difference_gradient
from logreg_docs.log_loss import log_loss_gradient, objective

if TYPE_CHECKING:
    from numpy.typing import NDArray


SPLIT = make_outline_data()
X, Y = SPLIT.X_train, SPLIT.y_train


@examples(50)
@given(point=hnp.arrays(np.float64, 11, elements=st.floats(-2, 2)))
def test_log_loss_gradient_matches_finite_differences(point: NDArray[np.float64]) -> None:
    exact = np.append(*log_loss_gradient(X, Y, point[:-1], point[-1], l2=0.1))
    estimate = finite_difference_gradient(lambda v: objective(X, Y, v[:-1], float(v[-1]), l2=0.1), point)
    np.testing.assert_allclose(estimate, exact, atol=1e-9)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e8, 1e200])
def test_finite_differences_follow_the_size_of_the_point(scale: float) -> None:
    estimate = finite_difference_gradient(lambda v: float(v[0] / max(scale, 1.0)), [scale])
    assert estimate[0] == pytest.approx(1 / max(scale, 1.0), rel=1e-8, abs=0)


def test_finite_differences_reach_as_far_as_the_step_says() -> None:
    seen: list[float] = []

    def function(v: NDArray[np.float64]) -> float:
        seen.append(v.sum())
        return 0.0

    finite_difference_gradient(function, [0.25], relative_step=0.5)
    finite_difference_gradient(function, [-4.0], relative_step=0.5)
    assert seen == [0.75, -0.25, -2.0, -6.0]


def test_finite_differences_refuse_lost_steps_and_what_lies_beyond_float64() -> None:
    with pytest.raises(ValueError, match=r"lost to rounding\. Leave it at its default"):
        finite_difference_gradient(lambda v: float(v[0]), [1.0], relative_step=1e-20)
    with pytest.raises(ValueError, match=r"point must stay finite.*Change its unit"):
        finite_difference_gradient(lambda v: float(v[0]), [1.7e308], relative_step=1.0)
    with pytest.raises(ValueError, match=r"function must have slopes.*Divide its values by their size"):
        finite_difference_gradient(lambda v: math.copysign(1.7e308, v[0]), [0.0])
