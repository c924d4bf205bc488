"""Make the SVG that Matplotlib writes small, and serve both colour schemes with one file.

`compact_svg` runs whenever a figure is drawn. `themed` and `minify_svg` run on the files of the site alone: the ids
become so short that figures in one notebook, which share a document, would share them too.
"""

from __future__ import annotations

import re
from functools import cache

from logreg_docs.figures import palette

__all__ = ["compact_svg", "minify_svg", "relative_path", "themed"]

_GLYPH = re.compile(r'(?P<head><path id="[^"]+" )d="(?P<d>[^"]*)" transform="scale\(0\.015625\)"')
_GLYPH_GRID = 16  # a sixteenth of Matplotlib's glyph grid is still a fortieth of a point
_ID = re.compile(r' id="(?P<id>(?!only-)[^"]*)"')
_REFERENCE = re.compile(r'#([\w-]+)(?=["\)])')
_COMMAND = re.compile(r"([MLQCZz])((?:-?\d+(?:\.\d)?(?: (?=-?\d)|(?=[A-Za-z]|$)))*)")
_COORDINATES = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0, "z": 0}
_XLINK = ' xmlns:xlink="http://www.w3.org/1999/xlink"'
_POSITION = re.compile(r' [xy]="-?\d+\.\d\d"|translate\([^)]*\)')
_BARE_GROUP = re.compile(r"<g>((?:(?!</?g\b).)*)</g>", re.DOTALL)


def compact_svg(svg: str) -> str:
    """Remove the prologue, comments, metadata and invisible digits from Matplotlib's SVG.

    Args:
        svg: What Matplotlib wrote.

    Returns:
        SVG that looks the same: paths to a tenth of a point, other coordinates to a hundredth.

    Examples:
        >>> compact_svg('<?xml version="1.0"?> <svg> <!-- a --> <path d="M 1.234 2.345 L 3 4"/> </svg>')
        '<svg><path d="M1.2 2.3L3 4"/></svg>'
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = _GLYPH.sub(_round_glyph, svg)
    svg = re.sub(r'(?<=\s)(?:d|x|y)="[^"]*"|translate\([^)]*\)', _round_coordinates, svg)
    return re.sub(r">\s+<", "><", svg)


def _round_glyph(match: re.Match[str]) -> str:
    """Round the outline of a letter to a coarser grid, which makes a figure a third smaller."""
    outline = re.sub(r"-?\d+(?:\.\d+)?", lambda m: f"{round(float(m[0]) / _GLYPH_GRID):d}", match["d"])
    return f'{match["head"]}d="{outline}" transform="scale({_GLYPH_GRID / 64})"'


def _round_coordinates(match: re.Match[str]) -> str:
    """Round a path to tenths and other coordinates to hundredths of a point, and drop needless spaces."""
    digits = 1 if match[0].startswith("d=") else 2
    rounded = re.sub(r"-?\d+\.\d{2,}", lambda m: f"{float(m[0]):.{digits}f}", match[0])
    return re.sub(r"\s*([MLQCz])\s*", r"\1", rounded) if digits == 1 else rounded


def themed(svg: str) -> str:
    """Make one SVG serve both schemes: its URL with `#only-dark` shows the dark colours, any other the light ones.

    Args:
        svg: A figure in the light colours of the palette.

    Returns:
        SVG with CSS variables for its colours. Roles of one hue share a variable.
    """
    names = {colour: name for name, colour in (palette.PALETTE | palette.HUES).items()}
    for colour, name in names.items():
        svg = svg.replace(colour.light, f"var(--{name})")
    light, dark = (";".join(f"--{name}:{colour[scheme]}" for colour, name in names.items()) for scheme in (0, 1))
    start = svg.index(">", svg.index("<svg")) + 1
    switch = f'<g id="only-light"/><g id="only-dark"/><style>svg{{{light}}}#only-dark:target~*{{{dark}}}</style>'
    return svg[:start] + switch + svg[start:]


def minify_svg(svg: str) -> str:
    """Shorten the ids, paths and coordinates of a figure that is a file of its own.

    Args:
        svg: What `compact_svg` returned.

    Returns:
        SVG that looks the same. Ids to which nothing refers are removed.

    Examples:
        >>> minify_svg('<svg><g id="figure_1"><path id="m123" d="M0 0"/></g><use xlink:href="#m123"/></svg>')
        '<svg><path id="a" d="m0 0"/><use href="#a"/></svg>'
    """
    referenced = set(_REFERENCE.findall(svg))
    used = [match["id"] for match in _ID.finditer(svg) if match["id"] in referenced]
    short = {name: _short_id(number) for number, name in enumerate(dict.fromkeys(used))}
    svg = _ID.sub(lambda match: f' id="{short[match["id"]]}"' if match["id"] in short else "", svg)
    svg = _REFERENCE.sub(lambda match: f"#{short.get(match[1], match[1])}", svg)
    svg = re.sub(r'style="[^"]*"', lambda match: re.sub(r"([:;]) ", r"\1", match[0]), svg)
    svg = svg.replace("xlink:href", "href").replace(' \n"', '"').replace(_XLINK, "")
    svg = _POSITION.sub(lambda match: re.sub(r"(\.\d)\d+", r"\1", match[0]), svg)
    svg = re.sub(r'(?<= d=")[^"]+', lambda match: relative_path(match[0]), svg)
    while (flatter := _BARE_GROUP.sub(r"\1", svg)) != svg:
        svg = flatter
    return svg


def _short_id(number: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[number] if number < len(letters) else f"{letters[number % len(letters)]}{number // len(letters)}"


def relative_path(path: str) -> str:
    """Rewrite a path with relative coordinates, which have fewer digits.

    Args:
        path: Absolute commands with coordinates of at most one decimal, as Matplotlib writes them.

    Returns:
        The same path; `path` itself where it contains anything else.

    Examples:
        >>> relative_path("M100 100.5L101 99.7z")
        'm100 100.5l1-.8z'
    """
    commands = _COMMAND.findall(path)
    if "".join(command + numbers for command, numbers in commands) != path:
        return path
    made: list[str] = []
    x, y = start = (0, 0)
    for command, numbers in commands:
        tenths = [round(10 * float(number)) for number in numbers.split()]
        if len(tenths) != _COORDINATES[command]:
            return path
        steps = [_decimal(value - (y if at % 2 else x)) for at, value in enumerate(tenths)]
        made.append(command.lower() + " ".join(steps).replace(" -", "-"))
        x, y = (tenths[-2], tenths[-1]) if tenths else start
        start = (x, y) if command == "M" else start
    return "".join(made)


@cache  # the figures of a site contain some hundred thousand numbers, few of them different
def _decimal(tenths: int) -> str:
    """Write a number of tenths without a leading zero."""
    return re.sub(r"^(-?)0(?=\.)", r"\1", f"{tenths / 10:g}")
