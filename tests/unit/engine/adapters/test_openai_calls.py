"""Calls that the server reads itself come to the same text as calls that the model writes."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.openai_calls import CallsFold
from engine.adapters.openai_fold import RunFold
from engine.adapters.openai_request import Run
from engine.answers.call import find_call, list_calls
from engine.answers.call_fault import MalformedCall
from engine.domain.errors import ModelUnavailableError
from engine.domain.tool import ToolCall

ADD = ToolCall(name="add", arguments={"a": 1, "b": [2, "x"]})


def _pieces(name, arguments, cuts, index=0):
    """Cut a call into deltas as a server streams it."""
    bounds = [0, *sorted(cuts), len(arguments)]
    parts = [arguments[low:high] for low, high in pairwise(bounds)]
    first = {"index": index, "id": "c1", "type": "function", "function": {"name": name}}
    return [[first], *([{"index": index, "function": {"arguments": part}}] for part in parts)]


def _render(deltas):
    fold = CallsFold()
    for delta in deltas:
        fold.take(delta)
    return fold.render()


@given(st.lists(st.integers(0, 20), max_size=4))
def test_a_call_in_pieces_is_read_whole(cuts):
    assert find_call(_render(_pieces("add", json.dumps(ADD.arguments), cuts))) == ADD


def test_several_calls_keep_their_order():
    deltas = _pieces("second", "{}", [], index=1) + _pieces("first", "{}", [])

    assert [call.name for call in list_calls(_render(deltas))] == ["first", "second"]


def test_a_call_without_arguments_is_a_call():
    assert find_call(_render([[{"function": {"name": "now"}}]])) == ToolCall(
        name="now", arguments={}
    )


@pytest.mark.parametrize("arguments", ['{"a": ', "[1]", '"x"', "oops"], ids=str)
def test_a_call_that_the_server_passed_on_unread_is_malformed(arguments):
    assert isinstance(find_call(_render(_pieces("add", arguments, []))), MalformedCall)


def _feed(*deltas, finish="tool_calls"):
    fold = RunFold(Run(first=0, n=1))
    for delta in deltas:
        fold.feed(json.dumps({"choices": [{"index": 0, "delta": delta}]}).encode(), 0)
    last = {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}
    fold.feed(json.dumps(last).encode(), 0)
    return fold.partials[0]


def test_a_sample_s_text_ends_with_the_call_that_the_server_read():
    calls = _pieces("add", json.dumps(ADD.arguments), [5])
    partial = _feed({"content": "I add them."}, *({"tool_calls": each} for each in calls))

    assert partial.text.startswith("I add them.\n```tool\n")
    assert find_call(partial.text) == ADD
    assert partial.tokens_out > 0


def test_a_sample_may_be_nothing_but_a_call():
    partial = _feed({"content": None, "tool_calls": [{"function": {"name": "now"}}]})

    assert partial.text.startswith("```tool\n")


@pytest.mark.parametrize(
    "calls", [[5], [{"function": {"name": 5}}], [{"index": "x"}], 5], ids=ascii
)
def test_calls_that_are_none_of_this_api_fail_the_request(calls):
    with pytest.raises(ModelUnavailableError, match="no such event"):
        _feed({"tool_calls": calls})
