"""The duties of one leader among all worker processes: reaping, republishing, purging.

Each process offers to lead each duty at each tick; Postgres grants it to one of them.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import structlog

from db.leases import LeaseStore
from db.outbox import Outbox
from db.purge import PurgeStore
from db.workers import WorkerStore
from engine.domain.errors import DependencyUnavailableError
from engine.domain.ids import JobId
from workers.broker import Broker
from workers.mirror import MirrorQueue

REAP_LIMIT = 500
PURGE_LIMIT = 200
# Hints beyond what can soon be taken would only fix an order that is better decided late.
HINTS_PER_FREE_SLOT = 2
MIN_HINTS = 8
WORKER_AGE_S = 30.0

_log = structlog.get_logger(__name__)


class Reaper:
    """Moves on jobs whose worker is gone or whose time is up."""

    def __init__(self, outbox: Outbox, leases: LeaseStore, mirror: MirrorQueue) -> None:
        """Begin."""
        self._outbox = outbox
        self._leases = leases
        self._mirror = mirror

    def reap(self) -> None:
        """Reap once, if this process leads."""
        with self._outbox.try_lead("reaper") as leads:
            if not leads:
                return
            for reaped in self._leases.reap(REAP_LIMIT):
                self._mirror.publish(reaped.tenant_id, reaped.job_id, reaped.events)
                _log.info(
                    "job_reaped",
                    job_id=reaped.job_id,
                    status=reaped.status.value,
                    reason=reaped.reason,
                )


class Reconciler:
    """Publishes hints for queued jobs that have none, all of them after Redis lost its own."""

    def __init__(
        self,
        outbox: Outbox,
        broker: Broker,
        workers: WorkerStore,
        *,
        queues: Sequence[str],
        republish_s: float,
    ) -> None:
        """Begin without knowing the sentinel."""
        self._outbox = outbox
        self._broker = broker
        self._workers = workers
        self._queues = tuple(queues)
        self._republish_s = republish_s
        self._sentinel: str | None = None

    def reconcile(self) -> None:
        """Publish what is due, if this process leads.

        Raises:
            DependencyUnavailableError: When Redis or Postgres does not answer.
        """
        with self._outbox.try_lead("reconciler") as leads:
            if leads:
                self._watch_sentinel()
                self._publish()
            else:
                self._sentinel = None

    def _watch_sentinel(self) -> None:
        """Notice that Redis was emptied or replaced: its sentinel is gone, or not ours."""
        found = self._broker.find_sentinel()
        if found is not None and self._sentinel in {None, found}:
            self._sentinel = found
            return
        # First the jobs, then the sentinel: dying in between only repeats the step.
        n_forgotten = self._outbox.forget_published()
        self._sentinel = secrets.token_hex(16)
        self._broker.set_sentinel(self._sentinel)
        _log.warning("sentinel_missing", n_jobs=n_forgotten)

    def _publish(self) -> None:
        room = self._count_room()
        if room <= 0:
            return
        published: list[JobId] = []
        try:
            for job in self._outbox.list_unpublished(room, self._republish_s):
                self._broker.publish(job)
                published.append(job.job_id)
        except DependencyUnavailableError as error:
            _log.warning("publish_failed", error=str(error))
        if published:
            self._outbox.mark_published(published)
            _log.info("hints_published", n_jobs=len(published))

    def _count_room(self) -> int:
        live = self._workers.list_live(WORKER_AGE_S)
        n_free = sum(max(0, worker.capacity - worker.busy) for worker in live)
        wanted = max(MIN_HINTS, HINTS_PER_FREE_SLOT * n_free)
        return wanted - self._broker.count_hints(self._queues)


class Purger:
    """Deletes the bodies of jobs whose time of retention is over."""

    def __init__(self, outbox: Outbox, store: PurgeStore) -> None:
        """Begin."""
        self._outbox = outbox
        self._store = store

    def purge(self) -> None:
        """Purge until nothing is due, if this process leads."""
        with self._outbox.try_lead("purger") as leads:
            while leads and self._store.purge_expired(PURGE_LIMIT):
                pass
