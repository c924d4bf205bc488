"""Every lab runs as a plain script, and its text is Markdown that any notebook can show."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from logreg_docs.publish.markup.mathml import FormulaError, to_mathml

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "docs" / "labs"
LABS = sorted(FOLDER.glob("*.py"))
# The lab that starts many processes is run as a page and as a notebook already.
SCRIPTS = [pytest.param(lab, marks=pytest.mark.deep) if lab.stem == "distributed" else lab for lab in LABS]
each_lab = pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem)

# What MkDocs-Material understands and a notebook shows as it stands.
MATERIAL = {
    "admonition": r"^ *(?:!!!|\?\?\?\+?) ",
    "tab": r'^ *===[!+]? "',
    "attribute list": r"\{ *:?[^{}\n]*[#.][A-Za-z][^{}\n]*\}",
    "computed number": r"`\{python\}",
    "reference": r"\]\[",
    "footnote": r"\[\^",
    "API entry": r"^::: ",
    "icon": r":(?:material|octicons|fontawesome)-",
    "snippet": r"--8<--",
    "Markdown in HTML": r"<[^>]+ markdown",
    "abbreviation": r"^\*\[",
    "front matter": r"\A---$",
}


class Cell(NamedTuple):
    markdown: bool
    text: str


def read_cells(source: str) -> list[Cell]:
    """Split a script in percent format; the text of a Markdown cell loses its `# `."""
    head, *parts = re.split(r"^# %%(.*)\n", source, flags=re.MULTILINE)
    assert not head.strip(), f"{head!r} stands before the first cell"
    cells = []
    for header, body in zip(parts[::2], parts[1::2], strict=True):
        markdown = header.strip() == "[markdown]"
        assert markdown or re.fullmatch(r'(?: varies="[^"]+"| reads="[^"]*")*', header), f"a cell is called {header!r}"
        lines = body.strip().splitlines()
        if markdown:
            assert all(line == "#" or line.startswith("# ") for line in lines if line), f"code in a text:\n{body}"
            lines = [line[2:] for line in lines]
        cells.append(Cell(markdown, "\n".join(lines)))
    return cells


def texts(lab: Path) -> Iterator[str]:
    return (cell.text for cell in read_cells(lab.read_text()) if cell.markdown)


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```|`[^`\n]*`", "`code`", text, flags=re.MULTILINE | re.DOTALL)


FORMULA = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$]+)\$", re.DOTALL)


def material(text: str) -> list[str]:
    """Name what in a text only MkDocs-Material understands."""
    computed = ["computed number"] if re.search(MATERIAL["computed number"], text) else []
    plain = FORMULA.sub("formula", without_code(text))
    return computed + [name for name, pattern in MATERIAL.items() if re.search(pattern, plain, re.MULTILINE)]


def check_formulas(text: str) -> int:
    """Translate every formula, and count them."""
    plain = without_code(text)
    for found in FORMULA.finditer(plain):
        to_mathml(found["display"] or found["inline"], display=found["display"] is not None)
    assert "$" not in FORMULA.sub("", plain), f"a dollar sign without its partner:\n{text}"
    return len(FORMULA.findall(plain))


def broken_links(text: str, folder: Path) -> list[str]:
    """Return the links to files that are not there, or to anchors that their pages do not set."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text)):
        name, _, anchor = target.partition("#")
        page = folder / name
        if "://" not in target and not (
            page.is_file() and (not anchor or re.search(rf"\{{ #{anchor} \}}$", page.read_text(), re.MULTILINE))
        ):
            broken.append(target)
    return broken


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


@each_lab
def test_lab_begins_with_its_only_title_and_ends_with_text(lab: Path) -> None:
    cells = read_cells(lab.read_text())
    assert cells[0].markdown
    assert cells[0].text.startswith("# ")
    assert cells[-1].markdown
    headings = [line for text in texts(lab) for line in without_code(text).splitlines() if line.startswith("#")]
    assert [line for line in headings if line.startswith("# ")] == headings[:1]
    assert len(headings) == len(set(headings))


@each_lab
def test_lab_is_markdown_that_any_notebook_shows(lab: Path) -> None:
    for text in texts(lab):
        assert not material(text), text


@each_lab
def test_every_formula_of_a_lab_parses(lab: Path) -> None:
    assert sum(check_formulas(text) for text in texts(lab)) > 0


@each_lab
def test_every_link_of_a_lab_leads_to_a_page(lab: Path) -> None:
    links = [link for text in texts(lab) for link in broken_links(text, FOLDER)]
    assert not links


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("admonition", '!!! note "Title"'),
        ("admonition", "??? success"),
        ("tab", '=== "NumPy"'),
        ("attribute list", "## Heading { #anchor }"),
        ("attribute list", "![](a.svg){: .wide }"),
        ("computed number", "It is `{python} x:.2f`."),
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


@pytest.mark.parametrize("text", [r"a $\frac{a}$ b", "$$\n\\unknowncommand\n$$"])
def test_formula_that_does_not_parse_is_found(text: str) -> None:
    with pytest.raises(FormulaError):
        check_formulas(text)


def test_lonely_dollar_sign_is_found_but_not_in_code() -> None:
    assert check_formulas("`$HOME` and $x$") == 1
    with pytest.raises(AssertionError, match="without its partner"):
        check_formulas("5 $ and no more")


def test_missing_page_and_missing_anchor_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("## Here { #here }\n")
    text = "[a](a.md) [b](a.md#here) [c](a.md#there) [d](b.md) [e](https://x.org/) `[f](c.md)`"
    assert broken_links(text, tmp_path) == ["a.md#there", "b.md"]


def test_code_inside_a_text_cell_is_found() -> None:
    with pytest.raises(AssertionError, match="code in a text"):
        read_cells("# %% [markdown]\n# # T\nx = 1\n")
