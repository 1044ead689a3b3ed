"""Values of a function that a model wrote, on many points at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import special

from tools.kernels.arithmetic import evaluate, parse_expression
from tools.kernels.kernel_error import KernelError

Values = np.ndarray[Any, np.dtype[np.float64]]

_ONE: Mapping[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "acos": np.arccos,
    "arccos": np.arccos,
    "arcsin": np.arcsin,
    "arctan": np.arctan,
    "asin": np.arcsin,
    "atan": np.arctan,
    "cbrt": np.cbrt,
    "ceil": np.ceil,
    "cos": np.cos,
    "cosh": np.cosh,
    "erf": special.erf,
    "exp": np.exp,
    "floor": np.floor,
    "gamma": special.gamma,
    "ln": np.log,
    "log": np.log,
    "log10": np.log10,
    "log2": np.log2,
    "sign": np.sign,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "tan": np.tan,
    "tanh": np.tanh,
}
_TWO: Mapping[str, Callable[[Any, Any], Any]] = {"max": np.maximum, "min": np.minimum}
_CONSTANTS: Mapping[str, float] = {"pi": math.pi, "π": math.pi, "e": math.e}
_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}


def compute_function(text: str, variable: str, points: Values) -> Values:
    """Return the function's values; "not a number" where it has none.

    Args:
        text: Such as `x^2 - 2*sin(x)`; `log` is the natural one.
        variable: Its variable.
        points: Where.

    Raises:
        KernelError: Where the text cannot be read or names something else.
    """
    tree = parse_expression(text.partition("=")[2] if _has_name(text) else text)
    # Poles and roots of negative numbers are gaps in the line, and no faults.
    with np.errstate(all="ignore"):
        values = evaluate(tree, _ArrayAlgebra(variable, points))
    spread = np.broadcast_to(np.asarray(values, dtype=np.float64), points.shape).copy()
    spread[~np.isfinite(spread)] = np.nan
    return spread


def _has_name(text: str) -> bool:
    """Return whether a name stands before the expression, as in `y = x^2` or `f(x) = x^2`."""
    name = text.partition("=")[0].strip()
    return text.count("=") == 1 and (name.isidentifier() or name.endswith(")"))


class _ArrayAlgebra:
    """Computes with arrays; implements ``arithmetic.Algebra``."""

    def __init__(self, variable: str, points: Values) -> None:
        self._variable = variable
        self._points = points

    def number(self, value: float) -> Any:
        return np.float64(value)

    def name(self, name: str) -> Any:
        if name == self._variable:
            return self._points
        if name in _CONSTANTS:
            return np.float64(_CONSTANTS[name])
        raise KernelError(
            f"{name!r} is neither the variable {self._variable!r} nor pi or e: put a number for "
            "it, or name the variable in `variable`"
        )

    def negate(self, value: Any) -> Any:
        return np.negative(value)

    def combine(self, operator: str, left: Any, right: Any) -> Any:
        return _OPERATIONS[operator](left, right)

    def call(self, function: str, arguments: list[Any]) -> Any:
        if function in _ONE and len(arguments) == 1:
            return _ONE[function](arguments[0])
        if function in _TWO and len(arguments) == 2:  # noqa: PLR2004 - as the table says
            return _TWO[function](*arguments)
        known = ", ".join([*_ONE, *_TWO])
        raise KernelError(
            f"{function} with {len(arguments)} arguments is not known. Functions: {known}"
        )
