"""Real servers for the tests that need them, started once a session on first use."""

from __future__ import annotations

import itertools
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from hypothesis import HealthCheck, settings
from psycopg import sql
from xdist.scheduler import LoadScopeScheduling

from ops.postgres import ROLE, PostgresServer
from ops.process import ManagedProcess, ProcessSpec, start_process, wait_until
from ops.redis import RedisServer
from ops.sockets import private_folder

# How long an example takes says how busy the machine is, and nothing about the rule.
settings.register_profile(
    "svend", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("svend")

START_TIMEOUT_S = 60.0
REDIS_DATABASES = 16
STACKS = "tests/acceptance/"

# A shell starts what runs in the background deaf to Ctrl-C, and so would be every process that a
# test starts and then interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


class ByFile(LoadScopeScheduling):
    """Keeps a file's tests in one process, and everything that needs a whole stack in another.

    Two model servers or two stacks at once would each be slower than the tests' patience.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return STACKS if file.startswith(STACKS) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Spread the tests over processes, where there are several."""
    return ByFile(config, log)


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder on a path short enough for sockets, which any user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="svend-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server(server_folder: Path) -> Iterator[PostgresServer]:
    """A running PostgreSQL with the role `svend` and nothing in it."""
    server = PostgresServer(
        data_folder=server_folder / "postgres",
        socket_folder=private_folder(server_folder, "p"),
        log=server_folder / "postgres.log",
        admin_password="admin-in-tests",
        password="svend-in-tests",
        # Nothing in a test outlives the machine, and a sync for each commit is most of its time.
        settings={"fsync": "off", "full_page_writes": "off"},
    )
    server.prepare()
    with _running(server.spec(), server.is_ready):
        server.provision()
        yield server


@pytest.fixture(scope="session")
def make_database(postgres_server: PostgresServer) -> Callable[..., str]:
    """A function that makes a database, a copy of `template` if given, and returns its URL."""
    numbers = itertools.count(1)

    def make(template: str = "template1") -> str:
        name = f"test_{next(numbers)}"
        create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(ROLE), sql.Identifier(template)
        )
        with _admin(postgres_server) as connection:
            connection.execute(create)
        return postgres_server.url(name)

    return make


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer, make_database: Callable[..., str]) -> str:
    """The name of a database with every migration applied, to make copies of."""
    from db.migrate import upgrade  # noqa: PLC0415 - tests of other parts run without it

    url = make_database()
    upgrade(url)
    name = url.partition("@/")[2].partition("?")[0]
    forbid = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name))
    with _admin(postgres_server) as connection:
        connection.execute(forbid)
    return name


@pytest.fixture(scope="module")
def postgres_url(make_database: Callable[..., str]) -> str:
    """The URL of an empty database of the test module's own."""
    return make_database()


@pytest.fixture(scope="module")
def database_url(make_database: Callable[..., str], migrated_template: str) -> str:
    """The URL of a migrated database of the test module's own."""
    return make_database(migrated_template)


@pytest.fixture(scope="session")
def redis_server(server_folder: Path) -> Iterator[RedisServer]:
    """A running Redis."""
    server = RedisServer(
        data_folder=server_folder / "redis",
        socket_folder=private_folder(server_folder, "r"),
        log=server_folder / "redis.log",
    )
    server.prepare()
    with _running(server.spec(), server.is_ready):
        yield server


@pytest.fixture(scope="session")
def _redis_numbers() -> Iterator[int]:
    return itertools.cycle(range(REDIS_DATABASES))


@pytest.fixture(scope="module")
def redis_url(redis_server: RedisServer, _redis_numbers: Iterator[int]) -> str:
    """The URL of an empty Redis database of the test module's own."""
    url = redis_server.url(next(_redis_numbers))
    client = redis.Redis.from_url(url)
    client.flushdb()
    client.close()
    return url


@contextmanager
def _running(spec: ProcessSpec, is_ready: Callable[[], bool]) -> Iterator[ManagedProcess]:
    process = start_process(spec)
    try:
        if not wait_until(is_ready, START_TIMEOUT_S):
            pytest.fail(f"{spec.name} did not start:\n{spec.log.read_text()}")
        yield process
    finally:
        process.stop()


@contextmanager
def _admin(server: PostgresServer) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    url = server.admin_url().replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
