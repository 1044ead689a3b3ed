"""A duty that a process carries out again and again, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from engine.domain.errors import DependencyUnavailableError

_log = structlog.get_logger(__name__)


class Periodic:
    """Calls ``duty`` every ``every_s`` seconds until stopped. It owns a thread."""

    def __init__(self, name: str, duty: Callable[[], object], every_s: float) -> None:
        """Make the thread without starting it."""
        self._name = name
        self._duty = duty
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)

    def start(self) -> None:
        """Begin, with the first call at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the call under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self._carry_out()
            self._stopping.wait(self._every_s)

    def _carry_out(self) -> None:
        try:
            self._duty()
        except DependencyUnavailableError as error:
            _log.warning("duty_postponed", duty=self._name, error=str(error))
        except Exception:  # noqa: BLE001 - the edge of a thread: a fault is seen, the duty goes on
            _log.exception("duty_failed", duty=self._name)
