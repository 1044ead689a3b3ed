"""Finds unknown quantities by applying laws one after the other.

A law with one unknown left gives its value; where it gives two, both are followed. What is left
in the end must agree with every law whose quantities are all known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tools.kernels.kernel_error import KernelError
from tools.kernels.law import Law
from tools.kernels.law_solve import measure_residual, solve_law
from tools.kernels.physics_topic import CONSTANTS, Topic

MAX_SOLUTIONS = 8

# Knowns that say too much may be rounded; beyond half a percent they contradict each other.
TOLERANCE = 5e-3
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One quantity found.

    Attributes:
        name: The quantity's.
        law: Text of the law it was found by.
    """

    name: str
    law: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """One consistent set of values.

    Attributes:
        values: By name, in SI units, without constants.
        steps: In the order in which they were taken.
        residual: How well the laws agree, relative to their largest product.
    """

    values: Mapping[str, float]
    steps: tuple[Step, ...]
    residual: float


@dataclass(slots=True)
class _Search:
    """What is collected on the way through the branches."""

    topic: Topic
    laws: Sequence[Law]
    solutions: list[Solution] = field(default_factory=list[Solution])
    faults: list[str] = field(default_factory=list[str])


def solve_topic(topic: Topic, knowns: Mapping[str, float]) -> list[Solution]:
    """Find all that the knowns determine.

    Args:
        topic: Quantities and laws.
        knowns: In SI units.

    Returns:
        At least one solution; several where an equation has several roots.

    Raises:
        KernelError: Where the knowns contradict each other or determine nothing.
    """
    search = _Search(topic=topic, laws=topic.parse_laws())
    _follow(search, {**list_constants(topic), **knowns}, ())
    if not search.solutions:
        reasons = "; ".join(dict.fromkeys(search.faults))
        assumed = f" ({topic.name} assumes: {topic.note})" if topic.note else ""
        raise KernelError(
            f"the knowns contradict each other: {reasons}. Check values and signs{assumed}"
        )
    solutions = _drop_repeated(search.solutions)
    if not any(solution.steps for solution in solutions):
        unknown = ", ".join(s.name for s in topic.symbols if s.name not in knowns)
        raise KernelError(
            f"these knowns determine nothing more. Give more of: {unknown}"
            if unknown
            else "nothing is unknown: leave out the quantity to be found"
        )
    return solutions


def list_constants(topic: Topic) -> dict[str, float]:
    """Return the constants that a topic's laws name, in SI units."""
    named = {name for law in topic.parse_laws() for name in law.names}
    return {
        name: value
        for name, value in CONSTANTS.items()
        if name in named and topic.find(name) is None
    }


def _follow(search: _Search, values: Mapping[str, float], steps: tuple[Step, ...]) -> None:
    if len(search.solutions) >= MAX_SOLUTIONS:
        return
    try:
        found = _choose(search, values)
    except (ArithmeticError, ValueError):
        search.faults.append("a law has no value for them, as where it divides by zero")
        return
    if found is None:
        _conclude(search, values, steps)
        return
    law, name, roots = found
    if not roots:
        search.faults.append(f"no possible {name} satisfies {law.text}")
    for root in roots:
        _follow(search, {**values, name: root}, (*steps, Step(name=name, law=law.text)))


def _choose(search: _Search, values: Mapping[str, float]) -> tuple[Law, str, list[float]] | None:
    """Return the law that decides an unknown with the fewest roots."""
    best: tuple[Law, str, list[float]] | None = None
    for law in search.laws:
        unknown = [name for name in law.names if name not in values]
        symbol = search.topic.find(unknown[0]) if len(unknown) == 1 else None
        if symbol is None:
            continue
        roots = solve_law(law, symbol.name, values, symbol.bounds)
        if roots is not None and (best is None or len(roots) < len(best[2])):
            best = (law, symbol.name, roots)
    return best


def _conclude(search: _Search, values: Mapping[str, float], steps: tuple[Step, ...]) -> None:
    """Keep a set of values that all laws agree with."""
    residual = 0.0
    for law in search.laws:
        if all(name in values for name in law.names):
            each = _measure(law, values)
            if each > TOLERANCE:
                search.faults.append(f"{law.text} does not hold")
                return
            residual = max(residual, each)
    own = {name: value for name, value in values.items() if search.topic.find(name)}
    search.solutions.append(Solution(values=own, steps=steps, residual=residual))


def _measure(law: Law, values: Mapping[str, float]) -> float:
    try:
        return measure_residual(law, values)
    except (ArithmeticError, ValueError):
        return float("inf")


def _drop_repeated(solutions: Sequence[Solution]) -> list[Solution]:
    kept: dict[tuple[tuple[str, str], ...], Solution] = {}
    for solution in solutions:
        key = tuple(sorted((name, f"{value:.9g}") for name, value in solution.values.items()))
        kept.setdefault(key, solution)
    return list(kept.values())
