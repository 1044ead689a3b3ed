"""An ensemble: several searches side by side, one pooled vote.

Multi-agent reasoning in the sense of mixed strategies (Wang et al. 2024, arXiv 2406.04692, and Li
et al. 2024, arXiv 2402.05120): different searches err differently, so an answer that several of
them reach counts more. Each part is a branch of one tree, and votes are pooled by answer class.
Cost: the sum of the parts', less what is no longer asked for once no part can change the winner.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Trial
from engine.search.composite.pool import count_needed, stand_together
from engine.search.composite.state import (
    SEPARATOR,
    CompositeState,
    ask_part,
    begin,
    rank_new,
    tell_part,
)

MAX_PARTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensemble:
    """Several searches as branches of one.

    Attributes:
        parts: The searches by name, in the order in which they are served.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    parts: Mapping[str, Algorithm[Any]]
    name: str = "ensemble"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse parts that no vote could be pooled from."""
        if not 1 <= len(self.parts) <= MAX_PARTS:
            raise InvalidInputError(f"an ensemble has between 1 and {MAX_PARTS} parts")
        if any(not name or SEPARATOR in name for name in self.parts):
            raise InvalidInputError(f"the name of a part must not be empty or hold {SEPARATOR!r}")

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "parts": [
                {"strategy": part.name, "settings": dict(part.settings())}
                for part in self.parts.values()
            ]
        }

    def start(self, problem: Problem) -> CompositeState:
        """Return the state before any trial, with every part begun."""
        state = CompositeState(problem=problem)
        for name, part in self.parts.items():
            state = begin(state, name, part)
        return state

    def ask(self, state: CompositeState, free_slots: int) -> Sequence[Trial]:
        """Return what the undecided parts want, the slots shared out evenly among them."""
        standings = self._stand_parts(state)
        if count_needed(list(standings.values())) == 0:
            return ()
        asked = {
            name: ask_part(state, name, self.parts[name], free_slots)
            for name, standing in standings.items()
            if not standing.is_decided
        }
        opened = [one for each in asked.values() for one in each if one.trial_id in state.trials]
        fresh = {
            name: [one for one in each if one.trial_id not in state.trials]
            for name, each in asked.items()
        }
        return (*opened, *rank_new(state, self._deal(state, fresh, free_slots)))

    def tell(self, state: CompositeState, told: Told) -> CompositeState:
        """Return the state after a trial was opened or has ended."""
        return tell_part(state, self.parts, told)

    def standing(self, state: CompositeState) -> Standing:
        """Return the pooled vote."""
        standings = list(self._stand_parts(state).values())
        n_needed = count_needed(standings)
        n_decided = sum(standing.is_decided for standing in standings)
        why = f"{n_decided} of {len(standings)} searches have decided; their votes are pooled"
        return stand_together(state, standings, n_needed=n_needed, why=why)

    def _deal(
        self, state: CompositeState, fresh: Mapping[str, Sequence[Trial]], free_slots: int
    ) -> Iterator[Trial]:
        """Yield new trials, each from the part that has been given the fewest so far.

        So the order depends on what was opened alone, however many slots are free at a time.
        """
        given = Counter(trial.branch.partition(SEPARATOR)[0] for trial in state.trials.values())
        queues = {name: deque(trials) for name, trials in fresh.items() if trials}
        for _ in range(free_slots):
            if not queues:
                return
            name = min(queues, key=lambda name: given[name])
            given[name] += 1
            yield queues[name].popleft()
            if not queues[name]:
                del queues[name]

    def _stand_parts(self, state: CompositeState) -> dict[str, Standing]:
        return {name: part.standing(state.parts[name]) for name, part in self.parts.items()}
