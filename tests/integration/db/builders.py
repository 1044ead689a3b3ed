"""Jobs, events and endings for the stores' tests, and the check that every test may call."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Engine, func, select, update

from db.catalogue import CatalogueStore
from db.events import EventStore
from db.jobs import JobStore
from db.keys import KeyStore
from db.leases import LeaseStore
from db.models import jobs, results
from db.outbox import Outbox
from db.purge import PurgeStore
from db.records import Claim, Ending, JobRecord, Lease, NewJob
from db.tenants import TenantStore
from db.workers import WorkerStore
from engine.domain.budget import Budget, Spent
from engine.domain.canonical import digest, text_body
from engine.domain.event import EventDraft, EventType, check_chain
from engine.domain.fold import SearchView, fold
from engine.domain.ids import JobId, TenantId
from engine.domain.job_status import JobStatus
from engine.domain.standing import SolveOutcome, StopReason

PINS = {
    "algorithm": "self_consistency",
    "algorithm_version": 1,
    "settings": {},
    "root_search_id": "root",
    "seed": 7,
    "serving": {
        "model": "svend-mini",
        "model_fingerprint": "abc123abc123",
        "profile": "mini",
        "prompt_ids": {"solve": "solve@1"},
        "canonicaliser": "exact@1",
        "calibrator": "none",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Every store on one engine."""

    engine: Engine
    jobs: JobStore
    events: EventStore
    leases: LeaseStore
    outbox: Outbox
    keys: KeyStore
    tenants: TenantStore
    catalogue: CatalogueStore
    workers: WorkerStore
    purge: PurgeStore


def make_stores(engine: Engine) -> Stores:
    return Stores(
        engine=engine,
        jobs=JobStore(engine),
        events=EventStore(engine),
        leases=LeaseStore(engine),
        outbox=Outbox(engine),
        keys=KeyStore(engine, [b"pepper"]),
        tenants=TenantStore(engine),
        catalogue=CatalogueStore(engine),
        workers=WorkerStore(engine),
        purge=PurgeStore(engine),
    )


def new_job(tenant_id: TenantId, queue: str, text: str = "What is 1 + 1?", **changes) -> NewJob:
    first = EventDraft(
        type=EventType.JOB_SUBMITTED,
        data={
            "problem": {"ref": digest(text_body(text)), "n_chars": len(text)},
            "budget": {"tokens": 1000},
            "pins": PINS,
        },
    )
    given = {
        "job_id": JobId(uuid.uuid4().hex),
        "tenant_id": tenant_id,
        "problem_text": text,
        "strategy": "self_consistency",
        "budget": Budget(tokens=1000),
        "first": first,
        "queue": queue,
    }
    return NewJob(**{**given, **changes})


def note(text: str = "noted") -> EventDraft:
    return EventDraft(type=EventType.SEARCH_NOTED, data={"note": text})


def trial_ended(index: int, *, tokens_out: int = 5) -> EventDraft:
    return EventDraft(
        type=EventType.TRIAL_ENDED,
        trial_id=f"t{index}",
        node_id=f"n{index}",
        data={
            "memo_key": f"g.{index}",
            "model_calls": 1,
            "status": "complete",
            "reason": "stop",
            "tokens": {"in": 3, "out": tokens_out, "cached": 1},
            "timing": {"ttft_ms": 1, "total_ms": 2},
        },
    )


def success(**changes) -> Ending:
    given = {
        "status": JobStatus.SUCCEEDED,
        "outcome": SolveOutcome.UNVERIFIED,
        "stop_reason": StopReason.SOLVED,
        "result_body": {
            "answer": {"text": "2", "answer_key": "n:2", "class": "n:2"},
            "confidence": None,
            "calibration": "none",
        },
        "drafts": (EventDraft(type=EventType.SEARCH_DECIDED, at_ms=9, data={"spent": {}}),),
    }
    return Ending(**{**given, **changes})


def failure(code: str = "internal") -> Ending:
    return Ending(
        status=JobStatus.FAILED,
        stop_reason=StopReason.ERROR,
        error={"code": code, "detail": "it broke"},
    )


def append(
    stores: Stores, lease: Lease, *drafts: EventDraft, after_seq: int | None = None, **parts
):
    """Append under a lease, knowing every event before unless told which is the last known."""
    if after_seq is None:
        after_seq = read_column(stores, lease.job_id, jobs.c.last_seq)
    given = {"bodies": {}, "spent": Spent(), **parts}
    return stores.leases.append(lease, after_seq=after_seq, drafts=drafts, **given)


def finish(stores: Stores, lease: Lease, ending: Ending | None = None, *, after_seq: int = 0):
    return stores.leases.finish(
        lease, after_seq=after_seq, ending=ending or success(), bodies={}, spent=Spent()
    )


def claim(stores: Stores, queue: str, owner: str = "worker", **changes) -> Claim | None:
    return stores.leases.claim(owner, **{"lease_s": 30.0, "queues": [queue], **changes})


def read_column(stores: Stores, job_id: JobId, column):
    """Return a column of a job's row, whoever asks."""
    with stores.engine.connect() as connection:
        return connection.execute(select(column).where(jobs.c.job_id == job_id)).scalar_one()


def set_columns(stores: Stores, job_id: JobId, **columns) -> None:
    """Write a job's row behind the stores' back."""
    with stores.engine.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.job_id == job_id).values(**columns))


def expire_lease(stores: Stores, job_id: JobId) -> None:
    """Let a running job's lease run out, as if nobody had renewed it for long."""
    set_columns(
        stores,
        job_id,
        lease_until=func.now() - func.make_interval(0, 0, 0, 0, 0, 0, 1),
        lease_ttl=func.make_interval(),
    )


def check_job(stores: Stores, job: JobRecord) -> SearchView:
    """Check I3, I4 and I5 for one job: chain, epochs, fold and row agree, one result at most."""
    events = stores.events.list_events(job.tenant_id, job.job_id, limit=10_000)
    check_chain(events)
    epochs = [event.epoch for event in events]
    assert epochs == sorted(epochs)
    view = fold(events)
    row = stores.jobs.get(job.tenant_id, job.job_id)
    assert (view.status, view.last_seq) == (row.status, row.last_seq)
    with stores.engine.connect() as connection:
        head = connection.execute(
            select(jobs.c.head_hash).where(jobs.c.job_id == job.job_id)
        ).scalar_one()
        digests = connection.execute(
            select(results.c.digest).where(results.c.job_id == job.job_id)
        ).scalars()
        assert head == view.head
        expected = [view.ending["digest"]] if row.status is JobStatus.SUCCEEDED else []
        assert list(digests) == expected
    return view
