"""DeepConf: draw samples, drop those that the model was unsure of, weigh the rest by certainty.

Fu et al. 2025 (arXiv 2508.15260). A token's confidence is the negative mean log-probability of its
20 most probable candidates, a group's the mean over neighbouring tokens (section 3); ``measure``
says which groups speak for a trace. The vote is a* = argmax_a sum_t C_t 1[a_t = a] (equation 7).

Offline (section 4.1): all B samples are drawn, of those with an answer the surest share ``keep``
(eta) votes, 0.9 or 0.1 in the paper.

Online (section 4.2, algorithm 2): 16 samples to warm up. The bar s is the least certain group of
the surest share ``keep`` of them: percentile 100 - eta, by nearest rank. The samples that follow
are closed as soon as a group of theirs falls below s; a warm-up sample below it does not vote
either. The search stops once the leading answer holds the share ``consensus`` (tau = 0.95) of all
weight, or after B samples. Both are judged in the order of submission.

Defaults: B = 32 (the paper's traces are few and long, B = 512), groups of 32 tokens (2,048 in the
paper, for traces of tens of thousands: a window longer than the trace says nothing). Cost: B
samples offline; online 16 to B, the later ones cut short where they are unsure.

With ``weighing=borda`` (offline) those that are kept vote by the rank of their certainty, not by
its amount: Borda voting (Kang et al. 2025, arXiv 2502.18581). Theirs is ``keep=1`` with
``measure=mean``, which is as near to their self-certainty as candidates allow (see
``engine.search.certainty``); p is ``power``, which they fit to N. What has no answer has no rank.

Where a sample has no certainty it abstains. Where none has, because the server tells no
candidates, every vote weighs the same, and the standing says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing, VoteClass
from engine.domain.trial import MAX_CANDIDATES, Sampling, Trial, Work
from engine.search.certainty import (
    Measure,
    Weighing,
    find_bar,
    find_quantile,
    measure_certainty,
    weigh_ranks,
)
from engine.search.consensus import Race, Weights, find_weight
from engine.search.sampling_state import count_wanted
from engine.search.tree import Branch, TreeState, make_trials
from engine.search.vote import Ballot, list_ended_run, tally_weights
from engine.search.vote_standing import explain_majority, find_majority

MAX_SAMPLES = 1024
MIN_CONSENSUS = 0.5
MAX_POWER = 4.0


class Mode(StrEnum):
    """When unsure samples are dropped: after all have ended, or while they are written."""

    OFFLINE = "offline"
    ONLINE = "online"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepConf:
    """A vote weighted by how sure the model was.

    Attributes:
        mode: When unsure samples are dropped.
        samples: B, the most samples it draws.
        keep: eta, the share of the surest samples that is kept, in (0, 1].
        measure: What a sample's certainty is, as its weight and, offline, as what it is kept by.
        weighing: How that becomes the weight of its vote.
        power: p of Borda voting, in [0, 4].
        warmups: Samples that are drawn before there is a bar; online only.
        consensus: tau, the leading answer's share of the weight that ends the search, in (0.5, 1];
            online only.
        haste: 0 asks only for the fewest samples after which the search could stop; 1 asks for
            all that are left at once.
        sampling: How samples are drawn.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    mode: Mode = Mode.OFFLINE
    samples: int = 32
    keep: float = 0.9
    measure: Measure = Measure.BOTTOM_TENTH
    weighing: Weighing = Weighing.CERTAINTY
    power: float = 0.5
    warmups: int = 16
    consensus: float = 0.95
    haste: float = 0.0
    sampling: Sampling = field(default_factory=Sampling)
    name: str = "deepconf"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no such vote could be held under."""
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise InvalidInputError(f"samples must lie between 1 and {MAX_SAMPLES}")
        if not 0 < self.keep <= 1:
            raise InvalidInputError("keep must lie between 0, excluded, and 1")
        if self.warmups < 1:
            raise InvalidInputError("warmups must be at least 1")
        if not MIN_CONSENSUS < self.consensus <= 1:
            raise InvalidInputError(f"consensus must lie between {MIN_CONSENSUS}, excluded, and 1")
        if not 0 <= self.haste <= 1:
            raise InvalidInputError("haste must lie between 0 and 1")
        if not 0 <= self.power <= MAX_POWER:
            raise InvalidInputError(f"power must lie between 0 and {MAX_POWER:g}")
        if self.weighing is Weighing.BORDA and self.mode is Mode.ONLINE:
            raise InvalidInputError("weighing=borda ranks all samples, so it needs mode=offline")

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {
            "mode": self.mode.value,
            "samples": self.samples,
            "keep": self.keep,
            "measure": self.measure.value,
            "weighing": self.weighing.value,
            "power": self.power,
            "warmups": self.warmups,
            "consensus": self.consensus,
            "haste": self.haste,
            "group_tokens": self.sampling.group_tokens,
            **self.sampling.to_data(),
        }

    def start(self, problem: Problem) -> TreeState:
        """Return the state before any sample."""
        return TreeState(problem=problem)

    def ask(self, state: TreeState, free_slots: int) -> Sequence[Trial]:
        """Return the open samples, then as many new ones as could still be needed."""
        standing = self.standing(state)
        if standing.is_decided:
            return ()
        n_new = min(self._count_wanted(standing) - len(state.trials), free_slots)
        return (*state.list_open(), *self._make_samples(state, max(0, n_new)))

    def tell(self, state: TreeState, told: Told) -> TreeState:
        """Return the state after a sample was opened or has ended."""
        return state.told(told)

    def standing(self, state: TreeState) -> Standing:
        """Return the weighted vote over the longest ended run, up to where it stopped."""
        run = list_ended_run(tuple(state.trials.values()), state.outcomes)
        if self.mode is Mode.OFFLINE:
            return self._stand(run, self._weigh_surest(run), self._count_left(run))
        count = self._count_online(run)
        return self._stand(run[: count.n_counted], count.weights, count.n_needed)

    @property
    def _n_warmups(self) -> int:
        return min(self.warmups, self.samples) if self.mode is Mode.ONLINE else self.samples

    def _count_left(self, run: Sequence[Ballot]) -> int:
        # A run that was taken over from a wider search may be longer than this one's would be.
        return max(0, self.samples - len(run))

    def _count_wanted(self, standing: Standing) -> int:
        n_wanted = count_wanted(standing, self.samples, self.haste)
        # The samples behind the bar need the bar, which needs the whole warm-up.
        return n_wanted if standing.n_ended >= self._n_warmups else min(n_wanted, self._n_warmups)

    def _make_samples(self, state: TreeState, n_new: int) -> tuple[Trial, ...]:
        first, n_warmups = len(state.trials), self._n_warmups
        is_warm = first >= n_warmups
        sampling = replace(self.sampling, n_candidates=MAX_CANDIDATES)
        if is_warm:
            run = list_ended_run(tuple(state.trials.values()), state.outcomes)
            sampling = replace(sampling, min_certainty=find_bar(run[:n_warmups], self.keep))
        branch = Branch(
            work=Work.SAMPLE,
            at=None,
            depth=1,
            prompt="solve",
            sampling=sampling,
            round="sure" if is_warm else "first",
        )
        begin = first
        if is_warm:
            # A log that began with another warm-up has drawn more of these already.
            begin = max(first - n_warmups, _count_drawn(state, branch))
        return make_trials(state.problem, branch, range(begin, begin + n_new), first)

    def _weigh_surest(self, run: Sequence[Ballot]) -> Weights | None:
        known = {
            ballot.rank: certainty
            for ballot in run
            if ballot.outcome.is_vote
            and (certainty := measure_certainty(ballot.outcome, self.measure)) is not None
        }
        if not known:
            return None
        bar = find_quantile(tuple(known.values()), self.keep)
        kept = {rank: certainty for rank, certainty in known.items() if certainty >= bar}
        return weigh_ranks(kept, self.power) if self.weighing is Weighing.BORDA else kept

    def _count_online(self, run: Sequence[Ballot]) -> _Count:
        """Walk through the run, as if its samples had ended one by one, to where it stops."""
        n_warmups = self._n_warmups
        if len(run) < n_warmups:
            weights = self._weigh_above(run, None)
            return _Count(n_counted=len(run), weights=weights, n_needed=n_warmups - len(run))
        weights = self._weigh_above(run, find_bar(run[:n_warmups], self.keep))
        race = Race(consensus=self.consensus)
        for n_counted, ballot in enumerate(run, start=1):
            race.add(ballot, weights)
            if n_counted >= n_warmups and race.is_won:
                return _Count(n_counted=n_counted, weights=weights, n_needed=0)
        n_needed = race.count_needed(self._count_left(run))
        return _Count(n_counted=len(run), weights=weights, n_needed=n_needed)

    def _weigh_above(self, run: Sequence[Ballot], bar: float | None) -> Weights | None:
        # Whether there is any certainty at all is settled by the warm-up: what comes later must
        # not change how its votes weigh.
        warm = run[: self._n_warmups]
        if find_bar(warm, self.keep) is None:
            return None
        weights: dict[int, float] = {}
        for ballot in run:
            certainty = ballot.outcome.certainty
            weight = measure_certainty(ballot.outcome, self.measure)
            if certainty is not None and weight is not None and certainty.lowest >= (bar or 0.0):
                weights[ballot.rank] = weight
        return weights

    def _stand(self, run: Sequence[Ballot], weights: Weights | None, n_needed: int) -> Standing:
        votes = tally_weights(run, lambda ballot: find_weight(ballot, weights))
        n_votes = sum(vote.n_votes for vote in votes)
        majority = find_majority(run, votes)
        scale = None if weights is None else _SCALES[self.weighing]
        explained = _explain(votes, run, scale=scale, n_needed=n_needed)
        return Standing(
            answer=votes[0].answer if votes else None,
            votes=votes,
            rule=self.name,
            n_ended=len(run),
            n_abstained=len(run) - n_votes,
            n_planned=max(self.samples, len(run)),
            vote_share=votes[0].n_votes / len(run) if votes else None,
            is_decided=n_needed == 0,
            n_needed=n_needed,
            why=explained + explain_majority(majority),
            majority=majority,
        )


_SCALES = {Weighing.CERTAINTY: "certainty", Weighing.BORDA: "points by rank of certainty"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """Where the online vote stands: how many of the run count, and how many are needed."""

    n_counted: int
    weights: Weights | None
    n_needed: int


def _count_drawn(state: TreeState, branch: Branch) -> int:
    """Return the first index of a branch's group that no sample has."""
    group_id = make_trials(state.problem, branch, (0,), 0)[0].group_id
    drawn = (trial for trial in state.trials.values() if trial.group_id == group_id)
    return max((trial.index + 1 for trial in drawn), default=0)


def _explain(
    votes: Sequence[VoteClass], run: Sequence[Ballot], *, scale: str | None, n_needed: int
) -> str:
    more = f"; {n_needed} more could settle it" if n_needed else ""
    if not votes:
        return f"no sample has voted{more or ', and none is left'}"
    n_votes = sum(vote.n_votes for vote in votes)
    n_unsure = sum(ballot.outcome.is_vote for ballot in run) - n_votes
    said = f"{votes[0].n_votes} of {n_votes} votes agree"
    if scale is None:
        return f"{said}, all of one weight: the server does not tell how sure the model was{more}"
    total = math.fsum(vote.weight for vote in votes)
    share = f", with {votes[0].weight / total:.0%} of the {scale}" if total else ""
    unsure = f"; {n_unsure} too unsure to vote" if n_unsure else ""
    return f"{said}{share}{unsure}{more}"
