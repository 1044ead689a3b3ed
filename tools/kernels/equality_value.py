"""Are two formulas the same? Decided by their values at many points, to thirty digits.

Two formulas that differ, differ almost everywhere (Schwartz 1980, "Fast probabilistic algorithms
for verification of polynomial identities"), and a value costs a bounded time where a proof by
simplification may not end. So what agrees at every point tried is the same, and what differs at
one is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import sympy

from tools.kernels.equality_reading import Reading

N_DIGITS = 30

_TINY = sympy.Rational(1, 10**20)
_CONSTANTS = frozenset({"C", "c", "C_1", "c_1", "C1", "c1", "K"})
# Fixed, so that the same pair always gets the same answer: none is a zero of anything common.
_POSITIVE = ("137/100", "71/29", "59/113", "311/97", "17/139", "229/41")
_NEGATIVE = ("-83/100", "-197/61", "-23/131", "-353/89")


class Same(StrEnum):
    """What came of a comparison; the words of ``engine.domain.verdict``."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCHECKED = "unchecked"


def compare_values(a: Reading, b: Reading) -> Same:
    """Compare two values."""
    left, right = a.value, b.value
    if left == right:
        return Same.RIGHT
    if left.is_number and right.is_number:
        return _compare_numbers(a, b)
    left, right = _share_constant(left, right)
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    is_positive_same = _agrees(left, right, symbols, _POSITIVE)
    if is_positive_same is None:
        return Same.UNCHECKED
    has_same_names = left.free_symbols == right.free_symbols
    if not is_positive_same:
        return (
            Same.WRONG
            if has_same_names and not _is_up_to_constant(left, right)
            else (Same.UNCHECKED)
        )
    # Where only negative values tell them apart, it is the domain that decides.
    return Same.UNCHECKED if _agrees(left, right, symbols, _NEGATIVE) is False else Same.RIGHT


def _compare_numbers(a: Reading, b: Reading) -> Same:
    left, right = a.value, b.value
    if left.is_infinite or right.is_infinite:
        return Same.WRONG
    difference = _evaluate(left - right)
    if difference is None:
        return Same.UNCHECKED
    if difference <= _TINY * (1 + (_evaluate(left) or 0)):
        return Same.RIGHT
    for one, other in ((a, b), (b, a)):
        # A decimal may be the other, rounded: it depends on what was asked for.
        if one.n_decimals is not None and other.n_decimals is None:
            half = sympy.Rational(1, 2 * 10**one.n_decimals)
            if difference <= half * (1 + _TINY):
                return Same.UNCHECKED
    return Same.WRONG


def _evaluate(value: Any) -> Any | None:
    """Return the size of a number to thirty digits; ``None`` where it has none."""
    found = sympy.Abs(sympy.N(value, N_DIGITS))
    found = sympy.N(found, N_DIGITS)
    return found if found.is_Float or found.is_Rational else None


def _agrees(left: Any, right: Any, symbols: list[Any], points: tuple[str, ...]) -> bool | None:
    """Return whether both have one value at every point; ``None`` where neither has any."""
    n_seen = 0
    for values in _list_points(symbols, points):
        size, difference = _evaluate(left.subs(values)), _evaluate((left - right).subs(values))
        if size is None or difference is None:
            continue
        n_seen += 1
        if difference > _TINY * (1 + size):
            return False
    return True if n_seen else None


def _list_points(symbols: list[Any], points: tuple[str, ...]) -> Iterator[dict[Any, Any]]:
    for shift in range(len(points)):
        yield {
            symbol: sympy.Rational(points[(shift + 2 * place) % len(points)])
            + sympy.Rational(place, 7) * (1 if points is _POSITIVE else -1)
            for place, symbol in enumerate(symbols)
        }


def _share_constant(left: Any, right: Any) -> tuple[Any, Any]:
    """Give the constant of integration, whatever it is called, one name in both."""
    only_left = [s for s in left.free_symbols - right.free_symbols if str(s) in _CONSTANTS]
    only_right = [s for s in right.free_symbols - left.free_symbols if str(s) in _CONSTANTS]
    if len(only_left) == 1 and len(only_right) == 1:
        return left, right.subs(only_right[0], only_left[0])
    return left, right


def _is_up_to_constant(left: Any, right: Any) -> bool:
    """Whether a constant of integration may take up the difference."""
    shared = [s for s in left.free_symbols & right.free_symbols if str(s) in _CONSTANTS]
    difference = left - right
    others = difference.free_symbols - set(shared)
    return bool(shared) and all(
        _agrees(
            sympy.diff(difference, other), sympy.Integer(0), sorted(others, key=str), _POSITIVE
        )
        for other in others
    )
