"""The vote among the finished paths of a step search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.domain.standing import Standing, VoteClass
from engine.search.scoring import Pick
from engine.search.steps.growth import Growth
from engine.search.steps.path import Grove, Path, keep_best
from engine.search.steps.settings import StepSettings
from engine.search.steps.state import StepState
from engine.search.steps.survey import Survey
from engine.search.vote import Ballot, count_needed, tally_best, tally_weights
from engine.search.vote_standing import explain_majority, find_majority


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """Where the vote stands.

    Attributes:
        run: Every finished path, grove by grove: the order does not depend on what ended first.
        votes: Their classes, the winner first.
        rule: Name of the vote's rule.
        n_broken: Places that stay empty because their paths broke off: they abstain.
        n_left: How many more paths may vote.
        n_growing: How many paths are being extended.
        is_decided: Whether nothing can change the winner.
        n_needed: Fewest further votes after which that could be so.
    """

    run: tuple[Ballot, ...]
    votes: tuple[VoteClass, ...]
    rule: str
    n_broken: int
    n_left: int
    n_growing: int
    is_decided: bool
    n_needed: int

    def to_standing(self) -> Standing:
        """Return the standing."""
        n_votes = sum(vote.n_votes for vote in self.votes)
        n_ended = len(self.run) + self.n_broken
        majority = find_majority(self.run, self.votes)
        return Standing(
            answer=self.votes[0].answer if self.votes else None,
            votes=self.votes,
            rule=self.rule,
            n_ended=n_ended,
            n_abstained=n_ended - n_votes,
            n_planned=n_ended + self.n_left,
            vote_share=self.votes[0].n_votes / n_ended if self.votes else None,
            is_decided=self.is_decided,
            n_needed=self.n_needed,
            why=self._explain(n_votes) + explain_majority(majority),
            majority=majority,
        )

    def _explain(self, n_votes: int) -> str:
        growing = f"{self.n_growing} still growing"
        if not self.votes:
            return "no path has finished" + ("" if self.is_decided else f", {growing}")
        lead = f"{self.votes[0].n_votes} of {n_votes} finished paths agree"
        if not self.is_decided:
            return f"{lead}, {growing}"
        return f"{lead}; those left could not change it" if self.n_growing else lead


def hold_election(
    state: StepState,
    surveys: Sequence[Survey | None],
    settings: StepSettings,
    growth: Growth,
) -> Election:
    """Return the vote among all that has finished so far.

    Args:
        state: The search.
        surveys: Each grove's current level; ``None`` for a grove that is over.
        settings: How scores elect.
        growth: How much a finished path weighs.
    """
    groves = list(zip(state.groves, surveys, strict=True))
    shown = [path for grove, survey in groves for path in _list_finished(grove, survey)]
    sure = [path for grove, _ in groves for path in _list_cast(grove, growth)]
    n_open = sum(grove.quota for grove in state.groves if not grove.is_over)
    n_left = n_open - sum(
        len(_list_cast(grove, growth)) for grove in state.groves if not grove.is_over
    )
    n_places = sum(grove.quota for grove in state.groves)
    n_broken = sum(grove.n_abstained for grove in state.groves)
    cast = _tally(state, sure, settings, growth)
    is_decided = n_left == 0 or (settings.pick is Pick.WEIGHTED and _is_beyond(cast, n_left))
    return Election(
        run=tuple(_list_ballots(state, shown)),
        votes=_tally(state, shown, settings, growth),
        rule=f"{settings.pick}-{settings.scorer}",
        n_broken=n_broken,
        n_left=n_places - len(shown) - n_broken if n_open else 0,
        n_growing=sum(sprout.n_children for grove in state.groves for sprout in grove.sprouts),
        is_decided=is_decided,
        n_needed=0 if is_decided else max(1, count_needed(cast, n_left)),
    )


def _list_finished(grove: Grove, survey: Survey | None) -> tuple[Path, ...]:
    """Return a grove's finished paths, those of the level under way included."""
    if survey is None:
        return grove.leaves
    return keep_best((*grove.leaves, *survey.finals), grove.quota)


def _list_cast(grove: Grove, growth: Growth) -> tuple[Path, ...]:
    """Return the finished paths whose votes nothing can take away."""
    return () if growth.casts_at_end and not grove.is_over else grove.leaves


def _is_beyond(votes: Sequence[VoteClass], n_left: int) -> bool:
    """Whether ``n_left`` further votes, each at most 1, cannot even tie with the leader.

    A tie goes to the path that comes first, grove by grove, which may be one that has not ended.
    """
    if not votes:
        return False
    leader, *rivals = votes
    return leader.weight > n_left + max((rival.weight for rival in rivals), default=0.0)


def _tally(
    state: StepState, leaves: Sequence[Path], settings: StepSettings, growth: Growth
) -> tuple[VoteClass, ...]:
    tally = tally_weights if settings.pick is Pick.WEIGHTED else tally_best
    weights = (
        growth.weigh(leaves) if settings.pick is Pick.WEIGHTED else [leaf.score for leaf in leaves]
    )
    return tally(tuple(_list_ballots(state, leaves)), lambda ballot: weights[ballot.rank])


def _list_ballots(state: StepState, leaves: Sequence[Path]) -> Iterator[Ballot]:
    for place, leaf in enumerate(leaves):
        if leaf.trial_id is not None:
            outcome = state.tree.outcomes[leaf.trial_id]
            yield Ballot(rank=place, outcome=outcome, score=leaf.score)
