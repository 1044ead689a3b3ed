"""Values and pure rules. Nothing here does I/O or knows of anything above it."""
