"""The tools of a worker process, and the sandbox that they run in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from engine.adapters.key_equality import KeyEquality
from engine.adapters.symbolic_equality import SymbolicEquality
from engine.config import SANDBOX_OFF, Settings
from engine.domain.answer import Answer
from engine.domain.tool import ToolCall, ToolResult
from engine.ports import AnswerComparer, Clock, Equality
from tools.publication import publish_tools
from tools.registry import ToolRegistry, all_tools, local_tools
from tools.sandbox.errors import SandboxUnavailableError
from tools.sandbox.sandbox import Sandbox
from tools.sandbox.settings import SandboxSettings
from tools.sandbox.tier import Tier
from tools.sandboxed import list_kernels
from tools.symbolic_equality import SandboxComparer

# Why a tool cannot be called, for whoever reads the catalogue.
NOT_OPENED = "the sandbox that it runs in has not been started"
SANDBOX_IS_OFF = "the operator has switched the sandbox off that it runs in"

_log = structlog.get_logger(__name__)


class OpenEquality:
    """Implements ``engine.ports.Equality``: by keys alone until there is a comparer."""

    def __init__(self) -> None:
        self._chosen: Equality = KeyEquality()

    def use(self, comparer: AnswerComparer) -> None:
        """Ask a comparer from now on where keys cannot tell."""
        self._chosen = SymbolicEquality(comparer)

    @property
    def canonicaliser(self) -> str:
        """Name and version of what decides now."""
        return self._chosen.canonicaliser

    async def classify(self, text: str, known: Sequence[Answer]) -> Answer:
        """Return the answer with its class: one of ``known``'s if it means the same."""
        return await self._chosen.classify(text, known)


class Toolbox:
    """Implements ``engine.ports.ToolRunner``. Use from one event loop.

    Until it was opened, and for good where the sandbox does not reach the tier that the settings
    ask for, there are only the tools that need no sandbox. No program is ever run without it.

    Attributes:
        equality: Decides which answers mean the same, with the sandbox's help where there is one.

    Args:
        clock: This process's time.
        settings: Of the sandbox; ``None`` for none.
    """

    def __init__(self, clock: Clock, settings: SandboxSettings | None) -> None:
        self._clock = clock
        self._settings = settings
        self._registry = local_tools(clock)
        self.equality = OpenEquality()
        self._sandbox: Sandbox | None = None
        self._missing = NOT_OPENED
        self._starting: asyncio.Task[None] | None = None

    async def open(self) -> ToolRegistry:
        """Start the sandbox, the first time, and return the tools that there are."""
        if self._starting is None:
            self._starting = asyncio.get_running_loop().create_task(self._start())
        await asyncio.shield(self._starting)
        return self._registry

    async def publish(self) -> Sequence[Mapping[str, Any]]:
        """Return every tool as callers are told of it, those that cannot be called with why."""
        return publish_tools(await self.open(), self._clock, self._missing)

    async def run(self, call: ToolCall) -> ToolResult:
        """Run one call. What the tool refuses or fails at is a result, not an error.

        Raises:
            UnknownToolError: Listing the known names.
        """
        return await self._registry.run(call)

    async def aclose(self) -> None:
        """End every run and the sandbox."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        if self._sandbox is not None:
            await self._sandbox.aclose()

    async def _start(self) -> None:
        if self._settings is None:
            self._missing = SANDBOX_IS_OFF
            _log.warning("sandbox_off", tools=self._registry.names)
            return
        sandbox = Sandbox(self._settings)
        try:
            await sandbox.start()
        except SandboxUnavailableError as error:
            # Loud, since whoever set this machine up has to mend it: searches that need a tool
            # are not offered meanwhile.
            self._missing = f"the sandbox that it runs in cannot be started: {error}"
            _log.error("sandbox_unavailable", error=str(error), tools=self._registry.names)
            return
        self._sandbox = sandbox
        self._registry = all_tools(self._clock, sandbox)
        self.equality.use(SandboxComparer(sandbox))
        self._report(sandbox)

    def _report(self, sandbox: Sandbox) -> None:
        report = sandbox.report
        tell = _log.warning if report.tier is Tier.LANDLOCK else _log.info
        tell("sandbox_started", tier=report.tier, tools=self._registry.names)
        if report.missing or report.failures:
            _log.warning(
                "sandbox_incomplete", missing=list(report.missing), failures=dict(report.failures)
            )


def make_sandbox_settings(settings: Settings) -> SandboxSettings | None:
    """Return how a worker's sandbox is set up; ``None`` where the settings want none."""
    if settings.sandbox_min_tier == SANDBOX_OFF:
        return None
    return SandboxSettings(
        min_tier=Tier(settings.sandbox_min_tier),
        n_zygotes=settings.sandbox_zygotes,
        modules=list_kernels(),
    )
