"""One worker's parts in this process, on a real Postgres, with models that the test scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, text

from db.engine import create_engine
from db.events import EventStore
from db.jobs import JobStore
from db.leases import LeaseStore
from db.records import Claim, JobRecord, NewJob
from db.tenants import TenantStore
from engine.adapters.key_equality import KeyEquality
from engine.adapters.monotonic_clock import MonotonicClock
from engine.config import Settings
from engine.domain.budget import Budget
from engine.domain.canonical import digest, text_body
from engine.domain.event import Event, EventDraft, EventType
from engine.domain.ids import JobId, TenantId
from engine.domain.pins import Pins
from engine.domain.profile import CHAT_PROFILE
from engine.ports import ChatModel
from engine.prompts.prompt_set import load_prompt_set
from workers.database import Database
from workers.event_log import LogPorts
from workers.leases import LeaseKeeper
from workers.metrics import WorkerMetrics
from workers.mirror import MirrorQueue
from workers.offer import Offer, make_offer
from workers.solve import SolvePorts, Solver

LEASE_S = 30.0
QUEUE = "solve.interactive"


class SilentMirror:
    """Shows events to nobody, and remembers which."""

    def __init__(self) -> None:
        self.shown: list[Event] = []

    def publish(self, tenant_id: TenantId, job_id: JobId, events: list[Event]) -> None:
        self.shown += events

    def close(self) -> None:
        """Nothing is held."""


@dataclass(kw_only=True)
class Bench:
    """Stores, and the parts of a worker that share them."""

    engine: Engine
    mirror: SilentMirror = field(default_factory=SilentMirror)
    metrics: WorkerMetrics = field(default_factory=WorkerMetrics)
    database: Database = field(default_factory=Database)
    now_s: float = 0.0

    def __post_init__(self) -> None:
        self.jobs = JobStore(self.engine)
        self.events = EventStore(self.engine)
        self.leases = LeaseStore(self.engine)
        self.tenant_id = TenantStore(self.engine).ensure("workers")
        self.queue = MirrorQueue(self.mirror, self.metrics)
        self.keeper = LeaseKeeper(
            self.leases,
            self.jobs,
            lease_s=LEASE_S,
            renew_s=10,
            now_s=lambda: self.now_s,
            metrics=self.metrics,
        )
        self.log_ports = LogPorts(
            leases=self.leases,
            events=self.events,
            database=self.database,
            mirror=self.queue,
            metrics=self.metrics,
        )

    def offer(self, **changes: Any) -> Offer:
        content = {"model": "scripted@0123456789ab", "version": "unpinned", **changes}
        return make_offer(
            profile=CHAT_PROFILE,
            prompts=load_prompt_set("chat"),
            canonicaliser=KeyEquality().canonicaliser,
            **content,
        )

    def submit(
        self,
        name: str,
        *,
        question: str = "2 + 2?",
        pins: dict[str, Any] | None = None,
        told: dict[str, Any] | None = None,
        budget: Budget | None = None,
        **options: Any,
    ) -> JobId:
        job_id = JobId(name)
        content = {
            "root_search_id": job_id,
            "algorithm": "self_consistency",
            "algorithm_version": 1,
            "settings": {"samples": 4},
            "seed": 1,
            "serving": self.offer().serving,
            **(pins or {}),
        }
        pinned = Pins(**content)
        problem = {"ref": digest(text_body(question)), "n_chars": len(question)}
        data = {"problem": problem, "budget": {}, "pins": pinned.to_data(), **(told or {})}
        self.jobs.submit(
            NewJob(
                job_id=job_id,
                tenant_id=self.tenant_id,
                problem_text=question,
                strategy=pinned.algorithm,
                budget=budget or Budget(),
                first=EventDraft(type=EventType.JOB_SUBMITTED, data=data),
                queue=QUEUE,
                **options,
            )
        )
        return job_id

    def claim(self, job_id: JobId, owner: str = "w") -> Claim:
        claim = self.leases.claim(owner, lease_s=LEASE_S, hint=job_id, queues=())
        assert claim is not None
        return claim

    def expire_lease(self, job_id: JobId) -> None:
        statement = text(
            "UPDATE jobs SET lease_until = now() - interval '1 s', lease_ttl = interval '0 s'"
            " WHERE job_id = :job_id"
        )
        with self.engine.begin() as connection:
            connection.execute(statement, {"job_id": job_id})

    def get(self, job_id: JobId) -> JobRecord:
        return self.jobs.get(self.tenant_id, job_id)

    def list_events(self, job_id: JobId) -> list[Event]:
        return list(self.events.list_events(self.tenant_id, job_id, after=0, limit=1000))

    def make_solver(self, model: ChatModel) -> Solver:
        ports = SolvePorts(
            model=lambda _asker: model,
            tools=None,
            equality=KeyEquality(),
            clock=MonotonicClock(),
            log=self.log_ports,
            keeper=self.keeper,
        )
        solver = Solver(ports, Settings())
        solver.offer = self.offer()
        return solver

    def close(self) -> None:
        self.queue.close()
        self.database.close()
        self.engine.dispose()


@pytest.fixture
async def bench(make_database: Callable[..., str], migrated_template: str) -> AsyncIterator[Bench]:
    bench = Bench(engine=create_engine(make_database(migrated_template)))
    yield bench
    bench.close()
