"""Logs made by hand for the tests of streams."""

from engine.domain.event import EventDraft, EventType, Position, seal_events

JOB = "job_1"


def make_log(n_events, *, ends=False):
    """A log of so many events, the last a terminal one if it ends."""
    types = [EventType.JOB_SUBMITTED] + [EventType.SEARCH_NOTED] * (n_events - 1)
    if ends:
        types[-1] = EventType.JOB_SUCCEEDED
    drafts = [EventDraft(type=kind, data={"note": str(n)}) for n, kind in enumerate(types, 1)]
    return seal_events(Position(job_id=JOB), drafts, "2026-11-20T00:00:00.000Z")[1]
