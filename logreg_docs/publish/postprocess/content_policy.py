"""Write a content security policy into every page, so that browsers run no injected script."""

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
_MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)


def inline_scripts(html: str) -> set[str]:
    """Return the code of the inline scripts of a page.

    Examples:
        >>> inline_scripts('<script src="a.js"></script><script>let x = 1</script>')
        {'let x = 1'}
    """
    found = _SCRIPT.finditer(html)
    return {match["code"] for match in found if not re.search(r"\b(?:src|type)=", match["attributes"])}


def policy(scripts: Iterable[str]) -> str:
    """Return the content security policy for pages that may run some inline scripts, the same in whatever order.

    Inline styles are allowed: figures, formulas and the theme need them, and they run nothing.

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
    """Write a policy into each page of a built site.

    A page may run its own inline scripts and those in the main text of every other page: Material's instant navigation
    swaps in the text of another page, under the policy of the first, and runs its scripts.

    Args:
        site: The site's folder.

    Raises:
        ThemeError: If a page does not declare its encoding where the theme does, which is where the policy goes.
    """
    pages = read_pages(site)
    swapped = {code for html in pages.values() for text in _MAIN.findall(html) for code in inline_scripts(text)}
    for path, html in pages.items():
        if HEAD not in html:
            raise ThemeError(
                f"{path.relative_to(site).as_posix()} must hold {HEAD}, after which the content security policy "
                f"belongs, and does not. Write it as the first line of its head."
            )
        content = policy(inline_scripts(html) | swapped)
        meta = f'{HEAD}<meta http-equiv="Content-Security-Policy" content="{content}">'
        path.write_text(html.replace(HEAD, meta, 1), encoding="utf-8", newline="\n")
