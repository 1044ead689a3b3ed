"""Real roots of sums of powers."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

MAX_DEGREE = 8

# What rounding leaves of an imaginary part that is none, relative to the root.
_IMAGINARY = 1e-9


def solve_powers(coefficients: Mapping[float, float]) -> list[float] | None:
    """Return the real roots of the sum of ``coefficient * x**power``.

    Args:
        coefficients: By power; powers may be negative or broken.

    Returns:
        Rising and without repetition; None where no power is left, or where several are left and
        are no whole steps from each other.

    Raises:
        OverflowError: Where a root is too large to be written.
    """
    left = {power: value for power, value in coefficients.items() if value}
    if not left or set(left) == {0.0}:
        return None
    lowest = min(left)
    # Dividing by the lowest power loses the root at zero, where all powers are positive.
    zero = [0.0] if lowest > 0 else []
    shifted = {power - lowest: value for power, value in left.items()}
    if len(shifted) == 1:
        return zero
    if len(shifted) == 2:  # noqa: PLR2004 - one power and a constant
        power = max(shifted)
        roots = _solve_single(power, -shifted[0.0] / shifted[power])
    elif all(power == int(power) and power <= MAX_DEGREE for power in shifted):
        roots = _solve_polynomial({int(power): value for power, value in shifted.items()})
    else:
        return None
    return sorted({root + 0.0 for root in [*zero, *roots]})


def _solve_single(power: float, value: float) -> list[float]:
    """Return the roots of ``x**power = value``."""
    if not math.isfinite(value):
        raise OverflowError("a root is too large")
    root = abs(value) ** (1 / power)
    if not math.isfinite(root):
        raise OverflowError("a root is too large")
    is_whole = power == int(power)
    if is_whole and int(power) % 2:
        return [math.copysign(root, value)]
    if value < 0:
        return []
    return [-root, root] if is_whole else [root]


def _solve_polynomial(coefficients: Mapping[int, float]) -> list[float]:
    degree = max(coefficients)
    if degree == 2:  # noqa: PLR2004 - a quadratic
        return _solve_quadratic(*(coefficients.get(power, 0.0) for power in (2, 1, 0)))
    row = [coefficients.get(power, 0.0) for power in range(degree, -1, -1)]
    roots = np.roots(row)
    return [
        float(root.real) for root in roots if abs(root.imag) <= _IMAGINARY * max(1.0, abs(root))
    ]


def _solve_quadratic(a: float, b: float, c: float) -> list[float]:
    """Solve without subtracting near-equal numbers (Press et al., Numerical Recipes, 5.6.4)."""
    scale = max(abs(a), abs(b), abs(c))
    a, b, c = a / scale, b / scale, c / scale
    square = b * b - 4 * a * c
    if square < 0 and -square <= 1e-12 * b * b:
        square = 0.0
    if square < 0:
        return []
    q = -(b + math.copysign(math.sqrt(square), b)) / 2
    return [q / a, c / q] if q else [0.0]
