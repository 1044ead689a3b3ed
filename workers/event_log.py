"""One job's event log in Postgres, written under its lease."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import structlog

from db.events import EventStore
from db.leases import LeaseStore
from db.records import Claim, Ending, JobRecord
from engine.domain.budget import Spent
from engine.domain.errors import CorruptLogError, DependencyUnavailableError, FencedError
from engine.domain.event import Event, EventDraft, EventType
from engine.domain.fold import Folding, SearchView
from engine.ports import CancelReason
from workers.cancel import JobCancel
from workers.database import Database
from workers.doubt import Doubt
from workers.metrics import WorkerMetrics
from workers.mirror import MirrorQueue
from workers.spending import Tally

P = ParamSpec("P")
T = TypeVar("T")

PAGE_EVENTS = 1000
# The database is asked again this often while it is away, until the lease can no longer be held.
RETRY_S = 0.5

_REASONS = {
    EventType.JOB_CANCEL_REQUESTED: CancelReason.CANCEL,
    EventType.JOB_FINISH_REQUESTED: CancelReason.HARVEST,
}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPorts:
    """What the logs of a process share.

    Attributes:
        leases: Writes under a lease.
        events: Reads.
        database: The threads to call both in.
        mirror: Where committed events are shown next.
        metrics: The process's instruments.
    """

    leases: LeaseStore
    events: EventStore
    database: Database
    mirror: MirrorQueue
    metrics: WorkerMetrics


class PostgresEventLog:
    """Implements :class:`engine.ports.EventLog` for the holder of one lease.

    While the database is away it waits and tries again, to read as to write, until the cancel
    token says that the lease is lost. A commit of unknown fate is looked up, never repeated
    blindly: only the holder of the epoch writes search events, so any of them behind the last
    known one is that commit's.
    """

    def __init__(self, claim: Claim, ports: LogPorts, cancel: JobCancel) -> None:
        """Begin before the first event."""
        self._lease = claim.lease
        self._ports = ports
        self._cancel = cancel
        self._folding = Folding()
        self._tally = Tally(claim.job.spent)
        self._doubt = Doubt()
        self._seq = 0

    @property
    def seq(self) -> int:
        """Number of the last event known here."""
        return self._seq

    def find_doubt(self) -> float:
        """Return how unsettled the search is, in [0, 1], as far as it is known here."""
        return self._doubt.value()

    def view(self) -> SearchView:
        """Return the search as far as it is known here."""
        return self._folding.view()

    async def read_first(self) -> Event:
        """Return event 1, which pins what the search is run with.

        Raises:
            FencedError: When the lease was lost while the database was away.
            CorruptLogError: When it cannot be read, or is missing.
        """
        events = await self._list(after=0, limit=1)
        if not events:
            raise CorruptLogError("event 1 is missing")
        return events[0]

    async def find_body(self, digest: str) -> bytes | None:
        """Return a text kept beside the log; raises as :meth:`read_first` does."""
        lease, find = self._lease, self._ports.events.find_body
        return await self._ask(find, lease.tenant_id, lease.job_id, digest)

    async def read_bodies(self, refs: Sequence[str]) -> Mapping[str, bytes]:
        """Return the bodies under these digests, those that are there."""
        lease, find = self._lease, self._ports.events.find_bodies
        return await self._ask(find, lease.tenant_id, lease.job_id, refs)

    async def read(self) -> Sequence[Event]:
        """Return every committed event, in order; raises as :meth:`read_first` does."""
        events: list[Event] = []
        while page := await self._list(after=len(events)):
            events += page
        self._folding, self._seq = Folding(), 0
        self._doubt = Doubt()
        self._note(events)
        self._tally = Tally(self._folding.spent, self._folding.prices)
        return events

    async def append(
        self, drafts: Sequence[EventDraft], bodies: Mapping[str, bytes]
    ) -> Sequence[Event]:
        """Commit drafts; see the port. Raises ``FencedError`` once the lease is lost."""
        spent = self._tally.preview(drafts)
        while True:
            self._check_held()
            try:
                return self._keep(drafts, await self._write(drafts, bodies, spent))
            except FencedError:
                self._lose("append")
                raise
            except DependencyUnavailableError as error:
                _log.warning("commit_unknown", job_id=self._lease.job_id, error=str(error))
            committed = await self._find_committed()
            if committed:
                return self._keep(drafts, committed)

    async def finish(self, ending: Ending) -> JobRecord | None:
        """End the job; returns it, or ``None`` when the commit had gone through unnoticed.

        Nothing may follow, so the last events are not folded: a log that cannot be folded must
        not keep its job from ending.

        Raises:
            FencedError: When another worker holds the job. Nothing was written.
        """
        spent = self._tally.preview(ending.drafts)
        while True:
            self._check_held()
            try:
                job, events = await self._ports.database.run(
                    self._ports.leases.finish,
                    self._lease,
                    after_seq=self._seq,
                    ending=ending,
                    bodies={},
                    spent=spent,
                )
            except FencedError:
                self._lose("finish")
                raise
            except DependencyUnavailableError as error:
                _log.warning("finish_unknown", job_id=self._lease.job_id, error=str(error))
            else:
                self._show(ending.drafts, events)
                return job
            if await self._has_ended():
                return None

    async def _write(
        self, drafts: Sequence[EventDraft], bodies: Mapping[str, bytes], spent: Spent
    ) -> Sequence[Event]:
        began_s = time.monotonic()
        events = await self._ports.database.run(
            self._ports.leases.append,
            self._lease,
            after_seq=self._seq,
            drafts=drafts,
            bodies=bodies,
            spent=spent,
        )
        self._ports.metrics.commit_s.observe(time.monotonic() - began_s)
        return events

    def _keep(self, drafts: Sequence[EventDraft], events: Sequence[Event]) -> Sequence[Event]:
        self._show(drafts, events)
        self._note(events)
        return events

    def _show(self, drafts: Sequence[EventDraft], events: Sequence[Event]) -> None:
        before = self._tally.spent
        self._tally.count(drafts)
        self._count(before, self._tally.spent, len(events))
        self._ports.mirror.publish(self._lease.tenant_id, self._lease.job_id, events)

    def _note(self, events: Sequence[Event]) -> None:
        for event in events:
            self._folding.add(event)
            self._doubt.tell(event)
            self._seq = event.seq
            if event.type in _REASONS:
                self._cancel.set(_REASONS[event.type])

    def _count(self, before: Spent, after: Spent, n_events: int) -> None:
        metrics = self._ports.metrics
        metrics.events.inc(n_events)
        metrics.tokens.labels("in").inc(after.tokens_in - before.tokens_in)
        metrics.tokens.labels("out").inc(after.tokens_out - before.tokens_out)

    async def _list(self, *, after: int, limit: int = PAGE_EVENTS) -> Sequence[Event]:
        lease, list_events = self._lease, self._ports.events.list_events
        return await self._ask(
            list_events, lease.tenant_id, lease.job_id, after=after, limit=limit
        )

    async def _ask(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a store's method that changes nothing until the database answers."""
        while True:
            self._check_held()
            try:
                return await self._ports.database.run(read, *args, **kwargs)
            except DependencyUnavailableError as error:
                _log.warning("log_not_read", job_id=self._lease.job_id, error=str(error))
            await asyncio.sleep(RETRY_S)

    async def _find_committed(self) -> Sequence[Event]:
        """Return what follows the last known event if the commit in doubt is among it."""
        await asyncio.sleep(RETRY_S)
        events = await self._list(after=self._seq)
        is_ours = any(e.type.needs_epoch and e.epoch == self._lease.epoch for e in events)
        return events if is_ours else ()

    async def _has_ended(self) -> bool:
        await asyncio.sleep(RETRY_S)
        head = await self._ask(self._ports.leases.read_head, self._lease)
        return head.epoch == self._lease.epoch and head.status.is_terminal

    def _check_held(self) -> None:
        if self._cancel.is_fenced:
            raise FencedError

    def _lose(self, write: str) -> None:
        self._ports.metrics.fenced.labels(write).inc()
        self._cancel.set(CancelReason.FENCED)
        _log.warning(
            "write_fenced", job_id=self._lease.job_id, epoch=self._lease.epoch, write=write
        )
