"""Searches made of other searches."""
