"""Walks over the expressions of a program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine.domain.program import Expression, Name, Negation, Number, Operation, Program, Statement

Leaf = Number | Name


def map_leaves(expression: Expression, change: Callable[[Leaf], Expression]) -> Expression:
    """The expression with every number and name changed."""
    if isinstance(expression, Negation):
        return Negation(operand=map_leaves(expression.operand, change))
    if isinstance(expression, Operation):
        left = map_leaves(expression.left, change)
        right = map_leaves(expression.right, change)
        return Operation(operator=expression.operator, left=left, right=right)
    return change(expression)


def map_statements(program: Program, change: Callable[[Expression], Expression]) -> Program:
    """The program with every expression changed and every name kept."""
    return Program(
        statements=tuple(
            Statement(name=s.name, expression=change(s.expression)) for s in program.statements
        )
    )


def replace_names(expression: Expression, replaced: Mapping[str, Expression]) -> Expression:
    """The expression with what stands for each name; other names stay."""

    def change(leaf: Leaf) -> Expression:
        return replaced.get(leaf.name, leaf) if isinstance(leaf, Name) else leaf

    return map_leaves(expression, change)


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Every number and name, from left to right."""
    if isinstance(expression, Negation):
        yield from leaves(expression.operand)
    elif isinstance(expression, Operation):
        yield from leaves(expression.left)
        yield from leaves(expression.right)
    else:
        yield expression


def names_in(expression: Expression) -> list[str]:
    """Every use of a name, from left to right."""
    return [leaf.name for leaf in leaves(expression) if isinstance(leaf, Name)]


def count_operations(expression: Expression) -> int:
    """How many of `+ - * /` the expression takes."""
    if isinstance(expression, Operation):
        return 1 + count_operations(expression.left) + count_operations(expression.right)
    return count_operations(expression.operand) if isinstance(expression, Negation) else 0
