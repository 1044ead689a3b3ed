"""Every tool over a real sandbox, callable from plain tests.

A sandbox belongs to one event loop, and each test has a loop of its own; so these live in a thread
with a loop for as long as the test session.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from engine.adapters.monotonic_clock import MonotonicClock
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from tools.registry import ToolRegistry, all_tools
from tools.sandbox.program import Program
from tools.sandbox.result import SandboxResult
from tools.sandbox.sandbox import Sandbox
from tools.sandbox.settings import SandboxSettings
from tools.sandboxed import list_kernels

_Value = TypeVar("_Value")


class ThreadedTools:
    """A sandbox with every kernel, and the registry over it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.sandbox: Sandbox = self.wait(self._start())
        self.registry: ToolRegistry = all_tools(MonotonicClock(), self.sandbox)

    def wait(self, work: Coroutine[Any, Any, _Value]) -> _Value:
        """Run a coroutine beside the sandbox."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def run(self, program: Program) -> SandboxResult:
        """Run one program."""
        return self.wait(self.sandbox.run(program))

    def call(self, name: str, /, **arguments: Any) -> ToolResult:
        """Call one tool, whatever comes of it."""
        return self.wait(self.registry.run(ToolCall(name=name, arguments=arguments)))

    def get(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Call one tool that has to work; returns what it made, with ``text``."""
        result = self.call(name, **arguments)
        assert result.status is ToolStatus.OK, result.error
        return {**(result.detail or {}), "text": result.output}

    def refuse(self, name: str, /, **arguments: Any) -> str:
        """Call one tool that has to refuse; returns its words."""
        result = self.call(name, **arguments)
        assert result.status is ToolStatus.INVALID, (result.status, result.output, result.error)
        return result.error or ""

    def close(self) -> None:
        """End every run, and the thread."""
        self.wait(self.sandbox.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> Sandbox:
        sandbox = Sandbox(SandboxSettings(modules=list_kernels()))
        await sandbox.start()
        return sandbox
