from __future__ import annotations

from dataclasses import replace
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
    select_features,
)
from engine.domain.profile import EndpointKind
from engine.domain.trial import Sampling
from engine.ports import GenerationRequest, Message

REQUEST = GenerationRequest(
    prompt="why", n=4, seed=100, sampling=Sampling(temperature=0.5, top_p=0.9, max_tokens=7)
)


def body_of(request=REQUEST, run=None, kind=EndpointKind.COMPLETIONS, features=ALL_FEATURES):
    features = features & select_features(request, kind, ALL_FEATURES)
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


def test_candidates_are_asked_for_in_each_endpoint_s_way():
    request = replace(REQUEST, sampling=Sampling(n_candidates=5))
    assert body_of(request)["logprobs"] == 5
    chat = body_of(request, kind=EndpointKind.CHAT)
    assert (chat["logprobs"], chat["top_logprobs"]) == (True, 5)


@pytest.mark.parametrize(("group_tokens", "n_tokens"), [(2, 1), (32, 8), (2048, 16)], ids=str)
def test_what_may_be_closed_early_comes_in_smaller_pieces(group_tokens, n_tokens):
    sampling = Sampling(n_candidates=5, min_certainty=1.0, group_tokens=group_tokens)
    assert body_of(replace(REQUEST, sampling=sampling))["stream_interval"] == n_tokens


CONTINUED = replace(
    REQUEST,
    prompt=(Message(role="user", content="why"), Message(role="assistant", content="As\n\n")),
)


def test_a_message_of_the_assistant_s_is_gone_on_with():
    body = body_of(CONTINUED, kind=EndpointKind.CHAT)
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)
    assert body["messages"][-1] == {"role": "assistant", "content": "As\n\n"}


def test_a_server_that_cannot_go_on_with_it_is_asked_in_a_message():
    features = ALL_FEATURES - {Feature.CONTINUE}
    body = body_of(CONTINUED, kind=EndpointKind.CHAT, features=features)
    assert "continue_final_message" not in body
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]


@pytest.mark.parametrize(
    ("request_", "kind", "unused"),
    [
        (REQUEST, EndpointKind.CHAT, {Feature.CANDIDATES, Feature.CONTINUE, Feature.TOOLS}),
        (CONTINUED, EndpointKind.CHAT, {Feature.CANDIDATES, Feature.TOOLS}),
        (
            replace(REQUEST, sampling=Sampling(n_candidates=5)),
            EndpointKind.COMPLETIONS,
            {Feature.CONTINUE, Feature.TOOLS},
        ),
        (
            replace(REQUEST, sampling=Sampling(n_candidates=5, min_certainty=1.0)),
            EndpointKind.COMPLETIONS,
            {Feature.CONTINUE, Feature.TOOLS, Feature.N},
        ),
    ],
    ids=["plain", "continued", "candidates", "closed-one-by-one"],
)
def test_only_what_a_request_makes_use_of_can_be_refused(request_, kind, unused):
    unused = {*unused, Feature.GRAMMAR}
    assert select_features(request_, kind, ALL_FEATURES) == ALL_FEATURES - unused


def test_a_grammar_is_sent_to_a_server_that_takes_one():
    request = replace(REQUEST, grammar='root ::= "a"')
    assert body_of(request)["structured_outputs"] == {"grammar": 'root ::= "a"'}
    assert "structured_outputs" not in body_of()
    without = body_of(request, features=ALL_FEATURES - {Feature.GRAMMAR})
    assert "structured_outputs" not in without


@pytest.mark.parametrize(
    "message",
    [
        "Unrecognized request argument supplied: structured_outputs",
        "Failed to parse the grammar: EBNF parser error",
    ],
    ids=["unknown", "not compiled"],
)
def test_a_refused_grammar_is_left_out_from_then_on(message):
    assert find_refused(message, None, ALL_FEATURES) is Feature.GRAMMAR


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
    assert find_refused(message, parameter, ALL_FEATURES - {Feature.CANDIDATES}) is feature


def test_candidates_are_given_up_before_log_probabilities_are():
    message = "Requested sample logprobs of 20, which is greater than max allowed: 5"
    assert find_refused(message, "logprobs", ALL_FEATURES) is Feature.CANDIDATES


@pytest.mark.parametrize(
    "message",
    [
        "continue_final_message is set but the final message does not appear in the chat",
        "Extra inputs are not permitted: add_generation_prompt",
        "Expected last role User or Tool for serving but got assistant",
    ],
    ids=["template", "unknown-field", "role"],
)
def test_a_server_that_cannot_go_on_with_a_message_says_so_in_many_words(message):
    assert find_refused(message, None, ALL_FEATURES) is Feature.CONTINUE


def test_what_was_not_asked_for_cannot_have_been_refused():
    assert find_refused("bad", "seed", ALL_FEATURES - {Feature.SEED}) is None
