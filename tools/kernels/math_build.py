"""Builds what mathematical text says, and bounds it before it is computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import sympy

from tools.kernels.kernel_error import KernelError

MAX_POWER_BITS = 200_000
MAX_FACTORIAL = 5_000


class List(sympy.Tuple):
    """A list in square brackets, which may also be a closed interval or a row."""


def is_list(value: Any) -> bool:
    """Say whether a value was written in square brackets."""
    return isinstance(value, List)


def to_set(value: Any) -> Any:
    """Return what was written as a set or an interval: `{1, 2}`, `(0, 1]`, `(0, 1)`, `[0, 1]`.

    Raises:
        KernelError: When it is neither.
    """
    if isinstance(value, sympy.Set):
        return value
    if isinstance(value, sympy.Tuple) and len(value) == 2:  # noqa: PLR2004 - two ends
        is_open = not is_list(value)
        return sympy.Interval(value[0], value[1], is_open, is_open)
    raise KernelError(f"{value} is no set; write {{1, 2}} or an interval such as (0, 1]")


def to_matrix(value: Any) -> Any:
    """Return a matrix, written as such or as a list of rows.

    Raises:
        KernelError: When it is neither, or its rows differ in length.
    """
    if is_matrix(value):
        return value
    if isinstance(value, sympy.Tuple) and len(value):
        rows = [list(row) if isinstance(row, sympy.Tuple) else [row] for row in value]
        if len({len(row) for row in rows}) == 1:
            return sympy.Matrix(rows)
        raise KernelError("the rows of the matrix differ in length")
    raise KernelError(f"{value} is no matrix; write [[1, 2], [3, 4]] or \\begin{{pmatrix}}")


def is_matrix(value: Any) -> bool:
    """Say whether a value is a matrix."""
    return isinstance(value, sympy.MatrixBase)


def call_function(name: str, function: Callable[..., Any], arguments: list[Any]) -> Any:
    """Apply a function to what it was given.

    Raises:
        KernelError: When it does not take that.
    """
    if name == "Matrix":
        return to_matrix(sympy.Tuple(*arguments) if len(arguments) > 1 else arguments[0])
    if name == "factorial":
        return make_factorial(arguments[0])
    if name == "Piecewise":
        return sympy.Piecewise(*[tuple(piece) for piece in arguments])
    try:
        return function(*arguments)
    except (TypeError, ValueError, AttributeError) as error:
        raise KernelError(f"{name} cannot be applied to this: {error}"[:300]) from error


def add(left: Any, right: Any) -> Any:
    """Add two numbers or two matrices."""
    if is_matrix(left) != is_matrix(right):
        raise KernelError("a matrix and a number cannot be added")
    return left + right


def divide(left: Any, right: Any) -> Any:
    """Divide; by a matrix means by its inverse on the right."""
    if right == 0:
        raise KernelError("the expression divides by zero")
    return left * right.inv() if is_matrix(right) else left / right


def raise_power(base: Any, exponent: Any) -> Any:
    """Raise to a power that can be written out."""
    if base.is_Rational and exponent.is_Rational and base not in {0, 1, -1}:
        bits = math.log2(max(abs(base.p), base.q))
        if abs(exponent) > MAX_POWER_BITS or bits * abs(float(exponent)) > MAX_POWER_BITS:
            raise KernelError(f"the power {base}^{exponent} is too large to write out")
    return base**exponent


def make_factorial(value: Any) -> Any:
    """Make a factorial that can be written out."""
    if value.is_Integer and value > MAX_FACTORIAL:
        raise KernelError(f"the factorial of {value} is too large to write out")
    return sympy.factorial(value)
