"""What a run writes into its log, as pure functions of what it knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain.answer import Answer
from engine.domain.canonical import JsonValue, canonical_bytes, digest, text_body
from engine.domain.computation import name_computation
from engine.domain.event import EventDraft, EventType
from engine.domain.outcome import Outcome
from engine.domain.record import draft_ended, draft_opened
from engine.domain.trial import Trial, Work
from engine.ports import Equality, Message
from engine.runner.arrival import Arrival, Written
from engine.runner.request import SearchRequest
from engine.runner.tool_run import write_tool_run

Prompt = str | tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A prompt with its variables put in.

    Attributes:
        prompt: As the model gets it.
        prompt_id: Which prompt it was made from.
        ref: Digest of its body.
        body: Its text, as the log keeps it.
    """

    prompt: Prompt
    prompt_id: str
    ref: str
    body: bytes


def keep_prompt(prompt: Prompt, prompt_id: str) -> Rendered:
    """Return a prompt with the body under which the log keeps it."""
    body = _encode_prompt(prompt)
    return Rendered(prompt=prompt, prompt_id=prompt_id, ref=digest(body), body=body)


def write_started(request: SearchRequest, *, at_ms: int) -> Written:
    """Return event 1 of a search without a job, and the problem's text."""
    body = text_body(request.problem.text)
    ref = digest(body)
    draft = EventDraft(
        type=EventType.SEARCH_STARTED,
        at_ms=at_ms,
        data={
            "problem": {"ref": ref, "n_chars": len(request.problem.text)},
            "budget": request.budget.to_data(),
            **request.prices.to_first_data(),
            "pins": request.to_pins().to_data(),
        },
    )
    return Written(drafts=(draft,), bodies={ref: body})


def write_opened(trials: Sequence[Trial], rendered: Rendered | None, *, at_ms: int) -> Written:
    """Return the openings of trials that share a prompt, and the prompt.

    What no model writes for has no prompt: a verifier and a tool see the path itself.
    """
    if rendered is None:
        drafts = tuple(draft_opened(trial, at_ms=at_ms) for trial in trials)
        return Written(drafts=drafts)
    drafts = tuple(
        draft_opened(trial, at_ms=at_ms, prompt_id=rendered.prompt_id, prompt_ref=rendered.ref)
        for trial in trials
    )
    return Written(drafts=drafts, bodies={rendered.ref: rendered.body})


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
        status=concluded.status,
        reason=concluded.reason,
        answer=answer,
        likelihood=choice.likelihood,
        tokens=choice.tokens,
        timing=choice.timing,
        error=concluded.error,
        body_ref=body_ref,
        parts=tuple(digest(text_body(part)) for part in concluded.parts),
        final_parts=concluded.final_parts,
        is_final=concluded.is_final,
        score=concluded.score,
        verdict=concluded.verdict,
        pick=concluded.pick,
        certainty=choice.certainty,
        call=concluded.call,
        program_ref=None if answer is None else _program_ref(arrival),
    )


def write_ended(arrival: Arrival, outcome: Outcome, body: bytes) -> Written:
    """Return the end of a trial, behind the run of a tool that it made."""
    ended = draft_ended(
        arrival.trial,
        outcome,
        at_ms=arrival.at_ms,
        model_calls=arrival.choice.model_calls,
        label=render_label(arrival, outcome),
    )
    tool_run = write_tool_run(arrival)
    bodies = {**tool_run.bodies, outcome.body_ref or "": body}
    return Written(drafts=(*tool_run.drafts, ended), bodies=bodies)


def render_label(arrival: Arrival, outcome: Outcome) -> str:
    """Return a line for people about how a trial ended."""
    if outcome.answer is not None and outcome.is_final:
        return f"answer: {outcome.answer.text}"
    if outcome.pick is not None:
        return f"picks choice {outcome.pick + 1}"
    if outcome.score is not None:
        return f"score {outcome.score:.3g}"
    is_step = arrival.trial.work in (Work.STEP, Work.PROPOSE, Work.TOOL)
    said = " ".join(arrival.choice.text.split()) if is_step and not outcome.is_final else ""
    return said or outcome.reason


def sum_cost(arrivals: Sequence[Arrival]) -> dict[str, JsonValue]:
    """Return what samples cost that the log will not tell of one by one."""
    tokens = [arrival.choice.tokens for arrival in arrivals]
    return {
        "tokens": {
            "in": sum(used.tokens_in for used in tokens),
            "out": sum(used.tokens_out for used in tokens),
            "cached": sum(used.tokens_cached for used in tokens),
        },
        "model_calls": sum(arrival.choice.model_calls for arrival in arrivals),
    }


def join_written(parts: Sequence[Written]) -> Written:
    """Return several writings as one, in their order."""
    return Written(
        drafts=tuple(draft for part in parts for draft in part.drafts),
        bodies={ref: body for part in parts for ref, body in part.bodies.items()},
    )


def _program_ref(arrival: Arrival) -> str | None:
    """Return the name of what was computed, so that other words for it are no other program."""
    run = arrival.concluded.run
    if run is None:
        return None
    variable = run.call.arguments.get("answer")
    named = name_computation(run.source, variable) if isinstance(variable, str) else None
    return named or digest(text_body(run.source))


def _encode_prompt(prompt: Prompt) -> bytes:
    if isinstance(prompt, str):
        return text_body(prompt)
    return canonical_bytes([{"role": one.role, "content": one.content} for one in prompt])
