"""Equality of answers by their canonical keys."""

from __future__ import annotations

from collections.abc import Sequence

from engine.answers.key import CANONICALISER, canonical_key
from engine.domain.answer import Answer, uncompared_class


class KeyEquality:
    """The port ``Equality``: answers with the same key mean the same.

    A text without a key could not be compared. It shares its class with the very same text only.
    """

    @property
    def canonicaliser(self) -> str:
        """Name and version of the grammar that makes the keys."""
        return CANONICALISER

    async def classify(self, text: str, known: Sequence[Answer]) -> Answer:  # noqa: ARG002
        """Return the answer with its class.

        The key alone decides, so the class does not depend on which answers came before.
        """
        key = canonical_key(text)
        return Answer(
            text=text,
            key=key,
            class_id=uncompared_class(text) if key is None else f"key:{key}",
            canonicaliser=CANONICALISER,
        )
