"""A tool whose kernel runs inside the sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.domain.canonical import digest
from engine.domain.tool import ToolEvidence, ToolResult, ToolStatus
from tools.sandbox.program import Program
from tools.sandbox.result import Outcome, SandboxResult
from tools.sandbox.sandbox import ProgramRunner
from tools.tool import MAX_TEXT_CHARS, ToolInput, ToolOutput, ToolSpec

# The arguments come by standard input, so no text of a model's ever becomes part of a program.
_SOURCE = "from tools.kernels.kernel_call import call_kernel\nanswer = call_kernel({kernel!r})\n"
_KERNELS = Path(__file__).with_name("kernels")
_STATUSES: Mapping[Outcome, ToolStatus] = {
    Outcome.TIMEOUT_CPU: ToolStatus.TIMEOUT,
    Outcome.TIMEOUT_WALL: ToolStatus.TIMEOUT,
}


def list_kernels() -> tuple[str, ...]:
    """Return the modules that a sandbox loads for the tools, their package first.

    They are found as files, since importing one would import its libraries here.
    """
    names = sorted(path.stem for path in _KERNELS.glob("*.py") if path.stem != "__init__")
    return ("tools.kernels", *(f"tools.kernels.{name}" for name in names))


class SandboxedTool:
    """Implements ``tools.tool.Tool``: checks, runs the kernel behind the wall, checks again.

    Args:
        spec: What callers see.
        kernel: Name of the kernel's module, ``tools.kernels.<name>``.
        sandbox: Where it runs.
    """

    def __init__(self, spec: ToolSpec, kernel: str, sandbox: ProgramRunner) -> None:
        self._spec = spec
        self._source = _SOURCE.format(kernel=kernel)
        self._sandbox = sandbox

    @property
    def spec(self) -> ToolSpec:
        """What callers see."""
        return self._spec

    async def run(self, arguments: ToolInput, *, seed: int) -> ToolResult:
        """Run one call. Cancelling the task ends it."""
        given = json.dumps(arguments.model_dump(mode="json"), sort_keys=True).encode()
        program = Program(source=self._source, stdin=given, seed=seed, limits=self._spec.limits)
        ran = await self._sandbox.run(program)
        return conclude_call(self._spec, ran, given)


def conclude_call(spec: ToolSpec, ran: SandboxResult, given: bytes) -> ToolResult:
    """Turn the run of a kernel into a tool's result.

    Args:
        spec: The tool's.
        ran: How the run ended; its value is data from behind the wall and checked as such.
        given: The arguments, as the kernel got them.
    """
    value = ran.value if isinstance(ran.value, dict) else {}
    if ran.outcome is not Outcome.OK:
        status = _STATUSES.get(ran.outcome, ToolStatus.FAILED)
        return fail_call(spec, ran, given, status=status, error=_explain(ran))
    refusal = value.get("refused")
    if isinstance(refusal, str):
        return fail_call(spec, ran, given, status=ToolStatus.INVALID, error=cut_text(refusal))
    try:
        output = spec.output_model.model_validate(value.get("result"))
    except ValidationError as error:
        words = f"{spec.name} returned what it should not: {error.errors()[0]['msg']}"
        return fail_call(spec, ran, given, status=ToolStatus.FAILED, error=words)
    return pass_call(spec, ran, given, output)


def pass_call(spec: ToolSpec, ran: SandboxResult, given: bytes, output: ToolOutput) -> ToolResult:
    """Return the result of a call that worked."""
    detail = output.model_dump(mode="json", exclude={"text"}, exclude_none=True)
    text = cut_text(output.text)
    return ToolResult(
        status=ToolStatus.OK,
        output=text,
        detail=detail,
        version=spec.version,
        duration_ms=ran.usage.wall_ms,
        evidence=describe_run(ran, given, digest(_to_bytes([text, detail]))),
    )


def fail_call(
    spec: ToolSpec,
    ran: SandboxResult,
    given: bytes,
    *,
    status: ToolStatus,
    error: str,
    detail: Mapping[str, Any] | None = None,
) -> ToolResult:
    """Return the result of a call that did not."""
    return ToolResult(
        status=status,
        error=error,
        detail=detail,
        version=spec.version,
        duration_ms=ran.usage.wall_ms,
        evidence=describe_run(ran, given, digest(_to_bytes([error, detail]))),
    )


def describe_run(ran: SandboxResult, given: bytes, output_digest: str) -> ToolEvidence:
    """Return what is kept about a run, so that it can be repeated and compared."""
    return ToolEvidence(
        input_digest=digest(given),
        output_digest=output_digest,
        seed=ran.seed,
        tier=ran.tier.value,
        outcome=ran.outcome.value,
        cpu_ms=ran.usage.cpu_ms,
        wall_ms=ran.usage.wall_ms,
        versions=dict(ran.versions),
    )


def cut_text(text: str, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Cut text that is too long for a model to read, and say so."""
    if len(text) <= max_chars:
        return text
    return f"{text[:max_chars]}\n[cut: {len(text) - max_chars:,} more characters]"


def _explain(ran: SandboxResult) -> str:
    match ran.outcome:
        case Outcome.TIMEOUT_CPU | Outcome.TIMEOUT_WALL:
            return f"{ran.message} Ask for something smaller or simpler."
        case Outcome.MEMORY:
            return f"{ran.message} Ask for something smaller."
        case Outcome.SANDBOX_ERROR | Outcome.SANDBOX_UNAVAILABLE:
            return f"The tool could not run, whatever the call: {ran.message}"
        case _:
            return f"The tool failed at this call: {ran.message}"


def _to_bytes(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
