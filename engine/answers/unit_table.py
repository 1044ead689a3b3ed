"""The units that the grammar knows, each as an exact factor and powers of base units.

Factors are definitions, not measurements: SI brochure (9th edition, 2019) and the international
yard and pound agreement of 1959. Volumes in gallons, quarts and pints are United States liquid
measures; an ounce is the avoirdupois mass. Base units of their own, which are never converted:
month (its length in days varies), degC and degF (their zero differs), ton (several masses share
the name) and cent (whose dollars a bare number would hide).
Words that word problems count things in (cup, bar, spoon) are left out on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from engine.answers.exact import Exact, divide, exact_of, multiply, pi, power

MAX_UNIT_POWER = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit, simple or compound.

    Attributes:
        factor: How many base units one of it is.
        powers: (base unit, exponent), sorted by name, no exponent zero.
    """

    factor: Exact
    powers: tuple[tuple[str, int], ...]


UNCONVERTIBLE = frozenset({"cent", "degC", "degF", "month", "ton"})
"""Base units whose relation to others is not fixed: unequal says nothing there."""


def find_unit(name: str) -> Unit | None:
    """Find a unit by its symbol (case matters) or its English name (case does not)."""
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    return _NAMES.get(name.lower())


def join_units(left: Unit, right: Unit, exponent: int) -> Unit:
    """Multiply a unit by a whole power of another."""
    powers = dict(left.powers)
    for base, count in right.powers:
        powers[base] = powers.get(base, 0) + count * exponent
    factor = power(right.factor, abs(exponent))
    combine = multiply if exponent > 0 else divide
    return Unit(
        factor=combine(left.factor, factor),
        powers=tuple(sorted((base, count) for base, count in powers.items() if count)),
    )


def render_powers(powers: tuple[tuple[str, int], ...]) -> str:
    """Write base units so that the grammar reads them back: `kg*m^2/s^3`, `s^-1`."""
    above = "*".join(_render_power(base, count) for base, count in powers if count > 0)
    if not above:
        return "*".join(_render_power(base, count) for base, count in powers)
    below = "".join("/" + _render_power(base, -count) for base, count in powers if count < 0)
    return above + below


NO_UNIT = Unit(factor=exact_of(1), powers=())


def _render_power(base: str, count: int) -> str:
    return base if count == 1 else f"{base}^{count}"


def _unit(factor: Exact | Fraction | int, **powers: int) -> Unit:
    exact = factor if isinstance(factor, Exact) else exact_of(factor)
    return Unit(factor=exact, powers=tuple(sorted(powers.items())))


_MILLI = Fraction(1, 1000)
_INCH = Fraction(254, 10000)
_POUND = Fraction(45359237, 10**8)
_LITRE = _MILLI
_GALLON = 231 * _INCH**3
_HOUR = 3600
_DEGREE = divide(pi(), exact_of(180))

# Only the prefixes that answers use: with all of them "as", "am" and "Em" would be units.
_PREFIX_SYMBOLS = MappingProxyType(
    {"T": 12, "G": 9, "M": 6, "k": 3, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12}
)
_BIG_PREFIX_SYMBOLS = MappingProxyType({"T": 12, "G": 9, "M": 6, "k": 3})
_PREFIX_NAMES = MappingProxyType(
    {
        "tera": 12,
        "giga": 9,
        "mega": 6,
        "kilo": 3,
        "deci": -1,
        "centi": -2,
        "milli": -3,
        "micro": -6,
        "nano": -9,
        "pico": -12,
    }
)

# One row a unit that takes prefixes: symbols, English names, the unit.
_PREFIXED = (
    ("m", "meter metre", _unit(1, m=1)),
    ("g", "gram gramme", _unit(_MILLI, kg=1)),
    ("s", "second", _unit(1, s=1)),
    ("A", "ampere amp", _unit(1, A=1)),
    ("K", "kelvin", _unit(1, K=1)),
    ("mol", "mole", _unit(1, mol=1)),
    ("cd", "candela", _unit(1, cd=1)),
    ("rad", "radian", _unit(1, rad=1)),
    ("Hz", "hertz", _unit(1, s=-1)),
    ("N", "newton", _unit(1, kg=1, m=1, s=-2)),
    ("Pa", "pascal", _unit(1, kg=1, m=-1, s=-2)),
    ("J", "joule", _unit(1, kg=1, m=2, s=-2)),
    ("W", "watt", _unit(1, kg=1, m=2, s=-3)),
    ("C", "coulomb", _unit(1, A=1, s=1)),
    ("V", "volt", _unit(1, A=-1, kg=1, m=2, s=-3)),
    ("ohm", "ohm", _unit(1, A=-2, kg=1, m=2, s=-3)),
    ("F", "farad", _unit(1, A=2, kg=-1, m=-2, s=4)),
    ("T", "tesla", _unit(1, A=-1, kg=1, s=-2)),
    ("Wb", "weber", _unit(1, A=-1, kg=1, m=2, s=-2)),
    ("H", "henry", _unit(1, A=-2, kg=1, m=2, s=-2)),
    ("L l", "liter litre", _unit(_LITRE, m=3)),
    ("eV", "electronvolt", _unit(Fraction(1602176634, 10**28), kg=1, m=2, s=-2)),
    ("cal", "calorie", _unit(Fraction(4184, 1000), kg=1, m=2, s=-2)),
    ("Wh", "", _unit(_HOUR, kg=1, m=2, s=-2)),
    ("bar", "", _unit(10**5, kg=1, m=-1, s=-2)),
    ("B", "byte", _unit(8, bit=1)),
    ("bit", "bit", _unit(1, bit=1)),
)

