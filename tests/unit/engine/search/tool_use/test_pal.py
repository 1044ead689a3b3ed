"""PAL: who writes programs, who writes prose, and what a vote of both comes to."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Outcome, OutcomeStatus
from engine.search.stopping.catalogue import Stop
from engine.search.tool_use.evidence import list_programs
from engine.search.tool_use.pal import Pal
from engine.search.vote import Ballot
from tests.unit.engine.search.simulation import play, vote_for


def _runs(name, program):
    def answer(trial):
        ref = program if trial.prompt == "program" else None
        return dataclasses.replace(vote_for(trial, name), program_ref=ref)

    return answer


def _prompts(**settings):
    trials = play(Pal(haste=1.0, **settings), lambda trial: vote_for(trial, None)).trials
    return [trial.prompt for trial in trials]


@pytest.mark.parametrize(("share", "n_prose"), [(0.0, 0), (0.25, 3), (0.5, 6), (1.0, 12)], ids=str)
def test_the_share_of_prose_is_kept(share, n_prose):
    assert Counter(_prompts(samples=12, cot_share=share))["solve"] == n_prose


@given(st.floats(0, 1), st.integers(1, 40))
def test_prose_is_spread_evenly(share, n_samples):
    prompts = _prompts(samples=n_samples, cot_share=share)
    for n_seen in range(1, n_samples + 1):
        n_prose = sum(prompt == "solve" for prompt in prompts[:n_seen])

        assert abs(n_prose - share * n_seen) < 1


def test_programs_are_one_group_and_prose_another():
    trials = play(Pal(samples=8, haste=1.0), lambda trial: vote_for(trial, None)).trials
    groups = {}
    for trial in trials:
        groups.setdefault((trial.prompt, trial.group_id), []).append(trial.index)

    assert sorted(groups.values()) == [[0, 1, 2, 3], [0, 1, 2, 3]]


def test_a_model_that_writes_only_programs_is_asked_for_whole_answers():
    assert set(_prompts(samples=4, prompt="solve", cot_share=0.0)) == {"solve"}


def test_programs_and_prose_vote_in_one_pool():
    script = {"program": "a", "solve": "b"}
    standing = play(
        Pal(samples=9, cot_share=0.4), lambda trial: vote_for(trial, script[trial.prompt])
    ).standing

    assert standing.answer.text == "a"
    assert {vote.answer.text for vote in standing.votes} == {"a", "b"}


def test_a_sample_whose_program_fails_abstains():
    def answer(trial):
        if trial.rank < 3:
            return Outcome(
                trial_id=trial.trial_id, status=OutcomeStatus.FAILED, reason="tool-error"
            )
        return vote_for(trial, "a")

    standing = play(Pal(samples=5, cot_share=0.0, haste=1.0), answer).standing

    assert standing.answer.text == "a"
    assert standing.n_abstained == 3


def test_it_stops_once_the_vote_cannot_change():
    assert len(play(Pal(samples=8), lambda trial: vote_for(trial, "a")).computed) == 4


def test_it_stops_by_the_rule_that_it_is_given():
    algorithm = Pal(samples=40, stop=Stop.BETA, risk=0.05)

    assert len(play(algorithm, lambda trial: vote_for(trial, "a")).computed) == 4


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        (["p", "p", "p"], "; one program computed it"),
        (["p", "q", "p"], "; 2 different programs computed it"),
        ([None, None, None], "; 1 left, too few to change it"),
    ],
    ids=str,
)
def test_the_standing_says_how_many_programs_agree(programs, said):
    def answer(trial):
        return _runs("a", programs[trial.rank])(trial)

    standing = play(Pal(samples=3, cot_share=0.0, haste=1.0), answer).standing

    assert standing.why.endswith(said)


def test_only_programs_of_the_class_support_it():
    trials = play(Pal(samples=4, haste=1.0), lambda trial: vote_for(trial, None)).trials
    said = [("a", "p"), ("b", "q"), ("a", None), ("a", "r")]
    run = [
        Ballot(
            rank=trial.rank,
            outcome=dataclasses.replace(vote_for(trial, name), program_ref=program),
        )
        for trial, (name, program) in zip(trials, said, strict=True)
    ]

    assert list_programs(run, "a") == ("p", "r")


@pytest.mark.parametrize(
    "settings",
    [
        {"samples": 0},
        {"cot_share": 1.5},
        {"cot_share": 0.5, "prompt": "solve"},
        {"haste": 2.0},
        {"risk": 0.5},
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(InvalidInputError, match=next(iter(settings))):
        Pal(**settings)
