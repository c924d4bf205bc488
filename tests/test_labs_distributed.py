"""The programs that the lab on several machines starts."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sites import ROOT

if TYPE_CHECKING:
    from pathlib import Path

THREADS = """
import psutil
print("threads:", psutil.Process().num_threads())
"""


def program(name: str) -> str:
    """Return a program as the lab writes it down."""
    lab = ast.parse((ROOT / "docs/labs/distributed.py").read_text(encoding="utf-8"))
    (text,) = (
        ast.literal_eval(node.value)
        for node in lab.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )
    return str(text)


@pytest.mark.parametrize(
    ("name", "plans"), [("BY_HAND", {"cuts": {"all": [0, 4]}}), ("WITH_DDP", {"fits": {"all": [[0, 4], False]}})]
)
def test_no_thread_outlives_the_group_and_meets_the_end_of_python(
    name: str, plans: dict[str, object], tmp_path: Path
) -> None:
    """Such a thread ends the process with a crash if it is late."""
    np.save(tmp_path / "X.npy", np.array([[0.0], [1.0], [2.0], [3.0]]))
    np.save(tmp_path / "y.npy", np.array([0.0, 1.0, 0.0, 1.0]))
    (tmp_path / "job.json").write_text(json.dumps({"n_steps": 3, "learning_rate": 0.1, **plans}))
    alone = {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "0"}
    ran = subprocess.run(
        [sys.executable, "-c", program(name) + THREADS, tmp_path],
        env={**os.environ, "OMP_NUM_THREADS": "1", **alone},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["all: 1 processes, 3 steps", "threads: 1"]
