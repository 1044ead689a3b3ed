"""Problems published with an equation: the one linear unknown solved for becomes a program.

Rows of DRAW-1K, ALG514 and Dolphin1878 are read. Systems of two unknowns are left out: their rows
do not say which of the two is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from engine.domain.program import (
    Expression,
    Name,
    Negation,
    Number,
    Operation,
    Program,
    ProgramError,
    Statement,
    execute,
    parse_program,
)
from engine.training.human import (
    HumanProblem,
    as_problem,
    read_rows,
    renumberable,
    untokenised,
)
from engine.training.problem import WordProblem

SOURCE: Final = "equations"

_ONE: Final = Number(value=Fraction(1))
_TOLERANCE: Final = Fraction(1, 100)


class NotLinearError(ValueError):
    """The equation is not linear in one unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """An expression `slope * unknown + constant`; None stands for zero."""

    slope: Expression | None = None
    constant: Expression | None = None


def load_equations(path: Path) -> list[HumanProblem]:
    """Read rows; those that are not solved by one linear equation are left out.

    Raises:
        DatasetError: When a line holds no row.
    """
    problems = (convert_row(row) for row in read_rows(path))
    return [renumberable(problem) for problem in problems if problem is not None]


def convert_row(row: Mapping[str, Any]) -> WordProblem | None:
    """A row as a problem; None when one equation does not give its published answer."""
    found = _single_equation(row)
    answer = _single_answer(row.get("ans"))
    if found is None or answer is None or answer <= 0:
        return None
    try:
        program = solve(*found)
        value = execute(program).value
    except (NotLinearError, ProgramError):
        return None
    is_operation = isinstance(program.statements[0].expression, Operation)
    if not is_operation or abs(value - answer) > _TOLERANCE:
        return None
    question = row.get("original_text") or row.get("text") or ""
    return as_problem(untokenised(question), program, source=SOURCE)


def solve(equation: str, unknown: str) -> Program:
    """Solve an equation for its unknown, keeping the numbers as they are written.

    Args:
        equation: Two sides in `+ - * /`, such as `9*m+12*m=180`.
        unknown: The one name in it.

    Raises:
        NotLinearError: The unknown is multiplied or divided by itself, or falls out.
        ProgramError: A side cannot be read.
    """
    left, mark, right = equation.partition("=")
    if not mark:
        raise NotLinearError(equation)
    sides = [_linear(_parsed(side), unknown) for side in (left, right)]
    slope = _add(sides[0].slope, _negated(sides[1].slope))
    constant = _add(sides[1].constant, _negated(sides[0].constant))
    if slope is None or constant is None:
        raise NotLinearError(equation)
    solution = _divide(constant, slope)
    return Program(statements=(Statement(name="a", expression=solution),))


def _parsed(side: str) -> Expression:
    return parse_program(f"s={side}").statements[0].expression


def _linear(expression: Expression, unknown: str) -> Linear:
    if isinstance(expression, Number):
        return Linear(constant=expression if expression.value else None)
    if isinstance(expression, Name):
        if expression.name != unknown:
            raise NotLinearError(expression.name)
        return Linear(slope=_ONE)
    if isinstance(expression, Negation):
        inner = _linear(expression.operand, unknown)
        return Linear(slope=_negated(inner.slope), constant=_negated(inner.constant))
    left, right = _linear(expression.left, unknown), _linear(expression.right, unknown)
    return _combined(expression.operator, left, right)


def _combined(operator: str, left: Linear, right: Linear) -> Linear:
    if operator == "+":
        return Linear(
            slope=_add(left.slope, right.slope), constant=_add(left.constant, right.constant)
        )
    if operator == "-":
        return Linear(
            slope=_add(left.slope, _negated(right.slope)),
            constant=_add(left.constant, _negated(right.constant)),
        )
    if operator == "*" and right.slope is not None:
        left, right = right, left
    if right.slope is not None or right.constant is None:
        raise NotLinearError(operator)
    join = _multiply if operator == "*" else _divide
    factor = right.constant
    return Linear(
        slope=None if left.slope is None else join(left.slope, factor),
        constant=None if left.constant is None else join(left.constant, factor),
    )


def _add(left: Expression | None, right: Expression | None) -> Expression | None:
    if left is None or right is None:
        return right if left is None else left
    if isinstance(right, Negation):
        return Operation(operator="-", left=left, right=right.operand)
    if isinstance(left, Negation):
        return Operation(operator="-", left=right, right=left.operand)
    return Operation(operator="+", left=left, right=right)


def _negated(expression: Expression | None) -> Expression | None:
    if isinstance(expression, Negation):
        return expression.operand
    return None if expression is None else Negation(operand=expression)


def _multiply(left: Expression, right: Expression) -> Expression:
    if _ONE in (left, right):
        return right if left == _ONE else left
    return Operation(operator="*", left=left, right=right)


def _divide(left: Expression, right: Expression) -> Expression:
    return left if right == _ONE else Operation(operator="/", left=left, right=right)


def _single_equation(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """The one equation of a row, and its unknown."""
    if isinstance(equation := row.get("equation"), str):
        return None if ";" in equation else (equation, "m")
    lines = [str(line) for line in row.get("equations", ())]
    unknowns = [line.partition(":")[2].strip() for line in lines if line.startswith("unkn")]
    found = [line.partition(":")[2] for line in lines if line.startswith("equ")]
    if len(unknowns) != 1 or len(found) != 1 or not unknowns[0].isidentifier():
        return None
    return found[0], unknowns[0]


def _single_answer(given: Any) -> Fraction | None:
    texts = [str(value) for value in given] if isinstance(given, list) else [str(given)]
    if len(texts) != 1:
        return None
    try:
        return Fraction(texts[0].strip())
    except (ValueError, ZeroDivisionError):
        return None
