"""The tools in this very process, with a sandbox of its own: no stack is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from engine.adapters.monotonic_clock import MonotonicClock
from engine.config import SANDBOX_OFF
from scripts.svend.errors import CommandError
from tools.publication import NoSandbox, publish_tool
from tools.registry import SANDBOXED, ToolRegistry, all_tools, local_tools
from tools.sandbox.errors import SandboxUnavailableError
from tools.sandbox.sandbox import Sandbox
from tools.sandbox.settings import SandboxSettings
from tools.sandbox.tier import Tier
from tools.sandboxed import list_kernels


class NoWallError(CommandError):
    """The sandbox cannot be started here, and without it no program is run."""

    code = "no-sandbox"


def describe_own_tools() -> Sequence[dict[str, Any]]:
    """Return every tool as the API publishes it; starts nothing."""
    return [publish_tool(spec) for spec in all_tools(MonotonicClock(), NoSandbox()).specs]


def needs_sandbox(name: str) -> bool:
    """Whether a tool runs programs."""
    return name in SANDBOXED


@asynccontextmanager
async def open_own_tools(
    min_tier: str, *, with_sandbox: bool = True
) -> AsyncIterator[ToolRegistry]:
    """Yield the tools, and end every run afterwards.

    Args:
        min_tier: The weakest sandbox that programs may be run in; ``none`` yields, as in a worker,
            only the tools that run none.
        with_sandbox: Whether any program will be run.

    Raises:
        NoWallError: When the sandbox does not reach the tier.
    """
    clock = MonotonicClock()
    if not with_sandbox:
        yield all_tools(clock, NoSandbox())
        return
    if min_tier == SANDBOX_OFF:
        yield local_tools(clock)
        return
    sandbox = Sandbox(SandboxSettings(min_tier=Tier(min_tier), modules=list_kernels()))
    try:
        await sandbox.start()
    except SandboxUnavailableError as error:
        raise NoWallError(f"The sandbox cannot be started here: {error}") from error
    try:
        yield all_tools(clock, sandbox)
    finally:
        await sandbox.aclose()
