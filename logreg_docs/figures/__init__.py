"""Figures: each function draws the results that it is given and never trains a model."""
