"""Which tools there are, by name, and the one way into each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from engine.domain.canonical import JsonValue, digest
from engine.domain.errors import InvalidToolCallError, UnknownToolError
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.ports import Clock, Retriever
from tools.calculator import Calculator
from tools.chemistry import make_chemistry
from tools.execute_python import make_execute_python
from tools.logic_solver import make_logic_solver
from tools.physics import make_physics
from tools.plot import make_plot
from tools.sandbox.sandbox import ProgramRunner
from tools.search import Search
from tools.symbolic_math import make_symbolic_math
from tools.tool import Tool, ToolSpec
from tools.unit_convert import make_unit_convert

MAX_ARGUMENT_BYTES = 256 * 1_024

_SEED_DIGITS = 13

SANDBOXED: Mapping[str, Callable[[ProgramRunner], Tool]] = {
    "chemistry": make_chemistry,
    "execute_python": make_execute_python,
    "logic_solver": make_logic_solver,
    "physics": make_physics,
    "plot": make_plot,
    "symbolic_math": make_symbolic_math,
    "unit_convert": make_unit_convert,
}


class ToolRegistry:
    """Checks each call and hands it to the tool it names; implements ``engine.ports.ToolRunner``.

    Args:
        tools: By name.
    """

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        self._tools = MappingProxyType(dict(tools))

    @property
    def names(self) -> tuple[str, ...]:
        """The known names, sorted."""
        return tuple(sorted(self._tools))

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """Every tool, described, by name."""
        return tuple(self._tools[name].spec for name in self.names)

    def list_schemas(self) -> Sequence[Mapping[str, Any]]:
        """Return every tool as function calling describes it."""
        return [spec.json_schema() for spec in self.specs]

    async def run(self, call: ToolCall) -> ToolResult:
        """Run one call. What the tool refuses or fails at is a result, not an error.

        The seed is made of the call itself, so the same call gives the same result.

        Raises:
            UnknownToolError: No tool has this name; the known ones are listed.
        """
        tool = self._tools.get(call.name)
        if tool is None:
            known = ", ".join(self.names) or "none"
            raise UnknownToolError(f"no tool is named {call.name!r}; known tools: {known}")
        try:
            given = _encode(call.arguments)
            arguments = tool.spec.read_arguments(call.arguments)
        except InvalidToolCallError as error:
            return ToolResult(
                status=ToolStatus.INVALID, error=str(error), version=tool.spec.version
            )
        return await tool.run(arguments, seed=int(digest(given)[:_SEED_DIGITS], 16))


def local_tools(clock: Clock, retriever: Retriever | None = None) -> ToolRegistry:
    """Make the tools that run no program.

    Args:
        clock: Durations are measured with it.
        retriever: What `search` looks into; without one there is no such tool.
    """
    return ToolRegistry(_make_local(clock, retriever))


def all_tools(
    clock: Clock, sandbox: ProgramRunner, retriever: Retriever | None = None
) -> ToolRegistry:
    """Make every tool; those that run programs do so in ``sandbox``.

    Args:
        clock: Durations are measured with it.
        sandbox: Where programs run.
        retriever: What `search` looks into; without one there is no such tool.
    """
    made = {name: make(sandbox) for name, make in SANDBOXED.items()}
    return ToolRegistry({**_make_local(clock, retriever), **made})


def _make_local(clock: Clock, retriever: Retriever | None) -> dict[str, Tool]:
    found: dict[str, Tool] = {} if retriever is None else {Search.NAME: Search(clock, retriever)}
    return {Calculator.NAME: Calculator(clock), **found}


def _encode(arguments: Mapping[str, JsonValue]) -> bytes:
    try:
        data = json.dumps(dict(arguments), sort_keys=True).encode()
    except (RecursionError, TypeError, ValueError) as error:
        raise InvalidToolCallError(
            "the arguments are not a JSON object of bounded depth"
        ) from error
    if len(data) > MAX_ARGUMENT_BYTES:
        raise InvalidToolCallError(
            f"the arguments have {len(data):,} bytes as JSON; at most {MAX_ARGUMENT_BYTES:,} are "
            "taken"
        )
    return data
