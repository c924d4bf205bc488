"""Chromium for the browser tests is found, or downloaded, or asked for in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from browser.chromium import MISSING
from sites import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# What Playwright runs, in place of its own: told where browsers lie, it writes down what it is asked.
INSTALLER = """\
#!/bin/sh
PATH=/usr/bin:/bin
shell="{folder}/chromium_headless_shell-1/chrome-headless-shell-linux64/chrome-headless-shell"
case "$*" in
  *--dry-run*) echo "Chrome Headless Shell"; echo "  Install location:    {folder}/chromium_headless_shell-1";;
  *) echo "$*" >> "{folder}/asked"; {answer};;
esac
"""
DOWNLOADS = 'mkdir -p "${{shell%/*}}"; touch "${{shell%/*}}/LICENSE"; printf "#!/bin/sh\\nexit {code}\\n" > "$shell"'


@dataclass(frozen=True)
class Machine:
    """A machine with these programs and no others."""

    folder: Path

    def add(self, name: str, text: str) -> str:
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def run(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "CHROMIUM"}
        environment |= {"PATH": str(self.folder / "bin"), "PLAYWRIGHT_NODEJS_PATH": str(self.folder / "bin/node")}
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment | settings,
            capture_output=True,
            text=True,
            check=False,
        )

    def prepare(self, **settings: str) -> tuple[int, str]:
        done = self.run("tests/browser/chromium.py", **settings)
        return done.returncode, done.stdout + done.stderr

    def found(self) -> str:
        return self.run("-c", "from browser.chromium import chromium; print(chromium())", PYTHONPATH="tests").stdout

    def asked(self) -> int:
        asked = self.folder / "asked"
        return len(asked.read_text().splitlines()) if asked.exists() else 0


@pytest.fixture
def machine(tmp_path: Path, request: pytest.FixtureRequest) -> Machine:
    (tmp_path / "bin").mkdir()
    made = Machine(tmp_path)
    made.add("node", INSTALLER.format(folder=tmp_path, answer=getattr(request, "param", "exit 1")))
    return made


@pytest.mark.parametrize(
    "machine", [DOWNLOADS.format(code=0) + '; chmod +x "$shell"'], indirect=True, ids=["there is a network"]
)
def test_where_there_is_no_browser_one_is_downloaded_once(machine: Machine) -> None:
    for _ in range(2):
        assert machine.prepare() == (0, "")
        assert machine.asked() == 1
    assert machine.found().endswith("/chrome-headless-shell\n")


@pytest.mark.parametrize(
    "machine",
    ["exit 1", DOWNLOADS.format(code=127) + '; chmod +x "$shell"'],
    indirect=True,
    ids=["no network", "libraries are missing"],
)
def test_where_none_can_be_had_one_line_says_what_to_install(machine: Machine) -> None:
    assert machine.prepare() == (1, MISSING + "\n")
    assert machine.asked() == 1
    assert "\n" not in MISSING
    assert "apt-get install chromium-headless-shell" in MISSING


def test_browser_that_is_there_is_taken_and_a_text_in_its_place_is_not(machine: Machine) -> None:
    machine.add("chromium-browser", "#!/bin/sh\necho This is a snap.\nexit 1\n")
    chrome = machine.add("google-chrome", "#!/bin/sh\n")
    assert machine.prepare() == (0, "")
    assert machine.found() == f"{chrome}\n"
    shell = machine.add("chromium-headless-shell", "#!/bin/sh\n")
    assert machine.found() == f"{shell}\n"
    assert machine.asked() == 0


def test_path_that_leads_nowhere_is_not_mended_by_a_download(machine: Machine) -> None:
    assert machine.prepare(CHROMIUM="/no/such/browser") == (1, MISSING + "\n")
    assert machine.asked() == 0


@pytest.mark.parametrize("workers", [(), ("--numprocesses", "2")], ids=["alone", "two workers"])
def test_browser_tests_stop_at_the_start_where_there_is_none_and_the_others_run(
    workers: tuple[str, ...], machine: Machine
) -> None:
    file = "tests/browser/test_keyboard.py"
    command = ("-m", "pytest", "-p", "no:cacheprovider", *workers, file)
    stopped = machine.run(*command)
    assert stopped.returncode != 0
    assert MISSING in stopped.stdout + stopped.stderr
    assert "failed" not in stopped.stdout
    light = machine.run(*command, "tests/test_tables.py", "-m", "not browser")
    assert light.returncode == 0, light.stdout
