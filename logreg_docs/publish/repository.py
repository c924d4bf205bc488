"""What git says of the project: where a fork lives, and when it was last changed."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["commit_time", "web_address"]

_REMOTE = re.compile(  # the port of an HTTPS address is that of the web pages, the port of SSH is not
    r"(?:https://(?:[^@/]+@)?(?P<web>[\w.-]+(?::\d+)?)/|ssh://git@(?P<ssh>[\w.-]+)(?::\d+)?/|git@(?P<scp>[\w.-]+):/?)"
    r"(?P<name>[\w./-]+?)(?:\.git)?/?"
)


def web_address(root: Path) -> str | None:
    """Return the web address of a clone's remote, so that a fork links to itself.

    Args:
        root: The clone.

    Returns:
        The address, or None where there is no remote that has one.
    """
    match = _REMOTE.fullmatch(_git(root, "config", "--get", "remote.origin.url"))
    return f"https://{match['web'] or match['ssh'] or match['scp']}/{match['name']}" if match else None


def commit_time(root: Path) -> str | None:
    """Return the time of a clone's last commit.

    Args:
        root: The clone.

    Returns:
        Seconds since 1970, or None where there is no commit.
    """
    return _git(root, "log", "-1", "--format=%ct") or None


def _git(root: Path, *arguments: str) -> str:
    """Return what git says of a folder, which is nothing where there is no git or no repository."""
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - fixed
    except OSError:
        return ""
