"""Calls in the form of svend-mini's training rows: the mark, the tool's name, its arguments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answers.call import find_call, list_calls
from engine.answers.call_fault import CallFault, MalformedCall
from engine.domain.tool import ToolCall
from engine.training.example import ToolUse
from engine.training.rows import Called, read_call, render, render_call

SUM = ToolCall(name="sum", arguments={"x": 1, "y": [2, "b"]})
WRITTEN = '<tool>sum{"x":1,"y":[2,"b"]}'


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN,
        f"{WRITTEN}</s>",
        f"<tool>calculator sum<q>What is it?{WRITTEN}",
        f'<tool>find{{"a":1}}<result>{{"output":"3","status":"ok"}}{WRITTEN}',
        '<tool> sum {"x": 1,\n"y": [2, "b"]} ',
    ],
    ids=["bare", "ended", "offered", "behind a result", "with blanks"],
)
def test_a_marked_name_with_its_arguments_is_a_call(text):
    assert find_call(text) == SUM


@pytest.mark.parametrize(
    "text",
    [
        "<tool><none>",
        "<tool>calculator<q>What is it?<tool><none></s>",
        f"{WRITTEN}<result>3",
        f"{WRITTEN}<ans>3",
        "The <tool> of the trade.",
        "<tool>",
    ],
    ids=["none fits", "none of those offered", "run", "answered", "a word", "nothing"],
)
def test_a_mark_with_no_call_at_the_end_calls_nothing(text):
    assert find_call(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<tool>sum", CallFault.SHAPE),
        ("<tool>sum</s>", CallFault.SHAPE),
        ('<tool>sum{"x":', CallFault.NOT_JSON),
        ('<tool>sum{"x":1,"x":2}', CallFault.NOT_JSON),
        (f'<tool>sum{{"x":{2**60}}}', CallFault.SHAPE),
        (f"{WRITTEN}{WRITTEN}", CallFault.SEVERAL),
    ],
    ids=["no arguments", "no arguments, ended", "cut", "a name twice", "too large", "two"],
)
def test_a_malformed_call_says_what_is_wrong(text, reason):
    assert find_call(text).reason is reason


def test_a_correction_shows_a_call_of_the_same_notation():
    correction = find_call('<tool>sum{"x":').correction

    assert "<tool>" in correction
    assert "```" not in correction


names = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
values = st.text() | st.integers(-(2**50), 2**50) | st.booleans() | st.none()
uses = st.builds(ToolUse, name=names, arguments=st.dictionaries(names, values, max_size=4))


@given(uses, st.lists(names, max_size=3))
def test_a_call_of_a_training_row_is_read_back(use, offered):
    row = render(Called(question="Why?", calls=(render_call(use),), offered=tuple(offered)))
    read = read_call(row.rpartition("<tool>")[2].removesuffix("</s>"))

    assert find_call(row) == ToolCall(name=read.name, arguments=read.arguments)


PIECES = st.sampled_from(
    ["<tool>", "<none>", "<result>", "<ans>", "</s>", "f", "{", "}", '"x"', ":", "1", " ", WRITTEN]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_is_written_behind_the_mark_nothing_is_raised(text):
    assert all(isinstance(call, ToolCall | MalformedCall) for call in list_calls(text))


@pytest.mark.parametrize("piece", ["<tool>", "<tool>f", "<tool>f{", "<tool>f{}", "<tool>f "])
def test_a_long_hostile_text_is_walked_once(piece):
    # Quadratic work on a text of this length takes hours; the suite's own time limit would end it.
    list_calls(piece * (500_000 // len(piece)))
