"""What a tool is: a description that callers can read, and one way to run it.

There are two kinds. A tool that is a grammar of our own, such as the calculator, runs in this
process. Every other one is a *kernel*, which touches text of a model's through libraries that
evaluate it, and runs inside the sandbox only:

- the description here: a pydantic model of the input, capped in size, and one of the output;
- a module ``tools/kernels/<name>.py`` with ``run(arguments: dict) -> dict``, JSON in and JSON out,
  which imports the standard library, the scientific libraries and other kernels, and raises
  ``KernelError`` with words that say how to mend the call. No process of Svend's imports it;
- ``SandboxedTool``, which joins the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidToolCallError
from engine.domain.tool import ToolResult
from tools.sandbox.program import Limits

MAX_TEXT_CHARS = 16_000
"""Longest text that a caller gets to read; what is longer is cut, and says so."""

_MAX_FAULTS = 8
_MAX_SHOWN = 60


class ToolInput(BaseModel):
    """What every input shares: no unknown field, no infinity, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ToolOutput(BaseModel):
    """What every output shares.

    Attributes:
        text: The result as the model reads it. The other fields are the same, for programs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(description="The result in words.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A call that works.

    Attributes:
        purpose: What it is for.
        arguments: Its arguments.
    """

    purpose: str
    arguments: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool, described.

    Attributes:
        name: What callers ask for.
        version: ``name/n``; n rises when the same call may give another result.
        summary: What it does and when to use it, in a sentence or three, for the model.
        input_model: Of its arguments.
        output_model: Of its result.
        examples: Calls that work; a test runs each.
        limits: How much one run may use.
    """

    name: str
    version: str
    summary: str
    input_model: type[ToolInput]
    output_model: type[ToolOutput]
    examples: tuple[Example, ...]
    limits: Limits = field(default_factory=Limits)

    def json_schema(self) -> dict[str, Any]:
        """Return the tool as function calling describes it (the form of OpenAI's API)."""
        return {
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.summary,
                "parameters": self.input_model.model_json_schema(),
            },
        }

    def read_arguments(self, arguments: Mapping[str, JsonValue]) -> ToolInput:
        """Check the arguments of a call.

        Raises:
            InvalidToolCallError: Naming each fault on a line of its own.
        """
        try:
            return self.input_model.model_validate(dict(arguments))
        except ValidationError as error:
            raise InvalidToolCallError(self._explain(error)) from error

    def _explain(self, error: ValidationError) -> str:
        faults = error.errors(include_url=False)
        lines = [f"The call of {self.name} cannot be run as written:"]
        lines += [f"- {_describe_fault(fault)}" for fault in faults[:_MAX_FAULTS]]
        if len(faults) > _MAX_FAULTS:
            lines.append(f"- and {len(faults) - _MAX_FAULTS} more")
        if {"extra_forbidden", "missing"} & {fault["type"] for fault in faults}:
            lines.append(f"It takes: {', '.join(self.input_model.model_fields)}.")
        return "\n".join(lines)


class Tool(Protocol):
    """Something that can be called with arguments of its own model."""

    @property
    def spec(self) -> ToolSpec:
        """What it is."""
        ...

    async def run(self, arguments: Any, *, seed: int) -> ToolResult:
        """Run one call. What it refuses or fails at is a result, not an error.

        Args:
            arguments: An instance of ``spec.input_model``.
            seed: Of whatever it draws; the same call and seed give the same result.
        """
        ...


def _describe_fault(fault: Mapping[str, Any]) -> str:
    """Write a fault of pydantic's as a line: where it is, what is wrong, and what stood there."""
    place = ".".join(str(part) for part in fault["loc"]) or "the arguments"
    message = str(fault["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if fault["type"] in {"missing", "extra_forbidden", "value_error"}:
        return f"{place}: {message}"
    given = repr(fault["input"])
    shown = given if len(given) <= _MAX_SHOWN else f"{given[:_MAX_SHOWN]}..."
    return f"{place}: {message}, not {shown}"
