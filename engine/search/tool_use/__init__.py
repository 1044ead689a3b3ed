"""Searches in which tools are run: programs that compute answers, and calls along a solution."""
