"""The shape of a solution by program: what its arithmetic does with the numbers of its question.

A program that leaves out a number it was told, uses one that it was not, or comes to a fraction of
a person, is more often wrong. None of this understands the question, and it tells right programs
of a question from wrong ones better than a small model that was trained to (docs/results.md).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

from engine.domain.program import MAX_DIGITS
from engine.verify.told import numbers_told

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_ASSIGNED: Final = re.compile(r"\b([a-z])=")
_REFERRED: Final = re.compile(r"(?<![a-z])([a-z])(?![a-z=(])")
_NAMED: Final = re.compile(r"<[^>]*>(.*)", re.DOTALL)
# Unused numbers up to this one are often no part of the sum: "two friends", "the first 3 days".
_SMALL: Final = 10
# Denominators of amounts that a question asks for: whole, halves, money.
_PLAIN_DENOMINATORS: Final = frozenset({1, 2, 4, 5, 10, 20, 25, 50, 100})

FEATURES: Final = (
    "n_statements",
    "n_characters",
    "n_plus",
    "n_minus",
    "n_times",
    "n_over",
    "share_of_told_used",
    "n_used_not_told",
    "log_answer",
    "is_whole",
    "is_told",
    "n_told",
    "n_unused",
    "n_small_unused",
    "n_used_again",
    "n_statements_beyond_told",
    "is_negative",
    "is_no_number",
    "log_answer_over_largest",
    "is_odd_fraction",
    "n_dead_ends",
    "is_below_one",
    "is_one_unused",
)


def list_shape(question: str, program: str, answer: str | None) -> tuple[float, ...]:
    """Return the features of a program, in the order of `FEATURES`.

    Args:
        question: What it is to answer.
        program: Its statements, parted by semicolons or lines; the answer's name may follow.
        answer: What it comes to; ``None`` where it comes to nothing.
    """
    body, _ = split_name(program)
    statements = [part for part in re.split(r"[;\n]", body) if part.strip()]
    told = frozenset(numbers_told(question))
    used = Counter(Fraction(one) for one in _NUMBER.findall(body) if len(one) <= MAX_DIGITS)
    value, unused = _read(answer), told - used.keys()
    return (
        float(len(statements)),
        float(len(body)),
        *(float(body.count(sign)) for sign in "+-*/"),
        len(used.keys() & told) / max(1, len(told)),
        float(len(used.keys() - told)),
        _signed_log(value),
        _holds(value, lambda known: known.denominator == 1),
        _holds(value, lambda known: known in told),
        float(len(told)),
        float(len(unused)),
        float(sum(number <= _SMALL for number in unused)),
        float(sum(times - 1 for number, times in used.items() if number in told)),
        float(len(statements) - len(told)),
        _holds(value, lambda known: known < 0),
        float(value is None),
        _signed_log(value) - _signed_log(max(told, default=None)) if value is not None else 0.0,
        _holds(value, lambda known: known.denominator not in _PLAIN_DENOMINATORS),
        float(_count_dead_ends(body)),
        _holds(value, lambda known: 0 < known < 1),
        float(len(unused) == 1),
    )


def split_name(program: str) -> tuple[str, str]:
    """A program and the name of its answer, which may follow it behind a mark."""
    found = _NAMED.search(program)
    return (program, "") if found is None else (program[: found.start()], found[1].strip())


def _read(answer: str | None) -> Fraction | None:
    try:
        return None if answer is None else Fraction(answer)
    except (ValueError, ZeroDivisionError):
        return None


def _signed_log(value: Fraction | None) -> float:
    """The logarithm of a size, with its sign; a fraction may be larger than any float."""
    if value is None:
        return 0.0
    size = abs(value)
    whole = math.log(size.numerator + size.denominator) - math.log(size.denominator)
    return whole if value >= 0 else -whole


def _holds(value: Fraction | None, test: Callable[[Fraction], bool]) -> float:
    return float(value is not None and test(value))


def _count_dead_ends(body: str) -> int:
    """Statements but the last whose value nothing takes up."""
    assigned: Sequence[str] = _ASSIGNED.findall(body)
    taken_up = Counter(_REFERRED.findall(body))
    return sum(not taken_up[name] for name in assigned[:-1])
