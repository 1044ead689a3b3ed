"""The Redis mirror of committed events: it makes live streams faster, and nothing depends on it.

Each job has a stream ``events:<tenant>:<job>`` whose ids are the events' own numbers. A stream may
lack events, at either end or in the middle; readers fill every gap from Postgres.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from db.records import JobKey
from engine.domain.errors import DependencyUnavailableError
from engine.domain.event import TERMINAL_EVENTS, Event, decode_event
from engine.domain.ids import JobId, TenantId

MAX_STREAM_EVENTS = 5000
KEEP_ENDED_S = 15 * 60
# A job that never ends must not stay in memory for ever; one that goes on renews this.
KEEP_S = 24 * 3600
MAX_READ_EVENTS = 256
SOCKET_TIMEOUT_S = 2.0
MAX_BLOCK_MS = 5000

_FIELD = b"e"
_REFUSED_ID = "equal or smaller"

_log = structlog.stdlib.get_logger(__name__)


class EventMirror:
    """Copies committed events to Redis and reads them back.

    Args:
        redis: A client of the right server. The mirror makes connections of its own, with timeouts
            that fit: short ones to write, longer than the longest wait to read.

    Attributes:
        n_failed: How many times publishing has failed since the start.
    """

    def __init__(self, redis: Redis) -> None:
        self._writer = _derive(redis, timeout_s=SOCKET_TIMEOUT_S)
        self._reader = _derive(redis, timeout_s=SOCKET_TIMEOUT_S + MAX_BLOCK_MS / 1000)
        self.n_failed = 0

    def publish(self, tenant_id: TenantId, job_id: JobId, events: Sequence[Event]) -> None:
        """Show committed events, in order. Nothing is raised when Redis fails."""
        if not events:
            return
        key = stream_key(JobKey(tenant_id=tenant_id, job_id=job_id))
        pipeline = self._writer.pipeline(transaction=False)  # pyright: ignore[reportUnknownMemberType]
        for event in events:
            pipeline.xadd(
                key,
                {_FIELD: event.encoded},
                id=f"{event.seq}-0",
                maxlen=MAX_STREAM_EVENTS,
                approximate=True,
            )
        has_ended = any(event.type in TERMINAL_EVENTS for event in events)
        pipeline.expire(key, KEEP_ENDED_S if has_ended else KEEP_S)
        try:
            replies = pipeline.execute(raise_on_error=False)
            failures = [reply for reply in replies if _is_failure(reply)]
            if failures:
                self._note(job_id, failures[0])
        except RedisError as error:
            self._note(job_id, error)

    def read(self, cursors: Mapping[JobKey, int], *, block_ms: int) -> dict[JobKey, list[Event]]:
        """Return events past the cursors, waiting for the first of them.

        Args:
            cursors: Number of the last event known of each job.
            block_ms: How long to wait, from 1 to 5000.

        Returns:
            What there is, by job; jobs without news are left out. Gaps are possible.

        Raises:
            DependencyUnavailableError: When Redis cannot be reached.
            ValueError: For a wait out of bounds.
        """
        if not 1 <= block_ms <= MAX_BLOCK_MS:
            raise ValueError(f"block_ms must lie between 1 and {MAX_BLOCK_MS}, not {block_ms}")
        if not cursors:
            return {}
        keys = {stream_key(key).encode(): key for key in cursors}
        places = {stream_key(key): f"{seq}-0" for key, seq in cursors.items()}
        try:
            reply = self._reader.xread(
                cast("dict[Any, Any]", places), count=MAX_READ_EVENTS, block=block_ms
            )
        except RedisError as error:
            raise DependencyUnavailableError(f"the event mirror: {error}") from error
        return {keys[name]: _decode(entries) for name, entries in _streams(reply)}

    def close(self) -> None:
        """Close the mirror's own connections."""
        self._writer.close()
        self._reader.close()

    def _note(self, job_id: JobId, error: Exception) -> None:
        self.n_failed += 1
        _log.warning("mirror_failed", job_id=job_id, error=str(error))


def stream_key(key: JobKey) -> str:
    """Return the name of a job's stream."""
    return f"events:{key.tenant_id}:{key.job_id}"


def _derive(redis: Redis, *, timeout_s: float) -> Redis:
    given = redis.connection_pool
    settings: dict[str, Any] = {
        **given.connection_kwargs,
        "decode_responses": False,
        "socket_timeout": timeout_s,
        "socket_connect_timeout": SOCKET_TIMEOUT_S,
        # One more try, for a connection that the server closed while it was idle.
        "retry": Retry(NoBackoff(), 1),
    }
    return Redis(
        connection_pool=ConnectionPool(connection_class=given.connection_class, **settings)
    )


def _is_failure(reply: Any) -> bool:
    # A refused id says that the event, or a later one, is there already.
    if isinstance(reply, ResponseError) and _REFUSED_ID in str(reply):
        return False
    return isinstance(reply, RedisError)


def _streams(reply: Any) -> list[tuple[bytes, Any]]:
    # RESP3 gives a mapping of lists of entries, RESP2 a list of pairs.
    if not reply:
        return []
    if isinstance(reply, Mapping):
        pairs = cast("Mapping[bytes, Any]", reply)
        return [
            (name, [entry for part in parts for entry in part]) for name, parts in pairs.items()
        ]
    return [(name, entries) for name, entries in cast("list[Any]", reply)]


def _decode(entries: Any) -> list[Event]:
    return [decode_event(fields[_FIELD]) for _id, fields in entries if fields]
