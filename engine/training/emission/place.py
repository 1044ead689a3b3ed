"""Places in a program: every operand and operation can be looked at and replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.domain.program import Expression, Negation, Operation, Program, Statement


class Side(StrEnum):
    """Which operand of an operation, or the only one of a minus."""

    LEFT = "left"
    RIGHT = "right"
    OPERAND = "operand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an expression stands.

    Attributes:
        statement: Index of the statement.
        path: From the top of its expression down; empty for the whole of it.
    """

    statement: int
    path: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An expression and where it stands."""

    place: Place
    expression: Expression


def walk(program: Program) -> Iterator[Found]:
    """Every expression of a program, the whole of a statement before its parts."""
    for index, statement in enumerate(program.statements):
        yield from _walk(statement.expression, Place(statement=index))


def put(program: Program, place: Place, expression: Expression) -> Program:
    """The program with another expression at a place."""
    statements = list(program.statements)
    held = statements[place.statement]
    changed = _put(held.expression, place.path, expression)
    statements[place.statement] = Statement(name=held.name, expression=changed)
    return Program(statements=tuple(statements))


def _walk(expression: Expression, place: Place) -> Iterator[Found]:
    yield Found(place=place, expression=expression)
    if isinstance(expression, Negation):
        yield from _walk(expression.operand, _below(place, Side.OPERAND))
    elif isinstance(expression, Operation):
        yield from _walk(expression.left, _below(place, Side.LEFT))
        yield from _walk(expression.right, _below(place, Side.RIGHT))


def _below(place: Place, side: Side) -> Place:
    return replace(place, path=(*place.path, side))


def _put(whole: Expression, path: tuple[Side, ...], new: Expression) -> Expression:
    if not path:
        return new
    side, rest = path[0], path[1:]
    match whole:
        case Negation(operand=operand):
            return Negation(operand=_put(operand, rest, new))
        case Operation() if side is Side.LEFT:
            return replace(whole, left=_put(whole.left, rest, new))
        case Operation():
            return replace(whole, right=_put(whole.right, rest, new))
        case _:
            msg = f"there is nothing at {side} of a number or a name"
            raise ValueError(msg)
