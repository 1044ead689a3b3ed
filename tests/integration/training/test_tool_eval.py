"""The calls that are expected are good calls, so that every failure is the model's own."""

from __future__ import annotations

import pytest

from engine.training.drift.tool_case import draw_cases, run_choices
from engine.training.drift.tool_choice import read_tool_choice
from engine.training.drift.tool_score import score_choices
from engine.training.rows import render_call
from tests.threaded_tools import ThreadedTools


@pytest.fixture(scope="module")
def tools():
    threaded = ThreadedTools()
    yield threaded
    threaded.close()


def test_a_model_that_calls_as_expected_has_every_point(tools):
    cases = draw_cases(40, seed=1)
    texts = [render_call(case.use) if case.use else "<none>" for case in cases]
    choices = [read_tool_choice(text) for text in texts]
    endings = tools.wait(run_choices(choices, tools.registry))
    score = score_choices(cases, choices, endings, seed=0)
    assert score.right_choice.mean == score.executed_calls.mean == 1.0
    assert score.endings.keys() == {"ok"}


def test_calls_that_no_tool_takes_are_counted_by_their_ending(tools):
    texts = ("unit_convert{}", "oracle{}", "plot{", "<none>")
    endings = tools.wait(run_choices([read_tool_choice(t) for t in texts], tools.registry))
    assert endings == ["invalid", "unknown-tool", "unreadable", None]
