"""Connections to Postgres, and the one place where the driver's errors become Svend's."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from engine.domain.errors import DependencyUnavailableError

POOL_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 5
# A transaction here is a few statements over one job. What takes longer is stuck, and a stuck one
# would hold its row's lock against the reaper.
SESSION = {
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "timezone": "UTC",
}


def create_engine(url: str | sqlalchemy.URL, *, pool_size: int = 4) -> Engine:
    """Return an engine that holds at most so many connections.

    Args:
        url: SQLAlchemy URL of Postgres; ``postgresql://`` is taken as ``postgresql+psycopg://``.
        pool_size: Connections at most; a further user waits 5 s for one.
    """
    options = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    return sqlalchemy.create_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "options": options,
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "svend",
        },
    )


def driver_url(url: str | sqlalchemy.URL) -> sqlalchemy.URL:
    """Return the URL with the driver named that Svend brings."""
    parsed = sqlalchemy.make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


@contextmanager
def transaction(engine: Engine) -> Generator[Connection]:
    """Yield a connection in a transaction that commits at the end, or leaves nothing.

    Raises:
        DependencyUnavailableError: When Postgres cannot be reached, is too busy or went away. If
            it went away while committing, only reading again tells whether the commit took place.
    """
    with wrap_driver_errors(), engine.begin() as connection:
        yield connection


@contextmanager
def wrap_driver_errors() -> Generator[None]:
    """Turn what the driver raises for a database out of reach into Svend's error."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DependencyUnavailableError(_describe(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DependencyUnavailableError(_describe(error)) from error
        raise


def _describe(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    first_line = str(cause).partition("\n")[0]
    return f"the database is not available: {first_line}"