_PLAIN = (
    ("min mins", "minute", _unit(60, s=1)),
    ("h hr hrs", "hour", _unit(_HOUR, s=1)),
    ("sec secs", "", _unit(1, s=1)),
    ("d", "day", _unit(24 * _HOUR, s=1)),
    ("wk wks", "week", _unit(7 * 24 * _HOUR, s=1)),
    ("", "fortnight", _unit(14 * 24 * _HOUR, s=1)),
    ("mo", "month", _unit(1, month=1)),
    ("yr yrs", "year", _unit(12, month=1)),
    ("", "decade", _unit(120, month=1)),
    ("in", "inch inches", _unit(_INCH, m=1)),
    ("ft", "foot feet", _unit(12 * _INCH, m=1)),
    ("yd yds", "yard", _unit(36 * _INCH, m=1)),
    ("mi", "mile", _unit(63360 * _INCH, m=1)),
    ("", "acre", _unit(43560 * (12 * _INCH) ** 2, m=2)),
    ("ha", "hectare", _unit(10**4, m=2)),
    ("cc", "", _unit(Fraction(1, 10**6), m=3)),
    ("lb lbs", "pound", _unit(_POUND, kg=1)),
    ("oz", "ounce", _unit(_POUND / 16, kg=1)),
    ("t", "tonne", _unit(1000, kg=1)),
    ("", "ton", _unit(1, ton=1)),
    ("gal", "gallon", _unit(_GALLON, m=3)),
    ("qt", "quart", _unit(_GALLON / 4, m=3)),
    ("pt", "pint", _unit(_GALLON / 8, m=3)),
    ("mph", "", _unit(63360 * _INCH / _HOUR, m=1, s=-1)),
    ("kph kmh", "", _unit(Fraction(1000, _HOUR), m=1, s=-1)),
    ("atm", "atmosphere", _unit(101325, kg=1, m=-1, s=-2)),
    ("deg", "degree", _unit(_DEGREE, rad=1)),
    ("degC", "celsius", _unit(1, degC=1)),
    ("degF", "fahrenheit", _unit(1, degF=1)),
    ("", "cent", _unit(1, cent=1)),
)


def _scaled(unit: Unit, exponent: int) -> Unit:
    return Unit(
        factor=multiply(unit.factor, exact_of(Fraction(10) ** exponent)), powers=unit.powers
    )


def _symbols() -> Mapping[str, Unit]:
    table: dict[str, Unit] = {}
    for symbols, _, unit in _PREFIXED:
        prefixes = _BIG_PREFIX_SYMBOLS if symbols in {"B", "bit"} else _PREFIX_SYMBOLS
        for symbol in symbols.split():
            for prefix, exponent in prefixes.items():
                table[prefix + symbol] = _scaled(unit, exponent)
    # A unit's own symbol beats a prefixed one: "cd" is no centiday, "min" no milliinch.
    for symbols, _, unit in _PREFIXED + _PLAIN:
        table.update(dict.fromkeys(symbols.split(), unit))
    for ambiguous in ("pm", "pH"):
        # The afternoon and acidity are likelier than a picometre and a picohenry.
        del table[ambiguous]
    return MappingProxyType(table)


def _names() -> Mapping[str, Unit]:
    table: dict[str, Unit] = {}
    for _, names, unit in _PREFIXED:
        for name in names.split():
            for prefix, exponent in _PREFIX_NAMES.items():
                table[prefix + name] = _scaled(unit, exponent)
    for _, names, unit in _PREFIXED + _PLAIN:
        table.update(dict.fromkeys(names.split(), unit))
    plurals = {name + "s": unit for name, unit in table.items()}
    return MappingProxyType(plurals | table)


_SYMBOLS = _symbols()
_NAMES = _names()
