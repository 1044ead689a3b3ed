import pytest

from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from tools.registry import MAX_ARGUMENT_BYTES, ToolRegistry
from tools.tool import ToolInput, ToolOutput, ToolSpec


class _EchoInput(ToolInput):
    text: str = ""


class _EchoTool:
    def __init__(self, name: str = "echo") -> None:
        self.spec = ToolSpec(
            name=name,
            version=f"{name}/1",
            summary="Says it again.",
            input_model=_EchoInput,
            output_model=ToolOutput,
            examples=(),
        )

    async def run(self, arguments: _EchoInput, *, seed: int) -> ToolResult:
        return ToolResult(status=ToolStatus.OK, output=f"{self.spec.name}:{arguments.text}:{seed}")


def _registry(*names: str) -> ToolRegistry:
    return ToolRegistry({name: _EchoTool(name) for name in names})


async def _run(text: object) -> ToolResult:
    return await _registry("echo").run(ToolCall(name="echo", arguments={"text": text}))


async def test_call_reaches_the_tool_it_names():
    result = await _registry("echo", "other").run(ToolCall(name="other", arguments={}))

    assert result.output.startswith("other:")


async def test_unknown_name_lists_the_known_ones():
    with pytest.raises(UnknownToolError, match="no tool is named 'c'; known tools: a, b"):
        await _registry("b", "a").run(ToolCall(name="c", arguments={}))


async def test_empty_registry_says_so():
    with pytest.raises(UnknownToolError, match="known tools: none"):
        await ToolRegistry({}).run(ToolCall(name="c", arguments={}))


async def test_same_call_has_the_same_seed():
    assert (await _run("a")).output == (await _run("a")).output


async def test_another_call_has_another_seed():
    assert (await _run("a")).output.split(":")[2] != (await _run("b")).output.split(":")[2]


async def test_seed_fits_an_exact_integer():
    assert 0 <= int((await _run("a")).output.split(":")[2]) < 2**53


async def test_bad_arguments_never_reach_the_tool():
    result = await _run(5)

    assert result.status is ToolStatus.INVALID
    assert "- text: input should be a valid string, not 5" in result.error


async def test_too_large_arguments_are_refused():
    result = await _run("x" * MAX_ARGUMENT_BYTES)

    assert result.status is ToolStatus.INVALID
    assert "at most 262,144" in result.error


async def test_too_deep_arguments_are_refused():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    result = await _run(deep)

    assert result.status is ToolStatus.INVALID


def test_schemas_are_in_the_order_of_names():
    names = [schema["function"]["name"] for schema in _registry("b", "a").list_schemas()]

    assert names == ["a", "b"]
