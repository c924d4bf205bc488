"""Where a chapter is found on paper: the addresses below the site's of what is printed after a build."""

from __future__ import annotations

from pathlib import PurePosixPath

__all__ = ["BOOK", "EPUB", "paper_links", "paper_path"]

BOOK = "paper/logistic-regression.pdf"
"""The address of the book with all chapters, below the site's."""

EPUB = "paper/logistic-regression.epub"
"""The address of the same book for readers of electronic books."""


def paper_path(name: str) -> str:
    """Return the address of a printed chapter, below the site's.

    Examples:
        >>> paper_path("02-sigmoid")
        'paper/02-sigmoid.pdf'
    """
    return f"paper/{name}.pdf"


def paper_links(path: str) -> str:
    r"""Return links from a chapter to it and to the book on paper.

    They are HTML, since Markdown would look for files that are made only when the site is built.

    Args:
        path: The path of the chapter below the docs folder.

    Examples:
        >>> paper_links("chapters/02-sigmoid.md").partition("\n")[0]
        '<a class="lr-notebook" href="../../paper/02-sigmoid.pdf">Chapter as PDF</a>'
    """
    targets = {"Chapter as PDF": paper_path(PurePosixPath(path).stem), "All chapters as PDF": BOOK, "as EPUB": EPUB}
    return "\n".join(f'<a class="lr-notebook" href="../../{place}">{text}</a>' for text, place in targets.items())
