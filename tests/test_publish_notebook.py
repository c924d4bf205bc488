"""A downloaded notebook is valid, shows what the page shows and keeps nothing that only the site understands."""

from __future__ import annotations

from typing import Any

import nbformat

from logreg_docs.publish.chapter import read_cells
from logreg_docs.publish.notebook import make_notebook, portable

PAGE, SITE = "https://x.org/p/chapters/a/", "https://x.org/p/"
OUT = [{"output_type": "stream", "name": "stdout", "text": "1\n"}]


def made(text: str, *outputs: list[dict[str, Any]]) -> list[nbformat.NotebookNode]:
    cells = read_cells("chapters/a.md", text)
    shown = list(outputs) or [OUT for _ in cells]
    written = make_notebook("chapters/a.md", text, cells, shown, site_url=SITE, install="pip install x")
    notebook = nbformat.reads(written, 4)
    nbformat.validate(notebook)
    return list(notebook.cells)


def test_first_cell_says_where_it_comes_from_and_how_to_run_it() -> None:
    first = made("# A")[0]
    assert PAGE in first.source
    assert "pip install x" in first.source


def test_prose_and_code_alternate_without_the_front_matter() -> None:
    cells = made("---\ntitle: t\n---\n# A\n\n```python\nx\n```\n\nEnd.")
    assert [(c.cell_type, c.source) for c in cells[1:]] == [("markdown", "# A"), ("code", "x"), ("markdown", "End.")]
    assert cells[2].outputs[0].text == "1\n"


def test_values_stand_in_the_prose() -> None:
    value = [{"output_type": "execute_result", "data": {"text/plain": "'2.5'"}, "metadata": {}, "execution_count": 1}]
    assert made("It is `{python} x:.1f`.", value)[1].source == "It is 2.5."


def test_hidden_code_is_there_but_folded_and_expected_exception_is_marked() -> None:
    cells = made('```python exec="hide"\nx\n```\n\n```python raises="E"\ny\n```')
    assert cells[1].metadata["jupyter"] == {"source_hidden": True}
    assert cells[2].metadata["tags"] == ["raises-exception"]


def test_admonition_becomes_a_quote_and_its_code_a_cell() -> None:
    cells = made('!!! example "Do"\n\n    Text.\n\n    ```python\n    x\n    ```\n\n    More.\n\nAfter.')
    assert [c.source for c in cells[1:]] == ["> **Do**\n>\n>\n> Text.", "x", "> More.\n>\nAfter."]


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


def test_attribute_lists_go_and_formulas_stay() -> None:
    assert portable("## A { #a }\n\n$\\frac{1}{2}$ and $x_{#1}$", PAGE, SITE) == "## A\n\n$\\frac{1}{2}$ and $x_{#1}$"


def test_block_that_only_shows_markdown_keeps_it_as_it_is() -> None:
    block = '````markdown\n!!! note "x"\n\n    [b](02-b.md) { .c }\n````'
    assert made(block)[1].source == block
