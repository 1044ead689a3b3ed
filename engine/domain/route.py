"""Routes: which search goes on with a problem, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from engine.domain.canonical import JsonValue
from engine.domain.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossroads:
    """What is known when a route has to be chosen.

    Attributes:
        text: The problem.
        standing: Where the search stands, all of its parts together.
        taken: The parts that have run, in order; the pilot is the first.
        open: The parts that could still be run, cheapest first.
    """

    text: str
    standing: Standing
    taken: tuple[str, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A decision.

    Attributes:
        choice: The part that goes on; ``None`` to answer with what there is.
        reason: One sentence for people.
        facts: What it was decided on, as JSON.
    """

    choice: str | None
    reason: str
    facts: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    def to_data(self) -> dict[str, JsonValue]:
        """Return the decision as JSON."""
        return {"choice": self.choice, "reason": self.reason, "facts": dict(self.facts)}


class RoutePolicy(Protocol):
    """Decides what a problem needs. Pure: the same crossroads, the same route."""

    def choose(self, at: Crossroads) -> Route:
        """Return where to go on; one of ``at.open``, or ``None`` to stop here."""
        ...


@runtime_checkable
class Routing(Protocol):
    """What an algorithm has that decides on routes, beside its other methods."""

    def routes(self, state: Any) -> tuple[Route, ...]:
        """Return the decisions so far, in order."""
        ...
