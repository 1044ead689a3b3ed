"""Documents in memory, found by the words that they share with a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.domain.errors import DependencyUnavailableError
from engine.domain.passage import Passage


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


class InMemoryDocuments:
    """Implements ``engine.ports.Retriever``; the score is the share of the question's words.

    Args:
        texts: Passages by their source.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.is_away = False

    async def retrieve(self, query: str, n_passages: int) -> Sequence[Passage]:
        """See the port."""
        if self.is_away:
            raise DependencyUnavailableError("the documents are away")
        asked = _words(query)
        shared = {source: len(asked & _words(text)) for source, text in self.texts.items()}
        fitting = sorted((s for s in shared if shared[s]), key=lambda s: (-shared[s], s))
        return [
            Passage(text=self.texts[s], source=s, score=shared[s] / len(asked))
            for s in fitting[:n_passages]
        ]
