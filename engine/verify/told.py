"""The numbers that a question tells, in digits and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from engine.domain.number_word import find_number_words
from engine.domain.program import MAX_DIGITS

# Patterns of a number in digits, and of one that begins with its point.
DIGITS: Final = r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?"
POINT: Final = r"\.\d+"

_NUMBER: Final = re.compile(rf"(?<![\w.])(?:{DIGITS})|{POINT}")
# "One" and "zero" are seldom told as amounts.
_LEAST_SPELT: Final = 2


def numbers_told(question: str) -> tuple[Fraction, ...]:
    """Every number of a question once, in the order of reading."""
    return tuple(dict.fromkeys(value for _, value in sorted(find_told(question))))


def find_told(question: str) -> Iterator[tuple[int, Fraction]]:
    """Yield where each number of a question begins, and its value; digits first, then words.

    A number of more digits than a program may hold is none that it could be told.
    """
    for found in _NUMBER.finditer(question):
        if len(found.group()) <= MAX_DIGITS:
            yield found.start(), Fraction(found.group().replace(",", ""))
    for start, value in find_number_words(question):
        if value >= _LEAST_SPELT:
            yield start, Fraction(value)
