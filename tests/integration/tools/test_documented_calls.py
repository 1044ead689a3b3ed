"""Every call that docs/tools.md shows is run, and every tool is shown."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from scripts.svend.own_tools import describe_own_tools

PAGE = Path(__file__).parents[3] / "docs" / "tools.md"


def _list_calls():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    words = [shlex.split(line) for line in lines if line.startswith("svend tool ")]
    return [(name, json.loads(arguments)) for _, _, name, arguments in words]


@pytest.mark.parametrize(("name", "arguments"), _list_calls(), ids=lambda part: str(part)[:60])
def test_documented_call_works(tools, name, arguments):
    assert tools.get(name, **arguments)["text"]


def test_every_tool_is_documented():
    assert {name for name, _ in _list_calls()} == {tool["name"] for tool in describe_own_tools()}
