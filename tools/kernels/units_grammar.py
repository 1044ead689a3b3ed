"""Reads units as people write them: `km/h`, `J/(mol*K)`, `m s^-2`, `degC`.

The grammar is our own and Pint is asked about single names only, so what can be read, and what is
ambiguous, is decided here. Definitions and factors are Pint's.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pint

from tools.kernels.arithmetic import shorten
from tools.kernels.kernel_error import KernelError
from tools.kernels.units_caution import check_name

MAX_CHARS = 100
MAX_POWER = 12

DELTA: Mapping[str, str] = {
    "degree_Celsius": "delta_degree_Celsius",
    "degree_Fahrenheit": "delta_degree_Fahrenheit",
    "degree_Reaumur": "delta_degree_Reaumur",
}
_LOGARITHMIC = ("decibel", "neper", "octave", "decade", "decibelmilliwatt", "decibelmicrowatt")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUPERSCRIPT = re.compile("[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_SYMBOLS: Mapping[str, str] = {
    "°C": " degC ",
    "℃": " degC ",
    "°F": " degF ",
    "℉": " degF ",
    "°": " degree ",
    "%": " percent ",
    "·": "*",
    "⋅": "*",
    "×": "*",
    "−": "-",
    "**": "^",
}
_ASCII: Mapping[str, str] = {
    "°C": "degC",
    "°F": "degF",
    "Δ°C": "delta_degC",
    "Δ°F": "delta_degF",
    "Ω": "ohm",
    "l": "L",
}
_TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d]\w*)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<mark>[*/^()+-]))"
)
_PLAIN_POWER = re.compile(r"(?P<name>[^\W\d]+)(?P<power>[1-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit that was read.

    Attributes:
        text: As it was written.
        unit: Pint's.
        notes: How an ambiguous name was understood.
    """

    text: str
    unit: Any
    notes: tuple[str, ...] = ()


@functools.cache
def registry() -> Any:
    """Return Pint's registry: one a process, made at its first use."""
    return pint.get_application_registry()


def parse_unit(text: str, *, is_difference: bool = False) -> Unit:
    """Read a unit.

    Args:
        text: Such as `kg*m/s^2`. A space multiplies.
        is_difference: Whether degrees are those of a difference, not of a thermometer. In a
            product or a quotient they always are.

    Raises:
        KernelError: For a name that is unknown, a currency, or a reading that is not the only one.
    """
    if len(text) > MAX_CHARS:
        raise KernelError(f"a unit has at most {MAX_CHARS} characters, not {len(text)}")
    parser = _Parser(text)
    factors = parser.parse()
    powers: dict[str, float] = {}
    for name, power in factors:
        powers[name] = powers.get(name, 0) + power
    is_alone = len(factors) == 1 and factors[0][1] == 1
    if is_difference or not is_alone:
        powers = {DELTA.get(name, name): power for name, power in powers.items()}
    unit = registry().Unit(pint.util.UnitsContainer({k: v for k, v in powers.items() if v}))
    return Unit(text=text.strip(), unit=unit, notes=tuple(parser.notes))


def find_unit(name: str) -> str | None:
    """Return Pint's name of a unit, or None where it has none that a product can hold."""
    found = registry().parse_unit_name(name)
    if not found:
        return None
    prefix, unit, _ = found[0]
    if unit in _LOGARITHMIC:
        raise KernelError(
            f"{name!r} is a logarithmic unit, which does not convert by a factor: use the ratio, "
            "or the tool physics with its topic decibel"
        )
    if prefix and unit in DELTA:
        raise KernelError(f"{name!r}: a degree takes no prefix; use K for small differences")
    # Asked for by name, a unit with a prefix becomes one that Pint can convert and write.
    return str(registry().get_name(name))


def render_unit(unit: Any) -> str:
    """Write a unit as `kg*m/s^2`, so that it can be read again; nothing for a pure number."""
    powers = {_symbol(name): power for name, power in sorted(unit._units.items())}  # noqa: SLF001 - Pint has no public view of a unit's parts
    above = [_render_power(name, power) for name, power in powers.items() if power > 0]
    below = [_render_power(name, -power) for name, power in powers.items() if power < 0]
    if not below:
        return "*".join(above)
    divisor = below[0] if len(below) == 1 else f"({'*'.join(below)})"
    return f"{'*'.join(above) or '1'}/{divisor}"


def describe_dimension(unit: Any) -> str:
    """Write a dimension as `[length]/[time]`."""
    text = f"{unit.dimensionality:C}".replace("**", "^")
    return "a pure number" if text in {"", "dimensionless"} else text


