"""What is done for trials that are launched together: ask the model, a verifier, or a tool."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias, TypeVar

from engine.answers.call import find_call
from engine.answers.call_fault import MalformedCall
from engine.answers.call_observation import render_observation
from engine.domain.outcome import OutcomeStatus, Timing
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.domain.verdict import Verdict
from engine.ports import (
    CancelToken,
    ChatModel,
    Choice,
    Claim,
    FinishReason,
    GenerationRequest,
    Judgement,
    ToolRunner,
    Verifier,
)
from engine.prompts.prompt import Reading
from engine.runner.arrival import Concluded, ToolRun
from engine.runner.conclusion import Task, conclude, give_up
from engine.runner.tool_run import find_program_value, observe

T = TypeVar("T")
Show: TypeAlias = Callable[[ToolResult | MalformedCall], str]


class Errand(Protocol):
    """Something that brings one choice for each trial it was launched for."""

    @property
    def n_calls(self) -> int:
        """How many requests to a model it makes at once."""
        ...

    def draw(self, cancel: CancelToken) -> AsyncIterator[Choice]:
        """Yield each choice once, as it comes; what the token cut short as dropped."""
        ...

    @property
    def runs_programs(self) -> bool:
        """Whether concluding may take long, so that no choice should wait for another's."""
        ...

    async def conclude(self, choice: Choice, cancel: CancelToken) -> Concluded | None:
        """Return what a choice that came comes to; ``None`` when the token cut that short."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Generating:
    """A group of samples, as one request to the model.

    Attributes:
        model: Draws them.
        request: The request.
        task: How they are read.
        tools: Runs programs behind answers.
        lead: What the prompt made each of them begin with; a part of its text.
    """

    model: ChatModel
    request: GenerationRequest
    task: Task
    tools: ToolRunner | None
    lead: str = ""
    n_calls: int = 1

    def draw(self, cancel: CancelToken) -> AsyncIterator[Choice]:
        """Yield each sample as it ends; see the port."""
        drawn = self.model.generate(self.request, cancel)
        return _begin_with(self.lead, drawn) if self.lead else drawn

    @property
    def runs_programs(self) -> bool:
        """Whether answers are the values of programs that the model wrote."""
        return self.task.reading is Reading.PROGRAM

    async def conclude(self, choice: Choice, cancel: CancelToken) -> Concluded | None:
        """Read a sample."""
        reading = conclude(choice, self.task, self.tools)
        return await _unless(cancel, reading) if self.runs_programs else await reading


class Judging:
    """Claims that are put to the verifier in one call."""

    n_calls = 1
    runs_programs = False

    def __init__(self, verifier: Verifier | None, claims: Sequence[Claim]) -> None:
        """Begin with nothing judged."""
        self._verifier = verifier
        self._claims = tuple(claims)
        self._judgements: Sequence[Judgement] = ()

    async def draw(self, cancel: CancelToken) -> AsyncIterator[Choice]:
        """Yield one choice a claim, in their order."""
        if cancel.reason() is None:
            self._judgements = await self._judge(cancel)
        is_cut = cancel.reason() is not None
        for index in range(len(self._claims)):
            judgement = self._judgement_of(index)
            is_dropped = is_cut and judgement.score is None
            yield Choice(
                index=index,
                text=_describe(judgement),
                finish_reason=FinishReason.DROPPED if is_dropped else FinishReason.STOP,
                tokens=judgement.tokens,
                model_calls=judgement.model_calls,
            )

    async def conclude(self, choice: Choice, cancel: CancelToken) -> Concluded:  # noqa: ARG002
        """Return the score; what could not be judged has failed, and says nothing of the path."""
        if choice.finish_reason is not FinishReason.STOP:
            return give_up(choice)
        judgement = self._judgement_of(choice.index)
        verdict = None if judgement.verdict is Verdict.UNCHECKED else judgement.verdict
        if judgement.score is None and verdict is None:
            error = judgement.error or "the verifier gave no score"
            return Concluded(status=OutcomeStatus.FAILED, reason="unscored", error=error)
        return Concluded(reason="scored", score=judgement.score, verdict=verdict)

    async def _judge(self, cancel: CancelToken) -> Sequence[Judgement]:
        if self._verifier is None:
            return [Judgement(error="no verifier judges here")] * len(self._claims)
        return await self._verifier.judge(self._claims, cancel)

    def _judgement_of(self, index: int) -> Judgement:
        # A verifier that was cut short may have said less than it was asked.
        return self._judgements[index] if index < len(self._judgements) else Judgement()


class Calling:
    """The call of a tool that a step ends with."""

    n_calls = 0
    runs_programs = False

    def __init__(
        self, text: str, tools: ToolRunner | None, show: Show = render_observation
    ) -> None:
        """Begin with nothing run.

        Args:
            text: What the step wrote.
            tools: Runs the call.
            show: Writes what the model gets to read of it.
        """
        self._call = find_call(text)
        self._tools = tools
        self._show = show
        self._run: ToolRun | None = None

    async def draw(self, cancel: CancelToken) -> AsyncIterator[Choice]:
        """Yield the observation."""
        if isinstance(self._call, ToolCall) and self._tools is not None:
            self._run = await _unless(cancel, observe(self._call, self._tools))
            if self._run is None:
                yield Choice(index=0, text="", finish_reason=FinishReason.DROPPED)
                return
        timing = Timing(total_ms=0 if self._run is None else self._run.result.duration_ms)
        text, finish = self._observation(), FinishReason.STOP
        yield Choice(index=0, text=text, finish_reason=finish, timing=timing)

    async def conclude(self, choice: Choice, cancel: CancelToken) -> Concluded:  # noqa: ARG002
        """Return that the run was observed, also where it failed: the model may mend its call."""
        if choice.finish_reason is not FinishReason.STOP:
            return give_up(choice)
        if isinstance(self._call, MalformedCall):
            error = self._call.correction
            return Concluded(reason="malformed-call", error=error, is_final=False)
        if self._run is None:
            error = "the step ends with no call" if self._call is None else "no tool is offered"
            return Concluded(status=OutcomeStatus.FAILED, reason="no-tool", error=error)
        is_ok = self._run.result.status is ToolStatus.OK
        return Concluded(
            reason="observed" if is_ok else "tool-error",
            answer_text=find_program_value(self._run) if is_ok else None,
            error=None if is_ok else self._run.result.error,
            run=self._run,
            is_final=False,
        )

    def show(self, result: ToolResult) -> str:
        """Return what the model gets to read of a result."""
        return self._show(result)

    def _observation(self) -> str:
        if isinstance(self._call, MalformedCall):
            return self._show(self._call)
        return "" if self._run is None else self._show(self._run.result)


async def _begin_with(lead: str, drawn: AsyncIterator[Choice]) -> AsyncIterator[Choice]:
    """Yield the choices with what they were made to begin with; one without a text has none."""
    async for choice in drawn:
        yield replace(choice, text=lead + choice.text) if choice.text else choice


async def _unless(cancel: CancelToken, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what some work comes to, or ``None`` when it is cut short."""
    running = asyncio.ensure_future(work)
    told = asyncio.ensure_future(cancel.wait())
    try:
        await asyncio.wait((running, told), return_when=asyncio.FIRST_COMPLETED)
        return await running if running.done() else None
    finally:
        for task in (running, told):
            task.cancel()
        await asyncio.wait((running, told))


def _describe(judgement: Judgement) -> str:
    if judgement.score is not None:
        return f"score {judgement.score:.4f}"
    if judgement.verdict is not Verdict.UNCHECKED:
        return judgement.verdict.value
    return f"unscored: {judgement.error or 'no detail'}"
