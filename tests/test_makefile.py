"""The two commands of README say clearly what they miss, and set nothing up twice."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from sites import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that setting up looks at, without an environment."""
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "torch.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "MAKE"))}
    environment["PATH"] = f"{folder / 'bin'}:{environment['PATH']}"
    command = [shutil.which("make") or "make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, env=environment | settings, capture_output=True, text=True, check=False)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_too_old_python_is_said_in_one_line(clone: Path) -> None:
    old = program(clone / "python3.9", 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    done = make(clone, "serve", f"PYTHON={old}")
    assert done.returncode != 0
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("make:")]
    hint = "Install one, or name it: make serve PYTHON=python3.12"
    assert said == [f"logreg-docs needs Python 3.11 or newer; found: Python 3.9.2. {hint}"]


def test_missing_python_is_said_in_one_line(clone: Path) -> None:
    done = make(clone, "test", "PYTHON=no-such-python")
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("make:")]
    assert done.returncode != 0
    assert len(said) == 1
    assert said[0].startswith("logreg-docs needs Python 3.11 or newer; found: ")


def test_python_that_cannot_make_environments_says_so_at_every_start(clone: Path) -> None:
    # As on Debian without python3-venv: the folder gets its Python before it turns out that there is no pip.
    half = "mkdir -p .venv/bin; touch .venv/bin/python; chmod +x .venv/bin/python; exit 1"
    python = program(clone / "python3.12", f'case "$*" in "-m venv .venv") {half};; esac')
    for _ in range(2):
        done = make(clone, "setup", f"PYTHON={python}")
        assert done.returncode != 0
        hint = "This Python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv"
        assert done.stdout.splitlines() == [hint]


def test_uv_installs_into_the_environment_of_the_project_whichever_is_active(clone: Path) -> None:
    calls = clone / "calls"
    program(clone / ".venv/bin/python", "exit 0")
    uv = program(clone / "uv", f'echo "$VIRTUAL_ENV $UV_PYTHON" >> {calls}')
    elsewhere = {"VIRTUAL_ENV": "/another/.venv", "UV_PYTHON": "/another/python", "UV_SYSTEM_PYTHON": "1"}
    assert make(clone, "setup", f"PIP={uv} pip", **elsewhere).returncode == 0
    assert set(calls.read_text().splitlines()) == {f"{clone}/.venv {clone}/.venv/bin/python"}


@pytest.fixture
def ready(clone: Path) -> Path:
    """The same, set up, with a site whose archive holds one notebook."""
    program(clone / ".venv/bin/python", f'case "$*" in "-m zipfile "*) exec {sys.executable} "$@";; esac')
    with zipfile.ZipFile(clone / "archive.zip", "w") as archive:
        archive.writestr("logreg-docs/README.md", "")
        archive.writestr("logreg-docs/a.ipynb", "{}")
    built = "echo built >> calls; mkdir -p site/downloads; cp archive.zip site/downloads/logreg-docs.zip"
    program(clone / ".venv/bin/mkdocs", built)
    program(clone / ".venv/bin/jupyter", f'echo "$* in $(pwd)" >> {clone / "calls"}')
    return clone


def test_notebooks_are_unpacked_once_and_answers_in_them_stay(ready: Path) -> None:
    opened = f"lab in {ready / 'notebooks'}"
    for answer in ("{}", "my answer"):
        done = make(ready, "notebooks")
        assert done.returncode == 0, done.stderr
        assert "make notebooks' changes none of them" in done.stdout
        assert (ready / "notebooks/a.ipynb").read_text() == answer
        (ready / "notebooks/a.ipynb").write_text("my answer")
    assert (ready / "calls").read_text().splitlines() == ["built", opened, opened]


def test_binder_and_the_development_container_start_the_same_command(ready: Path) -> None:
    shutil.copytree(ROOT / ".binder", ready / ".binder")
    program(ready / "bin/its-jupyter", f'echo "$* in $(pwd)" >> {ready / "calls"}')
    path = {"PATH": f"{ready / 'bin'}:{os.environ['PATH']}"}
    subprocess.run([".binder/start", "its-jupyter", "--port=1"], cwd=ready, env=os.environ | path, check=True)
    assert (ready / "calls").read_text().splitlines() == ["built", f"--port=1 in {ready / 'notebooks'}"]
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert container["postAttachCommand"] == "make notebooks"
    for before in (container["postCreateCommand"], (ROOT / ".binder/postBuild").read_text()):
        assert "make notebooks/README.md " in before


