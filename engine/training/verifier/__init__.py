"""Verifiers: data for them, their training, what they are worth, and how they are calibrated."""
