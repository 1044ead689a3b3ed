"""Solves a call about a topic, and writes what was found with units, equations and assumptions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tools.kernels.kernel_error import KernelError
from tools.kernels.physics_solve import ROUNDING, Solution, list_constants, solve_topic
from tools.kernels.physics_topic import CONSTANT_UNITS, Symbol, Topic
from tools.kernels.units_quantity import from_base, read_base, render_quantity, tidy


def solve_call(topic: Topic, knowns: Mapping[str, object], find: Sequence[str]) -> dict[str, Any]:
    """Find what the knowns of a call determine.

    Args:
        topic: Quantities and laws.
        knowns: By name, as the call has them: with a unit, or in the topic's own.
        find: The quantities asked for; for none, all that can be found.

    Raises:
        KernelError: Saying how to mend the call.
    """
    wanted = [_find_symbol(topic, each).name for each in find]
    read = _read_knowns(topic, knowns)
    both = sorted(set(wanted) & set(read))
    if both:
        raise KernelError(
            f"{', '.join(both)}: given in `knowns` and asked for in `find`; leave out one"
        )
    defaults = {
        symbol.name: symbol.default
        for symbol in topic.symbols
        if symbol.default is not None and symbol.name not in {*read, *wanted}
    }
    solutions, taken = _solve(topic, read, defaults)
    result = _report(topic, solutions, wanted, taken)
    for name in defaults.keys() - taken.keys():
        note = f"the usual value of {name} contradicts the knowns and was not taken"
        result["notes"].append(note)
        result["text"] += f"\nNote: {note}."
    return result


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
