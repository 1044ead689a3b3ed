"""A migrated database of the module's own, and in it a tenant and a queue of each test's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from db.engine import create_engine
from db.records import JobRecord
from engine.domain.ids import TenantId
from tests.integration.db.builders import Stores, make_stores, new_job


@pytest.fixture(scope="module")
def engine(database_url) -> Iterator[Engine]:
    engine = create_engine(database_url, pool_size=8)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def stores(engine) -> Stores:
    return make_stores(engine)


@pytest.fixture
def tenant(stores) -> TenantId:
    return stores.tenants.ensure(uuid.uuid4().hex)


@pytest.fixture
def queue() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def job(stores, tenant, queue) -> JobRecord:
    return stores.jobs.submit(new_job(tenant, queue)).job


@pytest.fixture
def claimed(stores, job, queue):
    return stores.leases.claim("worker", lease_s=30.0, queues=[queue])
