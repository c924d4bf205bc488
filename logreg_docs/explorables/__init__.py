"""Figures that a reader can move: each drawn whole by Python, then brought to life by a module of the page."""
