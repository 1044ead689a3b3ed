"""A job that is one call of a tool: from its claim to how it ends."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.records import Ending
from engine.domain.canonical import JsonValue, canonical_bytes, digest
from engine.domain.errors import CorruptLogError, ToolError, UnknownToolError
from engine.domain.event import Event, EventDraft, EventType
from engine.domain.job_status import JobStatus
from engine.domain.standing import SolveOutcome, StopReason
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.domain.trial import NodeKind
from engine.ports import CancelReason, Clock, ToolRunner
from tools.sandbox.result import Outcome
from workers.cancel import JobCancel
from workers.event_log import PostgresEventLog

# What a browser may be shown as itself; everything else is text.
MEDIA_TYPES = frozenset({"image/png", "image/svg+xml"})

VALUE = "value"

_BROKEN = frozenset({Outcome.SANDBOX_ERROR.value, Outcome.SANDBOX_UNAVAILABLE.value})


class SandboxBrokenError(ToolError):
    """The sandbox failed under the call, whatever the call was."""

    retryable = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the log keeps of a run: the result, and its files apart from it.

    Attributes:
        data: Of the event ``tool.ended``.
        bodies: The files, by digest.
    """

    data: Mapping[str, JsonValue]
    bodies: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


class ToolJob:
    """Runs the tool that a job's first event names, once.

    Args:
        tools: Runs it.
        clock: This process's time.
    """

    def __init__(self, tools: ToolRunner | None, clock: Clock) -> None:
        self._tools = tools
        self._clock = clock

    async def run(
        self, log: PostgresEventLog, cancel: JobCancel, deadline_ms: int | None
    ) -> Ending | None:
        """Run the call and write what came of it; an earlier attempt's run is not repeated.

        Args:
            log: The job's.
            cancel: Ends the run early.
            deadline_ms: Time that is left for it; ``None`` for no end.

        Returns:
            How the job ends; ``None`` when it goes on in another process.

        Raises:
            SandboxBrokenError: When the sandbox failed. Nothing was written.
            ToolError: When this worker has no such tool.
            FencedError: When the lease was lost.
        """
        events = await log.read()
        ended = next((each for each in events if each.type is EventType.TOOL_ENDED), None)
        if ended is None:
            call = await _read_call(log, events[0])
            start_ms = self._clock.now_ms()
            result = await self._race(call, cancel, deadline_ms)
            if result is None:
                return _end_early(cancel)
            _check_sandbox(result)
            told, body = tell_run(call, result), _encode_call(call)
            draft = EventDraft(
                type=EventType.TOOL_ENDED,
                at_ms=self._clock.now_ms() - start_ms,
                kind=NodeKind.TOOL.value,
                label=call.name,
                body_ref=digest(body),
                data=told.data,
            )
            written = await log.append([draft], {**told.bodies, digest(body): body})
            ended = next(each for each in written if each.type is EventType.TOOL_ENDED)
        return _end_with(ended.data)

    async def _race(
        self, call: ToolCall, cancel: JobCancel, deadline_ms: int | None
    ) -> ToolResult | None:
        """Run the call until it or the job ends; ``None`` when the job ended first."""
        run = asyncio.ensure_future(self._call(call))
        stop = asyncio.ensure_future(cancel.wait())
        try:
            await asyncio.wait(
                (run, stop),
                timeout=None if deadline_ms is None else deadline_ms / 1000,
                return_when=asyncio.FIRST_COMPLETED,
            )
            return await run if run.done() else None
        finally:
            run.cancel()
            stop.cancel()
            await asyncio.gather(run, stop, return_exceptions=True)

    async def _call(self, call: ToolCall) -> ToolResult:
        if self._tools is None:
            raise ToolError("this worker has no tools")
        try:
            return await self._tools.run(call)
        except UnknownToolError as error:
            raise ToolError(f"this worker cannot run the tool: {error}") from error


