"""Make what a release keeps of the site: `python -m logreg_docs.publish.release write site dist`.

With `check` and a tag it tells whether the tag, the version and the citation agree. It needs Python alone.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from logreg_docs.publish.pages.on_paper import BOOK, EPUB
from logreg_docs.publish.repository import commit_time
from logreg_docs.publish.zip_files import zip_files

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ReleaseError", "check_release", "main", "project_version", "write_release", "zip_site"]

_WHEEL = "downloads/*.whl"
_KEPT = (BOOK, EPUB, _WHEEL)
_CITED = re.compile(r"^([\w-]+): (.+)$", re.MULTILINE)
_DAYS = 7  # between the day that the citation names and the commit that is released


class ReleaseError(Exception):
    """What keeps a release from being made, and how to mend it."""


def project_version(root: Path) -> str:
    """Return the version that `pyproject.toml` names, the only place where it is set.

    Args:
        root: The project's folder.
    """
    return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def check_release(root: Path, tag: str) -> None:
    """Refuse a tag that is not of the version, and a citation of another version or day.

    Args:
        root: The project's folder.
        tag: The tag, such as `v0.1.0`.

    Raises:
        ReleaseError: If they do not agree.
    """
    version = project_version(root)
    if tag != f"v{version}":
        raise ReleaseError(
            f"The tag must be v{version}, after the version in pyproject.toml, and is {tag}. Set the version there and "
            "in CITATION.cff before you tag, or tag this commit anew."
        )
    cited = dict(_CITED.findall((root / "CITATION.cff").read_text(encoding="utf-8")))
    if cited.get("version") != version:
        raise ReleaseError(f"CITATION.cff must name the version {version}, and names {cited.get('version')}.")
    changed = commit_time(root)
    today = datetime.fromtimestamp(int(changed), UTC).date() if changed else datetime.now(UTC).date()
    try:
        apart = abs((date.fromisoformat(cited.get("date-released", "none")) - today).days)
    except ValueError:
        apart = _DAYS + 1
    if apart > _DAYS:
        raise ReleaseError(
            f"CITATION.cff must name the day of the release, such as date-released: {today}, at most {_DAYS} days from "
            f"the commit that is released, and names {cited.get('date-released')}."
        )


def zip_site(site: Path, folder: str) -> bytes:
    """Return a built site in a zip file; unpacked anywhere, it opens from its `index.html`.

    Args:
        site: The site's folder.
        folder: The name of the one folder in the archive.

    Returns:
        The archive, the same bytes for the same site.
    """
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    return zip_files({f"{folder}/{path.relative_to(site).as_posix()}": path.read_bytes() for path in paths})


def write_release(root: Path, site: Path, into: Path) -> Iterator[Path]:
    """Write the files of a release: the site in a zip file, the book as PDF and as EPUB, and the package's wheel.

    Args:
        root: The project's folder.
        site: The folder of the site, built and printed.
        into: The folder of the files, which must be empty or new.

    Yields:
        Each file when it is written.

    Raises:
        ReleaseError: If the site lacks something, or the folder holds files already.
    """
    if into.is_dir() and any(into.iterdir()):
        raise ReleaseError(f"A release is written into an empty folder, and {into} holds files. Remove it first.")
    found = {pattern: sorted(site.glob(pattern)) for pattern in _KEPT}
    if lost := [pattern for pattern, paths in found.items() if len(paths) != 1]:
        raise ReleaseError(f"A release needs one {' and one '.join(lost)} in {site}, as `make pdf` puts there.")
    into.mkdir(parents=True, exist_ok=True)
    name = f"logreg-docs-{project_version(root)}"
    contents = {f"{name}.zip": zip_site(site, name)}
    contents |= {path.name: path.read_bytes() for paths in found.values() for path in paths}
    for name, content in contents.items():
        (into / name).write_bytes(content)
        yield into / name


def main() -> None:
    """Check a tag, or write the files of a release."""
    parser = argparse.ArgumentParser(prog="python -m logreg_docs.publish.release", description=main.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check").add_argument("tag", help="the tag of the release, such as v0.1.0")
    writing = commands.add_parser("write")
    writing.add_argument("site", type=Path, help="the folder of a site that `make pdf` has built")
    writing.add_argument("into", type=Path, help="an empty or new folder")
    given = parser.parse_args()
    try:
        if given.command == "check":
            check_release(Path.cwd(), given.tag)
        else:
            for path in write_release(Path.cwd(), given.site, given.into):
                sys.stdout.write(f"{path}: {path.stat().st_size / 2**20:.2f} MiB\n")
    except ReleaseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
