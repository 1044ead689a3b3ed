"""Canonical keys: two answers with one key mean the same.

A key is `kind:body`, stable for one value of `CANONICALISER`:

    n:72, n:-22/7          a rational number; money and counted things too, `$72.00`, `72 clips`
    s:1/2+3*sqrt(2)*pi     a number with square-free roots or powers of pi
    u:49/5:m/s^2           a quantity, in base units
    p:50                   a percentage
    c:B                    a choice, A to J
    b:yes, b:no            yes and true, no and false
    x:unknown              "not enough information", "cannot be determined"

What is counted is dropped, because the question has named it: `72 clips` and `72` are one answer.
A unit of measure is kept, since `2 h` and `120 min` must meet and `2` and `120` must not; a
percentage is kept, since `50%` could mean both 0.5 and 50. Against a bare number these two are
therefore "could not be compared" (see `compare.py`), never silently equal and never different.
Approximate values (`about 3`, `~3`), several values and free text have no key.
"""

from __future__ import annotations

from enum import StrEnum

from engine.answers import exact
from engine.answers.choice import find_choice, find_truth, is_unknown
from engine.answers.cursor import Cursor
from engine.answers.exact import Exact
from engine.answers.expression import read_value
from engine.answers.lexer import Token, TokenKind, read_tokens
from engine.answers.number_word import is_number_word
from engine.answers.refusal import UnreadableAnswerError
from engine.answers.unit import read_unit
from engine.answers.unit_table import Unit, find_unit, render_powers

CANONICALISER = "svend-answers/1"
"""Name and version of the grammar; it changes whenever any key changes."""

MAX_NOUN_WORDS = 8


class KeyKind(StrEnum):
    """What an answer is; the part of a key before its first colon."""

    NUMBER = "n"
    SURD = "s"
    QUANTITY = "u"
    PERCENT = "p"
    CHOICE = "c"
    TRUTH = "b"
    UNKNOWN = "x"


def canonical_key(text: str) -> str | None:
    """Give the key of an answer, or None when this grammar cannot compare it.

    Any text may come in: nothing is evaluated, and no input costs more than linear time in its
    length or more than numbers of some 420 digits.

    Args:
        text: The answer alone, as `extract_answer` gives it, with or without LaTeX.
    """
    try:
        tokens = read_tokens(text)
        return _read_words(tokens) or _read_equation(Cursor(tokens))
    except UnreadableAnswerError:
        return None


_CURRENCIES = frozenset({"usd", "us", "eur", "gbp", "rs", "inr", "cad", "aud"})

# A noun phrase with one of these says more than what was counted.
_NO_NOUN_WORDS = (
    "am an approximately about around at because between by divided er equals exceeds fewer for "
    "from half if is least less minus mod more most nor not o'clock or over ph plus pm "
    "percent percentage percents rd remainder roughly since so st th than times to under versus "
    "vs"
)
_NO_NOUNS = frozenset(_NO_NOUN_WORDS.split())


def _read_words(tokens: tuple[Token, ...]) -> str | None:
    choice = find_choice(tokens)
    if choice is not None:
        return f"{KeyKind.CHOICE}:{choice}"
    truth = find_truth(tokens)
    if truth is not None:
        return f"{KeyKind.TRUTH}:{truth}"
    return f"{KeyKind.UNKNOWN}:unknown" if is_unknown(tokens) else None


def _read_equation(cursor: Cursor) -> str | None:
    """Read `5`, `x = 5` or `2 + 3 = 5`; the sides with a value must agree."""
    named = cursor.peek()
    if named is not None and named.kind in {TokenKind.WORD, TokenKind.COMMAND}:
        cursor.position += 2 if cursor.next_is("=", ahead=1) else 0
    keys = {_read_amount(cursor)}
    while cursor.take("="):
        keys.add(_read_amount(cursor))
    return keys.pop() if len(keys) == 1 and cursor.at_end else None


