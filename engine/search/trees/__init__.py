"""Searches over a tree of thoughts: what to grow next depends on how paths were judged."""
