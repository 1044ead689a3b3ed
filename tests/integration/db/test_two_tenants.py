"""Every public method of every store, called with another tenant's ids.

The walk reads the stores themselves: a method added later has to be put into one of the two tables
below, or this module fails.
"""

from __future__ import annotations

import inspect
import uuid

import pytest

from db.catalogue import CatalogueStore
from db.derivation import Derivation
from db.events import EventStore
from db.jobs import JobStore
from db.keys import KeyStore
from db.leases import LeaseStore
from db.outbox import Outbox
from db.purge import PurgeStore
from db.records import IdempotencyKey, JobKey, Lease
from db.tenants import TenantStore
from db.workers import WorkerStore
from engine.domain.errors import FencedError, JobNotFoundError
from engine.domain.lineage import Relation
from tests.integration.db.builders import append, check_job, finish, new_job, note

STORES = (
    CatalogueStore,
    EventStore,
    JobStore,
    KeyStore,
    LeaseStore,
    Outbox,
    PurgeStore,
    TenantStore,
    WorkerStore,
)

# Those that belong to the installation, and why no tenant is named.
INSTALLATION = {
    (CatalogueStore, "publish"): "the same for every tenant",
    (CatalogueStore, "find"): "the same for every tenant",
    (KeyStore, "authenticate"): "finds out which tenant calls",
    (LeaseStore, "claim"): "a worker serves every tenant; the claim names the job's",
    (LeaseStore, "reap"): "the reaper serves every tenant",
    (Outbox, "list_unpublished"): "the reconciler serves every tenant",
    (Outbox, "mark_published"): "sets a time that no caller sees",
    (Outbox, "forget_published"): "the reconciler serves every tenant",
    (Outbox, "try_lead"): "touches no job",
    (PurgeStore, "purge_expired"): "goes by each job's own time of retention",
    (TenantStore, "ensure"): "makes tenants",
    (WorkerStore, "beat"): "workers serve every tenant",
    (WorkerStore, "list_live"): "workers serve every tenant",
    (WorkerStore, "forget"): "workers serve every tenant",
}


class World:
    """One tenant's running job, key and idempotency key, and a stranger."""

    def __init__(self, stores, tenant, queue):
        self.stores = stores
        self.idempotency = IdempotencyKey(key=queue, fingerprint="f")
        self.job = stores.jobs.submit(new_job(tenant, queue), self.idempotency).job
        self.lease = stores.leases.claim("w", lease_s=30, queues=[queue]).lease
        append(stores, self.lease, note(), bodies={"d" * 64: b"body"})
        self.key = stores.keys.create(tenant, name="k", scopes={"admin"}).record
        self.stranger = stores.tenants.ensure(uuid.uuid4().hex)
        self.stolen = Lease(
            job_id=self.job.job_id, tenant_id=self.stranger, epoch=1, attempt=self.lease.attempt
        )
        self.head = JobKey(tenant_id=self.stranger, job_id=self.job.job_id)


def refuse(error, call):
    with pytest.raises(error):
        call()


FOREIGN = {
    (EventStore, "list_events"): lambda w: refuse(
        JobNotFoundError, lambda: w.stores.events.list_events(w.stranger, w.job.job_id)
    ),
    (EventStore, "find_body"): lambda w: refuse(
        JobNotFoundError, lambda: w.stores.events.find_body(w.stranger, w.job.job_id, "d" * 64)
    ),
    (EventStore, "find_bodies"): lambda w: expect(
        {}, w.stores.events.find_bodies(w.stranger, w.job.job_id, ["d" * 64])
    ),
    (JobStore, "submit"): lambda w: expect(
        False,
        w.stores.jobs.submit(new_job(w.stranger, uuid.uuid4().hex), w.idempotency).is_replay,
    ),
    (JobStore, "get"): lambda w: refuse(
        JobNotFoundError, lambda: w.stores.jobs.get(w.stranger, w.job.job_id)
    ),
    (JobStore, "get_result"): lambda w: refuse(
        JobNotFoundError, lambda: w.stores.jobs.get_result(w.stranger, w.job.job_id)
    ),
    (JobStore, "request_cancel"): lambda w: refuse(
        JobNotFoundError, lambda: w.stores.jobs.request_cancel(w.stranger, w.job.job_id)
    ),
    (JobStore, "request_finish"): lambda w: refuse(
        JobNotFoundError, lambda: w.stores.jobs.request_finish(w.stranger, w.job.job_id)
    ),
    (JobStore, "derive"): lambda w: refuse(
        JobNotFoundError,
        lambda: w.stores.jobs.derive(
            new_job(w.stranger, "q"),
            Derivation(source_id=w.job.job_id, relation=Relation.EXTENDED),
        ),
    ),
    (JobStore, "find_submitted"): lambda w: expect(
        None, w.stores.jobs.find_submitted(w.stranger, w.idempotency)
    ),
    (JobStore, "list_page"): lambda w: expect(
        (), w.stores.jobs.list_page(w.stranger, limit=10).jobs
    ),
    (JobStore, "list_last_seqs"): lambda w: expect({}, w.stores.jobs.list_last_seqs([w.head])),
    (KeyStore, "create"): lambda w: expect(
        w.stranger,
        w.stores.keys.create(w.stranger, name="k", scopes={"admin"}).record.tenant_id,
    ),
    (KeyStore, "list_keys"): lambda w: expect([], w.stores.keys.list_keys(w.stranger)),
    (KeyStore, "revoke"): lambda w: expect(False, w.stores.keys.revoke(w.stranger, w.key.key_id)),
    (LeaseStore, "renew"): lambda w: expect(
        False, w.stores.leases.renew([w.stolen], lease_s=30)[w.job.job_id].is_held
    ),
    (LeaseStore, "append"): lambda w: refuse(
        FencedError, lambda: append(w.stores, w.stolen, note())
    ),
    (LeaseStore, "finish"): lambda w: refuse(FencedError, lambda: finish(w.stores, w.stolen)),
    (LeaseStore, "release"): lambda w: refuse(
        FencedError, lambda: w.stores.leases.release(w.stolen, "drain")
    ),
    (LeaseStore, "read_head"): lambda w: refuse(
        JobNotFoundError, lambda: w.stores.leases.read_head(w.stolen)
    ),
}


def expect(expected, found):
    assert found == expected


def methods_of(store):
    return {
        (store, name)
        for name, _ in inspect.getmembers(store, inspect.isfunction)
        if not name.startswith("_")
    }


def test_every_method_of_every_store_is_walked():
    found = set().union(*(methods_of(store) for store in STORES))

    assert found == FOREIGN.keys() | INSTALLATION.keys()


@pytest.mark.parametrize(
    "method", FOREIGN, ids=[f"{store.__name__}.{name}" for store, name in FOREIGN]
)
def test_a_stranger_finds_and_changes_nothing(stores, tenant, queue, method):
    world = World(stores, tenant, queue)
    FOREIGN[method](world)

    assert stores.jobs.get(tenant, world.job.job_id).last_seq == 3
    assert stores.keys.list_keys(tenant) == [world.key]
    check_job(stores, world.job)
