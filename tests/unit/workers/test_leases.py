from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from db.records import JobHead, JobKey, Lease, LeaseReply
from engine.domain.errors import DependencyUnavailableError
from engine.domain.ids import JobId, TenantId
from engine.ports import CancelReason
from workers.cancel import JobCancel
from workers.leases import LeaseKeeper
from workers.metrics import WorkerMetrics

LEASE_S, RENEW_S = 30.0, 10.0


class FakeStore:
    """Answers renewals as told and keeps what was asked."""

    def __init__(self) -> None:
        self.is_away = False
        self.lost: set[JobId] = set()
        self.cancelled: set[JobId] = set()
        self.last_seqs: dict[JobId, int] = {}
        self.renewed: list[list[Lease]] = []

    def renew(self, leases: Sequence[Lease], *, lease_s: float) -> Mapping[JobId, LeaseReply]:
        if self.is_away:
            raise DependencyUnavailableError
        self.renewed.append(list(leases))
        return {
            lease.job_id: LeaseReply(
                is_held=lease.job_id not in self.lost,
                is_cancel_requested=lease.job_id in self.cancelled,
            )
            for lease in leases
        }

    def list_last_seqs(self, keys: Sequence[JobKey]) -> Mapping[JobId, JobHead]:
        return {
            key.job_id: JobHead(
                last_seq=self.last_seqs.get(key.job_id, 0), version=1, is_terminal=False
            )
            for key in keys
        }


class Stage:
    """A keeper on a clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.store = FakeStore()
        self.metrics = WorkerMetrics()
        self.keeper = LeaseKeeper(
            self.store,
            self.store,
            lease_s=LEASE_S,
            renew_s=RENEW_S,
            now_s=lambda: self.now_s,
            metrics=self.metrics,
        )

    def count_fenced(self) -> float:
        name = "svend_fenced_writes_total"
        return self.metrics.registry.get_sample_value(name, {"write": "renewal"}) or 0.0

    def hold(self, name: str, epoch: int = 1) -> JobCancel:
        cancel = JobCancel(asyncio.get_running_loop())
        self.keeper.hold(make_lease(name, epoch), cancel, lambda: 0, self.now_s)
        return cancel


@pytest.fixture
def stage() -> Stage:
    return Stage()


def make_lease(name: str, epoch: int = 1) -> Lease:
    return Lease(job_id=JobId(name), tenant_id=TenantId("t"), epoch=epoch, attempt=epoch)


async def test_all_leases_are_renewed_in_one_call(stage: Stage) -> None:
    stage.hold("a")
    stage.hold("b")
    stage.now_s += RENEW_S

    stage.keeper.keep()

    assert stage.store.renewed == [[make_lease("a"), make_lease("b")]]


async def test_nothing_is_renewed_before_its_time(stage: Stage) -> None:
    stage.hold("a")
    stage.now_s += RENEW_S - 1

    stage.keeper.keep()

    assert stage.store.renewed == []


async def test_a_lease_that_is_another_s_fences_its_search_alone(stage: Stage) -> None:
    lost, kept = stage.hold("a"), stage.hold("b")
    stage.store.lost.add(JobId("a"))
    stage.now_s += RENEW_S

    stage.keeper.keep()

    assert lost.reason() is CancelReason.FENCED
    assert kept.reason() is None


async def test_a_cancel_is_noticed_when_the_log_moves(stage: Stage) -> None:
    cancel = stage.hold("a")
    stage.store.cancelled.add(JobId("a"))
    stage.keeper.keep()
    assert cancel.reason() is None

    stage.store.last_seqs[JobId("a")] = 9
    stage.keeper.keep()

    assert cancel.reason() is CancelReason.CANCEL


async def test_an_unconfirmed_lease_is_fenced_before_it_runs_out(stage: Stage) -> None:
    cancel = stage.hold("a")
    stage.store.is_away = True
    stage.now_s += LEASE_S - 6
    stage.keeper.keep()
    stage.keeper.fence_overdue()
    assert cancel.reason() is None

    stage.now_s += 2
    stage.keeper.fence_overdue()

    assert cancel.is_fenced


async def test_a_renewal_counts_from_before_it_was_asked_for(stage: Stage) -> None:
    cancel = stage.hold("a")
    stage.now_s += RENEW_S
    asked = stage.store.renew

    def renew_slowly(leases: Sequence[Lease], *, lease_s: float) -> Mapping[JobId, LeaseReply]:
        replies = asked(leases, lease_s=lease_s)
        stage.now_s += 26
        return replies

    stage.store.renew = renew_slowly
    stage.keeper.keep()
    stage.keeper.fence_overdue()

    assert cancel.is_fenced


async def test_a_job_claimed_again_here_fences_the_search_before(stage: Stage) -> None:
    old = stage.hold("a", epoch=1)

    new = stage.hold("a", epoch=2)
    stage.keeper.drop(make_lease("a", epoch=1))

    assert old.is_fenced
    assert new.reason() is None
    assert stage.keeper.list_leases() == [make_lease("a", epoch=2)]


async def test_a_job_claimed_while_draining_is_drained_too(stage: Stage) -> None:
    before = stage.hold("a")

    stage.keeper.drain()

    assert before.reason() is CancelReason.DRAIN
    assert stage.hold("b").reason() is CancelReason.DRAIN


async def test_a_dropped_lease_is_neither_renewed_nor_fenced(stage: Stage) -> None:
    cancel = stage.hold("a")
    stage.keeper.drop(make_lease("a"))
    stage.now_s += LEASE_S * 2

    stage.keeper.keep()
    stage.keeper.fence_overdue()

    assert stage.store.renewed == []
    assert cancel.reason() is None


async def test_a_job_that_just_ended_is_no_loss(stage: Stage) -> None:
    cancel = stage.hold("a")
    stage.keeper.expect_end(make_lease("a"))
    stage.store.lost.add(JobId("a"))
    stage.now_s += RENEW_S

    stage.keeper.keep()

    assert stage.store.renewed == [[make_lease("a")]]
    assert cancel.reason() is None
    assert stage.count_fenced() == 0


async def test_an_ending_that_the_database_keeps_waiting_is_fenced(stage: Stage) -> None:
    cancel = stage.hold("a")
    stage.keeper.expect_end(make_lease("a"))
    stage.now_s += LEASE_S

    stage.keeper.fence_overdue()

    assert cancel.is_fenced
    assert stage.count_fenced() == 1
