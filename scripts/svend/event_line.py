"""Events as lines for people. Pure.

Text of a model or a caller may hold control characters that would steer the terminal, so all of it
goes through :func:`printable`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from engine.domain.event import Event, EventType


def printable(text: str, max_chars: int | None = None) -> str:
    """Return text as one line that cannot steer a terminal, cut to a length if one is given."""
    line = " ".join("".join(map(_visible, text)).split())
    if max_chars is not None and len(line) > max_chars:
        return line[: max_chars - 1] + "…"
    return line


def printable_lines(text: str) -> str:
    """Return text line by line as it is, but for what could steer a terminal."""
    return "\n".join(
        "".join(one if one == "\t" else _visible(one) for one in line) for line in text.split("\n")
    )


def render_event(event: Event) -> str | None:
    """Return an event as one line, or ``None`` where a line would tell a reader nothing."""
    describe = _LINES.get(event.type)
    return None if describe is None else describe(event)


def render_event_fully(event: Event) -> str:
    """Return an event as one line with its number, time and type, whatever its type."""
    line = render_event(event) or printable(event.draft.label or "")
    return f"{event.seq:>5}  {event.ts}  {event.type.value:<20} {line}".rstrip()


def render_error(error: Mapping[str, Any] | None) -> str:
    """Return the error of a failed job as one line."""
    if not error:
        return "no reason is recorded"
    detail, code = error.get("detail") or error.get("title"), error.get("code")
    line = printable(str(detail or code or "no reason is recorded"))
    return f"{line} ({code})" if code and detail else line


def _visible(character: str) -> str:
    # Categories C*: control, format (which includes the bidirectional overrides), surrogates.
    if character in "\n\t\r":
        return " "
    if unicodedata.category(character).startswith("C"):
        return f"\\u{ord(character):04x}"
    return character


def _line_submitted(_event: Event) -> str:
    return "submitted"


def _line_claimed(event: Event) -> str:
    owner = printable(str(event.data.get("owner", "?")), 60)
    again = "" if event.attempt <= 1 else f", attempt {event.attempt}"
    return f"claimed by {owner}{again}"


def _line_requeued(event: Event) -> str:
    return f"back in the queue: {printable(str(event.data.get('reason', '?')))}"


def _line_tool(event: Event) -> str:
    said = event.data.get("error") or event.data.get("output") or ""
    tool, status = event.data.get("tool", "?"), event.data.get("status", "?")
    return f"tool {printable(str(tool))} {printable(str(status))}: {printable(str(said), 80)}"


def _line_ended(event: Event) -> str:
    data = event.data
    n_tokens = (data.get("tokens") or {}).get("out", 0)
    rank = "?" if event.draft.rank is None else event.draft.rank + 1
    score = (data.get("findings") or {}).get("score")
    if data.get("answer") is None and isinstance(score, (int, float)):
        return f"judgement {rank} is {score:.2f} ({n_tokens} tokens)"
    return f"sample {rank} {_describe_end(data)} ({n_tokens} tokens)"


def _describe_end(data: Mapping[str, Any]) -> str:
    answer = data.get("answer")
    if data.get("status") == "complete" and answer is not None:
        return f"says {printable(str(answer.get('text')), 60)}"
    cause = data.get("error") or data.get("reason") or data.get("status")
    return f"abstains: {printable(str(cause), 80)}"


def _line_noted(event: Event) -> str:
    return f"note: {printable(str(event.data.get('note', '')), 120)}"


def _line_refused(event: Event) -> str:
    return f"refused: {printable(str(event.data.get('reason', '')), 160)}"


def _line_decided(event: Event) -> str:
    standing = event.data.get("standing") or {}
    return f"decided: {printable(str(standing.get('why') or event.data.get('stop_reason')))}"


def _line_routed(event: Event) -> str:
    choice, reason = event.data.get("choice"), printable(str(event.data.get("reason", "")))
    return f"answers: {reason}" if choice is None else f"goes on: {reason}"


def _line_cancel_requested(_event: Event) -> str:
    return "asked to cancel"


def _line_finish_requested(_event: Event) -> str:
    return "asked for the best answer so far"


def _line_cached(event: Event) -> str:
    source = event.data.get("source") or {}
    return f"answered by an earlier job: {printable(str(source.get('job_id', '?')))}"


def _line_forked(event: Event) -> str:
    return f"forked at {printable(str(event.data.get('node', '?')))}"


def _line_succeeded(event: Event) -> str:
    answer = event.data.get("answer")
    if isinstance(answer, Mapping):
        answer = answer.get("text")
    return "succeeded without an answer" if answer is None else f"succeeded: {printable(answer)}"


def _line_failed(event: Event) -> str:
    error = event.data.get("error")
    return f"failed: {render_error(error if isinstance(error, Mapping) else None)}"


def _line_stopped(event: Event) -> str:
    word = event.type.value.removeprefix("job.")
    reason = event.data.get("reason")
    return f"{word}: {printable(str(reason))}" if reason else word


_LINES: dict[EventType, Callable[[Event], str]] = {
    EventType.JOB_SUBMITTED: _line_submitted,
    EventType.JOB_CLAIMED: _line_claimed,
    EventType.JOB_REQUEUED: _line_requeued,
    EventType.JOB_CANCEL_REQUESTED: _line_cancel_requested,
    EventType.JOB_FINISH_REQUESTED: _line_finish_requested,
    EventType.JOB_CACHED: _line_cached,
    EventType.JOB_SUCCEEDED: _line_succeeded,
    EventType.JOB_FAILED: _line_failed,
    EventType.JOB_CANCELLED: _line_stopped,
    EventType.JOB_EXPIRED: _line_stopped,
    EventType.SEARCH_NOTED: _line_noted,
    EventType.SEARCH_ROUTED: _line_routed,
    EventType.SEARCH_REFUSED: _line_refused,
    EventType.SEARCH_DECIDED: _line_decided,
    EventType.SEARCH_FORKED: _line_forked,
    EventType.TRIAL_ENDED: _line_ended,
    EventType.TOOL_ENDED: _line_tool,
}
