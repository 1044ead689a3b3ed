"""What a program does with each number that its question tells, and with each two of them.

Two numbers are related by the operation at their lowest common ancestor in the expression's tree
(Roy & Roth 2015, Solving General Arithmetic Word Problems, EMNLP). A name stands for what was
assigned to it, so the tree is the whole program's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import product
from typing import Final

from engine.domain.program import Expression, Name, Negation, Number, Operation, Program


class Role(StrEnum):
    """The part of a number in the operation that it stands in."""

    ADDEND = "addend"
    MINUEND = "minuend"
    SUBTRAHEND = "subtrahend"
    FACTOR = "factor"
    DIVIDEND = "dividend"
    DIVISOR = "divisor"
    ALONE = "alone"
    UNUSED = "unused"


class Relation(StrEnum):
    """What joins two numbers, the one told first on the left."""

    SUM = "sum"
    DIFFERENCE = "difference"
    DIFFERENCE_FROM = "difference_from"
    PRODUCT = "product"
    QUOTIENT = "quotient"
    QUOTIENT_OF = "quotient_of"


class Direction(StrEnum):
    """Whether the answer grows or shrinks with a number, every value on the way being positive."""

    UP = "up"
    DOWN = "down"


_ROLES: Final[Mapping[str, tuple[Role, Role]]] = {
    "+": (Role.ADDEND, Role.ADDEND),
    "-": (Role.MINUEND, Role.SUBTRAHEND),
    "*": (Role.FACTOR, Role.FACTOR),
    "/": (Role.DIVIDEND, Role.DIVISOR),
}
_RELATIONS: Final[Mapping[str, tuple[Relation, Relation]]] = {
    "+": (Relation.SUM, Relation.SUM),
    "-": (Relation.DIFFERENCE, Relation.DIFFERENCE_FROM),
    "*": (Relation.PRODUCT, Relation.PRODUCT),
    "/": (Relation.QUOTIENT, Relation.QUOTIENT_OF),
}
_TURNED: Final = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}
_TURNING: Final = frozenset("-/")

_Parts = dict[Fraction, Direction]
_Pair = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operands:
    """What a program does with numbers.

    Attributes:
        roles: Every literal with its part, in the order of the program.
        relations: Of two told numbers, where they first meet; the one told first comes first.
        directions: Of the told numbers that the answer depends on; of several uses the first in
            its expression counts.
        last: The operator that gives the answer; empty where none does.
    """

    roles: tuple[tuple[Fraction, Role], ...]
    relations: Mapping[tuple[Fraction, Fraction], Relation]
    directions: Mapping[Fraction, Direction]
    last: str


def read_operands(program: Program, told: Sequence[Fraction], answer: str = "") -> Operands:
    """Read a program's use of numbers.

    Args:
        program: Any that can be parsed.
        told: The numbers of the question, in the order of telling.
        answer: The name of the statement that gives the answer; any other stands for the last.
    """
    reader = _Reader(order={value: place for place, value in enumerate(told)})
    for statement in program.statements:
        reader.named[statement.name] = reader.read(statement.expression, Role.ALONE)
    expressions = {statement.name: statement.expression for statement in program.statements}
    name = answer if answer in expressions else program.statements[-1].name
    last = expressions[name]
    return Operands(
        roles=tuple(reader.roles),
        relations=reader.relations,
        directions=reader.named[name],
        last=last.operator if isinstance(last, Operation) else "",
    )


@dataclass(slots=True, kw_only=True)
class _Reader:
    """One walk over a program; what a name stands for is read once, however often it is used."""

    order: Mapping[Fraction, int]
    named: dict[str, _Parts] = field(default_factory=dict[str, _Parts])
    roles: list[tuple[Fraction, Role]] = field(default_factory=list[tuple[Fraction, Role]])
    relations: dict[_Pair, Relation] = field(default_factory=dict[_Pair, Relation])

    def read(self, expression: Expression, role: Role) -> _Parts:
        """The told numbers of an expression, with how it moves with them."""
        match expression:
            case Number(value=value):
                self.roles.append((value, role))
                return {value: Direction.UP} if value in self.order else {}
            case Name(name=name):
                return self.named.get(name, {})
            case Negation(operand=operand):
                return _turn(self.read(operand, role))
            case Operation(operator=operator, left=left, right=right):
                of_left, of_right = _ROLES[operator]
                ours, others = self.read(left, of_left), self.read(right, of_right)
                self._relate(operator, ours, others)
                return {**(_turn(others) if operator in _TURNING else others), **ours}

    def _relate(self, operator: str, ours: _Parts, others: _Parts) -> None:
        forward, backward = _RELATIONS[operator]
        for one, other in product(ours, others):
            if self.order[one] < self.order[other]:
                self.relations.setdefault((one, other), forward)
            elif one != other:
                self.relations.setdefault((other, one), backward)


def _turn(parts: _Parts) -> _Parts:
    return {value: _TURNED[direction] for value, direction in parts.items()}
