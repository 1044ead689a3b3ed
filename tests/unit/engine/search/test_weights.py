"""Votes of unequal weight: what each weighs, and curtailing them changes no winner."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Opened, Outcome, OutcomeStatus
from engine.domain.problem import Problem
from engine.domain.trial import Sampling, Work
from engine.search.sampling_state import make_sample
from engine.search.scoring import LARGEST_LOG_ODDS
from engine.search.self_consistency import RISKLESS, SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.vote import (
    REACH,
    Ballot,
    VoteRule,
    count_needed,
    is_settled,
    tally_best,
    tally_votes,
    tally_weights,
)
from tests.unit.engine.search.simulation import fail, play, vote_for

PROBLEM = Problem(text="?")
BALLOTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", None]), st.floats(-4, 0), st.none() | st.floats(0, 1)
    ),
    min_size=1,
    max_size=8,
)
RULES = pytest.mark.parametrize("rule", list(VoteRule), ids=str)


def _run(described):
    return [
        Ballot(
            rank=rank,
            outcome=vote_for(make_sample(PROBLEM, rank, Sampling()), name, mean_logprob=logprob),
            score=score,
        )
        for rank, (name, logprob, score) in enumerate(described)
    ]


def _winner(votes):
    return votes[0].answer.text if votes else None


def _judged(names, scores):
    """Return a script of samples that answer `names` and are scored `scores`."""
    samples = {make_sample(PROBLEM, i, Sampling()).node_id: i for i in range(len(names))}

    def script(trial):
        if trial.work is Work.SAMPLE:
            return vote_for(trial, names[trial.index])
        score = scores[samples[trial.parent_id]]
        if score is None:
            return fail(trial)
        return Outcome(
            trial_id=trial.trial_id, status=OutcomeStatus.COMPLETE, reason="judged", score=score
        )

    return script


@RULES
@given(described=BALLOTS, n_seen=st.integers(0, 8))
def test_a_curtailed_vote_equals_the_full_one(rule, described, n_seen):
    n_seen = min(n_seen, len(described))
    votes = tally_votes(_run(described[:n_seen]), rule)

    if is_settled(votes, len(described) - n_seen, REACH[rule]):
        assert _winner(votes) == _winner(tally_votes(_run(described), rule))


@RULES
@given(described=BALLOTS, n_seen=st.integers(0, 8))
def test_fewer_samples_than_needed_never_settle_it(rule, described, n_seen):
    n_seen = min(n_seen, len(described))
    n_left = len(described) - n_seen
    needed = count_needed(tally_votes(_run(described[:n_seen]), rule), n_left, REACH[rule])

    for n_more in range(min(needed, n_left)):
        votes = tally_votes(_run(described[: n_seen + n_more]), rule)
        assert not is_settled(votes, n_left - n_more, REACH[rule])


@RULES
@given(described=BALLOTS)
def test_no_vote_weighs_more_than_its_rule_says(rule, described):
    votes = tally_votes(_run(described), rule)

    assert all(abs(vote.weight) <= vote.n_votes * REACH[rule] + 1e-9 for vote in votes)


def test_confidence_weighs_as_its_softmax():
    votes = tally_votes(_run([("a", math.log(0.9), None), ("b", math.log(0.4), None)]), "cisc")

    # The ratio of two softmax terms at T = 1.
    assert votes[0].weight / votes[1].weight == pytest.approx(math.exp(0.9 - 0.4))


def test_a_score_weighs_as_its_log_odds():
    (vote,) = tally_votes(_run([("a", 0.0, 0.8)]), VoteRule.VERIFIER)

    assert vote.weight == pytest.approx(math.log(4))


def test_a_score_below_one_half_counts_against_its_class():
    run = _run([("a", 0.0, 0.1), ("a", 0.0, 0.1), ("b", 0.0, 0.6)])

    assert _winner(tally_votes(run, VoteRule.VERIFIER)) == "b"


@pytest.mark.parametrize("score", [0.0, 1.0], ids=str)
def test_a_verifier_is_believed_within_bounds(score):
    (vote,) = tally_votes(_run([("a", 0.0, score)]), VoteRule.VERIFIER)

    assert abs(vote.weight) == pytest.approx(LARGEST_LOG_ODDS)


def test_without_a_score_a_vote_counts_neither_way():
    scored = [("b", 0.0, None), ("b", 0.0, None), ("a", 0.0, 0.6)]

    assert _winner(tally_votes(_run(scored), VoteRule.VERIFIER)) == "a"


def test_without_any_score_the_majority_wins():
    run = _run([("a", 0.0, None), ("b", 0.0, None), ("b", 0.0, None)])

    assert _winner(tally_votes(run, VoteRule.VERIFIER)) == "b"


def test_the_best_single_text_can_beat_the_greater_sum():
    run = _run([("a", 0.0, 0.6), ("a", 0.0, 0.6), ("b", 0.0, 0.9)])

    assert _winner(tally_weights(run, lambda ballot: ballot.score)) == "a"
    assert _winner(tally_best(run, lambda ballot: ballot.score)) == "b"


def test_a_verifier_judges_each_vote_once_and_no_abstention():
    algorithm = SelfConsistency(samples=3, rule=VoteRule.VERIFIER)
    played = play(algorithm, _judged(["a", None, "b"], [0.9, 0.9, 0.2]))

    judged = [trial for trial in played.trials if trial.work is Work.SCORE]
    assert len({trial.parent_id for trial in judged}) == len(judged) == 2


def test_a_vote_counts_once_it_was_judged():
    algorithm = SelfConsistency(samples=3, rule=VoteRule.VERIFIER)
    state = algorithm.start(PROBLEM)
    (first, *_others) = algorithm.ask(state, 3)
    state = algorithm.tell(state, Opened(trial=first))
    state = algorithm.tell(state, vote_for(first, "a"))
    assert algorithm.standing(state).n_ended == 0

    (judge, *_others) = algorithm.ask(state, 3)
    assert (judge.work, judge.parent_id) == (Work.SCORE, first.node_id)
    state = algorithm.tell(state, Opened(trial=judge))
    assert algorithm.standing(algorithm.tell(state, fail(judge))).n_ended == 1


def test_believed_samples_settle_the_vote_early():
    algorithm = SelfConsistency(samples=8, rule=VoteRule.VERIFIER)
    played = play(algorithm, _judged(["a"] * 8, [0.999] * 8))

    assert sum(trial.work is Work.SAMPLE for trial in played.trials) == 4


def test_a_majority_that_was_outweighed_is_named():
    algorithm = SelfConsistency(samples=3, rule=VoteRule.VERIFIER)
    standing = play(algorithm, _judged(["a", "a", "b"], [0.5, 0.4, 0.95])).standing

    assert (standing.answer.text, standing.majority.text) == ("b", "a")
    assert standing.why == "1 of 3 votes agree; the majority answered a"
    assert standing.to_data()["majority"]["text"] == "a"


def test_a_majority_that_won_is_not_named_twice():
    standing = play(SelfConsistency(samples=3), lambda trial: vote_for(trial, "a")).standing

    assert standing.majority is None


def test_a_broken_judge_is_no_low_score():
    algorithm = SelfConsistency(samples=3, rule=VoteRule.VERIFIER)
    standing = play(algorithm, _judged(["a", "b", "b"], [0.3, None, None])).standing

    assert standing.answer.text == "b"


@pytest.mark.parametrize("rule", [r for r in VoteRule if r is not VoteRule.MAJORITY], ids=str)
@pytest.mark.parametrize("stop", [s for s in Stop if s not in RISKLESS], ids=str)
def test_stops_that_count_votes_refuse_weights(rule, stop):
    with pytest.raises(InvalidInputError, match="needs rule=majority"):
        SelfConsistency(rule=rule, stop=stop)


def _elect_by_cisc(temperature):
    described = [("a", -1.0, None), ("a", -1.0, None), ("b", -0.01, None)]
    algorithm = SelfConsistency(samples=3, rule=VoteRule.CISC, cisc_temperature=temperature)
    script = {rank: (name, logprob) for rank, (name, logprob, _) in enumerate(described)}
    return play(
        algorithm,
        lambda trial: vote_for(trial, script[trial.rank][0], mean_logprob=script[trial.rank][1]),
    ).standing


def test_a_cold_confidence_vote_is_left_to_the_surest():
    assert _winner(_elect_by_cisc(0.1).votes) == "b"
    assert _winner(_elect_by_cisc(100.0).votes) == "a"


def test_a_confidence_vote_weighs_as_it_did_before_its_temperature_could_be_set():
    run = _run([("a", -1.0, None), ("b", -0.2, None)])
    weights = {vote.answer.text: vote.weight for vote in tally_votes(run, VoteRule.CISC)}

    assert weights == {
        "a": math.exp(math.exp(-1.0) - 1),
        "b": math.exp(math.exp(-0.2) - 1),
    }
    assert SelfConsistency(rule=VoteRule.CISC).version == 1


@pytest.mark.parametrize("temperature", [0.0, 0.001, 101.0, -1.0], ids=str)
def test_a_temperature_at_which_weights_say_nothing_is_refused(temperature):
    with pytest.raises(InvalidInputError, match="cisc_temperature must lie between"):
        SelfConsistency(cisc_temperature=temperature)


@given(described=BALLOTS, n_seen=st.integers(0, 8), temperature=st.floats(0.01, 100))
def test_a_curtailed_confidence_vote_equals_the_full_one(described, n_seen, temperature):
    n_seen = min(n_seen, len(described))
    votes = tally_votes(_run(described[:n_seen]), VoteRule.CISC, cisc_temperature=temperature)
    if is_settled(votes, len(described) - n_seen, REACH[VoteRule.CISC]):
        whole = tally_votes(_run(described), VoteRule.CISC, cisc_temperature=temperature)
        assert _winner(votes) == _winner(whole)


def test_confidence_without_logprobs_abstains():
    (ballot,) = _run([("a", 0.0, None)])
    silent = replace(ballot, outcome=replace(ballot.outcome, likelihood=None))

    assert not tally_votes([silent], VoteRule.CISC)
