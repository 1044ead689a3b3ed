"""pH of solutions of acids, bases, salts and buffers, by the exact balance of charges.

For each family of weak acid and base with the acid constants K1..Kn, the share of the form that
lost j protons is K1...Kj [H+]^(n-j) over the sum of all such terms (Butler, Ionic Equilibrium).
The charges of all ions, with [OH-] = Kw/[H+], add up to zero at one pH only: their sum falls all
the way, and its root is found by Brent's method. Nothing is neglected but activities.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy import optimize

from tools.kernels.chemistry_acid import Family, Solute, find_solute, make_acid
from tools.kernels.kernel_error import KernelError
from tools.kernels.units_quantity import read_base, render_quantity, tidy

MAX_MOLAR = 50.0
MAX_PROTONS = 6
PKW = 14.0

_LITRES_PER_CUBIC_METRE = 1000.0
_LOWEST_PH, _HIGHEST_PH = -4.0, 18.0
_MOST_PKA = 60.0
_KINDS = (
    "strong_acid",
    "strong_base",
    "weak_acid",
    "weak_base",
    "salt_of_weak_acid",
    "salt_of_weak_base",
)


_EQUATIONS = (
    "sum of all charges = 0: [H+] + other cations = [OH-] + other anions",
    "[H+][OH-] = Kw",
    "Ka = [H+][A-]/[HA] for each loss of a proton",
    "[HA] + [A-] = concentration of the solute",
)
_NOTE = "exact balance of charges with concentrations for activities, pKw = {pkw:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissolved:
    """A solute at its concentration in the mixture.

    Attributes:
        solute: What one unit of it brings.
        molar: Concentration in mol/L.
    """

    solute: Solute
    molar: float


def describe_ph(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Find the pH of a mixture.

    Args:
        arguments: ``solutes``, each with ``concentration`` and ``species``, or ``kind`` and its
            constants; with ``volume`` each, the volumes are mixed. ``pkw`` for other temperatures.

    Raises:
        KernelError: Saying which solute cannot be read.
    """
    pkw = _read_pkw(arguments.get("pkw"))
    mixture = read_mixture(arguments.get("solutes") or [], pkw)
    ph = solve_ph(mixture, pkw)
    families = [(family, each.molar * n) for each in mixture for family, n in each.solute.families]
    forms = [
        (form, molar * share, share)
        for family, molar in _gather(families)
        for form, share in zip(family.forms, share_forms(family, ph), strict=True)
    ]
    hydrogen, hydroxide = 10.0**-ph, 10.0 ** (ph - pkw)
    ions = [("H+", hydrogen), ("OH-", hydroxide), *((form, molar) for form, molar, _ in forms)]
    note = _NOTE.format(pkw=pkw)
    lines = [f"pH = {ph:.4f}, pOH = {pkw - ph:.4f}"]
    lines += [f"[{form}] = {render_quantity(molar, 'mol/L')}" for form, molar in ions]
    return {
        "text": "\n".join([*lines, f"Note: {note}."]),
        "ph": tidy(ph, 8),
        "poh": tidy(pkw - ph, 8),
        "hydrogen_molar": tidy(hydrogen, 8),
        "hydroxide_molar": tidy(hydroxide, 8),
        "forms": [
            {"form": form, "concentration_molar": tidy(molar), "share": tidy(share)}
            for form, molar, share in forms
        ],
        "equations": list(_EQUATIONS),
        "notes": [note],
    }


def read_mixture(given: Sequence[Mapping[str, Any]], pkw: float = PKW) -> list[Dissolved]:
    """Read the solutes of a call and mix their volumes.

    Raises:
        KernelError: Naming the solute that cannot be read.
    """
    if not given:
        raise KernelError(
            "`solutes` is empty: give at least one, such as {'species': 'CH3COOH', "
            "'concentration': '0.1 mol/L'}"
        )
    volumes = [_read_volume(each, index) for index, each in enumerate(given)]
    if any(volumes) and not all(volumes):
        raise KernelError("give a `volume` for every solute that is mixed, or for none")
    total = sum(volume or 0.0 for volume in volumes)
    mixture: list[Dissolved] = []
    for index, (each, volume) in enumerate(zip(given, volumes, strict=True)):
        molar = _read_molar(each, index) * ((volume or 0.0) / total if total else 1.0)
        mixture.append(Dissolved(solute=_read_solute(each, index, pkw), molar=molar))
    return mixture


def solve_ph(mixture: Sequence[Dissolved], pkw: float = PKW) -> float:
    """Return the pH at which all charges add up to zero."""

    def surplus(ph: float) -> float:
        return measure_charge(mixture, ph, pkw)

    found = optimize.root_scalar(surplus, bracket=(_LOWEST_PH, _HIGHEST_PH), method="brentq")
    return round(float(found.root), 10) + 0.0


