"""Shows committed events in Redis, in order, without making any search wait for Redis."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from db.mirror import EventMirror
from engine.domain.event import Event
from engine.domain.ids import JobId, TenantId
from workers.metrics import WorkerMetrics

# Readers find in Postgres whatever is left out here, within a second.
MAX_WAITING = 1000


class MirrorQueue:
    """A queue before the mirror, worked off by one thread. :meth:`close` ends it."""

    def __init__(self, mirror: EventMirror, metrics: WorkerMetrics) -> None:
        """Make the thread on first use."""
        self._mirror = mirror
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mirror")
        self._waiting: set[Future[None]] = set()

    def publish(self, tenant_id: TenantId, job_id: JobId, events: Sequence[Event]) -> None:
        """Queue events to be shown; drops them when too much waits already."""
        if not events:
            return
        if len(self._waiting) >= MAX_WAITING:
            self._metrics.mirror_dropped.inc()
            return
        shown = self._thread.submit(self._mirror.publish, tenant_id, job_id, events)
        self._waiting.add(shown)
        shown.add_done_callback(self._waiting.discard)

    def close(self) -> None:
        """Wait until what is queued is shown, end the thread and let go of Redis."""
        self._thread.shutdown()
        self._mirror.close()
