"""Keeps the leases of a process: renews them together, and notices when one is lost.

Two things end a search from here. The database says that the lease is another's or that the caller
cancelled; or the database has not confirmed the lease for so long that another worker may be about
to take the job, judged by this process's monotonic clock alone. A process that was stopped and
goes on, or that lost its network, so fences itself before it can spend on a job that is no longer
its own. The epoch in every write's predicate is what protects the job; this only spares work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from db.records import JobHead, JobKey, Lease, LeaseReply
from engine.domain.errors import DependencyUnavailableError
from engine.domain.ids import JobId
from engine.ports import CancelReason
from workers.cancel import JobCancel
from workers.metrics import WorkerMetrics

# How often the logs' heads are looked at between renewals, so that a cancel is noticed within it.
WATCH_S = 1.0
MAX_MARGIN_S = 5.0
MARGIN_SHARE = 6

_log = structlog.get_logger(__name__)


class LeaseRenewals(Protocol):
    """The part of the lease store that keeping needs."""

    def renew(self, leases: Sequence[Lease], *, lease_s: float) -> Mapping[JobId, LeaseReply]:
        """Extend every lease that still holds, in one statement."""
        ...


class LogHeads(Protocol):
    """The part of the job store that noticing news needs."""

    def list_last_seqs(self, keys: Sequence[JobKey]) -> Mapping[JobId, JobHead]:
        """Return how far each log has come."""
        ...


@dataclass(slots=True, kw_only=True)
class _Held:
    lease: Lease
    cancel: JobCancel
    known_seq: Callable[[], int]
    confirmed_s: float = field(default=0.0)
    is_ending: bool = field(default=False)


class LeaseKeeper:
    """The leases that this process holds. Every method may be called in any thread."""

    def __init__(
        self,
        renewals: LeaseRenewals,
        heads: LogHeads,
        *,
        lease_s: float,
        renew_s: float,
        now_s: Callable[[], float],
        metrics: WorkerMetrics,
    ) -> None:
        """Hold nothing yet; ``now_s`` is this process's monotonic clock."""
        self._renewals = renewals
        self._heads = heads
        self._lease_s = lease_s
        self._renew_s = renew_s
        self._now_s = now_s
        self._metrics = metrics
        self._held: dict[JobId, _Held] = {}
        self._lock = threading.Lock()
        self._is_draining = False
        self._renewed_s = now_s()

    @property
    def watch_s(self) -> float:
        """How often :meth:`keep` is to be called."""
        return min(WATCH_S, self._renew_s)

    def hold(
        self, lease: Lease, cancel: JobCancel, known_seq: Callable[[], int], claimed_s: float
    ) -> None:
        """Keep a lease from now on; ``claimed_s`` is a time before its claim was asked for."""
        held = _Held(lease=lease, cancel=cancel, known_seq=known_seq, confirmed_s=claimed_s)
        with self._lock:
            before = self._held.get(lease.job_id)
            self._held[lease.job_id] = held
            if self._is_draining:
                cancel.set(CancelReason.DRAIN)
        if before is not None:
            self._fence(before, "reclaimed")

    def expect_end(self, lease: Lease) -> None:
        """Take a refused renewal for no loss from now on: the holder is about to end the lease.

        It is renewed until :meth:`drop` all the same, since the database may keep the holder
        waiting. If the lease is in truth another's, the holder's own write is refused.
        """
        with self._lock:
            held = self._find(lease)
            if held is not None:
                held.is_ending = True

    def drop(self, lease: Lease) -> None:
        """Keep a lease no longer."""
        with self._lock:
            if self._find(lease) is not None:
                del self._held[lease.job_id]

    def list_leases(self) -> list[Lease]:
        """Return the leases held."""
        return [held.lease for held in self._list()]

    def drain(self) -> None:
        """Ask every search to end so that others go on with it, those yet to begin included."""
        with self._lock:
            self._is_draining = True
        for held in self._list():
            held.cancel.set(CancelReason.DRAIN)

    def keep(self) -> None:
        """Renew if it is time, else look for news; waits for the database."""
        if self._now_s() - self._renewed_s >= self._renew_s:
            self._renew(self._list())
            self._renewed_s = self._now_s()
        else:
            self._renew(self._list_news())

    def fence_overdue(self) -> None:
        """Fence every search whose lease is unconfirmed for too long; never waits for anything."""
        margin_s = min(MAX_MARGIN_S, self._lease_s / MARGIN_SHARE)
        for held in self._list():
            if self._now_s() - held.confirmed_s > self._lease_s - margin_s:
                self._fence(held, "unconfirmed")

    def _find(self, lease: Lease) -> _Held | None:
        held = self._held.get(lease.job_id)
        return held if held is not None and held.lease.epoch == lease.epoch else None

    def _list(self) -> list[_Held]:
        with self._lock:
            return list(self._held.values())

    def _list_news(self) -> list[_Held]:
        held = self._list()
        if not held:
            return []
        known = {one.lease.job_id: one.known_seq() for one in held}
        keys = [JobKey(tenant_id=one.lease.tenant_id, job_id=one.lease.job_id) for one in held]
        try:
            heads = self._heads.list_last_seqs(keys)
        except DependencyUnavailableError:
            return []
        moved = {job_id for job_id, head in heads.items() if head.last_seq > known[job_id]}
        return [one for one in held if one.lease.job_id in moved]

    def _renew(self, held: Sequence[_Held]) -> None:
        if not held:
            return
        asked_s = self._now_s()
        try:
            replies = self._renewals.renew([one.lease for one in held], lease_s=self._lease_s)
        except DependencyUnavailableError as error:
            _log.warning("renewal_failed", n_leases=len(held), error=str(error))
            return
        for one in held:
            self._take(one, replies.get(one.lease.job_id), asked_s)

    def _take(self, held: _Held, reply: LeaseReply | None, asked_s: float) -> None:
        if reply is None or not reply.is_held:
            if not held.is_ending:
                self._fence(held, "lost")
            return
        held.confirmed_s = asked_s
        if reply.is_cancel_requested:
            held.cancel.set(CancelReason.CANCEL)
        if reply.is_finish_requested:
            held.cancel.set(CancelReason.HARVEST)

    def _fence(self, held: _Held, why: str) -> None:
        # A job that has just ended here is no longer held by anyone, which is no loss.
        with self._lock:
            is_kept = self._held.get(held.lease.job_id) is held
        if (is_kept or why == "reclaimed") and held.cancel.set(CancelReason.FENCED):
            self._metrics.fenced.labels("renewal").inc()
            _log.warning("lease_fenced", job_id=held.lease.job_id, epoch=held.lease.epoch, why=why)
