"""Every lab runs as a plain script, and its text is Markdown that any notebook can show."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from site_markdown import FINDER

from logreg_docs.exercises.labs import EXERCISES
from logreg_docs.publish.pages.cells import Cell, read_cells
from logreg_docs.publish.pages.labs import as_markdown

FOLDER = Path(__file__).parent.parent / "docs" / "labs"
LABS = sorted(FOLDER.glob("*.py"))
# Every lab is run as a page already, and some as notebooks; one as a script is enough by default.
SCRIPTS = [lab if lab.stem == "from_scratch" else pytest.param(lab, marks=pytest.mark.deep) for lab in LABS]
each_lab = pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem)

# What MkDocs-Material understands and a notebook shows as it stands.
MATERIAL = {
    "admonition": r"^ *(?:!!!|\?\?\?\+?) ",
    "tab": r'^ *===[!+]? "',
    "attribute list": r"\{ *:?[^{}\n]*[#.][A-Za-z][^{}\n]*\}",
    "reference": r"\]\[",
    "footnote": r"\[\^",
    "API entry": r"^::: ",
    "icon": r":(?:material|octicons|fontawesome)-",
    "snippet": r"--8<--",
    "Markdown in HTML": r"<[^>]+ markdown",
    "abbreviation": r"^\*\[",
    "front matter": r"\A\s*---$",
}


FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)


def prose(text: str) -> str:
    """Return what a page says around its code and its formulas."""
    plain = re.sub(r"^(```+).*?^\1|`[^`\n]*`", "`code`", text, flags=re.MULTILINE | re.DOTALL)
    return FORMULA.sub("formula", plain)


def page(lab: Path) -> str:
    return as_markdown(f"labs/{lab.name}", lab.read_text(), FINDER)


def cells(lab: Path) -> list[Cell]:
    return read_cells(f"labs/{lab.name}", page(lab), FINDER)


def functions(cell: Cell) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)}


def checks(cell: Cell) -> list[str]:
    return re.findall(r'^check\("([^"]+)", ', cell.source, re.MULTILINE)


def material(text: str) -> list[str]:
    """Name what in a text only MkDocs-Material understands."""
    return [name for name, pattern in MATERIAL.items() if re.search(pattern, prose(text), re.MULTILINE)]


def test_labs_are_found() -> None:
    assert {"from_scratch", "pytorch_step_by_step"} <= {lab.stem for lab in LABS}


@pytest.mark.long
@pytest.mark.parametrize("lab", SCRIPTS, ids=lambda lab: getattr(lab, "stem", None))
def test_lab_runs_as_a_script_without_a_warning_and_leaves_no_file(lab: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(lab)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert ran.stdout
    assert not [*tmp_path.iterdir()]
    said = re.findall(r"^Exercise (.+?): (no answer yet|right)\.", ran.stdout, re.MULTILINE)
    assert len(said) == ran.stdout.count("Exercise")
    awaited, right = ([name for name, words in said if words == kind] for kind in ("no answer yet", "right"))
    assert awaited == right == [name for cell in cells(lab) if cell.for_answer for name in checks(cell)]


@each_lab
def test_place_for_an_answer_says_what_is_asked_and_its_solution_follows(lab: Path) -> None:
    found = cells(lab)
    for cell, after in pairwise(found):
        asked = cell.source.startswith("# Your turn")
        assert asked == cell.for_answer == ("..." in cell.source), cell.source
        if asked:
            assert after.solves
            assert "..." not in after.source
            assert checks(cell) == checks(after) != []
            assert functions(cell).keys() == functions(after).keys()
            for name, function in functions(cell).items():
                assert ast.get_docstring(function), name
                assert ast.unparse(function.args) == ast.unparse(functions(after)[name].args)
    assert not found[-1].for_answer


def test_every_exercise_of_the_labs_is_asked_once() -> None:
    asked = [name for lab in LABS for cell in cells(lab) if cell.for_answer for name in checks(cell)]
    assert sorted(asked) == sorted(EXERCISES)


@each_lab
def test_code_that_only_draws_is_folded(lab: Path) -> None:
    drawing = [cell for cell in cells(lab) if re.search(r"logreg_docs\.figures|new_figure\(|\bplot_\w+\(", cell.source)]
    assert drawing
    assert [cell.source for cell in drawing if not cell.folded] == []


@each_lab
def test_lab_names_its_chapter_with_a_link_before_the_first_code(lab: Path) -> None:
    opening = page(lab).partition("``````")[0].replace("\n", " ")
    assert re.search(r"This lab belongs to \[chapter (\d), [^\]]+\]\(\.\./chapters/0\1-", opening)


@each_lab
def test_lab_begins_with_its_only_title_and_ends_with_text(lab: Path) -> None:
    text = prose(page(lab)).strip()
    headings = re.findall(r"^#+ .*", text, re.MULTILINE)
    assert text.startswith("# ")
    assert not text.endswith("`code`")
    assert [line for line in headings if line.startswith("# ")] == headings[:1]
    assert len(headings) == len(set(headings))


@each_lab
def test_lab_is_markdown_that_any_notebook_shows(lab: Path) -> None:
    assert material(page(lab)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("admonition", '!!! note "Title"'),
        ("admonition", "??? success"),
        ("tab", '=== "NumPy"'),
        ("attribute list", "## Heading { #anchor }"),
        ("attribute list", "![](a.svg){: .wide }"),
        ("reference", "[sigmoid][logreg_docs.sigmoid.sigmoid]"),
        ("footnote", "as known[^1]"),
        ("API entry", "::: logreg_docs.sigmoid"),
        ("icon", ":material-download:"),
        ("snippet", '--8<-- "a.md"'),
        ("Markdown in HTML", '<div class="a" markdown>'),
        ("abbreviation", "*[SGD]: stochastic gradient descent"),
        ("front matter", "---\ntitle: x\n---"),
    ],
)
def test_syntax_of_the_site_is_recognised(name: str, text: str) -> None:
    assert material(text) == [name]


def test_formulas_code_and_plain_links_are_no_syntax_of_the_site() -> None:
    text = (
        "# T\n\n$\\frac{a.b}{c_{i.j}}$ and `{ #code }`\n\n$$\nx^{2}\n$$\n\n[a](../chapters/01-x.md) **b**: *c*\n\n- d"
    )
    assert not material(text)
