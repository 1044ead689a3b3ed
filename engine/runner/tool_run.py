"""Tools run for a search: the programs behind answers, and the calls that steps end with."""

from __future__ import annotations

from engine.answers.call import find_program
from engine.answers.call_fault import MalformedCall
from engine.answers.call_notation import EXECUTE_PYTHON
from engine.answers.extract import NOT_TOLD, declines, extract_program
from engine.domain.canonical import canonical_bytes, digest, text_body
from engine.domain.errors import UnknownToolError
from engine.domain.event import EventDraft, EventType
from engine.domain.outcome import OutcomeStatus
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.domain.trial import NodeKind
from engine.ports import ToolRunner
from engine.runner.arrival import Arrival, Concluded, ToolRun, Written

CALCULATOR = "calculator"
_SOURCE_ARGUMENTS = ("program", "code")


async def run_program(text: str, tools: ToolRunner | None) -> Concluded:
    """Run the straight-line program of an answer; its value is the answer.

    A question that the model declines has that for its answer, which a vote counts as any other.
    """
    if declines(text):
        return Concluded(answer_text=NOT_TOLD, reason="stop")
    program = extract_program(text)
    if program is None:
        return Concluded(reason="no-answer")
    arguments = {"program": program.source, "answer": program.variable}
    return await _answer_by(ToolCall(name=CALCULATOR, arguments=arguments), tools)


async def run_call(text: str, tools: ToolRunner | None) -> Concluded:
    """Run the last program of a text, whatever stands behind it; its value is the answer."""
    call = find_program(text)
    if call is None:
        return Concluded(reason="no-answer")
    if isinstance(call, MalformedCall):
        return Concluded(
            status=OutcomeStatus.FAILED, reason="malformed-call", error=call.correction
        )
    return await _answer_by(call, tools)


async def observe(call: ToolCall, tools: ToolRunner) -> ToolRun:
    """Run a call; a tool that does not exist is a refused call, which the model may mend."""
    try:
        result = await tools.run(call)
    except UnknownToolError as error:
        result = ToolResult(status=ToolStatus.INVALID, error=str(error))
    return ToolRun(call=call, source=_source_of(call), result=result)


def find_program_value(run: ToolRun) -> str | None:
    """Return the value that a program computed; ``None`` for other tools' results."""
    return _value_of(run) if run.call.name in {CALCULATOR, EXECUTE_PYTHON} else None


def write_tool_run(arrival: Arrival) -> Written:
    """Return the event of the tool run behind an outcome, if there was one."""
    run, trial = arrival.concluded.run, arrival.trial
    if run is None:
        return Written()
    body = text_body(run.source)
    call_ref = digest(body)
    result = run.result
    draft = EventDraft(
        type=EventType.TOOL_ENDED,
        at_ms=arrival.at_ms,
        trial_id=trial.trial_id,
        node_id=trial.node_id,
        kind=NodeKind.TOOL.value,
        label=run.call.name,
        body_ref=call_ref,
        data={
            "tool": run.call.name,
            "status": result.status.value,
            "output": result.output,
            "error": result.error,
            "version": result.version,
            "duration_ms": result.duration_ms,
            **({} if result.evidence is None else {"evidence": result.evidence.to_data()}),
        },
    )
    return Written(drafts=(draft,), bodies={call_ref: body})


async def _answer_by(call: ToolCall, tools: ToolRunner | None) -> Concluded:
    if tools is None:
        error = "no tool runner to run the program with"
        return Concluded(status=OutcomeStatus.FAILED, reason="no-tool", error=error)
    run = await observe(call, tools)
    if run.result.status is not ToolStatus.OK:
        error = run.result.error or f"the program ended as {run.result.status.value}"
        return Concluded(status=OutcomeStatus.FAILED, reason="tool-error", error=error, run=run)
    value = _value_of(run)
    reason = "no-answer" if value is None else "stop"
    return Concluded(answer_text=value, reason=reason, run=run)


def _value_of(run: ToolRun) -> str | None:
    """Return the value that a tool computed; ``None`` where it computed none."""
    result = run.result
    if run.call.name == EXECUTE_PYTHON and result.detail is not None:
        # What a program printed on its way is no part of its value.
        value = result.detail.get("answer")
        return value if isinstance(value, str) else None
    return result.output.strip() or None


def _source_of(call: ToolCall) -> str:
    """Return what a call runs: the program, where it is one, else the call itself."""
    for name in _SOURCE_ARGUMENTS:
        source = call.arguments.get(name)
        if isinstance(source, str):
            return source
    return canonical_bytes({"name": call.name, "arguments": dict(call.arguments)}).decode()
