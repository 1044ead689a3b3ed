"""Solves a circuit by modified nodal analysis (Ho, Ruehli and Brennan, 1975).

Unknown are the voltages of the nodes against ground and the currents of the voltage sources; each
node gives Kirchhoff's current law, each source its own voltage. With positive resistors the
equations fail to decide them in three cases only, which are looked for in the graph, so that the
reason can be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.kernels.kernel_error import KernelError
from tools.kernels.physics_netlist import GROUND, Circuit, Kind, Part, read_node
from tools.kernels.units_quantity import check_finite, render_quantity, tidy

EQUATIONS = (
    "Kirchhoff's current law at each node: the currents that leave it add up to 0",
    "Ohm's law in each resistor: (V_start - V_end)/R = I",
    "each voltage source: V_start - V_end = V",
)
NOTE = (
    "a current is counted through the part from its first node to its second, so a source that "
    "delivers power has a negative one"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A solved circuit.

    Attributes:
        voltages: Of each node against ground, in volt.
        currents: Through each part from its first node to its second, in ampere.
    """

    voltages: Mapping[str, float]
    currents: Mapping[str, float]


def solve_circuit(circuit: Circuit) -> Operation:
    """Find all voltages and currents.

    Raises:
        KernelError: Where they are not determined, with the reason.
    """
    _check_ground(circuit)
    _check_sources(circuit)
    _check_paths(circuit)
    nodes = {node: index for index, node in enumerate(circuit.nodes)}
    sources = [part for part in circuit.parts if part.kind is Kind.VOLTAGE_SOURCE]
    size = len(nodes) + len(sources)
    matrix, right = np.zeros((size, size)), np.zeros(size)
    for part in circuit.parts:
        _stamp(part, nodes, {s.name: len(nodes) + i for i, s in enumerate(sources)}, matrix, right)
    try:
        solution = np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError as error:
        raise KernelError(
            "the values differ by too many orders of magnitude to be computed with"
        ) from error
    voltages = {GROUND: 0.0} | {
        node: check_finite(float(solution[index])) for node, index in nodes.items()
    }
    drawn = dict(zip((s.name for s in sources), solution[len(nodes) :], strict=True))
    return Operation(
        voltages=voltages,
        currents={part.name: _current(part, voltages, drawn) for part in circuit.parts},
    )


def describe_circuit(circuit: Circuit, port: Sequence[str] | None) -> dict[str, Any]:
    """Solve a circuit and write down all there is to know.

    Args:
        circuit: The parts.
        port: Two nodes whose equivalent source is asked for, if any.

    Raises:
        KernelError: Where it is not determined.
    """
    operation = solve_circuit(circuit)
    volts = {node: value for node, value in operation.voltages.items() if node != GROUND}
    lines = [f"V({node}) = {render_quantity(value, 'V')}" for node, value in volts.items()]
    parts: dict[str, dict[str, float]] = {}
    for part in circuit.parts:
        across = operation.voltages[part.start] - operation.voltages[part.end]
        current = operation.currents[part.name]
        parts[part.name] = {
            "voltage_v": tidy(across),
            "current_a": tidy(current),
            "power_w": tidy(across * current),
        }
        lines.append(
            f"{part.name}: {render_quantity(across, 'V')}, {render_quantity(current, 'A')}, "
            f"{render_quantity(across * current, 'W')}"
        )
    result: dict[str, Any] = {
        "voltages_v": {node: tidy(value) for node, value in volts.items()},
        "parts": parts,
        "equations": list(EQUATIONS),
        "notes": [NOTE],
    }
    if port:
        result["port"] = _describe_port(circuit, operation, port)
        lines.append(
            f"Seen from {port[0]} and {port[1]}: "
            f"{render_quantity(result['port']['voltage_v'], 'V')} behind "
            f"{render_quantity(result['port']['resistance_ohm'], 'ohm')}"
        )
    return {"text": "\n".join([*lines, f"Note: {NOTE}."]), **result}


