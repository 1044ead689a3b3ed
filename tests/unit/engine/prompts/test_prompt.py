from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import UnknownPromptError
from engine.ports import Message
from engine.prompts.prompt import BAR_MARK, Prompt, break_marks

MARKS = ("<q>", "<prog>", "</s>", "<a<", "[INST]")
PLAIN = Prompt(name="set/solve", version=3, template="<q>{problem}<prog>", marks=MARKS)
hostile = st.lists(
    st.sampled_from([*MARKS, "<", ">", "q", "prog", "<|im_end|>", "|", " ", "{problem}", "{", "x"])
).map("".join)


@given(hostile | st.text())
def test_no_mark_survives_in_a_variable(text):
    broken = break_marks(text, MARKS)
    assert not any(mark in broken for mark in MARKS)
    assert not re.search(BAR_MARK, broken)


@given(hostile | st.text())
def test_breaking_marks_only_adds_blanks(text):
    assert break_marks(text, MARKS).replace(" ", "") == text.replace(" ", "")


@given(st.text(st.characters(exclude_characters="<>[]|")))
def test_text_without_marks_is_left_alone(text):
    assert break_marks(text, MARKS) == text


@pytest.mark.parametrize(
    "text",
    ["{problem}", "{0} {x!r} {{}}", r"\frac{1}{2}", "%s $x ${y}", "{", "}"],
    ids=["itself", "format", "latex", "other-templates", "open", "close"],
)
def test_braces_in_a_problem_mean_nothing(text):
    assert PLAIN.render({"problem": text}) == f"<q>{text}<prog>"


def test_each_message_is_filled():
    prompt = Prompt(
        name="set/solve",
        version=1,
        template=(
            Message(role="system", content="be {mood}"),
            Message(role="user", content="{p}"),
        ),
    )
    assert prompt.render({"mood": "brief", "p": " why "}) == (
        Message(role="system", content="be brief"),
        Message(role="user", content="why"),
    )


def test_missing_variable_is_named():
    with pytest.raises(UnknownPromptError, match=r"set/solve@3 needs problem"):
        PLAIN.render({"question": "why"})


def test_whitespace_is_folded_where_the_model_knows_single_lines():
    prompt = Prompt(name="a/b", version=1, template="{p}", folds_whitespace=True)
    assert prompt.render({"p": " one\n\n two\t"}) == "one two"


def test_lone_surrogate_becomes_visible_text():
    rendered = PLAIN.render({"problem": "a\ud800b"})
    assert rendered == "<q>a\\ud800b<prog>"


@pytest.mark.parametrize("mark", ["x", "a b", ""], ids=["short", "blank", "empty"])
def test_mark_that_a_blank_could_not_break_is_refused(mark):
    with pytest.raises(ValueError, match="mark"):
        Prompt(name="a/b", version=1, template="{p}", marks=(mark,))


CHAT = Prompt(
    name="set/step",
    version=1,
    template=(
        Message(role="user", content="{problem}"),
        Message(role="assistant", content="{steps}"),
    ),
    marks=("<think>", "<s>"),
    own_marks=("<think>",),
)


def test_a_message_that_renders_to_nothing_is_left_out():
    assert [message.role for message in CHAT.render({"problem": "why", "steps": ""})] == ["user"]


def test_every_blank_of_the_steps_is_kept():
    *_, last = CHAT.render({"problem": "why", "steps": " First.\n\n"})
    assert last.content == " First.\n\n"


def test_the_model_s_own_marks_stay_whole_in_its_steps_alone():
    user, last = CHAT.render({"problem": "<think>", "steps": "<think> <s> <|im_end|>"})
    assert user.content == "< think>"
    assert last.content == "<think> < s> < |im_end|>"


def test_a_stop_text_that_stops_nothing_is_refused():
    with pytest.raises(ValueError, match="stop text"):
        Prompt(name="set/step", version=1, template="x", stop=("",))
