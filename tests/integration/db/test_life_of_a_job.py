"""Whatever happens in whatever order, the invariants of the durability design hold."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db.derivation import Derivation
from db.records import Ending, JobRecord, Lease
from engine.domain.budget import Spent
from engine.domain.errors import FencedError
from engine.domain.event import Event
from engine.domain.fold import Folding
from engine.domain.ids import JobId
from engine.domain.job_status import TERMINAL_STATUSES, JobStatus
from engine.domain.lineage import Relation
from tests.integration.db.builders import (
    Stores,
    append,
    check_job,
    claim,
    expire_lease,
    failure,
    finish,
    new_job,
    note,
    success,
)

MAX_JOBS = 3
MAX_ATTEMPTS = 4
CHOICES = st.integers(0, MAX_JOBS - 1)


class LifeOfAJob(RuleBasedStateMachine):
    """Callers, workers, zombies and the reaper, acting on a few jobs in any order.

    The model knows which lease of each job is the current one, and keeps every log that it has
    seen; what the stores say is compared with both after each step.
    """

    stores: Stores

    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.tenant = self.stores.tenants.ensure(uuid.uuid4().hex)
        self.queue = uuid.uuid4().hex
        self.current: dict[JobId, Lease | None] = {}
        self.lost: set[JobId] = set()
        self.ended: dict[JobId, JobRecord] = {}
        self.endings: dict[JobId, tuple[Lease, Ending]] = {}
        self.logs: dict[JobId, list[Event]] = {}
        self.foldings: dict[JobId, Folding] = {}

    @precondition(lambda self: len(self.current) < MAX_JOBS)
    @rule()
    def submit(self):
        new = new_job(self.tenant, self.queue, max_attempts=MAX_ATTEMPTS)
        self.stores.jobs.submit(new)
        self.watch(new.job_id)

    @precondition(lambda self: self.ended and len(self.current) < MAX_JOBS)
    @rule(choice=CHOICES)
    def extend(self, choice):
        source_id = list(self.ended)[choice % len(self.ended)]
        new = new_job(self.tenant, self.queue, max_attempts=MAX_ATTEMPTS)
        derivation = Derivation(source_id=source_id, relation=Relation.EXTENDED)
        self.stores.jobs.derive(new, derivation)
        self.watch(new.job_id)

    @precondition(lambda self: self.current)
    @rule(choice=CHOICES)
    def finish_early(self, choice):
        self.stores.jobs.request_finish(self.tenant, self.pick(choice))

    @rule(target=leases)
    def claim(self):
        return self.take(hint=None)

    @precondition(lambda self: self.current)
    @rule(target=leases, choice=CHOICES)
    def claim_by_hint(self, choice):
        return self.take(hint=self.pick(choice))

    @precondition(lambda self: self.current)
    @rule(target=leases, choice=CHOICES)
    def take_over(self, choice):
        self.lose_worker(choice)
        return self.take(hint=self.pick(choice))

    @rule(lease=leases)
    def append(self, lease):
        self.write(
            lease,
            lambda: append(self.stores, lease, note(), spent=Spent(tokens_out=1)),
        )

    @rule(lease=leases)
    def renew(self, lease):
        reply = self.stores.leases.renew([lease], lease_s=30)[lease.job_id]
        assert reply.is_held == (self.current[lease.job_id] == lease)
        if reply.is_held:
            self.lost.discard(lease.job_id)

    @rule(lease=leases, ending=st.sampled_from([success(), failure()]))
    def finish(self, lease, ending):
        if self.endings.get(lease.job_id) == (lease, ending):
            assert finish(self.stores, lease, ending)[0] == self.ended[lease.job_id]
            return
        if self.current[lease.job_id] == lease:
            self.endings[lease.job_id] = lease, ending
        self.write(lease, lambda: finish(self.stores, lease, ending), is_last=True)

    @rule(lease=leases)
    def release(self, lease):
        self.write(lease, lambda: self.stores.leases.release(lease, "drain"), is_last=True)

    @precondition(lambda self: self.current)
    @rule(choice=CHOICES)
    def cancel(self, choice):
        self.stores.jobs.request_cancel(self.tenant, self.pick(choice))

    @precondition(lambda self: self.current)
    @rule(choice=CHOICES)
    def lose_worker(self, choice):
        job_id = self.pick(choice)
        if self.current[job_id] is not None:
            expire_lease(self.stores, job_id)
            self.lost.add(job_id)

    @rule()
    def reap(self):
        reaped = {job.job_id for job in self.stores.leases.reap()} & self.current.keys()
        assert reaped == self.lost
        for job_id in reaped:
            self.let_go(job_id)

    @invariant()
    def stores_and_model_agree(self):
        waiting = {job.job_id for job in self.stores.outbox.list_unpublished(10_000, 0)}
        jobs = self.stores.jobs.list_page(self.tenant, limit=MAX_JOBS).jobs
        assert {job.job_id for job in jobs} == self.current.keys()
        for job in jobs:
            self.check_log(job)
            self.check_state(job, is_waiting=job.job_id in waiting)

    def teardown(self):
        for job_id, events in self.logs.items():
            stored = self.stores.events.list_events(self.tenant, job_id)
            assert stored[: len(events)] == events
            check_job(self.stores, self.stores.jobs.get(self.tenant, job_id))

    def check_log(self, job):
        """Check that what is new follows what was seen, without a gap, and tells of the state."""
        log, folding = self.logs[job.job_id], self.foldings[job.job_id]
        for event in self.stores.events.list_events(self.tenant, job.job_id, after=len(log)):
            folding.add(event)
            log.append(event)
        view = folding.view()
        assert (view.status, view.last_seq) == (job.status, job.last_seq)
        assert view.is_cancel_requested <= job.is_cancel_requested

    def check_state(self, job, *, is_waiting):
        assert job.attempts <= MAX_ATTEMPTS
        assert is_waiting == (job.status is JobStatus.QUEUED)
        if job.status in TERMINAL_STATUSES:
            assert self.ended.setdefault(job.job_id, job) == job
            self.let_go(job.job_id)
        held = self.current[job.job_id]
        assert (held is not None) == (job.status is JobStatus.RUNNING)
        assert held is None or held.epoch == job.epoch

    def watch(self, job_id) -> None:
        self.current[job_id] = None
        self.logs[job_id] = []
        self.foldings[job_id] = Folding()

    def pick(self, choice) -> JobId:
        return list(self.current)[choice % len(self.current)]

    def take(self, hint):
        got = claim(self.stores, self.queue, hint=hint, owner="same-name")
        if got is None:
            return multiple()
        job_id = got.lease.job_id
        assert self.current[job_id] is None or job_id in self.lost
        self.lost.discard(job_id)
        self.current[job_id] = got.lease
        return got.lease

    def write(self, lease, write, *, is_last=False) -> None:
        """Carry out a write, which must succeed under the current lease and under no other."""
        is_current = self.current[lease.job_id] == lease
        try:
            write()
        except FencedError:
            assert not is_current
        else:
            assert is_current
            if is_last:
                self.let_go(lease.job_id)

    def let_go(self, job_id) -> None:
        self.current[job_id] = None
        self.lost.discard(job_id)


@pytest.mark.timeout(180)
def test_invariants_hold_whatever_happens(stores):
    machine = type("Machine", (LifeOfAJob,), {"stores": stores})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            # A life has few steps as it is, and shrinking against a database takes minutes.
            phases=[phase for phase in Phase if phase is not Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
