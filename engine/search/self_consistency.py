"""Self-consistency: draw up to N samples, let them vote, stop by a rule.

Wang et al. 2022 (arXiv 2203.11171), section 2; how votes weigh is in ``engine.search.vote``.
Defaults: N = 8, temperature of the model profile, exact curtailment. Cost: at most N samples, and
under ``rule=verifier`` one judgement more for each that answers; exact curtailment (stop when no
rival could catch up) returns the answer of the full vote, ties included, for as few as N/2 samples
when they agree. The other stops come earlier and take a stated risk (``engine.search.stopping``);
they count votes, so they need votes of equal weight.
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
from engine.search.sampling_state import SamplingState, ask_samples, count_wanted
from engine.search.stopping.catalogue import Stop, create_rule
from engine.search.stopping.poll import Poll, hold_poll
from engine.search.vote import (
    CISC_TEMPERATURE,
    MAX_CISC_TEMPERATURE,
    MIN_CISC_TEMPERATURE,
    Ballot,
    VoteRule,
)
from engine.search.vote_standing import stand

MAX_SAMPLES = 1024
MAX_RISK = 0.5
# These rules need no votes of equal weight.
RISKLESS = (Stop.FULL, Stop.EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfConsistency:
    """A vote among independent samples.

    Attributes:
        samples: N, the most samples it draws.
        rule: How votes weigh.
        cisc_temperature: T of CISC, in [0.01, 100].
        sampling: How samples are drawn.
        haste: 0 asks only for the fewest samples after which the vote could be settled; 1 asks
            for all that are left at once. Between them it trades tokens for latency.
        stop: When the vote stops.
        risk: How unsure the stopping rule may be, in (0, 0.5); see ``create_rule``.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    samples: int = 8
    rule: VoteRule = VoteRule.MAJORITY
    cisc_temperature: float = CISC_TEMPERATURE
    sampling: Sampling = field(default_factory=Sampling)
    haste: float = 0.0
    stop: Stop = Stop.EXACT
    risk: float = 0.05
    name: str = "self_consistency"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no vote could be held under."""
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise InvalidInputError(f"samples must lie between 1 and {MAX_SAMPLES}")
        if not 0 <= self.haste <= 1:
            raise InvalidInputError("haste must lie between 0 and 1")
        if not 0 < self.risk < MAX_RISK:
            raise InvalidInputError(f"risk must lie between 0 and {MAX_RISK}, both excluded")
        if not MIN_CISC_TEMPERATURE <= self.cisc_temperature <= MAX_CISC_TEMPERATURE:
            raise InvalidInputError(
                f"cisc_temperature must lie between {MIN_CISC_TEMPERATURE:g} and "
                f"{MAX_CISC_TEMPERATURE:g}"
            )
        if self.stop not in RISKLESS and self.rule is not VoteRule.MAJORITY:
            raise InvalidInputError(f"stop={self.stop} counts votes, so it needs rule=majority")

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "samples": self.samples,
            "rule": self.rule.value,
            "cisc_temperature": self.cisc_temperature,
            "haste": self.haste,
            "stop": self.stop.value,
            "risk": self.risk,
            **self.sampling.to_data(),
        }

    def start(self, problem: Problem) -> SamplingState:
        """Return the state before any sample."""
        return SamplingState(problem=problem)

    def ask(self, state: SamplingState, free_slots: int) -> Sequence[Trial]:
        """Return the open samples, then as many new ones as could still be needed."""
        standing = self.standing(state)
        if standing.is_decided:
            return ()
        return ask_samples(
            state,
            self.sampling,
            n_samples=count_wanted(standing, self.samples, self.haste),
            is_scored=self._is_scored,
            free_slots=free_slots,
        )

    def tell(self, state: SamplingState, told: Told) -> SamplingState:
        """Return the state after a sample was opened or has ended."""
        return state.told(told)

    def standing(self, state: SamplingState) -> Standing:
        """Return the vote over the longest ended run, up to where the rule stopped."""
        run = state.list_run(is_scored=self._is_scored)
        poll = self._hold_poll(run)
        ruling = create_rule(self.stop, self.risk).rule_on(poll)
        if ruling.n_counted < len(run):
            run = run[: ruling.n_counted]
            poll = self._hold_poll(run)
        return stand(run, poll, ruling, rule=self.rule.value)

    def _hold_poll(self, run: Sequence[Ballot]) -> Poll:
        temperature = self.cisc_temperature
        return hold_poll(run, self.rule, n_planned=self.samples, cisc_temperature=temperature)

    @property
    def _is_scored(self) -> bool:
        return self.rule is VoteRule.VERIFIER