def tell_run(call: ToolCall, result: ToolResult) -> Told:
    """Return what is kept of a run: its files are named by digest and stored beside the log."""
    bodies: dict[str, bytes] = {}
    detail = result.detail if result.detail is None else dict(result.detail)
    artefacts: list[JsonValue] = []
    if detail is not None:
        detail = {
            # A program's own value stays as it computed it, whatever it looks like.
            name: part if name == VALUE else _put_apart(part, bodies, artefacts)
            for name, part in detail.items()
        }
    return Told(
        data={
            "tool": call.name,
            "status": result.status.value,
            "output": result.output,
            "detail": detail,
            "error": result.error,
            "version": result.version,
            "duration_ms": result.duration_ms,
            "artefacts": artefacts,
            "evidence": None if result.evidence is None else result.evidence.to_data(),
        },
        bodies=bodies,
    )


def _put_apart(
    value: JsonValue, bodies: dict[str, bytes], artefacts: list[JsonValue]
) -> JsonValue:
    """Return a part of a result with each file in it replaced by its digest."""
    if isinstance(value, list):
        return [_put_apart(part, bodies, artefacts) for part in value]
    content = _read_file(value)
    if content is None or not isinstance(value, dict):
        return value
    ref = digest(content)
    bodies[ref] = content
    artefact = {name: part for name, part in value.items() if name != "data"}
    artefact |= {"digest": ref, "n_bytes": len(content)}
    artefacts.append(artefact)
    return artefact


def _read_file(value: JsonValue) -> bytes | None:
    """Return the content of a file that a tool returned; ``None`` for anything else."""
    if not isinstance(value, dict) or value.get("media_type") not in MEDIA_TYPES:
        return None
    data = value.get("data")
    if not isinstance(data, str):
        return None
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None


async def _read_call(log: PostgresEventLog, first: Event) -> ToolCall:
    """Return the call that event 1 pins.

    Raises:
        CorruptLogError: When it is not there.
    """
    body = await log.find_body(first.data["problem"]["ref"])
    if body is None:
        raise CorruptLogError("the arguments of the call are not beside the log")
    return ToolCall(name=first.data["tool"]["name"], arguments=json.loads(body))


def _check_sandbox(result: ToolResult) -> None:
    if result.evidence is not None and result.evidence.outcome in _BROKEN:
        raise SandboxBrokenError(result.error or "")


def _encode_call(call: ToolCall) -> bytes:
    return canonical_bytes({"name": call.name, "arguments": dict(call.arguments)})


def _end_early(cancel: JobCancel) -> Ending | None:
    """Return how a call ends that did not run to its end; ``None`` when it is to run elsewhere."""
    match cancel.reason():
        case CancelReason.CANCEL:
            return Ending(status=JobStatus.CANCELLED, stop_reason=StopReason.CANCELLED)
        case CancelReason.HARVEST:
            return _end_without(StopReason.HARVESTED)
        case None:
            return Ending(status=JobStatus.EXPIRED, stop_reason=StopReason.DEADLINE)
        case _:
            return None


def _end_with(data: Mapping[str, Any]) -> Ending:
    """Return the end of a call that ran; a refusal of the tool's is a result like any other.

    Nothing checks what a tool computed, so it is never called verified.
    """
    is_ok = data["status"] == ToolStatus.OK.value
    return Ending(
        status=JobStatus.SUCCEEDED,
        outcome=SolveOutcome.UNVERIFIED if is_ok else SolveOutcome.NO_ANSWER,
        stop_reason=StopReason.SOLVED,
        result_body={
            "answer": {"text": data["output"]} if is_ok else None,
            "confidence": None,
            **data,
        },
    )


def _end_without(reason: StopReason) -> Ending:
    """Return the end of a call that was told to finish: it has nothing to show."""
    return Ending(
        status=JobStatus.SUCCEEDED,
        outcome=SolveOutcome.NO_ANSWER,
        stop_reason=reason,
        result_body={"answer": None, "confidence": None},
    )
