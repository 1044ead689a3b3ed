"""Direct: one greedy sample. The baseline that every search must beat. Cost: one sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.domain.canonical import JsonValue
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Sampling, Trial
from engine.search.sampling_state import SamplingState
from engine.search.self_consistency import SelfConsistency


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """A vote of one greedy sample: the same machinery, with nothing to vote about.

    Attributes:
        max_tokens: Longest completion.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    max_tokens: int = 512
    name: str = "direct"
    version: int = 1

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {"max_tokens": self.max_tokens}

    def start(self, problem: Problem) -> SamplingState:
        """Return the state before the sample."""
        return SamplingState(problem=problem)

    def ask(self, state: SamplingState, free_slots: int) -> Sequence[Trial]:
        """Return the one sample until it has ended."""
        return self._vote().ask(state, free_slots)

    def tell(self, state: SamplingState, told: Told) -> SamplingState:
        """Return the state after the sample was opened or has ended."""
        return state.told(told)

    def standing(self, state: SamplingState) -> Standing:
        """Return the sample's answer, if it has one."""
        return replace(self._vote().standing(state), rule=self.name)

    def _vote(self) -> SelfConsistency:
        sampling = Sampling(temperature=0.0, top_p=1.0, max_tokens=self.max_tokens)
        return SelfConsistency(samples=1, sampling=sampling)
