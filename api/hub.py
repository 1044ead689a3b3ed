"""The stream hub: one thread (a greenlet under gevent) that feeds every waiting client.

Each second it compares what its subscribers have with what the jobs' logs hold, in one query.
The Redis mirror only makes that faster: events read from it are handed on at once. A subscriber
that finds a gap, for whatever reason, reads Postgres; so nothing here has to be reliable but the
comparison.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from db.records import JobHead, JobKey
from engine.domain.errors import SvendError
from engine.domain.event import Event
from engine.domain.ids import JobId

MAX_QUEUED = 256
COMPARE_S = 1.0
# A client that comes while the mirror is being read joins the next read: this is what it may lose.
MIRROR_BLOCK_MS = 200
MIRROR_PAUSE_S = 1.0
CLOSE_S = 3.0

_log = structlog.stdlib.get_logger(__name__)


class HeadSource(Protocol):
    """Tells how far jobs have come."""

    def list_last_seqs(self, keys: Sequence[JobKey]) -> Mapping[JobId, JobHead]:
        """Return how far each job has come, in one query; those not found are left out.

        Raises:
            DependencyUnavailableError: When the database cannot be reached.
        """
        ...


class Mirror(Protocol):
    """A faster, unreliable copy of the logs."""

    def read(
        self, cursors: Mapping[JobKey, int], *, block_ms: int
    ) -> Mapping[JobKey, Sequence[Event]]:
        """Return events past the cursors, waiting up to ``block_ms`` for the first.

        Raises:
            DependencyUnavailableError: When the mirror cannot be reached.
        """
        ...


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One waiting client's view of one job.

    Attributes:
        key: Which job.
        head: The furthest number the hub has heard of.
        events: Events that came by the mirror, in order, gaps possible; the oldest are kept, and
            what does not fit is read from Postgres when its turn comes.
    """

    key: JobKey
    head: int
    events: deque[Event] = field(default_factory=deque[Event])
    _news: threading.Event = field(default_factory=threading.Event)

    def wait(self, timeout_s: float) -> bool:
        """Return whether something came, at the latest after ``timeout_s``."""
        came = self._news.wait(max(0.0, timeout_s))
        self._news.clear()
        return came

    def take(self) -> list[Event]:
        """Return what came by the mirror since the last call."""
        taken: list[Event] = []
        while self.events:
            taken.append(self.events.popleft())
        return taken

    def tell(self, head: int, events: Sequence[Event] = ()) -> None:
        """Hand on what is new."""
        self.head = max(self.head, head)
        self.events.extend(events[: max(0, MAX_QUEUED - len(self.events))])
        self._news.set()

    def wake(self) -> None:
        """End a wait with nothing new."""
        self._news.set()


class StreamHub:
    """Feeds subscriptions from the mirror and from the comparison.

    Args:
        heads: Where the logs' true ends are read.
        mirror: The faster copy; ``None`` for none.
        now_s: A monotonic clock.
    """

    def __init__(
        self,
        heads: HeadSource,
        mirror: Mirror | None,
        *,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start no thread yet: the process may still fork."""
        self._heads = heads
        self._mirror = mirror
        self._now_s = now_s
        self._lock = threading.Lock()
        self._subscriptions: dict[JobKey, list[Subscription]] = {}
        self._arrived = threading.Event()
        self._thread: threading.Thread | None = None
        self._mirror_again_at = 0.0
        self._is_closing = threading.Event()
        self._is_stopping: Callable[[], bool] = lambda: False

    @property
    def is_stopping(self) -> bool:
        """Whether the process is about to end, so that no client should go on waiting."""
        return self._is_stopping()

    def stop_when(self, is_stopping: Callable[[], bool]) -> None:
        """Take the sign by which the server says that it is about to end."""
        self._is_stopping = is_stopping

    def close(self) -> None:
        """Let no client wait any longer, and end the thread."""
        self._is_stopping = lambda: True
        self._is_closing.set()
        self._arrived.set()
        self._wake_all()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    @property
    def n_waiting(self) -> int:
        """How many clients are waiting."""
        with self._lock:
            return sum(len(found) for found in self._subscriptions.values())

    @contextmanager
    def subscribe(self, key: JobKey, head: int) -> Generator[Subscription]:
        """Hear of a job's events after number ``head``, until the context ends."""
        subscription = Subscription(key=key, head=head)
        with self._lock:
            self._subscriptions.setdefault(key, []).append(subscription)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
                self._thread.start()
        self._arrived.set()
        try:
            yield subscription
        finally:
            self._leave(subscription)

    def _leave(self, subscription: Subscription) -> None:
        with self._lock:
            rest = [s for s in self._subscriptions[subscription.key] if s is not subscription]
            if rest:
                self._subscriptions[subscription.key] = rest
            else:
                del self._subscriptions[subscription.key]

    def _run(self) -> None:
        compare_at = self._now_s()
        while not self._is_closing.is_set():
            cursors = self._cursors()
            if not cursors:
                self._arrived.wait()
                self._arrived.clear()
                continue
            try:
                self._read_mirror(cursors, until_s=compare_at)
                if self._now_s() >= compare_at:
                    compare_at = self._now_s() + COMPARE_S
                    self._compare()
            except Exception:  # noqa: BLE001 - logged whole
                # The edge of this thread: without it every stream of the process would hang.
                _log.exception("hub_stumbled")
                self._pause(MIRROR_PAUSE_S)

    def _cursors(self) -> dict[JobKey, int]:
        """Return the least head of each job: whoever is further skips what it has."""
        with self._lock:
            return {key: min(s.head for s in found) for key, found in self._subscriptions.items()}

    def _read_mirror(self, cursors: Mapping[JobKey, int], *, until_s: float) -> None:
        """Hand on what the mirror has; without one, let the time pass until the comparison."""
        now_s = self._now_s()
        if self._mirror is None or now_s < self._mirror_again_at:
            self._pause(until_s - now_s)
            return
        try:
            found = self._mirror.read(cursors, block_ms=MIRROR_BLOCK_MS)
        except Exception as error:  # noqa: BLE001 - whatever it is, the comparison must go on
            _log.warning("mirror_unreadable", error=type(error).__name__)
            self._mirror_again_at = self._now_s() + MIRROR_PAUSE_S
            return
        for key, events in found.items():
            if events:
                self._tell(key, events[-1].seq, events)

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            self._is_closing.wait(seconds)

    def _compare(self) -> None:
        """Tell of every log that is longer than its subscribers have heard."""
        cursors = self._cursors()
        try:
            heads = self._heads.list_last_seqs(list(cursors))
        except SvendError as error:
            _log.warning("heads_unreadable", code=error.code)
            return
        for key, cursor in cursors.items():
            head = heads.get(key.job_id)
            if head is not None and head.last_seq > cursor:
                self._tell(key, head.last_seq, ())
        if self.is_stopping:
            self._wake_all()

    def _tell(self, key: JobKey, head: int, events: Sequence[Event]) -> None:
        with self._lock:
            subscriptions = list(self._subscriptions.get(key, ()))
        for subscription in subscriptions:
            if subscription.head < head:
                new = [event for event in events if event.seq > subscription.head]
                subscription.tell(head, new)

    def _wake_all(self) -> None:
        with self._lock:
            everyone = [s for found in self._subscriptions.values() for s in found]
        for subscription in everyone:
            subscription.wake()
