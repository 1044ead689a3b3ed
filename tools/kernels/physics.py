"""The kernel of `physics`: solves a topic's laws for what is unknown, or a circuit's netlist.

Constants are scipy.constants' (CODATA); units are Pint's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.kernels import (
    physics_dynamics,
    physics_electricity,
    physics_energy,
    physics_kinematics,
    physics_optics,
    physics_thermo,
    physics_waves,
)
from tools.kernels.kernel_error import KernelError
from tools.kernels.physics_circuit import describe_circuit
from tools.kernels.physics_netlist import parse_netlist
from tools.kernels.physics_report import solve_call
from tools.kernels.physics_topic import Topic

TOPICS: Mapping[str, Topic] = {
    topic.name: topic
    for module in (
        physics_kinematics,
        physics_dynamics,
        physics_energy,
        physics_thermo,
        physics_electricity,
        physics_optics,
        physics_waves,
    )
    for topic in module.TOPICS
}
CIRCUIT = "circuit"


def warm() -> None:
    """Make Pint's registry and read the laws, which takes longer than solving them."""
    for topic in TOPICS.values():
        topic.parse_laws()
    run({"topic": "kinematics", "knowns": {"v0": "0 m/s", "a": "9.8 m/s^2", "t": "2 s"}})


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Solve one problem.

    Args:
        arguments: ``topic``, with ``knowns`` and perhaps ``find``; or for a circuit ``netlist``
            and perhaps ``port``.

    Raises:
        KernelError: Saying how to mend the call.
    """
    name = arguments.get("topic")
    if name == CIRCUIT:
        circuit = parse_netlist(arguments.get("netlist") or "")
        return {"topic": CIRCUIT, **describe_circuit(circuit, arguments.get("port"))}
    topic = TOPICS.get(str(name))
    if topic is None:
        raise KernelError(f"no topic is named {name!r}; known: {', '.join([*TOPICS, CIRCUIT])}")
    return solve_call(topic, arguments.get("knowns") or {}, arguments.get("find") or [])
