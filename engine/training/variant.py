"""Other programs for the same problem: every variant computes the same value.

People solve one problem in many orders, in one line or step by step, and whatever judges programs
must know them. What a model learns to write has one form of them all, the plain one.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Final

from engine.domain.program import (
    Expression,
    Name,
    Negation,
    Number,
    Operation,
    Program,
    Statement,
)
from engine.training.errors import TrainingError
from engine.training.expression import map_statements, names_in, replace_names
from engine.training.identity import rewrite

NAMES: Final = tuple("abcdefghijklmnopqrstuvwxyz")

_STEPWISE_RATIO: Final = 0.45
_ONE_LINE_RATIO: Final = 0.2
_COMMUTE_RATIO: Final = 0.45
_SHUFFLE_RATIO: Final = 0.6
_NAMED_RATIO: Final = 0.5


def vary(program: Program, rng: Random) -> Program:
    """A program of the same value: rewritten, commuted, split or joined, and reordered.

    The statements of the variant are named a, b, c ... in their order.
    """
    joined = map_statements(join(program), lambda e: _commute(rewrite(e, rng), rng))
    way = rng.random()
    if way < _STEPWISE_RATIO:
        varied = split(joined)
    elif way < _STEPWISE_RATIO + _ONE_LINE_RATIO:
        varied = joined
    else:
        varied = split(joined, rng)
    if rng.random() < _SHUFFLE_RATIO:
        varied = _reordered(varied, rng)
    return rename(varied)


def split(program: Program, rng: Random | None = None) -> Program:
    """One operation a statement; with a source of chance, only some are set apart."""
    statements: list[Statement] = []
    for statement in program.statements:
        top = _split_below(statement.expression, statements, rng)
        statements.append(Statement(name=statement.name, expression=top))
    return Program(statements=tuple(statements))


def join(program: Program) -> Program:
    """As few statements as can be: what is used once stands where it is used."""
    uses = Counter(name for s in program.statements for name in names_in(s.expression))
    inlined: dict[str, Expression] = {}
    kept: list[Statement] = []
    for index, statement in enumerate(program.statements):
        expression = replace_names(statement.expression, inlined)
        last = index == len(program.statements) - 1
        if not last and uses[statement.name] == 1:
            inlined[statement.name] = expression
        else:
            kept.append(Statement(name=statement.name, expression=expression))
    return Program(statements=tuple(kept))


def rename(program: Program) -> Program:
    """Statements named a, b, c ... in their order.

    Raises:
        TrainingError: There are more than 26 of them.
    """
    if len(program.statements) > len(NAMES):
        raise TrainingError(f"a program of more than {len(NAMES)} statements has no short names")
    names: dict[str, Expression] = {}
    renamed: list[Statement] = []
    for statement, name in zip(program.statements, NAMES, strict=False):
        expression = replace_names(statement.expression, names)
        renamed.append(Statement(name=name, expression=expression))
        names[statement.name] = Name(name=name)
    return Program(statements=tuple(renamed))


def _split_below(
    expression: Expression, statements: list[Statement], rng: Random | None
) -> Expression:
    """The expression with its operands made names, whose statements come before it."""
    if isinstance(expression, Negation):
        return Negation(operand=_named(expression.operand, statements, rng))
    if isinstance(expression, Operation):
        left = _named(expression.left, statements, rng)
        right = _named(expression.right, statements, rng)
        return Operation(operator=expression.operator, left=left, right=right)
    return expression


def _named(expression: Expression, statements: list[Statement], rng: Random | None) -> Expression:
    if isinstance(expression, Number | Name):
        return expression
    top = _split_below(expression, statements, rng)
    if rng is not None and rng.random() >= _NAMED_RATIO:
        return top
    name = f"split_{len(statements)}"
    statements.append(Statement(name=name, expression=top))
    return Name(name=name)


def _commute(expression: Expression, rng: Random) -> Expression:
    if isinstance(expression, Negation):
        return Negation(operand=_commute(expression.operand, rng))
    if not isinstance(expression, Operation):
        return expression
    left, right = _commute(expression.left, rng), _commute(expression.right, rng)
    if expression.operator in "+*" and rng.random() < _COMMUTE_RATIO:
        left, right = right, left
    return Operation(operator=expression.operator, left=left, right=right)


def _reordered(program: Program, rng: Random) -> Program:
    """Another order in which every statement still follows what it uses; the answer stays last."""
    waiting = list(program.statements[:-1])
    ordered: list[Statement] = []
    while waiting:
        pending = {statement.name for statement in waiting}
        ready = [s for s in waiting if pending.isdisjoint(names_in(s.expression))]
        chosen = rng.choice(ready)
        waiting.remove(chosen)
        ordered.append(chosen)
    return Program(statements=(*ordered, program.statements[-1]))
