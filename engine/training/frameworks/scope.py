"""The variables of a reasoning block: what each may be, and which values fit together."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Final

from engine.domain.program import (
    Number,
    Program,
    ProgramError,
    Statement,
    execute,
    parse_program,
)
from engine.training import words
from engine.training.expression import names_in, replace_names
from engine.training.frameworks.slot import Value, fill_exactly, read_number
from engine.training.stories.story import NumberRule

_COMPARISONS: Final[Mapping[str, Callable[[Fraction, Fraction], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
}
_CONSTRAINT: Final = re.compile(r"(?P<left>[^<>=!]+)(?P<sign><=|>=|!=|<|>|=)(?P<right>[^<>=!]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRule:
    """A variable that is a list of different whole numbers.

    Attributes:
        name: Its slot.
        least: Fewest numbers.
        most: Most numbers.
        low: Smallest number.
        high: Largest number.
    """

    name: str
    least: int
    most: int
    low: int
    high: int

    def draw(self, rng: Random) -> tuple[Fraction, ...]:
        """Draw the list."""
        n = rng.randint(self.least, self.most)
        return tuple(Fraction(v) for v in rng.sample(range(self.low, self.high + 1), n))


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A comparison that the values must meet, such as `n > k + 2`."""

    left: Program
    sign: str
    right: Program

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether the values meet it.

        Raises:
            ProgramError: When a side cannot be computed.
        """
        return _COMPARISONS[self.sign](evaluate(self.left, values), evaluate(self.right, values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The variables of a block, in the order in which they are drawn.

    Attributes:
        rows: Values that belong together, such as a substance and its formula; one row is drawn.
        pairs: As rows, but two different ones are drawn, and `1` or `2` is put behind the names.
        numbers: Ways to draw the numbers, of which one is chosen; the rules are those of stories,
            and each sees the numbers before it and those of the row.
        lists: Lists of numbers.
        words: Variables that are one of several texts.
        texts: Texts over the variables before them, such as a formula.
        where: What the numbers must meet.
    """

    rows: tuple[Mapping[str, str], ...] = ()
    pairs: tuple[Mapping[str, str], ...] = ()
    numbers: tuple[tuple[NumberRule, ...], ...] = ()
    lists: tuple[ListRule, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    where: tuple[Constraint, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Every variable, people included."""
        lists = {rule.name for rule in self.lists}
        return frozenset(
            {*self._first_rows, *self._drawn, *lists, *self.words, *self.texts, *words.PEOPLE}
        )

    @property
    def numeric_names(self) -> frozenset[str]:
        """Every variable that a program may use."""
        return frozenset(self.columns | self._drawn)

    @property
    def columns(self) -> frozenset[str]:
        """The columns of rows that hold numbers."""
        cells = self._first_rows.items()
        return frozenset(name for name, cell in cells if read_number(cell) is not None)

    def draw(self, rng: Random) -> dict[str, Value] | None:
        """Draw every variable; None when the values do not fit together."""
        values: dict[str, Value] = dict(rng.choice(self.rows)) if self.rows else {}
        if self.pairs:
            values |= _numbered(rng.sample(self.pairs, 2))
        known = numbers_of(values)
        for rule in rng.choice(self.numbers) if self.numbers else ():
            value = rule.draw(rng, known)
            if value is None:
                return None
            known[rule.name] = values[rule.name] = value
        if not self._fits(values):
            return None
        values |= {
            name: fill_exactly(value, values)
            for name, value in values.items()
            if isinstance(value, str)
        }
        values |= {rule.name: rule.draw(rng) for rule in self.lists}
        values |= {
            name: fill_exactly(rng.choice(options), values) for name, options in self.words.items()
        }
        for name, text in self.texts.items():
            values[name] = fill_exactly(text, values)
        return values | words.draw_people(rng)

    @property
    def _first_rows(self) -> Mapping[str, str]:
        rows = self.rows[0] if self.rows else {}
        return {**rows, **(_numbered(self.pairs[:2]) if self.pairs else {})}

    @property
    def _drawn(self) -> frozenset[str]:
        return frozenset(rule.name for rule in self.numbers[0]) if self.numbers else frozenset()

    def _fits(self, values: Mapping[str, Value]) -> bool:
        try:
            return all(constraint.holds(values) for constraint in self.where)
        except ProgramError:
            return False


def parse_constraint(text: str) -> Constraint:
    """Read a comparison.

    Raises:
        ProgramError: A side is no expression, or there is no comparison.
    """
    match = _CONSTRAINT.fullmatch(text.strip())
    if match is None:
        msg = f"`{text}` is no comparison such as `n > k + 2`"
        raise ProgramError(msg)
    return Constraint(
        left=parse_program(f"left={match['left']}"),
        sign=match["sign"],
        right=parse_program(f"right={match['right']}"),
    )


def names_of(program: Program) -> frozenset[str]:
    """The names that a program uses and does not set."""
    used = {name for s in program.statements for name in names_in(s.expression)}
    return frozenset(used - {s.name for s in program.statements})


def bind(program: Program, values: Mapping[str, Value]) -> Program:
    """The program with numbers in the place of variables."""
    replaced = {name: Number(value=value) for name, value in numbers_of(values).items()}
    statements = (
        Statement(name=s.name, expression=replace_names(s.expression, replaced))
        for s in program.statements
    )
    return Program(statements=tuple(statements))


def evaluate(program: Program, values: Mapping[str, Value]) -> Fraction:
    """The value of a program over variables.

    Raises:
        ProgramError: When it cannot be computed.
    """
    return execute(bind(program, values)).value


def numbers_of(values: Mapping[str, Value]) -> dict[str, Fraction]:
    """The variables that are numbers; a cell of a row counts when it is written as one."""
    found: dict[str, Fraction] = {}
    for name, value in values.items():
        number = read_number(value) if isinstance(value, str) else value
        if isinstance(number, Fraction):
            found[name] = number
    return found


def _numbered(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {
        f"{name}{number}": cell
        for number, row in enumerate(rows, start=1)
        for name, cell in row.items()
    }
