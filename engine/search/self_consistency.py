"""Self-consistency: draw up to N samples, let them vote, stop by a rule.

Wang et al. 2022 (arXiv 2203.11171), section 2; majority or length-normalised likelihood weights.
Defaults: N = 8, temperature of the model profile, exact curtailment. Cost: at most N samples;
exact curtailment (stop when no rival could catch up) returns the answer of the full vote, ties
included, for as few as N/2 samples when they agree. The other rules stop earlier and take a stated
risk (``engine.search.stopping``); they count votes, so they need votes of equal weight.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing, VoteClass
from engine.domain.trial import Sampling, Trial
from engine.search.sampling_state import SamplingState, make_sample
from engine.search.stopping.catalogue import Stop, create_rule
from engine.search.stopping.poll import Poll, Ruling, hold_poll
from engine.search.vote import VoteRule, list_ended_run

MAX_SAMPLES = 1024
MAX_RISK = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfConsistency:
    """A vote among independent samples.

    Attributes:
        samples: N, the most samples it draws.
        rule: How votes weigh.
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
        if self.stop is not Stop.EXACT and self.rule is not VoteRule.MAJORITY:
            raise InvalidInputError(f"stop={self.stop} counts votes, so it needs rule=majority")

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "samples": self.samples,
            "rule": self.rule.value,
            "haste": self.haste,
            "stop": self.stop.value,
            "risk": self.risk,
            **asdict(self.sampling),
        }

    def start(self, problem: Problem) -> SamplingState:
        """Return the state before any sample."""
        return SamplingState(problem=problem)

    def ask(self, state: SamplingState, free_slots: int) -> Sequence[Trial]:
        """Return the open samples, then as many new ones as could still be needed."""
        standing = self.standing(state)
        if standing.is_decided:
            return ()
        n_open_slots = max(0, min(self._count_new(state, standing), free_slots))
        first = len(state.trials)
        fresh = (
            make_sample(state.problem, rank, self.sampling)
            for rank in range(first, first + n_open_slots)
        )
        return (*state.list_open(), *fresh)

    def tell(self, state: SamplingState, told: Told) -> SamplingState:
        """Return the state after a sample was opened or has ended."""
        return state.told(told)

    def standing(self, state: SamplingState) -> Standing:
        """Return the vote over the longest ended run, up to where the rule stopped."""
        run = list_ended_run(state.trials, state.outcomes)
        poll = hold_poll(run, self.rule, n_planned=self.samples)
        ruling = create_rule(self.stop, self.risk).rule_on(poll)
        if ruling.n_counted < len(run):
            poll = hold_poll(run[: ruling.n_counted], self.rule, n_planned=self.samples)
        return self._stand(poll, ruling)

    def _stand(self, poll: Poll, ruling: Ruling) -> Standing:
        votes, n_ended = poll.votes, len(poll.names)
        n_votes = sum(vote.n_votes for vote in votes)
        return Standing(
            answer=votes[0].answer if votes else None,
            votes=votes,
            rule=self.rule.value,
            n_ended=n_ended,
            n_abstained=n_ended - n_votes,
            n_planned=self.samples,
            vote_share=votes[0].n_votes / n_ended if votes else None,
            is_decided=ruling.is_settled,
            n_needed=ruling.n_needed,
            why=_explain(votes, ruling, n_left=poll.n_left),
            certificate=ruling.certificate,
        )

    def _count_new(self, state: SamplingState, standing: Standing) -> int:
        n_left = self.samples - standing.n_ended
        n_wanted = standing.n_needed + math.ceil(self.haste * (n_left - standing.n_needed))
        return standing.n_ended + n_wanted - len(state.trials)


def _explain(votes: Sequence[VoteClass], ruling: Ruling, *, n_left: int) -> str:
    if not votes:
        return "no sample has voted" + ("" if n_left else ", and none is left")
    lead = f"{votes[0].n_votes} of {sum(vote.n_votes for vote in votes)} votes agree"
    if ruling.n_needed:
        return f"{lead}; {ruling.n_needed} more could settle it"
    return f"{lead}; {ruling.reason}" if ruling.reason else lead
