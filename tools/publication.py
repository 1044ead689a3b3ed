"""What callers are told of the tools: those that can be called here, and those that cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from engine.ports import Clock
from tools.registry import MAX_ARGUMENT_BYTES, ToolRegistry, all_tools
from tools.sandbox.errors import SandboxUnavailableError
from tools.sandbox.program import Program
from tools.sandbox.result import SandboxResult
from tools.sandbox.sandbox import SandboxReport
from tools.tool import ToolSpec


class NoSandbox:
    """Implements ``tools.sandbox.sandbox.ProgramRunner`` where no program may be run.

    It lets tools be described on a machine that cannot run them.
    """

    @property
    def report(self) -> SandboxReport:
        """Nothing serves."""
        return SandboxReport(tier=None, findings=())

    async def run(self, program: Program) -> SandboxResult:  # noqa: ARG002 - the protocol's
        """Run nothing.

        Raises:
            SandboxUnavailableError: Always.
        """
        raise SandboxUnavailableError("programs are not run here")

    async def aclose(self) -> None:
        """Nothing is held."""


def publish_tools(registry: ToolRegistry, clock: Clock, reason: str) -> Sequence[dict[str, Any]]:
    """Return every tool as JSON, by name.

    Args:
        registry: What can be called.
        clock: Of the tools that are only described.
        reason: Why the others cannot be called here.
    """
    known = all_tools(clock, NoSandbox())
    return [
        publish_tool(spec, reason=None if spec.name in registry.names else reason)
        for spec in known.specs
    ]


def publish_tool(spec: ToolSpec, *, reason: str | None = None) -> dict[str, Any]:
    """Return one tool as JSON; ``reason`` says why it cannot be called, if it cannot."""
    return {
        "name": spec.name,
        "version": spec.version,
        "summary": spec.summary,
        "is_available": reason is None,
        "reason": reason,
        "input_schema": spec.input_model.model_json_schema(),
        "output_schema": spec.output_model.model_json_schema(),
        "examples": [
            {"purpose": example.purpose, "arguments": dict(example.arguments)}
            for example in spec.examples
        ],
        "limits": {"argument_bytes": MAX_ARGUMENT_BYTES, **asdict(spec.limits)},
    }
