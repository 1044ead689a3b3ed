from __future__ import annotations

from dataclasses import replace

import pytest

from engine.bench.strategies.contest import fixed_vote, list_contestants
from engine.bench.strategies.recording import RecordedJudgement
from engine.bench.strategies.replay import replay, to_outcome
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import OutcomeStatus, TokenUse
from engine.domain.problem import Problem
from engine.domain.trial import Sampling
from engine.search.registry import create_algorithm
from engine.search.strategy import Offered
from tests.unit.engine.bench.strategies.tape import problem, sample

MAJORITY_LATE = ["8", "8", "7", "7", "7", "8", "7", "7"]


def make(strategy, **settings):
    return create_algorithm(
        strategy, settings, Offered(prompts=frozenset({"solve", "step"}), has_verifier=True)
    )


def run_fixed(tape, size):
    return replay(make("self_consistency", **fixed_vote(size).settings), tape)


def test_a_fixed_vote_of_n_counts_the_first_n_samples():
    tape = problem(MAJORITY_LATE)

    assert not run_fixed(tape, 2).is_right
    assert run_fixed(tape, 5).is_right
    assert run_fixed(tape, 5).n_samples == 5


def test_samples_drawn_at_once_take_as_long_as_the_slowest():
    tape = problem(["7"] * 4, ms=250)

    assert run_fixed(tape, 4).wall_ms == 250


def test_an_early_stop_draws_fewer_samples_and_waits_for_rounds():
    tape = problem(["7"] * 8, ms=250)

    run = replay(make("self_consistency", samples=8, stop="beta", risk=0.05), tape)

    assert (run.n_samples, run.wall_ms, run.tokens) == (4, 250, 40)


def test_a_dropped_sample_counts_with_the_tokens_it_had():
    fast, slow = sample("7", ms=100), sample("7", ms=200)
    tape = problem(["7"])
    tape = type(tape)(
        problem_id="p", text="?", gold="7", prompt="", samples=(fast,) * 3 + (slow,), greedy=fast
    )

    run = replay(make("self_consistency", samples=4, stop="exact", haste=1.0), tape)

    assert (run.n_samples, run.wall_ms, run.tokens) == (4, 100, 35)


def test_the_greedy_baseline_gets_the_greedy_sample():
    tape = problem(["8", "7"])
    tape = type(tape)(
        problem_id="p", text="?", gold="7", prompt="", samples=tape.samples, greedy=sample("7")
    )

    assert replay(make("direct"), tape).is_right


def test_more_samples_than_were_recorded_are_refused():
    with pytest.raises(InvalidInputError, match="the 2 samples"):
        run_fixed(problem(["7", "8"]), 3)


def test_a_strategy_that_needs_fresh_text_is_refused():
    with pytest.raises(InvalidInputError, match="run it live"):
        replay(make("beam"), problem(["7"] * 8))


def test_a_sample_less_certain_than_asked_for_abstains():
    trial = make("direct").ask(make("direct").start(Problem(text="?")), 1)[0]
    barred = type(trial)(
        **{
            **{name: getattr(trial, name) for name in trial.__slots__},
            "sampling": Sampling(n_candidates=5, min_certainty=6.0),
        }
    )

    outcome = to_outcome(barred, sample("7", sure=5.0))

    assert (outcome.status, outcome.answer) == (OutcomeStatus.TRUNCATED, None)


def judged(tape, scores):
    samples = tuple(
        replace(one, judgement=RecordedJudgement(score=score, tokens=TokenUse(tokens_out=1)))
        for one, score in zip(tape.samples, scores, strict=True)
    )
    return replace(tape, samples=samples)


def test_a_verifier_may_overrule_the_majority():
    tape = judged(problem(["8", "8", "7", None]), [0.2, 0.3, 0.9, None])
    by_verifier = replay(make("self_consistency", samples=4, rule="verifier", stop="full"), tape)

    assert not run_fixed(tape, 4).is_right
    assert by_verifier.is_right
    # Three answers were judged, at a token each; no judgement counts as a sample.
    assert (by_verifier.n_samples, by_verifier.tokens) == (4, 43)


def test_a_sample_that_could_not_be_judged_keeps_its_vote():
    tape = judged(problem(["8", "7", "7"]), [0.4, None, None])

    assert replay(make("self_consistency", samples=3, rule="verifier", stop="full"), tape).is_right


def test_without_judgements_a_verifier_cannot_be_replayed():
    with pytest.raises(InvalidInputError, match="svend bench judge"):
        replay(make("self_consistency", samples=3, rule="verifier"), problem(["7"] * 3))


def test_a_judged_recording_has_votes_by_verifier():
    plain = {one.label for one in list_contestants(8, with_certainty=False)}
    more = {
        one.label for one in list_contestants(8, with_certainty=False, with_verifier=True)
    } - plain

    assert more == {
        "vote by verifier",
        "best of n, weighted, by verifier",
        "best of n, best, by verifier",
    }


@pytest.mark.parametrize("contestant", list_contestants(12, with_certainty=True), ids=str)
def test_every_contestant_ends_within_the_recorded_samples(contestant):
    tape = problem(["7", "8", None, "7", "9", "7", "8", "7", None, "7", "7", "7"])

    run = replay(make(contestant.strategy, **contestant.settings), tape)

    assert run.n_samples <= 12
    assert run == replay(make(contestant.strategy, **contestant.settings), tape)
