"""Servers of somebody else's that take the place of a part: looked after, never started."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import psycopg
import redis

from ops.http_check import answers_at_all
from ops.part import Part

CHECK_TIMEOUT_S = 2


def database_part(url: str) -> Part:
    """Returns the part that stands for an operator's PostgreSQL."""
    return _outside("postgres", lambda: _database_answers(url), url)


def redis_part(url: str) -> Part:
    """Returns the part that stands for an operator's Redis."""
    return _outside("redis", lambda: _redis_answers(url), url)


def model_part(url: str) -> Part:
    """Returns the part that stands for an operator's model server.

    Servers of the API differ in what else they answer, and this one may ask for a key.
    """
    return _outside("model", lambda: answers_at_all(f"{url.rstrip('/')}/v1/models"), url)


def _outside(name: str, is_ready: Callable[[], bool], url: str) -> Part:
    # The address is shown to people, so the password in it is left out.
    place = urlsplit(url)
    port = f":{place.port}" if place.port else ""
    shown = f"{place.hostname or place.path}{port} (not ours)"
    return Part(name=name, is_ready=is_ready, address=shown)


def _database_answers(url: str) -> bool:
    scheme, separator, rest = url.partition("://")
    plain = f"{scheme.partition('+')[0]}{separator}{rest}"
    try:
        with psycopg.connect(plain, connect_timeout=CHECK_TIMEOUT_S) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _redis_answers(url: str) -> bool:
    client = redis.Redis.from_url(
        url, socket_timeout=CHECK_TIMEOUT_S, socket_connect_timeout=CHECK_TIMEOUT_S
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
