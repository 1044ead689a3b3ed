"""Votes over answer classes, and when no further vote can change the winner.

The winner is a* = argmax_a sum_i w_i 1[a_i = a]; ties go to the class with more votes, then to
the one that was submitted first. The weights w:

- majority: 1. Self-consistency, Wang et al. 2022 (arXiv 2203.11171), section 2.
- likelihood: exp((1/K) sum_k log P(t_k | .)), the same paper's normalised weighted sum.
- cisc: exp(c_i / T) / sum_j exp(c_j / T), with that likelihood as the confidence c (Taubenfeld et
  al. 2025, arXiv 2502.06233, section 3). The divisor is the same for all, so what is summed here
  is exp((c_i - 1) / T), which does not change when another sample ends. T is a setting; the paper
  fits it to each model and measure of confidence on held-out problems. Without such a fit T = 1;
  with a great T all votes weigh alike, with a small one the surest decide.
- verifier: log(s / (1 - s)), the evidence in a calibrated score s. A score below one half counts
  against its class. s is clipped to [0.01, 0.99]; without a score it is 1/2, hence the weight 0.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from operator import add

from engine.domain.answer import Answer
from engine.domain.ids import TrialId
from engine.domain.outcome import Outcome
from engine.domain.standing import VoteClass
from engine.domain.trial import Trial
from engine.search.scoring import LARGEST_LOG_ODDS, UNJUDGED, score_likelihood, to_log_odds

CISC_TEMPERATURE = 1.0
MIN_CISC_TEMPERATURE, MAX_CISC_TEMPERATURE = 0.01, 100.0


class VoteRule(StrEnum):
    """How much a sample's vote weighs: at most ``REACH`` of the rule, for or against."""

    MAJORITY = "majority"
    LIKELIHOOD = "likelihood"
    CISC = "cisc"
    VERIFIER = "verifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """The outcome of one submission, at its place in the order.

    Attributes:
        rank: Its submission rank.
        outcome: How it ended.
        score: What a verifier made of it; ``None`` where none was asked or could tell.
    """

    rank: int
    outcome: Outcome
    score: float | None = None


Weigh = Callable[[Ballot], float | None]
Combine = Callable[[float, float], float]


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


def tally_votes(
    run: Sequence[Ballot], rule: VoteRule, *, cisc_temperature: float = CISC_TEMPERATURE
) -> tuple[VoteClass, ...]:
    """Return the classes that were voted for, the winner first."""
    if rule == VoteRule.CISC:
        return tally_weights(run, partial(_weigh_by_confidence, temperature=cisc_temperature))
    return tally_weights(run, WEIGHTS[rule])


def tally_weights(run: Sequence[Ballot], weigh: Weigh) -> tuple[VoteClass, ...]:
    """Return the classes with the sums of their votes' weights, the heaviest first.

    Args:
        run: What ended, in an order that does not depend on what ended first.
        weigh: How much a ballot weighs; ``None`` abstains.
    """
    return _tally(run, weigh, add)


def tally_best(run: Sequence[Ballot], weigh: Weigh) -> tuple[VoteClass, ...]:
    """Return the classes with the weight of their heaviest vote alone, the heaviest first."""
    return _tally(run, weigh, max)


def is_settled(votes: Sequence[VoteClass], n_left: int, reach: float = 1.0) -> bool:
    """Whether ``n_left`` further votes of weight at most ``reach`` cannot change the winner.

    Exact curtailment: the winner is the one that the full vote would have. A vote against the
    leader moves a rival no nearer than one for the rival does.
    """
    if n_left == 0:
        return True
    if not votes:
        return False
    leader, *rivals = votes
    # A class that nobody has named yet comes later than the leader, so it loses a tie.
    return (leader.weight, leader.n_votes) >= (n_left * reach, n_left) and not any(
        _could_win(rival, leader, n_left, reach) for rival in rivals
    )


def count_needed(votes: Sequence[VoteClass], n_left: int, reach: float = 1.0) -> int:
    """Return the fewest further samples after which the vote could be settled."""
    if is_settled(votes, n_left, reach):
        return 0

    def settles(n_more: int) -> bool:
        return _settles_with(votes, n_more=n_more, n_left=n_left - n_more, reach=reach)

    # What settles it with so many more votes for the leader settles it with one more still.
    return 1 + bisect_left(range(1, n_left), x=True, key=settles)


def _settles_with(votes: Sequence[VoteClass], *, n_more: int, n_left: int, reach: float) -> bool:
    if not votes:
        return n_more >= n_left
    leader, *rivals = votes
    # The best case: every further vote goes to the leader with full weight.
    grown = VoteClass(
        answer=leader.answer,
        n_votes=leader.n_votes + n_more,
        weight=leader.weight + n_more * reach,
        first_rank=leader.first_rank,
    )
    return is_settled((grown, *rivals), n_left, reach)


def _could_win(rival: VoteClass, leader: VoteClass, n_left: int, reach: float) -> bool:
    best = (rival.weight + n_left * reach, rival.n_votes + n_left, -rival.first_rank)
    return best > (leader.weight, leader.n_votes, -leader.first_rank)


def _tally(run: Sequence[Ballot], weigh: Weigh, combine: Combine) -> tuple[VoteClass, ...]:
    classes: dict[str, _Count] = {}
    for ballot in run:
        outcome = ballot.outcome
        weight = weigh(ballot) if outcome.is_vote else None
        if outcome.answer is None or weight is None:
            continue
        count = classes.get(outcome.answer.class_id)
        if count is None:
            classes[outcome.answer.class_id] = _Count(outcome.answer, weight, ballot.rank)
        else:
            count.n_votes += 1
            count.weight = combine(count.weight, weight)
    votes = [
        VoteClass(
            answer=count.answer,
            n_votes=count.n_votes,
            weight=count.weight,
            first_rank=count.first_rank,
        )
        for count in classes.values()
    ]
    return tuple(sorted(votes, key=_order))


@dataclass(slots=True)
class _Count:
    """A class while its votes are being counted."""

    answer: Answer
    weight: float
    first_rank: int
    n_votes: int = 1


def _order(voted: VoteClass) -> tuple[float, int, int]:
    return (-voted.weight, -voted.n_votes, voted.first_rank)


def _weigh_equally(_ballot: Ballot) -> float | None:
    return 1.0


def _weigh_by_likelihood(ballot: Ballot) -> float | None:
    return score_likelihood(ballot.outcome.likelihood)


def _weigh_by_confidence(ballot: Ballot, *, temperature: float) -> float | None:
    confidence = score_likelihood(ballot.outcome.likelihood)
    return None if confidence is None else math.exp((confidence - 1) / temperature)


def _weigh_by_verifier(ballot: Ballot) -> float | None:
    return to_log_odds(UNJUDGED if ballot.score is None else ballot.score)


# None abstains: without log-probabilities a likelihood vote has no weight to cast. CISC's weights
# depend on its temperature as well.
WEIGHTS: dict[VoteRule, Weigh] = {
    VoteRule.MAJORITY: _weigh_equally,
    VoteRule.LIKELIHOOD: _weigh_by_likelihood,
    VoteRule.VERIFIER: _weigh_by_verifier,
}

# The most that one vote can weigh.
REACH: dict[VoteRule, float] = {
    VoteRule.MAJORITY: 1.0,
    VoteRule.LIKELIHOOD: 1.0,
    VoteRule.CISC: 1.0,
    VoteRule.VERIFIER: LARGEST_LOG_ODDS,
}
