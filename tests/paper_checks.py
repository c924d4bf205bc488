"""A built site of a few lines to be made a book."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CHAPTER = "chapters/02-sigmoid/"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - Logistic regression</title>
<meta name="description" content="About {title}."><link rel="canonical" href="https://a.org/lr/{url}">
<style>.x{{fill:red}}</style></head><body><nav><button>Menu</button></nav><article class="md-content__inner md-typeset">
<h1 id="top">{title}<a class="headerlink" href="#top">&para;</a></h1>{text}</article></body></html>"""
TEXT = """<p class="lr-facts">needs <a href="../01-line/#slope">chapter 1</a></p>
<p><a class="lr-notebook" href="../02-sigmoid.ipynb">Run this page as a notebook</a></p>
<p>If <span class="arithmatex"><math><semantics><mfrac displaystyle="true"><mn>1</mn><mn>2</mn></mfrac>
<annotation>\\frac12</annotation></semantics></math></span>, see
the <a href="../../glossary/#logit">logit</a>
and <a href="../../reference/sigmoid/#odds">odds</a>.</p>
<details class="listing"><summary>Code of this figure</summary><pre>plot()</pre></details>
<p><img alt="A curve." class="lr-figure" src="../02-sigmoid-1.svg#only-light">
<img alt="A curve." src="../02-sigmoid-1.svg#only-dark"></p>
<div class="admonition question"><p class="admonition-title">Predict</p>
<ul><li>0</li><li class="right">one half</li></ul></div>
<h2 id="odds">Odds</h2>
<details class="success"><summary>Answer to the prediction</summary><p>One half, of course.</p></details>
<details class="deeper"><summary>Deeper: why</summary><p>Because.</p></details>
<div class="tabbed-set"><input type="radio" id="t1"><input type="radio" id="t2"><div class="tabbed-labels">
<label for="t1">By hand</label><label for="t2">By machine</label></div><div class="tabbed-content">
<div class="tabbed-block"><p>slow</p></div><div class="tabbed-block"><p>fast</p></div></div></div>
<lr-sigmoid class="lr-x"><figure><p>Move me.</p>
<svg viewBox="0 0 9 9"><clipPath id="c"><rect/></clipPath><g clip-path="url(#c)"/></svg>
<fieldset disabled><input type="range"></fieldset></figure><template>{{}}</template></lr-sigmoid>
<div class="admonition example"><p class="admonition-title">Exercise 1: a half</p><p>Where is it?</p>
<lr-answer></lr-answer></div>
<details class="success"><summary>Solution</summary><p>At zero.</p></details>"""
HOME = """<!doctype html><html lang="en"><head><title>Logistic regression</title><meta name="author" content="A & B">
<meta name="description" content="About a line."></head><body></body></html>"""
FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20"><path d="M0 0h9"/></svg>'


def tiny_site(folder: Path, text: str = TEXT) -> Path:
    """Write a site with two chapters, one of them with this text, and a glossary."""
    pages = {
        "chapters/01-line/": ("1 Line", '<h2 id="slope">Slope</h2>'),
        CHAPTER: ("2 Sigmoid", text),
        "glossary/": ("Glossary", '<h3 id="logit">Logit</h3>'),
    }
    for url, (title, inner) in pages.items():
        (folder / url).mkdir(parents=True)
        (folder / url / "index.html").write_text(PAGE.format(title=title, url=url, text=inner), encoding="utf-8")
    (folder / "chapters/02-sigmoid-1.svg").write_text(FIGURE, encoding="utf-8")
    (folder / "index.html").write_text(HOME, encoding="utf-8")
    (folder / "assets/fonts").mkdir(parents=True)
    (folder / "assets/fonts/math.woff2").write_bytes(b"font")
    return folder
