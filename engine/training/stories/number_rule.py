"""How the numbers of a story are written: `n 12..60; s below n; t = n*k + 3`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random
from typing import Final

from engine.domain.program import Number, Program, ProgramError, Statement, execute, parse_program
from engine.training.blueprint import (
    Draw,
    above,
    below,
    computed,
    divisor,
    multiple,
    percent,
    price,
    span,
)
from engine.training.errors import StoryError
from engine.training.expression import names_in, replace_names
from engine.training.stories.story import NumberRule
from engine.training.words import PEOPLE

# `1 apples` is no English, so nothing that is drawn below another number is one.
_LEAST: Final = 2
_DECIMAL_STEPS: Final = 10
_SHAPE: Final = re.compile(r"(?P<name>[a-z]\w*)\s*(?P<rest>=.*|\s.*)", re.DOTALL)
_FORMS: Final = (
    "`n 12..60`, `n 12..60 step 5`, `s below n`, `s below n from 3`, `s above n by 40`,"
    " `d divisor n 2..12`, `m multiple n 2..9`, `k of 2 3 4`, `p price 2..40`, `r percent`,"
    " `h decimal 1.5..9.5`, `t = n*k + 3`"
)


def parse_number_rules(text: str) -> tuple[NumberRule, ...]:
    """Read the rules, separated by `;`.

    Raises:
        StoryError: A rule is none of the known forms, or speaks of a number that is not before it.
    """
    rules: list[NumberRule] = []
    for part in (part.strip() for part in text.split(";")):
        if not part:
            continue
        rule = _parse_rule(part, frozenset(rule.name for rule in rules))
        if rule.name in {earlier.name for earlier in rules}:
            raise StoryError(f"the number `{rule.name}` is declared twice")
        rules.append(rule)
    return tuple(rules)


def _parse_rule(part: str, known: frozenset[str]) -> NumberRule:
    shape = _SHAPE.fullmatch(part)
    if shape is None or shape["name"] in PEOPLE:
        raise StoryError(f"`{part}` is no rule for a number; write one of {_FORMS}")
    name, rest = shape["name"], " ".join(shape["rest"].split())
    if rest.startswith("="):
        return NumberRule(name=name, draw=_computed(name, rest[1:], known), computed=True)
    for pattern, build in _RULES.items():
        match = re.fullmatch(pattern, rest)
        if match is not None:
            given = match.groupdict()
            _check_other(given.get("other"), known)
            return NumberRule(name=name, draw=build(given))
    raise StoryError(f"`{part}` is no rule for a number; write one of {_FORMS}")


def _check_other(other: str | None, known: frozenset[str]) -> None:
    if other is not None and other not in known:
        raise StoryError(f"the number `{other}` is used before it is declared")


def _computed(name: str, source: str, known: frozenset[str]) -> Draw:
    try:
        expression = parse_program(f"{name}={source}").statements[0].expression
    except ProgramError as error:
        raise StoryError(str(error)) from error
    for other in names_in(expression):
        _check_other(other, known)

    def rule(values: Mapping[str, Fraction]) -> Fraction:
        replaced = replace_names(expression, {k: Number(value=v) for k, v in values.items()})
        try:
            return execute(Program(statements=(Statement(name=name, expression=replaced),))).value
        except ProgramError:
            # A value that is not positive rejects the attempt, as a division by zero should.
            return Fraction(0)

    return computed(rule)


def _span(given: Mapping[str, str]) -> Draw:
    low, high = _limits(given)
    return span(low, high, int(given["step"] or 1))


def _decimal(given: Mapping[str, str]) -> Draw:
    low, high = (int(Fraction(given[end]) * _DECIMAL_STEPS) for end in ("low", "high"))
    if low > high:
        raise StoryError(f"`{given['low']}..{given['high']}` holds no number")

    def draw(rng: Random, _: Mapping[str, Fraction]) -> Fraction:
        return Fraction(rng.randint(low, high), _DECIMAL_STEPS)

    return draw


def _one_of(given: Mapping[str, str]) -> Draw:
    values = tuple(Fraction(value) for value in given["values"].split())

    def draw(rng: Random, _: Mapping[str, Fraction]) -> Fraction:
        return rng.choice(values)

    return draw


def _limits(given: Mapping[str, str]) -> tuple[int, int]:
    low, high = int(given["low"]), int(given["high"])
    if not 0 < low <= high:
        raise StoryError(f"`{low}..{high}` holds no positive number")
    return low, high


_RANGE: Final = r"(?P<low>\d+) ?\.\. ?(?P<high>\d+)"
_RULES: Final[Mapping[str, Callable[[Mapping[str, str]], Draw]]] = {
    rf"{_RANGE}(?: step (?P<step>\d+))?": _span,
    r"below (?P<other>\w+)(?: from (?P<low>\d+))?": (
        lambda given: below(given["other"], int(given["low"] or _LEAST))
    ),
    r"above (?P<other>\w+) by (?P<reach>\d+)": (
        lambda given: above(given["other"], int(given["reach"]))
    ),
    rf"divisor (?P<other>\w+) {_RANGE}": lambda given: divisor(given["other"], *_limits(given)),
    rf"multiple (?P<other>\w+) {_RANGE}": lambda given: multiple(given["other"], *_limits(given)),
    r"of (?P<values>\d+(?:\.\d+)?(?: \d+(?:\.\d+)?)*)": _one_of,
    rf"price {_RANGE}": lambda given: price(*_limits(given)),
    r"percent": lambda _: percent(),
    r"decimal (?P<low>\d+(?:\.\d)?) ?\.\. ?(?P<high>\d+(?:\.\d)?)": _decimal,
}
