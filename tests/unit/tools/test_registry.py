import pytest

from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from tools.registry import ToolRegistry


class _EchoTool:
    async def run(self, call: ToolCall) -> ToolResult:
        return ToolResult(status=ToolStatus.OK, output=call.name)


async def test_call_reaches_the_tool_it_names():
    registry = ToolRegistry({"echo": _EchoTool(), "other": _EchoTool()})
    assert (await registry.run(ToolCall(name="other", arguments={}))).output == "other"


async def test_unknown_name_lists_the_known_ones():
    registry = ToolRegistry({"b": _EchoTool(), "a": _EchoTool()})
    with pytest.raises(UnknownToolError, match="no tool is named 'c'; known tools: a, b"):
        await registry.run(ToolCall(name="c", arguments={}))


async def test_empty_registry_says_so():
    with pytest.raises(UnknownToolError, match="known tools: none"):
        await ToolRegistry({}).run(ToolCall(name="c", arguments={}))
