"""The Markdown of the site as mkdocs.yml sets it, and what finds the code of a page by it."""

from __future__ import annotations

from mkdocs.config import load_config
from mkdocs.utils.meta import get_data
from sites import ROOT

from logreg_docs.publish.pages.fences import CodeFinder


def made_anew() -> CodeFinder:
    """What finds code under the settings as they are now."""
    config = load_config(str(ROOT / "mkdocs.yml"), plugins=[], hooks=[])
    return CodeFinder(config.markdown_extensions, config.mdx_configs, get_data)


FINDER = made_anew()
EXTENSIONS, CONFIGS, _ = FINDER.settings
