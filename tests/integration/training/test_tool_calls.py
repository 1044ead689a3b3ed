"""Every block of every framework through the real tools: the call works, the answers agree."""

from __future__ import annotations

import json
from random import Random

import pytest
from click.testing import CliRunner

from engine.domain.errors import SvendError
from engine.domain.tool import ToolCall
from engine.training.datasets.file import read_examples
from engine.training.example import Role
from engine.training.frameworks.catalogue import shipped_frameworks
from engine.training.frameworks.framework import TOOLS
from engine.training.frameworks.item import draw_item
from engine.training.frameworks.tool_loop import checked_answer
from engine.training.problem import Split
from scripts.svend.data_commands import data
from tests.threaded_tools import ThreadedTools

CALLING = [f for f in shipped_frameworks().values() if any(block.call for block in f.blocks)]


@pytest.fixture(scope="module")
def tools():
    threaded = ThreadedTools()
    yield threaded
    threaded.close()


def fault_of(tools, framework, block):
    """What goes wrong with one instance; nothing for a sound one."""
    item = draw_item(framework, block, Split.TRAIN, Random(f"tools:{block.name}"))
    if item is None:
        return f"{framework.path_of(block)} has no training wording"
    call = ToolCall(name=item.call.name, arguments=item.call.arguments)
    try:
        checked_answer(item, tools.wait(tools.registry.run(call)))
    except SvendError as error:
        return str(error)
    return None


@pytest.mark.parametrize("framework", CALLING, ids=lambda framework: framework.domain)
def test_every_call_works_and_agrees_with_the_stated_answer(tools, framework):
    blocks = [block for block in framework.blocks if block.call]
    faults = [fault_of(tools, framework, block) for block in blocks]
    assert [fault for fault in faults if fault] == []


def test_the_tools_that_frameworks_name_are_those_of_the_registry(tools):
    assert tuple(tools.registry.names) == TOOLS


def test_expanding_with_tools_writes_calls_with_their_results(tmp_path):
    out = tmp_path / "loops.jsonl"
    arguments = ["units", "--n", "14", "--run-tools", "--kind", "conversations", "--out", str(out)]
    done = CliRunner().invoke(data, ["expand", *arguments])
    assert done.exit_code == 0, done.output
    loops = [c for c in read_examples(out) if any(m.role is Role.TOOL for m in c.messages)]
    assert len(loops) == 14
    assert all(json.loads(loop.messages[2].content)["status"] == "ok" for loop in loops)
    assert all(loop.answer for loop in loops)
