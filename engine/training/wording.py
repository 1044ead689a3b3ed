"""Measures of wording: distinct 8-grams, words covered, and readings of a sentence form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.training import words

WINDOW_WORDS: Final = 8
NUMBER: Final = "#"

_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d[\d,.]*\d|\d")
_SPELLED: Final = frozenset(filter(None, (words.spell(n) for n in range(101))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the language of some text other text covers.

    Attributes:
        running: Share of all words, each as often as it stands in the text.
        distinct: Share of the different words.
    """

    running: float
    distinct: float


def masked_words(text: str) -> list[str]:
    """The words of a text in small letters, every number as one sign."""
    found = _WORD.findall(text.lower())
    return [NUMBER if word[0].isdigit() or word in _SPELLED else word for word in found]


def distinct_windows(texts: Iterable[str]) -> int:
    """How many different runs of eight words stand in the texts, numbers masked."""
    return len({window for text in texts for window in _windows(masked_words(text))})


def coverage(texts: Iterable[str], of: Iterable[str]) -> Coverage:
    """How many of the words of some texts occur in others; numbers do not count."""
    known = {word for text in texts for word in masked_words(text)}
    wanted = Counter(word for text in of for word in masked_words(text) if word != NUMBER)
    n_running = sum(wanted.values())
    if not n_running:
        return Coverage(running=0.0, distinct=0.0)
    found = {word: count for word, count in wanted.items() if word in known}
    return Coverage(running=sum(found.values()) / n_running, distinct=len(found) / len(wanted))


def count_readings(form: str) -> int:
    """How many ways a sentence form can be read when its slots stay open.

    Choices multiply where they stand side by side and add up within one pair of brackets.
    """
    # One level is a sum of finished alternatives and the product of the one being read.
    levels = [[0, 1]]
    for character in form:
        if character == "[":
            levels.append([0, 1])
        elif character == "|" and len(levels) > 1:
            levels[-1] = [sum(levels[-1]), 1]
        elif character == "]" and len(levels) > 1:
            inner = sum(levels.pop())
            levels[-1][1] *= inner
    return sum(levels[0])


def _windows(found: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(found) - WINDOW_WORDS + 1):
        yield tuple(found[start : start + WINDOW_WORDS])
