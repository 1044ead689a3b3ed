"""Versioned prompt files, and the pure renderer of their texts."""
