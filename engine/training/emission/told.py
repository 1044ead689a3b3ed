"""The numbers that a question tells, in digits and in words."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from engine.training import words

_NUMBER: Final = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\d)|(?<![\w.])\d+(?:\.\d+)?|\.\d+")
_WORD: Final = re.compile(r"[a-z]+")
_SPELT: Final = {
    spelt: Fraction(n) for n in (*range(2, 21), *range(30, 91, 10)) if (spelt := words.spell(n))
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
