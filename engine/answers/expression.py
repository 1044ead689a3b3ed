r"""The value grammar: numerals, fractions, mixed numbers, roots, powers, products and sums.

    value   = words | ["-"] sum [scale]
    sum     = term { ("+" | "-") term }
    term    = factor { ("*" | "/" | nothing before a root, pi or bracket) factor }
    factor  = ["-" | "+"] atom [ "^" integer ]
    atom    = numeral | mixed | "(" sum ")" | "{" sum "}" | \frac | \sqrt | pi

What has two readings is refused: `5-10` (a range or a difference), `1/2\sqrt{3}`, `2\frac{3}{2}`.
"""

from __future__ import annotations

from fractions import Fraction

from engine.answers import exact
from engine.answers.cursor import Cursor
from engine.answers.exact import Exact
from engine.answers.lexer import Token, TokenKind
from engine.answers.number_word import read_and_part, read_number_words, read_scale
from engine.answers.refusal import UnreadableAnswerError

MAX_DIGITS = 400
"""Bound on the digits of a numeral and on a decimal exponent."""


def read_value(cursor: Cursor) -> Exact:
    """Read one value and leave the cursor behind it.

    Raises:
        UnreadableAnswerError: No value stands here, or it has two readings or is out of bounds.
    """
    negative = cursor.word() in {"negative", "minus"}
    cursor.position += negative
    words = read_number_words(cursor)
    value = exact.exact_of(words) if words is not None else _read_sum(cursor)
    if words is None:
        value = exact.multiply(value, exact.exact_of(read_scale(cursor)))
        if is_plain_integer(cursor.peek(-1)):
            value = exact.add(value, exact.exact_of(read_and_part(cursor)))
    return exact.negate(value) if negative else value


def starts_value(cursor: Cursor, ahead: int = 0) -> bool:
    """Tell whether a value could begin here."""
    furthest = ahead + Cursor.MAX_DEPTH
    while ahead < furthest and cursor.next_is("(", "{", "-", "+", ahead=ahead):
        ahead += 1
    return (
        _is_number(cursor.peek(ahead))
        or cursor.next_is("frac", "sqrt", "radical", ahead=ahead)
        or cursor.word(ahead) in {"pi", "sqrt"}
    )


def is_plain_integer(token: Token | None) -> bool:
    """Tell whether a token is a numeral of digits only."""
    return token is not None and token.kind == TokenKind.NUMBER and token.text.isdigit()


def _read_sum(cursor: Cursor) -> Exact:
    cursor.descend()
    value = _read_term(cursor)
    while cursor.next_is("+", "-") and starts_value(cursor, ahead=1):
        is_minus = cursor.next_is("-")
        plain = value.rational is not None and _is_number(cursor.peek(-1))
        plain = plain and _is_number(cursor.peek(1))
        cursor.position += 1
        term = _read_term(cursor)
        if is_minus and plain and term.rational is not None:
            raise UnreadableAnswerError("a range cannot be told from a difference")
        value = exact.add(value, exact.negate(term) if is_minus else term)
    cursor.ascend()
    return value


def _is_number(token: Token | None) -> bool:
    return token is not None and token.kind == TokenKind.NUMBER


def _read_term(cursor: Cursor) -> Exact:
    value = _read_factor(cursor)
    divided = False
    while True:
        if cursor.next_is("*") and starts_value(cursor, ahead=1):
            cursor.position += 1
            value, divided = exact.multiply(value, _read_factor(cursor)), False
        elif cursor.next_is("/") and starts_value(cursor, ahead=1):
            cursor.position += 1
            value, divided = exact.divide(value, _read_factor(cursor)), True
        elif _is_times_x(cursor):
            cursor.position += 1
            value = exact.multiply(value, _read_factor(cursor))
        elif _starts_implicit_factor(cursor):
            if divided:
                raise UnreadableAnswerError("it is unclear what the slash divides")
            value = exact.multiply(value, _read_factor(cursor))
        else:
            return value


def _is_times_x(cursor: Cursor) -> bool:
    """Tell whether the x of `3 x 10^4` stands here; elsewhere x is an unknown."""
    following = cursor.peek(1)
    return (
        cursor.word() == "x"
        and following is not None
        and following.text == "10"
        and cursor.next_is("^", ahead=2)
    )


def _starts_implicit_factor(cursor: Cursor) -> bool:
    if cursor.next_is("frac", "sqrt", "radical") or cursor.word() in {"pi", "sqrt"}:
        return True
    return cursor.next_is("(") and starts_value(cursor)


