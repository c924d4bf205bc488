"""Logistic regression from a straight line to a PyTorch training loop."""
