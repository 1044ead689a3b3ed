"""The rules that every `Verifier` keeps."""

from __future__ import annotations

import asyncio

import pytest

from engine.domain.verdict import Verdict
from engine.ports import CancelReason, Claim
from tests.contract.verifier.conftest import claim
from tests.fakes.tokens import HeldToken

SCORES = (0.9, 0.2, 0.5, 0.75)


async def judge(verifier, *claims, cancel=None):
    return await verifier.judge(claims, cancel or HeldToken())


async def test_each_claim_is_judged_in_its_place(any_verifier):
    judged = await judge(any_verifier, *(claim(score) for score in SCORES))
    assert [one.score for one in judged] == [pytest.approx(score) for score in SCORES]


async def test_more_claims_than_a_batch_holds_are_all_judged(any_verifier):
    scores = [i / 100 for i in range(5, 95)]
    judged = await judge(any_verifier, *(claim(score) for score in scores))
    assert [one.score for one in judged] == [pytest.approx(score) for score in scores]


async def test_no_claim_costs_nothing(any_verifier):
    assert list(await judge(any_verifier)) == []


async def test_an_estimate_is_no_verdict(any_verifier):
    (judged,) = await judge(any_verifier, claim(0.01))
    assert judged.verdict is Verdict.UNCHECKED


async def test_what_was_cancelled_before_is_unscored_and_costs_nothing(any_verifier):
    cancelled = HeldToken(CancelReason.CANCEL)
    judged = await judge(any_verifier, claim(0.9), claim(0.2), cancel=cancelled)
    assert [(one.score, one.model_calls) for one in judged] == [(None, 0)] * 2
    assert all(one.error for one in judged)


async def test_a_verifier_can_be_asked_again(any_verifier):
    first = await judge(any_verifier, claim(0.9))
    second = await judge(any_verifier, claim(0.9))
    assert first[0].score == second[0].score


async def test_the_same_claim_twice_gets_the_same_score(any_verifier):
    judged = await judge(any_verifier, claim(0.9), claim(0.9))
    assert judged[0].score == judged[1].score


async def test_text_of_any_kind_can_be_judged(any_verifier):
    strange = Claim(problem="\x00 \ud800 {steps} {problem}", steps=("% {0} p=0.4",))
    (judged,) = await judge(any_verifier, strange)
    assert judged.score == pytest.approx(0.4)


async def test_the_version_stays_the_same(any_verifier):
    before = any_verifier.version
    await judge(any_verifier, claim(0.9))
    assert any_verifier.version == before != ""


# What goes for whatever asks a server.


async def test_each_request_is_counted_once(served_verifier, server):
    judged = await judge(served_verifier, *(claim(score) for score in SCORES))
    assert sum(one.model_calls for one in judged) == len(server.bodies)


async def test_the_server_s_tokens_are_counted(served_verifier):
    judged = await judge(served_verifier, *(claim(score) for score in SCORES))
    assert sum(one.tokens.tokens_in for one in judged) > 0


async def test_a_failure_that_passes_is_tried_again(served_verifier, server):
    server.statuses = [503]
    (judged,) = await judge(served_verifier, claim(0.9))
    assert (judged.score, judged.model_calls) == (pytest.approx(0.9), 2)


@pytest.mark.parametrize("status", [500, 401, 404, 400])
async def test_a_server_that_fails_leaves_claims_unscored(served_verifier, server, status):
    server.statuses = [status] * 50
    judged = await judge(served_verifier, claim(0.9), claim(0.2))
    assert [(one.score, one.verdict) for one in judged] == [(None, Verdict.UNCHECKED)] * 2
    assert all(str(status) in (one.error or "") for one in judged)


async def test_a_claim_that_is_refused_does_not_cost_the_others_theirs(served_verifier, server):
    server.refused = "too long"
    refused = claim(0.3, problem="this is too long")
    judged = await judge(served_verifier, claim(0.9), refused, claim(0.2))
    assert [one.score for one in judged] == [pytest.approx(0.9), None, pytest.approx(0.2)]


@pytest.mark.parametrize(
    "reply",
    [
        [],
        {},
        {"data": None, "choices": None},
        {"data": [{}], "choices": [{}]},
        {"data": [{"probs": [], "data": []}], "choices": [{"logprobs": None}]},
        {"data": [{"probs": ["x"], "data": "AAAA"}], "choices": [{"logprobs": {}}]},
        {"data": [{"probs": [0, 7], "data": [[0, 7]]}], "choices": [{"index": "x"}]},
    ],
    ids=["list", "empty", "null", "blank", "no-scores", "no-numbers", "no-probability"],
)
async def test_a_reply_that_cannot_be_read_is_no_low_score(served_verifier, server, reply):
    server.reply = reply
    (judged,) = await judge(served_verifier, claim(0.9))
    assert judged.score is None
    assert judged.error


async def test_a_cancellation_closes_what_is_aloft(served_verifier, server):
    server.is_stalled = True
    cancel = HeldToken()

    async def stop():
        await server.until(lambda: server.bodies)
        cancel.set(CancelReason.HARVEST)

    judged, _ = await asyncio.gather(judge(served_verifier, claim(0.9), cancel=cancel), stop())
    await server.until(lambda: not server.open_writers)
    assert (judged[0].score, judged[0].model_calls) == (None, 1)


async def test_a_server_that_is_away_leaves_claims_unscored(make_verifier, server):
    verifier = make_verifier("classify")
    server.url = "http://127.0.0.1:9"
    away = make_verifier("classify")
    (here,), (gone,) = await judge(verifier, claim(0.9)), await judge(away, claim(0.9))
    assert (here.score, gone.score) == (pytest.approx(0.9), None)
