"""README opens with the site as it looks, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser.picture import SIZE
from PIL import Image, ImageStat
from sites import ROOT

(PICTURE,) = re.findall(r"<picture>.*?</picture>", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
FILES = dict(re.findall(r'(src|srcset)="([^"]+)"', PICTURE))


def test_readme_opens_with_the_picture_for_both_schemes_and_says_what_it_shows() -> None:
    assert (ROOT / "README.md").read_text().startswith(f"# logreg-docs\n\n{PICTURE}\n")
    assert FILES == {"src": ".github/picture-light.png", "srcset": ".github/picture-dark.png"}
    assert '<source media="(prefers-color-scheme: dark)" srcset="' in PICTURE
    (alt,) = re.findall(r'alt="([^"]+)"', PICTURE)
    assert 80 < len(alt) < 300
    assert [int(number) for number in re.findall(r'(?:width|height)="(\d+)"', PICTURE)] == [*SIZE]


@pytest.mark.parametrize("name", FILES.values(), ids=Path)
def test_picture_is_small_and_has_the_size_that_the_command_takes(name: str) -> None:
    path = ROOT / name
    assert path.stat().st_size <= 120_000
    with Image.open(path) as picture:
        assert picture.size == SIZE


def brightness(name: str) -> float:
    with Image.open(ROOT / name) as picture:
        return float(ImageStat.Stat(picture.convert("L")).mean[0])


def test_one_picture_is_light_and_one_dark() -> None:
    assert brightness(FILES["srcset"]) < 80
    assert brightness(FILES["src"]) > 200


def test_command_takes_them_where_readme_looks() -> None:
    command = "PYTHONPATH=tests $(BIN)/python tests/browser/picture.py site .github\n"
    assert command in (ROOT / "Makefile").read_text()
