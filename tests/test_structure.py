"""The layout shows the architecture: one name a topic, imports one way, every public name on an API page."""

from __future__ import annotations

import ast
import importlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from sites import ROOT, Built

PACKAGE = ROOT / "logreg_docs"
CHAPTERS = sorted((ROOT / "docs/chapters").glob("*.md"))
TOPICS = [path.stem.partition("-")[2].replace("-", "_") for path in CHAPTERS]
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("_"))
SCRIPTS = sorted([*(ROOT / "docs/assets").rglob("*.js"), *(ROOT / "docs/_theme").rglob("*.js")])
ALL_MODULES = sorted(path for path in PACKAGE.rglob("*.py") if not path.stem.startswith("_"))


def public_names(path: Path) -> list[str]:
    """Return what a module's `__all__` lists, without importing it."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_chapters_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:2]) for path in CHAPTERS] == list(range(len(CHAPTERS)))
    assert TOPICS[:6] == ["foundations", "linear_regression", "sigmoid", "likelihood", "gradient_descent", "pytorch"]


@pytest.mark.parametrize("topic", TOPICS[1:])  # chapter 0 teaches what NumPy computes
def test_chapter_module_figures_tests_and_reference_share_a_name(topic: str) -> None:
    for path in (
        f"logreg_docs/{topic}.py",
        f"logreg_docs/figures/{topic}.py",
        f"tests/test_{topic}.py",
        f"tests/test_figures_{topic}.py",
        f"docs/reference/{topic}.md",
    ):
        assert (ROOT / path).is_file(), path


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_test_and_its_reference_page(module: str) -> None:
    assert (ROOT / f"tests/test_{module}.py").is_file()
    assert f"::: logreg_docs.{module}\n" in (ROOT / f"docs/reference/{module}.md").read_text() + "\n"


@pytest.mark.parametrize("path", ALL_MODULES, ids=dotted)
def test_every_module_says_what_is_public(path: Path) -> None:
    names = public_names(path)
    assert names, f"{path} has no __all__"
    defined = {
        node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert not [name for name in defined if not name.startswith("_") and names and name not in names]


EXPLORABLES = sorted(
    path.stem for path in (PACKAGE / "explorables").glob("*.py") if f"def explore_{path.stem}(" in path.read_text()
)


def test_explorables_are_found() -> None:
    scripts = {path.stem for path in (ROOT / "docs/assets/explorables").glob("*.js")}
    assert set(EXPLORABLES) == scripts - {"core", "explorable", "loader"}
    assert "gradient_descent" in EXPLORABLES


@pytest.mark.parametrize("name", EXPLORABLES)
def test_explorable_has_script_tests_chapter_and_reference(name: str) -> None:
    for path in (
        f"docs/assets/explorables/{name}.js",
        f"tests/test_explorables_{name}.py",
        f"tests/browser/test_explorables_{name}.py",
    ):
        assert (ROOT / path).is_file(), path
    script = (ROOT / f"docs/assets/explorables/{name}.js").read_text()
    assert f'define("{name.replace("_", "-")}"' in script
    assert any(f"explore_{name}(" in path.read_text() for path in CHAPTERS)
    entries = "".join(path.read_text() for path in (ROOT / "docs/reference").glob("*.md"))
    assert entries.count(f"::: logreg_docs.explorables.{name}\n") == 1


def properties(script: str, name: str) -> dict[str, str]:
    """Return the types of the properties of an object type of a script, by name."""
    (text,) = re.findall(rf"@typedef {{object}} {name}\n(.*?)\*/", script, re.DOTALL)
    return {key: kind for kind, key in re.findall(r"@property {((?:[^{}]|{[^{}]*})*)} (\w+)", text)}


def literals(script: str, union: str) -> set[str]:
    """Return the keys that a union of names names, be they written out or those of another type of the script."""
    found = {text or number for text, number in re.findall(r'"(\w+)"|\b(\d)\b', union)}
    for other in re.findall(r"\b[A-Z]\w*", union):
        (kind,) = re.findall(rf"@typedef {{(?:Record<)?([^>}}]*).*}} {other}\b", script)
        found |= literals(script, kind)
    return found


def keys(script: str, kind: str) -> set[str]:
    """Return the keys of `Record<…>`, of `{key: type}` and of both together."""
    named = set().union(*(literals(script, union) for union in re.findall(r"Record<([^,>]*)", kind)))
    return named | set(re.findall(r"[{,] *(\w+):", re.sub(r"\[[^]]*\]", "", kind)))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_script_types_what_python_hands_over(name: str) -> None:
    script = (ROOT / f"docs/assets/explorables/{name}.js").read_text()
    module = importlib.import_module(f"logreg_docs.explorables.{name}")
    data = json.loads(json.dumps(getattr(module, f"explore_{name}")().data))
    kinds = properties(script, "Data")
    assert set(kinds) == set(data)
    for key, value in data.items():
        if isinstance(value, dict):
            assert keys(script, kinds[key]) == set(value), key
        elif isinstance(value, list) and isinstance(value[0], dict):
            each = properties(script, kinds[key].removesuffix("[]"))
            assert [set(item) for item in value] == [set(each)] * len(value), key


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_script_is_typed(path: Path) -> None:
    script = path.read_text()
    assert script.startswith("// @ts-check\n")
    assert re.findall(r"@\w+ {[^\n]*\bany\b[^\n]*}", script) == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs/_theme/scripts").iterdir()), ids=lambda path: path.stem)
def test_script_of_the_theme_is_written_into_pages_and_no_file_of_the_site(path: Path, site: Built) -> None:
    templates = "".join(template.read_text() for template in (ROOT / "docs/_theme").glob("*.html"))
    assert templates.count(f'{{% include "scripts/{path.name}" %}}') == 1
    assert not list(site.folder.rglob(path.name))


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "5 kept, 0 broken" in done.stdout


@pytest.mark.parametrize("path", ALL_MODULES, ids=dotted)
def test_every_public_name_is_on_an_api_page(path: Path, site: Built) -> None:
    pages = "".join(page.read_text() for page in (site.folder / "reference").rglob("index.html"))
    missing = [name for name in public_names(path) if f'id="{dotted(path)}.{name}"' not in pages]
    assert missing == []


def bound_names(source: str) -> set[str]:
    """Return the names that a module imports, assigns or defines, also inside `if`, `try` and `with`."""
    names: set[str] = set()
    nodes: list[ast.AST] = [ast.parse(source)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue  # what it binds inside is its own
        if isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        nodes.extend(ast.iter_child_nodes(node))
    return names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from logreg_docs.sigmoid import sigmoid", {"sigmoid"}),
        ("from logreg_docs.sigmoid import logit as sigmoid, odds", {"sigmoid", "odds"}),
        ("import numpy.linalg, torch.nn as network", {"numpy", "network"}),
        ("sigmoid = likelihood, other = 1, 2", {"sigmoid", "likelihood", "other"}),
        ("sigmoid: int = 1\n(a := 2)", {"sigmoid", "a"}),
        ("try:\n    import sigmoid\nexcept ImportError:\n    sigmoid, tables = 0, 1", {"sigmoid", "tables"}),
        ("def sigmoid():\n    inner = 1\nclass Tables:\n    inner = 2", {"sigmoid", "Tables"}),
        ('"""sigmoid"""\nprint(sigmoid)', set()),
    ],
)
def test_names_are_collected_however_a_module_binds_them(source: str, names: set[str]) -> None:
    assert bound_names(source) == names


def hidden_modules(package: Path) -> dict[str, set[str]]:
    """Return, for every package below a folder, the modules whose name its `__init__.py` gives to something."""
    found = {
        str(init.parent.relative_to(package)): bound_names(init.read_text())
        & {path.stem for path in init.parent.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
        for init in package.rglob("__init__.py")
    }
    return {name: hidden for name, hidden in found.items() if hidden}


def test_no_attribute_of_the_package_hides_a_module(tmp_path: Path) -> None:
    assert hidden_modules(PACKAGE) == {}
    planted = shutil.copytree(PACKAGE, tmp_path / "logreg_docs", ignore=shutil.ignore_patterns("__pycache__"))
    with (planted / "__init__.py").open("a") as init:
        init.write("from logreg_docs.sigmoid import sigmoid\nfigures = None\n")
    with (planted / "figures/__init__.py").open("a") as init:
        init.write("from logreg_docs.figures.style import style\n")
    assert hidden_modules(planted) == {".": {"sigmoid", "figures"}, "figures": {"style"}}


def written_functions(path: Path) -> list[tuple[str, str]]:
    """Return each function of a module with what it does, its docstring left out."""
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    does = [[node.args, *node.body[ast.get_docstring(node) is not None :]] for node in functions]
    return [
        (f"{dotted(path)}.{node.name}", "\n".join(map(ast.unparse, parts)))
        for node, parts in zip(functions, does, strict=True)
    ]


def test_no_function_is_written_twice() -> None:
    homes: dict[str, list[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for name, body in written_functions(path):
            homes.setdefault(body, []).append(name)
    assert len(homes) > 500
    assert [names for names in homes.values() if len(names) > 1] == []


FITS = {
    "gradient_descent": ["fit_gradient_descent"],
    "network": ["fit_network"],
    "newton": ["fit_newton"],
    "pytorch": ["fit_tensors", "fit_module"],
    "softmax": ["fit_softmax"],
}


@pytest.mark.parametrize("name", [f"{module}.{fit}" for module, fits in FITS.items() for fit in fits])
def test_source_of_every_fit_shows_its_loop_and_is_not_long(name: str) -> None:
    module, _, fit = name.partition(".")
    tree = ast.parse((PACKAGE / f"{module}.py").read_text())
    (function,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == fit)
    code = function.body[1:]
    assert any(isinstance(node, ast.For | ast.While) for part in code for node in ast.walk(part))
    assert (code[-1].end_lineno or code[-1].lineno) - code[0].lineno < 50


@pytest.mark.parametrize("module", FITS)
def test_reference_shows_the_private_functions_that_a_fit_calls(module: str) -> None:
    tree = ast.parse((PACKAGE / f"{module}.py").read_text())
    bodies = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in FITS[module]]
    called = {
        node.func.id
        for node in ast.walk(ast.Module([*bodies], []))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("_")
    }
    page = (ROOT / f"docs/reference/{module}.md").read_text()
    hidden = {name for name in called if f"::: logreg_docs.{module}.{name}\n" not in page}
    # These only check or convert what comes in and goes out.
    assert {
        name for name in hidden if not name.startswith(("_refuse", "_check", "_starting", "_parts", "_generator"))
    } <= {"_present_classes", "_tensors"}


def test_every_fit_is_asked_for_its_loop() -> None:
    public = {path.stem: public_names(path) for path in PACKAGE.glob("*.py")}
    fits = {module: [name for name in names if name.startswith("fit_")] for module, names in public.items()}
    del fits["linear_regression"]  # solves equations, without steps
    assert {module: sorted(names) for module, names in fits.items() if names} == {
        module: sorted(names) for module, names in FITS.items()
    }


LOCKED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==[A-Za-z0-9._]+(?: ; [^\\\n]+)?(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n",
    re.MULTILINE,
)


def test_lock_holds_hashes_but_no_source_and_no_cuda() -> None:
    lock = (ROOT / "requirements.txt").read_text()
    assert LOCKED.sub("", lock) == ""
    assert not {"torch", "triton"} & set(locked_names())
    assert not [name for name in locked_names() if name.startswith(("nvidia-", "cuda-"))]
    # Each platform has its own PyTorch.
    assert re.fullmatch(r"torch==\d+\.\d+\.\d+\n", (ROOT / "torch.txt").read_text())


def locked_names() -> list[str]:
    found = LOCKED.finditer((ROOT / "requirements.txt").read_text())
    return [re.sub(r"[-_.]+", "-", match["name"]).lower() for match in found]


def test_lock_covers_every_direct_requirement() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = {re.split(r"[\[<>=~!; ]", name)[0].lower() for name in wanted} - {"logreg-docs"}
    assert names <= {*locked_names(), "torch"}


def test_actions_are_pinned_and_read_only_by_default() -> None:
    for workflow in (ROOT / ".github/workflows").glob("*.yml"):
        text = workflow.read_text()
        assert "permissions:\n  contents: read\n" in text
        for used in re.findall(r"uses: (\S+)", text):
            assert used.startswith("./") or re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40}", used), used
