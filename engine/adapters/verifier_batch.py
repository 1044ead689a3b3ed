"""Asks a server about many claims at once, and gives each its judgement whatever happens.

A verifier only says how one batch is asked about. Here batches run side by side, a batch that the
server refuses is taken apart so that one claim too long does not cost its neighbours theirs, and a
cancellation closes what is aloft.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.domain.errors import ModelError, ModelRequestError
from engine.domain.outcome import TokenUse
from engine.ports import CancelToken, Claim, Judgement
from engine.verify.score_reply import Reading

CANCELLED = "cancelled before it was judged"


@dataclass(slots=True)
class Batch:
    """Claims that one request asks about, and what asking has cost so far."""

    claims: Sequence[Claim]
    n_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0

    def to_judgements(self, readings: Sequence[Reading]) -> list[Judgement]:
        """Return the readings as judgements, the first of which carries the cost."""
        tokens = TokenUse(
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            tokens_cached=self.tokens_cached,
        )
        return [
            Judgement(
                score=reading.score,
                verdict=reading.verdict,
                error=reading.error,
                tokens=TokenUse() if place else tokens,
                model_calls=0 if place else self.n_calls,
            )
            for place, reading in enumerate(readings)
        ]

    def fail(self, error: str) -> list[Judgement]:
        """Return all of its claims as unscored."""
        return self.to_judgements([Reading(error=error)] * len(self.claims))


# Returns one reading a claim; raises ModelError where the server does not serve the batch.
Ask = Callable[[Batch], Awaitable[Sequence[Reading]]]


async def judge_in_batches(
    claims: Sequence[Claim], cancel: CancelToken, ask: Ask, *, size: int
) -> tuple[Judgement, ...]:
    """Return one judgement a claim, in their order; never raises for a server that fails."""
    if cancel.reason() is not None:
        return tuple(Judgement(error=CANCELLED) for _ in claims)
    batches = [Batch(claims[at : at + size]) for at in range(0, len(claims), size)]
    tasks = [asyncio.create_task(_judge(batch, ask)) for batch in batches]
    await _run_until_cancelled(tasks, cancel)
    return tuple(
        judgement
        for batch, task in zip(batches, tasks, strict=True)
        for judgement in (batch.fail(CANCELLED) if task.cancelled() else task.result())
    )


async def _run_until_cancelled(
    tasks: Sequence[asyncio.Task[list[Judgement]]], cancel: CancelToken
) -> None:
    """Return when all tasks are done, the unfinished ones cancelled if the token says so."""
    watch = asyncio.create_task(cancel.wait())
    pending: set[asyncio.Task[Any]] = set(tasks)
    try:
        while pending and not watch.done():
            await asyncio.wait({watch, *pending}, return_when=asyncio.FIRST_COMPLETED)
            pending = {task for task in pending if not task.done()}
    finally:
        for task in (watch, *pending):
            task.cancel()
        await asyncio.wait({watch, *pending})


async def _judge(batch: Batch, ask: Ask) -> list[Judgement]:
    try:
        return batch.to_judgements(await ask(batch))
    except ModelRequestError as error:
        if len(batch.claims) == 1:
            return batch.fail(str(error))
    except ModelError as error:
        return batch.fail(str(error))
    alone: list[Judgement] = []
    for claim in batch.claims:
        single = Batch((claim,), n_calls=0 if alone else batch.n_calls)
        alone += await _judge(single, ask)
    return alone
