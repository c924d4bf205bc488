"""The first cell of a notebook: it installs the package of the site that the notebook comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Package", "install_source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The package that the site publishes.

    Args:
        edition: Its version, with a label that differs between any two contents.
        sha256: Digest of its wheel.
        address: Address of the folder that holds it, with a slash at the end; empty if it is not known.

    Examples:
        >>> Package(edition="0.1.0+ab", sha256="00", address="").wheel
        'logreg_docs-0.1.0+ab-py3-none-any.whl'
    """

    edition: str
    sha256: str
    address: str

    @property
    def wheel(self) -> str:
        """File name of the wheel."""
        return f"logreg_docs-{self.edition}-py3-none-any.whl"


# It stands in the notebook, so it needs nothing but Python and IPython, which shows a UsageError as one line. What a
# clone installs has the version without a label; it is left alone, since its owner edits it.
_CELL = """\
# Install what this notebook needs. Where it is there already, this changes nothing.
import importlib.metadata, importlib.util, pathlib, re, subprocess, sys
from IPython.core.error import UsageError

wheel = pathlib.Path("{wheel}")  # beside this notebook, or on the site
source = {source}
found = next((each.version for each in importlib.metadata.distributions(name="logreg-docs")), None)
if found in ("{edition}", "{version}") and all(map(importlib.util.find_spec, {needs})):
    print(f"logreg-docs {{found}} is there, with all that this notebook needs.")
else:
    wanted = f"logreg-docs{extras} @ {{source}}#sha256={sha256}"
    pip = subprocess.run([sys.executable, "-m", "pip", "install", wanted], capture_output=True, text=True)
    for sign, todo in {{
        "different Python": "Choose a kernel with Python 3.11 or newer.",
        "DO NOT MATCH|404": "The site has changed: download this notebook again.",
        "Permission|Read-only|externally|named pip": "Nothing can be installed here: use an environment of your own.",
        "": "{otherwise}",
    }}.items():
        if pip.returncode and re.search(sign, pip.stderr):
            raise UsageError(f"logreg-docs is not installed. {{todo}}")
    print("Installed logreg-docs {edition}." + " Restart the kernel now." * ("logreg_docs" in sys.modules))"""
_BESIDE = "put the wheel from logreg-docs.zip of the site beside this notebook."


def install_source(package: Package, needs: Collection[str]) -> str:
    """Return the code of a notebook's first cell.

    Args:
        package: The package of the site.
        needs: The extras that the notebook needs, which have the names of their modules.

    Returns:
        Python that installs the wheel, from beside the notebook or else from the site, with these extras alone.

    Examples:
        >>> package = Package(edition="0.1.0+ab", sha256="00", address="https://x.org/downloads/")
        >>> [line.strip() for line in install_source(package, ["torch"]).splitlines() if "sha256" in line]
        ['wanted = f"logreg-docs[torch] @ {source}#sha256=00"']
    """
    near = "wheel.resolve().as_uri()"
    return _CELL.format(
        wheel=package.wheel,
        # A plus in a path is a space to some servers.
        source=f'{near} if wheel.exists() else "{package.address}{quote(package.wheel)}"' if package.address else near,
        edition=package.edition,
        version=package.edition.partition("+")[0],
        needs=sorted(needs),
        extras=f"[{','.join(sorted(needs))}]" if needs else "",
        sha256=package.sha256,
        otherwise=f"Check the network, or {_BESIDE}" if package.address else _BESIDE.capitalize(),
    )
