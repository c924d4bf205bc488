"""Tell browsers what pages may load and run, so that nothing else can be slipped in."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from logreg_docs.publish.postprocess.slim import read_pages
from logreg_docs.publish.postprocess.theme_patches import HEAD, ThemeError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["inline_scripts", "policy", "write_policy"]

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)
_TEXT = re.compile(r"<main\b.*?</main>", re.DOTALL)


def inline_scripts(html: str) -> set[str]:
    """Return the code of the scripts that stand in a page.

    Args:
        html: The page.

    Returns:
        What browsers run of it; neither files nor data.

    Examples:
        >>> inline_scripts('<script src="a.js"></script><script>let x = 1</script>')
        {'let x = 1'}
    """
    found = _SCRIPT.finditer(html)
    return {match["code"] for match in found if not re.search(r"\b(?:src|type)=", match["attributes"])}


def policy(scripts: Iterable[str]) -> str:
    """Return the content security policy of a site with these inline scripts.

    Styles may stand in a page: figures, formulas and the theme place things by them, and they run nothing.

    Args:
        scripts: The code of the inline scripts that may run.

    Returns:
        The policy, the same for the same scripts.

    Examples:
        >>> policy(["let x = 1"]).split(";")[1]
        "script-src 'self' 'sha256-+9RIDzvx0TGl4PMcwUdjIf3oi5QYiuHS1C+f52uNBBc='"
    """
    hashes = sorted(base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in set(scripts))
    return ";".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *(f"'sha256-{value}'" for value in hashes))),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def write_policy(site: Path) -> None:
    """Write a policy into each page of a site.

    A page may run its own scripts and those in the text of every other page: Material swaps texts in under the
    policy of the page that came first, and runs their scripts.

    Args:
        site: The folder of the built site.

    Raises:
        ThemeError: If a page does not declare its encoding as the theme does, which is where the policy goes.
    """
    pages = read_pages(site)
    swapped = {code for html in pages.values() for text in _TEXT.findall(html) for code in inline_scripts(text)}
    for path, html in pages.items():  # a policy holds for what comes after it
        if HEAD not in html:
            raise ThemeError(
                f"{path.relative_to(site).as_posix()} must hold {HEAD}, after which the content security policy "
                f"belongs, and does not. Write it as the first line of its head."
            )
        content = policy(inline_scripts(html) | swapped)
        meta = f'{HEAD}<meta http-equiv="Content-Security-Policy" content="{content}">'
        path.write_text(html.replace(HEAD, meta, 1), encoding="utf-8", newline="\n")
