r"""Learning rates that change with the number of the step.

A schedule is a function of one argument, the number of the step counted from 0, and returns the learning rate $\eta_t$
of that step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from logreg_docs._validation import count, fraction, non_negative, positive

__all__ = [
    "Schedule",
    "constant",
    "cosine_decay",
    "exponential_decay",
    "inverse_time_decay",
    "step_decay",
]

Schedule: TypeAlias = Callable[[int], float]
"""A learning rate for every step, counted from 0."""


def _step_number(step: int) -> int:
    return count(step, "step", lowest=0, highest=2**63 - 1)


def constant(learning_rate: float) -> Schedule:
    r"""Constant learning rate.

    $$\eta_t = \eta_0$$

    Args:
        learning_rate: The rate $\eta_0 > 0$.

    Returns:
        The schedule.

    Raises:
        TypeError: If `learning_rate` is not a number, or the step is not a whole number.
        ValueError: If `learning_rate` is not positive, or the step is negative.

    Examples:
        >>> constant(0.1)(1000)
        0.1
    """
    first = positive(learning_rate, "learning_rate")

    def schedule(step: int) -> float:
        _step_number(step)
        return first

    return schedule


def step_decay(learning_rate: float, *, factor: float, every: int) -> Schedule:
    r"""Multiply the learning rate by a factor after every so many steps.

    $$\eta_t = \eta_0\,\gamma^{\lfloor t / k \rfloor}$$

    Args:
        learning_rate: First rate $\eta_0 > 0$.
        factor: The factor $\gamma$, strictly between 0 and 1.
        every: Number of steps $k$ between two drops.

    Returns:
        The schedule.

    Raises:
        TypeError: If an argument is not a number, or `every` or the step is not whole.
        ValueError: If an argument or the step lies outside its range.

    Examples:
        >>> rate = step_decay(0.8, factor=0.5, every=10)
        >>> rate(9), rate(10), rate(20)
        (0.8, 0.4, 0.2)

    Source:
        PyTorch, `torch.optim.lr_scheduler.StepLR` (`gamma` is `factor`, `step_size` is `every`).
    """
    first = positive(learning_rate, "learning_rate")
    gamma, period = fraction(factor, "factor", include_zero=False), count(every, "every")

    def schedule(step: int) -> float:
        return first * math.pow(gamma, _step_number(step) // period)

    return schedule


def exponential_decay(learning_rate: float, *, rate: float) -> Schedule:
    r"""Shrink the learning rate by the same share in every step.

    $$\eta_t = \eta_0\,e^{-k t}$$

    The sum of all rates is finite, so a decay that is too quick stops the walk before it arrives.

    Args:
        learning_rate: First rate $\eta_0 > 0$.
        rate: The decay $k \ge 0$ per step.

    Returns:
        The schedule.

    Raises:
        TypeError: If an argument is not a number, or the step is not whole.
        ValueError: If an argument or the step lies outside its range.

    Examples:
        >>> round(exponential_decay(1.0, rate=0.1)(10), 4)
        0.3679

    Source:
        PyTorch, `torch.optim.lr_scheduler.ExponentialLR`, whose `gamma` is $e^{-k}$.
    """
    first, decay = positive(learning_rate, "learning_rate"), non_negative(rate, "rate")

    def schedule(step: int) -> float:
        return first * math.exp(-decay * _step_number(step))

    return schedule


def inverse_time_decay(learning_rate: float, *, rate: float) -> Schedule:
    r"""Learning rate that falls like one over the number of the step.

    $$\eta_t = \frac{\eta_0}{1 + k t}$$

    For $k > 0$ the rates sum to infinity and their squares do not: the walk can reach any point, and the noise of
    mini-batches dies out.

    Args:
        learning_rate: First rate $\eta_0 > 0$.
        rate: The decay $k \ge 0$ per step.

    Returns:
        The schedule.

    Raises:
        TypeError: If an argument is not a number, or the step is not whole.
        ValueError: If an argument or the step lies outside its range.

    Examples:
        >>> inverse_time_decay(1.0, rate=0.1)(10)
        0.5

    Source:
        H. Robbins and S. Monro (1951), A stochastic approximation method, Annals of Mathematical Statistics 22,
        400-407.
    """
    first, decay = positive(learning_rate, "learning_rate"), non_negative(rate, "rate")

    def schedule(step: int) -> float:
        return first / (1.0 + decay * _step_number(step))

    return schedule


def cosine_decay(learning_rate: float, *, n_steps: int, final: float = 0.0) -> Schedule:
    r"""Learning rate that follows half a cosine from its first to its final value.

    $$\eta_t = \eta_T + \tfrac12 (\eta_0 - \eta_T)\Bigl(1 + \cos\frac{\pi t}{T}\Bigr), \qquad t \le T$$

    Args:
        learning_rate: First rate $\eta_0 > 0$.
        n_steps: Length $T$ of the half wave; the rate stays at `final` after it.
        final: Last rate $\eta_T$, from 0 to `learning_rate`.

    Returns:
        The schedule.

    Raises:
        TypeError: If an argument is not a number, or `n_steps` or the step is not whole.
        ValueError: If an argument or the step lies outside its range.

    Examples:
        >>> rate = cosine_decay(1.0, n_steps=10)
        >>> rate(0), round(rate(5), 12), rate(10), rate(99)
        (1.0, 0.5, 0.0, 0.0)

    Source:
        I. Loshchilov and F. Hutter (2017), SGDR: stochastic gradient descent with warm restarts, ICLR, equation 5
        without restarts.
    """
    first, last = positive(learning_rate, "learning_rate"), non_negative(final, "final")
    length = count(n_steps, "n_steps")
    if last > first:
        raise ValueError(f"final must not exceed learning_rate, got {last:g} > {first:g}. A decay goes down.")

    def schedule(step: int) -> float:
        share = min(_step_number(step), length) / length
        return last + (first - last) * ((1.0 + math.cos(math.pi * share)) / 2)

    return schedule
