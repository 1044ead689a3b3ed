from __future__ import annotations

import psycopg
import pytest
import redis
import structlog

from api.app import create_app
from api.bootstrap import build_dependencies
from db.catalogue import CatalogueStore
from db.engine import create_engine
from db.keys import KeyStore
from db.mirror import EventMirror
from db.purge import PurgeStore
from db.tenants import TenantStore
from engine.adapters.monotonic_clock import MonotonicClock
from engine.config import Settings
from engine.domain.pins import Serving
from engine.route.policy import AgreementPolicy
from engine.search.registry import publish_strategies
from engine.search.strategy import Offered
from tests.integration.api.checked_client import CheckedClient
from tests.integration.api.hand_worker import SERVING, HandWorker
from tools.publication import publish_tools
from tools.registry import local_tools

PEPPER = "pepper-of-the-tests"
TOOLS = publish_tools(local_tools(MonotonicClock()), MonotonicClock(), "no sandbox here")
EVERY_SCOPE = ("jobs:read", "jobs:write", "tools", "admin")


@pytest.fixture(autouse=True)
def _own_log_context():
    """A request's names stay bound until the next request, which may be another part's test."""
    yield
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="module")
def engine(database_url):
    engine = create_engine(database_url, pool_size=20)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def secrets_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "api-key-pepper").write_text(f"{PEPPER}\n")
    return folder


@pytest.fixture(scope="module")
def settings(database_url, redis_url, secrets_dir):
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secrets_dir=str(secrets_dir),
        max_body_bytes=65_536,
        max_wait_s=5.0,
        cors_origins=("https://app.example",),
    )


@pytest.fixture(scope="module")
def catalogue(engine):
    strategies = list(publish_strategies(Offered(policy=AgreementPolicy())))
    away = {**strategies[1], "name": "away", "is_available": False, "reason": "no verifier"}
    store = CatalogueStore(engine)
    store.publish(Serving(**SERVING), [*strategies, {**away, "is_default": False}], TOOLS)
    return store


@pytest.fixture(scope="module")
def dependencies(settings, engine, catalogue):
    dependencies = build_dependencies(settings, engine, None)
    yield dependencies
    dependencies.close()


@pytest.fixture(scope="module")
def app(dependencies):
    return create_app(dependencies)


@pytest.fixture(scope="module")
def make_key(engine):
    def make(tenant, scopes=EVERY_SCOPE):
        tenant_id = TenantStore(engine).ensure(tenant)
        return KeyStore(engine, [PEPPER.encode()]).create(tenant_id, name="test", scopes=scopes)

    return make


@pytest.fixture(scope="module")
def client(app, make_key):
    return CheckedClient(app, make_key("first").text)


@pytest.fixture(scope="module")
def other_client(app, make_key):
    return CheckedClient(app, make_key("second").text)


@pytest.fixture(scope="module")
def mirror(redis_url):
    mirror = EventMirror(redis.Redis.from_url(redis_url))
    yield mirror
    mirror.close()


@pytest.fixture(scope="module")
def worker(engine, mirror):
    return HandWorker(engine, mirror)


@pytest.fixture
def submit(client):
    def submit(**body):
        response = client.post("/v1/jobs", json={"problem": "What is 48/2 + 48?", **body})
        assert response.status_code == 202, response.text
        return response.json["id"]

    return submit


@pytest.fixture
def expire(database_url):
    """Ends a job's retention and has what it held deleted."""

    def expire(job_id):
        url = database_url.replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            connection.execute(
                "UPDATE jobs SET retain_until = now() - interval '1 day' WHERE job_id = %s",
                (job_id,),
            )
        engine = create_engine(database_url)
        PurgeStore(engine).purge_expired(100)
        engine.dispose()

    return expire
