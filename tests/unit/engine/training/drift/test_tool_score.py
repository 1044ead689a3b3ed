"""Choices are scored against drawn questions; a call is good when its tool accepts it."""

from __future__ import annotations

import asyncio
import json

import pytest
from click.testing import CliRunner
from rich.console import Console

from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolResult, ToolStatus
from engine.training.drift.tool_case import ToolCase, draw_cases, run_choices
from engine.training.drift.tool_choice import NO_TOOL, read_tool_choice
from engine.training.drift.tool_report import show_score
from engine.training.drift.tool_score import score_choices
from engine.training.example import ToolUse
from engine.training.frameworks.framework import TOOLS
from engine.training.rows import render_call
from scripts.svend.training_commands import train


def case(name=None, **arguments):
    use = None if name is None else ToolUse(name=name, arguments=arguments)
    return ToolCase(question="Q?", offered=TOOLS, use=use)


class ScriptedTools:
    """Knows one tool, which wants a y."""

    async def run(self, call):
        if call.name != "plot":
            raise UnknownToolError
        is_fit = "y" in call.arguments
        return ToolResult(status=ToolStatus.OK if is_fit else ToolStatus.INVALID)


CASES = (case("plot", y=1), case("plot", y=2), case("physics", x=1), case("plot", y=3), case())
WRITTEN = ('plot{"y":1}', "plot{}", 'plot{"y":1}', 'plot{"y":', "<none>")
CHOICES = [read_tool_choice(text) for text in WRITTEN]


@pytest.fixture(scope="module")
def score():
    endings = asyncio.run(run_choices(CHOICES, ScriptedTools()))
    return score_choices(CASES, CHOICES, endings, seed=0)


def test_right_choices_are_counted_where_a_tool_fits_and_where_none_does(score):
    assert (score.right_choice.n, score.right_choice.mean) == (5, 0.8)
    assert (score.right_tool.n, score.right_tool.mean) == (4, 0.75)
    assert (score.declined_rightly.n, score.declined_rightly.mean) == (1, 1.0)


def test_calls_are_counted_by_how_far_they_come(score):
    assert (score.readable_calls.n, score.readable_calls.mean) == (4, 0.75)
    assert (score.executed_calls.n, score.executed_calls.mean) == (4, 0.5)
    assert score.endings == {"invalid": 1, "ok": 2, "unreadable": 1}


def test_arguments_are_compared_where_the_tool_is_right(score):
    assert (score.same_call.n, score.same_call.mean) == (2, 0.5)


def test_who_was_taken_for_whom(score):
    assert score.confusion == {NO_TOOL: {NO_TOOL: 1}, "physics": {"plot": 1}, "plot": {"plot": 3}}
    assert score.constant_choice == 0.6


def test_a_tool_that_is_not_there_is_an_ending():
    found = asyncio.run(run_choices([read_tool_choice("oracle{}")], ScriptedTools()))
    assert found == ["unknown-tool"]


def test_without_a_run_nothing_is_said_of_it():
    score = score_choices(CASES[-1:], CHOICES[-1:], None, seed=0)
    assert score.executed_calls is score.right_tool is score.same_call is None
    console = Console(width=100)
    with console.capture() as captured:
        show_score(score, console)
    assert "calls that execute" in captured.get()
    assert "calls ended" not in captured.get()


def test_nothing_asked_is_an_error():
    with pytest.raises(ValueError):
        score_choices([], [], None, seed=0)


def test_drawn_questions_differ_and_their_own_calls_are_right():
    cases = draw_cases(60, seed=0)
    assert len({one.question for one in cases}) == 60
    texts = [render_call(one.use) if one.use else "<none>" for one in cases]
    score = score_choices(cases, [read_tool_choice(text) for text in texts], None, seed=0)
    assert score.right_choice.mean == score.readable_calls.mean == score.same_call.mean == 1.0
    assert score.declined_rightly.n > 0
    assert len(score.confusion) > 5


def test_the_command_writes_and_prints_the_score(save_model, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.training.sampling.MAX_NEW_TOKENS", 4)
    out = tmp_path / "score.json"
    arguments = ["--model", save_model(0), "--n", 4, "--no-run-tools", "--out", out]
    done = CliRunner().invoke(train, ["tool-eval", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    found = json.loads(out.read_text())
    assert (found["n_cases"], found["executed_calls"]) == (4, None)
    assert "right tool, or none where none fits" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        pytest.param([], 2, id="no model"),
        pytest.param(["--model", "nowhere"], 1, id="no folder"),
        pytest.param(["--model", "nowhere", "--min-tier", "none"], 1, id="no sandbox"),
    ],
)
def test_the_command_says_what_is_missing(arguments, exit_code):
    done = CliRunner().invoke(train, ["tool-eval", *arguments])
    assert done.exit_code == exit_code
    assert "Error: " in done.output
    assert "Traceback" not in done.output
