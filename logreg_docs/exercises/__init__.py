"""The exercises of the chapters: one module a chapter, which computes right answers and knows the usual mistakes."""
