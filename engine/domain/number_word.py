"""Whole numbers below a thousand in English words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

_ONE_WORDS: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen"
)
_TEN_WORDS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"

ONES: Final[Mapping[str, int]] = MappingProxyType(
    {word: value for value, word in enumerate(_ONE_WORDS.split())}
)
TENS: Final[Mapping[str, int]] = MappingProxyType(
    {word: 10 * value for value, word in enumerate(_TEN_WORDS.split(), start=2)}
)

_TEN: Final = 10
_HUNDRED: Final = 100
_DIGIT: Final = "|".join(word for word, value in ONES.items() if 0 < value < _TEN)
_SMALL: Final = (
    rf"(?P<tens>{'|'.join(TENS)})(?:[- ](?P<digit>{_DIGIT}))?|(?P<ones>{'|'.join(ONES)})"
)
_NUMBER: Final = re.compile(
    rf"\b(?:(?P<hundreds>{_DIGIT}) hundred(?:(?: and)? (?:{_SMALL}))?"
    rf"|{_SMALL.replace('<', '<only_')})\b",
    re.IGNORECASE,
)


def find_number_words(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each number in words begins, and its value: "two hundred and fifty-two"."""
    for found in _NUMBER.finditer(text):
        words = {
            name.removeprefix("only_"): word.lower()
            for name, word in found.groupdict().items()
            if word
        }
        hundreds, tens = ONES.get(words.get("hundreds", ""), 0), TENS.get(words.get("tens", ""), 0)
        ones = ONES.get(words.get("digit") or words.get("ones", ""), 0)
        yield found.start(), hundreds * _HUNDRED + tens + ones
