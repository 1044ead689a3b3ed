"""One vote over the parts of a composite search.

Each part's votes count as they stand, one a sample: what a part makes of weights and scores
decides what it samples and whom it elects, but weights of different rules have no common scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from engine.domain.ids import NodeId
from engine.domain.outcome import Outcome
from engine.domain.standing import Evidence, Standing, VoteClass
from engine.search.composite.state import CompositeState

RULE = "pooled"


def pool_votes(standings: Iterable[Standing]) -> tuple[VoteClass, ...]:
    """Return the classes of all parts together, the winner first.

    Ties go to the class that an earlier part names first: in which order parts were submitted
    hangs on the slots that were free.
    """
    classes: dict[str, VoteClass] = {}
    for standing in standings:
        for vote in standing.votes:
            known = classes.get(vote.answer.class_id)
            classes[vote.answer.class_id] = vote if known is None else _merge(known, vote)
    counted = (replace(vote, weight=float(vote.n_votes)) for vote in classes.values())
    return tuple(sorted(counted, key=lambda vote: -vote.n_votes))


def is_settled(standings: Sequence[Standing]) -> bool:
    """Whether no part that goes on could change the pooled winner, whatever it still finds.

    An undecided part may yet drop the votes it shows, so only decided ones are counted on.
    """
    if all(standing.is_decided for standing in standings):
        return True
    swing = sum(standing.n_planned for standing in standings if not standing.is_decided)
    firm = pool_votes(standing for standing in standings if standing.is_decided)
    counts = [*(vote.n_votes for vote in firm), 0, 0]
    # A class that is tied with the leader may have been submitted before it.
    return counts[0] - counts[1] > swing


def count_needed(standings: Sequence[Standing]) -> int:
    """Return the fewest further samples after which the pooled vote could stop."""
    if is_settled(standings):
        return 0
    return max(1, min(one.n_needed for one in standings if not one.is_decided))


def stand_together(
    state: CompositeState, standings: Sequence[Standing], *, n_needed: int, why: str
) -> Standing:
    """Return the standing of the parts together; ``n_needed`` of 0 says that it is decided."""
    votes = pool_votes(standings)
    n_ended = sum(standing.n_ended for standing in standings)
    n_votes = sum(vote.n_votes for vote in votes)
    return Standing(
        answer=votes[0].answer if votes else None,
        votes=votes,
        rule=RULE,
        n_ended=n_ended,
        n_abstained=max(0, n_ended - n_votes),
        n_planned=sum(standing.n_planned for standing in standings),
        vote_share=votes[0].n_votes / max(n_ended, n_votes) if votes else None,
        is_decided=n_needed == 0,
        n_needed=n_needed,
        why=why,
        evidence=gather_scores(state, votes),
    )


def gather_scores(state: CompositeState, votes: Sequence[VoteClass]) -> tuple[Evidence, ...]:
    """Return the verifier's scores of each class, the leader's first."""
    classes = {
        trial.node_id: outcome.answer.class_id
        for trial_id, trial in state.trials.items()
        if (outcome := state.outcomes.get(trial_id)) is not None and outcome.answer is not None
    }
    scores: dict[str, list[float]] = {}
    for judged, outcome in _list_scored(state):
        class_id = classes.get(judged)
        if class_id is not None and outcome.score is not None:
            scores.setdefault(class_id, []).append(outcome.score)
    return tuple(
        _describe(vote.answer.class_id, scores) for vote in votes if vote.answer.class_id in scores
    )


def _list_scored(state: CompositeState) -> Iterable[tuple[NodeId, Outcome]]:
    for trial_id, outcome in state.outcomes.items():
        parent_id = state.trials[trial_id].parent_id
        if outcome.score is not None and parent_id is not None:
            yield parent_id, outcome


def _describe(class_id: str, scores: Mapping[str, Sequence[float]]) -> Evidence:
    found = scores[class_id]
    return Evidence(class_id=class_id, n_scored=len(found), mean_score=sum(found) / len(found))


def _merge(one: VoteClass, other: VoteClass) -> VoteClass:
    first = min(one, other, key=lambda vote: vote.first_rank)
    return VoteClass(
        answer=first.answer,
        n_votes=one.n_votes + other.n_votes,
        weight=one.weight + other.weight,
        first_rank=first.first_rank,
    )
