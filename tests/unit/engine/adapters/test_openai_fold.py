from __future__ import annotations

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.openai_fold import DONE, PromptUse, RunFold
from engine.adapters.openai_request import Run
from engine.domain.errors import ModelUnavailableError
from engine.ports import FinishReason


def event(index=0, text="", finish=None, **fields) -> bytes:
    choice = {"index": index, "text": text, "finish_reason": finish, **fields}
    return json.dumps({"choices": [choice]}).encode()


def folded(*events: bytes, n: int = 1) -> RunFold:
    fold = RunFold(Run(first=0, n=n))
    for payload in events:
        fold.feed(payload, 0)
    return fold


@given(st.lists(st.tuples(st.integers(0, 2), st.text(max_size=5)), max_size=40))
def test_interleaved_samples_keep_their_own_text(pieces):
    fold = folded(*(event(index, text) for index, text in pieces), n=3)
    for index in range(3):
        expected = "".join(text for owner, text in pieces if owner == index)
        assert fold.partials[index].text == expected


def test_indices_count_from_the_run_s_first():
    fold = RunFold(Run(first=5, n=2))
    assert fold.feed(event(1, "x", "stop"), 0) == [6]
    assert fold.partials[6].text == "x"


def test_a_sample_ends_once():
    fold = folded(event(0, "a", "stop"))
    assert fold.feed(event(0, "b", "stop"), 0) == []
    assert fold.partials[0].text == "a"


def test_run_is_complete_when_every_sample_has_ended():
    fold = folded(event(0, "a", "stop"), n=2)
    assert not fold.is_complete
    fold.feed(event(1, "b", "length"), 0)
    assert fold.is_complete


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("stop", FinishReason.STOP),
        ("tool_calls", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("content_filter", FinishReason.LENGTH),
        ("repetition", FinishReason.LENGTH),
    ],
    ids=str,
)
def test_unfinished_text_is_no_stop(name, reason):
    assert folded(event(0, "a", name)).partials[0].finish_reason is reason


def test_sample_that_the_server_gave_up_is_a_failure():
    with pytest.raises(ModelUnavailableError, match="abort"):
        folded(event(0, "a", "abort"))


def test_likelihood_is_the_mean_over_all_tokens():
    first = event(0, "ab", logprobs={"token_logprobs": [-1.0, None, -2.0]})
    last = event(0, "c", "stop", logprobs={"token_logprobs": [-3.0]})
    likelihood = folded(first, last).partials[0].likelihood
    assert likelihood is not None
    assert (likelihood.mean_logprob, likelihood.n_tokens) == (-2.0, 3)


def test_chat_log_probabilities_are_read():
    logprobs = {"content": [{"logprob": -1.0}, {"logprob": -0.5}]}
    payload = json.dumps(
        {"choices": [{"index": 0, "delta": {"content": "ab"}, "logprobs": logprobs}]}
    ).encode()
    partial = folded(payload).partials[0]
    assert (partial.text, partial.tokens_out, partial.sum_logprob) == ("ab", 2, -1.5)


@pytest.mark.parametrize("value", [math.nan, -math.inf], ids=str)
def test_impossible_log_probability_leaves_no_likelihood(value):
    partial = folded(event(0, "a", logprobs={"token_logprobs": [value]})).partials[0]
    assert partial.likelihood is None
    assert partial.tokens_out == 1


def test_log_probability_rounded_above_zero_counts_as_certain():
    partial = folded(event(0, "a", logprobs={"token_logprobs": [1e-9]})).partials[0]
    assert partial.likelihood is not None
    assert partial.likelihood.mean_logprob == 0.0


def test_first_token_is_timed_not_the_role_before_it():
    fold = RunFold(Run(first=0, n=1))
    fold.feed(b'{"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}', 10)
    fold.feed(b'{"choices": [{"index": 0, "delta": {"content": "a"}}]}', 25)
    assert fold.partials[0].first_ms == 25


def test_prompt_is_charged_once_however_often_it_is_told():
    usage = {"prompt_tokens": 9, "completion_tokens": 1}
    running = json.dumps({"choices": [{"index": 0, "text": "a"}], "usage": usage}).encode()
    fold = folded(running, running, n=2)
    assert fold.charge_prompt() == PromptUse(tokens=9)
    final = {**usage, "prompt_tokens_details": {"cached_tokens": 4}}
    fold.feed(json.dumps({"choices": [], "usage": final}).encode(), 0)
    assert fold.charge_prompt() == PromptUse(cached=4)


def test_running_usage_of_one_of_several_samples_is_no_sum():
    usage = {"prompt_tokens": 9, "completion_tokens": 5}
    payload = json.dumps({"choices": [{"index": 0, "text": "a"}], "usage": usage}).encode()
    assert folded(payload, n=2).total_out is None
    assert folded(payload, n=1).total_out == 5


def test_n_was_ignored_if_only_the_first_sample_ever_began():
    fold = folded(event(0, "a", "stop"), n=2)
    assert not fold.is_n_ignored
    fold.feed(DONE, 0)
    assert fold.is_n_ignored


def test_n_was_not_ignored_if_another_sample_began():
    assert not folded(event(0, "a", "stop"), event(1, "b"), DONE, n=2).is_n_ignored


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
logprobs = st.fixed_dictionaries(
    {},
    optional={
        "token_logprobs": st.lists(st.floats() | st.none() | json_values) | json_values,
        "content": st.lists(st.fixed_dictionaries({"logprob": json_values})) | json_values,
    },
)
choices = st.fixed_dictionaries(
    {},
    optional={
        "index": st.integers(0, 1) | json_values,
        "text": st.text() | json_values,
        "delta": st.fixed_dictionaries({"content": json_values}) | json_values,
        "logprobs": logprobs | json_values,
        "finish_reason": st.sampled_from(["stop", "length", None]) | json_values,
    },
)
usages = st.dictionaries(
    st.sampled_from(["prompt_tokens", "completion_tokens", "prompt_tokens_details"]),
    st.integers() | json_values,
)
events = json_values | st.fixed_dictionaries(
    {}, optional={"choices": st.lists(choices) | json_values, "usage": usages | json_values}
)


@given(events)
def test_any_json_is_an_event_or_a_broken_stream(value):
    fold = RunFold(Run(first=0, n=2))
    with suppress(ModelUnavailableError):
        assert set(fold.feed(json.dumps(value).encode(), 0)) <= {0, 1}
    assert all(isinstance(partial.text, str) for partial in fold.partials.values())
    assert all(partial.tokens_out >= 0 for partial in fold.partials.values())


@given(st.binary(max_size=60))
def test_any_bytes_are_an_event_or_a_broken_stream(payload):
    with suppress(ModelUnavailableError):
        assert RunFold(Run(first=0, n=1)).feed(payload, 0) == []


def test_number_beyond_every_float_is_a_broken_stream():
    with pytest.raises(ModelUnavailableError, match="OverflowError"):
        folded(event(0, "a", logprobs={"token_logprobs": [-(10**400)]}))
