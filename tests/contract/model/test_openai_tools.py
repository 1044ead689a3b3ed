"""Calls of tools over HTTP: read by the server, or by us where the server does not."""

from __future__ import annotations

import json

import pytest

from engine.adapters.openai_request import Feature
from engine.answers.call import find_call
from engine.domain.profile import EndpointKind
from engine.domain.tool import ToolCall
from engine.ports import FinishReason, Message
from tests.contract.model.conftest import collect, group

ADD = {"type": "function", "function": {"name": "add", "description": "Adds up."}}
CALL = ToolCall(name="add", arguments={"a": 1})


@pytest.fixture(name="asked")
def _asked():
    return group(2, prompt=(Message(role="user", content="1 + 2?"),), tools=(ADD,))


async def _call_add(exchange):
    """Stream a call in three pieces for each sample, as vLLM's parsers do."""
    await exchange.begin()
    for index in range(exchange.body["n"]):
        arguments = json.dumps(CALL.arguments)
        deltas = [
            {"role": "assistant", "content": "I add."},
            {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "add"}}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": arguments[:3]}}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": arguments[3:]}}]},
        ]
        for delta in deltas:
            await exchange.send({"choices": [{"index": index, "delta": delta}]})
        end = {"index": index, "delta": {}, "finish_reason": "tool_calls"}
        await exchange.send({"choices": [end]})
    await exchange.send("[DONE]")
    await exchange.end()


async def test_a_call_that_the_server_read_ends_the_text(server, make_model, asked):
    server.replies = [_call_add]
    choices = await collect(make_model(EndpointKind.CHAT), asked)

    assert server.bodies[0]["tools"] == [ADD]
    assert {choice.finish_reason for choice in choices} == {FinishReason.STOP}
    assert [find_call(choice.text) for choice in choices] == [CALL, CALL]
    assert all(choice.text.startswith("I add.\n") for choice in choices)


async def test_a_server_that_refuses_tools_is_told_of_them_in_the_prompt(
    server, make_model, asked
):
    server.refused = frozenset({"tools"})
    model = make_model(EndpointKind.CHAT)
    choices = await collect(model, asked)
    await collect(model, asked)

    assert len(choices) == 2
    assert ["tools" in body for body in server.bodies] == [True, False, False]
    assert "add: Adds up." in server.bodies[1]["messages"][0]["content"]
    assert Feature.TOOLS not in model.features
