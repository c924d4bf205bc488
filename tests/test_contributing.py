"""The recipes of CONTRIBUTING, followed to the letter in a copy of the project, give what its own tests accept."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from html import unescape
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sites import ROOT, build, copy_project

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
*RECIPES, OWN_DATA = re.split(r"^## (?=Add an? |Bring your own data$)", TEXT, flags=re.MULTILINE)[1:]
STEP = re.compile(
    r"^(?:\*\*(?P<kind>New file|At the end of|In place of|In)\*\* `(?P<path>[^`]+)`"
    r"(?: \*\*(?:below|from)\*\* `(?P<line>[^`\n]+)`(?: \*\*to\*\* `(?P<last>[^`\n]+)`)?)?:\n\n"
    r"(?P<fence>`{3,})\w+\n(?P<text>.*?)^(?P=fence)$"
    r"|\| `(?P<row_path>[^`]+)` \| `(?P<row_line>[^`]+)` \| `(?P<row>[^`]+)` \|$)",
    re.MULTILINE | re.DOTALL,
)
TESTS = (
    *("structure", "notation", "bad_input", "exercises", "figures"),
    *("surprise", "figures_surprise", "explorables_surprise"),
)
ASKED = (  # of what the recipes added, by tests that ask it of everything
    "test_chapter_module_figures_tests_and_reference_share_a_name[surprise]",
    "test_imports_point_one_way",
    "test_explorable_has_script_tests_chapter_and_reference[surprise]",
    "test_script_types_what_python_hands_over[surprise]",
    "test_every_public_parameter_is_in_the_notation[surprise]",
    "test_bad_input_is_refused_in_words_that_name_it[surprise.surprise-probabilities]",
    "test_chapter_has_four_exercises_with_running_solutions_that_are_checked[9]",
    "test_no_hint_gives_a_value_away[9.4]",
    "test_every_exercise_names_a_section_of_its_chapter[9]",
    "test_every_colour_of_the_figure_has_a_dark_counterpart[surprise.plot_surprise]",
    "logreg_docs.surprise.surprise",
)
SOME = (  # of what every explorable is asked; a deep run asks all
    "every_place_of_the_slider_is_what_python_predicts",
    "coming_to_life_changes_nothing",
    "page_holds_the_values_of_the_package",
    "without_javascript_it_is_whole_and_has_no_dead_controls",
    "every_handle_has_a_name_a_value_and_obeys_keys",
    "a_screen_reader_hears_the_caption_when_the_hand_rests",
)


def place_below(path: Path, line: str) -> tuple[list[str], int]:
    """Return the lines of a file and the number of the one after `line`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, other in enumerate(lines, 1) if other.strip() == line]
    assert len(found) == 1, f"CONTRIBUTING.md names a line that stands {len(found)} times in {path.name}: {line}"
    return lines, found[0]


