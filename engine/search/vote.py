"""Votes over answer classes, and when no further vote can change the winner.

Self-consistency, Wang et al. 2022 (arXiv 2203.11171): a* = argmax_a sum_i w_i 1[a_i = a], with
w = 1 (majority) or the length-normalised likelihood w_i = exp((1/K) sum_k log P(t_k | .)).
Ties go to the class that was submitted first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.domain.answer import Answer
from engine.domain.ids import TrialId
from engine.domain.outcome import Outcome
from engine.domain.standing import VoteClass
from engine.domain.trial import Trial


class VoteRule(StrEnum):
    """How much a sample's vote weighs. Every weight lies in [0, 1]."""

    MAJORITY = "majority"
    LIKELIHOOD = "likelihood"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """The outcome of one submission, at its place in the order.

    Attributes:
        rank: Its submission rank.
        outcome: How it ended.
    """

    rank: int
    outcome: Outcome


def list_ended_run(
    trials: Sequence[Trial], outcomes: Mapping[TrialId, Outcome]
) -> tuple[Ballot, ...]:
    """Return the longest run of submissions, from the first on, that has ended.

    Counting in the order of completion instead would favour short, wrong texts.
    """
    run: list[Ballot] = []
    for trial in trials:
        outcome = outcomes.get(trial.trial_id)
        if outcome is None:
            break
        run.append(Ballot(rank=trial.rank, outcome=outcome))
    return tuple(run)


def tally_votes(run: Sequence[Ballot], rule: VoteRule) -> tuple[VoteClass, ...]:
    """Return the classes that were voted for, the winner first."""
    weigh = WEIGHTS[rule]
    classes: dict[str, VoteClass] = {}
    for ballot in run:
        answer, weight = ballot.outcome.answer, weigh(ballot.outcome)
        if not ballot.outcome.is_vote or answer is None or weight is None:
            continue
        classes[answer.class_id] = _with_vote(classes.get(answer.class_id), answer, weight, ballot)
    return tuple(sorted(classes.values(), key=_order))


def is_settled(votes: Sequence[VoteClass], n_left: int) -> bool:
    """Whether ``n_left`` further votes of weight at most 1 cannot change the winner.

    Exact curtailment: the winner is the one that the full vote would have.
    """
    if n_left == 0:
        return True
    if not votes:
        return False
    leader, *rivals = votes
    # A class that nobody has named yet comes later than the leader, so it loses a tie.
    return leader.weight >= n_left and not any(
        _could_win(rival, leader, n_left) for rival in rivals
    )


def count_needed(votes: Sequence[VoteClass], n_left: int) -> int:
    """Return the fewest further samples after which the vote could be settled."""
    if is_settled(votes, n_left):
        return 0
    leader = votes[0] if votes else None
    rivals = votes[1:]
    for n_more in range(1, n_left):
        if _settles_with(leader, rivals, n_more=n_more, n_left=n_left - n_more):
            return n_more
    return n_left


def _settles_with(
    leader: VoteClass | None, rivals: Sequence[VoteClass], *, n_more: int, n_left: int
) -> bool:
    if leader is None:
        return n_more >= n_left
    # The best case: every further vote goes to the leader with full weight.
    grown = VoteClass(
        answer=leader.answer,
        n_votes=leader.n_votes + n_more,
        weight=leader.weight + n_more,
        first_rank=leader.first_rank,
    )
    return is_settled((grown, *rivals), n_left)


def _could_win(rival: VoteClass, leader: VoteClass, n_left: int) -> bool:
    best = rival.weight + n_left
    return best > leader.weight or (best == leader.weight and rival.first_rank < leader.first_rank)


def _with_vote(
    voted: VoteClass | None, answer: Answer, weight: float, ballot: Ballot
) -> VoteClass:
    if voted is None:
        return VoteClass(answer=answer, n_votes=1, weight=weight, first_rank=ballot.rank)
    return VoteClass(
        answer=voted.answer,
        n_votes=voted.n_votes + 1,
        weight=voted.weight + weight,
        first_rank=voted.first_rank,
    )


def _order(voted: VoteClass) -> tuple[float, int]:
    return (-voted.weight, voted.first_rank)


def _weigh_equally(_outcome: Outcome) -> float | None:
    return 1.0


def _weigh_by_likelihood(outcome: Outcome) -> float | None:
    if outcome.likelihood is None or outcome.likelihood.n_tokens == 0:
        return None
    return min(1.0, math.exp(outcome.likelihood.mean_logprob))


# None abstains: without log-probabilities a likelihood vote has no weight to cast.
WEIGHTS: dict[VoteRule, Callable[[Outcome], float | None]] = {
    VoteRule.MAJORITY: _weigh_equally,
    VoteRule.LIKELIHOOD: _weigh_by_likelihood,
}
