"""One worker process: everything it holds open, from its start to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from db.workers import WorkerStore
from engine.domain.errors import DependencyUnavailableError
from engine.domain.ids import JobId
from workers.broker import Broker
from workers.dispatch import Dispatcher
from workers.drain import Drain
from workers.leases import LeaseKeeper
from workers.loop import Loop
from workers.metrics import WorkerMetrics
from workers.model_watch import ModelWatch
from workers.offer import Offer
from workers.periodic import Periodic
from workers.solve import Solver

BEAT_S = 5.0
FENCE_CHECK_S = 0.5
POLL_S = 1.0

_log = structlog.get_logger(__name__)


class Closable(Protocol):
    """What is to be closed at the end of the process."""

    def close(self) -> None:
        """Let go of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeParts:
    """What a worker process is made of.

    Attributes:
        loop: Where its searches run.
        solver: Carries claimed jobs through.
        dispatcher: Takes them.
        keeper: Keeps their leases.
        watch: Finds the model.
        broker: Redis.
        workers: Where the process shows that it lives.
        metrics: Its instruments.
        duties: What it does beside searching.
        open_in_loop: Begins what takes a while, beside the search for the model.
        close_in_loop: Closes what belongs to the loop.
        closables: What is closed at the end, in this order.
    """

    loop: Loop
    solver: Solver
    dispatcher: Dispatcher
    keeper: LeaseKeeper
    watch: ModelWatch
    broker: Broker
    workers: WorkerStore
    metrics: WorkerMetrics
    duties: Sequence[Periodic]
    open_in_loop: Callable[[], Coroutine[Any, Any, object]]
    close_in_loop: Callable[[], Coroutine[Any, Any, None]]
    closables: Sequence[Closable]


class Runtime:
    """Starts the parts, hands hints to the loop, and ends the parts in the right order."""

    def __init__(
        self, parts: RuntimeParts, *, name: str, drain_s: float, republish_s: float
    ) -> None:
        """Begin with nothing started."""
        self._republish_s = republish_s
        self._polled_s = time.monotonic()
        self._parts = parts
        self._name = name
        keeper, watch_s = parts.keeper, parts.keeper.watch_s
        self._duties = (
            Periodic("leases", keeper.keep, watch_s),
            Periodic("fence", keeper.fence_overdue, min(FENCE_CHECK_S, watch_s)),
            Periodic("beat", self._beat, BEAT_S),
            Periodic("poll", self._poll, POLL_S),
            *parts.duties,
        )
        self.drain = Drain(
            begin=self._begin_drain,
            is_empty=lambda: parts.dispatcher.n_busy == 0,
            drain_s=drain_s,
        )

    def start(self) -> None:
        """Start every part; jobs are taken once the model has been found."""
        self._parts.loop.start()
        self._parts.loop.submit(self._parts.open_in_loop())
        self._parts.loop.submit(self._parts.watch.watch(self._use))
        for duty in self._duties:
            duty.start()
        self.drain.start()
        _log.info("worker_started", worker=self._name, capacity=self._parts.dispatcher.capacity)

    def solve(self, hint: JobId | None) -> None:
        """Carry the hinted job through, or others, and return once none is left.

        For a thread outside the loop, which it holds meanwhile.
        """
        try:
            self._parts.loop.run(self._parts.dispatcher.work(hint))
        except (CancelledError, RuntimeError) as error:
            _log.info("hint_dropped", job_id=hint, error=str(error))

    def close(self) -> None:
        """Give every job back and end every part."""
        self.drain.finish()
        for duty in self._duties:
            duty.stop()
        try:
            self._parts.workers.forget(self._name)
        except DependencyUnavailableError as error:
            _log.warning("worker_not_forgotten", error=str(error))
        self._parts.loop.run(self._parts.close_in_loop())
        self._parts.loop.stop()
        for closable in self._parts.closables:
            closable.close()
        self.drain.end()
        _log.info("worker_stopped", worker=self._name)

    async def _use(self, offer: Offer) -> None:
        self._parts.solver.offer = offer
        if not self.drain.is_requested:
            self._parts.dispatcher.open()
            # Hints that came before were of no use, and will not come again soon.
            n_waiting = await self._parts.dispatcher.poll()
            _log.info("worker_ready", worker=self._name, n_jobs=n_waiting)

    def _begin_drain(self) -> None:
        self._parts.loop.asyncio_loop.call_soon_threadsafe(self._parts.dispatcher.close)
        self._parts.keeper.drain()

    def _beat(self) -> None:
        dispatcher = self._parts.dispatcher
        self._parts.workers.beat(self._name, dispatcher.capacity, dispatcher.n_busy)

    def _poll(self) -> None:
        """Fill the free slots from Postgres when no hint may be relied on.

        Without Redis none can come. With it one may still be missing for longer than it should:
        the leader that is to send it again may itself be stopped, and keeps its lock for a while.
        """
        is_up = self._parts.broker.is_up()
        self._parts.metrics.broker_up.set(is_up)
        now_s = time.monotonic()
        if not is_up or now_s - self._polled_s >= self._republish_s:
            self._polled_s = now_s
            self._parts.loop.run(self._parts.dispatcher.poll())


class Closing:
    """Makes a function closable."""

    def __init__(self, close: Callable[[], object]) -> None:
        """Remember the function."""
        self._close = close

    def close(self) -> None:
        """Call it."""
        self._close()