def measure_charge(mixture: Sequence[Dissolved], ph: float, pkw: float = PKW) -> float:
    """Return the sum of all charges at a pH, in mol/L; it falls as the pH rises."""
    charges = [10.0**-ph, -(10.0 ** (ph - pkw))]
    for each in mixture:
        charges.append(each.molar * each.solute.spectator_charge)
        for family, n in each.solute.families:
            shares = share_forms(family, ph)
            mean = sum(share * (family.charge - lost) for lost, share in enumerate(shares))
            charges.append(each.molar * n * mean)
    return math.fsum(charges)


def share_forms(family: Family, ph: float) -> list[float]:
    """Return the share of each form, from the fully protonated one."""
    powers = [0.0]
    for pka in family.pkas:
        powers.append(powers[-1] + ph - pka)
    highest = max(powers)
    weights = [10.0 ** (power - highest) for power in powers]
    return [weight / sum(weights) for weight in weights]


def _gather(families: Sequence[tuple[Family, float]]) -> list[tuple[Family, float]]:
    """Add up what several solutes bring of one family."""
    sums: dict[Family, float] = {}
    for family, molar in families:
        sums[family] = sums.get(family, 0.0) + molar
    return list(sums.items())


def _read_solute(given: Mapping[str, Any], index: int, pkw: float) -> Solute:
    species, kind = given.get("species"), given.get("kind")
    if species and not kind:
        return _replace_constants(find_solute(str(species)), given, index, pkw)
    if kind not in _KINDS:
        raise KernelError(f"solute {index + 1}: give `species`, or `kind`: {', '.join(_KINDS)}")
    name = str(species or kind)
    n_ions = int(given.get("ions") or 1)
    if kind == "strong_acid":
        return Solute(name=name, spectator_charge=-n_ions)
    if kind == "strong_base":
        return Solute(name=name, spectator_charge=n_ions)
    pkas = _read_pkas(given, index, pkw)
    if not pkas:
        raise KernelError(
            f"solute {index + 1}: a {kind} needs its constants: `pka`, `pkb`, `ka` or `kb`"
        )
    is_base = kind in {"weak_base", "salt_of_weak_base"}
    family = make_acid(pkas, charge=len(pkas) if is_base else 0)
    spectators = {"salt_of_weak_acid": len(pkas), "salt_of_weak_base": -len(pkas)}
    return Solute(name=name, families=((family, 1),), spectator_charge=spectators.get(kind, 0))


def _replace_constants(solute: Solute, given: Mapping[str, Any], index: int, pkw: float) -> Solute:
    """Let the constants of a call take the place of the table's."""
    pkas = _read_pkas(given, index, pkw)
    if not pkas:
        return solute
    n_known = [len(family.pkas) for family, _ in solute.families]
    if n_known != [len(pkas)]:
        raise KernelError(
            f"solute {index + 1}: {solute.name} has {sum(n_known)} constants in the table, not "
            f"{len(pkas)}: give as many, none, or `kind` for another acid or base"
        )
    ((family, n),) = solute.families
    return replace(solute, families=((replace(family, pkas=pkas), n),))


def _read_pkas(given: Mapping[str, Any], index: int, pkw: float) -> tuple[float, ...]:
    """Return the acid constants, rising; those of a base are its conjugate acid's."""
    pkas = [float(value) for value in given.get("pka") or []]
    pkas += [pkw - float(value) for value in given.get("pkb") or []]
    pkas += [_negative_log(float(value), index) for value in given.get("ka") or []]
    pkas += [pkw - _negative_log(float(value), index) for value in given.get("kb") or []]
    if len(pkas) > MAX_PROTONS or any(abs(value) > _MOST_PKA for value in pkas):
        raise KernelError(
            f"solute {index + 1}: at most {MAX_PROTONS} constants, pKa from -{_MOST_PKA:g} to "
            f"{_MOST_PKA:g}"
        )
    return tuple(sorted(pkas))


def _negative_log(value: float, index: int) -> float:
    if not value > 0:
        raise KernelError(f"solute {index + 1}: an equilibrium constant is above zero")
    return -math.log10(value)


def _read_molar(given: Mapping[str, Any], index: int) -> float:
    what = f"concentration of solute {index + 1}"
    molar = read_base(given.get("concentration"), "mol/L", what) / _LITRES_PER_CUBIC_METRE
    if not 0 <= molar <= MAX_MOLAR:
        raise KernelError(f"{what}: from 0 to {MAX_MOLAR:g} mol/L")
    return molar


def _read_volume(given: Mapping[str, Any], index: int) -> float | None:
    if given.get("volume") is None:
        return None
    volume = read_base(given["volume"], "L", f"volume of solute {index + 1}")
    if not volume > 0:
        raise KernelError(f"volume of solute {index + 1}: above zero")
    return volume


def _read_pkw(given: object) -> float:
    if given is None:
        return PKW
    if not isinstance(given, (int, float)) or not 10 <= given <= 16:  # noqa: PLR2004
        raise KernelError("pkw: of water between 0 and 350 degrees C it lies from 10 to 16")
    return float(given)
