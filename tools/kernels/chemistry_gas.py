"""Gases and solutions as topics of laws, in a chemist's units."""

from __future__ import annotations

from tools.kernels.law_solve import Bounds
from tools.kernels.physics_topic import FRACTION, POSITIVE, Topic, row

_NOT_NEGATIVE = Bounds(least=0.0)

IDEAL_GAS = Topic(
    name="ideal_gas",
    summary="state of an ideal gas",
    symbols=(
        row("P", "atm", "pressure", POSITIVE),
        row("V", "L", "volume", POSITIVE),
        row("n", "mol", "amount", POSITIVE),
        row("T", "K", "temperature", POSITIVE),
        row("m", "g", "mass", POSITIVE),
        row("M", "g/mol", "molar mass", POSITIVE),
        row("rho", "g/L", "density", POSITIVE),
    ),
    laws=("P*V = n*R*T", "m = n*M", "rho*V = m", "P*M = rho*R*T"),
    note="ideal gas",
)
COMBINED_GAS = Topic(
    name="combined_gas",
    summary="a fixed amount of gas before and after; give what stays the same twice",
    symbols=(
        row("P1", "atm", "pressure before", POSITIVE),
        row("V1", "L", "volume before", POSITIVE),
        row("T1", "K", "temperature before", POSITIVE),
        row("P2", "atm", "pressure after", POSITIVE),
        row("V2", "L", "volume after", POSITIVE),
        row("T2", "K", "temperature after", POSITIVE),
    ),
    laws=("P1*V1*T2 = P2*V2*T1",),
    note="ideal gas, none added or lost",
)
BOYLE = Topic(
    name="boyle",
    summary="a fixed amount of gas at constant temperature",
    symbols=(
        row("P1", "atm", "pressure before", POSITIVE),
        row("V1", "L", "volume before", POSITIVE),
        row("P2", "atm", "pressure after", POSITIVE),
        row("V2", "L", "volume after", POSITIVE),
    ),
    laws=("P1*V1 = P2*V2",),
    note="ideal gas at constant temperature",
)
CHARLES = Topic(
    name="charles",
    summary="a fixed amount of gas at constant pressure",
    symbols=(
        row("V1", "L", "volume before", POSITIVE),
        row("T1", "K", "temperature before", POSITIVE),
        row("V2", "L", "volume after", POSITIVE),
        row("T2", "K", "temperature after", POSITIVE),
    ),
    laws=("V1*T2 = V2*T1",),
    note="ideal gas at constant pressure",
)
GAY_LUSSAC = Topic(
    name="gay_lussac",
    summary="a fixed amount of gas in a fixed volume",
    symbols=(
        row("P1", "atm", "pressure before", POSITIVE),
        row("T1", "K", "temperature before", POSITIVE),
        row("P2", "atm", "pressure after", POSITIVE),
        row("T2", "K", "temperature after", POSITIVE),
    ),
    laws=("P1*T2 = P2*T1",),
    note="ideal gas in a fixed volume",
)
AVOGADRO = Topic(
    name="avogadro",
    summary="volume and amount of a gas at constant pressure and temperature",
    symbols=(
        row("V1", "L", "volume before", POSITIVE),
        row("n1", "mol", "amount before", POSITIVE),
        row("V2", "L", "volume after", POSITIVE),
        row("n2", "mol", "amount after", POSITIVE),
    ),
    laws=("V1*n2 = V2*n1",),
    note="ideal gas at constant pressure and temperature",
)
PARTIAL_PRESSURE = Topic(
    name="partial_pressure",
    summary="one gas in a mixture (Dalton)",
    symbols=(
        row("P", "atm", "pressure of the mixture", POSITIVE),
        row("x", "", "share of the gas in the amount", FRACTION),
        row("p", "atm", "partial pressure of the gas", _NOT_NEGATIVE),
        row("n_gas", "mol", "amount of the gas", _NOT_NEGATIVE),
        row("n", "mol", "amount of the mixture", POSITIVE),
    ),
    laws=("p = x*P", "n_gas = x*n", "p*n = n_gas*P"),
    note="ideal gases",
)
EFFUSION = Topic(
    name="effusion",
    summary="rates of two gases through a small hole (Graham)",
    symbols=(
        row("ratio", "", "rate of the first over rate of the second", POSITIVE),
        row("M1", "g/mol", "molar mass of the first", POSITIVE),
        row("M2", "g/mol", "molar mass of the second", POSITIVE),
    ),
    laws=("ratio^2*M1 = M2",),
    note="same pressure and temperature",
)
DILUTION = Topic(
    name="dilution",
    summary="a solution before and after solvent is added",
    symbols=(
        row("C1", "mol/L", "concentration before", POSITIVE),
        row("V1", "L", "volume before", POSITIVE),
        row("C2", "mol/L", "concentration after", POSITIVE),
        row("V2", "L", "volume after", POSITIVE),
        row("V_added", "L", "volume of solvent added", _NOT_NEGATIVE),
        row("factor", "", "V2/V1", POSITIVE),
        row("n", "mol", "amount of the solute", POSITIVE),
    ),
    laws=(
        "C1*V1 = C2*V2",
        "V2 = V1 + V_added",
        "V2 = factor*V1",
        "C1 = factor*C2",
        "n = C1*V1",
        "n = C2*V2",
        "C1*V1 = C2*V1 + C2*V_added",
    ),
    note="volumes add up",
)
MOLARITY = Topic(
    name="molarity",
    summary="concentration, amount and mass of a solute",
    symbols=(
        row("C", "mol/L", "concentration", POSITIVE),
        row("V", "L", "volume of the solution", POSITIVE),
        row("n", "mol", "amount", POSITIVE),
        row("m", "g", "mass of the solute", POSITIVE),
        row("M", "g/mol", "molar mass", POSITIVE),
    ),
    laws=("n = C*V", "m = n*M", "m = C*V*M"),
)

TOPICS = (
    IDEAL_GAS,
    COMBINED_GAS,
    BOYLE,
    CHARLES,
    GAY_LUSSAC,
    AVOGADRO,
    PARTIAL_PRESSURE,
    EFFUSION,
    DILUTION,
    MOLARITY,
)
