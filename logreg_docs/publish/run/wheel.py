"""Build the package's wheel, which the notebooks of the site install."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from logreg_docs.publish.atomic_files import get_or_create
from logreg_docs.publish.pages.install_cell import Package

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Project", "WheelError"]

_BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
_DIGITS = 10  # of the digest of the content: enough to tell the editions of one project apart
_EPOCH = "315532800"  # seconds at the start of 1980, before which zip files know no time


class WheelError(Exception):
    """The wheel cannot be built; the message says why."""


class Project:
    """The project whose package is published with the site.

    Args:
        root: The folder of its `pyproject.toml`.

    Raises:
        WheelError: If there is no such file.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        try:
            text = (root / "pyproject.toml").read_text(encoding="utf-8")
        except FileNotFoundError:
            told = f"the site publishes the package that it runs, but {root} holds no pyproject.toml"
            raise WheelError(f"{told}. Build it in a clone of the project, where `make setup` installs it.") from None
        try:
            self._about: dict[str, Any] = tomllib.loads(text)["project"]
        except (tomllib.TOMLDecodeError, KeyError) as error:
            raise WheelError(f"pyproject.toml has no readable table [project]: {error}") from None

    @property
    def extras(self) -> set[str]:
        """The extras that bring the one package of their name, for notebooks that need it."""
        optional: Mapping[str, list[str]] = self._about["optional-dependencies"]
        return {name for name, wanted in optional.items() if wanted == [name]}

    @functools.cached_property
    def provided(self) -> dict[str, str]:
        """The modules that come with the package and its extras, each with the name of the package it comes from."""
        names = [*self._about["dependencies"], *self.extras]
        return {module: name for name in names for module in _modules(name)}

    def package(self, address: str, cache: Path) -> tuple[Package, bytes]:
        """Return the wheel of the project as it is now, and what an installation has to know about it.

        The version ends in a digest of the content, such as `0.1.0+3f2a91c04b`, so that two editions differ in it. The
        bytes depend on nothing but the content and the tools.

        Args:
            address: Address of the folder where the wheel is published; empty if it is not known.
            cache: The folder where wheels are kept.

        Returns:
            The package and the bytes of its wheel.

        Raises:
            WheelError: If setuptools is missing or fails.
        """
        files = self._files()
        edition = f"{self._about['version']}+{_digest(files)[:_DIGITS]}"
        try:
            tools = [importlib.metadata.version("setuptools"), sys.version]
        except importlib.metadata.PackageNotFoundError:
            raise WheelError("the wheel of the package is built by setuptools, which is missing: make setup") from None
        key = hashlib.sha256("\0".join([edition, _digest(files), *tools]).encode()).hexdigest()
        built = get_or_create(cache / f"{key}.whl", lambda: _build(files, edition))
        return Package(edition=edition, sha256=hashlib.sha256(built).hexdigest(), address=address), built

    def _files(self) -> dict[str, bytes]:
        """Return what the wheel is made from, by path."""
        code = [path for path in (self._root / "logreg_docs").rglob("*.*") if path.suffix in (".py", ".css", ".csv")]
        paths = [self._root / "pyproject.toml", self._root / "README.md", self._root / "LICENSE", *sorted(code)]
        return {path.relative_to(self._root).as_posix(): path.read_bytes() for path in paths}


@functools.cache
def _modules(distribution: str) -> set[str]:
    """Return the top-level modules that an installed distribution has; none if it is not installed."""
    try:
        found = importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return set()
    if listed := found.read_text("top_level.txt"):
        return set(listed.split())
    return {path.parts[0].partition(".")[0] for path in found.files or () if path.suffix == ".py"}


def _digest(files: Mapping[str, bytes]) -> str:
    state = hashlib.sha256()
    for path, content in files.items():
        state.update(f"{path}\0{len(content)}\0".encode() + content)
    return state.hexdigest()


def _build(files: Mapping[str, bytes], edition: str) -> bytes:
    """Let setuptools build the wheel of some files, without network and without looking at the machine."""
    with TemporaryDirectory(prefix="lr") as folder:
        source, made = Path(folder) / "source", Path(folder) / "made"
        for path, content in files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes(content)
            (source / path).chmod(0o644)  # which the wheel keeps, whatever the machine sets for new files
        label = edition.partition("+")[2]
        (source / "setup.cfg").write_text(f"[egg_info]\ntag_build = +{label}\n", encoding="utf-8")
        ran = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-I", "-c", _BUILD, str(made)],
            cwd=source,
            env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH},
            umask=0o022,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            last = (ran.stderr.strip().splitlines() or ["it says nothing"])[-1]
            raise WheelError(f"setuptools cannot build the wheel of the package from pyproject.toml: {last}")
        (wheel,) = made.glob("*.whl")
        return wheel.read_bytes()
