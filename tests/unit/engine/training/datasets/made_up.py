"""Examples of every kind, made up, and strategies that draw more of them."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.training.example import (
    Category,
    Conversation,
    Fault,
    JudgedChain,
    Message,
    Origin,
    PreferencePair,
    Role,
    ToolUse,
    TwinClaims,
)
from engine.training.problem import Split

ORIGIN = Origin(
    source="made-up",
    licence="MIT",
    category=Category.MATH,
    family="change",
    template="00000000000000aa",
)


def say(role, content, *calls):
    return Message(role=Role(role), content=content, calls=calls)


def talk(question="What is 2 and 3?", reply="2 and 3 are 5.", *, origin=ORIGIN, **given):
    turns = (say("user", question), say("assistant", reply))
    return Conversation(messages=turns, origin=origin, **given)


def talk_with_tool(name="calculator"):
    call = ToolUse(name=name, arguments={"expression": "48/2"})
    turns = (
        say("system", "Be brief."),
        say("user", "What is half of 48?"),
        say("assistant", "", call),
        say("tool", '{"value":"24"}'),
        say("assistant", "Half of 48 is 24."),
    )
    return Conversation(messages=turns, origin=ORIGIN, tools=("calculator",), answer="24")


def prefer(**given):
    fields = {"chosen": "It is 5.", "rejected": "It is 6.", "fault": Fault.ARITHMETIC}
    prompt = (say("user", "What is 2 and 3?"),)
    return PreferencePair(prompt=prompt, origin=ORIGIN, **{**fields, **given})


def judged(**given):
    fields = {"steps": ("a=48/2", "b=48-a"), "n_right": 1, "is_right": False}
    return JudgedChain(
        question="48 apples, then half as many. How many in all?",
        origin=ORIGIN,
        **{"fault": Fault.LOGIC, "system": "mutation", **fields, **given},
    )


def twins(**given):
    fields = {"true": "Ann has 5 apples.", "false": "Ann has 6 apples."}
    return TwinClaims(
        question="Ann has 2 apples and gets 3.",
        fault=Fault.ARITHMETIC,
        origin=ORIGIN,
        **{**fields, **given},
    )


ONE_OF_EACH = (talk(), talk_with_tool(), prefer(), judged(), twins())

texts = st.text(st.characters(exclude_categories=[]), max_size=40)
filled = texts.filter(str.strip)
origins = st.builds(
    Origin,
    source=filled,
    licence=texts,
    category=st.sampled_from(Category),
    family=texts,
    template=texts,
    split=st.sampled_from(Split),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
calls = st.builds(ToolUse, name=filled, arguments=st.dictionaries(texts, values, max_size=3))
messages = st.builds(
    Message,
    role=st.sampled_from(Role),
    content=texts,
    calls=st.lists(calls, max_size=2).map(tuple),
)
turns = st.lists(messages, min_size=1, max_size=4).map(tuple)
faults = st.sampled_from(Fault)


@st.composite
def chains(draw):
    steps = tuple(draw(st.lists(texts, min_size=1, max_size=5)))
    return JudgedChain(
        question=draw(filled),
        steps=steps,
        n_right=draw(st.integers(0, len(steps))),
        is_right=draw(st.booleans()),
        origin=draw(origins),
        fault=draw(st.none() | faults),
        system=draw(texts),
    )


examples = st.one_of(
    st.builds(
        Conversation,
        messages=turns,
        origin=origins,
        tools=st.lists(texts, max_size=3).map(tuple),
        answer=texts,
    ),
    st.builds(
        PreferencePair,
        prompt=turns,
        chosen=texts,
        rejected=texts,
        fault=faults,
        origin=origins,
    ),
    chains(),
    st.builds(TwinClaims, question=texts, true=filled, false=filled, fault=faults, origin=origins),
)
