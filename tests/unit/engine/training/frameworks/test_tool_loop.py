"""A call, its result, and the answer; a tool that contradicts the block is a fault."""

from __future__ import annotations

import json
from random import Random

import pytest
from click.testing import CliRunner

from engine.domain.errors import UnknownToolError
from engine.domain.program import render_number, run_program
from engine.domain.tool import ToolResult, ToolStatus
from engine.training.datasets.file import read_examples
from engine.training.example import Conversation, Role
from engine.training.frameworks.check import check_framework
from engine.training.frameworks.commands import frameworks
from engine.training.frameworks.expand import (
    Expansion,
    Kind,
    draw_items,
    expand,
    expand_with_tools,
)
from engine.training.frameworks.item import draw_item
from engine.training.frameworks.tool_loop import FailedCallError, run_loop
from engine.training.frameworks.tool_result import agrees, read_answer
from engine.training.problem import Split
from scripts.svend.data_commands import data

OK = ToolStatus.OK


class Workshop:
    """Two tools: a calculator, and a converter that multiplies by what it is told."""

    def __init__(self, factor=1):
        self._factor = factor

    async def run(self, call):
        if call.name == "calculator":
            value = run_program(call.arguments["program"]).value * self._factor
            return ToolResult(status=OK, output=render_number(value))
        if call.name != "unit_convert":
            raise UnknownToolError(call.name)
        k = 1000 if call.arguments["from_unit"] == "km" else 100
        value = float(call.arguments["value"] * k * self._factor)
        return ToolResult(status=OK, output=f"= {value}", detail={"value": value})


def item_of(framework, index):
    rng = Random(4)
    block = framework.blocks[index]
    return next(i for s in Split if (i := draw_item(framework, block, s, rng)) is not None)


@pytest.mark.parametrize("index", [0, 1])
async def test_a_loop_holds_question_call_result_and_answer(toys, index):
    item = item_of(toys, index)
    loop = await run_loop(item, Workshop(), Random(1))
    roles = [message.role for message in loop.messages]
    assert roles == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT]
    assert loop.messages[1].calls == (item.call,)
    assert json.loads(loop.messages[2].content)["status"] == "ok"
    assert item.answer in loop.messages[3].content
    assert loop.answer == item.answer


async def test_a_tool_that_says_otherwise_is_a_fault(toys):
    with pytest.raises(FailedCallError, match="the tool says"):
        await run_loop(item_of(toys, 1), Workshop(factor=2), Random(1))


async def test_a_question_without_a_call_has_no_loop(toys):
    with pytest.raises(FailedCallError, match="calls no tool"):
        await run_loop(item_of(toys, 2), Workshop(), Random(1))


class Refusing:
    """A tool that answers as it is told."""

    def __init__(self, result):
        self._result = result

    async def run(self, _call):
        return self._result


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (ToolResult(status=ToolStatus.INVALID, error="no such unit"), "no such unit"),
        (ToolResult(status=OK, output="x", detail={}), "holds no answer"),
    ],
    ids=["refused", "empty"],
)
async def test_a_call_without_an_answer_is_a_fault(toys, result, words):
    with pytest.raises(FailedCallError, match=words):
        await run_loop(item_of(toys, 1), Refusing(result), Random(1))


@pytest.mark.parametrize(
    ("stated", "found", "same"),
    [
        ("0.333333", "1/3", True),
        ("12", "12.0", True),
        ("12", "13", False),
        ("x^2 + 1", "x**2+1", True),
        ("true", "false", False),
        ("3049882.5", "3.0498825e+06", True),
    ],
)
def test_answers_agree_by_value_or_by_text(stated, found, same):
    assert agrees(stated, found) is same


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("value", "2.5"),
        ("flag", "true"),
        ("items", "a, 2"),
        ("models.0.x", "7"),
        ("a", "9.81"),
        ("models.4.x", ""),
        ("output", "text"),
    ],
)
def test_a_result_is_read_where_the_block_says(spoiled, place, shown):
    toys = spoiled('to_unit = "{t}" }', f'to_unit = "{{t}}" }}\nread = "{place}"')
    detail = {
        "value": 2.5,
        "flag": True,
        "items": ["a", 2.0],
        "models": [{"x": "7"}],
        "solutions": [{"values": {"a": {"value": 9.81}}}],
    }
    result = ToolResult(status=OK, output="text", detail=detail)
    assert read_answer(item_of(toys, 1), result) == shown


def test_items_come_from_simple_to_hard_and_evenly(toys):
    items = list(draw_items(Expansion(frameworks=(toys,), n_items=7)))
    assert [item.block.level for item in items] == [1, 1, 1, 2, 2, 3, 3]


def test_the_same_seed_gives_the_same_examples(toys):
    expansion = Expansion(frameworks=(toys,), n_items=9, seed=3)
    assert list(expand(expansion)) == list(expand(expansion))


async def test_expanding_with_tools_adds_a_loop_a_call(toys):
    kinds = (Kind.CONVERSATIONS,)
    expansion = Expansion(frameworks=(toys,), n_items=9, kinds=kinds)
    done = []
    made = [each async for each in expand_with_tools(expansion, Workshop(), done.append)]
    loops = [c for c in made if isinstance(c, Conversation) and len(c.messages) == 4]
    assert len(loops) == 6
    assert len(done) == 9


def test_the_check_names_blocks_that_never_come_out(spoiled):
    faults = [str(f) for f in check_framework(spoiled('where = "k > n"', 'where = "n > k"'))]
    assert faults[0].startswith("toys: 3 blocks over 3 levels")
    assert "toys.boxes: no numbers were found that fit together" in faults


def test_the_check_finds_wordings_that_stand_there_twice(spoiled):
    twice = spoiled("Convert {q} to {t}.", "What is {q} in {t}?")
    assert any("stands there twice" in str(fault) for fault in check_framework(twice))


def test_frameworks_are_listed_with_their_levels(path):
    shown = CliRunner().invoke(frameworks, [str(path)])
    assert shown.exit_code == 0
    assert "toys" in shown.output


def test_a_checked_file_with_faults_exits_with_one(path):
    checked = CliRunner().invoke(frameworks, [str(path), "--check"])
    assert checked.exit_code == 1
    assert "a curriculum needs 6" in checked.output


def test_an_unknown_framework_is_one_line(tmp_path):
    out = str(tmp_path / "out.jsonl")
    refused = CliRunner().invoke(data, ["expand", "nowhere", "--out", out])
    assert refused.exit_code == 1
    assert "'nowhere' is no file and no shipped domain" in refused.output
    assert "Traceback" not in refused.output


def test_expanding_writes_what_is_asked_for(path, tmp_path):
    out = tmp_path / "out.jsonl"
    arguments = ["expand", str(path), "--n", "6", "--kind", "claims", "--out", str(out)]
    done = CliRunner().invoke(data, arguments)
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"{len(list(read_examples(out)))} examples")
