"""Amounts in a reaction: what limits it, what it yields and what is left over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scipy import constants

from tools.kernels.arithmetic import shorten
from tools.kernels.chemistry_equation import Balanced, balance_equation, parse_equation
from tools.kernels.chemistry_formula import Formula, parse_formula
from tools.kernels.kernel_error import KernelError
from tools.kernels.units_grammar import describe_dimension
from tools.kernels.units_quantity import (
    parse_quantity,
    read_base,
    render_quantity,
    tidy,
    to_base,
)

_PRODUCT = re.compile(r"\s+(?:of|at|x|\*|×)\s+|\s*[×*]\s*(?=[0-9])")
_TIE = 1e-9
_PURE = "a pure number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Of gases, where a volume is given.

    Attributes:
        temperature_k: Temperature.
        pressure_pa: Pressure.
    """

    temperature_k: float
    pressure_pa: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What becomes of one species.

    Attributes:
        formula: The species.
        coefficient: In the equation.
        is_reactant: On which side it stands.
        start_mol: What there was; None where that was not given, and enough is taken.
        turnover_mol: What is used up or made.
    """

    formula: Formula
    coefficient: int
    is_reactant: bool
    start_mol: float | None
    turnover_mol: float


def read_conditions(temperature: object, pressure: object) -> Conditions | None:
    """Return the conditions of gases, if a call has any; the other is 0 degrees C or 1 atm.

    Raises:
        KernelError: Where one cannot be.
    """
    if temperature is None and pressure is None:
        return None
    kelvin = read_base("0 degC" if temperature is None else temperature, "K", "temperature")
    pascal = read_base("1 atm" if pressure is None else pressure, "Pa", "pressure")
    if kelvin <= 0 or pascal <= 0:
        raise KernelError("temperature and pressure of a gas lie above zero, in kelvin")
    return Conditions(temperature_k=kelvin, pressure_pa=pascal)


def read_amount(text: str, formula: Formula, conditions: Conditions | None) -> float:
    """Return an amount in mol: given in mol or g, as `25 mL of 0.1 M`, or as a volume of gas.

    Raises:
        KernelError: Where it is none of these, or is negative.
    """
    factors = _PRODUCT.split(text.strip())
    parts = [_read_factor(factor, formula) for factor in factors]
    value, kind = 1.0, ""
    for part_value, part_kind in parts:
        value, kind = value * part_value, "*".join(filter(None, (kind, part_kind)))
    if value < 0:
        raise KernelError(f"{formula.text}: {shorten(text)!r} is negative")
    match kind:
        case "[substance]":
            return value
        case "[mass]" | "[length]^3*[mass]/[length]^3" | "[mass]/[length]^3*[length]^3":
            return value * 1000 / formula.molar_mass
        case "[length]^3*[substance]/[length]^3" | "[substance]/[length]^3*[length]^3":
            return value
        case "[length]^3" if conditions:
            return value * conditions.pressure_pa / (constants.R * conditions.temperature_k)
        case "[length]^3":
            raise KernelError(
                f"{formula.text}: a volume alone is an amount only for a gas: give `temperature` "
                "and `pressure`, or write '25 mL of 0.1 mol/L' for a solution"
            )
        case _:
            raise KernelError(
                f"{formula.text}: {shorten(text)!r} is no amount: use mol, g, a volume of a gas, "
                "or '25 mL of 0.1 mol/L'"
            )


def describe_stoichiometry(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Work out a reaction.

    Args:
        arguments: ``equation``, ``amounts`` by species, perhaps ``actual`` yields by product, and
            ``temperature`` and ``pressure`` of gases.

    Raises:
        KernelError: Where the equation cannot be balanced or an amount cannot be read.
    """
    balanced = balance_equation(parse_equation(arguments.get("equation") or ""))
    conditions = read_conditions(arguments.get("temperature"), arguments.get("pressure"))
    given = _read_amounts(balanced, arguments.get("amounts") or {}, conditions)
    if not given:
        raise KernelError("`amounts` is empty: give at least one, such as {'H2': '4 g'}")
    extent, limiting = _find_extent(balanced, given)
    shares = _share(balanced, given, extent)
    actual = _read_amounts(balanced, arguments.get("actual") or {}, conditions)
    yields = [_describe_yield(share, actual) for share in shares if share.formula.text in actual]
    lines = [balanced.text]
    if limiting:
        lines.append(f"Limiting: {', '.join(limiting)}.")
    lines += [_render(share) for share in shares]
    lines += [
        f"Yield of {each['species']}: {each['yield_percent']:.6g} % of the "
        f"{each['theoretical_g']:.6g} g possible"
        for each in yields
    ]
    return {
        "text": "\n".join(lines),
        "equation": balanced.text,
        "limiting": limiting,
        "extent_mol": tidy(extent),
        "species": [_plain(share) for share in shares],
        "yields": yields,
        "equations": [
            "n = m/M",
            "extent = n/coefficient, the smallest one among the reactants",
            *(["n = P*V/(R*T)"] if conditions else []),
        ],
    }


