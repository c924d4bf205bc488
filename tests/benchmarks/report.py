"""Write what a benchmark measured beside the machine and the versions it was measured with."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
from pathlib import Path
from typing import Any

import scipy.linalg  # noqa: F401 - loads the BLAS of SciPy, and NumPy its own, to be named
from threadpoolctl import threadpool_info

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "benchmarks"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "statsmodels", "torch", "mkdocs")


def machine() -> dict[str, str]:
    """Name the processor, its cores, Python and the libraries that do the work."""
    info = Path("/proc/cpuinfo")
    models = re.findall(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE) if info.is_file() else []
    blas = sorted({f"{pool['internal_api']} {pool['version']}" for pool in threadpool_info() if pool["version"]})
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "load average": f"{os.getloadavg()[2]:.1f} over 15 minutes" if hasattr(os, "getloadavg") else "unknown",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
        "BLAS": ", ".join(blas),
    }


def write(topic: str, results: list[dict[str, Any]]) -> None:
    """Put one topic's results where the page looks for them, one line a case."""
    lines = ",\n".join(f"    {json.dumps(result)}" for result in results)
    head = json.dumps({"topic": topic, "machine": machine()}, indent=2)[:-2]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{topic}.json").write_text(f'{head},\n  "results": [\n{lines}\n  ]\n}}\n', encoding="utf-8")


def rounded(value: float, digits: int = 3) -> float:
    """Keep the digits that a timing has."""
    return float(f"{value:.{digits}g}")
