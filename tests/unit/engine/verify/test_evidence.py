"""Evidence is counted for the class it belongs to, and what was not checked counts nowhere."""

from __future__ import annotations

import pytest

from engine.domain.outcome import Certainty, OutcomeStatus
from engine.domain.standing import Evidence
from engine.domain.trial import Work
from engine.domain.verdict import Verdict
from engine.verify.evidence import gather_evidence, is_executed
from tests.unit.engine.verify.builders import outcome, standing, supported, trial


def gather(votes, *pairs):
    trials = {made.trial_id: made for made, _ in pairs}
    return gather_evidence(standing(votes), trials, [ended for _, ended in pairs])


def test_the_same_program_counts_once():
    gathered = gather(
        {"72": 3},
        (trial("a"), outcome("a", "72", program_ref="p1")),
        (trial("b"), outcome("b", "72", program_ref="p1")),
        (trial("c"), outcome("c", "72", program_ref="p2")),
    )
    assert gathered.support.n_programs == 2


def test_samples_without_a_program_are_counted_apart():
    gathered = gather(
        {"72": 2},
        (trial("a"), outcome("a", "72", program_ref="p1")),
        (trial("b"), outcome("b", "72")),
    )
    assert (gathered.support.n_programs, gathered.support.n_written) == (1, 1)


def _run_of(value, *, program="p1", parent="step"):
    ended = outcome("run", value, program_ref=program, is_final=False)
    return trial("run", work=Work.TOOL, parent=parent), ended


def test_an_answer_that_repeats_a_programs_value_is_the_programs():
    gathered = gather(
        {"72": 1},
        (trial("step", work=Work.STEP), outcome("step", is_final=False)),
        _run_of("72"),
        (trial("thought", work=Work.STEP, parent="run"), outcome("thought", is_final=False)),
        (trial("end", work=Work.STEP, parent="thought"), outcome("end", "72")),
    )
    assert (gathered.support.n_programs, gathered.support.n_written) == (1, 0)
    assert not is_executed(gathered)


def test_a_program_along_the_path_with_another_value_supports_nothing():
    gathered = gather(
        {"72": 1},
        (trial("step", work=Work.STEP), outcome("step", is_final=False)),
        _run_of("5"),
        (trial("end", work=Work.STEP, parent="run"), outcome("end", "72")),
    )
    assert (gathered.support.n_programs, gathered.support.n_written) == (0, 1)


def test_a_value_on_a_path_that_never_ended_supports_nothing():
    gathered = gather(
        {"72": 1},
        (trial("step", work=Work.STEP), outcome("step", is_final=False)),
        _run_of("72"),
        (trial("other"), outcome("other", "72")),
    )
    assert (gathered.support.n_programs, gathered.support.n_written) == (0, 1)


def test_a_score_belongs_to_the_class_of_the_path_it_judges():
    gathered = gather(
        {"72": 1, "7": 1},
        (trial("a"), outcome("a", "72")),
        (trial("b"), outcome("b", "7")),
        (trial("s", work=Work.SCORE, parent="a"), outcome("s", score=0.9)),
        (trial("u", work=Work.SCORE, parent="b"), outcome("u", score=0.2)),
    )
    assert [one.mean_score for one in gathered.evidence] == [0.9, 0.2]


def test_a_score_of_an_unfinished_path_belongs_to_no_class():
    gathered = gather(
        {"72": 1},
        (trial("a"), outcome("a", "72")),
        (trial("step", work=Work.STEP), outcome("step", is_final=False)),
        (trial("s", work=Work.SCORE, parent="step"), outcome("s", score=0.9)),
    )
    assert gathered.support.n_scored == 0


@pytest.mark.parametrize("status", [s for s in OutcomeStatus if s is not OutcomeStatus.COMPLETE])
def test_what_did_not_complete_is_no_evidence(status):
    gathered = gather(
        {"72": 1},
        (trial("a"), outcome("a", "72")),
        (trial("b"), outcome("b", "72", status=status, program_ref="p")),
        (trial("s", work=Work.SCORE, parent="a"), outcome("s", status=status, score=0.0)),
    )
    assert (gathered.support.n_programs, gathered.support.n_scored) == (0, 0)


def test_what_was_not_checked_is_neither_confirmed_nor_refuted():
    gathered = gather(
        {"72": 1},
        (trial("a"), outcome("a", "72")),
        (trial("s", work=Work.SCORE, parent="a"), outcome("s", verdict=Verdict.UNCHECKED)),
    )
    assert (gathered.support.n_confirmed, gathered.support.n_refuted) == (0, 0)


def test_checks_are_counted_by_what_they_found():
    gathered = gather(
        {"72": 1},
        (trial("a"), outcome("a", "72")),
        (trial("s", work=Work.SCORE, parent="a"), outcome("s", verdict=Verdict.RIGHT)),
        (trial("u", work=Work.SCORE, parent="a"), outcome("u", verdict=Verdict.WRONG)),
    )
    assert (gathered.support.n_confirmed, gathered.support.n_refuted) == (1, 1)


def test_the_tail_is_the_mean_over_the_class():
    sure, unsure = (Certainty(mean=1, tail=tail, lowest=0, bottom_tenth=0) for tail in (3.0, 1.0))
    gathered = gather(
        {"72": 2},
        (trial("a"), outcome("a", "72", certainty=sure)),
        (trial("b"), outcome("b", "72", certainty=unsure)),
    )
    assert gathered.support.mean_tail == 2.0


def test_without_votes_there_is_nothing_to_speak_for():
    assert gather({}, (trial("a"), outcome("a", "72"))).evidence == ()


def test_two_different_programs_are_execution():
    assert is_executed(supported({"72": 2}, n_programs=2))


def test_one_program_alone_is_not():
    assert not is_executed(supported({"72": 1}, n_programs=1))


def test_one_program_with_the_majority_of_the_reasoned_is():
    assert is_executed(supported({"72": 3}, n_programs=1, n_written=2))


def test_one_program_against_the_majority_of_the_reasoned_is_not():
    split = standing(
        {"72": 3, "7": 2},
        evidence=(
            Evidence(class_id="key:72", n_programs=1, n_written=2),
            Evidence(class_id="key:7", n_written=2),
        ),
    )
    assert not is_executed(split)


def test_samples_that_agree_without_a_program_are_no_execution():
    assert not is_executed(supported({"72": 9}, n_written=9))
