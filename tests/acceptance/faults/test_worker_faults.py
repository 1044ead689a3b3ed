"""F4, F6, F20: workers die, sleep and leave; each job still ends once, from where it stood."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest

from engine.domain.event import Event, EventType
from engine.domain.job_status import JobStatus
from tests.acceptance.faults.farm import Farm, wait_until
from tests.fakes.model_server import FakeModelServer

LEASE = {
    "lease_s": 4,
    "renew_s": 0.5,
    "reap_s": 0.2,
    "reconcile_s": 0.2,
    "republish_s": 5,
    "max_attempts": 50,
}
N_JOBS = 40
SCATTERED = {"samples": 8, "settings": {"temperature": 1.0}}


def scatter(prompt: str, seed: int) -> str:
    """Answer so that no vote is settled early."""
    return f"Answer: {seed % 1009}"


def count_events(farm: Farm, kind: str) -> int:
    return farm.scalar("SELECT count(*) FROM events WHERE type = :kind", kind=kind)


def count_interruptions(log: Sequence[Event]) -> int:
    """Return how often a claim found a sample in flight, over all samples of a log.

    A busy machine can lose a lease without any kill; that too is an interruption, and counted.
    """
    aloft: set[str | None] = set()
    n_interrupted = 0
    for event in log:
        if event.type is EventType.TRIAL_OPENED:
            aloft.add(event.draft.trial_id)
        elif event.type is EventType.TRIAL_ENDED:
            aloft.discard(event.draft.trial_id)
        elif event.type is EventType.JOB_CLAIMED:
            n_interrupted += len(aloft)
    return n_interrupted


@pytest.mark.parametrize("seed", [4, 44])
def test_jobs_of_killed_workers_go_on_where_they_stood(
    farm: Farm, model: FakeModelServer, seed: int
) -> None:
    """F4: what was in flight is computed again, and nothing else."""
    rng = random.Random(seed)
    model.script, model.latency_s = scatter, 0.3
    jobs = farm.submit(N_JOBS, max_attempts=50, **SCATTERED)
    n_ended = 0
    for _ in range(2):
        worker = farm.start_worker(n_searches=16, **LEASE)
        n_ended += rng.randrange(20, 120)
        wait_until(
            lambda n=n_ended: count_events(farm, "trial.ended") >= n,
            f"{n_ended} samples",
            describe=farm.describe,
        )
        worker.kill()

    farm.start_worker(n_searches=16, **LEASE)
    census = farm.await_all_ended(timeout_s=120)

    assert census.by_status == {JobStatus.SUCCEEDED: N_JOBS}
    asked = Counter(
        (call.prompt, call.seed + index) for call in model.calls for index in range(call.n)
    )
    assert len(asked) == count_events(farm, "trial.ended")
    in_flight = sum(count_interruptions(farm.list_events(job_id)) for job_id in jobs)
    assert sum(asked.values()) - len(asked) <= in_flight


def test_a_worker_that_slept_through_its_lease_writes_nothing(
    farm: Farm, model: FakeModelServer
) -> None:
    """F6: its heir is in the middle of the same searches when it wakes."""
    model.script, model.latency_s = scatter, 0.5
    zombie = farm.start_worker(n_searches=8, **LEASE)
    farm.await_ready(zombie)
    farm.submit(8, max_attempts=50, samples=16, settings={"haste": 0.0})
    wait_until(lambda: count_events(farm, "trial.ended") >= 8, "samples")
    zombie.pause()
    farm.start_worker(n_searches=8, **LEASE)
    epoch = "SELECT max(epoch) FROM jobs"
    wait_until(lambda: farm.scalar(epoch) >= 2, "a claim by the heir", describe=farm.describe)

    zombie.resume()

    wait_until(lambda: "_fenced" in zombie.read_log(), "a fence", describe=farm.describe)
    # The invariants hold that no sample of the zombie's went into a log behind its heir's claim.
    census = farm.await_all_ended(timeout_s=120)
    assert census.by_status == {JobStatus.SUCCEEDED: 8}
    assert census.n_claims > 8


def test_a_worker_told_to_stop_gives_its_jobs_back(farm: Farm, model: FakeModelServer) -> None:
    """F20: it leaves within its time, no attempt is counted, no finished sample is repeated."""
    model.script, model.latency_s = scatter, 0.5
    leaver = farm.start_worker(n_searches=8, drain_s=15)
    farm.await_ready(leaver)
    jobs = farm.submit(8, samples=16, settings={"haste": 0.0})
    wait_until(lambda: count_events(farm, "trial.ended") >= 8, "samples")
    # Held, so that none of the requests it will hang up on has been answered by then.
    model.is_held = True
    wait_until(
        lambda: count_events(farm, "trial.ended") == len(model.samples) and model.n_in_flight > 0,
        "every finished sample in the log, others in flight",
        describe=farm.describe,
    )

    leaver.terminate()

    assert leaver.wait() == 0
    assert farm.count(JobStatus.RUNNING) == 0
    model.is_held = False
    farm.start_worker(n_searches=8)
    farm.await_all_ended()
    assert {farm.get(job_id).attempts for job_id in jobs} == {1}
    assert len(set(model.samples)) == len(model.samples)


def test_a_worker_told_twice_leaves_at_once(farm: Farm, model: FakeModelServer) -> None:
    """F20: the leases it leaves behind run out, and others go on."""
    model.latency_s = 600
    hurried = farm.start_worker(n_searches=4, drain_s=600, **LEASE)
    farm.await_ready(hurried)
    farm.submit(4, max_attempts=50)
    wait_until(lambda: model.n_in_flight >= 4, "requests in flight")
    hurried.pause()

    hurried.terminate()
    hurried.resume()
    wait_until(lambda: "drain_begun" in hurried.read_log(), "the drain")
    if hurried.process.exit_code() is None:
        hurried.terminate()

    hurried.wait()
    model.latency_s = 0
    farm.start_worker(n_searches=4, **LEASE)
    assert farm.await_all_ended().by_status == {JobStatus.SUCCEEDED: 4}
