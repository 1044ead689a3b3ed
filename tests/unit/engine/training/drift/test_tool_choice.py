"""A tool is asked for as the rows of training do, and the reply is read leniently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.drift.tool_choice import (
    NO_TOOL,
    UNREADABLE,
    choose_tools,
    read_tool_choice,
    render_tool_prompt,
)
from engine.training.frameworks.framework import TOOLS
from engine.training.rows import Called, InvalidRowError, render


def test_all_tools_are_offered_without_a_list():
    assert render_tool_prompt("Draw 1, 2.", TOOLS) == "<q>Draw 1, 2.<tool>"


def test_some_tools_are_listed_before_the_question():
    prompt = render_tool_prompt("Draw 1, 2.", ("plot", "physics"))
    assert prompt == "<tool>plot physics<q>Draw 1, 2.<tool>"


def test_the_prompt_begins_the_row_that_is_trained():
    row = Called(question="Draw 1.", calls=('plot{"y":[1]}',), offered=("plot",))
    assert render(row).startswith(render_tool_prompt("Draw 1.", ("plot",)))


def test_a_question_with_a_mark_is_refused():
    with pytest.raises(InvalidRowError):
        render_tool_prompt("Draw <tool> 1.", TOOLS)


@pytest.mark.parametrize(
    ("text", "name", "is_written"),
    [
        pytest.param('plot{"y":[1]}', "plot", True, id="call"),
        pytest.param('plot{"y":[1]}<result>{}<ans>1', "plot", True, id="with what follows"),
        pytest.param("<none>", NO_TOOL, False, id="none"),
        pytest.param('plot{"y":[1}', "plot", False, id="torn JSON"),
        pytest.param("plot", UNREADABLE, False, id="no arguments"),
        pytest.param("", UNREADABLE, False, id="nothing"),
        pytest.param("plot[1]", UNREADABLE, False, id="no object"),
    ],
)
def test_the_choice_is_told_from_how_it_is_written(text, name, is_written):
    choice = read_tool_choice(text)
    assert choice.name == name
    assert (choice.use is not None) == is_written
    assert choice.is_call == (name != NO_TOOL)


@given(st.text())
def test_any_text_is_some_choice(text):
    assert read_tool_choice(text).name


class ScriptedWriter:
    """Always plots, and keeps what it was given."""

    def __init__(self):
        self.prompts = []

    def write(self, prompts):
        self.prompts += prompts
        return ["plot{}"] * len(prompts)


def test_each_question_comes_with_its_own_offer():
    writer = ScriptedWriter()
    found = choose_tools(writer, ["Q?", "R?"], [TOOLS, ("plot",)])
    assert [choice.name for choice in found] == ["plot", "plot"]
    assert writer.prompts == ["<q>Q?<tool>", "<tool>plot<q>R?<tool>"]
