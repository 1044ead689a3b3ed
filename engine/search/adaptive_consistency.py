"""Adaptive-Consistency: draw samples until the leading answer probably leads for good.

Aggarwal et al. 2023 (arXiv 2305.11860), section 3.2: after each sample, stop if the posterior
probability that the leading answer is the most frequent one reaches C. Defaults: the Beta form,
C = 1 - risk = 0.95, at most 40 samples. Cost: 4 samples when they agree, 40 at most. Where no
further sample could change the winner it stops as well, which the paper does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Sampling, Trial
from engine.search.sampling_state import SamplingState
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop

STOPS = (Stop.BETA, Stop.DIRICHLET)
# Settings of the vote that have no place here: its stop counts votes of equal weight.
_OF_WEIGHTS = ("rule", "cisc_temperature")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveConsistency:
    """A majority vote under one of the paper's two rules: the machinery of self-consistency.

    Attributes:
        samples: The most samples it draws.
        stop: ``beta`` compares the two leading answers, ``dirichlet`` all of them.
        risk: 1 - C, in (0, 0.5).
        sampling: How samples are drawn.
        haste: As in self-consistency.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    samples: int = 40
    stop: Stop = Stop.BETA
    risk: float = 0.05
    sampling: Sampling = field(default_factory=Sampling)
    haste: float = 0.0
    name: str = "adaptive_consistency"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no such vote could be held under."""
        if self.stop not in STOPS:
            raise InvalidInputError(f"stop must be one of {', '.join(STOPS)}, not {self.stop}")
        self._vote()

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        settings = self._vote().settings()
        return {name: value for name, value in settings.items() if name not in _OF_WEIGHTS}

    def start(self, problem: Problem) -> SamplingState:
        """Return the state before any sample."""
        return SamplingState(problem=problem)

    def ask(self, state: SamplingState, free_slots: int) -> Sequence[Trial]:
        """Return the open samples, then as many new ones as could still be needed."""
        return self._vote().ask(state, free_slots)

    def tell(self, state: SamplingState, told: Told) -> SamplingState:
        """Return the state after a sample was opened or has ended."""
        return state.told(told)

    def standing(self, state: SamplingState) -> Standing:
        """Return the vote, up to where the rule stopped."""
        return self._vote().standing(state)

    def _vote(self) -> SelfConsistency:
        return SelfConsistency(
            samples=self.samples,
            stop=self.stop,
            risk=self.risk,
            sampling=self.sampling,
            haste=self.haste,
        )
