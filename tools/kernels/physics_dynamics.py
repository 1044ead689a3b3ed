"""Forces: Newton's laws, friction, inclines, circles, gravitation and springs."""

from __future__ import annotations

from tools.kernels.physics_topic import (
    ACUTE,
    NOT_NEGATIVE,
    POSITIVE,
    Topic,
    gravity,
    row,
)

NEWTON = Topic(
    name="newton",
    summary="net force, mass and acceleration; weight",
    symbols=(
        row("F", "N", "net force"),
        row("m", "kg", "mass", POSITIVE),
        row("a", "m/s^2", "acceleration"),
        row("W", "N", "weight", POSITIVE),
        gravity(),
    ),
    laws=("F = m*a", "W = m*g"),
)
FRICTION = Topic(
    name="friction",
    summary="a body pulled over level ground against sliding friction",
    symbols=(
        row("F", "N", "force along the ground, in the direction of motion"),
        row("m", "kg", "mass", POSITIVE),
        row("mu", "", "coefficient of sliding friction", NOT_NEGATIVE),
        row("N", "N", "normal force", NOT_NEGATIVE),
        row("f", "N", "friction", NOT_NEGATIVE),
        row("a", "m/s^2", "acceleration"),
        gravity(),
    ),
    laws=("N = m*g", "f = mu*N", "f = mu*m*g", "m*a = F - f"),
    note="the body slides, and the force has no part across the ground",
)
INCLINE = Topic(
    name="incline",
    summary="a body that slides down a slope, with friction (mu = 0 for none)",
    symbols=(
        row("m", "kg", "mass", POSITIVE),
        row("theta", "degree", "angle of the slope", ACUTE),
        row("mu", "", "coefficient of sliding friction", NOT_NEGATIVE),
        row("N", "N", "normal force", NOT_NEGATIVE),
        row("f", "N", "friction", NOT_NEGATIVE),
        row("F_along", "N", "part of the weight along the slope", NOT_NEGATIVE),
        row("a", "m/s^2", "acceleration down the slope; negative where it slows"),
        gravity(),
    ),
    laws=(
        "a = g*sin(theta) - mu*g*cos(theta)",
        "N = m*g*cos(theta)",
        "f = mu*N",
        "F_along = m*g*sin(theta)",
        "m*a = F_along - f",
    ),
    note="the body moves downwards, so that friction points upwards",
)
CIRCULAR = Topic(
    name="circular",
    summary="uniform motion on a circle",
    symbols=(
        row("r", "m", "radius", POSITIVE),
        row("v", "m/s", "speed", NOT_NEGATIVE),
        row("omega", "rad/s", "angular velocity", NOT_NEGATIVE),
        row("T", "s", "period", POSITIVE),
        row("f", "Hz", "turns a second", POSITIVE),
        row("a", "m/s^2", "acceleration towards the centre", NOT_NEGATIVE),
        row("m", "kg", "mass", POSITIVE),
        row("F", "N", "force towards the centre", NOT_NEGATIVE),
    ),
    laws=(
        "v = omega*r",
        "omega*T = 2*pi",
        "f*T = 1",
        "v*T = 2*pi*r",
        "a = v^2/r",
        "a = omega^2*r",
        "F = m*a",
        "F = m*v^2/r",
    ),
)
GRAVITATION = Topic(
    name="gravitation",
    summary="attraction of two masses, and circular orbits",
    symbols=(
        row("M", "kg", "mass of the central body", POSITIVE),
        row("m", "kg", "mass of the other body", POSITIVE),
        row("r", "m", "distance of the centres", POSITIVE),
        row("F", "N", "attraction", POSITIVE),
        row("g", "m/s^2", "acceleration of free fall at the distance r", POSITIVE),
        row("v", "m/s", "speed on a circular orbit", POSITIVE),
        row("T", "s", "period of a circular orbit", POSITIVE),
        row("v_escape", "m/s", "speed of escape from the distance r", POSITIVE),
        row("U", "J", "potential energy, zero far away"),
    ),
    laws=(
        "F = G*M*m/r^2",
        "g = G*M/r^2",
        "F = m*g",
        "v^2 = G*M/r",
        "T^2*G*M = 4*pi^2*r^3",
        "v*T = 2*pi*r",
        "v_escape^2 = 2*G*M/r",
        "U = -G*M*m/r",
    ),
    note="spheres or points; g is the local one here, not the standard one",
)
SPRING = Topic(
    name="spring",
    summary="Hooke's law and the oscillation of a mass on a spring",
    symbols=(
        row("k", "N/m", "stiffness", POSITIVE),
        row("x", "m", "stretch", NOT_NEGATIVE),
        row("F", "N", "size of the restoring force", NOT_NEGATIVE),
        row("E", "J", "energy stored", NOT_NEGATIVE),
        row("m", "kg", "mass", POSITIVE),
        row("omega", "rad/s", "angular frequency", POSITIVE),
        row("T", "s", "period", POSITIVE),
        row("f", "Hz", "frequency", POSITIVE),
    ),
    laws=(
        "F = k*x",
        "E = 1/2*k*x^2",
        "E = 1/2*F*x",
        "omega^2 = k/m",
        "omega*T = 2*pi",
        "f*T = 1",
    ),
)
PENDULUM = Topic(
    name="pendulum",
    summary="a small swing of a mass on a string",
    symbols=(
        row("l", "m", "length", POSITIVE),
        row("T", "s", "period", POSITIVE),
        row("f", "Hz", "frequency", POSITIVE),
        gravity(),
    ),
    laws=("T^2*g = 4*pi^2*l", "f*T = 1"),
    note="small angles",
)

TOPICS = (NEWTON, FRICTION, INCLINE, CIRCULAR, GRAVITATION, SPRING, PENDULUM)
