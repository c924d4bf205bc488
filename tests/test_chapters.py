"""What a chapter owes its learner: it builds before it imports, asks before it shows, and says how long it takes."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest
from mkdocs.utils.meta import get_data
from site_markdown import FINDER
from sites import ROOT, Built

from logreg_docs.notation import CHAPTERS
from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.pages.fences import Fence

if TYPE_CHECKING:
    from logreg_docs.publish.pages.cells import Cell

# What the page defines, and the function of the package that it then imports, where there is one.
BUILT: dict[int, dict[str, str]] = {
    1: {
        "rss": "residual_sum_of_squares",
        "least_squares_line": "fit_simple",
        "r_squared": "",
        "design_matrix": "design_matrix",
        "rss_gradient": "residual_sum_of_squares_gradient",
        "solve_normal_equation": "fit_least_squares",
        "solve_upwards": "",
    },
    2: {
        "odds": "odds",
        "logit": "logit",
        "sigmoid": "sigmoid",
        "stable_sigmoid": "sigmoid",
        "sigmoid_derivative": "sigmoid_derivative",
        "linear_logits": "linear_logits",
        "predict_probabilities": "predict_probabilities",
        "boundary_height": "",
    },
    3: {
        "bernoulli_likelihood": "bernoulli_likelihood",
        "bernoulli_log_likelihood": "bernoulli_log_likelihood",
        "log_loss_from_probabilities": "log_loss_from_probabilities",
        "cost_of_each_row": "",
        "pointwise_log_loss": "pointwise_log_loss",
        "log_loss": "log_loss",
        "log_loss_gradient": "log_loss_gradient",
        "log_loss_hessian": "log_loss_hessian",
    },
    4: {
        "finite_difference_gradient": "finite_difference_gradient",
        "standardise": "standardise",
        "mini_batch_descent": "",
        "inverse_time_decay": "inverse_time_decay",
        "momentum_descent": "",
        "newton_step": "fit_newton",
    },
    5: {
        "draw_parameters": "",
        "handwritten_bce": "",
        "fit_tensors": "fit_tensors",
        "LogisticRegression": "LogisticRegression",
        "fit_module": "fit_module",
    },
    6: {
        "four_counts": "confusion",
        "roc_curve": "roc_curve",
        "precision_recall_curve": "precision_recall_curve",
        "area": "roc_auc",
        "share_of_pairs": "rank_probability",
        "calibration_bins": "calibration_bins",
        "brier_score": "brier_score",
        "optimal_threshold": "optimal_threshold",
        "expected_cost": "expected_cost",
    },
    7: {
        "separation_margins": "separation_margins",
        "kind_of_separation": "find_separation",
        "objective": "objective",
        "objective_gradient": "log_loss_gradient",
        "ridge_path": "",
    },
    8: {
        "forward_pass": "forward",
        "backward_pass": "backpropagate",
        "train": "fit_network",
        "softmax": "softmax",
        "multiclass_log_loss": "multiclass_log_loss",
        "multiclass_logit_gradient": "multiclass_logit_gradient",
    },
}
EVERY_FUNCTION = [(chapter, own, package) for chapter, names in BUILT.items() for own, package in names.items()]
LONGEST = 15  # lines of a function that a learner writes again from memory
SOON = 110  # lines of the page after which the two have been compared
HOURS = 5
OUT_OF_ORDER = (6, 7, 8)  # chapters that can be read before the one in front of them
TEACHING = [chapter for chapter in CHAPTERS if chapter > 0]
PREDICTION = re.compile(r'^!!! question "Predict"\n((?:\n| {4}.*\n)+)', re.MULTILINE)
ANSWER = re.compile(r'^\?\?\? success "Answer to the prediction"\n((?:\n| {4}.*\n)+)', re.MULTILINE)
CHOICE = re.compile(r"^ {4}- (?P<text>.+(?:\n {6}(?!\{).+)*)(?P<right>\n {6}\{ \.right \})?$", re.MULTILINE)


@cache
def text(chapter: int) -> str:
    return (ROOT / "docs/chapters" / f"{CHAPTERS[chapter]}.md").read_text(encoding="utf-8")


@cache
def blocks(chapter: int) -> list[Cell]:
    return [cell for cell in read_cells("a.md", text(chapter), FINDER) if cell.kind == "block"]


def visible(chapter: int) -> list[Cell]:
    return [cell for cell in blocks(chapter) if not (cell.hidden or cell.folded or cell.for_answer)]


def defined(chapter: int, name: str) -> tuple[int, int]:
    """Return the line of a page's definition of a function or class, and how many lines that has."""
    for cell in visible(chapter):
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
                assert node.end_lineno is not None
                return cell.line + node.lineno, node.end_lineno - node.lineno + 1
    raise AssertionError(f"chapter {chapter} shows no definition of {name}")


def imported(cells: list[Cell], name: str) -> list[int]:
    """Return the lines of the cells that import a name of the package."""
    return [
        cell.line
        for cell in cells
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("logreg_docs")
        if name in [alias.name for alias in node.names]
    ]