def test_second_start_sets_nothing_up(clone: Path) -> None:
    calls = clone / "calls"
    program(clone / ".venv/bin/python", f'echo "python $*" >> {calls}')
    program(clone / ".venv/bin/mkdocs", f'echo "mkdocs $*" >> {calls}')
    assert make(clone, "serve").returncode == 0
    first = calls.read_text()
    assert "pip install --no-deps --require-hashes --requirement requirements.txt" in first
    assert "pip install --no-build-isolation --constraint torch.txt --editable .[dev]" in first
    assert first.endswith("mkdocs serve\n")
    calls.unlink()
    assert make(clone, "serve").returncode == 0
    assert calls.read_text() == "mkdocs serve\n"


def test_what_pages_show_is_written_by_a_build_that_is_told_where(clone: Path) -> None:
    calls = clone / "calls"
    program(clone / ".venv/bin/python", "exit 0")
    program(clone / ".venv/bin/mkdocs", f"echo \"$* into '$LOGREG_DOCS_SHOWN'\" >> {calls}")
    assert make(clone, "site").returncode == 0
    assert make(clone, "shown").returncode == 0
    assert calls.read_text() == "build into ''\nbuild into 'tests/shown'\n"


def test_chapters_are_printed_from_a_site_that_links_to_what_is_printed_by_the_browser_that_is_found(
    clone: Path,
) -> None:
    calls = clone / "calls"
    python = f'case "$*" in -c*) echo /a/browser;; *) echo "$*" >> {calls};; esac'
    program(clone / ".venv/bin/python", python)
    program(clone / ".venv/bin/mkdocs", f'echo "mkdocs $* paper=$LOGREG_DOCS_PAPER" >> {calls}')
    assert make(clone, "pdf").returncode == 0
    assert calls.read_text().splitlines()[-3:] == [
        "tests/browser/chromium.py",
        "mkdocs build paper=true",
        "-m logreg_docs.publish.paper site --browser /a/browser",
    ]


def test_release_holds_what_was_built_and_printed_and_nothing_of_the_last_one(clone: Path) -> None:
    calls = clone / "calls"
    program(clone / ".venv/bin/python", f'echo "$*" >> {calls}; ls dist 2>/dev/null >> {calls} || true')
    program(clone / ".venv/bin/mkdocs", "exit 0")
    (clone / "dist").mkdir()
    (clone / "dist/old.whl").touch()
    assert make(clone, "release").returncode == 0
    printed, listed, kept = calls.read_text().splitlines()[-3:]
    assert printed.startswith("-m logreg_docs.publish.paper site --browser ")
    assert (listed, kept) == ("old.whl", "-m logreg_docs.publish.release write site dist")


def programs(clone: Path, **answers: str) -> Path:
    """Put programs into the environment that only write down how they are called, and answer as told."""
    calls = clone / "calls"
    for name in ("python", "pytest", "ruff", "mypy", "lint-imports", "codespell", "zizmor"):
        answer = answers.get(name, "")
        program(clone / f".venv/bin/{name}", f'echo "{name} $*" >> {calls}\n{answer}')
    program(clone / "bin/npx", f'echo "npx $*" >> {calls}\n{answers.get("npx", "")}')
    (clone / ".venv/.ready").touch()
    return calls


@pytest.mark.parametrize(("target", "more"), [("test", ""), ("test-deep", " --deep")])
def test_every_check_runs_before_every_test_and_tests_on_all_processors(target: str, more: str, clone: Path) -> None:
    calls = programs(clone)
    assert make(clone, target).returncode == 0
    called = calls.read_text().splitlines()
    assert called[0] == "python tests/browser/chromium.py"
    names = [line.split()[0] for line in called[1:-1]]
    assert names == ["ruff", "ruff", "mypy", "lint-imports", "npx", "npx", "codespell", "zizmor"]
    assert called[-1] == f"pytest --numprocesses auto --maxprocesses 8 --dist worksteal{more}"


