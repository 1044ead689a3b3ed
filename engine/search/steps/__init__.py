"""Searches that grow several solutions step by step, led by scores."""
