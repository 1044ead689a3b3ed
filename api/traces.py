"""Read a job's log page by page, and fold it into the tree that is shown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from api.parameters import MAX_PAGE_EVENTS
from db.events import EventStore
from engine.domain.event import Event
from engine.domain.fold import SearchView, fold
from engine.domain.ids import JobId, TenantId


def read_trace(
    events: EventStore, tenant_id: TenantId, job_id: JobId, *, at: int | None = None
) -> SearchView:
    """Return the search as it was after event ``at``, or as it is.

    Raises:
        DependencyUnavailableError: When Postgres cannot be reached.
        CorruptLogError: When the log is not a gap-free chain.
    """
    log = iterate_log(events, tenant_id, job_id)
    return fold(takewhile(lambda event: at is None or event.seq <= at, log))


def iterate_log(events: EventStore, tenant_id: TenantId, job_id: JobId) -> Iterator[Event]:
    """Yield every event of a job, a page at a time."""
    after = 0
    while True:
        page = events.list_events(tenant_id, job_id, after=after, limit=MAX_PAGE_EVENTS)
        yield from page
        if len(page) < MAX_PAGE_EVENTS:
            return
        after = page[-1].seq
