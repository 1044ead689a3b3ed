"""Bars that a comparison has to reach, for a pipeline that is to stop on a regression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.domain.errors import InvalidInputError
from engine.training.drift.comparison import Comparison
from engine.training.drift.measure import Measure


class InvalidGateError(InvalidInputError):
    """A gate names a figure and the least that it may be, such as agreement=0.9."""

    code: ClassVar[str] = "invalid-gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The least that a figure may be."""

    name: str
    least: float


GATES = ("agreement", "tool-agreement", "accuracy", "paraphrase", "seed")


def parse_gate(text: str) -> Gate:
    """Read `name=value`.

    Raises:
        InvalidGateError: The text is none, with the known names.
    """
    name, _, value = text.partition("=")
    try:
        least = float(value)
    except ValueError:
        least = float("nan")
    if name.strip() not in GATES or not 0 <= least <= 1:
        known = ", ".join(GATES)
        raise InvalidGateError(f"{text!r} is no gate: write agreement=0.9 with one of {known}")
    return Gate(name=name.strip(), least=least)


def list_failures(found: Comparison, gates: Iterable[Gate]) -> list[str]:
    """One line for each gate that is not reached, or whose figure could not be measured."""
    figures = _figures(found)
    lines: list[str] = []
    for gate in gates:
        figure = figures[gate.name]
        if figure is None:
            lines.append(f"{gate.name} was not measured: the prompts hold nothing for it")
        elif figure.mean < gate.least:
            lines.append(f"{gate.name} is {figure}, below {gate.least:g}")
    return lines


def _figures(found: Comparison) -> Mapping[str, Measure | None]:
    """The figures by the names in GATES; of a pair that of the new version."""
    return {
        "agreement": found.agreement,
        "tool-agreement": found.tools and found.tools.agreement,
        "accuracy": found.correctness and found.correctness.accuracy.new,
        "paraphrase": found.paraphrase and found.paraphrase.new,
        "seed": found.seed and found.seed.new,
    }
