"""Pages: find their code, and write its outputs into the page, its notebook and the texts to review."""