def follow(recipe: str, project: Path) -> set[str]:
    """Do what a recipe says, and return the files that it made or changed."""
    touched = set()
    for step in STEP.finditer(recipe):
        name = step["path"] or step["row_path"]
        path = project / name
        assert path.exists() is (step["kind"] != "New file"), f"CONTRIBUTING.md: {step[0].partition(':')[0]}"
        if step["row"]:
            lines, at = place_below(path, step["row_line"])
            indent = lines[at - 1][: -len(lines[at - 1].lstrip())]
            lines.insert(at, indent + step["row"])
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        elif step["kind"] == "In place of":
            path.write_text(step["text"], encoding="utf-8")
        elif step["last"]:
            lines, at = place_below(path, step["line"])
            end = lines.index(step["last"], at)
            path.write_text(
                "\n".join([*lines[: at - 1], step["text"] + "\n".join(lines[end + 1 :])]) + "\n", encoding="utf-8"
            )
        elif step["kind"] == "In":
            lines, at = place_below(path, step["line"])
            path.write_text("\n".join([*lines[:at], step["text"] + "\n".join(lines[at:])]) + "\n", encoding="utf-8")
        else:
            before = path.read_text(encoding="utf-8") + "\n" if path.exists() else ""
            path.write_text(before + step["text"], encoding="utf-8")
        touched.add(name)
    return touched


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(project)}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command wrote, but for the tests that passed."""
    return re.sub(r"^PASSED .*\n", "", done.stdout, flags=re.MULTILINE)[-8000:] + done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def touched(project: Path) -> set[str]:
    """What the recipes made and changed in the copy."""
    return set().union(*(follow(recipe, project) for recipe in RECIPES))


def test_recipes_are_for_a_chapter_an_exercise_and_an_explorable() -> None:
    assert [recipe.partition("\n")[0] for recipe in RECIPES] == [
        "Add a chapter",
        "Add an exercise",
        "Add an explorable",
    ]


@pytest.mark.parametrize("recipe", [*RECIPES, OWN_DATA], ids=lambda recipe: recipe.partition("\n")[0])
def test_everything_that_looks_like_a_step_is_followed(recipe: str) -> None:
    assert len(STEP.findall(recipe)) > 1
    rest = STEP.sub("", recipe)
    assert "```" not in rest
    assert "| `" not in rest
    assert "**New file**" not in rest
    assert "**In**" not in rest


@pytest.mark.long
def test_what_was_made_is_clean_and_green(project: Path, touched: set[str], tmp_path: Path) -> None:
    if (ROOT / ".mypy_cache").is_dir():  # which knows the libraries already
        shutil.copytree(ROOT / ".mypy_cache", project / ".mypy_cache")
    code = sorted(name for name in touched if name.endswith(".py"))
    for command in (
        ["ruff", "check", "--no-cache", *code],
        ["ruff", "format", "--check", "--no-cache", *code],
        ["mypy", *code],
    ):
        done = run(project, *command)
        assert done.returncode == 0, complaint(done)
    tests = [f"tests/test_{name}.py" for name in TESTS]
    of_site = "public_name or built_notebook or written_into_pages"
    chosen = ["-k", f"(surprise or structure or notation or [9) and not ({of_site})"]
    folder = tmp_path / "pytest"
    options = ["-rp", "-p", "no:cacheprovider", f"--basetemp={folder}"]
    done = run(project, "pytest", *options, *chosen, *tests, "logreg_docs/surprise.py")
    assert done.returncode == 0, complaint(done)
    assert not (folder / "site").exists(), "another test asks the site of what was made, and builds less of it"
    assert [name for name in ASKED if name not in done.stdout] == []


def empty_all_pages_but(kept: Collection[str], copy: Path) -> None:
    for page in (*copy.glob("docs/**/*.md"), *copy.glob("docs/labs/*.py")):
        if page.relative_to(copy).as_posix() not in kept:
            page.write_text("# Page\n" if page.suffix == ".md" else "# %% [markdown]\n# # Lab\n\n# %%\n1\n")


@pytest.mark.long
def test_the_site_shows_what_was_made(project: Path, touched: set[str], tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(project, copy)
    empty_all_pages_but(touched, copy)  # what the recipes leave alone need not run
    teaching = copy / "docs/teaching.md"
    teaching.write_text(re.sub(r"^## [0-8] .*?(?=^## )", "", teaching.read_text(), flags=re.MULTILINE | re.DOTALL))
    built = build(copy, tmp_path / "site", tmp_path / "cache", PYTHONPATH=str(copy))
    assert built.code == 0, built.log
    text = unescape((built.folder / "chapters/09-surprise/index.html").read_text())
    for shown in (
        '<math display="block">',
        'alt="A curve that falls, steeply at first',
        "By 10 bits, one for each toss.",
        'href="../../reference/surprise/#logreg_docs.surprise.surprise"',
        "Exercise 9.4: right.",
        '<a href="#surprise">How surprising was that?</a>',
        'data-exercise="9.4"',
        '<lr-surprise class="lr-x"',
        '<a href="../../embed/surprise/">',
        "What had probability 0.50 surprises by 1.00 bits.",
        '<script>(() => {\nconst base = new URL("../../assets/explorables/"',
    ):
        assert shown in text, shown
    text = re.sub(r"<[^>]+>", "", text)
    assert text.count(": right.") == text.count("answer = ...") == 4
    assert '<lr-surprise class="lr-x"' in (built.folder / "embed/surprise/index.html").read_text()
    assert 'define("surprise"' in (built.folder / "assets/explorables/surprise.js").read_text()
    api = (built.folder / "reference/surprise/index.html").read_text()
    for name in ("surprise.surprise", "figures.surprise.plot_surprise", "explorables.surprise.explore_surprise"):
        assert f'id="logreg_docs.{name}"' in api
    assert "chapters/09-surprise/" in (built.folder / "index.html").read_text()


@pytest.mark.long
@pytest.mark.browser
def test_the_explorable_passes_what_every_explorable_is_asked_in_a_browser(
    project: Path, touched: set[str], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    copy = tmp_path / "project"
    shutil.copytree(project, copy)
    for script in copy.glob("docs/assets/explorables/*.js"):  # the others have their own tests
        if (copy / f"logreg_docs/explorables/{script.stem}.py").is_file() and script.stem != "surprise":
            script.unlink()
    assert "tests/browser/test_explorables_surprise.py" in touched
    # On a busy machine the header of the page shifts, which is no business of the recipe.
    asked = "not nothing_jumps" if pytestconfig.getoption("deep") else " or ".join(SOME)
    chosen = ["-k", asked, "tests/browser/test_explorables_surprise.py"]
    done = run(copy, "pytest", "-rp", "-p", "no:cacheprovider", *chosen)
    assert done.returncode == 0, complaint(done)
    for name in SOME:
        assert f"TestSurprise::test_{name}\n" in done.stdout


@pytest.fixture(scope="module")
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another copy of the project, with other rows than the students."""
    copy = copy_project(tmp_path_factory.mktemp("own"))
    assert follow(OWN_DATA, copy) == {"logreg_docs/students.csv", "logreg_docs/datasets.py"}
    return copy


