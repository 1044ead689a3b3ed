"""What decides which answers mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.domain.answer import Answer
from engine.domain.verdict import Verdict


class Equality(Protocol):
    """Decides which answers mean the same."""

    @property
    def canonicaliser(self) -> str:
        """Name and version of the rule."""
        ...

    async def classify(self, text: str, known: Sequence[Answer]) -> Answer:
        """Return the answer with its class: one of ``known``'s if it means the same."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of comparing one answer with others.

    Attributes:
        form: How the answer was read; ``None`` where it is words, or was not read.
        verdicts: One for each of the others, in their order.
        is_settled: Whether the same question would come to the same again; ``False`` where what
            compares was away.
    """

    form: str | None
    verdicts: tuple[Verdict, ...]
    is_settled: bool = True


class AnswerComparer(Protocol):
    """Compares answers by more than their canonical keys."""

    @property
    def version(self) -> str:
        """Name and version of the rule."""
        ...

    async def compare(self, text: str, others: Sequence[str]) -> Comparison:
        """Compare one answer with each of others.

        What cannot be compared, or not in time, is ``UNCHECKED``: nothing is raised.
        """
        ...
