"""The kernel of `physics`: solves a topic's laws for what is unknown, or a circuit's netlist.

Constants are scipy.constants' (CODATA); units are Pint's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
from tools.kernels.physics_solve import ROUNDING, Solution, list_constants, solve_topic
from tools.kernels.physics_topic import CONSTANT_UNITS, Symbol, Topic
from tools.kernels.units_quantity import from_base, read_base, render_quantity, tidy

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
    wanted = [_find_symbol(topic, each).name for each in arguments.get("find") or []]
    knowns = _read_knowns(topic, arguments.get("knowns") or {})
    if set(wanted) & set(knowns):
        both = ", ".join(sorted(set(wanted) & set(knowns)))
        raise KernelError(f"{both}: given in `knowns` and asked for in `find`; leave out one")
    defaults = {
        symbol.name: symbol.default
        for symbol in topic.symbols
        if symbol.default is not None and symbol.name not in {*knowns, *wanted}
    }
    solutions, taken = _solve(topic, knowns, defaults)
    return _report(topic, solutions, wanted, taken)


def _solve(
    topic: Topic, knowns: Mapping[str, float], defaults: Mapping[str, float]
) -> tuple[list[Solution], Mapping[str, float]]:
    """Solve with the defaults, as far as the knowns do not say otherwise."""
    smaller = [{k: v for k, v in defaults.items() if k != name} for name in defaults]
    first: KernelError | None = None
    for taken in (defaults, *smaller, {}):
        try:
            return solve_topic(topic, {**taken, **knowns}), taken
        except KernelError as error:
            first = first or error
    raise first or KernelError("give at least one known")


def _read_knowns(topic: Topic, given: Mapping[str, object]) -> dict[str, float]:
    knowns: dict[str, float] = {}
    for name, quantity in given.items():
        symbol = _find_symbol(topic, name)
        value = read_base(quantity, symbol.unit, name, is_difference=symbol.is_difference)
        if not symbol.bounds.holds(value):
            raise KernelError(f"{name} = {quantity} cannot be: {_describe_bounds(symbol)}")
        knowns[name] = value
    return knowns


def _find_symbol(topic: Topic, name: str) -> Symbol:
    symbol = topic.find(name)
    if symbol is None:
        table = "; ".join(f"{s.name} [{s.unit or '1'}] {s.meaning}" for s in topic.symbols)
        raise KernelError(f"{topic.name} has no quantity {name!r}. It has: {table}")
    return symbol


def _describe_bounds(symbol: Symbol) -> str:
    least = (
        from_base(symbol.bounds.least, symbol.unit) if math.isfinite(symbol.bounds.least) else None
    )
    most = (
        from_base(symbol.bounds.most, symbol.unit) if math.isfinite(symbol.bounds.most) else None
    )
    words = []
    if least is not None:
        words.append(f"{'above' if symbol.bounds.is_open else 'at least'} {least:g}")
    if most is not None:
        words.append(f"at most {most:g}")
    return f"{symbol.meaning} is {' and '.join(words)} {symbol.unit}".strip()


def _report(
    topic: Topic,
    solutions: Sequence[Solution],
    wanted: Sequence[str],
    defaults: Mapping[str, float],
) -> dict[str, Any]:
    missing = [name for name in wanted if any(name not in s.values for s in solutions)]
    unknown = [s.name for s in topic.symbols if any(s.name not in o.values for o in solutions)]
    if missing:
        raise KernelError(
            f"{', '.join(missing)} cannot be found from these knowns; unknown so far: "
            f"{', '.join(unknown)}. Give one more of them"
        )
    notes = _list_notes(topic, solutions, defaults)
    lines = [
        line for i, each in enumerate(solutions) for line in _render(topic, each, i, solutions)
    ]
    if unknown and not wanted:
        lines.append(f"Not determined: {', '.join(unknown)}.")
    return {
        "text": "\n".join([*lines, *(f"Note: {note}." for note in notes)]),
        "topic": topic.name,
        "solutions": [_plain(topic, solution) for solution in solutions],
        "undetermined": unknown,
        "notes": notes,
    }


def _list_notes(
    topic: Topic, solutions: Sequence[Solution], defaults: Mapping[str, float]
) -> list[str]:
    notes = [topic.note] if topic.note else []
    laws = {step.law for solution in solutions for step in solution.steps}
    used = {name for law in topic.parse_laws() if law.text in laws for name in law.names}
    for name, value in defaults.items():
        symbol = topic.find(name)
        if symbol and name in used:
            shown = render_quantity(from_base(value, symbol.unit), symbol.unit)
            notes.append(f"{name} = {shown} was taken, since none was given")
    notes += [
        f"{name} = {render_quantity(value, CONSTANT_UNITS[name], 10)}"
        for name, value in list_constants(topic).items()
        if name in used and name != "pi"
    ]
    worst = max(solution.residual for solution in solutions)
    if worst > ROUNDING:
        notes.append(f"the knowns say more than is needed and agree only to {worst:.1g}")
    return notes


def _render(
    topic: Topic, solution: Solution, index: int, solutions: Sequence[Solution]
) -> list[str]:
    head = [f"Solution {index + 1} of {len(solutions)}:"] if len(solutions) > 1 else []
    return head + [
        f"{step.name} = {_show(topic, step.name, solution.values[step.name])}, from {step.law}"
        for step in solution.steps
    ]


def _show(topic: Topic, name: str, value: float) -> str:
    unit = _find_symbol(topic, name).unit
    return render_quantity(_leave_base(topic, name, value), unit)


def _leave_base(topic: Topic, name: str, value: float) -> float:
    symbol = _find_symbol(topic, name)
    return tidy(from_base(value, symbol.unit, is_difference=symbol.is_difference))


def _plain(topic: Topic, solution: Solution) -> dict[str, Any]:
    return {
        "values": {
            name: {
                "value": _leave_base(topic, name, value),
                "unit": _find_symbol(topic, name).unit,
            }
            for name, value in solution.values.items()
        },
        "steps": [{"name": step.name, "law": step.law} for step in solution.steps],
    }
