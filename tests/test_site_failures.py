"""What must stop a build stops it, and says where."""

from __future__ import annotations

import json
import os
import re
import subprocess
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sites import ROOT, SmallSite, build

from logreg_docs.publish.postprocess.theme_patches import HEAD

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

GOOD = """---
title: A
---
# A

Text and $x^2$.

```python
from logreg_docs.sigmoid import sigmoid
print(sigmoid(0.0))
```

Half is `{python} sigmoid(0.0):.2f`.
"""


def test_good_page_builds_with_output_value_formula_link_and_notebook(small_site: SmallSite) -> None:
    small_site.write("chapters/a.md", f"{GOOD}\nSee [sigmoid][logreg_docs.sigmoid.sigmoid].\n")
    small_site.add_reference()
    built = build(small_site.folder, small_site.folder / "site", small_site.folder / "cache")  # as a reader would
    assert built.code == 0, built.log
    html = small_site.read("chapters/a/index.html")
    for part in (
        "<code>0.5\n",
        "Half is 0.50.",
        "<msup>",
        'href="../../reference/sigmoid/#logreg_docs.sigmoid.sigmoid"',
    ):
        assert part in html
    assert (small_site.folder / "site/chapters/a.ipynb").is_file()


def test_template_of_the_site_s_own_is_left_as_it_is(small_site: SmallSite) -> None:
    small_site.write("own.html", f"<html><head>{HEAD}</head><p>Ours, without what the theme has.</p></html>")
    with (small_site.folder / "mkdocs.yml").open("a") as settings:
        settings.write("extra_templates: [own.html]\n")
    built = small_site.build()
    assert built.code == 0, built.log
    assert "Ours, without what the theme has." in small_site.read("own.html")


def test_switched_off_block_is_shown_and_not_run(small_site: SmallSite) -> None:
    block = '```python exec="off"\n1 / 0\n```\n'
    small_site.write("chapters/a.md", f"{GOOD}\n{block}")
    small_site.write("index.md", f"# Home\n\n{block}")
    built = small_site.build()
    assert built.code == 0, built.log
    for page in ("index.html", "chapters/a/index.html"):
        assert "exec=" not in small_site.read(page)
        assert re.search(r'<div class="highlight"><pre>.*1.*/.*0', small_site.read(page))
    assert "exec=" not in (small_site.folder / "site/chapters/a.ipynb").read_text()


HEADINGS = r"""# A

## The $\sigma(z)$ heading { #sigma }

Text.

## Head `{python} "*x* $5 <b>"`

Text.
"""


def test_formula_and_value_in_a_heading_stand_as_text_in_the_contents_and_the_search(small_site: SmallSite) -> None:
    small_site.write("chapters/a.md", HEADINGS)
    built = small_site.build()
    assert built.code == 0, built.log
    contents = re.findall(
        r'href="(#[^"]+)" class="md-nav__link">\s*(?:<[^>]*>)?([^<]*)', small_site.read("chapters/a/index.html")
    )
    titles = [("#sigma", "The σ(z) heading"), ("#head-x-5-b", "Head *x* $5 <b>")]
    assert {(anchor, unescape(name).strip()) for anchor, name in contents} == set(titles)
    entries = json.loads(small_site.read("search/search_index.json"))["docs"]
    found = [(entry["location"].removeprefix("chapters/a/"), unescape(entry["title"])) for entry in entries]
    assert set(titles) <= set(found)


FAULTS = {
    "chapters/exception.md": ("```python\nx = 1\n1 / 0\n```", ":17: the code raised ZeroDivisionError"),
    "chapters/figure.md": (
        '```python\nfrom IPython.display import SVG\nSVG(\'<svg width="1pt" height="1pt"></svg>\')\n```',
        ":16: the figure has no text alternative",
    ),
    "chapters/unclosed.md": ("```python\n1\n", ":15: a code fence is never closed"),
    "chapters/import.md": (
        "```python\nimport yaml\n```",
        ":16: this page imports yaml, which neither the package nor its extras statsmodels, torch",
    ),
    "labs/cell.py": ("# %% code\n1\n", ":1: a cell opens with"),
}
FAULTS_IN_RENDERING = {
    "chapters/exercise.md": (
        '```python exec="answer"\nfrom logreg_docs.exercises.foundations import check\ncheck("0.3", ...)\n```',
        ":16: exercise 0.3 sends its readers to #logarithm, which the page lacks",
    ),
    "chapters/formula.md": (r"$\frac{a}$", r":15: the formula $\frac{a}$ does not parse"),
    "chapters/two_lines.md": (
        "!!! note\n\n    $$\n    x +\n    \\frac{a}\n    $$",
        ":18: the formula $x +\n\\frac{a}$ does not parse",
    ),
    "chapters/dollar.md": ("| a |\n| - |\n| $|x|$ |", ":17: this dollar sign or "),
    "labs/formula.py": (
        "# %% [markdown]\n# # A\n\n# %%\nx = 1\n\n# %% [markdown]\n# $x +\n# \\frac{a}$\n",
        ":8: the formula $x +\n\\frac{a}$ does not parse",
    ),
}


