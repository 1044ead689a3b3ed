"""The Game of 24: combine four numbers by + - * / until one is left, and have it be 24.

The proposer lists operations; the judge is sure of two numbers or fewer, and otherwise only knows
whether some number looks handy. So the best first step is often not the one that looks best.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

from engine.domain.trial import Trial, Work
from tests.unit.engine.search.trees.path_script import Path, PathScript

GOAL = Fraction(24)
HANDY = frozenset(map(Fraction, (2, 3, 4, 6, 8, 12, 24)))
SURE, LIKELY, IMPOSSIBLE = 1.0, 0.5, 0.001

Numbers = tuple[Fraction, ...]


@dataclass
class Game24(PathScript):
    """One instance, played by a proposer and a judge; each thought is the numbers left."""

    numbers: tuple[int, ...] = (4, 9, 10, 13)

    def left(self, path: Path) -> Numbers:
        return tuple(map(Fraction, path[-1] if path else self.numbers))

    def propose(self, path: Path) -> list[Numbers]:
        return list_next(self.left(path))

    def step(self, path: Path, trial: Trial) -> Numbers:
        found = list_next(self.left(path))
        return found[trial.index % len(found)]

    def value(self, path: Path, trial: Trial) -> float:
        left = self.left(path)
        if len(left) <= 2:
            return SURE if is_solvable(left) else IMPOSSIBLE
        return LIKELY * sum(number in HANDY for number in left) / len(left)

    def answer(self, path: Path, trial: Trial) -> str | None:
        if trial.work is not Work.SAMPLE:
            return None
        left = self.left(path)
        return str(left[0]) if len(left) == 1 else "stuck"


def list_next(left: Numbers) -> list[Numbers]:
    """Return what can be left after one operation, in the order in which a player looks."""
    found: dict[Numbers, None] = {}
    for one, other in itertools.combinations(range(len(left)), 2):
        rest = [number for place, number in enumerate(left) if place not in {one, other}]
        for result in _combine(left[one], left[other]):
            found[tuple(sorted([*rest, result]))] = None
    return list(found)


def is_solvable(left: Numbers) -> bool:
    """Whether 24 can be reached: the brute force that the search is held against."""
    if len(left) == 1:
        return left[0] == GOAL
    return any(is_solvable(after) for after in list_next(left))


def _combine(one: Fraction, other: Fraction) -> list[Fraction]:
    results = [one + other, abs(one - other), one * other]
    return results + [a / b for a, b in ((one, other), (other, one)) if b]
