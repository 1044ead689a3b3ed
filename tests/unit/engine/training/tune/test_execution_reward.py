"""A completion is worth what its program gives when it is executed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.tune.execution_reward import (
    RUNS_REWARD,
    Score,
    execution_reward,
    score_completion,
)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("a=48/2;b=48+a<ans>b", "72"),
        ("a=48/2;b=48+a<ans>b</s>", "72"),
        ("<prog>a=1/3<ans>a</s>", "1/3"),
        ("a=1000*2<ans>a", "2,000"),
        ("a=1/2<ans>a", "0.5"),
        ("I compute:\n```\na=48/2\nb=48+a\n```\n", "72"),
        ("First ```\na=1\n``` no: ```python\na=2\n```", "2"),
        ("so the answer is 72", "72"),
        (r"thus \boxed{\frac{1}{2}}", "1/2"),
        ("<ans><none></s>", "not enough information"),
    ],
    ids=str,
)
def test_the_right_answer_earns_everything(text, answer):
    assert score_completion(text, answer).reward == 1


@pytest.mark.parametrize(
    "text",
    ["a=48/2<ans>a</s>", "```\na=1\n```", "a=48/2;b=48+a<ans>a"],
    ids=str,
)
def test_a_program_that_runs_and_is_wrong_earns_a_little(text):
    assert score_completion(text, "72") == Score(reward=RUNS_REWARD, runs=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "72",
        "a=1/0<ans>a</s>",
        "a=72<ans>b</s>",
        "a=import os<ans>a",
        "```\na=\n``` so the answer is 72",
        "a=<ans>a so the answer is 72",
        "<ans><none></s>",
        "a=1<ans>a<ans>72",
    ],
    ids=str,
)
def test_what_does_not_run_earns_nothing(text):
    assert score_completion(text, "72") == Score(reward=0, runs=False)


def test_without_a_right_answer_there_is_no_reward():
    assert score_completion("a=1<ans>a", "").reward is None


def test_a_question_that_can_be_answered_is_not_declined():
    assert score_completion("a=1<ans>a", "not enough information").reward == RUNS_REWARD


def test_rewards_come_one_a_completion_from_texts_and_from_messages():
    said = "a=1+1<ans>a"
    messages = [{"role": "assistant", "content": said}]

    assert execution_reward([said, messages], ["2", "2"], prompts=["", ""]) == [1, 1]


@given(st.text(alphabet="ab=+-*/();0123456789<>ans \n`", max_size=60), st.text(max_size=10))
def test_no_text_breaks_the_reward(text, answer):
    reward = score_completion(text, answer).reward

    assert reward in {None, 0, RUNS_REWARD, 1}
