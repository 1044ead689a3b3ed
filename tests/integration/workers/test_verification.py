"""A job ends with the confidence and the verdict of what its worker found to judge with."""

from __future__ import annotations

import time
from typing import Any

from engine.adapters.caching_verifier import JudgementCache
from engine.domain.event import EventType
from engine.domain.ids import JobId
from engine.domain.standing import SolveOutcome
from engine.verify.assessment import Assessment
from engine.verify.verdict import VerdictPolicy
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.scripted_verifier import ScriptedVerifier
from tests.invariants import check_invariants
from tests.unit.engine.verify.builders import share_calibrator
from workers.verifier import FoundVerifier

RIGHT = "I think.\nAnswer: 4"
STRATEGY = {"algorithm": "best_of_n", "algorithm_version": 1, "settings": {"scorer": "verifier"}}


def found(score: float, note: str | None = None) -> FoundVerifier:
    verifier = ScriptedVerifier(lambda _claim: score)
    return FoundVerifier(verifier=verifier, cache=JudgementCache(), note=note)


async def solve(bench: Any, **parts: Any) -> Any:
    offer = bench.offer(**parts)
    solver = bench.make_solver(ScriptedChatModel([RIGHT]))
    solver.offer = offer
    pins = {**STRATEGY, "serving": offer.serving}
    if "verifier" not in parts:
        pins = {"serving": offer.serving}
    job_id = bench.submit("j", pins=pins)
    await solver.solve(bench.claim(job_id), time.monotonic())
    check_invariants(bench.engine)
    return bench.jobs.get_result(bench.tenant_id, job_id)


async def test_a_verifier_s_word_verifies_an_answer(bench: Any) -> None:
    trusted = Assessment(policy=VerdictPolicy(min_score=0.9))
    result = await solve(bench, verifier=found(0.95), assessment=trusted)
    assert result.body["outcome"] == SolveOutcome.VERIFIED.value


async def test_a_low_score_verifies_nothing(bench: Any) -> None:
    trusted = Assessment(policy=VerdictPolicy(min_score=0.9))
    result = await solve(bench, verifier=found(0.5), assessment=trusted)
    assert result.body["outcome"] == SolveOutcome.UNVERIFIED.value


async def test_the_log_says_what_takes_the_verifier_s_place(bench: Any) -> None:
    await solve(bench, verifier=found(0.95, note="the base model judges"))
    notes = [
        event.data
        for event in bench.list_events(JobId("j"))
        if event.type is EventType.SEARCH_NOTED
    ]
    assert notes == [{"note": "verifier-fallback", "detail": "the base model judges"}]


async def test_a_calibrator_gives_the_confidence(bench: Any) -> None:
    calibrator = share_calibrator(model_fingerprint="0123456789ab")
    result = await solve(bench, assessment=Assessment(calibrator=calibrator))
    assert 0.8 < result.body["confidence"] < 1
    assert result.body["calibration"] == calibrator.version
