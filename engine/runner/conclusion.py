"""From what the model wrote to what the sample concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.answers.extract import extract_answer, extract_program
from engine.domain.answer import Answer
from engine.domain.canonical import digest, text_body
from engine.domain.event import EventDraft, EventType
from engine.domain.outcome import Outcome, OutcomeStatus
from engine.domain.profile import AnswerProtocol
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.domain.trial import NodeKind, Trial
from engine.ports import Choice, Equality, FinishReason, ToolRunner

CALCULATOR = "calculator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """The text of a sample's answer, or why it has none.

    Attributes:
        answer_text: ``None`` abstains.
        reason: Short code for the log.
        error: What failed, for people.
        tool: The tool run that produced the answer.
        program: What the tool ran.
    """

    answer_text: str | None
    reason: str
    error: str | None = None
    tool: ToolResult | None = None
    program: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A sample that has ended, before the log knows.

    Attributes:
        trial: Which.
        choice: What the model returned.
        concluded: What it comes to.
        at_ms: When it arrived, in milliseconds since the attempt began.
    """

    trial: Trial
    choice: Choice
    concluded: Concluded
    at_ms: int


Bodies: TypeAlias = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Events and the bodies they refer to.

    Attributes:
        drafts: In order.
        bodies: Digest to bytes.
    """

    drafts: tuple[EventDraft, ...] = ()
    bodies: Bodies = field(default_factory=dict[str, bytes])


_UNFINISHED = {
    FinishReason.LENGTH: "length",
    FinishReason.DROPPED: "dropped",
    FinishReason.ERROR: "model-error",
}
_STATUS = {
    FinishReason.LENGTH: OutcomeStatus.TRUNCATED,
    FinishReason.DROPPED: OutcomeStatus.DROPPED,
    FinishReason.ERROR: OutcomeStatus.FAILED,
}


async def conclude(
    choice: Choice, protocol: AnswerProtocol, tools: ToolRunner | None
) -> Concluded:
    """Find the answer in a choice, running its program where the protocol asks for one.

    What is unfinished has no answer, however much of one it seems to hold.
    """
    if choice.finish_reason is not FinishReason.STOP:
        return Concluded(
            answer_text=None, reason=_UNFINISHED[choice.finish_reason], error=choice.error
        )
    if protocol is AnswerProtocol.PROGRAM:
        return await _run_program(choice.text, tools)
    found = extract_answer(choice.text, protocol)
    if found is None:
        return Concluded(answer_text=None, reason="no-answer")
    return Concluded(answer_text=found.text, reason="stop")


async def _run_program(text: str, tools: ToolRunner | None) -> Concluded:
    program = extract_program(text)
    if program is None:
        return Concluded(answer_text=None, reason="no-answer")
    if tools is None:
        return Concluded(
            answer_text=None, reason="no-tool", error="no tool runner to run the program with"
        )
    arguments = {"program": program.source, "answer": program.variable}
    result = await tools.run(ToolCall(name=CALCULATOR, arguments=arguments))
    if result.status is not ToolStatus.OK:
        return Concluded(
            answer_text=None,
            reason="tool-error",
            error=result.error,
            tool=result,
            program=program.source,
        )
    return Concluded(answer_text=result.output, reason="stop", tool=result, program=program.source)


async def decide_outcome(
    arrival: Arrival, equality: Equality, known: Sequence[Answer], *, body_ref: str
) -> Outcome:
    """Decide equality, once, and return the outcome that the log will keep."""
    choice, concluded = arrival.choice, arrival.concluded
    answer = None
    if concluded.answer_text is not None:
        answer = await equality.classify(concluded.answer_text, known)
    return Outcome(
        trial_id=arrival.trial.trial_id,
        status=_status(choice, concluded),
        reason=concluded.reason,
        answer=answer,
        likelihood=choice.likelihood,
        tokens=choice.tokens,
        timing=choice.timing,
        error=concluded.error,
        body_ref=body_ref,
    )


def write_tool_run(arrival: Arrival) -> Written:
    """Return the event of the tool run behind an answer, if there was one."""
    concluded, trial = arrival.concluded, arrival.trial
    if concluded.tool is None or concluded.program is None:
        return Written()
    result, body = concluded.tool, text_body(concluded.program)
    call_ref = digest(body)
    draft = EventDraft(
        type=EventType.TOOL_ENDED,
        at_ms=arrival.at_ms,
        trial_id=trial.trial_id,
        node_id=trial.node_id,
        kind=NodeKind.TOOL.value,
        label=CALCULATOR,
        body_ref=call_ref,
        data={
            "tool": CALCULATOR,
            "status": result.status.value,
            "output": result.output,
            "error": result.error,
            "version": result.version,
            "duration_ms": result.duration_ms,
        },
    )
    return Written(drafts=(draft,), bodies={call_ref: body})


def _status(choice: Choice, concluded: Concluded) -> OutcomeStatus:
    if choice.finish_reason is not FinishReason.STOP:
        return _STATUS[choice.finish_reason]
    return OutcomeStatus.FAILED if concluded.error is not None else OutcomeStatus.COMPLETE
