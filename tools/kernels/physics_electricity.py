"""Electricity and magnetism, apart from circuits with a netlist."""

from __future__ import annotations

from tools.kernels.physics_topic import NOT_NEGATIVE, POSITIVE, Topic, row

OHM = Topic(
    name="ohm",
    summary="voltage, current, resistance and power of one resistor",
    symbols=(
        row("U", "V", "voltage"),
        row("I", "A", "current"),
        row("R", "ohm", "resistance", POSITIVE),
        row("P", "W", "power", NOT_NEGATIVE),
        row("t", "s", "time", POSITIVE),
        row("E", "J", "energy", NOT_NEGATIVE),
    ),
    laws=("U = R*I", "P = U*I", "P = R*I^2", "P*R = U^2", "E = P*t"),
)
WIRE = Topic(
    name="wire",
    summary="resistance of a wire",
    symbols=(
        row("R", "ohm", "resistance", POSITIVE),
        row("rho", "ohm*m", "resistivity", POSITIVE),
        row("l", "m", "length", POSITIVE),
        row("A", "m^2", "cross section", POSITIVE),
        row("diameter", "m", "diameter of a round wire", POSITIVE),
    ),
    laws=("R*A = rho*l", "A = 1/4*pi*diameter^2"),
)
COULOMB = Topic(
    name="coulomb",
    summary="force, field and potential of point charges",
    symbols=(
        row("q1", "C", "first charge, the source of field and potential"),
        row("q2", "C", "second charge"),
        row("r", "m", "distance", POSITIVE),
        row("F", "N", "force, positive where they repel"),
        row("E", "V/m", "field of the first at the second, positive away from it"),
        row("V", "V", "potential of the first at the second"),
        row("U", "J", "potential energy"),
    ),
    laws=("F = k_e*q1*q2/r^2", "E = k_e*q1/r^2", "V = k_e*q1/r", "U = k_e*q1*q2/r", "F = q2*E"),
)
CAPACITOR = Topic(
    name="capacitor",
    summary="charge and energy of a capacitor, and its discharge",
    symbols=(
        row("C", "F", "capacitance", POSITIVE),
        row("Q", "C", "charge"),
        row("U", "V", "voltage"),
        row("E", "J", "energy", NOT_NEGATIVE),
        row("R", "ohm", "resistance it discharges through", POSITIVE),
        row("tau", "s", "time constant", POSITIVE),
        row("t", "s", "time since the discharge began", NOT_NEGATIVE),
        row("x", "", "t/tau", NOT_NEGATIVE),
        row("U_t", "V", "voltage at that time"),
    ),
    laws=(
        "Q = C*U",
        "E = 1/2*C*U^2",
        "E = 1/2*Q*U",
        "tau = R*C",
        "x = t/tau",
        "U_t = U*exp(-1*x)",
    ),
)
MAGNETIC_FORCE = Topic(
    name="magnetic_force",
    summary="force of a magnetic field at a right angle to the motion or the current",
    symbols=(
        row("B", "T", "field", POSITIVE),
        row("q", "C", "size of the charge", POSITIVE),
        row("v", "m/s", "speed", POSITIVE),
        row("m", "kg", "mass", POSITIVE),
        row("r", "m", "radius of the path", POSITIVE),
        row("f", "Hz", "turns a second", POSITIVE),
        row("F", "N", "force", POSITIVE),
        row("I", "A", "current", POSITIVE),
        row("l", "m", "length of the conductor", POSITIVE),
    ),
    laws=("F = q*v*B", "F = I*l*B", "q*B*r = m*v", "2*pi*m*f = q*B"),
    note="right angles; field and conductor or path cross",
)

TOPICS = (OHM, WIRE, COULOMB, CAPACITOR, MAGNETIC_FORCE)