@pytest.mark.parametrize(
    ("answer", "said"), [("exit 0", ""), ('case "$*" in *tsc*) echo Wrong.; exit 2;; esac', "Wrong.")]
)
def test_javascript_is_checked_where_there_is_node(answer: str, said: str, clone: Path) -> None:
    calls = programs(clone, npx=answer)
    done = make(clone, "scripts")
    assert (done.returncode == 0, done.stdout.strip()) == (not said, said)
    assert "--call tsc -p jsconfig.json && eslint" in calls.read_text()


@pytest.mark.parametrize("settings", [{}, {"CI": "true"}])
def test_javascript_may_go_unchecked_where_nothing_can_be_fetched_but_not_in_ci(
    settings: dict[str, str], clone: Path
) -> None:
    programs(clone, npx="exit 1")
    done = make(clone, "scripts", **settings)
    assert done.stdout == "The JavaScript was not checked: npx cannot fetch what checks it\n"
    assert (done.returncode == 0) is (not settings)


def test_missing_node_is_said_in_one_line(clone: Path) -> None:
    done = make(clone, "scripts", PATH=str(clone))
    assert done.returncode == 0
    assert done.stdout == "The JavaScript was not checked: that needs npx, which comes with Node.js\n"


def test_missing_browser_is_said_in_one_line_before_anything_else_runs(clone: Path) -> None:
    calls = programs(clone, python='case "$*" in tests/browser/chromium.py) echo Install one.; exit 1;; esac')
    done = make(clone, "test")
    assert done.returncode != 0
    assert done.stdout == "Install one.\n"
    assert calls.read_text() == "python tests/browser/chromium.py\n"


def test_inner_loop_tests_the_mathematics_and_its_examples_and_asks_for_no_browser(clone: Path) -> None:
    for folder in ("logreg_docs", "tests"):
        (clone / folder).symlink_to(ROOT / folder)
    calls = programs(clone)
    assert make(clone, "quick").returncode == 0
    called = calls.read_text().splitlines()
    assert [line.split()[0] for line in called] == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    tested = called[-1].split()
    for module in (ROOT / "logreg_docs").glob("*.py"):
        assert f"logreg_docs/{module.name}" in tested
        assert module.stem == "__init__" or f"tests/test_{module.stem.lstrip('_')}.py" in tested
    assert "tests/test_bad_input.py" in tested
    assert "tests/test_site.py" not in tested


def test_lines_of_the_readme_install_what_make_installs(clone: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = [line for line in text.splitlines() if line.startswith(".venv/bin/python -m pip install")]
    calls = clone / "calls"
    program(clone / ".venv/bin/python", f'echo "$*" >> {calls}')
    assert make(clone, "setup").returncode == 0
    installed = [line for line in calls.read_text().splitlines() if "pip install" in line]
    assert [" ".join(shlex.split(line)[1:]) for line in named] == installed


@pytest.mark.parametrize("lock", ["requirements.txt", "torch.txt"])
def test_changed_lock_sets_up_again(clone: Path, lock: str) -> None:
    calls = clone / "calls"
    program(clone / ".venv/bin/python", f'echo "python $*" >> {calls}')
    assert make(clone, "setup").returncode == 0
    later = (clone / ".venv/.ready").stat().st_mtime + 10
    os.utime(clone / lock, (later, later))
    calls.unlink()
    assert make(clone, "setup").returncode == 0
    assert "pip install" in calls.read_text()


def test_large_download_is_announced_before_it_starts(clone: Path) -> None:
    program(clone / ".venv/bin/python", 'case "$*" in *"import torch"*) exit 1;; esac')
    environment = {"HOME": str(clone), "PATH": os.environ["PATH"]}
    command = ["make", "setup"]
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
    # Elsewhere the default build is small.
    assert ("PyTorch for Linux comes with CUDA" in done.stdout) is (os.uname().sysname == "Linux")
    quiet = {**environment, "UV_TORCH_BACKEND": "cpu"}
    (clone / ".venv/.ready").unlink()
    done = subprocess.run(command, cwd=clone, env=quiet, capture_output=True, text=True, check=False)
    assert "CUDA" not in done.stdout
