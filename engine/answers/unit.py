"""The unit grammar: `m/s^2`, `km/h`, `kg m s^{-2}`, `square feet`, `miles per hour`.

    unit   = part { ("*" | "/" | "per" | nothing) part }
    part   = ["square" | "sq" | "cubic"] name [exponent | "squared" | "cubed"]
           | "deg" ("C" | "F") | "(" unit ")"

A product without a sign after a slash is refused: `J/mol K` has two readings.
"""

from __future__ import annotations

from engine.answers.cursor import Cursor
from engine.answers.lexer import TokenKind
from engine.answers.refusal import UnreadableAnswerError
from engine.answers.unit_table import MAX_UNIT_POWER, NO_UNIT, Unit, find_unit, join_units

_POWERS_BEFORE = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_POWERS_AFTER = {"squared": 2, "cubed": 3}

# Letters that name a unit and, after a bare number, more often something else.
_AMBIGUOUS_ALONE = frozenset({"C", "F"})


def read_unit(cursor: Cursor) -> Unit | None:
    """Read a unit, or leave the cursor and return None if none begins here.

    Raises:
        UnreadableAnswerError: A unit begins here and has two readings.
    """
    if cursor.next_is("/") or cursor.word() == "per":
        return _read_more(cursor, NO_UNIT) if _starts_part(cursor, ahead=1) else None
    if not _starts_part(cursor):
        return None
    token, following = cursor.peek(), cursor.peek(1)
    if token is not None and token.text in _AMBIGUOUS_ALONE and following is None:
        raise UnreadableAnswerError("this letter may be a unit or a temperature scale")
    return _read_more(cursor, _read_part(cursor))


def _read_more(cursor: Cursor, unit: Unit) -> Unit:
    divided = False
    while True:
        if cursor.next_is("*") and _starts_part(cursor, ahead=1):
            cursor.position += 1
            divided, exponent = False, 1
        elif _is_division(cursor):
            cursor.position += 1
            divided, exponent = True, -1
        elif _starts_part(cursor) and cursor.word() != "in" and not cursor.next_is("("):
            if divided:
                raise UnreadableAnswerError("it is unclear what the slash divides")
            exponent = 1
        else:
            return unit
        unit = join_units(unit, _read_part(cursor), exponent)
        if any(abs(count) > MAX_UNIT_POWER for _, count in unit.powers):
            raise UnreadableAnswerError("the power of a unit is too large")


def _is_division(cursor: Cursor) -> bool:
    is_sign = cursor.next_is("/") or cursor.word() == "per"
    return is_sign and _starts_part(cursor, ahead=1)


def _starts_part(cursor: Cursor, ahead: int = 0) -> bool:
    if cursor.next_is("(", ahead=ahead) or cursor.word(ahead) in _POWERS_BEFORE:
        ahead += 1
    token = cursor.peek(ahead)
    if token is None or token.kind != TokenKind.WORD or find_unit(token.text) is None:
        return False
    # "72 in total": an inch is followed by nothing that could make it a preposition.
    following = cursor.word(ahead + 1)
    return token.text != "in" or not following or following in {"per", *_POWERS_AFTER}


def _read_part(cursor: Cursor) -> Unit:
    if cursor.take("("):
        cursor.descend()
        unit = _read_more(cursor, _read_part(cursor))
        cursor.expect(")")
        cursor.ascend()
        return unit
    before = _POWERS_BEFORE.get(cursor.word(), 1)
    cursor.position += before > 1
    unit = _read_name(cursor)
    after = _read_exponent(cursor)
    if before > 1 and after != 1:
        raise UnreadableAnswerError("the unit has two exponents")
    return join_units(NO_UNIT, unit, before * after)


def _read_name(cursor: Cursor) -> Unit:
    token = cursor.peek()
    name = token.text if token is not None and token.kind == TokenKind.WORD else ""
    cursor.position += 1
    if name.lower() in {"deg", "degree", "degrees"}:
        scale = cursor.word()
        if scale in {"c", "f", "celsius", "fahrenheit"}:
            cursor.position += 1
            name = "deg" + scale[0].upper()
    unit = find_unit(name)
    if unit is None:
        raise UnreadableAnswerError("expected a unit")
    return unit


def _read_exponent(cursor: Cursor) -> int:
    word = cursor.word()
    if word in _POWERS_AFTER:
        cursor.position += 1
        return _POWERS_AFTER[word]
    token = cursor.peek()
    if token is not None and token.kind == TokenKind.NUMBER and not token.spaced:
        return _read_digit(cursor)
    if not cursor.take("^"):
        return 1
    braced = cursor.take("{")
    sign = -1 if cursor.take("-") else 1
    exponent = sign * _read_digit(cursor)
    if braced:
        cursor.expect("}")
    return exponent


def _read_digit(cursor: Cursor) -> int:
    token = cursor.peek()
    cursor.position += 1
    digits = token.text if token is not None and token.kind == TokenKind.NUMBER else ""
    if not digits.isdigit() or not 1 <= int(digits) <= MAX_UNIT_POWER:
        raise UnreadableAnswerError("the exponent of a unit is a whole number from 1 to 9")
    return int(digits)
