"""Best-of-N: the scores elect, the majority is named beside, and a broken judge loses nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.domain.errors import InvalidInputError, UnavailableAlgorithmError
from engine.domain.outcome import Outcome, OutcomeStatus
from engine.domain.problem import Problem
from engine.domain.trial import Sampling, Work
from engine.search.best_of_n import BestOfN
from engine.search.registry import create_algorithm
from engine.search.sampling_state import make_sample
from engine.search.scoring import Pick, Scorer
from engine.search.steps.chains import Chains
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import StepSettings
from engine.search.strategy import Offered
from tests.unit.engine.search.simulation import fail, play, vote_for

NAMES = ["a", "a", "b", "b", "b"]
SCORES = [0.9, 0.8, 0.5, 0.5, 0.5]
JUDGED = {"samples": 5, "scorer": Scorer.VERIFIER}


def _script(names, scores):
    problem = Problem(text="?")
    places = {make_sample(problem, i, Sampling()).node_id: i for i in range(len(names))}

    def script(trial):
        if trial.work is Work.SAMPLE:
            logprob = math.log(scores[trial.index]) if scores else -0.1
            return vote_for(trial, names[trial.index], mean_logprob=logprob)
        if not scores:
            return fail(trial)
        return Outcome(
            trial_id=trial.trial_id,
            status=OutcomeStatus.COMPLETE,
            reason="judged",
            score=scores[places[trial.parent_id]],
        )

    return script


@pytest.mark.parametrize("scorer", list(Scorer), ids=str)
def test_weighted_scores_elect_the_greatest_sum(scorer):
    standing = play(BestOfN(samples=5, scorer=scorer), _script(NAMES, SCORES)).standing

    assert standing.answer.text == "a"
    assert standing.majority.text == "b"
    assert standing.rule == f"weighted-{scorer}"


def test_the_naive_pick_takes_the_single_best_text():
    script = _script(["a", "a", "b"], [0.5, 0.5, 0.6])
    weighted, best = (
        play(BestOfN(samples=3, scorer=Scorer.VERIFIER, pick=pick), script).standing
        for pick in (Pick.WEIGHTED, Pick.BEST)
    )

    assert (weighted.answer.text, best.answer.text) == ("a", "b")


def test_the_naive_pick_looks_at_every_sample():
    played = play(BestOfN(**JUDGED, pick=Pick.BEST), _script(["a"] * 5, [0.9] * 5))

    assert len(played.computed) == 10


def test_weighted_scores_stop_when_nothing_could_catch_up():
    played = play(BestOfN(**JUDGED), _script(["a"] * 5, [1.0] * 5))

    assert sum(trial.work is Work.SAMPLE for trial in played.trials) == 3


@pytest.mark.parametrize("pick", list(Pick), ids=str)
def test_without_a_verifier_that_works_the_majority_wins(pick):
    standing = play(BestOfN(**JUDGED, pick=pick), _script(NAMES, None)).standing

    assert standing.answer.text == "b"


def test_one_of_sixteen_samples_may_fail():
    played = play(
        BestOfN(samples=16),
        lambda trial: fail(trial) if trial.rank == 3 else vote_for(trial, "a"),
    )

    assert played.standing.answer.text == "a"


def test_a_verifier_scores_where_one_is_offered():
    assert create_algorithm("best_of_n", {}, Offered(has_verifier=True)).scorer is Scorer.VERIFIER
    assert create_algorithm("best_of_n", {}, Offered()).scorer is Scorer.LIKELIHOOD


def test_a_verifier_that_is_not_offered_is_refused():
    with pytest.raises(UnavailableAlgorithmError, match="no verifier judges here"):
        create_algorithm("best_of_n", {"scorer": "verifier"}, Offered())


@pytest.mark.parametrize("settings", [{"samples": 0}, {"haste": 1.5}], ids=str)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(InvalidInputError):
        create_algorithm("best_of_n", settings, Offered())


def test_what_another_strategy_drew_before_a_fork_has_no_vote():
    before = play(
        StepSearch(growth=Chains(), steps=StepSettings(width=3, max_steps=2)),
        lambda trial: replace(vote_for(trial, "b"), is_final=trial.depth == 2),
    )
    after = play(BestOfN(samples=3), lambda trial: vote_for(trial, "a"), earlier=before.told)

    assert [vote.answer.text for vote in after.standing.votes] == ["a"]
    assert after.standing.n_ended == len(after.computed)
