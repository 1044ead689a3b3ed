"""A call of a tool and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
class ToolResult:
    """What a tool returned. A call that the tool refused is a result, not an error.

    Attributes:
        status: How the run ended.
        output: The result as text, empty unless ``OK``.
        detail: Structured results (bindings, figures), as JSON.
        error: What to mend, for whoever made the call.
        version: Name and version of the tool.
        duration_ms: How long it ran.
    """

    status: ToolStatus
    output: str = ""
    detail: Mapping[str, JsonValue] | None = None
    error: str | None = None
    version: str = ""
    duration_ms: int = 0
