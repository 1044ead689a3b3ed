"""A worker offers the tools that its sandbox can carry, and never runs a program without one."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from engine.adapters.monotonic_clock import MonotonicClock
from engine.config import Settings
from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolStatus
from tools.registry import SANDBOXED
from workers.toolbox import Toolbox, make_sandbox_settings

PROGRAM = ToolCall(name="execute_python", arguments={"code": "6 * 7"})


def _toolbox(**settings: object) -> Toolbox:
    return Toolbox(MonotonicClock(), make_sandbox_settings(Settings(**settings)))


async def test_opened_toolbox_has_every_tool_and_runs_it():
    toolbox = _toolbox()
    try:
        registry, again = await asyncio.gather(toolbox.open(), toolbox.open())
        result = await toolbox.run(PROGRAM)
    finally:
        await toolbox.aclose()

    assert set(SANDBOXED) < set(registry.names)
    assert again is registry
    assert result.status is ToolStatus.OK
    assert result.detail["value"] == 42


async def test_unreached_tier_leaves_the_local_tools_and_is_loud():
    toolbox = _toolbox(sandbox_min_tier="full+cgroup")
    # No machine of the tests delegates a control group; where one does, this is the other case.
    with capture_logs() as logs:
        registry = await toolbox.open()
        await toolbox.aclose()
    refusals = [line for line in logs if line["event"] == "sandbox_unavailable"]
    if not refusals:
        assert logs[0]["tier"] == "full+cgroup"
        return

    assert registry.names == ("calculator",)
    assert refusals[0]["log_level"] == "error"
    assert "cgroup" in refusals[0]["error"]


async def test_without_a_sandbox_no_program_is_run():
    toolbox = _toolbox(sandbox_min_tier="none")
    await toolbox.open()

    with pytest.raises(UnknownToolError, match="known tools: calculator"):
        await toolbox.run(PROGRAM)


async def test_closing_while_it_opens_leaves_nothing_running():
    toolbox = _toolbox()
    opening = asyncio.ensure_future(toolbox.open())
    await asyncio.sleep(0)
    await toolbox.aclose()

    with pytest.raises(asyncio.CancelledError):
        await opening


async def test_equality_is_symbolic_once_the_sandbox_stands():
    toolbox = _toolbox()
    before = toolbox.equality.canonicaliser
    try:
        await toolbox.open()
        first = await toolbox.equality.classify("(x+1)^2", ())
        second = await toolbox.equality.classify("x^2+2x+1", (first,))
    finally:
        await toolbox.aclose()

    assert second.class_id == first.class_id
    assert toolbox.equality.canonicaliser == f"{before}+symbolic/1"
