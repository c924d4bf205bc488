"""Interactive figures: Python draws each one complete, and a JavaScript module of the page makes it move."""
