"""Figures: each function draws the results it is handed and never trains."""
