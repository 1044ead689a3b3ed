"""Nothing but a commit under way keeps an outcome from being committed: no timer, no batch size.

The clock of these searches stands still. What waited for a time would wait for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.event import EventType
from engine.ports import Choice, FinishReason
from engine.search.self_consistency import SelfConsistency
from tests.unit.engine.runner.harness import Bench

# The fewest of nine samples that can decide the vote: so many are asked for at once.
N_ASKED = 5
MAX_TURNS = 10_000


class DoledModel:
    """Ends a sample when the test says so, and counts those that the search has taken."""

    def __init__(self):
        self.ended: asyncio.Queue[int] = asyncio.Queue()
        self.n_asked = 0
        self.n_taken = 0

    async def generate(self, request, cancel):
        self.n_asked += request.n
        for _ in range(request.n):
            index = await self.ended.get()
            yield Choice(index=index, text="Answer: 4", finish_reason=FinishReason.STOP)
            # Asked for the next one, the search has put this one down.
            self.n_taken += 1


class HeldLog(InMemoryEventLog):
    """Notes what each append brought, and lets none return while it is held."""

    def __init__(self):
        super().__init__()
        self.batches: list[list[tuple[EventType, int | None]]] = []
        self.may_commit = asyncio.Event()
        self.may_commit.set()

    async def append(self, drafts, bodies):
        self.batches.append([(draft.type, draft.rank) for draft in drafts])
        await self.may_commit.wait()
        return await super().append(drafts, bodies)

    def count_appends(self) -> int:
        return len(self.batches)


class Stage:
    """A search whose samples and commits the test lets through one by one."""

    def __init__(self):
        self.model, self.log = DoledModel(), HeldLog()
        bench = Bench(model=self.model, log=self.log, algorithm=SelfConsistency(samples=9))
        self.search = asyncio.create_task(bench.run())

    async def begin(self) -> int:
        """Wait until the samples are asked for; returns how many appends that took."""
        await until(lambda: self.model.n_asked == N_ASKED)
        return self.log.count_appends()

    async def end_samples(self, *indices: int) -> None:
        """Let samples end, and wait until the search has them all."""
        n_taken = self.model.n_taken + len(indices)
        for index in indices:
            self.model.ended.put_nowait(index)
        await until(lambda: self.model.n_taken == n_taken)

    async def finish(self, *indices: int) -> None:
        """Let the last samples end, and the search with them."""
        await self.end_samples(*indices)
        await self.search


async def until(is_so: Callable[[], bool]) -> None:
    """Let the search go on until it is so; where time stands still, all it can need is turns."""
    for _ in range(MAX_TURNS):
        if is_so():
            return
        await asyncio.sleep(0)
    raise AssertionError("the search waits for something else")


def ended(*ranks: int) -> list[tuple[EventType, int | None]]:
    return [(EventType.TRIAL_ENDED, rank) for rank in ranks]


async def test_an_outcome_is_in_the_next_append():
    stage = Stage()
    n_before = await stage.begin()

    await stage.end_samples(3)
    await until(lambda: stage.log.count_appends() == n_before + 1)

    assert stage.log.batches[n_before] == ended(3)
    await stage.finish(0, 1, 2, 4)


async def test_outcomes_that_come_during_a_commit_are_all_in_the_next():
    stage = Stage()
    n_before = await stage.begin()
    stage.log.may_commit.clear()
    await stage.end_samples(0)
    await until(lambda: stage.log.count_appends() == n_before + 1)

    await stage.end_samples(2, 1, 4)
    assert stage.log.count_appends() == n_before + 1
    stage.log.may_commit.set()
    await until(lambda: stage.log.count_appends() == n_before + 2)

    assert stage.log.batches[n_before:] == [ended(0), ended(2, 1, 4)]
    await stage.finish(3)
