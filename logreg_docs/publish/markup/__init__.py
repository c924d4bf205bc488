"""Markup: formulas, glossary links and explorables in the HTML of pages, and a cache of that HTML."""
