"""Data sets: read, written, imported, rendered for a model, checked, cleaned and mixed."""
