r"""Interactive least squares: a line to drag, its squared residuals as areas, and its place on the map."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from logreg_docs.datasets import SUBJECT, Students, load_students
from logreg_docs.explorables.base import Explorable, button, slider
from logreg_docs.explorables.draw import Panel, Scale, clip, fixed, handle, line, points, tenth, x_axis, y_axis
from logreg_docs.linear_regression import (
    design_matrix,
    fit_simple,
    residual_sum_of_squares,
    residual_sum_of_squares_gradient,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "INTERCEPTS",
    "LEVELS",
    "SLOPES",
    "START",
    "bar",
    "caption",
    "explore_linear_regression",
    "level_axes",
    "map_axes",
    "squares",
]

START = (40.0, 4.0)
"""Intercept and slope of the line at the start."""

_PER_POINT, _PER_SLOPE = 2, 10
INTERCEPTS = tuple(place / _PER_POINT for place in range(161))
"""The intercepts of the slider, in points."""
SLOPES = tuple(place / _PER_SLOPE for place in range(101))
"""The slopes of the slider, in points per hour."""

LEVELS = (3_000, 5_000, 10_000, 20_000, 40_000, 80_000)
"""Levels of the ellipses on the map, in squared points."""

_TOLERANCES = (0.25, 0.05)  # half a step of each slider: a coefficient this near to its optimum counts as optimal
_POINTS = SUBJECT.score_unit
_UNITS = {"intercept": _POINTS, "slope": f"{_POINTS} per {SUBJECT.unit}", "squares": f"squared {_POINTS}"}
_LABELS = {
    "question": "Leave the left end of the line at {start} points and move only the right one: is the sum of the "
    "squares smallest with it at {best}, where the best line ends, below, or above?",
    "help": "Three rings hold the line, and the one on the map is the same line.",
    "hours": SUBJECT.feature,
    "score": SUBJECT.score_axis,
    "intercept": "intercept",
    "slope": "slope",
    "least": "least",
    "mean": "always the mean",
    "line": "this line",
    "solve": "To the least",
    "reset": "Reset",
    "line panel": "Score against hours of study with a line, the squared error of every student as a square, and their "
    "sum.",
    "map panel": "Map of the sum of squares over intercept and slope: ellipses around its lowest point, and this line.",
}
_WORDS = {
    "caption": "Score = {b0} + {b1} × hours. The squares add up to {rss} squared points, {times} times the least. "
    "{advice}",
    "untouched": "Move the line, and this text says which way leaves less.",
    "lower": "A lower line of this slope leaves less.",
    "higher": "A higher line of this slope leaves less.",
    "level": "Another height gains next to nothing.",
    "flatter": "A flatter line from this left end leaves less.",
    "falling": "Only a falling line from this left end would leave less.",
    "steeper": "A steeper line from this left end leaves less.",
    "straight": "Another slope from this left end gains next to nothing.",
    "sum": "sum of squares {rss}",
    "intercept": f"{{b0}} {_UNITS['intercept']}",
    "rise": f"{{b1}} {_UNITS['slope']}",
    "left": "Left end of the line",
    "middle": "Whole line",
    "right": "Right end of the line",
    "point": "The line on the map",
    "at": f"{{points}} {_POINTS} at {{hours}} {SUBJECT.units}",
    "on": f"{_LABELS['intercept']} {{b0}}, {_LABELS['slope']} {{b1}}",
}
_LEFT, _RIGHT = 44, 304
_HOURS = Scale(0, 10, _LEFT, _RIGHT)
_SCORE = Scale(0, 100, 188, 8)
_SUM = Scale(0, 12_000, _LEFT, _RIGHT)
_BAR = Scale(0, 1, 264, 244)
_INTERCEPT = Scale(INTERCEPTS[0], INTERCEPTS[-1], _LEFT, _RIGHT)
_SLOPE = Scale(SLOPES[0], SLOPES[-1], 262, 8)
_LABEL_ANGLE = math.radians(-96)  # angle on an ellipse where its label stands, so that no label touches another
_FAR = 400  # coordinates beyond this are outside every clip path


def caption(line: tuple[float, float], *, rss: float, gradient: tuple[float, float], students: Students) -> str:
    """Describe the state.

    Args:
        line: Intercept and slope.
        rss: Residual sum of squares.
        gradient: Its derivatives with respect to the intercept and the slope.
        students: The data.

    Returns:
        The caption.

    Examples:
        >>> caption((24.0, 5.0), rss=2500.0, gradient=(80.0, 400.0), students=load_students())[-46:]
        'A flatter line from this left end leaves less.'
    """
    least = fit_simple(students.hours, students.scores).rss
    # Along one coefficient the sum is a parabola, so its minimum is derivative / (2 · curvature) away.
    height, slope = (g / (2 * c) for g, c in zip(gradient, _curvatures(students), strict=True))
    side = _WORDS["level" if abs(height) <= _TOLERANCES[0] else "lower" if height > 0 else "higher"]
    return _WORDS["caption"].format(
        b0=fixed(line[0], 2),
        b1=fixed(line[1], 2),
        rss=fixed(rss, 0),
        times=fixed(rss / least, 2),
        advice=_WORDS["untouched"] if line == START else f"{side} {_WORDS[_which_slope(slope, line[1])]}",
    )


def _which_slope(excess: float, slope: float) -> str:
    if abs(excess) <= _TOLERANCES[1]:
        return "straight"
    if excess < 0:
        return "steeper"
    return "flatter" if slope > 0 else "falling"


def map_axes() -> tuple[Scale, Scale]:
    """Return the axes of the map.

    Returns:
        The axis of the intercept and the axis of the slope.
    """
    return _INTERCEPT, _SLOPE


def level_axes(students: Students) -> tuple[float, float, float]:
    """Return the ellipse on the map where the sum of squares is one squared point above its minimum.

    Args:
        students: The data.

    Returns:
        Its semi-major and semi-minor axis in the map's units, and the direction of the major axis in degrees. The
        ellipse h squared points above the minimum is sqrt(h) times as large.
    """
    units = [(axis.stop - axis.start) / (axis.high - axis.low) for axis in map_axes()]
    design = design_matrix(students.hours.reshape(-1, 1)) / units
    values, vectors = np.linalg.eigh(design.T @ design)
    long, short = 1 / np.sqrt(values)
    return float(long), float(short), math.degrees(math.atan2(vectors[1, 0], vectors[0, 0])) % 180


def squares(line: tuple[float, float], students: Students) -> list[str]:
    """Return the square of every residual, drawn towards the middle to stay inside the panel.

    Args:
        line: Intercept and slope.
        students: The data.

    Returns:
        One SVG path per student.
    """
    drawn = []
    for hours, score in zip(students.hours.tolist(), students.scores.tolist(), strict=True):
        x, y, foot = _HOURS(hours), _SCORE(score), _SCORE(line[0] + line[1] * hours)
        side = abs(y - foot) * (1 if hours < _HOURS.high / 2 else -1)
        drawn.append(f"M{tenth(x)},{tenth(y)}H{tenth(x + side)}V{tenth(foot)}H{tenth(x)}z")
    return drawn


def bar(line: tuple[float, float], students: Students) -> str:
    """Return the squares end to end: a bar with a line after each student.

    Args:
        line: Intercept and slope.
        students: The data.

    Returns:
        An SVG path.
    """
    residuals = students.scores - line[0] - line[1] * students.hours
    ends = [tenth(min(_SUM(total), _FAR)) for total in np.cumsum(residuals**2).tolist()]
    rules = "".join(f"M{end},{_BAR.stop}V{_BAR.start}" for end in ends)
    return f"M{_LEFT},{_BAR.stop}V{_BAR.start}H{ends[-1]}V{_BAR.stop}z{rules}"


def explore_linear_regression(students: Students | None = None) -> Explorable:
    """Return the figure: a line with the squares of its residuals, and the same line as a point on the map.

    Args:
        students: The data; those of the chapters where it is None.

    Returns:
        The explorable in its default state.

    Examples:
        >>> explore_linear_regression().element
        'lr-linear-regression'
    """
    data = load_students() if students is None else students
    X = data.hours.reshape(-1, 1)
    fit = fit_simple(data.hours, data.scores)
    rss = residual_sum_of_squares(X, data.scores, START)
    slopes = residual_sum_of_squares_gradient(X, data.scores, START)
    best = fixed(fit.intercept + fit.slope * _HOURS.high, 0)
    return Explorable(
        name="linear_regression",
        question=_LABELS["question"].format(start=f"{START[0]:g}", best=best),
        panels={"a": _line_panel(data, rss), "b": _map_panel(data, rss)},
        layout=("ab",),
        help=_LABELS["help"],
        controls=_controls(),
        caption=caption(START, rss=rss, gradient=(float(slopes[0]), float(slopes[1])), students=data),
        data={
            "x": data.hours.tolist(),
            "y": data.scores.tolist(),
            "best": [fit.intercept, fit.slope],
            "least": fit.rss,
            "curvatures": _curvatures(data),
            "even": _TOLERANCES,
            "level": level_axes(data)[:2],
            "start": START,
            "per": [_PER_POINT, _PER_SLOPE],
            "far": _FAR,
            "axes": {
                "hours": _HOURS.json(),
                "score": _SCORE.json(),
                "sum": _SUM.json(),
                "bar": _BAR.json(),
                "b0": _INTERCEPT.json(),
                "b1": _SLOPE.json(),
            },
            "words": _WORDS,
        },
    )


def _curvatures(students: Students) -> list[float]:
    """Return half of the second derivatives of the sum of squares by the intercept and by the slope."""
    design = design_matrix(students.hours.reshape(-1, 1))
    return [float(v) for v in np.sum(design**2, axis=0)]


def _line_panel(students: Students, rss: float) -> Panel:
    b0, b1 = START
    ends = [0.0, _HOURS.high]
    mean: NDArray[np.float64] = np.full_like(students.scores, students.scores.mean())
    least, total = (
        _SUM(v)
        for v in (
            fit_simple(students.hours, students.scores).rss,
            residual_sum_of_squares(students.hours.reshape(-1, 1), students.scores, [float(mean[0]), 0.0]),
        )
    )
    dots = "".join(
        f"M{tenth(_HOURS(h))},{tenth(_SCORE(s))}h0"
        for h, s in zip(students.hours.tolist(), students.scores.tolist(), strict=True)
    )
    areas = "".join(f'<path d="{d}"/>' for d in squares(START, students))
    low, high = f"{_BAR.start + 4:g}", f"{_BAR.stop - 4:g}"
    knobs = "".join(
        handle(name, _HOURS(h), _SCORE(b0 + b1 * h), f'<circle class="x-knob" r="{r}"/>')
        for name, h, r in (("left", 0.0, 8), ("middle", _HOURS.high / 2, 6), ("right", _HOURS.high, 8))
    )
    body = (
        f"<defs>{clip('plot', _HOURS, _SCORE)}{clip('bar', _SUM, _BAR)}</defs>"
        + x_axis(_HOURS, _SCORE, range(0, 11, 2), _LABELS["hours"])
        + y_axis(_HOURS, _SCORE, range(0, 101, 20), _LABELS["score"])
        + f'<g clip-path="url(#@id@-plot)"><g class="x-square" data-x="squares">'
        f"{areas}</g>"
        + line("x-model", "line", points([_HOURS(h) for h in ends], [_SCORE(b0 + b1 * h) for h in ends]))
        + f'<path class="x-dots" d="{dots}"/></g>{knobs}'
        + x_axis(_SUM, _BAR, range(0, 12_001, 4_000), _UNITS["squares"])
        + f'<g clip-path="url(#@id@-bar)"><path class="x-square" data-x="bar" d="{bar(START, students)}"/></g>'
        f'<path class="x-best" d="M{tenth(least)},{low}V{high}"/>'
        f'<path class="x-floor" d="M{tenth(total)},{low}V{high}"/>'
        f'<g class="x-mid"><text x="{tenth(least)}" y="237">{_LABELS["least"]}</text>'
        f'<text x="{tenth(total)}" y="237">{_LABELS["mean"]}</text></g>'
        f'<path class="x-more" data-x="more" hidden d="M{_RIGHT + 3},{_BAR.stop + 3:g}l8,7-8,7z"/>'
        f'<text class="x-name" x="{_LEFT}" y="{_BAR.start + 29:g}" data-x="sum">'
        f"{_WORDS['sum'].format(rss=fixed(rss, 0))}</text>"
    )
    return Panel(width=320, height=298, body=body, label=_LABELS["line panel"], handles=True)


def _map_panel(students: Students, rss: float) -> Panel:
    fit = fit_simple(students.hours, students.scores)
    x, y = _INTERCEPT(fit.intercept), _SLOPE(fit.slope)
    long, short, turn = level_axes(students)
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))

    def ellipse(level: float, more: str = "") -> str:
        root = math.sqrt(max(level - fit.rss, 0.0))
        return f'<ellipse rx="{tenth(long * root)}" ry="{tenth(short * root)}"{more}/>'

    levels = [level for level in LEVELS if level > fit.rss]
    names = ""
    for level in levels[2:]:
        root = math.sqrt(level - fit.rss)
        along, aside = long * root * math.cos(_LABEL_ANGLE), short * root * math.sin(_LABEL_ANGLE)
        px, py = x + along * cos - aside * sin, y + along * sin + aside * cos
        place = f'x="{tenth(px)}" y="{tenth(py + 4)}"'
        names += f"<text {place}>{level}</text>"
    own = ellipse(rss, ' class="x-cut" data-x="level"')
    body = (
        f"<defs>{clip('map', _INTERCEPT, _SLOPE)}</defs>"
        + x_axis(_INTERCEPT, _SLOPE, range(0, 81, 20), f"{_LABELS['intercept']} ({_UNITS['intercept']})")
        + y_axis(_INTERCEPT, _SLOPE, range(0, 11, 2), f"{_LABELS['slope']} ({_UNITS['slope']})")
        + f'<g clip-path="url(#@id@-map)"><g transform="translate({tenth(x)},{tenth(y)})rotate({turn:.2f})">'
        f'<g class="x-area">{"".join(ellipse(level) for level in levels)}</g>{own}</g>'
        f'<g class="x-levels x-mid">{names}</g></g>'
        f'<circle class="x-best" cx="{tenth(x)}" cy="{tenth(y)}" r="11"/>'
        f'<text class="x-halo x-end" x="{tenth(x - 14)}" y="{tenth(y + 4)}">{_LABELS["least"]}</text>'
        + handle(
            "point",
            _INTERCEPT(START[0]),
            _SLOPE(START[1]),
            '<circle class="x-knob" r="8"/><circle class="x-now" r="4.5"/>'
            f'<text class="x-halo x-mid" y="25">{_LABELS["line"]}</text>',
        )
    )
    return Panel(width=320, height=298, body=body, label=_LABELS["map panel"], handles=True)


def _controls() -> str:
    b0, b1 = fixed(START[0], 2), fixed(START[1], 2)
    return (
        slider(
            "intercept",
            _LABELS["intercept"],
            highest=len(INTERCEPTS) - 1,
            value=INTERCEPTS.index(START[0]),
            shown=fixed(START[0], 1),
            spoken=_WORDS["intercept"].format(b0=b0),
        )
        + slider(
            "slope",
            _LABELS["slope"],
            highest=len(SLOPES) - 1,
            value=SLOPES.index(START[1]),
            shown=b1,
            spoken=_WORDS["rise"].format(b1=b1),
        )
        + f'<div class="x-buttons">{button("solve", _LABELS["solve"])}{button("reset", _LABELS["reset"])}</div>'
    )
