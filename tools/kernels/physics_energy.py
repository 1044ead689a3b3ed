"""Energy, momentum and collisions."""

from __future__ import annotations

import math

from tools.kernels.law_solve import Bounds
from tools.kernels.physics_topic import (
    ANY,
    FRACTION,
    NOT_NEGATIVE,
    POSITIVE,
    Topic,
    gravity,
    row,
)

_HALF_TURN = Bounds(least=0.0, most=math.pi)
_MASSES = (
    row("m1", "kg", "mass of the first body", POSITIVE),
    row("m2", "kg", "mass of the second body", POSITIVE),
    row("v1", "m/s", "velocity of the first before"),
    row("v2", "m/s", "velocity of the second before"),
)

ENERGY = Topic(
    name="energy",
    summary="mechanical energy of a body between a start and an end, with work done on it",
    symbols=(
        row("m", "kg", "mass", POSITIVE),
        row("v1", "m/s", "speed at the start", NOT_NEGATIVE),
        row("v2", "m/s", "speed at the end", NOT_NEGATIVE),
        row("h1", "m", "height at the start"),
        row("h2", "m", "height at the end"),
        row("W", "J", "work of other forces, negative for friction", ANY, 0.0),
        row("K1", "J", "kinetic energy at the start", NOT_NEGATIVE),
        row("K2", "J", "kinetic energy at the end", NOT_NEGATIVE),
        row("U1", "J", "potential energy at the start"),
        row("U2", "J", "potential energy at the end"),
        gravity(),
    ),
    laws=(
        "1/2*m*v1^2 + m*g*h1 + W = 1/2*m*v2^2 + m*g*h2",
        "1/2*v1^2 + g*h1 + W/m = 1/2*v2^2 + g*h2",
        "K1 = 1/2*m*v1^2",
        "K2 = 1/2*m*v2^2",
        "U1 = m*g*h1",
        "U2 = m*g*h2",
        "K1 + U1 + W = K2 + U2",
    ),
)
ENERGY_FALL = Topic(
    name="energy_fall",
    summary="speed and height without friction, whatever the mass",
    symbols=(
        row("v1", "m/s", "speed at the start", NOT_NEGATIVE),
        row("v2", "m/s", "speed at the end", NOT_NEGATIVE),
        row("h", "m", "height lost; negative where it rises"),
        gravity(),
    ),
    laws=("v2^2 = v1^2 + 2*g*h",),
    note="no friction",
)
WORK = Topic(
    name="work",
    summary="work of a constant force, power and efficiency",
    symbols=(
        row("F", "N", "force"),
        row("d", "m", "distance"),
        row("theta", "degree", "angle between force and path", _HALF_TURN, 0.0),
        row("W", "J", "work"),
        row("t", "s", "time", POSITIVE),
        row("P", "W", "mean power"),
        row("v", "m/s", "mean speed along the path"),
        row("P_in", "W", "power taken in"),
        row("eta", "", "efficiency", FRACTION),
    ),
    laws=("W = F*d*cos(theta)", "P = W/t", "v*t = d", "P = F*v*cos(theta)", "P = eta*P_in"),
)
MOMENTUM = Topic(
    name="momentum",
    summary="momentum of a body, and the impulse that changes it",
    symbols=(
        row("m", "kg", "mass", POSITIVE),
        row("v1", "m/s", "velocity before"),
        row("v2", "m/s", "velocity after"),
        row("p1", "kg*m/s", "momentum before"),
        row("p2", "kg*m/s", "momentum after"),
        row("J", "N*s", "impulse"),
        row("F", "N", "mean force"),
        row("t", "s", "time the force acts", POSITIVE),
    ),
    laws=("p1 = m*v1", "p2 = m*v2", "J = p2 - p1", "J = m*v2 - m*v1", "J = F*t"),
)
COLLISION_ELASTIC = Topic(
    name="collision_elastic",
    summary="head-on collision that keeps kinetic energy",
    symbols=(
        *_MASSES,
        row("u1", "m/s", "velocity of the first after"),
        row("u2", "m/s", "velocity of the second after"),
        row("p", "kg*m/s", "momentum of both"),
        row("K", "J", "kinetic energy of both", NOT_NEGATIVE),
    ),
    laws=(
        "(m1 + m2)*u1 = (m1 - m2)*v1 + 2*m2*v2",
        "(m1 + m2)*u2 = (m2 - m1)*v2 + 2*m1*v1",
        "v1 + u1 = v2 + u2",
        "m1*v1 + m2*v2 = m1*u1 + m2*u2",
        "p = m1*v1 + m2*v2",
        "K = 1/2*m1*v1^2 + 1/2*m2*v2^2",
    ),
    note="along one line",
)
COLLISION = Topic(
    name="collision",
    summary="head-on collision of a given restitution: 0 sticks together, 1 is elastic",
    symbols=(
        *_MASSES,
        row("restitution", "", "speed of parting over speed of meeting", FRACTION),
        row("u1", "m/s", "velocity of the first after"),
        row("u2", "m/s", "velocity of the second after"),
        row("p", "kg*m/s", "momentum of both"),
        row("K1", "J", "kinetic energy of both before", NOT_NEGATIVE),
        row("K2", "J", "kinetic energy of both after", NOT_NEGATIVE),
        row("Q", "J", "kinetic energy lost"),
    ),
    laws=(
        "(m1 + m2)*u1 = m1*v1 + m2*v2 - m2*restitution*v1 + m2*restitution*v2",
        "(m1 + m2)*u2 = m1*v1 + m2*v2 + m1*restitution*v1 - m1*restitution*v2",
        "u2 - u1 = restitution*v1 - restitution*v2",
        "m1*v1 + m2*v2 = m1*u1 + m2*u2",
        "p = m1*v1 + m2*v2",
        "K1 = 1/2*m1*v1^2 + 1/2*m2*v2^2",
        "K2 = 1/2*m1*u1^2 + 1/2*m2*u2^2",
        "Q = K1 - K2",
    ),
    note="along one line",
)
PHOTON = Topic(
    name="photon",
    summary="energy and momentum of light, and of mass at rest",
    symbols=(
        row("f", "Hz", "frequency", POSITIVE),
        row("wavelength", "m", "wavelength in vacuum", POSITIVE),
        row("E", "J", "energy", POSITIVE),
        row("p", "kg*m/s", "momentum", POSITIVE),
        row("m", "kg", "mass of the same energy at rest", POSITIVE),
    ),
    laws=("f*wavelength = c", "E = h*f", "E = h*c/wavelength", "p = E/c", "E = m*c^2"),
)

TOPICS = (ENERGY, ENERGY_FALL, WORK, MOMENTUM, COLLISION_ELASTIC, COLLISION, PHOTON)