@pytest.mark.parametrize("faults", [FAULTS, FAULTS_IN_RENDERING], ids=["found before rendering", "found in rendering"])
def test_every_fault_fails_the_build_and_is_named(faults: dict[str, tuple[str, str]], small_site: SmallSite) -> None:
    (small_site.folder / "docs/labs").mkdir()
    (small_site.folder / "docs/assets").symlink_to(ROOT / "docs/assets")  # where the scripts of exercises are
    for path, (text, _) in faults.items():
        small_site.write(path, text if path.endswith(".py") else f"{GOOD}\n{text}\n")
    built = small_site.build()
    assert built.code != 0
    assert f"mend what is named above: {len(faults)} in all" in built.log
    for path, (_, message) in faults.items():
        assert f"docs/{path}{message}" in built.log
    assert not (small_site.folder / "site/index.html").exists()


LINKS = {
    "link": ("[x](missing.md)", r"missing\.md"),
    "anchor": ("[x](#missing)", r"#missing"),
    "other_anchor": ("[x](../glossary.md#missing)", r"glossary\.md#missing"),
    "reference": ("[x][logreg_docs.sigmoid.missing]", r"logreg_docs\.sigmoid\.missing"),
    "image": ("![alt](missing.png)", r"missing\.png"),
}


def test_what_leads_nowhere_fails_the_build_and_is_named(small_site: SmallSite) -> None:
    for name, (text, _) in LINKS.items():
        small_site.write(f"chapters/{name}.md", f"# A\n\n{text}\n")
    built = small_site.build()
    assert "strict mode" in built.log
    assert built.code != 0
    for name, (_, target) in LINKS.items():
        # In strict mode any warning fails the build.
        assert re.search(rf"^WARNING .*chapters/{name}\.md.*{target}", built.log, re.MULTILINE), built.log


def test_formula_of_a_docstring_is_named_with_its_page_and_no_line(small_site: SmallSite) -> None:
    (small_site.folder / "own.py").write_text('r"""Own.\n\nHalf of $\\frac{a}$.\n"""\n')
    settings = small_site.folder / "mkdocs.yml"
    settings.write_text(settings.read_text().replace(f"paths: [{ROOT}]", f"paths: [{ROOT}, {small_site.folder}]"))
    small_site.write("reference/own.md", "# Own\n\n::: own\n")
    built = small_site.build()
    assert built.code != 0
    assert "docs/reference/own.md: the formula $\\frac{a}$ does not parse" in built.log
    assert "docstrings" in built.log


def test_second_build_executes_nothing_and_an_edit_only_its_page(small_site: SmallSite) -> None:
    for name in "ab":
        small_site.write(f"chapters/{name}.md", GOOD)
    small_site.write("chapters/b.md", GOOD.replace("0.0", "1.0"))
    assert "Executing 2 of 2 pages" in small_site.build().log
    unused = small_site.folder / "cache/pages/unused.json"
    unused.touch()
    os.utime(unused, (0, 0))
    assert "Executing" not in small_site.build().log
    assert not unused.exists(), "what no build has read for a month is removed"
    small_site.write("chapters/b.md", (GOOD + "\nMore prose.\n").replace("0.0", "1.0"))
    assert "Executing" not in small_site.build().log
    small_site.write("chapters/b.md", GOOD.replace("0.0", "2.0"))
    log = small_site.build().log
    assert "Executing 1 of 2 pages" in log
    assert "Executed chapters/b.md" in log


def test_addresses_come_from_the_environment(small_site: SmallSite) -> None:
    small_site.write("chapters/a.md", GOOD)
    small_site.build(SITE_URL="https://fork.example/some/path/", REPO_URL="https://github.com/fork/name")
    html = small_site.read("chapters/a/index.html")
    assert '<link rel="canonical" href="https://fork.example/some/path/chapters/a/">' in html
    assert "https://github.com/fork/name/edit/main/docs/chapters/a.md" in html
    assert "https://fork.example/some/path/downloads/logreg_docs-" in small_site.read("chapters/a.ipynb")
    assert "colab.research.google.com/github/fork/name/" in html


def test_without_a_repository_there_is_no_edit_link(small_site: SmallSite) -> None:
    small_site.write("chapters/a.md", GOOD)
    small_site.build(REPO_URL="")
    assert 'rel="edit"' not in small_site.read("chapters/a/index.html")


def test_address_of_the_clone_is_used_where_the_environment_names_none(small_site: SmallSite) -> None:
    small_site.write("chapters/a.md", GOOD)
    clone(small_site.folder, "git@github.com:fork/cloned.git")
    small_site.build(REPO_URL="")
    assert "https://github.com/fork/cloned/edit/main/docs/chapters/a.md" in small_site.read("chapters/a/index.html")


def clone(folder: Path, remote: str) -> None:
    """Make a folder the clone of a remote."""
    for command in (["init", "-q"], ["remote", "add", "origin", remote]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
