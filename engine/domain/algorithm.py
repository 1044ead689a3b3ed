"""The protocol of a search algorithm: it holds settings; its caller owns the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from engine.domain.canonical import JsonValue
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Trial

S = TypeVar("S")


class Algorithm(Protocol[S]):
    """A search, as four pure functions over a state that can be written as JSON.

    No clock, no randomness of its own, no I/O. The laws that each algorithm passes are in
    ``tests/unit/engine/search/test_laws.py``.
    """

    @property
    def name(self) -> str:
        """The registered name."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the same log could lead to another answer."""
        ...

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        ...

    def start(self, problem: Problem) -> S:
        """Return the state before any trial."""
        ...

    def ask(self, state: S, free_slots: int) -> Sequence[Trial]:
        """Return what is worth computing now.

        Trials that were opened and have not ended come first: after a crash they are sent again
        under the same ids and seeds. At most ``free_slots`` new ones follow, and never more than
        could still change the decision.
        """
        ...

    def tell(self, state: S, told: Told) -> S:
        """Return the state after a trial was opened or has ended; idempotent by trial id."""
        ...

    def standing(self, state: S) -> Standing:
        """Return the best answer so far and whether it is decided."""
        ...
