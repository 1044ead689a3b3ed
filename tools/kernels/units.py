"""The kernel of `unit_convert`: converts quantities and checks dimensions. Factors are Pint's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tools.kernels.kernel_error import KernelError
from tools.kernels.units_expression import (
    InconsistentError,
    Measure,
    list_unused,
    measure_expression,
    read_variables,
)
from tools.kernels.units_grammar import (
    DELTA,
    Unit,
    describe_dimension,
    parse_unit,
    registry,
    render_unit,
)
from tools.kernels.units_quantity import check_finite, render_quantity, tidy

_THERMOMETER = (
    "temperatures of a thermometer were converted; a difference or a rise of temperature needs "
    "`is_difference`: true"
)


def warm() -> None:
    """Make Pint's registry, which takes longer than any conversion."""
    run({"operation": "convert", "value": 1.0, "from_unit": "km/h", "to_unit": "m/s"})


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Carry out one operation, `convert`, `check` or `describe`.

    Raises:
        KernelError: Saying how to mend the call.
    """
    operation = _OPERATIONS.get(arguments.get("operation", ""))
    if operation is None:
        raise KernelError(f"operation is one of {', '.join(_OPERATIONS)}")
    return operation(arguments)


def _convert(arguments: Mapping[str, Any]) -> dict[str, Any]:
    is_difference = bool(arguments.get("is_difference"))
    source = parse_unit(arguments["from_unit"], is_difference=is_difference)
    target = parse_unit(arguments["to_unit"], is_difference=is_difference)
    _check_degrees(source, target)
    if source.unit.dimensionality != target.unit.dimensionality:
        raise KernelError(
            f"{source.text} is {describe_dimension(source.unit)} and {target.text} is "
            f"{describe_dimension(target.unit)}: they do not convert{_hint(source, target)}"
        )
    given = float(arguments["value"])
    value = tidy(check_finite(float(registry().Quantity(given, source.unit).m_as(target.unit))))
    notes = list(dict.fromkeys((*source.notes, *target.notes, *_remind(source, target))))
    text = f"{given:.12g} {source.text} = {value:.12g} {target.text}"
    return {
        "text": "\n".join([text, *(f"Note: {note}." for note in notes)]),
        "value": value,
        "unit": render_unit(target.unit),
        "dimension": describe_dimension(target.unit),
        "notes": notes,
    }


def _check(arguments: Mapping[str, Any]) -> dict[str, Any]:
    variables = read_variables(arguments.get("variables") or {})
    sides = [side for side in arguments["expression"].split("=") if side.strip()]
    if len(sides) not in {1, 2} or arguments["expression"].count("=") != len(sides) - 1:
        raise KernelError("write one expression, or two with one = between them")
    try:
        measures = [measure_expression(side, variables) for side in sides]
        fault = _compare(sides, measures, arguments.get("expected_unit"))
    except InconsistentError as error:
        return {"text": f"Inconsistent: {error}.", "is_consistent": False, "reason": str(error)}
    notes = [f"{name} is not used" for name in list_unused(sides, variables)]
    expected = arguments.get("expected_unit")
    found = measures[0]
    if expected and fault is None and found.value is not None:
        wanted = parse_unit(expected, is_difference=True).unit
        value = float(registry().Quantity(found.value, found.unit).m_as(wanted))
        found = Measure(value=check_finite(value), unit=wanted)
    return _report(found, fault, notes)


def _describe(arguments: Mapping[str, Any]) -> dict[str, Any]:
    read = parse_unit(arguments["from_unit"])
    base = registry().Quantity(1.0, parse_unit(read.text, is_difference=True).unit).to_base_units()
    factor, unit = tidy(check_finite(float(base.magnitude))), render_unit(base.units)
    kind = describe_dimension(read.unit)
    lines = [f"1 {read.text} = {render_quantity(factor, unit, 12)}; dimension: {kind}"]
    lines += [f"Note: {note}." for note in read.notes]
    return {
        "text": "\n".join(lines),
        "value": factor,
        "unit": unit,
        "dimension": kind,
        "notes": list(read.notes),
    }


def _compare(sides: list[str], measures: list[Measure], expected: str | None) -> str | None:
    """Return what does not fit, in words, or None."""
    first = describe_dimension(measures[0].unit)
    if len(measures) > 1 and measures[0].unit.dimensionality != measures[1].unit.dimensionality:
        second = describe_dimension(measures[1].unit)
        return f"{sides[0].strip()} is {first} and {sides[1].strip()} is {second}"
    if expected:
        wanted = parse_unit(expected, is_difference=True).unit
        if wanted.dimensionality != measures[0].unit.dimensionality:
            return f"{sides[0].strip()} is {first} and {expected} is {describe_dimension(wanted)}"
    return None


def _report(found: Measure, fault: str | None, notes: list[str]) -> dict[str, Any]:
    unit, kind = render_unit(found.unit), describe_dimension(found.unit)
    head = f"Inconsistent: {fault}." if fault else f"Consistent: the dimension is {kind}."
    lines = [head]
    if found.value is not None:
        lines.append(f"Value: {render_quantity(found.value, unit)}.")
    return {
        "text": "\n".join([*lines, *(f"Note: {note}." for note in notes)]),
        "is_consistent": fault is None,
        "reason": fault,
        "value": None if found.value is None else tidy(found.value),
        "unit": unit,
        "dimension": kind,
        "notes": notes,
    }


def _check_degrees(source: Unit, target: Unit) -> None:
    """Refuse to read a thermometer in the degrees of a difference, or the other way round."""
    names = [set(each.unit._units) for each in (source, target)]  # noqa: SLF001 - see render_unit
    if any(
        one & set(DELTA) and other & set(DELTA.values()) for one, other in (names, names[::-1])
    ):
        raise KernelError(
            "one unit is of a temperature and the other of a difference of temperatures: "
            "use degC, degF or K for both, and set `is_difference` for a difference"
        )


def _remind(source: Unit, target: Unit) -> list[str]:
    names = set(source.unit._units) | set(target.unit._units)  # noqa: SLF001 - see render_unit
    if not names & set(DELTA):
        return []
    return [_THERMOMETER]


def _hint(source: Unit, target: Unit) -> str:
    """Return what was probably meant, as the end of a message."""
    texts = {source.text, target.text}
    if texts & {"C", "F"}:
        return "; temperatures are written degC and degF"
    kinds = {describe_dimension(source.unit), describe_dimension(target.unit)}
    if kinds == {"[mass]", "[length]^3"}:
        return (
            "; a mass and a volume need a density, and the ounce of volume is fluid_ounce"
            if texts & {"oz", "ounce", "ounces"}
            else "; a mass and a volume need a density"
        )
    if kinds == {"[mass]", "[mass]*[length]/[time]^2"}:
        return "; a weight is a mass times g, and the units of force are N, lbf and kgf"
    if kinds == {"[mass]", "[substance]"}:
        return "; a mass and an amount need a molar mass: use the tool chemistry"
    return ""


_OPERATIONS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "convert": _convert,
    "check": _check,
    "describe": _describe,
}
