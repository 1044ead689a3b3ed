"""Decides when this process takes another job."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

import structlog

from db.leases import LeaseStore
from db.records import Claim
from engine.domain.errors import DependencyUnavailableError
from engine.domain.ids import JobId
from workers.database import Database
from workers.metrics import WorkerMetrics
from workers.solve import Solver

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimScope:
    """What a process claims.

    Attributes:
        owner: Its name, for people.
        queues: From which queues.
        capacity: How many searches at once.
        lease_s: How long a claim holds without renewal.
    """

    owner: str
    queues: tuple[str, ...]
    capacity: int
    lease_s: float


class Dispatcher:
    """Claims jobs while slots are free. It lives in the loop and has no lock.

    A slot whose search has ended claims the next job itself, so a busy process needs no hints.
    """

    def __init__(
        self,
        solver: Solver,
        leases: LeaseStore,
        database: Database,
        metrics: WorkerMetrics,
        *,
        scope: ClaimScope,
    ) -> None:
        """Begin closed: nothing is claimed before :meth:`open`."""
        self._solver = solver
        self._leases = leases
        self._database = database
        self._metrics = metrics
        self._scope = scope
        self._is_open = False
        self._n_busy = 0
        self._polled: set[asyncio.Task[None]] = set()

    @property
    def capacity(self) -> int:
        """How many searches are driven at once."""
        return self._scope.capacity

    @property
    def n_busy(self) -> int:
        """How many slots are taken."""
        return self._n_busy

    @property
    def n_free(self) -> int:
        """How many are not."""
        return self.capacity - self._n_busy

    def open(self) -> None:
        """Allow claims."""
        self._is_open = True

    def close(self) -> None:
        """Claim nothing more; what runs goes on."""
        self._is_open = False

    async def work(self, hint: JobId | None) -> None:
        """Take the hinted job, else the best there is, then others, until none is left."""
        if not self._is_open or self.n_free <= 0:
            return
        self._take_slot()
        try:
            await self._chain(hint)
        finally:
            self._free_slot()

    async def poll(self) -> int:
        """Fill the free slots from Postgres, without any hint; returns how many were filled."""
        n_filled = 0
        while self._is_open and self.n_free > 0 and await self._fill_slot():
            n_filled += 1
        return n_filled

    async def _fill_slot(self) -> bool:
        claim, claimed_s = None, time.monotonic()
        self._take_slot()
        try:
            claim = await self._claim(None)
        finally:
            if claim is None:
                self._free_slot()
        if claim is None:
            return False
        task = asyncio.create_task(self._run(claim, claimed_s))
        self._polled.add(task)
        task.add_done_callback(self._polled.discard)
        return True

    async def _run(self, claim: Claim, claimed_s: float) -> None:
        try:
            await self._solver.solve(claim, claimed_s)
            await self._chain(None)
        finally:
            self._free_slot()

    async def _chain(self, hint: JobId | None) -> None:
        while self._is_open:
            claimed_s = time.monotonic()
            claim = await self._claim(hint)
            if claim is None:
                return
            await self._solver.solve(claim, claimed_s)
            hint = None

    async def _claim(self, hint: JobId | None) -> Claim | None:
        began_s = time.monotonic()
        try:
            claim = await self._database.run(
                self._leases.claim,
                self._scope.owner,
                lease_s=self._scope.lease_s,
                hint=hint,
                queues=self._scope.queues,
            )
        except DependencyUnavailableError as error:
            _log.warning("claim_failed", error=str(error))
            return None
        if claim is not None:
            self._metrics.claim_s.observe(time.monotonic() - began_s)
            self._count(claim, is_hinted=claim.job.job_id == hint)
        return claim

    def _count(self, claim: Claim, *, is_hinted: bool) -> None:
        self._metrics.claims.labels("hinted" if is_hinted else "found").inc()
        waited_s = _find_wait_s(claim)
        if waited_s is not None:
            self._metrics.start_s.observe(waited_s)

    def _take_slot(self) -> None:
        self._n_busy += 1
        self._metrics.busy.set(self._n_busy)

    def _free_slot(self) -> None:
        self._n_busy -= 1
        self._metrics.busy.set(self._n_busy)


def _find_wait_s(claim: Claim) -> float | None:
    """Return how long a job waited for its first claim, both ends by the database's clock.

    A job that comes back has waited for other reasons than a free slot.
    """
    if claim.lease.attempt > 1 or not claim.events:
        return None
    claimed_at = datetime.fromisoformat(claim.events[-1].ts)
    return max(0.0, (claimed_at - claim.job.created_at).total_seconds())
