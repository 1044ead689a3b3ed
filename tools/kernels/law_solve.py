"""Solves a law for whichever of its quantities is unknown.

In closed form where the unknown occurs as one kind of atom (itself, or one function of it) in a
polynomial or a single power; otherwise its roots are searched between its bounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tools.kernels.law import Atom, Law, Power, Product
from tools.kernels.law_root import solve_powers

N_SAMPLES = 2_000

_TINY = 1e-290

_FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "ln": math.log,
    "log10": math.log10,
    "exp": math.exp,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Where a quantity may lie, in SI units.

    Attributes:
        least: Inclusive, unless ``is_open``.
        most: Inclusive.
        is_open: Whether ``least`` itself is left out.
    """

    least: float = -math.inf
    most: float = math.inf
    is_open: bool = False

    def holds(self, value: float) -> bool:
        """Return whether the value lies inside, but for rounding."""
        slack = 1e-9 * max(1.0, abs(value)) if math.isfinite(self.least) else 0.0
        is_above = value > self.least if self.is_open else value >= self.least - slack
        return is_above and value <= self.most * (1 + 1e-9)


def measure_residual(law: Law, values: Mapping[str, float]) -> float:
    """Return how far a law is from holding, relative to its largest product.

    Raises:
        ArithmeticError, ValueError: Where a product has no value.
    """
    terms = [_compute(product, values) for product in law.products]
    largest = max(abs(term) for term in terms)
    # Below this the numbers have too few digits left to compare.
    return abs(math.fsum(terms)) / largest if largest > _TINY else 0.0


def solve_law(
    law: Law, name: str, values: Mapping[str, float], bounds: Bounds
) -> list[float] | None:
    """Return the values of one unknown, rising; or None where the law does not decide it.

    Args:
        law: All its other quantities are known.
        name: The unknown.
        values: What is known.
        bounds: Where the unknown may lie; values outside are left out.

    Raises:
        ArithmeticError, ValueError: Where a product has no value.
    """
    if any(power.name == name for product in law.products for power in product.powers):
        return _search(law, name, values, bounds)
    atoms = {p.atom for product in law.products for p in product.powers if p.atom.name == name}
    if len(atoms) != 1:
        return _search(law, name, values, bounds)
    atom = atoms.pop()
    roots = solve_powers(_collect(law, atom, values))
    if roots is None:
        return _search(law, name, values, bounds) if _is_decided(law, atom, values) else None
    found = {value for root in roots for value in _invert(atom, root)}
    return sorted(value + 0.0 for value in found if bounds.holds(value))


def _is_decided(law: Law, atom: Atom, values: Mapping[str, float]) -> bool:
    """Return whether the unknown is still there when the known values are put in."""
    return any(power and coefficient for power, coefficient in _collect(law, atom, values).items())


def _collect(law: Law, atom: Atom, values: Mapping[str, float]) -> dict[float, float]:
    """Return the coefficient of each power of the atom."""
    collected: dict[float, list[float]] = {}
    for product in law.products:
        exponent = sum((_exponent(p, values) for p in product.powers if p.atom == atom), start=0.0)
        others = tuple(p for p in product.powers if p.atom != atom)
        rest = Product(coefficient=product.coefficient, powers=others)
        collected.setdefault(exponent, []).append(_compute(rest, values))
    return {
        exponent: 0.0 if _cancels(terms) else math.fsum(terms)
        for exponent, terms in collected.items()
    }


def _cancels(terms: list[float]) -> bool:
    """Return whether only rounding is left of a sum, as of v - v0 where both are the same."""
    return abs(math.fsum(terms)) <= 1e-13 * max(abs(term) for term in terms)


def _compute(product: Product, values: Mapping[str, float]) -> float:
    result = product.coefficient
    for power in product.powers:
        base = _apply(power.atom, values[power.atom.name])
        result *= math.pow(base, _exponent(power, values))
    if not math.isfinite(result):
        raise OverflowError("a product is too large")
    return result


def _exponent(power: Power, values: Mapping[str, float]) -> float:
    return power.number * (values[power.name] if power.name else 1.0)


def _apply(atom: Atom, value: float) -> float:
    if not atom.function:
        return value
    return _FUNCTIONS[atom.function](atom.factor * value)


def _invert(atom: Atom, root: float) -> list[float]:
    """Return the values of the quantity for which the atom is ``root``."""
    angles: list[float]
    match atom.function:
        case "":
            return [root]
        case "sin":
            root = _clip(root)
            angles = [math.asin(root), math.pi - math.asin(root)] if abs(root) <= 1 else []
        case "cos":
            root = _clip(root)
            angles = [math.acos(root), -math.acos(root)] if abs(root) <= 1 else []
        case "tan":
            angles = [math.atan(root)]
        case "ln":
            angles = [math.exp(root)]
        case "log10":
            angles = [10.0**root]
        case _:
            angles = [math.log(root)] if root > 0 else []
    return [angle / atom.factor for angle in angles]


def _clip(root: float) -> float:
    """Take back the rounding that leaves a sine just above one."""
    return math.copysign(1.0, root) if 1 < abs(root) < 1 + 1e-12 else root


def _search(
    law: Law, name: str, values: Mapping[str, float], bounds: Bounds
) -> list[float] | None:
    """Return the roots between finite bounds: changes of sign on a grid, narrowed by bisection."""
    if not (math.isfinite(bounds.least) and math.isfinite(bounds.most)):
        return None

    def residual(value: float) -> float:
        known = {**values, name: value}
        try:
            return math.fsum(_compute(product, known) for product in law.products)
        except (ArithmeticError, ValueError):
            return math.nan

    grid = [float(value) for value in np.linspace(bounds.least, bounds.most, N_SAMPLES)]
    heights = [residual(value) for value in grid]
    return [
        _bisect(residual, low, high)
        for low, high, below, above in zip(
            grid[:-1], grid[1:], heights[:-1], heights[1:], strict=True
        )
        if below == 0 or below * above < 0
    ]


def _bisect(residual: Callable[[float], float], low: float, high: float) -> float:
    is_rising = residual(low) < 0
    for _ in range(80):
        middle = (low + high) / 2
        if (residual(middle) < 0) == is_rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2
