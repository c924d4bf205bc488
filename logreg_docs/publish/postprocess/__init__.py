"""Postprocess: patch the theme and finish the files of the built site."""
