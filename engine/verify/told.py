"""The numbers that a question tells, in digits and in words."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_NUMBER: Final = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\d)|(?<![\w.])\d+(?:\.\d+)?|\.\d+")
_WORD: Final = re.compile(r"[a-z]+")
_SPELT: Final = {
    word: Fraction(number)
    for word, number in (
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
        ("eleven", 11),
        ("twelve", 12),
        ("thirteen", 13),
        ("fourteen", 14),
        ("fifteen", 15),
        ("sixteen", 16),
        ("seventeen", 17),
        ("eighteen", 18),
        ("nineteen", 19),
        ("twenty", 20),
        ("thirty", 30),
        ("forty", 40),
        ("fifty", 50),
        ("sixty", 60),
        ("seventy", 70),
        ("eighty", 80),
        ("ninety", 90),
    )
}


def numbers_told(question: str) -> tuple[Fraction, ...]:
    """Every number of a question once, in the order of reading."""
    digits = [(m.start(), _exact(m.group())) for m in _NUMBER.finditer(question)]
    spelt = [
        (m.start(), _SPELT[m.group()])
        for m in _WORD.finditer(question.lower())
        if m.group() in _SPELT
    ]
    return tuple(dict.fromkeys(value for _, value in sorted(digits + spelt)))


def _exact(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))
