"""Short questions for a small model: which tool, and when none."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from engine.training.datasets.validate import Rules, find_breaches
from engine.training.frameworks.catalogue import find_framework, shipped_frameworks
from engine.training.frameworks.check import check_framework
from engine.training.frameworks.framework import TOOLS
from engine.training.frameworks.tool_draw import draw_tool_conversation
from engine.training.problem import Split

N_DRAWN = 1_000
SHIPPED = shipped_frameworks()


@pytest.fixture(scope="module")
def drawn():
    rng = Random(5)
    return [draw_tool_conversation(rng, Split.TRAIN) for _ in range(N_DRAWN)]


def called(conversation):
    calls = conversation.messages[-1].calls
    return calls[0].name if calls else ""


def test_every_tool_is_as_likely_as_any_other(drawn):
    counts = Counter(map(called, drawn))
    assert set(counts) == {"", *TOOLS}
    assert all(0.06 < counts[tool] / N_DRAWN < 0.14 for tool in TOOLS)


def test_a_fifth_of_the_questions_gets_no_call(drawn):
    assert 0.15 < sum(not called(each) for each in drawn) / N_DRAWN < 0.25


def test_what_is_called_is_offered(drawn):
    assert all(called(each) in {"", *each.tools} for each in drawn)
    assert any(len(each.tools) < len(TOOLS) for each in drawn)


def test_every_conversation_keeps_the_rules_of_data_sets(drawn):
    assert [b for each in drawn for b in find_breaches(each, Rules(tools=TOOLS))] == []


def test_no_wording_serves_two_splits():
    rng = Random(6)
    found = {
        split: {draw_tool_conversation(rng, split).origin.template for _ in range(400)}
        for split in Split
    }
    assert not found[Split.TRAIN] & (found[Split.DEV] | found[Split.TEST])
    assert not found[Split.DEV] & found[Split.TEST]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_has_a_dozen_patterns_of_eight_wordings(tool):
    blocks = [block for framework in SHIPPED.values() for block in framework.blocks]
    calling = [block for block in blocks if block.call and block.call.tool == tool]
    assert len(calling) >= 12
    assert all(len(block.asks) >= 8 for block in calling)


@pytest.mark.parametrize("domain", SHIPPED)
def test_a_shipped_framework_comes_out(domain):
    assert [str(fault) for fault in check_framework(SHIPPED[domain])] == []


def test_physics_has_its_four_stages():
    stages = {principle.stage for principle in find_framework("physics").principles}
    assert stages == {"classical", "modern", "theoretical", "applied"}
