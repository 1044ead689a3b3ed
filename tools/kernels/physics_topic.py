"""What a topic of physics is: quantities with units and bounds, and the laws between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy import constants

from tools.kernels.law import Law, parse_law
from tools.kernels.law_solve import Bounds

ANY = Bounds()
POSITIVE = Bounds(least=0.0, is_open=True)
NOT_NEGATIVE = Bounds(least=0.0)
FRACTION = Bounds(least=0.0, most=1.0)
ACUTE = Bounds(least=0.0, most=math.pi / 2)
ADIABATIC_INDEX = Bounds(least=1.0, most=3.0, is_open=True)

# Values of CODATA, in SI units, that laws may name. The local g is a quantity with a default,
# because a problem may give its own.
CONSTANTS: Mapping[str, float] = {
    "G": constants.G,
    "R": constants.R,
    "c": constants.c,
    "e": constants.e,
    "h": constants.h,
    "k_e": 1 / (4 * constants.pi * constants.epsilon_0),
    "pi": constants.pi,
    "sigma": constants.sigma,
}
CONSTANT_UNITS: Mapping[str, str] = {
    "G": "m^3/(kg*s^2)",
    "R": "J/(mol*K)",
    "c": "m/s",
    "e": "C",
    "h": "J*s",
    "k_e": "N*m^2/C^2",
    "pi": "",
    "sigma": "W/(m^2*K^4)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A quantity of a topic.

    Attributes:
        name: As laws and calls write it.
        unit: Of a bare number, and of the answer.
        meaning: In words, signs included.
        bounds: Where it may lie, in SI units.
        default: Taken where the call gives none, in SI units.
        is_difference: Whether degrees are those of a difference.
    """

    name: str
    unit: str
    meaning: str
    bounds: Bounds = ANY
    default: float | None = None
    is_difference: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Quantities, and the laws between them.

    Attributes:
        name: As calls write it.
        summary: What it covers.
        symbols: The quantities.
        laws: As text.
        note: What the laws assume.
    """

    name: str
    summary: str
    symbols: tuple[Symbol, ...]
    laws: tuple[str, ...]
    note: str = ""

    def find(self, name: str) -> Symbol | None:
        """Return a quantity by name."""
        return next((symbol for symbol in self.symbols if symbol.name == name), None)

    def parse_laws(self) -> list[Law]:
        """Return the laws, read."""
        return [parse_law(text) for text in self.laws]


def row(
    name: str, unit: str, meaning: str, bounds: Bounds = ANY, default: float | None = None
) -> Symbol:
    """Return a quantity, written as a row of a table."""
    return Symbol(name=name, unit=unit, meaning=meaning, bounds=bounds, default=default)


def rise(name: str, meaning: str) -> Symbol:
    """Return a difference of temperatures."""
    return Symbol(name=name, unit="K", meaning=meaning, is_difference=True)


def gravity() -> Symbol:
    """Return the acceleration of free fall, standard where the call gives no other."""
    return row("g", "m/s^2", "acceleration of free fall", POSITIVE, constants.g)
