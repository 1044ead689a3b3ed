"""The words around the numbers of a question: what says what is to be done with them.

"5 times as many" and "5 fewer than" tell the same number for different operations. The words near
a number and those of the sentence that asks are its cues, as in the quantity schemas of Roy & Roth
2015 (Solving General Arithmetic Word Problems, EMNLP), with no parser of language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from types import MappingProxyType
from typing import Final

from engine.verify.told import DIGITS, POINT, find_told

_WORD: Final = re.compile(rf"{DIGITS}|{POINT}|[a-z]+|[$%.,;:?!]")
# Words that stand for a number in a program, though they are none.
_IMPLIED: Final[Mapping[str, int]] = MappingProxyType(
    {
        **dict.fromkeys(("half", "halves", "halved", "twice", "both", "pair", "pairs"), 2),
        **dict.fromkeys(("double", "doubles", "doubled"), 2),
        **dict.fromkeys(("triple", "triples", "tripled", "thrice", "third", "thirds"), 3),
        **dict.fromkeys(("quarter", "quarters", "fourth", "fourths"), 4),
        **dict.fromkeys(("fifth", "fifths"), 5),
        **dict.fromkeys(("dozen", "dozens"), 12),
        **dict.fromkeys(("%", "percent", "cents"), 100),
        **dict.fromkeys(("week", "weeks"), 7),
        **dict.fromkeys(("hour", "hours"), 60),
    }
)
# More than any problem tells; what is read of a question is bounded whatever its length.
MOST_MENTIONS: Final = 32
_ENDS: Final = frozenset(".?!")
_NUMBER_MARK: Final = "#"
# Words on either side that count, and how many of them by their place as well.
_REACH: Final = 4
_NEAR: Final = 2
# Of a question that asks with no question mark, and no sentence before.
_MOST_ASKING: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A number where the question tells it.

    Attributes:
        value: What it is.
        place: Of which word, counted from 0.
        cues: The words near it, with their side.
    """

    value: Fraction
    place: int
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """What a question's words say about its numbers.

    Attributes:
        mentions: In the order of telling, at most `MOST_MENTIONS`.
        asking: The words of the sentence that asks, alone and by twos.
    """

    mentions: tuple[Mention, ...]
    asking: tuple[str, ...]


def read_cues(question: str) -> Cues:
    """Read what stands around the numbers of a question."""
    found = list(_WORD.finditer("".join(map(_lower, question))))
    words = [_mask(one.group()) for one in found]
    told = dict(find_told(question))
    mentions = (
        Mention(value=value, place=place, cues=_near(words, place))
        for place, one in enumerate(found)
        if (value := told.get(one.start(), _implied(one.group()))) is not None
    )
    return Cues(mentions=tuple(islice(mentions, MOST_MENTIONS)), asking=_asking(words))


def _lower(character: str) -> str:
    """The small letter; a letter that becomes two stays, so that places are as in the question."""
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def _mask(word: str) -> str:
    return _NUMBER_MARK if word[-1].isdigit() else word


def _implied(word: str) -> Fraction | None:
    value = _IMPLIED.get(word)
    return None if value is None else Fraction(value)


def _near(words: list[str], place: int) -> tuple[str, ...]:
    before = words[max(0, place - _REACH) : place][::-1]
    behind = words[place + 1 : place + 1 + _REACH]
    sides = (("<", before), (">", behind))
    return (
        f"={words[place]}",
        *(f"{side}{word}" for side, near in sides for word in near),
        *(f"{side}{i}{word}" for side, near in sides for i, word in enumerate(near[:_NEAR])),
    )


def _asking(words: list[str]) -> tuple[str, ...]:
    """The last question's words, or the last words where nothing is asked with a mark."""
    marks = [place for place, word in enumerate(words) if word == "?"]
    end = marks[-1] if marks else len(words)
    begin = max((i + 1 for i in range(end) if words[i] in _ENDS), default=0) if marks else 0
    asked = words[max(begin, end - _MOST_ASKING) : end]
    return (*asked, *(f"{one} {other}" for one, other in pairwise(asked)))
