"""The numbers that a question tells, in digits and in words."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from engine.domain.number_word import find_number_words

_NUMBER: Final = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\d)|(?<![\w.])\d+(?:\.\d+)?|\.\d+")
# "One" and "zero" are seldom told as amounts.
_LEAST_SPELT: Final = 2


def numbers_told(question: str) -> tuple[Fraction, ...]:
    """Every number of a question once, in the order of reading."""
    digits = [(m.start(), _exact(m.group())) for m in _NUMBER.finditer(question)]
    spelt = [
        (start, Fraction(value))
        for start, value in find_number_words(question)
        if value >= _LEAST_SPELT
    ]
    return tuple(dict.fromkeys(value for _, value in sorted(digits + spelt)))


def _exact(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))
