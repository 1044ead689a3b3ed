"""How the grammar says that it cannot read something."""

from __future__ import annotations


class UnreadableAnswerError(ValueError):
    """This text is outside the grammar of answers, or beyond its bounds.

    It never leaves the package: `canonical_key` turns it into None, "could not be compared".
    """
