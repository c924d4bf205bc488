"""What MkDocs runs at build time: find code blocks, execute and cache them, render their outputs."""
