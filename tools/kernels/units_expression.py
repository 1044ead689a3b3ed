"""Checks the dimensions of an expression or an equation, and computes it where it can."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.kernels.arithmetic import evaluate, list_names, parse_expression, render_expression
from tools.kernels.kernel_error import KernelError
from tools.kernels.units_grammar import DELTA, describe_dimension, find_unit, parse_unit, registry
from tools.kernels.units_quantity import check_finite, parse_quantity

MAX_POWER = 30

# A number with a unit behind it: `5 km` is a product.
_LITERAL = re.compile(r"(?<![\w.])([0-9.]+(?:[eE][-+]?[0-9]+)?)\s+(?=[^\W\d])")
_PURE: Mapping[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "exp": math.exp,
    "ln": math.log,
    "log": math.log,
    "log10": math.log10,
}


class InconsistentError(Exception):
    """The dimensions of the expression do not fit together; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A quantity in SI base units.

    Attributes:
        value: Its value, or None where only the dimension is known.
        unit: Pint's unit, of base units alone.
    """

    value: float | None
    unit: Any


class DimensionAlgebra:
    """Computes with quantities, and refuses what has no dimension; see ``arithmetic.Algebra``."""

    def __init__(self, variables: Mapping[str, Measure]) -> None:
        """Take the quantities by name; other names are units."""
        self._variables = variables

    def number(self, value: float) -> Measure:
        """Return a pure number."""
        return Measure(value=value, unit=_pure())

    def name(self, name: str) -> Measure:
        """Return a variable, pi, or one of a unit."""
        if name in self._variables:
            return self._variables[name]
        if name in {"pi", "π"}:
            return self.number(math.pi)
        if self._variables and len(name) == 1:
            # A forgotten g would be the gram, and h the hour.
            raise KernelError(
                f"{name!r} is not among the variables: give it in `variables`, with its unit"
            )
        known = find_unit(name)
        if known is None:
            raise KernelError(
                f"{name!r} is neither among the variables nor a unit: give it, with its unit, "
                "in `variables`"
            )
        if known in DELTA:
            raise KernelError(
                f"{name!r} has no zero in an expression: give the temperature as a variable, "
                "such as {'T': '25 degC'}"
            )
        return measure(1.0, registry().Unit(known))

    def negate(self, value: Measure) -> Measure:
        """Return minus the quantity."""
        return Measure(value=None if value.value is None else -value.value, unit=value.unit)

    def combine(self, operator: str, left: Measure, right: Measure) -> Measure:
        """Return the sum, difference, product, quotient or power."""
        if operator in {"+", "-"}:
            return _add(left, right, 1 if operator == "+" else -1)
        if operator == "^":
            return _power(left, right)
        if operator == "*":
            return _known(lambda a, b: a * b, left, right, left.unit * right.unit)
        if right.value == 0:
            raise KernelError("the expression divides by zero")
        return _known(lambda a, b: a / b, left, right, left.unit / right.unit)

    def call(self, function: str, arguments: list[Measure]) -> Measure:
        """Return a function's value; all but sqrt and abs take and give pure numbers."""
        if len(arguments) != 1 or function not in {*_PURE, "sqrt", "abs"}:
            known = ", ".join(sorted({*_PURE, "sqrt", "abs"}))
            raise KernelError(f"{function} is no function of one argument here; known: {known}")
        (given,) = arguments
        if function == "sqrt":
            return _power(given, Measure(value=0.5, unit=_pure()))
        if function == "abs":
            return Measure(
                value=None if given.value is None else abs(given.value), unit=given.unit
            )
        if describe_dimension(given.unit) != describe_dimension(_pure()):
            raise InconsistentError(
                f"{function} takes a pure number or an angle, not {describe_dimension(given.unit)}"
            )
        return _known(lambda a, _: _PURE[function](a), given, given, _pure())


def read_variables(given: Mapping[str, str]) -> dict[str, Measure]:
    """Read the quantities of a call: `2 kg`, or the unit alone where only dimensions matter.

    Raises:
        KernelError: Naming the variable that cannot be read.
    """
    variables: dict[str, Measure] = {}
    for name, text in given.items():
        try:
            variables[name] = _read_variable(text)
        except KernelError as error:
            raise KernelError(f"variable {name!r}: {error}") from error
    return variables


def measure_expression(text: str, variables: Mapping[str, Measure]) -> Measure:
    """Compute an expression.

    Raises:
        InconsistentError: Where its dimensions do not fit together.
        KernelError: Where it cannot be read or computed.
    """
    tree = parse_expression(_LITERAL.sub(r"\1*", text))
    try:
        return evaluate(tree, DimensionAlgebra(variables))
    except InconsistentError as error:
        raise InconsistentError(f"in {render_expression(tree)}: {error}") from error


def list_unused(texts: list[str], variables: Mapping[str, Measure]) -> list[str]:
    """Return the variables that no expression uses."""
    used = {
        name for text in texts for name in list_names(parse_expression(_LITERAL.sub(r"\1*", text)))
    }
    return sorted(set(variables) - used)


def measure(value: float | None, unit: Any) -> Measure:
    """Return a quantity in SI base units."""
    base = registry().Quantity(1.0 if value is None else value, unit).to_base_units()
    magnitude = None if value is None else check_finite(float(base.magnitude))
    return Measure(value=magnitude, unit=base.units)


def _read_variable(text: str) -> Measure:
    if not any(character.isdigit() for character in text[:2]):
        return measure(None, parse_unit(text, is_difference=True).unit)
    value, unit = parse_quantity(text)
    return measure(value, unit.unit if unit else _pure())


def _add(left: Measure, right: Measure, sign: int) -> Measure:
    if left.unit.dimensionality != right.unit.dimensionality:
        verb = "added to" if sign > 0 else "subtracted from"
        one, other = (left, right) if sign > 0 else (right, left)
        raise InconsistentError(
            f"{describe_dimension(one.unit)} cannot be {verb} {describe_dimension(other.unit)}"
        )
    return _known(lambda a, b: a + sign * b, left, right, left.unit)


def _power(base: Measure, exponent: Measure) -> Measure:
    if describe_dimension(exponent.unit) != describe_dimension(_pure()):
        raise InconsistentError(
            f"an exponent is a pure number, not {describe_dimension(exponent.unit)}"
        )
    is_pure = describe_dimension(base.unit) == describe_dimension(_pure())
    if exponent.value is None:
        if is_pure:
            return Measure(value=None, unit=_pure())
        raise KernelError("an exponent of a quantity must be a number that is given")
    if abs(exponent.value) > MAX_POWER and not is_pure:
        raise KernelError(f"an exponent of a quantity lies from -{MAX_POWER} to {MAX_POWER}")
    unit = _pure() if is_pure else base.unit**exponent.value
    return _known(lambda a, b: a**b, base, exponent, unit)


def _known(
    compute: Callable[[float, float], float], left: Measure, right: Measure, unit: Any
) -> Measure:
    """Compute where both values are known; the unit holds either way."""
    if left.value is None or right.value is None:
        return Measure(value=None, unit=unit)
    try:
        value = compute(left.value, right.value)
    except OverflowError as error:
        raise KernelError("the expression has a value that is too large") from error
    except (ValueError, ZeroDivisionError) as error:
        raise KernelError(f"the expression has no value: {error}") from error
    if isinstance(value, complex):
        raise KernelError("the expression has no real value: a root of a negative number")
    return Measure(value=check_finite(value), unit=unit)


def _pure() -> Any:
    return registry().Unit("")
