from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.openai_request import (
    ALL_FEATURES,
    Feature,
    Run,
    build_body,
    build_path,
    find_refused,
    plan_runs,
)
from engine.domain.profile import EndpointKind
from engine.domain.trial import Sampling
from engine.ports import GenerationRequest, Message

REQUEST = GenerationRequest(
    prompt="why", n=4, seed=100, sampling=Sampling(temperature=0.5, top_p=0.9, max_tokens=7)
)


def body_of(request=REQUEST, run=None, kind=EndpointKind.COMPLETIONS, features=ALL_FEATURES):
    return build_body(request, run or Run(first=0, n=4), model="m", kind=kind, features=features)


@given(st.sets(st.integers(0, 40)))
def test_runs_cover_what_is_missing_and_nothing_else(missing):
    runs = plan_runs(missing, ALL_FEATURES)
    covered = [run.first + offset for run in runs for offset in range(run.n)]
    assert covered == sorted(missing)


@given(st.sets(st.integers(0, 40)))
def test_neighbouring_runs_are_joined(missing):
    runs = plan_runs(missing, ALL_FEATURES)
    assert all(a.first + a.n < b.first for a, b in pairwise(runs))


@given(st.sets(st.integers(0, 40)))
def test_each_sample_is_a_run_without_n(missing):
    assert all(run.n == 1 for run in plan_runs(missing, ALL_FEATURES - {Feature.N}))


def test_a_run_has_the_seed_of_its_first_sample():
    body = body_of(run=Run(first=3, n=1))
    assert body["seed"] == 103
    assert "n" not in body


def test_sampling_is_sent_as_asked():
    body = body_of()
    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.5, 0.9, 7)


def test_only_the_chosen_token_s_log_probability_is_asked_for():
    assert body_of()["logprobs"] == 0
    assert body_of(kind=EndpointKind.CHAT)["logprobs"] is True
    assert "top_logprobs" not in body_of(kind=EndpointKind.CHAT)


def test_without_features_only_the_common_core_is_sent():
    body = body_of(run=Run(first=0, n=1), features=frozenset())
    assert set(body) == {"model", "prompt", "max_tokens", "temperature", "top_p", "stream"}


def test_plain_text_becomes_a_user_message_for_chat():
    assert body_of(kind=EndpointKind.CHAT)["messages"] == [{"role": "user", "content": "why"}]


def test_messages_cannot_go_to_a_completions_endpoint():
    request = GenerationRequest(
        prompt=(Message(role="user", content="why"),), n=1, seed=0, sampling=Sampling()
    )
    with pytest.raises(TypeError, match="plain text"):
        body_of(request)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (EndpointKind.CHAT, "/v1/chat/completions"),
        (EndpointKind.COMPLETIONS, "/v1/completions"),
    ],
    ids=str,
)
def test_each_kind_has_its_path(kind, path):
    assert build_path(kind) == path


@pytest.mark.parametrize(
    ("message", "parameter", "feature"),
    [
        ("`n` must be 1", None, Feature.N),
        ("only n = 1 is supported", None, Feature.N),
        ("unsupported", "seed", Feature.SEED),
        ("'seed' is not supported", None, Feature.SEED),
        ("Unrecognized request argument supplied: logprobs", None, Feature.LOGPROBS),
        ("extra inputs: stream_interval", None, Feature.STREAM_INTERVAL),
        ("unknown field continuous_usage_stats in stream_options", None, Feature.RUNNING_USAGE),
        ("stream_options not permitted", None, Feature.STREAM_OPTIONS),
        ("maximum context length is 512 tokens, your prompt contains n tokens", None, None),
        ("the seeds of a fruit", None, None),
        ("bad", "prompt", None),
    ],
    ids=lambda value: str(value)[:24],
)
def test_refusal_is_told_by_the_parameter_it_names(message, parameter, feature):
    assert find_refused(message, parameter, ALL_FEATURES) is feature


def test_what_was_not_asked_for_cannot_have_been_refused():
    assert find_refused("bad", "seed", ALL_FEATURES - {Feature.SEED}) is None
