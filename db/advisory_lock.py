"""Leadership among processes: whoever holds the lock of a duty does it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, Function, event, func, select
from sqlalchemy.exc import DBAPIError

from db.engine import create_engine, wrap_driver_errors
from engine.domain.errors import DependencyUnavailableError

# Postgres ends the session of a process that has not been heard of for so long.
IDLE_S = 10.0
PINGS_PER_IDLE = 4


class AdvisoryLocks:
    """Session locks of Postgres, all on one connection of their own.

    Postgres lets go of them when that connection ends, hence with the process. A process that was
    stopped, or whose host has vanished, keeps its connection and says nothing more: the session
    then ends by itself, while a thread keeps that of a live process from doing so. Whoever leads
    may lose the lock unnoticed with the connection, so a duty must bear being done by two.
    """

    def __init__(self, engine: Engine, *, idle_s: float = IDLE_S) -> None:
        """Connect on first use; disposing of the engine closes the connection as well."""
        self._engine = create_engine(engine.url, pool_size=1)
        self._idle_s = idle_s
        self._connection: Connection | None = None
        self._held: set[str] = set()
        self._guard = threading.Lock()
        self._stop_pings: threading.Event | None = None
        event.listen(engine, "engine_disposed", self._close)

    @contextmanager
    def try_hold(self, name: str) -> Generator[bool]:
        """Yield whether this caller holds the lock of a name; it is let go of at the end.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        is_held = self._take(name)
        try:
            yield is_held
        finally:
            if is_held:
                self._give_up(name)

    def _take(self, name: str) -> bool:
        with self._guard:
            # A session may take its own lock again, so threads of one process are told apart here.
            if name in self._held:
                return False
            if self._ask(func.pg_try_advisory_lock(_key(name))):
                self._held.add(name)
                return True
            return False

    def _give_up(self, name: str) -> None:
        with self._guard:
            self._held.discard(name)
            # Without the connection there is no lock left to give up either.
            with suppress(DependencyUnavailableError):
                self._ask(func.pg_advisory_unlock(_key(name)))

    def _ask(self, question: Function[Any]) -> bool:
        with wrap_driver_errors():
            try:
                connection = self._connection or self._connect()
                return bool(connection.execute(select(question)).scalar_one())
            except DBAPIError:
                self._disconnect(is_broken=True)
                raise

    def _connect(self) -> Connection:
        fresh = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection = fresh
        idle_ms = str(round(self._idle_s * 1000))
        is_local = False
        fresh.execute(select(func.set_config("idle_session_timeout", idle_ms, is_local)))
        if self._stop_pings is None:
            self._stop_pings = threading.Event()
            arguments = (self._stop_pings,)
            threading.Thread(target=self._ping, args=arguments, daemon=True).start()
        return fresh

    def _disconnect(self, *, is_broken: bool) -> None:
        if self._connection is None:
            return
        if is_broken:
            self._connection.invalidate()
        self._connection.close()
        self._connection = None

    def _ping(self, stop: threading.Event) -> None:
        while not stop.wait(self._idle_s / PINGS_PER_IDLE):
            # Without the connection nothing is held that could be kept.
            with self._guard, suppress(DependencyUnavailableError):
                if self._connection is not None:
                    self._ask(func.now())

    def _close(self, _engine: Engine) -> None:
        with self._guard:
            if self._stop_pings is not None:
                self._stop_pings.set()
                self._stop_pings = None
            self._disconnect(is_broken=False)
            self._engine.dispose()


def _key(name: str) -> int:
    raw = hashlib.sha256(f"svend:{name}".encode()).digest()
    return int.from_bytes(raw[:8], "big", signed=True)
