"""The Markdown of the site as mkdocs.yml sets it, and what finds the code of a page by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs.config import load_config
from mkdocs.utils.meta import get_data
from sites import ROOT

from logreg_docs.publish.pages.fences import CodeFinder
from logreg_docs.publish.pages.install_cell import Package
from logreg_docs.publish.pages.notebook import make_notebook

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from logreg_docs.publish.pages.cells import Cell, Outputs


def made_anew() -> CodeFinder:
    """What finds code under the settings as they are now."""
    config = load_config(str(ROOT / "mkdocs.yml"), plugins=[], hooks=[])
    return CodeFinder(config.markdown_extensions, config.mdx_configs, get_data)


FINDER = made_anew()
EXTENSIONS, CONFIGS, _ = FINDER.settings

PACKAGE = Package(edition="0.1.0+1a2b3c4d5e", sha256="5" * 64, address="https://x.org/p/downloads/")
"""A package that a site at `https://x.org/p/` might publish."""


def notebook(
    path: str,
    text: str,
    cells: Sequence[Cell],
    outputs: Sequence[Outputs],
    needs: Collection[str] = (),
    *,
    answers: bool = True,
) -> str:
    """Return the notebook of a page of that site."""
    site_url = "https://x.org/p/"
    return make_notebook(
        path, text, cells, outputs, FINDER, site_url=site_url, package=PACKAGE, needs=needs, answers=answers
    )
