"""Tools in a request: as the server's own function calling, or told in the prompt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.adapters.openai_request import (
    ALL_FEATURES,
    Feature,
    Run,
    build_body,
    find_refused,
    select_features,
)
from engine.domain.profile import EndpointKind
from engine.domain.trial import Sampling
from engine.ports import GenerationRequest, Message

ADD = {"type": "function", "function": {"name": "add", "description": "Adds up."}}
ASKED = (Message(role="user", content="1 + 2?"),)
REQUEST = GenerationRequest(prompt=ASKED, n=1, seed=0, sampling=Sampling(), tools=(ADD,))


def _body(request, features=ALL_FEATURES):
    chosen = select_features(request, EndpointKind.CHAT, features)
    return build_body(
        request, Run(first=0, n=1), model="m", kind=EndpointKind.CHAT, features=chosen
    )


def test_a_server_that_reads_calls_is_told_of_the_tools():
    body = _body(REQUEST)

    assert body["tools"] == [ADD]
    assert body["messages"] == [{"role": "user", "content": "1 + 2?"}]


def test_any_other_server_gets_them_in_a_message_of_the_system():
    body = _body(REQUEST, ALL_FEATURES - {Feature.TOOLS})

    assert "tools" not in body
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert "add: Adds up." in body["messages"][0]["content"]


def test_they_stand_behind_what_the_system_says_already():
    prompt = (Message(role="system", content="Be exact."), *ASKED)
    body = _body(replace(REQUEST, prompt=prompt), ALL_FEATURES - {Feature.TOOLS})

    assert body["messages"][0]["content"].startswith("Be exact.\n\nTo use a tool")
    assert len(body["messages"]) == 2


def test_without_tools_nothing_is_said_of_them():
    request = replace(REQUEST, tools=())

    assert "tools" not in _body(request)
    assert Feature.TOOLS not in select_features(request, EndpointKind.CHAT, ALL_FEATURES)


@pytest.mark.parametrize(
    ("message", "parameter"),
    [
        ('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser', None),
        ("this model does not support tools", None),
        ("unknown field", "tools"),
    ],
    ids=ascii,
)
def test_a_refusal_of_tools_is_understood(message, parameter):
    features = select_features(REQUEST, EndpointKind.CHAT, ALL_FEATURES)

    assert find_refused(message, parameter, features) is Feature.TOOLS


def test_a_prompt_that_is_too_long_is_no_refusal_of_tools():
    features = select_features(REQUEST, EndpointKind.CHAT, ALL_FEATURES)

    assert find_refused("the prompt is longer than the context", None, features) is None
