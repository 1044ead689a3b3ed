"""Numbers written as English words: "twenty-one", "two hundred and five", "three quarters"."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType

from engine.answers.cursor import Cursor
from engine.answers.lexer import Token
from engine.answers.refusal import UnreadableAnswerError
from engine.domain.number_word import ONES, TENS

_SCALES = MappingProxyType(
    {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
)
_SMALL_SCALES = MappingProxyType({"dozen": 12, "hundred": 100})
_PARTS = MappingProxyType(
    {
        "half": 2,
        "halves": 2,
        "third": 3,
        "thirds": 3,
        "quarter": 4,
        "quarters": 4,
        "fourth": 4,
        "fourths": 4,
        "fifth": 5,
        "fifths": 5,
        "sixth": 6,
        "sixths": 6,
        "eighth": 8,
        "eighths": 8,
        "tenth": 10,
        "tenths": 10,
    }
)
_ARTICLES = frozenset({"a", "an"})
_ARTICLE_PARTS = frozenset({"half", "third", "quarter", "fourth", "fifth", "tenth"})


def is_number_word(word: str) -> bool:
    """Tell whether a word, in lower case, is or could be part of a number in words."""
    return any(word in table for table in (ONES, TENS, _SCALES, _SMALL_SCALES, _PARTS))


def read_number_words(cursor: Cursor) -> Fraction | None:
    """Read a number in words, or leave the cursor and return None if none stands here.

    Raises:
        UnreadableAnswerError: The words begin as a number and do not go on as one.
    """
    if cursor.word() == "half":
        # "half", "half an hour", "half a dozen"
        cursor.position += 2 if cursor.word(1) in _ARTICLES else 1
        return Fraction(1, 2) * read_scale(cursor)
    if cursor.word() in _ARTICLES and cursor.word(1) in _ARTICLE_PARTS:
        cursor.position += 2
        return Fraction(1, _PARTS[cursor.word(-1)])
    whole = _read_cardinal(cursor)
    if whole is None:
        return None
    part = _read_part(cursor, whole)
    if part is not None:
        return part
    return whole + read_and_part(cursor)


def read_and_part(cursor: Cursor) -> Fraction:
    """Read "and a half" after a whole number; zero if it does not stand here."""
    if cursor.word() != "and":
        return Fraction(0)
    start = cursor.position
    cursor.position += 1
    if cursor.word() in _ARTICLES and cursor.word(1) in _ARTICLE_PARTS:
        cursor.position += 2
        return Fraction(1, _PARTS[cursor.word(-1)])
    whole = _read_cardinal(cursor)
    part = None if whole is None else _read_part(cursor, whole)
    if part is None:
        cursor.position = start
        return Fraction(0)
    return part


def read_scale(cursor: Cursor) -> int:
    """Read the words after a numeral that multiply it, "2.5 million", "7 dozen"; one if none."""
    scale = 1
    while True:
        word = cursor.word()
        factor = _SMALL_SCALES.get(word) or _SCALES.get(word)
        if factor is None or scale > max(_SCALES.values()):
            return scale
        scale *= factor
        cursor.position += 1


def _read_part(cursor: Cursor, whole: Fraction) -> Fraction | None:
    """Read the parts that a numerator in words counts: one *third*, two *thirds*."""
    joined = cursor.next_is("-") and cursor.word(1) in _PARTS
    word = cursor.word(1 if joined else 0)
    if word not in _PARTS:
        return None
    cursor.position += 2 if joined else 1
    # Five quarters may be coins, and a zeroth of a thing is no answer.
    if not 0 < whole < _PARTS[word]:
        raise UnreadableAnswerError("these words are no proper fraction")
    return whole / _PARTS[word]


def _read_cardinal(cursor: Cursor) -> Fraction | None:
    first = cursor.word()
    if first in _ARTICLES and (cursor.word(1) in _SCALES or cursor.word(1) in _SMALL_SCALES):
        cursor.position += 1
        total, group, n_words = 0, 1, 1
    elif first in ONES or first in TENS:
        total, group, n_words = 0, 0, 0
    else:
        return None
    last_scale = max(_SCALES.values()) * 10
    while (word := _next_number_word(cursor, n_words)) is not None:
        if word in _SCALES:
            if group == 0 or _SCALES[word] >= last_scale:
                break
            last_scale = _SCALES[word]
            total, group = total + group * last_scale, 0
        else:
            group = _grow(group, word, is_first=n_words == 0)
        n_words += 1
        cursor.position += 1
    return Fraction(total + group)


def _next_number_word(cursor: Cursor, n_words: int) -> str | None:
    """Return the next word of the cardinal, moving past the hyphen or "and" before it."""
    is_and = cursor.word() == "and" and cursor.word(-1) in {"hundred", *_SCALES}
    ahead = int(n_words > 0 and (is_and or _is_hyphen(cursor.peek(), cursor.peek(1))))
    word = cursor.word(ahead)
    if ahead and is_and and cursor.word(2) in _PARTS:
        # "two thousand and one third": the fraction is read by the caller.
        return None
    if not any(word in table for table in (ONES, TENS, _SCALES, _SMALL_SCALES)):
        return None
    cursor.position += ahead
    return word


def _is_hyphen(token: Token | None, following: Token | None) -> bool:
    return (
        token is not None
        and token.text == "-"
        and not token.spaced
        and following is not None
        and not following.spaced
    )


def _grow(group: int, word: str, *, is_first: bool) -> int:
    """Add one word to the group below a thousand.

    Raises:
        UnreadableAnswerError: The word cannot stand here, as in "five six".
    """
    if word in _SMALL_SCALES:
        if 0 < group < _SMALL_SCALES["hundred"]:
            return group * _SMALL_SCALES[word]
    elif word in TENS:
        if group % 100 == 0:
            return group + TENS[word]
    elif is_first or _fits_one(group, ONES[word]):
        return group + ONES[word]
    raise UnreadableAnswerError(f"{word!r} cannot stand here")


def _fits_one(group: int, one: int) -> bool:
    """Tell whether a number below twenty may follow: after hundreds, or one digit after tens."""
    after_tens = group % 10 == 0 and group % 100 >= TENS["twenty"] and one <= ONES["nine"]
    return one > 0 and (group % 100 == 0 or after_tens)
