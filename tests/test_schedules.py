"""Schedules agree with PyTorch's and refuse what they cannot mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from logreg_docs.schedules import constant, cosine_decay, exponential_decay, inverse_time_decay, step_decay

if TYPE_CHECKING:
    from collections.abc import Callable

    from logreg_docs.schedules import Schedule

N_STEPS = 50
FIRST = 0.7
ALL = {
    "constant": constant(FIRST),
    "step": step_decay(FIRST, factor=0.3, every=7),
    "exponential": exponential_decay(FIRST, rate=0.05),
    "inverse": inverse_time_decay(FIRST, rate=0.05),
    "cosine": cosine_decay(FIRST, n_steps=N_STEPS, final=0.1),
}


def torch_rates(make: Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler]) -> list[float]:
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=FIRST)
    scheduler = make(optimiser)
    rates = []
    for _ in range(N_STEPS):
        rates.append(float(optimiser.param_groups[0]["lr"]))
        optimiser.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("step", lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.3)),
        ("exponential", lambda o: lr_scheduler.ExponentialLR(o, gamma=math.exp(-0.05))),
        ("inverse", lambda o: lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + 0.05 * t))),
        ("cosine", lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=N_STEPS, eta_min=0.1)),
        ("constant", lambda o: lr_scheduler.LambdaLR(o, lambda _: 1.0)),
    ],
)
def test_schedule_equals_the_one_of_pytorch(
    name: str, make: Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler]
) -> None:
    np.testing.assert_allclose([ALL[name](t) for t in range(N_STEPS)], torch_rates(make), rtol=1e-12)


@given(name=st.sampled_from(sorted(ALL)), step=st.integers(0, 10**9))
def test_every_rate_lies_between_zero_and_the_first(name: str, step: int) -> None:
    assert 0 <= ALL[name](step) <= FIRST
    assert ALL[name](step + 1) <= ALL[name](step)


@pytest.mark.parametrize("schedule", ALL.values(), ids=list(ALL))
def test_schedule_starts_at_the_given_rate_and_accepts_numpy_integers(schedule: Schedule) -> None:
    assert schedule(0) == pytest.approx(FIRST, rel=1e-15, abs=0)
    assert schedule(int(np.int64(3))) == schedule(np.int64(3))  # type: ignore[arg-type]  # NumPy's integers are not int


def test_cosine_stays_at_its_final_rate() -> None:
    assert ALL["cosine"](N_STEPS) == ALL["cosine"](10 * N_STEPS) == 0.1


def test_cosine_decay_starts_at_its_first_rate_at_the_end_of_float64() -> None:
    assert cosine_decay(1.7e308, n_steps=3)(0) == 1.7e308


def test_cosine_decay_is_halfway_between_its_ends_after_half_the_steps() -> None:
    assert cosine_decay(0.7, n_steps=10, final=0.1)(5) == pytest.approx(0.4, rel=1e-15, abs=0)
    assert cosine_decay(0.7, n_steps=10, final=0.7)(5) == 0.7


def test_the_number_of_a_step_is_any_whole_number_of_64_bits() -> None:
    schedule = constant(0.1)
    assert schedule(2**63 - 1) == 0.1
    with pytest.raises(ValueError, match="step must be at most 9223372036854775807"):
        schedule(2**63)