def _read_factor(text: str, formula: Formula) -> tuple[float, str]:
    try:
        value, unit = parse_quantity(text)
    except KernelError as error:
        raise KernelError(f"{formula.text}: {error}") from error
    if unit is None:
        raise KernelError(f"{formula.text}: {shorten(text)!r} has no unit: write mol, g or L")
    kind = describe_dimension(unit.unit)
    return to_base(value, unit.unit), "" if kind == _PURE else kind


def _read_amounts(
    balanced: Balanced, given: Mapping[str, str], conditions: Conditions | None
) -> dict[str, float]:
    """Return amounts by the species' text in the equation; other spellings are known again."""
    keys = {each.key: each for each in balanced.equation.species}
    amounts: dict[str, float] = {}
    for name, text in given.items():
        formula = keys.get(parse_formula(name).key)
        if formula is None:
            known = ", ".join(each.text for each in balanced.equation.species)
            raise KernelError(f"{shorten(name)} does not take part; the equation has {known}")
        amounts[formula.text] = read_amount(str(text), formula, conditions)
    return amounts


def _find_extent(balanced: Balanced, given: Mapping[str, float]) -> tuple[float, list[str]]:
    """Return how often the reaction runs, in mol, and what limits it."""
    left = balanced.equation.left
    ratios = {
        each.text: given[each.text] / n
        for each, n in zip(left, balanced.coefficients, strict=False)
        if each.text in given
    }
    if ratios:
        extent = min(ratios.values())
        limiting = [name for name, ratio in ratios.items() if ratio <= extent * (1 + _TIE)]
        return extent, limiting
    right = zip(balanced.equation.right, balanced.coefficients[len(left) :], strict=True)
    return max(given[each.text] / n for each, n in right if each.text in given), []


def _share(balanced: Balanced, given: Mapping[str, float], extent: float) -> list[Share]:
    n_left = len(balanced.equation.left)
    # What is given of a product was there before, unless nothing else was given: then it is to be
    # made, and the question is what that takes.
    is_wish = not any(each.text in given for each in balanced.equation.left)
    return [
        Share(
            formula=each,
            coefficient=n,
            is_reactant=index < n_left,
            start_mol=given.get(each.text, None if index < n_left else 0.0)
            if not is_wish
            else None,
            turnover_mol=extent * n,
        )
        for index, (each, n) in enumerate(
            zip(balanced.equation.species, balanced.coefficients, strict=True)
        )
    ]


def _left(share: Share) -> float | None:
    if share.start_mol is None:
        return None
    change = -share.turnover_mol if share.is_reactant else share.turnover_mol
    left = share.start_mol + change
    return 0.0 if abs(left) <= _TIE * share.turnover_mol else left


def _render(share: Share) -> str:
    mass = share.formula.molar_mass
    verb = "used" if share.is_reactant else "made"
    words = (
        f"{share.formula.text}: {render_quantity(share.turnover_mol, 'mol')} "
        f"({render_quantity(share.turnover_mol * mass, 'g')}) {verb}"
    )
    left = _left(share)
    if left is None:
        return words
    rest = f"{render_quantity(left, 'mol')} ({render_quantity(left * mass, 'g')})"
    return f"{words}, {rest} in the end"


def _plain(share: Share) -> dict[str, Any]:
    mass = share.formula.molar_mass
    left = _left(share)
    return {
        "species": share.formula.text,
        "coefficient": share.coefficient,
        "molar_mass_g_per_mol": tidy(mass),
        "is_reactant": share.is_reactant,
        "turnover_mol": tidy(share.turnover_mol),
        "turnover_g": tidy(share.turnover_mol * mass),
        "final_mol": None if left is None else tidy(left),
        "final_g": None if left is None else tidy(left * mass),
    }


def _describe_yield(share: Share, actual: Mapping[str, float]) -> dict[str, Any]:
    if share.is_reactant:
        raise KernelError(f"actual: {share.formula.text} is a reactant; a yield is a product's")
    if not share.turnover_mol:
        raise KernelError(f"actual: none of {share.formula.text} can be made from these amounts")
    got = actual[share.formula.text]
    return {
        "species": share.formula.text,
        "actual_mol": tidy(got),
        "theoretical_mol": tidy(share.turnover_mol),
        "theoretical_g": tidy(share.turnover_mol * share.formula.molar_mass),
        "yield_percent": tidy(100 * got / share.turnover_mol),
    }
