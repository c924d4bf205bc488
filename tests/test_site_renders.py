"""After any edit, a site made of kept pages is the site rendered anew, complaints included."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from sites import ROOT, Built, SmallSite, copy_package, start

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A = """---
title: The first
---
# A

The logit, [a page](b.md), [its part](b.md#part), [sigmoid][logreg_docs.sigmoid.sigmoid] and $x^2$.

```python
print("shown")
```

- `{python} 1 + 1`
"""
B = "# B\n\n## Part { #part }\n\nThe odds. See [A](a.md) and [home](../index.md).\n"
HOME = "# Home\n\n[A](chapters/a.md#a)\n"
LAB = "# %% [markdown]\n# # Lab\n#\n# The logit and [A](../chapters/a.md).\n\n# %%\nprint('lab')\n"


class Sites:
    """One site built in two ways: with what is kept from before, and with nothing kept but outputs."""

    def __init__(self, site: SmallSite) -> None:
        self.site, self.folder = site, site.folder
        site.add_reference()
        self.package = copy_package(self.folder)
        shutil.copytree(ROOT / "docs/_theme", self.folder / "theme")
        settings = (self.folder / "mkdocs.yml").read_text().replace(f"paths: [{ROOT}]", f"paths: [{self.folder}]")
        (self.folder / "mkdocs.yml").write_text(settings.replace(str(ROOT / "docs/_theme"), str(self.folder / "theme")))
        (self.folder / "docs/labs").mkdir()
        for path, text in {"chapters/a.md": A, "chapters/b.md": B, "labs/lab.py": LAB, "index.md": HOME}.items():
            site.write(path, text)

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text() if old else ""
        assert not old or text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times"
        file.write_text(text.replace(old, new))

    def build(self, *names: str) -> list[Built]:
        """Build the site as it is now in each of these ways, at once: "kept", "anew"."""
        if "anew" in names:
            shutil.copytree(self.folder / "kept-cache", self.folder / "anew-cache", dirs_exist_ok=True)
            shutil.rmtree(self.folder / "anew-cache/pages", ignore_errors=True)
        environment = {"PYTHONPATH": str(self.folder)}
        started = [start(self.folder, self.folder / n, self.folder / f"{n}-cache", **environment) for n in names]
        logs = [process.communicate()[0] for process in started]
        return [
            Built(folder=self.folder / name, cache=self.folder / f"{name}-cache", log=log, code=process.returncode)
            for name, log, process in zip(names, logs, started, strict=True)
        ]


def told(built: Built) -> list[str]:
    return sorted(line for line in built.log.splitlines() if re.match("WARNING|ERROR", line))


def differences(one: Path, other: Path) -> list[str]:
    files = [{path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} for folder in (one, other)]
    missing = [str(path) for path in files[0] ^ files[1]]
    return missing + [str(p) for p in files[0] & files[1] if (one / p).read_bytes() != (other / p).read_bytes()]


def rename(sites: Sites) -> None:
    (sites.folder / "docs/chapters/b.md").rename(sites.folder / "docs/chapters/c.md")


# What is edited together: the file, the words in it and other words; then the page of the site and what is seen there.
# No page is reached in two ways at once, so that each must be heeded.
EDITS = (
    {
        "sentence": ("docs/chapters/a.md", "The logit,", "New words: logit,", "chapters/a", "New words"),
        "new term": (
            "docs/glossary.md", "# Glossary\n", "# Glossary\n\n### Odds { #odds }\n\nA ratio.\n",
            "chapters/b", 'title="A ratio."',
        ),
        "title": ("docs/chapters/a.md", "The first", "Other title", "chapters/b", "Other title"),
        "tooltip": ("docs/glossary.md", "The log of the odds.", "A tip.", "labs/lab", 'title="A tip.'),
        "new page": ("docs/chapters/new.md", "", "# New\n\nThe logit and [A](a.md).\n", "chapters/new", "<h1 id"),
    },
    {
        "link to a new page": ("docs/chapters/b.md", "The odds.", "Odds [anew](new.md).", "chapters/b", ">anew</a>"),
        "lab": ("docs/labs/lab.py", "('lab')", "('other')", "labs/lab", ">other\n"),
        "docstring": (
            "logreg_docs/sigmoid.py", "def odds(", 'def added() -> None:\n    """Added."""\n\n\ndef odds(',
            "reference/sigmoid", "logreg_docs.sigmoid.added",
        ),
        "block": ("docs/chapters/a.md", '"shown"', '"other"', "chapters/a", ">other\n"),
        "theme": ("theme/main.html", "{% block libs %}", "{% block libs %}<i>new</i>", "chapters/b", "<i>new</i>"),
    },
)  # fmt: skip
# It renews every page.
OPTION = ("mkdocs.yml", "{python: {paths", "{python: {options: {heading_level: 4}, paths")
FAULTS: dict[str, tuple[Callable[[Sites], object], str]] = {
    "renamed page": (rename, r"chapters/a\.md.*'b\.md'"),
    "renamed anchor": (lambda s: s.edit("docs/chapters/a.md", "# A\n", "# Z\n"), r"index\.md.*chapters/a\.md#a"),
    "missing name": (
        lambda s: s.edit("docs/chapters/a.md", "sigmoid.sigmoid]", "sigmoid.gone]"), r"chapters/a\.md.*sigmoid\.gone"
    ),
}  # fmt: skip


@pytest.fixture
def sites(small_site: SmallSite) -> Sites:
    return Sites(small_site)


def test_kept_and_rendered_anew_are_the_same_after_every_kind_of_edit(sites: Sites) -> None:
    sites.build("kept")
    for edits in EDITS:
        for name, (file, old, new, page, words) in edits.items():
            before = sites.folder / "kept" / page / "index.html"
            assert not (before.is_file() and words in before.read_text()), f"{name}: nothing would be seen"
            sites.edit(file, old, new)
        kept, anew = sites.build("kept", "anew")
        assert (kept.code, anew.code) == (0, 0), kept.log
        for name, (*_, page, words) in edits.items():
            assert words in (kept.folder / page / "index.html").read_text(), name
        assert differences(kept.folder, anew.folder) == [], [*edits]
    assert "Converting notebook" in anew.log
    assert "Converting notebook" not in sites.build("kept")[0].log, "nothing is rendered where nothing was edited"


def test_complaints_come_at_every_build_until_they_are_mended_and_an_option_renews_every_page(sites: Sites) -> None:
    docs = {path: path.read_text() for path in (sites.folder / "docs").rglob("*.md")}
    for edit, _ in FAULTS.values():
        edit(sites)
    (first,), (second,) = sites.build("kept"), sites.build("kept")
    for built in (first, second):
        assert built.code != 0
        for name, (_, complaint) in FAULTS.items():
            assert any(re.search(complaint, line) for line in told(built)), (name, built.log)
    assert told(first) == told(second)
    for path in (sites.folder / "docs").rglob("*.md"):
        path.unlink()
    for path, text in docs.items():
        path.write_text(text)
    sites.edit(*OPTION)
    kept, anew = sites.build("kept", "anew")
    assert kept.code == 0, kept.log
    assert told(kept) == told(anew) == []
    assert '<h4 id="logreg_docs.sigmoid.sigmoid"' in (kept.folder / "reference/sigmoid/index.html").read_text()
    assert differences(kept.folder, anew.folder) == []
