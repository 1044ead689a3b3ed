"""What the embedded servers promise, asked of the running ones."""

from __future__ import annotations

import stat
from collections.abc import Callable

import psycopg
import pytest
import redis

from ops.postgres import PostgresServer
from ops.redis import RedisServer


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)


def test_database_belongs_to_a_role_that_is_no_superuser(postgres_url: str):
    with _connect(postgres_url) as connection:
        row = connection.execute(
            "SELECT rolname, rolsuper, current_database() <> 'postgres' FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()

    assert row == ("svend", False, True)


def test_wrong_password_is_refused(postgres_url: str):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        _connect(postgres_url.replace("svend-in-tests", "wrong"))


def test_postgres_listens_on_no_tcp_port(postgres_url: str):
    with _connect(postgres_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.parametrize("kind", ["postgres", "redis"], ids=str)
def test_socket_folder_is_private(
    kind: str, postgres_server: PostgresServer, redis_server: RedisServer
):
    servers = {"postgres": postgres_server, "redis": redis_server}
    folder = servers[kind].socket_folder

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert any(folder.iterdir())


def test_databases_of_two_modules_are_apart(make_database: Callable[..., str]):
    with _connect(make_database()) as first:
        first.execute("CREATE TABLE seen (n int)")
    with _connect(make_database()) as second:
        found = second.execute("SELECT to_regclass('seen')").fetchone()

    assert found == (None,)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("appendonly", "yes"), ("appendfsync", "everysec"), ("maxmemory-policy", "noeviction")],
    ids=["log on", "synced each second", "evicts nothing"],
)
def test_redis_keeps_what_it_was_given(redis_url: str, setting: str, value: str):
    client = redis.Redis.from_url(redis_url, decode_responses=True)

    assert client.config_get(setting) == {setting: value}
    client.close()


def test_redis_listens_on_no_tcp_port(redis_url: str):
    client = redis.Redis.from_url(redis_url, decode_responses=True)

    assert client.config_get("port") == {"port": "0"}
    client.close()
