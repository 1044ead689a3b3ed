"""Motion: along a line, on a circle's axis, and through the air."""

from __future__ import annotations

from tools.kernels.physics_topic import (
    ACUTE,
    NOT_NEGATIVE,
    POSITIVE,
    Topic,
    gravity,
    row,
)

KINEMATICS = Topic(
    name="kinematics",
    summary="motion along a line with constant acceleration",
    symbols=(
        row("v0", "m/s", "velocity at the start"),
        row("v", "m/s", "velocity at the end"),
        row("a", "m/s^2", "acceleration, constant; negative when it points against the axis"),
        row("t", "s", "time since the start", NOT_NEGATIVE),
        row("d", "m", "displacement since the start"),
    ),
    laws=(
        "v = v0 + a*t",
        "d = v0*t + 1/2*a*t^2",
        "d = v*t - 1/2*a*t^2",
        "v^2 = v0^2 + 2*a*d",
        "d = 1/2*v0*t + 1/2*v*t",
    ),
    note="constant acceleration; times before the start are left out",
)
ROTATION = Topic(
    name="rotation",
    summary="turning about an axis with constant angular acceleration",
    symbols=(
        row("omega0", "rad/s", "angular velocity at the start"),
        row("omega", "rad/s", "angular velocity at the end"),
        row("alpha", "rad/s^2", "angular acceleration, constant"),
        row("t", "s", "time since the start", NOT_NEGATIVE),
        row("phi", "rad", "angle turned"),
        row("I", "kg*m^2", "moment of inertia", POSITIVE),
        row("tau", "N*m", "net torque"),
        row("L", "kg*m^2/s", "angular momentum at the end"),
        row("K", "J", "energy of rotation at the end", NOT_NEGATIVE),
    ),
    laws=(
        "omega = omega0 + alpha*t",
        "phi = omega0*t + 1/2*alpha*t^2",
        "phi = omega*t - 1/2*alpha*t^2",
        "omega^2 = omega0^2 + 2*alpha*phi",
        "phi = 1/2*omega0*t + 1/2*omega*t",
        "tau = I*alpha",
        "L = I*omega",
        "K = 1/2*I*omega^2",
    ),
    note="constant torque about a fixed axis",
)
PROJECTILE = Topic(
    name="projectile",
    summary="a throw over flat ground, from a height h0, without air",
    symbols=(
        row("v0", "m/s", "speed at the start", NOT_NEGATIVE),
        row("theta", "degree", "angle above the horizontal at the start", ACUTE),
        row("h0", "m", "height at the start above the ground", NOT_NEGATIVE),
        gravity(),
        row("vx", "m/s", "horizontal velocity", NOT_NEGATIVE),
        row("vy0", "m/s", "vertical velocity at the start", NOT_NEGATIVE),
        row("t", "s", "time until it lands", POSITIVE),
        row("x", "m", "horizontal distance where it lands", NOT_NEGATIVE),
        row("h_max", "m", "greatest height above the ground", NOT_NEGATIVE),
        row("t_up", "s", "time until the greatest height", NOT_NEGATIVE),
        row("v_end", "m/s", "speed where it lands", NOT_NEGATIVE),
    ),
    laws=(
        "vx = v0*cos(theta)",
        "vy0 = v0*sin(theta)",
        "v0^2 = vx^2 + vy0^2",
        "h0 + vy0*t - 1/2*g*t^2 = 0",
        "x = vx*t",
        "t_up = vy0/g",
        "h_max = h0 + 1/2*vy0^2/g",
        "v_end^2 = v0^2 + 2*g*h0",
    ),
    note="no air; it lands at height 0, after the start",
)
PROJECTILE_LEVEL = Topic(
    name="projectile_level",
    summary="a throw that lands at the height where it started, without air",
    symbols=(
        row("v0", "m/s", "speed at the start", NOT_NEGATIVE),
        row("theta", "degree", "angle above the horizontal at the start", ACUTE),
        gravity(),
        row("t", "s", "time of flight", POSITIVE),
        row("x", "m", "range", NOT_NEGATIVE),
        row("h_max", "m", "greatest height", NOT_NEGATIVE),
    ),
    laws=(
        "x*g = v0^2*sin(2*theta)",
        "t*g = 2*v0*sin(theta)",
        "2*g*h_max = v0^2*sin(theta)^2",
        "8*h_max = g*t^2",
    ),
    note="no air; start and end are equally high",
)

TOPICS = (KINEMATICS, ROTATION, PROJECTILE, PROJECTILE_LEVEL)
