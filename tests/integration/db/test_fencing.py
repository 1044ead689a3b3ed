"""A lease that was lost writes nothing, whoever held it and whatever its name."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.domain.errors import FencedError
from engine.domain.job_status import JobStatus
from tests.integration.db.builders import (
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


@pytest.fixture
def zombie(stores, job, claimed):
    """A lease that ran out."""
    expire_lease(stores, job.job_id)
    return claimed.lease


@pytest.fixture
def heir(stores, zombie, queue):
    """The same worker, under the same name, with the job that it had lost."""
    return claim(stores, queue, owner="worker").lease


WRITES = {
    "append": lambda stores, lease: append(stores, lease, note()),
    "append-nothing": append,
    "finish": finish,
    "fail": lambda stores, lease: finish(stores, lease, failure()),
    "release": lambda stores, lease: stores.leases.release(lease, "drain"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_the_zombie_of_the_same_name_writes_nothing(stores, job, zombie, heir, write):
    before = stores.jobs.get(job.tenant_id, job.job_id)

    with pytest.raises(FencedError):
        write(stores, zombie)
    assert stores.jobs.get(job.tenant_id, job.job_id) == before
    check_job(stores, job)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_after_the_reaper_the_zombie_writes_nothing(stores, job, zombie, write):
    stores.leases.reap()
    before = stores.jobs.get(job.tenant_id, job.job_id)
    assert before.status is JobStatus.QUEUED

    with pytest.raises(FencedError):
        write(stores, zombie)
    assert stores.jobs.get(job.tenant_id, job.job_id) == before


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_after_another_end_nobody_writes(stores, job, claimed, write):
    ended, _ = finish(stores, claimed.lease, failure("another"))

    with pytest.raises(FencedError):
        write(stores, claimed.lease)
    assert stores.jobs.get(job.tenant_id, job.job_id) == ended


@pytest.mark.parametrize("ending", [success(), failure()], ids=["succeeded", "failed"])
def test_the_same_end_again_is_the_end_there_was(stores, job, claimed, ending):
    ended, events = finish(stores, claimed.lease, ending, after_seq=2)

    assert finish(stores, claimed.lease, ending, after_seq=2) == (ended, events)
    check_job(stores, job)


def test_an_end_by_the_reaper_is_not_the_workers(stores, tenant, queue):
    job = stores.jobs.submit(new_job(tenant, queue, max_attempts=1)).job
    lease = claim(stores, queue).lease
    expire_lease(stores, job.job_id)
    stores.leases.reap()

    with pytest.raises(FencedError):
        finish(stores, lease, failure())


def test_events_that_were_committed_late_are_not_written_again(stores, job, claimed):
    append(stores, claimed.lease, note("once"), after_seq=2, bodies={"d" * 64: b"body"})
    stores.jobs.request_cancel(job.tenant_id, job.job_id)
    known = append(stores, claimed.lease, note("once"), after_seq=2)

    assert [event.seq for event in known] == [3, 4]
    assert stores.events.list_events(job.tenant_id, job.job_id, after=2) == known
    check_job(stores, job)


def test_events_of_others_do_not_stand_for_ones_own(stores, job, claimed):
    stores.jobs.request_cancel(job.tenant_id, job.job_id)

    assert [event.seq for event in append(stores, claimed.lease, note(), after_seq=2)] == [3, 4]


def test_a_zombies_bodies_and_spending_are_not_kept(stores, job, zombie, heir):
    with pytest.raises(FencedError):
        append(stores, zombie, note(), bodies={"d" * 64: b"body"})

    assert stores.events.find_body(job.tenant_id, job.job_id, "d" * 64) is None


def test_the_zombie_does_not_renew_the_heirs_lease(stores, job, zombie, heir):
    assert not stores.leases.renew([zombie], lease_s=30)[job.job_id].is_held
    assert stores.leases.renew([heir], lease_s=30)[job.job_id].is_held


def test_a_lapsed_lease_goes_on_while_nobody_claims(stores, job, zombie):
    assert stores.leases.renew([zombie], lease_s=30)[job.job_id].is_held
    append(stores, zombie, note())
    assert stores.leases.reap() == []
    check_job(stores, job)


def test_renewal_holds_each_lease_by_itself(stores, tenant, queue, zombie, heir):
    stores.jobs.submit(new_job(tenant, queue))
    other = claim(stores, queue).lease

    replies = stores.leases.renew([zombie, other], lease_s=30)
    assert {job_id: reply.is_held for job_id, reply in replies.items()} == {
        zombie.job_id: False,
        other.job_id: True,
    }
    assert stores.leases.renew([], lease_s=30) == {}


def test_one_of_two_finishes_at_once_wins(stores, tenant, queue):
    for _ in range(20):
        job = stores.jobs.submit(new_job(tenant, queue)).job
        zombie = claim(stores, queue).lease
        expire_lease(stores, job.job_id)
        heir = claim(stores, queue).lease
        barrier = threading.Barrier(3)

        def race(lease, barrier=barrier):
            barrier.wait()
            try:
                finish(stores, lease)
            except FencedError:
                return "fenced"
            return "won"

        # The heir's finish is delivered twice as well, as after a commit of unknown fate.
        with ThreadPoolExecutor(3) as threads:
            outcomes = list(threads.map(race, [zombie, heir, heir]))
        assert outcomes == ["fenced", "won", "won"]
        assert stores.jobs.get_result(tenant, job.job_id).body["certificate"]["epoch"] == 2
        check_job(stores, job)


def test_a_cancel_that_races_the_finish_leaves_one_end(stores, tenant, queue):
    for _ in range(20):
        job = stores.jobs.submit(new_job(tenant, queue)).job
        lease = claim(stores, queue).lease
        barrier = threading.Barrier(2)

        def cancel(job=job, barrier=barrier):
            barrier.wait()
            stores.jobs.request_cancel(job.tenant_id, job.job_id)

        def end(lease=lease, barrier=barrier):
            barrier.wait()
            finish(stores, lease)

        with ThreadPoolExecutor(2) as threads:
            for race in [threads.submit(cancel), threads.submit(end)]:
                race.result()
        assert check_job(stores, job).status is JobStatus.SUCCEEDED


def test_the_head_tells_whether_a_commit_took_place(stores, job, claimed):
    before = stores.leases.read_head(claimed.lease)
    [*_, event] = append(stores, claimed.lease, note())
    after = stores.leases.read_head(claimed.lease)

    assert (before.last_seq, before.status) == (2, JobStatus.RUNNING)
    assert (after.last_seq, after.head, after.epoch) == (3, event.hash, 1)
