"""Redis as the worker sees it: a place to put hints, which may be lost at any time."""

# Neither Celery nor the commands of redis-py have complete types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterable

import kombu.exceptions
import redis
from celery import Celery

from celery_config import SENTINEL_KEY, TASK_SOLVE
from db.records import Unpublished
from engine.domain.errors import DependencyUnavailableError

CONNECT_TIMEOUT_S = 2.0
SOCKET_TIMEOUT_S = 5.0


class Broker:
    """Publishes hints and keeps the sentinel that tells when Redis has lost them."""

    def __init__(self, app: Celery, client: redis.Redis) -> None:
        """Connect on first use."""
        self._app = app
        self._client = client

    def is_up(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._client.ping())
        except redis.RedisError:
            return False

    def find_sentinel(self) -> str | None:
        """Return the sentinel, or ``None`` when Redis has lost it.

        Raises:
            DependencyUnavailableError: When Redis does not answer.
        """
        try:
            found = self._client.get(SENTINEL_KEY)
        except redis.RedisError as error:
            raise DependencyUnavailableError(f"Redis does not answer: {error}") from error
        return found.decode() if isinstance(found, bytes) else found

    def set_sentinel(self, value: str) -> None:
        """Put the sentinel back.

        Raises:
            DependencyUnavailableError: When Redis does not answer.
        """
        try:
            self._client.set(SENTINEL_KEY, value)
        except redis.RedisError as error:
            raise DependencyUnavailableError(f"Redis does not answer: {error}") from error

    def count_hints(self, queues: Iterable[str]) -> int:
        """Return how many hints wait in Redis.

        Raises:
            DependencyUnavailableError: When Redis does not answer.
        """
        try:
            return sum(int(self._client.llen(queue)) for queue in queues)
        except redis.RedisError as error:
            raise DependencyUnavailableError(f"Redis does not answer: {error}") from error

    def publish(self, job: Unpublished) -> None:
        """Put one hint into its queue.

        Raises:
            DependencyUnavailableError: When Redis does not take it.
        """
        try:
            self._app.send_task(TASK_SOLVE, args=[job.job_id], queue=job.queue, retry=False)
        except (kombu.exceptions.OperationalError, redis.RedisError, OSError) as error:
            raise DependencyUnavailableError(f"the hint was not published: {error}") from error


def connect_redis(url: str) -> redis.Redis:
    """Return a client that gives up soon rather than hold a thread."""
    return redis.Redis.from_url(
        url, socket_connect_timeout=CONNECT_TIMEOUT_S, socket_timeout=SOCKET_TIMEOUT_S
    )
