"""Blueprints: what a family of word problems is made of, before any number is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Final, TypeAlias

Draw: TypeAlias = Callable[[Random, Mapping[str, Fraction]], Fraction | None]

_WIDE_RATIO: Final = 12
_EVEN_DRAW_RATIO: Final = 0.3
_WHOLE_PRICE_RATIO: Final = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One kind of problem, or one link of a chain of them.

    Attributes:
        path: Its name, dotted.
        roles: How each number is drawn, in order; a draw sees the numbers before it and, in a
            chain, the running value under the name `v`. None rejects the attempt.
        clauses: Sentence forms of the facts, in the order in which they are told.
        ask: The sentence form of the question; empty for a link that asks nothing.
        program: Statements over the roles (and `v`); the last one is the answer.
        whole: Every value that the program computes must be a whole number.
        shuffled: The facts may be told in any order.
        cap: The largest value that the program may compute.
        signed: The values that the program computes may fall below zero.
        needs_all: Without any one of its clauses its question could not be answered at all; false
            where the question would then have another answer.
        meanings: What the value of a statement is, as the sentence form of a question.
    """

    path: str
    roles: Mapping[str, Draw] = field(default_factory=dict)
    clauses: tuple[str, ...] = ()
    ask: str = ""
    program: str
    whole: bool = True
    shuffled: bool = False
    cap: int = 1_000_000
    signed: bool = False
    needs_all: bool = True
    meanings: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def n_operations(self) -> int:
        """How many operations its program takes."""
        return sum(self.program.count(operator) for operator in "+-*/")


def span(low: int, high: int, step: int = 1) -> Draw:
    """A whole number from low to high; small ones are likelier where the span is wide."""

    def draw(rng: Random, _: Mapping[str, Fraction]) -> Fraction:
        if high <= _WIDE_RATIO * low or rng.random() < _EVEN_DRAW_RATIO:
            return Fraction(rng.randrange(low, high + 1, step))
        value = math.exp(rng.uniform(math.log(low), math.log(high)))
        return Fraction(max(low, int(value) // step * step))

    return draw


def below(other: str, low: int = 1) -> Draw:
    """A whole number from low to just under another number."""

    def draw(rng: Random, known: Mapping[str, Fraction]) -> Fraction | None:
        high = math.ceil(known[other]) - 1
        return Fraction(rng.randint(low, high)) if high >= low else None

    return draw


def above(other: str, reach: int) -> Draw:
    """A whole number over another number, by at most `reach`."""

    def draw(rng: Random, known: Mapping[str, Fraction]) -> Fraction:
        return Fraction(math.floor(known[other]) + rng.randint(1, reach))

    return draw


def divisor(other: str, low: int = 2, high: int = 12) -> Draw:
    """A divisor of another number within the limits."""

    def draw(rng: Random, known: Mapping[str, Fraction]) -> Fraction | None:
        value = known[other]
        found = [k for k in range(low, high + 1) if value % k == 0 and value > k]
        return Fraction(rng.choice(found)) if found else None

    return draw


def multiple(other: str, low: int, high: int) -> Draw:
    """Another number times a factor within the limits."""

    def draw(rng: Random, known: Mapping[str, Fraction]) -> Fraction:
        return known[other] * rng.randint(low, high)

    return draw


def one_of(*values: int) -> Draw:
    """One of the values listed."""

    def draw(rng: Random, _: Mapping[str, Fraction]) -> Fraction:
        return Fraction(rng.choice(values))

    return draw


def price(low: int, high: int) -> Draw:
    """An amount of money: whole dollars mostly, else with cents."""

    def draw(rng: Random, _: Mapping[str, Fraction]) -> Fraction:
        whole = Fraction(rng.randint(low, high))
        if rng.random() < _WHOLE_PRICE_RATIO:
            return whole
        return whole + Fraction(rng.choice((50, 50, 25, 75, 20, 40, 10, 99, 30, 5)), 100)

    return draw


def percent() -> Draw:
    """A percentage as problems have them."""
    return one_of(5, 10, 10, 15, 20, 20, 25, 25, 30, 40, 50, 50, 60, 70, 75, 80, 90, 12, 35)


def computed(rule: Callable[[Mapping[str, Fraction]], Fraction]) -> Draw:
    """A number that follows from those before it, so that a reverse problem comes out even."""

    def draw(_: Random, known: Mapping[str, Fraction]) -> Fraction | None:
        value = rule(known)
        return value if value > 0 else None

    return draw
