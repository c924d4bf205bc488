"""Cut the mathematical font down to the characters that the site's formulas use.

The font is STIX Two Math (SIL Open Font Licence), which the package `ziamath` ships.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
import string
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools import subset

from logreg_docs.publish.keep import keep, kept

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["formula_characters", "math_font"]

_MATH = re.compile(r"<math.*?</math>", re.DOTALL)
_NOT_DRAWN = re.compile(r"<annotation.*?</annotation>|<[^>]+>", re.DOTALL)
# Browsers draw an identifier <mi>x</mi> with the italic x of the mathematical alphabet.
_GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡϴΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑϰϕϱϖ"
_ITALIC = (
    {letter: chr(0x1D434 + at) for at, letter in enumerate(string.ascii_uppercase)}
    | {letter: chr(0x1D44E + at) for at, letter in enumerate(string.ascii_lowercase)}
    | {letter: chr(0x1D6E2 + at) for at, letter in enumerate(_GREEK)}
    | {"h": "\N{PLANCK CONSTANT}"}
)
# Radicals, fences and accents are drawn without standing in the text.
_IMPLICIT = set("√()[]{}|‖⟨⟩⌈⌉⌊⌋ˆ˜¯‾_̲̂̃")
_CJK, _MATHEMATICAL = 0x2E80, 0x1D000


def formula_characters(pages: Iterable[str]) -> frozenset[str]:
    """Return every character that drawing the formulas of some HTML pages needs.

    Args:
        pages: HTML.

    Returns:
        The characters.

    Examples:
        >>> "𝑥" in formula_characters(["<math><mi>x</mi></math>"])
        True
    """
    drawn = "".join(_NOT_DRAWN.sub("", formula) for page in pages for formula in _MATH.findall(page))
    characters = set(html.unescape(drawn)) | _IMPLICIT
    italic = {_ITALIC[character] for character in characters if character in _ITALIC}
    return frozenset(c for c in characters | italic if not _CJK <= ord(c) < _MATHEMATICAL)


def math_font(characters: frozenset[str], folder: Path) -> bytes:
    """Return the font with those characters alone, as WOFF2, keeping it in `folder` for the next build.

    Args:
        characters: What the formulas need.
        folder: Where fonts are kept.

    Returns:
        The font file's bytes, the same for the same characters.
    """
    name = hashlib.sha256("".join(sorted(characters)).encode()).hexdigest()
    path = folder / f"{name}.woff2"
    font = kept(path)
    if font is None:
        font = _subset(characters)
        keep(path, font)
    return font


def _subset(characters: frozenset[str]) -> bytes:
    options = subset.Options(flavor="woff2", hinting=False, layout_features=["dtls"], drop_tables=["GPOS", "DSIG"])
    spec = find_spec("ziamath")  # found, not imported: only its font is wanted
    if spec is None or spec.origin is None:
        raise RuntimeError("the package ziamath, which ships the mathematical font, is not installed; run `make setup`")
    buffer = io.BytesIO()
    source = Path(spec.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    with subset.load_font(str(source), options) as font:
        font.recalcTimestamp = False
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[ord(character) for character in characters])
        subsetter.subset(font)
        # Chromium sets scripts on uneven heights and accents on the letter without these.
        constants = font["MATH"].table.MathConstants
        constants.SubscriptBaselineDropMin.Value = -120
        constants.SuperscriptBaselineDropMax.Value = 380
        constants.AccentBaseHeight.Value = 540
        subset.save_font(font, buffer, options)
    return buffer.getvalue()
