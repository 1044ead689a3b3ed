"""The working of an executed program: each statement with its operands as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.domain.program import (
    Expression,
    Number,
    Operation,
    Program,
    Statement,
    execute,
    render_number,
    render_program,
)
from engine.training.expression import replace_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One statement, executed.

    Attributes:
        name: Of the statement.
        expression: With the value of every name in its place.
        text: The same as text, such as `48/2`.
        value: What it comes to.
    """

    name: str
    expression: Expression
    text: str
    value: Fraction

    @property
    def result(self) -> str:
        """The value, written exactly."""
        return render_number(self.value)

    @property
    def mark(self) -> str:
        """The calculator mark, such as `<<48/2=24>>24`."""
        return f"<<{self.text}={self.result}>>{self.result}"


def steps_of(program: Program) -> tuple[Step, ...]:
    """The statements that compute something, executed in their order."""
    bindings = execute(program).bindings
    numbers: dict[str, Expression] = {k: Number(value=v) for k, v in bindings.items()}
    return tuple(
        _step(statement, numbers, bindings[statement.name])
        for statement in program.statements
        if isinstance(statement.expression, Operation)
    )


def _step(statement: Statement, numbers: dict[str, Expression], value: Fraction) -> Step:
    expression = replace_names(statement.expression, numbers)
    alone = Program(statements=(Statement(name="x", expression=expression),))
    return Step(
        name=statement.name,
        expression=expression,
        text=render_program(alone).removeprefix("x="),
        value=value,
    )
