"""When a process takes another job, and what it measures of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.scripted_model import ScriptedChatModel
from workers.dispatch import ClaimScope, Dispatcher

CAPACITY = 2


@pytest.fixture
def make_dispatcher(bench: Any) -> Callable[..., Dispatcher]:
    def make(queue: str = "solve.interactive") -> Dispatcher:
        scope = ClaimScope(owner="w", queues=(queue,), capacity=CAPACITY, lease_s=30.0)
        solver = bench.make_solver(ScriptedChatModel(["Answer: 4"]))
        dispatcher = Dispatcher(solver, bench.leases, bench.database, bench.metrics, scope=scope)
        dispatcher.open()
        return dispatcher

    return make


def count(bench: Any, histogram: str) -> float:
    return bench.metrics.registry.get_sample_value(f"{histogram}_count")


async def test_asking_in_vain_is_no_claim(bench: Any, make_dispatcher: Any) -> None:
    dispatcher = make_dispatcher()

    await dispatcher.work(None)
    assert count(bench, "svend_claim_seconds") == 0

    bench.submit("j")
    await dispatcher.work(None)
    assert count(bench, "svend_claim_seconds") == 1


async def test_the_wait_for_a_start_is_that_of_the_first_claim(
    bench: Any, make_dispatcher: Any
) -> None:
    job_id = bench.submit("j")
    bench.claim(job_id, "gone")
    bench.expire_lease(job_id)
    bench.submit("k")

    await make_dispatcher().work(None)

    assert count(bench, "svend_claim_seconds") == 2
    assert count(bench, "svend_start_seconds") == 1


async def test_a_claim_that_breaks_takes_no_slot(
    bench: Any, make_dispatcher: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher = make_dispatcher()

    def explode(*_: Any, **__: Any) -> None:
        raise LookupError

    monkeypatch.setattr(bench.leases, "claim", explode)
    with pytest.raises(LookupError):
        await dispatcher.poll()
    with pytest.raises(LookupError):
        await dispatcher.work(None)

    assert dispatcher.n_free == CAPACITY
