"""An answer, and the class of answers that mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from engine.domain.canonical import JsonValue, digest, text_body


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one sample concluded, after equality was decided.

    Attributes:
        text: The answer as the model or its program gave it.
        key: The canonical key, or ``None`` when the answer could not be compared.
        class_id: Answers with the same class mean the same.
        canonicaliser: Name and version of what decided the class.
    """

    text: str
    key: str | None
    class_id: str
    canonicaliser: str

    @property
    def is_comparable(self) -> bool:
        """Whether equality with other answers could be decided at all."""
        return self.key is not None

    def to_data(self) -> dict[str, JsonValue]:
        """Return the answer as JSON."""
        return {
            "text": self.text,
            "answer_key": self.key,
            "class": self.class_id,
            "canonicaliser": self.canonicaliser,
        }

    @classmethod
    def from_data(cls, data: dict[str, str | None]) -> Self:
        """Read what :meth:`to_data` wrote."""
        return cls(
            text=data["text"] or "",
            key=data["answer_key"],
            class_id=data["class"] or "",
            canonicaliser=data["canonicaliser"] or "",
        )


def uncompared_class(text: str) -> str:
    """Name the class of a text that has no key: only the very same text shares it."""
    return f"text:{digest(text_body(text.strip()))[:16]}"
