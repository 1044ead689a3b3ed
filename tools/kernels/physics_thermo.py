"""Heat, gases and engines."""

from __future__ import annotations

from tools.kernels.physics_topic import (
    ADIABATIC_INDEX,
    FRACTION,
    POSITIVE,
    Topic,
    rise,
    row,
)

_AMOUNT = row("n", "mol", "amount of gas", POSITIVE)
_HEATS = (
    row("Cv", "J/(mol*K)", "molar heat at constant volume", POSITIVE),
    row("Cp", "J/(mol*K)", "molar heat at constant pressure", POSITIVE),
    row("gamma", "", "Cp/Cv: 5/3 for one atom, 7/5 for two", ADIABATIC_INDEX),
)
_ENERGIES = (
    row("W", "J", "work done by the gas"),
    row("Q", "J", "heat taken in by the gas"),
    row("dU", "J", "rise of the internal energy"),
)
_HEAT_LAWS = ("Cp = Cv + R", "Cp = gamma*Cv", "Cv*gamma = Cv + R")

HEAT = Topic(
    name="heat",
    summary="warming and cooling without a change of phase",
    symbols=(
        row("Q", "J", "heat taken in"),
        row("m", "kg", "mass", POSITIVE),
        row("c_p", "J/(kg*K)", "specific heat", POSITIVE),
        rise("dT", "rise of the temperature"),
        row("T1", "K", "temperature before", POSITIVE),
        row("T2", "K", "temperature after", POSITIVE),
        row("t", "s", "time", POSITIVE),
        row("P", "W", "power of the heating"),
    ),
    laws=("Q = m*c_p*dT", "dT = T2 - T1", "Q = P*t"),
)
LATENT = Topic(
    name="latent_heat",
    summary="melting and boiling",
    symbols=(
        row("Q", "J", "heat taken in"),
        row("m", "kg", "mass", POSITIVE),
        row("L", "J/kg", "latent heat", POSITIVE),
    ),
    laws=("Q = m*L",),
)
MIXING = Topic(
    name="mixing",
    summary="two bodies that come to one temperature without loss",
    symbols=(
        row("m1", "kg", "mass of the first", POSITIVE),
        row("m2", "kg", "mass of the second", POSITIVE),
        row("c1", "J/(kg*K)", "specific heat of the first", POSITIVE),
        row("c2", "J/(kg*K)", "specific heat of the second", POSITIVE),
        row("T1", "K", "temperature of the first before", POSITIVE),
        row("T2", "K", "temperature of the second before", POSITIVE),
        row("T", "K", "temperature after", POSITIVE),
        row("Q", "J", "heat that the first takes in"),
    ),
    laws=(
        "m1*c1*T1 + m2*c2*T2 = m1*c1*T + m2*c2*T",
        "Q = m1*c1*T - m1*c1*T1",
    ),
    note="no loss and no change of phase",
)
IDEAL_GAS = Topic(
    name="ideal_gas",
    summary="state of an ideal gas",
    symbols=(
        row("P", "Pa", "pressure", POSITIVE),
        row("V", "m^3", "volume", POSITIVE),
        row("n", "mol", "amount", POSITIVE),
        row("T", "K", "temperature", POSITIVE),
        row("m", "kg", "mass", POSITIVE),
        row("M", "kg/mol", "molar mass", POSITIVE),
        row("rho", "kg/m^3", "density", POSITIVE),
        row("v_rms", "m/s", "root mean square speed of the molecules", POSITIVE),
    ),
    laws=("P*V = n*R*T", "m = n*M", "rho = m/V", "P*M = rho*R*T", "v_rms^2*M = 3*R*T"),
)
ISOTHERMAL = Topic(
    name="isothermal",
    summary="ideal gas at constant temperature, reversible",
    symbols=(
        _AMOUNT,
        row("T", "K", "temperature", POSITIVE),
        row("P1", "Pa", "pressure before", POSITIVE),
        row("V1", "m^3", "volume before", POSITIVE),
        row("P2", "Pa", "pressure after", POSITIVE),
        row("V2", "m^3", "volume after", POSITIVE),
        row("ratio", "", "V2/V1", POSITIVE),
        *_ENERGIES,
    ),
    laws=(
        "P1*V1 = P2*V2",
        "P1*V1 = n*R*T",
        "P2*V2 = n*R*T",
        "ratio = V2/V1",
        "ratio = P1/P2",
        "W = n*R*T*ln(ratio)",
        "W = P1*V1*ln(ratio)",
        "Q = W",
        "dU = 0",
    ),
)
ISOBARIC = Topic(
    name="isobaric",
    summary="ideal gas at constant pressure",
    symbols=(
        _AMOUNT,
        row("P", "Pa", "pressure", POSITIVE),
        row("V1", "m^3", "volume before", POSITIVE),
        row("T1", "K", "temperature before", POSITIVE),
        row("V2", "m^3", "volume after", POSITIVE),
        row("T2", "K", "temperature after", POSITIVE),
        *_HEATS,
        *_ENERGIES,
    ),
    laws=(
        "V1*T2 = V2*T1",
        "P*V1 = n*R*T1",
        "P*V2 = n*R*T2",
        "W = P*V2 - P*V1",
        "W = n*R*T2 - n*R*T1",
        *_HEAT_LAWS,
        "Q = n*Cp*T2 - n*Cp*T1",
        "dU = n*Cv*T2 - n*Cv*T1",
        "W*Cp = Q*R",
        "Q = dU + W",
    ),
)
ISOCHORIC = Topic(
    name="isochoric",
    summary="ideal gas at constant volume",
    symbols=(
        _AMOUNT,
        row("V", "m^3", "volume", POSITIVE),
        row("P1", "Pa", "pressure before", POSITIVE),
        row("T1", "K", "temperature before", POSITIVE),
        row("P2", "Pa", "pressure after", POSITIVE),
        row("T2", "K", "temperature after", POSITIVE),
        *_HEATS,
        *_ENERGIES,
    ),
    laws=(
        "P1*T2 = P2*T1",
        "P1*V = n*R*T1",
        "P2*V = n*R*T2",
        "W = 0",
        *_HEAT_LAWS,
        "dU = n*Cv*T2 - n*Cv*T1",
        "dU*R = Cv*V*P2 - Cv*V*P1",
        "Q = dU",
    ),
)
ADIABATIC = Topic(
    name="adiabatic",
    summary="ideal gas without exchange of heat, reversible",
    symbols=(
        _AMOUNT,
        row("P1", "Pa", "pressure before", POSITIVE),
        row("V1", "m^3", "volume before", POSITIVE),
        row("T1", "K", "temperature before", POSITIVE),
        row("P2", "Pa", "pressure after", POSITIVE),
        row("V2", "m^3", "volume after", POSITIVE),
        row("T2", "K", "temperature after", POSITIVE),
        *_HEATS,
        *_ENERGIES,
    ),
    laws=(
        "P1*V1^gamma = P2*V2^gamma",
        "T1*V1^gamma*V2 = T2*V2^gamma*V1",
        "T1^gamma*P2^gamma*P1 = T2^gamma*P1^gamma*P2",
        "P1*V1*T2 = P2*V2*T1",
        "P1*V1 = n*R*T1",
        "P2*V2 = n*R*T2",
        *_HEAT_LAWS,
        "dU = n*Cv*T2 - n*Cv*T1",
        "gamma*W - W = P1*V1 - P2*V2",
        "dU = -W",
        "Q = 0",
    ),
)
ENGINE = Topic(
    name="heat_engine",
    summary="an engine between a hot and a cold side",
    symbols=(
        row("Qh", "J", "heat taken from the hot side", POSITIVE),
        row("Qc", "J", "heat given to the cold side", POSITIVE),
        row("W", "J", "work done", POSITIVE),
        row("eta", "", "efficiency", FRACTION),
        row("Th", "K", "temperature of the hot side", POSITIVE),
        row("Tc", "K", "temperature of the cold side", POSITIVE),
        row("eta_carnot", "", "greatest possible efficiency", FRACTION),
    ),
    laws=("W = Qh - Qc", "W = eta*Qh", "Qc = Qh - eta*Qh", "eta_carnot*Th = Th - Tc"),
    note="eta is the engine's own; a Carnot engine has eta = eta_carnot",
)
CARNOT = Topic(
    name="carnot",
    summary="a reversible engine, refrigerator or heat pump between two temperatures",
    symbols=(
        row("Qh", "J", "heat at the hot side", POSITIVE),
        row("Qc", "J", "heat at the cold side", POSITIVE),
        row("W", "J", "work", POSITIVE),
        row("eta", "", "efficiency as an engine", FRACTION),
        row("Th", "K", "temperature of the hot side", POSITIVE),
        row("Tc", "K", "temperature of the cold side", POSITIVE),
        row("cop_cooling", "", "Qc/W as a refrigerator", POSITIVE),
        row("cop_heating", "", "Qh/W as a heat pump", POSITIVE),
    ),
    laws=(
        "eta*Th = Th - Tc",
        "W = eta*Qh",
        "W = Qh - Qc",
        "Qc*Th = Qh*Tc",
        "cop_cooling*Th - cop_cooling*Tc = Tc",
        "cop_heating*Th - cop_heating*Tc = Th",
        "Qc = cop_cooling*W",
    ),
)
RADIATION = Topic(
    name="radiation",
    summary="heat radiated by a surface",
    symbols=(
        row("P", "W", "power radiated", POSITIVE),
        row("A", "m^2", "area", POSITIVE),
        row("T", "K", "temperature", POSITIVE),
        row("emissivity", "", "1 for a black body", FRACTION, 1.0),
    ),
    laws=("P = emissivity*sigma*A*T^4",),
)
CONDUCTION = Topic(
    name="conduction",
    summary="heat through a wall",
    symbols=(
        row("P", "W", "heat a second"),
        row("k", "W/(m*K)", "conductivity", POSITIVE),
        row("A", "m^2", "area", POSITIVE),
        rise("dT", "difference of the temperatures of the sides"),
        row("l", "m", "thickness", POSITIVE),
    ),
    laws=("P*l = k*A*dT",),
)

TOPICS = (
    HEAT,
    LATENT,
    MIXING,
    IDEAL_GAS,
    ISOTHERMAL,
    ISOBARIC,
    ISOCHORIC,
    ADIABATIC,
    ENGINE,
    CARNOT,
    RADIATION,
    CONDUCTION,
)
