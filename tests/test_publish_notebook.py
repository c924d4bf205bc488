"""A downloaded notebook is valid, shows what the page shows and keeps nothing that only the site understands."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from site_markdown import FINDER, PACKAGE, notebook

from logreg_docs.exercises.forms import MIME as FORM
from logreg_docs.figures.style import NARROW
from logreg_docs.publish.pages.cells import read_cells
from logreg_docs.publish.pages.install_cell import install_source
from logreg_docs.publish.pages.notebook import code_cell, make_notebook, notebook_links, portable, write_notebook

if TYPE_CHECKING:
    from collections.abc import Collection

    from logreg_docs.publish.pages.install_cell import Package

REPO = "https://github.com/x/p"
PAGE, SITE = "https://x.org/p/chapters/a/", "https://x.org/p/"
OUT = [{"output_type": "stream", "name": "stdout", "text": "1\n"}]


def made(text: str, *outputs: list[dict[str, Any]]) -> list[nbformat.NotebookNode]:
    """Return the first cell of a page's notebook, and all that follow the cell that installs."""
    cells = read_cells("chapters/a.md", text, FINDER)
    found = nbformat.reads(notebook("chapters/a.md", text, cells, list(outputs) or [OUT for _ in cells]), 4)
    nbformat.validate(found)
    return [found.cells[0], *found.cells[2:]]


def opened(package: Package = PACKAGE, needs: Collection[str] = ()) -> list[nbformat.NotebookNode]:
    site_url = SITE if package.address else "/"
    written = make_notebook("labs/a.py", "# A", [], [], FINDER, site_url=site_url, package=package, needs=needs)
    return list(nbformat.reads(written, 4).cells)


def test_notebook_says_where_it_comes_from_and_installs_what_it_needs_first() -> None:
    first, install, title = opened(needs=["torch"])
    assert f"<{SITE}labs/a/>" in first.source
    assert "The next cell installs what it needs, PyTorch included." in first.source
    assert (install.cell_type, install.source) == ("code", install_source(PACKAGE, ["torch"]))
    assert title.source == "# A"
    assert "PyTorch" not in opened()[0].source


def test_notebook_of_a_site_without_an_address_says_where_to_get_the_package() -> None:
    first = opened(dataclasses.replace(PACKAGE, address=""))[0].source
    assert "/labs/a/" not in first
    assert f"put `{PACKAGE.wheel}` beside this notebook, from its `logreg-docs.zip`" in first


def test_caption_of_a_figure_stands_below_it() -> None:
    assert [c.source for c in made('```python caption="What is seen."\nx\n```')[1:]] == ["x", "*What is seen.*"]


def test_choices_of_a_prediction_stand_in_the_question_without_the_mark_of_the_right_one() -> None:
    (cell,) = made('!!! question "Predict"\n\n    Which?\n\n    - a\n    - b\n      { .right }\n')[1:]
    assert cell.source.split("\n> ")[-2:] == ["- a", "- b"]


def test_without_colab_the_links_say_what_opens_a_notebook_and_where_all_of_them_are() -> None:
    for path, archive in (("labs/a.py", "../downloads/logreg-docs.zip"), ("a.md", "downloads/logreg-docs.zip")):
        links = notebook_links(path, None)
        assert links.startswith("[Download notebook](")
        assert "JupyterLab" in links
        assert f"({archive}){{ download }}" in links
        assert "Open in Colab" not in links


def test_cell_that_is_not_as_the_format_says_is_refused() -> None:
    with pytest.raises(nbformat.ValidationError, match="text"):
        write_notebook([code_cell("1", [{"output_type": "stream", "name": "stdout"}])])


def test_colab_is_offered_for_a_repository_on_github_only() -> None:
    colab = "https://colab.research.google.com/github/x/p/blob/notebooks/"
    assert f"({colab}labs/a/a.ipynb)" in notebook_links("labs/a.py", REPO)
    assert f"({colab}chapters/a.ipynb)" in notebook_links("chapters/a.md", REPO + "/")
    assert "colab" not in notebook_links("labs/a.py", "https://gitlab.com/x/p")
    assert "colab" not in notebook_links("labs/a.py", None)
    assert "(a/a.ipynb)" in notebook_links("labs/a.py", None)


def test_prose_and_code_alternate_without_the_front_matter() -> None:
    cells = made("---\ntitle: t\n---\n# A\n\n```python\nx\n```\n\nEnd.")
    assert [(c.cell_type, c.source) for c in cells[1:]] == [("markdown", "# A"), ("code", "x"), ("markdown", "End.")]
    assert cells[2].outputs[0].text == "1\n"


def test_values_stand_in_the_prose() -> None:
    value = [{"output_type": "execute_result", "data": {"text/plain": "'2.5'"}, "metadata": {}, "execution_count": 1}]
    assert made("It is `{python} x:.1f`.", value)[1].source == "It is 2.5."


def test_value_with_dollars_and_backslashes_is_no_formula_in_source_or_in_what_is_made_of_it() -> None:
    value = [{"output_type": "execute_result", "data": {"text/plain": repr(r"$5 \(x\)")}, "metadata": {}}]
    (cell,) = made('??? note "A `{python} x`"\n\n    b', [{**value[0], "execution_count": 1}])[1:]
    dollar, backslash = "<span>&#36;</span>", "<span>&#92;</span>"
    assert f"<summary>A {dollar}5 {backslash}&#40;x{backslash})</summary>" in cell.source


def test_hidden_code_is_there_but_folded_and_expected_exception_is_marked() -> None:
    cells = made('```python exec="hide"\nx\n```\n\n```python raises="E"\ny\n```')
    assert cells[1].metadata["jupyter"] == {"source_hidden": True}
    assert cells[2].metadata["tags"] == ["raises-exception"]


