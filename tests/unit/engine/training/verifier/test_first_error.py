"""The first wrong step, the conclusion among them, and planted slips."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.training.example import Fault
from engine.training.verifier.first_error import (
    count_caught,
    find_error,
    measure_first_error,
    measure_tuned,
    share_on_last,
)
from engine.training.verifier.within_question import ScoredChain
from tests.unit.engine.training.verifier.made_up import make_chain


def scored(n_right, steps, whole, *, system="one@1", question="q"):
    chain = make_chain(question, ("a=1", "b=2"), n_right, system=system)
    return ScoredChain(chain=chain, score=whole, steps=steps)


@pytest.mark.parametrize(
    ("steps", "whole", "expected"),
    [((0.9, 0.2), 0.1, 1), ((0.9, 0.8), 0.1, 2), ((0.9, 0.8), 0.7, None)],
    ids=["a step", "the conclusion", "none"],
)
def test_the_first_low_score_names_the_error(steps, whole, expected):
    assert find_error(scored(0, steps, whole), 0.5) == expected


def test_f1_is_the_harmonic_mean_of_both_kinds():
    rows = [
        scored(1, (0.9, 0.2), 0.1),
        scored(0, (0.9, 0.2), 0.1),
        scored(2, (0.9, 0.9), 0.9),
    ]
    found = measure_first_error(rows)
    assert (found.wrong, found.right) == (0.5, 1.0)
    assert found.f1 == pytest.approx(2 / 3)
    assert (found.n_wrong, found.n_right) == (2, 1)


def test_a_wrong_conclusion_of_right_steps_is_named_by_itself():
    early = scored(2, (0.9, 0.9), 0.1)
    early = replace(early, chain=replace(early.chain, is_right=False))
    assert measure_first_error([early]).wrong == 1.0


def test_a_conclusion_that_is_not_judged_apart_is_named_by_the_last_step():
    early = scored(2, (0.9, 0.1), 0.1)
    early = replace(early, chain=replace(early.chain, is_right=False))
    assert measure_first_error([early]).wrong == 1.0


def test_a_judge_that_never_objects_finds_nothing():
    assert measure_first_error([scored(0, (0.9, 0.9), 0.9), scored(2, (0.9, 0.9), 0.9)]).f1 == 0


def test_a_threshold_of_other_questions_mends_scores_that_are_all_low():
    rows = [
        scored(*case, question=f"question {number}")
        for number in range(12)
        for case in ((2, (0.4, 0.4), 0.4), (0, (0.1, 0.1), 0.1))
    ]
    assert measure_first_error(rows).f1 == 0
    assert measure_tuned(rows).f1 == 1.0


def test_the_lowest_step_may_lie_anywhere():
    assert share_on_last([scored(2, (0.2, 0.9), 0.5), scored(2, (0.9, 0.2), 0.5)]) == 0.5
    assert share_on_last([ScoredChain(chain=make_chain("q", ("a",), 1), score=1.0)]) is None


def test_planted_slips_are_counted_by_kind_and_false_alarms_beside():
    slip = scored(0, (0.1, 0.1), 0.2, system="mutation")
    dropped = scored(0, (0.9, 0.9), 0.8, system="mutation")
    dropped = replace(dropped, chain=replace(dropped.chain, fault=Fault.DROPPED_FACT))
    sampled = scored(0, (0.1, 0.1), 0.1)
    sampled = replace(sampled, chain=replace(sampled.chain, fault=Fault.SAMPLED))
    found = count_caught([slip, dropped, sampled, scored(2, (0.4, 0.4), 0.4)])
    assert found["all planted"].share == 0.5
    assert found["arithmetic"].share == 1.0
    assert found["dropped-fact"].share == 0.0
    assert found["false alarms"].n == 1
