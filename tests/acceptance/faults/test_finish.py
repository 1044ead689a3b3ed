"""A real worker that is told to finish, while its model server takes its time."""

from __future__ import annotations

from engine.domain.job_status import JobStatus
from engine.domain.standing import StopReason
from tests.acceptance.faults.farm import Farm, wait_until
from tests.fakes.model_server import FakeModelServer
from tests.invariants import check_invariants


def test_a_search_told_to_finish_drops_what_is_in_flight(
    farm: Farm, model: FakeModelServer
) -> None:
    model.latency_s = 600
    farm.start_worker()
    (job_id,) = farm.submit()
    wait_until(lambda: model.n_in_flight > 0, "a request in flight")

    farm.jobs.request_finish(farm.tenant_id, job_id)
    farm.await_all_ended()

    job = farm.get(job_id)
    assert (job.status, job.stop_reason) == (JobStatus.SUCCEEDED, StopReason.HARVESTED)
    assert model.n_dropped > 0
    check_invariants(farm.engine)
