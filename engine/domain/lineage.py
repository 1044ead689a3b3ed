"""What a job takes over from the log of another: how a search is extended, or forked at a node.

A log begins with its own ``job.submitted``, which pins what this job runs with. The events of the
search follow it in their order, sealed anew into this log's chain; each names the event that it
repeats by job, number and hash, so that whoever has both logs can compare them byte by byte but
for the header. Node ids and seeds derive from the root search id, which the new job keeps.

Not taken over are the events of the other job itself, its decision, and how samples ended that
were cut off because it had stopped: those are open again, and are drawn again under their own
seeds as they would have been had it not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from engine.domain.errors import InvalidInputError
from engine.domain.event import Event, EventDraft, EventType
from engine.domain.outcome import OutcomeStatus
from engine.domain.trial import NodeKind, Work

# How a log says that something else judges than what was asked for.
VERIFIER_FALLBACK = "verifier-fallback"


class Relation(StrEnum):
    """What a job has of the one that it begins with.

    ``EXTENDED``: its whole search. ``FORKED``: its search up to a node. ``CACHED``: its result.
    """

    EXTENDED = "extended"
    FORKED = "forked"
    CACHED = "cached"


class Replaced(StrEnum):
    """Which text of a node a fork can replace."""

    THOUGHT = "thought"
    TOOL_RESULT = "tool_result"


_KINDS = {
    Replaced.THOUGHT: (NodeKind.THOUGHT.value, NodeKind.ANSWER.value),
    Replaced.TOOL_RESULT: (NodeKind.TOOL.value,),
}
_LEFT_OUT = frozenset(
    {EventType.SEARCH_STARTED, EventType.SEARCH_DECIDED, EventType.SEARCH_REFUSED}
)
_OF_TRIALS = frozenset({EventType.TRIAL_OPENED, EventType.TOOL_ENDED, EventType.TRIAL_ENDED})


def inherit(events: Sequence[Event]) -> tuple[EventDraft, ...]:
    """Return what a job that goes on with a search takes over from its log, in order.

    Args:
        events: A log from event 1 on, or a prefix of one.
    """
    cut_off = {event.draft.trial_id for event in events if _is_cut_off(event)}
    return tuple(
        _repeat(event)
        for event in events
        if _is_of_search(event) and not _is_end_of(event, cut_off)
    )


def cut_at(events: Sequence[Event], node_id: str) -> Sequence[Event]:
    """Return a log up to the outcome of a node.

    Raises:
        InvalidInputError: When no node of this name has an outcome.
    """
    return events[: _find_end(events, node_id) + 1]


def cut_before(events: Sequence[Event], node_id: str, replaced: Replaced) -> Sequence[Event]:
    """Return a log up to the outcome of a node, which is left open: its text is to be another.

    Raises:
        InvalidInputError: When no node of this name has an outcome, or it holds no such text.
    """
    end = _find_end(events, node_id)
    trial_id = events[end].draft.trial_id
    kind = events[end].draft.kind
    if kind not in _KINDS[replaced]:
        raise InvalidInputError(f"the node holds no {replaced.value}: it is of kind {kind}")
    return [event for event in events[:end] if not _is_end_of(event, {trial_id})]


def keep_path(events: Sequence[Event], node_id: str) -> Sequence[Event]:
    """Return of a log what tells of the trials on the path from the root to a node.

    What was tried beside that path is no part of it, nor is what judged it.
    """
    opened = {
        event.draft.node_id: event.draft
        for event in events
        if event.type is EventType.TRIAL_OPENED
    }
    path: set[str | None] = set()
    at: str | None = node_id
    while at is not None:
        path.add(opened[at].trial_id)
        at = opened[at].parent_id
    return [event for event in events if event.type in _OF_TRIALS and event.draft.trial_id in path]


def drop_judgements(events: Sequence[Event]) -> Sequence[Event]:
    """Return a log without what its verifier said: another one is to judge what was drawn.

    The judgements' openings stay, so they are open and made anew under their own ids; two
    verifiers' scores in one vote would be no one's, and an untrained one's would pass for
    a trained one's word.
    """
    judging = {event.draft.trial_id for event in events if _opens_judgement(event)}
    return [
        event for event in events if not _is_end_of(event, judging) and not _tells_judge(event)
    ]


def list_refs(drafts: Iterable[EventDraft]) -> frozenset[str]:
    """Return the digests of the bodies that events refer to."""
    refs: set[str] = set()
    for draft in drafts:
        data: Mapping[str, Any] = draft.data
        findings: Mapping[str, Any] = data.get("findings") or {}
        found = [draft.body_ref, findings.get("program_ref"), *findings.get("parts", ())]
        refs.update(ref for ref in found if ref is not None)
    return frozenset(refs)


def _find_end(events: Sequence[Event], node_id: str) -> int:
    for place, event in enumerate(events):
        if event.type is EventType.TRIAL_ENDED and event.draft.node_id == node_id:
            return place
    raise InvalidInputError("no node of this job's search has this name and has ended")


def _is_of_search(event: Event) -> bool:
    return event.type.needs_epoch and event.type not in _LEFT_OUT


def _is_cut_off(event: Event) -> bool:
    is_end = event.type is EventType.TRIAL_ENDED
    return is_end and event.data.get("status") == OutcomeStatus.DROPPED.value


def _opens_judgement(event: Event) -> bool:
    return event.type is EventType.TRIAL_OPENED and event.data.get("work") == Work.SCORE.value


def _tells_judge(event: Event) -> bool:
    is_note = event.type is EventType.SEARCH_NOTED
    return is_note and event.data.get("note") == VERIFIER_FALLBACK


def _is_end_of(event: Event, trial_ids: set[str | None]) -> bool:
    is_end = event.type in (EventType.TRIAL_ENDED, EventType.TOOL_ENDED)
    return is_end and event.draft.trial_id in trial_ids


def _repeat(event: Event) -> EventDraft:
    # What was inherited before names the event that happened, not the one that repeats it.
    origin = event.draft.inherited or {
        "job_id": event.job_id,
        "seq": event.seq,
        "hash": event.hash,
    }
    return replace(event.draft, inherited=origin)
