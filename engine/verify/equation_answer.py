"""What an answer says that the unknowns are: `x = 2`, `x=2 or x=3`, `(2, 3)` for x and y."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.verify.equation import is_term, normalise_math

MAX_ANSWER_CHARS = 300
MAX_SOLUTIONS = 8

_SEPARATOR = re.compile(r"\s*(?:[,;]|\bor\b|\band\b)\s*", re.IGNORECASE)
_TUPLE = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_THOUSANDS = re.compile(r"\d,\d{3}(?!\d)")
_NAMED = re.compile(r"([A-Za-z])\s*=\s*(.+)")
_PLUS_MINUS = re.compile(r"\\pm(?![A-Za-z])|±")

Assignment = Mapping[str, str]


def read_assignments(answer: str, unknowns: Sequence[str]) -> tuple[Assignment, ...]:
    """Return the solutions that an answer gives, each a value for every unknown.

    A value is an expression of numbers; `3 ± 2` is two. Nothing is returned when in doubt: for
    anything else that is said, a value that is missing, or a comma that may part thousands.

    Args:
        answer: The answer alone, plain or LaTeX.
        unknowns: The letters asked for; a bare tuple names them in this order.
    """
    if len(answer) > MAX_ANSWER_CHARS or _THOUSANDS.search(answer):
        return ()
    text = normalise_math(answer).rstrip(". ")
    if text.startswith("\\{") and text.endswith("\\}"):
        text = text[2:-2].strip()
    read = _read_values if len(unknowns) == 1 else _read_tuples
    found = read(text, unknowns)
    return found if len(found) <= MAX_SOLUTIONS and all(map(_is_plain, found)) else ()


def _read_values(text: str, unknowns: Sequence[str]) -> tuple[Assignment, ...]:
    (name,) = unknowns
    values: list[str] = []
    for part in _SEPARATOR.split(text):
        named = _NAMED.fullmatch(part)
        if named is not None and named[1] != name:
            return ()
        values += _split_sign(part if named is None else named[2].strip())
    return tuple({name: value} for value in values)


def _read_tuples(text: str, unknowns: Sequence[str]) -> tuple[Assignment, ...]:
    """Read `(2, 3)`, `(2, 3) and (3, 2)`, or one value for each name in any order."""
    tuples = list(_TUPLE.finditer(text))
    if tuples and "=" not in text and not _SEPARATOR.sub("", _TUPLE.sub("", text)).strip():
        rows = [[part.strip() for part in each[1].split(",")] for each in tuples]
        if any(len(row) != len(unknowns) for row in rows):
            return ()
        return tuple(dict(zip(unknowns, row, strict=True)) for row in rows)
    named = [_NAMED.fullmatch(part) for part in _SEPARATOR.split(text)]
    pairs = [(each[1], each[2].strip()) for each in named if each is not None]
    if len(pairs) != len(named) or sorted(name for name, _ in pairs) != sorted(unknowns):
        return ()
    return (dict(pairs),)


def _split_sign(value: str) -> list[str]:
    if len(_PLUS_MINUS.findall(value)) != 1:
        return [value]
    return [_PLUS_MINUS.sub(sign, value).strip() for sign in "+-"]


def _is_plain(assignment: Assignment) -> bool:
    return all(is_term(value, frozenset()) for value in assignment.values())
