"""The plain form of a program: one for most programs that differ in order and grouping alone.

Whoever tells a problem adds in an order of their own, which its reader cannot know. A model that
learns all orders divides what it believes of a right solution among them, and its likeliest next
token may belong to none: `5-3` wins over `5+3` and `3+5`, which together are likelier. In the
plain form sums and products are taken in the order in which the question tells their numbers. What
the question does not tell, or tells twice, keeps the order that it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from engine.domain.program import (
    Expression,
    Name,
    Negation,
    Operation,
    Program,
    Statement,
)
from engine.training.expression import leaves
from engine.training.variant import NAMES, join, rename, split
from engine.verify.told import numbers_told

# Each operator with the one that undoes it: a chain of the two is a list of terms or of factors.
_INVERSES: Final = {"+": "-", "*": "/"}
_DIRECT: Final = {"+": "+", "-": "+", "*": "*", "/": "*"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """A term of a sum or a factor of a product.

    Attributes:
        expression: What is added or taken away; what is multiplied or divided by.
        is_inverse: Whether it is taken away or divided by.
    """

    expression: Expression
    is_inverse: bool


@dataclass(slots=True, kw_only=True)
class _Order:
    """Where things stand in a question; it grows as statements are arranged.

    Attributes:
        told: The place of each number in the question.
        made: The place of each statement: that of the first number in it.
    """

    told: Mapping[Fraction, int]
    made: dict[str, int] = field(default_factory=dict[str, int])

    def place(self, expression: Expression) -> int:
        """The place of the first number; what is not told stands behind all that is."""
        places = [
            self.made.get(leaf.name, len(self.told))
            if isinstance(leaf, Name)
            else self.told.get(leaf.value, len(self.told))
            for leaf in leaves(expression)
        ]
        return min(places)


def plain_form(program: Program, question: str) -> Program:
    """The program with one operation a statement, in the order of the question.

    Sums with differences and products with quotients are taken apart and put together anew, by
    where each part's first number is told; what is not told comes last, and the order of the
    program decides what is left open. The value stays the same. A program of more operations than
    there are names keeps its statements.

    Args:
        program: Any; what it computes and does not use stays.
        question: The text whose numbers it computes with.
    """
    told = {number: place for place, number in enumerate(numbers_told(question))}
    order = _Order(told=told)
    statements: list[Statement] = []
    for statement in join(program).statements:
        arranged = _arrange(statement.expression, order)
        statements.append(Statement(name=statement.name, expression=arranged))
        order.made[statement.name] = order.place(arranged)
    arranged_program = Program(statements=tuple(statements))
    stepwise = split(arranged_program)
    return rename(stepwise if len(stepwise.statements) <= len(NAMES) else arranged_program)


def _arrange(expression: Expression, order: _Order) -> Expression:
    if isinstance(expression, Negation):
        return Negation(operand=_arrange(expression.operand, order))
    if not isinstance(expression, Operation):
        return expression
    direct = _DIRECT[expression.operator]
    terms = [
        _Term(expression=_arrange(term.expression, order), is_inverse=term.is_inverse)
        for term in _terms(expression, direct)
    ]
    terms.sort(key=lambda term: order.place(term.expression))
    # A chain begins with what is added, or multiplied: there is always one, the leftmost of all.
    first = next(term for term in terms if not term.is_inverse)
    terms.remove(first)
    chain = first.expression
    for term in terms:
        operator = _INVERSES[direct] if term.is_inverse else direct
        chain = Operation(operator=operator, left=chain, right=term.expression)
    return chain


def _terms(expression: Expression, direct: str) -> list[_Term]:
    """The parts of a chain of one operator and its inverse, from left to right.

    What is taken away or divided by stays one part: a total that was spent is a step of its own.
    """
    if not isinstance(expression, Operation) or _DIRECT[expression.operator] != direct:
        return [_Term(expression=expression, is_inverse=False)]
    left = _terms(expression.left, direct)
    if expression.operator == direct:
        return left + _terms(expression.right, direct)
    return [*left, _Term(expression=expression.right, is_inverse=True)]
