"""A passage of a document, as retrieval finds it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A part of a document that may answer a question.

    Attributes:
        text: Its words.
        source: Which document, and where in it, for whoever wants to look it up.
        score: How well it fits, in the retriever's own measure; higher is better.
    """

    text: str
    source: str
    score: float
