"""What a run writes into its log, as pure functions of what it knows."""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain.canonical import JsonValue, canonical_bytes, digest, text_body
from engine.domain.event import EventDraft, EventType
from engine.domain.outcome import Outcome
from engine.domain.record import draft_opened
from engine.domain.trial import Trial
from engine.ports import Message
from engine.runner.conclusion import Arrival, Written
from engine.runner.request import SearchRequest

Prompt = str | tuple[Message, ...]


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
            "pins": request.to_pins().to_data(),
        },
    )
    return Written(drafts=(draft,), bodies={ref: body})


def write_opened(
    trials: Sequence[Trial], prompt: Prompt, request: SearchRequest, *, at_ms: int
) -> Written:
    """Return the openings of trials that share a prompt, and the prompt."""
    body = _encode_prompt(prompt)
    ref = digest(body)
    prompt_ids = request.serving.prompt_ids
    drafts = tuple(
        draft_opened(trial, at_ms=at_ms, prompt_id=prompt_ids[trial.prompt], prompt_ref=ref)
        for trial in trials
    )
    return Written(drafts=drafts, bodies={ref: body})


def render_label(outcome: Outcome) -> str:
    """Return a line for people about how a sample ended."""
    return outcome.reason if outcome.answer is None else f"answer: {outcome.answer.text}"


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


def _encode_prompt(prompt: Prompt) -> bytes:
    if isinstance(prompt, str):
        return text_body(prompt)
    return canonical_bytes([{"role": one.role, "content": one.content} for one in prompt])
