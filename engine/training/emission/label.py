"""Exact step labels: a statement is right when its value is one that the solution needs.

Two right solutions may add the same numbers in another order, or take off two amounts at once.
So a statement is not compared with the statement at the same place of one solution, but its value
with all the values that the solution has under the identities of arithmetic.

A slip may come to a right value by chance: `2*8+8*2` is `2*16`. Where a program is known to come
from a right one, both are run a second time with other numbers in the place of theirs; what still
agrees is right for a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import combinations
from operator import add, mul, neg, sub, truediv
from random import Random
from typing import Final, assert_never

from engine.domain.program import (
    Expression,
    Name,
    Negation,
    Number,
    Operation,
    Program,
    ProgramError,
    UnknownNameError,
    execute,
)
from engine.training.expression import Leaf, map_leaves, map_statements, replace_names
from engine.training.identity import rewrite

_N_REWRITES: Final = 6
# A sum of n terms has 2**n partial sums.
_MAX_TERMS: Final = 6
_ONE: Final = Fraction(1)
_KEPT: Final = (Fraction(0), _ONE)
_N_REMEMBERED: Final = 256
_LEAST_SHAKEN: Final = 1_000
_MOST_SHAKEN: Final = 10_000


_ADDITIVE: Final = "+-"
_MULTIPLICATIVE: Final = "*/"
_APPLIED: Final = {"+": add, "-": sub, "*": mul, "/": truediv}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How far a program is right.

    Attributes:
        n_right: How many of its statements from the first are right.
        is_right: Whether its last value is the answer.
    """

    n_right: int
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A term of a sum or a factor of a product, and whether it is added or multiplied by."""

    expression: Expression
    is_direct: bool


@lru_cache(maxsize=_N_REMEMBERED)
def right_values(program: Program) -> frozenset[Fraction]:
    """Every value that a step towards the program's answer may have.

    They are the values of its expressions, of their partial sums and products in any order, and of
    the same after the identities of `identity.rewrite`.
    """
    whole = _expanded(program)
    # The source of chance is fixed: the labels of a program are always the same.
    rng = Random(0)
    forms = dict.fromkeys([whole, *(rewrite(whole, rng) for _ in range(_N_REWRITES))])
    return frozenset(value for form in forms for value in _values(form))


def judge(program: Program, right: Program) -> Judgement:
    """Label the statements of a program against a right one.

    A program that reaches the answer is right in all its steps, as far as execution can tell: it
    may have taken a way that the identities do not cover.
    """
    return judge_against(program, right_values(right), execute(right).value)


def judge_against(program: Program, values: frozenset[Fraction], answer: Fraction) -> Judgement:
    """Label the statements of a program against known right values and the answer."""
    n_steps = len(program.statements)
    found = _values_in_order(program)
    if len(found) == n_steps and found[-1] == answer:
        return Judgement(n_right=n_steps, is_right=True)
    # On the way a difference may be taken the other way round. At the end there is nothing left
    # that would turn it again, so there it is the slip itself.
    turned = (-answer, _reciprocal(answer))
    for index, value in enumerate(found):
        computes = isinstance(program.statements[index].expression, Operation)
        is_turned_end = index == n_steps - 1 and value in turned
        if computes and (is_turned_end or value not in values):
            return Judgement(n_right=index, is_right=False)
    return Judgement(n_right=len(found), is_right=False)


def judge_slip(program: Program, right: Program) -> Judgement:
    """Label the statements of a program that was made from a right one by a slip.

    A statement is right when its value is, with the numbers of the problem and with others.
    """
    judged = judge(program, right)
    if judged.is_right:
        return judged
    try:
        shaken = judge(shake(program), shake(right))
    except (ProgramError, ZeroDivisionError):
        # With other numbers the right program itself cannot be run, or grows too large.
        return judged
    return Judgement(n_right=min(judged.n_right, shaken.n_right), is_right=False)


def shake(program: Program) -> Program:
    """The program with another number for each of its numbers, zero and one excepted.

    The same number always becomes the same other number, in this program and in any other.
    """

    def change(leaf: Leaf) -> Expression:
        if isinstance(leaf, Name) or leaf.value in _KEPT:
            return leaf
        return Number(value=Fraction(Random(str(leaf.value)).randint(_LEAST_SHAKEN, _MOST_SHAKEN)))

    return map_statements(program, lambda expression: map_leaves(expression, change))


def _values_in_order(program: Program) -> list[Fraction]:
    """The values of the statements, up to one that cannot be computed."""
    try:
        return list(execute(program).bindings.values())
    except ProgramError:
        shorter = program.statements[:-1]
        return _values_in_order(Program(statements=shorter)) if shorter else []


def _expanded(program: Program) -> Expression:
    """The whole program as one expression."""
    known: dict[str, Expression] = {}
    for statement in program.statements:
        known[statement.name] = replace_names(statement.expression, known)
    return known[program.statements[-1].name]


def _values(whole: Expression) -> Iterator[Fraction]:
    """Values of the parts of an expression, partial sums and products among them."""
    if isinstance(whole, Negation):
        yield from _values(whole.operand)
    if not isinstance(whole, Operation):
        return
    is_sum = whole.operator in _ADDITIVE
    parts = list(_parts(whole, _ADDITIVE if is_sum else _MULTIPLICATIVE, is_direct=True))
    values = [_value(part.expression) for part in parts]
    join, invert = (add, neg) if is_sum else (mul, _reciprocal)
    turned = [
        value if part.is_direct else invert(value)
        for part, value in zip(parts, values, strict=True)
    ]
    for joined in _partial(turned, join):
        yield joined
        yield invert(joined)
    for part in parts:
        yield from _values(part.expression)


def _parts(whole: Expression, operators: str, *, is_direct: bool) -> Iterator[_Part]:
    """The terms of a sum, or the factors of a product, whatever its parentheses."""
    if isinstance(whole, Operation) and whole.operator in operators:
        # The second operand of a minus or a division is taken the other way round.
        keeps = whole.operator == operators[0]
        yield from _parts(whole.left, operators, is_direct=is_direct)
        yield from _parts(whole.right, operators, is_direct=is_direct == keeps)
    else:
        yield _Part(expression=whole, is_direct=is_direct)


def _partial(
    values: list[Fraction], join: Callable[[Fraction, Fraction], Fraction]
) -> Iterator[Fraction]:
    """The joined values of every choice of two or more."""
    sizes = range(2, len(values) + 1) if len(values) <= _MAX_TERMS else (len(values),)
    for size in sizes:
        for chosen in combinations(values, size):
            yield reduce(join, chosen)


def _reciprocal(value: Fraction) -> Fraction:
    return _ONE / value if value else value


def _value(expression: Expression) -> Fraction:
    match expression:
        case Number(value=value):
            return value
        case Operation(operator=operator, left=left, right=right):
            first, second = _value(left), _value(right)
            return _APPLIED[operator](first, second)
        case Negation(operand=operand):
            return -_value(operand)
        case Name(name=name):
            msg = f"`{name}` is not set"
            raise UnknownNameError(msg)
        case _:
            assert_never(expression)
