"""One algorithm under the laws, and what may be held against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.domain.algorithm import Algorithm
from tests.unit.engine.search.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An algorithm with the settings to try it under.

    Attributes:
        algorithm: With small settings: each law plays it a hundred times.
        max_trials: The most trials that these settings can cost, whatever happens.
        world: How its trials end; its seed is varied.
        is_order_free: Whether the answer is the same whatever ends first. A search that acts on
            values as they come may choose otherwise; given one order it must repeat itself.
        is_fragile: Whether some one trial carries the whole search (a single greedy sample): it
            may then end without an answer when that trial fails, but never with another one.
        wider: The same search with more to spend, for the law about extending it; `None` where
            nothing can be raised.
    """

    algorithm: Algorithm[Any]
    max_trials: int
    world: World = field(default_factory=World)
    is_order_free: bool = True
    is_fragile: bool = False
    wider: Algorithm[Any] | None = None
