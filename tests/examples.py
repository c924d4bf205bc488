"""How many examples a test of Hypothesis tries."""

from __future__ import annotations

from hypothesis import settings


def examples(number: int) -> settings:
    """Try so many, and under `pytest --deep` as many times more as there is done elsewhere."""
    return settings(max_examples=number * settings.default.max_examples // 100)
