"""Best-of-N: draw N samples, score each, and take the answer with the best scores.

Weighted (the default): a* = argmax_a sum_{i: a_i = a} s_i, Li et al. 2022 (arXiv 2206.02336),
section 3.2, as Snell et al. 2024 (arXiv 2408.03314) use it. Best: the answer of argmax_i s_i,
Lightman et al. 2023 (arXiv 2305.20050). s_i is an outcome score: a verifier's, of the whole
text, or the text's length-normalised likelihood. For scores of each step, see
``engine.search.steps.chains``. Defaults: N = 8, weighted. Cost: at most N samples, and with a
verifier as many judgements; weighted scores lie in [0, 1], so exact curtailment stops the vote
when no rival could catch up. What could not be judged is worth 1/2.

A search for the best score also finds the text that fools the verifier best, so the majority's
answer is reported beside where it differs.
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
from engine.search.scoring import UNJUDGED, Pick, Scorer, score_likelihood
from engine.search.stopping.exact import Exact
from engine.search.stopping.poll import Poll, Ruling, list_names
from engine.search.vote import Ballot, tally_best, tally_weights
from engine.search.vote_standing import stand

MAX_SAMPLES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BestOfN:
    """Independent samples, elected by their scores.

    Attributes:
        samples: N, the most samples it draws.
        pick: Which answer the scores elect.
        scorer: Where the scores come from.
        haste: As in self-consistency; the single best text needs all samples anyway.
        sampling: How samples are drawn.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    samples: int = 8
    pick: Pick = Pick.WEIGHTED
    scorer: Scorer = Scorer.LIKELIHOOD
    haste: float = 0.0
    sampling: Sampling = field(default_factory=Sampling)
    name: str = "best_of_n"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that nothing could be elected under."""
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise InvalidInputError(f"samples must lie between 1 and {MAX_SAMPLES}")
        if not 0 <= self.haste <= 1:
            raise InvalidInputError("haste must lie between 0 and 1")

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "samples": self.samples,
            "pick": self.pick.value,
            "scorer": self.scorer.value,
            "haste": self.haste,
            **self.sampling.to_data(),
        }

    def start(self, problem: Problem) -> SamplingState:
        """Return the state before any sample."""
        return SamplingState(problem=problem)

    def ask(self, state: SamplingState, free_slots: int) -> Sequence[Trial]:
        """Return the open trials, then as many new ones as could still be needed."""
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
        """Return the state after a trial was opened or has ended."""
        return state.told(told)

    def standing(self, state: SamplingState) -> Standing:
        """Return the election over the longest run of samples that have ended and are scored."""
        run = state.list_run(is_scored=self._is_scored)
        is_weighted = self.pick is Pick.WEIGHTED
        tally = tally_weights if is_weighted else tally_best
        poll = Poll(
            names=list_names(run),
            votes=tally(run, self._weigh),
            n_left=max(0, self.samples - len(run)),
        )
        if is_weighted:
            ruling = Exact().rule_on(poll)
        else:
            ruling = Ruling(n_counted=len(run), n_needed=poll.n_left)
        return stand(run, poll, ruling, rule=f"{self.pick}-{self.scorer}")

    @property
    def _is_scored(self) -> bool:
        return self.scorer is Scorer.VERIFIER

    def _weigh(self, ballot: Ballot) -> float:
        found = ballot.score if self._is_scored else score_likelihood(ballot.outcome.likelihood)
        return UNJUDGED if found is None else found
