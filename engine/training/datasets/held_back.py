"""Which examples the screen holds back: those that ask, or quote, what models are judged by."""

from __future__ import annotations

from engine.training.datasets.text import all_texts, asked_texts
from engine.training.example import Example, TwinClaims
from engine.training.screen import WINDOW_WORDS, Screen


def is_held_back_exactly(example: Example, screen: Screen) -> bool:
    """Whether a question of the example is a held-back one, its numbers included."""
    return any(screen.hits_exactly(text) for text in _questions(example))


def shares_held_back_words(example: Example, screen: Screen) -> bool:
    """Whether a text of the example shares 13 words in a row with a held-back question.

    A question shorter than that is compared whole; a shorter reply, result or step says nothing.
    """
    if any(screen.shares_words(text) for text in _questions(example)):
        return True
    return any(screen.shares_words(text, fewest=WINDOW_WORDS) for text in all_texts(example))


def _questions(example: Example) -> tuple[str, ...]:
    if isinstance(example, TwinClaims) and example.question:
        return (example.question,)
    return asked_texts(example)
