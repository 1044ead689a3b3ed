"""What runs tools."""

from __future__ import annotations

from typing import Protocol

from engine.domain.tool import ToolCall, ToolResult


class ToolRunner(Protocol):
    """Runs tools."""

    async def run(self, call: ToolCall) -> ToolResult:
        """Run one call. What the tool refuses or fails at is a result, not an error.

        Raises:
            UnknownToolError: Listing the known names.
        """
        ...