def names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def made_from(known: set[str], source: str) -> set[str]:
    """Return the names that code assigns from known ones, directly or through one another."""
    made = set(known)
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=targets, value=value):
                pass
            case ast.AugAssign(target=target, value=value) | ast.For(target=target, iter=value):
                targets = [target]
            case ast.comprehension(target=target, iter=value):
                targets = [target]
            case ast.Call(func=ast.Attribute(value=into, attr="append"), args=[value]):
                targets = [into]
            case _:
                continue
        if names(value) & made:
            made |= {name for target in targets for name in names(target)}
    return made


def names_asserted(source: str) -> set[str]:
    """Return the names in assertions, be they statements or calls of NumPy's."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and "assert_" in ast.unparse(node.func)):
            found |= names(node)
    return found


@pytest.mark.parametrize(("chapter", "own", "package"), EVERY_FUNCTION)
def test_a_function_is_built_on_the_page_before_it_is_imported(chapter: int, own: str, package: str) -> None:
    line, length = defined(chapter, own)
    assert length <= LONGEST
    if package:
        lines = imported(visible(chapter), package)
        assert lines
        assert min(lines) > line
    known, held = {own}, False
    for cell in [
        cell for cell in blocks(chapter) if line <= cell.line + cell.source.count("\n") and cell.line < line + SOON
    ]:
        known |= made_from(known, cell.source)
        held |= cell.hidden and bool(names_asserted(cell.source) & known)
    assert held, "nothing holds what it gives to anything"


@pytest.mark.parametrize("chapter", TEACHING)
def test_a_chapter_opens_with_a_picture_and_not_with_imports(chapter: int) -> None:
    first = visible(chapter)[0].line
    opening = "".join(cell.source for cell in blocks(chapter) if cell.line < first)
    assert re.search(r"\b(plot|explore)_\w+\(", opening)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_code_that_only_draws_or_fills_a_table_is_folded(chapter: int) -> None:
    for cell in [cell for cell in visible(chapter) if isinstance(cell.place, Fence) and not cell.place.indent]:
        shown = ast.unparse(ast.parse(cell.source).body[-1])
        assert not re.match(r"(plot_\w+|Table|explore_\w+)\(", shown), f"line {cell.line}: {shown[:60]}"


@pytest.mark.parametrize("page", [*(f"chapters/{name}" for name in CHAPTERS.values()), "pitfalls", "errata"])
def test_code_that_is_shown_needs_none_that_is_hidden(page: str) -> None:
    cells = read_cells("a.md", (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8"), FINDER)
    shown = [cell for cell in cells if cell.kind == "block" and not (cell.hidden or cell.for_answer)]
    lines = [(cell.line + k, row) for cell in shown for k, row in enumerate(cell.source.split("\n"))]
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", "--output-format", "json", "-"]
    found = subprocess.run(ruff, input="\n".join(row for _, row in lines), capture_output=True, text=True, check=False)
    undefined = [(lines[each["location"]["row"] - 1][0], each["message"]) for each in json.loads(found.stdout)]
    assert undefined == []


@pytest.mark.parametrize("chapter", TEACHING)
def test_a_prediction_is_a_choice_whose_answer_says_why_not_of_each_wrong_one(chapter: int) -> None:
    asked, answered = list(PREDICTION.finditer(text(chapter))), list(ANSWER.finditer(text(chapter)))
    assert len(asked) == len(answered) >= 1
    for question, answer in zip(asked, answered, strict=True):
        assert question.end() <= answer.start()
        choices = list(CHOICE.finditer(question[1]))
        assert 2 <= len(choices) <= 4
        assert sum(bool(choice["right"]) for choice in choices) == 1
        reasons = " ".join(answer[1].split())
        for choice in choices:
            wrong = not choice["right"]
            assert not wrong or f"**{' '.join(choice['text'].split())}**" in reasons, choice["text"]


def test_titles_headings_and_navigation_number_the_chapters_alike() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    titles = {path: title for title, path in re.findall(r"- (\d .+): (chapters/\S+)$", navigation, re.MULTILINE)}
    for chapter, name in CHAPTERS.items():
        title = titles[f"chapters/{name}.md"]
        assert title.startswith(f"{chapter} ")
        assert re.findall(r"^# (\d.*)$", text(chapter), re.MULTILINE) == [title]
        assert get_data(text(chapter))[1]["title"] == title
        assert (
            get_data(text(chapter))[1].get("needs", []) == ([chapter - 1] if chapter > 0 else [])
            or chapter in OUT_OF_ORDER
        )


def test_a_first_reading_of_all_chapters_takes_five_hours(site: Built) -> None:
    minutes = {}
    for chapter, name in CHAPTERS.items():
        page = (site.folder / "chapters" / name / "index.html").read_text(encoding="utf-8")
        facts = re.search(rf"Chapter {chapter} of {max(CHAPTERS)} · about (\d+) min", page)
        assert facts, name
        minutes[chapter] = int(facts[1])
    assert 60 * HOURS - 60 < sum(minutes.values()) <= 60 * HOURS
