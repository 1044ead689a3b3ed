"""The port `Equality` by canonical keys alone: in this process, without a sandbox."""

from __future__ import annotations

from collections.abc import Sequence

from engine.answers.key import CANONICALISER, canonical_key
from engine.domain.answer import Answer, uncompared_class


class KeyEquality:
    """Puts answers with one key into one class; an answer without a key stands alone.

    Implements :class:`engine.ports.Equality`. A key is a class of its own, so the answers that
    are known already decide nothing here.
    """

    @property
    def canonicaliser(self) -> str:
        """Name and version of the rule."""
        return CANONICALISER

    async def classify(self, text: str, known: Sequence[Answer]) -> Answer:
        """Return the answer with its key and class."""
        _ = known
        key = canonical_key(text)
        class_id = uncompared_class(text) if key is None else key
        return Answer(text=text, key=key, class_id=class_id, canonicaliser=CANONICALISER)
