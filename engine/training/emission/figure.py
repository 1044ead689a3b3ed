"""Figures gone wrong: a number miscopied, a sum with a slip in its carry."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Final

_CENT: Final = Fraction(1, 100)
_FACTORS: Final = (10, 100, 2)
_TEN: Final = 10


def miscopied(value: Fraction, rng: Random) -> Fraction:
    """A number that looks like the given one: another figure, or two that changed places.

    It has the sign and the decimals of the given one, and is neither zero nor the same.
    """
    step = Fraction(1) if value.denominator == 1 else _CENT
    units = abs(int(value / step))
    sign = -1 if value < 0 else 1
    while True:
        changed = rng.choice(_MISCOPIES)(units, rng)
        if changed > 0 and changed != units:
            return sign * changed * step


def miscalculated(value: Fraction, rng: Random) -> Fraction:
    """A result with a plausible slip: a lost carry, off by one, a wrong power of ten."""
    step = Fraction(1) if value.denominator == 1 else _CENT
    units = abs(int(value / step))
    sign = -1 if value < 0 else 1
    while True:
        changed = rng.choice(_MISCALCULATIONS)(units, rng)
        if changed > 0 and changed != units:
            return sign * changed * step


def _other_figure(units: int, rng: Random) -> int:
    figures = str(units)
    place = rng.randrange(len(figures))
    drawn = rng.choice("123456789" if place == 0 else "0123456789")
    return int(figures[:place] + drawn + figures[place + 1 :])


def _turned_figures(units: int, _: Random) -> int:
    figures = str(units)
    return int(figures[1] + figures[0] + figures[2:]) if len(figures) > 1 else units


def _off_by_one(units: int, rng: Random) -> int:
    return units + rng.choice((-1, 1))


def _lost_carry(units: int, rng: Random) -> int:
    power = _TEN ** rng.randrange(1, max(2, len(str(units))))
    return units + rng.choice((-1, 1)) * power


def _wrong_power(units: int, rng: Random) -> int:
    factor = rng.choice(_FACTORS)
    whole, rest = divmod(units, factor)
    return whole if rest == 0 and rng.random() < 1 / 2 else units * factor


_Way = Callable[[int, Random], int]
_MISCOPIES: Final[tuple[_Way, ...]] = (_other_figure, _other_figure, _turned_figures, _off_by_one)
_MISCALCULATIONS: Final[tuple[_Way, ...]] = (
    _lost_carry,
    _lost_carry,
    _other_figure,
    _off_by_one,
    _turned_figures,
    _wrong_power,
)
