"""Measurements of what must hold, each against its bar."""
