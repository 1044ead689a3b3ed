"""Sound examples pass; each rule is broken by what breaks it, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.training.datasets.text import all_texts
from engine.training.datasets.validate import Rule, Rules, find_breaches
from engine.training.example import Conversation, Fault, ToolUse
from tests.unit.engine.training.datasets.made_up import (
    ONE_OF_EACH,
    ORIGIN,
    judged,
    prefer,
    say,
    talk,
    talk_with_tool,
    twins,
)

CALL = ToolUse(name="calculator", arguments={"expression": "1+1"})
ASK, REPLY = say("user", "What is 1 and 1?"), say("assistant", "It is 2.")
CALLING, RESULT = say("assistant", "", CALL), say("tool", '"2"')


def rules_broken(example, **given):
    return {breach.rule for breach in find_breaches(example, Rules(**given))}


def turns(*messages):
    return Conversation(messages=messages, origin=ORIGIN, tools=("calculator",))


@pytest.mark.parametrize("example", ONE_OF_EACH, ids=["talk", "tool", "pair", "chain", "claims"])
def test_sound_examples_break_nothing(example):
    assert find_breaches(example, Rules()) == ()


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param((ASK, REPLY, ASK, REPLY), id="two rounds"),
        pytest.param((ASK, CALLING, RESULT, CALLING, RESULT, REPLY), id="two calls"),
        pytest.param((ASK, say("assistant", "", CALL, CALL), RESULT, RESULT, REPLY), id="at once"),
        pytest.param((ASK, CALLING), id="ends with a call"),
    ],
)
def test_turns_may_stand_so(messages):
    assert rules_broken(turns(*messages)) == set()


@pytest.mark.parametrize(
    ("messages", "rule"),
    [
        pytest.param((ASK,), Rule.ORDER, id="no reply"),
        pytest.param((REPLY,), Rule.ORDER, id="no question"),
        pytest.param((ASK, ASK, REPLY), Rule.ORDER, id="two questions"),
        pytest.param((ASK, REPLY, REPLY), Rule.ORDER, id="two replies"),
        pytest.param((ASK, say("system", "x"), REPLY), Rule.ORDER, id="late system"),
        pytest.param((ASK, RESULT, REPLY), Rule.ORDER, id="result without call"),
        pytest.param((ASK, CALLING, ASK, REPLY), Rule.ORDER, id="call without result"),
        pytest.param((say("user", "x", CALL), REPLY), Rule.ORDER, id="user calls"),
        pytest.param((say("user", " "), REPLY), Rule.EMPTY, id="blank question"),
        pytest.param((ASK, say("assistant", "")), Rule.EMPTY, id="blank reply"),
        pytest.param((ASK, CALLING, say("tool", "two"), REPLY), Rule.RESULT, id="result"),
        pytest.param(
            (ASK, say("assistant", "", replace(CALL, name="oracle"))), Rule.TOOL, id="tool"
        ),
        pytest.param(
            (ASK, say("assistant", '```tool\n{"name": "oracle", "arguments": {}}\n```')),
            Rule.TOOL,
            id="tool in the text",
        ),
        pytest.param(
            (ASK, say("assistant", '```tool\n{"name": "calculator", "arg\n```')),
            Rule.CALL,
            id="call in the text",
        ),
    ],
)
def test_turns_may_not_stand_so(messages, rule):
    assert rules_broken(turns(*messages)) == {rule}


def test_code_in_a_reply_is_no_call_where_no_tools_are_offered():
    assert rules_broken(talk(reply="```python\nprint(1)\n```")) == set()


def test_the_list_of_tools_may_be_given():
    assert rules_broken(talk_with_tool("oracle"), tools={"oracle"}) == set()
    assert rules_broken(talk_with_tool(), tools={"oracle"}) == {Rule.TOOL}


@pytest.mark.parametrize(
    ("reply", "answer", "is_broken"),
    [
        pytest.param("So 5.\n#### 5", "5", False, id="same"),
        pytest.param("So \\boxed{5.0}", "5", False, id="same value"),
        pytest.param("So 6.\n#### 6", "5", True, id="another"),
        pytest.param("So it is 6.", "5", False, id="no mark"),
        pytest.param("#### blue whale", "5", False, id="cannot be compared"),
        pytest.param("#### 6", "", False, id="no answer on record"),
    ],
)
def test_a_marked_answer_must_not_contradict_the_record(reply, answer, is_broken):
    broken = rules_broken(talk(reply=reply, answer=answer))
    assert broken == ({Rule.ANSWER} if is_broken else set())


@pytest.mark.parametrize(
    ("example", "rule"),
    [
        pytest.param(prefer(chosen=" "), Rule.EMPTY, id="nothing chosen"),
        pytest.param(prefer(rejected="It is 5. "), Rule.SAME, id="chosen is rejected"),
        pytest.param(replace(prefer(), prompt=(ASK, REPLY)), Rule.ORDER, id="nobody asks"),
        pytest.param(judged(steps=("a=1", "")), Rule.EMPTY, id="empty step"),
        pytest.param(judged(n_right=3), Rule.LABELS, id="more right than there are"),
        pytest.param(
            judged(n_right=2, is_right=True, fault=Fault.LOGIC), Rule.LABELS, id="right at fault"
        ),
        pytest.param(twins(false="Ann has 5 apples."), Rule.SAME, id="twins are one"),
    ],
)
def test_other_kinds_have_their_own_rules(example, rule):
    assert rules_broken(example) == {rule}


def test_what_is_longer_than_allowed_breaks_the_length():
    def count(example):
        return sum(len(text.split()) for text in all_texts(example))

    assert rules_broken(talk(), count_tokens=count, max_tokens=11) == set()
    assert rules_broken(talk(), count_tokens=count, max_tokens=9) == {Rule.LENGTH}
