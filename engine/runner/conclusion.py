"""From what the model wrote to what the trial comes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from engine.answers.call import find_call
from engine.answers.call_fault import MalformedCall
from engine.answers.ending import has_ended
from engine.answers.extract import (
    ANSWER_TAG,
    NONE_TAG,
    NOT_TOLD,
    PROGRAM_TAG,
    extract_answer,
)
from engine.answers.judgement import read_value, read_vote, split_proposals
from engine.domain.outcome import OutcomeStatus
from engine.domain.profile import AnswerProtocol
from engine.domain.trial import Work
from engine.ports import Choice, FinishReason, ToolRunner
from engine.prompts.prompt import Reading
from engine.runner.arrival import Concluded
from engine.runner.tool_run import run_call, run_program

# What `Outcome.call` names for a text that tries to call a tool and cannot be read.
MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the model was asked for, as far as reading its text needs to know.

    Attributes:
        work: What was to be done.
        before: The path that the text goes on from, and the joint behind it; empty at the root.
        protocol: How the model marks its answer.
        reading: How the prompt has its text read.
        ends: Texts with which the model ends its whole answer.
        n_subjects: How many paths a vote chooses from.
        observed: What a tool put out, where the text goes on from its run: empty for a run that
            failed, ``None`` where the text goes on from no run.
    """

    work: Work
    before: str = ""
    protocol: AnswerProtocol
    reading: Reading = Reading.TEXT
    ends: tuple[str, ...] = ()
    n_subjects: int = 0
    observed: str | None = None


_UNFINISHED = {
    FinishReason.LENGTH: (OutcomeStatus.TRUNCATED, "length"),
    FinishReason.UNSURE: (OutcomeStatus.TRUNCATED, "unsure"),
    FinishReason.DROPPED: (OutcomeStatus.DROPPED, "dropped"),
    FinishReason.ERROR: (OutcomeStatus.FAILED, "model-error"),
}


async def conclude(choice: Choice, task: Task, tools: ToolRunner | None) -> Concluded:
    """Read a choice, running its program where an answer is one.

    What is unfinished comes to nothing, however much of an answer it seems to hold.
    """
    if choice.finish_reason is not FinishReason.STOP:
        return give_up(choice)
    return await _CONCLUDE[task.work](choice, task, tools)


def give_up(choice: Choice) -> Concluded:
    """Return what an unfinished choice comes to."""
    status, reason = _UNFINISHED[choice.finish_reason]
    return Concluded(status=status, reason=reason, error=choice.error)


async def _conclude_sample(choice: Choice, task: Task, tools: ToolRunner | None) -> Concluded:
    """Find the answer of a whole path: its earlier steps belong to it."""
    text = task.before + choice.text
    if task.reading is Reading.PROGRAM:
        return await run_call(choice.text, tools)
    if task.reading is Reading.CALLS and task.protocol is AnswerProtocol.PROGRAM:
        return await _conclude_trail(choice, task, tools)
    if task.protocol is AnswerProtocol.PROGRAM:
        return await run_program(text, tools)
    found = extract_answer(text, task.protocol)
    if found is None:
        return Concluded(reason="no-answer")
    return Concluded(answer_text=found.text, reason="stop")


async def _conclude_trail(choice: Choice, task: Task, tools: ToolRunner | None) -> Concluded:
    """Find the answer of a trail of calls, written by a model that answers by programs.

    It is the text that is marked behind a result, or the value of a program that was written there
    instead of another call. A model that adds nothing to a result has nothing to add: the result
    is the answer, as it is for one that only learnt to call. An end that no result stands before
    abstains, `<tool><none>` among them: no tool fits, and nothing was computed.
    """
    said = choice.text.strip()
    if said.startswith(PROGRAM_TAG):
        return await run_program(said, tools)
    is_ended = choice.matched_stop is None or choice.matched_stop in task.ends
    if task.observed is None or not is_ended:
        return Concluded(reason="no-answer")
    return _answer_with(_read_marked(said) if said else task.observed.strip())


def _read_marked(said: str) -> str:
    """Return what is marked as the answer; empty for a text that is not one marked answer."""
    before, _, answer = said.partition(ANSWER_TAG)
    return "" if before or ANSWER_TAG in answer else answer.strip()


def _answer_with(text: str) -> Concluded:
    if not text:
        return Concluded(reason="no-answer")
    return Concluded(answer_text=NOT_TOLD if text == NONE_TAG else text, reason="stop")


async def _conclude_step(choice: Choice, task: Task, tools: ToolRunner | None) -> Concluded:
    call = find_call(choice.text) if task.reading is Reading.CALLS else None
    if call is not None:
        name = MALFORMED if isinstance(call, MalformedCall) else call.name
        return Concluded(reason="call", is_final=False, call=name)
    if _is_last(choice, task):
        return await _conclude_sample(choice, task, tools)
    return Concluded(reason="step", is_final=False)


def _is_last(choice: Choice, task: Task) -> bool:
    """Whether nothing is left to write after a step.

    A server that does not say what ended a text leaves it open: the next step then is empty, and
    the last.
    """
    ended_by_itself = choice.is_stop_told and choice.matched_stop is None
    is_ended = ended_by_itself or choice.matched_stop in task.ends
    return (
        not choice.text.strip()
        or (is_ended and task.reading is not Reading.PART)
        or has_ended(task.before + choice.text, task.protocol)
    )


async def _conclude_proposals(choice: Choice, task: Task, _tools: ToolRunner | None) -> Concluded:
    parts = split_proposals(choice.text)
    reason = "proposals" if parts else "no-proposals"
    final = (
        place for place, part in enumerate(parts) if has_ended(task.before + part, task.protocol)
    )
    return Concluded(reason=reason, is_final=False, parts=parts, final_parts=tuple(final))


async def _conclude_value(choice: Choice, _task: Task, _tools: ToolRunner | None) -> Concluded:
    score = read_value(choice.text)
    return Concluded(reason="unread" if score is None else "value", score=score)


async def _conclude_vote(choice: Choice, task: Task, _tools: ToolRunner | None) -> Concluded:
    pick = read_vote(choice.text, task.n_subjects)
    return Concluded(reason="unread" if pick is None else "vote", pick=pick)


_CONCLUDE: dict[Work, Callable[[Choice, Task, ToolRunner | None], Awaitable[Concluded]]] = {
    Work.SAMPLE: _conclude_sample,
    Work.STEP: _conclude_step,
    Work.PROPOSE: _conclude_proposals,
    Work.VALUE: _conclude_value,
    Work.VOTE: _conclude_vote,
}
