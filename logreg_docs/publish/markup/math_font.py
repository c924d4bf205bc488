"""Subset the mathematical font to the characters of the site's formulas.

The font is STIX Two Math (SIL Open Font Licence) from the package `ziamath`.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
import string
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools import subset
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.ttLib.scaleUpem import scale_upem

from logreg_docs.publish.atomic_files import digest_of_code, get_or_create

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fontTools.ttLib import TTFont

__all__ = ["formula_characters", "math_font", "stretchy_characters"]

_CODE = digest_of_code("markup/math_font.py")
_MATH = re.compile(r"<math.*?</math>", re.DOTALL)
_TOKEN = re.compile(r"<(?P<tag>mi|mn|mo|ms|mtext)\b(?P<marks>[^>]*)>(?P<text>[^<]*)</")
# Browsers display <mi>x</mi> with the italic x of the mathematical alphabet.
_GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡϴΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑϰϕϱϖ"
_ITALIC = (
    {letter: chr(0x1D434 + at) for at, letter in enumerate(string.ascii_uppercase)}
    | {letter: chr(0x1D44E + at) for at, letter in enumerate(string.ascii_lowercase)}
    | {letter: chr(0x1D6E2 + at) for at, letter in enumerate(_GREEK)}
    | {"h": "\N{PLANCK CONSTANT}"}
)
_TALL_ROOT = re.compile(r"<m(?:sqrt|root)>(?:(?!</m(?:sqrt|root)>).)*<m(?:frac|root|sqrt|table|under)", re.DOTALL)
_RADICAL = "√"  # drawn, but not part of the text
_UNITS = 500  # units per em: half the resolution of the original makes the file a twelfth smaller
_BIG = {"big1": 1180, "big2": 1600}  # features, and the least height of their glyphs
_PRIMES = {0x2032: "minute.ssty", 0x2033: "second.ssty"}
_ACCENTS = frozenset(map(ord, "ˆ¯˜"))
_GAP = 30  # between a letter and its accent, in font units
_BIG_SIGNS = frozenset("()[]{}/|‖")
_CJK, _MATHEMATICAL = 0x2E80, 0x1D000


def formula_characters(pages: Iterable[str]) -> frozenset[str]:
    """Return every character that is needed to display the formulas of HTML pages.

    Examples:
        >>> "𝑥" in formula_characters(["<math><mi>x</mi></math>"])
        True
    """
    characters = {_RADICAL}
    for tag, marks, text in set().union(*map(_tokens, pages)):
        characters.update(text)
        if tag == "mi" and text in _ITALIC and "mathvariant" not in marks:
            # The upright letter stays: Chromium computes the height of an identifier from it.
            characters.add(_ITALIC[text])
    return frozenset(c for c in characters if not _CJK <= ord(c) < _MATHEMATICAL)


def stretchy_characters(pages: Iterable[str]) -> frozenset[str]:
    """Return the operators of HTML pages that may be displayed larger than the text.

    The radical is one only above a tall radicand: browsers reserve room next to every root for the largest form in the
    font.

    Examples:
        >>> sorted(stretchy_characters(['<math><mo stretchy="false">[</mo><mo>(</mo></math>']))
        ['(']
        >>> sorted(stretchy_characters(["<math><msqrt><mfrac><mn>1</mn><mn>2</mn></mfrac></msqrt></math>"]))
        ['√']
    """
    html_of_pages = list(pages)
    found = {_RADICAL} if any(_TALL_ROOT.search(page) for page in html_of_pages) else set()
    for tag, marks, text in set().union(*map(_tokens, html_of_pages)):
        if tag == "mo" and 'stretchy="false"' not in marks and (text != "/" or "stretchy" in marks):
            found.add(text)
    return frozenset(found)


@lru_cache(maxsize=64)  # asked twice for every page of a build, and a server builds all, of which one was edited
def _tokens(page: str) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (tag, marks, html.unescape(text))
        for formula in _MATH.findall(page)
        for tag, marks, text in _TOKEN.findall(formula)
    )


def math_font(characters: frozenset[str], folder: Path, *, stretchy: frozenset[str] | None = None) -> bytes:
    """Return the font with some characters as WOFF2, from the cache if possible.

    Args:
        characters: The characters.
        folder: The cache folder.
        stretchy: The characters that keep their larger forms; None for all.

    Returns:
        The content of the font file, the same for the same characters.
    """
    fixed = frozenset() if stretchy is None else characters - stretchy
    versions = (f"{name}={version(name)}" for name in ("ziamath", "fonttools", "brotli"))
    wanted = "|".join([*("".join(sorted(some)) for some in (characters, fixed)), _CODE, *versions])
    name = hashlib.sha256(wanted.encode()).hexdigest()
    return get_or_create(folder / f"{name}.woff2", lambda: _subset(characters, fixed))


def _subset(characters: frozenset[str], fixed: frozenset[str]) -> bytes:
    options = subset.Options(flavor="woff2", hinting=False, drop_tables=["GPOS", "DSIG"])
    options.layout_features = ["dtls", *_BIG]
    spec = find_spec("ziamath")  # not imported, since only its font is needed
    if spec is None or spec.origin is None:
        raise RuntimeError("the package ziamath, which ships the mathematical font, is not installed; run `make setup`")
    buffer = io.BytesIO()
    source = Path(spec.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    with subset.load_font(str(source), options) as font:
        font.recalcTimestamp = False
        _set_features(font, characters)
        _enlarge_primes(font)
        _drop_larger_forms(font, fixed)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[ord(character) for character in characters])
        subsetter.subset(font)
        _lower_accents(font)
        # Without these values Chromium puts scripts at uneven heights.
        constants = font["MATH"].table.MathConstants
        constants.SubscriptBaselineDropMin.Value = -120
        constants.SuperscriptBaselineDropMax.Value = 380
        scale_upem(font, _UNITS)
        subset.save_font(font, buffer, options)
    return buffer.getvalue()


def _set_features(font: TTFont, characters: frozenset[str]) -> None:
    """Keep the feature for dotless letters, and add one for each size of delimiters that a formula sets explicitly."""
    names, table = font.getBestCmap(), font["GSUB"].table
    glyphs = {names.get(ord(character)) for character in characters & _BIG_SIGNS}
    dotless = next(record.Feature for record in table.FeatureList.FeatureRecord if record.FeatureTag == "dtls")
    features = {"dtls": table.LookupList.Lookup[dotless.LookupListIndex[0]].SubTable[0].mapping}
    variants = font["MATH"].table.MathVariants
    for tag, height in _BIG.items():
        features[tag] = {
            glyph: form.VariantGlyph
            for glyph, built in zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True)
            for form in reversed(built.MathGlyphVariantRecord)
            if glyph in glyphs and form.AdvanceMeasurement >= height
        }
    rules = {tag: "".join(f"sub {a} by {b};" for a, b in pairs.items()) for tag, pairs in features.items()}
    text = "".join(f"feature {tag} {{ {rule} }} {tag};" for tag, rule in rules.items() if rule)
    addOpenTypeFeaturesFromString(font, text, tables=["GSUB"])
    axis = font["MATH"].table.MathConstants.AxisHeight.Value
    for form in {form for tag in _BIG for form in features[tag].values()}:
        glyph = font["glyf"][form]  # centred on the axis, since a stroke stands on the baseline
        glyph.coordinates.translate((0, axis - (glyph.yMin + glyph.yMax) // 2))
        glyph.recalcBounds(font["glyf"])


def _enlarge_primes(font: TTFont) -> None:
    """Draw primes, which are always scripts, with their script form: the normal form is small and raised already."""
    for table in font["cmap"].tables:
        table.cmap.update({character: _PRIMES[character] for character in _PRIMES.keys() & table.cmap.keys()})


def _lower_accents(font: TTFont) -> None:
    """Move accents down to the baseline, with the gap that they should have above their letter.

    Only those are displayed alike: WebKit adds the distance between accent and baseline to the gap above a letter.
    """
    font["MATH"].table.MathConstants.AccentBaseHeight.Value = 0
    names = font.getBestCmap()
    for character in _ACCENTS & names.keys():
        glyph = font["glyf"][names[character]]
        glyph.coordinates.translate((0, _GAP - glyph.yMin))
        glyph.recalcBounds(font["glyf"])


def _drop_larger_forms(font: TTFont, characters: frozenset[str]) -> None:
    glyphs = {font.getBestCmap().get(ord(character)) for character in characters}
    variants = font["MATH"].table.MathVariants
    for side in ("Vert", "Horiz"):
        coverage = getattr(variants, f"{side}GlyphCoverage")
        built = getattr(variants, f"{side}GlyphConstruction")
        kept = [(glyph, form) for glyph, form in zip(coverage.glyphs, built, strict=True) if glyph not in glyphs]
        coverage.glyphs = [glyph for glyph, _ in kept]
        setattr(variants, f"{side}GlyphConstruction", [form for _, form in kept])
        setattr(variants, f"{side}GlyphCount", len(kept))