def _read_amount(cursor: Cursor) -> str:
    cursor.position += cursor.word() in _CURRENCIES
    value = read_value(cursor)
    percent = _take_percent(cursor)
    unit = None if percent else read_unit(cursor)
    if unit is not None:
        value = _read_smaller_parts(cursor, value, unit)
    _skip_nouns(cursor)
    if not percent and unit is None:
        unit = read_unit(cursor)
        value = value if unit is None else exact.multiply(value, unit.factor)
    return _render_key(value, unit, percent=percent)


def _render_key(value: Exact, unit: Unit | None, *, percent: bool) -> str:
    body = exact.render_exact(value)
    if percent:
        return f"{KeyKind.PERCENT}:{body}"
    if unit is not None and unit.powers:
        return f"{KeyKind.QUANTITY}:{body}:{render_powers(unit.powers)}"
    kind = KeyKind.SURD if value.rational is None else KeyKind.NUMBER
    return f"{kind}:{body}"


def _take_percent(cursor: Cursor) -> bool:
    if cursor.take("%"):
        return True
    if cursor.word() == "percent":
        cursor.position += 1
        return True
    if cursor.word() == "per" and cursor.word(1) == "cent":
        cursor.position += 2
        return True
    return False


def _read_smaller_parts(cursor: Cursor, value: Exact, unit: Unit) -> Exact:
    """Add the smaller parts of `2 hours and 30 minutes`; return the sum in base units.

    Raises:
        UnreadableAnswerError: The parts are of another kind, or are no smaller.
    """
    total, last = exact.multiply(value, unit.factor), unit
    while (ahead := _ahead_of_part(cursor)) is not None:
        cursor.position += ahead
        part = read_value(cursor)
        smaller = read_unit(cursor)
        if smaller is None or not _is_part_of(smaller, last) or not _is_positive(value):
            raise UnreadableAnswerError("these are several quantities, not the parts of one")
        total, last = exact.add(total, exact.multiply(part, smaller.factor)), smaller
    return total


def _ahead_of_part(cursor: Cursor) -> int | None:
    """Return how many tokens join a further part to the last, or None if none follows."""
    ahead = 1 if cursor.word() == "and" or cursor.next_is(",") else 0
    token = cursor.peek(ahead)
    is_number = token is not None and token.kind == TokenKind.NUMBER
    return ahead if is_number or is_number_word(cursor.word(ahead)) else None


def _is_part_of(smaller: Unit, larger: Unit) -> bool:
    if smaller.powers != larger.powers:
        return False
    small, large = smaller.factor.rational, larger.factor.rational
    return small is not None and large is not None and small < large


def _is_positive(value: Exact) -> bool:
    return value.rational is not None and value.rational > 0


def _skip_nouns(cursor: Cursor) -> None:
    """Move past the words for what was counted, `clips in total`.

    Raises:
        UnreadableAnswerError: The words change the number, or hold another answer.
    """
    n_words, after_hyphen = 0, False
    while (token := cursor.peek()) is not None:
        is_hyphen = n_words > 0 and token.text == "-" and not token.spaced
        if (token.kind != TokenKind.WORD and not is_hyphen) or cursor.word() == "per":
            return
        n_words += not is_hyphen
        attached = not token.spaced and not after_hyphen
        if n_words > MAX_NOUN_WORDS or not (
            is_hyphen or _is_noun(cursor.word(), attached=attached)
        ):
            raise UnreadableAnswerError(f"{token.text!r} is not what was counted")
        after_hyphen = is_hyphen
        cursor.position += 1


def _is_noun(word: str, *, attached: bool) -> bool:
    if attached and word not in {"s", "es"}:
        return False
    is_unit = len(word) > 2 and find_unit(word) is not None  # noqa: PLR2004
    is_long = len(word) > 1 or word == "a"
    return is_long and word not in _NO_NOUNS and not is_number_word(word) and not is_unit
