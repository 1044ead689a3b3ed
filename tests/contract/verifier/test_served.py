"""What each way of asking sends, and what only it can meet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.adapters.caching_verifier import CachingVerifier, JudgementCache
from engine.adapters.classify_verifier import ClassifyVerifier
from engine.domain.aggregation import Aggregation
from engine.domain.errors import ModelUnavailableError
from engine.ports import Claim
from engine.verify.profile import ScoreEndpoint, VerifierProfile
from tests.contract.verifier.conftest import claim
from tests.contract.verifier.judge_server import MODEL
from tests.contract.verifier.test_verifier import judge
from tests.fakes.scripted_verifier import ScriptedVerifier


async def test_prompts_share_a_request_at_a_completions_endpoint(make_verifier, server):
    await judge(make_verifier("completions"), *(claim(i / 40) for i in range(1, 33)))
    assert [len(body["prompt"]) for body in server.bodies] == [16, 16]


async def test_a_label_is_one_token_drawn_greedily(make_verifier, server):
    await judge(make_verifier("chat"), claim(0.9))
    (body,) = server.bodies
    assert (body["model"], body["max_tokens"], body["temperature"]) == (MODEL, 1, 0)
    assert (body["logprobs"], body["top_logprobs"]) == (True, 20)


async def test_the_key_is_sent(make_verifier, server):
    await judge(make_verifier("classify"), claim(0.9))
    assert server.headers[0]["authorization"] == "Bearer k"


async def test_a_server_that_gives_fewer_candidates_is_asked_for_fewer(make_verifier, server):
    server.max_candidates = 5
    verifier = make_verifier("completions")
    (first,), (second,) = await judge(verifier, claim(0.9)), await judge(verifier, claim(0.8))
    assert [first.score, second.score] == [pytest.approx(0.9), pytest.approx(0.8)]
    assert [body["logprobs"] for body in server.bodies] == [20, 5, 5]


async def test_a_model_that_answers_something_else_is_unscored(make_verifier, server):
    candidates = {"The": -0.01, "yes": -6.0, "no": -7.0}
    server.reply = {"choices": [{"logprobs": {"top_logprobs": [candidates]}}]}
    (judged,) = await judge(make_verifier("completions"), claim(0.9))
    assert (judged.score, judged.error) == (None, "the model answered neither yes nor no")


async def test_no_more_requests_are_aloft_than_allowed(make_verifier, server):
    await judge(make_verifier("chat", max_in_flight=2), *(claim(i / 20) for i in range(1, 9)))
    # Each request at once takes a connection of its own.
    assert (len(server.bodies), server.n_connections) == (8, 2)


async def test_a_stuck_server_is_given_up_at_the_deadline(make_verifier, server):
    server.is_stalled = True
    (judged,) = await judge(make_verifier("classify", deadline_s=0.05), claim(0.9))
    assert judged.score is None
    assert "0.05 s" in (judged.error or "")


async def test_the_server_says_what_it_serves(make_http, server):
    assert await make_http().list_models() == server.models


async def test_a_server_that_is_away_lists_nothing(make_http, server):
    server.url = "http://127.0.0.1:9"
    with pytest.raises(ModelUnavailableError):
        await make_http().list_models()


@pytest.mark.parametrize(
    ("how", "expected"), [(Aggregation.MIN, 0.5), (Aggregation.PRODUCT, 0.4)], ids=["min", "prod"]
)
async def test_a_score_a_step_is_aggregated(make_http, how, expected):
    profile = VerifierProfile(endpoint=ScoreEndpoint.POOLING, aggregation=how)
    two_steps = Claim(problem="?", steps=("first", "then p=0.8"))
    (judged,) = await judge(ClassifyVerifier(make_http(), profile), two_steps)
    assert judged.score == pytest.approx(expected)


async def test_scores_of_tokens_are_not_taken_for_scores_of_steps(make_http):
    profile = VerifierProfile(endpoint=ScoreEndpoint.POOLING, aggregation=Aggregation.MIN)
    three_steps = Claim(problem="?", steps=("first", "next", "then p=0.8"))
    (judged,) = await judge(ClassifyVerifier(make_http(), profile), three_steps)
    assert judged.score is None
    assert "2 scores came for 3 steps" in (judged.error or "")


async def test_each_step_is_marked(make_http, server):
    profile = VerifierProfile(template="Q: {problem}\n{steps}", step_mark="<extra_0>")
    asked = Claim(problem="why {steps}?", steps=("a", "b p=0.5 "))
    await judge(ClassifyVerifier(make_http(), profile), asked)
    assert server.bodies[0]["input"] == ["Q: why {steps}?\na<extra_0>b p=0.5 <extra_0>"]


async def test_another_profile_has_another_version(make_http):
    first = VerifierProfile()
    versions = {
        ClassifyVerifier(make_http(), profile).version
        for profile in (first, replace(first, step_mark="<extra_0>"))
    }
    assert len(versions) == 2


async def test_a_known_claim_is_not_asked_about_again():
    inner = ScriptedVerifier(lambda _claim: 0.9)
    verifier = CachingVerifier(inner, JudgementCache(), scope="t")
    await judge(verifier, claim(0.9), claim(0.2))
    again = await judge(verifier, claim(0.2), claim(0.4))
    assert inner.calls == [(claim(0.9), claim(0.2)), (claim(0.4),)]
    assert [one.model_calls for one in again] == [0, 1]


async def test_what_could_not_be_judged_is_asked_about_again():
    inner = ScriptedVerifier(lambda _claim: None)
    verifier = CachingVerifier(inner, JudgementCache(), scope="t")
    await judge(verifier, claim(0.9))
    await judge(verifier, claim(0.9))
    assert len(inner.calls) == 2


async def test_scopes_share_nothing():
    inner, cache = ScriptedVerifier(lambda _claim: 0.9), JudgementCache()
    for scope in ("one", "other"):
        await judge(CachingVerifier(inner, cache, scope=scope), claim(0.9))
    assert len(inner.calls) == 2


async def test_another_version_judges_anew():
    cache = JudgementCache()
    inner = [ScriptedVerifier(lambda _claim: 0.9, name=f"v{i}") for i in range(2)]
    for verifier in inner:
        await judge(CachingVerifier(verifier, cache, scope="t"), claim(0.9))
    assert [len(verifier.calls) for verifier in inner] == [1, 1]


async def test_a_repeated_claim_s_cost_is_told_once():
    verifier = CachingVerifier(ScriptedVerifier(lambda _claim: 0.9), JudgementCache(), scope="t")
    judged = await judge(verifier, claim(0.9), claim(0.9))
    assert [one.model_calls for one in judged] == [1, 0]


async def test_the_least_recently_used_is_forgotten():
    inner = ScriptedVerifier(lambda _claim: 0.9)
    verifier = CachingVerifier(inner, JudgementCache(max_entries=2), scope="t")
    for score in (0.1, 0.2, 0.1, 0.3, 0.1, 0.2):
        await judge(verifier, claim(score))
    assert [call[0] for call in inner.calls] == [claim(s) for s in (0.1, 0.2, 0.3, 0.2)]
