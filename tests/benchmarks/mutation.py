"""Which share of small faults, put into the mathematics one at a time, the tests of that mathematics notice.

Run it with `make bench`, or name modules: `python tests/benchmarks/mutation.py sigmoid newton`. After tests were added,
`--again` tests only those mutants that the last run, kept in `.cache/mutation`, left alive. mutmut makes the faulty
copies, called mutants: a sign turned, a bound moved, an argument dropped. A module's mutants meet the tests of its
topic, its rows of the table of bad input and its doctests, and no others. A mutant is killed when one of them fails or
takes five times as long. Left out are mutants of messages (a `raise` and the `hint` it ends in), of decorated functions
and of constants outside functions.

`equivalent_mutants.toml` lists mutants that compute the same, with the reason. A mutant that is listed and yet killed,
or a line of the list that fits no mutant, stops the program.
"""

from __future__ import annotations

import ast
import difflib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import report

ROOT = Path(__file__).resolve().parent.parent.parent
SCRATCH = ROOT / ".cache" / "mutation"
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
# Every module of mathematics, and the tests that answer for it where they are not test_<module>.py.
MODULES = {
    "_chunks": ("test_chunks", "test_scaling"),
    "_newton_steps": ("test_newton_steps", "test_newton"),
    "_objective": ("test_objective", "test_newton", "test_gradient_descent"),
    "_separability": ("test_separability", "test_separation"),
    "_validation": ("test_validation", "test_bad_input"),
    "classifier": (),
    "datasets": (),
    "evaluation": (),
    "finite_differences": (),
    "gradient_descent": (),
    "learning_rate": (),
    "likelihood": (),
    "linear_regression": (),
    "log_loss": (),
    "network": (),
    "newton": (),
    "pytorch": (),
    "scaling": (),
    "schedules": (),
    "separation": (),
    "sigmoid": (),
    "softmax": (),
}
SETTINGS = """
[tool.mutmut]
source_paths = ["logreg_docs"]
only_mutate = ["logreg_docs/{module}.py"]
do_not_mutate_patterns = ['raise \\w+', '\\bhint = ']
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:threadexception"]
pytest_add_cli_args_test_selection = {selection}
timeout_constant = 2.0
timeout_multiplier = 5.0
use_git_change_detection = false
"""
# Left out: doctests of the mutants' own copies, bad input of other modules, and tests of which names a module defines.
WORDS = "not mutmut and not listed_for_export and (not test_bad_input or {module}.)"
AGAIN = "--again"
CHILDREN = "2"  # at the same time
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # a fork keeps one thread
    "OPENBLAS_NUM_THREADS": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # starting pytest is most of the work
    "PYTHONPATH": "",
}
KILLED = {1, 3, 24, -24, 36, 152, 255}  # exit codes of pytest and of a process that ran out of time
SURVIVED = {0, 5, 33}  # the tests passed, or none reached the function


def lay_out(module: str, *, again: bool) -> Path:
    """Copy what the tests of one module need, with the settings of mutmut, and forget what is to be tested."""
    project = SCRATCH / module
    if again:
        forget_survivors(project, module)
    else:
        shutil.rmtree(project, ignore_errors=True)
        (project / "mutants").mkdir(parents=True)
        (project / "mutants/docs").symlink_to(ROOT / "docs")
    for name in ("logreg_docs", "tests"):
        copied = project / name
        shutil.copytree(ROOT / name, copied, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    tests = MODULES[module] or (f"test_{module}", "test_bad_input")
    paths = [*(f"tests/{test}.py" for test in tests), f"logreg_docs/{module}.py"]
    selection = json.dumps([*paths, "-k", WORDS.format(module=module if module[0] != "_" else "test_bad_input")])
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (project / "pyproject.toml").write_text(settings + SETTINGS.format(module=module, selection=selection))
    return project


def forget_survivors(project: Path, module: str) -> None:
    """Leave the verdicts alone that more tests do not change, on killed and on equivalent mutants."""
    path, written, excused = project / f"mutants/logreg_docs/{module}.py.meta", bodies(module), listed(module)
    known = json.loads(path.read_text())
    for name, code in known["exit_code_by_key"].items():
        if code not in KILLED and describe(name.removeprefix(f"logreg_docs.{module}."), written) not in excused:
            known["exit_code_by_key"][name] = None
    path.write_text(json.dumps(known))
    (project / "mutants/mutmut-stats.json").unlink(missing_ok=True)


def run(module: str, *, again: bool) -> dict[str, int]:
    """Make the mutants of one module, test them, and return the exit code of each."""
    project = lay_out(module, again=again)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", CHILDREN]
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(
        command, cwd=project, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise RuntimeError(f"mutmut stopped at {module}: {done.stdout[-3000:]}")
    found = json.loads((project / f"mutants/logreg_docs/{module}.py.meta").read_text())["exit_code_by_key"]
    return {name.removeprefix(f"logreg_docs.{module}."): code for name, code in found.items()}


def bodies(module: str) -> dict[str, list[str]]:
    """Return the lines of every function that mutmut wrote, by its name there."""
    source = (SCRATCH / module / f"mutants/logreg_docs/{module}.py").read_text(encoding="utf-8")
    lines = source.splitlines()
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]).replace(node.name, "").splitlines()
        for node in functions
        if "_mutmut_" in node.name
    }


