"""What a search may spend, and what it has spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from engine.domain.errors import InvalidBudgetError
from engine.domain.price import NANO


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits on one search; ``None`` means unlimited.

    A budget is checked between trials, so it can be exceeded by what is in flight and no more.

    Attributes:
        tokens: Tokens generated (prompt tokens are reported, not limited).
        seconds: Seconds of running, summed over attempts.
        model_calls: Requests sent to a model, retries included.
        nodes: Nodes opened in the search tree.
        money: Cost of tokens in and out, in the units of the prices that event 1 pins.
    """

    tokens: int | None = None
    seconds: float | None = None
    model_calls: int | None = None
    nodes: int | None = None
    money: float | None = None

    def __post_init__(self) -> None:
        """Refuse limits that no search could run under."""
        for field in fields(self):
            limit = getattr(self, field.name)
            if limit is not None and not limit > 0:
                raise InvalidBudgetError(f"{field.name} must be a positive number, not {limit}")

    def exhausted_by(self, spent: Spent) -> str | None:
        """Return the first limit reached that ends a search at once, or ``None``.

        Nodes and model calls are not among them: what was opened or sent under them is paid for,
        and may still come (see :meth:`count_free_nodes`).
        """
        pairs = (
            ("tokens", self.tokens, spent.tokens_out),
            ("seconds", self.seconds, spent.running_ms / 1000),
            ("money", self.money, spent.cost),
        )
        return next((name for name, cap, used in pairs if cap is not None and used >= cap), None)

    def count_free_nodes(self, spent: Spent, *, n_calls_aloft: int, n_wanted: int) -> int:
        """Return how many of the nodes wanted may still be opened.

        Args:
            spent: What was used.
            n_calls_aloft: Requests under way, of which some are not counted in ``spent`` yet.
            n_wanted: The most that anybody wants.
        """
        if self.model_calls is not None and spent.model_calls + n_calls_aloft >= self.model_calls:
            return 0
        if self.nodes is None:
            return n_wanted
        return max(0, min(n_wanted, self.nodes - spent.nodes))

    def to_data(self) -> dict[str, int | float]:
        """Return the limits that are set, as JSON."""
        return {name: limit for name, limit in asdict(self).items() if limit is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a search has used. No counter ever falls.

    Attributes:
        tokens_in: Prompt tokens, counted once per request.
        tokens_out: Generated tokens, those of dropped requests included.
        tokens_cached: Prompt tokens that the server took from its prefix cache.
        model_calls: Requests sent.
        nodes: Nodes opened.
        running_ms: Milliseconds in which some attempt was running.
        cost_nano: Cost of the tokens, in billionths of a unit.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    model_calls: int = 0
    nodes: int = 0
    running_ms: int = 0
    cost_nano: int = 0

    @property
    def cost(self) -> float:
        """Cost of the tokens, in units."""
        return self.cost_nano / NANO

    def plus(self, other: Spent) -> Spent:
        """Return the sum, counter by counter."""
        return Spent(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )

    def at_least(self, other: Spent) -> Spent:
        """Return the higher of each counter."""
        return Spent(
            **{f.name: max(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)}
        )

    def to_data(self) -> dict[str, int | float]:
        """Return the counters as JSON; the cost in units, under ``cost``."""
        counters = asdict(self)
        del counters["cost_nano"]
        return {**counters, "cost": self.cost}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read the counters; absent ones are zero."""
        known = {field.name for field in fields(cls)}
        counters = {name: count for name, count in data.items() if name in known}
        return cls(**counters, cost_nano=round(data.get("cost", 0) * NANO))
