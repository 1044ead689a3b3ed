"""The reasoning engine: usable as a library, with no queue, no database and no web."""
