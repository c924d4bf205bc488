"""The chapters on paper: read from the built site, put together, and printed by a browser."""
