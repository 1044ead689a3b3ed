"""Self-consistency: draw N samples, let them vote, stop once the vote cannot change.

Wang et al. 2022 (arXiv 2203.11171), section 2; majority or length-normalised likelihood weights.
Defaults: N = 8, temperature of the model profile. Cost: at most N samples; exact curtailment
(stop when no rival could catch up) returns the answer of the full vote, ties included, for as few
as N/2 samples when they agree.
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
from engine.search.vote import VoteRule, count_needed, is_settled, list_ended_run, tally_votes

MAX_SAMPLES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfConsistency:
    """A vote among independent samples.

    Attributes:
        samples: N, the most samples it draws.
        rule: How votes weigh.
        sampling: How samples are drawn.
        haste: 0 asks only for the fewest samples after which the vote could be settled; 1 asks
            for all that are left at once. Between them it trades tokens for latency.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    samples: int = 8
    rule: VoteRule = VoteRule.MAJORITY
    sampling: Sampling = field(default_factory=Sampling)
    haste: float = 0.0
    name: str = "self_consistency"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no vote could be held under."""
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise InvalidInputError(f"samples must lie between 1 and {MAX_SAMPLES}")
        if not 0 <= self.haste <= 1:
            raise InvalidInputError("haste must lie between 0 and 1")

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "samples": self.samples,
            "rule": self.rule.value,
            "haste": self.haste,
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
        """Return the vote over the longest ended run of submissions."""
        run = list_ended_run(state.trials, state.outcomes)
        votes = tally_votes(run, self.rule)
        n_left = self.samples - len(run)
        n_needed = count_needed(votes, n_left)
        n_votes = sum(vote.n_votes for vote in votes)
        return Standing(
            answer=votes[0].answer if votes else None,
            votes=votes,
            rule=self.rule.value,
            n_ended=len(run),
            n_abstained=len(run) - n_votes,
            n_planned=self.samples,
            vote_share=votes[0].n_votes / len(run) if votes else None,
            is_decided=is_settled(votes, n_left),
            n_needed=n_needed,
            why=_explain(votes, n_left=n_left, n_needed=n_needed),
        )

    def _count_new(self, state: SamplingState, standing: Standing) -> int:
        n_left = self.samples - standing.n_ended
        n_wanted = standing.n_needed + math.ceil(self.haste * (n_left - standing.n_needed))
        return standing.n_ended + n_wanted - len(state.trials)


def _explain(votes: Sequence[VoteClass], *, n_left: int, n_needed: int) -> str:
    if not votes:
        return "no sample has voted" + ("" if n_left else ", and none is left")
    lead = f"{votes[0].n_votes} of {sum(vote.n_votes for vote in votes)} votes agree"
    if n_needed:
        return f"{lead}; {n_needed} more could settle it"
    return f"{lead}; {n_left} left, too few to change it" if n_left else lead
