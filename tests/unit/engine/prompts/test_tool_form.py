"""How tools stand in the text of a model with a form of its own for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import UnknownPromptError
from engine.prompts.prompt import Prompt
from engine.prompts.prompt_set import load_prompt_set, parse_prompt
from engine.prompts.tool_form import ToolForm
from engine.training.drift.tool_choice import render_tool_prompt
from engine.training.frameworks.framework import TOOLS
from engine.training.rows import Called, render

FORM = ToolForm(
    lead="<tool>",
    offer="<tool>{names}",
    known=("add", "plot"),
    result="<result>{result}",
    max_result_chars=200,
)
PROMPT = Prompt(
    name="set/tools",
    version=1,
    template="{tools}<q>{problem}{steps}",
    marks=("<tool>", "<result>", "<q>", "<ans>"),
    own_marks=("<tool>", "<result>", "<ans>"),
    folds_whitespace=True,
    tool_form=FORM,
)
MINI = load_prompt_set("svend-mini-2")
CALL = '<tool>plot{"kind":"bar"}'
RESULT = '<result>{"output":"3","status":"ok"}'
hostile = st.lists(st.sampled_from([*PROMPT.marks, "<", ">", "ans", " ", "\n", "{result}", "x"]))


@pytest.mark.parametrize(
    ("names", "offer"),
    [
        (("plot", "search"), "<tool>plot search"),
        (("plot", "add"), ""),
        (("add",), "<tool>add"),
        ((), ""),
    ],
    ids=["others", "all that are known", "some that are known", "none"],
)
def test_an_offer_names_the_tools_unless_it_is_of_all_that_are_known(names, offer):
    assert FORM.render_offer(names) == offer


def test_the_lead_is_given_before_anything_is_written_and_only_then():
    variables = {"problem": "Why?", "tools": "add plot", "steps": ""}
    assert PROMPT.render(variables) == "<q>Why?<tool>"
    assert PROMPT.render({**variables, "steps": CALL + RESULT}) == f"<q>Why?{CALL}{RESULT}"


@given(hostile.map("".join))
def test_no_result_holds_a_mark_but_the_form_s_own(described):
    shown = PROMPT.render_result(described)
    assert shown.startswith("<result>")
    assert not any(mark in shown.removeprefix("<result>") for mark in PROMPT.marks)
    steps = PROMPT.render({"problem": "", "tools": "", "steps": shown})
    assert steps == f"<q>{shown}"


@given(hostile.map("".join))
def test_a_result_is_read_back_and_nothing_else(described):
    assert FORM.read_result(FORM.render_result(described)) == described
    assert FORM.read_result(f"x{described}") == ""


def test_a_prompt_without_a_form_renders_no_result():
    with pytest.raises(UnknownPromptError, match="no form for results"):
        Prompt(name="a/b", version=1, template="x").render_result("{}")


@pytest.mark.parametrize(
    "change",
    ['offer = "<tool>"', 'result = "<result>"', "max_result_chars = 0", 'colour = "red"'],
    ids=["offer", "result", "room", "foreign"],
)
def test_a_form_that_says_too_little_or_too_much_is_refused(change):
    lines = {
        "lead": 'lead = ""',
        "offer": 'offer = "{names}"',
        "known": "known = []",
        "result": 'result = "{result}"',
        "max_result_chars": "max_result_chars = 9",
    }
    head = 'id = "a/b"\nversion = 1\ntext = "x"\n[tool_form]\n'
    whole = head + "\n".join(lines.values())
    assert parse_prompt(whole).tool_form is not None
    changed = {**lines, change.partition(" ")[0]: change}
    with pytest.raises(UnknownPromptError, match="no prompt"):
        parse_prompt(head + "\n".join(changed.values()))


def test_svend_mini_knows_the_tools_that_it_was_trained_on():
    assert MINI.prompts["tools"].tool_form.known == TOOLS


@pytest.mark.parametrize("offered", [TOOLS, TOOLS[2:5]], ids=["all", "some"])
def test_svend_mini_chooses_a_tool_as_it_is_measured(offered):
    variables = {"problem": "What  is it?\n", "tools": " ".join(offered), "steps": ""}
    assert MINI.render("tools", variables) == render_tool_prompt("What is it?", offered)


def test_svend_mini_goes_on_behind_a_result_as_its_rows_do():
    row = Called(
        question="Why?", calls=(CALL.removeprefix("<tool>"),), results=("3",), answer="so"
    )
    steps = CALL + MINI.prompts["tools"].render_result("3")
    variables = {"problem": "Why?", "tools": "", "steps": steps}
    assert render(row) == f"{MINI.render('tools', variables)}<ans>so</s>"


def test_only_a_set_with_such_a_form_tells_of_tools_by_name():
    assert MINI.tells_by_name
    assert not load_prompt_set("chat").tells_by_name


def test_nothing_stands_between_the_texts_of_such_a_form():
    assert MINI.find_joints() == {"tools": ""}
    assert load_prompt_set("chat").find_joints() == {}