def describe(name: str, written: dict[str, list[str]]) -> str:
    """Name a mutant by its function and what it changed there, which outlives edits elsewhere."""
    function = name.partition("__mutmut_")[0]
    original = written.get(f"{function}__mutmut_orig") or written[f"_{function}_mutmut_orig"]
    mutant = written.get(name) or written[f"_{name}"]
    changes = [line for line in difflib.ndiff(original, mutant) if line[0] in "+-"]
    old, new = (" ".join(line[1:].partition("  # ")[0].strip() for line in changes if line[0] == sign) for sign in "-+")
    return f"{function.removeprefix('x_').replace('xǁ', '').replace('ǁ', '.')}: {old} → {new}"


def listed(module: str) -> frozenset[str]:
    """Return the mutants of one module that compute the same."""
    reasons = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get(module, {})
    return frozenset(mutant for mutants in reasons.values() for mutant in mutants)


def judge(module: str, codes: dict[str, int]) -> tuple[Counter[str], list[str]]:
    """Count what became of the mutants of one module, and describe those that nobody noticed."""
    written, excused, counts, survivors = bodies(module), listed(module), Counter[str](), []
    unused = set(excused)
    for name, code in codes.items():
        mutant = describe(name, written)
        if code not in KILLED | SURVIVED:
            raise RuntimeError(f"{module}, {mutant}: mutmut ended with {code}.")
        if mutant in excused and code in KILLED:
            raise RuntimeError(f"{EQUIVALENT.name} lists a mutant of {module} that a test tells apart: {mutant}")
        unused.discard(mutant)
        counts["killed" if code in KILLED else "equivalent" if mutant in excused else "survived"] += 1
        if code in SURVIVED and mutant not in excused:
            survivors.append(mutant)
    if unused:
        raise RuntimeError(f"{EQUIVALENT.name} lists mutants that {module} does not have: {sorted(unused)}")
    return counts, survivors


def result(module: str, counts: Counter[str]) -> dict[str, Any]:
    """Lay one row out for the page."""
    killed, survived, equivalent = counts["killed"], counts["survived"], counts["equivalent"]
    return {
        "case": {"module": module},
        "mutants": {
            "mutants": killed + survived + equivalent,
            "killed": killed,
            "survived": survived,
            "equivalent": equivalent,
            "score in %": round(100 * killed / (killed + survived), 1),
        },
    }


def keep(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Replace the rows of these modules in the file that the page reads, and return the new sum of all rows."""
    path = report.FOLDER / "mutation.json"
    known = json.loads(path.read_text(encoding="utf-8"))["results"] if path.is_file() else []
    rows = {row["case"]["module"]: row for row in [*known, *results]}
    rows = {module: rows[module] for module in MODULES if module in rows}
    total = sum((Counter(row["mutants"]) for row in rows.values()), Counter[str]())
    report.write("mutation", [*rows.values(), result("all", total)])
    return result("all", total)


def main(arguments: list[str]) -> None:
    """Test the modules, print what survived, and write each result as it comes."""
    modules = [argument for argument in arguments if argument != AGAIN] or MODULES
    for module in modules:
        counts, survivors = judge(module, run(module, again=AGAIN in arguments))
        row = result(module, counts)
        print(row, *survivors, sep="\n    ", flush=True)  # noqa: T201 - this is the program's output
        total = keep([row])
    print(total)  # noqa: T201 - this is the program's output


if __name__ == "__main__":
    main(sys.argv[1:])
