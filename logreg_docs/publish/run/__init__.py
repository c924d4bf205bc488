"""Run: execute the code of pages, and reuse cached outputs until something that they depend on changes."""
