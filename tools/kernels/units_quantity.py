"""Reads quantities as people write them, `9.81 m/s^2` or `6.02×10^23`, and computes in SI."""

from __future__ import annotations

import re
from typing import Any

from tools.kernels.arithmetic import shorten
from tools.kernels.kernel_error import KernelError
from tools.kernels.units_grammar import (
    DELTA,
    SUPERSCRIPTS,
    Unit,
    describe_dimension,
    parse_unit,
    registry,
)

_NUMBER = re.compile(
    r"\s*(?P<sign>[-+−]?)\s*(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+\.?[0-9]*|\.[0-9]+)"
    r"(?P<exponent>[eE][-+]?[0-9]+"
    r"|\s*[x×*·]\s*10\s*(?:\^\s*[-+−]?[0-9]+|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?"
)


def parse_quantity(text: str, *, is_difference: bool = False) -> tuple[float, Unit | None]:
    """Read a number and the unit behind it, if there is one.

    Raises:
        KernelError: Where there is no number in front, or the unit cannot be read.
    """
    found = _NUMBER.match(text)
    if not found:
        raise KernelError(f"{shorten(text)!r} is no quantity: write a number, a space and a unit")
    rest = text[found.end() :].strip()
    # As in `500/mm`.
    rest = f"1{rest}" if rest.startswith("/") else rest
    if rest[:1] in {",", "."} or (rest[:1].isdigit() and not rest.startswith("1/")):
        raise KernelError(
            f"{shorten(text)!r} is no number: write a point for decimals and no other separator"
        )
    return _read_number(found), parse_unit(rest, is_difference=is_difference) if rest else None


def read_base(given: object, unit: str, what: str, *, is_difference: bool = False) -> float:
    """Return a quantity of a call in SI base units.

    Args:
        given: A number, in ``unit``; or text with a unit of the same dimension.
        unit: What a number alone is in.
        what: What it is, for the message.
        is_difference: Whether degrees are those of a difference.

    Raises:
        KernelError: Where it cannot be read, is not finite, or has another dimension.
    """
    wanted = _read_own(unit, is_difference=is_difference)
    try:
        value, written = _split(given, is_difference=is_difference)
    except KernelError as error:
        raise KernelError(f"{what}: {error}") from error
    read = written or wanted
    if read.unit.dimensionality != wanted.unit.dimensionality:
        raise KernelError(
            f"{what} is a quantity in {unit}, and {shorten(str(given))!r} is not: "
            f"{describe_dimension(read.unit)} instead of {describe_dimension(wanted.unit)}"
        )
    return to_base(value, read.unit)


def to_base(value: float, unit: Any) -> float:
    """Return a value in SI base units.

    Raises:
        KernelError: Where it is too large to be computed with.
    """
    return check_finite(float(registry().Quantity(value, unit).to_base_units().magnitude))


def from_base(value: float, unit: str, *, is_difference: bool = False) -> float:
    """Return a value in SI base units as one in ``unit``."""
    wanted = _read_own(unit, is_difference=is_difference).unit
    base = registry().Quantity(1.0, _delta_free(wanted)).to_base_units().units
    return check_finite(float(registry().Quantity(value, base).to(wanted).magnitude))


def check_finite(value: float) -> float:
    """Return the value.

    Raises:
        KernelError: Where it is no finite number.
    """
    if not abs(value) < float("inf"):
        raise KernelError("the result is too large to be computed: use smaller quantities")
    return value


def tidy(value: float, digits: int = 12) -> float:
    """Drop the digits that only rounding made."""
    return float(f"{value:.{digits}g}") + 0.0


def render_quantity(value: float, unit: str, digits: int = 6) -> str:
    """Write a value and its unit, rounded to be read."""
    return f"{value:.{digits}g} {unit}".strip()


def _read_own(text: str, *, is_difference: bool) -> Unit:
    """Read a unit of a table of ours, where nothing stands for a pure number."""
    if not text:
        return Unit(text="", unit=registry().Unit(""))
    return parse_unit(text, is_difference=is_difference)


def _delta_free(unit: Any) -> Any:
    """Return the kelvin for a degree, so that asking for its base unit needs no offset."""
    names = dict(unit._units)  # noqa: SLF001 - Pint has no public view of a unit's parts
    is_degree = len(names) == 1 and next(iter(names)) in DELTA
    return registry().Unit("kelvin") if is_degree else unit


def _split(given: object, *, is_difference: bool) -> tuple[float, Unit | None]:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise KernelError("write a number, or a text such as '3 m/s'")
    if isinstance(given, str):
        return parse_quantity(given, is_difference=is_difference)
    try:
        return check_finite(float(given)), None
    except OverflowError as error:
        raise KernelError("the number is too large: at most 1e308") from error


def _read_number(found: re.Match[str]) -> float:
    digits = found["digits"].replace(",", "")
    exponent = (found["exponent"] or "").translate(SUPERSCRIPTS).replace("−", "-")
    power = re.search(r"(?:[eE]|10\s*\^?\s*)([-+]?[0-9]+)$", exponent)
    written = f"{found['sign']}{digits}e{power[1] if power else 0}".replace("−", "-")
    return check_finite(float(written))
