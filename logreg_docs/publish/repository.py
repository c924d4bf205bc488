"""Ask git for the web address of the project and the time of its last commit."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["commit_time", "web_address"]

_REMOTE = re.compile(  # web pages have the port of an HTTPS address, but not that of SSH
    r"(?:https://(?:[^@/]+@)?(?P<web>[\w.-]+(?::\d+)?)/|ssh://git@(?P<ssh>[\w.-]+)(?::\d+)?/|git@(?P<scp>[\w.-]+):/?)"
    r"(?P<name>[\w./-]+?)(?:\.git)?/?"
)


def web_address(root: Path) -> str | None:
    """Return the web address of a clone's remote, so that a fork links to itself, or None if there is none."""
    match = _REMOTE.fullmatch(_git(root, "config", "--get", "remote.origin.url"))
    return f"https://{match['web'] or match['ssh'] or match['scp']}/{match['name']}" if match else None


def commit_time(root: Path) -> str | None:
    """Return the time of a clone's last commit in seconds since 1970, or None if there is none."""
    return _git(root, "log", "-1", "--format=%ct") or None


def _git(root: Path, *arguments: str) -> str:
    """Return the output of git for a folder, empty without git or a repository."""
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - fixed
    except OSError:
        return ""
