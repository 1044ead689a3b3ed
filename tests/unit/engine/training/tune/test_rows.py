"""Rows are read in the layout of their method, and a fault names its line."""

from __future__ import annotations

import json

import pytest

from engine.training.datasets.file import write_examples
from engine.training.errors import DatasetError
from engine.training.example import (
    Category,
    Conversation,
    Fault,
    Message,
    Origin,
    PreferencePair,
    Role,
)
from engine.training.tune.rows import chosen_only, is_chat, load_rows
from engine.training.tune.settings import Method

USER = {"role": "user", "content": "1+1?"}
SAID = {"role": "assistant", "content": "2"}
WRONG = {"role": "assistant", "content": "3"}
ORIGIN = Origin(source="tests", licence="MIT", category=Category.MATH)


@pytest.fixture
def write(tmp_path):
    def write_rows(*rows):
        path = tmp_path / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write_rows


def test_conversations_of_a_data_set_are_read(tmp_path):
    turns = (Message(role=Role.USER, content="1+1?"), Message(role=Role.ASSISTANT, content="2"))
    path = tmp_path / "chat.jsonl"
    write_examples(path, [Conversation(messages=turns, origin=ORIGIN, answer="2")])

    [row] = load_rows([path], Method.SFT).rows
    assert row["conversation"].messages == turns
    assert row["n_trained_turns"] == 1
    [task] = load_rows([path], Method.GRPO).rows
    assert task == {"prompt": [USER], "answer": "2"}


def test_pairs_of_a_data_set_are_read(tmp_path):
    path = tmp_path / "pairs.jsonl"
    pair = PreferencePair(
        prompt=(Message(role=Role.USER, content="1+1?"),),
        chosen="2",
        rejected="3",
        fault=Fault.ARITHMETIC,
        origin=ORIGIN,
    )
    write_examples(path, [pair])

    found = load_rows([path], Method.DPO)
    assert found.rows == ({"prompt": [USER], "chosen": [SAID], "rejected": [WRONG]},)
    [control] = chosen_only(found).rows
    assert [turn.content for turn in control["conversation"].messages] == ["1+1?", "2"]
    assert found.files[0].n_rows == 1
    assert len(found.files[0].sha256) == 64


def test_texts_stay_texts(write):
    path = write({"prompt": "<q>1+1?<prog>", "chosen": "a=1+1<ans>a", "rejected": "a=1<ans>a"})

    [row] = load_rows([path], Method.REWARD).rows
    assert not is_chat(row)
    assert row["chosen"] == "a=1+1<ans>a"


@pytest.mark.parametrize("name", ["question", "problem"])
def test_a_question_becomes_a_prompt(write, name):
    [row] = load_rows([write({name: "1+1?", "answer": "2"})], Method.GRPO).rows
    assert row == {"prompt": [USER], "answer": "2"}


def test_a_prompt_with_an_answer_is_a_task(write):
    [row] = load_rows([write({"prompt": "1+1=", "answer": "2"})], Method.GRPO).rows
    assert row["prompt"] == "1+1="


def test_no_more_rows_are_read_than_asked_for(write):
    rows = [{"prompt": "a", "completion": "b"}] * 3
    found = load_rows([write(*rows), write(*rows)], Method.SFT, max_rows=2)
    assert len(found.rows) == 2
    assert [file.n_rows for file in found.files] == [2, 0]


@pytest.mark.parametrize(
    ("method", "row", "fault"),
    [
        (Method.SFT, {"messages": [USER]}, "assistant"),
        (Method.SFT, {"messages": []}, "empty"),
        (Method.SFT, {"prompt": [USER], "completion": [USER]}, "end with the assistant"),
        (Method.SFT, {"messages": [{"role": "robot", "content": ""}, SAID]}, "turn 1"),
        (Method.SFT, {"messages": [{"role": "user"}, SAID]}, "content"),
        (Method.SFT, {"prompt": "a", "completion": [SAID]}, "not both"),
        (Method.DPO, {"prompt": "a", "chosen": "b"}, "rejected"),
        (Method.DPO, {"prompt": "a", "chosen": "b", "rejected": "b"}, "same"),
        (Method.DPO, {"prompt": "a", "chosen": "b", "rejected": [SAID]}, "is not"),
        (Method.GRPO, {"prompt": "a"}, "answer"),
        (Method.GRPO, {"answer": "2"}, "question"),
        (Method.GRPO, {"messages": [SAID], "answer": "2"}, "before"),
    ],
    ids=str,
)
def test_a_fault_names_file_line_and_field(write, method, row, fault):
    path = write(row)
    with pytest.raises(DatasetError, match=f"rows.jsonl, line 1: .*{fault}"):
        load_rows([path], method)


def test_an_empty_file_is_refused(write):
    with pytest.raises(DatasetError, match="holds no row"):
        load_rows([write()], Method.SFT)


def test_texts_and_messages_are_not_mixed(write):
    with pytest.raises(DatasetError, match="two files"):
        load_rows([write({"prompt": "a", "completion": "b"}, {"messages": [USER, SAID]})], "sft")
