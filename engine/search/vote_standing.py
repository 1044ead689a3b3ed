"""Where a vote stands, in numbers and in one sentence for people."""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain.answer import Answer
from engine.domain.standing import Standing, VoteClass
from engine.search.stopping.poll import Poll, Ruling
from engine.search.vote import Ballot, VoteRule, tally_votes


def stand(run: Sequence[Ballot], poll: Poll, ruling: Ruling, *, rule: str) -> Standing:
    """Return the standing of a vote.

    Args:
        run: What the vote looked at.
        poll: The same, as votes.
        ruling: Whether the vote may stop.
        rule: Name of the vote's rule.
    """
    votes, n_ended = poll.votes, len(run)
    n_votes = sum(vote.n_votes for vote in votes)
    majority = None if rule == VoteRule.MAJORITY else find_majority(run, votes)
    return Standing(
        answer=votes[0].answer if votes else None,
        votes=votes,
        rule=rule,
        n_ended=n_ended,
        n_abstained=n_ended - n_votes,
        n_planned=n_ended + poll.n_left,
        vote_share=votes[0].n_votes / n_ended if votes else None,
        is_decided=ruling.is_settled,
        n_needed=ruling.n_needed,
        why=_explain(poll, ruling) + explain_majority(majority),
        certificate=ruling.certificate,
        majority=majority,
    )


def find_majority(run: Sequence[Ballot], votes: Sequence[VoteClass]) -> Answer | None:
    """Return what most of the run answered, if the vote names something else."""
    equal = tally_votes(run, VoteRule.MAJORITY)
    if not equal or not votes or equal[0].answer.class_id == votes[0].answer.class_id:
        return None
    return equal[0].answer


def explain_majority(majority: Answer | None) -> str:
    """Return the clause that names a majority with another answer, or nothing."""
    return "" if majority is None else f"; the majority answered {majority.text}"


def _explain(poll: Poll, ruling: Ruling) -> str:
    votes = poll.votes
    if not votes:
        return "no sample has voted" + ("" if poll.n_left else ", and none is left")
    lead = f"{votes[0].n_votes} of {sum(vote.n_votes for vote in votes)} votes agree"
    if ruling.n_needed:
        return f"{lead}; {ruling.n_needed} more could settle it"
    return f"{lead}; {ruling.reason}" if ruling.reason else lead
