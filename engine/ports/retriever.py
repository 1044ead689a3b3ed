"""What finds passages in documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.domain.passage import Passage


class Retriever(Protocol):
    """Finds passages in a body of documents."""

    async def retrieve(self, query: str, n_passages: int) -> Sequence[Passage]:
        """Return at most so many passages, the best first; none where nothing fits.

        Raises:
            DependencyUnavailableError: The documents cannot be reached now.
        """
        ...
