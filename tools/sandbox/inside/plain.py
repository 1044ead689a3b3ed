"""Turns what a program computed into plain JSON: numbers, text, lists and objects, bounded."""

from __future__ import annotations

from collections.abc import Mapping

MAX_DEPTH = 32
MAX_ITEMS = 10_000
# Room for a drawing; the limit on the whole result is the run's own.
MAX_TEXT = 1 << 20
EXACT_INTEGER = 1 << 53

_MAX_DIGITS = 10_000
_BITS_A_DIGIT = 3.3219281


class _Budget:
    """How many values may still be written."""

    def __init__(self) -> None:
        self.left = MAX_ITEMS

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ValueError(f"the value has more than {MAX_ITEMS:,} parts")


def to_plain(value: object) -> object:
    """Return ``value`` as JSON holds it.

    Integers beyond 2^53 become text, so that no reader rounds them; so do infinities and "nan".
    What JSON has no word for becomes its text. Called inside the run: an object that lies about
    itself deceives only its own run.

    Raises:
        ValueError: When it is too deep, too long or has too many parts.
    """
    return _plain(value, 0, _Budget())


def _plain(value: object, depth: int, budget: _Budget) -> object:
    budget.take()
    if depth > MAX_DEPTH:
        raise ValueError(f"the value is nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _integer(int(value))
    if isinstance(value, float):
        return _real(float(value))
    if isinstance(value, str):
        return _text(str(value))
    return _compound(value, depth, budget)


def _compound(value: object, depth: int, budget: _Budget) -> object:
    if isinstance(value, Mapping):
        return {
            _text(key if isinstance(key, str) else str(key)): _plain(item, depth + 1, budget)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return [_plain(item, depth + 1, budget) for item in value]
    # Arrays and scalars of numpy and pandas, told by what they offer and not by their type, which
    # need not be installed.
    to_list = getattr(value, "tolist", None)
    if callable(to_list) and getattr(value, "size", 0) <= MAX_ITEMS:
        return _plain(to_list(), depth + 1, budget)
    return _text(str(value))


def _integer(value: int) -> object:
    if abs(value) <= EXACT_INTEGER:
        return value
    if value.bit_length() > _MAX_DIGITS * _BITS_A_DIGIT:
        raise ValueError(f"the integer has more than {_MAX_DIGITS:,} digits")
    return _digits(value)


def _digits(value: int) -> str:
    """Write an integer in pieces that the interpreter's own limit on digits lets through."""
    sign, value, pieces = ("-", -value, []) if value < 0 else ("", value, [])
    base = 10**1_000
    while value >= base:
        value, piece = divmod(value, base)
        pieces.append(str(piece).zfill(1_000))
    return sign + str(value) + "".join(reversed(pieces))


def _real(value: float) -> object:
    if value != value:  # noqa: PLR0124 - only a NaN differs from itself
        return "nan"
    if value in {float("inf"), float("-inf")}:
        return "inf" if value > 0 else "-inf"
    return value


def _text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise ValueError(f"the text has more than {MAX_TEXT:,} characters")
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
