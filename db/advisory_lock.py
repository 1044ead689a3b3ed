"""Leadership among processes: whoever holds the lock of a duty does it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, Function, event, func, select
from sqlalchemy.exc import DBAPIError

from db.engine import create_engine, wrap_driver_errors
from engine.domain.errors import DependencyUnavailableError


class AdvisoryLocks:
    """Session locks of Postgres, all on one connection of their own.

    Postgres lets go of them when that connection ends, hence with the process. Whoever leads may
    lose the lock unnoticed with the connection, so a duty must bear being done by two.
    """

    def __init__(self, engine: Engine) -> None:
        """Connect on first use; disposing of the engine closes the connection as well."""
        self._engine = create_engine(engine.url, pool_size=1)
        self._connection: Connection | None = None
        self._held: set[str] = set()
        self._guard = threading.Lock()
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

    def _ask(self, question: Function[bool]) -> bool:
        with wrap_driver_errors():
            if self._connection is None:
                connection = self._engine.connect()
                self._connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            try:
                return bool(self._connection.execute(select(question)).scalar_one())
            except DBAPIError:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None
                raise

    def _close(self, _engine: Engine) -> None:
        with self._guard:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._engine.dispose()


def _key(name: str) -> int:
    raw = hashlib.sha256(f"svend:{name}".encode()).digest()
    return int.from_bytes(raw[:8], "big", signed=True)
