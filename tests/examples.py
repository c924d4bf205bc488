"""How many examples a test of Hypothesis tries."""

from __future__ import annotations

from hypothesis import settings


def examples(number: int) -> settings:
    """Try so many, and under `pytest --deep` as many times more as there is done elsewhere."""
    usual = settings.default
    assert usual is not None, "Hypothesis has had a profile loaded since conftest.py"
    return settings(max_examples=number * usual.max_examples // 100)
