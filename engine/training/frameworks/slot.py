"""Slots of texts that must be exact: `{n}` in an argument, a formula or an answer.

A question may write a number as a word or with thousands commas (engine/training/surface.py). An
argument must not: here a number is digits, a list its numbers with commas between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from engine.domain.canonical import JsonValue
from engine.domain.program import render_number
from engine.training import words

Value: TypeAlias = Fraction | str | tuple[Fraction, ...] | words.Person

SLOT: Final = re.compile(r"\{(\w+)\??(?:\.(\w+))?\}")
RAW_FORM: Final = "raw"
EXACT_FORM: Final = "exact"

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?(/\d+|e[+-]?\d+)?")
_SHOWN_DENOMINATOR: Final = 10**6
_EXACT_IN_JSON: Final = 2**53


def slots_of(text: str) -> tuple[str, ...]:
    """The names of a text's slots, each once."""
    return tuple(dict.fromkeys(match.group(1) for match in SLOT.finditer(text)))


def fill_exactly(text: str, values: Mapping[str, Value]) -> str:
    """Fill the slots of a text; braces around a name that is no variable stay as they are.

    `{x.exact}` writes a fraction as one, where `{x}` rounds it to six digits.
    """

    def filled(match: re.Match[str]) -> str:
        value = values.get(match.group(1))
        if isinstance(value, Fraction) and match.group(2) == EXACT_FORM:
            return render_number(value)
        return match.group(0) if value is None else render_value(value)

    return SLOT.sub(filled, text)


def fill_json(value: JsonValue, values: Mapping[str, Value]) -> JsonValue:
    """Fill the slots of every text in a JSON value.

    A text that is one slot and nothing else becomes what the variable is: a number, or a list of
    numbers.
    """
    if isinstance(value, str):
        whole = SLOT.fullmatch(value)
        if whole is not None and whole.group(2) is None and whole.group(1) in values:
            return _to_json(values[whole.group(1)])
        return fill_exactly(value, values)
    if isinstance(value, Mapping):
        return {fill_exactly(k, values): fill_json(inner, values) for k, inner in value.items()}
    if isinstance(value, Sequence):
        return [fill_json(inner, values) for inner in value]
    return value


def render_value(value: Value) -> str:
    """Write a value exactly; a fraction that no short decimal equals, to six digits."""
    if isinstance(value, Fraction):
        return render_number(value) if _is_short(value) else f"{float(value):.6g}"
    if isinstance(value, tuple):
        return ", ".join(render_value(part) for part in value)
    return value.name if isinstance(value, words.Person) else value


def read_number(text: str) -> Fraction | None:
    """The number that a text is, if it is one."""
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def _is_short(value: Fraction) -> bool:
    return _SHOWN_DENOMINATOR % value.denominator == 0


def _to_json(value: Value) -> JsonValue:
    if isinstance(value, Fraction):
        whole = value.denominator == 1 and abs(value) < _EXACT_IN_JSON
        return int(value) if whole else float(value)
    if isinstance(value, tuple):
        return [_to_json(part) for part in value]
    text = render_value(value)
    number = read_number(text)
    return text if number is None else _to_json(number)
