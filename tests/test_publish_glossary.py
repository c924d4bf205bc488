"""The first use of a term on a page links to its entry; the second does not, nor do headings and code."""

from __future__ import annotations

import re

import markdown
import pytest

from logreg_docs.publish.markup.glossary import GlossaryExtension, read_terms

PAGE = """# Glossary

### Logit { #logit }

The log of the `odds`. More words.

### Log loss { #log-loss }

Minus the mean [log-likelihood](a.md).

### MLE { #mle }

The best value.
"""


def linked(text: str, page: str | None = "chapters/a.md") -> list[tuple[str, str, str]]:
    extension = GlossaryExtension()
    extension.terms, extension.page = read_terms(PAGE), page
    html = markdown.markdown(text, extensions=[extension, "admonition", "attr_list"])
    return re.findall(r'<a class="lr-term" href="([^"]+)" title="([^"]+)">([^<]+)</a>', html)


@pytest.mark.parametrize(
    ("text", "tooltip"),
    [
        ("The log of the odds, e.g. 0.5. More.", "The log of the odds, e.g. 0.5."),
        ("A mean, i.e. Gauss's. More.", "A mean, i.e. Gauss's."),
        (
            "R. A. Fisher's word, cf. Fig. 2 vs. that of Cox et al. in 1958! More.",
            "R. A. Fisher's word, cf. Fig. 2 vs. that of Cox et al. in 1958!",
        ),
        ("What is it? More.", "What is it?"),
        ("No end", "No end"),
    ],
)
def test_tooltip_ends_with_its_sentence_and_not_at_an_abbreviation(text: str, tooltip: str) -> None:
    assert read_terms(f"### A {{ #a }}\n\n{text}\n") == {"a": ("a", tooltip)}


def test_terms_are_read_with_anchor_and_first_sentence_longest_first() -> None:
    assert list(read_terms(PAGE).items()) == [
        ("log loss", ("log-loss", "Minus the mean log-likelihood.")),
        ("logit", ("logit", "The log of the odds.")),
        ("MLE", ("mle", "The best value.")),
    ]


def test_first_use_is_linked_and_the_second_is_not() -> None:
    assert linked("A logit here. A logit there.\n\nA logit.") == [
        ("../glossary.md#logit", "The log of the odds.", "logit")
    ]


def test_several_terms_in_one_sentence_are_linked_in_place() -> None:
    assert [word for _, _, word in linked("The Log loss of a logit, and the MLE too.")] == ["Log loss", "logit", "MLE"]


def test_text_around_a_link_is_kept() -> None:
    extension = GlossaryExtension()
    extension.terms, extension.page = read_terms(PAGE), "a.md"
    html = markdown.markdown("a logit b *c log loss d* e MLE f", extensions=[extension])
    assert re.sub(r"<[^>]+>", "", html) == "a logit b c log loss d e MLE f"
    assert 'href="glossary.md#logit"' in html


@pytest.mark.parametrize("text", ["# The logit", "`logit`", "[a logit](b.md)", "logits", "pre-logit", "mle"])
def test_headings_code_links_and_other_words_are_left_alone(text: str) -> None:
    assert linked(text) == []


@pytest.mark.parametrize("page", [None, "glossary.md", "reference/sigmoid.md"])
def test_glossary_and_reference_pages_are_left_alone(page: str | None) -> None:
    assert linked("A logit.", page) == []
