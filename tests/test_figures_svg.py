"""Smaller SVG looks the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logreg_docs.figures.svg import minify_svg, relative_path


def test_figure_keeps_the_names_of_its_schemes_and_of_what_it_uses_again() -> None:
    figure = '<svg><g id="only-dark"/><g id="axes_1"><path id="m1" d="M0 0"/></g><use clip-path="url(#m1)"/></svg>'
    assert minify_svg(figure) == '<svg><g id="only-dark"/><path id="a" d="m0 0"/><use clip-path="url(#a)"/></svg>'


def absolute(path: str) -> list[tuple[str, list[float]]]:
    """Follow a path of relative commands, as a browser does."""
    found, x, y, start = [], 0.0, 0.0, (0.0, 0.0)
    for command, numbers in re.findall(r"([mlqcz])([^mlqcz]*)", path):
        steps = [float(number) for number in re.findall(r"-?(?:\d+\.\d+|\.\d+|\d+)", numbers)]
        points = [round(value + (y if at % 2 else x), 1) for at, value in enumerate(steps)]
        x, y = (points[-2], points[-1]) if points else start
        start = (x, y) if command == "m" else start
        found.append((command.upper(), points))
    return found


coordinates = st.integers(-5000, 5000).map(lambda tenths: tenths / 10)
commands = st.sampled_from([("M", 2), ("L", 2), ("Q", 4), ("C", 6), ("Z", 0)]).flatmap(
    lambda kind: st.tuples(st.just(kind[0]), st.lists(coordinates, min_size=kind[1], max_size=kind[1]))
)


@given(st.lists(commands))
def test_relative_path_leads_through_the_same_points(path: list[tuple[str, list[float]]]) -> None:
    path = [("M", [1.0, 2.0]), *path]
    written = "".join(command + " ".join(f"{value:g}" for value in numbers) for command, numbers in path)
    assert absolute(relative_path(written)) == path


@pytest.mark.parametrize("path", ["M1 2A1 1 0 0 1 3 4", "m1 2l3 4", "M1 2 3 4", "M1,2", "M1.25 2"])
def test_path_that_is_not_understood_stays(path: str) -> None:
    assert relative_path(path) == path
