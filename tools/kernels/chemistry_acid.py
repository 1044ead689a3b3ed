"""Weak acids and bases, and the solutes that hold them.

Constants at 25 degrees C and infinite dilution from the CRC Handbook of Chemistry and Physics.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from tools.kernels.arithmetic import shorten
from tools.kernels.chemistry_formula import Formula, parse_formula
from tools.kernels.kernel_error import KernelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """An acid with all that is left when it loses protons one by one.

    Attributes:
        forms: From the fully protonated to the bare one.
        charge: Of the first form.
        pkas: Of each loss; one fewer than the forms.
    """

    forms: tuple[str, ...]
    charge: int
    pkas: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solute:
    """What one formula unit brings into the water.

    Attributes:
        name: As it is shown.
        families: Weak acids and bases in it, with their number.
        spectator_charge: Of its ions that neither take nor give a proton.
    """

    name: str
    families: tuple[tuple[Family, int], ...] = ()
    spectator_charge: int = 0


def _family(forms: str, charge: int, *pkas: float) -> Family:
    return Family(forms=tuple(forms.split()), charge=charge, pkas=pkas)


_FAMILIES: tuple[Family, ...] = (
    _family("CH3COOH CH3COO-", 0, 4.756),
    _family("HCOOH HCOO-", 0, 3.75),
    _family("C2H5COOH C2H5COO-", 0, 4.87),
    _family("C6H5COOH C6H5COO-", 0, 4.204),
    _family("C6H5OH C6H5O-", 0, 9.99),
    _family("CH2ClCOOH CH2ClCOO-", 0, 2.87),
    _family("C3H6O3 C3H5O3-", 0, 3.86),
    _family("HF F-", 0, 3.20),
    _family("HCN CN-", 0, 9.21),
    _family("HNO2 NO2-", 0, 3.25),
    _family("HClO ClO-", 0, 7.40),
    _family("HClO2 ClO2-", 0, 1.94),
    _family("HIO3 IO3-", 0, 0.78),
    _family("H3BO3 H2BO3-", 0, 9.27),
    _family("H2CO3 HCO3- CO3^2-", 0, 6.35, 10.33),
    _family("H2SO3 HSO3- SO3^2-", 0, 1.85, 7.2),
    _family("H2S HS- S^2-", 0, 7.05, 19.0),
    _family("H2C2O4 HC2O4- C2O4^2-", 0, 1.25, 3.81),
    _family("H3PO4 H2PO4- HPO4^2- PO4^3-", 0, 2.16, 7.21, 12.32),
    _family("H3C6H5O7 H2C6H5O7- HC6H5O7^2- C6H5O7^3-", 0, 3.13, 4.76, 6.40),
    _family("H2C6H6O6 HC6H6O6- C6H6O6^2-", 0, 4.04, 11.7),
    _family("HSO4- SO4^2-", -1, 1.99),
    _family("NH4+ NH3", 1, 9.25),
    _family("CH3NH3+ CH3NH2", 1, 10.66),
    _family("(CH3)2NH2+ (CH3)2NH", 1, 10.73),
    _family("(CH3)3NH+ (CH3)3N", 1, 9.80),
    _family("C2H5NH3+ C2H5NH2", 1, 10.65),
    _family("C5H5NH+ C5H5N", 1, 5.23),
    _family("C6H5NH3+ C6H5NH2", 1, 4.87),
    _family("N2H5+ N2H4", 1, 8.1),
)
_STRONG_ACIDS = ("HCl", "HBr", "HI", "HNO3", "HClO4", "HClO3")
_STRONG_BASES = {"Li": 1, "Na": 1, "K": 1, "Rb": 1, "Cs": 1, "Ca": 2, "Sr": 2, "Ba": 2}
_NAMES: Mapping[str, str] = {
    "acetic acid": "CH3COOH",
    "ammonia": "NH3",
    "ammonium chloride": "NH4Cl",
    "benzoic acid": "C6H5COOH",
    "boric acid": "H3BO3",
    "carbonic acid": "H2CO3",
    "citric acid": "H3C6H5O7",
    "formic acid": "HCOOH",
    "hydrochloric acid": "HCl",
    "hydrofluoric acid": "HF",
    "nitric acid": "HNO3",
    "phosphoric acid": "H3PO4",
    "potassium hydroxide": "KOH",
    "sodium acetate": "CH3COONa",
    "sodium bicarbonate": "NaHCO3",
    "sodium carbonate": "Na2CO3",
    "sodium hydroxide": "NaOH",
    "sulfuric acid": "H2SO4",
}


def find_solute(text: str) -> Solute:
    """Return what a solute brings into water; any way to write its formula is known.

    Raises:
        KernelError: Where the table does not have it.
    """
    formula = parse_formula(_NAMES.get(text.strip().lower(), text))
    solute = _table().get(formula.key)
    if solute is None:
        raise KernelError(
            f"{shorten(text)!r} is not in the table of acids and bases: give `kind` with `pka` or "
            "`pkb`, such as {'kind': 'weak_acid', 'pka': [4.76], 'concentration': '0.1 mol/L'}"
        )
    return solute


def make_acid(pkas: tuple[float, ...], charge: int = 0) -> Family:
    """Return a family without formulas."""
    n_protons = len(pkas)
    forms = tuple(f"H{n if n > 1 else ''}A" if n else "A" for n in range(n_protons, -1, -1))
    return Family(forms=forms, charge=charge, pkas=pkas)


@functools.cache
def _table() -> Mapping[object, Solute]:
    """Return the known solutes by composition and charge."""
    table: dict[object, Solute] = {}
    for family in _FAMILIES:
        for level, form in enumerate(family.forms):
            _add_form(table, family, form, family.charge - level)
    for acid in _STRONG_ACIDS:
        _add(table, acid, Solute(name=acid, spectator_charge=-1))
    for metal, charge in _STRONG_BASES.items():
        hydroxide = f"{metal}OH" if charge == 1 else f"{metal}(OH){charge}"
        _add(table, hydroxide, Solute(name=hydroxide, spectator_charge=charge))
    hydrogen_sulfate = next(each for each in _FAMILIES if each.forms[0] == "HSO4-")
    _add(table, "H2SO4", Solute(name="H2SO4", families=((hydrogen_sulfate, 1),)))
    _add(table, "CO2", Solute(name="CO2", families=((_find_family("H2CO3"), 1),)))
    for salt in ("NaCl", "KCl", "NaBr", "KBr", "NaNO3", "KNO3", "NaClO4", "KI", "NaI", "CaCl2"):
        _add(table, salt, Solute(name=salt))
    return table


def _add_form(table: dict[object, Solute], family: Family, form: str, charge: int) -> None:
    """Add one form: alone, and in its salts with common ions."""
    _add(table, form, Solute(name=form, families=((family, 1),), spectator_charge=-charge))
    bare = form.partition("^")[0].rstrip("+-")
    if charge < 0:
        for metal in ("Na", "K", "Li"):
            salt = f"{metal}{-charge if charge < -1 else ''}{bare}"
            single = Solute(name=salt, families=((family, 1),), spectator_charge=-charge)
            _add(table, salt, single)
        for metal in ("Ca", "Ba"):
            _add_earth(table, family, f"{metal}", bare, charge)
        ammonium = f"(NH4){-charge if charge < -1 else ''}({bare})"
        both = ((family, 1), (_find_family("NH4+"), -charge))
        _add(table, ammonium, Solute(name=ammonium, families=both))
    if charge > 0:
        for anion in ("Cl", "Br", "NO3", "ClO4"):
            salt = f"({bare})({anion})"
            _add(
                table,
                salt,
                Solute(name=salt, families=((family, 1),), spectator_charge=-charge),
            )


def _add_earth(
    table: dict[object, Solute], family: Family, metal: str, bare: str, charge: int
) -> None:
    """Add the salt of a metal of charge 2."""
    if charge == -1:
        name = f"{metal}({bare})2"
        _add(table, name, Solute(name=name, families=((family, 2),), spectator_charge=2))


def _add(table: dict[object, Solute], text: str, solute: Solute) -> None:
    formula: Formula = parse_formula(text)
    table.setdefault(formula.key, solute)


def _find_family(first: str) -> Family:
    return next(each for each in _FAMILIES if each.forms[0] == first)
