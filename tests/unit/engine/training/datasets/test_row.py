"""Every example survives being written, and a row that is none says why."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from engine.training.datasets.json_lines import parse_object, render_line
from engine.training.datasets.row import Kind, example_id, from_row, kind_of, to_row
from engine.training.errors import DatasetError
from engine.training.example import Category, Fault
from tests.unit.engine.training.datasets import made_up
from tests.unit.engine.training.datasets.made_up import (
    ONE_OF_EACH,
    ORIGIN,
    judged,
    prefer,
    talk,
    talk_with_tool,
    twins,
)


@given(made_up.examples)
def test_every_example_survives_a_line(example):
    assert from_row(parse_object(render_line(to_row(example)))) == example


@given(made_up.examples)
def test_a_line_is_one_line(example):
    assert render_line(to_row(example)).count(b"\n") == 1


def test_every_kind_is_told_by_its_fields():
    assert [kind_of(example) for example in ONE_OF_EACH] == [
        Kind.CONVERSATION,
        Kind.CONVERSATION,
        Kind.PREFERENCE,
        Kind.STEPS,
        Kind.CLAIMS,
    ]


def test_a_call_is_written_as_chat_templates_take_it():
    calls = to_row(talk_with_tool())["messages"][2]["tool_calls"]
    assert calls == [
        {
            "type": "function",
            "function": {"name": "calculator", "arguments": {"expression": "48/2"}},
        }
    ]


def test_arguments_may_be_json_inside_json():
    row = to_row(talk_with_tool())
    function = row["messages"][2]["tool_calls"][0]["function"]
    function["arguments"] = json.dumps(function["arguments"])
    row["messages"][2]["content"] = None
    assert from_row(row) == talk_with_tool()


def test_a_preference_may_be_plain_text():
    row = {**to_row(prefer()), "prompt": "What is 2 and 3?", "chosen": "It is 5."}
    assert from_row(row) == prefer()


def test_a_preference_may_repeat_its_prompt():
    row = to_row(prefer())
    prompt = row.pop("prompt")
    both = {name: [*prompt, *row[name]] for name in ("chosen", "rejected")}
    assert from_row({**row, **both}) == prefer()
    assert from_row({**row, **both, "prompt": "What is 2 and 3?"}) == prefer()


def test_what_says_nothing_of_its_origin_is_unknown():
    example = from_row({"messages": to_row(talk())["messages"]})
    assert (example.origin.source, example.origin.licence) == ("unknown", "unknown")
    assert example.origin.category == Category.GENERAL


def test_the_id_is_of_the_content_alone():
    elsewhere = talk(origin=replace(ORIGIN, source="elsewhere", split="dev"))
    assert example_id(talk()) == example_id(elsewhere)
    assert example_id(talk()) != example_id(talk(reply="2 and 3 are 6."))


def test_labels_end_with_the_first_wrong_step():
    assert to_row(judged())["labels"] == [True, False]
    assert from_row(to_row(judged(n_right=0))).n_right == 0


def changed(example, **fields):
    return {**to_row(example), **fields}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param({"text": "x"}, "none of the fields", id="no layout"),
        pytest.param(changed(talk(), messages=[]), "`messages` is empty", id="no turns"),
        pytest.param(changed(talk(), messages="x"), "not a list", id="turns are no list"),
        pytest.param(changed(talk(), messages=[3]), "turn 1: .* not an object", id="no turn"),
        pytest.param(
            changed(talk(), messages=[{"role": "bot", "content": ""}]),
            "turn 1: `role` is 'bot', not one of system, user",
            id="unknown role",
        ),
        pytest.param(
            changed(talk(), messages=[{"role": "user"}]), "no field `content`", id="no content"
        ),
        pytest.param(changed(talk(), category="poems"), "`category` is 'poems'", id="category"),
        pytest.param(changed(talk(), tools=[1]), "not a list of texts", id="tools"),
        pytest.param(changed(prefer(), prompt=[]), "`prompt` is empty", id="no prompt"),
        pytest.param(changed(prefer(), prompt=" "), "`prompt` is empty", id="blank prompt"),
        pytest.param(
            changed(prefer(), chosen=[{"role": "user", "content": "x"}]),
            "`chosen` does not end with a turn of the assistant",
            id="user continues",
        ),
        pytest.param(
            changed(prefer(), chosen=to_row(talk())["messages"]),
            "continue different prompts",
            id="other prompts",
        ),
        pytest.param(changed(judged(), steps=[]), "`steps` is empty", id="no steps"),
        pytest.param(changed(judged(), labels=[True]), "list of 2 times", id="too few labels"),
        pytest.param(
            changed(judged(), labels=[False, True]), "behind the first wrong", id="right again"
        ),
        pytest.param(changed(judged(), is_right="no"), "not true or false", id="no flag"),
        pytest.param(changed(judged(), fault="typo"), "`fault` is 'typo'", id="unknown fault"),
        pytest.param(changed(twins(), false=""), "`false` is empty", id="no false claim"),
    ],
)
def test_a_row_that_is_no_example_says_why(row, words):
    with pytest.raises(DatasetError, match=words):
        from_row(row)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param("{", "`arguments` is not JSON", id="no JSON"),
        pytest.param([1], "`arguments` is list, not an object", id="no object"),
    ],
)
def test_arguments_that_cannot_be_read_are_a_fault(arguments, words):
    row = to_row(talk_with_tool())
    row["messages"][2]["tool_calls"][0]["function"]["arguments"] = arguments
    with pytest.raises(DatasetError, match=words):
        from_row(row)


def test_a_right_chain_has_no_fault():
    chain = judged(n_right=2, is_right=True, fault=None)
    assert to_row(chain)["fault"] is None
    assert from_row(to_row(chain)) == chain
    assert from_row(to_row(judged())).fault == Fault.LOGIC
