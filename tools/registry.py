"""Which tools there are, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolResult
from engine.ports import Clock, ToolRunner
from tools.calculator import Calculator


class ToolRegistry:
    """Hands each call to the tool that it names; implements :class:`engine.ports.ToolRunner`."""

    def __init__(self, tools: Mapping[str, ToolRunner]) -> None:
        """Take the tools by name."""
        self._tools = MappingProxyType(dict(tools))

    @property
    def names(self) -> tuple[str, ...]:
        """The known names, sorted."""
        return tuple(sorted(self._tools))

    async def run(self, call: ToolCall) -> ToolResult:
        """Run one call. What the tool refuses or fails at is a result, not an error.

        Raises:
            UnknownToolError: No tool has this name; the known ones are listed.
        """
        tool = self._tools.get(call.name)
        if tool is None:
            known = ", ".join(self.names) or "none"
            raise UnknownToolError(f"no tool is named {call.name!r}; known tools: {known}")
        return await tool.run(call)


def local_tools(clock: Clock) -> ToolRegistry:
    """Make the tools that need nothing but this process."""
    return ToolRegistry({Calculator.NAME: Calculator(clock)})