def test_admonition_becomes_a_quote_and_its_code_a_cell() -> None:
    cells = made('!!! example "Do"\n\n    Text.\n\n    ```python\n    x\n    ```\n\n    More.\n\nAfter.')
    assert [c.source for c in cells[1:]] == ["> **Do**\n>\n>\n> Text.", "x", "> More.\n>\nAfter."]


def test_what_a_page_folds_away_stays_folded() -> None:
    fold = '??? success "Solution"\n\n    Why.\n\n    ```python\n    x\n    ```\n\n    More.\n\nAfter.\n\n'
    cells = made(fold + "```python\ny\n```")[1:]
    assert [c.source for c in cells] == [
        "<details><summary>Solution</summary>\n\n\nWhy.\n\n</details>",
        "x",
        "<details><summary>Solution, continued</summary>\n\nMore.\n\n\n</details>\n\nAfter.",
        "y",
    ]
    assert cells[1].metadata["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
    assert "jupyter" not in cells[3].metadata


def test_code_right_behind_a_fold_is_not_folded() -> None:
    cells = made('??? success "Solution"\n\n    Why.\n\n```python\ny\n```')[1:]
    assert cells[0].source == "<details><summary>Solution</summary>\n\n\nWhy.\n\n</details>"
    assert "jupyter" not in cells[1].metadata


def test_place_for_an_answer_is_a_cell_with_its_output() -> None:
    cells = made('!!! example "Do"\n\n    Text.\n\n    ```python exec="answer"\n    answer = ...\n    ```\n')
    assert cells[2].source == "answer = ..."
    assert cells[2].outputs[0].text == "1\n"


def test_form_in_which_a_page_takes_an_answer_is_in_no_notebook() -> None:
    form = {"output_type": "execute_result", "data": {FORM: {}, "text/plain": "Form"}, "metadata": {}}
    cell = made('```python exec="answer"\nx\n```\n', [*OUT, form])[1]
    assert [output.text for output in cell.outputs] == ["1\n"]


def test_solution_of_a_lab_is_a_closed_cell_below_its_name() -> None:
    name, cell = made('```python exec="solution"\nx\n```')[1:]
    assert (name.source, cell.source) == ("**Solution**", "x")
    assert cell.metadata["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
    assert cell.outputs[0].text == "1\n"


def test_tabs_become_headings() -> None:
    cells = made('=== "NumPy"\n\n    ```python\n    x\n    ```\n\n=== "PyTorch"\n\n    ```python\n    y\n    ```\n')
    assert [c.source for c in cells[1:]] == ["**NumPy**", "x", "**PyTorch**", "y"]


def test_links_become_absolute() -> None:
    assert portable("[b](02-b.md#s)", PAGE, SITE) == "[b](https://x.org/p/chapters/02-b/#s)"
    assert portable("[n](../notation.md)", PAGE, SITE) == "[n](https://x.org/p/notation/)"
    assert portable("[h](../index.md)", PAGE, SITE) == "[h](https://x.org/p/)"
    assert portable("[w](https://a.org/b.md)", PAGE, SITE) == "[w](https://a.org/b.md)"


def test_reference_to_the_api_becomes_a_link() -> None:
    expected = "[f](https://x.org/p/reference/sigmoid/#logreg_docs.sigmoid.logit)"
    assert portable("[f][logreg_docs.sigmoid.logit]", PAGE, SITE) == expected


def test_footnote_is_marked_by_its_name_in_the_text_and_where_it_stands() -> None:
    text = "Known.[^wilks] So `[^x]`\n\n[^wilks]: S. S. Wilks (1938)."
    assert portable(text, PAGE, SITE) == "Known.<sup>wilks</sup> So `[^x]`\n\n<sup>wilks</sup> S. S. Wilks (1938)."


def test_attribute_lists_go_and_formulas_stay() -> None:
    assert portable("## A { #a }\n\n$\\frac{1}{2}$ and $x_{#1}$", PAGE, SITE) == "## A\n\n$\\frac{1}{2}$ and $x_{#1}$"


@pytest.mark.parametrize(
    "text",
    [
        "$$\nx^{.5}\n$$",
        "a $y +\nx^{.5}\n+ z$ b",
        "> $$\n> x^{.5}\n> $$",
        "\\begin{align}\nx^{.5}\n\\end{align}",
        "`[b](02-b.md)` and ``[f][logreg_docs.sigmoid.logit] { .c }``",
        "`a {.b}\nc`",
        r"Of \$5 and $x^{.5}$",
    ],
)
def test_formulas_and_code_spans_stay_as_they_are(text: str) -> None:
    assert portable(text, PAGE, SITE) == text


def test_links_around_code_and_between_formulas_become_absolute() -> None:
    text, address = "$x$ [`b` c](02-b.md){ .c }\n[`f`][logreg_docs.sigmoid.logit] $y$ { .d }", "https://x.org/p/"
    made = portable(text, PAGE, SITE)
    assert made == (
        f"$x$ [`b` c]({address}chapters/02-b/)\n[`f`]({address}reference/sigmoid/#logreg_docs.sigmoid.logit) $y$"
    )


def test_block_that_only_shows_markdown_keeps_it_as_it_is() -> None:
    block = '````markdown\n!!! note "x"\n\n    [b](02-b.md) { .c }\n````'
    assert made(block)[1].source == block


def test_picture_is_kept_in_its_wide_form_alone() -> None:
    data = {"image/svg+xml": "<svg/>", NARROW: "<svg/>", "text/plain": "Figure"}
    shown = {"output_type": "display_data", "data": data, "metadata": {}}
    (output,) = made("```python\nx\n```", [shown])[-1].outputs
    assert set(output.data) == {"image/svg+xml", "text/plain"}
