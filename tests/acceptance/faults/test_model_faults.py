"""F29: the model server dies, refuses or is not there yet; jobs wait for it, and none fails."""

from __future__ import annotations

from engine.domain.job_status import JobStatus
from tests.acceptance.faults.farm import Farm, wait_until
from tests.fakes.model_server import FakeModelServer


def test_a_killed_model_server_delays_jobs_and_fails_none(
    farm: Farm, model: FakeModelServer
) -> None:
    model.latency_s = 0.4
    farm.await_ready(farm.start_worker(n_searches=8, llm_max_attempts=2))
    farm.submit(16, samples=8)
    wait_until(lambda: model.n_in_flight >= 8, "requests in flight")

    model.suspend()
    requeued = "SELECT count(*) FROM events WHERE type = 'job.requeued'"
    wait_until(lambda: farm.scalar(requeued) >= 8, "jobs given back", describe=farm.describe)
    model.resume()

    census = farm.await_all_ended(timeout_s=120)
    assert census.by_status == {JobStatus.SUCCEEDED: 16}
    assert farm.scalar("SELECT max(attempts) FROM jobs") == 1


def test_a_server_that_is_overloaded_for_a_while_is_asked_again(
    farm: Farm, model: FakeModelServer
) -> None:
    farm.await_ready(farm.start_worker())
    model.refuse(429, 4)
    model.refuse(503, 4)

    farm.submit(4)

    census = farm.await_all_ended()
    assert census.by_status == {JobStatus.SUCCEEDED: 4}
    assert census.n_claims == 4


def test_jobs_wait_for_a_model_server_that_comes_late(farm: Farm, model: FakeModelServer) -> None:
    model.suspend()
    worker = farm.start_worker()
    farm.submit(4)
    wait_until(lambda: "model_not_found" in worker.read_log(), "a search for the model")

    model.resume()

    census = farm.await_all_ended()
    assert census.by_status == {JobStatus.SUCCEEDED: 4}
    assert census.n_claims == 4
