"""Without any fault: what the fault tests build on."""

from __future__ import annotations

from engine.domain.job_status import JobStatus
from tests.acceptance.faults.farm import Farm


def test_jobs_committed_without_a_hint_are_all_solved(farm: Farm) -> None:
    farm.start_worker()
    farm.submit(20)

    census = farm.await_all_ended()

    assert census.by_status == {JobStatus.SUCCEEDED: 20}
    assert census.n_claims == 20
