"""Stopping without losing anything: searches are given back, not cut off.

Celery answers SIGTERM by waiting for every running task, which for a long search is too long for
whoever sends it, and by raising into the middle of commits when it is told to hurry. So on the
first signal the searches are asked to end between trials and their jobs go back to the queue;
Celery then finds nothing left to wait for. A second signal, or a search that does not end within
the time given, ends the process at once: leases make that safe, and it only costs the others some
waiting.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import structlog

POLL_S = 0.05
EXIT_HURRIED = 75

_log = structlog.get_logger(__name__)


class Drain:
    """Waits for the signal in a thread that is there before it comes.

    A signal handler may run while any lock is held, hence it only sets an event nobody else uses.
    """

    def __init__(
        self,
        *,
        begin: Callable[[], None],
        is_empty: Callable[[], bool],
        drain_s: float,
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        """Begin to wait for :meth:`request`.

        Args:
            begin: Asks every search to end.
            is_empty: Whether none is left.
            drain_s: Longest time from the request to the end of the process.
            leave: Ends the process at once.
        """
        self._begin = begin
        self._is_empty = is_empty
        self._drain_s = drain_s
        self._leave = leave
        self._requested = threading.Event()
        self._drained = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="drain", daemon=True)

    def start(self) -> None:
        """Wait for the request from now on."""
        self._thread.start()

    @property
    def is_requested(self) -> bool:
        """Whether the process is to end."""
        return self._requested.is_set()

    def request(self) -> None:
        """Drain; asked again, leave at once. Safe in a signal handler."""
        if self._requested.is_set():
            self._leave(EXIT_HURRIED)
        self._requested.set()

    def finish(self) -> None:
        """Drain if nobody has asked for it yet, and wait until no search is left."""
        self._requested.set()
        self._drained.wait(self._drain_s)

    def end(self) -> None:
        """Let the process end by itself."""
        self._ended.set()
        self._requested.set()

    def _serve(self) -> None:
        self._requested.wait()
        deadline_s = time.monotonic() + self._drain_s
        _log.info("drain_begun", drain_s=self._drain_s)
        self._begin()
        while not self._is_empty() and time.monotonic() < deadline_s:
            if self._ended.wait(POLL_S):
                break
        self._drained.set()
        _log.info("drain_ended", is_empty=self._is_empty())
        if not self._ended.wait(max(POLL_S, deadline_s - time.monotonic())):
            _log.warning("left_in_a_hurry")
            self._leave(EXIT_HURRIED)
