"""Whatever happens in whatever order, the invariants of the durability design hold."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db.records import JobRecord, Lease
from engine.domain.budget import Spent
from engine.domain.errors import FencedError
from engine.domain.job_status import TERMINAL_STATUSES, JobStatus
from tests.integration.db.builders import (
    Stores,
    check_job,
    claim,
    expire_lease,
    failure,
    finish,
    new_job,
    note,
    success,
)

MAX_ATTEMPTS = 3


class LifeOfAJob(RuleBasedStateMachine):
    """Callers, workers, zombies and the reaper, acting on a few jobs in any order.

    The model knows of each job which lease is the current one; the stores are asked for the rest.
    """

    stores: Stores
    names: Iterator[int] = itertools.count()

    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.tenant = self.stores.tenants.ensure(uuid.uuid4().hex)
        self.queue = uuid.uuid4().hex
        self.jobs: dict[str, JobRecord] = {}
        self.current: dict[str, Lease | None] = {}
        self.ended: dict[str, JobRecord] = {}
        self.seen: dict[str, list[bytes]] = {}

    def pick(self, choice: int) -> JobRecord:
        return list(self.jobs.values())[choice % len(self.jobs)]

    def write(self, lease: Lease, write) -> None:
        """Carry out a write, which must succeed under the current lease and under no other."""
        is_current = self.current[lease.job_id] == lease
        try:
            write()
        except FencedError:
            assert not is_current
        else:
            assert is_current

    @precondition(lambda self: len(self.jobs) < 3)
    @rule()
    def submit(self):
        new = new_job(self.tenant, self.queue, max_attempts=MAX_ATTEMPTS)
        self.jobs[new.job_id] = self.stores.jobs.submit(new).job
        self.current[new.job_id] = None

    @rule(target=leases, is_hinted=st.booleans(), choice=st.integers(0, 2))
    def claim(self, is_hinted, choice):
        hint = self.pick(choice).job_id if is_hinted and self.jobs else None
        got = claim(self.stores, self.queue, hint=hint, owner="same-name")
        if got is None:
            return None
        assert self.is_free(got.job.job_id)
        self.current[got.job.job_id] = got.lease
        return got.lease

    @rule(lease=leases)
    def append(self, lease):
        if lease is not None:
            self.write(
                lease,
                lambda: self.stores.leases.append(
                    lease, after_seq=0, drafts=[note()], bodies={}, spent=Spent(tokens_out=1)
                ),
            )

    @rule(lease=leases)
    def renew(self, lease):
        if lease is not None:
            reply = self.stores.leases.renew([lease], lease_s=30)[lease.job_id]
            assert reply.is_held == (self.current[lease.job_id] == lease)

    @rule(lease=leases, ending=st.sampled_from([success(), failure()]))
    def finish(self, lease, ending):
        if lease is not None:
            self.write(lease, lambda: finish(self.stores, lease, ending))
            self.note_end(lease)

    @rule(lease=leases)
    def release(self, lease):
        if lease is not None:
            self.write(lease, lambda: self.stores.leases.release(lease, "drain"))
            self.note_end(lease)

    @precondition(lambda self: self.jobs)
    @rule(choice=st.integers(0, 2))
    def cancel(self, choice):
        job = self.pick(choice)
        self.stores.jobs.request_cancel(self.tenant, job.job_id)

    @precondition(lambda self: self.jobs)
    @rule(choice=st.integers(0, 2))
    def lose_worker(self, choice):
        job = self.pick(choice)
        if self.status(job.job_id) is JobStatus.RUNNING:
            expire_lease(self.stores, job.job_id)

    @rule()
    def reap(self):
        for reaped in self.stores.leases.reap():
            if reaped.job_id in self.jobs:
                self.current[reaped.job_id] = None

    def status(self, job_id) -> JobStatus:
        return self.stores.jobs.get(self.tenant, job_id).status

    def is_free(self, job_id) -> bool:
        """Whether a claim was allowed: nobody held the job, or its holder had let go of it."""
        before_claim = self.stores.events.list_events(self.tenant, job_id)[-2]
        is_lost = before_claim.data.get("reason") == "worker-lost"
        return self.current[job_id] is None or is_lost

    def note_end(self, lease) -> None:
        if self.current[lease.job_id] == lease:
            self.current[lease.job_id] = None

    @invariant()
    def each_log_is_one_chain_that_only_grows(self):
        for job in self.jobs.values():
            check_job(self.stores, job)
            events = self.stores.events.list_events(self.tenant, job.job_id)
            encoded = [event.encoded for event in events]
            before = self.seen.get(job.job_id, [])
            assert encoded[: len(before)] == before
            self.seen[job.job_id] = encoded

    @invariant()
    def ended_jobs_never_change(self):
        for job_id in self.jobs:
            job = self.stores.jobs.get(self.tenant, job_id)
            if job.status in TERMINAL_STATUSES:
                assert self.ended.setdefault(job_id, job) == job
                self.current[job_id] = None

    @invariant()
    def a_job_that_waits_can_be_found(self):
        found = {job.job_id for job in self.stores.outbox.list_unpublished(10_000, 0)}
        for job_id, job in self.jobs.items():
            status = self.status(job.job_id)
            assert (job_id in found) == (status is JobStatus.QUEUED)

    @invariant()
    def no_job_is_tried_too_often(self):
        for job_id in self.jobs:
            assert self.stores.jobs.get(self.tenant, job_id).attempts <= MAX_ATTEMPTS


@pytest.mark.timeout(120)
def test_invariants_hold_whatever_happens(stores):
    machine = type("Machine", (LifeOfAJob,), {"stores": stores})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