ALL_THAT_IS_DRAWN = """
from logreg_docs.data_files import data_files
from logreg_docs.datasets import load_students
from logreg_docs.explorables.gradient_descent import explore_gradient_descent
from logreg_docs.explorables.linear_regression import explore_linear_regression
from logreg_docs.explorables.log_loss import explore_log_loss
from logreg_docs.explorables.sigmoid import explore_sigmoid
from logreg_docs.figures.linear_regression import plot_residual_squares

rows, file = load_students(), data_files()["students"]
print(file.to_csv(), file.to_markdown(), plot_residual_squares(rows.hours, rows.scores, {"mean": (50.0, 0.0)}).alt)
for explore in (explore_gradient_descent, explore_linear_regression, explore_log_loss, explore_sigmoid):
    print(explore().to_html())
"""


@pytest.mark.long
def test_own_data_reach_file_figure_labels_and_explorables(own_data: Path) -> None:
    done = run(own_data, "timeit", "-n1", "-r1", ALL_THAT_IS_DRAWN)
    assert done.returncode == 0, complaint(done)
    shown = unescape(done.stdout)
    assert (own_data / "logreg_docs/students.csv").read_text() in shown
    for words in (
        "**Thirty-six machines**",
        "36 dots, wear (%) against thousands of hours run",
        "thousands of hours run x",
        "P(broken)",
        "5.4 thousand hours",
    ):
        assert words in shown, words
    labels = re.findall(r"<text[^>]*>([^<]*)</text>", shown)
    assert [label for label in labels if re.search("stud|hours of|pass|point", label)] == []


@pytest.mark.deep
@pytest.mark.long
def test_own_data_reach_the_home_page(own_data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(own_data, copy)
    empty_all_pages_but(["docs/index.md"], copy)
    built = build(copy, tmp_path / "site", tmp_path / "cache", PYTHONPATH=str(copy))
    assert built.code == 0, built.log
    home = unescape((built.folder / "index.html").read_text())
    rows = np.genfromtxt(copy / "logreg_docs/students.csv", delimiter=",", skip_header=1)
    slope, _ = np.polyfit(rows[:, 0], rows[:, 1], 1)
    assert f"which rises {slope:.1f} % per thousand hours. Two: the same rows as running, 0, or broken, 1" in home
    assert f"about {slope:.1f} points higher" in home, "the number follows, the word is the author's"


@pytest.mark.deep
@pytest.mark.long
def test_own_data_stop_the_build_at_each_sentence_that_no_longer_holds(own_data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(own_data, copy)
    empty_all_pages_but(["docs/chapters/02-sigmoid.md", "docs/chapters/03-likelihood.md"], copy)
    built = build(copy, tmp_path / "site", tmp_path / "cache", PYTHONPATH=str(copy))
    assert built.code != 0
    for page, words in (("02-sigmoid", "Of our forty"), ("03-likelihood", "One studied 6.4 hours")):
        (line,) = (
            number
            for number, text in enumerate((copy / f"docs/chapters/{page}.md").read_text().splitlines(), 1)
            if "assert" in text and words in text
        )
        told = "the page says what its code no longer bears out, so rewrite it"
        assert f"docs/chapters/{page}.md:{line}: {told}: {words}" in built.log


def test_lines_that_speak_of_students_are_found_by_the_command_that_is_named() -> None:
    (command,) = re.findall(r"`(git grep [^`]+)`", OWN_DATA)
    lines = subprocess.check_output(shlex.split(command), cwd=ROOT, text=True).splitlines()
    found = {line.partition(":")[0] for line in lines}
    assert {"docs/index.md", "docs/chapters/03-likelihood.md", "logreg_docs/explorables/log_loss.py"} < found