def _read_factor(cursor: Cursor) -> Exact:
    negative = cursor.take("-")
    if not negative:
        cursor.take("+")
    value = _read_atom(cursor)
    if cursor.take("^"):
        value = exact.power(value, _read_exponent(cursor))
    if cursor.next_is("^"):
        raise UnreadableAnswerError("a power of a power needs brackets")
    return exact.negate(value) if negative else value


def _read_exponent(cursor: Cursor) -> int:
    if cursor.next_is("(", "{"):
        exponent = _read_atom(cursor).rational
    else:
        sign = -1 if cursor.take("-") else 1
        exponent = sign * _read_numeral(cursor)
    if exponent is None or exponent.denominator != 1 or abs(exponent) > exact.MAX_EXPONENT:
        raise UnreadableAnswerError("only whole exponents of modest size are read")
    return exponent.numerator


def _read_atom(cursor: Cursor) -> Exact:
    for opening, closing in (("(", ")"), ("{", "}")):
        if cursor.take(opening):
            value = _read_sum(cursor)
            cursor.expect(closing)
            return value
    if cursor.take("frac"):
        return _read_fraction(cursor)
    if cursor.take("sqrt", "radical") or cursor.word() == "sqrt":
        return _read_root(cursor)
    if cursor.word() == "pi":
        cursor.position += 1
        return exact.pi()
    return _read_number(cursor)


def _read_fraction(cursor: Cursor) -> Exact:
    numerator = _read_argument(cursor, pair=True)
    return exact.divide(numerator, _read_argument(cursor, pair=False))


def _read_argument(cursor: Cursor, *, pair: bool) -> Exact:
    r"""Read one argument of a command; without braces it is one digit, as in `\frac12`."""
    token = cursor.peek()
    if not is_plain_integer(token) or token is None:
        return _read_atom(cursor)
    if pair and len(token.text) == 2:  # noqa: PLR2004, since a pair is two digits.
        cursor.split_number(1)
    elif len(token.text) != 1:
        raise UnreadableAnswerError("arguments of more than one digit need braces")
    return exact.exact_of(_read_numeral(cursor))


def _read_root(cursor: Cursor) -> Exact:
    is_command = cursor.next_is("sqrt", ahead=-1)
    if cursor.word() == "sqrt":
        cursor.position += 1
    degree = Fraction(2)
    if is_command and cursor.take("["):
        degree = _read_numeral(cursor)
        cursor.expect("]")
    argument = _read_argument(cursor, pair=False) if is_command else _read_atom(cursor)
    if degree.denominator != 1:
        raise UnreadableAnswerError("only whole roots are read")
    return exact.root(argument, degree.numerator)


def _read_number(cursor: Cursor) -> Exact:
    """Read a numeral and, if it is a whole one, the proper fraction that makes it mixed."""
    is_whole = is_plain_integer(cursor.peek())
    value = _read_numeral(cursor)
    if not is_whole:
        return exact.exact_of(value)
    part = _read_slash_part(cursor)
    if part is None and cursor.take("frac"):
        part = _read_fraction(cursor).rational
        if part is None or not 0 < part < 1:
            raise UnreadableAnswerError(
                "a whole number before a fraction that is not proper has two readings"
            )
    return exact.exact_of(value if part is None else value + part)


def _read_slash_part(cursor: Cursor) -> Fraction | None:
    """Read the `1/2` of `1 1/2`, if it stands here."""
    first, last = cursor.peek(), cursor.peek(2)
    if not (is_plain_integer(first) and cursor.next_is("/", ahead=1) and is_plain_integer(last)):
        return None
    divided = cursor.next_is("/", ahead=-2)
    numerator = _read_numeral(cursor)
    cursor.position += 1
    denominator = _read_numeral(cursor)
    if divided or not 0 < numerator < denominator:
        raise UnreadableAnswerError("this is no mixed number")
    return numerator / denominator


def _read_numeral(cursor: Cursor) -> Fraction:
    token = cursor.peek()
    if token is None or token.kind != TokenKind.NUMBER:
        raise UnreadableAnswerError("expected a number")
    cursor.position += 1
    mantissa, _, exponent = token.text.lower().partition("e")
    digits = mantissa.replace(".", "")
    if len(digits) > MAX_DIGITS or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_DIGITS:  # noqa: PLR2004
        raise UnreadableAnswerError("the number has too many digits")
    decimals = len(mantissa) - mantissa.index(".") - 1 if "." in mantissa else 0
    return int(digits) * Fraction(10) ** (int(exponent or 0) - decimals)