class _Parser:
    """Recursive descent over `factor (('*' | '/' | space) factor)*`."""

    def __init__(self, text: str) -> None:
        self.notes: list[str] = []
        self._text = text
        self._tokens = _tokenize(text)
        self._place = 0

    def parse(self) -> list[tuple[str, float]]:
        factors = self._product()
        if self._place != len(self._tokens):
            raise self._error(f"nothing was expected at {self._tokens[self._place]!r}")
        return factors

    def _product(self) -> list[tuple[str, float]]:
        factors = self._factor()
        has_divided = False
        while (piece := self._peek()) not in {"", ")"}:
            is_division = piece in {"/", "per"}
            if piece in {"*", "/", "per"}:
                self._place += 1
            elif has_divided:
                raise self._error(
                    "what follows the / is not clear: write a/(b*c) or a/b*c with signs"
                )
            right = self._factor()
            sign = -1 if is_division else 1
            has_divided = has_divided or is_division
            factors += [(name, sign * power) for name, power in right]
        return factors

    def _factor(self) -> list[tuple[str, float]]:
        piece = self._take()
        if piece in {"square", "sq"}:
            return _raise(self._factor(), 2)
        if piece == "cubic":
            return _raise(self._factor(), 3)
        if piece == "(":
            inner = self._product()
            if self._take() != ")":
                raise self._error("a parenthesis is not closed")
        elif piece == "1":
            return []
        elif piece[:1].isalpha() or piece[:1] == "_":
            inner = self._name(piece)
        else:
            raise self._error("a unit was expected")
        return _raise(inner, self._power())

    def _name(self, name: str) -> list[tuple[str, float]]:
        is_alone = len(self._tokens) == 1
        caution = check_name(name, is_alone=is_alone)
        if caution:
            self.notes.append(caution)
        known = find_unit(name)
        if known:
            return [(known, 1)]
        split = _PLAIN_POWER.fullmatch(name)
        known = find_unit(split["name"]) if split else None
        if split and known:
            return [(known, int(split["power"]))]
        raise KernelError(f"no unit is named {shorten(name)!r}{_suggest(name)}")

    def _power(self) -> float:
        piece = self._peek()
        if piece in {"squared", "cubed"}:
            self._place += 1
            return 2 if piece == "squared" else 3
        if piece in {"^", "-"}:
            self._place += piece == "^"
            return self._exponent()
        return 1

    def _exponent(self) -> float:
        is_enclosed = self._peek() == "("
        self._place += is_enclosed
        sign = -1 if self._peek() == "-" else 1
        self._place += self._peek() in {"-", "+"}
        power = self._number()
        if is_enclosed and self._peek() == "/":
            self._place += 1
            power /= self._number() or float("nan")
        if is_enclosed and self._take() != ")":
            raise self._error("a parenthesis is not closed")
        if not power <= MAX_POWER:
            raise self._error(f"an exponent lies from -{MAX_POWER} to {MAX_POWER}")
        return sign * (int(power) if power == int(power) else power)

    def _number(self) -> float:
        piece = self._take()
        if not piece[:1].isdigit():
            raise self._error("an exponent is a number, such as s^-2")
        return float(piece)

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        piece = self._peek()
        self._place += 1
        return piece

    def _error(self, reason: str) -> KernelError:
        return KernelError(
            f"{shorten(self._text)!r} cannot be read as a unit: {reason}. "
            "Units are written like kg*m/s^2 or J/(mol*K)"
        )


def _symbol(name: str) -> str:
    symbol = str(registry().get_symbol(name))
    return _ASCII.get(symbol, symbol)


def _render_power(name: str, power: float) -> str:
    if power == 1:
        return name
    return f"{name}^{power:g}"


def _raise(factors: list[tuple[str, float]], power: float) -> list[tuple[str, float]]:
    return [(name, each * power) for name, each in factors]


def _tokenize(text: str) -> list[str]:
    written = _SUPERSCRIPT.sub(lambda found: f"^{found[0].translate(SUPERSCRIPTS)}", text)
    for symbol, meaning in _SYMBOLS.items():
        written = written.replace(symbol, meaning)
    tokens: list[str] = []
    place = 0
    written = written.strip()
    while place < len(written):
        found = _TOKEN.match(written, place)
        if not found:
            raise KernelError(
                f"{shorten(text)!r} cannot be read as a unit at {written[place]!r}: "
                "units are written like kg*m/s^2 or J/(mol*K)"
            )
        tokens.append(found[0].strip())
        place = found.end()
    if len(tokens) > MAX_CHARS // 2:
        raise KernelError(f"{shorten(text)!r} has too many parts for a unit")
    return tokens


def _suggest(name: str) -> str:
    """Return the nearest known names, as the end of a message."""
    near = difflib.get_close_matches(name, _known_names(), n=3, cutoff=0.75)
    if name.lower() != name and find_unit(name.lower()):
        near = [name.lower(), *near]
    return f"; did you mean {' or '.join(dict.fromkeys(near))}?" if near else ""


@functools.cache
def _known_names() -> tuple[str, ...]:
    return tuple(sorted(name for name in dir(registry()) if not name.startswith("_")))