def _describe_port(
    circuit: Circuit, operation: Operation, port: Sequence[str]
) -> dict[str, float]:
    """Return Thevenin's equivalent: the open voltage, and what 1 A adds with all sources off."""
    start, end = (read_node(str(node)) for node in port)
    for node in (start, end):
        if node not in operation.voltages:
            raise KernelError(f"port: no part ends at node {node}")
    if start == end:
        raise KernelError("port: give two different nodes")
    test = Part(name="I_test", kind=Kind.CURRENT_SOURCE, start=end, end=start, value=1.0)
    quiet = [
        Part(name=p.name, kind=p.kind, start=p.start, end=p.end, value=0.0)
        if p.kind is not Kind.RESISTOR
        else p
        for p in circuit.parts
    ]
    tested = solve_circuit(Circuit(parts=(*quiet, test)))
    return {
        "voltage_v": tidy(operation.voltages[start] - operation.voltages[end]),
        "resistance_ohm": tidy(tested.voltages[start] - tested.voltages[end]),
    }


def _stamp(
    part: Part,
    nodes: Mapping[str, int],
    rows: Mapping[str, int],
    matrix: np.ndarray[Any, Any],
    right: np.ndarray[Any, Any],
) -> None:
    """Add what a part contributes to the equations."""
    ends = [(nodes[part.start], 1.0)] if part.start in nodes else []
    ends += [(nodes[part.end], -1.0)] if part.end in nodes else []
    if part.kind is Kind.RESISTOR:
        for row, sign in ends:
            for column, other in ends:
                matrix[row, column] += sign * other / part.value
    elif part.kind is Kind.CURRENT_SOURCE:
        for row, sign in ends:
            right[row] -= sign * part.value
    else:
        source = rows[part.name]
        right[source] = part.value
        for node, sign in ends:
            matrix[node, source] += sign
            matrix[source, node] += sign


def _current(part: Part, voltages: Mapping[str, float], drawn: Mapping[str, Any]) -> float:
    match part.kind:
        case Kind.RESISTOR:
            current = (voltages[part.start] - voltages[part.end]) / part.value
        case Kind.CURRENT_SOURCE:
            current = part.value
        case Kind.VOLTAGE_SOURCE:
            current = float(drawn[part.name])
    return check_finite(current)


def _check_ground(circuit: Circuit) -> None:
    if not any(GROUND in {part.start, part.end} for part in circuit.parts):
        raise KernelError("no part ends at ground: name one node 0, the voltages count from it")
    groups = _Groups()
    for part in circuit.parts:
        groups.join(part.start, part.end)
    floating = [node for node in circuit.nodes if not groups.is_joined(node, GROUND)]
    if floating:
        raise KernelError(
            f"nothing joins {', '.join(floating)} to ground, so the voltages there have no zero: "
            "join them to node 0"
        )


def _check_sources(circuit: Circuit) -> None:
    """Refuse a loop of voltage sources: its current is not determined."""
    groups = _Groups()
    for part in circuit.parts:
        if part.kind is Kind.VOLTAGE_SOURCE and not groups.join(part.start, part.end):
            raise KernelError(
                f"{part.name} closes a loop of voltage sources alone: either they contradict each "
                "other or their current is not determined; put a resistor into the loop"
            )


def _check_paths(circuit: Circuit) -> None:
    """Refuse nodes that only current sources reach: their voltage is not determined."""
    groups = _Groups()
    for part in circuit.parts:
        if part.kind is not Kind.CURRENT_SOURCE:
            groups.join(part.start, part.end)
    cut = [node for node in circuit.nodes if not groups.is_joined(node, GROUND)]
    if cut:
        raise KernelError(
            f"only current sources join {', '.join(cut)} to ground: either they contradict each "
            "other or the voltages there are not determined; put a resistor beside one of them"
        )


class _Groups:
    """Which nodes are joined (union and find)."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def join(self, one: str, other: str) -> bool:
        """Join two nodes; return whether they were apart."""
        first, second = self._root(one), self._root(other)
        self._parents[first] = second
        return first != second

    def is_joined(self, one: str, other: str) -> bool:
        """Return whether two nodes are joined."""
        return self._root(one) == self._root(other)

    def _root(self, node: str) -> str:
        while (parent := self._parents.setdefault(node, node)) != node:
            node = parent
        return node
