"""Which answers are verified, and that no bare agreement is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.domain.standing import SolveOutcome
from engine.verify.assessment import Assessment
from engine.verify.feature import Feature
from engine.verify.fitting import FitPlan, fit_calibrator
from engine.verify.verdict import VerdictPolicy, judge_outcome
from tests.unit.engine.verify.builders import rows, standing, supported

POLICY = VerdictPolicy(min_score=0.8)
VERIFIED, UNVERIFIED = SolveOutcome.VERIFIED, SolveOutcome.UNVERIFIED


def scored(score: float, **evidence):
    return supported({"72": 4}, n_scored=4, mean_score=score, **evidence)


def test_no_answer_is_no_answer():
    assert judge_outcome(standing({}, n_ended=4), POLICY) is SolveOutcome.NO_ANSWER


def test_agreement_alone_verifies_nothing():
    assert judge_outcome(standing({"72": 64}), POLICY) is UNVERIFIED


@pytest.mark.parametrize(("score", "found"), [(0.8, VERIFIED), (0.79, UNVERIFIED)])
def test_a_verifier_s_word_counts_from_the_threshold_on(score, found):
    assert judge_outcome(scored(score), POLICY) is found


def test_a_verifier_that_is_not_trusted_verifies_nothing():
    assert judge_outcome(scored(1.0), VerdictPolicy(min_score=None)) is UNVERIFIED


def test_programs_that_agree_verify():
    assert judge_outcome(supported({"72": 2}, n_programs=2), POLICY) is VERIFIED


def test_programs_that_most_samples_contradict_do_not():
    few = supported({"72": 2, "7": 1}, n_programs=2)
    assert judge_outcome(replace(few, vote_share=0.4), POLICY) is UNVERIFIED


def test_execution_can_be_left_out():
    policy = replace(POLICY, trusts_execution=False)
    assert judge_outcome(supported({"72": 2}, n_programs=2), policy) is UNVERIFIED


def test_what_was_refuted_is_not_verified():
    assert judge_outcome(scored(0.9, n_refuted=1), POLICY) is UNVERIFIED


def test_what_could_not_be_checked_does_not_count_against():
    assert judge_outcome(scored(0.9, n_refuted=0, n_confirmed=0), POLICY) is VERIFIED


def test_more_confirmed_than_refuted_stands():
    assert judge_outcome(scored(0.9, n_refuted=1, n_confirmed=2), POLICY) is VERIFIED


def test_too_low_a_confidence_is_not_stood_by():
    doubtful = replace(scored(0.9), confidence=0.4)
    assert judge_outcome(doubtful, replace(POLICY, min_confidence=0.5)) is UNVERIFIED


def test_an_unknown_confidence_sets_no_bar():
    assert judge_outcome(scored(0.9), replace(POLICY, min_confidence=0.5)) is VERIFIED


def test_confidence_alone_verifies_nothing():
    sure = replace(standing({"72": 8}), confidence=0.99)
    assert judge_outcome(sure, replace(POLICY, min_confidence=0.5)) is UNVERIFIED


def test_assessing_marks_the_standing():
    assessed = Assessment(policy=POLICY).assess(scored(0.9))
    assert (assessed.is_verified, assessed.outcome) == (True, VERIFIED)


def test_assessing_twice_is_assessing_once():
    assessment = Assessment(policy=POLICY)
    once = assessment.assess(scored(0.9))
    assert assessment.assess(once) == once


def test_the_calibrator_s_threshold_applies_where_the_policy_names_none():
    plan = FitPlan(
        name="share", model_fingerprint="w1", features=(Feature.VOTE_SHARE,), n_resamples=5
    )
    calibrator = fit_calibrator(rows(400), plan)
    unsure = replace(scored(0.9), n_ended=8)
    strict = Assessment(calibrator=replace(calibrator, min_confidence=0.95), policy=POLICY)
    lenient = Assessment(calibrator=replace(calibrator, min_confidence=0.05), policy=POLICY)
    assert (strict.assess(unsure).outcome, lenient.assess(unsure).outcome) == (
        UNVERIFIED,
        VERIFIED,
    )


def test_a_named_threshold_beats_the_calibrator_s():
    plan = FitPlan(name="share", model_fingerprint="w1", n_resamples=5)
    calibrator = replace(fit_calibrator(rows(400), plan), min_confidence=0.999)
    assessment = Assessment(calibrator=calibrator, policy=replace(POLICY, min_confidence=0.01))
    assert assessment.assess(scored(0.9)).outcome is VERIFIED


def test_without_a_calibrator_confidence_is_unknown():
    assessed = Assessment(policy=POLICY).assess(scored(0.9))
    assert (assessed.confidence, assessed.calibration) == (None, "none")
