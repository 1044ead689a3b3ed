"""A call of a tool and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from engine.domain.canonical import JsonValue


class ToolStatus(StrEnum):
    """How a tool run ended."""

    OK = "ok"
    INVALID = "invalid"
    FAILED = "failed"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A request to run a tool.

    Attributes:
        name: The tool's name in the registry.
        arguments: Its input, as JSON.
    """

    name: str
    arguments: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolEvidence:
    """What is kept about a run inside the sandbox, so that it can be repeated and compared.

    Attributes:
        input_digest: SHA-256 of the arguments, as the tool got them.
        output_digest: SHA-256 of what it returned.
        seed: Of its random numbers.
        tier: How strong the wall around it was.
        outcome: How the run ended, in the sandbox's words.
        cpu_ms: Processor time.
        wall_ms: From its start to its end.
        versions: Interpreter and packages.
    """

    input_digest: str
    output_digest: str
    seed: int
    tier: str
    outcome: str
    cpu_ms: int
    wall_ms: int
    versions: Mapping[str, str] = field(default_factory=dict[str, str])

    def to_data(self) -> dict[str, JsonValue]:
        """Return it as JSON."""
        return {**asdict(self), "versions": dict(self.versions)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool returned. A call that the tool refused is a result, not an error.

    Attributes:
        status: How the run ended.
        output: The result as text, empty unless ``OK``.
        detail: Structured results (bindings, figures), as JSON.
        error: What to mend, for whoever made the call.
        version: Name and version of the tool.
        duration_ms: How long it ran.
        evidence: Of a run inside the sandbox.
    """

    status: ToolStatus
    output: str = ""
    detail: Mapping[str, JsonValue] | None = None
    error: str | None = None
    version: str = ""
    duration_ms: int = 0
    evidence: ToolEvidence | None = None
