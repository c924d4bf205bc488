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


UNEVEN = """
import sys
import time
from contextlib import nullcontext
from datetime import timedelta

import torch
import torch.distributed as dist
import torch.distributed.nn
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo", timeout=timedelta(seconds=int(sys.argv[2])))
rank = dist.get_rank()
parallel = DistributedDataParallel(nn.Linear(1, 1))
n_steps = 0
try:
    with parallel.join() if sys.argv[1] == "join" else nullcontext():
        for _ in range((6, 2)[rank]):
            parallel(torch.ones(1, 1)).sum().backward()
            n_steps += 1
except RuntimeError as error:
    print(rank, n_steps, "Timed out" in str(error))
else:
    print(rank, n_steps, "done")
    if sys.argv[1] != "join":
        time.sleep(int(sys.argv[2]) + 3)  # there, but elsewhere
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("mode", "patience", "ends"),
    [
        pytest.param("join", 120, ["0 6 done", "1 2 done"], marks=pytest.mark.deep),
        ("plain", 10, ["0 2 True", "1 2 done"]),
    ],
)
def test_a_process_with_more_steps_waits_in_vain_unless_they_are_joined(
    mode: str, patience: int, ends: list[str], tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(UNEVEN)
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--local-addr=127.0.0.1"]
    ran = subprocess.run(
        [*launcher, "--nproc-per-node=2", tmp_path / "program.py", mode, str(patience)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert sorted(ran.stdout.splitlines()) == ends, ran.stderr
