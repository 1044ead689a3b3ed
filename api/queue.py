"""Tell the workers that a job may be claimed: a producer of Celery messages, and nothing else.

The message is a hint. A job whose hint is lost is found by the reconciler within a second, so
hints are sent beside the request, never in its way: Redis may be down, hang or be full.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog
from celery import Celery  # pyright: ignore[reportMissingTypeStubs]

import celery_config
from db.broker_url import render_broker_url
from engine.domain.errors import SvendError
from engine.domain.ids import JobId

MAX_WAITING = 10_000
MAX_BATCH = 100
# A pooled connection may have died with the last broker: the second try opens another.
SEND_TRIES = 2
# How soon an idle sender sees that it should end.
LOOK_UP_S = 0.5
CLOSE_S = 3.0
SOCKET_TIMEOUT_S = 1.0

Send = Callable[[JobId, str], None]

_log = structlog.stdlib.get_logger(__name__)


class JobQueue(Protocol):
    """Wakes the workers of a queue."""

    def announce(self, job_id: JobId, queue_name: str) -> None:
        """Pass on that a committed job waits. Returns at once and never raises."""
        ...

    def close(self) -> None:
        """Send what waits, and take no more."""
        ...


class BackgroundJobQueue:
    """Sends hints from one thread (a greenlet under gevent), in the order they came.

    Args:
        send: Sends one hint; raises when the broker cannot be reached.
        mark_published: Records that the hints of these jobs are out.
    """

    def __init__(self, send: Send, mark_published: Callable[[Sequence[JobId]], object]) -> None:
        """Start no thread yet: the process may still fork."""
        self._send = send
        self._mark_published = mark_published
        self._waiting: queue.Queue[tuple[JobId, str]] = queue.Queue(MAX_WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closing = threading.Event()

    def announce(self, job_id: JobId, queue_name: str) -> None:
        """Pass on that a committed job waits. Returns at once and never raises."""
        try:
            self._waiting.put_nowait((job_id, queue_name))
        except queue.Full:
            _log.warning("hint_dropped", job_id=job_id)
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Send what waits, as far as that takes no longer than :data:`CLOSE_S`."""
        self._is_closing.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while not (self._is_closing.is_set() and self._waiting.empty()):
            batch = self._take_batch()
            sent = [job_id for job_id, name in batch if self._try_send(job_id, name)]
            if sent:
                self._try_mark(sent)

    def _take_batch(self) -> list[tuple[JobId, str]]:
        batch: list[tuple[JobId, str]] = []
        with contextlib.suppress(queue.Empty):
            batch.append(self._waiting.get(timeout=LOOK_UP_S))
            while len(batch) < MAX_BATCH:
                batch.append(self._waiting.get_nowait())
        return batch

    def _try_send(self, job_id: JobId, queue_name: str) -> bool:
        for tries_left in reversed(range(SEND_TRIES)):
            try:
                self._send(job_id, queue_name)
            except Exception as error:  # noqa: BLE001 - the broker's clients raise what they like
                if not tries_left:
                    _log.warning("hint_not_sent", job_id=job_id, error=type(error).__name__)
            else:
                return True
        return False

    def _try_mark(self, job_ids: list[JobId]) -> None:
        try:
            self._mark_published(job_ids)
        except SvendError as error:
            # The hints are out all the same; a second one for the same job does no harm.
            _log.warning("hint_not_marked", n_jobs=len(job_ids), code=error.code)


def make_sender(redis_url: str) -> Send:
    """Return a function that sends one hint over Celery."""
    app: Any = Celery("svend", broker=render_broker_url(redis_url), set_as_current=False)
    app.conf.update(celery_config.SETTINGS)  # pyright: ignore[reportUnknownMemberType]
    app.conf.broker_transport_options = {
        "socket_timeout": SOCKET_TIMEOUT_S,
        "socket_connect_timeout": SOCKET_TIMEOUT_S,
        "max_retries": 0,
    }

    def send(job_id: JobId, queue_name: str) -> None:
        app.send_task(celery_config.TASK_SOLVE, args=[job_id], queue=queue_name, retry=False)

    return send
