"""The picture that README opens with shows the explorable moved, in both schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser import picture
from PIL import Image, ImageChops
from sites import served

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser
    from sites import Built

pytestmark = [pytest.mark.browser, pytest.mark.deep]


def opened(path: Path) -> Image.Image:
    with Image.open(path) as shown:
        return shown.convert("RGB")


def test_picture_is_taken_with_the_explorable_moved(
    site: Built, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(site.folder, tmp_path) as address:
        for scheme in ("light", "dark"):
            picture.take(browser, address, scheme, tmp_path / f"{scheme}.png")
        monkeypatch.setattr(picture, "RATE", 0)
        picture.take(browser, address, "light", tmp_path / "other.png")
    light, dark, other = (opened(tmp_path / f"{name}.png") for name in ("light", "dark", "other"))
    assert light.size == dark.size == picture.SIZE
    assert ImageChops.difference(light, other).getbbox(), "another rate shows another walk"
